/* training_law.h - the closed forms of a study's training law, whether it has one covariance or draws one for every prompt. */
#ifndef LSAFLOW_VERIFY_TRAINING_LAW_H
#define LSAFLOW_VERIFY_TRAINING_LAW_H

#include "lsaflow/verify.h"

/* One of the two; borrowed from the study. */
typedef struct training_law {
    const lsa_theory *fixed;
    const lsa_theory_random *random;
    ptrdiff_t d;
} training_law;

/* LSA_ERR_UNABLE as lsa_study_theory. */
lsa_status training_law_of(lsa_study *study, training_law *out, lsa_error *err);

/* lsa_theory_unseen, lsa_theory_limit, lsa_theory_gradient of the law at hand. */
lsa_status training_law_unseen(const training_law *law, const double *U, double *out, lsa_error *err);
lsa_status training_law_limit(const training_law *law, double u0, const double *U0, double *u, double *U,
                              lsa_error *err);
lsa_status training_law_gradient(const training_law *law, double u, const double *U, double *du, double *dU,
                                 lsa_error *err);
/* L(u, U) - L(0). */
lsa_status training_law_loss_above_zero(const training_law *law, double u, const double *U, double *out,
                                        lsa_error *err);

/* limit_sign.c: the sign (1, -1) that u has at the limit of the flow from (u0, U0); 0 where it is not known. */
lsa_status training_law_limit_sign(const training_law *law, double u0, const double *U0, int *sign, lsa_error *err);

#endif
