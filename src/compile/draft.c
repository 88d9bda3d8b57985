/* draft.c - a draft written down as a product: words cut at dimension 1, constants gathered in slots, chains sorted. */
#include "compile/draft.h"

#include "base/try.h"
#include "compile/chain.h"
#include "compile/effort.h"

#include <string.h>

/* The draft, and what of its product is written: the chains, sorted. */
typedef struct writing {
    const lsa_draft *draft;
    double coefficient;
    int n, capacity;
    lsa_writing *chains;
} writing;

/* Adds the letters, from dimension `rows` to `cols`, as a chain. What is a number made of constants alone goes to the
 * coefficient. */
static lsa_status add_chain(lsa_lowering *lowering, writing *w, lsa_chain_role role, int n, const lsa_letter *letters,
                            lsa_dim rows, lsa_dim cols, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool ring = role == LSA_CHAIN_RING, number = ring || role == LSA_CHAIN_SCALAR;
    lsa_writing chain = lsa_writing_in(lowering->arena, role);
    LSA_TRY(lsa_chain_write(lowering, n, letters, rows, cols, w->draft->head_of, &chain, &w->coefficient, err));
    if (number && chain.factors.n == 0) {
        LSA_TRY(lsa_chain_fold(lowering, &chain, &w->coefficient, err));
        goto done;
    }
    if (ring) { /* it starts at a factor, so the slot in front is empty */
        memmove(chain.slots.data, chain.slots.data + 1, (size_t)chain.factors.n * sizeof(int));
        chain.slots.n = chain.factors.n;
    }
    if (number)
        LSA_TRY(lsa_chain_make_least(lowering, &chain, err));
    lsa_writing *chains = lsa_array_grow(lowering->arena, w->chains, w->n, &w->capacity, sizeof *chains);
    LSA_TRY_MEMORY(chains, "the terms of a program");
    w->chains = chains;
    int k = w->n++;
    for (; k > 0 && lsa_chain_compare(&chain, &chains[k - 1]) < 0; k--)
        chains[k] = chains[k - 1];
    chains[k] = chain;
done:
    return status;
}

/* The first position >= from whose letter starts in dimension 1, or n. */
static int next_cut(const lsa_lowering *lowering, int from, int n, const lsa_letter *letters)
{
    while (from < n && lsa_letter_rows(lowering, letters[from]) != LSA_DIM_ONE)
        from++;
    return from < n ? from : n;
}

/* A word from dimension `rows` to `cols`. It falls apart where it passes through dimension 1:
 *     p'A q r'B s = (p'A q) (r'B s),     U p q'A r s'V = (U p) (q'A r) (s'V).
 * A piece from 1 to 1 is a number. What is left is the open word: one piece, or a column times a row. */
static lsa_status add_word(lsa_lowering *lowering, writing *w, const lsa_draft_word *word, lsa_dim rows, lsa_dim cols,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    int from = 0;
    do {
        const int to = next_cut(lowering, from + 1, word->n, word->letters);
        const lsa_dim start = from == 0 ? rows : LSA_DIM_ONE, end = to == word->n ? cols : LSA_DIM_ONE;
        lsa_chain_role role = LSA_CHAIN_OPEN;
        if (start == LSA_DIM_ONE && end == LSA_DIM_ONE)
            role = LSA_CHAIN_SCALAR;
        else if (start == LSA_DIM_ONE && rows != LSA_DIM_ONE) /* the row, after a column */
            role = LSA_CHAIN_OUTER;
        LSA_TRY(add_chain(lowering, w, role, to - from, word->letters + from, start, end, err));
        from = to;
    } while (from < word->n);
done:
    return status;
}

/* Where to start a trace: at dimension 1 if it passes there, else at an active letter, else where it is. */
static int trace_start(const lsa_lowering *lowering, const lsa_draft_word *word)
{
    const int cut = next_cut(lowering, 0, word->n, word->letters);
    if (cut < word->n)
        return cut;
    for (int k = 0; k < word->n; k++)
        if (lsa_letter_active(lowering, word->letters[k]))
            return k;
    return 0;
}

/* The trace of a word: numbers where it passes through dimension 1, else a ring. */
static lsa_status add_trace(lsa_lowering *lowering, writing *w, const lsa_draft_word *word, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int start = trace_start(lowering, word);
    lsa_draft_word turned = {.n = word->n,
                             .letters = lsa_arena_alloc(lowering->arena, (size_t)word->n, sizeof *word->letters)};
    LSA_TRY_MEMORY(turned.letters, "the terms of a program");
    for (int k = 0; k < word->n; k++)
        turned.letters[k] = word->letters[(start + k) % word->n];
    const lsa_dim seam = lsa_letter_rows(lowering, turned.letters[0]);
    if (seam == LSA_DIM_ONE)
        LSA_TRY(add_word(lowering, w, &turned, seam, seam, err));
    else
        LSA_TRY(add_chain(lowering, w, LSA_CHAIN_RING, turned.n, turned.letters, seam, seam, err));
done:
    return status;
}

