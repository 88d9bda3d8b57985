/* sampled.c - see sampled.h. */
#include "verify/sampled.h"

#include "base/try.h"
#include <math.h>
#include <stdio.h>

static double asked(const claim_context *context)
{
    return context->experiment->monte_carlo.relative_error;
}

void sampled_late(const claim_context *context, ptrdiff_t prompts, sampled_value *out)
{
    snprintf(out->doubt, sizeof out->doubt,
             "the time for sampling (monte_carlo.seconds, %.6g) was over after %td prompts of this claim",
             context->experiment->monte_carlo.seconds, prompts);
}

sampled_value sampled_value_of(const claim_context *context, const lsa_sample_result *sample,
                               const lsa_sample_estimate *estimate)
{
    sampled_value out = {.value = estimate->mean,
                         .half_width = estimate->half_width,
                         .standard_error = estimate->standard_error,
                         .attained = sample->attained};
    if (estimate->untrusted > 0.0) {
        out.untrusted = true;
        out.half_width = estimate->untrusted;
        out.attained = estimate->untrusted / fabs(estimate->mean);
    }
    if (estimate->reason != NULL)
        snprintf(out.doubt, sizeof out.doubt, "%s", estimate->reason);
    else if (sample->late)
        sampled_late(context, sample->prompts, &out);
    return out;
}

sampled_draw sampled_first(const claim_context *context)
{
    return (sampled_draw){.relative_error = asked(context)};
}

static lsa_study_draw study_draw(const claim_context *context, const sampled_draw *draw)
{
    return (lsa_study_draw){context->alpha, draw->relative_error, draw->fresh};
}

lsa_sample_options sampled_options(const claim_context *context, const sampled_draw *draw)
{
    const lsa_study_draw as = study_draw(context, draw);
    return lsa_study_sampling(context->study, &as);
}

lsa_status sampled_limit(const claim_context *context, const lsa_setting *test, const sampled_draw *draw,
                         lsa_limit_sample *out, lsa_error *err)
{
    const lsa_study_draw as = study_draw(context, draw);
    return lsa_study_sample_limit(context->study, test, &as, out, err);
}

lsa_status sampled_limit_value(const claim_context *context, const lsa_limit_sample *sample,
                               const lsa_sample_estimate *estimate, sampled_value *out, lsa_error *err)
{
    if (!sample->drawn)
        return lsa_error_set(err, LSA_ERR_UNABLE, "%s", sample->reason);
    *out = sampled_value_of(context, &sample->result, estimate);
    if (sample->reason[0] != '\0')
        snprintf(out->doubt, sizeof out->doubt, "%s", sample->reason);
    return LSA_OK;
}

lsa_status sampled_limit_error(const claim_context *context, void *what, const sampled_draw *draw, sampled_value *out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_limit_sample sample;
    LSA_TRY(sampled_limit(context, what, draw, &sample, err));
    LSA_TRY(sampled_limit_value(context, &sample, &sample.result.error, out, err));
done:
    return status;
}

static void tell(lsa_claim_result *result, const sampled_value *value)
{
    result->measured = value->value;
    result->tolerance = value->half_width;
    result->standard_error = value->standard_error;
}

/* Why a value that is not resolved decides nothing. */
static void explain(lsa_claim_result *result, const sampled_value *value)
{
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    if (value->doubt[0] != '\0')
        claim_why(result, "%s", value->doubt);
    else if (!isfinite(value->attained))
        claim_why(result,
                  "the budget ended before the interval could be trusted: what is sampled is too skewed for so few "
                  "prompts");
    else
        claim_why(result, "the budget ended before the interval was as narrow as asked (half-width %.3g)",
                  value->half_width);
}

/* A quarter of the miss, so that half-widths of fresh prompts are known to be small beside it. */
static sampled_draw fresh_draw(const claim_context *context, const sampled_value *first, double miss)
{
    const double wanted = first->half_width > 0.0 ? first->attained * miss / (4.0 * first->half_width) : asked(context);
    return (sampled_draw){.fresh = true, .relative_error = fmin(wanted, asked(context))};
}

/* Half-widths of fresh prompts by which they must be off: the tail of a normal number beyond sqrt 2 times a quantile is
 * about the square of that beyond the quantile. */
static const double confirmed_widths = 1.4142135623730951;

/* Whether fresh prompts are off on the same side, as far as is asked; `miss` is signed. */
static lsa_status confirm(const claim_context *context, lsa_claim_result *result, double predicted, double miss,
                          const sampled_value *first, double trusted, sampled_measure *measure, void *what,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    sampled_value fresh;
    const sampled_draw draw = fresh_draw(context, first, fabs(miss));
    LSA_TRY(measure(context, what, &draw, &fresh, err));
    const double again = fresh.value - predicted;
    result->fresh = (lsa_fresh_sample){true, fresh.value, fresh.half_width};
    const bool same_side = again * miss > 0.0, beyond = fabs(again) >= confirmed_widths * fresh.half_width;
    if (isfinite(fresh.attained) && fresh.attained <= trusted && same_side && beyond) {
        result->verdict = LSA_VERDICT_FAILS;
        claim_why(result, "differs by %.3g, half-width %.3g, and on fresh prompts by %.3g, half-width %.3g", fabs(miss),
                  first->half_width, fabs(again), fresh.half_width);
    } else {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result,
                  "differs by %.3g, half-width %.3g; fresh prompts, off by %.3g with half-width %.3g, do not "
                  "confirm it",
                  fabs(miss), first->half_width, fabs(again), fresh.half_width);
    }
done:
    return status;
}

lsa_status claim_statistical(const claim_context *context, lsa_claim_result *result, double predicted,
                             sampled_measure *measure, void *what, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sampled_value first;
    const sampled_draw draw = sampled_first(context);
    result->predicted = predicted;
    if (!claim_applies(result))
        goto done;
    if (!isfinite(predicted)) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "what is predicted is no finite number: nothing can be decided");
        goto done;
    }
    LSA_TRY(measure(context, what, &draw, &first, err));
    tell(result, &first);
    claim_equal(result, predicted, first.value, first.half_width);
    result->resolution = first.half_width / result->scale; /* an interval at its level is as wide as it says */
    if (isnan(first.value))
        first.attained = (double)INFINITY;
    const bool beyond = fabs(first.value - predicted) > first.half_width;
    if (!(first.attained <= asked(context)) || (beyond && first.untrusted))
        explain(result, &first);
    else if (beyond)
        LSA_TRY(
            confirm(context, result, predicted, first.value - predicted, &first, asked(context), measure, what, err));
done:
    return status;
}

lsa_status claim_sampled_at_most(const claim_context *context, lsa_claim_result *result, double bound,
                                 sampled_measure *measure, void *what, bool *open, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sampled_value first;
    const sampled_draw draw = sampled_first(context);
    *open = false;
    LSA_TRY(measure(context, what, &draw, &first, err));
    claim_at_most(result, bound, first.value, 0.0);
    if (result->verdict == LSA_VERDICT_NOT_APPLICABLE)
        goto done;
    tell(result, &first);
    const double miss = first.value - bound;
    if (!isfinite(first.attained)) {
        explain(result, &first);
    } else if (miss > first.half_width) {
        LSA_TRY(confirm(context, result, bound, miss, &first, HUGE_VAL, measure, what, err));
    } else if (miss + first.half_width <= 0.0) {
        result->verdict = LSA_VERDICT_HOLDS;
        result->why[0] = '\0';
    } else {
        *open = true;
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "the interval, half-width %.3g, holds the bound", first.half_width);
    }
done:
    return status;
}
