/* reference_path.c - derived polynomials under Radau's method. */
#include "reference_path.h"
#include "check.h"
#include "radau.h"
#include "slow_eval.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef extended real;
enum { MOST_POINTS = 4000, SIDE = LSA_SLOW_SIDE * LSA_SLOW_SIDE };

/* A path is at its end where nothing would move by this share of itself in all the time that has passed. */
static const real AT_REST = 1e-13L;

typedef struct reference_road {
    const reference_problem *problem;
    ptrdiff_t n;
    lsa_slow_values values;
    real Lambda[SIDE], Omega[SIDE], numbers[4], constants[16][SIDE];
    real state[RADAU_MOST_SIZE], direction[RADAU_MOST_SIZE], least[RADAU_MOST_SIZE], f[RADAU_MOST_SIZE];
    extended least_loss;                               /* where polynomials give the loss */
    real H[SIDE], V[SIDE], e[SIDE], G[SIDE], dG[SIDE]; /* closed: of W, e = W - V, G = H o e, its derivative */
    reference_path *out;
} road;

static void set_array(road *r, const char *name, const lsa_covariance *covariance, real *to)
{
    double matrix[SIDE];
    lsa_covariance_matrix(covariance, matrix);
    for (ptrdiff_t i = 0; i < covariance->d * covariance->d; i++)
        to[i] = matrix[i];
    lsa_slow_set(&r->values, name, to);
}

/* ---- the closed form --------------------------------------------------------------------------------------------- */

/* H_ij = g_i lambda_j, g_i = (1 + 1/N) lambda_i^2 omega_i + (tr(Lambda Omega) + s2)/N lambda_i, V_ii = lambda_i^2 omega_i / H_ii. */
static void set_form(road *r)
{
    const ptrdiff_t d = r->problem->experiment->data.d;
    const real N = r->numbers[0];
    real trace = r->numbers[2];
    memset(r->V, 0, sizeof r->V);
    for (ptrdiff_t i = 0; i < d; i++)
        trace += r->Lambda[i + i * d] * r->Omega[i + i * d];
    for (ptrdiff_t i = 0; i < d; i++) {
        const real square = r->Lambda[i + i * d] * r->Lambda[i + i * d] * r->Omega[i + i * d];
        for (ptrdiff_t j = 0; j < d; j++)
            r->H[i + j * d] = ((1 + 1 / N) * square + trace / N * r->Lambda[i + i * d]) * r->Lambda[j + j * d];
        r->V[i + i * d] = square / r->H[i + i * d];
    }
}

/* X_ij of a head at y: U, or K'Q. */
static real entry_of_head(const road *r, const lsa_head_blocks *head, const real *y, ptrdiff_t i, ptrdiff_t j)
{
    const ptrdiff_t d = r->problem->experiment->data.d;
    real sum = 0.0L;
    if (head->U != NULL)
        return y[head->U->offset + i + j * d];
    for (ptrdiff_t k = 0; k < head->K->rows; k++)
        sum += y[head->K->offset + k + i * head->K->rows] * y[head->Q->offset + k + j * head->Q->rows];
    return sum;
}

static void set_error(road *r, const real *y)
{
    const ptrdiff_t d = r->problem->experiment->data.d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            real W = 0.0L;
            for (ptrdiff_t h = 0; h < r->problem->experiment->data.heads; h++) {
                const lsa_head_blocks head = lsa_program_head(r->problem->program, h);
                W += y[head.u->offset] * entry_of_head(r, &head, y, i, j);
            }
            r->e[i + j * d] = W - r->V[i + j * d];
            r->G[i + j * d] = r->H[i + j * d] * r->e[i + j * d];
        }
}

/* f += factor * (the derivative of <G, u X> by the head's parameters at y): by u <G, X>; by U u G; by K u Q G', by Q u K G. With
 * v in the place of one factor after the other it is the derivative of that along v. */
static void add_head(const road *r, const lsa_head_blocks *head, const real *G, const real *u, const real *first,
                     const real *second, real *f)
{
    const ptrdiff_t d = r->problem->experiment->data.d;
    const real factor = u[head->u->offset];
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            const real g = G[i + j * d];
            if (head->U != NULL) {
                f[head->u->offset] -= g * first[head->U->offset + i + j * d];
                f[head->U->offset + i + j * d] -= factor * g;
                continue;
            }
            for (ptrdiff_t k = 0; k < head->K->rows; k++) {
                const ptrdiff_t K = head->K->offset + k + i * head->K->rows,
                                Q = head->Q->offset + k + j * head->Q->rows;
                f[head->u->offset] -= g * first[K] * second[Q];
                f[K] -= factor * g * second[Q];
                f[Q] -= factor * g * first[K];
            }
        }
}

