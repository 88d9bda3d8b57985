/* figure_panels.c - curves and points in one or several panels, with one legend below them.
 *
 * The template plots/panels.gp draws from arrays: here the axes are measured, the places of panels and legend laid out, and
 * all that written down. */
#include "report/figure.h"

#include "base/text.h"
#include "base/try.h"
#include "report/gnuplot.h"
#include "report/run_directory.h"
#include "report/utf8_text.h"
#include "report/values.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) ((ptrdiff_t)(sizeof(array) / sizeof *(array)))

static const double least_span = 8.0;   /* of a logarithmic axis: one that spans less reads better on even steps   */
static const double least_share = 1e-9; /* of the greatest value: below is rounding, and would only press the rest */
static const double least_asked =
    1e-18; /* where somebody asked for the axis: below is nothing that doubles know      */

/* One series with its panel, in drawing order. */
typedef struct placed {
    const lsa_report_series *series;
    ptrdiff_t panel;
} placed;

typedef struct legend_entry {
    const lsa_report_series *series; /* the first of its label */
    bool visible;
} legend_entry;

typedef struct layout {
    const lsa_report_panels *panels;
    ptrdiff_t n_series, n_legend, n_legend_lines;
    placed *order;
    legend_entry *legend;
    lsa_axis x, y[LSA_FIGURE_PANELS];
    bool log_x, log_y[LSA_FIGURE_PANELS];
    bool x_whole;                    /* a few whole numbers: a tick at each */
    double least[LSA_FIGURE_PANELS]; /* values from here on are drawn on a logarithmic axis */
    ptrdiff_t line[LSA_FIGURE_PANELS], point[LSA_FIGURE_PANELS], end[LSA_FIGURE_PANELS]; /* into order, from 1 */
} layout;

/* ---------------------------------------------------------------- what is drawn where */

static bool is_shown(const layout *l, ptrdiff_t panel, double x, double y)
{
    return isfinite(x) && isfinite(y) && (!l->log_x || x > 0.0) && (!l->log_y[panel] || y >= l->least[panel]);
}

/* Lines first, then points, so that points lie on their curves; the first of the panel last, over the others. */
static void put_in_order(layout *l)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t p = 0; p < l->panels->n_panels; ++p) {
        const lsa_report_panel *panel = &l->panels->panels[p];
        for (int points = 0; points < 2; ++points) {
            *(points ? &l->point[p] : &l->line[p]) = count + 1;
            for (ptrdiff_t k = panel->n_series - 1; k >= 0; --k)
                if (panel->series[k].points == (points == 1))
                    l->order[count++] = (placed){&panel->series[k], p};
        }
        l->end[p] = count + 1;
    }
    l->n_series = count;
}

/* Whether numbers ask for a logarithmic axis, or whoever draws them does. */
static bool is_logarithmic(lsa_report_scale scale, const lsa_axis *axis, bool positive)
{
    if (scale != LSA_SCALE_AUTOMATIC)
        return scale == LSA_SCALE_LOGARITHMIC;
    return axis->count > 0 && positive && axis->high >= least_span * axis->low;
}

/* An end of a point's bar. */
static double bar_end(const lsa_report_series *series, ptrdiff_t i, double sign)
{
    const double sigma = lsa_value_at(series->sigma, i), end = lsa_value_at(sign > 0.0 ? series->high : series->low, i);
    if (isfinite(end))
        return end;
    return series->y[i] + (isfinite(sigma) ? sign * 2.0 * sigma : 0.0);
}

static void measure_x(layout *l)
{
    const bool positive = l->panels->x_scale == LSA_SCALE_LOGARITHMIC;
    double least = INFINITY;
    l->x = lsa_axis_start();
    l->x_whole = true;
    for (ptrdiff_t k = 0; k < l->n_series; ++k) {
        const lsa_report_series *series = l->order[k].series;
        for (ptrdiff_t i = 0; i < series->n; ++i) {
            if (!isfinite(series->y[i]))
                continue;
            lsa_axis_include(&l->x, series->x[i], positive);
            least = fmin(least, series->x[i]);
            l->x_whole = l->x_whole && series->x[i] == floor(series->x[i]);
        }
    }
    l->x_whole = l->x_whole && l->x.high - l->x.low <= 8.0;
    l->log_x = is_logarithmic(l->panels->x_scale, &l->x, least > 0.0);
    lsa_axis_finish(&l->x, l->log_x ? 1.15 : 0.04, l->log_x);
}

