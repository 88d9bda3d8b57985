/* tail.h - which moments of a squared error exist. */
#ifndef LSAFLOW_EMPIRICAL_TAIL_H
#define LSAFLOW_EMPIRICAL_TAIL_H

#include "lsaflow/empirical.h"

/* Why E e^2 does not exist under a law, or NULL; why its square has no mean (no interval can then be given), or NULL.
 * With Student contexts of nu degrees of freedom E |x|^m exists for m < nu; a prediction of degree q in one covariate
 * needs nu > 2q, its fourth power nu > 4q. */
const char *lsa_tail_no_mean(const lsa_predictor *predictor, const lsa_prompt_law *law);
const char *lsa_tail_no_variance(const lsa_predictor *predictor, const lsa_prompt_law *law);

/* How the prediction grows with one covariate. */
double lsa_tail_degree(const lsa_predictor *predictor, const lsa_prompt_law *law);
/* Why the mean of the square of what grows with that degree has no interval, though it may have a variance: nu <= 8q leaves it
 * fewer than four moments, so that neither its sampled spread nor the expansion of interval.h can be trusted. Or NULL. */
const char *lsa_tail_no_interval(const lsa_prompt_law *law, double degree);
/* Why that many prompts cannot show what the random covariance may draw, or NULL: a value that has no stratum is expected
 * fewer than 400 times, or a gamma law's E l^4/(E l^2)^2 is above a 100th of the prompts. */
const char *lsa_tail_seldom(const lsa_strata *strata, double prompts);

/* How a label grows with its covariate: 1 for a linear task. */
double lsa_tail_label_degree(const lsa_prompt_law *law);
/* Whether the power-th absolute moment of something that grows with that degree in one covariate does not exist. */
bool lsa_tail_lacks_moment(const lsa_prompt_law *law, double degree, double power);

#endif