static void closed_rhs(road *r, const real *y, real *f)
{
    memset(f, 0, (size_t)r->n * sizeof *f);
    set_error(r, y);
    for (ptrdiff_t h = 0; h < r->problem->experiment->data.heads; h++) {
        const lsa_head_blocks head = lsa_program_head(r->problem->program, h);
        add_head(r, &head, r->G, y, y, y, f);
    }
}

/* Column of the Jacobian along unknown `along`. */
static void closed_column(road *r, const real *y, ptrdiff_t along, real *f)
{
    const ptrdiff_t d = r->problem->experiment->data.d;
    real v[RADAU_MOST_SIZE] = {0.0L}, none[RADAU_MOST_SIZE] = {0.0L};
    v[along] = 1.0L;
    memset(f, 0, (size_t)r->n * sizeof *f);
    memset(r->dG, 0, sizeof r->dG);
    for (ptrdiff_t h = 0; h < r->problem->experiment->data.heads; h++) {
        const lsa_head_blocks head = lsa_program_head(r->problem->program, h);
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i < d; i++) {
                real dX = head.U != NULL ? v[head.U->offset + i + j * d] : 0.0L;
                for (ptrdiff_t k = 0; head.U == NULL && k < head.K->rows; k++) {
                    const ptrdiff_t K = head.K->offset + k + i * head.K->rows,
                                    Q = head.Q->offset + k + j * head.Q->rows;
                    dX += v[K] * y[Q] + y[K] * v[Q];
                }
                r->dG[i + j * d] +=
                    r->H[i + j * d] * (v[head.u->offset] * entry_of_head(r, &head, y, i, j) + y[head.u->offset] * dX);
            }
    }
    set_error(r, y);
    for (ptrdiff_t h = 0; h < r->problem->experiment->data.heads; h++) {
        const lsa_head_blocks head = lsa_program_head(r->problem->program, h);
        add_head(r, &head, r->dG, y, y, y, f);
        if (head.U != NULL) {
            add_head(r, &head, r->G, v, v, none, f);
            continue;
        }
        real by_factor[RADAU_MOST_SIZE] = {0.0L}, by_key[RADAU_MOST_SIZE] = {0.0L}, by_query[RADAU_MOST_SIZE] = {0.0L};
        add_head(r, &head, r->G, v, y, y, by_factor); /* K and Q by u */
        add_head(r, &head, r->G, y, v, y, by_key);    /* u and Q by K */
        add_head(r, &head, r->G, y, y, v, by_query);  /* u and K by Q */
        f[head.u->offset] += by_key[head.u->offset] + by_query[head.u->offset];
        for (ptrdiff_t i = 0; i < head.K->rows * d; i++) {
            f[head.K->offset + i] += by_factor[head.K->offset + i] + by_query[head.K->offset + i];
            f[head.Q->offset + i] += by_factor[head.Q->offset + i] + by_key[head.Q->offset + i];
        }
    }
}

static real closed_excess(road *r, const real *y)
{
    const ptrdiff_t d = r->problem->experiment->data.d;
    real sum = 0.0L;
    set_error(r, y);
    for (ptrdiff_t i = 0; i < d * d; i++)
        sum += 0.5L * r->G[i] * r->e[i];
    return sum;
}

