/* predictor.h - one thread's means to draw prompts and predict on them. */
#ifndef LSAFLOW_EMPIRICAL_PREDICTOR_H
#define LSAFLOW_EMPIRICAL_PREDICTOR_H

#include "lsaflow/empirical.h"

/* The scratch of one thread. */
typedef struct lsa_trial {
    lsa_prompt *prompt;
    double *layer_work;             /* NULL without a layer   */
    lsa_forward_work *forward_work; /* NULL without a forward */
} lsa_trial;

/* Fills zeroed `trial`; on failure clear it as well. */
lsa_status lsa_trial_init(lsa_trial *trial, const lsa_prompts *prompts, const lsa_predictor *predictor, bool literal,
                          lsa_error *err);
void lsa_trial_clear(lsa_trial *trial);

/* Draws prompt `index`; prediction and target on it. */
void lsa_trial_predict(lsa_trial *trial, const lsa_prompts *prompts, const lsa_predictor *predictor, bool literal,
                       uint64_t index, double *prediction, double *target);

/* Draws prompt `index`; the target on it. */
void lsa_trial_target(lsa_trial *trial, const lsa_prompts *prompts, const lsa_predictor *predictor, uint64_t index,
                      double *target);

/* LSA_ERR_DOMAIN for options out of range, or a predictor that predicts nothing. */
lsa_status lsa_sample_check(const lsa_sample_options *options, const lsa_predictor *predictor, lsa_error *err);

#endif
