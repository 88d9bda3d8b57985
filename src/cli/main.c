/* main.c - the program: reads the command line and the model, repeats the command over `vary`, turns the outcome into
 * the exit code. Results go to stdout, everything else to stderr. */
#include "base/text.h"
#include "base/try.h"
#include "cli/command.h"
#include "cli/common.h"
#include "cli/error_figure.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "lsaflow/document.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_FAILS = 1, EXIT_INPUT = 2, EXIT_NUMERICS = 3, EXIT_INCONCLUSIVE = 5 }; /* 4: CLI_EXIT_OUTPUT */

static int failure_code(lsa_status status)
{
    switch (status) {
    case LSA_ERR_SOLVER:
    case LSA_ERR_MEMORY:
        return EXIT_NUMERICS;
    case LSA_ERR_WRITE:
        return CLI_EXIT_OUTPUT;
    case LSA_ERR_INTERRUPTED:
        return 128 + cli_interrupt_signal();
    default:
        return EXIT_INPUT;
    }
}

static int verdict_code(lsa_verdict verdict)
{
    if (verdict == LSA_VERDICT_FAILS)
        return EXIT_FAILS;
    return verdict == LSA_VERDICT_HOLDS || verdict == LSA_VERDICT_PROVED ? EXIT_SUCCESS : EXIT_INCONCLUSIVE;
}

/* The worse of two outcomes of runs that are one document. */
static lsa_verdict worse(lsa_verdict a, lsa_verdict b)
{
    if (a == LSA_VERDICT_FAILS || b == LSA_VERDICT_FAILS)
        return LSA_VERDICT_FAILS;
    return a == LSA_VERDICT_HOLDS ? b : a;
}

static lsa_status list_claims(lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t count;
    const lsa_claim *claims;
    lsa_shipped_claims shipped;
    LSA_TRY(lsa_claims(arena, &claims, &count, err));
    LSA_TRY(lsa_shipped_claims_read(arena, &shipped, err));
    for (ptrdiff_t i = 0; i < count; i++)
        printf("%-26s %-22s %s\n", claims[i].name, claims[i].source, claims[i].summary);
    for (ptrdiff_t i = 0; i < shipped.n_groups; i++)
        printf("%-26s %-22s %s\n", shipped.groups[i].name, "group", shipped.groups[i].summary);
done:
    return status;
}

static lsa_status load_model(const cli_options *options, lsa_model **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_model_options model_options;
    LSA_TRY(cli_model_options(options, &model_options, err));
    LSA_TRY(lsa_model_load(options->file, &model_options, out, err));
done:
    return status;
}

static ptrdiff_t count_runs(const lsa_model *model)
{
    return model != NULL ? lsa_model_runs(model) : 1;
}

/* What a run is called: by its model, or, where the command has none, by the command. */
static const char *name_of(const cli_options *options, const lsa_model *model)
{
    return model != NULL ? lsa_model_name(model) : options->command->name;
}

/* Where the command writes: --out or out/<name>; "" for nowhere. */
static void name_directory(const cli_options *options, const lsa_model *model, lsa_text *path)
{
    if (!options->command->writes || (options->json && options->out == NULL))
        return;
    if (options->out != NULL)
        lsa_text_add(path, options->out);
    else
        lsa_text_printf(path, "out/%s", name_of(options, model));
}

/* Where run number `index` writes: a folder of its own under `vary`. */
static void name_run_directory(const cli_options *options, const lsa_model *model, ptrdiff_t index, lsa_text *path)
{
    name_directory(options, model, path);
    if (path->length > 0 && count_runs(model) > 1)
        lsa_text_printf(path, "/run-%td", index + 1);
}

/* The values of `vary` in this run, as a field of the document or as a heading of the text. */
static void show_variation(const lsa_model *model, ptrdiff_t index, lsa_json *json)
{
    ptrdiff_t count;
    const lsa_variation *values = lsa_model_variation(model, index, &count);
    if (json != NULL) {
        lsa_json_object(json, "values");
        for (ptrdiff_t i = 0; i < count; i++)
            cli_json_value(json, values[i].key, values[i].value);
        lsa_json_end(json);
        return;
    }
    printf("%s", index > 0 ? "\n" : "");
    for (ptrdiff_t i = 0; i < count; i++) {
        printf("%s%s = ", i > 0 ? ", " : "", values[i].key);
        lsa_report_print(stdout, values[i].value);
    }
    printf("\n");
}

/* What a command asks of its study: that of its document, where the library has one; else the path as it is. */
static lsa_study_options study_options_of(const cli_command *command)
{
    static const struct {
        lsa_status (*run)(cli_run *run, lsa_error *err);
        lsa_document document;
    } documents[] = {{cli_derive, LSA_DOCUMENT_DERIVE},
                     {cli_eval, LSA_DOCUMENT_EVAL},
                     {cli_run_flow, LSA_DOCUMENT_RUN},
                     {cli_predict, LSA_DOCUMENT_PREDICT},
                     {cli_sample, LSA_DOCUMENT_SAMPLE}};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        if (documents[i].run == command->run)
            return lsa_study_options_for(documents[i].document);
    return lsa_study_options_for(LSA_DOCUMENT_VERIFY);
}

