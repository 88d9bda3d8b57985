/* value.c - values in their pool: made, looked at, compared. */
#include "base/streams.h"
#include "base/text.h"
#include "formula/value_data.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A decimal of at most this many digits is one that somebody wrote; a double that needs more came out of a computation. */
enum { WRITTEN_DIGITS = 15 };

formula_pool *formula_pool_create(long bits)
{
    formula_pool *pool = calloc(1, sizeof *pool);
    if (pool != NULL)
        pool->bits = bits;
    return pool;
}

static void drop_last(formula_pool *pool)
{
    formula_value *value = pool->last;
    pool->last = value->before;
    pool->count--;
    if (value->form == VALUE_EXACT)
        fmpq_mat_clear(value->exact);
    if (value->form == VALUE_BALL)
        arb_mat_clear(value->ball);
    flint_free(value);
}

void formula_pool_release(formula_pool *pool, size_t mark)
{
    while (pool->count > mark)
        drop_last(pool);
}

void formula_pool_destroy(formula_pool *pool)
{
    if (pool == NULL)
        return;
    formula_pool_release(pool, 0);
    free(pool);
}

long formula_pool_bits(const formula_pool *pool)
{
    return pool->bits;
}

size_t formula_pool_mark(const formula_pool *pool)
{
    return pool->count;
}

static formula_value *make(formula_pool *pool, value_form form, ptrdiff_t rows, ptrdiff_t cols)
{
    formula_value *value = flint_calloc(1, sizeof *value);
    value->form = form;
    value->rows = rows;
    value->cols = cols;
    value->before = pool->last;
    pool->last = value;
    pool->count++;
    if (form == VALUE_EXACT)
        fmpq_mat_init(value->exact, rows, cols);
    if (form == VALUE_BALL)
        arb_mat_init(value->ball, rows, cols);
    return value;
}

formula_value *value_exact(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols)
{
    return make(pool, VALUE_EXACT, rows, cols);
}

formula_value *value_ball(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols)
{
    return make(pool, VALUE_BALL, rows, cols);
}

void value_mark(formula_value *out, const formula_value *a, const formula_value *b)
{
    out->estimated = a->estimated || (b != NULL && b->estimated);
}

const formula_value *value_as_ball(formula_pool *pool, const formula_value *value)
{
    if (value->form != VALUE_EXACT)
        return value;
    formula_value *out = value_ball(pool, value->rows, value->cols);
    arb_mat_set_fmpq_mat(out->ball, value->exact, pool->bits);
    value_mark(out, value, NULL);
    out->terms = value->terms;
    return out;
}

/* ---------------------------------------------------------------- making */

/* digits [. digits] [e exponent], checked before. */
static void set_decimal(fmpq_t out, const char *text)
{
    fmpz_t ten;
    long exponent = 0;
    fmpq_zero(out);
    const bool negative = *text == '-';
    text += negative;
    bool fraction = false;
    for (; *text != '\0' && *text != 'e' && *text != 'E'; text++) {
        if (*text == '.') {
            fraction = true;
            continue;
        }
        fmpz_mul_ui(fmpq_numref(out), fmpq_numref(out), 10);
        fmpz_add_ui(fmpq_numref(out), fmpq_numref(out), (ulong)(*text - '0'));
        exponent -= fraction;
    }
    if (*text != '\0')
        exponent += strtol(text + 1, NULL, 10);
    fmpz_init_set_ui(ten, 10);
    fmpz_pow_ui(ten, ten, (ulong)labs(exponent));
    fmpz_one(fmpq_denref(out));
    if (exponent >= 0)
        fmpz_mul(fmpq_numref(out), fmpq_numref(out), ten);
    else
        fmpz_set(fmpq_denref(out), ten);
    fmpq_canonicalise(out);
    if (negative)
        fmpq_neg(out, out);
    fmpz_clear(ten);
}

formula_value *formula_value_decimal(formula_pool *pool, const char *text)
{
    formula_value *out = value_exact(pool, 1, 1);
    set_decimal(fmpq_mat_entry(out->exact, 0, 0), text);
    return out;
}

formula_value *formula_value_integer(formula_pool *pool, long n)
{
    formula_value *out = value_exact(pool, 1, 1);
    fmpq_set_si(fmpq_mat_entry(out->exact, 0, 0), n, 1);
    return out;
}

