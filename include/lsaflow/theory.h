/* theory.h - the closed forms of the theory: numbers in, numbers out.
 *
 * Nothing here knows a polynomial, a trajectory or a sample. Numbers of theorems, lemmas and equations are those of
 * Zhang, Frei, Bartlett, "Trained Transformers Learn Linear Models In-Context", arXiv 2306.09927; what is not in that
 * text is marked [D] and derived in docs/theory.md, whose labels (W1), (W2), ... stand beside the formulas.
 *
 * The law of a prompt: x_i, x_q ~ N(0, Lambda), w with second moment Omega, y_i = <w, x_i> + eps_i, Var eps_i = s2,
 * target <w, x_q>. The reduced layer predicts yhat = chat' A x_q with chat = (1/rho) sum_i y_i x_i, rho = N or N + 1,
 * and A = u U (the paper writes u U' for its transpose, with yhat = x_q' A chat; at the minimum both are symmetric).
 * Losses carry the factor 1/2, errors E(yhat - y_query)^2 do not. Everywhere below
 *     c = (tr(Lambda Omega) + s2) / N,   r = N / rho   (r = 1 unless rho = N + 1; r = 1 at N = inf),
 *     G = (1 + 1/N) Lambda Omega Lambda + c Lambda = E[chat chat'] at rho = N,   B = Lambda Omega Lambda,
 *     l(u, U) = 1/2 u^2 r^2 <G U Lambda, U> - u r <B, U>,   L = l + 1/2 tr(Lambda Omega),
 *     dot U = -u^2 r^2 G U Lambda + u r B,   dot u = -u r^2 <G U Lambda, U> + r <B, U>                    (5.4), (W3)
 * N = INFINITY means the limit. Lambda and Omega may be singular: statements then hold on range(Lambda), and what the
 * loss does not see is 0 in A. "The paper's law" is Omega a multiple of I with rho = N or N + 1, any s2: there (G, B)
 * commute with Lambda, and section 5 of the paper up to Theorem 4.1 holds with Gamma replaced by Gamma_s (below).
 *
 * Matrices are d-by-d, column-major, contiguous, in the user's basis; outputs never alias inputs. Numbers are computed
 * in extended precision (long double) and rounded once; with d <= 64 the results keep about 13 digits up to condition
 * numbers of 1e6 (measured in docs/theory.md); above that products and eigenbases are in double, with error eps
 * cond. */
#ifndef LSAFLOW_THEORY_H
#define LSAFLOW_THEORY_H

#include "lsaflow/api.h"
#include "lsaflow/setting.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

LSA_BEGIN_DECLS

/* ---- The law ---------------------------------------------------------------------------------------------------- */

/* Closed forms read settings (setting.h): d is that of `covariance`; a covariance is read from its `matrix` where it
 * has one, else from its `spectrum`, which keeps everything O(d); Omega is w w' of a fixed task, else `task_covariance`,
 * the identity where that is NULL; `query` is not read where query_is_same. Nothing of a setting is kept. */

/* A training law, checked and with its spectra; immutable, so threads may share it. */
typedef struct lsa_theory lsa_theory;

/* Prepares the law of `training`: the spectra of Lambda and of S = Lambda^{1/2} Omega Lambda^{1/2}. Lambda is the
 * covariance, of a random one its mean; N = context.
 * Fails with LSA_ERR_DOMAIN (d < 1, N < 1 or NaN, s2 < 0, an entry not finite, a matrix not semidefinite beyond
 * rounding, Lambda = 0), LSA_ERR_SOLVER, LSA_ERR_MEMORY.   Cost O(d^3); O(d) for diagonal or scalar covariances. */
LSA_API lsa_status lsa_theory_create(const lsa_setting *training, lsa_theory **out, lsa_error *err);
LSA_API void lsa_theory_destroy(lsa_theory *theory);

/* d of the law, >= 1. */
LSA_API ptrdiff_t lsa_theory_dimension(const lsa_theory *theory);
/* Dimension of range(Lambda); equals d exactly when the paper's hypothesis Lambda > 0 is met. Eigenvalues up to
 * d eps |Lambda| count as zero. */
