/* average.h - the average of a product over the random covariances that it names.
 *
 * A mixture gives one product per component. A diagonal of independent entries gives one product per partition of its
 * runs (vertex.h, moment.h). Everything else of the product stays. */
#ifndef LSAFLOW_COMPILE_AVERAGE_H
#define LSAFLOW_COMPILE_AVERAGE_H

#include "compile/draft.h"

typedef struct lsa_drafts {
    int n, capacity;
    lsa_draft *drafts;
} lsa_drafts;

/* Some letter stands for a mixture or a random diagonal. */
bool lsa_draft_is_random(const lsa_lowering *lowering, const lsa_draft *draft);

/* Appends the products whose sum is the average of the draft, every index at its head. LSA_ERR_UNABLE for more than
 * LSA_MOST_RUNS runs, or where lsa_vertex_close is. */
lsa_status lsa_average(lsa_lowering *lowering, const lsa_draft *draft, lsa_drafts *out, lsa_error *err);

#endif