/* m 2^e, exactly. */
static void set_dyadic(fmpq_t out, double x)
{
    int exponent = 0;
    const double mantissa = ldexp(frexp(x, &exponent), 53);
    exponent -= 53;
    fmpq_set_si(out, (slong)mantissa, 1);
    if (exponent >= 0)
        fmpq_mul_2exp(out, out, (flint_bitcnt_t)exponent);
    else
        fmpq_div_2exp(out, out, (flint_bitcnt_t)-exponent);
}

static void set_written(fmpq_t out, double x)
{
    char text[32];
    int digits = 0;
    lsa_text_number(x, text);
    for (const char *at = text; *at != '\0' && *at != 'e'; at++)
        digits += *at >= '0' && *at <= '9' && (digits > 0 || *at != '0');
    if (digits <= WRITTEN_DIGITS)
        set_decimal(out, text);
    else
        set_dyadic(out, x);
}

formula_value *formula_value_written(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x)
{
    formula_value *out = value_exact(pool, rows, cols);
    for (ptrdiff_t j = 0; j < cols; j++)
        for (ptrdiff_t i = 0; i < rows; i++)
            set_written(fmpq_mat_entry(out->exact, i, j), x[i + j * rows]);
    return out;
}

static formula_value *near(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x, const double *error,
                           ptrdiff_t step)
{
    formula_value *out = value_ball(pool, rows, cols);
    out->estimated = true;
    for (ptrdiff_t j = 0; j < cols; j++) {
        for (ptrdiff_t i = 0; i < rows; i++) {
            arb_set_d(arb_mat_entry(out->ball, i, j), x[i + j * rows]);
            if (error[step * (i + j * rows)] > 0.0)
                mag_set_d(arb_radref(arb_mat_entry(out->ball, i, j)), error[step * (i + j * rows)]);
        }
    }
    return out;
}

formula_value *formula_value_near(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x, double error)
{
    return near(pool, rows, cols, x, &error, 0);
}

formula_value *formula_value_within(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x,
                                    const double *error)
{
    return near(pool, rows, cols, x, error, 1);
}

formula_value *formula_value_computed(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, const double *x)
{
    return formula_value_near(pool, rows, cols, x, 0.0);
}

formula_value *formula_value_identity(formula_pool *pool, ptrdiff_t d)
{
    formula_value *out = value_exact(pool, d, d);
    fmpq_mat_one(out->exact);
    return out;
}

formula_value *formula_value_stack(formula_pool *pool, int n, const formula_value *const *parts)
{
    const ptrdiff_t cols = value_is_scalar(parts[0]) ? 1 : parts[0]->rows;
    bool exact = true;
    for (int k = 0; k < n; k++)
        exact = exact && parts[k]->form == VALUE_EXACT;
    formula_value *out = exact ? value_exact(pool, n, cols) : value_ball(pool, n, cols);
    for (int k = 0; k < n; k++) {
        const formula_value *part = exact ? parts[k] : value_as_ball(pool, parts[k]);
        out->estimated = out->estimated || part->estimated;
        for (ptrdiff_t j = 0; j < cols; j++) {
            if (exact)
                fmpq_set(fmpq_mat_entry(out->exact, k, j), fmpq_mat_entry(part->exact, j, 0));
            else
                arb_set(arb_mat_entry(out->ball, k, j), arb_mat_entry(part->ball, j, 0));
        }
    }
    return out;
}

formula_value *formula_value_truth(formula_pool *pool, formula_truth truth)
{
    formula_value *out = make(pool, VALUE_TRUTH, 1, 1);
    out->truth = truth;
    return out;
}

formula_value *formula_value_part(formula_pool *pool, const formula_value *from, ptrdiff_t offset, ptrdiff_t rows,
                                  ptrdiff_t cols)
{
    const bool exact = from->form == VALUE_EXACT;
    formula_value *out = exact ? value_exact(pool, rows, cols) : value_ball(pool, rows, cols);
    value_mark(out, from, NULL);
    for (ptrdiff_t k = 0; k < rows * cols; k++) {
        const ptrdiff_t at = offset + k;
        if (exact)
            fmpq_set(fmpq_mat_entry(out->exact, k % rows, k / rows),
                     fmpq_mat_entry(from->exact, at % from->rows, at / from->rows));
        else
            arb_set(arb_mat_entry(out->ball, k % rows, k / rows),
                    arb_mat_entry(from->ball, at % from->rows, at / from->rows));
    }
    return out;
}

