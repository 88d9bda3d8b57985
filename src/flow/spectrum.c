/* spectrum.c - eigenvalues of the whole Hessian, for programs of moderate size without a form. */
#include "flow/spectrum.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Orbits count as flat while their curvature is this far below the largest eigenvalue. */
static const double FLAT_SHARE = 1e-6;
/* Of the size of the point. A fourth-order term of relative size c leaves the gradient c 1e-6 there ... */
static const double MANIFOLD_MOVE = 1e-2;
/* ... and this, still above the rounding of a gradient, tells it. */
static const double MANIFOLD_SMALL = 1e-13;
/* Steps with a Hessian that is off by a hundredth gain two digits each; modes a hundred times slower fewer. */
enum { MANIFOLD_STEPS = 60, MANIFOLD_TRIALS = 3 };

bool flow_orbits_are_flat(double largest, double gradient_norm, double size)
{
    return size > 0.0 && gradient_norm <= FLAT_SHARE * largest * size;
}

double flow_zero_threshold(double rounding, double largest, double gradient_norm, double size)
{
    return rounding * largest + (flow_orbits_are_flat(largest, gradient_norm, size) ? 4.0 * gradient_norm / size : 0.0);
}

lsa_status flow_spectrum_create(ptrdiff_t n, flow_spectrum **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_spectrum *spectrum = calloc(1, sizeof *spectrum);
    LSA_TRY_MEMORY(spectrum, "the spectrum of the Hessian");
    spectrum->n = n;
    spectrum->lambda = lsa_vec_create(n);
    LSA_TRY_MEMORY(spectrum->lambda, "the spectrum of the Hessian");
    spectrum->gradient = lsa_vec_create(n);
    LSA_TRY_MEMORY(spectrum->gradient, "the spectrum of the Hessian");
    spectrum->Q = lsa_vec_create(n * n);
    LSA_TRY_MEMORY(spectrum->Q, "the spectrum of the Hessian");
    spectrum->work = lsa_vec_create(n * n + n);
    LSA_TRY_MEMORY(spectrum->work, "the spectrum of the Hessian");
    *out = spectrum;
    spectrum = NULL;
done:
    flow_spectrum_destroy(spectrum);
    return status;
}

void flow_spectrum_destroy(flow_spectrum *spectrum)
{
    if (spectrum == NULL)
        return;
    free(spectrum->lambda);
    free(spectrum->gradient);
    free(spectrum->Q);
    free(spectrum->work);
    free(spectrum);
}

static double zero_threshold(ptrdiff_t n, double largest, double gradient_norm, const double *y)
{
    return flow_zero_threshold(1e-14 * (double)n, largest, gradient_norm, lsa_vec_norm_max(n, y));
}

/* The gradient at x in the eigenbasis of the spectrum. */
static void gradient_in_basis(const flow_spectrum *spectrum, flow_system *system, const double *x, double *scratch,
                              double *g)
{
    lsa_program_gradient(system->program, system->work, x, scratch);
    lsa_mat_vector(true, spectrum->n, spectrum->n, 1.0, spectrum->Q, scratch, 0.0, g);
}

void flow_spectrum_gradient(flow_spectrum *spectrum, flow_system *system, const double *y)
{
    double *scratch = spectrum->work + spectrum->n * spectrum->n;
    gradient_in_basis(spectrum, system, y, scratch, spectrum->gradient);
    spectrum->gradient_norm = lsa_vec_norm(spectrum->n, scratch);
}

lsa_status flow_spectrum_eval(flow_spectrum *spectrum, flow_system *system, const double *y, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = spectrum->n;
    double *hessian = spectrum->work, *scratch = spectrum->work + n * n;
    flow_system_hessian_dense(system, y, hessian, scratch);
    spectrum->finite = isfinite(lsa_vec_dot(n * n, hessian, hessian));
    if (!spectrum->finite)
        goto done;
    LSA_TRY(lsa_mat_eigen(n, hessian, spectrum->lambda, spectrum->Q, err));
    flow_spectrum_gradient(spectrum, system, y);
    spectrum->largest = fmax(fabs(spectrum->lambda[0]), fabs(spectrum->lambda[n - 1]));
    spectrum->zero = zero_threshold(n, spectrum->largest, spectrum->gradient_norm, y);
done:
    return status;
}

/* The largest sum of magnitudes along a column: at least the largest |eigenvalue|. */
static double column_bound(ptrdiff_t n, const double *A)
{
    double bound = 0.0;
    for (ptrdiff_t j = 0; j < n; j++) {
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < n; i++)
            sum += fabs(A[i + j * n]);
        bound = fmax(bound, sum);
    }
    return bound;
}

bool flow_spectrum_may_be_minimum(flow_spectrum *spectrum, flow_system *system, const double *y, double gain)
{
    const ptrdiff_t n = spectrum->n;
    double *hessian = spectrum->work, *step = spectrum->work + n * n, *g = spectrum->gradient;
    flow_system_hessian_dense(system, y, hessian, step);
    lsa_program_gradient(system->program, system->work, y, g);
    const double shift = 2.0 * zero_threshold(n, column_bound(n, hessian), lsa_vec_norm(n, g), y);
    for (ptrdiff_t i = 0; i < n; i++)
        hessian[i + i * n] += shift;
    if (lsa_mat_cholesky(n, hessian, hessian, NULL) != LSA_OK)
        return false;
    memcpy(step, g, (size_t)n * sizeof *g);
    lsa_mat_cholesky_solve(n, hessian, step);
    return 0.5 * lsa_vec_dot(n, g, step) <= gain;
}

