/* law.h - a prepared training law: the spectra in which every closed form is a short sum.
 *
 * With R = Lambda^{1/2} and S = R Omega R = V diag(s) V', the two matrices P = R V and W = R^{-1} V (inverse on
 * range(Lambda)) diagonalise everything at once:
 *     Lambda = P P',   B = Lambda Omega Lambda = P diag(s) P',   G = P diag((1 + 1/N) s + c) P',
 *     A = W diag(f) W' / r,   f_k = s_k / ((1 + 1/N) s_k + c),   W' P = I on range(Lambda).
 * No inverse of an ill-conditioned matrix is formed, and Omega may be singular. For Omega = psi2 I: V = I,
 * s = psi2 l. */
#ifndef LSAFLOW_THEORY_LAW_H
#define LSAFLOW_THEORY_LAW_H

#include "lsaflow/theory.h"
#include "theory/extended.h"

struct lsa_theory {
    ptrdiff_t d, rank;          /* rank of Lambda */
    long double inverse_n;      /* 1/N, 0 at N = inf */
    long double r;              /* N / rho */
    long double c;              /* (tr(Lambda Omega) + s2) / N */
    long double s2;             /* noise of the labels */
    long double trace;          /* tr Lambda */
    long double psi2;           /* Omega = psi2 I where isotropic_task */
    long double norm_A, norm_B; /* |A|_F at the minimum, |B|_F */
    ext_matrix Lambda, Omega;   /* as given */
    ext_matrix Q;               /* Lambda = Q diag(lambda) Q' */
    ext_matrix P, W;            /* above */
    ext_matrix left;            /* G = left diag(g) left'; empty when it is Q */
    long double *lambda;        /* d each; exact zeros outside range(Lambda) */
    long double *s;             /* exact zeros where Omega or Lambda does not reach */
    long double *f;             /* above */
    long double *g;             /* exact zeros outside range(G) */
    ptrdiff_t *order;           /* indices of s, descending */
    bool isotropic_task;        /* Omega = psi2 I, psi2 > 0 */
    bool blind;                 /* G sees less than Lambda: Omega singular on range(Lambda), c = 0 */
};

/* The checks and scales that all training laws share: d >= 1, N >= 1, a finite variance; 1/N and r = N/rho. */
lsa_status theory_check_training(const lsa_setting *training, lsa_error *err);
void theory_training_scales(const lsa_setting *training, long double *inverse_n, long double *r);
/* The eigenbasis of G: left, or Q. */
const ext_matrix *theory_left(const lsa_theory *theory);
/* gamma_k = (1 + 1/N) lambda_k + c / psi2, the spectrum of Gamma_s; isotropic task only (asserted). */
long double theory_gamma(const lsa_theory *theory, ptrdiff_t k);
/* The extreme eigenvalues of Lambda on its range. */
long double theory_lambda_least(const lsa_theory *theory);
long double theory_lambda_largest(const lsa_theory *theory);
/* A = u U at the minimum of that rank, extended (minimum.c). */
lsa_status theory_minimum(const lsa_theory *theory, ptrdiff_t rank, ext_matrix *out, lsa_error *err);
/* u at the limit (limit.c): u^4 - (u0^2 - seen2) u^2 - |A|^2 = 0, of u0's sign; seen2 = |U0|^2 on what the loss sees. (W6) */
long double theory_limit_u(double u0, long double seen2, long double norm_A);

#endif
