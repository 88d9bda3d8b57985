/* monomial.c - building one term. Its canonical form is made in canonical.c. */
#include "symbolic/monomial.h"

void lsa_monomial_init(lsa_monomial *m)
{
    m->n_heads = m->n_samples = m->n_powers = m->n_rings = m->n_letters = 0;
    m->has_open = false;
    m->open = (lsa_span){0, 0};
    m->unable = NULL;
}

void lsa_monomial_power(lsa_monomial *m, lsa_code scalar, int exponent)
{
    int k = 0;
    if (exponent == 0)
        return;
    while (k < m->n_powers && m->powers[k].code != scalar)
        k++;
    if (k == LSA_MAX_POWERS) {
        m->unable = "a term with too many different scalars";
        return;
    }
    if (k == m->n_powers)
        m->powers[m->n_powers++] = (lsa_code_power){scalar, 0};
    m->powers[k].exponent += exponent;
    if (m->powers[k].exponent > LSA_MAX_EXPONENT || m->powers[k].exponent < -LSA_MAX_EXPONENT) {
        m->unable = "a scalar to a power beyond +-10000";
        m->powers[k].exponent = 0;
    }
    if (m->powers[k].exponent == 0)
        m->powers[k] = m->powers[--m->n_powers];
}

void lsa_monomial_push(lsa_monomial *m, lsa_code letter)
{
    if (m->n_letters == LSA_MAX_LETTERS)
        m->unable = "a term of more than 512 matrix factors";
    else
        m->letters[m->n_letters++] = letter;
}

void lsa_monomial_append(const lsa_algebra *algebra, lsa_monomial *m, int n, const lsa_code *word, bool transposed)
{
    for (int k = 0; k < n; k++)
        lsa_monomial_push(m, transposed ? lsa_code_transpose(algebra, word[n - 1 - k]) : word[k]);
}

void lsa_monomial_close(const lsa_algebra *algebra, lsa_monomial *m, int start, lsa_dim dim)
{
    const int length = m->n_letters - start;
    if (length == 0 && dim != LSA_DIM_ONE)
        lsa_monomial_power(m, lsa_code_make(algebra, algebra->dim_symbol[dim], LSA_INDEX_NONE, false), 1);
    else if (length > 0 && m->n_rings == LSA_MAX_RINGS)
        m->unable = "a term of more than 128 traces";
    else if (length > 0)
        m->rings[m->n_rings++] = (lsa_span){start, length};
}

void lsa_monomial_close_open(lsa_monomial *m, int start)
{
    m->has_open = true;
    m->open = (lsa_span){start, m->n_letters - start};
}

void lsa_monomial_multiply_scalars(const lsa_algebra *algebra, lsa_monomial *m, const lsa_monomial *f, int skip_a,
                                   int skip_b)
{
    if (f->unable != NULL)
        m->unable = f->unable;
    for (int k = 0; k < f->n_powers; k++)
        lsa_monomial_power(m, f->powers[k].code, f->powers[k].exponent);
    for (int k = 0; k < f->n_rings; k++) {
        const int start = m->n_letters;
        if (k == skip_a || k == skip_b)
            continue;
        lsa_monomial_append(algebra, m, f->rings[k].length, f->letters + f->rings[k].start, false);
        lsa_monomial_close(algebra, m, start, LSA_DIM_ONE);
    }
}

void lsa_monomial_without(const lsa_algebra *algebra, const lsa_monomial *m, int skip_a, int skip_b, lsa_monomial *out)
{
    lsa_monomial_init(out);
    out->n_heads = m->n_heads;
    out->n_samples = m->n_samples;
    lsa_monomial_multiply_scalars(algebra, out, m, skip_a, skip_b);
}

static bool carries(const lsa_algebra *algebra, lsa_code code, lsa_family family, int index)
{
    return lsa_code_index(code) == index && algebra->symbols[lsa_code_symbol(code)].family == family;
}

void lsa_monomial_rename(const lsa_algebra *algebra, lsa_monomial *m, lsa_family family, int from, int to)
{
    lsa_code_power powers[LSA_MAX_POWERS];
    const int n_powers = m->n_powers;
    for (int k = 0; k < m->n_letters; k++)
        if (carries(algebra, m->letters[k], family, from))
            m->letters[k] = lsa_code_with_index(m->letters[k], to);
    /* Powers are entered anew, because the renamed scalar may meet an equal one. */
    for (int k = 0; k < n_powers; k++)
        powers[k] = m->powers[k];
    m->n_powers = 0;
    for (int k = 0; k < n_powers; k++) {
        const lsa_code code = powers[k].code;
        lsa_monomial_power(m, carries(algebra, code, family, from) ? lsa_code_with_index(code, to) : code,
                           powers[k].exponent);
    }
}

/* Moves the dummies of m up by `heads` and `samples`: those of a second factor, apart from the first's. */
static void shift_dummies(const lsa_algebra *algebra, lsa_monomial *m, int heads, int samples)
{
    for (int k = m->n_heads; k >= 1 && heads > 0; k--)
        lsa_monomial_rename(algebra, m, LSA_FAMILY_HEAD, k, k + heads);
    for (int k = m->n_samples; k >= 1 && samples > 0; k--)
        lsa_monomial_rename(algebra, m, LSA_FAMILY_SAMPLE, k, k + samples);
}

void lsa_monomial_multiply(const lsa_algebra *algebra, const lsa_monomial *f, const lsa_monomial *g, lsa_monomial *out)
{
    lsa_monomial h = *g;
    int start = 0;
    lsa_monomial_init(out);
    out->n_heads = f->n_heads + g->n_heads;
    out->n_samples = f->n_samples + g->n_samples;
    shift_dummies(algebra, &h, f->n_heads, f->n_samples);
    lsa_monomial_multiply_scalars(algebra, out, f, -1, -1);
    lsa_monomial_multiply_scalars(algebra, out, &h, -1, -1);
    start = out->n_letters;
    lsa_monomial_append(algebra, out, f->open.length, f->letters + f->open.start, false);
    lsa_monomial_append(algebra, out, h.open.length, h.letters + h.open.start, false);
    if (f->has_open || g->has_open)
        lsa_monomial_close_open(out, start);
}
