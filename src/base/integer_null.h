/* integer_null.h - the null space of a small matrix, as integer vectors. */
#ifndef LSAFLOW_BASE_INTEGER_NULL_H
#define LSAFLOW_BASE_INTEGER_NULL_H

#include <stddef.h>

/* A basis of the x with A x = 0, one vector for each free column of the reduced echelon form of A (rows x cols, column-major,
 * overwritten), multiplied by the least integer up to `largest` that makes it integral, its first entry positive; vectors that none
 * makes so are left out. Pivots below 1e-9 are 0: entries of A are of order 1. pivot: room for cols; out: cols x cols, a vector a
 * column. Returns their number. Cost: rows cols^2. */
ptrdiff_t lsa_integer_null(ptrdiff_t rows, ptrdiff_t cols, double *A, int largest, ptrdiff_t *pivot, double *out);

#endif
