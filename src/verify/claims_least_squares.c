/* claims_least_squares.c - what the trained layer is compared with: the best linear predictor, and least squares. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/sampled.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- least squares on the same prompt */

/* An M by d system is solved for every prompt. Beyond this size that takes longer than all other claims together, and the
 * claim is judged only where the model names it. */
static const double costly = 2000.0; /* d^2 M */

static bool is_affordable(const claim_context *context, const lsa_setting *test)
{
    const double d = (double)context->experiment->data.d;
    return !context->experiment->all_claims || d * d * test->context <= costly;
}

/* The layer is like least squares on the law it was trained for; noise leaves least squares a variance for M > k + 3. */
static void suppose_least_squares(lsa_claim_result *result, const lsa_predictions *p, const lsa_setting *test)
{
    const bool linear = lsa_setting_is_linear(test);
    const bool same = lsa_setting_covariates_as_trained(test);
    const double needed = (double)lsa_theory_rank(p->theory) + (test->label_noise > 0.0 ? 3.0 : 1.0);
    claim_suppose(result, "tasks are linear", linear, 1.0, linear);
    claim_suppose(result, "covariates and query as in training", same, 1.0, same);
    claim_suppose(result, "a finite context", test->context, INFINITY, isfinite(test->context));
    claim_suppose(result, test->label_noise > 0.0 ? "M > rank + 3, with noise" : "M > rank + 1", test->context, needed,
                  test->context > needed);
}

static lsa_status predict_distance(const claim_context *context, const lsa_predictions *p, const lsa_setting *test,
                                   double *out, lsa_error *err)
{
    lsa_setting same = *test; /* rows whose X'X/n is Lambda up to rounding have Lambda itself */
    same.covariance = context->experiment->training.covariance;
    return lsa_theory_least_squares_distance(&same, p->A, out, err);
}

/* E (yhat - yhat_OLS)^2 of the test `what`. */
static lsa_status measure_distance(const claim_context *context, void *what, const sampled_draw *draw,
                                   sampled_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *limit;
    lsa_sample_result sample;
    lsa_sample_options options = sampled_options(context, draw);
    options.baselines = options.resolve = LSA_BASELINE_OLS;
    options.fast = false;
    LSA_TRY(lsa_study_limit(context->study, &limit, err));
    LSA_TRY(lsa_sample_test(context->experiment, what, limit, &options, &sample, err));
    *out = sampled_value_of(context, &sample, &sample.distance[lsa_baseline_number(LSA_BASELINE_OLS)]);
done:
    return status;
}

/* The bound after (4.6) holds for noiseless tasks w ~ N(0, I), of which least squares finds every one. */
static lsa_status judge_distance_bound(const claim_context *context, const lsa_predictions *p, const lsa_setting *test,
                                       lsa_claim_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *training = &context->experiment->training;
    lsa_setting own = *test;
    lsa_claim_result below = *result;
    bool open;
    double psi2 = 0.0;
    const bool trained_so = lsa_theory_is_isotropic_task(p->theory, &psi2) && psi2 == 1.0 &&
                            training->label_noise == 0.0 && !training->normalise_plus_one;
    const bool tested_so = test->task == LSA_TASK_GAUSSIAN &&
                           lsa_covariance_same(test->task_covariance, training->task_covariance) &&
                           test->label_noise == 0.0;
    if (!trained_so || !tested_so || p->rank < p->d)
        goto done;
    const double bound = lsa_theory_linear_task_bound_kappa(p->theory, test->context);
    result->slack = bound / result->measured;
    if (result->verdict != LSA_VERDICT_HOLDS || result->measured - result->tolerance <= bound)
        goto done;
    LSA_TRY(claim_sampled_at_most(context, &below, bound, measure_distance, &own, &open, err));
    result->verdict = below.verdict;
    result->fresh = below.fresh;
    claim_why(result, "above the bound (d+1) tr(Lambda)/M + (1 + 2d + d^2 kappa) tr(Lambda)/N^2 = %.6g: %.200s", bound,
              below.why);
done:
    return status;
}

static lsa_status check_like_ols(const claim_context *context, lsa_predictions *p, const lsa_setting *test,
                                 lsa_claim_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double predicted;
    lsa_setting own = *test;
    suppose_least_squares(result, p, test);
    if (!claim_applies(result))
        goto done;
    LSA_TRY(predict_distance(context, p, test, &predicted, err));
    result->predicted = predicted;
    if (!is_affordable(context, test)) {
        claim_why(result, "least squares on each prompt is slow here (d^2 M > %g): name like-ols in `claims`", costly);
        goto done;
    }
    LSA_TRY(claim_statistical(context, result, predicted, measure_distance, &own, err));
    LSA_TRY(judge_distance_bound(context, p, test, result, err));
done:
    return status;
}

lsa_status claim_like_ols(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(claim_require_fixed(context->study, err));
    LSA_TRY(claim_each_test(context, NULL, check_like_ols, err));
done:
    return status;
}
