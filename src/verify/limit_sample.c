/* limit_sample.c - prompts of the tests at the predicted limit, each test drawn once. */
#include "verify/study_state.h"

#include "base/try.h"
#include <stdio.h>
#include <stdlib.h>

lsa_sample_options lsa_study_sampling(const lsa_study *study, double alpha)
{
    lsa_sample_options options = lsa_sample_options_of(study->experiment);
    options.alpha = alpha;
    options.baselines = 0;
    options.threads = study->options.threads;
    options.interrupt = study->options.interrupt;
    return options;
}

static lsa_status draw_limit(lsa_study *study, const lsa_setting *test, double alpha, lsa_limit_sample *out,
                             lsa_error *err)
{
    const double *limit;
    lsa_error story = {0};
    lsa_sample_options options = lsa_study_sampling(study, alpha);
    options.baselines = LSA_BASELINE_BEST_LINEAR; /* it reads no context, so it costs next to nothing */
    lsa_status status = lsa_study_limit(study, &limit, err);
    if (status != LSA_OK)
        return status;
    *out = (lsa_limit_sample){.made = true, .alpha = alpha};
    status = lsa_study_require_limit(study, test, &story);
    if (status == LSA_OK)
        status = lsa_sample_test(study->experiment, test, limit, &options, &out->result, &story);
    if (status != LSA_OK && !lsa_status_is_no_answer(status))
        return lsa_error_set(err, status, "%s", story.text);
    out->drawn = status == LSA_OK && !out->result.error.infinite;
    if (status != LSA_OK)
        snprintf(out->reason, sizeof out->reason, "%.*s", LSA_WHY_MAX - 1, story.text);
    else if (!out->drawn)
        snprintf(out->reason, sizeof out->reason, "the expectation does not exist: %s", out->result.error.reason);
    return LSA_OK;
}

lsa_status lsa_study_sample_limit(lsa_study *study, const lsa_setting *test, double alpha, lsa_limit_sample *out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = study->experiment;
    if (study->samples == NULL) {
        study->samples = calloc((size_t)experiment->n_tests + 1, sizeof *study->samples);
        LSA_TRY_MEMORY(study->samples, "the sampled tests");
    }
    const bool entered = test->number >= 0; /* else a setting that a claim has made for itself */
    lsa_limit_sample *kept = &study->samples[entered ? test->number : experiment->n_tests];
    if (!entered || !kept->made || kept->alpha != alpha)
        LSA_TRY(draw_limit(study, test, alpha, kept, err));
    *out = *kept;
done:
    return status;
}
