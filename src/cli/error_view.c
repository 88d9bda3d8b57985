/* error_view.c - what one panel shows of the tests of one law: theory's curves, the sampled points, the baselines. */
#include "cli/error_plot.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EVERY_LENGTH = 40, SPACED = 60, GRID = EVERY_LENGTH + SPACED + 1 };
enum { BLACK, ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE, GREY };
enum { SOLID, DASHED, DOTTED, DASH_DOT };

/* ---------------------------------------------------------------- the places of a curve */

static const lsa_setting *test_of(const error_view *view, ptrdiff_t k)
{
    return &view->run->experiment->tests[view->tests[k]];
}

static double place_of(const error_view *view, ptrdiff_t k)
{
    return view->over_scale ? test_of(view, k)->covariance_scale : test_of(view, k)->context;
}

/* Lengths: all of them while they are small, then evenly in their logarithm; factors: evenly in their logarithm. */
static ptrdiff_t fill_grid(double low, double high, bool integers, double *x)
{
    ptrdiff_t n = 0;
    double reached = low;
    if (integers) {
        for (; reached <= high && n < EVERY_LENGTH; reached += 1.0)
            x[n++] = reached;
        if (reached > high)
            return n;
    }
    for (ptrdiff_t i = 0; i <= SPACED; i++) {
        const double at = reached * pow(high / reached, (double)i / SPACED);
        if (n == 0 || !integers || round(at) > x[n - 1])
            x[n++] = integers ? round(at) : at;
    }
    return n;
}

/* From half the least length of the tests to twice the greatest, N within; from 1 where a test has
 * none, whose error is the zero predictor's and no part of a curve. */
static ptrdiff_t lengths(const error_view *view, double *x)
{
    const double N = view->run->experiment->training.context;
    double low = INFINITY, high = 0.0;
    for (ptrdiff_t k = 0; k < view->count; k++) {
        if (!isfinite(place_of(view, k)))
            continue;
        low = fmin(low, place_of(view, k));
        high = fmax(high, place_of(view, k));
    }
    if (!isfinite(low))
        low = high = isfinite(N) ? N : 100.0;
    if (low == 0.0)
        return fill_grid(1.0, fmax(high, 1.0), true, x);
    high = 2.0 * fmax(high, isfinite(N) ? N : high);
    return fill_grid(fmax(1.0, floor(fmin(low / 2.0, high / 16.0))), high, true, x);
}

static ptrdiff_t factors(const error_view *view, double *x)
{
    double low = INFINITY, high = 0.0;
    for (ptrdiff_t k = 0; k < view->count; k++) {
        if (place_of(view, k) > 0.0)
            low = fmin(low, place_of(view, k));
        high = fmax(high, place_of(view, k));
    }
    return isfinite(low) ? fill_grid(low, high, false, x) : 0;
}

/* ---------------------------------------------------------------- the law at one place */

/* A test that is moved along the axis; its scaled covariance lives here. */
typedef struct moving_test {
    lsa_setting test;
    lsa_covariance covariance;
} moving_test;

/* Room for c times the training covariance; LSA_ERR_UNABLE for a law of covariances, whose curve joins its tests. */
static lsa_status moving_create(const error_view *view, ptrdiff_t k, moving_test *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_covariance *train = view->run->experiment->training.covariance;
    const size_t d = (size_t)train->d;
    out->test = *test_of(view, k);
    if (!view->over_scale)
        goto done;
    if (lsa_covariance_is_random(train))
        return lsa_error_set(err, LSA_ERR_UNABLE, "a random covariance is not scaled here");
    out->covariance = *train;
    out->covariance.spectrum = lsa_arena_alloc(view->arena, d, sizeof(double));
    LSA_TRY_MEMORY(out->covariance.spectrum, "a figure");
    if (train->matrix != NULL) {
        out->covariance.matrix = lsa_arena_alloc(view->arena, d * d, sizeof(double));
        LSA_TRY_MEMORY(out->covariance.matrix, "a figure");
    }
done:
    return status;
}

static void move(const error_view *view, double x, moving_test *moving)
{
    const lsa_covariance *train = view->run->experiment->training.covariance;
    if (!view->over_scale) {
        moving->test.context = x;
        return;
    }
    for (ptrdiff_t i = 0; i < train->d; i++)
        moving->covariance.spectrum[i] = x * train->spectrum[i];
    for (ptrdiff_t i = 0; train->matrix != NULL && i < train->d * train->d; i++)
        moving->covariance.matrix[i] = x * train->matrix[i];
    moving->test.covariance = &moving->covariance;
    if (moving->test.query_is_same)
        moving->test.query = &moving->covariance;
    moving->test.covariance_scale = x;
}

