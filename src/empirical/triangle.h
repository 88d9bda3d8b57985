/* triangle.h - Wishart matrices of LSA_RNG_SIDE prompts side by side, by Bartlett's decomposition (1933).
 *
 * Matrices are n x n, column-major, every entry a row of LSA_RNG_SIDE numbers. */
#ifndef LSAFLOW_EMPIRICAL_TRIANGLE_H
#define LSAFLOW_EMPIRICAL_TRIANGLE_H

#include "lsaflow/empirical.h"

/* Rows of normals that lsa_triangle_draw takes. */
ptrdiff_t lsa_triangle_normals(ptrdiff_t n);

/* T lower triangular: T_ii^2 chi-square with M - i degrees of freedom (i from 0), the entries below N(0, 1), columns
 * from M on zero (M < n: the scatter of M vectors has rank M). `normals`: scratch. */
void lsa_triangle_draw(const lsa_prompts *prompts, uint64_t first, ptrdiff_t n, ptrdiff_t M, double *normals,
                       double *T);

/* C = L L' for C semidefinite: a pivot within rounding of zero gives a zero column. */
void lsa_triangle_factor(ptrdiff_t n, const double *C, double *L);

/* S = (L T)(L T)'; `work` n x n. */
void lsa_triangle_scatter(ptrdiff_t n, const double *L, const double *T, double *work, double *S);

#endif
