/* claims_error.c - what the trained layer achieves on new prompts: Theorem 4.2.
 *
 * The layer that is sampled stands at the limit that theory predicts; its error is known three times: by the closed
 * form, by the derived polynomial, and by prompts. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/sampled.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* The closed form and the derived polynomial are two evaluations of one rational function; their rounding grows with the
 * dimension and stays well below this share of the error, and of E y_query^2 where terms of that size cancel. */
static const double witness_tolerance = 1e-9, cancellation_tolerance = 1e-13;

/* How far cancellation may move the derived polynomial's error, E y^2 = scale, as a share of `error`. */
static double derived_rounding(double scale, double error)
{
    return cancellation_tolerance * scale / error;
}

/* Above this share it decides nothing. */
static const double largest_rounding = 1e-2;

/* At N = M = infinity the layer makes no error: theory's is 0 up to the square of a rounding, and the derived one, in units
 * of E y^2 = scale, is compared with that. */
static bool is_zero(double error, double scale)
{
    return error <= DBL_EPSILON * DBL_EPSILON * scale;
}

static void require_uncancelled(lsa_claim_result *result, double rounding)
{
    if (result->verdict == LSA_VERDICT_NOT_APPLICABLE || rounding <= largest_rounding)
        return;
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "the derived error is what is left where terms of size E y^2 cancel: known to %.2g of itself",
              rounding);
}

/* The derived polynomial's error of the test at the limit; NAN where the engine has no moments for its law. */
static lsa_status derived_error(const claim_context *context, const lsa_setting *test, double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    const double *limit;
    LSA_TRY(lsa_study_limit(context->study, &limit, err));
    status = lsa_study_test_error(context->study, test, limit, error, &story);
    if (status == LSA_OK)
        return LSA_OK;
    *error = NAN;
    status = lsa_status_is_no_answer(status) ? LSA_OK : lsa_error_copy(err, status, &story);
done:
    return status;
}

lsa_status claim_label_square(const lsa_setting *test, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error at_zero;
    const ptrdiff_t d = test->covariance->d;
    double *zero = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(zero, "the zero predictor");
    LSA_TRY(lsa_theory_judge(NULL, test, zero, &at_zero, err));
    *out = at_zero.error;
done:
    free(zero);
    return status;
}

double claim_witness_rounding(const lsa_setting *test, const double *A, double label_square)
{
    const ptrdiff_t d = test->covariance->d;
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < d; i++)
        sum += test->covariance->spectrum[i] * test->covariance->spectrum[i];
    const double product = A != NULL ? lsa_vec_norm(d * d, A) * sqrt(sum) : 1.0;
    return (cancellation_tolerance + 8.0 * DBL_EPSILON * product) * label_square;
}

/* Theorem 4.2 asks of the covariates for E[xx'] = Lambda alone, and the error of any linear rule for no more than that:
 * rows of data are not Gaussian, and need not be. */
static void note_rows(lsa_claim_result *result, const lsa_setting *test)
{
    if (test->task != LSA_TASK_DATA)
        return;
    claim_note(result, "Gaussian x (not needed)", 0.0, 1.0, false);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "Gaussian x not met; not needed%s",
                  test->covariance_is_train ? "" : ": X'X/n is not Lambda either, by the general formula (W11)");
}

static lsa_status check_error(const claim_context *context, lsa_predictions *p, const lsa_setting *test,
                              lsa_claim_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error predicted;
    lsa_limit_sample sample;
    double derived, scale = (double)NAN;
    lsa_setting own = *test;
    const sampled_draw first = sampled_first(context);
    LSA_TRY(lsa_study_judge_trained(context->study, p->theory, test, p->rank < p->d || p->theory == NULL ? p->A : NULL,
                                    &predicted, err));
    LSA_TRY(claim_label_square(test, &scale, err));
    const double tolerance = witness_tolerance * predicted.error + claim_witness_rounding(test, p->A, scale);
    LSA_TRY(derived_error(context, test, &derived, err));
    LSA_TRY(sampled_limit(context, test, &first, &sample, err));
    claim_why(result, "%s", sample.reason);
    result->predicted = predicted.error;
    if (sample.drawn) {
        LSA_TRY(claim_statistical(context, result, predicted.error, sampled_limit_error, &own, err));
        if (result->verdict == LSA_VERDICT_HOLDS && sample.fast)
            claim_why(result,
                      "by the scatter matrix that a prompt's error depends on: whole prompts of this length take "
                      "too long to be drawn");
    } else if (isfinite(derived)) {
        claim_equal(result, predicted.error, derived, tolerance);
        if (result->verdict == LSA_VERDICT_HOLDS)
            claim_why(result, "against the derived polynomial; it cannot be drawn at this context");
        if (!is_zero(predicted.error, scale))
            require_uncancelled(result, derived_rounding(scale, predicted.error));
    }
    claim_witnesses(result, predicted.error, derived, tolerance);
    note_rows(result, test);
done:
    return status;
}

lsa_status claim_test_error(const claim_context *context, lsa_error *err)
{
    return claim_each_test(context, NULL, check_error, err);
}