/* ---------------------------------------------------------------- theory's numbers there; NAN where it has none */

typedef lsa_status (*curve)(const error_view *view, const lsa_setting *test, double *out, lsa_error *err);

static lsa_status layer_error(const error_view *view, const lsa_setting *test, double *out, lsa_error *err)
{
    lsa_theory_error judged = {.error = (double)NAN};
    const lsa_status status = lsa_study_judge_limit(view->run->study, test, &judged, err);
    *out = status == LSA_OK ? judged.error : (double)NAN;
    return status;
}

static lsa_status best_linear(const error_view *view, const lsa_setting *test, double *out, lsa_error *err)
{
    lsa_theory_error judged = {.best_linear = (double)NAN};
    const lsa_status status = lsa_study_judge_limit(view->run->study, test, &judged, err);
    *out = status == LSA_OK ? judged.best_linear : (double)NAN;
    return status;
}

/* N, M -> infinity, where that is more than the best linear error. */
static lsa_status endless_error(const error_view *view, const lsa_setting *test, double *out, lsa_error *err)
{
    const double rounding = 1e-12;
    lsa_study_split split;
    double error;
    lsa_status status = best_linear(view, test, out, err);
    if (status == LSA_OK)
        status = layer_error(view, test, &error, err);
    if (status == LSA_OK)
        status = lsa_study_split_limit(view->run->study, test, &split, err);
    *out = status == LSA_OK && split.shift > rounding * error ? *out + split.shift : (double)NAN;
    return status;
}

static lsa_status zero_error(const error_view *view, const lsa_setting *test, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = view->run->experiment;
    lsa_theory_error judged = {.error = (double)NAN};
    double *zero = lsa_vec_create(experiment->data.d * experiment->data.d);
    LSA_TRY_MEMORY(zero, "the zero predictor");
    LSA_TRY(lsa_theory_judge(NULL, test, zero, &judged, err));
    *out = judged.error;
done:
    free(zero);
    return status;
}

static bool is_multiple_of_identity(const lsa_covariance *covariance)
{
    return covariance->kind == LSA_COVARIANCE_SCALAR && covariance->spectrum[0] > 0.0;
}

static bool has_full_rank(const lsa_covariance *covariance)
{
    for (ptrdiff_t i = 0; i < covariance->d; i++)
        if (!(covariance->spectrum[i] > 0.0))
            return false;
    return true;
}

/* Least squares (W23): from M = d on for any covariance of the query's own law, below for isotropic covariates and tasks. */
static lsa_status least_squares(const error_view *view, const lsa_setting *test, double *out, lsa_error *err)
{
    const ptrdiff_t d = view->run->experiment->data.d;
    const bool linear =
        test->task == LSA_TASK_GAUSSIAN || test->task == LSA_TASK_SPHERE || test->task == LSA_TASK_FIXED;
    (void)err;
    *out = (double)NAN;
    if (!linear || test->student > 0.0 || test->mean != NULL || test->query_orthogonal || !test->query_is_same ||
        !has_full_rank(test->covariance) || !isfinite(test->context))
        return LSA_OK;
    const bool isotropic = test->task != LSA_TASK_FIXED && is_multiple_of_identity(test->covariance) &&
                           is_multiple_of_identity(test->task_covariance);
    if (test->context < (double)d && !isotropic)
        return LSA_OK;
    *out = lsa_theory_least_squares_error(d, (ptrdiff_t)test->context, test->covariance->spectrum[0],
                                          isotropic ? test->task_covariance->spectrum[0] : 1.0, test->label_noise) +
           (test->query_noise ? test->label_noise : 0.0);
    return LSA_OK;
}

/* ---------------------------------------------------------------- series */

/* A place without an answer is a gap in the line, not its end. */
static lsa_status value_or_gap(const error_view *view, const lsa_setting *test, curve value, double *out,
                               lsa_error *err)
{
    const lsa_status status = value(view, test, out, err);
    if (!lsa_status_is_no_answer(status))
        return status;
    *out = (double)NAN;
    return LSA_OK;
}

