/* cmd_basin.c - lsaflow basin: many starts, the fraction that reaches the global minimum, with its interval. */
#include "base/try.h"
#include "cli/common.h"
#include "lsaflow/basin.h"
#include <stdio.h>
#include <stdlib.h>

static void json_counts(lsa_json *json, ptrdiff_t n, const lsa_basin_count *counts)
{
    lsa_json_array(json, "basin");
    for (ptrdiff_t j = 0; j < n; j++) {
        const double interval[] = {counts[j].low, counts[j].high};
        lsa_json_object(json, NULL);
        lsa_json_number(json, "scale", counts[j].scale);
        lsa_json_integer(json, "starts", counts[j].starts);
        lsa_json_integer(json, "global", counts[j].global);
        lsa_json_integer(json, "other", counts[j].other);
        lsa_json_integer(json, "creeping", counts[j].creeping);
        lsa_json_integer(json, "failed", counts[j].failed);
        lsa_json_vector(json, "interval", 2, interval);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}

static lsa_table *table_of(ptrdiff_t n, const lsa_basin_count *counts)
{
    static const lsa_table_column columns[] = {
        {"scale", NULL, NULL, 0, false},    {"starts", NULL, NULL, 12, false},    {"global", NULL, NULL, 12, false},
        {"other", NULL, NULL, 12, false},   {"creeping", NULL, NULL, 12, false},  {"failed", NULL, NULL, 12, false},
        {"fraction", NULL, NULL, 4, false}, {"low", NULL, "95 % from", 4, false}, {"high", NULL, "to", 4, false}};
    lsa_table *table = lsa_table_create(sizeof columns / sizeof *columns, columns);
    for (ptrdiff_t j = 0; j < n; j++) {
        lsa_table_number(table, counts[j].scale);
        lsa_table_number(table, (double)counts[j].starts);
        lsa_table_number(table, (double)counts[j].global);
        lsa_table_number(table, (double)counts[j].other);
        lsa_table_number(table, (double)counts[j].creeping);
        lsa_table_number(table, (double)counts[j].failed);
        lsa_table_number(table, (double)counts[j].global / (double)counts[j].starts);
        lsa_table_number(table, counts[j].low);
        lsa_table_number(table, counts[j].high);
    }
    return table;
}

static lsa_status write_directory(cli_run *run, ptrdiff_t n, const lsa_basin_count *counts, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_json *json = NULL;
    lsa_table *table = NULL;
    LSA_TRY(cli_open_directory(run, &directory, err));
    if (directory == NULL)
        goto done;
    json = lsa_json_create();
    json_counts(json, n, counts);
    LSA_TRY(lsa_run_directory_json(directory, json, err));
    table = table_of(n, counts);
    LSA_TRY(lsa_run_directory_table(directory, "basin", "Starts that reach the global minimum", table, err));
    LSA_TRY(cli_finish_directory(run, directory, err));
done:
    lsa_table_destroy(table);
    lsa_json_destroy(json);
    lsa_run_directory_destroy(directory);
    return status;
}

lsa_status cli_basin(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = run->experiment->basin.n_scales;
    lsa_basin_count *counts = calloc((size_t)n, sizeof *counts);
    LSA_TRY_MEMORY(counts, "the counts");
    for (ptrdiff_t j = 0; j < n; j++) {
        lsa_progress_update(run->progress, (double)j / (double)n, "starts");
        LSA_TRY(lsa_basin_run(run->study, j, &counts[j], err));
    }
    lsa_progress_clear(run->progress);
    if (run->json != NULL) {
        json_counts(run->json, n, counts);
    } else {
        LSA_TRY(cli_print_title(run, err));
        LSA_TRY(cli_print_table("Starts that reach the global minimum", table_of(n, counts), err));
    }
    LSA_TRY(write_directory(run, n, counts, err));
done:
    free(counts);
    return status;
}
