/* judge.c - one entry of `tests`: the error of a model in a test setting, and Theorem 4.2's terms where it applies.
 *
 * The error comes from the bias and variance of shift_risk.c, the terms from the theorem's own formula (test_error.c):
 * two derivations that meet here, and whose sum the tests compare. */
#include "base/try.h"
#include "lsaflow/theory_random.h"
#include "theory/law.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

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

static const char *const not_the_limit = "the terms of Theorem 4.2 belong to the trained limit";

static lsa_status refuse(lsa_error *err, const char *reason)
{
    return lsa_error_set(err, LSA_ERR_UNABLE, "no closed form of the test error: %s", reason);
}

/* ---- Linear tasks, one covariance ---- */

/* The same for a whole test setting. */
static const char *why_no_terms(const lsa_theory *theory, const lsa_setting *test, const owned_setting *setting,
                                double error)
{
    if (isinf(error))
        return infinite;
    if (test->mean != NULL || theory_excess(test) != 0.0)
        return "the test covariates are not centred Gaussians";
    return theory_why_no_terms(theory, test->context, test->normalise_plus_one, &setting->context, &setting->query);
}

static lsa_status judge_limit(const lsa_theory *theory, const lsa_setting *test, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    owned_setting setting = {.context = {.d = 0}};
    ext_matrix A = {.d = 0};
    long double risk = 0.0L;
    LSA_TRY(theory_setting_init(&setting, test, err));
    LSA_TRY(theory_minimum(theory, theory->d, &A, err));
    LSA_TRY(theory_risk(&setting.view, &A, &risk, err));
    const double best = theory_query_noise(test);
    const char *why = why_no_terms(theory, test, &setting, (double)risk);
    *out = plain_error((double)(risk + (long double)best), best, why);
    if (why == NULL) {
        const double error = out->error;
        LSA_TRY(lsa_theory_linear_task_error(theory, test, out, err));
        out->error = error;
    }
done:
    theory_setting_clear(&setting);
    ext_clear(&A);
    return status;
}

static lsa_status judge_product(const lsa_setting *test, const double *A, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double risk = 0.0;
    LSA_TRY(lsa_theory_shift_risk(test, A, &risk, err));
    *out = plain_error(risk, theory_query_noise(test), isinf(risk) ? infinite : not_the_limit);
done:
    return status;
}

/* ---- Labels known by moments ---- */

static lsa_status judge_labels(const lsa_theory *theory, const lsa_setting *test, const double *given,
                               lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    label_moments labels = {.a = NULL};
    ext_matrix A = {.d = 0};
    long double risk = 0.0L;
    LSA_TRY(theory_labels_init(&labels, test, err));
    LSA_TRY(given != NULL ? ext_from_doubles(&A, test->covariance->d, 1.0, given, err)
                          : theory_minimum(theory, theory->d, &A, err));
    LSA_TRY(theory_labels_risk(&labels, test, &A, &risk, err));
    const double error = (double)((long double)labels.best_linear + risk);
    const char *why = given != NULL ? not_the_limit
                                    : theory_why_no_terms(theory, test->context, test->normalise_plus_one,
                                                          &labels.second, &labels.second);
    *out = plain_error(error, labels.best_linear, why);
    if (why == NULL) {
        LSA_TRY(lsa_theory_test_error(theory, test->context, labels.a, labels.S, labels.best_linear, out, err));
        out->error = error;
    }
done:
    theory_labels_clear(&labels);
    ext_clear(&A);
    return status;
}

/* Moments that are given say all that is asked of the law; a teacher's and those of rows are known of plain laws. */
static lsa_status require_moments(const lsa_setting *test, lsa_error *err)
{
    const bool plain = !lsa_covariance_is_random(test->covariance) && test->student == 0.0 && test->query_is_same &&
                       !test->query_orthogonal;
    if (plain || test->task == LSA_TASK_MOMENTS)
        return LSA_OK;
    return refuse(err, "nonlinear labels with a random, Student or shifted law");
}

lsa_status theory_error_above_best(const lsa_setting *test, const ext_matrix *A, long double *error,
                                   double *best_linear, lsa_error *err)
{
    lsa_status status = LSA_OK;
    owned_setting setting = {.context = {.d = 0}};
    label_moments labels = {.a = NULL};
    if (lsa_setting_is_linear(test)) {
        LSA_TRY(theory_setting_init(&setting, test, err));
        LSA_TRY(theory_risk(&setting.view, A, error, err));
        *best_linear = theory_query_noise(test);
    } else {
        LSA_TRY(require_moments(test, err));
        LSA_TRY(theory_labels_init(&labels, test, err));
        LSA_TRY(theory_labels_risk(&labels, test, A, error, err));
        *best_linear = labels.best_linear;
    }
done:
    theory_setting_clear(&setting);
    theory_labels_clear(&labels);
    return status;
}

/* ---- A query that the context does not see ---- */

static bool is_multiple_of_identity(ptrdiff_t d, const double *A)
{
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (i != j ? A[i + j * d] != 0.0 : A[i + i * d] != A[0])
                return false;
    return true;
}

/* Only for a layer and a context that are isotropic (section 4.2). */
static lsa_status judge_orthogonal(const lsa_setting *test, const double *A, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double error;
    if (test->covariance->kind != LSA_COVARIANCE_SCALAR || !is_multiple_of_identity(test->covariance->d, A))
        return refuse(err, "the query depends on the context, and the layer is not a multiple of I");
    LSA_TRY(lsa_theory_orthogonal_query_error(test, &error, err));
    *out = plain_error(error, theory_query_noise(test), "Theorem 4.2 asks for a query independent of the context");
done:
    return status;
}

/* ---- The choice ---- */

/* What is known of any product, whichever law it is the limit of. */
static lsa_status judge_coupled(const lsa_setting *test, const double *A, lsa_theory_error *out, lsa_error *err)
{
    if (test->query_orthogonal)
        return judge_orthogonal(test, A, out, err);
    if (test->student > 0.0 || test->mean != NULL)
        return refuse(err, "random covariances with a mean or Student contexts");
    return lsa_theory_random_judge_product(test, A, out, err);
}

lsa_status lsa_theory_judge(const lsa_theory *theory, const lsa_setting *test, const double *A, lsa_theory_error *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *limit = NULL;
    const ptrdiff_t d = test->covariance->d;
    const bool random =
        lsa_covariance_is_random(test->covariance) || (!test->query_is_same && lsa_covariance_is_random(test->query));
    if (!lsa_setting_is_linear(test)) {
        LSA_TRY(require_moments(test, err));
        LSA_TRY(judge_labels(theory, test, A, out, err));
    } else if (random || test->query_orthogonal) {
        if (A == NULL) {
            limit = calloc((size_t)d, (size_t)d * sizeof *limit);
            LSA_TRY_MEMORY(limit, "the trained limit");
            LSA_TRY(lsa_theory_minimum(theory, d, limit, err));
        }
        LSA_TRY(judge_coupled(test, A != NULL ? A : limit, out, err));
    } else {
        LSA_TRY(A != NULL ? judge_product(test, A, out, err) : judge_limit(theory, test, out, err));
    }
done:
    free(limit);
    return status;
}
