/* figure_training.c - discrete steps beside the flow: their distance from it, and of both from the predicted limit. */
#include "report/figure.h"

#include "report/run_directory.h"
#include "report/values.h"

#define COUNT_OF(array) ((ptrdiff_t)(sizeof(array) / sizeof *(array)))

/* Whether the points have times of a flow. */
static bool has_times(const lsa_report_training *training)
{
    return training->count > 0 && isfinite(lsa_value_at(training->time, training->count - 1));
}

static double place(const lsa_report_training *training, ptrdiff_t k)
{
    return has_times(training) ? training->time[k] : training->step[k];
}

static bool is_known(const double *values, ptrdiff_t count)
{
    for (ptrdiff_t k = 0; k < count; ++k)
        if (isfinite(lsa_value_at(values, k)) && values[k] > 0.0)
            return true;
    return false;
}

static lsa_table *training_table(const lsa_report_training *training)
{
    static const lsa_table_column columns[] = {
        {.name = "place"}, {.name = "to_flow"}, {.name = "to_limit"}, {.name = "flow_to_limit"}};
    lsa_table *table = lsa_table_create(COUNT_OF(columns), columns);
    for (ptrdiff_t k = 0; k < training->count; ++k) {
        lsa_table_number(table, place(training, k));
        lsa_table_number(table, lsa_value_at(training->to_flow, k));
        lsa_table_number(table, lsa_value_at(training->to_limit, k));
        lsa_table_number(table, lsa_value_at(training->flow_to_limit, k));
    }
    return table;
}

/* The flow nears its limit for ever: it is shown down to a tenth of what the steps reach. */
static void training_axes(const lsa_report_training *training, lsa_axis *x, lsa_axis *y)
{
    *x = lsa_axis_start();
    *y = lsa_axis_start();
    lsa_axis_include(y, training->average_to_limit, true);
    for (ptrdiff_t k = 0; k < training->count; ++k) {
        if (!(place(training, k) > 0.0))
            continue;
        lsa_axis_include(x, place(training, k), true);
        lsa_axis_include(y, lsa_value_at(training->to_flow, k), true);
        lsa_axis_include(y, lsa_value_at(training->to_limit, k), true);
    }
    lsa_axis_finish(x, 1.0, true);
    lsa_axis_finish(y, 3.0, true);
}

lsa_status lsa_figure_training(lsa_run_directory *directory, const char *stem, const lsa_report_training *training,
                               lsa_error *err)
{
    lsa_axis x, y;
    training_axes(training, &x, &y);
    const lsa_figure_number numbers[] = {{"n_drawn", (double)y.count},
                                         {"has_times", has_times(training)},
                                         {"has_flow", is_known(training->to_flow, training->count)},
                                         {"has_limit", is_known(training->to_limit, training->count)},
                                         {"average", training->average_to_limit},
                                         {"log_x", true},
                                         {"log_y", true},
                                         {"x_low", x.low},
                                         {"x_high", x.high},
                                         {"y_low", y.low},
                                         {"y_high", y.high}};
    lsa_table *table = training_table(training);
    const lsa_figure figure = {
        .stem = stem,
        .template_name = "training.gp",
        .title = directory->title,
        .caption = "Training by discrete steps: distance from the gradient flow, and of both from the predicted limit.",
        .table = table,
        .n_numbers = COUNT_OF(numbers),
        .numbers = numbers};
    const lsa_status status = lsa_figure_draw(directory, &figure, err);
    lsa_table_destroy(table);
    return status;
}
