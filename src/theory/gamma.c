/* gamma.c - the matrix Gamma of section 4 and its generalisation to a task covariance and label noise.  (W2), (W12) */
#include "base/try.h"
#include "theory/law.h"
#include <math.h>
#include <stdlib.h>

void lsa_theory_gamma(const lsa_theory *theory, double *out)
{
    const ptrdiff_t d = theory->d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            out[i + j * d] = (double)((1.0L + theory->inverse_n) * ext_entry(&theory->Lambda, i, j) +
                                      (i == j ? theory->inverse_n * theory->trace : 0.0L));
}

/* omega_k -> c / omega_k; zero up to rounding is singular. */
static lsa_status invert_task(const lsa_theory *theory, long double *omega, lsa_error *err)
{
    long double largest = 0.0L;
    for (ptrdiff_t k = 0; k < theory->d; k++)
        largest = fmaxl(largest, omega[k]);
    for (ptrdiff_t k = 0; k < theory->d; k++) {
        if (omega[k] <= ext_cut(theory->d) * largest)
            return lsa_error_set(err, LSA_ERR_DOMAIN, "the task covariance is singular: Gamma needs its inverse");
        omega[k] = theory->c / omega[k];
    }
    return LSA_OK;
}

lsa_status lsa_theory_gamma_law(const lsa_theory *theory, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    ext_matrix Omega = {.d = 0}, basis = {.d = 0}, inverse = {.d = 0};
    long double *omega = ext_vec_create(d);
    LSA_TRY_MEMORY(omega, "Gamma");
    if (theory->Omega.kind == EXT_RANK_ONE)
        LSA_TRY(ext_dense(&Omega, &theory->Omega, err));
    LSA_TRY(ext_eigen(Omega.a != NULL ? &Omega : &theory->Omega, omega, &basis, err));
    LSA_TRY(invert_task(theory, omega, err));
    LSA_TRY(ext_congruence(&inverse, &basis, omega, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            out[i + j * d] =
                (double)((1.0L + theory->inverse_n) * ext_entry(&theory->Lambda, i, j) + ext_entry(&inverse, i, j));
done:
    ext_clear(&Omega);
    ext_clear(&basis);
    ext_clear(&inverse);
    free(omega);
    return status;
}

double lsa_theory_gamma_norm(const lsa_theory *theory)
{
    const long double shift = theory->isotropic_task ? theory->c / theory->psi2 : theory->inverse_n * theory->trace;
    return (double)((1.0L + theory->inverse_n) * theory_lambda_largest(theory) + shift);
}
