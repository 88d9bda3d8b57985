/* cmd_bench.c - lsaflow bench: the performance table of this machine. */
#include "base/try.h"
#include "bench/bench.h"
#include "cli/common.h"
#include "cli/interrupt.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the numbers do not say of themselves. */
static const char *const caveats[] = {
    "One thread. Rounds are interleaved; other work on this machine moves seconds, and ratios less.",
    "Debian compiles SUNDIALS without optimisation: part of every ratio to it as packaged.",
    ("rtol bounds the maximum norm here and a mean over the unknowns elsewhere: at the same rtol ours is the finer "
     "path."),
    "Below d = 32 the peers' seconds are those of their interpreters.", NULL};

static const lsa_table_column columns[] = {
    {"name", NULL, NULL, 0, false},   {"case", NULL, NULL, 0, false},       {"size", NULL, NULL, 0, false},
    {"median", NULL, NULL, 4, false}, {"minimum", NULL, "least", 4, false}, {"unit", NULL, NULL, 0, false},
    {"ratio", NULL, NULL, 3, false},  {"against", NULL, NULL, 0, false},    {"steps", NULL, NULL, 6, false},
    {"error", NULL, NULL, 2, false},  {"note", NULL, NULL, 0, false}};

/* The cases of one group, without its name; or of all (NULL). */
static lsa_table *table_of(const bench_plan *plan, const char *name)
{
    char text[BENCH_LABEL + 32];
    const int skipped = name != NULL;
    lsa_table *table = lsa_table_create((ptrdiff_t)(sizeof columns / sizeof *columns) - skipped, columns + skipped);
    for (ptrdiff_t i = 0; i < bench_plan_count(plan); i++) {
        const bench_case *c = bench_plan_case(plan, i);
        if (name != NULL && strcmp(name, c->name) != 0)
            continue;
        if (name == NULL)
            lsa_table_string(table, c->name);
        lsa_table_string(table, c->label);
        lsa_table_number(table, (double)c->size);
        lsa_table_number(table, bench_case_median(c));
        lsa_table_number(table, bench_case_least(c));
        lsa_table_string(table, c->unit);
        lsa_table_number(table, bench_case_ratio(c));
        lsa_table_string(table, bench_case_against(c, text));
        lsa_table_number(table, c->last.steps);
        lsa_table_number(table, c->last.error);
        lsa_table_string(table, c->last.note);
    }
    return table;
}

static void json_case(lsa_json *json, const bench_case *c)
{
    char text[BENCH_LABEL + 32];
    lsa_json_object(json, NULL);
    lsa_json_string(json, "name", c->name);
    lsa_json_string(json, "case", c->label);
    lsa_json_integer(json, "size", c->size);
    lsa_json_quantity(json, "median", (lsa_quantity){bench_case_median(c), c->last.note});
    lsa_json_quantity(json, "minimum", (lsa_quantity){bench_case_least(c), c->last.note});
    lsa_json_string(json, "unit", c->unit);
    lsa_json_quantity(json, "ratio", (lsa_quantity){bench_case_ratio(c), "nothing to compare with"});
    lsa_json_string(json, "against", bench_case_against(c, text));
    lsa_json_integer(json, "rounds", c->rounds);
    lsa_json_quantity(json, "steps", (lsa_quantity){c->last.steps, "no steps"});
    lsa_json_quantity(json, "linear", (lsa_quantity){c->last.linear, "no linear iterations"});
    lsa_json_quantity(json, "error", (lsa_quantity){c->last.error, "not measured"});
    lsa_json_string(json, "note", c->last.note);
    lsa_json_end(json);
}

static void fill_document(lsa_json *json, const bench_plan *plan)
{
    lsa_json_array(json, "bench");
    for (ptrdiff_t i = 0; i < bench_plan_count(plan); i++)
        json_case(json, bench_plan_case(plan, i));
    lsa_json_end(json);
    lsa_json_array(json, "caveats");
    for (int k = 0; caveats[k] != NULL; k++)
        lsa_json_string(json, NULL, caveats[k]);
    lsa_json_end(json);
}

