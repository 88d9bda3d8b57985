/* samples.c - Monte Carlo estimates of the test errors, with the baselines on the same prompts. */
#include "document/document.h"

#include "base/try.h"
#include <math.h>
#include <stdlib.h>

/* The probability that any interval of a run misses its error. */
static const double family_alpha = 1e-6;

static void fill_baselines(document_sampled *out, unsigned asked, const lsa_sample_result *result)
{
    for (int b = 0; b < LSA_BASELINE_COUNT; b++) {
        if (!(asked & 1u << b))
            continue;
        const lsa_sample_estimate *own = &result->baseline[b], *difference = &result->difference[b];
        out->baselines[out->report.n_baselines++] =
            (lsa_report_baseline){.name = lsa_baseline_name(b),
                                  .error = {own->mean, own->reason},
                                  .standard_error = {own->standard_error, own->reason},
                                  .difference = {difference->mean, difference->reason},
                                  .difference_error = {difference->standard_error, difference->reason}};
    }
    out->report.baselines = out->baselines;
}

static void fill_report(document_sampled *out, const lsa_sample_result *result)
{
    const lsa_sample_estimate *error = &result->error, *controlled = &result->controlled;
    lsa_report_sample *report = &out->report;
    report->error = (lsa_quantity){error->mean, error->reason};
    report->standard_error = (lsa_quantity){error->standard_error, error->reason};
    report->half_width = (lsa_quantity){error->half_width, error->reason};
    report->controlled = (lsa_quantity){controlled->mean, controlled->reason};
    report->controlled_error = (lsa_quantity){controlled->standard_error, controlled->reason};
    report->reduction = (lsa_quantity){result->reduction, controlled->reason};
    report->prompts = result->prompts;
    report->resolved = result->resolved;
}

/* What theory says of the sample itself: the standard error it must have, and what it can notice. */
static lsa_status fill_power(lsa_study *study, lsa_arena *texts, const lsa_setting *test, const double *A,
                             document_sampled *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    const char *unknown = "the variance of the squared error has no closed form here";
    static const double rare = 3.0902323061678132; /* a normal number is above it once in a thousand */
    lsa_report_sample *report = &out->report;
    double exact = (double)NAN;
    if (A != NULL) {
        status = lsa_verify_sample_error(lsa_study_experiment(study), test, A, report->prompts, &exact, &story);
        LSA_TRY(document_reason(texts, status, &story, &unknown, err));
    }
    report->predicted_error = (lsa_quantity){exact, unknown};
    report->detects =
        (lsa_quantity){(report->half_width.value + rare * exact) / fabs(report->predicted.value), unknown};
done:
    return status;
}

/* No number, for one reason. */
static void fill_reason(document_sampled *out, const char *reason)
{
    const lsa_quantity none = {(double)NAN, reason};
    lsa_report_sample *report = &out->report;
    report->error = report->standard_error = report->half_width = none;
    report->controlled = report->controlled_error = report->reduction = none;
    report->predicted_error = report->detects = none;
}

/* A setting that cannot be drawn is reported with its reason; it is no failure. An interrupt leaves the prompts drawn
 * until then, report.prompts of them. */
static lsa_status sample_one(lsa_study *study, lsa_arena *texts, bool at_limit, const lsa_setting *test,
                             const double *parameters, double predicted, document_sampled *out, lsa_error *err)
{
    lsa_sample_result *const result = &out->result;
    lsa_error story = {0};
    lsa_sample_options options = lsa_sample_options_of(lsa_study_experiment(study));
    options.threads = lsa_study_settings(study)->threads;
    options.alpha = family_alpha / (double)lsa_study_experiment(study)->n_tests;
    options.interrupt = lsa_study_settings(study)->interrupt;
    out->report = (lsa_report_sample){
        .name = test->name, .context = test->context, .scale = document_scale_of(test), .predicted = {predicted, NULL}};
    lsa_status status = LSA_OK;
    if (at_limit)
        status = lsa_study_require_limit(study, test, &story);
    if (status == LSA_OK)
        status = lsa_sample_test(lsa_study_experiment(study), test, parameters, &options, result, &story);
    const char *reason;
    status = document_reason(texts, status, &story, &reason, err);
    if (reason != NULL) {
        fill_reason(out, reason);
        return LSA_OK;
    }
    if (status != LSA_OK && (status != LSA_ERR_INTERRUPTED || result->prompts == 0))
        return status;
    fill_report(out, result);
    fill_baselines(out, options.baselines, result);
    out->drawn = true;
    return status;
}

static lsa_status make_room(ptrdiff_t n, document_samples *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (document_samples){0};
    out->tests = calloc((size_t)n + 1, sizeof *out->tests);
    out->reports = calloc((size_t)n + 1, sizeof *out->reports);
    LSA_TRY_MEMORY(out->tests != NULL ? out->reports : NULL, "the samples");
done:
    return status;
}

void document_samples_clear(document_samples *samples)
{
    free(samples->tests);
    free(samples->reports);
}

lsa_status document_sample(lsa_study *study, lsa_arena *texts, const double *at, document_samples *out, lsa_error *err)
{
    lsa_status status = LSA_OK, drawn = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    const lsa_study_options *settings = lsa_study_settings(study);
    const double *parameters = at;
    double *A = NULL; /* u U; NULL where px or k are not zero */
    lsa_report_test *judged = NULL;
    LSA_TRY(make_room(experiment->n_tests, out, err));
    if (at == NULL)
        LSA_TRY(lsa_study_limit(study, &parameters, err));
    if (lsa_study_has_theory(study))
        LSA_TRY(document_product(study, parameters, &A, err));
    LSA_TRY(document_tests(study, texts, at, &judged, err));
    for (ptrdiff_t t = 0; t < experiment->n_tests && drawn == LSA_OK; t++) {
        const lsa_setting *test = &experiment->tests[t];
        if (settings->progress != NULL)
            settings->progress(settings->progress_context, test->name, (double)t / (double)experiment->n_tests);
        drawn = sample_one(study, texts, at == NULL, test, parameters, judged[t].error.value, &out->tests[t], err);
        if (out->tests[t].report.prompts > 0)
            LSA_TRY(fill_power(study, texts, test, A, &out->tests[t], err));
        out->reports[t] = out->tests[t].report;
        out->count += drawn == LSA_OK || out->reports[t].prompts > 0;
    }
    status = drawn;
done:
    free(judged);
    free(A);
    return status;
}
