/* lower.c - terms to products: heads assigned, words cut at dimension 1, constants gathered in slots. */
#include "compile/lower.h"

#include "base/try.h"
#include "compile/average.h"
#include "compile/chain.h"
#include "compile/effort.h"

#include <string.h>

enum { MOST_PRODUCTS = 1000000 }; /* of one term; more heads than that would not be evaluated in useful time either */

lsa_status lsa_lowering_create(lsa_arena *arena, lsa_bound *bound, const lsa_block *blocks, const int *first_block,
                               lsa_lowering **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_lowering *lowering = lsa_arena_alloc(arena, 1, sizeof *lowering);
    LSA_TRY_MEMORY(lowering, "the terms of a program");
    lowering->arena = arena;
    lowering->bound = bound;
    lowering->blocks = blocks;
    lowering->first_block = first_block;
    lowering->heads = bound->binding->heads;
    lowering->skeletons = lsa_intern_create(arena);
    lowering->node_keys = lsa_intern_create(arena);
    LSA_TRY_MEMORY(lowering->skeletons, "the terms of a program");
    LSA_TRY_MEMORY(lowering->node_keys, "the terms of a program");
    LSA_TRY(lsa_slots_create(arena, bound, &lowering->slots, err));
    *out = lowering;
done:
    return status;
}

/* ---- one product ---- */

/* The chains of a product being written, sorted. */
typedef struct product_draft {
    double coefficient;
    int n, capacity;
    lsa_writing *chains;
} product_draft;

static lsa_status add_chain(lsa_lowering *lowering, product_draft *product, const lsa_writing *chain, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_writing *chains =
        lsa_array_grow(lowering->arena, product->chains, product->n, &product->capacity, sizeof *chains);
    LSA_TRY_MEMORY(chains, "the terms of a program");
    product->chains = chains;
    int k = product->n++;
    for (; k > 0 && lsa_chain_compare(chain, &chains[k - 1]) < 0; k--)
        chains[k] = chains[k - 1];
    chains[k] = *chain;
done:
    return status;
}

/* A piece of a word between dimensions 1, or a whole open word. */
static lsa_status add_piece(lsa_lowering *lowering, product_draft *product, lsa_chain_role role, int n,
                            const lsa_letter *letters, lsa_dim rows, lsa_dim cols, const ptrdiff_t *head_of,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_writing chain = lsa_writing_in(lowering->arena, role);
    LSA_TRY(lsa_chain_write(lowering, n, letters, rows, cols, head_of, &chain, &product->coefficient, err));
    if (role == LSA_CHAIN_SCALAR && chain.factors.n == 0)
        LSA_TRY(lsa_chain_fold(lowering, &chain, &product->coefficient, err));
    else {
        if (role == LSA_CHAIN_SCALAR)
            LSA_TRY(lsa_chain_make_least(lowering, &chain, err));
        LSA_TRY(add_chain(lowering, product, &chain, err));
    }
done:
    return status;
}

/* The first position >= from whose letter starts in dimension 1, or n. */
static int next_cut(const lsa_lowering *lowering, int from, int n, const lsa_letter *letters)
{
    while (from < n && lsa_letter_rows(lowering, letters[from]) != LSA_DIM_ONE)
        from++;
    return from;
}

/* A linear word, cut where it passes through dimension 1. The first and the last piece of an open word are its column
 * and its row; every other piece is a scalar. */
static lsa_status add_linear(lsa_lowering *lowering, product_draft *product, const lsa_draft_word *word, lsa_dim rows,
                             lsa_dim cols, const ptrdiff_t *head_of, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int first_cut = next_cut(lowering, 1, word->n, word->letters);
    const bool whole = first_cut >= word->n;
    for (int from = 0, to = whole ? word->n : first_cut; from < word->n || (from == 0 && word->n == 0);
         from = to, to = next_cut(lowering, to + 1, word->n, word->letters)) {
        const lsa_dim start = from == 0 ? rows : LSA_DIM_ONE, end = to == word->n ? cols : LSA_DIM_ONE;
        lsa_chain_role role = LSA_CHAIN_SCALAR;
        if (start != LSA_DIM_ONE || (end != LSA_DIM_ONE && whole))
            role = LSA_CHAIN_OPEN;
        else if (end != LSA_DIM_ONE)
            role = rows != LSA_DIM_ONE ? LSA_CHAIN_OUTER : LSA_CHAIN_OPEN;
        LSA_TRY(add_piece(lowering, product, role, to - from, word->letters + from, start, end, head_of, err));
        if (word->n == 0)
            break;
    }
done:
    return status;
}

