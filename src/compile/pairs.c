/* pairs.c - shortens chains by products of neighbours, the cheapest first, the most frequent among those.
 *
 * Pairs are counted once; a replacement changes the counts of the chains where the pair occurs and looks at no other. */
#include "base/try.h"
#include "compile/effort.h"
#include "compile/share.h"

/* left * diagonal * right; equal pairs are one node. */
typedef struct pair {
    double cost; /* multiplications */
    lsa_atom left, right;
    int diagonal;
} pair;

/* Whether the pair is read transposed: a vector stands on the right, as a column; else the lesser reading. */
static bool is_turned(const lsa_lowering *lowering, lsa_atom left, lsa_atom right)
{
    if (lsa_atom_rows(lowering, left) == LSA_DIM_ONE)
        return true;
    if (lsa_atom_cols(lowering, right) == LSA_DIM_ONE)
        return false;
    const int order = lsa_atom_compare(lsa_atom_flip(right), left);
    return order < 0 || (order == 0 && lsa_atom_compare(lsa_atom_flip(left), right) < 0);
}

static pair pair_of(const lsa_lowering *lowering, lsa_atom left, int diagonal, lsa_atom right, bool *turned)
{
    *turned = is_turned(lowering, left, right);
    const lsa_atom a = *turned ? lsa_atom_flip(right) : left, b = *turned ? lsa_atom_flip(left) : right;
    const double m = (double)lsa_bound_size(lowering->bound, lsa_atom_rows(lowering, a));
    const double k = (double)lsa_bound_size(lowering->bound, lsa_atom_cols(lowering, a));
    const double n = (double)lsa_bound_size(lowering->bound, lsa_atom_cols(lowering, b));
    return (pair){.cost = m * k * n, .left = a, .diagonal = diagonal, .right = b};
}

static int compare_pairs(const pair *x, const pair *y)
{
    const int left = lsa_atom_compare(x->left, y->left), right = lsa_atom_compare(x->right, y->right);
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    if (left != 0)
        return left;
    return right != 0 ? right : (x->diagonal > y->diagonal) - (x->diagonal < y->diagonal);
}

/* Pairs of a chain: neighbours, and in a ring the last with the first. There is none where the factors may stay: two full ones
 * of a ring are an inner product, two vectors of a scalar chain as well. */
static int pair_count(const lsa_shared_chain *chain)
{
    const bool ring = chain->role == LSA_CHAIN_RING;
    const int most = ring || chain->role == LSA_CHAIN_SCALAR ? 2 : 1;
    return chain->n <= most ? 0 : ring ? chain->n : chain->n - 1;
}

/* A pair, how often it occurs, and the chains where it has occurred, the last one first. */
typedef struct tally {
    pair pair;
    int count;
    int last; /* position in `places`, or -1 */
} tally;

typedef struct occurrence {
    int chain, before; /* the occurrence before it, or -1 */
} occurrence;

/* The pairs of all chains that are too long, kept up to date while these get shorter; in an arena of their own. */
typedef struct tallies {
    lsa_sharing *sharing;
    lsa_arena *arena;
    lsa_intern *keys; /* left, diagonal, right  */
    lsa_ints key;     /* work                   */
    tally *list;      /* per id of keys         */
    int count, capacity;
    occurrence *places;
    int n_places, place_capacity;
} tallies;

static pair chain_pair(const tallies *t, const lsa_shared_chain *chain, int k, bool *turned)
{
    const int between = chain->diagonals[chain->role == LSA_CHAIN_RING ? k : k + 1];
    return pair_of(t->sharing->lowering, chain->factors[k], between, chain->factors[(k + 1) % chain->n], turned);
}

/* The tally of a pair, a new one when it was not there. */
static lsa_status find_tally(tallies *t, const pair *p, tally **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    tally *list = lsa_array_grow(t->arena, t->list, t->count, &t->capacity, sizeof *list);
    LSA_TRY_MEMORY(list, "the shared products");
    t->list = list;
    t->key.n = 0;
    lsa_ints_push_atom(&t->key, p->left);
    lsa_ints_push(&t->key, p->diagonal);
    lsa_ints_push_atom(&t->key, p->right);
    const int id = lsa_intern_id(t->keys, &t->key);
    LSA_TRY_MEMORY(id >= 0 ? list : NULL, "the shared products");
    if (id == t->count)
        list[t->count++] = (tally){.pair = *p, .last = -1};
    *out = &list[id];
done:
    return status;
}

