/* claims_decay.c - how the flow gets there: Lemmas A.5 and 5.4, and the sharper forms of docs/theory.md (W3, W8).
 *
 * An inequality is judged at every output sample whose gap is above the integrator's floor. */
#include "base/matrix.h"
#include "base/rng.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

/* A rate -ln(gap(t)/gap(0))/x is only measured where the gap has fallen by more than the integrator's error. */
static double least_fall(const flow_view *view)
{
    return 1e3 * fmax(view->rtol, 1e-13);
}

static bool is_above_floor(const flow_view *view, lsa_sample sample)
{
    return sample.gap > flow_gap_floor(view->trajectory);
}

/* (A.14) and (5.7) once more, from the definitions, with Lambda's own spectrum and products of whole matrices; NAN where
 * the law is not the paper's to the letter (Omega = I, rho = N, Lambda > 0). */
typedef struct plain_constants {
    double u_lower_bound, pl;
} plain_constants;

static lsa_status plain_constants_of(const claim_context *context, const flow_view *view, plain_constants *out,
                                     lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *training = &context->experiment->training;
    const double *lambda = training->covariance->spectrum, *omega = training->task_covariance->spectrum;
    const ptrdiff_t d = view->d;
    const lsa_sample first = lsa_trajectory_sample(view->trajectory, 0);
    const double sigma = flow_view_u(view, first), N = training->context, root_d = sqrt((double)d);
    double trace = 0.0, norm_Lambda = 0.0, norm_Gamma = 0.0, sum_inverse = 0.0, sum_product = 0.0;
    double *Lambda = lsa_vec_create(d * d), *square = lsa_vec_create(d * d);
    *out = (plain_constants){NAN, NAN};
    LSA_TRY_MEMORY(Lambda && square ? Lambda : NULL, "the constants of Lemma 5.4");
    if (training->normalise_plus_one || view->p->random != NULL ||
        training->task_covariance->kind != LSA_COVARIANCE_SCALAR || omega[0] != 1.0)
        goto done;
    for (ptrdiff_t i = 0; i < d; i++)
        trace += lambda[i];
    for (ptrdiff_t i = 0; i < d; i++) {
        norm_Lambda = fmax(norm_Lambda, lambda[i]);
        norm_Gamma = fmax(norm_Gamma, (1.0 + 1.0 / N) * lambda[i] + (trace + training->label_noise) / N);
    }
    for (ptrdiff_t i = 0; i < d; i++) {
        if (lambda[i] <= (double)d * DBL_EPSILON * norm_Lambda)
            continue; /* traces on range(Lambda) */
        const double gamma = (1.0 + 1.0 / N) * lambda[i] + (trace + training->label_noise) / N;
        sum_inverse += 1.0 / lambda[i];
        sum_product += 1.0 / (gamma * lambda[i]);
    }
    lsa_covariance_matrix(training->covariance, Lambda);
    lsa_mat_product(false, false, d, d, d, 1.0, Lambda, Lambda, 0.0, square);
    /* |Lambda Theta|_F^2 = tr(Lambda^2 Theta Theta'), Theta Theta' = U(0)/sigma */
    const double excitation = lsa_mat_inner(d, d, square, flow_view_U(view, first)) / sigma;
    const double bracket = 2.0 - root_d * sigma * sigma * norm_Gamma;
    const double common = sigma * sigma / (root_d * norm_Lambda * norm_Lambda) * excitation * bracket;
    out->u_lower_bound = sqrt(common / 2.0);
    out->pl = common / (sum_product * sum_inverse);
done:
    free(square);
    free(Lambda);
    return status;
}

/* The constant of an inequality is itself compared as an equality. */
static void require_constant(lsa_claim_result *result, double constant, double plain)
{
    if (result->verdict != LSA_VERDICT_HOLDS || isnan(plain))
        return;
    if (fabs(constant - plain) <= 1e-9 * fabs(plain)) {
        claim_why(result, "constant agrees with its plain evaluation to %.1e", fabs(constant / plain - 1.0));
        return;
    }
    result->verdict = LSA_VERDICT_FAILS;
    claim_why(result, "the constant is %.12g, evaluated from its definition %.12g", constant, plain);
}

static lsa_status check_u_lower_bound(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    plain_constants plain;
    double least = INFINITY;
    for (ptrdiff_t i = 0; i < view->count; i++)
        least = fmin(least, flow_view_u(view, lsa_trajectory_sample(view->trajectory, i)));
    suppose_theorem_41(result, view);
    claim_at_least(result, view->p->u_lower_bound, least, 10.0 * view->rtol);
    LSA_TRY(plain_constants_of(context, view, &plain, err));
    require_constant(result, view->p->u_lower_bound, plain.u_lower_bound);
done:
    return status;
}