formula_value *formula_value_join(formula_pool *pool, int n, const formula_value *const *blocks)
{
    ptrdiff_t size = 0, at = 0;
    bool exact = true;
    for (int k = 0; k < n; k++) {
        size += blocks[k]->rows * blocks[k]->cols;
        exact = exact && blocks[k]->form == VALUE_EXACT;
    }
    formula_value *out = exact ? value_exact(pool, size, 1) : value_ball(pool, size, 1);
    for (int k = 0; k < n; k++) {
        const formula_value *block = exact ? blocks[k] : value_as_ball(pool, blocks[k]);
        out->estimated = out->estimated || block->estimated;
        for (ptrdiff_t e = 0; e < block->rows * block->cols; e++, at++) {
            if (exact)
                fmpq_set(fmpq_mat_entry(out->exact, at, 0),
                         fmpq_mat_entry(block->exact, e % block->rows, e / block->rows));
            else
                arb_set(arb_mat_entry(out->ball, at, 0), arb_mat_entry(block->ball, e % block->rows, e / block->rows));
        }
    }
    return out;
}

formula_value *formula_value_random(formula_pool *pool, ptrdiff_t rows, ptrdiff_t cols, bool symmetric, uint64_t seed)
{
    static const double size = 1073741824.0; /* 2^30: a wrong identity of degree 40 passes once in 10^8 points */
    formula_value *out = value_exact(pool, rows, cols);
    for (ptrdiff_t j = 0; j < cols; j++) {
        for (ptrdiff_t i = 0; i < rows; i++) {
            lsa_rng rng = lsa_stream_at(seed, LSA_STREAM_FORMULA, (uint64_t)(i + j * rows));
            double u = 0.0;
            lsa_rng_uniforms(&rng, 1, &u);
            fmpq_set_si(fmpq_mat_entry(out->exact, i, j), (slong)((2.0 * u - 1.0) * size), 1);
        }
    }
    for (ptrdiff_t j = 0; symmetric && j < cols; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            fmpq_set(fmpq_mat_entry(out->exact, i, j), fmpq_mat_entry(out->exact, j, i));
    return out;
}

const formula_value *formula_value_widened(formula_pool *pool, const formula_value *value, const formula_value *other)
{
    if (value->form == VALUE_TRUTH || (value->form == VALUE_EXACT && other->form == VALUE_EXACT))
        return value;
    const formula_value *a = value_as_ball(pool, value), *b = value_as_ball(pool, other);
    formula_value *out = value_ball(pool, value->rows, value->cols);
    arb_t apart;
    mag_t distance;
    arb_init(apart);
    mag_init(distance);
    for (ptrdiff_t i = 0; i < value->rows; i++) {
        for (ptrdiff_t j = 0; j < value->cols; j++) {
            arb_ptr wide = arb_mat_entry(out->ball, i, j);
            arb_set(wide, arb_mat_entry(a->ball, i, j));
            arb_sub_arf(apart, arb_mat_entry(b->ball, i, j), arb_midref(wide), pool->bits);
            arb_get_mag(distance, apart);
            mag_max(arb_radref(wide), arb_radref(wide), distance);
        }
    }
    mag_clear(distance);
    arb_clear(apart);
    value_mark(out, value, other);
    out->terms = value->terms;
    return out;
}

/* ---------------------------------------------------------------- looking */

ptrdiff_t formula_value_rows(const formula_value *value)
{
    return value->rows;
}

ptrdiff_t formula_value_cols(const formula_value *value)
{
    return value->cols;
}

bool formula_value_is_exact(const formula_value *value)
{
    return value->form == VALUE_EXACT;
}

bool formula_value_is_truth(const formula_value *value)
{
    return value->form == VALUE_TRUTH;
}

bool formula_value_is_estimated(const formula_value *value)
{
    return value->estimated;
}

void formula_value_estimate(formula_value *value)
{
    value->estimated = true;
}

formula_truth formula_value_is_true(const formula_value *value)
{
    return value->truth;
}

double formula_value_double(const formula_value *value, ptrdiff_t i, ptrdiff_t j)
{
    if (value->form == VALUE_BALL)
        return arf_get_d(arb_midref(arb_mat_entry(value->ball, i, j)), ARF_RND_NEAR);
    arf_t x;
    arf_init(x);
    arf_set_fmpq(x, fmpq_mat_entry(value->exact, i, j), 53, ARF_RND_NEAR);
    const double out = arf_get_d(x, ARF_RND_NEAR);
    arf_clear(x);
    return out;
}

double formula_value_radius(const formula_value *value, ptrdiff_t i, ptrdiff_t j)
{
    return value->form == VALUE_BALL ? mag_get_d(arb_radref(arb_mat_entry(value->ball, i, j))) : 0.0;
}

void formula_value_set_scale(formula_value *value, double scale)
{
    value->terms = scale;
}

double formula_value_scale(const formula_value *value)
{
    double scale = value->terms;
    for (ptrdiff_t j = 0; j < value->cols; j++)
        for (ptrdiff_t i = 0; i < value->rows; i++)
            scale = fmax(scale, fabs(formula_value_double(value, i, j)));
    return scale;
}

lsa_status formula_value_long(const formula_value *value, long *out, lsa_error *err)
{
    fmpz_t n;
    bool known = false;
    fmpz_init(n);
    if (value->form == VALUE_EXACT && fmpz_is_one(fmpq_denref(fmpq_mat_entry(value->exact, 0, 0)))) {
        fmpz_set(n, fmpq_numref(fmpq_mat_entry(value->exact, 0, 0)));
        known = true;
    } else if (value->form == VALUE_BALL) {
        known = arb_get_unique_fmpz(n, arb_mat_entry(value->ball, 0, 0)) != 0;
    }
    known = known && fmpz_abs_fits_ui(n) && fmpz_cmp_si(n, 1000000000) <= 0 && fmpz_cmp_si(n, -1000000000) >= 0;
    *out = known ? fmpz_get_si(n) : 0;
    fmpz_clear(n);
    if (!known)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "%.17g is no integer", formula_value_double(value, 0, 0));
    return LSA_OK;
}

