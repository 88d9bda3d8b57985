/* cmd_train.c - lsaflow train: discrete steps on the layer, beside the flow and the predicted limit. */
#include "base/text.h"
#include "base/try.h"
#include "cli/common.h"
#include "lsaflow/training_path.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *method_name(lsa_train_method method)
{
    static const char *const names[] = {
        [LSA_TRAIN_GD] = "gd", [LSA_TRAIN_SGD] = "sgd", [LSA_TRAIN_MOMENTUM] = "momentum", [LSA_TRAIN_ADAM] = "adam"};
    return names[method];
}

static const char *const no_limit = "no product uU is predicted for this statement and start";

/* Why a point has no place beside a flow. */
static const char *no_flow(lsa_train_method method, bool interrupted)
{
    if (interrupted && method != LSA_TRAIN_ADAM)
        return "interrupted";
    return method == LSA_TRAIN_ADAM ? "not applicable: Adam scales each entry by its past and follows no gradient flow"
                                    : "the run ended before it";
}

/* ---------------------------------------------------------------- the document and the table */

static lsa_status document(cli_run *run, lsa_json *json, const cli_findings *findings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_training_path *path = findings->what;
    const lsa_program *program;
    const lsa_train_method method = run->experiment->train.method;
    LSA_TRY(lsa_study_program(run->study, &program, err));
    lsa_json_object(json, "train");
    lsa_json_string(json, "method", method_name(method));
    if (path->interrupted)
        lsa_json_bool(json, "interrupted", true);
    lsa_json_bool(json, "diverged", path->diverged);
    lsa_json_quantity(
        json, "diverged_at",
        (lsa_quantity){path->diverged ? (double)path->diverged_step : (double)NAN, "the run did not diverge"});
    lsa_json_quantity(json, "gd_threshold", (lsa_quantity){path->threshold, no_limit});
    lsa_json_array(json, "path");
    for (ptrdiff_t k = 0; k < path->count; k++) {
        lsa_json_object(json, NULL);
        lsa_json_integer(json, "step", path->points[k].step);
        lsa_json_quantity(json, "time", (lsa_quantity){path->points[k].time, no_flow(method, false)});
        lsa_json_number(json, "loss", path->points[k].loss);
        lsa_json_quantity(json, "to_flow", (lsa_quantity){path->points[k].to_flow, no_flow(method, path->interrupted)});
        lsa_json_quantity(json, "to_limit", (lsa_quantity){path->points[k].to_limit, no_limit});
        lsa_json_end(json);
    }
    lsa_json_end(json);
    document_state(run->study, json, "final", program, path->final, LSA_DETAIL_ALL);
    if (path->average != NULL) {
        document_state(run->study, json, "average", program, path->average, LSA_DETAIL_ALL);
        lsa_json_number(json, "average_loss", path->average_loss);
        lsa_json_quantity(json, "average_to_limit", (lsa_quantity){path->average_to_limit, no_limit});
    }
    lsa_json_end(json);
done:
    return status;
}

static lsa_table *path_table(const cli_findings *findings)
{
    const lsa_training_path *path = findings->what;
    static const lsa_table_column columns[] = {{"step", NULL, NULL, 12, false},
                                               {"time", "flow time", NULL, 6, false},
                                               {"loss", NULL, "population loss", 9, false},
                                               {"to_flow", NULL, "distance to the flow", 4, false},
                                               {"to_limit", NULL, "uU to its limit", 4, false}};
    lsa_table *table = lsa_table_create(sizeof columns / sizeof *columns, columns);
    for (ptrdiff_t k = 0; k < path->count; k++) {
        lsa_table_number(table, (double)path->points[k].step);
        lsa_table_number(table, path->points[k].time);
        lsa_table_number(table, path->points[k].loss);
        lsa_table_number(table, path->points[k].to_flow);
        lsa_table_number(table, path->points[k].to_limit);
    }
    return table;
}

static void print_average(const lsa_training_path *path)
{
    printf("tail average over %td steps: population loss %.9g, uU to its limit ", path->averaged, path->average_loss);
    if (isnan(path->average_to_limit))
        printf("-\n");
    else
        printf("%.4g\n", path->average_to_limit);
}

