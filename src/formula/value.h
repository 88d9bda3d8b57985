/* value.h - what a formula comes to: a matrix of exact rationals, or of balls that enclose its entries; or whether a condition is
 * true. FLINT and arb are behind it.
 *
 * Values live in a pool, which has the precision in bits of the balls made in it. An operation takes finished values and makes
 * a new one; where the quantity does not exist (a singular inverse, the root of a negative number, balls that became useless)
 * it fails with LSA_ERR_DOMAIN, or with LSA_ERR_UNABLE where more bits may help: never is there a NaN. */
#ifndef LSAFLOW_FORMULA_VALUE_H
#define LSAFLOW_FORMULA_VALUE_H

#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct formula_value formula_value;
typedef struct formula_pool formula_pool;

enum { FORMULA_BITS_FIRST = 128, FORMULA_BITS_MOST = 1024 };

formula_pool *formula_pool_create(long bits); /* NULL: memory */
void formula_pool_destroy(formula_pool *pool);
long formula_pool_bits(const formula_pool *pool);
/* Values are made until `mark` values are there again. */
size_t formula_pool_mark(const formula_pool *pool);
void formula_pool_release(formula_pool *pool, size_t mark);

typedef enum formula_truth { FORMULA_FALSE, FORMULA_TRUE, FORMULA_UNKNOWN } formula_truth;

/* ---- making values; NULL never: memory of FLINT is not for the caller to look after ---- */
/* The exact decimal of a literal. */
formula_value *formula_value_decimal(formula_pool *pool, const char *text);
formula_value *formula_value_integer(formula_pool *pool, long n);
/* The first value, its entries wide enough to hold those of the second; a truth is itself. */
const formula_value *formula_value_widened(formula_pool *pool, const formula_value *value, const formula_value *other);
/* A number of a model file: the decimal that it was written as where it has at most 15 digits, else the dyadic that it became;
 * column-major. */
formula_value *formula_value_written(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x);
/* Numbers of a computation, as they are, column-major; the value counts as estimated. */
formula_value *formula_value_computed(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x);
/* The same, each known to within its error only (error NULL: 0), so that balls carry it. */
formula_value *formula_value_near(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x, double error);
/* The same with an error for every entry. */
formula_value *formula_value_within(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x,
                                    const double *error);
formula_value *formula_value_identity(formula_pool *pool, ptrdiff_t d);
/* Rows of a matrix from n values that are scalars, or rows of one length. */
formula_value *formula_value_stack(formula_pool *pool, int n, const formula_value *const *parts);
formula_value *formula_value_truth(formula_pool *pool, formula_truth truth);
/* n numbers of `from`, beginning at number `offset` of it counted by columns, as a rows x cols matrix. */
formula_value *formula_value_part(formula_pool *pool, const formula_value *from, ptrdiff_t offset, ptrdiff_t rows,
                                  ptrdiff_t cols);
/* Blocks one after the other, each by columns, as one column. */
formula_value *formula_value_join(formula_pool *pool, int n, const formula_value *const *blocks);
/* An integer from -size to size, or a symmetric or general matrix of such, drawn from the seed: for identities. */
formula_value *formula_value_random(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, bool symmetric, uint64_t seed);

/* ---- looking at them ---- */
ptrdiff_t formula_value_rows(const formula_value *value);
ptrdiff_t formula_value_cols(const formula_value *value);
bool formula_value_is_exact(const formula_value *value);
bool formula_value_is_truth(const formula_value *value);
bool formula_value_is_estimated(const formula_value *value);
void formula_value_estimate(formula_value *value); /* it counts as estimated from now on */
/* The largest term before they cancelled, at least the value's own size. */
double formula_value_scale(const formula_value *value);
void formula_value_set_scale(formula_value *value, double scale);
formula_truth formula_value_is_true(const formula_value *value);
/* The nearest double of an entry, from 0; and how far it may be off: 0 of an exact one. */
double formula_value_double(const formula_value *value, ptrdiff_t i, ptrdiff_t j);
double formula_value_radius(const formula_value *value, ptrdiff_t i, ptrdiff_t j);
/* The integer that a scalar is. LSA_ERR_DOMAIN where it is none. */
lsa_status formula_value_long(const formula_value *value, long *out, lsa_error *err);
/* "2318877/4143710" of an exact entry, digits with the error of another one. */
void formula_value_text(const formula_value *value, ptrdiff_t i, ptrdiff_t j, char *buffer, size_t size);
bool formula_value_is_zero(const formula_value *value); /* exactly */
/* a_ij - b_ij, and how exactly that is known, as doubles; `apart`: certainly not equal; `equal`: certainly equal. */
typedef struct formula_difference {
    double value, error;
    bool equal, apart;
    int sign; /* of a - b where it is certain, else 0 */
} formula_difference;
formula_difference formula_value_compare(const formula_pool *pool, const formula_value *a, const formula_value *b,
                                         ptrdiff_t i, ptrdiff_t j);

/* ---- algebra ---- */
formula_value *formula_add(formula_pool *pool, const formula_value *a, const formula_value *b);
formula_value *formula_negate(formula_pool *pool, const formula_value *a);
/* Product of matrices, or of a scalar and a matrix. */
formula_value *formula_multiply(formula_pool *pool, const formula_value *a, const formula_value *b);
formula_value *formula_transpose(formula_pool *pool, const formula_value *a);
lsa_status formula_divide(formula_pool *pool, const formula_value *a, const formula_value *b, formula_value **out,
                          lsa_error *err);
/* a^(p/q): q = 1 where a is a matrix. */
lsa_status formula_power(formula_pool *pool, const formula_value *a, int p, int q, formula_value **out, lsa_error *err);

/* ---- functions of values, by their id of the table ---- */
lsa_status formula_apply(formula_pool *pool, int function, int n, const formula_value *const *arguments, ptrdiff_t d,
                         formula_value **out, lsa_error *err);
/* f ~ coefficient x^order where x goes to infinity or to 0; zero: f = 0. */
typedef struct formula_end {
    bool zero;
    int order;
    formula_value *coefficient;
} formula_end;
/* Of an entry (counted by columns) of a rational function with degrees p and q at most above and below, from its exact values y
 * at n >= p + q + 2 integers x. LSA_ERR_UNABLE where it is none. */
lsa_status formula_rational_end(formula_pool *pool, int n, const long *x, const formula_value *const *y,
                                ptrdiff_t entry, int p, int q, bool infinite, formula_end *out, lsa_error *err);
/* norm(x)^2, exactly where x is. */
formula_value *formula_norm_square(formula_pool *pool, const formula_value *x);

#endif