static void set_values(road *r)
{
    const lsa_experiment *e = r->problem->experiment;
    const lsa_algebra *algebra = lsa_derivation_algebra(r->problem->derivation);
    lsa_slow_init(&r->values, algebra, lsa_algebra_dim_count(algebra), e->dims, e->data.heads);
    set_array(r, "Lambda", e->training.covariance, r->Lambda);
    set_array(r, "Omega", e->training.task_covariance, r->Omega);
    r->numbers[0] = e->training.context;
    r->numbers[1] = lsa_setting_rho(&e->training);
    r->numbers[2] = e->training.label_noise;
    static const char *const names[] = {"N", "rho", "s2"};
    for (int k = 0; k < 3; k++)
        lsa_slow_set(&r->values, names[k], &r->numbers[k]);
    assert_true(e->data.n_values <= 16);
    for (int k = 0; k < e->data.n_values; k++) {
        const lsa_symbol *symbol = lsa_algebra_symbol(algebra, e->data.values[k].symbol);
        const ptrdiff_t count = e->dims[symbol->rows] * e->dims[symbol->cols];
        assert_true(count <= SIDE);
        for (ptrdiff_t i = 0; i < count; i++)
            r->constants[k][i] = e->data.values[k].values[i];
        r->values.values[e->data.values[k].symbol] = r->constants[k];
    }
    for (ptrdiff_t b = lsa_program_block_count(r->problem->program) - 1; b >= 0;
         b--) { /* head 0 of a family comes last */
        const lsa_block *block = lsa_program_block(r->problem->program, b);
        const lsa_statement *statement = e->statement;
        r->values.values[block->symbol] = r->state + block->offset;
        for (int j = 0; j < statement->n_parameters; j++)
            if (statement->parameters[j] == block->symbol)
                r->values.values[lsa_derivation_direction(r->problem->derivation, j)] = r->direction + block->offset;
    }
    if (r->problem->closed)
        set_form(r);
}

/* ---- polynomials ------------------------------------------------------------------------------------------------- */

static void eval_blocks(road *r, const lsa_poly *(*poly)(const lsa_derivation *, int), real *out)
{
    const lsa_statement *statement = r->problem->experiment->statement;
    for (ptrdiff_t b = 0; b < lsa_program_block_count(r->problem->program); b++) {
        const lsa_block *block = lsa_program_block(r->problem->program, b);
        for (int j = 0; j < statement->n_parameters; j++)
            if (statement->parameters[j] == block->symbol)
                lsa_slow_eval(&r->values, poly(r->problem->derivation, j), block->head, out + block->offset);
    }
}

static void rhs(void *context, const real *y, real *f)
{
    road *r = context;
    if (r->problem->closed) {
        closed_rhs(r, y, f);
        return;
    }
    memcpy(r->state, y, (size_t)r->n * sizeof *y);
    eval_blocks(r, lsa_derivation_gradient, f);
    for (ptrdiff_t i = 0; i < r->n; i++)
        f[i] = -f[i];
}

static void jacobian(void *context, const real *y, real *J)
{
    road *r = context;
    memcpy(r->state, y, (size_t)r->n * sizeof *y);
    for (ptrdiff_t j = 0; j < r->n; j++) {
        if (r->problem->closed) {
            closed_column(r, y, j, J + j * r->n);
            continue;
        }
        memset(r->direction, 0, sizeof r->direction);
        r->direction[j] = -1.0L;
        eval_blocks(r, lsa_derivation_hessian, J + j * r->n);
    }
}

/* L - L*, or L where that is not known yet. */
static real excess_of(road *r, const real *y)
{
    if (r->problem->closed)
        return closed_excess(r, y);
    memcpy(r->state, y, (size_t)r->n * sizeof *y);
    return lsa_slow_scalar(&r->values, lsa_derivation_loss(r->problem->derivation)) - r->least_loss;
}

static bool moves(const road *r, real time, const real *y)
{
    for (ptrdiff_t i = 0; i < r->n; i++)
        if (extended_abs(r->f[i]) * time > AT_REST * extended_max(extended_abs(y[i]), r->least[i]))
            return true;
    return false;
}

static bool reached(void *context, real time, const real *y, const real *stages)
{
    road *r = context;
    reference_path *out = r->out;
    if (out->count == MOST_POINTS)
        return true;
    for (ptrdiff_t i = 0; stages != NULL && i < REFERENCE_STAGES * r->n; i++)
        out->inside[(out->count - 1) * REFERENCE_STAGES * r->n + i] = (double)stages[i];
    rhs(r, y, r->f);
    out->times[out->count] = (double)time;
    for (ptrdiff_t i = 0; i < r->n; i++)
        out->states[out->count * r->n + i] = (double)y[i];
    out->excess[out->count] = excess_of(r, y);
    out->count++;
    return time == 0.0L || moves(r, time, y);
}

/* What starts at zero is measured against the largest entry of the start. */
static void set_least(road *r, const double *start)
{
    double most = 0.0;
    for (ptrdiff_t i = 0; i < r->n; i++)
        most = fmax(most, fabs(start[i]));
    for (ptrdiff_t i = 0; i < r->n; i++)
        r->least[i] = 1e-2 * fmin(start[i] != 0.0 ? fabs(start[i]) : most, 1e-2 * r->problem->size);
}

