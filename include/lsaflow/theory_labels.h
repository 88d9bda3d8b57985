/* theory_labels.h - labels that are no linear task: the moments by which Theorem 4.2 knows them.
 *
 * For a pair (x, y) with second moment Lambda_t = E[x x']:
 *     a = Lambda_t^-1 E[xy],   S = Cov(xy) = E[y^2 x x'] - E[xy] E[xy]',   best_linear = min_w E(<w, x> - y)^2.
 * They go into lsa_theory_test_error, lsa_theory_judge_moments and lsa_theory_judge_moments_product, which ask for
 * nothing else of the law: context pairs and query iid, x of any law with that second moment.                   (W11) */
#ifndef LSAFLOW_THEORY_LABELS_H
#define LSAFLOW_THEORY_LABELS_H

#include "lsaflow/theory.h"

/* ---- teacher.c: y = g(<v, x>) + noise, x ~ N(mean, Lambda) ---------------------------------------------------------- */

typedef enum lsa_theory_teacher_kind {
    LSA_THEORY_RELU,      /* max(z, 0)                                 */
    LSA_THEORY_SIGN,      /* sign(z)                                   */
    LSA_THEORY_CUBIC,     /* z^3                                       */
    LSA_THEORY_QUADRATIC, /* z^2                                       */
    LSA_THEORY_SINE,      /* sin(frequency z)                          */
    LSA_THEORY_POLYNOMIAL /* sum_k coefficients[k] z^k                 */
} lsa_theory_teacher_kind;

#define LSA_THEORY_TEACHER_DEGREE 12 /* of a polynomial; its squares need Gaussian moments up to 2 * 12 + 2 */

typedef struct lsa_theory_teacher {
    lsa_theory_teacher_kind kind;
    double frequency;         /* SINE                                                                    */
    ptrdiff_t n_coefficients; /* POLYNOMIAL: 1 .. LSA_THEORY_TEACHER_DEGREE + 1                          */
    const double *coefficients;
} lsa_theory_teacher;

/* g(z). */
double lsa_theory_teacher_value(const lsa_theory_teacher *teacher, double z);

/* Moments of g at z = m + sigma Z, Z ~ N(0, 1), in closed form:                                            (W24) [D] */
typedef struct lsa_theory_teacher_moments {
    double mean, slope; /* E g, E[g Z]                                                                  */
    double square[3];   /* E[g^2], E[g^2 Z], E[g^2 Z^2]                                                 */
    double rest;        /* Var g - E[g Z]^2 >= 0: what no affine function of z explains                 */
} lsa_theory_teacher_moments;
/* LSA_ERR_DOMAIN for numbers that are not finite, sigma < 0, a polynomial of no or too high degree. */
lsa_status lsa_theory_teacher_moments_at(const lsa_theory_teacher *teacher, double m, double sigma,
                                         lsa_theory_teacher_moments *out, lsa_error *err);

/* a (d), S (d*d) and best_linear of y = g(<direction, x>) + eps, x ~ N(mean, covariance), Var eps = noise in the context;
 * query_noise: in the query's label too. mean NULL: zero; with a mean, the second moment that the functions above ask
 * for is covariance + mean mean'. The best linear predictor has no intercept.                              (W24) [D]
 * LSA_ERR_DOMAIN (as above, and as lsa_theory_create), LSA_ERR_SOLVER, LSA_ERR_MEMORY.   Cost O(d^3), with a mean;
 * O(d^2) without. */
lsa_status lsa_theory_teacher_labels(ptrdiff_t d, lsa_second_moment covariance, const double *mean,
                                     const lsa_theory_teacher *teacher, const double *direction, double noise,
                                     bool query_noise, double *a, double *S, double *best_linear, lsa_error *err);

/* ---- row_labels.c: (x, y) drawn with replacement from rows of data ------------------------------------------------- */

/* rows is n-by-d, column-major, labels n numbers. Exact up to rounding: Lambda = X'X/n (d*d), uncentred; a the least
 * squares solution of smallest norm; S = (1/n) sum y^2 x x' - h h', h = X'y/n; best_linear the mean squared residual.
 * Any output may be NULL. Theorem 4.2 then holds as an equality for a layer trained on N(0, Lambda): it needs only the
 * second moment of x, not that x is Gaussian.                                                               (W25) [D]
 * LSA_ERR_DOMAIN when n < 1, d < 1 or a number is not finite; LSA_ERR_SOLVER, LSA_ERR_MEMORY.   Cost O(n d^2 + d^3). */
lsa_status lsa_theory_row_labels(ptrdiff_t n, ptrdiff_t d, const double *rows, const double *labels, double *Lambda,
                                 double *a, double *S, double *best_linear, lsa_error *err);

#endif
