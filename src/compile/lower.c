/* lower.c - terms to products: heads assigned, words cut at dimension 1, constants gathered in slots. */
#include "compile/lower.h"

#include "base/try.h"
#include "compile/draft.h"

#include <assert.h>
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

lsa_status lsa_node_enter(lsa_lowering *lowering, const lsa_ints *key, int *node, bool *is_new, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int before = lsa_intern_count(lowering->node_keys);
    lsa_node *nodes = lsa_array_grow(lowering->arena, lowering->nodes, before, &lowering->node_capacity, sizeof *nodes);
    LSA_TRY_MEMORY(nodes, "the terms of a program");
    lowering->nodes = nodes;
    *node = lsa_intern_id(lowering->node_keys, key);
    LSA_TRY_MEMORY(*node >= 0 ? nodes : NULL, "the terms of a program");
    *is_new = *node == before;
done:
    return status;
}

lsa_dim lsa_factor_rows(const lsa_lowering *lowering, int factor)
{
    const lsa_node *node = &lowering->nodes[factor / 2];
    return factor % 2 == 0 ? node->rows : node->cols;
}

lsa_dim lsa_factor_cols(const lsa_lowering *lowering, int factor)
{
    return lsa_factor_rows(lowering, factor ^ 1);
}

int lsa_factor_row_side(const lsa_lowering *lowering, int factor)
{
    const lsa_node *node = &lowering->nodes[factor / 2];
    return factor % 2 == 0 ? node->row_side : node->col_side;
}

int lsa_factor_col_side(const lsa_lowering *lowering, int factor)
{
    return lsa_factor_row_side(lowering, factor ^ 1);
}

int lsa_side(const lsa_bound *bound, int parameter, bool column)
{
    const lsa_symbol *s = lsa_algebra_symbol(bound->algebra, bound->statement->parameters[parameter]);
    return (column ? s->cols : s->rows) == LSA_DIM_D ? 2 * parameter + column : LSA_SIDE_NONE;
}

/* ---- letters ---- */

bool lsa_letter_active(const lsa_lowering *lowering, lsa_letter letter)
{
    return letter.symbol >= lowering->bound->n_symbols || lowering->bound->role[letter.symbol] != LSA_ROLE_CONSTANT;
}

lsa_dim lsa_letter_rows(const lsa_lowering *lowering, lsa_letter letter)
{
    const int n_symbols = lowering->bound->n_symbols;
    if (letter.symbol >= n_symbols)
        return lsa_factor_rows(lowering, 2 * (letter.symbol - n_symbols) + letter.transposed);
    const lsa_symbol *s = lsa_algebra_symbol(lowering->bound->algebra, letter.symbol);
    return letter.transposed ? s->cols : s->rows;
}

lsa_dim lsa_letter_cols(const lsa_lowering *lowering, lsa_letter letter)
{
    letter.transposed = !letter.transposed;
    return lsa_letter_rows(lowering, letter);
}

/* The node of a parameter's block, or of the direction's. */
static lsa_status block_node(lsa_lowering *lowering, int symbol, ptrdiff_t head, int *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_bound *bound = lowering->bound;
    const int parameter = bound->parameter[symbol];
    const int block = lowering->first_block[parameter] + (int)head;
    const lsa_node_kind kind = bound->role[symbol] == LSA_ROLE_PARAMETER ? LSA_NODE_PARAMETER : LSA_NODE_DIRECTION;
    bool is_new = false;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, kind);
    lsa_ints_push(&key, block);
    LSA_TRY(lsa_node_enter(lowering, &key, node, &is_new, err));
    if (is_new) {
        const lsa_symbol *s = lsa_algebra_symbol(bound->algebra, symbol);
        lowering->nodes[*node] = (lsa_node){.kind = kind,
                                            .rows = s->rows,
                                            .cols = s->cols,
                                            .block = block,
                                            .row_side = lsa_side(bound, parameter, false),
                                            .col_side = lsa_side(bound, parameter, true)};
    }
done:
    return status;
}

static lsa_status letter_factor(lsa_lowering *lowering, lsa_letter letter, const ptrdiff_t *head_of, int *factor,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    int node = letter.symbol - lowering->bound->n_symbols;
    if (node < 0)
        LSA_TRY(block_node(lowering, letter.symbol, letter.index >= 0 ? head_of[letter.index] : 0, &node, err));
    *factor = 2 * node + letter.transposed;
done:
    return status;
}

/* ---- one chain ---- */

/* A chain being written. */
typedef struct writing {
    lsa_chain_role role;
    lsa_ints factors, slots;
} writing;

static writing writing_in(lsa_arena *arena, lsa_chain_role role)
{
    return (writing){.role = role, .factors = lsa_ints_in(arena), .slots = lsa_ints_in(arena)};
}