LSA_API ptrdiff_t lsa_theory_rank(const lsa_theory *theory);
/* Lambda (and Omega) have a diagonal form, so that A and Gamma are diagonal: d numbers carry them. */
LSA_API bool lsa_theory_is_diagonal(const lsa_theory *theory);
/* Omega = psi2 I: "the paper's law" above. *psi2 (may be NULL) only then. */
LSA_API bool lsa_theory_is_isotropic_task(const lsa_theory *theory, double *psi2);
/* tr Lambda, and the condition number of Lambda on its range. */
LSA_API double lsa_theory_trace(const lsa_theory *theory);
LSA_API double lsa_theory_condition(const lsa_theory *theory);

/* ---- gamma.c: the matrix Gamma (section 4, before Theorem 4.1) --------------------------------------------------- */

/* out = Gamma = (1 + 1/N) Lambda + (tr Lambda / N) I, whatever Omega and s2 are.                                (W2) */
LSA_API void lsa_theory_gamma(const lsa_theory *theory, double *out);
/* out = Gamma_{Omega,s} = (1 + 1/N) Lambda + c Omega^-1 [D], so that u U -> Gamma_{Omega,s}^-1 / r.            (W12)
 * LSA_ERR_DOMAIN when Omega is singular. LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
LSA_API lsa_status lsa_theory_gamma_law(const lsa_theory *theory, double *out, lsa_error *err);
/* |Gamma_s|_op for Omega = psi2 I, Gamma_s = (1 + 1/N) Lambda + ((tr Lambda + s2/psi2)/N) I; for any other Omega the
 * norm of Gamma. */
LSA_API double lsa_theory_gamma_norm(const lsa_theory *theory);

/* ---- minimum.c: global minima (Corollary A.2, Lemma 5.3; 2501.16265 eq. 19 for rank < d) ------------------------- */

/* out = A = u U at the global minimum:  A = G^-1 Lambda Omega / r = [Gamma_{Omega,s}]^-1 / r, as a limit where G is
 * singular, 0 outside range(Lambda).                                                                      (W5), (W12)
 * rank   how many directions U may use (U = K'Q with r rows), 0..d; d or more is no restriction: for rank < d the best
 *        matrix of that rank (Eckart-Young in the metric of the loss) [D]; it is unique when s_rank > s_rank+1.
 * LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_minimum(const lsa_theory *theory, ptrdiff_t rank, double *out, lsa_error *err);
/* The diagonal of the same, d numbers in the user's coordinates, O(d). Only when lsa_theory_is_diagonal (asserted). */
LSA_API lsa_status lsa_theory_minimum_diagonal(const lsa_theory *theory, ptrdiff_t rank, double *out, lsa_error *err);
/* |A|_F for the unrestricted minimum. */
LSA_API double lsa_theory_minimum_norm(const lsa_theory *theory);
/* min L = 1/2 sum_k s_k (s_k/N + c)/((1 + 1/N) s_k + c) over the spectrum s of S, + 1/2 sum of the s_k left out by the
 * rank; no cancellation. For Omega = I, s2 = 0: 1/2 tr(Lambda Gamma^-1 (Lambda + tr(Lambda) I))/N.              (W5) */
LSA_API double lsa_theory_minimum_loss(const lsa_theory *theory, ptrdiff_t rank);
/* L at zero parameters, 1/2 tr(Lambda Omega). */
LSA_API double lsa_theory_loss_at_zero(const lsa_theory *theory);

/* ---- limit.c: the point that gradient flow reaches (Theorem 4.1; (5.9); [D] for other starts) -------------------- */

/* The limit from the paper's start: u = |A|_F^{1/2} > 0, U = A / u.                                             (W6)
 * U may be NULL. With singular Lambda use lsa_theory_limit: blocks that the loss does not see keep their start. */
