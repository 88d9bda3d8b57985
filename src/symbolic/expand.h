/* expand.h - from an expression tree to a polynomial: products distributed, sums over samples and heads given dummies. */
#ifndef LSAFLOW_SYMBOLIC_EXPAND_H
#define LSAFLOW_SYMBOLIC_EXPAND_H

#include "symbolic/poly.h"

/* The polynomial that `expr` stands for. LSA_ERR_UNABLE beyond the engine's bounds, LSA_ERR_DOMAIN for a division by
 * zero, LSA_ERR_MEMORY. */
lsa_status lsa_expand(lsa_algebra *algebra, const lsa_expr *expr, const lsa_poly **out, lsa_error *err);

#endif
