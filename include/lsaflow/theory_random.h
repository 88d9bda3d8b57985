/* theory_random.h - the closed forms where every prompt draws its own covariance (section 4.3, Theorem 4.5).
 *
 * Conventions of theory.h. Averages are over the law of Lambda:
 *     B = E[Lambda Omega Lambda],   H U = E[G U Lambda],   G = (1 + 1/N) Lambda Omega Lambda + c Lambda,
 *     L = 1/2 u^2 r^2 <H U, U> - u r <B, U> + 1/2 tr(E[Lambda] Omega),   c = (tr(Lambda Omega) + s2)/N.         (W15)
 * For a diagonal Omega and diagonal Lambda, H multiplies entry (i, j) by h_ij = E[G_ii l_j]: (C.1)-(C.4). Laws that do
 * not commute couple the entries of U; the limit A = u U is then in general not symmetric. */
#ifndef LSAFLOW_THEORY_RANDOM_H
#define LSAFLOW_THEORY_RANDOM_H

#include "lsaflow/api.h"
#include "lsaflow/theory.h"

LSA_BEGIN_DECLS

/* ---- scalar_law.c: the law of one number >= 0 --------------------------------------------------------------------- */

/* E l^k, k = 0..4, exact up to rounding. The law is valid (lsa_theory_random_create checks; asserted). */
LSA_API double lsa_theory_law_moment(const lsa_law *law, int k);
/* P(l > x), and E[l^2; l > x], x >= 0. */
LSA_API double lsa_theory_law_tail(const lsa_law *law, double x);
LSA_API double lsa_theory_law_tail_square(const lsa_law *law, double x);

/* ---- random_law.c: the law of a prompt ---------------------------------------------------------------------------- */

/* random_rank.c: the least and the greatest rank of a drawn Lambda, but for draws of probability 0: entries that can be 0
 * (points, two-point laws), components of different ranks, min(dof, rank of scale); eigenvalues up to d eps |Lambda|
 * count as zero. The law is valid. LSA_ERR_MEMORY, LSA_ERR_SOLVER, LSA_ERR_DOMAIN (a matrix as lsa_theory_create). */
LSA_API lsa_status lsa_theory_random_ranks(const lsa_covariance *covariance, ptrdiff_t *least, ptrdiff_t *most,
                                           lsa_error *err);

/* A training law, checked, with its averages and its minimum; immutable. */
typedef struct lsa_theory_random lsa_theory_random;

/* The law of `training`, read as theory.h says, whose covariance is drawn for every prompt: diagonal laws by their
 * moments, mixtures as they are, a fixed covariance as a mixture of one, Wishart by its exact third moments. The minimum
 * solves H A = B: entry by entry where H is diagonal; column by column (d systems of size d) for a diagonal law with dense Omega; for a
 * Wishart law in the basis of scale^{1/2} Omega scale^{1/2}, where H is a diagonal plus rank 2; for mixtures by
 * conjugate gradients in the metric of the mean law, to the last digits.                              (W15)-(W17)
 * LSA_ERR_DOMAIN (as lsa_theory_create; a law outside its range), LSA_ERR_SOLVER (a mixture whose system is too
 * ill-conditioned to converge), LSA_ERR_MEMORY.   Cost O(d) diagonal, O(d^4) diagonal with dense Omega, O(d^3) Wishart,
 * O(components d^3) an iteration for mixtures. */
LSA_API lsa_status lsa_theory_random_create(const lsa_setting *training, lsa_theory_random **out, lsa_error *err);
LSA_API void lsa_theory_random_destroy(lsa_theory_random *random);

/* out (d*d) = E Lambda, and B = E[Lambda Omega Lambda] (E Lambda^2 in the paper). */
LSA_API void lsa_theory_random_mean(const lsa_theory_random *random, double *out);
LSA_API void lsa_theory_random_signal(const lsa_theory_random *random, double *out);
/* H multiplies entries: every Lambda and Omega diagonal. */
LSA_API bool lsa_theory_random_is_diagonal(const lsa_theory_random *random);
/* h_ij (d*d): g_ij of (C.4), g_i on the diagonal. LSA_ERR_UNABLE unless lsa_theory_random_is_diagonal. */
LSA_API lsa_status lsa_theory_random_rates(const lsa_theory_random *random, double *out, lsa_error *err);
/* The off-diagonal decay of (C.4): out = offdiag(U0) o exp(-r^2 h_ij s), s = int_0^t u^2; s = 0 extracts the off-diagonal
 * part. LSA_ERR_UNABLE unless lsa_theory_random_is_diagonal. */
LSA_API lsa_status lsa_theory_random_off_diagonal(const lsa_theory_random *random, const double *U0, double s,
                                                  double *out, lsa_error *err);
/* out = H U. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_random_apply(const lsa_theory_random *random, const double *U, double *out,
                                           lsa_error *err);

/* ---- random_minimum.c: Theorem 4.5 and its family ----------------------------------------------------------------- */

/* out = A = u U at the minimum, H A = B / r; (4.12) for diagonal laws. Where no Lambda of the law sees a direction, the
 * solution of least Frobenius norm, which a flow from a start without unseen part reaches. */