LSA_API lsa_status lsa_theory_balanced(const lsa_theory *theory, double *u, double *U, lsa_error *err);
/* The limit from any start (u0, U0) whose flow does not end at zero: with k = u0^2 - |U0|_F^2 + |U0 unseen|_F^2,
 *     u^2 = (k + sqrt(k^2 + 4 |A|_F^2)) / 2,   U = A / u + U0 unseen.                                      (W6) [D]
 * The unseen part of U0 is its component in null(G) x R^d + R^d x null(Lambda), constant along the flow.
 * *u carries the sign of u0 (+ when u0 = 0); that sign is certain where u0^2 >= |U0 seen|_F^2, u0 != 0, since u^2 stays
 * at least their difference, and where L(u0, U0) < L(0), since u = 0 has the loss L(0) and the loss falls. U may be
 * NULL. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_limit(const lsa_theory *theory, double u0, const double *U0, double *u, double *U,
                                    lsa_error *err);

/* Nothing is unseen: Lambda > 0, and G > 0 (at N = infinity Omega > 0 too). O(d). */
LSA_API bool lsa_theory_sees_all(const lsa_theory *theory);
/* out = the unseen part of U (d*d), above: what the loss does not see of uU. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_unseen(const lsa_theory *theory, const double *U, double *out, lsa_error *err);

/* ---- reduced_loss.c: loss, gap and gradient of the reduced layer (Lemma 5.2 / A.1, (5.4), [D] general law) ------- */

/* L(u, U), by bias and variance: no cancellation near the minimum.  Cost O(d^3).  LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_loss(const lsa_theory *theory, double u, const double *U, double *loss, lsa_error *err);
/* L - min L = 1/2 r^2 <G D Lambda, D>, D = u U - A: exact below eps L.                                     (W4) [D] */
LSA_API lsa_status lsa_theory_gap(const lsa_theory *theory, double u, const double *U, double *gap, lsa_error *err);
/* *du = dL/du, dU = dL/dU (d*d): the negative right-hand side of (5.4).                                        (W3) */
LSA_API lsa_status lsa_theory_gradient(const lsa_theory *theory, double u, const double *U, double *du, double *dU,
                                       lsa_error *err);
/* The off-diagonal decay [D]: out = Q [offdiag(Q' U0 Q) o exp(-r^2 psi2 h_ij s)] Q', with
 * h_ij = gamma_i l_i l_j and s = int_0^t u^2; s = 0 extracts the off-diagonal part of a matrix in Lambda's
 * eigenbasis Q.                                                                                                (W3)
 * LSA_ERR_UNABLE unless lsa_theory_is_isotropic_task. With repeated eigenvalues Q is one of many, all of them valid. */
LSA_API lsa_status lsa_theory_off_diagonal(const lsa_theory *theory, const double *U0, double s, double *out,
                                           lsa_error *err);

/* ---- Hypotheses, each a number that can be reported with its margin ---------------------------------------------- */

/* sigma_bound.c: Theorem 4.1 asks sigma < sigma_max, sigma_max^2 = 2 / (r |Gamma|_op sqrt d). NAN unless the paper's
 * law. Sufficient, not necessary: beyond it the flow has always been seen to reach the minimum too. */
LSA_API double lsa_theory_sigma_max(const lsa_theory *theory);
/* 2 - sigma^2 r |Gamma|_op sqrt d: positive when the hypothesis holds. NAN unless the paper's law. */
LSA_API double lsa_theory_sigma_margin(const lsa_theory *theory, double sigma);

/* How far a start (u0, U0) is from Assumption 3.3 (u = sigma, U = sigma Theta Theta', |Theta Theta'|_F = 1). */
typedef struct lsa_theory_start {
    double sigma;      /* u0; the assumption asks > 0                                                          */
    double asymmetry;  /* max |U_ij - U_ji| / |U|_F; asks 0                                                    */
    double least;      /* least eigenvalue of U's symmetric part / |U|_F; asks >= 0                            */
    double imbalance;  /* |U|_F / u0 - 1; asks 0                                                               */
    double excitation; /* |Lambda Theta|_F^2 = tr(Lambda U Lambda) / u0; asks > 0                              */
    bool holds;        /* all of them, up to rounding (1e-12)                                                  */
} lsa_theory_start;
LSA_API lsa_status lsa_theory_assess_start(const lsa_theory *theory, double u0, const double *U0, lsa_theory_start *out,
                                           lsa_error *err);

/* ---- Constants of convergence. (u0, U0) is the start; those of the paper assume Assumption 3.3 ---------------- */

/* u_lower_bound.c: (A.14),
 *     u(t)^2 >= sigma^2 / (2 sqrt d |Lambda|_op^2) |Lambda Theta|_F^2 [2 - sqrt d sigma^2 |Gamma|_op].
 * 0 when the bracket is not positive; NAN unless the paper's law.                                               (W7)
 * The law with psi2, r is carried to the paper's by (u, U) -> sqrt(r) (u, U), t -> r psi2 t [D]. */
