/* value_algebra.c - sums, products, quotients, powers. */
#include "base/try.h"
#include "formula/value_data.h"
#include <math.h>
#include <stdlib.h>

/* Products of larger matrices, and longer numerators, are left to balls. */
enum { EXACT_SIDE = 40, EXACT_BITS = 16384 };

bool value_stays_exact(const formula_value *value)
{
    return value->form == VALUE_EXACT && value->rows <= EXACT_SIDE && value->cols <= EXACT_SIDE;
}

formula_value *value_kept_short(formula_pool *pool, formula_value *value)
{
    if (value->form != VALUE_EXACT)
        return value;
    for (ptrdiff_t i = 0; i < value->rows; i++) {
        for (ptrdiff_t j = 0; j < value->cols; j++) {
            const fmpq *q = fmpq_mat_entry(value->exact, i, j);
            if (fmpz_bits(fmpq_numref(q)) > EXACT_BITS || fmpz_bits(fmpq_denref(q)) > EXACT_BITS) {
                formula_value *out = value_ball(pool, value->rows, value->cols);
                arb_mat_set_fmpq_mat(out->ball, value->exact, pool->bits);
                value_mark(out, value, NULL);
                out->terms = value->terms;
                return out;
            }
        }
    }
    return value;
}

lsa_status value_check(const formula_value *value, const char *what, lsa_error *err)
{
    if (value->form != VALUE_BALL)
        return LSA_OK;
    for (ptrdiff_t i = 0; i < value->rows; i++)
        for (ptrdiff_t j = 0; j < value->cols; j++)
            if (!arb_is_finite(arb_mat_entry(value->ball, i, j)))
                return lsa_error_set(err, LSA_ERR_UNABLE, "%s is not known to any digit", what);
    return LSA_OK;
}

formula_value *formula_add(formula_pool *pool, const formula_value *a, const formula_value *b)
{
    formula_value *out;
    const double terms = fmax(formula_value_scale(a), formula_value_scale(b));
    if (a->form == VALUE_EXACT && b->form == VALUE_EXACT) {
        out = value_exact(pool, a->rows, a->cols);
        fmpq_mat_add(out->exact, a->exact, b->exact);
        out = value_kept_short(pool, out);
    } else {
        const formula_value *x = value_as_ball(pool, a), *y = value_as_ball(pool, b);
        out = value_ball(pool, a->rows, a->cols);
        arb_mat_add(out->ball, x->ball, y->ball, pool->bits);
    }
    value_mark(out, a, b);
    out->terms = terms;
    return out;
}

formula_value *formula_negate(formula_pool *pool, const formula_value *a)
{
    formula_value *out =
        a->form == VALUE_EXACT ? value_exact(pool, a->rows, a->cols) : value_ball(pool, a->rows, a->cols);
    if (a->form == VALUE_EXACT)
        fmpq_mat_neg(out->exact, a->exact);
    else
        arb_mat_neg(out->ball, a->ball);
    value_mark(out, a, NULL);
    out->terms = a->terms;
    return out;
}

static formula_value *scale(formula_pool *pool, const formula_value *c, const formula_value *x)
{
    formula_value *out;
    if (c->form == VALUE_EXACT && x->form == VALUE_EXACT) {
        out = value_exact(pool, x->rows, x->cols);
        fmpq_mat_scalar_mul_fmpq(out->exact, x->exact, fmpq_mat_entry(c->exact, 0, 0));
        out = value_kept_short(pool, out);
    } else {
        const formula_value *number = value_as_ball(pool, c), *matrix = value_as_ball(pool, x);
        out = value_ball(pool, x->rows, x->cols);
        arb_mat_scalar_mul_arb(out->ball, matrix->ball, arb_mat_entry(number->ball, 0, 0), pool->bits);
    }
    value_mark(out, c, x);
    return out;
}

formula_value *formula_multiply(formula_pool *pool, const formula_value *a, const formula_value *b)
{
    formula_value *out;
    if (value_is_scalar(a))
        return scale(pool, a, b);
    if (value_is_scalar(b))
        return scale(pool, b, a);
    if (value_stays_exact(a) && value_stays_exact(b)) {
        out = value_exact(pool, a->rows, b->cols);
        fmpq_mat_mul(out->exact, a->exact, b->exact);
        out = value_kept_short(pool, out);
    } else {
        const formula_value *x = value_as_ball(pool, a), *y = value_as_ball(pool, b);
        out = value_ball(pool, a->rows, b->cols);
        arb_mat_mul(out->ball, x->ball, y->ball, pool->bits);
    }
    value_mark(out, a, b);
    return out;
}

formula_value *formula_transpose(formula_pool *pool, const formula_value *a)
{
    formula_value *out =
        a->form == VALUE_EXACT ? value_exact(pool, a->cols, a->rows) : value_ball(pool, a->cols, a->rows);
    if (a->form == VALUE_EXACT)
        fmpq_mat_transpose(out->exact, a->exact);
    else
        arb_mat_transpose(out->ball, a->ball);
    value_mark(out, a, NULL);
    return out;
}