static lsa_status print_tables(const bench_plan *plan, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int g = 0; bench_group_name(g) != NULL; g++) {
        lsa_table *table = table_of(plan, bench_group_name(g));
        if (table != NULL && lsa_table_rows(table) == 0)
            lsa_table_destroy(table);
        else
            LSA_TRY(cli_print_table(bench_group_name(g), table, err));
    }
    printf("\nratio: of the median to that of `against`.\n");
    for (int k = 0; caveats[k] != NULL; k++)
        printf("%s\n", caveats[k]);
done:
    return status;
}

/* The curves of the group "precision". */
static lsa_status draw_precision(const bench_plan *plan, lsa_run_directory *directory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char title[96] = "";
    ptrdiff_t n = 0;
    lsa_report_work *points = calloc((size_t)bench_plan_count(plan) + 1, sizeof *points);
    LSA_TRY_MEMORY(points, "a figure");
    for (ptrdiff_t i = 0; i < bench_plan_count(plan); i++) {
        const bench_case *c = bench_plan_case(plan, i);
        if (strcmp(c->name, "precision") != 0)
            continue;
        points[n++] = (lsa_report_work){c->series, c->last.error, bench_case_least(c)};
        snprintf(title, sizeof title, "The flow of the reduced layer, d = N = %td, spectrum 1/i", c->size);
    }
    if (n > 0)
        LSA_TRY(lsa_figure_precision(directory, "precision", title, n, points, err));
done:
    free(points);
    return status;
}

static lsa_status write_directory(const cli_run *run, const bench_plan *plan, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_table *table = NULL;
    lsa_json *json = NULL;
    lsa_run_options options = lsa_run_options_defaults();
    if (run->directory == NULL)
        return LSA_OK;
    options.path = run->directory;
    options.title = "Performance of lsaflow on this machine";
    options.subtitle = "lsaflow bench";
    options.plots = run->options->plots;
    options.messages = run->options->quiet ? NULL : stderr;
    LSA_TRY(lsa_run_directory_create(&options, &directory, err));
    LSA_TRY_MEMORY(table = table_of(plan, NULL), "the table");
    LSA_TRY_MEMORY(json = lsa_json_create(), "the document");
    fill_document(json, plan);
    LSA_TRY(lsa_run_directory_json(directory, json, err));
    LSA_TRY(lsa_run_directory_table(directory, "bench", "Median and least of interleaved rounds", table, err));
    LSA_TRY(draw_precision(plan, directory, err));
    LSA_TRY(cli_finish_directory(run, directory, err));
done:
    lsa_json_destroy(json);
    lsa_table_destroy(table);
    lsa_run_directory_destroy(directory);
    return status;
}

/* What an interrupt leaves is shown too. */
lsa_status cli_bench(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK, measured = LSA_OK;
    bench_plan *plan = NULL;
    bench_options options = bench_options_defaults();
    options.groups = run->options->groups;
    options.full = run->options->full;
    options.peers = run->options->peers;
    options.rounds = run->options->rounds > 0 ? run->options->rounds : options.rounds;
    options.limit = run->options->limit > 0 ? (double)run->options->limit : options.limit;
    options.interrupt = cli_interrupt_flag();
    cli_interrupt_patience(true); /* a measurement is ended, not cut */
    options.progress = cli_show_progress;
    options.progress_context = run->progress;
    LSA_TRY(bench_plan_create(&options, &plan, err));
    measured = bench_plan_run(plan, err);
    lsa_progress_clear(run->progress);
    if (measured != LSA_OK && measured != LSA_ERR_INTERRUPTED)
        LSA_TRY(measured);
    if (run->json != NULL)
        fill_document(run->json, plan);
    else
        LSA_TRY(print_tables(plan, err));
    LSA_TRY(write_directory(run, plan, err));
    status = measured;
done:
    bench_plan_destroy(plan);
    return status;
}
