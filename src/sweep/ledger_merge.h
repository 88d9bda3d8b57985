/* ledger_merge.h - the ledgers of shards become one. */
#ifndef LSAFLOW_SWEEP_LEDGER_MERGE_H
#define LSAFLOW_SWEEP_LEDGER_MERGE_H

#include "lsaflow/arena.h"
#include "sweep/ledger.h"

/* The plan that a ledger's file holds, in the arena. LSA_ERR_READ: it is none. */
lsa_status sweep_merge_plan(const char *path, lsa_arena *arena, sweep_plan *out, lsa_error *err);
/* Adds the rows and attempts of another ledger. LSA_ERR_INPUT: it is of another plan, or (unless `mixed`) of another kind of
 * processor, whose last bits may differ. */
lsa_status sweep_merge_add(sweep_ledger *ledger, const char *path, bool mixed, lsa_error *err);

#endif