void formula_value_text(const formula_value *value, ptrdiff_t i, ptrdiff_t j, char *buffer, size_t size)
{
    enum { SHORT = 60 };
    if (value->form == VALUE_EXACT) {
        const fmpq *q = fmpq_mat_entry(value->exact, i, j);
        if (fmpz_sizeinbase(fmpq_numref(q), 10) + fmpz_sizeinbase(fmpq_denref(q), 10) < SHORT && SHORT < size) {
            fmpq_get_str(buffer, 10, q);
            return;
        }
    }
    snprintf(buffer, size, "%.17g", formula_value_double(value, i, j));
}

bool formula_value_is_zero(const formula_value *value)
{
    return value->form == VALUE_EXACT ? fmpq_mat_is_zero(value->exact) != 0 : arb_mat_is_zero(value->ball) != 0;
}

formula_difference formula_value_compare(const formula_pool *pool, const formula_value *a, const formula_value *b,
                                         ptrdiff_t i, ptrdiff_t j)
{
    formula_difference out = {0};
    arb_t x, y;
    arb_init(x);
    arb_init(y);
    if (a->form == VALUE_EXACT && b->form == VALUE_EXACT) {
        fmpq_t q;
        fmpq_init(q);
        fmpq_sub(q, fmpq_mat_entry(a->exact, i, j), fmpq_mat_entry(b->exact, i, j));
        out.equal = fmpq_is_zero(q) != 0;
        out.apart = !out.equal;
        out.sign = fmpq_sgn(q);
        arb_set_fmpq(x, q, pool->bits);
        out.value = arf_get_d(arb_midref(x), ARF_RND_NEAR);
        fmpq_clear(q);
    } else {
        if (a->form == VALUE_EXACT)
            arb_set_fmpq(x, fmpq_mat_entry(a->exact, i, j), pool->bits);
        else
            arb_set(x, arb_mat_entry(a->ball, i, j));
        if (b->form == VALUE_EXACT)
            arb_set_fmpq(y, fmpq_mat_entry(b->exact, i, j), pool->bits);
        else
            arb_set(y, arb_mat_entry(b->ball, i, j));
        arb_sub(x, x, y, pool->bits);
        out.apart = !arb_contains_zero(x);
        out.equal = arb_is_zero(x) != 0;
        out.sign = arb_is_positive(x) ? 1 : arb_is_negative(x) ? -1 : 0;
        out.value = arf_get_d(arb_midref(x), ARF_RND_NEAR);
        out.error = mag_get_d(arb_radref(x));
    }
    arb_clear(x);
    arb_clear(y);
    return out;
}
