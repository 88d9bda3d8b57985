/* matrix.h - dense column-major matrices of doubles; the only door to BLAS and LAPACK.
 *
 * A matrix is a contiguous array, entry (i, j) of an m-by-n matrix at a[i + j*m]. Sizes are ptrdiff_t; every function
 * that hands a size to LAPACK first checks that it fits a 32-bit integer. BLAS runs single-threaded. */
#ifndef LSAFLOW_BASE_MATRIX_H
#define LSAFLOW_BASE_MATRIX_H

#include "base/rng.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

/* count doubles, zeroed; NULL when memory is out or the size overflows. Free with free(). */
double *lsa_vec_create(ptrdiff_t count);

double lsa_vec_dot(ptrdiff_t n, const double *x, const double *y);
/* Euclidean (Frobenius) norm without overflow or underflow. */
double lsa_vec_norm(ptrdiff_t n, const double *x);
double lsa_vec_norm_max(ptrdiff_t n, const double *x);
/* y += a x */
void lsa_vec_axpy(ptrdiff_t n, double a, const double *x, double *y);
void lsa_vec_scale(ptrdiff_t n, double a, double *x);

/* C = alpha op(A) op(B) + beta C,  op(A) m-by-k, op(B) k-by-n; op is transposition where the flag is set. No alias. */
void lsa_mat_product(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, double alpha,
                     const double *A, const double *B, double beta, double *C);
/* y = alpha op(A) x + beta y,  A m-by-n as stored. No alias. */
void lsa_mat_vector(bool transpose_a, ptrdiff_t m, ptrdiff_t n, double alpha, const double *A, const double *x,
                    double beta, double *y);
/* out (n-by-m) = A' for A m-by-n. No alias. */
void lsa_mat_transpose(ptrdiff_t m, ptrdiff_t n, const double *A, double *out);
void lsa_mat_identity(ptrdiff_t d, double *A);
double lsa_mat_trace(ptrdiff_t d, const double *A);
/* tr(A B') = sum of the entrywise product, A and B m-by-n. */
double lsa_mat_inner(ptrdiff_t m, ptrdiff_t n, const double *A, const double *B);
/* out = P' A Q for A m-by-n, P m-by-m, Q n-by-n; work m*n doubles; P or Q NULL means the identity. out may be A. */
void lsa_mat_rotate(ptrdiff_t m, ptrdiff_t n, const double *P, const double *A, const double *Q, double *out,
                    double *work);
/* Largest |A_ij - A_ji|. */
double lsa_mat_asymmetry(ptrdiff_t d, const double *A);

/* s > 0 such that the rows of s_i |A_ij| s_j, A symmetric, have a largest entry near 1 (Ruiz 2001): each sweep halves the
 * logarithms of what is left; rows of zeros keep s_i = 1. By Sylvester's law diag(s) A diag(s) has eigenvalues of A's signs.
 * work: d numbers. */
void lsa_mat_equilibrate(ptrdiff_t d, const double *A, int sweeps, double *s, double *work);

/* Symmetric eigendecomposition A = Q diag(lambda) Q', lambda ascending. A is read in its lower triangle, not changed;
 * Q (d-by-d) may be A, or NULL for eigenvalues alone. Fails with LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
lsa_status lsa_mat_eigen(ptrdiff_t d, const double *A, double *lambda, double *Q, lsa_error *err);
/* Singular values of A (m-by-n), descending, min(m, n) of them. */
lsa_status lsa_mat_singular_values(ptrdiff_t m, ptrdiff_t n, const double *A, double *sigma, lsa_error *err);
/* A = X diag(sigma) Yt for A d-by-d; X, Yt d-by-d orthogonal, sigma descending. */
lsa_status lsa_mat_svd(ptrdiff_t d, const double *A, double *sigma, double *X, double *Yt, lsa_error *err);
/* Lower Cholesky factor with zeros above, A = L L', of the lower triangle of A; L may be A. LSA_ERR_DOMAIN when A is not
 * positive definite. Allocates nothing. */
lsa_status lsa_mat_cholesky(ptrdiff_t d, const double *A, double *L, lsa_error *err);
/* x = L'^-1 L^-1 x. */
void lsa_mat_cholesky_solve(ptrdiff_t d, const double *L, double *x);
/* X = A^-1 B for A symmetric positive definite, B d-by-n; LSA_ERR_DOMAIN when A is not positive definite. X may be B. */
lsa_status lsa_mat_solve_spd(ptrdiff_t d, ptrdiff_t n, const double *A, const double *B, double *X, lsa_error *err);
/* X = A^-1 B for general A by pivoted LU; LSA_ERR_DOMAIN when A is singular. X may be B. */
lsa_status lsa_mat_solve(ptrdiff_t d, ptrdiff_t n, const double *A, const double *B, double *X, lsa_error *err);
/* Least squares of smallest norm: x (n) minimises |A x - b|, A m-by-n, by SVD; rcond the relative cut of singular
 * values (negative: machine epsilon). */
lsa_status lsa_mat_least_squares(ptrdiff_t m, ptrdiff_t n, const double *A, const double *b, double rcond, double *x,
                                 lsa_error *err);
/* A Haar-distributed orthogonal matrix, the QR factor of seeded Gaussian entries with the signs of R fixed; the same
 * for a seed on every machine up to rounding. */
lsa_status lsa_mat_haar(ptrdiff_t d, unsigned long long seed, double *Q, lsa_error *err);
/* The same from another stream than that of the user's rotations. */
lsa_status lsa_mat_haar_from(ptrdiff_t d, lsa_rng rng, double *Q, lsa_error *err);

#endif
