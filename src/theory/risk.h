/* risk.h - the error of the reduced layer on linear tasks, for any product A (shift_risk.c). */
#ifndef LSAFLOW_THEORY_RISK_H
#define LSAFLOW_THEORY_RISK_H

#include "theory/extended.h"

/* Borrows its matrices. */
typedef struct risk_setting {
    const ext_matrix *context, *query; /* Lambda_c, Lambda_q: DIAGONAL or DENSE */
    const ext_matrix *task;            /* Omega, of any kind                    */
    long double inverse_m;             /* 1/M, 0 at M = inf                     */
    long double r;                     /* M / rho; 0 at M = 0                   */
    long double s2;                    /* noise of the context labels           */
} risk_setting;

/* E(yhat - <w, x_q>)^2 for A = u U, without the query's own noise.                                             (W13) */
lsa_status theory_risk(const risk_setting *setting, const ext_matrix *A, long double *risk, lsa_error *err);

/* A caller's test setting, copied; all zero is empty. `view` borrows from the three matrices. */
typedef struct owned_setting {
    ext_matrix context, query, task;
    risk_setting view;
} owned_setting;

/* LSA_ERR_DOMAIN for what lsa_theory_shift forbids. */
lsa_status theory_setting_init(owned_setting *setting, ptrdiff_t d, const lsa_theory_shift *shift, lsa_error *err);
void theory_setting_clear(owned_setting *setting);

/* The checks and scales that all test settings share: M = 0 or M >= 1, a finite variance; 1/M and r = M/rho. */
lsa_status theory_check_test(ptrdiff_t d, double M, double label_noise, lsa_error *err);
void theory_test_scales(double M, bool plus_one, long double *inverse_m, long double *r);

/* What keeps Theorem 4.2 from applying to a model trained under `theory` and tested with M pairs over covariances
 * Lambda_c, Lambda_q, as a literal; NULL when it applies. */
const char *theory_why_no_terms(const lsa_theory *theory, double M, bool plus_one, const ext_matrix *context,
                                const ext_matrix *query);

#endif
