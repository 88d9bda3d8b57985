/* poly.h - the algebra of polynomials: sums, products, traces, derivatives, expectation.
 *
 * Every operation gives a new polynomial in canonical form, owned by the algebra; operands are never changed, so any of
 * them may be used twice in one call. Shapes must fit (asserted: statements are checked before they come here). Failures: LSA_ERR_MEMORY,
 * and LSA_ERR_UNABLE where a bound of monomial.h or collect.h is passed. */
#ifndef LSAFLOW_SYMBOLIC_POLY_H
#define LSAFLOW_SYMBOLIC_POLY_H

#include "symbolic/collect.h"

enum { LSA_MAX_DIGITS = 2000 }; /* of a coefficient; a double reads 308 of them */

typedef struct lsa_poly_item {
    lsa_rational coefficient; /* never zero */
    int length;
    const int32_t *key;
    lsa_term view;
} lsa_poly_item;

struct lsa_poly {
    lsa_poly *next; /* in the algebra's list */
    lsa_dim rows, cols;
    ptrdiff_t n;
    lsa_poly_item *items;
};

/* The collected terms, sorted: highest degree in the parameters first, then by power of N, then traces, then key. */
lsa_status lsa_poly_from_collector(lsa_algebra *algebra, const lsa_collector *collector, lsa_dim rows, lsa_dim cols,
                                   const lsa_poly **out, lsa_error *err);

/* Adds f to a sum in the making. */
lsa_status lsa_poly_collect(lsa_collector *sum, const lsa_poly *f, lsa_error *err);

/* Term i, ready to be taken apart. */
void lsa_poly_monomial(const lsa_poly *poly, ptrdiff_t i, lsa_monomial *m);

/* The polynomial of one term, c * m. */
lsa_status lsa_poly_monic(lsa_algebra *algebra, lsa_dim rows, lsa_dim cols, const lsa_monomial *m,
                          const lsa_rational *c, const lsa_poly **out, lsa_error *err);
/* The symbol as a value: what it means in this algebra, with its index. */
lsa_status lsa_poly_symbol(lsa_algebra *algebra, int symbol, int index, const lsa_poly **out, lsa_error *err);

/* f + g */
lsa_status lsa_poly_sum(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly *g, const lsa_poly **out,
                        lsa_error *err);
/* (num/den) f */
lsa_status lsa_poly_scale(lsa_algebra *algebra, const lsa_poly *f, int num, int den, const lsa_poly **out,
                          lsa_error *err);
/* f g, the matrix product; a 1 x 1 factor multiplies anything. */
lsa_status lsa_poly_mul(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly *g, const lsa_poly **out,
                        lsa_error *err);
lsa_status lsa_poly_transpose(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly **out, lsa_error *err);
lsa_status lsa_poly_trace(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly **out, lsa_error *err);
/* f^n, n >= 0 for square f; n < 0 only for one term in scalars (LSA_ERR_UNABLE else, LSA_ERR_DOMAIN for zero). */
lsa_status lsa_poly_power(lsa_algebra *algebra, const lsa_poly *f, int n, const lsa_poly **out, lsa_error *err);
/* The open variable `from` (<= -2) of a sum becomes a dummy. */
lsa_status lsa_poly_close_sum(lsa_algebra *algebra, const lsa_poly *f, lsa_family family, int from,
                              const lsa_poly **out, lsa_error *err);

#endif