/* Room for all, and the values of the symbols. */
static road *create(const reference_problem *problem, const double *start, reference_path *out)
{
    road *r = calloc(1, sizeof *r);
    assert_non_null(r);
    *r = (road){.problem = problem, .n = lsa_program_size(problem->program), .out = out};
    assert_true(r->n <= RADAU_MOST_SIZE);
    *out = (reference_path){.size = r->n,
                            .times = calloc(MOST_POINTS, sizeof(double)),
                            .states = calloc((size_t)(MOST_POINTS * r->n), sizeof(double)),
                            .inside = calloc((size_t)(MOST_POINTS * REFERENCE_STAGES * r->n), sizeof(double)),
                            .excess = calloc(MOST_POINTS, sizeof(extended)),
                            .road = r};
    assert_true(out->times != NULL && out->states != NULL && out->inside != NULL && out->excess != NULL);
    radau_nodes(REFERENCE_STAGES, out->nodes);
    set_values(r);
    set_least(r, start);
    return r;
}

bool reference_path_make(const reference_problem *problem, const double *start, double tolerance, reference_path *out)
{
    road *r = create(problem, start, out);
    real y[RADAU_MOST_SIZE];
    for (ptrdiff_t i = 0; i < r->n; i++)
        y[i] = start[i];
    const radau_problem p = {.n = r->n,
                             .rhs = rhs,
                             .jacobian = jacobian,
                             .reached = reached,
                             .context = r,
                             .least = r->least,
                             .tolerance = tolerance,
                             .stages = REFERENCE_STAGES,
                             .most_steps = MOST_POINTS};
    const int steps = radau_run(&p, y);
    if (!problem->closed) {
        r->least_loss = out->excess[out->count - 1];
        for (ptrdiff_t k = 0; k < out->count; k++)
            out->excess[k] -= r->least_loss;
    }
    return steps >= 0;
}

void reference_gradient(const reference_problem *problem, const double *state, extended *out)
{
    road *r = calloc(1, sizeof *r);
    real y[RADAU_MOST_SIZE];
    assert_non_null(r);
    *r = (road){.problem = problem, .n = lsa_program_size(problem->program)};
    set_values(r);
    for (ptrdiff_t i = 0; i < r->n; i++)
        y[i] = state[i];
    rhs(r, y, out);
    for (ptrdiff_t i = 0; i < r->n; i++)
        out[i] = -out[i];
    free(r);
}

/* The step's polynomial through its start and its stages (barycentric formula). */
static void interpolate(const reference_path *path, ptrdiff_t step, double at, double *out)
{
    enum { POINTS = REFERENCE_STAGES + 1 };
    double x[POINTS] = {0.0}, weights[POINTS], sum = 0.0;
    memcpy(x + 1, path->nodes, sizeof path->nodes);
    memset(out, 0, (size_t)path->size * sizeof *out);
    for (int j = 0; j < POINTS; j++) {
        weights[j] = 1.0;
        for (int k = 0; k < POINTS; k++)
            weights[j] /= k != j ? x[j] - x[k] : 1.0;
        weights[j] /= at != x[j] ? at - x[j] : 1e-200; /* at a node its weight is all that counts */
        sum += weights[j];
    }
    for (int j = 0; j < POINTS; j++) {
        const double *state =
            j == 0 ? path->states + step * path->size : path->inside + (step * REFERENCE_STAGES + j - 1) * path->size;
        for (ptrdiff_t i = 0; i < path->size; i++)
            out[i] += weights[j] / sum * state[i];
    }
}

void reference_path_at(const reference_path *path, double time, double *out)
{
    ptrdiff_t low = 0, high = path->count - 1;
    while (high - low > 1) {
        const ptrdiff_t middle = (low + high) / 2;
        *(path->times[middle] <= time ? &low : &high) = middle;
    }
    const double first = path->times[low], last = path->times[low + 1];
    interpolate(path, low, fmin((time - first) / (last - first), 1.0), out);
}

extended reference_path_excess(const reference_path *path, const double *state)
{
    road *r = path->road;
    real y[RADAU_MOST_SIZE];
    for (ptrdiff_t i = 0; i < r->n; i++)
        y[i] = state[i];
    return excess_of(r, y);
}

double reference_path_least(const reference_path *path)
{
    return path->road->problem->closed ? (double)NAN : (double)path->road->least_loss;
}

void reference_path_clear(reference_path *path)
{
    free(path->times);
    free(path->states);
    free(path->inside);
    free(path->excess);
    free(path->road);
    *path = (reference_path){.count = 0};
}
