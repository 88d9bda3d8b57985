/* unit.c - finds W in the quadratic products of a loss, and the heads behind it. */
#include "compile/unit.h"

#include "base/try.h"

static const lsa_node *node_of(const lsa_sharing *sharing, int factor)
{
    return &sharing->lowering->nodes[factor / 2];
}

static bool is_parameter(const lsa_sharing *sharing, int factor, bool scalar)
{
    const lsa_node *n = node_of(sharing, factor);
    return n->kind == LSA_NODE_PARAMETER && (n->rows == LSA_DIM_ONE && n->cols == LSA_DIM_ONE) == scalar;
}

static bool is_square(const lsa_sharing *sharing, int factor)
{
    const lsa_node *n = node_of(sharing, factor);
    return n->rows == LSA_DIM_D && n->cols == LSA_DIM_D;
}

/* K' Q with both of shape r x d. */
static bool is_pair(const lsa_sharing *sharing, const int *factors)
{
    return factors[0] % 2 == 1 && factors[1] % 2 == 0 && is_parameter(sharing, factors[0], false) &&
           is_parameter(sharing, factors[1], false) && node_of(sharing, factors[0])->cols == LSA_DIM_D &&
           node_of(sharing, factors[1])->cols == LSA_DIM_D;
}

static ptrdiff_t offset_of(const lsa_sharing *sharing, int factor)
{
    return sharing->lowering->blocks[node_of(sharing, factor)->block].offset;
}

/* A head of these factors, U or K' Q, in front of which u stands; false where they are none. */
static bool read_head(const lsa_sharing *sharing, int u, int n, const int *factors, lsa_form_head *out)
{
    *out = (lsa_form_head){.u = offset_of(sharing, 2 * u), .U = -1, .K = -1, .Q = -1};
    if (n == 1 && factors[0] % 2 == 0 && is_parameter(sharing, factors[0], false) && is_square(sharing, factors[0])) {
        out->U = offset_of(sharing, factors[0]);
        return true;
    }
    if (n != 2 || !is_pair(sharing, factors))
        return false;
    out->K = offset_of(sharing, factors[0]);
    out->Q = offset_of(sharing, factors[1]);
    return true;
}

/* Every product of a sum over the heads is u[h] times a head; the sum has one of each. */
static lsa_status read_heads(lsa_unit *unit, lsa_arena *kept, bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_shared_sum *sum = lsa_sharing_node_sum(unit->sharing, unit->factors[0] / 2);
    *found = sum != NULL && sum->n > 0;
    if (!*found)
        goto done;
    unit->heads = lsa_arena_alloc(kept, (size_t)sum->n, sizeof *unit->heads);
    LSA_TRY_MEMORY(unit->heads, "the form of the loss");
    for (int k = 0; k < sum->n && *found; k++) {
        const lsa_shared_product *p = &sum->products[k];
        const lsa_shared_chain *open = p->open >= 0 ? &unit->sharing->chains[p->open] : NULL;
        *found = p->coefficient == 1.0 && p->n_powers == 1 && p->powers[1] == 1 && p->n_scalars == 0 && open != NULL &&
                 p->outer < 0 && is_parameter(unit->sharing, 2 * p->powers[0], true);
        for (int j = 0; *found && j <= open->n; j++)
            *found = open->diagonals[j] == LSA_DIAGONAL_NONE;
        *found = *found && read_head(unit->sharing, p->powers[0], open->n, open->factors, &unit->heads[k]);
    }
    unit->n_heads = sum->n;
done:
    return status;
}

/* The ring is W D W' D' for the factors from `start` on. */
static bool is_square_ring(const lsa_shared_chain *ring, int start)
{
    for (int k = 0; k < ring->n / 2; k++)
        if (ring->factors[(start + k) % ring->n] != (ring->factors[(start + ring->n - 1 - k) % ring->n] ^ 1))
            return false;
    for (int k = 0; k < ring->n; k++) /* diagonals only after either half */
        if ((k + 1) % (ring->n / 2) != 0 && ring->diagonals[(start + k) % ring->n] != LSA_DIAGONAL_NONE)
            return false;
    return true;
}

/* The unit of W D W' D', if that is what the product is. */
static lsa_status find_in(lsa_unit *unit, const lsa_shared_product *product, lsa_arena *kept, bool *found,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    *found = false;
    if (product->n_scalars != 1)
        goto done;
    const lsa_shared_chain *ring = &unit->sharing->chains[product->scalars[0]];
    if (ring->role != LSA_CHAIN_RING || (ring->n != 2 && ring->n != 4))
        goto done;
    const bool power =
        product->n_powers == 1 && product->powers[1] == 2 && is_parameter(unit->sharing, 2 * product->powers[0], true);
    unit->length = ring->n / 2;
    for (int start = 0; start < ring->n && !*found; start++) {
        lsa_form_head head;
        for (int k = 0; k < unit->length; k++)
            unit->factors[k] = ring->factors[(start + k) % ring->n];
        if (!is_square_ring(ring, start))
            continue;
        if (power && read_head(unit->sharing, product->powers[0], unit->length, unit->factors, &head)) {
            unit->heads = lsa_arena_alloc(kept, 1, sizeof head);
            LSA_TRY_MEMORY(unit->heads, "the form of the loss");
            unit->heads[0] = head;
            unit->n_heads = 1;
            unit->u = product->powers[0];
            *found = true;
        } else if (product->n_powers == 0 && unit->length == 1 && unit->factors[0] % 2 == 0 &&
                   node_of(unit->sharing, unit->factors[0])->kind == LSA_NODE_SUM) {
            unit->u = -1;
            LSA_TRY(read_heads(unit, kept, found, err));
        }
    }
done:
    return status;
}

