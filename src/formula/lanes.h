/* lanes.h - a formula of a prompt in doubles, on many prompts side by side.
 *
 * A number of one kind forms a row, one lane a prompt. What does not depend on the prompt is a number or matrix that is asked for
 * once; the rest becomes a list of steps on rows, a sum over an index a step with a list of its own, and whatever does not depend
 * on that index stands before it. No step crosses from lane to lane, so what a batch gives for a prompt does not depend on its
 * company. */
#ifndef LSAFLOW_FORMULA_LANES_H
#define LSAFLOW_FORMULA_LANES_H

#include "formula/tree.h"

typedef struct formula_lanes formula_lanes;

/* Who knows the leaves. */
typedef struct formula_lane_names {
    void *context;
    /* What a prompt draws, of that node: its first row, and how many members a family has (else 1), each of the node's shape, by
     * columns, one after the other. A call (ridge) is a leaf, too. */
    lsa_status (*drawn)(void *context, const formula_node *leaf, ptrdiff_t *row, ptrdiff_t *members, lsa_error *err);
    /* The value of a node that no prompt changes, by columns. */
    lsa_status (*constant)(void *context, const formula_node *node, double *out, lsa_error *err);
    ptrdiff_t pairs; /* in a context */
} formula_lane_names;

/* Rows 0 .. rows - 1 hold what is drawn. In the arena. LSA_ERR_UNABLE names a function that is not offered here. */
lsa_status formula_lanes_create(lsa_arena *arena, const formula_node *node, const formula_lane_names *names,
                                formula_lanes **out, lsa_error *err);
/* How many lanes a batch has: a power of two from 8 to 256 with which its rows stay in a cache. After all drawn rows are known. */
int formula_lanes_width(formula_lanes *lanes, ptrdiff_t drawn_rows);

/* One thread's rows; the first are for what is drawn. LSA_ERR_MEMORY. */
typedef struct formula_lane_work formula_lane_work;
lsa_status formula_lane_work_create(const formula_lanes *lanes, formula_lane_work **out, lsa_error *err);
void formula_lane_work_destroy(formula_lane_work *work);
double *formula_lane_row(formula_lane_work *work, ptrdiff_t row);

/* The value on every lane: its entries by columns, a row each, from the row returned; a condition is 0 or 1. An entry that has
 * no value is NaN: for the caller to refuse. LSA_ERR_DOMAIN: an index out of range. */
lsa_status formula_lanes_run(const formula_lanes *lanes, formula_lane_work *work, const double **out, lsa_error *err);

/* The same with the absolute value of every number on the way, so that no term is taken off another: how large the terms of each
 * entry are before they cancel. Overwrites the drawn rows. */
lsa_status formula_lanes_magnitude(const formula_lanes *lanes, formula_lane_work *work, const double **out,
                                   lsa_error *err);

#endif
