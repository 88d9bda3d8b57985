/* claims_decay.c - how the flow gets there: Lemmas A.5 and 5.4, and the sharper forms of docs/theory.md (W3, W8).
 *
 * An inequality is judged at every output sample at which its quotient is known to a thousandth (path.h). */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>

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
    const lsa_sample first = path_sample(&view->path, 0);
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

/* The constant of an inequality is itself compared as an equality: both are products and sums of positive numbers, but for
 * the bracket of (A.14), a difference from 2. */
static void require_constant(lsa_claim_result *result, const flow_view *view, double constant, double plain)
{
    if (isnan(plain))
        return;
    const double bracket = 2.0 - view->p->start.sigma * view->p->start.sigma * lsa_theory_gamma_norm(view->p->theory) *
                                     sqrt((double)view->d);
    claim_also(result, fabs(constant - plain), 1e-12 * (1.0 + 2.0 / fabs(bracket)) * fabs(plain),
               "the constant is %.12g, evaluated from its definition %.12g", constant, plain);
}

static lsa_status check_u_lower_bound(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    plain_constants plain;
    path_number least = {INFINITY, INFINITY};
    for (ptrdiff_t i = 0; i < view->path.count; i++)
        path_take_least(&least,
                        (path_number){flow_view_u(view, path_sample(&view->path, i)), flow_view_u_error(view, i)});
    suppose_theorem_41(result, view);
    claim_bounded_below(result, view->p->u_lower_bound, least);
    LSA_TRY(plain_constants_of(context, view, &plain, err));
    require_constant(result, view, view->p->u_lower_bound, plain.u_lower_bound);
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
    path_number least = {INFINITY, INFINITY};
    for (ptrdiff_t i = 0; i < view->path.count; i++)
        path_take_least(&least, path_decay_rate(&view->path, i));
    suppose_theorem_41(result, view);
    claim_bounded_below(result, view->p->pl, least);
    LSA_TRY(plain_constants_of(context, view, &plain, err));
    require_constant(result, view, view->p->pl, plain.pl);
done:
    return status;
}

lsa_status claim_pl_inequality(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_pl_inequality, err);
}

/* The least of -ln(gap(t)/gap(0)) / x(t) over the samples, x = t or int u^2. */
static path_number least_decay(const flow_view *view, bool by_action)
{
    const path_number first = path_gap_of_state(&view->path, 0);
    path_number least = {INFINITY, INFINITY};
    for (ptrdiff_t i = 1; i < view->path.count; i++) {
        const path_number gap = path_gap_at_time(&view->path, i);
        const path_number time = {path_sample(&view->path, i).time, 0.0};
        const path_number x = by_action ? path_action(&view->path, i) : time;
        const double fall = -log(gap.value / first.value);
        const double error =
            (gap.error / gap.value + first.error / first.value + fabs(fall) * x.error / x.value) / x.value;
        if (x.value > 0.0 && path_knows(gap))
            path_take_least(&least, (path_number){fall / x.value, error});
    }
    return least;
}

static lsa_status check_exponential_decay(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                          lsa_error *err)
{
    (void)context;
    (void)err;
    suppose_theorem_41(result, view);
    claim_bounded_below(result, view->p->pl, least_decay(view, false));
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
    claim_bounded_below(result, 2.0 * view->p->least_rate, least_decay(view, true));
    if (isnan(path_action(&view->path, 0).value)) {
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

/* Scratch of the comparison: d x d each. */
typedef struct off_diagonal_work {
    double *measured, *predicted, *slower;
} off_diagonal_work;

/* |offdiag(U) - predicted|_F at sample i, in Lambda's eigenbasis, and how far both may be off. */
static lsa_status off_diagonal_at(const flow_view *view, ptrdiff_t i, const off_diagonal_work *w, path_number *out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t square = view->d * view->d;
    const double *U0 = flow_view_U(view, path_sample(&view->path, 0));
    const path_number action = path_action(&view->path, i);
    LSA_TRY(off_diagonal(view->p, flow_view_U(view, path_sample(&view->path, i)), 0.0, w->measured, err));
    LSA_TRY(off_diagonal(view->p, U0, action.value, w->predicted, err));
    LSA_TRY(off_diagonal(view->p, U0, fmax(action.value - action.error, 0.0), w->slower, err));
    lsa_vec_axpy(square, -1.0, w->predicted, w->slower);
    lsa_vec_axpy(square, -1.0, w->predicted, w->measured);
    *out =
        (path_number){lsa_vec_norm(square, w->measured), flow_view_U_error(view, i) + lsa_vec_norm(square, w->slower)};
done:
    return status;
}

/* The worst over all samples; *start is |offdiag(U(0))|_F. */
static lsa_status off_diagonal_error(const flow_view *view, path_number *worst, double *start, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t square = view->d * view->d;
    double *numbers = lsa_vec_create(3 * square);
    const off_diagonal_work w = {numbers, numbers + square, numbers + 2 * square};
    LSA_TRY_MEMORY(numbers, "off-diagonal entries");
    LSA_TRY(off_diagonal(view->p, flow_view_U(view, path_sample(&view->path, 0)), 0.0, w.measured, err));
    *start = lsa_vec_norm(square, w.measured);
    for (ptrdiff_t i = 0; i < view->path.count; i++) {
        path_number now;
        LSA_TRY(off_diagonal_at(view, i, &w, &now, err));
        path_take_worst(worst, now);
    }
done:
    free(numbers);
    return status;
}

static lsa_status check_off_diagonal_decay(const claim_context *context, const flow_view *view,
                                           lsa_claim_result *result, lsa_error *err)
{
    (void)context;
    lsa_status status = LSA_OK;
    path_number worst = PATH_NONE;
    double start = 0.0;
    if (view->p->random != NULL)
        result->source = "(C.4)";
    suppose_reduced(result, view);
    if (isnan(path_action(&view->path, 0).value)) {
        claim_why(result, "the derived loss has not the form of (W4), so int u^2 is not followed");
        goto done;
    }
    LSA_TRY(off_diagonal_error(view, &worst, &start, err));
    const double size = fmax(lsa_vec_norm_max(view->d * view->d, view->p->U),
                             lsa_vec_norm_max(view->d * view->d, flow_view_U(view, path_sample(&view->path, 0))));
    if (start <= 1e-12 * size) {
        result->measured = start;
        claim_why(result, "the start has no off-diagonal entries in Lambda's eigenbasis");
        goto done;
    }
    claim_equal(result, 0.0, worst.value, worst.error);
    claim_require_fine(result, start);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest distance to U_ij(0) exp(-h_ij int u^2), entries up to %.3g", start);
done:
    return status;
}

lsa_status claim_off_diagonal_decay(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_off_diagonal_decay, err);
}

lsa_status claim_monotone_loss(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    flow_path path;
    path_number greatest = {-INFINITY, INFINITY};
    if (!lsa_study_has_theory(context->study))
        return claim_falling_loss(context, err);
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(lsa_study_path(context->study, &path, err));
    LSA_TRY(claim_add(context, &result, err));
    for (ptrdiff_t i = 1; i < path.count; i++) {
        const path_number before = path_gap_at_time(&path, i - 1), now = path_gap_at_time(&path, i);
        const double quotient = now.value / before.value;
        if (path_knows(before) && path_knows(now))
            path_take_greatest(
                &greatest, (path_number){quotient, quotient * (before.error / before.value + now.error / now.value)});
    }
    claim_bounded_above(result, p->gap_quotient, greatest);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "largest quotient of the gaps of neighbouring samples");
done:
    return status;
}
