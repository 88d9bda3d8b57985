/* cmd_train.c - lsaflow train: discrete steps on the layer, beside the flow and the predicted limit. */
#include "base/try.h"
#include "cli/common.h"
#include "lsaflow/training_path.h"
#include <math.h>
#include <stdio.h>

static const char *method_name(lsa_train_method method)
{
    static const char *const names[] = {
        [LSA_TRAIN_GD] = "gd", [LSA_TRAIN_SGD] = "sgd", [LSA_TRAIN_MOMENTUM] = "momentum", [LSA_TRAIN_ADAM] = "adam"};
    return names[method];
}

static const char *const no_flow = "the method follows no flow, or the run ended before it";
static const char *const no_limit = "no product uU is predicted for this statement";

static lsa_status document(cli_run *run, lsa_json *json, const cli_findings *findings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_training_path *path = findings->what;
    const lsa_program *program;
    LSA_TRY(lsa_study_program(run->study, &program, err));
    lsa_json_object(json, "train");
    lsa_json_string(json, "method", method_name(run->experiment->train.method));
    lsa_json_bool(json, "diverged", path->diverged);
    lsa_json_quantity(json, "gd_threshold", (lsa_quantity){path->threshold, no_limit});
    lsa_json_array(json, "path");
    for (ptrdiff_t k = 0; k < path->count; k++) {
        lsa_json_object(json, NULL);
        lsa_json_integer(json, "step", path->points[k].step);
        lsa_json_quantity(json, "time", (lsa_quantity){path->points[k].time, no_flow});
        lsa_json_number(json, "loss", path->points[k].loss);
        lsa_json_quantity(json, "to_flow", (lsa_quantity){path->points[k].to_flow, no_flow});
        lsa_json_quantity(json, "to_limit", (lsa_quantity){path->points[k].to_limit, no_limit});
        lsa_json_end(json);
    }
    lsa_json_end(json);
    cli_json_state(run, json, "final", program, path->final, LSA_DETAIL_ALL);
    if (path->average != NULL) {
        cli_json_state(run, json, "average", program, path->average, LSA_DETAIL_ALL);
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

static void print_remarks(const lsa_training_path *path)
{
    if (path->diverged)
        printf("\ndiverged: the parameters left every bound\n");
    if (isfinite(path->threshold))
        printf("\nGD leaves the balanced limit beyond the step size 2/lambda_max = %.6g\n", path->threshold);
    if (path->average != NULL)
        printf("tail average: population loss %.9g, uU to its limit %.4g\n", path->average_loss,
               path->average_to_limit);
}

lsa_status cli_train(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training_path *path = NULL;
    LSA_TRY(lsa_training_path_run(run->study, NULL, &path, err));
    lsa_progress_clear(run->progress);
    const cli_findings findings = {.what = path,
                                   .count = path->count,
                                   .document = document,
                                   .table = path_table,
                                   .stem = "path",
                                   .heading = "Path of training"};
    LSA_TRY(cli_show_findings(run, &findings, err));
    if (run->json == NULL)
        print_remarks(path);
    LSA_TRY(cli_write_findings(run, &findings, err));
done:
    lsa_training_path_destroy(path);
    return status;
}
