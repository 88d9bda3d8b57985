/* segment.c - Newton's method for the coefficients of g, nodes in the lanes. */
#include "spectral/segment.h"
#include "base/matrix.h"
#include "base/simd_series.h"
#include "base/simd_width.h"
#include "base/try.h"
#include "spectral/response.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = SPECTRAL_NODES };

/* Corrections of g, relative, after which the next would be rounding. */
static const double CONVERGED = 8e-16;
/* ... as it is where corrections this small no longer fall. */
static const double STANDING = 1e-14, STANDS = 0.5;
/* A kept Jacobian that leaves more of an error than this is made anew, at most so often. */
static const double SLOW = 0.3;
enum { ITERATIONS = 14, JACOBIANS = 4 };
/* Of the tail of 1/y, which the time is the integral of: an error of the time counts by less than itself. It is another one
 * than that of g where the path comes down from far out, and g^2 rises twice as fast. */
static const double CLOCK_SHARE = 0.1;
/* A tail so far above the tolerance, seen when corrections are this small, ends the trial early. */
static const double HOPELESS = 50.0, NEARLY = 1e-4;

typedef double square_matrix[M][M];

struct spectral_segment {
    const spectral_rule *rule;
    square_matrix *filters; /* of each mode: its response to the coefficients of g          */
    double *decays;         /* exp(-z (x_i + 1)): M each; and a copy of their exponents     */
    double *U;              /* at the nodes: M each                                         */
    double outside[M];      /* c and the decaying entries, at the nodes                     */
    double g[M];            /* coefficients                                                 */
    double y[M];            /* at the nodes                                                 */
    square_matrix inverse;  /* of the Jacobian: [i][j]                                      */
};

lsa_status spectral_segment_create(const spectral_rule *rule, const spectral_equation *equation, spectral_segment **out,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    spectral_segment *segment = calloc(1, sizeof *segment);
    LSA_TRY_MEMORY(segment, "a segment");
    segment->rule = rule;
    segment->filters = malloc((size_t)(equation->count + 1) * sizeof *segment->filters);
    LSA_TRY_MEMORY(segment->filters, "the modes' responses");
    segment->decays = lsa_vec_create(M * equation->count);
    LSA_TRY_MEMORY(segment->decays, "the modes' responses");
    segment->U = lsa_vec_create(M * equation->count);
    LSA_TRY_MEMORY(segment->U, "the modes at the nodes");
    *out = segment;
    segment = NULL;
done:
    spectral_segment_destroy(segment);
    return status;
}

void spectral_segment_destroy(spectral_segment *segment)
{
    if (segment == NULL)
        return;
    free(segment->filters);
    free(segment->decays);
    free(segment->U);
    free(segment);
}

/* Of a vector of modes. */
static void set_filters(spectral_segment *segment, const spectral_equation *e, double length, ptrdiff_t from)
{
    double z[SPECTRAL_LANES];
    spectral_pivots pivots;
    for (int l = 0; l < SPECTRAL_LANES; l++)
        z[l] = 0.5 * length * e->rates[from + l];
    spectral_pivots_set(&pivots, z);
    for (int l = 0; l < SPECTRAL_LANES && from + l < e->count; l++)
        spectral_response(segment->rule, &pivots, l, z[l], 0.5 * length * e->drives[from + l],
                          segment->decays + (from + l) * M, segment->filters[from + l]);
}

static void prepare(spectral_segment *segment, const spectral_equation *e, double length, const spectral_state *from)
{
    const spectral_rule *rule = segment->rule;
    for (ptrdiff_t k = 0; k < e->count; k++)
        for (int i = 0; i < M; i++)
            segment->decays[k * M + i] = -0.5 * length * e->rates[k] * (1.0 + rule->node[i]);
    lsa_simd_exp(M * e->count, segment->decays, segment->decays);
    for (ptrdiff_t k = 0; k < e->count; k += SPECTRAL_LANES)
        set_filters(segment, e, length, k);
    for (int i = 0; i < M; i++)
        segment->outside[i] =
            e->constant + spectral_decays_at(e, from->action + 0.5 * length * (1.0 + rule->node[i])).square;
}

