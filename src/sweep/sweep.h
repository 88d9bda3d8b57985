/* sweep.h - every cell of `vary`, a row each: workers do cells, one process keeps the ledger and writes the table.
 *
 * The table depends on the model file and the program alone: not on the number of workers, on shards, on what was interrupted. */
#ifndef LSAFLOW_SWEEP_SWEEP_H
#define LSAFLOW_SWEEP_SWEEP_H

#include "model/cells.h"
#include "sweep/ledger.h"
#include <signal.h>

typedef struct sweep_options {
    const char *directory;   /* for sweep.db and sweep.csv; NULL: nothing is written */
    const char *fingerprint; /* of the model as the caller read it                   */
    bool resume;
    int workers;             /* >= 1 */
    ptrdiff_t shard, shards; /* 1 .. shards */
    const volatile sig_atomic_t *interrupt;
    void (*progress)(void *context, double fraction, const char *note); /* may be NULL */
    void *progress_context;
} sweep_options;

typedef struct sweep sweep;

/* Opens the ledger. LSA_ERR_INPUT: columns that cannot be (with their place), a ledger of something else; LSA_ERR_WRITE. The cells
 * are borrowed. */
lsa_status sweep_create(lsa_cells *cells, const sweep_options *options, sweep **out, lsa_error *err);
void sweep_destroy(sweep *s);

/* Does the cells that have no row, and writes the table; after LSA_ERR_INTERRUPTED it holds those that are finished. */
lsa_status sweep_run(sweep *s, lsa_error *err);

const sweep_plan *sweep_plan_of(const sweep *s);
sweep_ledger *sweep_ledger_of(sweep *s);

#endif
