/* polynomial.c - sums over heads, words as products, traces: the polynomial as it is written. */
#include "formula/polynomial.h"
#include "base/try.h"
#include "formula/functions.h"
#include <stdlib.h>
#include <string.h>

enum { MOST_DUMMIES = 16 };

typedef struct assignment {
    const formula_numbers *numbers;
    formula_pool *pool;
    ptrdiff_t heads[MOST_DUMMIES]; /* of dummy index k + 1 */
} assignment;

static ptrdiff_t head_of(const assignment *at, int index)
{
    return index == LSA_INDEX_NONE ? -1 : index == LSA_INDEX_FREE ? at->numbers->free_head : at->heads[index - 1];
}

static lsa_status word(const assignment *at, const lsa_word *w, ptrdiff_t empty, const formula_value **out,
                       lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *letter;
    *out = NULL;
    for (int k = 0; k < w->length; k++) {
        LSA_TRY(at->numbers->symbol(at->numbers->context, w->letters[k].symbol, head_of(at, w->letters[k].index),
                                    &letter, err));
        if (w->letters[k].transposed)
            letter = formula_transpose(at->pool, letter);
        *out = *out == NULL ? letter : formula_multiply(at->pool, *out, letter);
    }
    if (*out == NULL)
        *out = formula_value_identity(at->pool, empty);
done:
    return status;
}

/* "-1/2" */
static formula_value *coefficient(formula_pool *pool, const char *text)
{
    formula_value *quotient;
    const char *slash = strchr(text, '/');
    char above[512];
    const size_t length = slash == NULL ? strlen(text) : (size_t)(slash - text);
    if (length >= sizeof above)
        return NULL;
    memcpy(above, text, length);
    above[length] = '\0';
    formula_value *out = formula_value_decimal(pool, above);
    if (slash != NULL && formula_divide(pool, out, formula_value_decimal(pool, slash + 1), &quotient, NULL) == LSA_OK)
        out = quotient;
    return out;
}

static lsa_status term_at(const assignment *at, const lsa_term *term, formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *factor;
    formula_value *made, *trace;
    *out = coefficient(at->pool, term->coefficient_text);
    if (*out == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a coefficient of more than 500 digits");
    for (int k = 0; k < term->n_powers; k++) {
        const lsa_power *p = &term->powers[k];
        LSA_TRY(at->numbers->symbol(at->numbers->context, p->symbol, head_of(at, p->index), &factor, err));
        LSA_TRY(formula_power(at->pool, factor, p->exponent, 1, &made, err));
        *out = formula_multiply(at->pool, *out, made);
    }
    for (int k = 0; k < term->n_traces; k++) {
        LSA_TRY(word(at, &term->traces[k], 1, &factor, err));
        LSA_TRY(formula_apply(at->pool, FORMULA_tr, 1, &factor, 0, &trace, err));
        *out = formula_multiply(at->pool, *out, trace);
    }
    if (term->has_open) {
        LSA_TRY(word(at, &term->open, at->numbers->rows, &factor, err));
        *out = formula_multiply(at->pool, *out, factor);
    }
done:
    return status;
}

/* The next assignment of n dummies; false after the last. */
static bool next(assignment *at, int n)
{
    for (int k = 0; k < n; k++) {
        if (++at->heads[k] < at->numbers->heads)
            return true;
        at->heads[k] = 0;
    }
    return false;
}

lsa_status formula_polynomial(formula_pool *pool, const lsa_poly *poly, const formula_numbers *numbers,
                              formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *one;
    double *zeros = calloc((size_t)(numbers->rows * numbers->cols), sizeof *zeros);
    LSA_TRY_MEMORY(zeros, "the value of a polynomial");
    *out = formula_value_written(pool, numbers->rows, numbers->cols, zeros);
    for (ptrdiff_t i = 0; i < lsa_poly_count(poly); i++) {
        const lsa_term term = lsa_poly_term(poly, i);
        assignment at = {.numbers = numbers, .pool = pool};
        if (term.n_dummies > MOST_DUMMIES || term.n_samples > 0) {
            status =
                lsa_error_set(err, LSA_ERR_UNABLE, "a term of the derived polynomial with %d sums", term.n_dummies);
            goto done;
        }
        do {
            LSA_TRY(term_at(&at, &term, &one, err));
            *out = formula_add(pool, *out, one);
        } while (next(&at, term.n_dummies));
    }
done:
    free(zeros);
    return status;
}
