/* linear_task.c - Theorem 4.2 for linear tasks, its bounds, and Corollary 4.3 (display after (4.6)).  (W11)
 *
 * For y = <w,x> + eps: a = w, Cov(xy) = (|w|_Lambda^2 + s2) Lambda + Lambda w w' Lambda. Both are linear in w w', so
 * the mean over w puts Omega in its place; in Lambda's eigenbasis only the diagonal of Omega enters. */
#include "base/try.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include "theory/test_error.h"
#include <math.h>
#include <stdlib.h>

/* out[k] = q_k' Omega q_k, of any kind. */
static lsa_status task_spectrum(const lsa_theory *theory, const lsa_setting *test, long double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Omega = {.d = 0}, OQ = {.d = 0};
    const ptrdiff_t d = theory->d;
    LSA_TRY(theory_task(&Omega, test, err));
    if (Omega.kind == EXT_RANK_ONE) {
        ext_vector_transposed(&theory->Q, Omega.a, out);
        for (ptrdiff_t k = 0; k < d; k++)
            out[k] *= out[k];
        goto done;
    }
    LSA_TRY(ext_product(&OQ, &Omega, &theory->Q, err));
    for (ptrdiff_t k = 0; k < d; k++)
        for (ptrdiff_t i = OQ.kind == EXT_DENSE ? 0 : k; i < (OQ.kind == EXT_DENSE ? d : k + 1); i++)
            out[k] += ext_entry(&theory->Q, i, k) * ext_entry(&OQ, i, k);
done:
    ext_clear(&Omega);
    ext_clear(&OQ);
    return status;
}

lsa_status lsa_theory_linear_task_error(const lsa_theory *theory, const lsa_setting *test, lsa_theory_error *out,
                                        lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    long double *omega = ext_vec_create(2 * d), signal = (long double)test->label_noise;
    LSA_TRY_MEMORY(omega, "a test error");
    long double *S = omega + d;
    LSA_TRY(task_spectrum(theory, test, omega, err));
    for (ptrdiff_t k = 0; k < d; k++)
        signal += theory->lambda[k] * omega[k];
    for (ptrdiff_t k = 0; k < d; k++)
        S[k] = signal * theory->lambda[k] + theory->lambda[k] * omega[k] * theory->lambda[k];
    LSA_TRY(theory_test_terms(theory, test->context, S, omega, theory_query_noise(test), out, err));
done:
    free(omega);
    return status;
}

lsa_status lsa_theory_linear_task_bound(const lsa_theory *theory, const lsa_setting *test, double *bound,
                                        lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    const long double tr = theory->trace;
    long double *omega = ext_vec_create(d), signal = 0.0L, size = 0.0L, inverse = 0.0L;
    LSA_TRY_MEMORY(omega, "a bound");
    LSA_TRY(task_spectrum(theory, test, omega, err));
    for (ptrdiff_t k = 0; k < d; k++) {
        signal += theory->lambda[k] * omega[k];
        size += omega[k];
        if (omega[k] > 0.0L)
            inverse += theory->lambda[k] > 0.0L ? omega[k] / theory->lambda[k] : (long double)INFINITY;
    }
    const double M = test->context;
    const long double context = isinf(M) ? 0.0L : ((long double)d + 1.0L) * signal / (long double)M;
    const long double training = signal + 2.0L * size * tr + inverse * tr * tr;
    const long double n2 = theory->inverse_n * theory->inverse_n;
    *bound = (double)(context + (n2 > 0.0L ? n2 * training : 0.0L));
done:
    free(omega);
    return status;
}

double lsa_theory_linear_task_bound_kappa(const lsa_theory *theory, double M)
{
    const double context = isinf(M) ? 0.0 : ((double)theory->d + 1.0) * lsa_theory_trace(theory) / M;
    return context + lsa_theory_learning_floor(theory);
}

double lsa_theory_learning_floor(const lsa_theory *theory)
{
    const long double d = (long double)theory->d, n2 = theory->inverse_n * theory->inverse_n;
    if (n2 == 0.0L)
        return 0.0;
    if (theory->rank < theory->d)
        return (double)INFINITY;
    const long double kappa = theory_lambda_largest(theory) / theory_lambda_least(theory);
    return (double)((1.0L + 2.0L * d + d * d * kappa) * theory->trace * n2);
}

double lsa_theory_context_needed(const lsa_theory *theory, double eps)
{
    return ((double)theory->d + 1.0) * lsa_theory_trace(theory) / eps;
}
