/* slots.h - what each symbol of a statement stands for in one setting. */
#ifndef LSAFLOW_EMPIRICAL_SLOTS_H
#define LSAFLOW_EMPIRICAL_SLOTS_H

#include "empirical/covariance_factor.h"
#include "empirical/formula.h"

/* A Gaussian that is no part of the prompt: `count` draws, of covariance F F', or of the law of the covariates. */
typedef struct lsa_further {
    bool covariate; /* ~ Lambda: the factor is this prompt's own, and the law's mean is added         */
    bool student;   /* each draw has a length of its own, like a context's                           */
    lsa_factor factor;
    ptrdiff_t size, count;
} lsa_further;

typedef struct lsa_draw_slots {
    lsa_slot *slot;            /* one per symbol                                 */
    ptrdiff_t parameter_count; /* length of the parameter vector                 */
    ptrdiff_t further_count;   /* numbers in all further Gaussians               */
    int n_further;
    lsa_further *further; /* in the order of their symbols                  */
} lsa_draw_slots;

/* Fills zeroed `slots`; memory from the arena, except the factors. On failure clear it as well. */
lsa_status lsa_draw_slots_init(lsa_draw_slots *slots, lsa_arena *arena, const lsa_experiment *experiment,
                               const lsa_prompt_law *law, lsa_error *err);
void lsa_draw_slots_clear(lsa_draw_slots *slots);

#endif
