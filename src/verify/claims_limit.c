/* claims_limit.c - where the flow ends: Theorem 4.1, Corollary A.2, Lemma A.3.
 *
 * Judged on the raw end of an unreduced run: the rescaled and polished ends would hold by construction. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include <math.h>
#include <stdlib.h>

/* The largest u^2, |U|^2 of the run: u*^2 from a balanced start, more from a large one. */
static double largest_square(const flow_view *view)
{
    double largest = view->p->u * view->p->u;
    for (ptrdiff_t i = 0; i < view->count; i++) {
        const lsa_sample sample = lsa_trajectory_sample(view->trajectory, i);
        const double u = flow_view_u(view, sample), *U = flow_view_U(view, sample);
        largest = fmax(largest, fmax(u * u, lsa_vec_dot(view->d * view->d, U, U)));
    }
    return largest;
}

/* A path within 30 rtol of its parameters' size (flow.h) moves a difference of squares by twice that of each; below
 * rtol = 1e-11 rounding takes over. */
static double drift_allowance(const flow_view *view)
{
    return 120.0 * fmax(view->rtol, 1e-11) * largest_square(view);
}

/* From u^2 - |U|^2 = C, |uU|_F = a: 2u du = (dC + 2 a da / u*^2 ...)/...; to first order at the balanced point
 * |du| <= |dC|/(4u) + |da|/(2u). */
static double u_tolerance(const flow_view *view)
{
    return drift_allowance(view) / (4.0 * view->p->u) + flow_view_product_error(view) / (2.0 * view->p->u);
}

/* U = A/u: |dU| <= |dA|/u + |A| |du|/u^2. */
static double U_tolerance(const flow_view *view, double norm_A)
{
    const double u = fabs(view->p->u);
    return flow_view_product_error(view) / u + norm_A * u_tolerance(view) / (u * u);
}

static lsa_status check_limit_u(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                lsa_error *err)
{
    (void)context;
    (void)err;
    suppose_convergence(result, view);
    const double measured = flow_view_u(view, lsa_trajectory_raw(view->trajectory));
    claim_equal(result, view->p->u, measured, u_tolerance(view));
    claim_require_fine(result, view->p->u);
    return LSA_OK;
}

lsa_status claim_limit_u(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_limit_u, err);
}

static lsa_status check_limit_U(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                lsa_error *err)
{
    (void)context;
    (void)err;
    lsa_status status = LSA_OK;
    double *difference = NULL;
    const ptrdiff_t square = view->d * view->d;
    const double *U = flow_view_U(view, lsa_trajectory_raw(view->trajectory));
    difference = lsa_vec_create(square);
    LSA_TRY_MEMORY(difference, "the distance to the limit");
    for (ptrdiff_t i = 0; i < square; i++)
        difference[i] = U[i] - view->p->U[i];
    const double norm = lsa_vec_norm(square, view->p->U), distance = lsa_vec_norm(square, difference);
    suppose_convergence(result, view);
    claim_equal(result, 0.0, distance, U_tolerance(view, lsa_vec_norm(square, view->p->A)));
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "|U - U*|_F, with |U*|_F = %.6g", norm);
    claim_require_fine(result, norm);
done:
    free(difference);
    return status;
}

lsa_status claim_limit_U(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_limit_U, err);
}

static lsa_status check_minimum_loss(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                     lsa_error *err)
{
    (void)context;
    (void)err;
    const lsa_sample end = lsa_trajectory_raw(view->trajectory);
    suppose_convergence(result, view);
    /* The loss is a sum of terms as large as L(0), each rounded once or twice. */
    const double rounding = 1e-14 * view->p->loss_at_zero * sqrt((double)view->d);
    claim_equal(result, view->p->minimum_loss, end.loss, end.gap * view->scale + rounding);
    claim_require_fine(result, view->p->loss_at_zero);
    return LSA_OK;
}

lsa_status claim_minimum_loss(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_minimum_loss, err);
}

static lsa_status check_balanced(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                 lsa_error *err)
{
    (void)context;
    (void)err;
    double worst = view->p->conserved;
    for (ptrdiff_t i = 0; i < view->count; i++) {
        const lsa_sample sample = lsa_trajectory_sample(view->trajectory, i);
        const double u = flow_view_u(view, sample), *U = flow_view_U(view, sample);
        const double value = u * u - lsa_vec_dot(view->d * view->d, U, U);
        if (fabs(value - view->p->conserved) > fabs(worst - view->p->conserved))
            worst = value;
    }
    suppose_reduced(result, view);
    claim_equal(result, view->p->conserved, worst, drift_allowance(view));
    return LSA_OK;
}

lsa_status claim_balanced(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_balanced, err);
}