/* U at the nodes, and y. */
EVERY_WIDTH static void respond(ptrdiff_t n, const double *start, const double *decays, const square_matrix *filters,
                                const double *g, const double *outside, double *restrict U, double *restrict y)
{
    double sum[M] = {0.0};
    for (ptrdiff_t k = 0; k < n; k++) {
        double lane[M];
        for (int i = 0; i < M; i++)
            lane[i] = start[k] * decays[k * M + i];
        for (int j = M - 1; j >= 0; j--)
            for (int i = 0; i < M; i++)
                lane[i] += g[j] * filters[k][j][i];
        for (int i = 0; i < M; i++) {
            U[k * M + i] = lane[i];
            sum[i] += lane[i] * lane[i];
        }
    }
    for (int i = 0; i < M; i++)
        y[i] = outside[i] + sum[i];
}

/* The Jacobian transposed, [j][i] = T_j(x_i) + y_i^(-3/2) sum_k U_k(x_i) filter_k[j][i]. */
EVERY_WIDTH static void assemble(ptrdiff_t n, const spectral_rule *rule, const square_matrix *filters, const double *U,
                                 const double *y, square_matrix out)
{
    double cube[M];
    memset(out, 0, sizeof(square_matrix));
    for (ptrdiff_t k = 0; k < n; k++)
        for (int j = 0; j < M; j++)
            for (int i = 0; i < M; i++)
                out[j][i] += U[k * M + i] * filters[k][j][i];
    for (int i = 0; i < M; i++)
        cube[i] = 1.0 / (y[i] * sqrt(y[i]));
    for (int j = 0; j < M; j++)
        for (int i = 0; i < M; i++)
            out[j][i] = rule->value[j][i] + cube[i] * out[j][i];
}

/* In place, by Gauss and Jordan; without pivoting, which Leja's order of the nodes makes safe. Rows are written whole: a
 * vector that is read after one of its numbers was written would wait for that. */
EVERY_WIDTH static void invert(square_matrix A)
{
    for (int p = 0; p < M; p++) {
        double row[M];
        const double inverse = 1.0 / A[p][p];
        for (int i = 0; i < M; i++)
            row[i] = i == p ? inverse : A[p][i] * inverse;
        for (int r = 0; r < M; r++) {
            const double factor = A[r][p];
            for (int i = 0; i < M; i++)
                A[r][i] = (i == p ? 0.0 : A[r][i]) - factor * row[i];
        }
        for (int i = 0; i < M; i++)
            A[p][i] = row[i];
    }
}

/* residual = y^(-1/2) - g at the nodes. */
EVERY_WIDTH static void residuals(const spectral_rule *rule, const double *g, const double *y, double *restrict out)
{
    double lane[M] = {0.0};
    for (int j = M - 1; j >= 0; j--)
        for (int i = 0; i < M; i++)
            lane[i] += g[j] * rule->value[j][i];
    for (int i = 0; i < M; i++)
        out[i] = 1.0 / sqrt(y[i]) - lane[i];
}

/* g += inverse residual; the largest correction. */
EVERY_WIDTH static double correct(square_matrix inverse, const double *residual, double *restrict g)
{
    double step[M] = {0.0}, largest = 0.0;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < M; j++)
            step[j] += residual[i] * inverse[i][j];
    for (int j = 0; j < M; j++) {
        g[j] += step[j];
        largest = fabs(step[j]) > largest ? fabs(step[j]) : largest;
    }
    return isfinite(step[0]) ? largest : (double)INFINITY;
}

/* y' and y'' in the action. */
typedef struct slopes {
    double first, second;
} slopes;

