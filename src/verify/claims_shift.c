/* claims_shift.c - what a shift costs: the error for N, M -> infinity (section 4.2, (4.8), (4.13), the dashed lines of
 * Figure 1), the rate at which a longer context gets there, and least squares beside it (W13, W19, W21, W23).
 *
 * Closed forms on one side; on the other the derived polynomial at the same parameters, and for least squares prompts. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/kept.h"
#include "verify/limit_point.h"
#include "verify/sampled.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* As for the test errors: closed form and derived polynomial are two evaluations of one rational function. */
static const double witness_tolerance = 1e-9;

/* ---------------------------------------------------------------- the settings */

/* The settings of one entry and one covariance differ in M alone. */
static bool begins_setting(const lsa_experiment *experiment, ptrdiff_t t)
{
    const lsa_setting *test = &experiment->tests[t], *before = test - 1;
    return t == 0 || test->entry != before->entry || test->covariance_scale != before->covariance_scale;
}

static bool has_finite_context(const lsa_experiment *experiment, ptrdiff_t t)
{
    return isfinite(experiment->tests[t].context) && claim_has_context(experiment, t);
}

static lsa_status require_linear(const lsa_setting *test, lsa_error *err)
{
    if (lsa_setting_is_linear(test) && !test->query_orthogonal)
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_UNABLE, "labels that are no linear task, or a query that depends on the context");
}

/* ---------------------------------------------------------------- N, M -> infinity */

/* A = uU at the minimum of the same law at another N, with rho = N. */
static lsa_status product_at_length(const lsa_experiment *experiment, double N, ptrdiff_t rank, double *A,
                                    lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_setting training = experiment->training;
    lsa_theory *theory = NULL;
    lsa_theory_random *random = NULL;
    training.context = N;
    training.normalise_plus_one = false;
    if (lsa_covariance_is_random(training.covariance)) {
        LSA_TRY(lsa_theory_random_create(&training, &random, err));
        lsa_theory_random_minimum(random, A);
    } else {
        LSA_TRY(lsa_theory_create(&training, &theory, err));
        LSA_TRY(lsa_theory_minimum(theory, rank, A, err));
    }
done:
    lsa_theory_random_destroy(random);
    lsa_theory_destroy(theory);
    return status;
}

/* The derived polynomial's error of the test at a product A. */
static lsa_status derived_at(const claim_context *context, const lsa_setting *test, const double *A, double *error,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    double *point = NULL;
    LSA_TRY(lsa_study_program(context->study, &program, err));
    point = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(point, "parameters of a given product");
    LSA_TRY(limit_fill(context->experiment, program, A, point, err));
    LSA_TRY(lsa_study_test_error(context->study, test, point, error, err));
done:
    free(point);
    return status;
}

/* s of a context covariance s Lambda, both fixed; NAN where it is no multiple. */
static double scale_of(const lsa_experiment *experiment, const lsa_setting *test)
{
    const lsa_covariance *Lambda = experiment->training.covariance, *shifted = test->covariance;
    if (lsa_covariance_is_random(Lambda) || lsa_covariance_is_random(shifted))
        return NAN;
    ptrdiff_t k = 0; /* the largest entry of Lambda is on its diagonal */
    for (ptrdiff_t i = 1; i < Lambda->d; i++)
        k = lsa_covariance_entry(Lambda, i, i) > lsa_covariance_entry(Lambda, k, k) ? i : k;
    const double top = lsa_covariance_entry(Lambda, k, k), scale = lsa_covariance_entry(shifted, k, k) / top;
    for (ptrdiff_t j = 0; j < Lambda->d; j++)
        for (ptrdiff_t i = 0; i < Lambda->d; i++)
            if (!(fabs(lsa_covariance_entry(shifted, i, j) - scale * lsa_covariance_entry(Lambda, i, j)) <=
                  1e-13 * scale * top))
                return NAN;
    return scale;
}

/* Everything that section 4.2 asks for: trained on one Lambda > 0, Omega > 0, a product of full rank; tested without a
 * mean on a multiple of Lambda. */
static bool is_scaled_covariate(const lsa_predictions *p, const lsa_experiment *experiment, const lsa_setting *test,
                                double *scale)
{
    *scale = scale_of(experiment, test);
    if (p->theory == NULL || isnan(*scale) || test->mean != NULL || p->rank < p->d ||
        lsa_theory_rank(p->theory) < p->d || lsa_covariance_is_random(test->query))
        return false;
    const double *omega = experiment->training.task_covariance->spectrum;
    for (ptrdiff_t i = 0; i < p->d; i++)
        if (!(omega[i] > 0.0))
            return false;
    return true;
}

