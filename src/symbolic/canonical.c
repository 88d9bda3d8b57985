/* canonical.c - the canonical form of a term: one key for all ways to write it.
 *
 * First the structure, which does not depend on names: words are cut where they pass through dimension 1 and unused
 * dummies are settled. Then the names: each permutation of the dummies is tried and the least key wins. The dummies are
 * few (a squared statement with one sum has two), and trying them all needs no proof of canonicity. */
#include "symbolic/monomial.h"
#include <assert.h>
#include <string.h>

/* ---- structure -------------------------------------------------------------------------------------------------- */

/* Position p of a word lies before letter p. */
static bool passes_one(const lsa_algebra *algebra, int n, const lsa_code *word, int p)
{
    return p < n ? lsa_code_rows(algebra, word[p]) == LSA_DIM_ONE : lsa_code_cols(algebra, word[n - 1]) == LSA_DIM_ONE;
}

/* The first position in from..n where the word passes through dimension 1, or -1. */
static int next_one(const lsa_algebra *algebra, int n, const lsa_code *word, int from)
{
    for (int p = from; p <= n && n > 0; p++)
        if (passes_one(algebra, n, word, p))
            return p;
    return -1;
}

/* Adds the chains between the passages through dimension 1 of word[first..n), `first` being one; gives the last one. */
static int add_chains(const lsa_algebra *algebra, lsa_monomial *m, int n, const lsa_code *word, int first)
{
    int next = 0;
    while ((next = next_one(algebra, n, word, first + 1)) >= 0) {
        const int start = m->n_letters;
        lsa_monomial_append(algebra, m, next - first, word + first, false);
        lsa_monomial_close(algebra, m, start, LSA_DIM_ONE);
        first = next;
    }
    return first;
}

/* tr(word): a ring as it is, or turned so that it starts in dimension 1 and cut into chains. */
static void add_ring(const lsa_algebra *algebra, lsa_monomial *m, int n, const lsa_code *word)
{
    const int first = next_one(algebra, n, word, 0);
    const int start = m->n_letters;
    lsa_code turned[LSA_MAX_LETTERS];
    if (first < 0) {
        lsa_monomial_append(algebra, m, n, word, false);
        lsa_monomial_close(algebra, m, start, lsa_code_rows(algebra, word[0]));
        return;
    }
    for (int k = 0; k < n; k++)
        turned[k] = word[(first + k) % n];
    add_chains(algebra, m, n, turned, 0);
}

/* The open word without the scalars inside it: A v (w' B w) v' C keeps A v v' C. A word from dimension 1 to dimension 1
 * is all scalar and leaves no open word. */
static void add_open(const lsa_algebra *algebra, lsa_monomial *m, int n, const lsa_code *word)
{
    const int first = next_one(algebra, n, word, 0);
    const int last = first < 0 ? -1 : add_chains(algebra, m, n, word, first);
    const int start = m->n_letters;
    if (n > 0 && first == 0 && last == n)
        return;
    if (first < 0) {
        lsa_monomial_append(algebra, m, n, word, false);
    } else {
        lsa_monomial_append(algebra, m, first, word, false);
        lsa_monomial_append(algebra, m, n - last, word + last, false);
    }
    lsa_monomial_close_open(m, start);
}

static bool uses(const lsa_algebra *algebra, const lsa_monomial *m, lsa_family family, int index)
{
    for (int k = 0; k < m->n_letters; k++)
        if (lsa_code_index(m->letters[k]) == index && algebra->symbols[lsa_code_symbol(m->letters[k])].family == family)
            return true;
    for (int k = 0; k < m->n_powers; k++)
        if (lsa_code_index(m->powers[k].code) == index &&
            algebra->symbols[lsa_code_symbol(m->powers[k].code)].family == family)
            return true;
    return false;
}

/* Renames the used dummies of 1..n to 1..k, in their order, and gives k. */
static int close_gaps(const lsa_algebra *algebra, lsa_monomial *m, lsa_family family, int n)
{
    int used = 0;
    for (int index = 1; index <= n; index++)
        if (uses(algebra, m, family, index)) {
            used++;
            if (used != index)
                lsa_monomial_rename(algebra, m, family, index, used);
        }
    return used;
}

