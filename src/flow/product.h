/* product.h - the right-hand side of heads with keys and queries by way of W = sum_h u_h K_h'Q_h, or of any such parts.
 *
 *     R = H o (W - V),   -dL/du_h = -<K_h, Q_h R'>,   -dL/dK_h = -u_h Q_h R',   -dL/dQ_h = -u_h K_h R.
 *
 * The polynomial's gradient rounds each entry by itself. What rounding puts along the directions in which W does not move
 * (scalings of a head, heads that take over from each other) nothing damps: at a saddle, steps of 1e9 turn 1e-17 into 1e-8.
 * Here all entries share one R, whatever its rounding, and nothing but rounding of R's own size lies along those. In a basis in
 * which V is not diagonal Q_h R' still cancels, from what is not learned yet to what the head moves by: where a step costs
 * n^3 operations anyway, all sums are taken in extended precision. */
#ifndef LSAFLOW_FLOW_PRODUCT_H
#define LSAFLOW_FLOW_PRODUCT_H

#include "flow/form.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_product {
    ptrdiff_t n;          /* parameters                         */
    const lsa_form *form; /* of the program, which outlives it  */
    flow_form *table;     /* H and V in W                       */
    double *R, *P;        /* d x d; d x the largest rank: scratch */
    long double *exact;   /* d x d: R; NULL: in doubles         */
} flow_product;

/* Whether parts, some of them keys and queries, are the whole loss, and every block is one of theirs. */
bool flow_product_applies(const lsa_program *program);
/* 4 d^2 numbers, and as many for extended precision. The program outlives it. */
lsa_status flow_product_create(const lsa_program *program, bool extended, flow_product **out, lsa_error *err);
void flow_product_destroy(flow_product *product);
/* f = -grad L. No alias. */
void flow_product_rhs(const flow_product *product, const double *y, double *f);

#endif
