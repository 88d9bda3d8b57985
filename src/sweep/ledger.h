/* ledger.h - the rows of a sweep in an SQLite file, as they come: what a killed sweep has finished is there, and readable.
 *
 * Table `cell` has a row a cell: its number from 1, the keys as text, the columns of `measure`, t_end, end, exit, message, and what no
 * table of results shows: difference (of a path followed in two ways), seconds, attempt. Table `attempt` tells where each sitting
 * was made: host, processor, program. Table `plan` holds what the ledger belongs to; another plan is refused. */
#ifndef LSAFLOW_SWEEP_LEDGER_H
#define LSAFLOW_SWEEP_LEDGER_H

#include "sweep/row.h"
#include "sweep/sweep_plan.h"

typedef struct sweep_ledger sweep_ledger;

/* Opens or makes the file (":memory:" for none). `resume`: rows may be there, of this plan; else they may not. One writer a folder
 * at a time. LSA_ERR_INPUT: it belongs to another plan, or has rows; LSA_ERR_WRITE. */
lsa_status sweep_ledger_create(const char *path, const sweep_plan *plan, bool resume, sweep_ledger **out,
                               lsa_error *err);
/* Writes what is left; failures of that are told by sweep_ledger_flush. */
void sweep_ledger_destroy(sweep_ledger *ledger);

/* Adds a row, or puts it in the place of an older one. It is in the file after at most a thousand rows, or a flush. */
lsa_status sweep_ledger_add(sweep_ledger *ledger, const sweep_row *row, const char *const *keys, lsa_error *err);
lsa_status sweep_ledger_flush(sweep_ledger *ledger, lsa_error *err);

/* Calls back for each row in the order of the cells. */
typedef lsa_status sweep_ledger_visit(void *context, const sweep_row *row, const char *const *keys, lsa_error *err);
lsa_status sweep_ledger_each(sweep_ledger *ledger, sweep_ledger_visit *visit, void *context, lsa_error *err);
ptrdiff_t sweep_ledger_count(const sweep_ledger *ledger);

#endif