/* The least positive and the greatest value of a panel. */
static lsa_axis values_of(const layout *l, ptrdiff_t p)
{
    lsa_axis axis = lsa_axis_start();
    for (ptrdiff_t k = l->line[p] - 1; k < l->end[p] - 1; ++k)
        for (ptrdiff_t i = 0; i < l->order[k].series->n; ++i)
            if (isfinite(l->order[k].series->x[i]))
                lsa_axis_include(&axis, l->order[k].series->y[i], true);
    return axis;
}

static void measure_y(layout *l, ptrdiff_t p)
{
    const lsa_axis positive = values_of(l, p);
    lsa_axis *axis = &l->y[p];
    *axis = lsa_axis_start();
    if (l->panels->fraction) {
        *axis = (lsa_axis){-0.03, 1.03, positive.count};
        return;
    }
    const bool asked = l->panels->panels[p].y_scale == LSA_SCALE_LOGARITHMIC;
    l->least[p] = asked ? fmax(positive.low, least_asked * positive.high) : least_share * positive.high;
    l->log_y[p] = is_logarithmic(l->panels->panels[p].y_scale, &positive, true);
    for (ptrdiff_t k = l->line[p] - 1; k < l->end[p] - 1; ++k) {
        const lsa_report_series *series = l->order[k].series;
        for (ptrdiff_t i = 0; i < series->n; ++i) {
            if (!is_shown(l, p, series->x[i], series->y[i]))
                continue;
            lsa_axis_include(axis, series->y[i], l->log_y[p]);
            if (!series->points)
                continue;
            lsa_axis_include(axis, bar_end(series, i, 1.0), l->log_y[p]);
            /* a bar that reaches towards zero is cut by the axis, or a logarithmic one would show little else */
            lsa_axis_include(axis, fmax(bar_end(series, i, -1.0), 0.5 * series->y[i]), l->log_y[p]);
        }
    }
    lsa_axis_finish(axis, l->log_y[p] ? 1.9 : 0.12, l->log_y[p]);
}

/* ---------------------------------------------------------------- the legend */

static bool is_visible(const layout *l, ptrdiff_t panel, const lsa_report_series *series)
{
    for (ptrdiff_t i = 0; i < series->n; ++i)
        if (is_shown(l, panel, series->x[i], series->y[i]))
            return true;
    return false;
}

static legend_entry *find_entry(layout *l, const lsa_report_series *series)
{
    for (ptrdiff_t k = 0; k < l->n_legend; ++k)
        if (l->legend[k].series->points == series->points && strcmp(l->legend[k].series->label, series->label) == 0)
            return &l->legend[k];
    l->legend[l->n_legend] = (legend_entry){series, false};
    return &l->legend[l->n_legend++];
}

/* Those lines, or points, of a panel that have a label. */
static void add_entries(layout *l, ptrdiff_t p, bool points)
{
    const lsa_report_panel *panel = &l->panels->panels[p];
    for (ptrdiff_t k = 0; k < panel->n_series; ++k) {
        const lsa_report_series *series = &panel->series[k];
        if (series->label == NULL || series->n == 0 || series->points != points)
            continue;
        legend_entry *entry = find_entry(l, series);
        entry->visible = entry->visible || is_visible(l, p, series);
    }
}

/* Lines first, as the template draws them. */
static void fill_legend(layout *l)
{
    for (int points = 0; points < 2; ++points) {
        for (ptrdiff_t p = 0; p < l->panels->n_panels; ++p)
            add_entries(l, p, points == 1);
        if (points == 0)
            l->n_legend_lines = l->n_legend;
    }
}

/* What cannot be drawn is said: "zero predictor: 0, not on this axis". */
static void write_label(const legend_entry *entry, lsa_text *out)
{
    const lsa_report_series *series = entry->series;
    lsa_report_printable(out, series->label);
    if (entry->visible)
        return;
    const double value = series->y[series->n - 1];
    if (isfinite(value) && fabs(value) < 1e-20)
        lsa_text_add(out, ": 0, not on the axis");
    else if (isfinite(value))
        lsa_text_printf(out, ": %.3g, not on the axis", value);
    else
        lsa_text_add(out, ": infinite");
}

/* ---------------------------------------------------------------- the script */

