/* share.c - slots become numbers, chains are interned. */
#include "compile/share.h"

#include "base/try.h"
#include "compile/effort.h"

#include <string.h>

lsa_status lsa_constants_create(lsa_lowering *lowering, const lsa_bases *bases, lsa_arena *kept, lsa_constants **out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_constants *constants = lsa_arena_alloc(lowering->arena, 1, sizeof *constants);
    LSA_TRY_MEMORY(constants, "the constants of a program");
    constants->lowering = lowering;
    constants->bases = bases;
    constants->kept = kept;
    constants->keys = lsa_intern_create(lowering->arena);
    LSA_TRY_MEMORY(constants->keys, "the constants of a program");
    *out = constants;
done:
    return status;
}

static lsa_status keep(lsa_constants *constants, size_t rows, size_t cols, const double *data, const double **out,
                       lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *copy = lsa_arena_alloc(constants->kept, rows, cols * sizeof *copy);
    LSA_TRY_MEMORY(copy, "the constants of a program");
    memcpy(copy, data, rows * cols * sizeof *copy);
    *out = copy;
done:
    return status;
}

static lsa_status keep_diagonal(lsa_constants *constants, const lsa_value *value, int *diagonal, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_arena *arena = constants->lowering->arena;
    const double **diagonals = lsa_array_grow(arena, constants->diagonals, constants->n_diagonals,
                                              &constants->diagonal_capacity, sizeof *diagonals);
    LSA_TRY_MEMORY(diagonals, "the constants of a program");
    constants->diagonals = diagonals;
    LSA_TRY(keep(constants, (size_t)value->rows, 1, value->data, &diagonals[constants->n_diagonals], err));
    *diagonal = constants->n_diagonals++;
done:
    return status;
}

/* A full constant as a node. */
static lsa_status keep_node(lsa_constants *constants, int constant, int slot, const lsa_value *value, lsa_atom *factor,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_lowering *lowering = constants->lowering;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_value kept = *value;
    int node = -1;
    bool is_new = false;
    lsa_ints_push(&key, LSA_NODE_CONSTANT);
    lsa_ints_push(&key, constant);
    LSA_TRY(keep(constants, (size_t)value->rows, (size_t)value->cols, value->data, &kept.data, err));
    LSA_TRY(lsa_node_enter(lowering, &key, &node, &is_new, err));
    if (is_new)
        lowering->nodes[node] = (lsa_product_node){.kind = LSA_NODE_CONSTANT,
                                                   .value = kept,
                                                   .rows = lsa_slots_rows(lowering->slots, slot),
                                                   .cols = lsa_slots_cols(lowering->slots, slot),
                                                   .row_side = LSA_SIDE_NONE,
                                                   .col_side = LSA_SIDE_NONE};
    *factor = lsa_atom_of_node(node);
done:
    return status;
}

/* The constant of a slot as it stands. */
static lsa_status constant_of(lsa_constants *constants, int slot, int row_basis, int col_basis, lsa_constant *out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_arena *arena = constants->lowering->arena;
    lsa_ints key = lsa_ints_in(arena);
    lsa_ints_push(&key, slot);
    lsa_ints_push(&key, row_basis);
    lsa_ints_push(&key, col_basis);
    const int before = lsa_intern_count(constants->keys);
    lsa_constant *table = lsa_array_grow(arena, constants->table, before, &constants->capacity, sizeof *table);
    LSA_TRY_MEMORY(table, "the constants of a program");
    constants->table = table;
    const int id = lsa_intern_id(constants->keys, &key);
    LSA_TRY_MEMORY(id >= 0 ? table : NULL, "the constants of a program");
    if (id == before) {
        lsa_value value;
        table[id] = (lsa_constant){.scalar = 1.0, .diagonal = LSA_DIAGONAL_NONE, .factor = lsa_atom_none()};
        LSA_TRY(lsa_bases_value(constants->bases, constants->lowering, slot, row_basis, col_basis, &value, err));
        if (value.kind == LSA_VALUE_SCALAR)
            table[id].scalar = value.scalar;
        else if (value.kind == LSA_VALUE_DIAGONAL)
            LSA_TRY(keep_diagonal(constants, &value, &table[id].diagonal, err));
        else
            LSA_TRY(keep_node(constants, id, slot, &value, &table[id].factor, err));
    }
    *out = table[id];
done:
    return status;
}

/* The constant of a slot; a full one and its transpose share one array. */
static lsa_status constant_between(lsa_constants *constants, int slot, int row_side, int col_side, lsa_constant *out,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int row = lsa_bases_of(constants->bases, row_side), col = lsa_bases_of(constants->bases, col_side);
    double factor = 1.0;
    int turned = -1;
    *out = (lsa_constant){0};
    LSA_TRY(lsa_slots_transpose(constants->lowering->slots, slot, &factor, &turned, err));
    if (slot < turned || (slot == turned && row <= col)) {
        LSA_TRY(constant_of(constants, slot, row, col, out, err));
        goto done;
    }
    LSA_TRY(constant_of(constants, turned, col, row, out, err));
    out->scalar *= factor;
    if (lsa_atom_exists(out->factor))
        out->factor = lsa_atom_flip(out->factor);
done:
    return status;
}