static slopes slopes_at(const spectral_equation *e, const spectral_state *state)
{
    double first = 0.0, second = 0.0;
    const double g = 1.0 / state->u;
    const spectral_decays decays = spectral_decays_at(e, state->action);
    for (ptrdiff_t k = 0; k < e->count; k++)
        first += state->U[k] * (e->drives[k] * g - e->rates[k] * state->U[k]);
    first = 2.0 * (first - decays.loss);
    const double slope_g = -0.5 * first * g * g * g;
    for (ptrdiff_t k = 0; k < e->count; k++) {
        const double slope = e->drives[k] * g - e->rates[k] * state->U[k];
        second += slope * slope + state->U[k] * (e->drives[k] * slope_g - e->rates[k] * slope);
    }
    return (slopes){.first = first, .second = 2.0 * second};
}

/* g0 (1 + p s)/(1 + q s) by its first two derivatives, constant where that has a pole or a zero near. */
static void guess(spectral_segment *segment, const spectral_equation *e, double length, const spectral_state *from)
{
    const spectral_rule *rule = segment->rule;
    const slopes y = slopes_at(e, from);
    const double g = 1.0 / from->u, ratio = y.first * g * g;
    const double g1 = -0.5 * ratio, g2 = 0.75 * ratio * ratio - 0.5 * y.second * g * g; /* over g */
    double q = g1 != 0.0 ? -0.5 * g2 / g1 : 0.0, p = g1 + q;
    if (!(1.0 + q * length > 0.1 && 1.0 + p * length > 0.1))
        p = q = 0.0;
    memset(segment->g, 0, sizeof segment->g);
    for (int i = 0; i < M; i++) {
        const double s = 0.5 * length * (1.0 + rule->node[i]), value = g * (1.0 + p * s) / (1.0 + q * s);
        for (int j = 0; j < M; j++)
            segment->g[j] += value * rule->series[i][j];
    }
}

static double least(const double *x)
{
    double value = x[0];
    for (int i = 1; i < M; i++)
        value = fmin(value, x[i]);
    return value;
}

static double tail_of_g(const spectral_segment *segment, double largest_y)
{
    return fmax(fabs(segment->g[M - 1]), fabs(segment->g[M - 2])) * sqrt(largest_y);
}

static double largest(const double *x)
{
    double value = x[0];
    for (int i = 1; i < M; i++)
        value = fmax(value, x[i]);
    return value;
}

/* rate: of this correction to the one before. */
static bool is_converged(double step, double rate, double noise)
{
    const double enough = fmax(CONVERGED, noise);
    return step <= enough || (rate < 1.0 && step * rate <= enough) ||
           (rate > STANDS && step <= fmax(STANDING, 8.0 * noise));
}

/* U and y at the nodes for the present g. */
static void evaluate(spectral_segment *segment, const spectral_equation *e, const spectral_state *from,
                     spectral_trial *trial)
{
    respond(e->count, from->U, segment->decays, (const square_matrix *)segment->filters, segment->g, segment->outside,
            segment->U, segment->y);
    trial->evaluations++;
}

static void set_inverse(spectral_segment *segment, const spectral_equation *e, spectral_trial *trial)
{
    assemble(e->count, segment->rule, (const square_matrix *)segment->filters, segment->U, segment->y,
             segment->inverse);
    invert(segment->inverse);
    trial->jacobians++;
}

/* Newton's method; the outcome stays LOST where corrections do not come to an end. */
static void solve(spectral_segment *segment, const spectral_equation *e, double tolerance, double noise,
                  const spectral_state *from, spectral_trial *trial)
{
    double residual[M], before = 0.0;
    bool anew = true;
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        evaluate(segment, e, from, trial);
        if (!(least(segment->y) > 0.0)) {
            trial->outcome = SPECTRAL_CROSSED;
            return;
        }
        residuals(segment->rule, segment->g, segment->y, residual);
        if (anew)
            set_inverse(segment, e, trial);
        const double step = correct(segment->inverse, residual, segment->g) * from->u;
        const double rate = iteration > 0 ? step / before : 1.0;
        trial->tail = tail_of_g(segment, largest(segment->y));
        if (!isfinite(step))
            return;
        if (is_converged(step, rate, noise))
            trial->outcome = SPECTRAL_ACCEPTED;
        else if (step <= NEARLY && trial->tail > HOPELESS * tolerance)
            trial->outcome = SPECTRAL_ROUGH;
        if (trial->outcome != SPECTRAL_LOST)
            return;
        anew = !anew && trial->jacobians < JACOBIANS && rate > SLOW;
        before = step;
    }
}