LSA_API void lsa_theory_random_minimum(const lsa_theory_random *random, double *out);
/* min L = 1/2 (tr(E[Lambda] Omega) - r <B, A>), and L at zero. */
LSA_API double lsa_theory_random_least_loss(const lsa_theory_random *random);
LSA_API double lsa_theory_random_loss_at_zero(const lsa_theory_random *random);
/* The point that the paper's start reaches: u = |A|_F^{1/2}, U = A / u. U may be NULL. */
LSA_API void lsa_theory_random_balanced(const lsa_theory_random *random, double *u, double *U);
/* random_unseen.c: out = the component of U (d*d) in null(H), which the loss does not see:                     (W36) [D]
 *     diagonal laws: the entries with h_ij = 0, where l_i or l_j is 0 always; with a dense singular Omega at N = infinity
 *     column by column;
 *     mixtures: {U : G_c U Lambda_c = 0 for every c}, by conjugate gradients on a sum of projections;
 *     Wishart: what reaches outside range(scale); with one degree of freedom also the antisymmetric part inside, since
 *     Lambda = z z' asks z'Uz alone.
 * LSA_ERR_UNABLE: a mixture of ranges that are nearly, not exactly, in common. LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_random_unseen(const lsa_theory_random *random, const double *U, double *out,
                                            lsa_error *err);
/* The limit from any start whose flow does not end at zero, k = u0^2 - |U0 seen|_F^2: u^2 = (k + sqrt(k^2 + 4 |A|_F^2))/2,
 * U = A / u + U0 unseen. The sign of u as in lsa_theory_limit. U may be NULL. As lsa_theory_random_unseen.   (W6) [D] */
LSA_API lsa_status lsa_theory_random_settled(const lsa_theory_random *random, double u0, const double *U0, double *u,
                                             double *U, lsa_error *err);
/* L(u, U); L - min L = 1/2 r^2 <H D, D>, D = u U - A, without cancellation; and the gradient. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_random_loss(const lsa_theory_random *random, double u, const double *U, double *loss,
                                          lsa_error *err);
LSA_API lsa_status lsa_theory_random_gap(const lsa_theory_random *random, double u, const double *U, double *gap,
                                         lsa_error *err);
LSA_API lsa_status lsa_theory_random_gradient(const lsa_theory_random *random, double u, const double *U, double *du,
                                              double *dU, lsa_error *err);

/* ---- random_bounds.c: the hypothesis (4.11) and the constants (C.12), (C.13) -------------------------------------- */

typedef struct lsa_theory_random_bounds {
    double excitation;   /* |E[Lambda] Theta|_F^2 = tr(E[Lambda] U0 E[Lambda]) / u0; the theorem asks > 0           */
    double norm_product; /* E[|Gamma|_op |Lambda|_F^2]                                                              */
    double sigma_max;    /* (4.11): sigma^2 < 2 excitation / (r sqrt d norm_product)                                */
    double margin;       /* 2 excitation - r sqrt d u0^2 norm_product; positive when (4.11) holds                   */
    double u_lower;      /* (C.12); 0 when the margin is not positive                                               */
    double u_lower_loss; /* [D] u(t)^2 >= -l(0) / (r |B|_F), any law and balanced start; 0 when l(0) >= 0           */
    double pl;           /* (C.13): |grad L|^2 >= mu (L - min L); NAN unless lsa_theory_random_is_diagonal          */
    const char *why;     /* why norm_product and what follows from it is NAN, a literal; NULL where it exists       */
} lsa_theory_random_bounds;

/* For the start (u0, U0), U0 = u0 Theta Theta'. Diagonal laws: E[|Gamma| |Lambda|^2] by moments, and by quadrature over
 * the largest entry (relative error 1e-10); mixtures by their sum; Wishart: NAN, the expectation of the largest
 * eigenvalue has no form here. Omega must be a multiple psi2 of I; Gamma is then Gamma_s, with s2/psi2.        (W18)
 * Theorem 4.5 itself is for diagonal laws with independent, positive entries; its proof needs only that the covariances
 * commute. LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_random_bound(const lsa_theory_random *random, double u0, const double *U0,
                                           lsa_theory_random_bounds *out, lsa_error *err);

/* ---- random_risk.c: test errors when a fresh covariance is drawn for every test prompt ---------------------------- */

/* E(yhat - y_query)^2 for any A = u U (d*d). With the context's own draw: 2 L of that law at length M; else
 *     tr(Lambda_q Omega) - 2 r <E[Lambda] Omega Lambda_q, A> + r^2 <E[G] A Lambda_q, A>.                     (W19) [D]
 * At M = INFINITY with A of N = INFINITY this is the error that never vanishes (the brittleness of section 4.3).
 * The terms of Theorem 4.2 are NAN. LSA_ERR_DOMAIN, LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_random_judge_product(const lsa_setting *test, const double *A, lsa_theory_error *out,
                                                   lsa_error *err);
/* The same at the trained limit of `random`. */
LSA_API lsa_status lsa_theory_random_judge(const lsa_theory_random *random, const lsa_setting *test,
                                           lsa_theory_error *out, lsa_error *err);

LSA_END_DECLS

#endif
