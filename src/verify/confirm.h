/* confirm.h - no refutation from one computation.
 *
 * A deterministic claim that fails is judged again, from the start: by a flow of a finer tolerance, whose difference has to be
 * within a quarter of the first one, and on an exact image of the problem, in other axes and units (c = 3), whose roundings
 * are others. It stays refuted where each of them refutes it too; else the verdict is inconclusive and the reason tells all
 * figures. Statements of one's own have no image here: their constants may have axes. */
#ifndef LSAFLOW_VERIFY_CONFIRM_H
#define LSAFLOW_VERIFY_CONFIRM_H

#include "verify/claim.h"

typedef struct confirmer confirmer;

/* For that study, which it borrows; the further studies are made when first needed. LSA_ERR_MEMORY. */
lsa_status confirmer_create(lsa_study *study, confirmer **out, lsa_error *err);
void confirmer_destroy(confirmer *c);
/* The results of the context's claim, number `first` on of its list. */
lsa_status confirmer_ask(confirmer *c, const claim_context *context, claim_check *check, ptrdiff_t first,
                         lsa_error *err);

#endif
