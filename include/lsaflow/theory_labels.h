/* theory_labels.h - labels that are no linear task: the moments by which Theorem 4.2 knows them.
 *
 * For a pair (x, y) with second moment Lambda_t = E[x x']:
 *     a = Lambda_t^-1 E[xy],   S = Cov(xy) = E[y^2 x x'] - E[xy] E[xy]',   best_linear = min_w E(<w, x> - y)^2.
 * They go into lsa_theory_test_error and lsa_theory_judge (LSA_TASK_MOMENTS), which ask for nothing
 * else of the law: context pairs and query iid, x of any law with that second moment.                   (W11) */
#ifndef LSAFLOW_THEORY_LABELS_H
#define LSAFLOW_THEORY_LABELS_H

#include "lsaflow/api.h"
#include "lsaflow/theory.h"

LSA_BEGIN_DECLS

/* ---- teacher.c: y = g(<v, x>) + noise, x ~ N(mean, Lambda) ---------------------------------------------------------- */

#define LSA_THEORY_TEACHER_DEGREE 12 /* of a polynomial; its squares need Gaussian moments up to 2 * 12 + 2 */

/* g(z). */
LSA_API double lsa_theory_teacher_value(const lsa_teacher *teacher, double z);

/* Moments of g at z = m + sigma Z, Z ~ N(0, 1), in closed form:                                            (W24) [D] */
typedef struct lsa_theory_teacher_moments {
    double mean, slope; /* E g, E[g Z]                                                                  */
    double square[3];   /* E[g^2], E[g^2 Z], E[g^2 Z^2]                                                 */
    double rest;        /* Var g - E[g Z]^2 >= 0: what no affine function of z explains                 */
} lsa_theory_teacher_moments;
/* LSA_ERR_DOMAIN for numbers that are not finite, sigma < 0, a polynomial of no or too high degree. */
LSA_API lsa_status lsa_theory_teacher_moments_at(const lsa_teacher *teacher, double m, double sigma,
                                                 lsa_theory_teacher_moments *out, lsa_error *err);

/* a (d), S (d*d) and best_linear of y = g(<v, x>) + eps, g and v the test's teacher and task_vector,
 * x ~ N(mean, covariance), Var eps = label_noise in the context, in the query's label too where query_noise. With a mean,
 * the second moment that the functions above ask for is covariance + mean mean'. The best linear predictor has no
 * intercept.                                                                                                (W24) [D]
 * LSA_ERR_DOMAIN (as above, and as lsa_theory_create), LSA_ERR_SOLVER, LSA_ERR_MEMORY.   Cost O(d^3), with a mean;
 * O(d^2) without. */
LSA_API lsa_status lsa_theory_teacher_labels(const lsa_setting *test, double *a, double *S, double *best_linear,
                                             lsa_error *err);

/* ---- row_labels.c: (x, y) drawn with replacement from rows of data ------------------------------------------------- */

/* rows is n-by-d, column-major, labels n numbers. Exact up to rounding: Lambda = X'X/n (d*d), uncentred; a the least
 * squares solution of smallest norm; S = (1/n) sum y^2 x x' - h h', h = X'y/n; best_linear the mean squared residual.
 * Any output may be NULL. Theorem 4.2 then holds as an equality for a layer trained on N(0, Lambda): it needs only the
 * second moment of x, not that x is Gaussian.                                                               (W25) [D]
 * LSA_ERR_DOMAIN when n < 1, d < 1 or a number is not finite; LSA_ERR_SOLVER, LSA_ERR_MEMORY.   Cost O(n d^2 + d^3). */
LSA_API lsa_status lsa_theory_row_labels(ptrdiff_t n, ptrdiff_t d, const double *rows, const double *labels,
                                         double *Lambda, double *a, double *S, double *best_linear, lsa_error *err);

LSA_END_DECLS

#endif
