/* measure.h - a column of a sweep: what a formula, or a claim, comes to on one experiment under study.
 *
 * A measure is read once and used on one experiment after the other, as long as their statement and sizes are the same. Its number
 * is that of the study's one run, parameters without a place are those of its end (study_trust_run): how far it may be off is what the flow was
 * asked for, and no verdict rests on it. */
#ifndef LSAFLOW_VERIFY_MEASURE_H
#define LSAFLOW_VERIFY_MEASURE_H

#include "verify/study.h"

typedef enum measure_kind {
    MEASURE_NUMBER,
    MEASURE_CONDITION, /* true, false, or not told */
    MEASURE_VERDICT    /* of a claim               */
} measure_kind;

typedef struct measured {
    measure_kind kind;
    double number;    /* NUMBER                                                           */
    const char *word; /* CONDITION, VERDICT: "true", "holds"; lives as long as the program */
} measured;

typedef struct measure measure;

/* `formula`: a scalar of a model file that the experiment comes from. LSA_ERR_INPUT with its place: neither a formula with a value
 * of one number or a condition, nor the name of a claim. */
lsa_status measure_create(const lsa_experiment *experiment, const lsa_named_formula *formula, measure **out,
                          lsa_error *err);
void measure_destroy(measure *m);
/* Whether it was made for an experiment of these sizes. */
bool measure_fits(const measure *m, const lsa_experiment *experiment);
bool measure_is_verdict(const measure *m);

/* LSA_ERR_UNABLE, LSA_ERR_DOMAIN: there is no value, with the reason; other errors are the study's. */
lsa_status measure_take(measure *m, lsa_study *study, measured *out, lsa_error *err);

#endif
