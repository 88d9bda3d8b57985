/* text_kinds.h - how one part of a claim is judged, by its kind; each puts verdict and numbers into the job's result. */
#ifndef LSAFLOW_VERIFY_TEXT_KINDS_H
#define LSAFLOW_VERIFY_TEXT_KINDS_H

#include "verify/text_pair.h"

/* text_values.c: the two sides have one value each; enclosed ones with more bits until they are apart or 60 digits alike. */
lsa_status text_judge_values(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                             lsa_error *err);
/* text_statistical.c: whether prompts decide, *numbers of them drawn (0: they do not); and that verdict. */
lsa_status text_is_statistical(const text_job *job, const formula_node *a, const formula_node *b, ptrdiff_t *numbers,
                               lsa_error *err);
lsa_status text_judge_statistical(const text_job *job, const formula_node *a, const formula_node *b,
                                  lsa_relation relation, ptrdiff_t numbers, lsa_error *err);
/* text_course.c: at every sample of the flow, and by rate beyond the last one. */
lsa_status text_judge_course(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                             lsa_error *err);
/* text_condition.c: predicates, `or`, `not`: true, false, or not told. */
lsa_status text_truth_of(const text_job *job, const formula_node *condition, formula_truth *out, bool *estimated,
                         lsa_error *err);
lsa_status text_judge_condition(const text_job *job, const formula_node *condition, lsa_error *err);
/* text_bounded.c: a = O(b) in the one key that b names. */
lsa_status text_judge_bounded(const text_job *job, const formula_node *a, const formula_node *b, lsa_error *err);
/* text_tautology.c: whether the two sides are one formula, whatever the model. */
bool text_is_tautology(const checked_claim *checked, const formula_node *a, const formula_node *b);

#endif
