/* cmd_verify.c - lsaflow verify: every claim with both its numbers, and the run directory with tables and figures. */
#include "base/text.h"
#include "base/try.h"
#include "cli/common.h"
#include "cli/error_figure.h"
#include "cli/flow_report.h"
#include "cli/formula_figures.h"
#include "cli/mutants_report.h"
#include "cli/state_figures.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "test-error (shifted, M = 20)" */
static void name_claim(const lsa_claim_result *result, lsa_text *out)
{
    lsa_text_add(out, result->name);
    if (result->each[0] != '\0')
        lsa_text_printf(out, " (%s)", result->each);
    if (result->test == NULL)
        return;
    lsa_text_add(out, " (");
    lsa_report_printable(out, result->test->name);
    if (!isnan(result->context))
        lsa_text_printf(out, ", M = %.15g", result->context);
    lsa_text_add(out, ")");
}

/* What stands behind every verdict that is not plainly good: "limit-u: the hypothesis ... is not met". */
static lsa_status print_reasons(ptrdiff_t count, const lsa_claim_result *results, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text lines;
    lsa_text_init(&lines);
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_claim_result *result = &results[i];
        const bool good = result->verdict == LSA_VERDICT_HOLDS || result->verdict == LSA_VERDICT_PROVED;
        if (good || result->why[0] == '\0')
            continue;
        lsa_text_add(&lines, lines.length == 0 ? "\nReasons\n  " : "  ");
        name_claim(result, &lines);
        lsa_text_add(&lines, ": ");
        lsa_report_printable(&lines, result->why);
        lsa_text_add(&lines, "\n");
    }
    LSA_TRY_MEMORY(lines.failed ? NULL : results, "the reasons");
    if (lines.length > 0)
        printf("%s", lines.data);
done:
    lsa_text_clear(&lines);
    return status;
}

/* "18 holds, 0 fails, 0 inconclusive, 2 not-applicable" */
static void print_summary(const document_verdicts *all)
{
    ptrdiff_t number[LSA_VERDICT_CONSISTENT + 1] = {0};
    for (ptrdiff_t i = 0; i < all->count; i++)
        number[all->results[i].verdict]++;
    printf("\nverdict: %s  (", all->text);
    for (int v = 0; v <= LSA_VERDICT_CONSISTENT; v++)
        if (v != LSA_VERDICT_CONSISTENT || number[v] > 0)
            printf("%s%td %s", v > 0 ? ", " : "", number[v], lsa_verdict_text((lsa_verdict)v));
    printf(")\n");
    if (all->left > 0)
        printf("claims left: %td\n", all->left);
}

static void print_units(lsa_units units)
{
    if (units.law != 0)
        printf("\nNumbers of claims are in units of 2^%d for Lambda, 2^%d for losses and errors, 2^%d for parameters, "
               "2^%d "
               "for flow time\n",
               units.law, units.loss, units.state, units.time);
}

static void print_road(const lsa_second_road *road)
{
    if (road->samples > 0)
        printf("\nThe path differs from that of one scalar equation by %.2g of its size at most (%td samples)\n",
               road->difference, road->samples);
}

/* ---------------------------------------------------------------- the command */

/* The sampled errors among the claims, by test. */
static lsa_status points_of(const cli_run *run, const lsa_claim_result *results, ptrdiff_t count, cli_points **out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = cli_points_create(run->experiment->n_tests);
    LSA_TRY_MEMORY(*out, "a figure");
    for (ptrdiff_t i = 0; i < count; i++)
        if (results[i].test != NULL && strcmp(results[i].name, "test-error") == 0 &&
            isfinite(results[i].standard_error))
            (*out)[results[i].test - run->experiment->tests].layer =
                (cli_measured){results[i].measured, results[i].standard_error};
done:
    return status;
}

/* What the command found. */
typedef struct findings {
    document_verdicts verdicts;
    document_drawings drawings;
    mutant_table mutants; /* of --mutants */
} findings;

static void findings_clear(findings *f)
{
    document_verdicts_clear(&f->verdicts);
    document_drawings_clear(&f->drawings);
    mutant_table_clear(&f->mutants);
}

static void json_findings(const cli_run *run, lsa_json *json, const findings *f)
{
    document_verdicts_json(json, &f->verdicts);
    document_drawings_json(json, &f->drawings);
    if (run->options->mutants)
        document_mutants_json(json, &f->mutants);
}

