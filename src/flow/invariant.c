/* invariant.c - scaling symmetries of a loss, from the degrees of its monomials. */
#include "flow/invariant.h"
#include "base/integer_null.h"
#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exponents are quotients of degrees: small integers. */
enum { LARGEST_FACTOR = 12 };
/* Newton's method for the scaling is quadratic from anywhere near; a path never drifts far. */
enum { NEWTON_STEPS = 60 };
/* Squares below this have lost digits to underflow: near sigma = 1e-150 they would add what they are to remove. */
static const double LEAST_SQUARE = DBL_MIN / DBL_EPSILON;

static ptrdiff_t block_size(const lsa_block *block)
{
    return block->rows * block->cols;
}

/* (E) for every monomial, in integers. */
static bool holds(ptrdiff_t rows, ptrdiff_t blocks, const int *degrees, const double *e)
{
    for (ptrdiff_t m = 0; m < rows; m++) {
        double sum = 0.0;
        for (ptrdiff_t k = 0; k < blocks; k++)
            sum += e[k] * degrees[m * blocks + k];
        if (sum != 0.0)
            return false;
    }
    return true;
}

static lsa_status find(const flow_system *system, flow_invariants *found, lsa_error *err)
{
    const ptrdiff_t blocks = found->blocks;
    const int *degrees;
    const ptrdiff_t rows = lsa_program_degrees(system->program, &degrees);
    lsa_status status = LSA_OK;
    double *A = lsa_vec_create(rows * blocks + 1);
    ptrdiff_t *pivot = calloc((size_t)blocks, sizeof *pivot);
    LSA_TRY_MEMORY(A, "the scaling symmetries");
    LSA_TRY_MEMORY(pivot, "the scaling symmetries");
    for (ptrdiff_t m = 0; m < rows; m++)
        for (ptrdiff_t k = 0; k < blocks; k++)
            A[m + k * rows] = degrees[m * blocks + k];
    const ptrdiff_t count = lsa_integer_null(rows, blocks, A, LARGEST_FACTOR, pivot, found->exponents);
    for (ptrdiff_t k = 0; k < count; k++) {
        const double *e = found->exponents + k * blocks;
        if (!holds(rows, blocks, degrees, e))
            continue;
        memmove(found->exponents + found->count * blocks, e, (size_t)blocks * sizeof *e);
        found->count++;
    }
done:
    free(A);
    free(pivot);
    return status;
}

/* Of a form: u and U scale inversely, u^2 - |U|_F^2 is conserved (paper, Lemma A.3). */
static void set_balance(flow_invariants *found)
{
    found->count = 1;
    found->exponents[0] = 1.0;
    found->exponents[1] = -1.0;
}

lsa_status flow_invariants_create(flow_system *system, flow_invariants **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_invariants *found = calloc(1, sizeof *found);
    LSA_TRY_MEMORY(found, "the scaling symmetries");
    found->blocks = system->n_blocks;
    found->exponents = lsa_vec_create(found->blocks * found->blocks);
    LSA_TRY_MEMORY(found->exponents, "the scaling symmetries");
    found->scratch = lsa_vec_create(found->blocks * (found->blocks + 1));
    LSA_TRY_MEMORY(found->scratch, "the scaling symmetries");
    if (system->way->reduced)
        set_balance(found);
    else
        LSA_TRY(find(system, found, err));
    *out = found;
    found = NULL;
done:
    flow_invariants_destroy(found);
    return status;
}

void flow_invariants_destroy(flow_invariants *invariants)
{
    if (invariants == NULL)
        return;
    free(invariants->exponents);
    free(invariants->scratch);
    free(invariants);
}

double flow_invariant_value(const flow_invariants *invariants, const flow_system *system, ptrdiff_t m, const double *y)
{
    const double *e = invariants->exponents + m * invariants->blocks;
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < invariants->blocks; k++)
        if (e[k] != 0.0)
            sum += e[k] * flow_system_square(system, k, y);
    return sum;
}

