/* differentiate.c - cutting a letter out of a trace, and putting another in its place. */
#include "symbolic/differentiate.h"
#include "base/try.h"
#include <assert.h>

/* The dummy `index` of a head family becomes the free head; the last dummy takes its number. */
static void set_free(const lsa_algebra *algebra, lsa_monomial *m, int index)
{
    if (index < 1)
        return;
    lsa_monomial_rename(algebra, m, LSA_FAMILY_HEAD, index, LSA_INDEX_FREE);
    lsa_monomial_rename(algebra, m, LSA_FAMILY_HEAD, m->n_heads, index);
    m->n_heads--;
}

/* out = the term with letter `at` cut out of ring r, the rest of the ring open. */
static void cut_letter(const lsa_algebra *algebra, const lsa_monomial *m, int r, int at, lsa_monomial *out)
{
    const int n = m->rings[r].length;
    const lsa_code *word = m->letters + m->rings[r].start;
    lsa_code rest[LSA_MAX_LETTERS];
    int start = 0;
    for (int k = 0; k < n - 1; k++)
        rest[k] = word[(at + 1 + k) % n];
    lsa_monomial_without(algebra, m, r, r, out);
    start = out->n_letters;
    lsa_monomial_append(algebra, out, n - 1, rest, !lsa_code_transposed(word[at]));
    lsa_monomial_close_open(out, start);
    set_free(algebra, out, lsa_code_index(word[at]));
}

static lsa_status add_cuts(lsa_collector *sum, const lsa_monomial *m, const lsa_rational *c, int parameter,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial image;
    for (int r = 0; r < m->n_rings; r++)
        for (int at = 0; at < m->rings[r].length; at++)
            if (lsa_code_symbol(m->letters[m->rings[r].start + at]) == parameter) {
                cut_letter(sum->algebra, m, r, at, &image);
                LSA_TRY(lsa_collector_add(sum, &image, c, err));
            }
done:
    return status;
}

/* Adds c e * (m with scalar power k lowered by one and multiplied by `other`, if that is a code). */
static lsa_status add_lowered(lsa_collector *sum, const lsa_monomial *m, const lsa_rational *c, int k,
                              const lsa_code *other, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial image = *m;
    lsa_rational weighted;
    lsa_rational_init(&weighted);
    lsa_rational_set_si(&weighted, m->powers[k].exponent, 1);
    lsa_rational_mul(&weighted, &weighted, c);
    lsa_monomial_power(&image, m->powers[k].code, -1);
    if (other != NULL)
        lsa_monomial_power(&image, *other, 1);
    else
        set_free(sum->algebra, &image, lsa_code_index(m->powers[k].code));
    status = lsa_collector_add(sum, &image, &weighted, err);
    lsa_rational_clear(&weighted);
    return status;
}

static lsa_status add_power_rule(lsa_collector *sum, const lsa_monomial *m, const lsa_rational *c, int parameter,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int k = 0; k < m->n_powers; k++)
        if (lsa_code_symbol(m->powers[k].code) == parameter)
            LSA_TRY(add_lowered(sum, m, c, k, NULL, err));
done:
    return status;
}

lsa_status lsa_differentiate(lsa_algebra *algebra, const lsa_poly *f, int parameter, const lsa_poly **out,
                             lsa_error *err)
{
    const lsa_symbol *symbol = &algebra->symbols[parameter];
    lsa_status status = LSA_OK;
    lsa_collector sum;
    lsa_monomial m;
    assert(f->rows == LSA_DIM_ONE && f->cols == LSA_DIM_ONE && !symbol->symmetric);
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    for (ptrdiff_t k = 0; k < f->n; k++) {
        lsa_poly_monomial(f, k, &m);
        LSA_TRY(add_power_rule(&sum, &m, &f->items[k].coefficient, parameter, err));
        LSA_TRY(add_cuts(&sum, &m, &f->items[k].coefficient, parameter, err));
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, symbol->rows, symbol->cols, out, err));
done:
    lsa_collector_clear(&sum);
    return status;
}

/* The images of one term: P replaced by V at one place after the other. */
static lsa_status add_replacements(lsa_collector *sum, const lsa_monomial *m, const lsa_rational *c, int parameter,
                                   int direction, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial image;
    for (int k = 0; k < m->n_powers; k++) {
        const lsa_code code = m->powers[k].code;
        const lsa_code other = lsa_code_make(sum->algebra, direction, lsa_code_index(code), false);
        if (lsa_code_symbol(code) == parameter)
            LSA_TRY(add_lowered(sum, m, c, k, &other, err));
    }
    for (int k = 0; k < m->n_letters; k++) {
        const lsa_code code = m->letters[k];
        if (lsa_code_symbol(code) != parameter)
            continue;
        image = *m;
        image.letters[k] = lsa_code_make(sum->algebra, direction, lsa_code_index(code), lsa_code_transposed(code));
        LSA_TRY(lsa_collector_add(sum, &image, c, err));
    }
done:
    return status;
}

lsa_status lsa_directional(lsa_algebra *algebra, const lsa_poly *f, int parameter, int direction, const lsa_poly *sum,
                           const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector total;
    lsa_monomial m;
    LSA_TRY(lsa_collector_init(&total, algebra, err));
    if (sum != NULL)
        LSA_TRY(lsa_poly_collect(&total, sum, err));
    for (ptrdiff_t k = 0; k < f->n; k++) {
        lsa_poly_monomial(f, k, &m);
        LSA_TRY(add_replacements(&total, &m, &f->items[k].coefficient, parameter, direction, err));
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &total, f->rows, f->cols, out, err));
done:
    lsa_collector_clear(&total);
    return status;
}
