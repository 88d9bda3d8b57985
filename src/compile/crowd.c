/* crowd.c - sums over heads taken apart, ranks added up, offsets written down. */
#include "compile/crowd.h"

#include "base/try.h"

static const lsa_block *block_of(const lsa_sharing *sharing, int node)
{
    return &sharing->lowering->blocks[sharing->lowering->nodes[node].block];
}

static bool is_block(const lsa_sharing *sharing, lsa_atom factor)
{
    return sharing->lowering->nodes[factor.number].kind == LSA_NODE_PARAMETER;
}

/* ---- who they are ---- */

/* A chain of blocks without constants, appended. */
static bool append_chain(const lsa_sharing *sharing, int id, lsa_member *out)
{
    const lsa_shared_chain *chain = &sharing->chains[id];
    for (int k = 0; k <= chain->n; k++)
        if (chain->diagonals[k] != LSA_DIAGONAL_NONE)
            return false;
    for (int k = 0; k < chain->n; k++) {
        if (out->n == LSA_MEMBER_LENGTH || !is_block(sharing, chain->factors[k]))
            return false;
        out->factors[out->n++] = chain->factors[k];
    }
    return true;
}

/* A product of a sum over the heads: scalars, and one word of blocks, cut at dimension 1 or not. */
static bool read_summand(const lsa_sharing *sharing, const lsa_shared_product *product, lsa_member *out)
{
    *out = (lsa_member){.n_powers = product->n_powers};
    if (product->n_powers > LSA_MEMBER_POWERS || product->n_scalars > 0 || product->open < 0)
        return false;
    for (int k = 0; k < product->n_powers; k++)
        out->powers[k] = product->powers[k];
    return append_chain(sharing, product->open, out) &&
           (product->outer < 0 || append_chain(sharing, product->outer, out));
}

/* The sum that the member is, or NULL. */
static const lsa_shared_sum *sum_of(const lsa_sharing *sharing, const lsa_member *member)
{
    return lsa_sharing_node_sum(sharing, member->factors[0].number);
}

static bool add_sum(const lsa_sharing *sharing, const lsa_member *member, double weight, lsa_crowd *out)
{
    const lsa_shared_sum *sum = sum_of(sharing, member);
    if (member->n > 1 || member->n_powers > 0)
        return false;
    for (int k = 0; k < sum->n; k++) {
        lsa_member *head = &out->heads[out->n];
        if (!read_summand(sharing, &sum->products[k], head))
            return false;
        if (member->factors[0].transposed)
            lsa_member_turn(head, head);
        out->weight[out->n++] = weight * sum->products[k].coefficient;
    }
    return true;
}

static bool add_member(const lsa_sharing *sharing, const lsa_member *member, double weight, lsa_crowd *out)
{
    if (sum_of(sharing, member) != NULL)
        return add_sum(sharing, member, weight, out);
    for (int k = 0; k < member->n; k++)
        if (!is_block(sharing, member->factors[k]))
            return false;
    out->heads[out->n] = *member;
    out->weight[out->n++] = weight;
    return true;
}

/* u U, or u K'Q of two matrices, both r x d. */
static bool is_of_matrices(const lsa_sharing *sharing, const lsa_member *head, double weight)
{
    const lsa_atom first = head->factors[0], last = head->factors[head->n - 1];
    if (weight != 1.0 || head->n_powers != 1 || head->powers[0].exponent != 1)
        return false;
    if (head->n == 1)
        return !first.transposed;
    return head->n == 2 && first.transposed && !last.transposed && first.number != last.number &&
           lsa_atom_rows(sharing->lowering, last) != LSA_DIM_ONE;
}

