/* worker.h - cells done one after the other: the flow, what is measured of it, and why there is nothing. */
#ifndef LSAFLOW_SWEEP_WORKER_H
#define LSAFLOW_SWEEP_WORKER_H

#include "model/cells.h"
#include "sweep/row.h"

typedef struct sweep_worker sweep_worker;

/* The cells are borrowed, and used by the worker alone. */
lsa_status sweep_worker_create(lsa_cells *cells, sweep_worker **out, lsa_error *err);
void sweep_worker_destroy(sweep_worker *worker);

/* The row of a cell, until the next call. A cell that fails is a row that says why; what fails here is memory. The row does not
 * depend on the cells that were done before. */
lsa_status sweep_worker_do(sweep_worker *worker, ptrdiff_t cell, sweep_row *out, lsa_error *err);

#endif
