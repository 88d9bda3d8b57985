/* entries.c - sizes and noise of single unknowns. */
#include "flow/entries.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* Sizes fall by a factor of ten in some 8,000 steps, a few saddles: what decays for good must not hold the steps back (at .99
 * half as many again at condition 10). */
static const double MEMORY = 0.9997;
/* A sample of the noise may be small by chance. */
static const double NOISE_MEMORY = 0.9;
/* Newton's iteration comes to a hundredth of what is allowed (integrator.c), and e_i is a sample of what rounding does. */
static const double NOISE = 1000.0;
/* ... of the largest entry, times its rounding: a hundredth of that is left to Newton's iteration. */
static const double LEAST = 100.0;
/* Of a block's largest entry: what rounding moves further in a step, with nothing to damp it, is not followed. */
static const double MOST_NOISE = 1e-5;
/* The share of rtol that the integrator is asked for is a thirtieth (run.c). */
static const double MOST_SLACK = 30.0;
/* What grows exponentially beside others has a rate of some times its mean one, and its errors stay: that is not running away. */
static const double RUNNING = 30.0;
/* One product with the Hessian in so many steps. */
enum { NOISE_STEPS = 4 };

lsa_status flow_entries_create(ptrdiff_t n, flow_entries **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_entries *entries = calloc(1, sizeof *entries);
    LSA_TRY_MEMORY(entries, "the sizes of the unknowns");
    entries->n = n;
    entries->size = lsa_vec_create(8 * n);
    LSA_TRY_MEMORY(entries->size, "the sizes of the unknowns");
    entries->noise = entries->size + n;
    entries->least = entries->noise + n;
    entries->origin = entries->least + n;
    entries->slack = entries->origin + n;
    entries->rate = entries->slack + n;
    entries->scratch = entries->rate + n;
    for (ptrdiff_t i = 0; i < n; i++)
        entries->rate[i] = INFINITY;
    *out = entries;
    entries = NULL;
done:
    flow_entries_destroy(entries);
    return status;
}

void flow_entries_destroy(flow_entries *entries)
{
    if (entries == NULL)
        return;
    free(entries->size);
    free(entries);
}

void flow_entries_start(flow_entries *entries, ptrdiff_t offset, ptrdiff_t size, double scale, const double *y)
{
    for (ptrdiff_t i = offset; i < offset + size; i++) {
        entries->size[i] = y[i] != 0.0 ? fabs(y[i]) : scale;
        entries->origin[i] = entries->size[i];
        entries->slack[i] = 1.0;
        entries->least[i] = fmax(fmin(entries->size[i], DBL_EPSILON * scale), DBL_MIN / DBL_EPSILON);
    }
}

static void take_noise(flow_entries *entries, const lsa_program *program, lsa_workspace *work, const double *y)
{
    const ptrdiff_t n = entries->n;
    double *signs = entries->scratch, *product = signs + n;
    lsa_rng rng = lsa_stream_at(1, LSA_STREAM_FLOW_ENTRIES, (uint64_t)entries->calls - 1);
    lsa_rng_normals(&rng, n, signs);
    for (ptrdiff_t i = 0; i < n; i++)
        signs[i] = copysign(y[i], signs[i]);
    lsa_program_hessian(program, work, y, signs, product);
    for (ptrdiff_t i = 0; i < n; i++)
        entries->noise[i] = fmax(DBL_EPSILON * fabs(product[i]), NOISE_MEMORY * entries->noise[i]);
}

void flow_entries_update(flow_entries *entries, const lsa_program *program, lsa_workspace *work, const double *y)
{
    for (ptrdiff_t i = 0; i < entries->n; i++)
        entries->size[i] = fmax(fmax(fabs(y[i]), MEMORY * entries->size[i]), entries->least[i]);
    if (entries->calls++ % NOISE_STEPS == 0)
        take_noise(entries, program, work, y);
}

void flow_entries_move(flow_entries *entries, double time, const double *y, const double *f)
{
    for (ptrdiff_t i = 0; i < entries->n; i++) {
        const double grown = log(fabs(y[i]) / entries->origin[i]), ahead = time * f[i] / y[i] / fmax(1.0, grown);
        entries->slack[i] = ahead > RUNNING ? fmin(ahead / RUNNING, MOST_SLACK) : 1.0;
    }
}

void flow_entries_damp(flow_entries *entries, ptrdiff_t size, const double *J)
{
    for (ptrdiff_t i = 0; i < entries->n; i++)
        entries->rate[i] = fabs(J[i + i * size]);
}

double flow_entries_blur(const flow_entries *entries, ptrdiff_t offset, ptrdiff_t size, const double *y)
{
    const double largest = lsa_vec_norm_max(size, y + offset);
    const double moved = entries->step * lsa_vec_norm_max(size, entries->noise + offset);
    return largest > 0.0 ? moved / largest : 0.0;
}

void flow_entries_weights(const flow_entries *entries, ptrdiff_t offset, ptrdiff_t size, double rtol, double scale,
                          const double *y, double *w)
{
    const double largest = lsa_vec_norm_max(size, y + offset), most = rtol * largest, h = entries->step;
    const double least = fmin(LEAST * DBL_EPSILON * largest, most);
    for (ptrdiff_t i = offset; i < offset + size; i++) {
        const double own = rtol * (entries->slack[i] * fabs(y[i]) + fmin(entries->size[i], scale));
        const double noise = NOISE * h * entries->noise[i], left = noise / (1.0 + h * entries->rate[i]);
        w[i] = 1.0 / fmax(fmax(own, fmin(noise, most)), fmax(fmin(left, MOST_NOISE * largest), least));
    }
}
