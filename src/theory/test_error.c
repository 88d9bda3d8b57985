/* test_error.c - Theorem 4.2: the test error of the trained limit for labels of any law.  (W11)
 *
 * In Lambda's eigenbasis, with gamma_k = (1 + 1/N) l_k + tr(Lambda)/N,
 *     context term   (1/M) sum_k S_kk l_k / gamma_k^2
 *     training term  (1/N^2) sum_k a_k^2 [l_k^3 + 2 tr(Lambda) l_k^2 + tr(Lambda)^2 l_k] / gamma_k^2. */
#include "theory/test_error.h"
#include "base/try.h"
#include "theory/risk.h"
#include <math.h>
#include <stdlib.h>

lsa_status theory_test_terms(const lsa_theory *theory, double M, const long double *S, const long double *aa,
                             double best_linear, lsa_theory_error *out, lsa_error *err)
{
    const char *why = theory_why_no_terms(theory, M, false, &theory->Lambda, &theory->Lambda);
    if (why != NULL)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "%s", why);
    const long double inverse_m = isinf(M) ? 0.0L : 1.0L / (long double)M, tr = theory->trace;
    long double context = 0.0L, training = 0.0L;
    for (ptrdiff_t k = 0; k < theory->d; k++) {
        const long double l = theory->lambda[k], gamma = (1.0L + theory->inverse_n) * l + theory->inverse_n * tr;
        if (l == 0.0L)
            continue; /* the covariates do not reach there */
        context += S[k] * l / (gamma * gamma);
        training += aa[k] * (l * l * l + 2.0L * tr * l * l + tr * tr * l) / (gamma * gamma);
    }
    context *= inverse_m;
    training *= theory->inverse_n * theory->inverse_n;
    *out = (lsa_theory_error){.error = (double)((long double)best_linear + context + training),
                              .best_linear = best_linear,
                              .context_term = (double)context,
                              .training_term = (double)training,
                              .why = NULL};
    return LSA_OK;
}

/* q_k' S q_k for every column of Q, S d*d doubles. */
static lsa_status rotated_diagonal(const lsa_theory *theory, const double *S, long double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix dense = {.d = 0}, SQ = {.d = 0};
    const ptrdiff_t d = theory->d;
    LSA_TRY(ext_from_doubles(&dense, d, 1.0, S, err));
    LSA_TRY(ext_product(&SQ, &dense, &theory->Q, err));
    for (ptrdiff_t k = 0; k < d; k++)
        for (ptrdiff_t i = 0; i < d; i++)
            out[k] += ext_entry(&theory->Q, i, k) * SQ.a[i + k * d];
done:
    ext_clear(&dense);
    ext_clear(&SQ);
    return status;
}

lsa_status lsa_theory_test_error(const lsa_theory *theory, double M, const double *a, const double *S,
                                 double best_linear, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = theory->d;
    long double *x = ext_vec_create(3 * d);
    LSA_TRY_MEMORY(x, "a test error");
    long double *aa = x + d, *diagonal = x + 2 * d;
    for (ptrdiff_t i = 0; i < d; i++)
        x[i] = (long double)a[i];
    ext_vector_transposed(&theory->Q, x, aa);
    for (ptrdiff_t i = 0; i < d; i++)
        aa[i] *= aa[i];
    LSA_TRY(rotated_diagonal(theory, S, diagonal, err));
    LSA_TRY(theory_test_terms(theory, M, diagonal, aa, best_linear, out, err));
done:
    free(x);
    return status;
}

const char *theory_why_no_terms(const lsa_theory *theory, double M, bool plus_one, const ext_matrix *context,
                                const ext_matrix *query)
{
    if (theory->s2 > 0.0L || !theory->isotropic_task)
        return "Theorem 4.2 is for training with noiseless labels and isotropic tasks, whose limit is Gamma^-1";
    if (theory->r != 1.0L || (plus_one && !isinf(M)))
        return "Theorem 4.2 divides by the context length, not by one more";
    if (!(M >= 1.0))
        return "Theorem 4.2 needs a context of at least one pair";
    if (!ext_equal(context, &theory->Lambda))
        return "the context covariance is not the training covariance";
    if (!ext_equal(query, &theory->Lambda))
        return "the query covariance is not the training covariance";
    return NULL;
}
