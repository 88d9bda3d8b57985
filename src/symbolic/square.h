/* square.h - half the square of a residual, without the products that parity forbids. */
#ifndef LSAFLOW_SYMBOLIC_SQUARE_H
#define LSAFLOW_SYMBOLIC_SQUARE_H

#include "symbolic/poly.h"

typedef struct lsa_square_count {
    ptrdiff_t products, dropped; /* pairs of terms multiplied; left out because their expectation is zero */
} lsa_square_count;

/* 1/2 f^2 for 1 x 1 f, without the products of odd total degree in some Gaussian: a flip of its sign (x -> -x,
 * w -> -w) changes theirs, so their expectation is zero. LSA_ERR_UNABLE, LSA_ERR_MEMORY. */
lsa_status lsa_half_square(lsa_algebra *algebra, const lsa_poly *f, lsa_square_count *count, const lsa_poly **out,
                           lsa_error *err);

#endif
