/* random_law.h - a random covariance and its averages, in the form that each kind of law computes fastest.
 *
 * Invariant: `mean`, `signal` and `weighted` are the three averages that need no U; the operator H U = E[G U Lambda] is
 * computed by the kind. A fixed covariance is a mixture of one. */
#ifndef LSAFLOW_THEORY_RANDOM_LAW_H
#define LSAFLOW_THEORY_RANDOM_LAW_H

#include "lsaflow/theory_random.h"
#include "theory/extended.h"

struct lsa_theory_random {
    ptrdiff_t d;
    lsa_covariance_kind kind;     /* LAWS, MIXTURE or WISHART                           */
    long double inverse_n, r, s2; /* 1/N; N/rho; noise of the labels                    */
    ext_matrix Omega;             /* DIAGONAL or DENSE                                  */
    ext_matrix mean;              /* E Lambda                                           */
    ext_matrix signal;            /* B = E[Lambda Omega Lambda]                         */
    ext_matrix weighted;          /* E[tr(Lambda Omega) Lambda]                         */
    ext_matrix A;                 /* the minimum, H A = B / r; empty when not solved    */
    /* LAWS: independent entries of a diagonal */
    lsa_law *entries;
    long double *moment[4]; /* moment[k][i] = E l_i^k, k = 1..3; [0] unused       */
    long double load;       /* tr(E[Lambda] Omega) + s2                           */
    /* MIXTURE */
    ptrdiff_t components;
    long double *weights;
    ext_matrix *Lambda, *G;
    /* WISHART: scale = P P', P' Omega P = diag(s), W' P = I on the range of scale */
    long double k;
    ext_matrix P, W;
    long double *s;
};

/* All but the minimum. On failure *random holds what was made; clear it all the same. */
lsa_status theory_random_init(lsa_theory_random *random, const lsa_setting *training, lsa_error *err);
void theory_random_clear(lsa_theory_random *random);

/* out = H U, U DIAGONAL or DENSE. out is made here. */
lsa_status theory_random_apply(const lsa_theory_random *random, const ext_matrix *U, ext_matrix *out, lsa_error *err);

/* X (DENSE) becomes its component in null(H) (random_unseen.c). Errors as lsa_theory_random_unseen. */
lsa_status theory_random_unseen(const lsa_theory_random *random, ext_matrix *X, lsa_error *err);

/* E[G] = (1 + 1/N) B + (1/N) (E[tr(Lambda Omega) Lambda] + s2 E[Lambda]), DENSE (operator_solve.c). */
lsa_status theory_mean_g(const lsa_theory_random *random, ext_matrix *out, lsa_error *err);

/* E l^k in extended precision. */
long double theory_moment(const lsa_law *law, int k);
/* LSA_ERR_DOMAIN for parameters outside their range. */
lsa_status theory_scalar_check(const lsa_law *law, lsa_error *err);
/* law_points.c: a law of at most 4 points with the moments of `law` up to order 7. LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
enum { THEORY_LAW_POINTS = 4 };
lsa_status theory_law_points(const lsa_law *law, ptrdiff_t *count, double *x, double *p, lsa_error *err);
/* Points inside (0, inf) where the tails have a jump or a kink, at most 2; and the number above which the tail is 0,
 * INFINITY for unbounded laws. */
int theory_scalar_breaks(const lsa_law *law, double breaks[2]);
double theory_scalar_top(const lsa_law *law);

/* Per kind: the averages, the operator, and where it has a form of its own the solution of H A = B. */
lsa_status theory_diagonal_init(lsa_theory_random *random, const lsa_covariance *covariance, lsa_error *err);
lsa_status theory_diagonal_apply(const lsa_theory_random *random, const ext_matrix *U, ext_matrix *out, lsa_error *err);
/* out (DENSE) = M_j of H's column j, (H U)_.j = M_j U_.j:  M_ik = (1 + 1/N) Omega_ik E[l_i l_k l_j], i != k;  M_ii = h_ij. */
lsa_status theory_diagonal_column(const lsa_theory_random *random, ptrdiff_t j, ext_matrix *out, lsa_error *err);
/* h_ij for diagonal Omega. */
long double theory_diagonal_rate(const lsa_theory_random *random, ptrdiff_t i, ptrdiff_t j);

lsa_status theory_mixture_init(lsa_theory_random *random, ptrdiff_t components, const double *weights,
                               const lsa_covariance *covariances, lsa_error *err);
lsa_status theory_mixture_apply(const lsa_theory_random *random, const ext_matrix *U, ext_matrix *out, lsa_error *err);
bool theory_mixture_is_diagonal(const lsa_theory_random *random);
long double theory_mixture_rate(const lsa_theory_random *random, ptrdiff_t i, ptrdiff_t j);

lsa_status theory_wishart_init(lsa_theory_random *random, const lsa_setting *training, lsa_error *err);
lsa_status theory_wishart_apply(const lsa_theory_random *random, const ext_matrix *U, ext_matrix *out, lsa_error *err);
lsa_status theory_wishart_solve(const lsa_theory_random *random, ext_matrix *A, lsa_error *err);

#endif
