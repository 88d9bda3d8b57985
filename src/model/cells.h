/* cells.h - a model file whose experiments are read when they are asked for: a few, or millions, in flat memory.
 *
 * A cell is put into the tree of the file, which is then checked and read in full, as if the file had been written that way.
 * What was read lives in one arena with the tree, so that covariances and statements are shared by cells; when that has grown,
 * the caller renews it, and all experiments read before die. One thread at a time. */
#ifndef LSAFLOW_MODEL_CELLS_H
#define LSAFLOW_MODEL_CELLS_H

#include "lsaflow/model.h"
#include "model/vary.h"

typedef struct lsa_cells lsa_cells;

/* The text is checked as far as it is the same in all cells. The options are borrowed, NULL: none. Errors of lsa_model_parse. */
lsa_status lsa_cells_parse(const char *name, const char *text, size_t length, const lsa_model_options *options,
                           lsa_cells **out, lsa_error *err);
lsa_status lsa_cells_of_tree(const char *name, const lsa_node *tree, const lsa_model_options *options, lsa_cells **out,
                             lsa_error *err);
void lsa_cells_destroy(lsa_cells *cells);

/* The file's base name without extension. */
const char *lsa_cells_name(const lsa_cells *cells);
const lsa_vary *lsa_cells_vary(const lsa_cells *cells);
/* The file's `vary`, or its root: where messages about all cells point at. */
const lsa_node *lsa_cells_place(const lsa_cells *cells);
/* The file's `measure`, a mapping; NULL: it has none. */
const lsa_node *lsa_cells_measure(const lsa_cells *cells);
/* The k-th file that was named where something was read, k = 0, 1, ...; NULL: there are no more. */
const char *lsa_cells_file(const lsa_cells *cells, ptrdiff_t k);

/* The value of key k in a cell as text, a scalar as it is written; it belongs to the memory of the cells. */
lsa_status lsa_cells_value(lsa_cells *cells, ptrdiff_t cell, ptrdiff_t k, const char **out, lsa_error *err);
/* The experiment of a cell, until lsa_cells_renew or lsa_cells_destroy. Errors of lsa_model_parse. */
lsa_status lsa_cells_read(lsa_cells *cells, ptrdiff_t cell, lsa_experiment **out, lsa_error *err);

/* Bytes that what was read takes. */
size_t lsa_cells_size(const lsa_cells *cells);
/* Begins anew: experiments and values given before are gone. */
lsa_status lsa_cells_renew(lsa_cells *cells, lsa_error *err);

#endif
