/* unit.h - W, the matrix that a loss is a quadratic form of, among the factors of its chains.
 *
 * W is u U, u K'Q, or a sum of those over the heads, whatever the names. In a chain it stands as its unit: U, the pair
 * K', Q, or the node of the sum over the heads; then the product carries u to the power of W's degree, or, for a sum,
 * no power at all. */
#ifndef LSAFLOW_COMPILE_UNIT_H
#define LSAFLOW_COMPILE_UNIT_H

#include "compile/share.h"
#include "lsaflow/program.h"

typedef struct lsa_unit {
    const lsa_sharing *sharing;
    int length; /* 1 or 2                                      */
    int factors[2];
    int u; /* node, -1 where the unit is a sum over the heads */
    ptrdiff_t n_heads;
    lsa_form_head *heads;
} lsa_unit;

/* The unit of the first product that is quadratic in one; *found is false where there is none. */
lsa_status lsa_unit_find(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept, lsa_unit *out,
                         bool *found, lsa_error *err);

/* The product has one scalar chain, and the power of u that goes with this degree in W. */
bool lsa_unit_has_degree(const lsa_unit *unit, const lsa_shared_product *product, int degree);
/* Where the unit starts in a ring, read forwards or (*turned) as the transpose; nothing stands between its factors.
 * -1 where it does not occur. */
int lsa_unit_in_ring(const lsa_unit *unit, const lsa_shared_chain *ring, bool *turned);
/* The chain is diag(W)' D diag(W). */
bool lsa_unit_is_diagonal_square(const lsa_unit *unit, const lsa_shared_chain *chain);
/* Some block of the product is none of the heads'. */
bool lsa_unit_leaves_out(const lsa_unit *unit, const lsa_shared_product *product);

#endif