/* Ends the slot in `codes` and starts the next. */
static lsa_status close_slot(lsa_lowering *lowering, lsa_ints *codes, lsa_dim rows, lsa_dim cols, writing *chain,
                             double *coefficient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int slot = -1;
    LSA_TRY_MEMORY(codes->failed ? NULL : lowering, "the terms of a program");
    LSA_TRY(lsa_slots_word(lowering->slots, rows, cols, codes->n, codes->data, coefficient, &slot, err));
    lsa_ints_push(&chain->slots, slot);
    codes->n = 0;
done:
    return status;
}

/* Letters from `rows` to `cols` as factors with slots before, between and after them. */
static lsa_status write_chain(lsa_lowering *lowering, int n, const lsa_letter *letters, lsa_dim rows, lsa_dim cols,
                              const ptrdiff_t *head_of, writing *chain, double *coefficient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_ints codes = lsa_ints_in(lowering->arena);
    lsa_dim start = rows;
    for (int k = 0; k < n; k++) {
        int factor = -1;
        if (!lsa_letter_active(lowering, letters[k])) {
            lsa_ints_push(&codes, 2 * letters[k].symbol + letters[k].transposed);
            continue;
        }
        LSA_TRY(close_slot(lowering, &codes, start, lsa_letter_rows(lowering, letters[k]), chain, coefficient, err));
        LSA_TRY(letter_factor(lowering, letters[k], head_of, &factor, err));
        lsa_ints_push(&chain->factors, factor);
        start = lsa_letter_cols(lowering, letters[k]);
    }
    LSA_TRY(close_slot(lowering, &codes, start, cols, chain, coefficient, err));
done:
    return status;
}

/* Constants alone: their trace is a number. */
static lsa_status fold_constants(lsa_lowering *lowering, const writing *chain, double *coefficient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_value value;
    LSA_TRY_MEMORY(chain->slots.failed ? NULL : lowering, "the terms of a program");
    LSA_TRY(lsa_slots_value(lowering->slots, chain->slots.data[0], &value, err));
    *coefficient *= lsa_value_trace(&value);
done:
    return status;
}

static int compare_ints(int n, const int *a, const int *b)
{
    for (int k = 0; k < n; k++)
        if (a[k] != b[k])
            return a[k] < b[k] ? -1 : 1;
    return 0;
}

/* Factors first, so that chains of one skeleton meet; then slots. */
static int compare_chains(const writing *a, const writing *b)
{
    if (a->role != b->role)
        return a->role < b->role ? -1 : 1;
    if (a->factors.n != b->factors.n)
        return a->factors.n < b->factors.n ? -1 : 1;
    const int order = compare_ints(a->factors.n, a->factors.data, b->factors.data);
    return order != 0 ? order : compare_ints(a->slots.n, a->slots.data, b->slots.data);
}

/* out = chain', every factor and slot transposed. */
static lsa_status transpose_chain(lsa_lowering *lowering, const writing *chain, writing *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = writing_in(lowering->arena, chain->role);
    for (int k = chain->factors.n - 1; k >= 0; k--)
        lsa_ints_push(&out->factors, chain->factors.data[k] ^ 1);
    const int last = chain->slots.n - 1;
    for (int k = 0; k <= last; k++) {
        /* In a ring the slot after the last factor stays the last: it closes the ring both ways. */
        const int from = chain->role != LSA_CHAIN_RING ? last - k : k == last ? last : last - 1 - k;
        double factor = 1.0;
        int slot = -1;
        LSA_TRY(lsa_slots_transpose(lowering->slots, chain->slots.data[from], &factor, &slot, err));
        assert(factor == 1.0); /* single words have no weights yet */
        lsa_ints_push(&out->slots, slot);
    }
    LSA_TRY_MEMORY(out->slots.failed || out->factors.failed ? NULL : lowering, "the terms of a program");
done:
    return status;
}

static lsa_status rotate_ring(lsa_lowering *lowering, const writing *ring, int by, writing *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = writing_in(lowering->arena, ring->role);
    for (int k = 0; k < ring->factors.n; k++) {
        lsa_ints_push(&out->factors, ring->factors.data[(k + by) % ring->factors.n]);
        lsa_ints_push(&out->slots, ring->slots.data[(k + by) % ring->factors.n]);
    }
    LSA_TRY_MEMORY(out->slots.failed || out->factors.failed ? NULL : lowering, "the terms of a program");
done:
    return status;
}

