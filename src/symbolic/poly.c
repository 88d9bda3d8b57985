/* poly.c - canonical polynomials: making, viewing, adding, multiplying. */
#include "symbolic/poly.h"
#include "base/try.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- order of the terms ------------------------------------------------------------------------------------------ */

/* What the terms of a polynomial are sorted by. */
typedef struct rank {
    const lsa_collected *term;
    int degree;  /* in the parameters     */
    int samples; /* exponent of N         */
    int rings, letters;
} rank;

static rank rank_of(const lsa_algebra *algebra, const lsa_collected *term)
{
    lsa_monomial m;
    rank r = {.term = term};
    lsa_monomial_from_key(term->key, &m);
    for (int k = 0; k < m.n_letters; k++)
        r.degree += algebra->symbols[lsa_code_symbol(m.letters[k])].kind == LSA_SYMBOL_PARAMETER;
    for (int k = 0; k < m.n_powers; k++) {
        const int symbol = lsa_code_symbol(m.powers[k].code);
        if (algebra->symbols[symbol].kind == LSA_SYMBOL_PARAMETER)
            r.degree += m.powers[k].exponent;
        if (symbol == algebra->samples)
            r.samples = m.powers[k].exponent;
    }
    r.rings = m.n_rings;
    r.letters = m.n_letters;
    return r;
}

static int compare_ranks(const void *left, const void *right)
{
    const rank *a = left, *b = right;
    if (a->degree != b->degree)
        return a->degree > b->degree ? -1 : 1;
    if (a->samples != b->samples)
        return a->samples > b->samples ? -1 : 1;
    if (a->rings != b->rings)
        return a->rings < b->rings ? -1 : 1;
    if (a->letters != b->letters)
        return a->letters < b->letters ? -1 : 1;
    return lsa_word_compare(a->term->length, a->term->key, b->term->length, b->term->key);
}

/* ---- views ------------------------------------------------------------------------------------------------------- */

static lsa_status view_word(lsa_arena *arena, int n, const lsa_code *word, lsa_word *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_letter *letters = lsa_arena_alloc(arena, (size_t)n, sizeof *letters);
    LSA_TRY_MEMORY(letters, "a word");
    for (int k = 0; k < n; k++)
        letters[k] = (lsa_letter){.symbol = lsa_code_symbol(word[k]),
                                  .index = (int16_t)lsa_code_index(word[k]),
                                  .transposed = lsa_code_transposed(word[k])};
    *out = (lsa_word){.length = n, .letters = letters};
done:
    return status;
}

static lsa_status view_words(lsa_arena *arena, const lsa_monomial *m, lsa_term *view, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_word *traces = lsa_arena_alloc(arena, (size_t)m->n_rings, sizeof *traces);
    LSA_TRY_MEMORY(traces, "a term");
    for (int k = 0; k < m->n_rings; k++)
        LSA_TRY(view_word(arena, m->rings[k].length, m->letters + m->rings[k].start, &traces[k], err));
    view->n_traces = m->n_rings;
    view->traces = traces;
    view->has_open = m->has_open;
    LSA_TRY(view_word(arena, m->open.length, m->letters + m->open.start, &view->open, err));
done:
    return status;
}

static lsa_status view_scalars(lsa_arena *arena, const lsa_monomial *m, lsa_term *view, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_power *powers = lsa_arena_alloc(arena, (size_t)m->n_powers, sizeof *powers);
    LSA_TRY_MEMORY(powers, "a term");
    for (int k = 0; k < m->n_powers; k++)
        powers[k] = (lsa_power){.symbol = lsa_code_symbol(m->powers[k].code),
                                .index = (int16_t)lsa_code_index(m->powers[k].code),
                                .exponent = (int16_t)m->powers[k].exponent};
    view->n_powers = m->n_powers;
    view->powers = powers;
done:
    return status;
}

static lsa_status view_coefficient(lsa_arena *arena, const lsa_rational *c, lsa_term *view, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int length = lsa_rational_text(c, NULL, 0);
    char *text = NULL;
    if (length > LSA_MAX_DIGITS) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "a coefficient of more than %d digits", (int)LSA_MAX_DIGITS);
        goto done;
    }
    text = lsa_arena_alloc(arena, (size_t)length + 1, 1);
    LSA_TRY_MEMORY(text, "a coefficient");
    lsa_rational_text(c, text, (size_t)length + 1);
    view->coefficient = lsa_rational_double(c);
    view->coefficient_text = text;
done:
    return status;
}

