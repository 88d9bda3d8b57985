/* text_leaves.h - what the leaves of a formula of prompts are: rows of the empirical witness, and numbers of the world. */
#ifndef LSAFLOW_VERIFY_TEXT_LEAVES_H
#define LSAFLOW_VERIFY_TEXT_LEAVES_H

#include "empirical/prompt_rows.h"
#include "formula/lanes.h"
#include "verify/text_world.h"

enum { TEXT_LEAVES = 32 };

typedef struct text_leaves {
    text_world *world; /* NULL once the formula is written out */
    const lsa_experiment *experiment;
    lsa_setting setting;
    lsa_prompt_law law;
    double *state;
    formula_lane_names names;
    int n;
    lsa_row_request requests[TEXT_LEAVES];
    ptrdiff_t n_rows;
    lsa_prompt_rows *rows;
    lsa_strata strata;
} text_leaves;

/* For a formula at the world's place, `state` (NULL: it needs none); the leaves stay where they are. LSA_ERR_UNABLE: the prompts
 * cannot be drawn. */
lsa_status text_leaves_init(text_leaves *leaves, lsa_arena *arena, text_world *w, const formula_node *e,
                            const double *state, lsa_error *err);
/* Once the formula is written out: the prompts. */
lsa_status text_leaves_finish(text_leaves *leaves, uint64_t seed, bool fast, lsa_error *err);
/* LSA_ERR_DOMAIN where a mean or a variance is not known, by name; *no_interval = why the mean has no interval, or NULL. */
lsa_status text_leaves_moments(text_leaves *leaves, const formula_node *e, const char **no_interval, lsa_error *err);
/* Why that many prompts cannot show what the random covariance may draw, or NULL. */
const char *text_leaves_seldom(const text_leaves *leaves, double prompts);
void text_leaves_forget(text_leaves *leaves);
void text_leaves_clear(text_leaves *leaves);

#endif
