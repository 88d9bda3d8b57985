/* flow_view.c - the course of (u, U) and the hypotheses of Theorem 4.1, measured on the start at hand. */
#include "verify/flow_view.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>

lsa_status flow_view_require_reduced(const claim_context *context, const lsa_predictions *p, lsa_error *err)
{
    if (p->reduced)
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_UNABLE, "the claim speaks of u and U; statement %s has other parameters",
                         context->experiment->statement->name);
}

lsa_status flow_view_of(const claim_context *context, flow_view *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    LSA_TRY(lsa_study_predictions(context->study, &out->p, err));
    LSA_TRY(flow_view_require_reduced(context, out->p, err));
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(lsa_study_path(context->study, &out->path, err));
    LSA_TRY(lsa_study_reduced_view(context->study, program, &out->at, err));
    out->d = context->experiment->data.d;
done:
    return status;
}

lsa_status claim_on_flow(const claim_context *context, flow_check *check, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_view view;
    lsa_claim_result *result;
    LSA_TRY(flow_view_of(context, &view, err));
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(check(context, &view, result, err));
done:
    return status;
}

double flow_view_u(const flow_view *view, lsa_sample sample)
{
    return sample.state[view->at.u];
}

const double *flow_view_U(const flow_view *view, lsa_sample sample)
{
    return sample.state + view->at.U;
}

double flow_view_u_error(const flow_view *view, ptrdiff_t i)
{
    return path_state_error(&view->path, i, view->at.u, 1);
}

double flow_view_U_error(const flow_view *view, ptrdiff_t i)
{
    return path_state_error(&view->path, i, view->at.U, view->d * view->d);
}

static void suppose_blocks(lsa_claim_result *result, const flow_view *view)
{
    const lsa_sample first = path_sample(&view->path, 0);
    double norm = 0.0;
    if (view->at.px >= 0)
        norm = fmax(norm, lsa_vec_norm(view->d, first.state + view->at.px));
    if (view->at.k >= 0)
        norm = fmax(norm, lsa_vec_norm(view->d, first.state + view->at.k));
    claim_suppose(result, "px = k = 0 at the start", norm, 0.0, norm == 0.0);
}

void suppose_reduced(lsa_claim_result *result, const flow_view *view)
{
    suppose_blocks(result, view);
}

/* Theorem 4.5: the covariances commute, and (4.11). */
static void suppose_theorem_45(lsa_claim_result *result, const flow_view *view)
{
    const lsa_theory_random_bounds *bounds = &view->p->bounds;
    const bool diagonal = lsa_theory_random_is_diagonal(view->p->random);
    result->source = "Theorem 4.5";
    claim_suppose(result, "Theorem 4.5: diagonal covariances", diagonal, 1.0, diagonal);
    claim_suppose(result, "E Lambda Theta is not zero", bounds->excitation, 0.0, bounds->excitation > 0.0);
    claim_suppose(result, "(4.11): sigma below its bound", view->p->start.sigma, bounds->sigma_max,
                  bounds->margin > 0.0);
}

void suppose_convergence(lsa_claim_result *result, const flow_view *view)
{
    const lsa_theory_start *start = &view->p->start;
    suppose_blocks(result, view);
    claim_suppose(result, "Assumption 3.3: u(0) = sigma > 0", start->sigma, 0.0, start->sigma > 0.0);
    claim_suppose(result, "Assumption 3.3: U(0) = sigma Theta Theta', |Theta Theta'|_F = 1 (imbalance)",
                  start->imbalance, 0.0, start->holds);
    if (view->p->random != NULL) {
        suppose_theorem_45(result, view);
        return;
    }
    const double margin = lsa_theory_sigma_margin(view->p->theory, start->sigma);
    const double rank = (double)lsa_theory_rank(view->p->theory), d = (double)view->d;
    claim_note(result, "Lambda is positive definite (rank; else judged on its range)", rank, d, rank == d);
    if (!isnan(margin))
        claim_suppose(result, "sigma^2 |Gamma|_op sqrt(d) < 2", 2.0 - margin, 2.0, margin > 0.0);
}

void suppose_theorem_41(lsa_claim_result *result, const flow_view *view)
{
    suppose_convergence(result, view);
    if (view->p->random != NULL)
        return;
    const bool isotropic = lsa_theory_is_isotropic_task(view->p->theory, NULL);
    claim_suppose(result, "tasks with covariance a multiple of I", isotropic, 1.0, isotropic);
}

double path_product_error(const flow_path *path, double least_rate)
{
    const path_number gap = path_gap_of_state(path, path->count);
    return sqrt(2.0 * (fmax(gap.value, 0.0) + gap.error) * path->depth / least_rate);
}
