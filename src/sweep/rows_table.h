/* rows_table.h - the ledger's rows as sweep.csv: what depends on the model and the program alone, so that it is the same byte for byte
 * wherever it was made. */
#ifndef LSAFLOW_SWEEP_ROWS_TABLE_H
#define LSAFLOW_SWEEP_ROWS_TABLE_H

#include "report/report.h"
#include "sweep/ledger.h"

/* An empty table with the columns of the plan; NULL when memory is out. */
lsa_table *sweep_table_create(const sweep_plan *plan);
void sweep_table_add(lsa_table *table, const sweep_row *row, const char *const *keys, ptrdiff_t n_keys);

/* Writes the file whole or not at all, in flat memory. LSA_ERR_WRITE, LSA_ERR_MEMORY. */
lsa_status sweep_table_write(sweep_ledger *ledger, const sweep_plan *plan, const char *path, lsa_error *err);

#endif
