/* cmd_sweep.c - lsaflow sweep: every cell of `vary`, a row of one table each. */
#define _GNU_SOURCE
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/sweep_parts.h"
#include "sweep/fingerprint.h"
#include <sched.h>
#include <stdio.h>
#include <string.h>

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
    lsa_experiment *first;
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
        LSA_TRY(lsa_error_copy(err, swept, &story));
    LSA_TRY(cli_sweep_show(sweep_ledger_of(s), sweep_plan_of(s), json, exit_code, err));
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
        LSA_TRY(lsa_error_copy(err, swept, &story));
done:
    sweep_destroy(s);
    lsa_json_destroy(json);
    return status;
}

/* sweep merge: what it writes is asked for by name. */
static lsa_status merge(const cli_options *options, int *exit_code, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *folder;
    lsa_text path;
    lsa_text_init(&path);
    if (options->n_ledgers == 0 || options->out == NULL)
        LSA_TRY(lsa_error_set(err, LSA_ERR_USAGE, "sweep merge: name ledgers, and --out for what becomes of them"));
    LSA_TRY(make_folder(options, "merge", &path, &folder, err));
    LSA_TRY(cli_sweep_merge(options, folder, exit_code, err));
done:
    lsa_text_clear(&path);
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
    if (strcmp(options->file, "merge") == 0) {
        LSA_TRY(merge(options, exit_code, err));
        goto done;
    }
    LSA_TRY(cli_model_options(options, &model_options, err));
    LSA_TRY(lsa_text_read_file(&text, options->file, LSA_YAML_BYTES, err));
    LSA_TRY(lsa_cells_parse(options->file, text.data, text.length, &model_options, &cells, err));
    LSA_TRY(take_fingerprint(&text, &model_options, cells, mark, err));
    LSA_TRY(make_folder(options, lsa_cells_name(cells), &path, &folder, err));
    if (options->slurm != NULL && folder != NULL) {
        *exit_code = 0;
        LSA_TRY(cli_sweep_slurm(options, folder, err));
        goto done;
    }
    LSA_TRY(do_cells(cells, options, folder, mark, exit_code, err));
done:
    lsa_cells_destroy(cells);
    lsa_text_clear(&text);
    lsa_text_clear(&path);
    return status;
}
