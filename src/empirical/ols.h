/* ols.h - small dense least squares by Householder reflections, in the caller's storage.
 *
 * For the inner loop over prompts: no allocation, no library call per column. Full rank is the caller's affair
 * (Gaussian data in general position have it almost surely). */
#ifndef LSAFLOW_EMPIRICAL_OLS_H
#define LSAFLOW_EMPIRICAL_OLS_H

#include <stddef.h>

/* x (n) minimises |A x - b|, A m-by-n, m >= n. A and b are overwritten. */
void lsa_least_squares_tall(ptrdiff_t m, ptrdiff_t n, double *A, double *b, double *x);

/* The x (m) of least norm with A' x = b, for A m-by-n, m >= n: A = QR, x = Q R'^-1 b. A is overwritten; b (n) too. */
void lsa_least_squares_wide(ptrdiff_t m, ptrdiff_t n, double *A, double *b, double *x);

#endif
