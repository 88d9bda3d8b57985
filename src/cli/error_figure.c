/* error_figure.c - which tests stand in one panel, and what is drawn there. */
#include "cli/error_figure.h"

#include "base/text.h"
#include "base/try.h"
#include "cli/error_plot.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

cli_points cli_points_none(void)
{
    const cli_measured none = {(double)NAN, (double)NAN};
    cli_points points = {.layer = none};
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        points.baseline[b] = none;
    return points;
}

cli_points *cli_points_create(ptrdiff_t n)
{
    cli_points *points = calloc((size_t)n + 1, sizeof *points);
    for (ptrdiff_t t = 0; points != NULL && t < n; t++)
        points[t] = cli_points_none();
    return points;
}

/* ---------------------------------------------------------------- tests of one law */

/* A number that tests of one law may differ in. */
typedef double (*test_number)(const lsa_setting *test);

static double context_of(const lsa_setting *test)
{
    return test->context;
}

static double scale_of(const lsa_setting *test)
{
    return test->covariance_is_scaled ? test->covariance_scale : 1.0;
}

/* Whether test t is the first of its law with that number (NULL: of its law). */
static bool is_first(const lsa_experiment *experiment, ptrdiff_t t, test_number number)
{
    const lsa_setting *tests = experiment->tests;
    for (ptrdiff_t i = 0; i < t; i++)
        if (lsa_setting_same_law(&tests[i], &tests[t]) && (number == NULL || number(&tests[i]) == number(&tests[t])))
            return false;
    return true;
}

static ptrdiff_t count_different(const lsa_experiment *experiment, ptrdiff_t first, test_number number)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t t = first; t < experiment->n_tests; t++)
        count +=
            lsa_setting_same_law(&experiment->tests[first], &experiment->tests[t]) && is_first(experiment, t, number);
    return count;
}

/* ---------------------------------------------------------------- panels */

/* The names of a panel's tests, each once. */
static lsa_status name_panel(const error_view *view, lsa_arena *arena, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text name;
    lsa_text_init(&name);
    const lsa_setting *last = NULL;
    for (ptrdiff_t k = 0; k < view->count; k++) {
        const lsa_setting *test = &view->run->experiment->tests[view->tests[k]];
        if (last == NULL || strcmp(last->name, test->name) != 0)
            lsa_text_printf(&name, "%s%s", last != NULL ? ", " : "", test->name);
        last = test;
    }
    if (last != NULL && !view->over_scale && last->covariance_is_scaled)
        lsa_text_printf(&name, ", c = %.15g", last->covariance_scale);
    LSA_TRY_MEMORY(name.failed ? NULL : name.data, "a figure");
    *out = lsa_arena_text(arena, name.data, name.length);
    LSA_TRY_MEMORY(*out, "a figure");
done:
    lsa_text_clear(&name);
    return status;
}

/* Fills one panel with the tests of the law of test `first`; against M those with its factor c. */
static lsa_status add_panel(cli_run *run, const cli_points *points, ptrdiff_t first, bool over_scale,
                            cli_error_plot *plot, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = run->experiment;
    error_view view = {.run = run, .points = points, .arena = plot->arena, .over_scale = over_scale};
    error_panel *panel;
    view.tests = lsa_arena_alloc(plot->arena, (size_t)experiment->n_tests, sizeof *view.tests);
    LSA_TRY_MEMORY(view.tests, "a figure");
    for (ptrdiff_t t = first; t < experiment->n_tests; t++)
        if (lsa_setting_same_law(&experiment->tests[first], &experiment->tests[t]) &&
            (over_scale || scale_of(&experiment->tests[t]) == scale_of(&experiment->tests[first])))
            view.tests[view.count++] = t;
    LSA_TRY(error_plot_panel(plot, over_scale, &panel, err));
    if (panel == NULL) /* more than the figures hold */
        goto done;
    LSA_TRY(name_panel(&view, plot->arena, &panel->title, err));
    panel->mark = over_scale ? (double)NAN : experiment->training.context;
    LSA_TRY(error_view_fill(&view, panel, err));
done:
    return status;
}

static lsa_status add_law(cli_run *run, const cli_points *points, ptrdiff_t first, cli_error_plot *plot, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = run->experiment;
    const ptrdiff_t scales = count_different(experiment, first, scale_of);
    if (scales > 2 && scales > count_different(experiment, first, context_of))
        return add_panel(run, points, first, true, plot, err);
    for (ptrdiff_t t = first; t < experiment->n_tests; t++)
        if (lsa_setting_same_law(&experiment->tests[first], &experiment->tests[t]) && is_first(experiment, t, scale_of))
            LSA_TRY(add_panel(run, points, t, false, plot, err));
done:
    return status;
}

lsa_status cli_error_plot_create(cli_run *run, const cli_points *points, cli_error_plot **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    cli_error_plot *plot = NULL;
    LSA_TRY(error_plot_create(&plot, err));
    for (ptrdiff_t t = 0; t < run->experiment->n_tests; t++)
        if (is_first(run->experiment, t, NULL))
            LSA_TRY(add_law(run, points, t, plot, err));
    *out = plot;
    plot = NULL;
done:
    cli_error_plot_destroy(plot);
    return status;
}

lsa_status cli_error_figures(cli_run *run, lsa_run_directory *directory, const cli_points *points, lsa_error *err)
{
    lsa_status status = LSA_OK;
    cli_error_plot *plot = NULL;
    if (directory == NULL || run->experiment->n_tests == 0)
        return LSA_OK;
    LSA_TRY(cli_error_plot_create(run, points, &plot, err));
    LSA_TRY(cli_error_plot_draw(plot, directory, err));
    if (run->overview != NULL)
        error_overview_keep(run->overview, run, &plot);
done:
    cli_error_plot_destroy(plot);
    return status;
}
