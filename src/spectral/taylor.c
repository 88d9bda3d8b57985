/* taylor.c - coefficients by Cauchy products, modes in the lanes. */
#include "spectral/taylor.h"
#include "base/matrix.h"
#include "base/simd_vector.h"
#include "base/simd_width.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The last two terms of a step, of the larger of u and the largest |U_k|. */
static const double LAST_TERM = 1e-16;
/* The same of the action, whose series is that of a square, against size^2 t. */
static const double LAST_ACTION = 1e-15;
/* A path that falls is cut at this share of its size: what the series then cancels is a few roundings. */
static const double LEAST_SHARE = 0.25;
enum { HALVINGS = 6 };
/* Below this share of |U|^2 the conserved quantity knows less of u than its series does. */
static const double NEAR_ZERO = 0.05;

struct spectral_taylor {
    double drive, rate; /* |b|, and the largest of h and a                 */
    double *decays;     /* W's coefficients: terms x n_decays */
};

lsa_status spectral_taylor_create(const spectral_equation *equation, spectral_taylor **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    spectral_taylor *taylor = calloc(1, sizeof *taylor);
    LSA_TRY_MEMORY(taylor, "Taylor's series");
    taylor->decays = lsa_vec_create(SPECTRAL_TERMS * equation->n_decays);
    LSA_TRY_MEMORY(taylor->decays, "Taylor's series");
    taylor->drive = lsa_vec_norm(equation->count, equation->drives);
    taylor->rate = fmax(lsa_vec_norm_max(equation->count, equation->rates),
                        lsa_vec_norm_max(equation->n_decays, equation->decay_rates));
    *out = taylor;
    taylor = NULL;
done:
    spectral_taylor_destroy(taylor);
    return status;
}

void spectral_taylor_destroy(spectral_taylor *taylor)
{
    if (taylor == NULL)
        return;
    free(taylor->decays);
    free(taylor);
}

/* What u' needs of all modes: (sum b U)_j and (sum h U^2 + sum a W)_j. */
typedef struct forces {
    double drive, loss;
} forces;

/* Coefficient j + 1 of each mode from those up to j; unit: of the time. */
EVERY_WIDTH static forces modes_next(ptrdiff_t n, ptrdiff_t j, double unit, const double *restrict h,
                                     const double *restrict b, const double *restrict v, double u, double *restrict U)
{
    const double share = unit / (double)(j + 1);
    double drive[SPECTRAL_LANES] = {0.0}, loss[SPECTRAL_LANES] = {0.0};
    for (ptrdiff_t k = 0; k < n; k += SPECTRAL_LANES) {
        double product[SPECTRAL_LANES] = {0.0}, square[SPECTRAL_LANES] = {0.0};
        for (ptrdiff_t i = 0; i <= j; i++)
            for (ptrdiff_t l = 0; l < SPECTRAL_LANES; l++) {
                product[l] += v[i] * U[(j - i) * n + k + l];
                square[l] += U[i * n + k + l] * U[(j - i) * n + k + l];
            }
        for (ptrdiff_t l = 0; l < SPECTRAL_LANES; l++) {
            drive[l] += b[k + l] * U[j * n + k + l];
            loss[l] += h[k + l] * square[l];
            U[(j + 1) * n + k + l] = (b[k + l] * u - h[k + l] * product[l]) * share;
        }
    }
    return (forces){.drive = lanes_sum(SPECTRAL_LANES, drive), .loss = lanes_sum(SPECTRAL_LANES, loss)};
}

/* The same of the decays; (sum a W)_j. */
EVERY_WIDTH static double decays_next(ptrdiff_t n, ptrdiff_t j, double unit, const double *restrict a,
                                      const double *restrict v, double *restrict W)
{
    const double share = -2.0 * unit / (double)(j + 1);
    double loss[SPECTRAL_LANES] = {0.0};
    for (ptrdiff_t k = 0; k < n; k += SPECTRAL_LANES) {
        double product[SPECTRAL_LANES] = {0.0};
        for (ptrdiff_t i = 0; i <= j; i++)
            for (ptrdiff_t l = 0; l < SPECTRAL_LANES; l++)
                product[l] += v[i] * W[(j - i) * n + k + l];
        for (ptrdiff_t l = 0; l < SPECTRAL_LANES; l++) {
            loss[l] += a[k + l] * W[j * n + k + l];
            W[(j + 1) * n + k + l] = a[k + l] * product[l] * share;
        }
    }
    return lanes_sum(SPECTRAL_LANES, loss);
}

