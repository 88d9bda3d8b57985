/* simd_rows.h - algebra of LSA_RNG_SIDE problems side by side.
 *
 * A row is LSA_RNG_SIDE numbers, one a problem; a vector of length d is d rows. Every problem's sums run in the order
 * of the index, one product and one addition at a time, whatever the width of the processor's vectors. */
#ifndef LSAFLOW_BASE_SIMD_ROWS_H
#define LSAFLOW_BASE_SIMD_ROWS_H

#include "base/rng.h"

/* out[c][k] = <x_c, v_k> for c < columns, k < n: x holds `columns` vectors one after the other, v holds n of them, out
 * columns * n rows. No alias. */
void lsa_simd_inner(ptrdiff_t d, ptrdiff_t columns, const double *x, ptrdiff_t n, const double *v,
                    double *restrict out);

/* out = A x for a common d x d matrix, column-major; out = diag(a) x for a common diagonal. No alias. */
void lsa_simd_matrix(ptrdiff_t d, const double *A, const double *x, double *restrict out);
void lsa_simd_diagonal(ptrdiff_t d, const double *a, const double *x, double *restrict out);

#endif