lsa_status lsa_unit_find(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept, lsa_unit *out,
                         bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (lsa_unit){.sharing = sharing, .u = -1};
    *found = false;
    for (int k = 0; k < loss->n && !*found; k++)
        LSA_TRY(find_in(out, &loss->products[k], kept, found, err));
done:
    return status;
}

bool lsa_unit_has_degree(const lsa_unit *unit, const lsa_shared_product *product, int degree)
{
    if (product->n_scalars != 1)
        return false;
    if (unit->u < 0)
        return product->n_powers == 0;
    return product->n_powers == 1 && product->powers[0] == unit->u && product->powers[1] == degree;
}

int lsa_unit_in_ring(const lsa_unit *unit, const lsa_shared_chain *ring, bool *turned)
{
    const int last = unit->length - 1;
    for (int start = 0; start < ring->n && unit->length <= ring->n; start++)
        for (int way = 0; way < 2; way++) {
            bool here = unit->length == 1 || ring->diagonals[start] == LSA_DIAGONAL_NONE;
            for (int k = 0; k <= last; k++) {
                const int want = way == 0 ? unit->factors[k] : unit->factors[last - k] ^ 1;
                here = here && ring->factors[(start + k) % ring->n] == want;
            }
            *turned = way != 0;
            if (here)
                return start;
        }
    return -1;
}

/* The node is W, or the pair K' Q as a sum of one product. */
static bool is_unit_node(const lsa_unit *unit, int node)
{
    if (unit->length == 1)
        return node == unit->factors[0] / 2;
    const lsa_shared_sum *sum = lsa_sharing_node_sum(unit->sharing, node);
    if (sum == NULL || sum->n != 1 || sum->products[0].coefficient != 1.0 || sum->products[0].n_powers > 0 ||
        sum->products[0].n_scalars > 0 || sum->products[0].open < 0)
        return false;
    const lsa_shared_chain *open = &unit->sharing->chains[sum->products[0].open];
    bool same = open->n == unit->length;
    for (int k = 0; same && k <= open->n; k++)
        same = open->diagonals[k] == LSA_DIAGONAL_NONE;
    const bool plain = same && open->factors[0] == unit->factors[0] && open->factors[1] == unit->factors[1];
    return plain || (same && open->factors[0] == (unit->factors[1] ^ 1) && open->factors[1] == (unit->factors[0] ^ 1));
}

bool lsa_unit_is_diagonal_square(const lsa_unit *unit, const lsa_shared_chain *chain)
{
    if (chain->role != LSA_CHAIN_SCALAR || chain->n != 2)
        return false;
    for (int k = 0; k < 2; k++) {
        const lsa_node *n = node_of(unit->sharing, chain->factors[k]);
        if (n->kind != LSA_NODE_DIAGONAL_OF || !is_unit_node(unit, n->left / 2))
            return false;
    }
    return true;
}

/* ---- blocks outside of W ---- */

static bool is_of_a_head(const lsa_unit *unit, ptrdiff_t offset)
{
    for (ptrdiff_t h = 0; h < unit->n_heads; h++) {
        const lsa_form_head *head = &unit->heads[h];
        if (offset == head->u || offset == head->U || offset == head->K || offset == head->Q)
            return true;
    }
    return false;
}

static bool node_leaves_out(const lsa_unit *unit, int node)
{
    const lsa_node *n = &unit->sharing->lowering->nodes[node];
    bool out = false;
    switch (n->kind) {
    case LSA_NODE_PARAMETER:
    case LSA_NODE_DIRECTION:
        return !is_of_a_head(unit, offset_of(unit->sharing, 2 * node));
    case LSA_NODE_CONSTANT:
        return false;
    case LSA_NODE_SUM: {
        const lsa_shared_sum *sum = lsa_sharing_node_sum(unit->sharing, node);
        for (int k = 0; k < sum->n; k++)
            out = out || lsa_unit_leaves_out(unit, &sum->products[k]);
        return out;
    }
    case LSA_NODE_PRODUCT:
    case LSA_NODE_DIAGONAL_OF:
    case LSA_NODE_SCALED:
    case LSA_NODE_SPREAD:
        break;
    }
    return node_leaves_out(unit, n->left / 2) || (n->right >= 0 && node_leaves_out(unit, n->right / 2));
}

static bool chain_leaves_out(const lsa_unit *unit, int id)
{
    const lsa_shared_chain *chain = &unit->sharing->chains[id];
    for (int k = 0; k < chain->n; k++)
        if (node_leaves_out(unit, chain->factors[k] / 2))
            return true;
    return false;
}

bool lsa_unit_leaves_out(const lsa_unit *unit, const lsa_shared_product *product)
{
    bool out = product->open >= 0 && chain_leaves_out(unit, product->open);
    out = out || (product->outer >= 0 && chain_leaves_out(unit, product->outer));
    for (ptrdiff_t k = 0; k < product->n_powers; k++)
        out = out || node_leaves_out(unit, product->powers[2 * k]);
    for (int k = 0; k < product->n_scalars; k++)
        out = out || chain_leaves_out(unit, product->scalars[k]);
    return out;
}