/* out = m with words cut and dummies 1..used, *used_heads of its n_heads carried by a letter. */
static void settle_structure(const lsa_algebra *algebra, const lsa_monomial *m, lsa_monomial *out, int *used_heads)
{
    int used_samples = 0;
    lsa_monomial_init(out);
    out->unable = m->unable;
    out->n_heads = m->n_heads;
    for (int k = 0; k < m->n_powers; k++)
        lsa_monomial_power(out, m->powers[k].code, m->powers[k].exponent);
    for (int k = 0; k < m->n_rings; k++)
        add_ring(algebra, out, m->rings[k].length, m->letters + m->rings[k].start);
    if (m->has_open)
        add_open(algebra, out, m->open.length, m->letters + m->open.start);
    *used_heads = close_gaps(algebra, out, LSA_FAMILY_HEAD, m->n_heads);
    used_samples = close_gaps(algebra, out, LSA_FAMILY_SAMPLE, m->n_samples);
    if (used_samples < m->n_samples && algebra->samples < 0)
        out->unable = "a sum over samples, of which the statement has none";
    else if (used_samples < m->n_samples)
        lsa_monomial_power(out, lsa_code_make(algebra, algebra->samples, LSA_INDEX_NONE, false),
                           m->n_samples - used_samples);
    out->n_samples = used_samples;
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

enum { MAX_DUMMIES = 7 };

/* New names of dummies 1..n of each family: permutations of 1..n. */
typedef struct renaming {
    int heads[MAX_DUMMIES], samples[MAX_DUMMIES];
} renaming;

static lsa_code renamed(const lsa_algebra *algebra, const renaming *names, lsa_code code)
{
    const int index = lsa_code_index(code);
    if (index < 1)
        return code;
    if (algebra->symbols[lsa_code_symbol(code)].family == LSA_FAMILY_HEAD)
        return lsa_code_with_index(code, names->heads[index - 1]);
    return lsa_code_with_index(code, names->samples[index - 1]);
}

static void put_powers(const lsa_algebra *algebra, const lsa_monomial *m, const renaming *names, lsa_key *key)
{
    int32_t *pairs = key->data + key->length;
    for (int k = 0; k < m->n_powers; k++) {
        const lsa_code code = renamed(algebra, names, m->powers[k].code);
        ptrdiff_t at = k;
        for (; at > 0 && pairs[2 * at - 2] > code; at--) {
            pairs[2 * at] = pairs[2 * at - 2];
            pairs[2 * at + 1] = pairs[2 * at - 1];
        }
        pairs[2 * at] = code;
        pairs[2 * at + 1] = m->powers[k].exponent;
    }
    key->length += 2 * m->n_powers;
}

static void put_rings(const lsa_algebra *algebra, const lsa_monomial *m, const renaming *names, lsa_key *key)
{
    lsa_code letters[LSA_MAX_LETTERS], work[3 * LSA_MAX_LETTERS];
    lsa_span sorted[LSA_MAX_RINGS];
    for (int r = 0; r < m->n_rings; r++) {
        const lsa_span ring = m->rings[r];
        int at = r;
        for (int k = ring.start; k < ring.start + ring.length; k++)
            letters[k] = renamed(algebra, names, m->letters[k]);
        lsa_ring_least(algebra, ring.length, letters + ring.start, work);
        for (; at > 0 && lsa_word_compare(ring.length, letters + ring.start, sorted[at - 1].length,
                                          letters + sorted[at - 1].start) < 0;
             at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = ring;
    }
    for (int r = 0; r < m->n_rings; r++) {
        key->data[key->length++] = sorted[r].length;
        memcpy(key->data + key->length, letters + sorted[r].start, (size_t)sorted[r].length * sizeof *letters);
        key->length += sorted[r].length;
    }
}

static void write_key(const lsa_algebra *algebra, const lsa_monomial *m, const renaming *names, lsa_key *key)
{
    const int32_t head[] = {m->n_heads, m->n_samples, m->has_open, m->open.length, m->n_powers, m->n_rings};
    memcpy(key->data, head, sizeof head);
    key->length = (int)(sizeof head / sizeof *head);
    put_powers(algebra, m, names, key);
    for (int k = 0; k < m->open.length; k++)
        key->data[key->length++] = renamed(algebra, names, m->letters[m->open.start + k]);
    put_rings(algebra, m, names, key);
}

static void first_permutation(int n, int *p)
{
    for (int k = 0; k < n; k++)
        p[k] = k + 1;
}

static void swap(int *a, int *b)
{
    const int kept = *a;
    *a = *b;
    *b = kept;
}

/* The next permutation in lexicographic order; false after the last one. */
static bool next_permutation(int n, int *p)
{
    int i = n - 2, j = n - 1;
    while (i >= 0 && p[i] > p[i + 1])
        i--;
    if (i < 0)
        return false;
    while (p[j] < p[i])
        j--;
    swap(&p[i], &p[j]);
    for (int a = i + 1, b = n - 1; a < b; a++, b--)
        swap(&p[a], &p[b]);
    return true;
}

static int renamings(int heads, int samples)
{
    int count = 1;
    for (int k = 2; k <= heads && count <= LSA_MAX_RENAMINGS; k++)
        count *= k;
    for (int k = 2; k <= samples && count <= LSA_MAX_RENAMINGS; k++)
        count *= k;
    return count;
}

int64_t lsa_monomial_effort(const lsa_monomial *m)
{
    const int64_t overhead = 1024; /* of storing a term, in the same coin */
    int64_t letters = 2 * (int64_t)m->n_powers + m->open.length;
    for (int r = 0; r < m->n_rings; r++)
        letters += 2 * (int64_t)m->rings[r].length * m->rings[r].length;
    return overhead + letters * renamings(m->n_heads, m->n_samples);
}

/* The least key over all renamings of `heads` and m->n_samples dummies. */
static void least_key(const lsa_algebra *algebra, const lsa_monomial *m, int heads, lsa_key *key)
{
    renaming names;
    lsa_key trial;
    bool first = true;
    first_permutation(heads, names.heads);
    do {
        first_permutation(m->n_samples, names.samples);
        do {
            write_key(algebra, m, &names, first ? key : &trial);
            if (!first && lsa_word_compare(trial.length, trial.data, key->length, key->data) < 0)
                *key = trial;
            first = false;
        } while (next_permutation(m->n_samples, names.samples));
    } while (next_permutation(heads, names.heads));
}

/* Names only the sums that are there. */
static lsa_status refuse_sums(int heads, int samples, lsa_error *err)
{
    if (heads > 1 && samples > 1)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "the statement multiplies %d sums over heads and %d sums over samples; "
                             "this engine takes up to %d orders of naming their indices",
                             heads, samples, (int)LSA_MAX_RENAMINGS);
    return lsa_error_set(err, LSA_ERR_UNABLE, "the statement multiplies %d sums over %s; this engine takes up to %d",
                         heads > samples ? heads : samples, heads > samples ? "heads" : "samples", (int)MAX_DUMMIES);
}

lsa_status lsa_monomial_key(const lsa_algebra *algebra, const lsa_monomial *m, lsa_key *key, lsa_error *err)
{
    lsa_monomial settled;
    int heads = 0;
    settle_structure(algebra, m, &settled, &heads);
    if (settled.unable != NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "%s", settled.unable);
    if (heads > MAX_DUMMIES || settled.n_samples > MAX_DUMMIES ||
        renamings(heads, settled.n_samples) > LSA_MAX_RENAMINGS)
        return refuse_sums(heads, settled.n_samples, err);
    least_key(algebra, &settled, heads, key);
    return LSA_OK;
}

void lsa_monomial_from_key(const int32_t *key, lsa_monomial *m)
{
    const int open = key[3], n_powers = key[4], n_rings = key[5];
    const int32_t *at = key + 6;
    lsa_monomial_init(m);
    m->n_heads = key[0];
    m->n_samples = key[1];
    for (int k = 0; k < n_powers; k++, at += 2)
        lsa_monomial_power(m, at[0], at[1]);
    for (int k = 0; k < open; k++)
        lsa_monomial_push(m, *at++);
    if (key[2] != 0)
        lsa_monomial_close_open(m, 0);
    for (int r = 0; r < n_rings; r++) {
        const int length = *at++;
        assert(length > 0 && m->n_rings < LSA_MAX_RINGS);
        m->rings[m->n_rings++] = (lsa_span){m->n_letters, length};
        for (int k = 0; k < length; k++)
            lsa_monomial_push(m, *at++);
    }
}