static void add_numbers(lsa_text *out, const char *name, ptrdiff_t n, const double *values)
{
    lsa_text_printf(out, "array %s[%td] = [", name, n);
    for (ptrdiff_t k = 0; k < n; ++k) {
        lsa_text_add(out, k > 0 ? ", " : "");
        lsa_gnuplot_add_number(out, values[k]);
    }
    lsa_text_add(out, "]\n");
}

/* "#rrggbb" of a series. */
static void add_colour(lsa_text *out, const lsa_report_series *series)
{
    static const unsigned palette[] = {0x000000, 0xe69f00, 0x56b4e9, 0x009e73, 0x0072b2, 0xd55e00, 0xcc79a7, 0x7f7f7f};
    const unsigned full = palette[series->colour];
    unsigned mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        const double part = (double)(full >> shift & 0xffu);
        mixed = mixed << 8 | (unsigned)lround(part + series->shade * (255.0 - part));
    }
    lsa_text_printf(out, "\"#%06x\"", mixed);
}

static double dash_of(const lsa_report_series *series)
{
    return series->dash + 1.0; /* those of begin.gp */
}

static double marker_of(const lsa_report_series *series)
{
    static const double markers[] = {7, 5, 9, 13, 6, 4};
    return markers[series->marker];
}

static double thickness_of(const lsa_report_series *series)
{
    return series->dash == 0 ? 2.2 : 1.6;
}

/* Dash, thickness, marker and colour of n series, as four arrays named with the prefix; one entry more than there are
 * series, for gnuplot looks at the first of an empty range. */
static void add_styles(lsa_text *out, const char *prefix, ptrdiff_t n, const lsa_report_series *const *series)
{
    static const struct {
        const char *name;
        double (*value)(const lsa_report_series *series);
    } parts[] = {{"dash", dash_of}, {"thick", thickness_of}, {"marker", marker_of}};
    static const lsa_report_series none = {.label = NULL};
    for (ptrdiff_t part = 0; part < COUNT_OF(parts); ++part) {
        lsa_text_printf(out, "array %s%s[%td]\n", prefix, parts[part].name, n + 1);
        for (ptrdiff_t k = 0; k <= n; ++k)
            lsa_text_printf(out, "%s%s[%td] = %g\n", prefix, parts[part].name, k + 1,
                            parts[part].value(k < n ? series[k] : &none));
    }
    lsa_text_printf(out, "array %scolour[%td]\n", prefix, n + 1);
    for (ptrdiff_t k = 0; k <= n; ++k) {
        lsa_text_printf(out, "%scolour[%td] = ", prefix, k + 1);
        add_colour(out, k < n ? series[k] : &none);
        lsa_text_add(out, "\n");
    }
}

static void add_string(lsa_text *out, const char *array, ptrdiff_t k, const char *text, ptrdiff_t columns)
{
    lsa_text cut;
    lsa_text_init(&cut);
    lsa_utf8_add_cut(&cut, text, columns);
    lsa_text_printf(out, "%s[%td] = ", array, k + 1);
    lsa_gnuplot_add_string(out, cut.failed || cut.data == NULL ? "" : cut.data);
    lsa_text_add(out, "\n");
    out->failed = out->failed || cut.failed;
    lsa_text_clear(&cut);
}

/* Places in units of the SVG's pixels. */
static const double title_height = 34, panel_title = 30, below_panel = 62, left_of_panel = 84, right_of_panel = 16,
                    legend_line = 21;
enum { LEGEND_COLUMNS = 104, TITLE_COLUMNS = 46 }; /* characters in a line of the legend at 800 pixels; over a panel */

static void add_places(lsa_text *out, ptrdiff_t n, ptrdiff_t columns, double width, double panel_height)
{
    double left[LSA_FIGURE_PANELS], right[LSA_FIGURE_PANELS], top[LSA_FIGURE_PANELS], bottom[LSA_FIGURE_PANELS];
    const double pitch = width / (double)columns, over = n > 1 ? panel_title : 0.0;
    for (ptrdiff_t p = 0; p < n; ++p) {
        const ptrdiff_t row = p / columns, column = p % columns;
        left[p] = (double)column * pitch + left_of_panel;
        right[p] = (double)(column + 1) * pitch - right_of_panel;
        top[p] = title_height + (double)row * (over + panel_height + below_panel) + over;
        bottom[p] = top[p] + panel_height;
    }
    add_numbers(out, "panel_left", n, left);
    add_numbers(out, "panel_right", n, right);
    add_numbers(out, "panel_top", n, top);
    add_numbers(out, "panel_bottom", n, bottom);
}

