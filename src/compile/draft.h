/* draft.h - a term of a polynomial on its way to products: a copy that may be cut up. */
#ifndef LSAFLOW_COMPILE_DRAFT_H
#define LSAFLOW_COMPILE_DRAFT_H

#include "compile/product_node.h"

typedef struct lsa_draft_word {
    bool open;
    int n;
    lsa_atom *letters;
} lsa_draft_word;

typedef struct lsa_draft {
    double coefficient;
    int n_dummies;
    ptrdiff_t *head_of; /* the heads that the indices 0 (the free one), 1 .. n_dummies stand for */
    lsa_dim rows, cols; /* of the value */
    int n_powers;
    lsa_power *powers; /* of parameters only */
    int n_words;
    lsa_draft_word *words;
} lsa_draft;

/* Appends the draft, every index at its head and no letter random, as one product; nothing where it is 0. */
lsa_status lsa_draft_write(lsa_lowering *lowering, const lsa_draft *draft, lsa_sum *out, lsa_error *err);

#endif
