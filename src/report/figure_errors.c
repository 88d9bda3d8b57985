/* figure_errors.c - the test error against the context length: closed form, Monte Carlo, the best linear predictor. */
#include "report/figure.h"

#include "report/run_directory.h"
#include "report/values.h"

#define COUNT_OF(array) ((ptrdiff_t)(sizeof(array) / sizeof *(array)))

/* Both axes, and whether they are logarithmic: one that spans less than this factor reads better on even steps. */
typedef struct error_axes {
    lsa_axis x, y;
    bool log_x, log_y;
} error_axes;
static const double least_span = 8.0;

/* Whether a context length can stand on the axis. */
static bool is_shown(double context)
{
    return isfinite(context) && context > 0.0;
}

static void include(error_axes *axes, double context, double error)
{
    if (!is_shown(context))
        return;
    lsa_axis_include(&axes->x, context, true);
    lsa_axis_include(&axes->y, error, true);
}

static bool is_logarithmic(const lsa_axis *axis)
{
    return axis->count > 0 && axis->high >= least_span * axis->low;
}

/* Where x stands on a finished axis, 0 at its low end and 1 at its high one. */
static double position(const lsa_axis *axis, bool logarithmic, double x)
{
    return logarithmic ? log(x / axis->low) / log(axis->high / axis->low) : (x - axis->low) / (axis->high - axis->low);
}

/* An end of point i's error bar, error + sign * 2 standard errors; the error itself where none is known. */
static double bar_end(const lsa_report_errors *errors, ptrdiff_t i, double sign)
{
    const double sigma = lsa_value_at(errors->point_stderr, i);
    return errors->point_error[i] + (isfinite(sigma) ? sign * 2.0 * sigma : 0.0);
}

/* Whether something stands where the key is, in the upper right. */
static bool is_under_key(const error_axes *axes, double context, double value)
{
    const double left = 0.45, bottom = 0.7; /* of the key's corner, with some room */
    return is_shown(context) && position(&axes->x, axes->log_x, context) > left &&
           position(&axes->y, axes->log_y, value) > bottom;
}

static bool meets_key(const lsa_report_errors *errors, const error_axes *axes)
{
    bool meets = false;
    for (ptrdiff_t i = 0; i < errors->n_curve; ++i)
        meets = meets || is_under_key(axes, errors->context[i], errors->error[i]) ||
                is_under_key(axes, errors->context[i], lsa_value_at(errors->best_linear, i));
    for (ptrdiff_t i = 0; i < errors->n_points; ++i)
        meets = meets || is_under_key(axes, errors->point_context[i], bar_end(errors, i, 1.0));
    return meets;
}

/* Raises the upper end so that all that is drawn stays below the key. */
static void make_room_for_key(const lsa_report_errors *errors, error_axes *axes)
{
    const double more = 0.45; /* of the axis: 1/1.45 is just below the key */
    const lsa_axis y = axes->y;
    if (!meets_key(errors, axes))
        return;
    axes->y.high = axes->log_y ? y.high * pow(y.high / y.low, more) : y.high + more * (y.high - y.low);
}

static error_axes measure(const lsa_report_errors *errors)
{
    error_axes axes = {lsa_axis_start(), lsa_axis_start(), false, false};
    for (ptrdiff_t i = 0; i < errors->n_curve; ++i) {
        include(&axes, errors->context[i], errors->error[i]);
        include(&axes, errors->context[i], lsa_value_at(errors->best_linear, i));
    }
    for (ptrdiff_t i = 0; i < errors->n_points; ++i) {
        include(&axes, errors->point_context[i], errors->point_error[i]);
        include(&axes, errors->point_context[i], bar_end(errors, i, 1.0));
        /* a bar that reaches towards zero is cut by the axis, or a logarithmic one would show little else */
        include(&axes, errors->point_context[i], fmax(bar_end(errors, i, -1.0), 0.5 * errors->point_error[i]));
    }
    lsa_axis_include(&axes.y, errors->limit, true);
    axes.log_x = is_logarithmic(&axes.x);
    axes.log_y = is_logarithmic(&axes.y);
    lsa_axis_finish(&axes.x, axes.log_x ? 1.15 : 0.05, axes.log_x);
    lsa_axis_finish(&axes.y, axes.log_y ? 1.6 : 0.1, axes.log_y);
    make_room_for_key(errors, &axes);
    return axes;
}

