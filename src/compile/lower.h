/* lower.h - from polynomials in symbols to sums of products over the blocks of the state (node.h).
 *
 * A term is copied into a draft (draft.h), and passes work on drafts until they can be written down:
 *
 *     gather.h    a head index that runs through one stretch of one word becomes the sum of that stretch over the heads,
 *                 a node of its own ("sum_h u[h] U[h]"): as cheap for eight heads as for one
 *     lower.c     every other head index takes each of its heads in turn
 *     average.h   products with random covariances become those of their average
 *     draft.h     a draft without random letters, every index at its head, is one product
 *     merge.h     products that differ in one slot are added up
 *
 * So the expanded loss u^2 tr(Lambda^2 U Lambda U') + ... becomes u^2 tr(C U Lambda U') with one constant C. */
#ifndef LSAFLOW_COMPILE_LOWER_H
#define LSAFLOW_COMPILE_LOWER_H

#include "compile/product_node.h"

/* Appends the polynomial's products at free head `head` to out (its shape and sides are set by the caller), and merges.
 * LSA_ERR_UNABLE when taking each head in turn would make more than 10^6 products of one term. */
lsa_status lsa_lower(lsa_lowering *lowering, const lsa_poly *poly, ptrdiff_t head, lsa_sum *out, lsa_error *err);

#endif