/* The error for N, M -> infinity. A multiple s = c^2 of Lambda turns the prediction <w, x_q> into s <w, x_q>, so the error
 * is (1 - s)^2 tr(Lambda_q Omega), which is what the zero predictor errs times (1 - s)^2. */
static lsa_status predict_limit(const claim_context *context, const lsa_predictions *p, const lsa_setting *test,
                                double at_zero, double *error, double *scale, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error judged;
    double *A = NULL;
    const double noise = test->query_noise ? test->label_noise : 0.0;
    if (is_scaled_covariate(p, context->experiment, test, scale)) {
        *error = pow(1.0 - pow(*scale, p->scale_exponent), 2.0) * (at_zero - noise) + noise;
        return LSA_OK;
    }
    *scale = NAN;
    A = lsa_vec_create(p->d * p->d);
    LSA_TRY_MEMORY(A, "the product at N = infinity");
    LSA_TRY(product_at_length(context->experiment, p->limit_context, p->rank, A, err));
    LSA_TRY(lsa_theory_judge(p->theory, test, A, &judged, err));
    *error = judged.error;
done:
    free(A);
    return status;
}

/* The claim's product is the minimum's: what a start keeps besides, where the loss does not see it, is no matter of N, M. */
static lsa_status require_nothing_kept(lsa_study *study, const lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *kept;
    LSA_TRY(study_kept_seen_by(study, test, &kept, err));
    if (kept != NULL)
        status = lsa_error_set(err, LSA_ERR_UNABLE,
                               "test %s reaches where the training loss does not see uU: its error "
                               "depends on the start for every N and M",
                               test->name);
done:
    return status;
}

static lsa_status check_limit_error(const claim_context *context, lsa_predictions *p, const lsa_setting *test,
                                    lsa_claim_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error at_zero;
    lsa_setting endless = *test;
    double *A = lsa_vec_create(p->d * p->d), predicted = 0.0, derived = 0.0, scale = NAN;
    LSA_TRY(require_linear(test, err));
    LSA_TRY_MEMORY(A, "the product at N = infinity");
    endless.context = (double)INFINITY;
    result->context = endless.context;
    LSA_TRY(require_nothing_kept(context->study, test, err));
    LSA_TRY(lsa_theory_judge(p->theory, &endless, A, &at_zero, err)); /* A = 0 so far */
    LSA_TRY(product_at_length(context->experiment, (double)INFINITY, p->rank, A, err));
    LSA_TRY(predict_limit(context, p, &endless, at_zero.error, &predicted, &scale, err));
    LSA_TRY(derived_at(context, &endless, A, &derived, err));
    claim_equal(result, predicted, derived,
                witness_tolerance * predicted + claim_witness_rounding(test, A, at_zero.error));
    if (result->verdict == LSA_VERDICT_HOLDS && !isnan(scale))
        claim_why(result, "N, M -> infinity: (1 - c^2)^2 tr(Lambda_q Omega) + best linear, c^2 = %.6g", scale);
    else if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "N, M -> infinity; %.6g per dimension", predicted / (double)p->d);
done:
    free(A);
    return status;
}

lsa_status claim_limit_error(const claim_context *context, lsa_error *err)
{
    return claim_each_test(context, begins_setting, check_limit_error, err);
}

/* ---------------------------------------------------------------- the rate in M */

/* V of the closed form: R(1) - R(infinity). */
static lsa_status predict_rate(const claim_context *context, const lsa_predictions *p, const lsa_setting *endless,
                               double *V, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error one, limit;
    lsa_setting single = *endless;
    const double *A = p->rank < p->d || p->theory == NULL ? p->A : NULL;
    single.context = 1.0;
    LSA_TRY(lsa_study_judge_trained(context->study, p->theory, &single, A, &one, err));
    LSA_TRY(lsa_study_judge_trained(context->study, p->theory, endless, A, &limit, err));
    *V = one.error - limit.error;
done:
    return status;
}

