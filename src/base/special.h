/* special.h - special functions, quantiles and quadrature; the only door to GSL. */
#ifndef LSAFLOW_BASE_SPECIAL_H
#define LSAFLOW_BASE_SPECIAL_H

#include "lsaflow/status.h"
#include <stddef.h>

/* z with P(Z > z) = p for a standard normal Z, p in (0, 1); accurate for tiny p. */
double lsa_normal_upper_quantile(double p);
/* P(Z > z). */
double lsa_normal_upper_tail(double z);
/* t with P(T > t) = p for Student's t with nu degrees of freedom. */
double lsa_student_upper_quantile(double p, double nu);
/* P(X > x) for chi-square with k degrees of freedom. */
double lsa_chi_square_upper_tail(double x, double k);
/* P(X > x) for a Gamma law of that shape and unit scale, x >= 0. */
double lsa_gamma_upper_tail(double x, double shape);
/* Clopper-Pearson interval of level 1 - alpha for k successes in n trials. */
void lsa_binomial_interval(ptrdiff_t k, ptrdiff_t n, double alpha, double *low, double *high);

/* The integrand at x; `context` is the caller's. */
typedef double lsa_integrand(double x, void *context);

/* *out = integral of f over [a, b], b = INFINITY allowed, by adaptive Gauss-Kronrod with extrapolation (QUADPACK's QAGS
 * and QAGIU). f is smooth inside (a, b) but may have integrable singularities at the ends: a caller splits at kinks, and knows
 * that the integral exists.
 * Asks for a relative error of 1e-13 and accepts what rounding leaves up to rtol; LSA_ERR_SOLVER, with the estimate,
 * where even that is not reached, LSA_ERR_MEMORY. */
lsa_status lsa_quadrature(lsa_integrand *f, void *context, double a, double b, double rtol, double *out,
                          lsa_error *err);

#endif