lsa_status lsa_crowd_find(const lsa_sharing *sharing, int n, const lsa_member *members, const double *weight,
                          lsa_crowd *out, bool *known, lsa_error *err)
{
    lsa_status status = LSA_OK;
    size_t most = 0;
    for (int m = 0; m < n; m++) {
        const lsa_shared_sum *sum = sum_of(sharing, &members[m]);
        most += sum != NULL ? (size_t)sum->n : 1;
    }
    *out = (lsa_crowd){.n = 0};
    out->heads = lsa_arena_alloc(sharing->lowering->arena, most, sizeof *out->heads);
    out->weight = lsa_arena_alloc(sharing->lowering->arena, most, sizeof *out->weight);
    LSA_TRY_MEMORY(out->heads, "the heads of the loss");
    LSA_TRY_MEMORY(out->weight, "the heads of the loss");
    *known = true;
    for (int m = 0; m < n && *known; m++)
        *known = add_member(sharing, &members[m], weight[m], out);
    out->matrices = n == 1 && *known && out->n > 0;
    for (int h = 0; h < out->n; h++)
        out->matrices = out->matrices && is_of_matrices(sharing, &out->heads[h], out->weight[h]);
done:
    return status;
}

/* ---- their rank ---- */

/* How often the heads name this node as a matrix. */
static int count_of(const lsa_crowd *crowd, int node)
{
    int count = 0;
    for (int h = 0; h < crowd->n; h++)
        for (int k = 0; k < crowd->heads[h].n; k++)
            count += crowd->heads[h].factors[k].number == node;
    return count;
}

ptrdiff_t lsa_crowd_rank(const lsa_sharing *sharing, const lsa_crowd *crowd)
{
    const lsa_lowering *lowering = sharing->lowering;
    const ptrdiff_t d = lsa_bound_size(lowering->bound, LSA_DIM_D);
    ptrdiff_t rank = 0;
    for (int h = 0; h < crowd->n; h++) {
        const lsa_member *head = &crowd->heads[h];
        ptrdiff_t own = d;
        for (int k = 0; k < head->n; k++) {
            const ptrdiff_t cols = lsa_bound_size(lowering->bound, lsa_atom_cols(lowering, head->factors[k]));
            own = cols < own ? cols : own;
            if (count_of(crowd, head->factors[k].number) > 1)
                return 0;
        }
        rank += own;
    }
    return rank < d ? rank : d;
}

/* ---- where they lie ---- */

static bool is_vector(const lsa_block *block)
{
    return block->rows == 1 || block->cols == 1;
}

/* weight u U or weight u K'Q, u perhaps absent; false for anything else. */
static bool name_part(const lsa_sharing *sharing, const lsa_member *head, double weight, lsa_form_part *out)
{
    *out = (lsa_form_part){.weight = weight, .u = -1, .U = -1, .K = -1, .Q = -1};
    if (head->n_powers > 1 || (head->n_powers == 1 && head->powers[0].exponent != 1) || head->n > 2)
        return false;
    if (head->n_powers == 1)
        out->u = block_of(sharing, head->powers[0].node)->offset;
    const lsa_atom K = head->factors[0], Q = head->factors[head->n - 1];
    const lsa_block *first = block_of(sharing, K.number), *last = block_of(sharing, Q.number);
    if (head->n == 1) {
        out->U = first->offset;
        out->U_turned = K.transposed;
        return true;
    }
    out->K = first->offset;
    out->Q = last->offset;
    out->rank = lsa_bound_size(sharing->lowering->bound, lsa_atom_cols(sharing->lowering, K));
    out->K_tall = !is_vector(first) && !K.transposed; /* a vector lies the same either way */
    out->Q_tall = !is_vector(last) && Q.transposed;
    return true;
}

/* Whether the part is a head as the form names it, of the same kind as the first. */
static bool is_plain(const lsa_form_part *part, const lsa_form_part *first)
{
    return part->weight == 1.0 && part->u >= 0 && !part->U_turned && !part->K_tall && !part->Q_tall &&
           part->rank == first->rank && (part->U >= 0) == (first->U >= 0);
}

/* Whether no block stands in two places. */
static bool have_own_blocks(const lsa_crowd *crowd)
{
    for (int h = 0; h < crowd->n; h++) {
        for (int k = 0; k < crowd->heads[h].n; k++)
            if (count_of(crowd, crowd->heads[h].factors[k].number) > 1)
                return false;
        for (int g = 0; g < h; g++)
            if (crowd->heads[g].powers[0].node == crowd->heads[h].powers[0].node)
                return false;
    }
    return true;
}

