/* polynomial.h - a derived polynomial at values of its symbols, exactly where they are. */
#ifndef LSAFLOW_FORMULA_POLYNOMIAL_H
#define LSAFLOW_FORMULA_POLYNOMIAL_H

#include "formula/value.h"
#include "lsaflow/poly.h"

/* Who knows the symbols: by id and, of a family, head (from 0; -1: no family). Errors are handed on. */
typedef struct formula_numbers {
    void *context;
    lsa_status (*symbol)(void *context, int symbol, ptrdiff_t head, const formula_value **out, lsa_error *err);
    ptrdiff_t heads;
    ptrdiff_t rows, cols; /* of the polynomial's values */
    ptrdiff_t free_head;  /* of a derivative by one head's parameter, from 0 */
} formula_numbers;

/* LSA_ERR_DOMAIN for a division by 0. */
lsa_status formula_polynomial(formula_pool *pool, const lsa_poly *poly, const formula_numbers *numbers,
                              formula_value **out, lsa_error *err);

#endif
