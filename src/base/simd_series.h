/* simd_series.h - exponentials, Chebyshev moments and series of many numbers, in the processor's widest vectors.
 *
 * IEEE additions and multiplications in one order whatever the width, and no library function: the same bits on every
 * machine. */
#ifndef LSAFLOW_BASE_SIMD_SERIES_H
#define LSAFLOW_BASE_SIMD_SERIES_H

#include <stddef.h>

/* out_k = exp(x_k) for x_k <= 700, within one unit in the last place; 0 for x_k <= -700. out may be x. */
void lsa_simd_exp(ptrdiff_t n, const double *x, double *out);

/* sums[p] = sum_k w_k a_k^p exp(c a_k) for p = 0, 1, 2 and c a_k <= 700, in eight partial sums; n is a multiple of 8. */
void lsa_simd_exp_sums(ptrdiff_t n, double c, const double *a, const double *w, double sums[3]);

enum { LSA_CHEBYSHEV = 20, LSA_CHEBYSHEV_LANES = 8 };

/* moments[m][l] += sum_k w_k T_m(x_k) over the k of lane l = k mod LSA_CHEBYSHEV_LANES, m < LSA_CHEBYSHEV, |x_k| <= 1.
 * n is a multiple of the lanes (fill up with w = 0). */
void lsa_simd_chebyshev(ptrdiff_t n, const double *restrict x, const double *restrict w, double *restrict moments);

/* out_k = sum_m c_m T_m(x_k), m < LSA_CHEBYSHEV; out may be x. */
void lsa_simd_chebyshev_series(ptrdiff_t n, const double *x, const double c[LSA_CHEBYSHEV], double *out);

#endif
