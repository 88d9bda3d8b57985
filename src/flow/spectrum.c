/* spectrum.c - eigenvalues of the whole Hessian, for programs of moderate size without a form. */
#include "flow/spectrum.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

/* Orbits count as flat while their curvature is this far below the largest eigenvalue. */
static const double FLAT_SHARE = 1e-6;

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
    lsa_program_gradient(system->program, system->work, y, scratch);
    lsa_mat_vector(true, n, n, 1.0, spectrum->Q, scratch, 0.0, spectrum->gradient);
    spectrum->gradient_norm = lsa_vec_norm(n, scratch);
    spectrum->largest = fmax(fabs(spectrum->lambda[0]), fabs(spectrum->lambda[n - 1]));
    spectrum->zero =
        flow_zero_threshold(1e-14 * (double)n, spectrum->largest, spectrum->gradient_norm, lsa_vec_norm_max(n, y));
done:
    return status;
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

void flow_spectrum_newton(const flow_spectrum *spectrum, double *step)
{
    const ptrdiff_t n = spectrum->n;
    for (ptrdiff_t i = 0; i < n; i++)
        spectrum->work[i] =
            fabs(spectrum->lambda[i]) > spectrum->zero ? -spectrum->gradient[i] / spectrum->lambda[i] : 0.0;
    lsa_mat_vector(false, n, n, 1.0, spectrum->Q, spectrum->work, 0.0, step);
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
