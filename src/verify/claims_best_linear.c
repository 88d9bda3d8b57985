/* claims_best_linear.c - the trained layer competes with the best linear predictor: what it loses, and how that falls with
 * the context lengths of test and training. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/sampled.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the excess of a test */

/* Sampled prompt by prompt beside the best linear predictor; where that is not sampled (nonlinear labels) it is the sampled
 * error, from which the closed form `best_linear` is taken. */
static const lsa_sample_estimate *excess_estimate(const lsa_limit_sample *sample, double *best_linear)
{
    const lsa_sample_estimate *paired = &sample->result.difference[lsa_baseline_number(LSA_BASELINE_BEST_LINEAR)];
    if (!isfinite(paired->mean))
        return &sample->result.error;
    *best_linear = 0.0;
    return paired;
}

/* A test and E y^2, in units of which its excess is told. */
typedef struct excess_of {
    const lsa_setting *test;
    double best_linear, unit;
} excess_of;

static lsa_status measure_in_units(const claim_context *context, void *what, const sampled_draw *draw,
                                   sampled_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const excess_of *of = what;
    lsa_limit_sample sample;
    double best_linear = of->best_linear;
    LSA_TRY(sampled_limit(context, of->test, draw, &sample, err));
    LSA_TRY(sampled_limit_value(context, &sample, excess_estimate(&sample, &best_linear), out, err));
    out->value = (out->value - best_linear) / of->unit;
    out->half_width /= of->unit;
    out->standard_error = (double)NAN;
done:
    return status;
}

static lsa_status check_excess(const claim_context *context, lsa_predictions *p, const lsa_setting *test,
                               lsa_claim_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error predicted;
    excess_of of = {.test = test};
    LSA_TRY(lsa_study_judge_trained(context->study, p->theory, test, p->rank < p->d ? p->A : NULL, &predicted, err));
    if (!isfinite(predicted.context_term + predicted.training_term)) {
        claim_why(result, "%s", predicted.why != NULL ? predicted.why : "the terms of Theorem 4.2 do not exist here");
        goto done;
    }
    LSA_TRY(claim_label_square(test, &of.unit, err));
    of.best_linear = predicted.best_linear;
    LSA_TRY(claim_statistical(context, result, (predicted.context_term + predicted.training_term) / of.unit,
                              measure_in_units, &of, err));
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "error above the best linear predictor's, in units of E y^2 = %.6g", of.unit);
done:
    return status;
}

/* ---------------------------------------------------------------- its slope in M */

/* The slope of log(excess - floor) in log M between two contexts, and how far it may be off. Both excesses are in their
 * intervals at once with the level of the family, so the slope is in its own without a share of its own. */
typedef struct slope {
    const lsa_setting *first, *second;
    double value, tolerance;
} slope;

/* Excesses e1, e2 above the floor, with half-widths h1, h2. */
static slope slope_between(const lsa_setting *first, double e1, double h1, const lsa_setting *second, double e2,
                           double h2)
{
    const double length = log(second->context / first->context);
    slope out = {first, second, log(e2 / e1) / length, INFINITY};
    if (e1 > h1 && e2 > h2)
        out.tolerance = fmax(log1p(h2 / e2) - log1p(-h1 / e1), log1p(h1 / e1) - log1p(-h2 / e2)) / fabs(length);
    return out;
}

static lsa_status excesses_give(const claim_context *context, const lsa_predictions *p, const lsa_setting *first,
                                const lsa_setting *second, const sampled_draw *draw, slope *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *const tests[] = {first, second};
    double excess[2], half_width[2];
    *out = (slope){first, second, NAN, INFINITY};
    for (int k = 0; k < 2; k++) {
        lsa_theory_error predicted;
        lsa_limit_sample sample;
        LSA_TRY(lsa_study_judge_trained(context->study, p->theory, tests[k], NULL, &predicted, err));
        LSA_TRY(sampled_limit(context, tests[k], draw, &sample, err));
        if (!sample.drawn || !isfinite(sample.result.attained) || !isfinite(predicted.training_term))
            goto done;
        const lsa_sample_estimate *estimate = excess_estimate(&sample, &predicted.best_linear);
        excess[k] = estimate->mean - predicted.best_linear - predicted.training_term;
        half_width[k] = estimate->half_width;
    }
    *out = slope_between(first, excess[0], half_width[0], second, excess[1], half_width[1]);
done:
    return status;
}

