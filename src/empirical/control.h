/* control.h - the label's second moment as a control variate.
 *
 * E label^2 is known from the law alone, whatever predicts. With beta = Cov(e^2, label^2) / Var(label^2) the mean of
 * e^2 - beta (label^2 - E label^2) has the expectation of e^2 (up to O(1/n) by the estimated beta) and the variance of
 * e^2 times 1 - correlation^2. */
#ifndef LSAFLOW_EMPIRICAL_CONTROL_H
#define LSAFLOW_EMPIRICAL_CONTROL_H

#include "empirical/moments.h"
#include "lsaflow/empirical.h"

/* E label^2 = tr(Lambda_q Omega) + mu' Omega mu (+ noise of the query), Omega = E w w'; false where the law's labels
 * are not linear, the tasks a pool, or the query depends on the context. */
bool lsa_control_label_square(const lsa_prompt_law *law, double *out);

/* From the moments of e^2, of label^2 and of their difference over `count` prompts; alpha as for lsa_interval, with the
 * skewness of e^2. *reduction: 1 - correlation^2. */
lsa_sample_estimate lsa_control_estimate(const lsa_moments *error, const lsa_moments *label,
                                         const lsa_moments *difference, double label_square, double count, double alpha,
                                         double *reduction);

#endif