/* The flow and the tests: files, figures and their part of the document. */
static lsa_status write_findings(cli_run *run, lsa_run_directory *directory, lsa_json *json,
                                 const document_verdicts *all, const document_drawings *drawings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_trajectory *trajectory;
    lsa_report_test *tests = NULL;
    cli_points *points = NULL;
    document_courses courses = {.count = 0};
    lsa_table *table = NULL;
    LSA_TRY(lsa_study_trajectory(run->study, &trajectory, err));
    LSA_TRY(document_tests(run->study, run->reasons, NULL, &tests, err));
    LSA_TRY(document_flow(run->study, json, trajectory, err));
    lsa_json_tests(json, run->experiment->n_tests, tests);
    LSA_TRY(cli_flow_files(run, directory, trajectory, err));
    LSA_TRY(points_of(run, all->results, all->count, &points, err));
    LSA_TRY(cli_error_figures(run, directory, points, err));
    LSA_TRY(document_follow(run->study, trajectory, &courses, err));
    document_courses_json(json, &courses);
    LSA_TRY(cli_state_figures(run, directory, trajectory, &courses, err));
    LSA_TRY(cli_own_figures(directory, drawings, err));
    table = lsa_report_tests_table(run->experiment->n_tests, tests);
    LSA_TRY(lsa_run_directory_table(directory, "tests", "Test errors at the predicted limit", table, err));
done:
    lsa_table_destroy(table);
    document_courses_clear(&courses);
    free(points);
    free(tests);
    return status;
}

static lsa_status write_directory(cli_run *run, const findings *f, bool interrupted, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_json *json = NULL;
    const document_verdicts *all = &f->verdicts;
    LSA_TRY(cli_open_directory(run, &directory, err));
    if (directory == NULL)
        goto done;
    LSA_TRY(lsa_run_directory_claims(directory, all->count, all->claims, all->text, all->left, err));
    if (run->options->mutants)
        LSA_TRY(cli_mutants_write(directory, &f->mutants, err));
    json = lsa_json_create();
    json_findings(run, json, f);
    if (!interrupted)
        LSA_TRY(write_findings(run, directory, json, all, &f->drawings, err));
    LSA_TRY(lsa_run_directory_json(directory, json, err));
    LSA_TRY(cli_finish_directory(run, directory, err));
done:
    lsa_json_destroy(json);
    lsa_run_directory_destroy(directory);
    return status;
}

/* Says beforehand that sampling is slow, on the stream of messages. */
static void warn_of_time(const cli_run *run)
{
    const double seconds = lsa_verify_sampling_seconds(run->experiment);
    if (seconds > 0.0 && !run->options->quiet)
        fprintf(
            stderr,
            "lsaflow: prompts are long: a sampled claim takes about %.0f seconds of one thread or more; sampling ends "
            "after %g seconds in all (monte_carlo.seconds)\n",
            seconds, run->experiment->monte_carlo.seconds);
}

static lsa_status print_all(const cli_run *run, const document_verdicts *all, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(cli_print_title(run, err));
    LSA_TRY(cli_print_table("Claims", lsa_report_claims_table(all->count, all->claims), err));
    print_units(all->units);
    print_road(&all->road);
    LSA_TRY(print_reasons(all->count, all->results, err));
    print_summary(all);
done:
    return status;
}

/* Into the document, or as tables. */
static lsa_status show(cli_run *run, const findings *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (run->json != NULL) {
        json_findings(run, run->json, f);
        return LSA_OK;
    }
    LSA_TRY(print_all(run, &f->verdicts, err));
    LSA_TRY(cli_print_gaps(&f->drawings, err));
    if (run->options->mutants)
        LSA_TRY(cli_mutants_print(&f->mutants, err));
done:
    return status;
}

/* What comes after the verdicts, unless they were interrupted. */
static lsa_status find_more(cli_run *run, findings *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(document_draw(run->study, &f->drawings, err));
    if (run->options->mutants)
        LSA_TRY(mutants_judge(run->study, &f->mutants, err));
done:
    return status;
}

lsa_status cli_verify(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    findings f = {.verdicts = {0}};
    LSA_TRY(text_figures_check(run->experiment, err));
    warn_of_time(run);
    lsa_status judged = document_verify(run->study, &f.verdicts, &story);
    run->verdict = f.verdicts.verdict;
    if (judged == LSA_OK)
        judged = find_more(run, &f, &story);
    if (judged != LSA_OK && judged != LSA_ERR_INTERRUPTED)
        LSA_TRY(lsa_error_copy(err, judged, &story));
    lsa_progress_clear(run->progress);
    LSA_TRY(show(run, &f, err));
    LSA_TRY(write_directory(run, &f, judged == LSA_ERR_INTERRUPTED, err));
    if (judged != LSA_OK)
        status = lsa_error_copy(err, judged, &story);
done:
    findings_clear(&f);
    return status;
}