LSA_API double lsa_theory_u_lower_bound(const lsa_theory *theory, const lsa_theory_start *start);
/* The sharper bound [D]: u(t)^2 >= -l / |r B|_F for any balanced start and law, l = L - L(0) at any earlier time; 0
 * when l >= 0. */
LSA_API double lsa_theory_u_lower_bound_from_loss(const lsa_theory *theory, double l);

/* pl_inequality.c: |grad L|^2 >= mu (L - min L) along the flow.                                                 (W8)
 * mu of (5.7) = 2 u_lb^2 psi2 r^2 / (tr(Gamma^-1 Lambda^-1) tr(Lambda^-1)), u_lb of (A.14), traces on range(Lambda);
 * NAN unless the paper's law (psi2 r^2 = 1 in the paper). */
LSA_API double lsa_theory_pl_constant(const lsa_theory *theory, const lsa_theory_start *start);
/* mu' = 2 u_lb^2 min_ij h_ij >= mu, the same u_lb [D]; NAN unless the paper's law. */
LSA_API double lsa_theory_pl_constant_sharp(const lsa_theory *theory, const lsa_theory_start *start);
/* The least positive h_ij: r^2 times (least eigenvalue of G) (least of Lambda) on their ranges; gamma_min l_min^2 in
 * the paper. At every point |grad L|^2 >= 2 u^2 h_min (L - min L), so gap(t) <= gap(0) exp(-2 h_min int_0^t u^2). Any
 * law. */
LSA_API double lsa_theory_least_rate(const lsa_theory *theory);

/* local_rate.c: the exponential rate of L - min L at the end [D]: twice the least of the eigenvalues of
 * D^{1/2}(u*^2 I + g g')D^{1/2} over the driven entries and of u*^2 h_ij over the undriven entries that U0 excites
 * (more than 1e-13 of |U0|_F in size).                                                                         (W9)
 * u is the limit's (lsa_theory_limit); U0 NULL takes no undriven entry. LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
LSA_API lsa_status lsa_theory_local_rate(const lsa_theory *theory, double u, const double *U0, double *rate,
                                         lsa_error *err);

/* escape_time.c: near zero (u, <B,U>/|B|_F) grow at rate r |B|_F (|Lambda^2|_F in the paper), so a small balanced start
 * of size u0 leaves the saddle after about ln(1/u0)/(r |B|_F) [D]; the growth rate, and that time. */
LSA_API double lsa_theory_growth_rate(const lsa_theory *theory);
LSA_API double lsa_theory_escape_time(const lsa_theory *theory, double u0);

/* white_logistic.c: the exact course for Lambda = lambda I, Omega = I, U(0) = (sigma/sqrt d) I, and for d = 1 [D].
 * (W10)
 *     u^2(t) = (sqrt d/gamma) / (1 + (sqrt d/(gamma sigma^2) - 1) exp(-2 sqrt d lambda^2 t)),  a = u^2/sqrt d,
 *     A = a I,  L = 1/2 d lambda (1 - 2 lambda a + gamma lambda a^2),  gamma = (1 + 1/N) lambda + (d lambda + s2)/N. */
typedef struct lsa_theory_white {
    double d, lambda, gamma, sigma;
} lsa_theory_white;
LSA_API double lsa_theory_white_u2(const lsa_theory_white *white, double t);
LSA_API double lsa_theory_white_product(const lsa_theory_white *white, double t); /* a(t) */
LSA_API double lsa_theory_white_loss(const lsa_theory_white *white, double t);
/* True, and *out filled, when the law is Lambda = lambda I, Omega = I, rho = N and U0 = (u0/sqrt d) I up to 1e-14. */
LSA_API bool lsa_theory_white_of(const lsa_theory *theory, double u0, const double *U0, lsa_theory_white *out);

/* ---- Test errors ---------------------------------------------------------------------------------------------- */

/* One entry of `tests`: error = E(yhat - y_query)^2. The two terms are those of Theorem 4.2 where it applies, else NAN
 * with the reason in `why` (a literal; NULL where they exist). best_linear + context_term + training_term = error. */
typedef struct lsa_theory_error {
    double error, best_linear, context_term, training_term;
    const char *why;
} lsa_theory_error;

