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

/* What the prompt has beside E is drawn into the work: its further Gaussians, and its own Lambda where that is random. */
void lsa_forward_draw(const lsa_forward *forward, lsa_forward_work *work, const lsa_prompt *prompt);
/* After that: the numbers of a Gaussian of the statement, of its member m from 0, `size` of them; the drawn Lambda, d x d. */
void lsa_forward_gaussian_size(const lsa_forward *forward, int symbol, ptrdiff_t *size, ptrdiff_t *members);
const double *lsa_forward_gaussian(const lsa_forward *forward, const lsa_forward_work *work, const lsa_prompt *prompt,
                                   int symbol, ptrdiff_t m);
const double *lsa_forward_covariance(const lsa_forward_work *work);

#endif
