/* risk.h - the error of the reduced layer on linear tasks, for any product A (shift_risk.c). */
#ifndef LSAFLOW_THEORY_RISK_H
#define LSAFLOW_THEORY_RISK_H

#include "lsaflow/theory.h"
#include "theory/extended.h"

/* Borrows its matrices. context and query are second moments, whatever the mean. */
typedef struct risk_setting {
    const ext_matrix *context, *query; /* Lambda_c, Lambda_q: DIAGONAL or DENSE */
    const ext_matrix *centred;         /* the context's covariance              */
    const long double *mean;           /* of the context; NULL: zero            */
    long double excess;                /* of the context's tails; 0: Gaussian   */
    const ext_matrix *task;            /* Omega, of any kind                    */
    long double inverse_m;             /* 1/M, 0 at M = inf                     */
    long double r;                     /* M / rho; 0 at M = 0                   */
    long double s2;                    /* noise of the context labels           */
} risk_setting;

/* E(yhat - <w, x_q>)^2 for A = u U, without the query's own noise.                                             (W13) */
lsa_status theory_risk(const risk_setting *setting, const ext_matrix *A, long double *risk, lsa_error *err);

/* error_variance.c: E e^2 and E e^4 of a test of fixed covariances, the query's noise included.                  (W30) */
lsa_status theory_error_moments(const lsa_setting *test, const double *A, double *second, double *fourth,
                                lsa_error *err);

/* context_law.c: what a mean and elliptical tails of the context add to M times the variance, at r = 1.          (W20) */
lsa_status theory_context_correction(const risk_setting *setting, const ext_matrix *A, long double *out,
                                     lsa_error *err);
lsa_status theory_check_context_law(const lsa_setting *test, lsa_error *err);
/* moment += mean mean', made DENSE. */
lsa_status theory_add_outer(ext_matrix *moment, const long double *mean, lsa_error *err);

/* A caller's test setting of linear tasks, copied; all zero is empty. `view` borrows from the others. */
typedef struct owned_setting {
    ext_matrix context, query, task, centred;
    long double *mean;
    risk_setting view;
} owned_setting;

/* LSA_ERR_DOMAIN for numbers outside their range, LSA_ERR_UNABLE for labels that are no linear task, random covariances
 * and a query that depends on the context. */
lsa_status theory_setting_init(owned_setting *setting, const lsa_setting *test, lsa_error *err);
void theory_setting_clear(owned_setting *setting);

/* The checks and scales that all test settings share: M = 0 or M >= 1, a finite variance; 1/M and r = M/rho. */
lsa_status theory_check_test(const lsa_setting *test, lsa_error *err);
void theory_test_scales(double M, bool plus_one, long double *inverse_m, long double *r);

/* Labels by their moments (label_moments.c); all zero is empty. */
typedef struct label_moments {
    ext_matrix second;   /* Lambda_t = E[x x'] of context and query */
    const double *a, *S; /* Lambda_t^-1 E[xy], Cov(xy)              */
    double best_linear;  /* min_w E(<w,x> - y)^2                    */
    double *owned;
} label_moments;

/* Given ones, or those of a teacher or of rows of data. Errors as lsa_theory_judge. */
lsa_status theory_labels_init(label_moments *labels, const lsa_setting *test, lsa_error *err);
void theory_labels_clear(label_moments *labels);
/* The error of A above best_linear.                                                                            (W11) */
lsa_status theory_labels_risk(const label_moments *labels, const lsa_setting *test, const ext_matrix *A,
                              long double *risk, lsa_error *err);

/* What keeps Theorem 4.2 from applying to a model trained under `theory` and tested with M pairs over covariances
 * Lambda_c, Lambda_q, as a literal; NULL when it applies. */
const char *theory_why_no_terms(const lsa_theory *theory, double M, bool plus_one, const ext_matrix *context,
                                const ext_matrix *query);

/* judge.c: the error of A above best_linear on a test of one covariance, and best_linear. As lsa_theory_judge. */
lsa_status theory_error_above_best(const lsa_setting *test, const ext_matrix *A, long double *error,
                                   double *best_linear, lsa_error *err);

#endif
