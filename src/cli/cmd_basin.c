/* cmd_basin.c - lsaflow basin: many starts, the fraction that reaches the global minimum, with its interval. */
#include "base/matrix.h"
#include "base/try.h"
#include "cli/common.h"
#include "lsaflow/basin.h"
#include <math.h>
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

static const char *const groups[] = {"reach the global minimum", "still creeping", "end elsewhere", "solver failed"};
enum { GROUPS = 4, GLOBAL = 0 };

static ptrdiff_t group_size(const lsa_basin_count *count, ptrdiff_t group)
{
    const ptrdiff_t sizes[GROUPS] = {count->global, count->creeping, count->other, count->failed};
    return sizes[group];
}

/* The fractions against the scale of the start; of the global minimum with its interval. */
static lsa_status draw(cli_run *run, lsa_run_directory *directory, const cli_findings *findings, lsa_error *err)
{
    static const int colours[GROUPS] = {4, 1, 5, 7}; /* blue, orange, vermilion, grey */
    lsa_status status = LSA_OK;
    const lsa_basin_count *counts = findings->what;
    const ptrdiff_t n = findings->count;
    ptrdiff_t n_series = 0;
    lsa_report_series series[2 * GROUPS];
    double *x = lsa_vec_create((3 + GROUPS) * n);
    (void)run;
    LSA_TRY_MEMORY(x, "a figure");
    double *low = x + n, *high = low + n;
    for (ptrdiff_t j = 0; j < n; j++) {
        x[j] = counts[j].scale;
        low[j] = counts[j].low;
        high[j] = counts[j].high;
    }
    for (ptrdiff_t g = 0; g < GROUPS; g++) {
        double *y = x + (3 + g) * n;
        ptrdiff_t total = 0;
        for (ptrdiff_t j = 0; j < n; j++) {
            y[j] = (double)group_size(&counts[j], g) / (double)counts[j].starts;
            total += group_size(&counts[j], g);
        }
        if (g != GLOBAL && total == 0)
            continue;
        const lsa_report_series line = {.colour = colours[g], .shade = 0.4, .dash = 2, .n = n, .x = x, .y = y};
        const lsa_report_series points = {.label = groups[g],
                                          .points = true,
                                          .colour = colours[g],
                                          .marker = (int)g,
                                          .n = n,
                                          .x = x,
                                          .y = y,
                                          .low = g == GLOBAL ? low : NULL,
                                          .high = g == GLOBAL ? high : NULL};
        series[n_series++] = line;
        series[n_series++] = points;
    }
    const lsa_report_panel panel = {.mark = (double)NAN, .n_series = n_series, .series = series};
    const lsa_report_panels figure = {.x_label = "scale of the start",
                                      .y_label = "fraction of starts",
                                      .caption = "Where starts of each scale end; bars: 95 % confidence.",
                                      .fraction = true,
                                      .n_panels = 1,
                                      .panels = &panel};
    LSA_TRY(lsa_figure_panels(directory, "basin-fractions", &figure, err));
done:
    free(x);
    return status;
}

lsa_status cli_basin(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = run->experiment->basin.n_scales;
    ptrdiff_t finished = 0;
    lsa_error story = {0};
    lsa_status counted = LSA_OK;
    lsa_basin_count *counts = calloc((size_t)n, sizeof *counts);
    LSA_TRY_MEMORY(counts, "the counts");
    while (finished < n && counted == LSA_OK) {
        cli_show_progress(run->progress, "starts", (double)finished / (double)n);
        counted = lsa_basin_run(run->study, finished, &counts[finished], &story);
        finished += counts[finished].starts > 0;
    }
    lsa_progress_clear(run->progress);
    if (counted != LSA_OK && (counted != LSA_ERR_INTERRUPTED || finished == 0))
        LSA_TRY(lsa_error_copy(err, counted, &story));
    const cli_findings findings = {.what = counts,
                                   .count = finished,
                                   .document = document,
                                   .table = table_of,
                                   .stem = "basin",
                                   .heading = "Starts that reach the global minimum",
                                   .figures = draw};
    LSA_TRY(cli_show_findings(run, &findings, err));
    LSA_TRY(cli_write_findings(run, &findings, err));
    if (counted != LSA_OK)
        status = lsa_error_copy(err, counted, &story);
done:
    free(counts);
    return status;
}
