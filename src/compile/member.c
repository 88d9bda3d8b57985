/* member.c - finding members and telling what a product is of them. */
#include "compile/member.h"

#include "base/try.h"

/* A ring, or the two parts of one that passes through dimension 1 twice. */
enum { MOST_PARTS = 2 };

static const lsa_product_node *node_of(const lsa_sharing *sharing, lsa_atom factor)
{
    return &sharing->lowering->nodes[factor.number];
}

/* ---- squares ---- */

/* Half the powers; false where one is odd, or they are too many. */
static bool halve_powers(const lsa_shared_product *product, lsa_member *out)
{
    out->n_powers = product->n_powers;
    if (product->n_powers > LSA_MEMBER_POWERS)
        return false;
    for (int k = 0; k < product->n_powers; k++) {
        const lsa_node_power power = product->powers[k];
        if (power.exponent % 2 != 0)
            return false;
        out->powers[k] = (lsa_node_power){.node = power.node, .exponent = power.exponent / 2};
    }
    return true;
}

/* From factor `start` on the walk is F1 .. Fm D Fm' .. F1' (E), the F blocks or sums of such over the heads: for W = F1 .. Fm it
 * is W D W' E. */
static bool is_palindrome(const lsa_sharing *sharing, const lsa_walk *walk, int start)
{
    const int n = walk->n, m = n / 2;
    for (int k = 0; k < m; k++) {
        const lsa_atom factor = walk->factors[(start + k) % n], mirrored = walk->factors[(start + n - 1 - k) % n];
        const lsa_product_kind kind = node_of(sharing, factor)->kind;
        if (!lsa_atom_is(factor, lsa_atom_flip(mirrored)) || (kind != LSA_NODE_PARAMETER && kind != LSA_NODE_SUM))
            return false;
    }
    for (int k = 0; k < n; k++) /* D and E stand after either half, nothing within */
        if ((k + 1) % m != 0 && !lsa_gap_is_empty(walk->after[(start + k) % n]))
            return false;
    return true;
}

static bool goes_from_d_to_d(const lsa_sharing *sharing, const lsa_member *member)
{
    return lsa_atom_rows(sharing->lowering, member->factors[0]) == LSA_DIM_D &&
           lsa_atom_cols(sharing->lowering, member->factors[member->n - 1]) == LSA_DIM_D;
}

/* tr(W D W' E) in one ring is tr(W' E W D) as well: of W and W' that is taken which looks as a head is written, U as it is and
 * K'Q with its first factor transposed; where neither does, the first that is met. */
static bool read_ring(const lsa_sharing *sharing, const lsa_walk *walk, lsa_member *out)
{
    for (int wanted = 0; wanted < 2; wanted++)
        for (int start = 0; start < walk->n; start++) {
            out->n = walk->n / 2;
            for (int k = 0; k < out->n; k++)
                out->factors[k] = walk->factors[(start + k) % walk->n];
            const bool as_written = out->factors[0].transposed == (out->n > 1);
            if (is_palindrome(sharing, walk, start) && goes_from_d_to_d(sharing, out) && as_written == (wanted == 0))
                return true;
        }
    return false;
}

/* (b D b') (a E a'), a and b from dimension 1 to d: W = a'b. */
static bool read_parts(const lsa_sharing *sharing, const lsa_walk *a, const lsa_walk *b, lsa_member *out)
{
    const int m = a->n / 2, n = b->n / 2;
    if (!is_palindrome(sharing, a, 0) || !is_palindrome(sharing, b, 0) || m + n > LSA_MEMBER_LENGTH)
        return false;
    out->n = m + n;
    for (int k = 0; k < m; k++)
        out->factors[k] = lsa_atom_flip(a->factors[m - 1 - k]);
    for (int k = 0; k < n; k++)
        out->factors[m + k] = b->factors[k];
    return goes_from_d_to_d(sharing, out);
}

static bool read_square(const lsa_sharing *sharing, const lsa_shared_product *product, lsa_member *out)
{
    lsa_walk walks[MOST_PARTS];
    const int n = product->n_scalars;
    if (n < 1 || n > MOST_PARTS || !halve_powers(product, out))
        return false;
    for (int k = 0; k < n; k++)
        if (!lsa_walk_read(sharing, product->scalars[k], &walks[k]) || walks[k].n < 2 || walks[k].n % 2 != 0 ||
            walks[k].ring != (n == 1))
            return false;
    return n == 1 ? read_ring(sharing, &walks[0], out) : read_parts(sharing, &walks[0], &walks[1], out);
}

static bool are_same(const lsa_member *a, const lsa_member *b)
{
    bool same = a->n_powers == b->n_powers && a->n == b->n;
    for (int k = 0; same && k < a->n_powers; k++)
        same = a->powers[k].node == b->powers[k].node && a->powers[k].exponent == b->powers[k].exponent;
    for (int k = 0; same && k < a->n; k++)
        same = lsa_atom_is(a->factors[k], b->factors[k]);
    return same;
}

static bool is_known(const lsa_member *members, int n, const lsa_member *member)
{
    lsa_member turned;
    lsa_member_turn(member, &turned);
    for (int k = 0; k < n; k++)
        if (are_same(&members[k], member) || are_same(&members[k], &turned))
            return true;
    return false;
}

