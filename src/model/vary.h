/* vary.h - the cells of a model: what `vary` lists, and how a cell's values get into the tree.
 *
 *     vary:
 *       data.context: [20, 40, .inf]              an axis: a list of values,
 *       init.sigma: {log: [1e-8, 1e-1, 8]}        or a range: {log: [a, b, n]}, {linear: [a, b, n]}, {integers: [a, b, step]}
 *       zip: {data.rank: [1, 2], flow.rtol: [1e-8, 1e-9]}   one axis of several keys, which go on together; or a list of such
 *
 * Cells are the product over the axes, numbered from 0, the last axis fastest. */
#ifndef LSAFLOW_MODEL_VARY_H
#define LSAFLOW_MODEL_VARY_H

#include "model/yaml.h"

/* No more cells than that. */
#define LSA_VARY_CELLS 1000000000

typedef enum lsa_vary_form { LSA_VARY_LIST, LSA_VARY_LOG, LSA_VARY_LINEAR, LSA_VARY_INTEGERS } lsa_vary_form;

typedef struct lsa_vary_key {
    const lsa_node *key;
    lsa_node *values; /* of `vary`: the list, or the list of a range's numbers */
    lsa_vary_form form;
    double low, high; /* of a range; INTEGERS: high is the step                */
    ptrdiff_t axis;
    lsa_node **made; /* of a range: its values made so far                    */
} lsa_vary_key;

typedef struct lsa_vary {
    ptrdiff_t n_keys, n_axes, n_cells; /* n_cells >= 1 */
    lsa_vary_key *keys;                /* in the order of the file                       */
    ptrdiff_t *counts;                 /* of the values of an axis                       */
} lsa_vary;

/* Checks and reads the value of `vary` (NULL: one cell). LSA_ERR_INPUT with the place, LSA_ERR_MEMORY. */
lsa_status lsa_vary_read(const lsa_node *node, lsa_arena *arena, lsa_vary *out, lsa_error *err);

/* The value of key k in a cell; a range's is made once. LSA_ERR_MEMORY. */
lsa_status lsa_vary_value(const lsa_vary *vary, ptrdiff_t cell, ptrdiff_t k, lsa_arena *arena, lsa_node **out,
                          lsa_error *err);
/* Puts all values of a cell into the tree. LSA_ERR_INPUT with the key's place. */
lsa_status lsa_vary_apply(const lsa_vary *vary, ptrdiff_t cell, lsa_node *root, lsa_arena *arena, lsa_error *err);

/* The k-th of n numbers from low to high, evenly or evenly in the logarithm, the ends exact and what is between rounded to
 * 15 digits, so that {log: [1e-8, 1e-1, 8]} holds 1e-7. */
double lsa_vary_number(lsa_vary_form form, double low, double high, ptrdiff_t k, ptrdiff_t n);

#endif
