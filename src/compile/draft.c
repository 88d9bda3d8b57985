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
    lsa_chain *chains;
} writing;

/* Adds the letters, from dimension `rows` to `cols`, as a chain. What is a number made of constants alone goes to the
 * coefficient. */
static lsa_status add_chain(lsa_lowering *lowering, writing *w, lsa_chain_role role, int n, const lsa_atom *letters,
                            lsa_dim rows, lsa_dim cols, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool number = role == LSA_CHAIN_RING || role == LSA_CHAIN_SCALAR;
    lsa_chain chain;
    LSA_TRY(lsa_chain_write(lowering, role, n, letters, rows, cols, w->draft->head_of, &chain, &w->coefficient, err));
    if (number && chain.n == 0) {
        LSA_TRY(lsa_chain_fold(lowering, &chain, &w->coefficient, err));
        goto done;
    }
    if (number)
        LSA_TRY(lsa_chain_make_least(lowering, &chain, err));
    lsa_chain *chains = lsa_array_grow(lowering->arena, w->chains, w->n, &w->capacity, sizeof *chains);
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
static int next_cut(const lsa_lowering *lowering, int from, int n, const lsa_atom *letters)
{
    while (from < n && lsa_atom_rows(lowering, letters[from]) != LSA_DIM_ONE)
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
        if (lsa_atom_active(lowering, word->letters[k]))
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
    const lsa_dim seam = lsa_atom_rows(lowering, turned.letters[0]);
    if (seam == LSA_DIM_ONE)
        LSA_TRY(add_word(lowering, w, &turned, seam, seam, err));
    else
        LSA_TRY(add_chain(lowering, w, LSA_CHAIN_RING, turned.n, turned.letters, seam, seam, err));
done:
    return status;
}

/* The draft's powers, equal nodes added up, sorted by node. */
static lsa_status gather_powers(lsa_lowering *lowering, const lsa_draft *draft, lsa_node_power **out, int *n,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node_power *powers = lsa_arena_alloc(lowering->arena, (size_t)draft->n_powers, sizeof *powers);
    LSA_TRY_MEMORY(powers, "the terms of a program");
    *out = powers;
    *n = 0;
    for (int p = 0; p < draft->n_powers; p++) {
        const lsa_power power = draft->powers[p];
        int node = -1, k = 0;
        LSA_TRY(lsa_block_node(lowering, power.symbol, power.index >= 0 ? draft->head_of[power.index] : 0, &node, err));
        while (k < *n && powers[k].node < node)
            k++;
        if (k == *n || powers[k].node != node) {
            memmove(powers + k + 1, powers + k, (size_t)(*n - k) * sizeof *powers);
            powers[k] = (lsa_node_power){.node = node};
            (*n)++;
        }
        powers[k].exponent += power.exponent;
    }
done:
    return status;
}

/* The number of the skeleton of these powers and the chains of w. */
static lsa_status enter_skeleton(lsa_lowering *lowering, int n_powers, const lsa_node_power *powers, const writing *w,
                                 int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, n_powers);
    for (int k = 0; k < n_powers; k++) {
        lsa_ints_push(&key, powers[k].node);
        lsa_ints_push(&key, powers[k].exponent);
    }
    for (int k = 0; k < w->n; k++) {
        lsa_ints_push(&key, w->chains[k].role);
        lsa_ints_push(&key, w->chains[k].n);
        lsa_ints_append_atoms(&key, w->chains[k].n, w->chains[k].factors);
    }
    const int before = lsa_intern_count(lowering->skeleton_keys);
    lsa_skeleton *skeletons =
        lsa_array_grow(lowering->arena, lowering->skeletons, before, &lowering->skeleton_capacity, sizeof *skeletons);
    *out = lsa_intern_id(lowering->skeleton_keys, &key);
    LSA_TRY_MEMORY(*out < 0 ? NULL : skeletons, "the terms of a program");
    lowering->skeletons = skeletons;
    if (*out == before)
        skeletons[*out] = (lsa_skeleton){.n_powers = n_powers, .powers = powers, .n_chains = w->n, .chains = w->chains};
done:
    return status;
}

static lsa_status append_product(lsa_lowering *lowering, const writing *w, int skeleton, lsa_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints slots = lsa_ints_in(lowering->arena);
    for (int k = 0; k < w->n; k++)
        lsa_ints_append(&slots, lsa_chain_slots(&w->chains[k]), w->chains[k].slots);
    lsa_product *products =
        lsa_array_grow(lowering->arena, out->products, out->n, &out->capacity, sizeof *out->products);
    LSA_TRY_MEMORY(slots.failed ? NULL : products, "the terms of a program");
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
    lsa_node_power *powers = NULL;
    int n_powers = 0, skeleton = -1;
    LSA_TRY(lsa_lowering_spend(lowering, steps_of(draft), err));
    LSA_TRY(gather_powers(lowering, draft, &powers, &n_powers, err));
    for (int k = 0; k < draft->n_words; k++) {
        const lsa_draft_word *word = &draft->words[k];
        if (!word->open)
            LSA_TRY(add_trace(lowering, &w, word, err));
        else if (word->n > 0 || draft->rows != LSA_DIM_ONE)
            LSA_TRY(add_word(lowering, &w, word, draft->rows, draft->cols, err));
    }
    if (w.coefficient == 0.0)
        goto done;
    LSA_TRY(enter_skeleton(lowering, n_powers, powers, &w, &skeleton, err));
    LSA_TRY(append_product(lowering, &w, skeleton, out, err));
done:
    return status;
}

/* ---- reading ---- */

lsa_reader lsa_product_read(const lsa_lowering *lowering, const lsa_product *product)
{
    return (lsa_reader){.skeleton = &lowering->skeletons[product->skeleton], .slot = product->slots};
}

bool lsa_reader_next(lsa_reader *reader, lsa_chain *chain)
{
    if (reader->next == reader->skeleton->n_chains)
        return false;
    *chain = reader->skeleton->chains[reader->next++];
    chain->slots = reader->slot;
    reader->slot += lsa_chain_slots(chain);
    return true;
}
