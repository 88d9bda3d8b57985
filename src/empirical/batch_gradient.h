/* batch_gradient.h - the mean gradient of 1/2 (prediction - target)^2 over a batch of training prompts. */
#ifndef LSAFLOW_EMPIRICAL_BATCH_GRADIENT_H
#define LSAFLOW_EMPIRICAL_BATCH_GRADIENT_H

#include "lsaflow/empirical.h"

typedef struct lsa_batch_gradient lsa_batch_gradient;

/* Batches of `batch` prompts of the training law; tasks finite: w is one of that many, drawn once. Borrows the
 * experiment. */
lsa_status lsa_batch_gradient_create(const lsa_experiment *experiment, ptrdiff_t batch, double tasks, uint64_t seed,
                                     int threads, lsa_batch_gradient **out, lsa_error *err);
void lsa_batch_gradient_destroy(lsa_batch_gradient *gradient);
ptrdiff_t lsa_batch_gradient_count(const lsa_batch_gradient *gradient);

/* Over the prompts first .. first + batch - 1, in the order of the statement's parameters; the mean loss is
 * returned. */
double lsa_batch_gradient_eval(lsa_batch_gradient *gradient, const double *parameters, uint64_t first, double *out);

#endif
