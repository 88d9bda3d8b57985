/* limit_sample.c - prompts of the tests at the predicted limit, each test drawn once. */
#include "verify/study_state.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* No claim takes all the time that is left. */
static const double time_share = 0.5;

lsa_sample_options lsa_study_sampling(lsa_study *study, const lsa_study_draw *draw)
{
    lsa_sample_options options = lsa_sample_options_of(study->experiment);
    options.alpha = draw->alpha;
    options.relative_error = draw->relative_error;
    options.first = draw->fresh ? (uint64_t)options.prompts : 0;
    options.baselines = 0;
    options.threads = study->options.threads;
    options.interrupt = study->options.interrupt;
    options.seconds = time_share * fmax(study->experiment->monte_carlo.seconds - study->sampling_seconds, 0.0);
    options.spent = &study->sampling_seconds;
    return options;
}

/* *A = the trained product, of which the variance of a squared error is known; NULL where it is not. The caller frees it. */
static lsa_status product_of(lsa_study *study, double **A, lsa_error *err)
{
    lsa_error story = {0};
    const ptrdiff_t d = study->experiment->data.d;
    *A = NULL;
    if (!lsa_study_has_theory(study) || d > LSA_SPREAD_DIMENSION)
        return LSA_OK;
    *A = lsa_vec_create(d * d);
    if (*A == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the trained product");
    const lsa_status status = lsa_study_trained_product(study, *A, &story);
    if (status == LSA_OK)
        return LSA_OK;
    free(*A);
    *A = NULL;
    return lsa_status_is_no_answer(status) ? LSA_OK : lsa_error_copy(err, status, &story);
}

/* Draws until the interval is narrow and its spread that of theory, or the budget is spent. */
static lsa_status draw_trusted(lsa_study *study, const lsa_setting *test, const double *limit,
                               lsa_sample_options options, lsa_limit_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *A = NULL;
    LSA_TRY(product_of(study, &A, err));
    do {
        out->reason[0] = '\0';
        LSA_TRY(lsa_study_sample_test(study, test, limit, &options, &out->fast, &out->result, err));
        options.relative_error /= 2.0;
        if (out->result.error.infinite || out->result.late || !isfinite(out->result.attained))
            break;
        LSA_TRY(lsa_study_check_spread(study, test, A, &out->result, out->reason, err));
    } while (out->reason[0] != '\0' && out->result.prompts < options.prompts);
    if (out->reason[0] == '\0' && out->result.error.reason != NULL)
        snprintf(out->reason, sizeof out->reason, "%s%s",
                 out->result.error.infinite ? "the expectation does not exist: " : "", out->result.error.reason);
done:
    free(A);
    return status;
}

static lsa_status draw_limit(lsa_study *study, const lsa_setting *test, const lsa_study_draw *draw,
                             lsa_limit_sample *out, lsa_error *err)
{
    const double *limit;
    lsa_error story = {0};
    lsa_sample_options options = lsa_study_sampling(study, draw);
    options.baselines = LSA_BASELINE_BEST_LINEAR; /* it reads no context, so it costs next to nothing */
    lsa_status status = lsa_study_limit(study, &limit, err);
    if (status != LSA_OK)
        return status;
    *out = (lsa_limit_sample){.made = true, .alpha = draw->alpha};
    status = lsa_study_require_limit(study, test, &story);
    if (status == LSA_OK)
        status = draw_trusted(study, test, limit, options, out, &story);
    if (status != LSA_OK && !lsa_status_is_no_answer(status))
        return lsa_error_copy(err, status, &story);
    out->drawn = status == LSA_OK && !out->result.error.infinite;
    if (status != LSA_OK)
        snprintf(out->reason, sizeof out->reason, "%.*s", LSA_WHY_MAX - 1, story.text);
    return LSA_OK;
}

lsa_status lsa_study_sample_limit(lsa_study *study, const lsa_setting *test, const lsa_study_draw *draw,
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
