/* claim.c - how a verdict comes out of two numbers. */
#include "verify/claim.h"

#include "base/try.h"
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *lsa_verdict_text(lsa_verdict verdict)
{
    static const char *const texts[] = {"holds", "fails", "inconclusive", "not-applicable", "proved", "consistent"};
    return texts[verdict];
}

/* ---------------------------------------------------------------- results */

lsa_status claim_add(const claim_context *context, lsa_claim_result **out, lsa_error *err)
{
    claim_list *list = context->out;
    if (list->count == list->capacity) {
        const ptrdiff_t capacity = 2 * list->capacity + 32;
        lsa_claim_result *grown = realloc(list->results, (size_t)capacity * sizeof *grown);
        if (grown == NULL)
            return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the verdicts");
        list->results = grown;
        list->capacity = capacity;
    }
    *out = &list->results[list->count++];
    **out = (lsa_claim_result){.name = context->claim->name,
                               .source = context->claim->source,
                               .summary = context->claim->summary,
                               .text = context->text,
                               .context = NAN,
                               .predicted = NAN,
                               .measured = NAN,
                               .tolerance = NAN,
                               .standard_error = NAN,
                               .slack = NAN,
                               .scale = NAN,
                               .relative_error = NAN,
                               .resolution = NAN,
                               .verdict = LSA_VERDICT_NOT_APPLICABLE};
    return LSA_OK;
}

/* The lines of a story become one: "\n  in test a" is ", in test a". */
static void join_lines(char *text)
{
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        if (*in != '\n') {
            *out++ = *in;
            continue;
        }
        *out++ = ',';
        while (in[1] == ' ' && in[2] == ' ')
            in++;
    }
    *out = '\0';
}

static void format_why(lsa_claim_result *result, const char *format, va_list arguments)
{
    vsnprintf(result->why, sizeof result->why, format, arguments);
    join_lines(result->why);
}

void claim_why(lsa_claim_result *result, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_why(result, format, arguments);
    va_end(arguments);
}

static void add_hypothesis(lsa_claim_result *result, lsa_hypothesis hypothesis)
{
    if (result->n_hypotheses < LSA_HYPOTHESES_MAX)
        result->hypotheses[result->n_hypotheses++] = hypothesis;
}

void claim_suppose(lsa_claim_result *result, const char *name, double value, double bound, bool met)
{
    add_hypothesis(result, (lsa_hypothesis){name, value, bound, met, true});
}

void claim_note(lsa_claim_result *result, const char *name, double value, double bound, bool met)
{
    add_hypothesis(result, (lsa_hypothesis){name, value, bound, met, false});
}

/* A hypothesis that is a yes or no. */
static bool is_flag(const lsa_hypothesis *hypothesis)
{
    const double value = hypothesis->value, bound = hypothesis->bound;
    return (value == 0.0 || value == 1.0) && (bound == 0.0 || bound == 1.0);
}

static void explain_hypothesis(lsa_claim_result *result, const lsa_hypothesis *hypothesis)
{
    const char *measured = isnan(result->measured) ? "" : "; the numbers are measured all the same";
    if (is_flag(hypothesis))
        claim_why(result, "the hypothesis \"%s\" is not met%s", hypothesis->name, measured);
    else if (isinf(hypothesis->value))
        claim_why(result, "the hypothesis \"%s\" is not met: it is infinite%s", hypothesis->name, measured);
    else if (isinf(hypothesis->bound))
        claim_why(result, "the hypothesis \"%s\" is not met: it is %.6g%s", hypothesis->name, hypothesis->value,
                  measured);
    else
        claim_why(result, "the hypothesis \"%s\" is not met: %.6g where %.6g is asked%s", hypothesis->name,
                  hypothesis->value, hypothesis->bound, measured);
}

bool claim_applies(lsa_claim_result *result)
{
    for (int i = 0; i < result->n_hypotheses; i++) {
        const lsa_hypothesis *hypothesis = &result->hypotheses[i];
        if (hypothesis->met || !hypothesis->required)
            continue;
        result->verdict = LSA_VERDICT_NOT_APPLICABLE;
        explain_hypothesis(result, hypothesis);
        return false;
    }
    return true;
}

/* ---------------------------------------------------------------- verdicts */

/* Errors are estimates: a difference decides against a claim where it is this many times what both sides may be off. */
static const double decisive = 10.0;