/* The parts as heads. */
static lsa_status name_heads(const lsa_crowd *crowd, lsa_arena *kept, lsa_form *form, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form_part *parts = form->parts;
    lsa_form_head *heads = lsa_arena_alloc(kept, (size_t)form->n_parts, sizeof *heads);
    LSA_TRY_MEMORY(heads, "the form of the loss");
    for (ptrdiff_t p = 0; p < form->n_parts; p++) {
        heads[p] = (lsa_form_head){.u = parts[p].u, .U = parts[p].U, .K = parts[p].K, .Q = parts[p].Q};
        if (!is_plain(&parts[p], &parts[0]))
            goto done;
    }
    if (!have_own_blocks(crowd))
        goto done;
    form->heads = heads;
    form->n_heads = form->n_parts;
    form->u = heads[0].u;
    form->U = heads[0].U;
    form->rank = parts[0].rank;
done:
    return status;
}

lsa_status lsa_crowd_name(const lsa_sharing *sharing, const lsa_crowd *crowd, lsa_arena *kept, lsa_form *form,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_form_part *parts = lsa_arena_alloc(kept, (size_t)crowd->n, sizeof *parts);
    LSA_TRY_MEMORY(parts, "the form of the loss");
    for (int h = 0; h < crowd->n; h++)
        if (!name_part(sharing, &crowd->heads[h], crowd->weight[h], &parts[h]))
            goto done;
    form->parts = parts;
    form->n_parts = crowd->n;
    LSA_TRY(name_heads(crowd, kept, form, err));
done:
    return status;
}

/* ---- blocks outside of W ---- */

static bool has_block(const lsa_crowd *crowd, int node)
{
    for (int h = 0; h < crowd->n; h++)
        for (int k = 0; k < crowd->heads[h].n_powers; k++)
            if (crowd->heads[h].powers[k].node == node)
                return true;
    return count_of(crowd, node) > 0;
}

static bool node_leaves_out(const lsa_sharing *sharing, const lsa_crowd *crowd, int node)
{
    const lsa_product_node *n = &sharing->lowering->nodes[node];
    bool out = false;
    switch (n->kind) {
    case LSA_NODE_PARAMETER:
    case LSA_NODE_DIRECTION:
        return !has_block(crowd, node);
    case LSA_NODE_CONSTANT:
        return false;
    case LSA_NODE_SUM: {
        const lsa_shared_sum *sum = lsa_sharing_node_sum(sharing, node);
        for (int k = 0; k < sum->n; k++)
            out = out || lsa_crowd_leaves_out(sharing, crowd, &sum->products[k]);
        return out;
    }
    case LSA_NODE_PRODUCT:
    case LSA_NODE_DIAGONAL_OF:
    case LSA_NODE_SCALED:
    case LSA_NODE_SPREAD:
        break;
    }
    return node_leaves_out(sharing, crowd, n->left.number) ||
           (lsa_atom_exists(n->right) && node_leaves_out(sharing, crowd, n->right.number));
}

static bool chain_leaves_out(const lsa_sharing *sharing, const lsa_crowd *crowd, int id)
{
    const lsa_shared_chain *chain = &sharing->chains[id];
    bool out = false;
    for (int k = 0; k < chain->n; k++)
        out = out || node_leaves_out(sharing, crowd, chain->factors[k].number);
    return out;
}

bool lsa_crowd_leaves_out(const lsa_sharing *sharing, const lsa_crowd *crowd, const lsa_shared_product *product)
{
    bool out = (product->open >= 0 && chain_leaves_out(sharing, crowd, product->open)) ||
               (product->outer >= 0 && chain_leaves_out(sharing, crowd, product->outer));
    for (int k = 0; k < product->n_powers; k++)
        out = out || !has_block(crowd, product->powers[k].node);
    for (int k = 0; k < product->n_scalars; k++)
        out = out || chain_leaves_out(sharing, crowd, product->scalars[k]);
    return out;
}
