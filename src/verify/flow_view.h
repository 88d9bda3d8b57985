/* flow_view.h - a trajectory seen as the course of (u, U). */
#ifndef LSAFLOW_VERIFY_FLOW_VIEW_H
#define LSAFLOW_VERIFY_FLOW_VIEW_H

#include "verify/claim.h"

typedef struct flow_view {
    lsa_predictions *p;
    flow_path path; /* with its accuracy */
    lsa_reduced_view at;
    ptrdiff_t d;
} flow_view;

/* Runs what is still to be run. LSA_ERR_UNABLE where the statement has no (u, U) of its own. */
lsa_status flow_view_of(const claim_context *context, flow_view *out, lsa_error *err);

/* A claim on the course of (u, U): gets the view and a new result. */
typedef lsa_status flow_check(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                              lsa_error *err);
lsa_status claim_on_flow(const claim_context *context, flow_check *check, lsa_error *err);

/* LSA_ERR_UNABLE where u and U are no parameters of the statement. */
lsa_status flow_view_require_reduced(const claim_context *context, const lsa_predictions *p, lsa_error *err);

double flow_view_u(const flow_view *view, lsa_sample sample);
const double *flow_view_U(const flow_view *view, lsa_sample sample);

/* How far u, and U as a matrix (Frobenius), of sample i of the path may be off. */
double flow_view_u_error(const flow_view *view, ptrdiff_t i);
double flow_view_U_error(const flow_view *view, ptrdiff_t i);

/* The hypothesis of Lemma 5.2, that u and U are all there is. */
void suppose_reduced(lsa_claim_result *result, const flow_view *view);

#endif
