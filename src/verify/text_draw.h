/* text_draw.h - numbers that prompts decide: E, prob and quantile of a formula of prompts, each with an interval.
 *
 * A draw is one such call at one point. All draws of a claim are from the same prompts, each prompt's numbers a function of its
 * index, and grow together from look to look. A point that differs from the first one by no more than the accuracy of a path is
 * told from it on a few common prompts. */
#ifndef LSAFLOW_VERIFY_TEXT_DRAW_H
#define LSAFLOW_VERIFY_TEXT_DRAW_H

#include "verify/text_world.h"

typedef struct text_draws text_draws;

/* alpha: of one interval at one look. fresh: prompts that no other draw has. Time is taken off monte_carlo.seconds. */
/* `seeds`: runs of trained(e). */
lsa_status text_draws_create(lsa_study *study, double alpha, ptrdiff_t seeds, bool fresh, text_draws **out,
                             lsa_error *err);
void text_draws_destroy(text_draws *draws);
/* From now on everything asked is drawn on so many prompts; looks only go up. */
void text_draws_look(text_draws *draws, ptrdiff_t prompts);
/* Whether a further look can tell more: prompts are drawn, and not only runs of training. */
bool text_draws_grow(const text_draws *draws);
/* The time ended before all were drawn. */
bool text_draws_late(const text_draws *draws);
ptrdiff_t text_draws_prompts(const text_draws *draws);
/* Why an interval of this look is not to be trusted, or NULL; why it may confirm, and not refute: for want of moments, or NULL. */
const char *text_draws_doubt(const text_draws *draws);
const char *text_draws_tails(const text_draws *draws);

/* The call's value as balls: its interval at this look. LSA_ERR_DOMAIN, LSA_ERR_UNABLE where it has none, by name. */
lsa_status text_drawn(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);
/* How many numbers a formula draws: entries of the means in it, each once. */
ptrdiff_t text_drawn_count(const text_world *w, const formula_node *node);

#endif
