/* text_joint.h - the sampled part of a difference as one mean.
 *
 * Two means over the same prompts differ by the mean of a difference, prompt by prompt, whose interval is often far narrower than
 * those of both together. */
#ifndef LSAFLOW_VERIFY_TEXT_JOINT_H
#define LSAFLOW_VERIFY_TEXT_JOINT_H

#include "verify/text_checked.h"

/* *out = E(sum of c_k e_k), at the means' common point, where a - b is linear in its two or more means E(e_k) with numbers c_k, and
 * otherwise free of what is drawn; NULL where it is not. *means: how many. In the arena. LSA_ERR_MEMORY. */
lsa_status text_joint_mean(lsa_arena *arena, const formula_node *a, const formula_node *b, int *means,
                           const formula_node **out, lsa_error *err);

#endif
