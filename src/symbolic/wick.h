/* wick.h - the Gaussian expectation of a polynomial (Isserlis 1918; Wick 1950).
 *
 *     E[g_1 g_2 ... g_2m] = sum over the pairings of  prod E[g_a g_b'],     E[x_i x_j'] = delta_ij Lambda
 *
 * for the zero-mean Gaussian symbols, independent of each other and over samples. */
#ifndef LSAFLOW_SYMBOLIC_WICK_H
#define LSAFLOW_SYMBOLIC_WICK_H

#include "symbolic/poly.h"

enum {
    LSA_MAX_DEGREE = 20,       /* of one Gaussian in one term            */
    LSA_MAX_PAIRINGS = 1 << 20 /* pairs joined in one expectation        */
};

/* What one Gaussian cost. */
typedef struct lsa_wick_count {
    ptrdiff_t pairs; /* pairs joined                       */
    ptrdiff_t terms; /* terms that are left after it       */
} lsa_wick_count;

/* E f for 1 x 1 f, one Gaussian after the other in the order of their ids, sample families first. `counts` (one per
 * symbol of the algebra, may be NULL) tells what each cost. LSA_ERR_UNABLE beyond the bounds. Cost: because like terms
 * are collected after every pair, far fewer than (2m - 1)!! joins. */
lsa_status lsa_expect(lsa_algebra *algebra, const lsa_poly *f, lsa_wick_count *counts, const lsa_poly **out,
                      lsa_error *err);

#endif