static double cauchy(ptrdiff_t j, const double *a, const double *b)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i <= j; i++)
        sum += a[i] * b[j - i];
    return sum;
}

static void start_decays(const spectral_equation *e, double action, double *W)
{
    for (ptrdiff_t q = 0; q < e->n_decays; q++)
        W[q] = e->decay_squares[q] * exp(-2.0 * e->decay_rates[q] * action);
}

static double size_of(const spectral_state *state, ptrdiff_t n)
{
    return fmax(fabs(state->u), lsa_vec_norm_max(n, state->U));
}

/* A time in which nothing much changes: powers of its inverse would overflow for a start at 1e6. */
static double unit_of(const spectral_taylor *taylor, const spectral_equation *e, const spectral_state *from)
{
    const double size = size_of(from, e->padded);
    return 1.0 / (taylor->drive + taylor->rate * size * size);
}

/* The series in (t - t0)/unit. */
static void expand(const spectral_taylor *taylor, const spectral_equation *e, const spectral_state *from, double unit,
                   spectral_piece *piece)
{
    double v[SPECTRAL_TERMS], loss[SPECTRAL_TERMS];
    memcpy(piece->U, from->U, (size_t)e->padded * sizeof *piece->U);
    start_decays(e, from->action, taylor->decays);
    piece->u[0] = from->u;
    piece->clock[0] = 0.0;
    for (ptrdiff_t j = 0; j < SPECTRAL_DEGREE; j++) {
        v[j] = cauchy(j, piece->u, piece->u);
        const forces f = modes_next(e->padded, j, unit, e->rates, e->drives, v, piece->u[j], piece->U);
        loss[j] = f.loss + decays_next(e->n_decays, j, unit, e->decay_rates, v, taylor->decays);
        piece->u[j + 1] = unit * (f.drive - cauchy(j, piece->u, loss)) / (double)(j + 1);
        piece->clock[j + 1] = unit * v[j] / (double)(j + 1);
    }
}

static double size_of_term(const spectral_piece *piece, ptrdiff_t j)
{
    return fmax(fabs(piece->u[j]), lsa_vec_norm_max(piece->padded, piece->U + j * piece->padded));
}

/* By the last two terms; in the series' unit. */
static double step_length(const spectral_piece *piece, double unit)
{
    const double size = size_of_term(piece, 0);
    double length = INFINITY;
    for (ptrdiff_t j = SPECTRAL_DEGREE - 1; j <= SPECTRAL_DEGREE; j++) {
        length = fmin(length, pow(LAST_TERM * size / size_of_term(piece, j), 1.0 / (double)j));
        length = fmin(length, pow(LAST_ACTION * unit * size * size / fabs(piece->clock[j]), 1.0 / (double)(j - 1)));
    }
    return length;
}

/* To powers of x, `length` in the unit of the series. */
static void rescale(spectral_piece *piece, double length)
{
    double power = 1.0;
    piece->length *= length;
    for (ptrdiff_t j = 0; j < SPECTRAL_TERMS; j++, power *= length) {
        piece->u[j] *= power;
        piece->clock[j] *= power;
        lsa_vec_scale(piece->padded, power, piece->U + j * piece->padded);
    }
}

/* u by the conserved quantity, where that has its digits. */
static void set_u(const spectral_equation *e, spectral_state *end)
{
    const double y = spectral_closure(e, end->action, end->U);
    if (e->constant >= 0.0 || y > NEAR_ZERO * (y - e->constant))
        end->u = copysign(sqrt(fmax(y, 0.0)), end->u);
}

bool spectral_taylor_step(spectral_taylor *taylor, const spectral_equation *e, spectral_state *state,
                          spectral_piece *piece)
{
    piece->segment = false;
    piece->terms = SPECTRAL_TERMS;
    piece->start_time = state->time;
    piece->start_action = state->action;
    piece->length = unit_of(taylor, e, state);
    expand(taylor, e, state, piece->length, piece);
    const double least = LEAST_SHARE * size_of(state, e->padded), length = step_length(piece, piece->length);
    if (!(length > 0.0 && isfinite(length)))
        return false;
    rescale(piece, length);
    spectral_piece_at(piece, e, 1.0, state);
    for (int halving = 0; halving < HALVINGS && size_of(state, e->padded) < least; halving++) {
        rescale(piece, 0.5);
        spectral_piece_at(piece, e, 1.0, state);
    }
    set_u(e, state);
    piece->end_time = state->time;
    piece->end_action = state->action;
    return isfinite(state->u) && isfinite(lsa_simd_dot(e->padded, state->U, state->U));
}
