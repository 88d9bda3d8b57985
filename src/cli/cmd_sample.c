/* cmd_sample.c - lsaflow sample: Monte Carlo estimates of the test errors, with the baselines on the same prompts. */
#include "base/try.h"
#include "cli/common.h"
#include "cli/error_figure.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The probability that any interval of a run misses its error. */
static const double family_alpha = 1e-6;

/* One sampled test with room for its baselines. */
typedef struct sampled {
    lsa_report_sample report;
    lsa_report_baseline baselines[LSA_BASELINE_COUNT];
    cli_points points;
} sampled;

static lsa_status parameters_at(cli_run *run, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_trajectory *trajectory;
    switch (run->options->at) {
    case CLI_AT_LIMIT:
        return lsa_study_limit(run->study, out, err);
    case CLI_AT_INIT:
        return lsa_study_start(run->study, out, err);
    case CLI_AT_FINAL:
        LSA_TRY(lsa_study_trajectory(run->study, &trajectory, err));
        *out = lsa_trajectory_final(trajectory).state;
    }
done:
    return status;
}

static void fill_baselines(sampled *out, unsigned asked, const lsa_sample_result *result)
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

/* For the figures: what has no finite mean or variance is a gap there. */
static void fill_points(sampled *out, unsigned asked, const lsa_sample_result *result)
{
    out->points.layer = (cli_measured){result->error.mean, result->error.standard_error};
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        if (asked & 1u << b)
            out->points.baseline[b] = (cli_measured){result->baseline[b].mean, result->baseline[b].standard_error};
}

static void fill_report(sampled *out, const lsa_sample_result *result)
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
static lsa_status fill_power(const cli_run *run, const lsa_setting *test, const double *A, sampled *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    const char *unknown = "the variance of the squared error has no closed form here";
    static const double rare = 3.0902323061678132; /* a normal number is above it once in a thousand */
    lsa_report_sample *report = &out->report;
    double exact = (double)NAN;
    if (A != NULL) {
        status = lsa_verify_sample_error(run->experiment, test, A, report->prompts, &exact, &story);
        LSA_TRY(cli_reason(run, status, &story, &unknown, err));
    }
    report->predicted_error = (lsa_quantity){exact, unknown};
    report->detects =
        (lsa_quantity){(report->half_width.value + rare * exact) / fabs(report->predicted.value), unknown};
done:
    return status;
}

/* No number, for one reason. */
static void fill_reason(sampled *out, const char *reason)
{
    const lsa_quantity none = {(double)NAN, reason};
    lsa_report_sample *report = &out->report;
    report->error = report->standard_error = report->half_width = none;
    report->controlled = report->controlled_error = report->reduction = none;
    report->predicted_error = report->detects = none;
}

/* A setting that cannot be drawn is reported with its reason; it is no failure. An interrupt leaves the prompts drawn
 * until then, report.prompts of them. */
static lsa_status sample_one(cli_run *run, const lsa_setting *test, const double *parameters, double predicted,
                             sampled *out, lsa_error *err)
{
    lsa_sample_result result = {0};
    lsa_error story = {0};
    const cli_points none = cli_points_none();
    lsa_sample_options options = lsa_sample_options_of(run->experiment);
    options.threads = run->options->threads;
    options.alpha = family_alpha / (double)run->experiment->n_tests;
    options.interrupt = lsa_study_settings(run->study)->interrupt;
    out->points = none;
    out->report = (lsa_report_sample){
        .name = test->name, .context = test->context, .scale = cli_scale_of(test), .predicted = {predicted, NULL}};
    lsa_status status = LSA_OK;
    if (run->options->at == CLI_AT_LIMIT)
        status = lsa_study_require_limit(run->study, test, &story);
    if (status == LSA_OK)
        status = lsa_sample_test(run->experiment, test, parameters, &options, &result, &story);
    const char *reason;
    status = cli_reason(run, status, &story, &reason, err);
    if (reason != NULL) {
        fill_reason(out, reason);
        return LSA_OK;
    }
    if (status != LSA_OK && (status != LSA_ERR_INTERRUPTED || result.prompts == 0))
        return status;
    fill_report(out, &result);
    fill_baselines(out, options.baselines, &result);
    fill_points(out, options.baselines, &result);
    return status;
}

static lsa_status document(cli_run *run, lsa_json *json, const cli_findings *findings, lsa_error *err)
{
    (void)run;
    (void)err;
    lsa_json_samples(json, findings->count, findings->what);
    return LSA_OK;
}

static lsa_table *table_of(const cli_findings *findings)
{
    return lsa_report_samples_table(findings->count, findings->what);
}

static lsa_status draw(cli_run *run, lsa_run_directory *directory, const cli_findings *findings, lsa_error *err)
{
    return cli_error_figures(run, directory, findings->drawn, err);
}

lsa_status cli_sample(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_status drawn = LSA_OK;
    lsa_error story = {0};
    const double *parameters;
    double *A = NULL; /* u U; NULL where px or k are not zero */
    const ptrdiff_t n = run->experiment->n_tests;
    ptrdiff_t finished = 0;
    lsa_report_test *judged = NULL;
    sampled *tests = calloc((size_t)n + 1, sizeof *tests);
    lsa_report_sample *reports = calloc((size_t)n + 1, sizeof *reports);
    cli_points *points = cli_points_create(n);
    LSA_TRY_MEMORY(tests && reports ? points : NULL, "the samples");
    LSA_TRY(parameters_at(run, &parameters, err));
    if (lsa_study_has_theory(run->study))
        LSA_TRY(cli_product_of(run, parameters, &A, err));
    LSA_TRY(cli_judge_tests(run, run->options->at == CLI_AT_LIMIT ? NULL : parameters, &judged, err));
    for (ptrdiff_t t = 0; t < n && drawn == LSA_OK; t++) {
        lsa_progress_update(run->progress, (double)t / (double)n, run->experiment->tests[t].name);
        drawn = sample_one(run, &run->experiment->tests[t], parameters, judged[t].error.value, &tests[t], &story);
        if (tests[t].report.prompts > 0)
            LSA_TRY(fill_power(run, &run->experiment->tests[t], A, &tests[t], err));
        reports[t] = tests[t].report;
        points[t] = tests[t].points;
        finished += drawn == LSA_OK || reports[t].prompts > 0;
    }
    lsa_progress_clear(run->progress);
    const cli_findings findings = {.what = reports,
                                   .count = finished,
                                   .document = document,
                                   .table = table_of,
                                   .stem = "samples",
                                   .heading = "Sampled test errors, E(prediction - label)^2",
                                   .figures =
                                       run->options->at == CLI_AT_LIMIT ? draw : NULL, /* theory's curves are its */
                                   .drawn = points};
    if (drawn == LSA_OK || drawn == LSA_ERR_INTERRUPTED) {
        LSA_TRY(cli_show_findings(run, &findings, err));
        LSA_TRY(cli_write_findings(run, &findings, err));
    }
    if (drawn != LSA_OK)
        status = lsa_error_set(err, drawn, "%s", story.text);
done:
    free(A);
    free(judged);
    free(points);
    free(reports);
    free(tests);
    return status;
}