void claim_scale(lsa_claim_result *result, double size)
{
    result->scale = size;
    result->resolution = decisive * result->tolerance / size;
}

/* A number that could not be measured, that left the range of doubles on the way, or that may be off by any amount decides
 * nothing. */
static bool is_known(lsa_claim_result *result, double predicted, double measured, double judged)
{
    const bool none = isnan(measured) || isnan(judged) || isnan(result->tolerance);
    const bool beyond = isinf(measured) && isfinite(predicted);
    if (!none && !beyond && isfinite(result->tolerance))
        return true;
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    if (result->why[0] == '\0')
        claim_why(result, "%s: nothing can be decided",
                  none     ? "what was measured is no number"
                  : beyond ? "what was measured is beyond the range of doubles"
                           : "how far it may be off is not known");
    return false;
}

static lsa_verdict verdict_of(double difference, double tolerance)
{
    if (difference <= tolerance)
        return LSA_VERDICT_HOLDS;
    return difference >= decisive * tolerance ? LSA_VERDICT_FAILS : LSA_VERDICT_INCONCLUSIVE;
}

void claim_equal(lsa_claim_result *result, double predicted, double measured, double tolerance)
{
    const double difference = fabs(measured - predicted);
    result->predicted = predicted;
    result->measured = measured;
    result->tolerance = tolerance;
    if (predicted != 0.0)
        claim_scale(result, fabs(predicted));
    if (!claim_applies(result) || !is_known(result, predicted, measured, difference))
        return;
    result->verdict = verdict_of(difference, tolerance);
    if (result->verdict != LSA_VERDICT_HOLDS)
        claim_why(result, "differs by %.3g, tolerance %.3g", difference, tolerance);
}

void claim_also(lsa_claim_result *result, double difference, double tolerance, const char *format, ...)
{
    if (result->verdict != LSA_VERDICT_HOLDS || difference <= tolerance)
        return;
    result->verdict = isnan(difference) ? LSA_VERDICT_INCONCLUSIVE : verdict_of(difference, tolerance);
    va_list arguments;
    va_start(arguments, format);
    format_why(result, format, arguments);
    va_end(arguments);
}

void claim_witnesses(lsa_claim_result *result, double closed_form, double derived, double tolerance)
{
    const double difference = fabs(derived - closed_form);
    if (result->verdict == LSA_VERDICT_NOT_APPLICABLE || !isfinite(difference) || difference <= tolerance)
        return;
    const lsa_verdict verdict = verdict_of(difference, tolerance);
    if (verdict != LSA_VERDICT_FAILS && result->verdict != LSA_VERDICT_HOLDS)
        return;
    result->verdict = verdict;
    claim_why(result, "closed form %.17g, derived polynomial %.17g", closed_form, derived);
}

static void judge_slack(lsa_claim_result *result, double bound, double measured, double slack, double rounding)
{
    result->predicted = bound;
    result->measured = measured;
    result->slack = slack;
    result->tolerance = rounding;
    if (decisive * rounding < 1.0)
        result->resolution = slack / (1.0 - decisive * rounding) - 1.0;
    if (!claim_applies(result) || !is_known(result, bound, measured, slack))
        return;
    result->verdict = verdict_of(1.0 - slack, rounding);
    if (result->verdict != LSA_VERDICT_HOLDS)
        claim_why(result, "the bound is missed by a share of %.3g, which is known to %.3g", 1.0 - slack, rounding);
}

void claim_at_least(lsa_claim_result *result, double bound, double measured, double rounding)
{
    judge_slack(result, bound, measured, measured / bound, rounding);
}

void claim_at_most(lsa_claim_result *result, double bound, double measured, double rounding)
{
    judge_slack(result, bound, measured, bound / measured, rounding);
}

static bool is_measured(lsa_claim_result *result, path_number measured)
{
    if (isfinite(measured.value) && isfinite(measured.error))
        return true;
    if (claim_applies(result)) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "at no sample is the quotient known to a thousandth");
    }
    return false;
}

void claim_bounded_below(lsa_claim_result *result, double bound, path_number measured)
{
    result->predicted = bound;
    if (is_measured(result, measured))
        claim_at_least(result, bound, measured.value, measured.error / fabs(measured.value));
}