static bool has_slope(const lsa_setting *test)
{
    return test->context >= 1.0 && isfinite(test->context) && lsa_setting_is_linear(test) &&
           lsa_setting_covariates_as_trained(test);
}

/* The slope between two tests; tolerance INFINITY where one of them has no answer. */
static lsa_status slope_of(const claim_context *context, const lsa_predictions *p, const lsa_setting *first,
                           const lsa_setting *second, const sampled_draw *draw, slope *out, lsa_error *err)
{
    lsa_error story = {0};
    const lsa_status status = excesses_give(context, p, first, second, draw, out, &story);
    if (status == LSA_OK || lsa_status_is_no_answer(status))
        return LSA_OK;
    return lsa_error_copy(err, status, &story);
}

/* Of the pairs of contexts of one test, the one that fixes the slope best; tolerance INFINITY where there is none. */
static lsa_status best_slope(const claim_context *context, const lsa_predictions *p, slope *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = context->experiment;
    const sampled_draw draw = sampled_first(context);
    *out = (slope){NULL, NULL, NAN, INFINITY};
    for (ptrdiff_t i = 0; i < experiment->n_tests; i++)
        for (ptrdiff_t j = i + 1; j < experiment->n_tests; j++) {
            const lsa_setting *first = &experiment->tests[i], *second = &experiment->tests[j];
            slope here;
            if (strcmp(first->name, second->name) != 0 || first->context == second->context || !has_slope(first) ||
                !has_slope(second))
                continue;
            LSA_TRY(slope_of(context, p, first, second, &draw, &here, err));
            if (here.tolerance < out->tolerance)
                *out = here;
        }
done:
    return status;
}

/* A slope that is fixed no better than to this tells nothing; another list of contexts would. */
static const double coarsest_slope = 0.25;

typedef struct slope_of_pair {
    const lsa_predictions *p;
    slope pair;
} slope_of_pair;

/* The slope of the pair, `attained` as a share of the coarsest that tells. */
static lsa_status measure_slope(const claim_context *context, void *what, const sampled_draw *draw, sampled_value *out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    const slope_of_pair *of = what;
    slope found;
    LSA_TRY(slope_of(context, of->p, of->pair.first, of->pair.second, draw, &found, err));
    *out = (sampled_value){found.value, found.tolerance,
                           (double)NAN, found.tolerance <= coarsest_slope ? draw->relative_error : HUGE_VAL,
                           "",          false};
done:
    return status;
}

static lsa_status judge_slope_in_M(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    slope_of_pair of = {.p = NULL};
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    if (p->theory == NULL || p->rank < p->d)
        goto done;
    of.p = p;
    LSA_TRY(best_slope(context, p, &of.pair, err));
    if (!(of.pair.tolerance <= coarsest_slope))
        goto done;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(claim_statistical(context, result, p->context_slope, measure_slope, &of, err));
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "slope of log(excess - floor) in log M, from M = %g to %g", of.pair.first->context,
                  of.pair.second->context);
done:
    return status;
}

/* ---------------------------------------------------------------- the slope of its floor in N */

/* The error at M = infinity of the flow's end at context length N, by the derived polynomial. */
static lsa_status floor_at(const claim_context *context, double N, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *study = NULL;
    const lsa_trajectory *trajectory;
    lsa_experiment there = *context->experiment;
    lsa_setting test = there.training;
    lsa_study_options options = *lsa_study_settings(context->study);
    test.name = "floor";
    test.number = LSA_OWN_SETTING;
    test.context = INFINITY;
    test.label_noise = 0.0;
    there.training.context = N;
    there.flow.stop = (lsa_stop){.gap = 1e-20, .gradient = NAN, .time = NAN, .wall = NAN};
    there.flow.method = LSA_METHOD_AUTO;
    there.flow.n_times = 0;
    options.may_reduce = false;
    options.progress = NULL;
    LSA_TRY(lsa_study_create(&there, &options, &study, err));
    LSA_TRY(lsa_study_trajectory(study, &trajectory, err));
    if (lsa_trajectory_classification(trajectory).kind != LSA_KIND_GLOBAL_MINIMUM)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "the flow at N = %g does not end at the minimum", N));
    LSA_TRY(lsa_study_test_error(study, &test, lsa_trajectory_final(trajectory).state, out, err));