lsa_status claim_u_lower_bound(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_u_lower_bound, err);
}

static lsa_status check_pl_inequality(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    plain_constants plain;
    double least = INFINITY;
    for (ptrdiff_t i = 0; i < view->count; i++) {
        const lsa_sample sample = lsa_trajectory_sample(view->trajectory, i);
        if (is_above_floor(view, sample))
            least = fmin(least, sample.gradient_norm * sample.gradient_norm / (sample.gap * view->scale));
    }
    suppose_theorem_41(result, view);
    claim_at_least(result, view->p->pl, least, 10.0 * view->rtol);
    LSA_TRY(plain_constants_of(context, view, &plain, err));
    require_constant(result, view->p->pl, plain.pl);
done:
    return status;
}

lsa_status claim_pl_inequality(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_pl_inequality, err);
}

/* The least of -ln(gap(t)/gap(0)) / x(t) over the samples, x = t or int u^2. */
static double least_decay(const flow_view *view, bool by_action)
{
    const double gap0 = lsa_trajectory_sample(view->trajectory, 0).gap;
    double least = INFINITY;
    for (ptrdiff_t i = 1; i < view->count; i++) {
        const lsa_sample sample = lsa_trajectory_sample(view->trajectory, i);
        const double fall = -log(sample.gap / gap0);
        const double x = by_action ? lsa_trajectory_action(view->trajectory, i) : sample.time;
        if (is_above_floor(view, sample) && x > 0.0 && (fall > least_fall(view) || fall < -least_fall(view)))
            least = fmin(least, fall / x);
    }
    return least;
}

static lsa_status check_exponential_decay(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                          lsa_error *err)
{
    (void)context;
    (void)err;
    suppose_theorem_41(result, view);
    claim_at_least(result, view->p->pl, least_decay(view, false), 1e-3);
    return LSA_OK;
}

lsa_status claim_exponential_decay(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_exponential_decay, err);
}

static lsa_status check_sharp_decay(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                    lsa_error *err)
{
    (void)context;
    (void)err;
    suppose_reduced(result, view);
    claim_suppose(result, "a least rate that theory knows", view->p->least_rate, 0.0, view->p->least_rate > 0.0);
    claim_at_least(result, 2.0 * view->p->least_rate, least_decay(view, true), 1e-3);
    if (isnan(lsa_trajectory_action(view->trajectory, 0))) {
        result->verdict = LSA_VERDICT_NOT_APPLICABLE;
        claim_why(result, "the derived loss has not the form of (W4), so int u^2 is not followed");
    }
    return LSA_OK;
}

lsa_status claim_sharp_decay(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_sharp_decay, err);
}

/* offdiag(U0) o exp(-h_ij s): (W3) in Lambda's eigenbasis, (C.4) for random diagonal covariances. */
static lsa_status off_diagonal(const lsa_predictions *p, const double *U0, double s, double *out, lsa_error *err)
{
    return p->random != NULL ? lsa_theory_random_off_diagonal(p->random, U0, s, out, err)
                             : lsa_theory_off_diagonal(p->theory, U0, s, out, err);
}

/* Largest entry of offdiag(U(t)) - predicted over all samples, in Lambda's eigenbasis; s = 0 extracts the part. */
static lsa_status off_diagonal_error(const flow_view *view, double *worst, double *start, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t square = view->d * view->d;
    const double *U0 = flow_view_U(view, lsa_trajectory_sample(view->trajectory, 0));
    double *measured = lsa_vec_create(square), *predicted = lsa_vec_create(square);
    LSA_TRY_MEMORY(measured, "off-diagonal entries");
    LSA_TRY_MEMORY(predicted, "off-diagonal entries");
    LSA_TRY(off_diagonal(view->p, U0, 0.0, measured, err));
    *start = lsa_vec_norm_max(square, measured);
    *worst = 0.0;
    for (ptrdiff_t i = 0; i < view->count; i++) {
        const double *U = flow_view_U(view, lsa_trajectory_sample(view->trajectory, i));
        LSA_TRY(off_diagonal(view->p, U, 0.0, measured, err));
        LSA_TRY(off_diagonal(view->p, U0, lsa_trajectory_action(view->trajectory, i), predicted, err));
        lsa_vec_axpy(square, -1.0, measured, predicted);
        *worst = fmax(*worst, lsa_vec_norm_max(square, predicted));
    }
done:
    free(measured);
    free(predicted);
    return status;
}

