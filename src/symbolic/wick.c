/* wick.c - the expectation, one pair at a time.
 *
 * In every term the first occurrence of a Gaussian is joined with each other occurrence; the results are collected, and
 * so on until none is left. Joining two ends of chains inserts the covariance; a chain that meets itself closes into a
 * trace. A pair of different samples i, j carries delta_ij: j is renamed to i, and an index that no letter carries any
 * more is a factor N (monomial.h). Each pairing so weighs N^(connected components of its indices); summed over all
 * pairings this equals the sum over set partitions of the indices with falling factorials N (N-1) ... (N-k+1). */
#include "symbolic/wick.h"
#include "base/try.h"

/* Where a Gaussian occurs: at an end of a chain, or (1 x 1) as a scalar factor. A normal chain carries vectors at its
 * ends only, because it is cut wherever it passes through dimension 1. */
typedef struct place {
    int ring;      /* -1: a scalar factor              */
    int power;     /* of the scalar factor             */
    bool at_front; /* of the chain: the letter is g'   */
    int index;     /* sample index                     */
    int weight;    /* how many factors sit here        */
} place;

enum { MAX_PLACES = 2 * LSA_MAX_RINGS + LSA_MAX_POWERS };

/* All places of Gaussian g in m; returns their number. */
static int find_places(const lsa_monomial *m, int g, place *places)
{
    int n = 0;
    for (int k = 0; k < m->n_powers; k++)
        if (lsa_code_symbol(m->powers[k].code) == g)
            places[n++] = (place){
                .ring = -1, .power = k, .index = lsa_code_index(m->powers[k].code), .weight = m->powers[k].exponent};
    for (int r = 0; r < m->n_rings; r++) {
        const lsa_code *word = m->letters + m->rings[r].start;
        const lsa_code front = word[0], back = word[m->rings[r].length - 1];
        if (lsa_code_symbol(front) == g)
            places[n++] = (place){.ring = r, .at_front = true, .index = lsa_code_index(front), .weight = 1};
        if (lsa_code_symbol(back) == g)
            places[n++] = (place){.ring = r, .at_front = false, .index = lsa_code_index(back), .weight = 1};
    }
    return n;
}

static int degree_of(int n, const place *places)
{
    int degree = 0;
    for (int k = 0; k < n; k++)
        degree += places[k].weight;
    return degree;
}

/* Writes the chain without the end at `p`, turned so that this end would come last (or first). */
static void append_rest(const lsa_algebra *algebra, lsa_monomial *out, const lsa_monomial *m, place p, bool last)
{
    const lsa_span ring = m->rings[p.ring];
    const lsa_code *rest = m->letters + ring.start + (p.at_front ? 1 : 0);
    lsa_monomial_append(algebra, out, ring.length - 1, rest, p.at_front == last);
}

static void append_covariance(const lsa_algebra *algebra, lsa_monomial *out, int g)
{
    const int covariance = lsa_algebra_meaning(algebra, algebra->symbols[g].covariance);
    if (covariance >= 0)
        lsa_monomial_push(out, lsa_code_make(algebra, covariance, LSA_INDEX_NONE, false));
}

/* (.. g)(g' ..) -> (.. C ..), or g' W g -> tr(W C). */
static void join_ends(const lsa_algebra *algebra, lsa_monomial *out, const lsa_monomial *m, int g, place a, place b)
{
    const int start = out->n_letters;
    if (a.ring == b.ring) {
        const lsa_span ring = m->rings[a.ring];
        lsa_monomial_append(algebra, out, ring.length - 2, m->letters + ring.start + 1, false);
        append_covariance(algebra, out, g);
        lsa_monomial_close(algebra, out, start, algebra->symbols[g].rows);
        return;
    }
    append_rest(algebra, out, m, a, true);
    append_covariance(algebra, out, g);
    append_rest(algebra, out, m, b, false);
    lsa_monomial_close(algebra, out, start, LSA_DIM_ONE);
}

/* delta_ij: the sum over j falls to i; the last index takes the name j, so that none is left over. */
static void merge_samples(const lsa_algebra *algebra, lsa_monomial *m, int i, int j)
{
    lsa_monomial_rename(algebra, m, LSA_FAMILY_SAMPLE, j, i);
    lsa_monomial_rename(algebra, m, LSA_FAMILY_SAMPLE, m->n_samples, j);
    m->n_samples--;
}

/* out = m with the pair (a, b) of Gaussian g replaced by its covariance. */
static void join(const lsa_algebra *algebra, lsa_monomial *out, const lsa_monomial *m, int g, place a, place b)
{
    lsa_monomial_without(algebra, m, a.ring, b.ring, out);
    if (a.ring < 0) {
        const int variance = lsa_algebra_meaning(algebra, algebra->symbols[g].covariance);
        lsa_monomial_power(out, m->powers[a.power].code, -1);
        lsa_monomial_power(out, m->powers[b.power].code, -1);
        if (variance >= 0)
            lsa_monomial_power(out, lsa_code_make(algebra, variance, LSA_INDEX_NONE, false), 1);
    } else {
        join_ends(algebra, out, m, g, a, b);
    }
    if (algebra->scale[g] >= 0)
        lsa_monomial_power(out, lsa_code_make(algebra, algebra->scale[g], a.index, false), 1);
    if (a.index != b.index)
        merge_samples(algebra, out, a.index, b.index);
}