done:
    lsa_study_destroy(study);
    return status;
}

/* (W34) gamma_i = lambda_i + (lambda_i + tr Lambda)/N makes the floor's log-slope -2 + 2 E[(lambda + tr)/(N gamma)] in a mean
 * over modes: at most this above -2, reached at the least eigenvalue. */
static double slope_excess(const lsa_predictions *p, double trained, double N)
{
    const double trace = lsa_theory_trace(p->theory), n = trained;
    const double largest = (lsa_theory_gamma_norm(p->theory) - trace / n) / (1.0 + 1.0 / n);
    const double least = largest / lsa_theory_condition(p->theory);
    return 2.0 * (least + trace) / ((N + 1.0) * least + trace);
}

/* *rounding: of the slope, since the floor is what is left of E y^2 when terms of its size cancel; INFINITY where nothing
 * is left. */
static lsa_status slope_at(const claim_context *context, double N, double *out, double *rounding, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double here, beyond;
    lsa_predictions *p;
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(floor_at(context, N, &here, err));
    LSA_TRY(floor_at(context, 2.0 * N, &beyond, err));
    const double least = fmin(here, beyond), terms = 2.0 * p->loss_at_zero;
    *out = log(beyond / here) / log(2.0);
    *rounding = least > 0.0 ? 16.0 * DBL_EPSILON * terms / (least * log(2.0)) : (double)INFINITY;
done:
    return status;
}

/* A slope of rounded numbers decides nothing when it is off by more than this. */
static const double largest_rounding = 1e-2;

static lsa_status judge_slope_in_N(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    const lsa_program *program;
    double psi2 = 0.0, near, far, near_rounding, far_rounding;
    const lsa_setting *training = &context->experiment->training;
    const double farther = 256.0;
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(claim_require_fixed(context->study, err));
    LSA_TRY(lsa_study_program(context->study, &program, err));
    const bool reduced = lsa_program_form(program) != NULL;
    const bool identity = lsa_theory_is_isotropic_task(p->theory, &psi2) && psi2 == 1.0;
    claim_suppose(result, "u and U are all parameters", reduced, 1.0, reduced);
    claim_suppose(result, "a finite context in training", training->context, INFINITY, isfinite(training->context));
    claim_suppose(result, "trained with w ~ N(0, I)", psi2, 1.0, identity);
    claim_suppose(result, "trained without label noise", training->label_noise, 0.0, training->label_noise == 0.0);
    claim_suppose(result, "normalised by N", training->normalise_plus_one, 0.0, !training->normalise_plus_one);
    claim_suppose(result, "u(0) = sigma, U(0) = sigma Theta Theta'", p->start.imbalance, 0.0, p->start.holds);
    if (!claim_applies(result))
        goto done;
    LSA_TRY(slope_at(context, training->context, &near, &near_rounding, err));
    LSA_TRY(slope_at(context, farther * training->context, &far, &far_rounding, err));
    claim_equal(result, p->training_slope, far,
                slope_excess(p, training->context, farther * training->context) + fmax(1e-6, far_rounding));
    if (far_rounding > largest_rounding) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "at N = %g the floor is at the rounding of E y^2, out of which it is computed",
                  farther * training->context);
    } else if (result->verdict == LSA_VERDICT_HOLDS &&
               fabs(near - p->training_slope) >
                   slope_excess(p, training->context, training->context) + fmax(1e-6, near_rounding)) {
        result->verdict = LSA_VERDICT_FAILS;
        claim_why(result, "at N = %g the slope is %.6g, farther from %g than (4.6) allows", training->context, near,
                  p->training_slope);
    } else if (result->verdict == LSA_VERDICT_HOLDS) {
        claim_why(result, "slope of the floor in N at N = %g; at N = %g it is %.6g", farther * training->context,
                  training->context, near);
    }
done:
    return status;
}

/* ---------------------------------------------------------------- the claim */

lsa_status claim_competitive(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(claim_require_fixed(context->study, err));
    LSA_TRY(claim_each_test(context, claim_has_context, check_excess, err));
    LSA_TRY(claim_part(context, judge_slope_in_M, err));
    LSA_TRY(claim_part(context, judge_slope_in_N, err));
done:
    return status;
}
