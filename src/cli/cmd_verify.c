/* cmd_verify.c - lsaflow verify: every claim with both its numbers, and the run directory with tables and figures. */
#include "base/text.h"
#include "base/try.h"
#include "cli/common.h"
#include "cli/error_figure.h"
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

static lsa_status witnesses_of(unsigned witnesses, lsa_arena *arena, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    lsa_claim_witnesses(witnesses, &text);
    LSA_TRY_MEMORY(text.failed ? NULL : &text, "the witnesses of a claim");
    *out = lsa_arena_text(arena, text.data != NULL ? text.data : "", text.length);
    LSA_TRY_MEMORY(*out, "the witnesses of a claim");
done:
    lsa_text_clear(&text);
    return status;
}

/* A claim of the model file: its formula, and who knows its sides. */
static lsa_status record_text(const lsa_claim_result *result, lsa_arena *arena, lsa_report_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (result->text == NULL)
        return LSA_OK;
    out->formula = lsa_claim_formula(result->text);
    out->each = result->each;
    out->kind = result->kind;
    out->place = result->place;
    out->span = result->span;
    out->enclosed = result->enclosed;
    out->tautology = result->tautology;
    out->tight = result->tight;
    for (int k = 0; k < 2; k++)
        LSA_TRY(witnesses_of(result->witnesses[k], arena, &out->witnesses[k], err));
done:
    return status;
}

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
                              .test = result->test != NULL ? result->test->name : NULL,
                              .context = result->context,
                              .scale = cli_scale_of(result->test),
                              .n_hypotheses = result->n_hypotheses,
                              .hypotheses = hypotheses,
                              .predicted = {result->predicted, reason},
                              .measured = {result->measured, reason},
                              .tolerance = {result->tolerance, no_number},
                              .slack = {result->slack, "the claim is no inequality"},
                              .resolution = {result->resolution, "the prediction has no size that is known"},
                              .confirmations = result->confirmations,
                              .withdrawn = result->withdrawn,
                              .fresh = result->fresh.drawn,
                              .fresh_measured = {result->fresh.measured, no_number},
                              .fresh_tolerance = {result->fresh.tolerance, no_number},
                              .verdict = lsa_verdict_text(result->verdict),
                              .why = result->why};
    LSA_TRY(record_text(result, arena, out, err));
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

/* Present where the claims' numbers are not in the user's units: his are these times the claims'. */
static void json_units(lsa_json *json, lsa_units units)
{
    if (units.law == 0)
        return;
    lsa_json_object(json, "units");
    lsa_json_number(json, "covariance", ldexp(1.0, units.law));
    lsa_json_number(json, "loss", ldexp(1.0, units.loss));
    lsa_json_number(json, "parameters", ldexp(1.0, units.state));
    lsa_json_number(json, "time", ldexp(1.0, units.time));
    lsa_json_end(json);
}

/* What is said of all claims together. */
typedef struct overall {
    const char *verdict; /* "interrupted" where it was */
    ptrdiff_t left;      /* claims that an interrupt left */
    lsa_second_road road;
} overall;

static void json_road(lsa_json *json, const lsa_second_road *road)
{
    const lsa_quantity difference = {road->difference, road->reason}, time = {road->time, road->reason};
    if (!road->asked)
        return;
    lsa_json_object(json, "second_road");
    lsa_json_string(json, "method", "spectral");
    lsa_json_integer(json, "samples", road->samples);
    lsa_json_quantity(json, "difference", difference);
    lsa_json_quantity(json, "time", time);
    lsa_json_end(json);
}

static lsa_status judge_overall(const cli_run *run, const lsa_claim_result *results, ptrdiff_t count, bool interrupted,
                                overall *out, lsa_error *err)
{
    *out = (overall){.verdict = lsa_verdict_text(run->verdict)};
    if (!interrupted)
        return lsa_study_second_road(run->study, &out->road, err);
    out->verdict = "interrupted";
    out->left = lsa_verify_left(run->experiment, results, count);
    return LSA_OK;
}

/* Sampled claims that missed their interval and were judged once more, on fresh prompts. */
static ptrdiff_t count_fresh(ptrdiff_t count, const lsa_report_claim *claims)
{
    ptrdiff_t fresh = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        fresh += claims[i].fresh;
    return fresh;
}