/* A poly's own copy of one collected term. */
static lsa_status make_item(lsa_algebra *algebra, const lsa_collected *term, lsa_poly_item *item, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial m;
    int32_t *key = NULL;
    LSA_TRY(lsa_algebra_hold(algebra, 0, err));
    key = lsa_arena_alloc(algebra->arena, (size_t)term->length, sizeof *key);
    LSA_TRY_MEMORY(key, "a term");
    memcpy(key, term->key, (size_t)term->length * sizeof *key);
    item->key = key;
    item->length = term->length;
    lsa_rational_set(&item->coefficient, &term->coefficient);
    lsa_monomial_from_key(key, &m);
    item->view.n_dummies = m.n_heads;
    item->view.n_samples = m.n_samples;
    LSA_TRY(view_coefficient(algebra->arena, &item->coefficient, &item->view, err));
    LSA_TRY(view_scalars(algebra->arena, &m, &item->view, err));
    LSA_TRY(view_words(algebra->arena, &m, &item->view, err));
done:
    return status;
}

/* ---- making ------------------------------------------------------------------------------------------------------ */

/* A polynomial of n zero terms, in the algebra's list from here on. */
static lsa_status make_poly(lsa_algebra *algebra, ptrdiff_t n, lsa_dim rows, lsa_dim cols, lsa_poly **out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_poly *poly = lsa_arena_alloc(algebra->arena, 1, sizeof *poly);
    LSA_TRY_MEMORY(poly, "a polynomial");
    poly->items = lsa_arena_alloc(algebra->arena, (size_t)n, sizeof *poly->items);
    LSA_TRY_MEMORY(poly->items, "a polynomial");
    poly->rows = rows;
    poly->cols = cols;
    poly->n = n;
    for (ptrdiff_t k = 0; k < n; k++)
        lsa_rational_init(&poly->items[k].coefficient);
    poly->next = algebra->polys;
    algebra->polys = poly;
    *out = poly;
done:
    return status;
}

lsa_status lsa_poly_from_collector(lsa_algebra *algebra, const lsa_collector *collector, lsa_dim rows, lsa_dim cols,
                                   const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t n = 0;
    lsa_poly *poly = NULL;
    rank *ranks = malloc((size_t)(collector->n + 1) * sizeof *ranks);
    LSA_TRY_MEMORY(ranks, "the order of the terms");
    for (ptrdiff_t k = 0; k < collector->n; k++)
        if (!lsa_rational_is_zero(&collector->terms[k].coefficient))
            ranks[n++] = rank_of(algebra, &collector->terms[k]);
    qsort(ranks, (size_t)n, sizeof *ranks, compare_ranks);
    LSA_TRY(make_poly(algebra, n, rows, cols, &poly, err));
    for (ptrdiff_t k = 0; k < n; k++)
        LSA_TRY(make_item(algebra, ranks[k].term, &poly->items[k], err));
    *out = poly;
done:
    free(ranks);
    return status;
}

void lsa_poly_monomial(const lsa_poly *poly, ptrdiff_t i, lsa_monomial *m)
{
    lsa_monomial_from_key(poly->items[i].key, m);
}

lsa_status lsa_poly_monic(lsa_algebra *algebra, lsa_dim rows, lsa_dim cols, const lsa_monomial *m,
                          const lsa_rational *c, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector sum;
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    LSA_TRY(lsa_collector_add(&sum, m, c, err));
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, rows, cols, out, err));
done:
    lsa_collector_clear(&sum);
    return status;
}

lsa_status lsa_poly_symbol(lsa_algebra *algebra, int symbol, int index, const lsa_poly **out, lsa_error *err)
{
    const lsa_symbol *s = &algebra->symbols[symbol];
    const int meaning = lsa_algebra_meaning(algebra, symbol);
    const bool scalar = s->rows == LSA_DIM_ONE && s->cols == LSA_DIM_ONE;
    lsa_status status = LSA_OK;
    lsa_monomial m;
    lsa_rational c;
    lsa_rational_init(&c);
    lsa_rational_set_si(&c, meaning == LSA_MEANS_ZERO ? 0 : 1, 1);
    lsa_monomial_init(&m);
    if (meaning >= 0 && scalar)
        lsa_monomial_power(&m, lsa_code_make(algebra, meaning, index, false), 1);
    else if (meaning >= 0)
        lsa_monomial_push(&m, lsa_code_make(algebra, meaning, index, false));
    if (!scalar)
        lsa_monomial_close_open(&m, 0);
    status = lsa_poly_monic(algebra, s->rows, s->cols, &m, &c, out, err);
    lsa_rational_clear(&c);
    return status;
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------- */

lsa_status lsa_poly_collect(lsa_collector *sum, const lsa_poly *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial m;
    for (ptrdiff_t k = 0; k < f->n; k++) {
        lsa_poly_monomial(f, k, &m);
        LSA_TRY(lsa_collector_add(sum, &m, &f->items[k].coefficient, err));
    }
done:
    return status;
}

lsa_status lsa_poly_sum(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly *g, const lsa_poly **out,
                        lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector sum;
    assert(f->rows == g->rows && f->cols == g->cols);
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    LSA_TRY(lsa_poly_collect(&sum, f, err));
    LSA_TRY(lsa_poly_collect(&sum, g, err));
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, f->rows, f->cols, out, err));
done:
    lsa_collector_clear(&sum);
    return status;
}