/* ---- chains ---- */

/* A chain being written: `diagonal` waits for the factor (or the end) that it stands in front of. */
typedef struct shared_writing {
    int n;
    lsa_atom *factors;
    int *diagonals;
    int diagonal;
} shared_writing;

/* Room for a chain and a full constant in every slot. */
static lsa_status start_chain(lsa_sharing *sharing, const lsa_chain *chain, shared_writing *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t most = 2 * (size_t)chain->n + 1;
    *w = (shared_writing){.factors = lsa_arena_alloc(sharing->lowering->arena, most, sizeof *w->factors),
                          .diagonals = lsa_arena_alloc(sharing->lowering->arena, most + 1, sizeof *w->diagonals),
                          .diagonal = LSA_DIAGONAL_NONE};
    LSA_TRY_MEMORY(w->factors, "the terms of a program");
    LSA_TRY_MEMORY(w->diagonals, "the terms of a program");
done:
    return status;
}

static void write_factor(shared_writing *w, lsa_atom factor)
{
    w->diagonals[w->n] = w->diagonal;
    w->factors[w->n++] = factor;
    w->diagonal = LSA_DIAGONAL_NONE;
}

static lsa_status write_slot(lsa_sharing *sharing, shared_writing *w, int slot, int row_side, int col_side,
                             double *coefficient, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_constant constant = {0};
    LSA_TRY(constant_between(sharing->constants, slot, row_side, col_side, &constant, err));
    *coefficient *= constant.scalar;
    w->diagonal = constant.diagonal;
    if (lsa_atom_exists(constant.factor))
        write_factor(w, constant.factor);
done:
    return status;
}

/* Ends the chain with the diagonal that waits; in a ring, where they stand after their factors, the first is none. */
static lsa_status enter_chain(lsa_sharing *sharing, lsa_chain_role role, shared_writing *w, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_arena *arena = sharing->lowering->arena;
    lsa_ints key = lsa_ints_in(arena);
    const bool ring = role == LSA_CHAIN_RING;
    const int before = lsa_intern_count(sharing->chain_keys);
    lsa_shared_chain *chains = lsa_array_grow(arena, sharing->chains, before, &sharing->chain_capacity, sizeof *chains);
    LSA_TRY_MEMORY(chains, "the terms of a program");
    sharing->chains = chains;
    w->diagonals[w->n] = w->diagonal;
    int *diagonals = ring ? w->diagonals + 1 : w->diagonals;
    lsa_ints_push(&key, role);
    lsa_ints_append_atoms(&key, w->n, w->factors);
    lsa_ints_append(&key, ring ? w->n : w->n + 1, diagonals);
    *out = lsa_intern_id(sharing->chain_keys, &key);
    LSA_TRY_MEMORY(*out >= 0 ? chains : NULL, "the terms of a program");
    if (*out == before)
        chains[*out] = (lsa_shared_chain){.role = role, .n = w->n, .factors = w->factors, .diagonals = diagonals};
done:
    return status;
}

static lsa_status share_ring(lsa_sharing *sharing, const lsa_chain *chain, double *coefficient, int *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_lowering *lowering = sharing->lowering;
    shared_writing w;
    LSA_TRY(start_chain(sharing, chain, &w, err));
    for (int k = 0; k < chain->n; k++) {
        const lsa_atom a = chain->factors[k], b = chain->factors[(k + 1) % chain->n];
        write_factor(&w, a);
        LSA_TRY(write_slot(sharing, &w, chain->slots[k], lsa_factor_col_side(lowering, a),
                           lsa_factor_row_side(lowering, b), coefficient, err));
    }
    LSA_TRY(enter_chain(sharing, chain->role, &w, out, err));
done:
    return status;
}

/* An open or scalar chain between the given sides. */
static lsa_status share_linear(lsa_sharing *sharing, const lsa_chain *chain, int row_side, int col_side,
                               double *coefficient, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_lowering *lowering = sharing->lowering;
    shared_writing w;
    LSA_TRY(start_chain(sharing, chain, &w, err));
    for (int k = 0; k <= chain->n; k++) {
        const int left = k > 0 ? lsa_factor_col_side(lowering, chain->factors[k - 1]) : row_side;
        const int right = k < chain->n ? lsa_factor_row_side(lowering, chain->factors[k]) : col_side;
        LSA_TRY(write_slot(sharing, &w, chain->slots[k], left, right, coefficient, err));
        if (k < chain->n)
            write_factor(&w, chain->factors[k]);
    }
    LSA_TRY(enter_chain(sharing, chain->role, &w, out, err));
done:
    return status;
}

static lsa_status share_node(lsa_sharing *sharing, int node, lsa_error *err);