static void json_verify(lsa_json *json, ptrdiff_t count, const lsa_report_claim *claims, overall all, lsa_units units)
{
    lsa_json_claims(json, count, claims);
    json_units(json, units);
    const ptrdiff_t fresh = count_fresh(count, claims);
    if (fresh > 0)
        lsa_json_integer(json, "fresh_samples", fresh);
    json_road(json, &all.road);
    if (all.left > 0)
        lsa_json_integer(json, "claims_left", all.left);
    lsa_json_string(json, "verdict", all.verdict);
}

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
static void print_summary(const lsa_claim_result *results, ptrdiff_t count, overall all)
{
    ptrdiff_t number[LSA_VERDICT_PROVED + 1] = {0};
    for (ptrdiff_t i = 0; i < count; i++)
        number[results[i].verdict]++;
    printf("\nverdict: %s  (", all.verdict);
    for (int v = 0; v <= LSA_VERDICT_PROVED; v++)
        printf("%s%td %s", v > 0 ? ", " : "", number[v], lsa_verdict_text((lsa_verdict)v));
    printf(")\n");
    if (all.left > 0)
        printf("claims left: %td\n", all.left);
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

/* The flow and the tests: files, figures and their part of the document. */
static lsa_status write_findings(cli_run *run, lsa_run_directory *directory, lsa_json *json,
                                 const lsa_claim_result *results, ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_trajectory *trajectory;
    lsa_report_test *tests = NULL;
    cli_points *points = NULL;
    lsa_table *table = NULL;
    LSA_TRY(lsa_study_trajectory(run->study, &trajectory, err));
    LSA_TRY(cli_judge_tests(run, NULL, &tests, err));
    LSA_TRY(cli_flow_json(run, json, trajectory, err));
    lsa_json_tests(json, run->experiment->n_tests, tests);
    LSA_TRY(cli_flow_files(run, directory, trajectory, err));
    LSA_TRY(points_of(run, results, count, &points, err));
    LSA_TRY(cli_error_figures(run, directory, points, err));
    table = lsa_report_tests_table(run->experiment->n_tests, tests);
    LSA_TRY(lsa_run_directory_table(directory, "tests", "Test errors at the predicted limit", table, err));
done:
    lsa_table_destroy(table);
    free(points);
    free(tests);
    return status;
}

static lsa_status write_directory(cli_run *run, const lsa_claim_result *results, const lsa_report_claim *claims,
                                  ptrdiff_t count, overall all, bool interrupted, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_json *json = NULL;
    LSA_TRY(cli_open_directory(run, &directory, err));
    if (directory == NULL)
        goto done;
    LSA_TRY(lsa_run_directory_claims(directory, count, claims, all.verdict, all.left, err));
    json = lsa_json_create();
    json_verify(json, count, claims, all, lsa_verify_units(run->study));
    if (!interrupted)
        LSA_TRY(write_findings(run, directory, json, results, count, err));
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

lsa_status cli_verify(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *results = NULL;
    claim_records records = {0};
    ptrdiff_t count;
    warn_of_time(run);
    status = lsa_verify(run->study, &results, &count, err);
    const bool interrupted = status == LSA_ERR_INTERRUPTED;
    if (status != LSA_OK && !interrupted)
        goto done;
    lsa_progress_clear(run->progress);
    run->verdict = lsa_verify_overall(results, count);
    overall all;
    LSA_TRY(judge_overall(run, results, count, interrupted, &all, err));
    LSA_TRY(record_claims(results, count, &records, err));
    if (run->json != NULL) {
        json_verify(run->json, count, records.claims, all, lsa_verify_units(run->study));
    } else {
        LSA_TRY(cli_print_title(run, err));
        LSA_TRY(cli_print_table("Claims", lsa_report_claims_table(count, records.claims), err));
        print_units(lsa_verify_units(run->study));
        print_road(&all.road);
        LSA_TRY(print_reasons(count, results, err));
        print_summary(results, count, all);
    }
    LSA_TRY(write_directory(run, results, records.claims, count, all, interrupted, err));
    if (interrupted)
        status = lsa_error_set(err, LSA_ERR_INTERRUPTED,
                               "interrupted; the claims that were judged are kept, %td are left", all.left);
done:
    lsa_arena_destroy(records.arena);
    free(results);
    return status;
}
