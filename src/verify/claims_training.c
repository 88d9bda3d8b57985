/* claims_training.c - discrete training: gradient descent follows the flow, SGD ends at its limit.
 *
 * They train, so they are judged only where the model has the key `train`. */
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "lsaflow/training_path.h"
#include "verify/sampled.h"
#include "verify/sgd_spread.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- gradient descent and the flow */

/* (W33) Euler's method of step eta is off by eta c + eta^2 c2 + ..; with x_m the iterate of m substeps a step,
 *     2 x_4 - x_2 is off by O(eta^2),   (8 x_4 - 6 x_2 + x_1)/3 by O(eta^3),
 * so the difference of the two is what the former is off by, and more than the latter is. */
typedef struct extrapolation {
    double *x2, *x4;       /* as path->states                                       */
    double *flow, *coarse; /* the flow at the times of the path, and less accurately */
} extrapolation;

/* One point of the path, all over |theta_flow|. */
typedef struct euler_gap {
    double predicted; /* |x_1 - extrapolated|                                       */
    double measured;  /* |x_1 - theta_flow|                                         */
    double distance;  /* |extrapolated - theta_flow|                                */
    double tolerance;
} euler_gap;

static euler_gap gap_at(const lsa_training_path *path, const extrapolation *e, ptrdiff_t k, double rtol)
{
    const ptrdiff_t n = path->size;
    const double *x1 = path->states + k * n, *x2 = e->x2 + k * n, *x4 = e->x4 + k * n, *flow = e->flow + k * n;
    const double *coarse = e->coarse + k * n;
    double predicted = 0.0, measured = 0.0, distance = 0.0, error = 0.0, flow_error = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double limit = (8.0 * x4[i] - 6.0 * x2[i] + x1[i]) / 3.0, second = 2.0 * x4[i] - x2[i];
        predicted += (x1[i] - limit) * (x1[i] - limit);
        measured += (x1[i] - flow[i]) * (x1[i] - flow[i]);
        distance += (limit - flow[i]) * (limit - flow[i]);
        error += (limit - second) * (limit - second);
        flow_error += (coarse[i] - flow[i]) * (coarse[i] - flow[i]);
    }
    const double size = lsa_vec_norm(n, flow);
    /* rounding: four substeps a step, of weight 8/3, errors all of one sign */
    const double rounding = 16.0 * DBL_EPSILON * ((double)path->points[k].step + 1.0);
    /* both runs of the flow may begin with the same steps: then only the tolerance itself says how exact they are */
    const double flow_share = fmax(sqrt(flow_error) / size, 10.0 * rtol);
    return (euler_gap){sqrt(predicted) / size, sqrt(measured) / size, sqrt(distance) / size,
                       sqrt(error) / size + flow_share + rounding};
}

/* The point that misses the most, if one does; else where the steps are farthest from the flow. */
static euler_gap telling_gap(const lsa_training_path *path, const extrapolation *e, double rtol)
{
    euler_gap worst = gap_at(path, e, 0, rtol), farthest = worst;
    for (ptrdiff_t k = 1; k < path->count; k++) {
        const euler_gap gap = gap_at(path, e, k, rtol);
        if (gap.distance * worst.tolerance > worst.distance * gap.tolerance)
            worst = gap;
        if (gap.measured > farthest.measured)
            farthest = gap;
    }
    return worst.distance > worst.tolerance ? worst : farthest;
}

/* The flow's own error is its distance from a run of ten times the tolerance (a tenth where that is too loose). */
static lsa_status extrapolate(lsa_study *study, const lsa_training_path *path, double step_time, extrapolation *e,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double rtol = lsa_study_experiment(study)->flow.rtol, other = rtol <= 1e-3 ? 10.0 * rtol : rtol / 10.0;
    double **const arrays[] = {&e->x2, &e->x4, &e->flow, &e->coarse};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) {
        *arrays[k] = lsa_vec_create(path->count * path->size);
        LSA_TRY_MEMORY(*arrays[k], "refined descents");
    }
    LSA_TRY(lsa_training_path_refine(study, path, 2, e->x2, err));
    LSA_TRY(lsa_training_path_refine(study, path, 4, e->x4, err));
    LSA_TRY(lsa_training_path_flow(study, path, rtol, step_time, e->flow, err));
    LSA_TRY(lsa_training_path_flow(study, path, other, step_time, e->coarse, err));
done:
    return status;
}