static void add_panels(lsa_text *out, const layout *l)
{
    const ptrdiff_t n = l->panels->n_panels;
    double numbers[10][LSA_FIGURE_PANELS];
    static const char *const names[] = {"panel_line",   "panel_point", "panel_end",    "panel_count", "panel_x_low",
                                        "panel_x_high", "panel_y_low", "panel_y_high", "panel_log_y", "mark"};
    for (ptrdiff_t p = 0; p < n; ++p) {
        const double row[] = {
            (double)l->line[p], (double)l->point[p], (double)l->end[p],   (double)l->y[p].count,    l->x.low, l->x.high,
            l->y[p].low,        l->y[p].high,        (double)l->log_y[p], l->panels->panels[p].mark};
        for (ptrdiff_t k = 0; k < COUNT_OF(names); ++k)
            numbers[k][p] = row[k];
    }
    for (ptrdiff_t k = 0; k < COUNT_OF(names); ++k)
        add_numbers(out, names[k], n, numbers[k]);
    lsa_text_printf(out, "array panel_title[%td]\n", n);
    for (ptrdiff_t p = 0; p < n; ++p)
        add_string(out, "panel_title", p, l->panels->panels[p].title != NULL ? l->panels->panels[p].title : "",
                   TITLE_COLUMNS);
}

/* The legend's entries; *rows of them in the columns that the longest allows. */
static void add_legend(lsa_text *out, const layout *l, double width, ptrdiff_t *rows)
{
    ptrdiff_t longest = 1;
    lsa_text_printf(out, "array legend_text[%td]\n", l->n_legend + 1);
    add_string(out, "legend_text", l->n_legend, "", LEGEND_COLUMNS);
    for (ptrdiff_t k = 0; k < l->n_legend; ++k) {
        lsa_text label;
        lsa_text_init(&label);
        write_label(&l->legend[k], &label);
        out->failed = out->failed || label.failed;
        add_string(out, "legend_text", k, label.failed ? "" : label.data, LEGEND_COLUMNS);
        const ptrdiff_t length = label.failed ? 0 : lsa_utf8_width(label.data);
        longest = length > longest ? length : longest;
        lsa_text_clear(&label);
    }
    const double entry = 70.0 + 7.0 * (double)longest; /* a letter is 7 pixels wide, 8 where capitals are many */
    const ptrdiff_t fit = (ptrdiff_t)(width / entry), most = fit < 1 ? 1 : fit > 4 ? 4 : fit;
    *rows = l->n_legend > 0 ? (l->n_legend + most - 1) / most : 1;
    const ptrdiff_t columns = (l->n_legend + *rows - 1) / *rows;
    lsa_text_printf(out, "legend_rows = %td\nlegend_columns = %td\nlegend_width = %g\nlegend_line = %g\n", *rows,
                    columns, entry, legend_line);
}

static lsa_status write_definitions(const layout *l, lsa_text *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = l->panels->n_panels,
                    columns = n > 4   ? 3
                              : n > 1 ? 2
                                      : 1,
                    grid_rows = (n + columns - 1) / columns;
    const double width = columns == 1 ? 800 : columns == 2 ? 1000 : 1320, panel_height = n == 1 ? 380 : 270;
    const lsa_report_series **series = calloc((size_t)(l->n_series + l->n_legend) + 1, sizeof *series);
    ptrdiff_t rows;
    LSA_TRY_MEMORY(series, "a figure");
    for (ptrdiff_t k = 0; k < l->n_series; ++k)
        series[k] = l->order[k].series;
    for (ptrdiff_t k = 0; k < l->n_legend; ++k)
        series[l->n_series + k] = l->legend[k].series;
    add_places(out, n, columns, width, panel_height);
    add_panels(out, l);
    add_styles(out, "", l->n_series, series);
    add_styles(out, "legend_", l->n_legend, series + l->n_series);
    add_legend(out, l, width, &rows);
    const double legend = legend_line * (double)rows + 10.0;
    const double height =
        title_height + (double)grid_rows * (panel_height + below_panel + (n > 1 ? panel_title : 0.0)) + legend;
    lsa_text_printf(out, "columns = %td\nwidth = %g\nheight = %g\nlegend_height = %g\n", columns, width, height,
                    legend);
    lsa_text_printf(out, "x_label = '%s'\ny_label = '%s'\n", l->panels->x_label, l->panels->y_label);
    LSA_TRY_MEMORY(out->failed ? NULL : out, "a figure");
done:
    free(series);
    return status;
}