void claim_require_fine(lsa_claim_result *result, double size)
{
    claim_scale(result, size);
    if (result->verdict != LSA_VERDICT_HOLDS || result->tolerance <= 1e-2 * fabs(size))
        return;
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "the end of the run fixes it to %.2g only, of %.3g: ask a smaller flow.stop.gap",
              result->tolerance, size);
}

double claim_constants_rounding(const lsa_predictions *p)
{
    if (p->theory == NULL)
        return 0.0;
    const bool diagonal = lsa_theory_is_isotropic_task(p->theory, NULL) || lsa_theory_is_diagonal(p->theory);
    return p->d <= 64 && diagonal ? 0.0 : 10.0 * DBL_EPSILON * lsa_theory_condition(p->theory);
}

lsa_status claim_require_fixed(const lsa_study *study, lsa_error *err)
{
    return !lsa_study_is_random(study)
               ? LSA_OK
               : lsa_error_set(err, LSA_ERR_UNABLE,
                               "the claim is about one training covariance; here every prompt draws its own");
}

/* ---------------------------------------------------------------- parts */

static void name_test(lsa_claim_result *result, const lsa_setting *test)
{
    result->test = test;
    result->context = test != NULL ? test->context : (double)NAN;
}

/* In the place of the results from number `before` on, one that says why there is no answer. */
static lsa_status explain(const claim_context *context, ptrdiff_t before, const lsa_setting *test, lsa_verdict verdict,
                          const lsa_error *story, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    context->out->count = before;
    LSA_TRY(claim_add(context, &result, err));
    name_test(result, test);
    result->verdict = verdict;
    claim_why(result, "%s", story->text);
done:
    return status;
}

/* What a part came to: a failure that is no answer becomes a result, and so does the numerics' where a claim asks for more
 * than the study's own flow; any other one is handed on with its story. */
static lsa_status settle(const claim_context *context, ptrdiff_t before, const lsa_setting *test, lsa_status status,
                         const lsa_error *story, lsa_error *err)
{
    const bool beside = status == LSA_ERR_SOLVER && !lsa_study_flow_failed(context->study);
    if (lsa_status_is_no_answer(status) || beside)
        return explain(context, before, test, beside ? LSA_VERDICT_INCONCLUSIVE : LSA_VERDICT_NOT_APPLICABLE, story,
                       err);
    if (status != LSA_OK && err != NULL)
        *err = *story;
    return status;
}

lsa_status claim_part(const claim_context *context, claim_check *check, lsa_error *err)
{
    lsa_error story = {0};
    const ptrdiff_t before = context->out->count;
    const lsa_status status = check(context, &story);
    return settle(context, before, NULL, status, &story, err);
}

/* The verdict had the prediction been off by that share of its scale, a bound by that share of itself. */
static void make_mistake(lsa_claim_result *result, double share)
{
    const double scale = result->scale;
    if (result->verdict != LSA_VERDICT_HOLDS)
        return;
    if (!isnan(result->slack)) {
        judge_slack(result, result->predicted, result->measured, result->slack / (1.0 + share), result->tolerance);
        return;
    }
    claim_equal(result, result->predicted + share * scale, result->measured, result->tolerance);
    claim_scale(result, scale);
}

lsa_status claim_judge(const claim_context *context, claim_check *check, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t before = context->out->count;
    const double mistake = study_mistake(context->study);
    LSA_TRY(claim_part(context, check, err));
    for (ptrdiff_t i = before; mistake > 0.0 && i < context->out->count; i++)
        make_mistake(&context->out->results[i], mistake);
done:
    return status;
}

bool claim_has_context(const lsa_experiment *experiment, ptrdiff_t t)
{
    return experiment->tests[t].context > 0.0;
}

static lsa_status judge_test(const claim_context *context, lsa_predictions *p, const lsa_setting *test,
                             claim_test_check *check, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_claim_result *result = NULL;
    const ptrdiff_t before = context->out->count;
    LSA_TRY(claim_add(context, &result, err));
    name_test(result, test);
    status = settle(context, before, test, check(context, p, test, result, &story), &story, err);
done:
    return status;
}

lsa_status claim_each_test(const claim_context *context, claim_test_filter *speaks_of, claim_test_check *check,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_predictions *p;
    const lsa_experiment *experiment = context->experiment;
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++)
        if (speaks_of == NULL || speaks_of(experiment, t))
            LSA_TRY(judge_test(context, p, &experiment->tests[t], check, err));
done:
    return status;
}
