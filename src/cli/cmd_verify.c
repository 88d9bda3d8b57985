/* cmd_verify.c - lsaflow verify: every claim with both its numbers, and the run directory with tables and figures. */
#include "base/text.h"
#include "base/try.h"
#include "cli/common.h"
#include "cli/flow_report.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- claims as records of the report */

typedef struct claim_records {
    lsa_arena *arena;
    lsa_report_claim *claims;
} claim_records;

static lsa_status record_claim(const lsa_claim_result *result, lsa_arena *arena, lsa_report_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_report_hypothesis *hypotheses = lsa_arena_alloc(arena, (size_t)result->n_hypotheses, sizeof *hypotheses);
    LSA_TRY_MEMORY(hypotheses, "the hypotheses of a claim");
    for (int i = 0; i < result->n_hypotheses; i++) {
        const lsa_hypothesis *h = &result->hypotheses[i];
        hypotheses[i] =
            (lsa_report_hypothesis){.name = h->name,
                                    .value = {h->value, NULL},
                                    .bound = {h->bound, NULL},
                                    .margin = {h->met ? fabs(h->bound - h->value) : -fabs(h->bound - h->value), NULL},
                                    .met = h->met};
    }
    static const char *const no_number = "there is no such number for this claim";
    const char *reason = result->why[0] != '\0' ? result->why : no_number;
    *out = (lsa_report_claim){.name = result->name,
                              .source = result->source,
                              .test = result->test,
                              .context = result->context,
                              .n_hypotheses = result->n_hypotheses,
                              .hypotheses = hypotheses,
                              .predicted = {result->predicted, reason},
                              .measured = {result->measured, reason},
                              .tolerance = {result->tolerance, no_number},
                              .slack = {result->slack, "the claim is no inequality"},
                              .verdict = lsa_verdict_text(result->verdict),
                              .why = result->why};
done:
    return status;
}

static lsa_status record_claims(const lsa_claim_result *results, ptrdiff_t count, claim_records *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    out->arena = lsa_arena_create();
    LSA_TRY_MEMORY(out->arena, "the verdicts");
    out->claims = lsa_arena_alloc(out->arena, (size_t)count, sizeof *out->claims);
    LSA_TRY_MEMORY(out->claims, "the verdicts");
    for (ptrdiff_t i = 0; i < count; i++)
        LSA_TRY(record_claim(&results[i], out->arena, &out->claims[i], err));
done:
    return status;
}

static void json_verify(lsa_json *json, ptrdiff_t count, const lsa_report_claim *claims, lsa_verdict overall)
{
    lsa_json_claims(json, count, claims);
    lsa_json_string(json, "verdict", lsa_verdict_text(overall));
}

/* "18 holds, 0 fails, 0 inconclusive, 2 not-applicable" */
static void print_summary(const lsa_claim_result *results, ptrdiff_t count, lsa_verdict overall)
{
    ptrdiff_t number[LSA_VERDICT_PROVED + 1] = {0};
    for (ptrdiff_t i = 0; i < count; i++)
        number[results[i].verdict]++;
    printf("\nverdict: %s  (", lsa_verdict_text(overall));
    for (int v = 0; v <= LSA_VERDICT_PROVED; v++)
        printf("%s%td %s", v > 0 ? ", " : "", number[v], lsa_verdict_text((lsa_verdict)v));
    printf(")\n");
}

/* ---------------------------------------------------------------- the figure of test errors */

enum { CURVE_POINTS = 60, FIGURES_MAX = 4 };

/* The error against M for the tests first..last-1, which differ in their context only. */
typedef struct error_figure {
    ptrdiff_t n_curve, n_points;
    double context[CURVE_POINTS], error[CURVE_POINTS], best[CURVE_POINTS];
    double *point; /* context, error, standard error: n_tests each */
} error_figure;

/* Integers spaced evenly in their logarithm from 1 to `greatest`, without repetition. */
static ptrdiff_t curve_contexts(double greatest, double out[CURVE_POINTS])
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < CURVE_POINTS; i++) {
        const double M = round(exp(log(greatest) * (double)i / (CURVE_POINTS - 1)));
        if (count == 0 || M > out[count - 1])
            out[count++] = M;
    }
    return count;
}

static double greatest_context(const lsa_test *tests, ptrdiff_t first, ptrdiff_t last, double N)
{
    double greatest = isfinite(N) ? N : 100.0;
    for (ptrdiff_t t = first; t < last; t++)
        if (isfinite(tests[t].context))
            greatest = fmax(greatest, tests[t].context);
    return 4.0 * greatest;
}

static lsa_status fill_curve(cli_run *run, const lsa_theory *theory, lsa_test test, error_figure *figure, double *limit,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error judged;
    for (ptrdiff_t i = 0; i < figure->n_curve; i++) {
        test.context = figure->context[i];
        LSA_TRY(lsa_study_judge(theory, run->experiment, &test, NULL, &judged, err));
        figure->error[i] = judged.error;
        figure->best[i] = judged.best_linear;
    }
    test.context = INFINITY;
    LSA_TRY(lsa_study_judge(theory, run->experiment, &test, NULL, &judged, err));
    *limit = judged.error;
done:
    return status;
}