static void extrapolation_clear(extrapolation *e)
{
    free(e->coarse);
    free(e->flow);
    free(e->x4);
    free(e->x2);
}

/* A limit of descent that is known no better than to 1 % of the parameters decides nothing. */
static void judge_gap(lsa_claim_result *result, euler_gap gap, double step_size)
{
    claim_equal(result, gap.predicted, gap.measured, gap.tolerance);
    if (gap.tolerance > 1e-2) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "the steps are too coarse for their limit eta -> 0 to be known: ask a smaller step_size");
    } else if (result->verdict == LSA_VERDICT_HOLDS && gap.predicted <= gap.tolerance) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result,
                  "the steps are so small that their distance from the flow is within its accuracy: ask a smaller "
                  "flow.rtol or more steps");
    } else if (result->verdict == LSA_VERDICT_HOLDS) {
        claim_why(result,
                  "largest |theta_k - theta(t_k)|/|theta|, eta = %g, against what steps of eta, eta/2, eta/4 foretell; "
                  "their limit is %.2g from the flow",
                  step_size, gap.distance);
        claim_also(result, gap.distance, gap.tolerance,
                   "as eta tends to 0 the steps end %.3g from the flow, tolerance %.3g", gap.distance, gap.tolerance);
    }
}

/* False, with the reason, where the model does not ask for such a training. */
static bool is_asked(lsa_claim_result *result, const lsa_train_settings *train, bool descends)
{
    if (!train->asked)
        claim_why(result, "the model has no key `train`: nothing is trained");
    else if (descends && train->method != LSA_TRAIN_GD)
        claim_why(result, "train.method is not gd: sgd-limit speaks of sampled steps");
    else if (!descends && train->method == LSA_TRAIN_GD)
        claim_why(result, "train.method is gd, without noise: gd-follows-flow speaks of it");
    else
        return true;
    return false;
}

lsa_status claim_gd_follows_flow(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p = NULL;
    lsa_training_path *path = NULL;
    extrapolation e = {0};
    const lsa_train_settings *train = &context->experiment->train;
    LSA_TRY(claim_add(context, &result, err));
    if (!is_asked(result, train, true))
        goto done;
    if (lsa_study_has_theory(context->study))
        LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(lsa_training_path_run(context->study, NULL, &path, err));
    if (isfinite(path->threshold))
        claim_suppose(result, "step_size < 2/lambda_max at the limit", train->step_size, path->threshold,
                      train->step_size < path->threshold);
    claim_suppose(result, "no divergence", path->diverged, 0.0, !path->diverged);
    if (!claim_applies(result))
        goto done;
    LSA_TRY(extrapolate(context->study, path, p != NULL ? p->step_time : 1.0, &e, err));
    judge_gap(result, telling_gap(path, &e, context->experiment->flow.rtol), train->step_size);
done:
    extrapolation_clear(&e);
    lsa_training_path_destroy(path);
    return status;
}

/* ---------------------------------------------------------------- SGD and the limit */

/* The minimum of the derived loss on the orbit (cu, U/c) where `end` is, u^2 - |U|^2 as there, so that what is expected of
 * SGD owes nothing to the prediction that it is judged by. */
static lsa_status nearest_minimum(const lsa_program *program, const double *end, double *at, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_form(program);
    const ptrdiff_t d = form->d;
    double *const u = at + form->u, *const U = at + form->U;
    LSA_TRY(lsa_program_from_user(program, end, at, err));
    const double k = *u * *u - lsa_vec_dot(d * d, U, U);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            U[i + j * d] = lsa_form_limit(form, i, j);
    *u = copysign(sqrt((k + hypot(k, 2.0 * lsa_vec_norm(d * d, U))) / 2.0), *u);
    lsa_vec_scale(d * d, 1.0 / *u, U);
    LSA_TRY(lsa_program_to_user(program, at, at, err));
done:
    return status;
}

/* Whether the loss sees every entry of uU. */
static bool sees_all(const lsa_form *form)
{
    for (ptrdiff_t k = 0; form != NULL && k < form->d * form->d; k++)
        if (!(lsa_form_rate(form, k % form->d, k / form->d) > 0.0))
            return false;
    return form != NULL;
}