static lsa_status run_one(const cli_options *options, const lsa_model *model, ptrdiff_t index, lsa_json *json,
                          cli_overview *overview, lsa_verdict *verdict, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text path;
    lsa_text_init(&path);
    lsa_progress progress;
    lsa_progress_init(&progress, stderr, options->quiet, options->command->name);
    cli_run run = {.options = options,
                   .name = name_of(options, model),
                   .experiment = model != NULL ? lsa_model_experiment(model, index) : NULL,
                   .json = json,
                   .overview = overview,
                   .progress = &progress,
                   .verdict = LSA_VERDICT_HOLDS};
    lsa_study_options study_options = study_options_of(options->command);
    study_options.threads = options->threads;
    study_options.interrupt = cli_interrupt_flag();
    study_options.progress = cli_show_progress;
    study_options.progress_context = &progress;
    name_run_directory(options, model, index, &path);
    if (path.failed) {
        status = lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the name of the run directory");
        goto done;
    }
    run.directory = path.length > 0 ? path.data : NULL;
    run.reasons = lsa_arena_create();
    LSA_TRY_MEMORY(run.reasons, "a run");
    if (model != NULL)
        LSA_TRY(lsa_study_create(run.experiment, &study_options, &run.study, err));
    LSA_TRY(options->command->run(&run, err));
    *verdict = worse(*verdict, run.verdict);
done:
    lsa_progress_clear(&progress);
    lsa_study_destroy(run.study);
    lsa_arena_destroy(run.reasons);
    lsa_text_clear(&path);
    return status;
}

/* One run, in an object of its own where the model varies. */
static lsa_status run_varied(const cli_options *options, const lsa_model *model, ptrdiff_t index, bool varied,
                             lsa_json *json, cli_overview *overview, lsa_verdict *verdict, lsa_error *err)
{
    if (*cli_interrupt_flag() != 0)
        return lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted before run %td", index + 1);
    cli_interrupt_stage("the set-up", 0.0);
    cli_interrupt_patience(false);
    if (varied) {
        lsa_json_object(json, NULL);
        show_variation(model, index, json);
    }
    lsa_status status = run_one(options, model, index, json, overview, verdict, err);
    if (status == LSA_OK && *cli_interrupt_flag() != 0)
        status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted; the numbers are complete");
    if (status == LSA_ERR_INTERRUPTED && json != NULL)
        lsa_json_bool(json, "interrupted", true);
    if (varied)
        lsa_json_end(json);
    return status;
}

static lsa_status draw_overview(const cli_options *options, const lsa_model *model, const cli_overview *overview,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text path;
    lsa_text_init(&path);
    name_directory(options, model, &path);
    LSA_TRY_MEMORY(path.failed ? NULL : options, "the name of the directory");
    if (path.length > 0)
        LSA_TRY(cli_overview_draw(overview, options, path.data, err));
done:
    lsa_text_clear(&path);
    return status;
}

/* An interrupt ends the runs, and the document holds what was finished. */
static lsa_status run_all(const cli_options *options, const lsa_model *model, lsa_verdict *verdict, lsa_error *err)
{
    lsa_status status = LSA_OK, printed = LSA_OK;
    ptrdiff_t count = 0;
    if (model != NULL)
        lsa_model_variation(model, 0, &count);
    const bool varied = count > 0;
    cli_overview *overview = NULL;
    lsa_json *json = options->json ? lsa_json_create() : NULL;
    if (options->json)
        LSA_TRY_MEMORY(json, "the document");
    if (varied) {
        LSA_TRY(cli_overview_create(model, &overview, err));
        lsa_json_array(json, "runs");
    }
    for (ptrdiff_t i = 0; i < count_runs(model) && status == LSA_OK; i++)
        status = run_varied(options, model, i, varied, json, overview, verdict, err);
    if (varied)
        lsa_json_end(json);
    if (varied && status == LSA_OK)
        status = draw_overview(options, model, overview, err);
    cli_interrupt_patience(true);
    if (json != NULL && (status == LSA_OK || status == LSA_ERR_INTERRUPTED))
        printed = lsa_json_print(json, stdout, err);
    if (printed != LSA_OK)
        status = printed;
done:
    cli_overview_destroy(overview);
    lsa_json_destroy(json);
    return status;
}

/* Line by line: only the story's own lines end one. */
static void print_story(const char *story)
{
    char line[LSA_ERROR_CAPACITY];
    const char *at = story;
    do {
        const size_t length = strcspn(at, "\n");
        memcpy(line, at, length);
        line[length] = '\0';
        lsa_report_print(stderr, line);
        fputs("\n", stderr);
        at += length + (at[length] != '\0');
    } while (*at != '\0');
}

/* `good`: what to exit with where all went well. */
static int finish(lsa_status status, int good, const lsa_error *err)
{
    if (status != LSA_OK) {
        fputs("lsaflow: ", stderr);
        print_story(err->text);
    }
    if (!cli_streams_flush(status == LSA_ERR_WRITE))
        return CLI_EXIT_OUTPUT;
    return status == LSA_OK ? good : failure_code(status);
}

int main(int argc, char **argv)
{
    lsa_status status = LSA_OK;
    lsa_error error = {0}, *err = &error;
    lsa_verdict verdict = LSA_VERDICT_HOLDS;
    int own_code = -1;
    lsa_model *model = NULL;
    cli_options options;
    cli_streams_open();
    LSA_TRY(cli_options_read(argc, argv, &options, err));
    if (options.list_claims) {
        status = list_claims(options.arena, err);
        goto done;
    }
    cli_interrupt_install(options.time_limit, options.json);
    if (options.command->whole != NULL) {
        LSA_TRY(options.command->whole(&options, &own_code, err));
        goto done;
    }
    if (options.file != NULL)
        LSA_TRY(load_model(&options, &model, err));
    LSA_TRY(run_all(&options, model, &verdict, err));
done:
    lsa_model_destroy(model);
    cli_options_clear(&options);
    return finish(status, own_code >= 0 ? own_code : verdict_code(verdict), err);
}
