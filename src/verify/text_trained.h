/* text_trained.h - the ends of repeated trainings: the same start and steps, prompts of other seeds. */
#ifndef LSAFLOW_VERIFY_TEXT_TRAINED_H
#define LSAFLOW_VERIFY_TEXT_TRAINED_H

#include "verify/text_world.h"

typedef struct text_runs text_runs;

/* `count` runs as the experiment's `train` asks, of its seed's runs first, first + 1, ...; gradient descent, which draws nothing, is
 * one run. LSA_ERR_UNABLE: no training is asked for, a run that diverges. */
lsa_status text_runs_create(lsa_study *study, ptrdiff_t count, ptrdiff_t first, text_runs **out, lsa_error *err);
void text_runs_destroy(text_runs *runs);

/* The mean of e at their ends, with Student's interval at that level. */
lsa_status text_trained(text_world *w, const text_runs *runs, const formula_node *e, double alpha,
                        const formula_value **out, lsa_error *err);

#endif
