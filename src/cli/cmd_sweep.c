/* cmd_sweep.c - lsaflow sweep: every cell of `vary`, a row of one table each. */
#define _GNU_SOURCE
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/common.h"
#include "cli/interrupt.h"
#include "lsaflow/version.h"
#include "sweep/fingerprint.h"
#include "sweep/sweep.h"
#include "sweep/table.h"
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

/* Tables up to so many rows are shown. */
enum { SHOWN_ROWS = 40 };

/* ---------------------------------------------------------------- what is swept */

/* Processors that this process may use. */
static int count_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return CPU_COUNT(&set) > 0 ? CPU_COUNT(&set) : 1;
}

/* Of the file, the options that change it, and the files that the first cell names. */
static lsa_status take_fingerprint(const lsa_text *file, const lsa_model_options *options, lsa_cells *cells,
                                   char buffer[SWEEP_FINGERPRINT], lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *first;
    lsa_error story = {0}; /* a cell that cannot be read is a row */
    fingerprint f = fingerprint_begin();
    fingerprint_add(&f, file->data, file->length);
    for (ptrdiff_t k = 0; k < options->n_overrides; k++)
        fingerprint_add(&f, options->overrides[k], strlen(options->overrides[k]));
    if (lsa_cells_read(cells, 0, &first, &story) == LSA_OK)
        for (ptrdiff_t k = 0; lsa_cells_file(cells, k) != NULL; k++)
            LSA_TRY(fingerprint_add_file(&f, lsa_cells_file(cells, k), err));
    fingerprint_text(&f, buffer);
done:
    return status;
}

static void show_progress(void *context, double fraction, const char *note)
{
    cli_interrupt_stage(note, fraction);
    lsa_progress_update(context, fraction, note);
}

/* ---------------------------------------------------------------- what is shown */

typedef struct summary {
    const sweep_plan *plan;
    lsa_json *json;
    lsa_table *table; /* NULL: too many rows */
    ptrdiff_t rows, failed, checked;
    int exit;
    double worst_difference;
    char first_failure[SWEEP_MESSAGE];
    ptrdiff_t first_failed;
} summary;

static void json_row(lsa_json *json, const sweep_plan *plan, const sweep_row *row, const char *const *keys)
{
    lsa_json_object(json, NULL);
    lsa_json_integer(json, "cell", row->cell + 1);
    lsa_json_object(json, "values");
    for (ptrdiff_t k = 0; k < plan->n_keys; k++)
        cli_json_value(json, plan->keys[k], keys[k]);
    lsa_json_end(json);
    lsa_json_object(json, "measure");
    for (ptrdiff_t k = 0; k < row->n_values; k++) {
        if (row->values[k].word != NULL)
            lsa_json_string(json, plan->measures[k], row->values[k].word);
        else if (isnan(row->values[k].number))
            lsa_json_null(json, plan->measures[k], row->message);
        else
            lsa_json_number(json, plan->measures[k], row->values[k].number);
    }
    lsa_json_end(json);
    lsa_json_quantity(json, "t_end", (lsa_quantity){row->t_end, row->message});
    lsa_json_string(json, "end", row->end[0] != '\0' ? row->end : NULL);
    lsa_json_integer(json, "exit", row->exit);
    lsa_json_string(json, "message", row->message);
    lsa_json_end(json);
}

static lsa_status summarise_row(void *context, const sweep_row *row, const char *const *keys, lsa_error *err)
{
    summary *all = context;
    (void)err;
    all->rows++;
    all->exit = sweep_exit_worse(all->exit, row->exit);
    if (row->exit == SWEEP_EXIT_INPUT || row->exit == SWEEP_EXIT_NUMERICS) {
        if (all->failed++ == 0) {
            all->first_failed = row->cell + 1;
            snprintf(all->first_failure, sizeof all->first_failure, "%.300s", row->message);
        }
    }
    if (!isnan(row->difference)) {
        all->checked++;
        all->worst_difference = fmax(all->worst_difference, row->difference);
    }
    if (all->json != NULL)
        json_row(all->json, all->plan, row, keys);
    if (all->table != NULL)
        sweep_table_add(all->table, row, keys, all->plan->n_keys);
    return LSA_OK;
}

static void print_summary(const summary *all)
{
    printf("\n%td of %td cells", all->rows, all->plan->n_cells);
    if (all->failed > 0) {
        printf(", %td failed, the first of them cell %td: ", all->failed, all->first_failed);
        lsa_report_print(stdout, all->first_failure);
    }
    printf("\n");
    if (all->checked > 0)
        printf("%td followed by CVODE too: the paths differ by %.3g at most\n", all->checked, all->worst_difference);
}