/* Appends the powers to the key, equal nodes added up, sorted by node. */
static lsa_status add_powers(lsa_lowering *lowering, const lsa_draft *draft, lsa_ints *key, lsa_error *err)
{
    lsa_status status = LSA_OK;
    size_t n = 0;
    int *pairs = lsa_arena_alloc(lowering->arena, 2 * (size_t)draft->n_powers, sizeof *pairs);
    LSA_TRY_MEMORY(pairs, "the terms of a program");
    for (int p = 0; p < draft->n_powers; p++) {
        const lsa_power power = draft->powers[p];
        const ptrdiff_t head = power.index >= 0 ? draft->head_of[power.index] : 0;
        int node = -1;
        size_t k = 0;
        LSA_TRY(lsa_block_node(lowering, power.symbol, head, &node, err));
        while (k < n && pairs[2 * k] < node)
            k++;
        if (k == n || pairs[2 * k] != node) {
            memmove(pairs + 2 * k + 2, pairs + 2 * k, 2 * (n - k) * sizeof *pairs);
            pairs[2 * k] = node;
            pairs[2 * k + 1] = 0;
            n++;
        }
        pairs[2 * k + 1] += power.exponent;
    }
    lsa_ints_push(key, (int)n);
    lsa_ints_append(key, 2 * (int)n, pairs);
done:
    return status;
}

static lsa_status append_product(lsa_lowering *lowering, const writing *w, lsa_ints *key, lsa_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints slots = lsa_ints_in(lowering->arena);
    lsa_ints_push(key, w->n);
    for (int k = 0; k < w->n; k++) {
        const lsa_writing *chain = &w->chains[k];
        lsa_ints_push(key, chain->role);
        lsa_ints_push(key, chain->factors.n);
        lsa_ints_append(key, chain->factors.n, chain->factors.data);
        lsa_ints_append(&slots, chain->slots.n, chain->slots.data);
    }
    const int skeleton = lsa_intern_id(lowering->skeletons, key);
    lsa_product *products =
        lsa_array_grow(lowering->arena, out->products, out->n, &out->capacity, sizeof *out->products);
    LSA_TRY_MEMORY(slots.failed || skeleton < 0 ? NULL : products, "the terms of a program");
    out->products = products;
    out->products[out->n++] =
        (lsa_product){.coefficient = w->coefficient, .skeleton = skeleton, .n_slots = slots.n, .slots = slots.data};
done:
    return status;
}

/* What a draft costs to be written as one product. A ring is compared with its rotations. */
static int64_t steps_of(const lsa_draft *draft)
{
    int64_t steps = 64;
    for (int k = 0; k < draft->n_words; k++) {
        const int64_t n = draft->words[k].n;
        steps += draft->words[k].open ? 8 * n : 8 * n + n * n;
    }
    return steps;
}

lsa_status lsa_draft_write(lsa_lowering *lowering, const lsa_draft *draft, lsa_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    writing w = {.draft = draft, .coefficient = draft->coefficient};
    lsa_ints key = lsa_ints_in(lowering->arena);
    LSA_TRY(lsa_lowering_spend(lowering, steps_of(draft), err));
    LSA_TRY(add_powers(lowering, draft, &key, err));
    for (int k = 0; k < draft->n_words; k++) {
        const lsa_draft_word *word = &draft->words[k];
        if (!word->open)
            LSA_TRY(add_trace(lowering, &w, word, err));
        else if (word->n > 0 || draft->rows != LSA_DIM_ONE)
            LSA_TRY(add_word(lowering, &w, word, draft->rows, draft->cols, err));
    }
    if (w.coefficient != 0.0)
        LSA_TRY(append_product(lowering, &w, &key, out, err));
done:
    return status;
}

/* ---- reading ---- */

lsa_reader lsa_product_read(const lsa_lowering *lowering, const lsa_product *product)
{
    int length = 0;
    const int *key = lsa_intern_key(lowering->skeletons, product->skeleton, &length);
    const ptrdiff_t n_powers = key[0];
    return (lsa_reader){.n_powers = key[0],
                        .powers = key + 1,
                        .chains_left = key[1 + 2 * n_powers],
                        .at = key + 2 + 2 * n_powers,
                        .slot = product->slots};
}

bool lsa_reader_next(lsa_reader *reader, lsa_chain *chain)
{
    if (reader->chains_left == 0)
        return false;
    reader->chains_left--;
    *chain = (lsa_chain){
        .role = (lsa_chain_role)reader->at[0], .n = reader->at[1], .factors = reader->at + 2, .slots = reader->slot};
    reader->at += 2 + chain->n;
    reader->slot += chain->role == LSA_CHAIN_RING ? chain->n : chain->n + 1;
    return true;
}