/* test_error.c: Theorem 4.2 / (4.6) at the trained limit, labels of any law given through
 *     a = Lambda^-1 E[xy],  S = Cov(xy) (d*d),  best_linear = min_w E(<w,x> - y)^2:
 *     error = best_linear + tr(S Gamma^-2 Lambda)/M
 *           + (|a|^2_{Gamma^-2 Lambda^3} + 2 tr(Lambda) |a|^2_{Gamma^-2 Lambda^2}
 *              + tr(Lambda)^2 |a|^2_{Gamma^-2 Lambda})/N^2.
 * M >= 1 or INFINITY.                                                                                          (W11)
 * LSA_ERR_DOMAIN unless the trained limit is the theorem's Gamma^-1 (Omega a multiple of I, s2 = 0, rho = N) and
 * M >= 1; LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_test_error(const lsa_theory *theory, double M, const double *a, const double *S,
                                         double best_linear, lsa_theory_error *out, lsa_error *err);
/* linear_task.c: the same for the linear tasks of `test`, y = <w,x> + eps, w of second moment Omega, M = context,
 * Var eps = label_noise, averaged over w: S and a a' become tr(Lambda Omega) Lambda + Lambda Omega Lambda + label_noise
 * Lambda and Omega; best_linear is 0, or the noise where the query's label carries it. Lambda is training's: the test's
 * covariances are not read. Display after (4.6).                                                            (W11) [D] */
LSA_API lsa_status lsa_theory_linear_task_error(const lsa_theory *theory, const lsa_setting *test,
                                                lsa_theory_error *out, lsa_error *err);
/* The bound after (4.6) for noiseless tasks, >= that error; for a fixed w the paper's, for the identity its mean:
 *     (d+1) tr(Lambda Omega)/M + [tr(Lambda Omega) + 2 tr(Omega) tr(Lambda) + tr(Lambda^-1 Omega) tr(Lambda)^2]/N^2.
 * INFINITY when Omega reaches outside range(Lambda) and N is finite. */
LSA_API lsa_status lsa_theory_linear_task_bound(const lsa_theory *theory, const lsa_setting *test, double *bound,
                                                lsa_error *err);
/* The coarser bound for w ~ N(0, I): (d+1) tr(Lambda)/M + (1 + 2d + d^2 kappa) tr(Lambda)/N^2, kappa = cond(Lambda) on
 * its range (INFINITY when Lambda is singular and N finite). */
LSA_API double lsa_theory_linear_task_bound_kappa(const lsa_theory *theory, double M);
/* Corollary 4.3: the floor eta = (1 + 2d + d^2 kappa) tr(Lambda)/N^2, and the M >= (d+1) tr(Lambda)/eps that brings the
 * error below eta + eps. eps > 0. */
LSA_API double lsa_theory_learning_floor(const lsa_theory *theory);
LSA_API double lsa_theory_context_needed(const lsa_theory *theory, double eps);

/* context_law.c: e of a multivariate Student t law of nu degrees of freedom: 2/(nu - 4), INFINITY for 2 < nu <= 4 (the
 * error at finite M is then infinite), NAN for nu <= 2 (no covariance).                                       (W20) */
LSA_API double lsa_theory_student_excess(double nu);
/* The second moment of tasks uniform on the sphere of that radius is this number times I: radius^2/d. */
LSA_API double lsa_theory_sphere_moment(ptrdiff_t d, double radius);

/* shift_risk.c: the error of any A = u U on a test of linear tasks in which everything may differ from training [D]:
 * with Lc and Lq the covariances of context and query, independent of each other, r = M/rho and A_r = r A:      (W13)
 *     tr(Omega (I - Lc A_r) Lq (I - Lc A_r)')
 *     + (1/M) [tr(Omega Lc A_r Lq A_r' Lc) + (tr(Lc Omega) + s2) tr(Lc A_r Lq A_r')],
 * plus s2 where the query's label carries the noise. Noise of any law. M = 0 predicts 0.
 * With a mean m and a Student t context, of excess e, Lc and Lq above are second moments (covariance + m m') and the
 * bracket gains
 *     - 2 (m' Omega m) m' A_r Lq A_r' m + e [2 tr(Omega C A_r Lq A_r' C) + tr(C Omega) tr(C A_r Lq A_r')],
 * C the context's covariance.                                                                                 (W20)
 * A is d*d. INFINITY where e and the error are. LSA_ERR_DOMAIN (as lsa_theory_create; M < 0), LSA_ERR_UNABLE (labels
 * that are no linear task, random covariances, a query that depends on the context), LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_shift_risk(const lsa_setting *test, const double *A, double *risk, lsa_error *err);
/* The best A for that setting, A* = G^-1 Lc Omega / r with G of the setting, and its error R*; A may be NULL. M >= 1.
 * LSA_ERR_UNABLE also with a mean or a Student context. */
