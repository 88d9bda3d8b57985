/* simd_vector.h - passes over one, two or three vectors, in the processor's widest ones.
 *
 * Entry by entry, or in eight fixed partial results: the same bits on every machine. The output may be an input. */
#ifndef LSAFLOW_BASE_SIMD_VECTOR_H
#define LSAFLOW_BASE_SIMD_VECTOR_H

#include <stddef.h>

/* z = a x; z = a x + b y. */
void lsa_simd_scale(ptrdiff_t n, double a, const double *x, double *z);
void lsa_simd_sum(ptrdiff_t n, double a, const double *x, double b, const double *y, double *z);
/* max_i |x_i w_i|; NaN is passed over. */
double lsa_simd_weighted_max(ptrdiff_t n, const double *x, const double *w);

#endif
