/* covariance_factor.c - square roots of covariances. */
#include "empirical/covariance_factor.h"
#include "base/matrix.h"
#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* matrix = basis * diag(scale) */
static void scale_columns(ptrdiff_t d, const double *basis, const double *scale, double *matrix)
{
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            matrix[i + j * d] = basis[i + j * d] * scale[j];
}

lsa_status lsa_factor_init(lsa_factor *f, const lsa_covariance *covariance, lsa_error *err)
{
    return lsa_factor_init_beside(f, covariance, NULL, err);
}

lsa_status lsa_factor_init_beside(lsa_factor *f, const lsa_covariance *covariance, const lsa_covariance *beside,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = covariance->d;
    const double *basis = covariance->kind == LSA_COVARIANCE_MATRIX ? covariance->basis : NULL;
    if (covariance->kind == LSA_COVARIANCE_SCALAR && beside && beside->kind == LSA_COVARIANCE_MATRIX)
        basis = beside->basis;
    *f = (lsa_factor){.d = d, .scale = lsa_vec_create(d)};
    LSA_TRY_MEMORY(f->scale, "the factor of a covariance");
    for (ptrdiff_t i = 0; i < d; i++)
        f->scale[i] = sqrt(covariance->spectrum[i]);
    if (basis) {
        f->matrix = lsa_vec_create(d * d);
        LSA_TRY_MEMORY(f->matrix, "the factor of a covariance");
        scale_columns(d, basis, f->scale, f->matrix);
    }
done:
    if (status != LSA_OK)
        lsa_factor_clear(f);
    return status;
}

/* Replaces eigenvalues by their square roots. Rounding leaves a semidefinite matrix with eigenvalues of size
 * d * eps * largest on either side of zero; those count as zero. */
static lsa_status take_roots(ptrdiff_t d, double *spectrum, lsa_error *err)
{
    const double noise = 4.0 * (double)d * DBL_EPSILON * lsa_vec_norm_max(d, spectrum);
    for (ptrdiff_t i = 0; i < d; i++) {
        if (!(spectrum[i] >= -noise))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "a covariance has the negative eigenvalue %.17g", spectrum[i]);
        spectrum[i] = spectrum[i] > noise ? sqrt(spectrum[i]) : 0.0;
    }
    return LSA_OK;
}

lsa_status lsa_factor_init_matrix(lsa_factor *f, ptrdiff_t d, const double *Sigma, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *Q = lsa_vec_create(d * d);
    *f = (lsa_factor){.d = d, .scale = lsa_vec_create(d), .matrix = lsa_vec_create(d * d)};
    LSA_TRY_MEMORY(Q, "the factor of a covariance");
    LSA_TRY_MEMORY(f->scale, "the factor of a covariance");
    LSA_TRY_MEMORY(f->matrix, "the factor of a covariance");
    LSA_TRY(lsa_mat_eigen(d, Sigma, f->scale, Q, err));
    LSA_TRY(take_roots(d, f->scale, err));
    scale_columns(d, Q, f->scale, f->matrix);
done:
    free(Q);
    if (status != LSA_OK)
        lsa_factor_clear(f);
    return status;
}

void lsa_factor_clear(lsa_factor *f)
{
    free(f->scale);
    free(f->matrix);
    *f = (lsa_factor){0};
}

void lsa_factor_square(const lsa_factor *f, double *out)
{
    const ptrdiff_t d = f->d;
    if (f->matrix) {
        lsa_mat_product(false, true, d, d, d, 1.0, f->matrix, f->matrix, 0.0, out);
        return;
    }
    memset(out, 0, (size_t)(d * d) * sizeof *out);
    for (ptrdiff_t i = 0; i < d; i++)
        out[i + i * d] = f->scale[i] * f->scale[i];
}

void lsa_factor_apply(const lsa_factor *f, const double *z, double *out)
{
    if (f->matrix) {
        lsa_mat_vector(false, f->d, f->d, 1.0, f->matrix, z, 0.0, out);
        return;
    }
    for (ptrdiff_t i = 0; i < f->d; i++)
        out[i] = f->scale[i] * z[i];
}
