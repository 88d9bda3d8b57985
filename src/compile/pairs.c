/* pairs.c - shortens chains by products of neighbours, the cheapest first, the most frequent among those. */
#include "base/try.h"
#include "compile/effort.h"
#include "compile/share.h"

#include <stdint.h>

/* left * diagonal * right; equal pairs are one node. */
typedef struct pair {
    double cost; /* multiplications */
    int left, diagonal, right;
} pair;

/* Whether the pair is read transposed: a vector stands on the right, as a column; else the lesser reading. */
static bool is_turned(const lsa_lowering *lowering, int left, int right)
{
    if (lsa_factor_rows(lowering, left) == LSA_DIM_ONE)
        return true;
    if (lsa_factor_cols(lowering, right) == LSA_DIM_ONE)
        return false;
    return (right ^ 1) < left || ((right ^ 1) == left && (left ^ 1) < right);
}

static pair pair_of(const lsa_lowering *lowering, int left, int diagonal, int right, bool *turned)
{
    *turned = is_turned(lowering, left, right);
    const int a = *turned ? right ^ 1 : left, b = *turned ? left ^ 1 : right;
    const double m = (double)lsa_bound_size(lowering->bound, lsa_factor_rows(lowering, a));
    const double k = (double)lsa_bound_size(lowering->bound, lsa_factor_cols(lowering, a));
    const double n = (double)lsa_bound_size(lowering->bound, lsa_factor_cols(lowering, b));
    return (pair){.cost = m * k * n, .left = a, .diagonal = diagonal, .right = b};
}

static int compare_pairs(const pair *x, const pair *y)
{
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    if (x->left != y->left)
        return x->left < y->left ? -1 : 1;
    if (x->right != y->right)
        return x->right < y->right ? -1 : 1;
    return (x->diagonal > y->diagonal) - (x->diagonal < y->diagonal);
}

/* How many factors may stay. Two full factors of a ring are an inner product, two vectors of a scalar chain as well. */
static int target_length(const lsa_shared_chain *chain)
{
    return chain->role == LSA_CHAIN_RING || chain->role == LSA_CHAIN_SCALAR ? 2 : 1;
}

/* Pairs of a chain: neighbours, and in a ring the last with the first. */
static int pair_count(const lsa_shared_chain *chain)
{
    if (chain->n <= target_length(chain))
        return 0;
    return chain->role == LSA_CHAIN_RING ? chain->n : chain->n - 1;
}

static int diagonal_between(const lsa_shared_chain *chain, int k)
{
    return chain->diagonals[chain->role == LSA_CHAIN_RING ? k : k + 1];
}

/* Pairs and how often they occur, in an arena of their own. */
typedef struct tally {
    pair pair;
    int count;
    size_t at; /* its place in the hash table */
} tally;

typedef struct tallies {
    lsa_arena *arena;
    tally *list;
    int n, capacity;
    int *slot; /* hash table: position in the list + 1, or 0; its size a power of two, at least twice the pairs */
    size_t n_slots;
} tallies;

static lsa_status create_tallies(const lsa_sharing *sharing, tallies *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    size_t letters = 0;
    for (int c = 0; c < lsa_intern_count(sharing->chain_keys); c++)
        letters += (size_t)pair_count(&sharing->chains[c]);
    t->arena = lsa_arena_create();
    LSA_TRY_MEMORY(t->arena, "the shared products");
    for (t->n_slots = 4; t->n_slots < 2 * letters;)
        t->n_slots *= 2;
    t->slot = lsa_arena_alloc(t->arena, t->n_slots, sizeof *t->slot);
    LSA_TRY_MEMORY(t->slot, "the shared products");
done:
    return status;
}

static size_t hash_pair(const pair *p)
{
    uint64_t h = (uint64_t)(uint32_t)p->left * UINT64_C(0x9e3779b97f4a7c15);
    h = (h ^ (uint32_t)p->right) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ (uint32_t)p->diagonal) * UINT64_C(0x94d049bb133111eb);
    return (size_t)(h ^ h >> 32);
}

static lsa_status add_pair(tallies *t, const pair *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    size_t at = hash_pair(p) & (t->n_slots - 1);
    while (t->slot[at] != 0 && compare_pairs(&t->list[t->slot[at] - 1].pair, p) != 0)
        at = (at + 1) & (t->n_slots - 1);
    if (t->slot[at] == 0) {
        tally *list = lsa_array_grow(t->arena, t->list, t->n, &t->capacity, sizeof *list);
        LSA_TRY_MEMORY(list, "the shared products");
        t->list = list;
        list[t->n] = (tally){.pair = *p, .at = at};
        t->slot[at] = ++t->n;
    }
    t->list[t->slot[at] - 1].count++;
done:
    return status;
}