/* A ring that never passes through dimension 1; it starts at an active letter when it has one. */
static lsa_status add_ring(lsa_lowering *lowering, product_draft *product, int n, const lsa_letter *letters,
                           const ptrdiff_t *head_of, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_dim seam = lsa_letter_rows(lowering, letters[0]);
    lsa_writing ring = lsa_writing_in(lowering->arena, LSA_CHAIN_RING);
    LSA_TRY(lsa_chain_write(lowering, n, letters, seam, seam, head_of, &ring, &product->coefficient, err));
    if (ring.factors.n == 0) {
        LSA_TRY(lsa_chain_fold(lowering, &ring, &product->coefficient, err));
        goto done;
    }
    LSA_TRY_MEMORY(ring.slots.failed ? NULL : lowering, "the terms of a program");
    memmove(ring.slots.data, ring.slots.data + 1, (size_t)ring.factors.n * sizeof(int)); /* nothing is in front */
    ring.slots.n = ring.factors.n;
    LSA_TRY(lsa_chain_make_least(lowering, &ring, err));
    LSA_TRY(add_chain(lowering, product, &ring, err));
done:
    return status;
}

/* Where to start a ring: at dimension 1 if it passes there, else at an active letter, else where it is. */
static int ring_start(const lsa_lowering *lowering, const lsa_draft_word *word)
{
    const int cut = next_cut(lowering, 0, word->n, word->letters);
    if (cut < word->n)
        return cut;
    for (int k = 0; k < word->n; k++)
        if (lsa_letter_active(lowering, word->letters[k]))
            return k;
    return 0;
}

static lsa_status add_trace(lsa_lowering *lowering, product_draft *product, const lsa_draft_word *word,
                            const ptrdiff_t *head_of, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int start = ring_start(lowering, word);
    lsa_draft_word turned = {.n = word->n,
                             .letters = lsa_arena_alloc(lowering->arena, (size_t)word->n, sizeof *word->letters)};
    LSA_TRY_MEMORY(turned.letters, "the terms of a program");
    for (int k = 0; k < word->n; k++)
        turned.letters[k] = word->letters[(start + k) % word->n];
    if (lsa_letter_rows(lowering, turned.letters[0]) == LSA_DIM_ONE)
        LSA_TRY(add_linear(lowering, product, &turned, LSA_DIM_ONE, LSA_DIM_ONE, head_of, err));
    else
        LSA_TRY(add_ring(lowering, product, turned.n, turned.letters, head_of, err));
done:
    return status;
}

