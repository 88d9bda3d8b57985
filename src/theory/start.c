/* start.c - Assumption 3.3, measured: how far a start (u, U) is from u = sigma, U = sigma Theta Theta'.  (W6) */
#include "base/matrix.h"
#include "base/try.h"
#include "theory/law.h"
#include <math.h>
#include <stdlib.h>

/* Theta Theta' comes from a product and a scaling in double precision. */
#define START_ROUNDING 1e-12

/* tr(Lambda U Lambda) = <Lambda^2, U> */
static lsa_status weighted_trace(const lsa_theory *theory, const double *U, long double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix square = {.d = 0};
    const ptrdiff_t d = theory->d;
    LSA_TRY(ext_product(&square, &theory->Lambda, &theory->Lambda, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            *out += ext_entry(&square, i, j) * (long double)U[i + j * d];
done:
    ext_clear(&square);
    return status;
}

static lsa_status least_eigenvalue(ptrdiff_t d, const double *U, double *least, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *symmetric = lsa_vec_create(d * d), *lambda = lsa_vec_create(d);
    LSA_TRY_MEMORY(symmetric, "a start");
    LSA_TRY_MEMORY(lambda, "a start");
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            symmetric[i + j * d] = 0.5 * U[i + j * d] + 0.5 * U[j + i * d];
    LSA_TRY(lsa_mat_eigen(d, symmetric, lambda, NULL, err));
    *least = lambda[0];
done:
    free(symmetric);
    free(lambda);
    return status;
}

lsa_status lsa_theory_assess_start(const lsa_theory *theory, double u0, const double *U0, lsa_theory_start *out,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    const double norm = lsa_vec_norm(d * d, U0), unit = norm > 0.0 ? norm : 1.0;
    long double excitation = 0.0L;
    double least = 0.0;
    LSA_TRY(weighted_trace(theory, U0, &excitation, err));
    LSA_TRY(least_eigenvalue(d, U0, &least, err));
    out->sigma = u0;
    out->asymmetry = lsa_mat_asymmetry(d, U0) / unit;
    out->least = least / unit;
    out->imbalance = norm / u0 - 1.0;
    out->excitation = (double)(excitation / (long double)u0);
    out->holds = u0 > 0.0 && out->asymmetry <= START_ROUNDING && out->least >= -START_ROUNDING &&
                 fabs(out->imbalance) <= START_ROUNDING && out->excitation > 0.0;
done:
    return status;
}
