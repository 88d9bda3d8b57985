/* text_wishart.h - exact means over a Wishart law. */
#ifndef LSAFLOW_VERIFY_TEXT_WISHART_H
#define LSAFLOW_VERIFY_TEXT_WISHART_H

#include "verify/text_world.h"

/* Whether e is a polynomial of degree at most 6 in Lambda, or linear in inv(Lambda) where that has a mean. */
bool text_wishart_is_exact(const text_world *w, const formula_node *e);

/* The value of e at one Lambda. */
typedef lsa_status text_at_covariance(text_world *w, const formula_value *Lambda, const formula_node *e,
                                      const formula_value **out, lsa_error *err);
/* The mean of such an e. LSA_ERR_UNABLE beyond the bounds of the symbols. */
lsa_status text_wishart_mean(text_world *w, const formula_node *e, text_at_covariance *at, const formula_value **out,
                             lsa_error *err);

#endif
