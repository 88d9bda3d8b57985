/* figure_flow.c - the figures of a run: the gap under its bounds, and the parameters on their way to the limits.
 *
 * Every number is computed here, so that a template only draws columns and the CSV beside it holds what is seen. */
#include "report/figure.h"

#include "base/try.h"
#include "report/run_directory.h"
#include "report/values.h"

#include <stdlib.h>

#define COUNT_OF(array) ((ptrdiff_t)(sizeof(array) / sizeof *(array)))

/* Whether sample i can stand on logarithmic axes of time and gap. */
static bool is_drawn(const lsa_report_flow *flow, ptrdiff_t i)
{
    return flow->time[i] > 0.0 && isfinite(flow->time[i]) && lsa_value_at(flow->gap, i) > 0.0 &&
           isfinite(lsa_value_at(flow->gap, i));
}

/* Where the line of the predicted rate touches the run: the last sample whose gap is still 1e-10 of the first. The line
 * is a statement about the end, and below that the integrator's error may show; -1: no sample. */
static ptrdiff_t rate_anchor(const lsa_report_flow *flow)
{
    const double least = 1e-10;
    ptrdiff_t anchor = -1;
    for (ptrdiff_t i = 0; i < flow->count; ++i)
        if (is_drawn(flow, i) && (anchor < 0 || flow->gap[i] >= least * flow->gap[0]))
            anchor = i;
    return anchor;
}

/* The line of the predicted rate through the anchor: a statement about the end, so it is not drawn far before it, nor
 * above the first gap. */
static double rate_line(const lsa_report_flow *flow, ptrdiff_t anchor, double t)
{
    const double reach = 10.0; /* earliest time drawn: the anchor's over this */
    if (anchor < 0 || t * reach < flow->time[anchor])
        return NAN;
    const double gap = flow->gap[anchor] * exp(-flow->local_rate * (t - flow->time[anchor]));
    return gap <= flow->gap[0] ? gap : (double)NAN;
}

static lsa_table *gap_table(const lsa_report_flow *flow)
{
    static const lsa_table_column columns[] = {
        {.name = "time"}, {.name = "gap"}, {.name = "paper_bound"}, {.name = "sharp_bound"}, {.name = "local_rate"}};
    const ptrdiff_t anchor = rate_anchor(flow);
    const double start = flow->count > 0 ? lsa_value_at(flow->gap, 0) : (double)NAN;
    lsa_table *table = lsa_table_create(COUNT_OF(columns), columns);
    for (ptrdiff_t i = 0; i < flow->count; ++i) {
        lsa_table_number(table, flow->time[i]);
        lsa_table_number(table, lsa_value_at(flow->gap, i));
        lsa_table_number(table, start * exp(-flow->mu * flow->time[i]));
        lsa_table_number(table, start * exp(-2.0 * flow->sharp * lsa_value_at(flow->action, i)));
        lsa_table_number(table, rate_line(flow, anchor, flow->time[i]));
    }
    return table;
}

static void gap_axes(const lsa_report_flow *flow, lsa_axis *x, lsa_axis *y)
{
    *x = lsa_axis_start();
    *y = lsa_axis_start();
    for (ptrdiff_t i = 0; i < flow->count; ++i) {
        if (!is_drawn(flow, i))
            continue;
        lsa_axis_include(x, flow->time[i], true);
        lsa_axis_include(y, flow->gap[i], true);
    }
    lsa_axis_finish(x, 1.0, true);
    lsa_axis_finish(y, 4.0, true);
}

lsa_status lsa_figure_gap(lsa_run_directory *directory, const char *stem, const lsa_report_flow *flow, lsa_error *err)
{
    lsa_axis x, y;
    gap_axes(flow, &x, &y);
    const lsa_figure_number numbers[] = {{"n_drawn", (double)y.count},
                                         {"has_paper", isfinite(flow->mu)},
                                         {"has_sharp", isfinite(flow->sharp) && flow->action != NULL},
                                         {"has_rate", isfinite(flow->local_rate) && rate_anchor(flow) >= 0},
                                         {"rate", flow->local_rate},
                                         {"log_x", true},
                                         {"log_y", true},
                                         {"x_low", x.low},
                                         {"x_high", x.high},
                                         {"y_low", y.low},
                                         {"y_high", y.high}};
    lsa_table *table = gap_table(flow);
    const lsa_figure figure = {
        .stem = stem,
        .template_name = "gap.gp",
        .title = directory->title,
        .caption = "Relative loss gap along the gradient flow, with upper bounds and the predicted rate.",
        .table = table,
        .n_numbers = COUNT_OF(numbers),
        .numbers = numbers};
    const lsa_status status = lsa_figure_draw(directory, &figure, err);
    lsa_table_destroy(table);
    return status;
}

/* The modes that are drawn, in the order of the key. */
typedef struct mode_choice {
    ptrdiff_t count;
    ptrdiff_t index[LSA_FIGURE_MODES];
} mode_choice;

