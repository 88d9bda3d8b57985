/* differentiate.h - derivatives with respect to a parameter, exact. */
#ifndef LSAFLOW_SYMBOLIC_DIFFERENTIATE_H
#define LSAFLOW_SYMBOLIC_DIFFERENTIATE_H

#include "symbolic/poly.h"

/* df/dP for 1 x 1 f, of the shape of P:  d tr(P W)/dP = W',  d tr(P' W)/dP = W.
 * For a family P[g] the free head is index 0: the dummy of the letter that is cut out becomes the free one. */
lsa_status lsa_differentiate(lsa_algebra *algebra, const lsa_poly *f, int parameter, const lsa_poly **out,
                             lsa_error *err);

/* sum + d/de f(P + e V) at e = 0: each occurrence of P in turn is replaced by V, with its index. f of any shape; `sum`
 * of the same shape, or NULL for zero. */
lsa_status lsa_directional(lsa_algebra *algebra, const lsa_poly *f, int parameter, int direction, const lsa_poly *sum,
                           const lsa_poly **out, lsa_error *err);

#endif
