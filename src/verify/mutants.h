/* mutants.h - what an experiment tests of a claim: its formula changed in one place, and judged again.
 *
 * A change that still holds is the same formula (equal on a generic model too), or one that this model cannot tell from the claim's:
 * then the least change of the model is sought on which the claim holds and the changed one does not. Inequalities are changed
 * only where they then say more; one that holds on every model that was tried may be a better theorem. */
#ifndef LSAFLOW_VERIFY_MUTANTS_H
#define LSAFLOW_VERIFY_MUTANTS_H

#include "lsaflow/arena.h"
#include "lsaflow/study.h"

typedef enum mutant_outcome {
    MUTANT_REFUTED, /* the model tells it from the claim               */
    MUTANT_SAME,    /* the same formula                                */
    MUTANT_UNSEEN,  /* it holds here, and `change` refutes it          */
    MUTANT_HOLDS,   /* it holds on every model that was tried          */
    MUTANT_OPEN     /* it was not judged, or its comparisons were not  */
} mutant_outcome;
/* "refuted", "same formula", "this model cannot tell", "holds on every model tried", "not judged". */
const char *mutant_outcome_text(mutant_outcome outcome);

typedef struct mutant_result {
    const char *claim;          /* its name               */
    const char *what, *formula; /* formula/mutate.h      */
    mutant_outcome outcome;
    int n_changes; /* UNSEEN: those of the model, "data.context=21" */
    const char *const *changes;
    const char *why; /* OPEN: what is missing; NULL */
} mutant_result;

typedef struct mutant_table {
    lsa_arena *arena;
    ptrdiff_t count;
    mutant_result *results;
    ptrdiff_t n_left_out; /* claims that do not hold here, or cannot be written out: their changes say nothing */
} mutant_table;

/* Of all claims that are formulas, published ones and the file's own. Cleared in any case. LSA_ERR_MEMORY, LSA_ERR_INTERRUPTED. */
lsa_status mutants_judge(lsa_study *study, mutant_table *out, lsa_error *err);
void mutant_table_clear(mutant_table *table);

#endif