/* M (R(M) - R(infinity)) of the derived polynomial, the one of several M that is farthest from V. */
static lsa_status worst_rate(const claim_context *context, const lsa_setting *endless, double V, double *worst,
                             double *limit, lsa_error *err)
{
    static const double lengths[] = {1.0, 3.0, 10.0, 100.0, 1000.0};
    lsa_status status = LSA_OK;
    const double *point;
    LSA_TRY(lsa_study_limit(context->study, &point, err));
    LSA_TRY(lsa_study_test_error(context->study, endless, point, limit, err));
    *worst = V;
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        lsa_setting finite = *endless;
        double error;
        finite.context = lengths[k];
        LSA_TRY(lsa_study_test_error(context->study, &finite, point, &error, err));
        const double rate = lengths[k] * (error - *limit);
        if (fabs(rate - V) > fabs(*worst - V))
            *worst = rate;
    }
done:
    return status;
}

static lsa_status check_context_rate(const claim_context *context, lsa_predictions *p, const lsa_setting *test,
                                     lsa_claim_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error at_zero;
    lsa_setting endless = *test;
    double *zero = lsa_vec_create(p->d * p->d), V = 0.0, worst = 0.0, limit = 0.0;
    LSA_TRY(require_linear(test, err));
    LSA_TRY_MEMORY(zero, "the zero predictor");
    endless.context = (double)INFINITY;
    const bool by_N = !context->experiment->training.normalise_plus_one;
    result->context = NAN; /* about every M at once */
    claim_suppose(result, "normalised by M", !by_N, 0.0, by_N);
    if (!claim_applies(result))
        goto done;
    LSA_TRY(lsa_theory_judge(p->theory, &endless, zero, &at_zero, err));
    LSA_TRY(predict_rate(context, p, &endless, &V, err));
    LSA_TRY(worst_rate(context, &endless, V, &worst, &limit, err));
    /* The largest M multiplies the rounding of two errors. */
    claim_equal(result, V, worst,
                witness_tolerance * V + 1000.0 * claim_witness_rounding(test, p->A, fmax(at_zero.error, limit)));
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "R(M) = %.9g + V/M at M = 1, 3, 10, 100, 1000", limit);
done:
    free(zero);
    return status;
}

lsa_status claim_context_rate(const claim_context *context, lsa_error *err)
{
    return claim_each_test(context, begins_setting, check_context_rate, err);
}

/* ---------------------------------------------------------------- least squares beside it */

/* psi^2 of tasks whose error on isotropic covariates is that of w ~ (0, psi^2 I): any task with |w|^2 = psi^2 d on
 * average, since the context's law has no direction. */
static double mean_task(const lsa_setting *test, ptrdiff_t d)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < d; i++)
        sum += test->task == LSA_TASK_FIXED ? test->task_vector[i] * test->task_vector[i]
                                            : lsa_covariance_entry(test->task_covariance, i, i);
    return sum / (double)d;
}

/* d noiseless examples or more fix w, whatever their law and the query's; else the formulas ask for more. `rank` is the least
 * that a drawn covariance has. */
static void suppose_least_squares(const lsa_setting *test, ptrdiff_t d, ptrdiff_t rank, lsa_claim_result *result)
{
    claim_suppose(result, "covariances > 0 (least rank drawn)", (double)rank, (double)d, rank == d);
    if (test->label_noise == 0.0 && test->context >= (double)d)
        return;
    const bool one_law = !lsa_covariance_is_random(test->covariance) && test->mean == NULL && test->student == 0.0;
    const bool enough = test->context >= (double)d, isotropic = test->covariance->kind == LSA_COVARIANCE_SCALAR;
    const double room = fabs(test->context - (double)d);
    claim_suppose(result, "Gaussian covariates of mean 0, of one covariance", one_law, 1.0, one_law);
    claim_suppose(result, "the query is drawn as the context is", test->query_is_same, 1.0, test->query_is_same);
    claim_suppose(result, "d examples or more, or isotropic covariates", test->context, (double)d, enough || isotropic);
    claim_suppose(result, "an error of finite variance: noise asks |M - d| > 3", room, 4.0,
                  test->label_noise == 0.0 || room > 3.0);
}

/* What rounding alone leaves of least squares' error where the examples fix w: the square of eps times the condition of the
 * covariates, of E y^2. */
static double solution_rounding(const lsa_setting *test, double label_square)
{
    double least = INFINITY, most = 0.0;
    for (ptrdiff_t i = 0; i < test->covariance->d; i++) {
        least = fmin(least, test->covariance->spectrum[i]);
        most = fmax(most, test->covariance->spectrum[i]);
    }
    const double condition = most / least; /* of X'X; of X its root, and as much for how far X'X is from its mean */
    return fmin(1.0, pow(1e2 * DBL_EPSILON, 2.0) * condition * condition) * label_square;
}