/* Dot2 of Ogita, Rump & Oishi 2005. */
void flow_squares_add(double weight, ptrdiff_t n, const double *x, double *high, double *low)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        const double a = weight * x[i], product = a * x[i], sum = *high + product, part = sum - *high;
        *low += fma(a, x[i], -product) + fma(weight, x[i], -a) * x[i];
        *low += (*high - (sum - part)) + (product - part);
        *high = sum;
    }
}

double flow_invariant_exact(const flow_invariants *invariants, const flow_system *system, ptrdiff_t m, const double *y)
{
    const double *e = invariants->exponents + m * invariants->blocks;
    double high = 0.0, low = 0.0;
    for (ptrdiff_t k = 0; k < invariants->blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        flow_squares_add(e[k], block_size(block), y + block->offset, &high, &low);
        if (system->way->reduced && block->offset == system->form->U) {
            double phi[3];
            flow_system_sums(system, y, phi);
            low += e[k] * phi[0];
        }
    }
    return high + low;
}

/* G_ab = <T_a, T_b>, g_a = <T_a, f> of the tangents T_a = (e_ak theta_k), by columns; a tangent that is zero, or whose
 * squares underflow, is left out. */
static void normal_equations(const flow_invariants *invariants, const flow_system *system, const double *y,
                             const double *f, double *G, double *g)
{
    const ptrdiff_t blocks = invariants->blocks, count = invariants->count;
    memset(G, 0, (size_t)(count * count + count) * sizeof *G); /* and g, which follows */
    for (ptrdiff_t k = 0; k < blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        const double square = flow_system_square(system, k, y);
        const double product = lsa_vec_dot(block_size(block), y + block->offset, f + block->offset);
        for (ptrdiff_t a = 0; a < count; a++) {
            const double ea = invariants->exponents[k + a * blocks];
            for (ptrdiff_t b = a; b < count && ea != 0.0; b++)
                G[b + a * count] += ea * invariants->exponents[k + b * blocks] * square;
            g[a] += ea * product;
        }
    }
    for (ptrdiff_t a = 0; a < count; a++)
        if (G[a + a * count] <= LEAST_SQUARE) {
            for (ptrdiff_t b = 0; b < count; b++)
                G[a + b * count] = G[b + a * count] = 0.0;
            G[a + a * count] = 1.0;
            g[a] = 0.0;
        }
}

void flow_invariants_project(flow_invariants *invariants, const flow_system *system, const double *y, double *f)
{
    const ptrdiff_t blocks = invariants->blocks, count = invariants->count;
    double *G = invariants->scratch, *x = G + count * count;
    if (count == 0)
        return;
    normal_equations(invariants, system, y, f, G, x);
    /* Not positive definite: tangents that coincide there. They are as good as none, for a step. */
    if (lsa_mat_cholesky(count, G, G, NULL) != LSA_OK)
        return;
    lsa_mat_cholesky_solve(count, G, x);
    for (ptrdiff_t k = 0; k < blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        double factor = 0.0;
        for (ptrdiff_t a = 0; a < count; a++)
            factor += x[a] * invariants->exponents[k + a * blocks];
        lsa_vec_axpy(block_size(block), -factor, y + block->offset, f + block->offset);
    }
}

void flow_invariant_name(const flow_invariants *invariants, const flow_system *system, ptrdiff_t m, char *buffer,
                         size_t size)
{
    const double *e = invariants->exponents + m * invariants->blocks;
    size_t used = 0;
    for (ptrdiff_t k = 0; k < invariants->blocks && used < size; k++) {
        const lsa_block *block = lsa_program_block(system->program, k);
        char name[64], factor[24] = "";
        const char *sign = e[k] > 0.0 ? (used > 0 ? " + " : "") : (used > 0 ? " - " : "-");
        const char *open = block_size(block) > 1 ? "|" : "";
        const char *close = block_size(block) == 1 ? "" : block->rows > 1 && block->cols > 1 ? "|_F" : "|";
        if (e[k] == 0.0)
            continue;
        if (fabs(e[k]) != 1.0)
            snprintf(factor, sizeof factor, "%.0f ", fabs(e[k]));
        used += (size_t)snprintf(buffer + used, size - used, "%s%s%s%s%s^2", sign, factor, open,
                                 flow_block_name(block, name), close);
    }
}