/* The sampled errors of these tests, from the claim "test-error". */
static void fill_points(const lsa_test *tests, ptrdiff_t first, ptrdiff_t last, const lsa_claim_result *results,
                        ptrdiff_t count, error_figure *figure, ptrdiff_t stride)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_claim_result *result = &results[i];
        if (result->test == NULL || strcmp(result->name, "test-error") != 0 || !isfinite(result->standard_error))
            continue;
        for (ptrdiff_t t = first; t < last; t++) {
            if (result->test != tests[t].name || result->context != tests[t].context)
                continue;
            figure->point[figure->n_points] = result->context;
            figure->point[stride + figure->n_points] = result->measured;
            figure->point[2 * stride + figure->n_points] = result->standard_error;
            figure->n_points++;
            break;
        }
    }
}

static lsa_status draw_errors(cli_run *run, lsa_run_directory *directory, int number, ptrdiff_t first, ptrdiff_t last,
                              const lsa_claim_result *results, ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_test *tests = run->experiment->tests;
    const lsa_theory *theory;
    error_figure figure = {0};
    double limit;
    char stem[32] = "errors";
    figure.point = calloc((size_t)(3 * (last - first)), sizeof *figure.point);
    LSA_TRY_MEMORY(figure.point, "a figure");
    LSA_TRY(lsa_study_theory(run->study, &theory, err));
    figure.n_curve =
        curve_contexts(greatest_context(tests, first, last, run->experiment->data.context), figure.context);
    LSA_TRY(fill_curve(run, theory, tests[first], &figure, &limit, err));
    fill_points(tests, first, last, results, count, &figure, last - first);
    if (number > 1)
        snprintf(stem, sizeof stem, "errors-%d", number);
    const bool one_name = strcmp(tests[first].name, tests[last - 1].name) == 0;
    const lsa_report_errors errors = {.name = one_name ? tests[first].name : NULL,
                                      .n_curve = figure.n_curve,
                                      .context = figure.context,
                                      .error = figure.error,
                                      .best_linear = figure.best,
                                      .limit = limit,
                                      .training_context = run->experiment->data.context,
                                      .n_points = figure.n_points,
                                      .point_context = figure.point,
                                      .point_error = figure.point + (last - first),
                                      .point_stderr = figure.point + 2 * (last - first)};
    LSA_TRY(lsa_figure_errors(directory, stem, &errors, err));
done:
    free(figure.point);
    return status;
}

/* Two tests that differ in their context and name only belong on one curve. */
static bool same_law(const lsa_test *a, const lsa_test *b)
{
    const bool same_covariates = a->covariance_is_train ? b->covariance_is_train : a->covariance == b->covariance;
    const bool same_query = a->query_is_same ? b->query_is_same : a->query == b->query;
    return same_covariates && same_query && a->task == b->task && a->task_covariance == b->task_covariance &&
           a->task_vector == b->task_vector && a->label_noise == b->label_noise && a->query_noise == b->query_noise;
}

/* One figure for each run of neighbouring tests of one law. */
static lsa_status draw_all_errors(cli_run *run, lsa_run_directory *directory, const lsa_claim_result *results,
                                  ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_test *tests = run->experiment->tests;
    int number = 0;
    for (ptrdiff_t first = 0, last; first < run->experiment->n_tests && number < FIGURES_MAX; first = last) {
        for (last = first + 1; last < run->experiment->n_tests && same_law(&tests[first], &tests[last]);)
            last++;
        LSA_TRY(draw_errors(run, directory, ++number, first, last, results, count, err));
    }
done:
    return status;
}

/* ---------------------------------------------------------------- the command */

static lsa_status write_directory(cli_run *run, const lsa_claim_result *results, const lsa_report_claim *claims,
                                  ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_json *json = NULL;
    lsa_table *table = NULL;
    lsa_report_test *tests = NULL;
    const lsa_trajectory *trajectory;
    LSA_TRY(cli_open_directory(run, &directory, err));
    if (directory == NULL)
        goto done;
    LSA_TRY(lsa_run_directory_claims(directory, count, claims, lsa_verdict_text(run->verdict), err));
    LSA_TRY(lsa_study_trajectory(run->study, &trajectory, err));
    LSA_TRY(cli_judge_tests(run, NULL, &tests, err));
    json = lsa_json_create();
    json_verify(json, count, claims, run->verdict);
    LSA_TRY(cli_flow_json(run, json, trajectory, err));
    lsa_json_tests(json, run->experiment->n_tests, tests);
    LSA_TRY(lsa_run_directory_json(directory, json, err));
    LSA_TRY(cli_flow_files(run, directory, trajectory, err));
    LSA_TRY(draw_all_errors(run, directory, results, count, err));
    table = lsa_report_tests_table(run->experiment->n_tests, tests);
    LSA_TRY(lsa_run_directory_table(directory, "tests", "Test errors at the predicted limit", table, err));
    LSA_TRY(lsa_run_directory_finish(directory, err));
    if (run->json == NULL)
        printf("written: %s/index.html\n", run->directory);
done:
    free(tests);
    lsa_table_destroy(table);
    lsa_json_destroy(json);
    lsa_run_directory_destroy(directory);
    return status;
}

lsa_status cli_verify(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *results = NULL;
    claim_records records = {0};
    ptrdiff_t count;
    LSA_TRY(lsa_verify(run->study, &results, &count, err));
    lsa_progress_clear(run->progress);
    run->verdict = lsa_verify_overall(results, count);
    LSA_TRY(record_claims(results, count, &records, err));
    if (run->json != NULL) {
        json_verify(run->json, count, records.claims, run->verdict);
    } else {
        LSA_TRY(cli_print_table(run->experiment->title, lsa_report_claims_table(count, records.claims), err));
        print_summary(results, count, run->verdict);
    }
    LSA_TRY(write_directory(run, results, records.claims, count, err));
done:
    lsa_arena_destroy(records.arena);
    free(results);
    return status;
}
