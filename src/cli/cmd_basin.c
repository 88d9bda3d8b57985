/* cmd_basin.c - lsaflow basin: many starts, the fraction that reaches the global minimum, with its interval. */
#include "base/try.h"
#include "cli/common.h"
#include "lsaflow/basin.h"
#include <stdio.h>
#include <stdlib.h>

static lsa_status document(cli_run *run, lsa_json *json, const cli_findings *findings, lsa_error *err)
{
    const lsa_basin_count *counts = findings->what;
    (void)run;
    (void)err;
    lsa_json_array(json, "basin");
    for (ptrdiff_t j = 0; j < findings->count; j++) {
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
    return LSA_OK;
}

static lsa_table *table_of(const cli_findings *findings)
{
    const lsa_basin_count *counts = findings->what;
    static const lsa_table_column columns[] = {
        {"scale", NULL, NULL, 0, false},    {"starts", NULL, NULL, 12, false},    {"global", NULL, NULL, 12, false},
        {"other", NULL, NULL, 12, false},   {"creeping", NULL, NULL, 12, false},  {"failed", NULL, NULL, 12, false},
        {"fraction", NULL, NULL, 4, false}, {"low", NULL, "95 % from", 4, false}, {"high", NULL, "to", 4, false}};
    lsa_table *table = lsa_table_create(sizeof columns / sizeof *columns, columns);
    for (ptrdiff_t j = 0; j < findings->count; j++) {
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
    const cli_findings findings = {counts, n, document, table_of, "basin", "Starts that reach the global minimum"};
    LSA_TRY(cli_show_findings(run, &findings, err));
    LSA_TRY(cli_write_findings(run, &findings, err));
done:
    free(counts);
    return status;
}