/* One row per length: of the curve first, then of the sampled points. */
static lsa_table *error_table(const lsa_report_errors *errors, const error_axes *axes)
{
    static const lsa_table_column columns[] = {{.name = "context"},  {.name = "error"},  {.name = "best_linear"},
                                               {.name = "measured"}, {.name = "stderr"}, {.name = "low"},
                                               {.name = "high"}};
    lsa_table *table = lsa_table_create(COUNT_OF(columns), columns);
    for (ptrdiff_t i = 0; i < errors->n_curve; ++i) {
        const double row[] = {
            errors->context[i], errors->error[i], lsa_value_at(errors->best_linear, i), NAN, NAN, NAN, NAN};
        for (ptrdiff_t k = 0; k < COUNT_OF(columns); ++k)
            lsa_table_number(table, row[k]);
    }
    for (ptrdiff_t i = 0; i < errors->n_points; ++i) {
        const double below = bar_end(errors, i, -1.0);
        const double row[] = {errors->point_context[i],
                              NAN,
                              NAN,
                              errors->point_error[i],
                              lsa_value_at(errors->point_stderr, i),
                              axes->log_y ? fmax(below, axes->y.low) : below,
                              bar_end(errors, i, 1.0)};
        for (ptrdiff_t k = 0; k < COUNT_OF(columns); ++k)
            lsa_table_number(table, row[k]);
    }
    return table;
}

/* Whether a best linear error is on the axis. Where none is (0 for noiseless linear tasks on a logarithmic axis),
 * *beyond is one of them for the key, else NAN. */
static bool has_best_linear(const lsa_report_errors *errors, const error_axes *axes, double *beyond)
{
    double below = NAN;
    bool shown = false;
    for (ptrdiff_t i = 0; i < errors->n_curve; ++i) {
        const double best = lsa_value_at(errors->best_linear, i);
        if (!is_shown(errors->context[i]) || !isfinite(best))
            continue;
        shown = shown || best >= axes->y.low;
        below = best;
    }
    *beyond = shown ? (double)NAN : below;
    return shown;
}

lsa_status lsa_figure_errors(lsa_run_directory *directory, const char *stem, const lsa_report_errors *errors,
                             lsa_error *err)
{
    double beyond;
    const error_axes axes = measure(errors);
    const bool best = has_best_linear(errors, &axes, &beyond);
    const lsa_figure_number numbers[] = {
        {"n_drawn", (double)axes.x.count},
        {"n_curve", (double)errors->n_curve},
        {"n_points", (double)errors->n_points},
        {"has_best", best},
        {"best_beyond", beyond},
        {"limit", errors->limit},
        {"training_context", errors->training_context},
        {"at_right_end", position(&axes.x, axes.log_x, errors->training_context) > 0.85},
        {"log_x", axes.log_x},
        {"log_y", axes.log_y},
        {"x_low", axes.x.low},
        {"x_high", axes.x.high},
        {"y_low", axes.y.low},
        {"y_high", axes.y.high}};
    lsa_table *table = error_table(errors, &axes);
    lsa_text title;
    lsa_text_init(&title);
    lsa_text_add(&title, directory->title != NULL ? directory->title : "");
    if (errors->name != NULL)
        lsa_text_printf(&title, "%s%s", title.length > 0 ? " — " : "", errors->name);
    const lsa_figure figure = {
        stem,       "errors.gp",
        title.data, "Test error against the context length: closed form, Monte Carlo, best linear predictor.",
        table,      COUNT_OF(numbers),
        numbers};
    const lsa_status status = title.failed ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a figure")
                                           : lsa_figure_draw(directory, &figure, err);
    lsa_text_clear(&title);
    lsa_table_destroy(table);
    return status;
}