/* Half-width against the error that is enough: for a reference beside the layer, not the layer itself. */
static double least_squares_width(const lsa_experiment *experiment)
{
    return fmax(0.05, experiment->monte_carlo.relative_error);
}

/* Least squares on the prompts of a test. */
typedef struct least_squares_of {
    const lsa_setting *test;
    double predicted;
    ptrdiff_t prompts; /* of the last draw */
} least_squares_of;

/* Looks at 2^16, 2^18, 2^20 prompts until the interval is narrow enough, the budget or 1e10 operations are spent; the
 * level is split over the looks. Errors that vanish need few prompts. What is resolved is told in units of the width that
 * is enough here, which may be above the model's. */
static lsa_status measure_least_squares(const claim_context *context, void *what, const sampled_draw *draw,
                                        sampled_value *out, lsa_error *err)
{
    enum { LOOKS = 3 };
    lsa_status status = LSA_OK;
    least_squares_of *of = what;
    lsa_sample_result sample;
    const double *limit, d = (double)context->experiment->data.d, M = of->test->context;
    const lsa_study_draw as = {context->alpha / LOOKS, 0.0, draw->fresh};
    lsa_sample_options options = lsa_study_sampling(context->study, &as);
    const double most = fmin((double)options.prompts, 1e10 / (M * d * fmin(M, d)));
    const double asked = context->experiment->monte_carlo.relative_error;
    const double share = draw->relative_error / asked, enough = least_squares_width(context->experiment);
    options.baselines = LSA_BASELINE_OLS;
    options.fast = false;
    LSA_TRY(lsa_study_limit(context->study, &limit, err));
    double wanted = of->predicted > 0.0 ? 65536.0 : 1024.0;
    for (int look = 0; look < LOOKS; look++, wanted *= 4.0) {
        options.prompts = (ptrdiff_t)fmax(fmin(wanted, most), 1.0);
        LSA_TRY(lsa_sample_test(context->experiment, of->test, limit, &options, &sample, err));
        *out = sampled_value_of(context, &sample, &sample.baseline[0]);
        if (of->predicted == 0.0 || wanted >= most || out->half_width <= share * enough * of->predicted)
            break;
    }
    out->attained = out->half_width / of->predicted * (asked / enough);
    of->prompts = sample.prompts;
done:
    return status;
}

static lsa_status check_least_squares(const claim_context *context, lsa_predictions *p, const lsa_setting *test,
                                      lsa_claim_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = p->d;
    ptrdiff_t least, most;
    LSA_TRY(require_linear(test, err));
    LSA_TRY(lsa_theory_random_ranks(test->covariance, &least, &most, err));
    suppose_least_squares(test, d, least, result);
    if (!claim_applies(result))
        goto done;
    const double l = test->covariance->spectrum[0], psi2 = mean_task(test, d), noise = test->label_noise;
    const double predicted =
        (test->query_noise ? noise : 0.0) +
        lsa_theory_least_squares_error(p->least_squares_dimension, (ptrdiff_t)test->context, l, psi2, noise);
    least_squares_of of = {.test = test, .predicted = predicted};
    const double rounding = solution_rounding(test, psi2 * l * (double)d);
    if (predicted <= rounding) { /* least squares finds w up to the rounding of its solution */
        sampled_value found;
        const sampled_draw draw = sampled_first(context);
        LSA_TRY(measure_least_squares(context, &of, &draw, &found, err));
        result->standard_error = found.standard_error;
        claim_why(result, "%s", found.doubt);
        claim_equal(result, predicted, found.value, fmax(rounding, 1e-10 * psi2 * l * (double)d));
        if (result->verdict == LSA_VERDICT_FAILS && lsa_covariance_is_random(test->covariance)) {
            result->verdict = LSA_VERDICT_INCONCLUSIVE;
            claim_why(result, "the law draws covariances too near to singular for the rounding of least squares");
        }
    } else {
        LSA_TRY(claim_statistical(context, result, predicted, measure_least_squares, &of, err));
    }
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "least squares on %td prompts of the test; the scale of the covariates does not enter",
                  of.prompts);
done:
    return status;
}

lsa_status claim_least_squares(const claim_context *context, lsa_error *err)
{
    return claim_each_test(context, has_finite_context, check_least_squares, err);
}
