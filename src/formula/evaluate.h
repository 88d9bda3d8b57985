/* evaluate.h - a checked formula's value, names and places being somebody else's to know.
 *
 * Who judges hands over a world: it knows the symbols of the statement, the names of the table and the functions of points and
 * limits, at the place that the run is at. What needs no point and no time is found once and kept as long as the run. */
#ifndef LSAFLOW_FORMULA_EVALUATE_H
#define LSAFLOW_FORMULA_EVALUATE_H

#include "formula/tree.h"
#include "formula/value.h"

typedef struct formula_run formula_run;

typedef struct formula_world {
    void *context;
    /* A symbol (head from 1, 0: none) or a name of the table. The value may belong to the world. */
    lsa_status (*leaf)(void *context, formula_run *run, const formula_node *node, long head, const formula_value **out,
                       lsa_error *err);
    /* A call of FORMULA_OF_POINTS or FORMULA_OF_LIMITS, or a formula in another model. */
    lsa_status (*call)(void *context, formula_run *run, const formula_node *node, const formula_value **out,
                       lsa_error *err);
} formula_world;

enum { FORMULA_VARIABLES = 64 };

struct formula_run {
    const formula_world *world;
    const void *place; /* where parameters are taken: the world's own; NULL: nowhere */
    ptrdiff_t d;
    formula_pool *pool;     /* of what is made now                */
    formula_pool *constant; /* of what is kept                    */
    const formula_value **kept;
    int n_kept;
    long variables[FORMULA_VARIABLES];
    int sums;   /* that are being run, one inside the other */
    long terms; /* of the outermost of them, so far         */
};

/* For formulas of at most `count` nodes, with balls of that many bits. LSA_ERR_MEMORY. */
lsa_status formula_run_init(formula_run *run, const formula_world *world, ptrdiff_t d, int count, long bits,
                            lsa_error *err);
void formula_run_clear(formula_run *run);

/* The value at the run's place; it lives until the run's pool is released. LSA_ERR_DOMAIN, LSA_ERR_UNABLE: there is none, with
 * the reason and the part of the formula; errors of the world. */
lsa_status formula_evaluate(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err);

#endif
