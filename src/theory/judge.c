/* judge.c - one entry of `tests`: the error of a model in a test setting, and Theorem 4.2's terms where it applies.
 *
 * The error comes from the bias and variance of shift_risk.c, the terms from the theorem's own formula (test_error.c):
 * two derivations that meet here, and whose sum the tests compare. */
#include "base/try.h"
#include "theory/law.h"
#include "theory/risk.h"
#include <math.h>
#include <stdlib.h>

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

/* An entry without terms. */
static lsa_theory_error plain_error(double error, double best_linear, const char *why)
{
    return (lsa_theory_error){.error = error,
                              .best_linear = best_linear,
                              .context_term = (double)NAN,
                              .training_term = (double)NAN,
                              .why = why};
}

static const char *const infinite =
    "the fourth moments of the context covariates are infinite, and with them the error";

/* The same for a whole test setting. */
static const char *why_no_terms(const lsa_theory *theory, const lsa_theory_shift *shift, const owned_setting *setting,
                                double error)
{
    if (isinf(error))
        return infinite;
    if (shift->mean != NULL || shift->excess != 0.0)
        return "the test covariates are not centred Gaussians";
    return theory_why_no_terms(theory, shift->context, shift->normalise_plus_one, &setting->context, &setting->query);
}

static double query_noise(const lsa_theory_shift *shift)
{
    return shift->query_noise ? shift->label_noise : 0.0;
}

lsa_status lsa_theory_judge(const lsa_theory *theory, const lsa_theory_shift *shift, lsa_theory_error *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    owned_setting setting = {.context = {.d = 0}};
    ext_matrix A = {.d = 0};
    long double risk = 0.0L;
    LSA_TRY(theory_setting_init(&setting, theory->d, shift, err));
    LSA_TRY(theory_minimum(theory, theory->d, &A, err));
    LSA_TRY(theory_risk(&setting.view, &A, &risk, err));
    const double best = query_noise(shift);
    const char *why = why_no_terms(theory, shift, &setting, (double)risk);
    *out = plain_error((double)(risk + (long double)best), best, why);
    if (why == NULL) {
        const double error = out->error;
        LSA_TRY(lsa_theory_linear_task_error(theory, shift->context, shift->task, shift->label_noise, best, out, err));
        out->error = error;
    }
done:
    theory_setting_clear(&setting);
    ext_clear(&A);
    return status;
}

static const char *const not_the_limit = "the terms of Theorem 4.2 belong to the trained limit";

lsa_status lsa_theory_judge_product(ptrdiff_t d, const lsa_theory_shift *shift, const double *A, lsa_theory_error *out,
                                    lsa_error *err)
{
    lsa_status status = LSA_OK;
    double risk = 0.0;
    LSA_TRY(lsa_theory_shift_risk(d, shift, A, &risk, err));
    *out = plain_error(risk, query_noise(shift), isinf(risk) ? infinite : not_the_limit);
done:
    return status;
}

/* ---- Labels known by moments ---- */

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

lsa_status theory_moments_risk(const lsa_theory_moments *m, double M, const ext_matrix *Lt, const ext_matrix *A,
                               long double *risk, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double inverse_m, r, bias = 0.0L, variance = 0.0L;
    theory_test_scales(M, m->normalise_plus_one, &inverse_m, &r);
    LSA_TRY(moments_bias(Lt, A, r, m->a, &bias, err));
    LSA_TRY(moments_variance(Lt, A, m->S, &variance, err));
    *risk = bias + r * r * inverse_m * variance;
done:
    return status;
}

static lsa_status moments_error(const lsa_theory_moments *m, const ext_matrix *Lt, const ext_matrix *A, double *error,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double risk = 0.0L;
    LSA_TRY(theory_moments_risk(m, m->context, Lt, A, &risk, err));
    *error = (double)((long double)m->best_linear + risk);
done:
    return status;
}

lsa_status lsa_theory_judge_moments(const lsa_theory *theory, const lsa_theory_moments *moments, lsa_theory_error *out,
                                    lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Lt = {.d = 0}, A = {.d = 0};
    double error = 0.0;
    LSA_TRY(theory_check_test(theory->d, moments->context, 0.0, err));
    LSA_TRY(ext_from_moment_full(&Lt, theory->d, moments->covariance, "the test covariance", err));
    LSA_TRY(theory_minimum(theory, theory->d, &A, err));
    LSA_TRY(moments_error(moments, &Lt, &A, &error, err));
    const char *why = theory_why_no_terms(theory, moments->context, moments->normalise_plus_one, &Lt, &Lt);
    *out = plain_error(error, moments->best_linear, why);
    if (why == NULL) {
        LSA_TRY(
            lsa_theory_test_error(theory, moments->context, moments->a, moments->S, moments->best_linear, out, err));
        out->error = error;
    }
done:
    ext_clear(&Lt);
    ext_clear(&A);
    return status;
}

lsa_status lsa_theory_judge_moments_product(ptrdiff_t d, const lsa_theory_moments *moments, const double *A,
                                            lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Lt = {.d = 0}, product = {.d = 0};
    double error = 0.0;
    LSA_TRY(theory_check_test(d, moments->context, 0.0, err));
    LSA_TRY(ext_from_moment_full(&Lt, d, moments->covariance, "the test covariance", err));
    LSA_TRY(ext_from_doubles(&product, d, 1.0, A, err));
    LSA_TRY(moments_error(moments, &Lt, &product, &error, err));
    *out = plain_error(error, moments->best_linear, not_the_limit);
done:
    ext_clear(&Lt);
    ext_clear(&product);
    return status;
}