static void print_remarks(const cli_run *run, const lsa_training_path *path)
{
    const lsa_train_settings *train = &run->experiment->train;
    if (path->diverged)
        printf("\n%s diverged at step %td, step size %.6g: the parameters left every bound\n",
               method_name(train->method), path->diverged_step, train->step_size);
    if (train->method == LSA_TRAIN_ADAM)
        printf("\ndistance to the flow: %s\n", no_flow(train->method, false));
    if (isfinite(path->threshold))
        printf("\ngd leaves the balanced limit beyond the step size 2/lambda_max = %.6g%s\n", path->threshold,
               train->method == LSA_TRAIN_GD ? "" : " (a threshold of gd, not of this method)");
    if (path->average != NULL)
        print_average(path);
}

/* ---------------------------------------------------------------- the figure */

static lsa_status draw(cli_run *run, lsa_run_directory *directory, const cli_findings *findings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    (void)run;
    const lsa_training_path *path = findings->what;
    const ptrdiff_t n = path->count;
    double *column = calloc((size_t)(5 * n), sizeof *column);
    LSA_TRY_MEMORY(column, "a figure");
    for (ptrdiff_t k = 0; k < n; k++) {
        column[k] = (double)path->points[k].step;
        column[n + k] = path->points[k].time;
        column[2 * n + k] = path->points[k].to_flow;
        column[3 * n + k] = path->points[k].to_limit;
        column[4 * n + k] = path->points[k].flow_to_limit;
    }
    const lsa_report_training training = {n,
                                          column,
                                          column + n,
                                          column + 2 * n,
                                          column + 3 * n,
                                          column + 4 * n,
                                          path->average != NULL ? path->average_to_limit : (double)NAN};
    LSA_TRY(lsa_figure_training(directory, "training", &training, err));
done:
    free(column);
    return status;
}

/* ---------------------------------------------------------------- the command */

/* The run directory, made before training so that checkpoints have their place; the name of the file in it. */
static lsa_status place_checkpoint(cli_run *run, lsa_text *name, lsa_error *err)
{
    lsa_run_directory *directory = NULL;
    const lsa_status status = cli_open_directory(run, &directory, err);
    lsa_run_directory_destroy(directory);
    if (status != LSA_OK || run->directory == NULL)
        return status;
    lsa_text_printf(name, "%s/checkpoint.txt", run->directory);
    return name->failed ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a checkpoint") : LSA_OK;
}

/* A directory without a checkpoint is that of a run that was stopped before its first one. */
static bool is_there(const cli_run *run, const char *file)
{
    FILE *stream = fopen(file, "rb");
    if (stream != NULL)
        fclose(stream);
    else if (errno == ENOENT && !run->options->quiet)
        fprintf(stderr, "lsaflow: there is no checkpoint in the run directory; training starts at step 0\n");
    return stream != NULL || errno != ENOENT;
}

lsa_status cli_train(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_training_path *path = NULL;
    lsa_training_files files = {NULL, NULL};
    lsa_text checkpoint;
    lsa_text_init(&checkpoint);
    LSA_TRY(place_checkpoint(run, &checkpoint, err));
    files.checkpoint = run->directory != NULL ? checkpoint.data : NULL;
    if (run->options->resume && is_there(run, checkpoint.data))
        files.resume = checkpoint.data;
    const lsa_status trained = lsa_training_path_run(run->study, &files, &path, &story);
    lsa_progress_clear(run->progress);
    if (trained == LSA_ERR_INTERRUPTED && files.checkpoint != NULL)
        lsa_error_add(&story, "  saved; the same command with --resume goes on from there");
    if (path == NULL || path->count == 0) {
        status = lsa_error_copy(err, trained, &story);
        goto done;
    }
    if (path->resumed_at >= 0 && !run->options->quiet)
        fprintf(stderr, "lsaflow: went on from the checkpoint at step %td\n", path->resumed_at);
    const cli_findings findings = {.what = path,
                                   .count = path->count,
                                   .document = document,
                                   .table = path_table,
                                   .stem = "path",
                                   .heading = "Path of training",
                                   .figures = draw};
    LSA_TRY(cli_show_findings(run, &findings, err));
    if (run->json == NULL)
        print_remarks(run, path);
    LSA_TRY(cli_write_findings(run, &findings, err));
    if (trained != LSA_OK)
        status = lsa_error_copy(err, trained, &story);
done:
    lsa_text_clear(&checkpoint);
    lsa_training_path_destroy(path);
    return status;
}
