/* error_bound.c - the comparison system of a path's errors, by Euler's implicit steps between samples of its defect. */
#include "spectral/error_bound.h"
#include "base/matrix.h"
#include "base/simd_series.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Samples of a piece. A segment's are the ends and the extrema of T_16: some near the interpolation's nodes, where the
 * derivative's error is largest, some between. */
enum { TAYLOR_SAMPLES = 6, SEGMENT_SAMPLES = SPECTRAL_NODES + 1 };
/* Of u(0), spread along the drives: the size of a mode that starts at 0. */
static const double SMALL_START = 0.1;
/* Errors above it are of no first order any more. */
static const double MEANINGFUL = 1e-3;

struct spectral_bound {
    spectral_state point, slope; /* of the sample: U, dU/dx               */
    double *relative;            /* m_k                                   */
    double *extra;               /* v_k(0) - U_k(0) b_k/|b_k|             */
    double *decay;               /* exp(-h_k s)                           */
    double *size;                /* v_k                                   */
    double *last;                /* U at the end of the piece before      */
    double sign;                 /* of u, as long as it is known */
    bool has_extra, known;
    double action; /* of the last sample                    */
    double clock_error, error;
};

lsa_status spectral_bound_create(const spectral_equation *e, double u, spectral_bound **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double drive = lsa_vec_norm(e->count, e->drives);
    spectral_bound *bound = calloc(1, sizeof *bound);
    LSA_TRY_MEMORY(bound, "the path's error");
    double **const vectors[] = {&bound->point.U, &bound->slope.U, &bound->relative, &bound->extra,
                                &bound->decay,   &bound->size,    &bound->last};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        *vectors[i] = lsa_vec_create(e->padded);
        LSA_TRY_MEMORY(*vectors[i], "the path's error");
    }
    bound->sign = copysign(1.0, u);
    for (ptrdiff_t k = 0; k < e->count; k++) {
        const double along = bound->sign * copysign(1.0, e->drives[k]) * e->start[k];
        bound->extra[k] = fmax(-2.0 * along, along == 0.0 ? SMALL_START * fabs(u * e->drives[k]) / drive : 0.0);
        bound->has_extra = bound->has_extra || bound->extra[k] > 0.0;
        bound->last[k] = bound->sign * e->start[k];
    }
    bound->known = true;
    *out = bound;
    bound = NULL;
done:
    spectral_bound_destroy(bound);
    return status;
}

void spectral_bound_destroy(spectral_bound *bound)
{
    if (bound == NULL)
        return;
    free(bound->point.U);
    free(bound->slope.U);
    free(bound->relative);
    free(bound->extra);
    free(bound->decay);
    free(bound->size);
    free(bound->last);
    free(bound);
}

/* v_k at the sample. */
static void set_sizes(spectral_bound *bound, const spectral_equation *e)
{
    if (bound->has_extra) {
        for (ptrdiff_t k = 0; k < e->count; k++)
            bound->decay[k] = -e->rates[k] * bound->point.action;
        lsa_simd_exp(e->count, bound->decay, bound->decay);
    }
    for (ptrdiff_t k = 0; k < e->count; k++)
        bound->size[k] =
            fmax(bound->point.U[k] * copysign(1.0, e->drives[k]) + bound->extra[k] * bound->decay[k], DBL_MIN);
}

/* What the sample says of a mode. */
typedef struct coupling {
    double speed;   /* a = |b| g/v                                                    */
    double weight;  /* |U| v/y                                                        */
    double damping; /* 1 + what the mode's own error takes from that of g             */
} coupling;

static coupling coupling_of(const spectral_bound *bound, const spectral_equation *e, ptrdiff_t k)
{
    const double g = 1.0 / bound->point.u, U = bound->point.U[k], v = bound->size[k];
    const double weight = fabs(U) * v * g * g;
    return (coupling){.speed = fabs(e->drives[k]) * g / v,
                      .weight = weight,
                      .damping = 1.0 + (U * e->drives[k] > 0.0 ? 2.0 * weight : 0.0)};
}

/* |f_k|/v_k; from dU/dt where the piece is in the time. */
static double defect_of(const spectral_bound *bound, const spectral_equation *e, const spectral_piece *piece,
                        ptrdiff_t k)
{
    const double u = bound->point.u, ds = piece->segment ? bound->slope.action : u * u * bound->slope.time;
    return fabs(bound->slope.U[k] / ds - (e->drives[k] / u - e->rates[k] * bound->point.U[k])) / bound->size[k];
}

