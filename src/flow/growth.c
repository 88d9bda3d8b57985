/* growth.c - curvature and gradient in units of their own rounding. */
#include "flow/growth.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Parameters are moved by this share of themselves, along so many directions of random signs: the change of the Hessian
 * is then linear to a millionth, and its own rounding 1e-10 of it. */
static const double MOVE = 1e-6;
enum { MOVES = 3 };
/* Rows of E come to a largest entry of 1 by halving their logarithms; each sweep leaves half of what is missing. */
enum { SWEEPS = 20 };
/* The rounding of an n x n matrix with entries of 1 is at most n; that of its eigenvalues some n eps of the largest. */
static const double BEYOND = 8.0;
/* A mode has settled by e^-100, far below its rounding. */
static const double SETTLED = 100.0;
/* Of a unit eigenvector: less of an entry may be rounding, which has put it there. */
static const double ALIEN = 1e-12;

lsa_status flow_growth_create(ptrdiff_t n, flow_growth **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_growth *growth = calloc(1, sizeof *growth);
    LSA_TRY_MEMORY(growth, "the curvature in units of its rounding");
    growth->n = n;
    growth->memory = lsa_vec_create(3 * n * n + 8 * n);
    LSA_TRY_MEMORY(growth->memory, "the curvature in units of its rounding");
    growth->H = growth->memory;
    growth->E = growth->H + n * n;
    growth->X = growth->E + n * n;
    growth->lambda = growth->X + n * n;
    growth->scale = growth->lambda + n;
    growth->g = growth->scale + n;
    growth->e = growth->g + n;
    growth->step = growth->e + n;
    growth->scratch = growth->step + n;
    growth->rates = growth->scratch + 2 * n;
    *out = growth;
    growth = NULL;
done:
    flow_growth_destroy(growth);
    return status;
}

void flow_growth_destroy(flow_growth *growth)
{
    if (growth == NULL)
        return;
    free(growth->memory);
    free(growth);
}

/* E; X is scratch. */
static void measure_rounding(flow_growth *growth, flow_system *system, const double *y, const double *step)
{
    const ptrdiff_t n = growth->n;
    lsa_rng rng = lsa_stream_at(1, LSA_STREAM_FLOW_MOVES, 0);
    double *moved = growth->scratch, *unit = moved + n;
    for (ptrdiff_t k = 0; k < n * n; k++)
        growth->E[k] = DBL_EPSILON * fabs(growth->H[k]);
    for (int move = 0; move < MOVES; move++) {
        lsa_rng_normals(&rng, n, moved);
        for (ptrdiff_t i = 0; i < n; i++)
            moved[i] = y[i] * (1.0 + copysign(MOVE, moved[i]));
        flow_system_hessian_dense(system, moved, growth->X, unit);
        for (ptrdiff_t k = 0; k < n * n; k++)
            growth->E[k] += DBL_EPSILON / MOVE * fabs(growth->X[k] - growth->H[k]);
    }
    for (ptrdiff_t i = 0; i < n; i++)
        moved[i] = y[i] + step[i];
    flow_system_hessian_dense(system, moved, growth->X, unit);
    for (ptrdiff_t k = 0; k < n * n; k++)
        growth->E[k] += fabs(growth->X[k] - growth->H[k]);
}

/* The gradient and what it is known to. */
static void measure_gradient(flow_growth *growth, flow_system *system, const double *y)
{
    const ptrdiff_t n = growth->n;
    lsa_program_gradient(system->program, system->work, y, growth->g);
    for (ptrdiff_t i = 0; i < n; i++) {
        growth->e[i] = fabs(growth->g[i]);
        for (ptrdiff_t j = 0; j < n; j++)
            growth->e[i] += fabs(growth->H[i + j * n] * y[j]);
        growth->e[i] *= DBL_EPSILON;
    }
}

/* Whether what would move entry i is a product that has underflowed. */
static bool is_below_range(const flow_growth *growth, ptrdiff_t i, const double *y)
{
    const ptrdiff_t n = growth->n;
    bool below = false;
    for (ptrdiff_t j = 0; j < n; j++)
        below = below || (growth->H[i + j * n] != 0.0 && y[j] != 0.0 && fabs(growth->H[i + j * n] * y[j]) < DBL_MIN);
    return below;
}

/* Whether the gradient along unstable direction m is more than rounding, of itself and of what makes up the direction. */
static bool drives(flow_growth *growth, ptrdiff_t m, const double *y, bool *moves)
{
    const ptrdiff_t n = growth->n;
    const double *x = growth->X + m * n;
    double sum = 0.0, known = 0.0, most = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double force = growth->scale[i] * growth->g[i];
        if (fabs(x[i]) <= (double)n * ALIEN)
            continue;
        sum += x[i] * force;
        known += fabs(x[i]) * growth->scale[i] * growth->e[i];
        most = fmax(most, fabs(force));
        *moves = *moves || force != 0.0;
        growth->underflows = growth->underflows || is_below_range(growth, i, y);
    }
    return fabs(sum) > BEYOND * (known + (double)n * DBL_EPSILON * most);
}

