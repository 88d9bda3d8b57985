/* special.h - special functions and quantiles; the only door to GSL. */
#ifndef LSAFLOW_BASE_SPECIAL_H
#define LSAFLOW_BASE_SPECIAL_H

#include <stddef.h>

/* z with P(Z > z) = p for a standard normal Z, p in (0, 1); accurate for tiny p. */
double lsa_normal_upper_quantile(double p);
/* P(Z > z). */
double lsa_normal_upper_tail(double z);
/* t with P(T > t) = p for Student's t with nu degrees of freedom. */
double lsa_student_upper_quantile(double p, double nu);
/* P(X > x) for chi-square with k degrees of freedom. */
double lsa_chi_square_upper_tail(double x, double k);
/* Clopper-Pearson interval of level 1 - alpha for k successes in n trials. */
void lsa_binomial_interval(ptrdiff_t k, ptrdiff_t n, double alpha, double *low, double *high);

#endif
