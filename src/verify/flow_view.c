/* flow_view.c - the course of (u, U), and whether the start is one of the reduced layer. */
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

void suppose_reduced(lsa_claim_result *result, const flow_view *view)
{
    const lsa_sample first = path_sample(&view->path, 0);
    double norm = 0.0;
    if (view->at.px >= 0)
        norm = fmax(norm, lsa_vec_norm(view->d, first.state + view->at.px));
    if (view->at.k >= 0)
        norm = fmax(norm, lsa_vec_norm(view->d, first.state + view->at.k));
    claim_suppose(result, "px = k = 0 at the start", norm, 0.0, norm == 0.0);
}
