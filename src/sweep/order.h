/* order.h - in which order cells are done, and which of them are a shard's.
 *
 * Cells are done so that neighbours share what is made from the law: keys of `statement` and `data` change slowest, whatever the
 * order of the file. A shard takes every n-th strip of that order. What a cell comes to depends on neither. */
#ifndef LSAFLOW_SWEEP_ORDER_H
#define LSAFLOW_SWEEP_ORDER_H

#include "model/vary.h"

typedef struct sweep_order {
    ptrdiff_t n_cells, n_axes;
    ptrdiff_t *counts, *strides; /* of the axes, slowest first; the stride is that of the cell's number */
    ptrdiff_t shard, shards, strip;
} sweep_order;

/* Shard `shard` = 1 .. shards. LSA_ERR_MEMORY. */
lsa_status sweep_order_init(sweep_order *order, const lsa_vary *vary, ptrdiff_t shard, ptrdiff_t shards,
                            lsa_error *err);
void sweep_order_clear(sweep_order *order);
/* The cell at place 0 .. n_cells - 1, and whether the shard takes it. */
ptrdiff_t sweep_order_cell(const sweep_order *order, ptrdiff_t place);
bool sweep_order_takes(const sweep_order *order, ptrdiff_t place);

#endif