/* The least of the equal ways to write a ring (rotations, orientations) or a scalar chain (orientations). */
static lsa_status make_least(lsa_lowering *lowering, writing *chain, lsa_error *err)
{
    lsa_status status = LSA_OK;
    writing oriented = *chain, candidate;
    LSA_TRY_MEMORY(chain->slots.failed || chain->factors.failed ? NULL : lowering, "the terms of a program");
    for (int orientation = 0; orientation < 2; orientation++) {
        const int rotations = chain->role == LSA_CHAIN_RING ? chain->factors.n : 1;
        for (int by = 0; by < rotations; by++) {
            candidate = oriented;
            if (by > 0)
                LSA_TRY(rotate_ring(lowering, &oriented, by, &candidate, err));
            if (compare_chains(&candidate, chain) < 0)
                *chain = candidate;
        }
        if (orientation == 0) {
            const writing forward = oriented;
            LSA_TRY(transpose_chain(lowering, &forward, &oriented, err));
        }
    }
done:
    return status;
}

/* ---- one product ---- */

/* The chains of a product being written, sorted. */
typedef struct product_draft {
    double coefficient;
    int n, capacity;
    writing *chains;
} product_draft;

static lsa_status add_chain(lsa_lowering *lowering, product_draft *product, const writing *chain, lsa_error *err)
{
    lsa_status status = LSA_OK;
    writing *chains = lsa_array_grow(lowering->arena, product->chains, product->n, &product->capacity, sizeof *chains);
    LSA_TRY_MEMORY(chains, "the terms of a program");
    product->chains = chains;
    int k = product->n++;
    for (; k > 0 && compare_chains(chain, &chains[k - 1]) < 0; k--)
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
    writing chain = writing_in(lowering->arena, role);
    LSA_TRY(write_chain(lowering, n, letters, rows, cols, head_of, &chain, &product->coefficient, err));
    if (role == LSA_CHAIN_SCALAR && chain.factors.n == 0)
        LSA_TRY(fold_constants(lowering, &chain, &product->coefficient, err));
    else {
        if (role == LSA_CHAIN_SCALAR)
            LSA_TRY(make_least(lowering, &chain, err));
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
    writing ring = writing_in(lowering->arena, LSA_CHAIN_RING);
    LSA_TRY(write_chain(lowering, n, letters, seam, seam, head_of, &ring, &product->coefficient, err));
    if (ring.factors.n == 0) {
        LSA_TRY(fold_constants(lowering, &ring, &product->coefficient, err));
        goto done;
    }
    LSA_TRY_MEMORY(ring.slots.failed ? NULL : lowering, "the terms of a program");
    memmove(ring.slots.data, ring.slots.data + 1, (size_t)ring.factors.n * sizeof(int)); /* nothing is in front */
    ring.slots.n = ring.factors.n;
    LSA_TRY(make_least(lowering, &ring, err));
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
    int n = 0;
    int *pairs = lsa_arena_alloc(lowering->arena, 2 * (size_t)draft->n_powers, sizeof *pairs);
    LSA_TRY_MEMORY(pairs, "the terms of a program");
    for (int p = 0; p < draft->n_powers; p++) {
        const lsa_power power = draft->powers[p];
        const ptrdiff_t head = power.index >= 0 ? head_of[power.index] : 0;
        int node = -1, k = 0;
        LSA_TRY(block_node(lowering, power.symbol, head, &node, err));
        while (k < n && pairs[2 * k] < node)
            k++;
        if (k == n || pairs[2 * k] != node) {
            memmove(pairs + 2 * k + 2, pairs + 2 * k, 2 * (size_t)(n - k) * sizeof *pairs);
            pairs[2 * k] = node;
            pairs[2 * k + 1] = 0;
            n++;
        }
        pairs[2 * k + 1] += power.exponent;
    }
    lsa_ints_push(key, n);
    lsa_ints_append(key, 2 * n, pairs);
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
        const writing *chain = &draft->chains[k];
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

/* The draft with every index at its head, as one product. */
static lsa_status lower_assigned(lsa_lowering *lowering, const lsa_draft *draft, const ptrdiff_t *head_of, lsa_sum *out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    product_draft product = {.coefficient = draft->coefficient};
    lsa_ints key = lsa_ints_in(lowering->arena);
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

static lsa_status copy_word(lsa_lowering *lowering, lsa_word word, bool open, lsa_draft_word *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_letter *letters = lsa_arena_alloc(lowering->arena, (size_t)word.length, sizeof *letters);
    LSA_TRY_MEMORY(letters, "the terms of a program");
    if (word.length > 0)
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
        if (lowering->bound->role[term->powers[k].symbol] != LSA_ROLE_CONSTANT)
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
    double monomial = 0.0;
    ptrdiff_t *head_of = lsa_arena_alloc(lowering->arena, (size_t)term->n_dummies + 1, sizeof *head_of);
    LSA_TRY_MEMORY(head_of, "the terms of a program");
    LSA_TRY(lsa_bound_monomial(lowering->bound, term->n_powers, term->powers, &monomial, err));
    draft->coefficient = term->coefficient * monomial;
    if (draft->coefficient == 0.0)
        goto done;
    LSA_TRY(draft_term(lowering, term, draft, err));
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
    const int n_powers = key[0];
    return (lsa_reader){.n_powers = n_powers,
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
