/* constant.h - a constant matrix kept as what it is: a multiple of the identity, a diagonal, or a full array.
 *
 * Sums and products keep the narrowest kind, so constants that are functions of one diagonal cost O(d) memory. Values
 * are immutable and share their arrays; all memory is the arena's. Every function fails with LSA_ERR_MEMORY only. */
#ifndef LSAFLOW_COMPILE_CONSTANT_H
#define LSAFLOW_COMPILE_CONSTANT_H

#include "lsaflow/arena.h"
#include "lsaflow/status.h"

#include <stddef.h>

typedef enum lsa_value_kind { LSA_VALUE_SCALAR, LSA_VALUE_DIAGONAL, LSA_VALUE_DENSE } lsa_value_kind;

typedef struct lsa_value {
    lsa_value_kind kind;
    ptrdiff_t rows, cols; /* equal unless DENSE                                         */
    double scalar;        /* SCALAR: scalar * I                                         */
    const double *data;   /* DIAGONAL: `rows` numbers; DENSE: rows x cols, column-major */
} lsa_value;

lsa_value lsa_value_scalar(ptrdiff_t n, double c);
/* The array as it is. */
lsa_value lsa_value_dense(ptrdiff_t rows, ptrdiff_t cols, const double *data);
/* Diagonal of n numbers, a scalar when all are equal. */
lsa_value lsa_value_diagonal(ptrdiff_t n, const double *data);
/* The array as the narrowest kind that its zeros and equal entries show exactly; copies the diagonal. */
lsa_status lsa_value_narrow(lsa_arena *arena, ptrdiff_t rows, ptrdiff_t cols, const double *data, lsa_value *out,
                            lsa_error *err);

/* out = a b; out = a'; out = wa a + wb b; out = P' a Q (P, Q square or NULL for the identity). */
lsa_status lsa_value_product(lsa_arena *arena, const lsa_value *a, const lsa_value *b, lsa_value *out, lsa_error *err);
lsa_status lsa_value_transpose(lsa_arena *arena, const lsa_value *a, lsa_value *out, lsa_error *err);
lsa_status lsa_value_add(lsa_arena *arena, double wa, const lsa_value *a, double wb, const lsa_value *b, lsa_value *out,
                         lsa_error *err);
lsa_status lsa_value_rotate(lsa_arena *arena, const double *P, const lsa_value *a, const double *Q, lsa_value *out,
                            lsa_error *err);
/* (a + a')/2 for a square value: exactly symmetric. */
lsa_status lsa_value_symmetrise(lsa_arena *arena, const lsa_value *a, lsa_value *out, lsa_error *err);

double lsa_value_trace(const lsa_value *a);
double lsa_value_entry(const lsa_value *a, ptrdiff_t i, ptrdiff_t j);

#endif