/* A sum of terms being averaged over one Gaussian. */
typedef struct stage {
    lsa_algebra *algebra;
    int g;
    ptrdiff_t pairs; /* joined so far          */
    bool changed;    /* in the last pass       */
} stage;

/* Adds c * weight * m to the sum. */
static lsa_status add_weighted(lsa_collector *sum, const lsa_monomial *m, const lsa_rational *c, int weight,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_rational product;
    lsa_rational_init(&product);
    lsa_rational_set_si(&product, weight, 1);
    lsa_rational_mul(&product, &product, c);
    status = lsa_collector_add(sum, m, &product, err);
    lsa_rational_clear(&product);
    return status;
}

/* Joins the first factor g of one term with each other one. */
static lsa_status pair_term(stage *s, const lsa_collected *term, lsa_collector *sum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial m, joined;
    place places[MAX_PLACES];
    int n = 0, degree = 0;
    lsa_monomial_from_key(term->key, &m);
    n = find_places(&m, s->g, places);
    degree = degree_of(n, places);
    if (degree == 0)
        return lsa_collector_add(sum, &m, &term->coefficient, err);
    if (degree > LSA_MAX_DEGREE)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the moment of degree %d of %s (at most %d)", degree,
                             s->algebra->symbols[s->g].name, (int)LSA_MAX_DEGREE);
    s->changed = true;
    for (int k = 0; k < n && degree % 2 == 0; k++) { /* odd moments vanish */
        const int weight = places[k].weight - (k == 0 ? 1 : 0);
        if (weight == 0)
            continue;
        if (++s->pairs > LSA_MAX_PAIRINGS)
            return lsa_error_set(err, LSA_ERR_UNABLE, "more than %d pairings", (int)LSA_MAX_PAIRINGS);
        join(s->algebra, &joined, &m, s->g, places[0], places[k]);
        LSA_TRY(add_weighted(sum, &joined, &term->coefficient, weight, err));
    }
done:
    return status;
}

/* One pass: every term of `from` loses one pair. */
static lsa_status pair_all(stage *s, const lsa_collector *from, lsa_collector *to, lsa_error *err)
{
    lsa_status status = LSA_OK;
    s->changed = false;
    for (ptrdiff_t k = 0; k < from->n; k++)
        if (!lsa_rational_is_zero(&from->terms[k].coefficient))
            LSA_TRY(pair_term(s, &from->terms[k], to, err));
done:
    return status;
}

/* The average over Gaussian g, in place. */
static lsa_status expect_one(stage *s, lsa_collector *terms, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector next = {.algebra = NULL};
    do {
        LSA_TRY(lsa_collector_init(&next, s->algebra, err));
        LSA_TRY(pair_all(s, terms, &next, err));
        lsa_collector_clear(terms);
        *terms = next;
        next = (lsa_collector){.algebra = NULL};
    } while (s->changed);
done:
    lsa_collector_clear(&next);
    return status;
}

/* The averages over all Gaussians of one kind: sample families, or single vectors. */
static lsa_status expect_kind(lsa_algebra *algebra, bool samples, lsa_collector *terms, ptrdiff_t *pairs,
                              lsa_wick_count *counts, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int g = 0; g < algebra->n_symbols; g++) {
        stage s = {.algebra = algebra, .g = g, .pairs = *pairs};
        const lsa_symbol *symbol = &algebra->symbols[g];
        if (symbol->kind != LSA_SYMBOL_GAUSSIAN || (symbol->family == LSA_FAMILY_SAMPLE) != samples)
            continue;
        status = expect_one(&s, terms, err);
        if (status != LSA_OK) {
            lsa_error_add(err, "  while averaging over %s", symbol->name);
            goto done;
        }
        if (counts != NULL)
            counts[g] = (lsa_wick_count){.pairs = s.pairs - *pairs, .terms = terms->n};
        *pairs = s.pairs;
    }
done:
    return status;
}

lsa_status lsa_expect(lsa_algebra *algebra, const lsa_poly *f, lsa_wick_count *counts, const lsa_poly **out,
                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t pairs = 0;
    lsa_collector terms;
    LSA_TRY(lsa_collector_init(&terms, algebra, err));
    LSA_TRY(lsa_poly_collect(&terms, f, err));
    LSA_TRY(expect_kind(algebra, true, &terms, &pairs, counts, err));
    LSA_TRY(expect_kind(algebra, false, &terms, &pairs, counts, err));
    LSA_TRY(lsa_poly_from_collector(algebra, &terms, LSA_DIM_ONE, LSA_DIM_ONE, out, err));
done:
    lsa_collector_clear(&terms);
    return status;
}
