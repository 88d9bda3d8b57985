/* cmd_sample.c - lsaflow sample: Monte Carlo estimates of the test errors, with the baselines on the same prompts. */
#include "base/try.h"
#include "cli/common.h"
#include "cli/error_figure.h"
#include <stdlib.h>

/* The parameters that are sampled at; NULL: the predicted limit. */
static lsa_status parameters_at(cli_run *run, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_trajectory *trajectory;
    switch (run->options->at) {
    case CLI_AT_LIMIT:
        *out = NULL;
        break;
    case CLI_AT_INIT:
        return lsa_study_start(run->study, out, err);
    case CLI_AT_FINAL:
        LSA_TRY(lsa_study_trajectory(run->study, &trajectory, err));
        *out = lsa_trajectory_final(trajectory).state;
    }
done:
    return status;
}

/* For the figures: what has no finite mean or variance is a gap there. */
static void fill_points(const document_sampled *test, unsigned asked, cli_points *out)
{
    const lsa_sample_result *result = &test->result;
    *out = cli_points_none();
    if (!test->drawn)
        return;
    out->layer = (cli_measured){result->error.mean, result->error.standard_error};
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        if (asked & 1u << b)
            out->baseline[b] = (cli_measured){result->baseline[b].mean, result->baseline[b].standard_error};
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
    lsa_status status = LSA_OK, drawn = LSA_OK;
    lsa_error story = {0};
    const double *parameters;
    const unsigned asked = lsa_sample_options_of(run->experiment).baselines;
    document_samples samples = {0};
    cli_points *points = cli_points_create(run->experiment->n_tests);
    LSA_TRY_MEMORY(points, "the samples");
    LSA_TRY(parameters_at(run, &parameters, err));
    drawn = document_sample(run->study, run->reasons, parameters, &samples, &story);
    lsa_progress_clear(run->progress);
    for (ptrdiff_t t = 0; samples.tests != NULL && t < run->experiment->n_tests; t++)
        fill_points(&samples.tests[t], asked, &points[t]);
    const cli_findings findings = {.what = samples.reports,
                                   .count = samples.count,
                                   .document = document,
                                   .table = table_of,
                                   .stem = "samples",
                                   .heading = "Sampled test errors, E(prediction - label)^2",
                                   .figures = parameters == NULL ? draw : NULL, /* theory's curves are its */
                                   .drawn = points};
    if (drawn == LSA_OK || drawn == LSA_ERR_INTERRUPTED) {
        LSA_TRY(cli_show_findings(run, &findings, err));
        LSA_TRY(cli_write_findings(run, &findings, err));
    }
    if (drawn != LSA_OK)
        status = lsa_error_copy(err, drawn, &story);
done:
    free(points);
    document_samples_clear(&samples);
    return status;
}
