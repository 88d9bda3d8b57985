/* claims_limit.c - where the flow ends: Theorem 4.1, Corollary A.2, Lemma A.3.
 *
 * Judged on the raw end of an unreduced run: the rescaled and polished ends would hold by construction. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include <math.h>
#include <stdlib.h>

/* Theory gives a limit to this share of its size (docs/theory.md, Accuracy). */
static const double limit_rounding = 1e-13;

/* What the path may be off at its end, and what is left of the way: from u^2 - |U|^2 = C and |uU - A|_F = e follows |du| <=
 * e/(2u) at the balanced point, |dU| <= e/u + |A| |du|/u^2. */
static double u_tolerance(const flow_view *view)
{
    const double way = path_product_error(&view->path, view->p->least_rate) / (2.0 * fabs(view->p->u));
    return flow_view_u_error(view, view->path.count) + way + limit_rounding * fabs(view->p->u);
}

static double U_tolerance(const flow_view *view, double norm_A)
{
    const double u = fabs(view->p->u), e = path_product_error(&view->path, view->p->least_rate);
    return flow_view_U_error(view, view->path.count) + e / u + norm_A * e / (2.0 * u * u * u) +
           limit_rounding * lsa_vec_norm(view->d * view->d, view->p->U);
}

static lsa_status check_limit_u(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                lsa_error *err)
{
    (void)context;
    (void)err;
    suppose_convergence(result, view);
    const double measured = flow_view_u(view, path_sample(&view->path, view->path.count));
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
    const double *U = flow_view_U(view, path_sample(&view->path, view->path.count));
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
    const lsa_sample end = path_sample(&view->path, view->path.count);
    const path_number gap = path_gap_of_state(&view->path, view->path.count);
    suppose_convergence(result, view);
    /* The loss is a sum of terms as large as L(0), each rounded once or twice. */
    const double rounding = (1e-14 * sqrt((double)view->d) + claim_constants_rounding(view->p)) * view->p->loss_at_zero;
    claim_equal(result, view->p->minimum_loss, end.loss,
                (fmax(gap.value, 0.0) + gap.error) * view->path.depth + rounding);
    claim_require_fine(result, view->p->loss_at_zero);
    return LSA_OK;
}

lsa_status claim_minimum_loss(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_minimum_loss, err);
}

/* u^2 - |U|^2 at sample i. Its rounding is that of the largest squares that the path has passed, *largest so far. */
static path_number balance_at(const flow_view *view, ptrdiff_t i, double *largest)
{
    const lsa_sample sample = path_sample(&view->path, i);
    const double u = flow_view_u(view, sample), *U = flow_view_U(view, sample);
    const double square = lsa_vec_dot(view->d * view->d, U, U);
    *largest = fmax(*largest, u * u + square);
    const double path = 2.0 * (fabs(u) * flow_view_u_error(view, i) + sqrt(square) * flow_view_U_error(view, i));
    return (path_number){u * u - square, path + 1e-14 * *largest};
}

static lsa_status check_balanced(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                 lsa_error *err)
{
    (void)context;
    (void)err;
    path_number worst = PATH_NONE;
    double largest = 0.0, measured = NAN;
    for (ptrdiff_t i = 0; i < view->path.count; i++) {
        const path_number now = balance_at(view, i, &largest);
        if (path_take_worst(&worst, (path_number){now.value - view->p->conserved, now.error}))
            measured = now.value;
    }
    suppose_reduced(result, view);
    claim_equal(result, view->p->conserved, measured, worst.error);
    claim_scale(result, largest);
    return LSA_OK;
}

lsa_status claim_balanced(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_balanced, err);
}
