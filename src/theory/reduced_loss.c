/* reduced_loss.c - loss, gap and gradient of the reduced layer in closed form (Lemma 5.2, (5.4)).  (W3), (W4)
 *
 * With Y = P' (.) P (law.h) everything is entrywise: G X Lambda = P [((1 + 1/N) s_k + c) Y_kl] P',
 * B = P diag(s) P'. */
#include "base/try.h"
#include "theory/law.h"
#include "theory/risk.h"
#include <stdlib.h>

/* The training setting as a test setting: M = N, same covariances. */
static risk_setting training_setting(const lsa_theory *theory)
{
    return (risk_setting){.context = &theory->Lambda,
                          .centred = &theory->Lambda,
                          .query = &theory->Lambda,
                          .task = &theory->Omega,
                          .inverse_m = theory->inverse_n,
                          .r = theory->r,
                          .s2 = theory->s2};
}

lsa_status lsa_theory_loss(const lsa_theory *theory, double u, const double *U, double *loss, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const risk_setting setting = training_setting(theory);
    ext_matrix A = {.d = 0};
    long double risk = 0.0L;
    LSA_TRY(ext_from_doubles(&A, theory->d, u, U, err));
    LSA_TRY(theory_risk(&setting, &A, &risk, err));
    *loss = (double)(0.5L * risk);
done:
    ext_clear(&A);
    return status;
}

/* (1 + 1/N) s_k + c, the spectrum of G in the coordinates of P. */
static long double curvature(const lsa_theory *theory, ptrdiff_t k)
{
    return (1.0L + theory->inverse_n) * theory->s[k] + theory->c;
}

lsa_status lsa_theory_gap(const lsa_theory *theory, double u, const double *U, double *gap, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    ext_matrix A = {.d = 0}, D = {.d = 0}, Y = {.d = 0};
    long double sum = 0.0L;
    LSA_TRY(theory_minimum(theory, d, &A, err));
    LSA_TRY(ext_from_doubles(&D, d, u, U, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            D.a[i + j * d] -= ext_entry(&A, i, j);
    LSA_TRY(ext_rotate(&Y, &theory->P, &D, err));
    for (ptrdiff_t l = 0; l < d; l++)
        for (ptrdiff_t k = 0; k < d; k++)
            sum += curvature(theory, k) * Y.a[k + l * d] * Y.a[k + l * d];
    *gap = (double)(0.5L * theory->r * theory->r * sum);
done:
    ext_clear(&A);
    ext_clear(&D);
    ext_clear(&Y);
    return status;
}

lsa_status lsa_theory_gradient(const lsa_theory *theory, double u, const double *U, double *du, double *dU,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    const long double r = theory->r;
    ext_matrix X = {.d = 0}, Y = {.d = 0}, K = {.d = 0};
    long double slope = 0.0L;
    LSA_TRY(ext_from_doubles(&X, d, 1.0, U, err));
    LSA_TRY(ext_rotate(&Y, &theory->P, &X, err));
    for (ptrdiff_t l = 0; l < d; l++)
        for (ptrdiff_t k = 0; k < d; k++) {
            const long double y = Y.a[k + l * d], target = k == l ? r * theory->s[k] : 0.0L;
            Y.a[k + l * d] = (long double)u * r * r * curvature(theory, k) * y - target;
            slope += Y.a[k + l * d] * y;
        }
    LSA_TRY(ext_rotate_back(&K, &theory->P, &Y, err));
    *du = (double)slope;
    for (ptrdiff_t k = 0; k < d * d; k++)
        dU[k] = (double)((long double)u * K.a[k]);
done:
    ext_clear(&X);
    ext_clear(&Y);
    ext_clear(&K);
    return status;
}
