/* label_moments.c - labels that are no linear task: the error from their moments, whoever gives these.  (W11) */
#include "base/try.h"
#include "lsaflow/theory_labels.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include <stdlib.h>

/* ---- The moments ---- */

/* covariance + mean mean'. */
static lsa_status second_moment(ext_matrix *out, const lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = test->covariance->d;
    ext_matrix covariance = {.d = 0};
    if (test->mean == NULL)
        return theory_covariance(out, test->covariance, "the test covariance", err);
    LSA_TRY(theory_covariance(&covariance, test->covariance, "the test covariance", err));
    LSA_TRY(ext_dense(out, &covariance, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            out->a[i + j * d] += (long double)test->mean[i] * (long double)test->mean[j];
done:
    ext_clear(&covariance);
    return status;
}

/* Lambda (d x d), a and S of a teacher or of rows of data, in memory of their own. */
static lsa_status compute(label_moments *labels, const lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = test->covariance->d;
    labels->owned = calloc((size_t)d, (size_t)(2 * d + 1) * sizeof *labels->owned);
    LSA_TRY_MEMORY(labels->owned, "the moments of the labels");
    double *Lambda = labels->owned, *S = Lambda + d * d, *a = S + d * d;
    labels->a = a;
    labels->S = S;
    if (test->task != LSA_TASK_DATA) {
        LSA_TRY(lsa_theory_teacher_labels(test, a, S, &labels->best_linear, err));
        LSA_TRY(second_moment(&labels->second, test, err));
        goto done;
    }
    LSA_TRY(lsa_theory_row_labels(test->n_rows, d, test->rows, test->labels, Lambda, a, S, &labels->best_linear, err));
    /* rows whose X'X/n is Lambda up to rounding have Lambda itself, so that the theorem's terms exist */
    if (test->covariance_is_train)
        LSA_TRY(theory_covariance(&labels->second, test->covariance, "the test covariance", err));
    else
        LSA_TRY(ext_from_matrix(&labels->second, d, Lambda, "the test covariance", err));
done:
    return status;
}

lsa_status theory_labels_init(label_moments *labels, const lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(theory_check_test(test, err));
    if (test->task == LSA_TASK_MOMENTS) {
        labels->a = test->task_vector;
        labels->S = test->moment_covariance;
        labels->best_linear = test->best_linear;
        LSA_TRY(theory_covariance(&labels->second, test->covariance, "the test covariance", err));
    } else {
        LSA_TRY(compute(labels, test, err));
    }
done:
    return status;
}

void theory_labels_clear(label_moments *labels)
{
    ext_clear(&labels->second);
    free(labels->owned);
    *labels = (label_moments){.a = NULL};
}

/* ---- The error ---- */

/* |a - r A' Lt a|^2 in the metric of Lt. */
static lsa_status moments_bias(const ext_matrix *Lt, const ext_matrix *A, long double r, const double *a,
                               long double *bias, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = Lt->d;
    long double *x = ext_vec_create(3 * d);
    LSA_TRY_MEMORY(x, "a test error");
    long double *La = x + d, *mean = x + 2 * d;
    for (ptrdiff_t i = 0; i < d; i++)
        x[i] = (long double)a[i];
    ext_vector_transposed(Lt, x, La);
    ext_vector_transposed(A, La, mean);
    for (ptrdiff_t i = 0; i < d; i++)
        x[i] -= r * mean[i];
    ext_vector_transposed(Lt, x, La);
    for (ptrdiff_t i = 0; i < d; i++)
        *bias += x[i] * La[i];
done:
    free(x);
    return status;
}

/* tr(S A Lt A') */
static lsa_status moments_variance(const ext_matrix *Lt, const ext_matrix *A, const double *S, long double *variance,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix K = {.d = 0};
    const ptrdiff_t d = Lt->d;
    LSA_TRY(ext_rotate_back(&K, A, Lt, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            *variance += (long double)S[i + j * d] * ext_entry(&K, j, i);
done:
    ext_clear(&K);
    return status;
}

lsa_status theory_labels_risk(const label_moments *labels, const lsa_setting *test, const ext_matrix *A,
                              long double *risk, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double inverse_m, r, bias = 0.0L, variance = 0.0L;
    theory_test_scales(test->context, test->normalise_plus_one, &inverse_m, &r);
    LSA_TRY(moments_bias(&labels->second, A, r, labels->a, &bias, err));
    LSA_TRY(moments_variance(&labels->second, A, labels->S, &variance, err));
    *risk = bias + r * r * inverse_m * variance;
done:
    return status;
}
