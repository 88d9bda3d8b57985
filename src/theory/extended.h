/* extended.h - square matrices in extended precision, in the cheapest form that holds them.
 *
 * The closed forms are short, their conditioning is not: the inverse of Gamma amplifies rounding by cond(Lambda). So
 * all of `theory` computes in long double and rounds once, at its border. Diagonal matrices keep d numbers, so that a
 * law of a spectrum alone costs O(d). Invariant: `a` holds d numbers (DIAGONAL: the diagonal; RANK_ONE: w of w w') or
 * d*d (DENSE, column-major). */
#ifndef LSAFLOW_THEORY_EXTENDED_H
#define LSAFLOW_THEORY_EXTENDED_H

#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

typedef enum ext_kind { EXT_DIAGONAL, EXT_DENSE, EXT_RANK_ONE } ext_kind;

/* All zero is a valid empty matrix, to be cleared or filled. */
typedef struct ext_matrix {
    ptrdiff_t d;
    ext_kind kind;
    long double *a;
} ext_matrix;

/* A matrix of zeros; LSA_ERR_MEMORY when it does not fit. */
lsa_status ext_init(ext_matrix *m, ptrdiff_t d, ext_kind kind, lsa_error *err);
void ext_clear(ext_matrix *m);
/* count long doubles, zeroed; NULL when memory is out or the size overflows. Free with free(). */
long double *ext_vec_create(ptrdiff_t count);

/* A copy of a symmetric d-by-d matrix, named in messages by `what`: symmetrised, and DIAGONAL when it is diagonal exactly.
 * LSA_ERR_DOMAIN when an entry is not finite, or a diagonal entry negative. */
lsa_status ext_from_matrix(ext_matrix *out, ptrdiff_t d, const double *a, const char *what, lsa_error *err);
/* diag(x), or x x' as RANK_ONE; the same errors. */
lsa_status ext_from_vector(ext_matrix *out, ptrdiff_t d, ext_kind kind, const double *x, const char *what,
                           lsa_error *err);
/* A dense copy, each entry times `factor`. */
lsa_status ext_from_doubles(ext_matrix *out, ptrdiff_t d, double factor, const double *a, lsa_error *err);
/* A dense copy of any kind. */
lsa_status ext_dense(ext_matrix *out, const ext_matrix *m, lsa_error *err);
/* The dense matrix, rounded, into d*d doubles. */
void ext_round(const ext_matrix *m, double *out);

/* d eps, eps of double: entries given in double carry eps each, so d of them blur an exact zero to about that fraction
 * of the largest. */
long double ext_cut(ptrdiff_t d);

/* Entry (i, j), of any kind. */
long double ext_entry(const ext_matrix *m, ptrdiff_t i, ptrdiff_t j);
/* Equal entry by entry, whatever the kinds. */
bool ext_equal(const ext_matrix *x, const ext_matrix *y);

/* Up to this size numbers are worth more than time: products and eigendecompositions run in extended precision. Beyond
 * it both go to BLAS and LAPACK in double precision. */
#define EXT_SMALL 64

/* out = A B and A' B, DIAGONAL or DENSE factors. out is made here; no alias. */
lsa_status ext_product(ext_matrix *out, const ext_matrix *A, const ext_matrix *B, lsa_error *err);
lsa_status ext_product_transposed(ext_matrix *out, const ext_matrix *A, const ext_matrix *B, lsa_error *err);
/* out = A', DIAGONAL or DENSE. */
lsa_status ext_transpose(ext_matrix *out, const ext_matrix *A, lsa_error *err);
/* out = P' A P. */
lsa_status ext_rotate(ext_matrix *out, const ext_matrix *P, const ext_matrix *A, lsa_error *err);
/* out = P A P'. */
lsa_status ext_rotate_back(ext_matrix *out, const ext_matrix *P, const ext_matrix *A, lsa_error *err);
/* out = P diag(f) P', exactly symmetric. */
lsa_status ext_congruence(ext_matrix *out, const ext_matrix *P, const long double *f, lsa_error *err);
/* A diag(f): column j times f_j, in place. */
void ext_scale_columns(ext_matrix *A, const long double *f);
/* A -> a A, in place (DIAGONAL or DENSE). */
void ext_scale(ext_matrix *A, long double a);

long double ext_trace(const ext_matrix *A);
/* tr(A B') = sum of the entrywise product (DIAGONAL or DENSE). */
long double ext_inner(const ext_matrix *A, const ext_matrix *B);
/* tr(A B), any kinds of which at most one is RANK_ONE. */
long double ext_trace_product(const ext_matrix *A, const ext_matrix *B);
/* Frobenius norm (DIAGONAL or DENSE). */
long double ext_norm(const ext_matrix *A);
/* out = A' x (DIAGONAL or DENSE), d numbers. */
void ext_vector_transposed(const ext_matrix *A, const long double *x, long double *out);

/* eigen.c: A = Q diag(lambda) Q' for A symmetric positive semidefinite, DIAGONAL (then Q is the identity, lambda in
 * the order of the diagonal) or DENSE (lambda ascending). d <= EXT_SMALL: cyclic Jacobi in extended precision; above:
 * LAPACK in double precision, with absolute error eps |A|. LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
lsa_status ext_eigen(const ext_matrix *A, long double *lambda, ext_matrix *Q, lsa_error *err);

/* pseudo_inverse.c: x = A^+ b, A symmetric positive semidefinite; eigenvalues below d eps |A| count as zero. x may not
 * be b. LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
lsa_status ext_pseudo_solve(const ext_matrix *A, const long double *b, long double *x, lsa_error *err);

/* *out = tr(Omega Y X') (for a rank-one Omega added to it), without a product of matrices unless Omega is dense. */
lsa_status ext_weighted_inner(const ext_matrix *Omega, const ext_matrix *Y, const ext_matrix *X, long double *out,
                              lsa_error *err);

#endif