/* One implicit step in the action with what the sample says; returns G after it.
 *     m (1 + damping a step) = m + step (a G + |f|/v),   G = sum weight m. */
static double advance(spectral_bound *bound, const spectral_equation *e, const spectral_piece *piece, double step)
{
    double known = 0.0, share = 0.0;
    for (ptrdiff_t k = 0; k < e->count; k++) {
        const coupling c = coupling_of(bound, e, k);
        const double rest = c.weight / (1.0 + c.damping * c.speed * step);
        bound->relative[k] += step * defect_of(bound, e, piece, k);
        known += rest * bound->relative[k];
        share += rest * c.speed * step;
    }
    bound->known = bound->known && share < 1.0;
    const double G = known / (1.0 - share);
    for (ptrdiff_t k = 0; k < e->count; k++) {
        const coupling c = coupling_of(bound, e, k);
        bound->relative[k] = (bound->relative[k] + c.speed * step * G) / (1.0 + c.damping * c.speed * step);
    }
    return G;
}

/* d(log u)/ds, and the largest |dU_k/ds| over u. */
static double motion(const spectral_bound *bound, const spectral_equation *e)
{
    const double u = bound->point.u, g = 1.0 / u;
    double half_slope = -spectral_decays_at(e, bound->point.action).loss, largest = 0.0;
    for (ptrdiff_t k = 0; k < e->count; k++) {
        const double U = bound->point.U[k], slope = e->drives[k] * g - e->rates[k] * U;
        half_slope += U * slope;
        largest = fmax(largest, fabs(slope));
    }
    return fmax(fabs(half_slope) * g * g, largest * g);
}

/* The errors at the sample; the clock's own defect is dt/dx against g^2 ds/dx. */
static void note(spectral_bound *bound, const spectral_equation *e, double G, double of_series, double step)
{
    const double u = bound->point.u;
    double error = G + of_series;
    for (ptrdiff_t k = 0; k < e->count; k++)
        error = fmax(error, bound->relative[k] * bound->size[k] / u);
    const double clock = fabs(bound->slope.time * u * u / bound->slope.action - 1.0);
    bound->clock_error += (2.0 * G + clock) * step / (u * u);
    bound->error = fmax(bound->error, error + motion(bound, e) * u * u * bound->clock_error + DBL_EPSILON);
}

/* Where the piece does not begin as the one before has ended. */
static void add_jumps(spectral_bound *bound, const spectral_equation *e)
{
    for (ptrdiff_t k = 0; k < e->count; k++)
        bound->relative[k] += fabs(bound->point.U[k] - bound->last[k]) / bound->size[k];
}

/* u by the conserved quantity; what the piece itself says is off by, relative. */
static double close_point(spectral_bound *bound, const spectral_equation *e)
{
    const double said = bound->point.u, y = spectral_closure(e, bound->point.action, bound->point.U);
    bound->known = bound->known && said > 0.0 && y > 0.0;
    bound->point.u = sqrt(fmax(y, 0.0));
    return fabs(said / bound->point.u - 1.0);
}

/* In [0, 1], ascending. */
static double place(bool segment, int i)
{
    return segment ? 0.5 - 0.5 * cos(3.14159265358979323846 * i / (SEGMENT_SAMPLES - 1))
                   : (double)i / (TAYLOR_SAMPLES - 1);
}

void spectral_bound_extend(spectral_bound *bound, const spectral_equation *e, const spectral_piece *piece)
{
    const int samples = piece->segment ? SEGMENT_SAMPLES : TAYLOR_SAMPLES;
    for (int i = 0; i < samples && bound->known; i++) {
        const double x = piece->segment ? 2.0 * place(true, i) - 1.0 : place(false, i);
        spectral_piece_at(piece, e, x, &bound->point);
        spectral_piece_slope(piece, x, &bound->slope);
        const double of_series = close_point(bound, e);
        bound->known = bound->known && piece->sign == bound->sign;
        set_sizes(bound, e);
        if (i == 0)
            add_jumps(bound, e);
        const double step = fmax(bound->point.action - bound->action, 0.0);
        note(bound, e, advance(bound, e, piece, step), of_series, step);
        bound->action = bound->point.action;
    }
    memcpy(bound->last, bound->point.U, (size_t)e->padded * sizeof *bound->last);
}

double spectral_bound_error(const spectral_bound *bound)
{
    return bound->known && bound->error <= MEANINGFUL ? bound->error : (double)NAN;
}