lsa_status formula_divide(formula_pool *pool, const formula_value *a, const formula_value *b, formula_value **out,
                          lsa_error *err)
{
    if (formula_value_is_zero(b))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "a division by 0");
    if (a->form == VALUE_EXACT && b->form == VALUE_EXACT) {
        fmpq_t inverse;
        fmpq_init(inverse);
        fmpq_inv(inverse, fmpq_mat_entry(b->exact, 0, 0));
        *out = value_exact(pool, a->rows, a->cols);
        fmpq_mat_scalar_mul_fmpq((*out)->exact, a->exact, inverse);
        fmpq_clear(inverse);
        *out = value_kept_short(pool, *out);
    } else {
        const formula_value *x = value_as_ball(pool, a), *y = value_as_ball(pool, b);
        if (arb_contains_zero(arb_mat_entry(y->ball, 0, 0)))
            return lsa_error_set(err, LSA_ERR_UNABLE, "a division by a number that may be 0: %.3g to within %.2g",
                                 formula_value_double(b, 0, 0), formula_value_radius(b, 0, 0));
        *out = value_ball(pool, a->rows, a->cols);
        arb_mat_scalar_div_arb((*out)->ball, x->ball, arb_mat_entry(y->ball, 0, 0), pool->bits);
    }
    value_mark(*out, a, b);
    return LSA_OK;
}

/* A scalar to an integer power >= 0. */
static formula_value *scalar_power(formula_pool *pool, const formula_value *a, ulong p)
{
    formula_value *out;
    if (a->form == VALUE_EXACT) {
        const fmpq *q = fmpq_mat_entry(a->exact, 0, 0);
        const double bits = (double)p * fmax((double)fmpz_bits(fmpq_numref(q)), (double)fmpz_bits(fmpq_denref(q)));
        if (bits <= 4.0 * EXACT_BITS) {
            out = value_exact(pool, 1, 1);
            fmpq_pow_si(fmpq_mat_entry(out->exact, 0, 0), q, (slong)p);
            value_mark(out, a, NULL);
            return value_kept_short(pool, out);
        }
    }
    const formula_value *x = value_as_ball(pool, a);
    out = value_ball(pool, 1, 1);
    arb_pow_ui(arb_mat_entry(out->ball, 0, 0), arb_mat_entry(x->ball, 0, 0), p, pool->bits);
    value_mark(out, a, NULL);
    return out;
}

/* Whether the exact a is q-th power of a rational, which *out then is. */
static bool exact_root(const fmpq *a, ulong q, fmpq_t out)
{
    return fmpz_root(fmpq_numref(out), fmpq_numref(a), (slong)q) &&
           fmpz_root(fmpq_denref(out), fmpq_denref(a), (slong)q);
}

/* a^(1/q), a >= 0. */
static lsa_status scalar_root(formula_pool *pool, const formula_value *a, ulong q, formula_value **out, lsa_error *err)
{
    if (a->form == VALUE_EXACT) {
        const fmpq *x = fmpq_mat_entry(a->exact, 0, 0);
        if (fmpq_sgn(x) < 0)
            return lsa_error_set(err, LSA_ERR_DOMAIN, "the root of a negative number, %.6g",
                                 formula_value_double(a, 0, 0));
        *out = value_exact(pool, 1, 1);
        value_mark(*out, a, NULL);
        if (exact_root(x, q, fmpq_mat_entry((*out)->exact, 0, 0)))
            return LSA_OK;
    }
    const formula_value *ball = value_as_ball(pool, a);
    arb_srcptr x = arb_mat_entry(ball->ball, 0, 0);
    if (arb_is_negative(x))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the root of a negative number, %.6g", formula_value_double(a, 0, 0));
    *out = value_ball(pool, 1, 1);
    value_mark(*out, a, NULL);
    arb_ptr root = arb_mat_entry((*out)->ball, 0, 0);
    if (arb_is_nonnegative(x)) {
        arb_root_ui(root, x, q, pool->bits);
    } else { /* it reaches below 0 by its error alone: the root is from 0 to that of its upper end */
        arf_t upper;
        arb_t top;
        arf_init(upper);
        arb_init(top);
        arb_get_ubound_arf(upper, x, pool->bits);
        arb_set_arf(top, upper);
        arb_root_ui(top, top, q, pool->bits);
        arb_get_ubound_arf(upper, top, pool->bits);
        arb_zero(root);
        arb_set_arf(top, upper);
        arb_union(root, root, top, pool->bits);
        arf_clear(upper);
        arb_clear(top);
    }
    return value_check(*out, "a root", err);
}

static lsa_status matrix_power(formula_pool *pool, const formula_value *a, int p, formula_value **out, lsa_error *err)
{
    const formula_value *base = a;
    if (p < 0) {
        formula_value *inverse;
        const lsa_status status = value_inverse(pool, a, &inverse, err);
        if (status != LSA_OK)
            return status;
        base = inverse;
    }
    formula_value *power = formula_value_identity(pool, a->rows);
    for (int left = abs(p); left > 0; left /= 2) {
        if (left % 2 == 1)
            power = formula_multiply(pool, power, base);
        if (left > 1)
            base = formula_multiply(pool, base, base);
    }
    value_mark(power, a, NULL);
    *out = power;
    return value_check(power, "a power", err);
}

lsa_status formula_power(formula_pool *pool, const formula_value *a, int p, int q, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *base = NULL;
    if (!value_is_scalar(a))
        return matrix_power(pool, a, p, out, err);
    if (q != 1) {
        status = scalar_root(pool, a, (ulong)q, &base, err);
        if (status != LSA_OK)
            return status;
        a = base;
    }
    *out = scalar_power(pool, a, (ulong)abs(p));
    if (p < 0)
        status = formula_divide(pool, formula_value_integer(pool, 1), *out, out, err);
    return status == LSA_OK ? value_check(*out, "a power", err) : status;
}
