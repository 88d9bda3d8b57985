/* text_checked.h - the formulas of one claim, checked against the experiment, for one choice of its `for`. */
#ifndef LSAFLOW_VERIFY_TEXT_CHECKED_H
#define LSAFLOW_VERIFY_TEXT_CHECKED_H

#include "formula/tree.h"
#include "verify/text_beside.h"

/* One parameter of `at`: a formula of its shape, or its entries by columns. */
typedef struct checked_block {
    int symbol;
    long head; /* from 1; 0: no family */
    ptrdiff_t rows, cols;
    bool whole;
    const formula_node **entries;
} checked_block;

typedef struct checked_claim {
    lsa_arena *arena;
    const lsa_experiment *experiment;
    const lsa_text_claim *claim;
    text_beside *beside;  /* models beside this one      */
    const long *integers; /* of `for`                    */
    formula_scope scope;
    const formula_node *formula; /* NULL: of a figure, or of none  */
    const formula_node **curves; /* of a figure                    */
    const formula_node **assuming;
    int n_at;
    checked_block *at;
    const formula_node *scale; /* NULL: none  */
    int count;                 /* nodes of all */
} checked_claim;

/* Values of `for` are `integers`, one for each name; a claim without formula and curves has names alone. LSA_ERR_INPUT with the place
 * of what is no formula. */
lsa_status checked_claim_init(checked_claim *c, const lsa_experiment *experiment, text_beside *beside,
                              const lsa_text_claim *claim, const long *integers, lsa_error *err);
/* The same of a claim that is a formula alone, condition or value. */
lsa_status checked_formula_init(checked_claim *c, const lsa_experiment *experiment, text_beside *beside,
                                const lsa_text_claim *claim, const long *integers, lsa_error *err);
void checked_claim_clear(checked_claim *c);
/* The node of that number, of any of its formulas. */
const formula_node *checked_claim_node(const checked_claim *c, int number);

#endif