/* Counts every pair of every chain that is too long. */
static lsa_status count_pairs(const lsa_sharing *sharing, tallies *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int k = 0; k < t->n; k++)
        t->slot[t->list[k].at] = 0;
    t->n = 0;
    LSA_TRY(lsa_lowering_spend(sharing->lowering, lsa_intern_count(sharing->chain_keys), err));
    for (int c = 0; c < lsa_intern_count(sharing->chain_keys); c++) {
        const lsa_shared_chain *chain = &sharing->chains[c];
        LSA_TRY(lsa_lowering_spend(sharing->lowering, 16 * (int64_t)pair_count(chain), err));
        for (int k = 0; k < pair_count(chain); k++) {
            bool turned = false;
            const pair p = pair_of(sharing->lowering, chain->factors[k], diagonal_between(chain, k),
                                   chain->factors[(k + 1) % chain->n], &turned);
            LSA_TRY(add_pair(t, &p, err));
        }
    }
done:
    return status;
}

/* The cheapest, then the most frequent, then the least. */
static pair choose_pair(const tallies *t)
{
    const tally *best = &t->list[0];
    for (int k = 1; k < t->n; k++) {
        const tally *x = &t->list[k];
        if (x->pair.cost != best->pair.cost ? x->pair.cost < best->pair.cost
            : x->count != best->count       ? x->count > best->count
                                            : compare_pairs(&x->pair, &best->pair) < 0)
            best = x;
    }
    return best->pair;
}

static lsa_status product_node(lsa_lowering *lowering, const pair *p, int *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool is_new = false;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, LSA_NODE_PRODUCT);
    lsa_ints_push(&key, p->left);
    lsa_ints_push(&key, p->diagonal);
    lsa_ints_push(&key, p->right);
    LSA_TRY(lsa_node_enter(lowering, &key, node, &is_new, err));
    if (is_new)
        lowering->nodes[*node] = (lsa_node){.kind = LSA_NODE_PRODUCT,
                                            .left = p->left,
                                            .right = p->right,
                                            .diagonal = p->diagonal,
                                            .rows = lsa_factor_rows(lowering, p->left),
                                            .cols = lsa_factor_cols(lowering, p->right),
                                            .row_side = LSA_SIDE_NONE,
                                            .col_side = LSA_SIDE_NONE};
done:
    return status;
}

/* Puts `factor` in the place of factors k and k + 1. */
static void replace_pair(lsa_shared_chain *chain, int k, int factor)
{
    const bool ring = chain->role == LSA_CHAIN_RING;
    if (ring && k == chain->n - 1) { /* across the seam: f(n-1) d(n-1) f0 d0 ...; what followed f0 still follows */
        chain->factors[0] = factor;
        chain->n--;
        return;
    }
    chain->factors[k] = factor;
    for (int j = k + 1; j + 1 < chain->n; j++)
        chain->factors[j] = chain->factors[j + 1];
    const int last = ring ? chain->n - 1 : chain->n;
    for (int j = ring ? k : k + 1; j < last; j++)
        chain->diagonals[j] = chain->diagonals[j + 1];
    chain->n--;
}

static void replace_everywhere(lsa_sharing *sharing, const pair *p, int node)
{
    for (int c = 0; c < lsa_intern_count(sharing->chain_keys); c++) {
        lsa_shared_chain *chain = &sharing->chains[c];
        for (int k = 0; k < pair_count(chain); k++) {
            bool turned = false;
            const pair q = pair_of(sharing->lowering, chain->factors[k], diagonal_between(chain, k),
                                   chain->factors[(k + 1) % chain->n], &turned);
            if (compare_pairs(p, &q) == 0)
                replace_pair(chain, k, 2 * node + turned);
        }
    }
}

lsa_status lsa_share_pairs(lsa_sharing *sharing, lsa_error *err)
{
    lsa_status status = LSA_OK;
    tallies t = {.n = 0};
    LSA_TRY(create_tallies(sharing, &t, err));
    for (;;) {
        int node = -1;
        LSA_TRY(count_pairs(sharing, &t, err));
        if (t.n == 0)
            break;
        const pair best = choose_pair(&t);
        LSA_TRY(product_node(sharing->lowering, &best, &node, err));
        replace_everywhere(sharing, &best, node);
    }
done:
    lsa_arena_destroy(t.arena);
    return status;
}