static void suppose_sgd(const claim_context *context, lsa_claim_result *result, const lsa_program *program,
                        const lsa_train_settings *train)
{
    const bool alone = lsa_study_is_reduced(context->study, program) && sees_all(lsa_program_form(program));
    claim_suppose(result, "u and U are all parameters, and the loss sees all of uU", alone, 1.0, alone);
    claim_suppose(result, "a fresh task for each prompt", train->tasks, INFINITY, isinf(train->tasks));
    claim_suppose(result, "not Adam, whose noise has no covariance derived", train->method == LSA_TRAIN_ADAM, 0.0,
                  train->method != LSA_TRAIN_ADAM);
}

/* A training, and what is expected of its end, over |A|_F. */
typedef struct sgd_end {
    const lsa_training_path *path; /* the study's own */
    sgd_spread spread;
    ptrdiff_t steps; /* of whose states the end is the mean */
} sgd_end;

/* |uU - A|_F of the end of the study's training against noise, bias and start; the noise exceeds its radius with probability
 * alpha at most. */
static lsa_status measure_end(const claim_context *context, lsa_study *study, const lsa_training_path *path,
                              sgd_end *end, sampled_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    lsa_predictions *p;
    lsa_reduced_view view;
    const double *last = path->average != NULL ? path->average : path->final;
    const ptrdiff_t square = context->experiment->data.d * context->experiment->data.d;
    double *at = lsa_vec_create(path->size), *miss = lsa_vec_create(square);
    LSA_TRY_MEMORY(at != NULL ? miss : NULL, "the end of SGD");
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_reduced_view(study, program, &view, err));
    LSA_TRY(nearest_minimum(program, last, at, err));
    LSA_TRY(sgd_spread_make(study, at, context->alpha, &end->spread, err));
    for (ptrdiff_t i = 0; i < square; i++)
        miss[i] = last[view.u] * last[view.U + i] - p->A[i];
    const double norm = lsa_vec_norm(square, p->A);
    end->spread.radius /= norm;
    end->spread.rms /= norm;
    end->spread.bias /= norm;
    end->spread.start /= norm;
    end->steps = path->averaged > 0 ? path->averaged : 1;
    const double tolerance = end->spread.radius + end->spread.bias + end->spread.start;
    *out = (sampled_value){lsa_vec_norm(square, miss) / norm, tolerance, (double)NAN, tolerance, "", false};
done:
    free(miss);
    free(at);
    return status;
}

/* Fresh prompts are those of another training from the same start: the steps of one are not independent of each other. */
static lsa_status measure_another(const claim_context *context, sgd_end *end, sampled_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *study = NULL;
    lsa_training_path *path = NULL;
    lsa_experiment other = *context->experiment;
    lsa_study_options options = *lsa_study_settings(context->study);
    options.progress = NULL;
    other.train.seed = lsa_stream_second_seed(other.train.seed);
    LSA_TRY(lsa_study_create(&other, &options, &study, err));
    LSA_TRY(lsa_training_path_run(study, NULL, &path, err));
    if (path->diverged)
        LSA_TRY(lsa_error_set(err, LSA_ERR_SOLVER, "a second training, of other prompts, diverges"));
    LSA_TRY(measure_end(context, study, path, end, out, err));
done:
    lsa_training_path_destroy(path);
    lsa_study_destroy(study);
    return status;
}

static lsa_status measure_training(const claim_context *context, void *what, const sampled_draw *draw,
                                   sampled_value *out, lsa_error *err)
{
    sgd_end *end = what;
    return draw->fresh ? measure_another(context, end, out, err)
                       : measure_end(context, context->study, end->path, end, out, err);
}

lsa_status claim_sgd_limit(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_training_path *path = NULL;
    const lsa_program *program;
    sgd_end end = {.path = NULL};
    const lsa_train_settings *train = &context->experiment->train;
    LSA_TRY(claim_add(context, &result, err));
    if (!is_asked(result, train, false))
        goto done;
    LSA_TRY(lsa_study_program(context->study, &program, err));
    suppose_sgd(context, result, program, train);
    if (!claim_applies(result))
        goto done;
    LSA_TRY(lsa_training_path_run(context->study, NULL, &path, err));
    claim_suppose(result, "no divergence", path->diverged, 0.0, !path->diverged);
    if (!claim_applies(result))
        goto done;
    end.path = path;
    LSA_TRY(claim_statistical(context, result, 0.0, measure_training, &end, err));
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(
            result,
            "|uU - A|_F/|A|_F of the mean over %td steps; expected: noise %.2g (root mean square), bias %.2g, left "
            "of the start %.2g",
            end.steps, end.spread.rms, end.spread.bias, end.spread.start);
done:
    lsa_training_path_destroy(path);
    return status;
}