static lsa_status check_off_diagonal_decay(const claim_context *context, const flow_view *view,
                                           lsa_claim_result *result, lsa_error *err)
{
    (void)context;
    lsa_status status = LSA_OK;
    double worst = 0.0, start = 0.0;
    if (view->p->random != NULL)
        result->source = "(C.4)";
    suppose_reduced(result, view);
    if (isnan(lsa_trajectory_action(view->trajectory, 0))) {
        claim_why(result, "the derived loss has not the form of (W4), so int u^2 is not followed");
        goto done;
    }
    LSA_TRY(off_diagonal_error(view, &worst, &start, err));
    const double size = lsa_vec_norm_max(view->d * view->d, view->p->U);
    if (start <= 1e-12 * size) {
        result->measured = start;
        claim_why(result, "the start has no off-diagonal entries in Lambda's eigenbasis");
        goto done;
    }
    claim_equal(result, 0.0, worst, 50.0 * fmax(view->rtol, 1e-14) * fmax(start, size));
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest distance to U_ij(0) exp(-h_ij int u^2), entries up to %.3g", start);
done:
    return status;
}

lsa_status claim_off_diagonal_decay(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_off_diagonal_decay, err);
}

/* How far the loss moves when the parameters are rounded anew: entries times 1 +- eps, signs at random. Where heads of size
 * 1e6 cancel, that is more than the flow's own fall. */
static lsa_status loss_rounding(const claim_context *context, const double *user, double *out, lsa_error *err)
{
    enum { TRIALS = 4 };
    lsa_status status = LSA_OK;
    const lsa_program *program;
    lsa_workspace *work = NULL;
    double *state = NULL, *moved = NULL;
    LSA_TRY(lsa_study_program(context->study, &program, err));
    const ptrdiff_t n = lsa_program_size(program);
    state = lsa_vec_create(n);
    moved = lsa_vec_create(n);
    LSA_TRY_MEMORY(state != NULL ? moved : NULL, "the rounding of a loss");
    LSA_TRY(lsa_workspace_create(program, &work, err));
    LSA_TRY(lsa_program_from_user(program, user, state, err));
    const double here = lsa_program_loss(program, work, state);
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROBE, 4);
    *out = 0.0;
    for (int trial = 0; trial < TRIALS; trial++) {
        lsa_rng_normals(&rng, n, moved);
        for (ptrdiff_t i = 0; i < n; i++)
            moved[i] = state[i] * (1.0 + copysign(DBL_EPSILON, moved[i]));
        *out = fmax(*out, fabs(lsa_program_loss(program, work, moved) - here));
    }
done:
    lsa_workspace_destroy(work);
    free(moved);
    free(state);
    return status;
}

/* A rise from one sample to the next that rounding of the parameters accounts for is none. */
static lsa_status is_rounding(const claim_context *context, const lsa_predictions *p, lsa_sample before, lsa_sample now,
                              bool *yes, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double first = 0.0, second = 0.0;
    *yes = false;
    if (!(now.gap > before.gap) || before.state == NULL || now.state == NULL)
        return LSA_OK;
    LSA_TRY(loss_rounding(context, before.state, &first, err));
    LSA_TRY(loss_rounding(context, now.state, &second, err));
    *yes = (now.gap - before.gap) * (p->loss_at_zero - p->minimum_loss) <= 8.0 * (first + second);
done:
    return status;
}

lsa_status claim_monotone_loss(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    const lsa_trajectory *trajectory;
    const double rtol = fmax(context->experiment->flow.rtol, 1e-14);
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(lsa_study_trajectory(context->study, &trajectory, err));
    LSA_TRY(claim_add(context, &result, err));
    const double floor = flow_gap_floor(trajectory);
    double greatest = 0.0;
    lsa_sample before = lsa_trajectory_sample(trajectory, 0);
    for (ptrdiff_t i = 1; i < lsa_trajectory_count(trajectory); i++) {
        const lsa_sample sample = lsa_trajectory_sample(trajectory, i);
        bool rounding = false;
        if (sample.gap > (1.0 + 10.0 * rtol) * before.gap)
            LSA_TRY(is_rounding(context, p, before, sample, &rounding, err));
        if (sample.gap > floor && !rounding)
            greatest = fmax(greatest, sample.gap / before.gap);
        before = sample;
    }
    claim_at_most(result, p->gap_quotient, greatest, 10.0 * rtol);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest quotient of the gaps of neighbouring samples");
done:
    return status;
}
