/* simd_vector.h - passes over a few vectors, in the processor's widest ones.
 *
 * Entry by entry, or in fixed partial results: the same bits on every machine. The output may be an input. */
#ifndef LSAFLOW_BASE_SIMD_VECTOR_H
#define LSAFLOW_BASE_SIMD_VECTOR_H

#include <stddef.h>

/* z = a; z = a x; z = a x + b y. */
void lsa_simd_fill(ptrdiff_t n, double a, double *z);
void lsa_simd_scale(ptrdiff_t n, double a, const double *x, double *z);
void lsa_simd_sum(ptrdiff_t n, double a, const double *x, double b, const double *y, double *z);
/* z = (a x) y; z += (a x) y, entry by entry. */
void lsa_simd_product(ptrdiff_t n, double a, const double *x, const double *y, double *z);
void lsa_simd_add_product(ptrdiff_t n, double a, const double *x, const double *y, double *z);
/* z = c_4 (c_2 (c_0 x + c_1 y) + c_3 w), with the digits of its parts one by one. */
void lsa_simd_chain(ptrdiff_t n, const double c[5], const double *x, const double *y, const double *w, double *z);
/* w = 1 / (a (|x| + b)). */
void lsa_simd_weights(ptrdiff_t n, double a, double b, const double *x, double *w);
/* The coefficients z_0 .. z_5 of polynomials of degree 5 moved by one: z_{j-1} += z_j for j = 5 .. k and k = 1 .. 5 in turn,
 * with the digits of the fifteen sums one by one. No alias. */
void lsa_simd_shift(ptrdiff_t n, double *restrict z0, double *restrict z1, double *restrict z2, double *restrict z3,
                    double *restrict z4, const double *restrict z5);
/* The same after z_j += c_j x for each j. */
void lsa_simd_correct_and_shift(ptrdiff_t n, const double c[6], const double *restrict x, double *restrict z0,
                                double *restrict z1, double *restrict z2, double *restrict z3, double *restrict z4,
                                double *restrict z5);
/* <x, y>; max_i |x_i w_i|, which passes over NaN. */
double lsa_simd_dot(ptrdiff_t n, const double *x, const double *y);
double lsa_simd_weighted_max(ptrdiff_t n, const double *x, const double *w);

#endif