lsa_status lsa_members_find(const lsa_sharing *sharing, const lsa_shared_sum *loss, int most, lsa_member **out, int *n,
                            bool *all, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_member member = {.n = 0};
    lsa_member *members = lsa_arena_alloc(sharing->lowering->arena, (size_t)most, sizeof *members);
    LSA_TRY_MEMORY(members, "the form of the loss");
    *n = 0;
    *all = true;
    for (int k = 0; k < loss->n && *all; k++) {
        if (!read_square(sharing, &loss->products[k], &member) || is_known(members, *n, &member))
            continue;
        *all = *n < most;
        if (*all)
            members[(*n)++] = member;
    }
    *out = members;
done:
    return status;
}

/* ---- products of members ---- */

void lsa_member_turn(const lsa_member *member, lsa_member *out)
{
    lsa_member turned = *member;
    for (int k = 0; k < member->n; k++)
        turned.factors[k] = lsa_atom_flip(member->factors[member->n - 1 - k]);
    *out = turned;
}

static int exponent_in(const lsa_member *member, int node)
{
    for (int k = 0; member != NULL && k < member->n_powers; k++)
        if (member->powers[k].node == node)
            return member->powers[k].exponent;
    return 0;
}

static int degree_of(int n, const lsa_node_power *powers)
{
    int degree = 0;
    for (int k = 0; k < n; k++)
        degree += powers[k].exponent;
    return degree;
}

static bool has_powers_of(const lsa_shared_product *product, const lsa_member *g, const lsa_member *h)
{
    for (int k = 0; k < product->n_powers; k++) {
        const lsa_node_power power = product->powers[k];
        if (exponent_in(g, power.node) + exponent_in(h, power.node) != power.exponent)
            return false;
    }
    /* No scalar of theirs is left out: exponents are positive. */
    return degree_of(product->n_powers, product->powers) ==
           degree_of(g->n_powers, g->powers) + (h != NULL ? degree_of(h->n_powers, h->powers) : 0);
}

static void append(lsa_pattern *ring, const lsa_member *member, int mark)
{
    for (int k = 0; k < member->n; k++) {
        ring->factors[ring->n] = member->factors[k];
        ring->mark[ring->n++] = k == member->n - 1 ? mark : -1;
    }
}

bool lsa_members_match(const lsa_sharing *sharing, const lsa_shared_product *product, const lsa_member *g,
                       const lsa_member *h, lsa_gap gaps[2])
{
    lsa_pattern ring = {.ring = true}, parts[MOST_PARTS];
    lsa_walk walks[MOST_PARTS];
    lsa_member turned;
    if (product->open >= 0 || product->outer >= 0 || product->n_scalars < 1 || product->n_scalars > MOST_PARTS ||
        !has_powers_of(product, g, h))
        return false;
    append(&ring, g, 0);
    if (h != NULL) {
        lsa_member_turn(h, &turned);
        append(&ring, &turned, 1);
    }
    const int n = lsa_pattern_cut(sharing, &ring, MOST_PARTS, parts);
    if (n != product->n_scalars)
        return false;
    for (int k = 0; k < n; k++)
        if (!lsa_walk_read(sharing, product->scalars[k], &walks[k]))
            return false;
    for (int first = 0; first < n; first++) { /* which chain is the first part */
        bool all = true;
        for (int k = 0; k < n; k++)
            all = all && lsa_walk_match(&walks[(first + k) % n], &parts[k], gaps);
        if (all)
            return true;
    }
    return false;
}

/* The node is the member's chain of blocks: its one factor, or a sum of one product, of these factors either way. */
static bool is_chain_of(const lsa_sharing *sharing, int node, const lsa_member *member)
{
    if (member->n == 1)
        return node == member->factors[0].number;
    const lsa_shared_sum *sum = lsa_sharing_node_sum(sharing, node);
    if (sum == NULL || sum->n != 1)
        return false;
    const lsa_shared_product *product = &sum->products[0];
    if (product->coefficient != 1.0 || product->n_powers > 0 || product->n_scalars > 0 || product->open < 0 ||
        sharing->chains[product->open].n != member->n)
        return false;
    const lsa_shared_chain *open = &sharing->chains[product->open];
    bool plain = true, turned = true, empty = true;
    for (int k = 0; k < open->n; k++) {
        plain = plain && lsa_atom_is(open->factors[k], member->factors[k]);
        turned = turned && lsa_atom_is(open->factors[k], lsa_atom_flip(member->factors[open->n - 1 - k]));
    }
    for (int k = 0; k <= open->n; k++)
        empty = empty && open->diagonals[k] == LSA_DIAGONAL_NONE;
    return empty && (plain || turned);
}

bool lsa_member_is_on_diagonal(const lsa_sharing *sharing, const lsa_shared_product *product, const lsa_member *g,
                               lsa_gap *gap)
{
    if (product->n_scalars != 1 || !has_powers_of(product, g, g))
        return false;
    const lsa_shared_chain *chain = &sharing->chains[product->scalars[0]];
    if (chain->role != LSA_CHAIN_SCALAR || chain->n != 2)
        return false;
    for (int k = 0; k < 2; k++) {
        const lsa_product_node *node = node_of(sharing, chain->factors[k]);
        if (node->kind != LSA_NODE_DIAGONAL_OF || !is_chain_of(sharing, node->left.number, g))
            return false;
    }
    *gap = (lsa_gap){.diagonal = chain->diagonals[1], .constant = lsa_atom_none()};
    return true;
}
