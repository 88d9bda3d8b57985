/* value_data.h - what a value holds: for the files of this room that compute with it. */
#ifndef LSAFLOW_FORMULA_VALUE_DATA_H
#define LSAFLOW_FORMULA_VALUE_DATA_H

#include "formula/value.h"
#include <arb.h>
#include <arb_mat.h>
#include <flint/fmpq.h>
#include <flint/fmpq_mat.h>

typedef enum value_form { VALUE_EXACT, VALUE_BALL, VALUE_TRUTH } value_form;

struct formula_value {
    value_form form;
    ptrdiff_t rows, cols;
    bool estimated;
    double terms; /* largest term of a sum, 0: the value's own size */
    formula_truth truth;
    fmpq_mat_t exact; /* rows x cols */
    arb_mat_t ball;
    formula_value *before;
};

struct formula_pool {
    slong bits;
    size_t count;
    formula_value *last;
};

/* A zero of that form. */
formula_value *value_exact(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols);
formula_value *value_ball(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols);
/* The value as balls: itself where it has them. */
const formula_value *value_as_ball(formula_pool *pool, const formula_value *value);
/* Whether two exact matrices are worth an exact product of that many rows; beyond, and where entries are long, balls serve. */
bool value_stays_exact(const formula_value *value);
/* The value, as balls where its numerators have grown too long. */
formula_value *value_kept_short(formula_pool *pool, formula_value *value);
/* LSA_ERR_UNABLE where an entry became useless. */
lsa_status value_check(const formula_value *value, const char *what, lsa_error *err);
void value_mark(formula_value *out, const formula_value *a, const formula_value *b);
static inline bool value_is_scalar(const formula_value *value)
{
    return value->rows == 1 && value->cols == 1;
}

/* value_axes.c: V of nearly orthonormal columns, without radii, that make the midpoints of A nearly diagonal. */
void value_axes(const arb_mat_t A, arb_mat_t V, slong bits);
void value_drop_radii(arb_mat_t A);
/* value_symmetric.c: x as a symmetric matrix. LSA_ERR_DOMAIN unless it is one, or nearly. */
lsa_status value_require_symmetric(formula_pool *pool, const formula_value **x, lsa_error *err);
bool value_is_diagonal(const formula_value *x); /* exactly */
/* V, and B = V'X V. */
void value_turn_to_axes(formula_pool *pool, const formula_value *ball, arb_mat_t V, arb_mat_t B);
/* The eigenvalues of x from those two, ascending, each enclosed. LSA_ERR_UNABLE where V is no good. */
lsa_status value_enclose(formula_pool *pool, const formula_value *x, const arb_mat_t V, const arb_mat_t B,
                         formula_value **out, lsa_error *err);
/* Eigenvalues of a symmetric matrix, ascending, each enclosed. LSA_ERR_DOMAIN unless it is symmetric. */
lsa_status value_eigenvalues(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err);
lsa_status value_singular_values(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err);
/* value_root.c */
lsa_status value_root(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err);
/* Symmetric: exactly, where exact; by balls that contain each other's mirror images otherwise. */
bool value_is_symmetric(const formula_value *x);
/* value_inertia.c: [positive, negative, zero]. LSA_ERR_UNABLE where a ball contains 0. */
lsa_status value_inertia(formula_pool *pool, const formula_value *x, ptrdiff_t counts[3], lsa_error *err);

/* value_matrix.c */
lsa_status value_inverse(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err);
lsa_status value_pseudo_inverse(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err);
lsa_status value_determinant(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err);
lsa_status value_exponential(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err);
lsa_status value_rank(formula_pool *pool, const formula_value *x, formula_value **out, lsa_error *err);

#endif