/* U's coefficients, in the piece's order, with zeros that fill up the last vector; the largest of their last two. */
EVERY_WIDTH static double expand(ptrdiff_t n, ptrdiff_t padded, const spectral_rule *rule, const double *U,
                                 double *restrict out)
{
    double tail = 0.0;
    for (ptrdiff_t k = 0; k < n; k++) {
        double lane[M] = {0.0};
        for (int i = 0; i < M; i++)
            for (int j = 0; j < M; j++)
                lane[j] += U[k * M + i] * rule->series[i][j];
        for (int j = 0; j < M; j++)
            out[j * padded + k] = lane[j];
        for (int j = M - 2; j < M; j++)
            tail = fabs(lane[j]) > tail ? fabs(lane[j]) : tail;
    }
    for (int j = 0; j < M; j++)
        for (ptrdiff_t k = n; k < padded; k++)
            out[j * padded + k] = 0.0;
    return tail;
}

/* The time since the segment's start, (D/2) int_{-1}^x 1/y, by int T_j = T_{j+1}/(2(j+1)) - T_{j-1}/(2(j-1)). Returns the
 * larger of the last two coefficients of 1/y, times the least y. */
static double set_clock(const spectral_segment *segment, double length, spectral_piece *piece)
{
    double c[M + 2] = {0.0}, *t = piece->clock, start = 0.0;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < M; j++)
            c[j] += 0.5 * length / segment->y[i] * segment->rule->series[i][j];
    const double tail = fmax(fabs(c[M - 1]), fabs(c[M - 2])) * 2.0 / length * least(segment->y);
    t[1] = c[0] - 0.5 * c[2];
    for (int j = 2; j <= M; j++)
        t[j] = (c[j - 1] - c[j + 1]) / (2.0 * j);
    for (int j = 1; j <= M; j++)
        start += j % 2 == 0 ? t[j] : -t[j];
    t[0] = -start;
    return tail;
}

static double duration(const spectral_segment *segment, double length)
{
    double sum = 0.0;
    for (int i = 0; i < M; i++)
        sum += segment->rule->weight[i] / segment->y[i];
    return 0.5 * length * sum;
}

/* Node 0 is the end. */
static void accept(const spectral_segment *segment, const spectral_equation *e, double length, spectral_state *state,
                   spectral_piece *piece)
{
    piece->segment = true;
    piece->terms = M;
    piece->length = length;
    piece->start_time = state->time;
    piece->start_action = state->action;
    state->time += duration(segment, length);
    state->action += length;
    for (ptrdiff_t k = 0; k < e->count; k++)
        state->U[k] = segment->U[k * M];
    state->u = sqrt(segment->y[0]);
    piece->end_time = state->time;
    piece->end_action = state->action;
}

spectral_trial spectral_segment_try(spectral_segment *segment, const spectral_equation *e, double length,
                                    double tolerance, double noise, spectral_state *state, spectral_piece *piece)
{
    spectral_trial trial = {.outcome = SPECTRAL_LOST};
    prepare(segment, e, length, state);
    guess(segment, e, length, state);
    solve(segment, e, tolerance, noise, state, &trial);
    if (trial.outcome != SPECTRAL_ACCEPTED)
        return trial;
    evaluate(segment, e, state, &trial);
    const double tail_U = expand(e->count, e->padded, segment->rule, segment->U, piece->U);
    const double tail_clock = set_clock(segment, length, piece);
    trial.tail =
        fmax(fmax(tail_of_g(segment, largest(segment->y)), tail_U / sqrt(least(segment->y))), CLOCK_SHARE * tail_clock);
    if (!(trial.tail <= tolerance))
        trial.outcome = SPECTRAL_ROUGH;
    else
        accept(segment, e, length, state, piece);
    return trial;
}