/* A line through theory's numbers at the places x, for the law of the k-th test; none where theory has no number. */
static lsa_status add_curve(const error_view *view, ptrdiff_t k, ptrdiff_t n, const double *x, curve value,
                            lsa_report_series style, series_role role, error_panel *panel, lsa_error *err)
{
    lsa_status status = LSA_OK;
    moving_test moving;
    bool any = false;
    double *y = lsa_arena_alloc(view->arena, (size_t)n, sizeof *y);
    LSA_TRY_MEMORY(y, "a figure");
    LSA_TRY(moving_create(view, k, &moving, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        move(view, x[i], &moving);
        LSA_TRY(value_or_gap(view, &moving.test, value, &y[i], err));
        any = any || isfinite(y[i]);
    }
    style.n = n;
    style.x = x;
    style.y = y;
    if (any)
        LSA_TRY(error_panel_add(panel, style, role, err));
done:
    return lsa_status_is_no_answer(status) ? LSA_OK : status;
}

/* The same for a number that does not depend on the length: the law at M = infinity, at both ends. */
static lsa_status add_level(const error_view *view, double low, double high, curve value, lsa_report_series style,
                            series_role role, error_panel *panel, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_setting test = *test_of(view, 0);
    double *numbers = lsa_arena_alloc(view->arena, 4, sizeof *numbers);
    LSA_TRY_MEMORY(numbers, "a figure");
    test.context = (double)INFINITY;
    if (test.query_orthogonal)
        goto done;
    numbers[0] = low;
    numbers[1] = high;
    LSA_TRY(value(view, &test, &numbers[2], err));
    numbers[3] = numbers[2];
    style.n = 2;
    style.x = numbers;
    style.y = numbers + 2;
    if (isfinite(numbers[2]))
        LSA_TRY(error_panel_add(panel, style, role, err));
done:
    return lsa_status_is_no_answer(status) ? LSA_OK : status;
}

/* What was sampled of test k: of the layer, or of baseline b. */
static const cli_measured *measured_of(const error_view *view, ptrdiff_t k, int b)
{
    const cli_points *points = &view->points[view->tests[k]];
    return b < 0 ? &points->layer : &points->baseline[b];
}

/* The sampled points of the tests that stand on the axis, with context `context` where that is not the axis. An infinite or
 * missing one is a gap. Also as the line that joins them, where `join` is given. */
static lsa_status add_points(const error_view *view, double context, int b, lsa_report_series style,
                             const lsa_report_series *join, series_role role, error_panel *panel, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t n = 0, finite = 0;
    double *numbers = lsa_arena_alloc(view->arena, 3 * (size_t)view->count, sizeof *numbers);
    LSA_TRY_MEMORY(numbers, "a figure");
    double *x = numbers, *y = numbers + view->count, *sigma = y + view->count;
    for (ptrdiff_t k = 0; k < view->count; k++) {
        const cli_measured *measured = measured_of(view, k, b);
        if (!isfinite(place_of(view, k)) || (view->over_scale && test_of(view, k)->context != context))
            continue;
        x[n] = place_of(view, k);
        y[n] = isfinite(measured->error) && isfinite(measured->sigma) ? measured->error : (double)NAN;
        sigma[n] = measured->sigma;
        finite += isfinite(y[n++]);
    }
    style.n = n;
    style.x = x;
    style.y = y;
    style.sigma = sigma;
    if (finite == 0)
        goto done;
    if (join != NULL) {
        lsa_report_series line = *join;
        line.n = n;
        line.x = x;
        line.y = y;
        LSA_TRY(error_panel_add(panel, line, role, err));
    }
    LSA_TRY(error_panel_add(panel, style, role, err));
done:
    return status;
}

/* ---------------------------------------------------------------- the panel */

static const char *with_length(const error_view *view, const char *what, double context)
{
    if (!view->over_scale)
        return what;
    return isfinite(context) ? lsa_arena_printf(view->arena, "%s, M = %.15g", what, context)
                             : lsa_arena_printf(view->arena, "%s, M → ∞", what);
}

/* The layer for the context length of test k, which is variant number `variant` of the panel. */
static lsa_status add_layer(const error_view *view, ptrdiff_t k, int variant, ptrdiff_t n, const double *x,
                            error_panel *panel, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double context = test_of(view, k)->context;
    const double shade = variant < 3 ? 0.3 * variant : 0.75;
    const lsa_report_series line = {.label = with_length(view, "trained layer, closed form", context),
                                    .colour = BLUE,
                                    .shade = shade,
                                    .dash = SOLID};
    const lsa_report_series points = {.label = with_length(view, "trained layer, Monte Carlo ± 2 s.e.", context),
                                      .points = true,
                                      .colour = BLACK,
                                      .shade = shade};
    if (n > 0)
        LSA_TRY(add_curve(view, k, n, x, layer_error, line, SERIES_LAYER, panel, err));
    LSA_TRY(add_points(view, context, -1, points, NULL, SERIES_LAYER, panel, err));
done:
    return status;
}

/* Each context length of a panel over c, in the order of the tests; of a panel over M all at once. */
static lsa_status add_layers(const error_view *view, ptrdiff_t n, const double *x, error_panel *panel, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int variant = 0;
    for (ptrdiff_t k = 0; k < (view->over_scale ? view->count : 1); k++) {
        bool seen = false;
        for (ptrdiff_t i = 0; i < k; i++)
            seen = seen || test_of(view, i)->context == test_of(view, k)->context;
        if (!seen)
            LSA_TRY(add_layer(view, k, variant++, n, x, panel, err));
    }
done:
    return status;
}

/* A finite context length of the panel's tests, for baselines over c; -1: none. */
static ptrdiff_t with_finite_length(const error_view *view)
{
    for (ptrdiff_t k = 0; k < view->count; k++)
        if (isfinite(test_of(view, k)->context))
            return k;
    return -1;
}

static bool is_sampled(const error_view *view, int b)
{
    for (ptrdiff_t k = 0; k < view->count; k++)
        if (isfinite(measured_of(view, k, b)->error))
            return true;
    return false;
}

typedef struct baseline_style {
    const char *label;
    int colour, marker;
    curve value;
} baseline_style;
/* In the order of lsa_baseline. */
static const baseline_style baselines[LSA_BASELINE_COUNT] = {{"least squares", ORANGE, 1, least_squares},
                                                             {"ridge (Bayes)", SKY, 2, NULL},
                                                             {"best linear predictor", GREEN, 3, best_linear},
                                                             {"one gradient step", PURPLE, 4, NULL},
                                                             {"zero predictor", GREY, 5, zero_error}};

/* The exact curve of a baseline where theory has one, and its sampled points; joined where there is no curve. */
static lsa_status add_baseline(const error_view *view, int b, ptrdiff_t n, const double *x, error_panel *panel,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const baseline_style *style = &baselines[b];
    const bool sampled = is_sampled(view, b);
    const ptrdiff_t k = with_finite_length(view), before = panel->count;
    const char *name = k < 0 ? style->label : with_length(view, style->label, test_of(view, k)->context);
    const bool constant = b == 2 || b == 4; /* best-linear and zero do not depend on the length */
    const char *label = constant ? style->label : name;
    const lsa_report_series line = {.label = sampled ? NULL : label, .colour = style->colour, .dash = DASH_DOT};
    if (style->value != NULL && k >= 0 && n > 0 && constant && !view->over_scale)
        LSA_TRY(add_level(view, x[0], x[n - 1], style->value, line, SERIES_REFERENCE, panel, err));
    else if (style->value != NULL && k >= 0 && n > 0)
        LSA_TRY(add_curve(view, k, n, x, style->value, line, SERIES_REFERENCE, panel, err));
    const lsa_report_series points = {.label = label, .points = true, .colour = style->colour, .marker = style->marker};
    const lsa_report_series join = {.colour = style->colour, .shade = 0.4, .dash = DOTTED};
    if (sampled)
        LSA_TRY(add_points(view, test_of(view, k < 0 ? 0 : k)->context, b, points,
                           panel->count == before ? &join : NULL, SERIES_REFERENCE, panel, err));
done:
    return status;
}

/* Dashed: what remains for long contexts, and what remains for long training too where that is not the best linear error. */
static lsa_status add_limits(const error_view *view, ptrdiff_t n, const double *x, error_panel *panel, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_report_series own = {.label = "M → ∞", .colour = VERMILION, .dash = DASHED};
    const lsa_report_series endless = {.label = "N, M → ∞", .colour = BLACK, .dash = DASHED};
    if (n == 0)
        goto done;
    if (view->over_scale) {
        LSA_TRY(add_curve(view, 0, n, x, endless_error, endless, SERIES_ENDLESS, panel, err));
        goto done;
    }
    LSA_TRY(add_level(view, x[0], x[n - 1], layer_error, own, SERIES_OWN, panel, err));
    LSA_TRY(add_level(view, x[0], x[n - 1], endless_error, endless, SERIES_ENDLESS, panel, err));
done:
    return status;
}

lsa_status error_view_fill(const error_view *view, error_panel *panel, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *x = lsa_arena_alloc(view->arena, GRID, sizeof *x);
    LSA_TRY_MEMORY(x, "a figure");
    const ptrdiff_t places = view->over_scale ? factors(view, x) : lengths(view, x);
    const ptrdiff_t n = lsa_study_has_theory(view->run->study) ? places : 0;
    LSA_TRY(add_layers(view, n, x, panel, err));
    LSA_TRY(add_limits(view, n, x, panel, err));
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        LSA_TRY(add_baseline(view, b, n, x, panel, err));
done:
    return status;
}
