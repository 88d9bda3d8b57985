/* error_figure.c - the test error against the context length: theory's curve, with the sampled errors on it.
 *
 * Tests that differ in their context only stand on one curve; each law gets a figure of its own. */
#include "cli/error_figure.h"

#include "base/try.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_POINTS = 60, FIGURES_MAX = 4 };

/* The error against M for the tests first..last-1, which differ in their context only. */
typedef struct error_figure {
    ptrdiff_t n_curve, n_points;
    double context[CURVE_POINTS], error[CURVE_POINTS], best[CURVE_POINTS];
    double *point; /* context, error, standard error: n_tests each */
} error_figure;

/* Integers spaced evenly in their logarithm from 1 to `greatest`, without repetition. */
static ptrdiff_t curve_contexts(double greatest, double out[CURVE_POINTS])
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < CURVE_POINTS; i++) {
        const double M = round(exp(log(greatest) * (double)i / (CURVE_POINTS - 1)));
        if (count == 0 || M > out[count - 1])
            out[count++] = M;
    }
    return count;
}

static double greatest_context(const lsa_test *tests, ptrdiff_t first, ptrdiff_t last, double N)
{
    double greatest = isfinite(N) ? N : 100.0;
    for (ptrdiff_t t = first; t < last; t++)
        if (isfinite(tests[t].context))
            greatest = fmax(greatest, tests[t].context);
    return 4.0 * greatest;
}

static lsa_status fill_curve(cli_run *run, lsa_test test, error_figure *figure, double *limit, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error judged;
    for (ptrdiff_t i = 0; i < figure->n_curve; i++) {
        test.context = figure->context[i];
        LSA_TRY(lsa_study_judge_limit(run->study, &test, &judged, err));
        figure->error[i] = judged.error;
        figure->best[i] = judged.best_linear;
    }
    test.context = (double)INFINITY;
    LSA_TRY(lsa_study_judge_limit(run->study, &test, &judged, err));
    *limit = judged.error;
done:
    return status;
}

/* The sampled errors of these tests, from the claim "test-error". */
static void fill_points(const lsa_test *tests, ptrdiff_t first, ptrdiff_t last, const lsa_claim_result *results,
                        ptrdiff_t count, error_figure *figure, ptrdiff_t stride)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_claim_result *result = &results[i];
        if (strcmp(result->name, "test-error") != 0 || !isfinite(result->standard_error))
            continue;
        for (ptrdiff_t t = first; t < last; t++) {
            if (result->test != &tests[t])
                continue;
            assert(figure->n_points < stride); /* one verdict of this claim for each test */
            figure->point[figure->n_points] = result->context;
            figure->point[stride + figure->n_points] = result->measured;
            figure->point[2 * stride + figure->n_points] = result->standard_error;
            figure->n_points++;
        }
    }
}

static lsa_status draw_figure(cli_run *run, lsa_run_directory *directory, int number, ptrdiff_t first, ptrdiff_t last,
                              const lsa_claim_result *results, ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_test *tests = run->experiment->tests;
    error_figure figure = {0};
    double limit = (double)NAN;
    char stem[32] = "errors";
    figure.point = calloc((size_t)(3 * (last - first)), sizeof *figure.point);
    LSA_TRY_MEMORY(figure.point, "a figure");
    figure.n_curve =
        curve_contexts(greatest_context(tests, first, last, run->experiment->data.context), figure.context);
    status = fill_curve(run, tests[first], &figure, &limit, err);
    if (status == LSA_ERR_UNABLE) { /* no closed form, no curve */
        status = LSA_OK;
        goto done;
    }
    if (status != LSA_OK)
        goto done;
    fill_points(tests, first, last, results, count, &figure, last - first);
    if (number > 1)
        snprintf(stem, sizeof stem, "errors-%d", number);
    const bool one_name = strcmp(tests[first].name, tests[last - 1].name) == 0;
    const lsa_report_errors errors = {.name = one_name ? tests[first].name : NULL,
                                      .n_curve = figure.n_curve,
                                      .context = figure.context,
                                      .error = figure.error,
                                      .best_linear = figure.best,
                                      .limit = limit,
                                      .training_context = run->experiment->data.context,
                                      .n_points = figure.n_points,
                                      .point_context = figure.point,
                                      .point_error = figure.point + (last - first),
                                      .point_stderr = figure.point + 2 * (last - first)};
    LSA_TRY(lsa_figure_errors(directory, stem, &errors, err));
done:
    free(figure.point);
    return status;
}

static bool same_covariates(const lsa_test *a, const lsa_test *b)
{
    const bool context = a->covariance_is_train ? b->covariance_is_train : a->covariance == b->covariance;
    const bool query = a->query_is_same ? b->query_is_same : a->query == b->query;
    return context && query && a->student == b->student && a->mean == b->mean &&
           a->query_orthogonal == b->query_orthogonal;
}

static bool same_teacher(const lsa_teacher *a, const lsa_teacher *b)
{
    return a->kind == b->kind && a->frequency == b->frequency && a->n_coefficients == b->n_coefficients &&
           a->coefficients == b->coefficients;
}

static bool same_labels(const lsa_test *a, const lsa_test *b)
{
    return a->task == b->task && a->task_covariance == b->task_covariance && a->task_vector == b->task_vector &&
           a->radius == b->radius && same_teacher(&a->teacher, &b->teacher) && a->rows == b->rows &&
           a->labels == b->labels && a->moment_covariance == b->moment_covariance && a->label_noise == b->label_noise &&
           a->query_noise == b->query_noise;
}

lsa_status cli_error_figures(cli_run *run, lsa_run_directory *directory, const lsa_claim_result *results,
                             ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_test *tests = run->experiment->tests;
    int number = 0;
    if (!lsa_study_has_theory(run->study))
        return LSA_OK; /* no analytic curve */
    for (ptrdiff_t first = 0, last; first < run->experiment->n_tests && number < FIGURES_MAX; first = last) {
        for (last = first + 1; last < run->experiment->n_tests && same_covariates(&tests[first], &tests[last]) &&
                               same_labels(&tests[first], &tests[last]);)
            last++;
        LSA_TRY(draw_figure(run, directory, ++number, first, last, results, count, err));
    }
done:
    return status;
}
