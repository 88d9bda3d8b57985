/* draft.h - a term of a polynomial on its way to products: a copy that may be cut up.
 *
 * A letter whose symbol is n_symbols + k stands for node k, with no index. */
#ifndef LSAFLOW_COMPILE_DRAFT_H
#define LSAFLOW_COMPILE_DRAFT_H

#include "compile/lower.h"

typedef struct lsa_draft_word {
    bool open;
    int n;
    lsa_letter *letters;
} lsa_draft_word;

typedef struct lsa_draft {
    double coefficient;
    int n_dummies;
    lsa_dim rows, cols; /* of the value */
    int n_powers;
    lsa_power *powers; /* of parameters only */
    int n_words;
    lsa_draft_word *words;
} lsa_draft;

/* A letter that the flow moves, or a node made of such. */
bool lsa_letter_active(const lsa_lowering *lowering, lsa_letter letter);
/* The letter transposed. */
lsa_letter lsa_letter_turned(const lsa_lowering *lowering, lsa_letter letter);
lsa_dim lsa_letter_rows(const lsa_lowering *lowering, lsa_letter letter);
lsa_dim lsa_letter_cols(const lsa_lowering *lowering, lsa_letter letter);
/* The factor of an active letter, with index k at head head_of[k]. */
lsa_status lsa_letter_factor(lsa_lowering *lowering, lsa_letter letter, const ptrdiff_t *head_of, int *factor,
                             lsa_error *err);
/* The node of a parameter's block at a head, or of the direction's. */
lsa_status lsa_block_node(lsa_lowering *lowering, int symbol, ptrdiff_t head, int *node, lsa_error *err);

/* Appends the products of the draft with index k at head head_of[k], k = 0 the free one; dummies that are left run over
 * all heads (head_of has room for them). */
lsa_status lsa_draft_lower(lsa_lowering *lowering, const lsa_draft *draft, ptrdiff_t *head_of, lsa_sum *out,
                           lsa_error *err);

/* Turns each dummy that runs through one stretch of one word into a node that sums the stretch over the heads. */
lsa_status lsa_draft_gather_heads(lsa_lowering *lowering, lsa_draft *draft, lsa_error *err);

#endif
