/* text_identity.h - an equality of polynomials in parameters and constants, decided in symbols. */
#ifndef LSAFLOW_VERIFY_TEXT_IDENTITY_H
#define LSAFLOW_VERIFY_TEXT_IDENTITY_H

#include "formula/tree.h"
#include "verify/claim.h"

/* Whether a == b can be one: both sides are polynomials, and one of them names loss, risk or a gradient. */
bool text_is_identity(const lsa_statement *statement, const formula_node *a, const formula_node *b);

/* `proved`, for all values of the constants or with those of the model that are special (Omega = I, no noise, rho = N); or `fails`
 * with the terms by which they differ. LSA_ERR_UNABLE where a side is beyond the symbolic engine. */
lsa_status text_judge_identity(lsa_study *study, const formula_node *a, const formula_node *b, lsa_claim_result *result,
                               lsa_error *err);

#endif
