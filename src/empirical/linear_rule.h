/* linear_rule.h - in-context linear regression by least squares and by Bayes' rule. */
#ifndef LSAFLOW_EMPIRICAL_LINEAR_RULE_H
#define LSAFLOW_EMPIRICAL_LINEAR_RULE_H

#include "empirical/baseline.h"

/* OLS of least norm on the range of the covariance; *rank is that of the covariance. */
lsa_status lsa_linear_rule_ols(lsa_linear_rule *rule, const lsa_prompt_law *law, ptrdiff_t *rank, lsa_error *err);
/* The posterior mean of w ~ N(0, prior) under the law's noise, and its limit for noise 0. *covers: prior directions
 * reach every direction of x. */
lsa_status lsa_linear_rule_bayes(lsa_linear_rule *rule, const lsa_prompt_law *law, bool *covers, lsa_error *err);
void lsa_linear_rule_clear(lsa_linear_rule *rule);

ptrdiff_t lsa_linear_rule_work_size(ptrdiff_t M, ptrdiff_t d);
/* <T v, x_q>; cost O(d^2 M). */
double lsa_linear_rule_predict(const lsa_linear_rule *rule, const lsa_prompt *prompt, double *work);

#endif