/* One row a value, in drawing order. */
static lsa_table *data_table(const layout *l)
{
    static const lsa_table_column columns[] = {{.name = "panel"}, {.name = "series"}, {.name = "label"},
                                               {.name = "x"},     {.name = "y"},      {.name = "stderr"},
                                               {.name = "low"},   {.name = "high"}};
    lsa_table *table = lsa_table_create(COUNT_OF(columns), columns);
    for (ptrdiff_t k = 0; k < l->n_series; ++k) {
        const lsa_report_series *series = l->order[k].series;
        const ptrdiff_t p = l->order[k].panel;
        for (ptrdiff_t i = 0; i < series->n; ++i) {
            const bool shown = is_shown(l, p, series->x[i], series->y[i]);
            const double low = bar_end(series, i, -1.0);
            lsa_table_number(table, (double)(p + 1));
            lsa_table_number(table, (double)(k + 1));
            lsa_table_string(table, series->label);
            lsa_table_number(table, series->x[i]);
            lsa_table_number(table, shown ? series->y[i] : (double)NAN);
            lsa_table_number(table, lsa_value_at(series->sigma, i));
            lsa_table_number(table, l->log_y[p] ? fmax(low, l->y[p].low) : low);
            lsa_table_number(table, bar_end(series, i, 1.0));
        }
    }
    return table;
}

/* ---------------------------------------------------------------- the whole */

static lsa_status layout_create(const lsa_report_panels *panels, layout *l, lsa_error *err)
{
    lsa_status status = LSA_OK;
    size_t total = 1;
    assert(panels->n_panels >= 1 && panels->n_panels <= LSA_FIGURE_PANELS);
    for (ptrdiff_t p = 0; p < panels->n_panels; ++p)
        total += (size_t)panels->panels[p].n_series;
    l->order = calloc(total, sizeof *l->order);
    l->legend = calloc(total, sizeof *l->legend);
    LSA_TRY_MEMORY(l->order != NULL ? l->legend : NULL, "a figure");
    put_in_order(l);
    measure_x(l);
    for (ptrdiff_t p = 0; p < panels->n_panels; ++p)
        measure_y(l, p);
    fill_legend(l);
done:
    return status;
}

static void layout_clear(layout *l)
{
    free(l->order);
    free(l->legend);
}

lsa_status lsa_figure_panels(lsa_run_directory *directory, const char *stem, const lsa_report_panels *panels,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    layout l = {.panels = panels};
    lsa_table *table = NULL;
    lsa_text title, definitions;
    lsa_text_init(&title);
    lsa_text_init(&definitions);
    LSA_TRY(layout_create(panels, &l, err));
    LSA_TRY(write_definitions(&l, &definitions, err));
    lsa_text_add(&title, directory->title != NULL ? directory->title : "");
    if (panels->name != NULL)
        lsa_text_printf(&title, "%s%s", title.length > 0 ? " — " : "", panels->name);
    LSA_TRY_MEMORY(title.failed ? NULL : title.data, "a figure");
    table = data_table(&l);
    const lsa_figure_number numbers[] = {{"n_drawn", (double)l.x.count},   {"n_panels", (double)panels->n_panels},
                                         {"n_legend", (double)l.n_legend}, {"n_legend_lines", (double)l.n_legend_lines},
                                         {"x_whole", l.x_whole},           {"log_x", l.log_x}};
    const lsa_figure figure = {.stem = stem,
                               .template_name = "panels.gp",
                               .title = title.data,
                               .caption = panels->caption,
                               .table = table,
                               .n_numbers = COUNT_OF(numbers),
                               .numbers = numbers,
                               .definitions = &definitions,
                               .several_plots = true};
    LSA_TRY(lsa_figure_draw(directory, &figure, err));
done:
    layout_clear(&l);
    lsa_table_destroy(table);
    lsa_text_clear(&title);
    lsa_text_clear(&definitions);
    return status;
}