double flow_spectrum_decrement(const flow_spectrum *spectrum)
{
    double sum = spectrum->finite ? 0.0 : (double)NAN;
    for (ptrdiff_t i = 0; i < spectrum->n && spectrum->finite; i++) {
        const double g = spectrum->gradient[i], rate = fmax(fabs(spectrum->lambda[i]), spectrum->zero);
        if (g != 0.0)
            sum += g * g / rate;
    }
    return 0.5 * sum;
}

double flow_spectrum_distance(const flow_spectrum *spectrum)
{
    double length = spectrum->finite ? 0.0 : (double)NAN;
    for (ptrdiff_t i = 0; i < spectrum->n && spectrum->finite; i++)
        if (fabs(spectrum->lambda[i]) > spectrum->zero)
            length = hypot(length, spectrum->gradient[i] / spectrum->lambda[i]);
    return length;
}

/* Entries that are only what rounding of the eigenvectors leaves there stay where they are: an exact zero is one. */
static void clean(ptrdiff_t n, double *step)
{
    const double rounding = (double)n * DBL_EPSILON * lsa_vec_norm_max(n, step);
    for (ptrdiff_t i = 0; i < n; i++)
        step[i] = fabs(step[i]) > rounding ? step[i] : 0.0;
}

void flow_spectrum_newton(const flow_spectrum *spectrum, double *step)
{
    const ptrdiff_t n = spectrum->n;
    for (ptrdiff_t i = 0; i < n; i++)
        spectrum->work[i] =
            fabs(spectrum->lambda[i]) > spectrum->zero ? -spectrum->gradient[i] / spectrum->lambda[i] : 0.0;
    lsa_mat_vector(false, n, n, 1.0, spectrum->Q, spectrum->work, 0.0, step);
    clean(n, step);
}

void flow_spectrum_settle(const flow_spectrum *spectrum, double rate, double *step)
{
    const ptrdiff_t n = spectrum->n;
    const double least = fmax(rate, spectrum->zero);
    for (ptrdiff_t i = 0; i < n; i++)
        spectrum->work[i] = spectrum->lambda[i] > least ? -spectrum->gradient[i] / spectrum->lambda[i] : 0.0;
    lsa_mat_vector(false, n, n, 1.0, spectrum->Q, spectrum->work, 0.0, step);
    clean(n, step);
}

ptrdiff_t flow_spectrum_negative(const flow_spectrum *spectrum)
{
    ptrdiff_t count = 0;
    while (count < spectrum->n && spectrum->lambda[count] < -spectrum->zero)
        count++;
    return count;
}

ptrdiff_t flow_spectrum_zero(const flow_spectrum *spectrum)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < spectrum->n; i++)
        count += fabs(spectrum->lambda[i]) <= spectrum->zero;
    return count;
}

/* Steps in the complement of the kernel, with the Hessian at y, from the point x near y. */
static bool becomes_stationary(const flow_spectrum *spectrum, flow_system *system, double small, double *x,
                               double *scratch, double *g)
{
    const ptrdiff_t n = spectrum->n;
    for (int step = 0; step < MANIFOLD_STEPS; step++) {
        gradient_in_basis(spectrum, system, x, scratch, g);
        if (lsa_vec_norm(n, g) <= small)
            return true;
        for (ptrdiff_t i = 0; i < n; i++)
            g[i] = fabs(spectrum->lambda[i]) > spectrum->zero ? g[i] / spectrum->lambda[i] : 0.0;
        lsa_mat_vector(false, n, n, -1.0, spectrum->Q, g, 1.0, x);
    }
    return false;
}

void flow_spectrum_kernel(const flow_spectrum *spectrum, lsa_rng *rng, double length, double *z)
{
    const ptrdiff_t n = spectrum->n;
    double *g = spectrum->work;
    lsa_rng_normals(rng, n, g);
    for (ptrdiff_t i = 0; i < n; i++)
        g[i] = fabs(spectrum->lambda[i]) <= spectrum->zero ? g[i] : 0.0;
    lsa_mat_vector(false, n, n, length / lsa_vec_norm(n, g), spectrum->Q, g, 0.0, z);
}

lsa_status flow_spectrum_manifold(const flow_spectrum *spectrum, flow_system *system, const double *y, bool *yes,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = spectrum->n;
    const double size = lsa_vec_norm(n, y);
    lsa_rng rng = lsa_stream_at(1, LSA_STREAM_FLOW_MANIFOLD, 0);
    double *x = lsa_vec_create(3 * n);
    LSA_TRY_MEMORY(x, "the test of flat directions");
    *yes = spectrum->finite && spectrum->largest > 0.0 && size > 0.0;
    for (int trial = 0; trial < MANIFOLD_TRIALS && *yes; trial++) {
        flow_spectrum_kernel(spectrum, &rng, MANIFOLD_MOVE * size, x);
        lsa_vec_axpy(n, 1.0, y, x);
        *yes = becomes_stationary(spectrum, system, MANIFOLD_SMALL * spectrum->largest * size, x, x + n, x + 2 * n);
    }
done:
    free(x);
    return status;
}

bool flow_spectrum_sees(const flow_spectrum *spectrum, const double *y, double depth)
{
    const double size = lsa_vec_norm_max(spectrum->n, y);
    return DBL_EPSILON * spectrum->largest * size * size <= 1e-3 * depth;
}