/* Appends the powers to the key, equal nodes added up, sorted by node. */
static lsa_status add_powers(lsa_lowering *lowering, const lsa_draft *draft, const ptrdiff_t *head_of, lsa_ints *key,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    size_t n = 0;
    int *pairs = lsa_arena_alloc(lowering->arena, 2 * (size_t)draft->n_powers, sizeof *pairs);
    LSA_TRY_MEMORY(pairs, "the terms of a program");
    for (int p = 0; p < draft->n_powers; p++) {
        const lsa_power power = draft->powers[p];
        const ptrdiff_t head = power.index >= 0 ? head_of[power.index] : 0;
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

static lsa_status append_product(lsa_lowering *lowering, const product_draft *draft, lsa_ints *key, lsa_sum *out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints slots = lsa_ints_in(lowering->arena);
    lsa_ints_push(key, draft->n);
    for (int k = 0; k < draft->n; k++) {
        const lsa_writing *chain = &draft->chains[k];
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
        (lsa_product){.coefficient = draft->coefficient, .skeleton = skeleton, .n_slots = slots.n, .slots = slots.data};
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

/* A draft without random letters, every index at its head, as one product. */
static lsa_status lower_fixed(lsa_lowering *lowering, const lsa_draft *draft, const ptrdiff_t *head_of, lsa_sum *out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    product_draft product = {.coefficient = draft->coefficient};
    lsa_ints key = lsa_ints_in(lowering->arena);
    LSA_TRY(lsa_lowering_spend(lowering, steps_of(draft), err));
    LSA_TRY(add_powers(lowering, draft, head_of, &key, err));
    for (int k = 0; k < draft->n_words; k++) {
        const lsa_draft_word *word = &draft->words[k];
        if (!word->open)
            LSA_TRY(add_trace(lowering, &product, word, head_of, err));
        else if (word->n > 0 || draft->rows != LSA_DIM_ONE)
            LSA_TRY(add_linear(lowering, &product, word, draft->rows, draft->cols, head_of, err));
    }
    if (product.coefficient != 0.0)
        LSA_TRY(append_product(lowering, &product, &key, out, err));
done:
    return status;
}

/* The draft with every index at its head: one product, or those that average it over the random covariances. */
static lsa_status lower_assigned(lsa_lowering *lowering, const lsa_draft *draft, ptrdiff_t *head_of, lsa_sum *out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_drafts average = {0};
    if (!lsa_draft_is_random(lowering, draft)) {
        LSA_TRY(lower_fixed(lowering, draft, head_of, out, err));
        goto done;
    }
    LSA_TRY(lsa_average(lowering, draft, head_of, &average, err));
    for (int k = 0; k < average.n; k++)
        LSA_TRY(lower_fixed(lowering, &average.drafts[k], head_of, out, err));
done:
    return status;
}

/* ---- heads ---- */

static bool uses_index(const lsa_draft *draft, int index)
{
    for (int k = 0; k < draft->n_powers; k++)
        if (draft->powers[k].index == index)
            return true;
    for (int w = 0; w < draft->n_words; w++)
        for (int k = 0; k < draft->words[w].n; k++)
            if (draft->words[w].letters[k].index == index)
                return true;
    return false;
}

lsa_status lsa_draft_lower(lsa_lowering *lowering, const lsa_draft *draft, ptrdiff_t *head_of, lsa_sum *out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    double products = 1.0;
    int live = 0;
    int *dummy = lsa_arena_alloc(lowering->arena, (size_t)draft->n_dummies, sizeof *dummy);
    LSA_TRY_MEMORY(dummy, "the terms of a program");
    for (int index = 1; index <= draft->n_dummies; index++)
        if (uses_index(draft, index)) {
            dummy[live++] = index;
            head_of[index] = 0;
            products *= (double)lowering->heads;
        }
    if (products > MOST_PRODUCTS)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "a term of the loss sums over %d heads %d times over: %g products",
                              (int)lowering->heads, live, products));
    for (int k = 0; k >= 0;) { /* an odometer over the heads of the dummies */
        LSA_TRY(lower_assigned(lowering, draft, head_of, out, err));
        for (k = live - 1; k >= 0; k--) {
            if (++head_of[dummy[k]] < lowering->heads)
                break;
            head_of[dummy[k]] = 0;
        }
    }
done:
    return status;
}

/* A head index that no letter carries: every head counts the term once. */
static double count_heads(const lsa_lowering *lowering, const lsa_draft *draft)
{
    double count = 1.0;
    for (int index = 1; index <= draft->n_dummies; index++)
        if (!uses_index(draft, index))
            count *= (double)lowering->heads;
    return count;
}

static lsa_status copy_word(lsa_lowering *lowering, lsa_word word, bool open, lsa_draft_word *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_letter *letters = lsa_arena_alloc(lowering->arena, (size_t)word.length, sizeof *letters);
    LSA_TRY_MEMORY(letters, "the terms of a program");
    memcpy(letters, word.letters, (size_t)word.length * sizeof *letters);
    *out = (lsa_draft_word){.open = open, .n = word.length, .letters = letters};
done:
    return status;
}

static lsa_status draft_term(lsa_lowering *lowering, const lsa_term *term, lsa_draft *draft, lsa_error *err)
{
    lsa_status status = LSA_OK;
    draft->n_dummies = term->n_dummies;
    draft->n_powers = 0;
    draft->powers = lsa_arena_alloc(lowering->arena, (size_t)term->n_powers, sizeof *draft->powers);
    draft->words = lsa_arena_alloc(lowering->arena, (size_t)term->n_traces + 1, sizeof *draft->words);
    LSA_TRY_MEMORY(draft->powers, "the terms of a program");
    LSA_TRY_MEMORY(draft->words, "the terms of a program");
    for (int k = 0; k < term->n_powers; k++)
        if (lowering->bound->kind[term->powers[k].symbol] != LSA_BOUND_CONSTANT)
            draft->powers[draft->n_powers++] = term->powers[k];
    for (draft->n_words = 0; draft->n_words < term->n_traces; draft->n_words++)
        LSA_TRY(copy_word(lowering, term->traces[draft->n_words], false, &draft->words[draft->n_words], err));
    if (term->has_open)
        LSA_TRY(copy_word(lowering, term->open, true, &draft->words[draft->n_words++], err));
done:
    return status;
}

static lsa_status lower_term(lsa_lowering *lowering, const lsa_term *term, lsa_draft *draft, ptrdiff_t head,
                             lsa_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t *head_of = lsa_arena_alloc(lowering->arena, (size_t)term->n_dummies + 1, sizeof *head_of);
    LSA_TRY_MEMORY(head_of, "the terms of a program");
    LSA_TRY(lsa_bound_weight(lowering->bound, term, &draft->coefficient, err));
    if (draft->coefficient == 0.0)
        goto done;
    LSA_TRY(draft_term(lowering, term, draft, err));
    draft->coefficient *= count_heads(lowering, draft);
    if (lowering->heads > 1)
        LSA_TRY(lsa_draft_gather_heads(lowering, draft, err));
    head_of[LSA_INDEX_FREE] = head;
    LSA_TRY(lsa_draft_lower(lowering, draft, head_of, out, err));
done:
    return status;
}

lsa_status lsa_lower(lsa_lowering *lowering, const lsa_poly *poly, ptrdiff_t head, lsa_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_draft draft = {.rows = lsa_poly_rows(poly), .cols = lsa_poly_cols(poly)};
    for (ptrdiff_t i = 0; i < lsa_poly_count(poly); i++) {
        const lsa_term term = lsa_poly_term(poly, i);
        LSA_TRY(lower_term(lowering, &term, &draft, head, out, err));
    }
    LSA_TRY(lsa_merge(lowering, out, err));
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
