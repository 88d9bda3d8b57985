/* limit_sample.c - prompts of the tests at the predicted limit, each test drawn once. */
#include "verify/study_state.h"

#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* No claim takes all the time that is left. */
static const double time_share = 0.5;

lsa_sample_options lsa_study_sampling(lsa_study *study, double alpha)
{
    lsa_sample_options options = lsa_sample_options_of(study->experiment);
    options.alpha = alpha;
    options.baselines = 0;
    options.threads = study->options.threads;
    options.interrupt = study->options.interrupt;
    options.seconds = time_share * fmax(study->experiment->monte_carlo.seconds - study->sampling_seconds, 0.0);
    options.spent = &study->sampling_seconds;
    return options;
}

/* Sampled over exact variance of the mean, beyond which the prompts have not shown the tail that the variance is made of, and
 * perhaps not the mean's either. The sampled variance of a million squared errors is good to some percent. */
static const double least_share = 0.5, largest_share = 2.0;

/* Whether the sampled spread is the one that theory knows; if not, the interval is not to be trusted. */
static lsa_status check_spread(lsa_study *study, const lsa_setting *test, lsa_limit_sample *out, bool *agrees,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    double exact;
    LSA_TRY(lsa_study_exact_spread(study, test, &out->result, &exact, err));
    const double share = pow(out->result.error.standard_error / exact, 2.0);
    *agrees = !isfinite(share) || (share >= least_share && share <= largest_share);
    if (!*agrees) {
        out->result.attained = (double)INFINITY;
        out->result.resolved = false;
        snprintf(out->reason, sizeof out->reason,
                 "the variance of the squared error over %td prompts is %.3g of what it is by theory: they do not show "
                 "its tail",
                 out->result.prompts, share);
    }
done:
    return status;
}

/* Draws until the interval is narrow and its spread that of theory, or the budget is spent. */
static lsa_status draw_trusted(lsa_study *study, const lsa_setting *test, const double *limit,
                               lsa_sample_options options, lsa_limit_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool agrees = false;
    while (!agrees) {
        out->reason[0] = '\0';
        LSA_TRY(lsa_study_sample_test(study, test, limit, &options, &out->fast, &out->result, err));
        if (out->result.error.infinite || out->result.late || !isfinite(out->result.attained))
            break;
        LSA_TRY(check_spread(study, test, out, &agrees, err));
        if (out->result.prompts >= options.prompts)
            break;
        options.relative_error /= 2.0;
    }
    if (out->reason[0] == '\0' && out->result.error.reason != NULL)
        snprintf(out->reason, sizeof out->reason, "%s%s",
                 out->result.error.infinite ? "the expectation does not exist: " : "", out->result.error.reason);
done:
    return status;
}

static lsa_status draw_limit(lsa_study *study, const lsa_setting *test, const lsa_limit_draw *draw,
                             lsa_limit_sample *out, lsa_error *err)
{
    const double *limit;
    lsa_error story = {0};
    lsa_sample_options options = lsa_study_sampling(study, draw->alpha);
    options.baselines = LSA_BASELINE_BEST_LINEAR; /* it reads no context, so it costs next to nothing */
    options.relative_error = draw->relative_error;
    options.first = draw->fresh ? (uint64_t)options.prompts : 0;
    lsa_status status = lsa_study_limit(study, &limit, err);
    if (status != LSA_OK)
        return status;
    *out = (lsa_limit_sample){.made = true, .alpha = draw->alpha};
    status = lsa_study_require_limit(study, test, &story);
    if (status == LSA_OK)
        status = draw_trusted(study, test, limit, options, out, &story);
    if (status != LSA_OK && !lsa_status_is_no_answer(status))
        return lsa_error_set(err, status, "%s", story.text);
    out->drawn = status == LSA_OK && !out->result.error.infinite;
    if (status != LSA_OK)
        snprintf(out->reason, sizeof out->reason, "%.*s", LSA_WHY_MAX - 1, story.text);
    return LSA_OK;
}

lsa_status lsa_study_sample_limit(lsa_study *study, const lsa_setting *test, const lsa_limit_draw *draw,
                                  lsa_limit_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = study->experiment;
    if (draw->fresh || test->number < 0) /* else an entry of `tests` */
        return draw_limit(study, test, draw, out, err);
    if (study->samples == NULL) {
        study->samples = calloc((size_t)experiment->n_tests + 1, sizeof *study->samples);
        LSA_TRY_MEMORY(study->samples, "the sampled tests");
    }
    lsa_limit_sample *kept = &study->samples[test->number];
    if (!kept->made || kept->alpha != draw->alpha)
        LSA_TRY(draw_limit(study, test, draw, kept, err));
    *out = *kept;
done:
    return status;
}
