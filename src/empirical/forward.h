/* forward.h - what the module's own files ask of a bound statement. */
#ifndef LSAFLOW_EMPIRICAL_FORWARD_H
#define LSAFLOW_EMPIRICAL_FORWARD_H

#include "lsaflow/empirical.h"

/* The layer's blocks at these parameters, into a layer made for the statement. */
void lsa_forward_fill_layer(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                            lsa_layer *layer);

/* The target is written as the inner product of the task and the query, which is what a prompt's own target is. */
bool lsa_forward_target_is_plain(const lsa_forward *forward);

/* The degree of prediction - target in the covariates of one sample, at most. */
int lsa_forward_degree(const lsa_forward *forward);

/* Context, query and task are the statement's own, so that other predictors speak of the same problem. */
bool lsa_forward_draws_prompt(const lsa_forward *forward);

#endif