LSA_API lsa_status lsa_theory_shift_best(const lsa_setting *test, double *A, double *risk, lsa_error *err);

/* judge.c: the error on a test, by the closed form that speaks of it, at A = u U (d*d), or for A = NULL at the trained
 * limit of `theory` (unrestricted minimum; `theory` is not read where A is given):
 *     linear tasks, one covariance          lsa_theory_shift_risk                                               (W13)
 *     linear tasks, random covariances      lsa_theory_random_judge_product (theory_random.h)                   (W19)
 *     a query orthogonal to its context     lsa_theory_orthogonal_query_error                                   (W22)
 *     moments, teachers, rows of data       best_linear + tr(S A_r Lt A_r')/M + |a - A_r' Lt a|^2_{Lt} [D]      (W11)
 * with the terms of Theorem 4.2 at the trained limit where it applies: trained with Omega a multiple of I, s2 = 0,
 * rho = N; tested with M >= 1, rho = M and both covariances equal, as numbers, to training's. For a given A the terms are
 * NAN.
 * LSA_ERR_UNABLE, with the reason, where no closed form speaks of the test; LSA_ERR_DOMAIN, LSA_ERR_SOLVER,
 * LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_judge(const lsa_theory *theory, const lsa_setting *test, const double *A,
                                    lsa_theory_error *out, lsa_error *err);

/* error_outcomes.c: the variance of one squared error, (yhat - y_query)^2, in a setting of Gaussian covariates of mean zero
 * and Gaussian noise, any A = u U: E e^4 from the cumulants of the prediction given w and x_q.                 (W30) [D]
 * Of the tasks it reads their law beside Omega: w ~ N(0, Omega); one fixed w; uniform on a sphere, Omega = radius^2/d I.
 * A mean of n such errors has the standard error sqrt(variance/n), so the power of a sampled test is known before
 * anything is drawn. Random covariances: mixtures, and entries by points that have their laws' moments up to order 7; at most
 * 4096 outcomes, no Wishart law.   LSA_ERR_UNABLE beyond, with a mean or a Student context, and as lsa_theory_shift_risk;
 * LSA_ERR_DOMAIN, LSA_ERR_MEMORY, LSA_ERR_SOLVER.   Cost 20 products of d-by-d matrices an outcome.   Checked: analytic/error_variance, by cubature. */
LSA_API lsa_status lsa_theory_error_variance(const lsa_setting *test, const double *A, double *variance,
                                             lsa_error *err);

/* shift_split.c: the error at the trained limit in three parts, R(A, M) the error at length M:                   (W21) [D]
 *     error = best_linear + [R(A_inf, inf) - best_linear] + [R(A_N, inf) - R(A_inf, inf)] + [R(A_N, M) - R(A_N, inf)],
 * A_inf the trained limit for N -> infinity. In law the terms are 0 and those of Theorem 4.2. For rho = M the context
 * term is V/M exactly, with V free of M, and E(yhat - lim yhat)^2 = V/M: the rate of (4.8). */
typedef struct lsa_theory_split {
    double error, best_linear;
    double shift_term;    /* >= 0: the setting differs from training, whatever the lengths */
    double training_term; /* N is finite; negative where that helps                       */
    double context_term;  /* M is finite; INFINITY with heavy tails                       */
} lsa_theory_split;
/* Any test of one covariance. Errors as lsa_theory_judge. */
LSA_API lsa_status lsa_theory_judge_split(const lsa_theory *theory, const lsa_setting *test, lsa_theory_split *out,
                                          lsa_error *err);
/* For any A = u U: the shift term is R(A, inf) - best_linear, whatever made A; training_term is NAN. */
LSA_API lsa_status lsa_theory_judge_split_product(const lsa_setting *test, const double *A, lsa_theory_split *out,
                                                  lsa_error *err);