/* Gradient g and Hessian A of the convex function at scalings t. */
static void convex(const flow_invariants *invariants, const double *squares, const double *target, const double *t,
                   double *g, double *A)
{
    const ptrdiff_t m = invariants->count, blocks = invariants->blocks;
    memset(A, 0, (size_t)(m * m) * sizeof *A);
    for (ptrdiff_t a = 0; a < m; a++)
        g[a] = -target[a];
    for (ptrdiff_t k = 0; k < blocks; k++) {
        double power = 0.0;
        for (ptrdiff_t a = 0; a < m; a++)
            power += t[a] * invariants->exponents[k + a * blocks];
        const double weight = exp(2.0 * power) * squares[k];
        for (ptrdiff_t a = 0; a < m; a++) {
            const double ea = invariants->exponents[k + a * blocks];
            g[a] += ea * weight;
            for (ptrdiff_t b = 0; b < m; b++)
                A[a + b * m] += 2.0 * ea * weight * invariants->exponents[k + b * blocks];
        }
    }
}

/* Newton's method for g(t) = 0; steps of t are held below 1 so that exp cannot overflow. work: 2m + m*m. */
static lsa_status solve_scaling(const flow_invariants *invariants, const double *squares, const double *target,
                                double *t, double *work, bool *found, lsa_error *err)
{
    const ptrdiff_t m = invariants->count;
    double *g = work, *step = work + m, *A = work + 2 * m;
    *found = false;
    for (int iteration = 0; iteration < NEWTON_STEPS && !*found; iteration++) {
        convex(invariants, squares, target, t, g, A);
        const lsa_status status = lsa_mat_solve_spd(m, 1, A, g, step, NULL);
        if (status == LSA_ERR_DOMAIN) /* singular: a symmetry that does not move this point; no story of it */
            return LSA_OK;
        if (status != LSA_OK)
            return lsa_error_set(err, status, "out of memory for the way back to the conserved quantities");
        const double length = lsa_vec_norm_max(m, step);
        lsa_vec_axpy(m, length > 1.0 ? -1.0 / length : -1.0, step, t);
        /* Quadratic convergence: after a step below 1e-9 the error is at rounding. */
        *found = length < 1e-9;
    }
    *found = *found && isfinite(lsa_vec_dot(m, t, t));
    return LSA_OK;
}

static void apply_scaling(const flow_invariants *invariants, const flow_system *system, const double *t, double *y)
{
    for (ptrdiff_t k = 0; k < invariants->blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        double power = 0.0;
        for (ptrdiff_t a = 0; a < invariants->count; a++)
            power += t[a] * invariants->exponents[k + a * invariants->blocks];
        lsa_vec_scale(block_size(block), exp(power), y + block->offset);
        if (system->way->reduced && block->offset == system->form->U) {
            system->reduction->tail.moving *= exp(power);
            system->reduction->tail.still *= exp(power);
        }
    }
}

lsa_status flow_invariants_restore(const flow_invariants *invariants, const flow_system *system, const double *target,
                                   double *y, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t m = invariants->count;
    bool found = false;
    double *memory = lsa_vec_create(invariants->blocks + 3 * m + m * m);
    LSA_TRY_MEMORY(memory, "the way back to the conserved quantities");
    double *squares = memory, *t = memory + invariants->blocks;
    for (ptrdiff_t k = 0; k < invariants->blocks; k++)
        squares[k] = flow_system_square(system, k, y);
    if (m > 0)
        LSA_TRY(solve_scaling(invariants, squares, target, t, t + m, &found, err));
    if (found)
        apply_scaling(invariants, system, t, y);
done:
    free(memory);
    return status;
}
