/* claims_own.c - what is judged of a statement that no theory speaks of: that the loss falls, where the flow comes to rest, and the
 * errors of tests there, by the derived polynomial and by prompts. */
#include "base/try.h"
#include "verify/sampled.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool claim_is_known(const claim_context *context, lsa_claim_result *result, const char *claims)
{
    if (!lsa_study_has_theory(context->study))
        return false;
    claim_why(result, "theory speaks of this statement: %s", claims);
    return true;
}

/* ---------------------------------------------------------------- the loss falls */

/* A derived loss is a sum whose terms may be as large as the loss of zero parameters. */
static const double loss_rounding = 1e-14;

static path_number loss_at(const flow_path *path, ptrdiff_t i)
{
    const lsa_sample sample = path_sample(path, i);
    const double other = path->coarse != NULL ? lsa_trajectory_sample(path->coarse, i).loss : (double)INFINITY;
    const double size = fmax(fabs(sample.loss), path->loss_at_zero);
    return (path_number){sample.loss, path_number_of(path, sample.loss, other, fabs(sample.loss)).error +
                                          loss_rounding * size + sample.rounding};
}

lsa_status claim_falling_loss(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    flow_path path;
    path_number least = {INFINITY, INFINITY};
    LSA_TRY(claim_add(context, &result, err));
    if (claim_is_known(context, result, "monotone-loss"))
        goto done;
    LSA_TRY(lsa_study_path(context->study, &path, err));
    for (ptrdiff_t i = 1; i < path.count; i++) {
        const path_number before = loss_at(&path, i - 1), now = loss_at(&path, i);
        const double quotient = before.value / now.value;
        const double error = fabs(quotient) * (before.error / fabs(before.value) + now.error / fabs(now.value));
        if (quotient < least.value)
            least = (path_number){quotient, error};
    }
    claim_bounded_below(result, 1.0, least);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "least quotient of the losses of neighbouring samples, the earlier over the later");
done:
    return status;
}

/* ---------------------------------------------------------------- where the flow comes to rest */

static bool is_minimum(lsa_kind kind)
{
    return kind == LSA_KIND_GLOBAL_MINIMUM || kind == LSA_KIND_LOCAL_MINIMUM || kind == LSA_KIND_MINIMUM;
}

lsa_status claim_resting_point(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    const lsa_trajectory *run;
    LSA_TRY(claim_add(context, &result, err));
    if (claim_is_known(context, result, "minimum-loss"))
        goto done;
    LSA_TRY(lsa_study_trajectory(context->study, &run, err));
    const lsa_classification end = lsa_trajectory_classification(run);
    const char *reason = lsa_trajectory_kind_reason(run);
    result->predicted = 0.0;
    result->measured = end.negative >= 0 ? (double)end.negative : (double)NAN;
    result->verdict = is_minimum(end.kind)          ? LSA_VERDICT_HOLDS
                      : end.kind == LSA_KIND_SADDLE ? LSA_VERDICT_FAILS
                                                    : LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "%s%s%s", lsa_kind_text(end.kind), reason != NULL ? ": " : "", reason != NULL ? reason : "");
done:
    return status;
}

/* ---------------------------------------------------------------- tests at the end of the flow */

typedef struct tested {
    lsa_setting test;
    const double *state;
} tested;

static lsa_status measure_error(const claim_context *context, void *what, const sampled_draw *draw, sampled_value *out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    tested *t = what;
    lsa_sample_result sample;
    bool fast;
    const lsa_sample_options options = sampled_options(context, draw);
    LSA_TRY(lsa_study_sample_test(context->study, &t->test, t->state, &options, &fast, &sample, err));
    if (sample.error.infinite)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "the expectation does not exist: %s", sample.error.reason));
    *out = sampled_value_of(context, &sample, &sample.error);
done:
    return status;
}

static lsa_status check_test(const claim_context *context, const lsa_setting *test, lsa_claim_result *result,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_trajectory *run;
    double derived;
    tested t = {.test = *test};
    LSA_TRY(lsa_study_trajectory(context->study, &run, err));
    t.state = lsa_trajectory_final(run).state;
    if (t.state == NULL) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the path did not keep its parameters");
        goto done;
    }
    LSA_TRY(lsa_study_test_error(context->study, test, t.state, &derived, err));
    LSA_TRY(claim_statistical(context, result, derived, measure_error, &t, err));
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "the derived error at the end of the flow, against prompts");
done:
    return status;
}

lsa_status claim_own_test_error(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t i = 0; i < context->experiment->n_tests; i++) {
        const lsa_setting *test = &context->experiment->tests[i];
        lsa_claim_result *result;
        lsa_error story = {0};
        LSA_TRY(claim_add(context, &result, err));
        result->test = test;
        result->context = test->context;
        status = check_test(context, test, result, &story);
        if (lsa_status_is_no_answer(status)) {
            result->verdict = LSA_VERDICT_NOT_APPLICABLE;
            claim_why(result, "%s", story.text);
            status = LSA_OK;
        }
        if (status != LSA_OK)
            LSA_TRY(lsa_error_copy(err, status, &story));
    }
done:
    return status;
}