/* orthogonal_query.c: the error of a layer whose A is a multiple of I, context x_i ~ N(0, l I) and the query
 * z ~ (0, Lambda_q) projected off the span of the context: its prediction is exactly 0, so the error is
 *     tr(Omega E[P Lambda_q P]) = (a + b) tr(Omega Lambda_q) + b tr(Lambda_q) tr(Omega),                         (W22) [D]
 * for Lambda_q = q I: q tr(Omega) (d - M)/d; plus the noise of the query's label. 0 for M >= d. LSA_ERR_DOMAIN,
 * LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_orthogonal_query_error(const lsa_setting *test, double *error, lsa_error *err);

/* least_squares.c: the error of least squares of smallest norm, for x ~ N(0, lambda I), w of second moment psi2 I and
 * label noise of variance `noise` (the query's own not counted):                                              (W23)
 *     psi2 lambda (d - M) + noise M/(d - M - 1) for M < d;   noise d/(M - d - 1) for M >= d, any covariance,
 * INFINITY with noise and |M - d| <= 1. */
LSA_API double lsa_theory_least_squares_error(ptrdiff_t d, ptrdiff_t M, double lambda, double psi2, double noise);

/* least_squares_distance.c: E (yhat - yhat_OLS)^2 on one prompt, for any A = u U, context and query from one covariance L
 * (the test's query and query_noise are not read), M > k + 1 with k = rank L; yhat_OLS of least norm:        (W32) [D]
 *     R(A, s2 = 0) + (s2/M) [tr(L A_r L A_r') - 2 tr(L A_r) + k M/(M - k - 1)].
 * Noiseless: R(A), as least squares then finds w. LSA_ERR_DOMAIN (M <= k + 1, as lsa_theory_shift_risk), LSA_ERR_UNABLE
 * (a mean, a Student context, M infinite), LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_least_squares_distance(const lsa_setting *test, const double *A, double *distance,
                                                     lsa_error *err);

/* ---- quadratic_form.c: Lemma 5.1 ------------------------------------------------------------------------------ */

/* yhat = v' H v with v = Vec [U p; k' u] ((d+1)^2 numbers) and H = 1/2 X (x) (E E'/rho), X = [0 x_q; x_q' 0].    (W1)
 * E   (d+1)-by-columns, its last column's first d entries are x_q.    H   (d+1)^2-by-(d+1)^2. */
LSA_API void lsa_theory_quadratic_form(ptrdiff_t d, ptrdiff_t columns, const double *E, double rho, double *H);
/* The number of negative eigenvalues of H, almost surely: rank(E E') = min(d + 1, N + 1). The text
 * says "at least d + 1", true only for N >= d. */
LSA_API ptrdiff_t lsa_theory_negative_count(ptrdiff_t d, ptrdiff_t N);

/* ---- random_covariance.c: Theorem 4.5, one diagonal covariance per prompt ------------------------------------- */

/* From the moments xi_i = E l_i^2 and g_i = E[gamma_i l_i^2]: the limit A = diag(xi_i/g_i) (d numbers) and the balanced
 * *u = [sum_i (xi_i/g_i)^2]^{1/4}  ((4.12), (C.17); (C.15) prints it without the squares). A may be NULL.      (W14) */
LSA_API void lsa_theory_random_limit(ptrdiff_t d, const double *xi, const double *g, double *A, double *u);
/* min L = 1/2 (sum_i E l_i - sum_i xi_i^2/g_i). */
LSA_API double lsa_theory_random_minimum_loss(ptrdiff_t d, const double *mean, const double *xi, const double *g);

/* ---- constants.c: the constants of all theorems, for reports -------------------------------------------------- */

typedef struct lsa_theory_constant {
    const char *name;   /* "sigma_max"                                                     */
    double value;       /* NAN where it does not exist                                     */
    const char *source; /* "Theorem 4.1"                                                   */
    const char *why;    /* the reason when NAN, else NULL                                  */
} lsa_theory_constant;
#define LSA_THEORY_CONSTANTS_MAX 32
/* Fills `out` and *count with every scalar constant of the law, and of the start when U0 is not NULL. All strings are
 * literals. LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
LSA_API lsa_status lsa_theory_constants(const lsa_theory *theory, double u0, const double *U0,
                                        lsa_theory_constant out[LSA_THEORY_CONSTANTS_MAX], ptrdiff_t *count,
                                        lsa_error *err);

LSA_END_DECLS

#endif
