/* slow_eval.c - the value of a polynomial, as it is written. */
#include "slow_eval.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DUMMIES = 8 };

/* A small matrix, column-major. */
typedef struct matrix {
    ptrdiff_t rows, cols;
    lsa_slow_real a[LSA_SLOW_SIDE * LSA_SLOW_SIDE];
} matrix;

/* heads[k]: the head of index k, 0-based; heads[0] of the free one. */
typedef struct assignment {
    ptrdiff_t heads[MAX_DUMMIES + 1];
} assignment;

void lsa_slow_init(lsa_slow_values *values, const lsa_algebra *algebra, ptrdiff_t n_dims, const ptrdiff_t *dims,
                   ptrdiff_t heads)
{
    memset(values, 0, sizeof *values);
    values->algebra = algebra;
    values->heads = heads;
    for (ptrdiff_t k = 0; k < n_dims; k++) {
        assert_true(dims[k] <= LSA_SLOW_SIDE);
        values->dims[k] = dims[k];
        values->dim_values[k] = (lsa_slow_real)dims[k];
        if (k > 0)
            lsa_slow_set(values, lsa_algebra_dim_name(algebra, (lsa_dim)k), &values->dim_values[k]);
    }
}

void lsa_slow_set(lsa_slow_values *values, const char *name, const lsa_slow_real *numbers)
{
    for (int id = 0; id < lsa_algebra_symbol_count(values->algebra); id++)
        if (strcmp(lsa_algebra_symbol(values->algebra, id)->name, name) == 0)
            values->values[id] = numbers;
}

static const lsa_slow_real *numbers_of(const lsa_slow_values *values, const assignment *at, int symbol, int index)
{
    const lsa_symbol *s = lsa_algebra_symbol(values->algebra, symbol);
    const lsa_slow_real *numbers = values->values[symbol];
    if (numbers == NULL)
        fail_msg("no value is set for %s", s->name);
    if (s->family != LSA_FAMILY_HEAD)
        return numbers;
    assert_true(index >= 0 && index <= MAX_DUMMIES);
    return numbers + at->heads[index] * values->dims[s->rows] * values->dims[s->cols];
}

/* m = m * letter */
static void multiply(const lsa_slow_values *values, const assignment *at, matrix *m, lsa_letter letter)
{
    const lsa_symbol *s = lsa_algebra_symbol(values->algebra, letter.symbol);
    const lsa_slow_real *numbers = numbers_of(values, at, letter.symbol, letter.index);
    const ptrdiff_t p = values->dims[s->rows], q = values->dims[s->cols];
    const ptrdiff_t rows = letter.transposed ? q : p, cols = letter.transposed ? p : q;
    matrix product = {.rows = m->rows, .cols = cols};
    assert_true(m->cols == rows);
    for (ptrdiff_t j = 0; j < cols; j++)
        for (ptrdiff_t k = 0; k < rows; k++) {
            const lsa_slow_real number = letter.transposed ? numbers[j + k * p] : numbers[k + j * p];
            for (ptrdiff_t i = 0; i < m->rows && number != 0.0; i++)
                product.a[i + j * m->rows] += m->a[i + k * m->rows] * number;
        }
    *m = product;
}

static ptrdiff_t first_dim(const lsa_slow_values *values, lsa_word word)
{
    const lsa_symbol *s = lsa_algebra_symbol(values->algebra, word.letters[0].symbol);
    return values->dims[word.letters[0].transposed ? s->cols : s->rows];
}

/* The product of the letters, `rows` the dimension where the word starts. */
static matrix word_value(const lsa_slow_values *values, const assignment *at, lsa_word word, ptrdiff_t rows)
{
    matrix m = {.rows = rows, .cols = rows};
    for (ptrdiff_t i = 0; i < rows; i++)
        m.a[i + i * rows] = 1.0;
    for (int k = 0; k < word.length; k++)
        multiply(values, at, &m, word.letters[k]);
    return m;
}

static lsa_slow_real coefficient_of(const lsa_term *term)
{
#ifdef LSA_SLOW_EXTENDED
    char *rest;
    const lsa_slow_real numerator = strtold(term->coefficient_text, &rest);
    return *rest == '/' ? numerator / strtold(rest + 1, NULL) : numerator;
#else
    return term->coefficient;
#endif
}

static lsa_slow_real power_of(lsa_slow_real x, int exponent)
{
    lsa_slow_real product = 1.0;
    for (int k = 0; k < abs(exponent); k++)
        product *= x;
    return exponent < 0 ? 1.0 / product : product;
}

static lsa_slow_real scalar_value(const lsa_slow_values *values, const assignment *at, const lsa_term *term)
{
    lsa_slow_real product = coefficient_of(term);
    for (int k = 0; k < term->n_powers; k++) {
        const lsa_power power = term->powers[k];
        product *= power_of(*numbers_of(values, at, power.symbol, power.index), power.exponent);
    }
    for (int k = 0; k < term->n_traces; k++) {
        const matrix m = word_value(values, at, term->traces[k], first_dim(values, term->traces[k]));
        lsa_slow_real trace = 0.0;
        assert_true(m.rows == m.cols);
        for (ptrdiff_t i = 0; i < m.rows; i++)
            trace += m.a[i + i * m.rows];
        product *= trace;
    }
    return product;
}

/* out += the term, summed over dummies from..n_dummies, those before being set. */
static void add_term(const lsa_slow_values *values, const lsa_term *term, assignment *at, int from, ptrdiff_t rows,
                     ptrdiff_t cols, lsa_slow_real *out)
{
    lsa_slow_real scalar = 0.0;
    matrix open;
    if (from <= term->n_dummies) {
        for (ptrdiff_t head = 0; head < values->heads; head++) {
            at->heads[from] = head;
            add_term(values, term, at, from + 1, rows, cols, out);
        }
        return;
    }
    scalar = scalar_value(values, at, term);
    open = word_value(values, at, term->open, rows);
    assert_true(open.rows == rows && open.cols == cols);
    for (ptrdiff_t k = 0; k < rows * cols; k++)
        out[k] += scalar * open.a[k];
}

void lsa_slow_eval(const lsa_slow_values *values, const lsa_poly *poly, ptrdiff_t free_head, lsa_slow_real *out)
{
    const ptrdiff_t rows = values->dims[lsa_poly_rows(poly)], cols = values->dims[lsa_poly_cols(poly)];
    memset(out, 0, (size_t)(rows * cols) * sizeof *out);
    for (ptrdiff_t k = 0; k < lsa_poly_count(poly); k++) {
        const lsa_term term = lsa_poly_term(poly, k);
        assignment at = {.heads = {free_head}};
        assert_int_equal(term.n_samples, 0);
        assert_true(term.n_dummies <= MAX_DUMMIES);
        assert_true(term.has_open == (lsa_poly_rows(poly) != LSA_DIM_ONE || lsa_poly_cols(poly) != LSA_DIM_ONE));
        add_term(values, &term, &at, 1, rows, cols, out);
    }
}

lsa_slow_real lsa_slow_scalar(const lsa_slow_values *values, const lsa_poly *poly)
{
    lsa_slow_real value = 0.0;
    lsa_slow_eval(values, poly, 0, &value);
    return value;
}
