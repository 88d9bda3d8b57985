/* prompt.h - the sequence of prompts, and where in the counter-based stream a prompt's numbers lie.
 *
 * Prompt i is stream i. From block 0: the head, w (d), eps_q (1), x_q (d); then, from a fresh block, the context's
 * normals column by column. The other parts have regions of their own (LSA_BLOCK_.. of streams.h), which the 2^27 numbers of a prompt never reach:
 * so laws that differ in the noise share covariates, and a longer context only reads on. */
#ifndef LSAFLOW_EMPIRICAL_PROMPT_H
#define LSAFLOW_EMPIRICAL_PROMPT_H

#include "base/streams.h"
#include "empirical/random_factor.h"
#include "lsaflow/empirical.h"

struct lsa_prompts {
    lsa_prompt_law law;
    uint64_t seed;
    lsa_prompt_use use;
    lsa_random_factor context, query;
    lsa_factor task; /* of w, or of its direction where the law is a sphere; empty for a fixed task */
    bool dense;      /* the context's factor is a matrix                                         */
    double noise_scale;
};

/* The start of prompt `index`'s stream. */
lsa_rng lsa_prompt_stream(const lsa_prompts *prompts, uint64_t index);

/* The generator of numbers that belong to this prompt without being part of E, w or the noise. */
lsa_rng lsa_prompt_further(const lsa_prompt *prompt);

/* The factor of this prompt's Lambda; NULL where its covariates are rows of data. */
const lsa_factor *lsa_prompt_factor(const lsa_prompt *prompt);

/* The covariance of the query, drawn anew unless setting.query_is_same. */
const lsa_covariance *lsa_prompt_law_query(const lsa_prompt_law *law);

/* Labels come from the law itself, a teacher or rows, and not from <w, x>. */
bool lsa_prompt_law_labels(const lsa_prompt_law *law);

/* E w_i w_j of a setting with the labels <w, x>: Gaussian, fixed or on a sphere. */
double lsa_task_moment(const lsa_setting *setting, ptrdiff_t i, ptrdiff_t j);

#endif