/* The eigenvalues of H on the span of the unstable directions, as parameters. */
static lsa_status find_rates(flow_growth *growth, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = growth->n, m = growth->unstable;
    double *V = growth->E, *A = NULL;
    for (ptrdiff_t k = 0; k < m; k++) {
        double *v = V + k * n;
        for (ptrdiff_t i = 0; i < n; i++)
            v[i] = growth->scale[i] * growth->X[i + k * n];
        lsa_vec_scale(n, 1.0 / lsa_vec_norm(n, v), v);
        for (int sweep = 0; sweep < 2; sweep++)
            for (ptrdiff_t j = 0; j < k; j++)
                lsa_vec_axpy(n, -lsa_vec_dot(n, V + j * n, v), V + j * n, v);
        lsa_vec_scale(n, 1.0 / lsa_vec_norm(n, v), v);
    }
    A = lsa_vec_create(m * m);
    LSA_TRY_MEMORY(A, "the rates of growth");
    for (ptrdiff_t k = 0; k < m; k++) {
        lsa_mat_vector(false, n, n, 1.0, growth->H, V + k * n, 0.0, growth->scratch);
        for (ptrdiff_t j = 0; j < m; j++)
            A[j + k * m] = lsa_vec_dot(n, V + j * n, growth->scratch);
    }
    LSA_TRY(lsa_mat_eigen(m, A, growth->rates, NULL, err));
done:
    free(A);
    return status;
}

lsa_status flow_growth_eval(flow_growth *growth, flow_system *system, const double *y, const double *step,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = growth->n;
    bool moves = false;
    growth->unstable = 0;
    growth->driven = growth->exact = growth->underflows = false;
    flow_system_hessian_dense(system, y, growth->H, growth->scratch);
    measure_rounding(growth, system, y, step);
    growth->finite = isfinite(lsa_vec_norm(n * n, growth->E));
    if (!growth->finite)
        goto done;
    lsa_mat_equilibrate(n, growth->E, SWEEPS, growth->scale, growth->scratch);
    measure_gradient(growth, system, y);
    for (ptrdiff_t j = 0; j < n; j++)
        for (ptrdiff_t i = 0; i < n; i++)
            growth->E[i + j * n] = growth->scale[i] * (growth->scale[j] * growth->H[i + j * n]);
    LSA_TRY(lsa_mat_eigen(n, growth->E, growth->lambda, growth->X, err));
    const double largest = fmax(fabs(growth->lambda[0]), fabs(growth->lambda[n - 1]));
    const double beyond = BEYOND * (double)n * (1.0 + DBL_EPSILON * largest);
    while (growth->unstable < n && growth->lambda[growth->unstable] < -beyond)
        growth->driven = drives(growth, growth->unstable++, y, &moves) || growth->driven;
    growth->underflows = growth->underflows && !growth->driven;
    growth->exact = !growth->driven && !moves && !growth->underflows;
    if (growth->unstable > 0)
        LSA_TRY(find_rates(growth, err));
done:
    return status;
}

lsa_status flow_growth_look(flow_growth *growth, flow_spectrum *spectrum, flow_system *system, const double *y,
                            double time, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(flow_spectrum_eval(spectrum, system, y, err));
    memset(growth->step, 0, (size_t)growth->n * sizeof *growth->step);
    if (spectrum->finite && time > 0.0)
        flow_spectrum_settle(spectrum, SETTLED / time, growth->step);
    LSA_TRY(flow_growth_eval(growth, system, y, growth->step, err));
done:
    return status;
}

/* e = eps |H (y o xi)|, the larger of two samples; z, Hz: scratch. */
static void sample_rounding(flow_system *system, const double *y, double *z, double *Hz, double *e)
{
    const ptrdiff_t n = system->n;
    lsa_rng rng = lsa_stream_at(1, LSA_STREAM_FLOW_GRADIENT, 0);
    memset(e, 0, (size_t)n * sizeof *e);
    for (int sample = 0; sample < 2; sample++) {
        lsa_rng_normals(&rng, n, z);
        for (ptrdiff_t i = 0; i < n; i++)
            z[i] = copysign(y[i], z[i]);
        lsa_program_hessian(system->program, system->work, y, z, Hz);
        for (ptrdiff_t i = 0; i < n; i++)
            e[i] = fmax(e[i], DBL_EPSILON * fabs(Hz[i]));
    }
}

lsa_status flow_growth_quickens(flow_system *system, const double *y, bool *yes, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = system->n;
    double *g = lsa_vec_create(4 * n);
    *yes = false;
    LSA_TRY_MEMORY(g, "the acceleration of the path");
    double *Hg = g + n, *e = Hg + n, *z = e + n;
    sample_rounding(system, y, z, Hg, e);
    lsa_program_gradient(system->program, system->work, y, g);
    lsa_program_hessian(system->program, system->work, y, g, Hg); /* d|g|^2/dt = -2 <g, H g> */
    for (ptrdiff_t k = 0; k < system->n_blocks && !*yes; k++) {
        const lsa_block *block = &system->blocks[k];
        const ptrdiff_t size = block->rows * block->cols;
        const double known = BEYOND * lsa_vec_norm(size, e + block->offset);
        *yes = lsa_vec_norm(size, g + block->offset) > known &&
               lsa_vec_dot(size, g + block->offset, Hg + block->offset) < 0.0;
    }
done:
    free(g);
    return status;
}