static lsa_status add_place(tallies *t, tally *x, int chain, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (x->last >= 0 && t->places[x->last].chain == chain)
        goto done;
    occurrence *places = lsa_array_grow(t->arena, t->places, t->n_places, &t->place_capacity, sizeof *places);
    LSA_TRY_MEMORY(places, "the shared products");
    t->places = places;
    places[t->n_places] = (occurrence){.chain = chain, .before = x->last};
    x->last = t->n_places++;
done:
    return status;
}

/* Adds `sign` to the tally of every pair of a chain. */
static lsa_status count_chain(tallies *t, int c, int sign, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_shared_chain *chain = &t->sharing->chains[c];
    LSA_TRY(lsa_lowering_spend(t->sharing->lowering, 16 * (int64_t)pair_count(chain), err));
    for (int k = 0; k < pair_count(chain); k++) {
        bool turned = false;
        tally *x = NULL;
        const pair p = chain_pair(t, chain, k, &turned);
        LSA_TRY(find_tally(t, &p, &x, err));
        x->count += sign;
        if (sign > 0)
            LSA_TRY(add_place(t, x, c, err));
    }
done:
    return status;
}

static lsa_status count_pairs(tallies *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    t->arena = lsa_arena_create();
    LSA_TRY_MEMORY(t->arena, "the shared products");
    t->key = lsa_ints_in(t->arena);
    t->keys = lsa_intern_create(t->arena);
    LSA_TRY_MEMORY(t->keys, "the shared products");
    for (int c = 0; c < lsa_intern_count(t->sharing->chain_keys); c++)
        LSA_TRY(count_chain(t, c, 1, err));
done:
    return status;
}

/* Whether x is cheaper than y, or as cheap and more frequent, or as frequent and the lesser pair. */
static bool is_better(const tally *x, const tally *y)
{
    if (x->pair.cost != y->pair.cost)
        return x->pair.cost < y->pair.cost;
    if (x->count != y->count)
        return x->count > y->count;
    return compare_pairs(&x->pair, &y->pair) < 0;
}

/* The best pair that is left, or NULL. */
static const tally *choose_pair(const tallies *t)
{
    const tally *best = NULL;
    for (int k = 0; k < t->count; k++)
        if (t->list[k].count > 0 && (best == NULL || is_better(&t->list[k], best)))
            best = &t->list[k];
    return best;
}

static lsa_status product_node(lsa_lowering *lowering, const pair *p, int *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool is_new = false;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, LSA_NODE_PRODUCT);
    lsa_ints_push_atom(&key, p->left);
    lsa_ints_push(&key, p->diagonal);
    lsa_ints_push_atom(&key, p->right);
    LSA_TRY(lsa_node_enter(lowering, &key, node, &is_new, err));
    if (is_new)
        lowering->nodes[*node] = (lsa_product_node){.kind = LSA_NODE_PRODUCT,
                                                    .left = p->left,
                                                    .right = p->right,
                                                    .diagonal = p->diagonal,
                                                    .rows = lsa_atom_rows(lowering, p->left),
                                                    .cols = lsa_atom_cols(lowering, p->right),
                                                    .row_side = LSA_SIDE_NONE,
                                                    .col_side = LSA_SIDE_NONE};
done:
    return status;
}

/* Puts `factor` in the place of factors k and k + 1. */
static void replace_pair(lsa_shared_chain *chain, int k, lsa_atom factor)
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

/* Puts `node` in the place of the pair wherever it stands, as it is or transposed. */
static lsa_status replace_everywhere(tallies *t, const tally *best, int node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const pair p = best->pair;
    for (int at = best->last; at >= 0; at = t->places[at].before) {
        const int c = t->places[at].chain;
        lsa_shared_chain *chain = &t->sharing->chains[c];
        LSA_TRY(count_chain(t, c, -1, err));
        for (int k = 0; k < pair_count(chain); k++) {
            bool turned = false;
            const pair q = chain_pair(t, chain, k, &turned);
            if (compare_pairs(&p, &q) == 0)
                replace_pair(chain, k, turned ? lsa_atom_flip(lsa_atom_of_node(node)) : lsa_atom_of_node(node));
        }
        LSA_TRY(count_chain(t, c, 1, err));
    }
done:
    return status;
}

lsa_status lsa_share_pairs(lsa_sharing *sharing, lsa_error *err)
{
    lsa_status status = LSA_OK;
    tallies t = {.sharing = sharing};
    const tally *best = NULL;
    LSA_TRY(count_pairs(&t, err));
    while ((best = choose_pair(&t)) != NULL) {
        int node = -1;
        LSA_TRY(lsa_lowering_spend(sharing->lowering, t.count, err));
        LSA_TRY(product_node(sharing->lowering, &best->pair, &node, err));
        LSA_TRY(replace_everywhere(&t, best, node, err));
    }
done:
    lsa_arena_destroy(t.arena);
    return status;
}