lsa_status lsa_poly_scale(lsa_algebra *algebra, const lsa_poly *f, int num, int den, const lsa_poly **out,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector sum;
    lsa_monomial m;
    lsa_rational c, product;
    lsa_rational_init(&c);
    lsa_rational_init(&product);
    lsa_rational_set_si(&c, num, den);
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    for (ptrdiff_t k = 0; k < f->n; k++) {
        lsa_rational_mul(&product, &c, &f->items[k].coefficient);
        lsa_poly_monomial(f, k, &m);
        LSA_TRY(lsa_collector_add(&sum, &m, &product, err));
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, f->rows, f->cols, out, err));
done:
    lsa_collector_clear(&sum);
    lsa_rational_clear(&product);
    lsa_rational_clear(&c);
    return status;
}

static bool is_scalar(const lsa_poly *f)
{
    return f->rows == LSA_DIM_ONE && f->cols == LSA_DIM_ONE;
}

lsa_status lsa_poly_mul(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly *g, const lsa_poly **out,
                        lsa_error *err)
{
    const lsa_dim rows = is_scalar(f) ? g->rows : f->rows;
    const lsa_dim cols = is_scalar(g) ? f->cols : g->cols;
    lsa_status status = LSA_OK;
    lsa_collector sum;
    lsa_monomial a, b, product;
    lsa_rational c;
    lsa_rational_init(&c);
    assert(is_scalar(f) || is_scalar(g) || f->cols == g->rows);
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    for (ptrdiff_t i = 0; i < f->n; i++) {
        lsa_poly_monomial(f, i, &a);
        for (ptrdiff_t j = 0; j < g->n; j++) {
            lsa_poly_monomial(g, j, &b);
            lsa_monomial_multiply(algebra, &a, &b, &product);
            lsa_rational_mul(&c, &f->items[i].coefficient, &g->items[j].coefficient);
            LSA_TRY(lsa_collector_add(&sum, &product, &c, err));
        }
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, rows, cols, out, err));
done:
    lsa_collector_clear(&sum);
    lsa_rational_clear(&c);
    return status;
}

/* What becomes of one term; `rows` is the dimension where its open word starts. */
typedef void term_map(const lsa_algebra *algebra, const lsa_monomial *m, lsa_dim rows, lsa_monomial *out);

/* The sum of the images of the terms. */
static lsa_status map_terms(lsa_algebra *algebra, const lsa_poly *f, term_map *map, lsa_dim rows, lsa_dim cols,
                            const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector sum;
    lsa_monomial m, image;
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    for (ptrdiff_t k = 0; k < f->n; k++) {
        lsa_poly_monomial(f, k, &m);
        lsa_monomial_without(algebra, &m, -1, -1, &image);
        map(algebra, &m, f->rows, &image);
        LSA_TRY(lsa_collector_add(&sum, &image, &f->items[k].coefficient, err));
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, rows, cols, out, err));
done:
    lsa_collector_clear(&sum);
    return status;
}

static void transpose_open(const lsa_algebra *algebra, const lsa_monomial *m, lsa_dim rows, lsa_monomial *out)
{
    const int start = out->n_letters;
    (void)rows;
    lsa_monomial_append(algebra, out, m->open.length, m->letters + m->open.start, true);
    if (m->has_open)
        lsa_monomial_close_open(out, start);
}

static void trace_open(const lsa_algebra *algebra, const lsa_monomial *m, lsa_dim rows, lsa_monomial *out)
{
    const int start = out->n_letters;
    lsa_monomial_append(algebra, out, m->open.length, m->letters + m->open.start, false);
    if (m->has_open)
        lsa_monomial_close(algebra, out, start, rows);
}

lsa_status lsa_poly_transpose(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly **out, lsa_error *err)
{
    return map_terms(algebra, f, transpose_open, f->cols, f->rows, out, err);
}