static lsa_status choose(const lsa_report_flow *flow, mode_choice *choice, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *eigenvalues = NULL;
    choice->count = 0;
    if (flow->n_modes == 0)
        goto done;
    eigenvalues = calloc((size_t)flow->n_modes, sizeof *eigenvalues);
    LSA_TRY_MEMORY(eigenvalues, "a figure");
    for (ptrdiff_t k = 0; k < flow->n_modes; ++k)
        eigenvalues[k] = flow->modes[k].eigenvalue;
    choice->count = lsa_report_choose_modes(flow->n_modes, eigenvalues, LSA_FIGURE_MODES, choice->index);
    if (choice->count < 0)
        LSA_TRY(lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a figure"));
done:
    free(eigenvalues);
    return status;
}

static lsa_table *parameter_table(const lsa_report_flow *flow, const mode_choice *choice)
{
    static const lsa_table_column columns[] = {{.name = "time"},   {.name = "u"},      {.name = "mode_1"},
                                               {.name = "mode_2"}, {.name = "mode_3"}, {.name = "mode_4"},
                                               {.name = "mode_5"}, {.name = "mode_6"}};
    _Static_assert(COUNT_OF(columns) == 2 + LSA_FIGURE_MODES, "a column for every mode drawn");
    lsa_table *table = lsa_table_create(2 + choice->count, columns);
    for (ptrdiff_t i = 0; i < flow->count; ++i) {
        lsa_table_number(table, flow->time[i]);
        lsa_table_number(table, lsa_value_at(flow->u, i));
        for (ptrdiff_t k = 0; k < choice->count; ++k)
            lsa_table_number(table, lsa_value_at(flow->modes[choice->index[k]].values, i));
    }
    return table;
}

static void parameter_axes(const lsa_report_flow *flow, const mode_choice *choice, lsa_axis *x, lsa_axis *y)
{
    *x = lsa_axis_start();
    *y = lsa_axis_start();
    lsa_axis_include(y, flow->u_limit, false);
    for (ptrdiff_t k = 0; k < choice->count; ++k)
        lsa_axis_include(y, flow->modes[choice->index[k]].limit, false);
    for (ptrdiff_t i = 0; i < flow->count; ++i) {
        if (!(flow->time[i] > 0.0))
            continue;
        lsa_axis_include(x, flow->time[i], true);
        lsa_axis_include(y, lsa_value_at(flow->u, i), false);
        for (ptrdiff_t k = 0; k < choice->count; ++k)
            lsa_axis_include(y, lsa_value_at(flow->modes[choice->index[k]].values, i), false);
    }
    lsa_axis_finish(x, 1.0, true);
    lsa_axis_finish(y, 0.05, false);
}

lsa_status lsa_figure_parameters(lsa_run_directory *directory, const char *stem, const lsa_report_flow *flow,
                                 lsa_error *err)
{
    static const char *const limits[] = {"limit_1", "limit_2", "limit_3", "limit_4", "limit_5", "limit_6"};
    static const char *const eigenvalues[] = {"eigenvalue_1", "eigenvalue_2", "eigenvalue_3",
                                              "eigenvalue_4", "eigenvalue_5", "eigenvalue_6"};
    enum { FIXED_NUMBERS = 9 };
    lsa_status status = LSA_OK;
    lsa_table *table = NULL;
    mode_choice choice;
    lsa_axis x, y;
    LSA_TRY(choose(flow, &choice, err));
    parameter_axes(flow, &choice, &x, &y);
    lsa_figure_number numbers[FIXED_NUMBERS + 2 * LSA_FIGURE_MODES] = {{"n_drawn", (double)x.count},
                                                                       {"n_modes", (double)choice.count},
                                                                       {"limit_0", flow->u_limit},
                                                                       {"log_x", true},
                                                                       {"log_y", false},
                                                                       {"x_low", x.low},
                                                                       {"x_high", x.high},
                                                                       {"y_low", y.low},
                                                                       {"y_high", y.high}};
    ptrdiff_t count = FIXED_NUMBERS;
    for (ptrdiff_t k = 0; k < choice.count; ++k) {
        numbers[count++] = (lsa_figure_number){limits[k], flow->modes[choice.index[k]].limit};
        numbers[count++] = (lsa_figure_number){eigenvalues[k], flow->modes[choice.index[k]].eigenvalue};
    }
    table = parameter_table(flow, &choice);
    const lsa_figure figure = {.stem = stem,
                               .template_name = "parameters.gp",
                               .title = directory->title,
                               .caption =
                                   "The parameters in the covariance's eigenbasis; dashed: their predicted limits.",
                               .table = table,
                               .n_numbers = count,
                               .numbers = numbers};
    LSA_TRY(lsa_figure_draw(directory, &figure, err));
done:
    lsa_table_destroy(table);
    return status;
}

/* A mode and where it came from, to be sorted. */
typedef struct ranked_mode {
    double eigenvalue;
    ptrdiff_t index;
} ranked_mode;

/* Descending; equal eigenvalues keep their order, so the choice is the same everywhere. */
static int compare(const void *left, const void *right)
{
    const ranked_mode *a = left, *b = right;
    if (a->eigenvalue != b->eigenvalue)
        return a->eigenvalue > b->eigenvalue ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

ptrdiff_t lsa_report_choose_modes(ptrdiff_t d, const double *eigenvalues, ptrdiff_t limit, ptrdiff_t *chosen)
{
    const ptrdiff_t count = d < limit ? d : limit;
    ranked_mode *ranked = calloc((size_t)d, sizeof *ranked);
    if (ranked == NULL)
        return -1;
    for (ptrdiff_t i = 0; i < d; ++i)
        ranked[i] = (ranked_mode){eigenvalues[i], i};
    qsort(ranked, (size_t)d, sizeof *ranked, compare);
    for (ptrdiff_t k = 0; k < count; ++k)
        chosen[k] = ranked[count > 1 ? k * (d - 1) / (count - 1) : 0].index;
    free(ranked);
    return count;
}
