/* kept.h - what the parameters hold where the training loss does not see the product sum_h u_h U_h.  (W6), (W36)
 *
 * The gradient by the product lies in what the loss sees, so the unseen part of each U_h keeps its start; in the product it
 * counts with u_h at the limit. A test that reaches there measures it. */
#ifndef LSAFLOW_VERIFY_KEPT_H
#define LSAFLOW_VERIFY_KEPT_H

#include "lsaflow/verify.h"

typedef struct study_kept {
    bool made;
    bool any;        /* the start holds something there                                            */
    const char *why; /* why its limit is not known; NULL: it is (any), or there is none            */
    double u, *U;    /* any, known: the limit of every head, U d x d                               */
    double *product; /* any, known: sum_h u_h (U_h unseen), d x d                                  */
    double *generic; /* any, not known: a matrix without structure, to ask what a test reaches     */
} study_kept;

void study_kept_clear(study_kept *kept);

/* What this study's start keeps; belongs to the study. LSA_ERR_UNABLE as lsa_study_theory. */
lsa_status study_kept_of(lsa_study *study, const study_kept **out, lsa_error *err);

/* *out = the kept part of the trained product, borrowed, where the test reaches it; else NULL. LSA_ERR_UNABLE where it
 * reaches what is not known. */
lsa_status study_kept_seen_by(lsa_study *study, const lsa_setting *test, const double **out, lsa_error *err);

#endif