static lsa_status share_chain(lsa_sharing *sharing, const lsa_sum *sum, const lsa_chain *chain, bool has_outer,
                              double *coefficient, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_lowering_spend(sharing->lowering, 8 + (int64_t)chain->n * (8 + sharing->n_node_sums), err));
    for (int k = 0; k < chain->n; k++)
        LSA_TRY(share_node(sharing, chain->factors[k].number, err)); /* sums among the factors are needed too */
    if (chain->role == LSA_CHAIN_RING) {
        LSA_TRY(share_ring(sharing, chain, coefficient, out, err));
        goto done;
    }
    const bool starts = chain->role == LSA_CHAIN_OPEN;
    const bool ends = chain->role == LSA_CHAIN_OUTER || (starts && !has_outer);
    LSA_TRY(share_linear(sharing, chain, starts ? sum->row_side : LSA_SIDE_NONE, ends ? sum->col_side : LSA_SIDE_NONE,
                         coefficient, out, err));
done:
    return status;
}

static lsa_status share_product(lsa_sharing *sharing, const lsa_sum *sum, const lsa_product *product,
                                lsa_shared_product *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_reader reader = lsa_product_read(sharing->lowering, product);
    bool has_outer = false;
    int *scalars = lsa_arena_alloc(sharing->lowering->arena, (size_t)reader.skeleton->n_chains, sizeof *scalars);
    LSA_TRY_MEMORY(scalars, "the terms of a program");
    *out = (lsa_shared_product){.coefficient = product->coefficient,
                                .n_powers = reader.skeleton->n_powers,
                                .powers = reader.skeleton->powers,
                                .scalars = scalars,
                                .open = -1,
                                .outer = -1};
    for (int k = 0; k < reader.skeleton->n_chains; k++)
        has_outer = has_outer || reader.skeleton->chains[k].role == LSA_CHAIN_OUTER;
    lsa_chain chain;
    while (lsa_reader_next(&reader, &chain)) {
        int id = -1;
        LSA_TRY(share_chain(sharing, sum, &chain, has_outer, &out->coefficient, &id, err));
        if (chain.role == LSA_CHAIN_OPEN)
            out->open = id;
        else if (chain.role == LSA_CHAIN_OUTER)
            out->outer = id;
        else
            scalars[out->n_scalars++] = id;
    }
done:
    return status;
}

lsa_status lsa_share(lsa_sharing *sharing, const lsa_sum *sum, lsa_shared_sum *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_shared_product *products = lsa_arena_alloc(sharing->lowering->arena, (size_t)sum->n, sizeof *products);
    LSA_TRY_MEMORY(products, "the terms of a program");
    for (int k = 0; k < sum->n; k++)
        LSA_TRY(share_product(sharing, sum, &sum->products[k], &products[k], err));
    *out = (lsa_shared_sum){.rows = lsa_bound_size(sharing->lowering->bound, sum->rows),
                            .cols = lsa_bound_size(sharing->lowering->bound, sum->cols),
                            .n = sum->n,
                            .products = products};
done:
    return status;
}

const lsa_shared_sum *lsa_sharing_node_sum(const lsa_sharing *sharing, int node)
{
    for (int k = 0; k < sharing->n_node_sums; k++)
        if (sharing->node_sums[k].node == node)
            return &sharing->node_sums[k].sum;
    return NULL;
}

static lsa_status share_node(lsa_sharing *sharing, int node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_shared_sum sum;
    const lsa_product_node n = sharing->lowering->nodes[node];
    if (n.kind == LSA_NODE_DIAGONAL_OF || n.kind == LSA_NODE_SPREAD || n.kind == LSA_NODE_SCALED)
        LSA_TRY(share_node(sharing, n.left.number, err));
    if (n.kind == LSA_NODE_SCALED)
        LSA_TRY(share_node(sharing, n.right.number, err));
    if (n.kind != LSA_NODE_SUM || lsa_sharing_node_sum(sharing, node) != NULL)
        goto done;
    LSA_TRY(lsa_share(sharing, n.sum, &sum, err));
    lsa_node_sum *sums = lsa_array_grow(sharing->lowering->arena, sharing->node_sums, sharing->n_node_sums,
                                        &sharing->node_sum_capacity, sizeof *sums);
    LSA_TRY_MEMORY(sums, "the sum over the heads");
    sharing->node_sums = sums;
    sums[sharing->n_node_sums++] = (lsa_node_sum){.node = node, .sum = sum};
done:
    return status;
}

lsa_status lsa_sharing_create(lsa_lowering *lowering, lsa_constants *constants, lsa_sharing **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_sharing *sharing = lsa_arena_alloc(lowering->arena, 1, sizeof *sharing);
    LSA_TRY_MEMORY(sharing, "the terms of a program");
    sharing->lowering = lowering;
    sharing->constants = constants;
    sharing->chain_keys = lsa_intern_create(lowering->arena);
    LSA_TRY_MEMORY(sharing->chain_keys, "the terms of a program");
    *out = sharing;
done:
    return status;
}