lsa_status lsa_poly_trace(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly **out, lsa_error *err)
{
    assert(f->rows == f->cols);
    return map_terms(algebra, f, trace_open, LSA_DIM_ONE, LSA_DIM_ONE, out, err);
}

lsa_status lsa_poly_close_sum(lsa_algebra *algebra, const lsa_poly *f, lsa_family family, int from,
                              const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector sum;
    lsa_monomial m;
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    for (ptrdiff_t k = 0; k < f->n; k++) {
        lsa_poly_monomial(f, k, &m);
        lsa_monomial_rename(algebra, &m, family, from, family == LSA_FAMILY_HEAD ? ++m.n_heads : ++m.n_samples);
        LSA_TRY(lsa_collector_add(&sum, &m, &f->items[k].coefficient, err));
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, f->rows, f->cols, out, err));
done:
    lsa_collector_clear(&sum);
    return status;
}

/* 1, or the identity of dimension `dim`. */
static lsa_status make_one(lsa_algebra *algebra, lsa_dim dim, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial m;
    lsa_rational one;
    lsa_rational_init(&one);
    lsa_rational_set_si(&one, 1, 1);
    lsa_monomial_init(&m);
    if (dim != LSA_DIM_ONE)
        lsa_monomial_close_open(&m, 0);
    status = lsa_poly_monic(algebra, dim, dim, &m, &one, out, err);
    lsa_rational_clear(&one);
    return status;
}

/* Whether a term is a product of constant scalars. */
static bool is_constant_scalar(const lsa_algebra *algebra, const lsa_monomial *m)
{
    bool constant = m->n_letters == 0 && !m->has_open && m->n_heads == 0 && m->n_samples == 0;
    for (int k = 0; k < m->n_powers; k++)
        constant = constant && algebra->symbols[lsa_code_symbol(m->powers[k].code)].kind == LSA_SYMBOL_SCALAR;
    return constant;
}

/* f^-1 for one term in constant scalars. */
static lsa_status invert(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial m;
    lsa_rational c;
    lsa_rational_init(&c);
    if (f->n == 0) {
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "division by zero");
        goto done;
    }
    lsa_poly_monomial(f, 0, &m);
    if (f->n > 1 || !is_constant_scalar(algebra, &m)) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "division by something that is not a product of constant scalars");
        goto done;
    }
    lsa_rational_inv(&c, &f->items[0].coefficient);
    for (int k = 0; k < m.n_powers; k++)
        m.powers[k].exponent = -m.powers[k].exponent;
    LSA_TRY(lsa_poly_monic(algebra, LSA_DIM_ONE, LSA_DIM_ONE, &m, &c, out, err));
done:
    lsa_rational_clear(&c);
    return status;
}

lsa_status lsa_poly_power(lsa_algebra *algebra, const lsa_poly *f, int n, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *base = f, *product = NULL;
    unsigned left = n < 0 ? 0u - (unsigned)n : (unsigned)n;
    assert(f->rows == f->cols);
    if (left > LSA_MAX_EXPONENT) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the power %d (at most +-%d)", n, (int)LSA_MAX_EXPONENT);
        goto done;
    }
    if (n < 0)
        LSA_TRY(invert(algebra, f, &base, err));
    LSA_TRY(make_one(algebra, f->rows, &product, err));
    for (; left > 0; left /= 2) { /* square and multiply: a scalar to a large power takes few steps */
        if (left % 2 != 0)
            LSA_TRY(lsa_poly_mul(algebra, product, base, &product, err));
        if (left > 1)
            LSA_TRY(lsa_poly_mul(algebra, base, base, &base, err));
    }
    *out = product;
done:
    return status;
}

/* ---- public views ------------------------------------------------------------------------------------------------ */

ptrdiff_t lsa_poly_count(const lsa_poly *poly)
{
    return poly->n;
}

lsa_term lsa_poly_term(const lsa_poly *poly, ptrdiff_t i)
{
    return poly->items[i].view;
}

lsa_dim lsa_poly_rows(const lsa_poly *poly)
{
    return poly->rows;
}

lsa_dim lsa_poly_cols(const lsa_poly *poly)
{
    return poly->cols;
}

bool lsa_poly_equal(const lsa_poly *f, const lsa_poly *g)
{
    if (f->n != g->n || f->rows != g->rows || f->cols != g->cols)
        return false;
    for (ptrdiff_t k = 0; k < f->n; k++)
        if (f->items[k].length != g->items[k].length ||
            memcmp(f->items[k].key, g->items[k].key, (size_t)f->items[k].length * sizeof *f->items[k].key) != 0 ||
            !lsa_rational_equal(&f->items[k].coefficient, &g->items[k].coefficient))
            return false;
    return true;
}
