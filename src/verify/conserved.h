/* conserved.h - quadratic quantities that the gradient flow conserves, as formulas: u^2 - tr(U*U'), K*K' - Q*Q'.
 *
 * The loss is invariant under the linear group exp(s A) of a symmetric A if and only if <grad L(theta), A theta> = 0 for all theta, and
 * then the flow conserves theta' A theta. Sought are all sums, with rational weights, of tr(P*Q') of two blocks of one shape, and for
 * each dimension all sums of P*P' and P'*P of that side, which are then conserved entry by entry. The derived polynomial with its
 * numbers decides, at random points: what is found in doubles is kept where it is 0 in rationals (or in balls) at others. */
#ifndef LSAFLOW_VERIFY_CONSERVED_H
#define LSAFLOW_VERIFY_CONSERVED_H

#include "lsaflow/arena.h"
#include "lsaflow/study.h"

typedef enum conserved_product {
    CONSERVED_TRACE,  /* tr(P*Q') */
    CONSERVED_ROWS,   /* P*P'     */
    CONSERVED_COLUMNS /* P'*P    */
} conserved_product;

typedef struct conserved_term {
    conserved_product product;
    ptrdiff_t a, b; /* blocks of the study; ROWS, COLUMNS: a = b */
    double weight;  /* an integer                                */
} conserved_term;

typedef struct conserved_quantity {
    const char *formula;
    ptrdiff_t side; /* it is side x side */
    ptrdiff_t n_terms;
    conserved_term *terms;
} conserved_quantity;

typedef struct conserved_list {
    lsa_arena *arena;
    const lsa_block *blocks; /* of the study */
    ptrdiff_t count;
    conserved_quantity *all;
} conserved_list;

/* Of the study's statement. Cleared in any case. LSA_ERR_UNABLE beyond 400 parameters; errors of the derivation. Cost: gradients at a
 * few points, three of them by the polynomial. */
lsa_status conserved_find(lsa_study *study, conserved_list *out, lsa_error *err);
void conserved_clear(conserved_list *list);

/* out (side x side) = quantity k at a state, user's basis; *size = the largest of the terms before they cancel. */
void conserved_value(const conserved_list *list, ptrdiff_t k, const double *state, double *out, double *size);

#endif
