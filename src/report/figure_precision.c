/* figure_precision.c - work and precision: seconds against the accuracy reached, one curve a solver. */
#include "report/figure.h"

#include <math.h>
#include <string.h>

/* The names of the series, each once, in the order of their first points. */
static ptrdiff_t list_series(ptrdiff_t n, const lsa_report_work *points, const char *names[LSA_FIGURE_SERIES])
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        ptrdiff_t k = 0;
        while (k < count && strcmp(names[k], points[i].series) != 0)
            ++k;
        if (k == count && count < LSA_FIGURE_SERIES)
            names[count++] = points[i].series;
    }
    return count;
}

/* One row a point: its error, and its seconds in the column of its series. */
static lsa_table *work_table(ptrdiff_t n, const lsa_report_work *points, ptrdiff_t count, const char *const *names)
{
    lsa_table_column columns[1 + LSA_FIGURE_SERIES] = {{.name = "error"}};
    for (ptrdiff_t k = 0; k < count; ++k)
        columns[1 + k] = (lsa_table_column){.name = names[k]};
    lsa_table *table = lsa_table_create(1 + count, columns);
    for (ptrdiff_t k = 0; k < count; ++k)
        for (ptrdiff_t i = 0; i < n; ++i) {
            if (strcmp(points[i].series, names[k]) != 0)
                continue;
            lsa_table_number(table, points[i].error);
            for (ptrdiff_t j = 0; j < count; ++j)
                lsa_table_number(table, j == k ? points[i].seconds : (double)NAN);
        }
    return table;
}

lsa_status lsa_figure_precision(lsa_run_directory *directory, const char *stem, const char *title, ptrdiff_t n,
                                const lsa_report_work *points, lsa_error *err)
{
    const char *names[LSA_FIGURE_SERIES];
    const ptrdiff_t count = list_series(n, points, names);
    lsa_axis x = lsa_axis_start(), y = lsa_axis_start();
    for (ptrdiff_t i = 0; i < n; ++i)
        if (isfinite(points[i].seconds) && points[i].error > 0.0) {
            lsa_axis_include(&x, points[i].error, true);
            lsa_axis_include(&y, points[i].seconds, true);
        }
    lsa_axis_finish(&x, 2.0, true);
    lsa_axis_finish(&y, 2.0, true);
    y.high *= pow(y.high / y.low, 0.08 * (double)count); /* room for the key, a line a series */
    const lsa_figure_number numbers[] = {{"n_drawn", (double)x.count},
                                         {"n_series", (double)count},
                                         {"log_x", 1},
                                         {"log_y", 1},
                                         {"x_low", x.low},
                                         {"x_high", x.high},
                                         {"y_low", y.low},
                                         {"y_high", y.high}};
    lsa_table *table = work_table(n, points, count, names);
    const lsa_figure figure = {.stem = stem,
                               .template_name = "precision.gp",
                               .title = title,
                               .caption = "Work and precision: seconds against the accuracy that the path reaches.",
                               .table = table,
                               .n_numbers = sizeof numbers / sizeof *numbers,
                               .numbers = numbers};
    const lsa_status status = lsa_figure_draw(directory, &figure, err);
    lsa_table_destroy(table);
    return status;
}
