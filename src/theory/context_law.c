/* context_law.c - context covariates that are not centred Gaussians: elliptical tails, and a mean.  (W20)
 *
 * For x = m + z with z elliptical of covariance L and E[z z' O z z'] = (1 + e)(2 L O L + tr(L O) L), and S = L + m m',
 *     E[x x' O x x'] = 2 S O S + tr(S O) S - 2 (m' O m) m m' + e (2 L O L + tr(L O) L):
 * the Gaussian formula with the second moment S in place of the covariance, and two corrections of the variance. */
#include "base/try.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include <math.h>
#include <stdlib.h>

lsa_status theory_check_context_law(const lsa_setting *test, lsa_error *err)
{
    if (isnan(theory_excess(test)))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "a Student t law of %.17g degrees of freedom has no covariance",
                             test->student);
    for (ptrdiff_t i = 0; test->mean != NULL && i < test->covariance->d; i++)
        if (!isfinite(test->mean[i]))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "the mean of the covariates has an entry that is not finite");
    return LSA_OK;
}

lsa_status theory_add_outer(ext_matrix *moment, const long double *mean, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix dense = {.d = 0};
    const ptrdiff_t d = moment->d;
    LSA_TRY(ext_dense(&dense, moment, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            dense.a[i + j * d] += mean[i] * mean[j];
    ext_clear(moment);
    *moment = dense; /* moved */
done:
    return status;
}

/* x' A x, A symmetric of any kind but RANK_ONE; work of d numbers. */
static long double form(const ext_matrix *A, const long double *x, long double *work)
{
    long double sum = 0.0L;
    ext_vector_transposed(A, x, work);
    for (ptrdiff_t i = 0; i < A->d; i++)
        sum += x[i] * work[i];
    return sum;
}

/* (m' O m) (A'm)' Lq (A'm) */
static lsa_status mean_part(const risk_setting *s, const ext_matrix *A, long double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = A->d;
    long double *v = ext_vec_create(2 * d), along = 0.0L;
    LSA_TRY_MEMORY(v, "a test error");
    if (s->task->kind == EXT_RANK_ONE) {
        for (ptrdiff_t i = 0; i < d; i++)
            along += s->task->a[i] * s->mean[i];
        along *= along;
    } else {
        along = form(s->task, s->mean, v);
    }
    ext_vector_transposed(A, s->mean, v);
    *out = along * form(s->query, v, v + d);
done:
    free(v);
    return status;
}

/* 2 tr(O X Lq X') + tr(L O) <X Lq, A>, X = L A. */
static lsa_status excess_part(const risk_setting *s, const ext_matrix *A, long double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix X = {.d = 0}, XQ = {.d = 0};
    long double repeated = 0.0L;
    LSA_TRY(ext_product(&X, s->centred, A, err));
    LSA_TRY(ext_product(&XQ, &X, s->query, err));
    LSA_TRY(ext_weighted_inner(s->task, &XQ, &X, &repeated, err));
    *out = 2.0L * repeated + ext_trace_product(s->centred, s->task) * ext_inner(&XQ, A);
done:
    ext_clear(&X);
    ext_clear(&XQ);
    return status;
}

lsa_status theory_context_correction(const risk_setting *s, const ext_matrix *A, long double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double mean = 0.0L, tails = 0.0L;
    if (s->mean != NULL)
        LSA_TRY(mean_part(s, A, &mean, err));
    if (s->excess != 0.0L)
        LSA_TRY(excess_part(s, A, &tails, err));
    *out = -2.0L * mean + (tails > 0.0L ? s->excess * tails : 0.0L); /* infinite tails of nothing are nothing */
done:
    return status;
}