static lsa_status show(sweep *s, const cli_options *options, lsa_json *json, int *exit_code, lsa_error *err)
{
    lsa_status status = LSA_OK;
    summary all = {.plan = sweep_plan_of(s), .json = json};
    if (json == NULL && sweep_ledger_count(sweep_ledger_of(s)) <= SHOWN_ROWS) {
        all.table = sweep_table_create(all.plan);
        LSA_TRY_MEMORY(all.table, "the table");
    }
    lsa_json_integer(json, "cells", all.plan->n_cells);
    lsa_json_array(json, "rows");
    LSA_TRY(sweep_ledger_each(sweep_ledger_of(s), summarise_row, &all, err));
    lsa_json_end(json);
    *exit_code = all.exit;
    if (all.table != NULL)
        LSA_TRY(lsa_table_print(all.table, stdout, err));
    if (json == NULL)
        print_summary(&all);
    (void)options;
done:
    lsa_table_destroy(all.table);
    return status;
}

/* ---------------------------------------------------------------- the command */

/* Where it is written: --out or out/<model>; NULL for nowhere. The folder is made. */
static lsa_status make_folder(const cli_options *options, const char *name, lsa_text *path, const char **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_run_options run = lsa_run_options_defaults();
    *out = NULL;
    if (options->json && options->out == NULL)
        return LSA_OK;
    lsa_text_printf(path, "%s%s", options->out != NULL ? options->out : "out/", options->out != NULL ? "" : name);
    LSA_TRY_MEMORY(path->failed ? NULL : path->data, "the name of the directory");
    run.path = path->data;
    LSA_TRY(lsa_run_directory_create(&run, &directory, err));
    *out = path->data;
done:
    lsa_run_directory_destroy(directory);
    return status;
}

/* Does the cells and shows the rows, those of an interrupted sweep too. */
static lsa_status do_cells(lsa_cells *cells, const cli_options *options, const char *folder, const char *mark,
                           int *exit_code, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sweep *s = NULL;
    lsa_progress progress;
    lsa_json *json = options->json ? lsa_json_create() : NULL;
    lsa_progress_init(&progress, stderr, options->quiet, "sweep");
    const sweep_options how = {.directory = folder,
                               .fingerprint = mark,
                               .resume = options->resume,
                               .workers = options->workers > 0 ? options->workers : count_processors(),
                               .shard = options->shards > 0 ? options->shard : 1,
                               .shards = options->shards > 0 ? options->shards : 1,
                               .interrupt = cli_interrupt_flag(),
                               .progress = show_progress,
                               .progress_context = &progress};
    LSA_TRY(sweep_create(cells, &how, &s, err));
    lsa_error story = {0};
    const lsa_status swept = sweep_run(s, &story);
    lsa_progress_clear(&progress);
    if (swept != LSA_OK && swept != LSA_ERR_INTERRUPTED)
        LSA_TRY(lsa_error_set(err, swept, "%s", story.text));
    LSA_TRY(show(s, options, json, exit_code, err));
    if (swept == LSA_ERR_INTERRUPTED)
        lsa_json_bool(json, "interrupted", true);
    if (json != NULL)
        LSA_TRY(lsa_json_print(json, stdout, err));
    else if (folder != NULL) {
        printf("\nwritten: ");
        lsa_report_print(stdout, folder);
        printf("/sweep.csv, sweep.db\n");
    }
    if (swept == LSA_ERR_INTERRUPTED)
        LSA_TRY(lsa_error_set(err, swept, "%s", story.text));
done:
    sweep_destroy(s);
    lsa_json_destroy(json);
    return status;
}

lsa_status cli_sweep(const cli_options *options, int *exit_code, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_model_options model_options;
    lsa_cells *cells = NULL;
    lsa_text text, path;
    const char *folder;
    char mark[SWEEP_FINGERPRINT];
    lsa_text_init(&text);
    lsa_text_init(&path);
    cli_interrupt_patience(true);
    LSA_TRY(cli_model_options(options, &model_options, err));
    LSA_TRY(lsa_text_read_file(&text, options->file, LSA_YAML_BYTES, err));
    LSA_TRY(lsa_cells_parse(options->file, text.data, text.length, &model_options, &cells, err));
    LSA_TRY(take_fingerprint(&text, &model_options, cells, mark, err));
    LSA_TRY(make_folder(options, lsa_cells_name(cells), &path, &folder, err));
    LSA_TRY(do_cells(cells, options, folder, mark, exit_code, err));
done:
    lsa_cells_destroy(cells);
    lsa_text_clear(&text);
    lsa_text_clear(&path);
    return status;
}
