/* product_node.c - the nodes that products are made of, and the letters that stand for them. */
#include "compile/product_node.h"

#include "base/try.h"

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
    lowering->skeleton_keys = lsa_intern_create(arena);
    lowering->node_keys = lsa_intern_create(arena);
    LSA_TRY_MEMORY(lowering->skeleton_keys, "the terms of a program");
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
    lsa_product_node *nodes =
        lsa_array_grow(lowering->arena, lowering->nodes, before, &lowering->node_capacity, sizeof *nodes);
    LSA_TRY_MEMORY(nodes, "the terms of a program");
    lowering->nodes = nodes;
    *node = lsa_intern_id(lowering->node_keys, key);
    LSA_TRY_MEMORY(*node >= 0 ? nodes : NULL, "the terms of a program");
    *is_new = *node == before;
done:
    return status;
}

lsa_status lsa_sum_node(lsa_lowering *lowering, const lsa_sum *sum, int *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool is_new = false;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, LSA_NODE_SUM);
    for (int k = 0; k < sum->n; k++) {
        lsa_ints_push_double(&key, sum->products[k].coefficient);
        lsa_ints_push(&key, sum->products[k].skeleton);
        lsa_ints_append(&key, sum->products[k].n_slots, sum->products[k].slots);
    }
    LSA_TRY(lsa_node_enter(lowering, &key, node, &is_new, err));
    if (is_new)
        lowering->nodes[*node] = (lsa_product_node){.kind = LSA_NODE_SUM,
                                                    .rows = sum->rows,
                                                    .cols = sum->cols,
                                                    .row_side = sum->row_side,
                                                    .col_side = sum->col_side,
                                                    .sum = sum};
done:
    return status;
}

lsa_status lsa_derived_node(lsa_lowering *lowering, lsa_product_kind kind, lsa_atom left, lsa_atom right,
                            lsa_atom *factor, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool is_new = false;
    int node = -1;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, kind);
    lsa_ints_push_atom(&key, left);
    lsa_ints_push_atom(&key, right);
    LSA_TRY(lsa_node_enter(lowering, &key, &node, &is_new, err));
    if (is_new)
        lowering->nodes[node] = (lsa_product_node){.kind = kind,
                                                   .left = left,
                                                   .right = right,
                                                   .rows = lsa_atom_rows(lowering, left),
                                                   .cols = kind == LSA_NODE_SCALED   ? lsa_atom_cols(lowering, right)
                                                           : kind == LSA_NODE_SPREAD ? lsa_atom_rows(lowering, left)
                                                                                     : LSA_DIM_ONE,
                                                   .row_side = LSA_SIDE_NONE,
                                                   .col_side = LSA_SIDE_NONE};
    *factor = lsa_atom_of_node(node);
done:
    return status;
}

lsa_dim lsa_atom_rows(const lsa_lowering *lowering, lsa_atom a)
{
    if (a.of == LSA_NODE)
        return a.transposed ? lowering->nodes[a.number].cols : lowering->nodes[a.number].rows;
    const lsa_symbol *s = lsa_bound_symbol(lowering->bound, a.number);
    return a.transposed ? s->cols : s->rows;
}

lsa_dim lsa_atom_cols(const lsa_lowering *lowering, lsa_atom a)
{
    return lsa_atom_rows(lowering, lsa_atom_flip(a));
}

int lsa_factor_row_side(const lsa_lowering *lowering, lsa_atom factor)
{
    const lsa_product_node *node = &lowering->nodes[factor.number];
    return factor.transposed ? node->col_side : node->row_side;
}

int lsa_factor_col_side(const lsa_lowering *lowering, lsa_atom factor)
{
    return lsa_factor_row_side(lowering, lsa_atom_flip(factor));
}

int lsa_side(const lsa_bound *bound, int parameter, bool column)
{
    const lsa_symbol *s = lsa_algebra_symbol(bound->algebra, bound->statement->parameters[parameter]);
    return (column ? s->cols : s->rows) == LSA_DIM_D ? 2 * parameter + column : LSA_SIDE_NONE;
}

bool lsa_atom_active(const lsa_lowering *lowering, lsa_atom a)
{
    return a.of == LSA_NODE || lowering->bound->kind[a.number] != LSA_BOUND_CONSTANT;
}

lsa_status lsa_block_node(lsa_lowering *lowering, int symbol, ptrdiff_t head, int *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_bound *bound = lowering->bound;
    const int parameter = bound->parameter[symbol];
    const int block = lowering->first_block[parameter] + (int)head;
    const lsa_product_kind kind = bound->kind[symbol] == LSA_BOUND_PARAMETER ? LSA_NODE_PARAMETER : LSA_NODE_DIRECTION;
    bool is_new = false;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, kind);
    lsa_ints_push(&key, block);
    LSA_TRY(lsa_node_enter(lowering, &key, node, &is_new, err));
    if (is_new) {
        const lsa_symbol *s = lsa_algebra_symbol(bound->algebra, symbol);
        lowering->nodes[*node] = (lsa_product_node){.kind = kind,
                                                    .rows = s->rows,
                                                    .cols = s->cols,
                                                    .block = block,
                                                    .row_side = lsa_side(bound, parameter, false),
                                                    .col_side = lsa_side(bound, parameter, true)};
    }
done:
    return status;
}

lsa_status lsa_atom_factor(lsa_lowering *lowering, lsa_atom a, const ptrdiff_t *head_of, lsa_atom *factor,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    int node = a.number;
    if (a.of == LSA_SYMBOL)
        LSA_TRY(lsa_block_node(lowering, a.number, a.index >= 0 ? head_of[a.index] : 0, &node, err));
    *factor = lsa_atom_of_node(node);
    factor->transposed = a.transposed;
done:
    return status;
}
