/* node.c - the nodes that products are made of, and the letters that stand for them. */
#include "compile/node.h"

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
        lowering->nodes[*node] = (lsa_node){.kind = LSA_NODE_SUM,
                                            .rows = sum->rows,
                                            .cols = sum->cols,
                                            .row_side = sum->row_side,
                                            .col_side = sum->col_side,
                                            .sum = sum};
done:
    return status;
}

lsa_status lsa_derived_node(lsa_lowering *lowering, lsa_node_kind kind, int left, int right, int *factor,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool is_new = false;
    int node = -1;
    lsa_ints key = lsa_ints_in(lowering->arena);
    lsa_ints_push(&key, kind);
    lsa_ints_push(&key, left);
    lsa_ints_push(&key, right);
    LSA_TRY(lsa_node_enter(lowering, &key, &node, &is_new, err));
    if (is_new)
        lowering->nodes[node] = (lsa_node){.kind = kind,
                                           .left = left,
                                           .right = right,
                                           .rows = lsa_factor_rows(lowering, left),
                                           .cols = kind == LSA_NODE_SCALED   ? lsa_factor_cols(lowering, right)
                                                   : kind == LSA_NODE_SPREAD ? lsa_factor_rows(lowering, left)
                                                                             : LSA_DIM_ONE,
                                           .row_side = LSA_SIDE_NONE,
                                           .col_side = LSA_SIDE_NONE};
    *factor = 2 * node;
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

lsa_letter lsa_letter_turned(const lsa_lowering *lowering, lsa_letter letter)
{
    const bool plain =
        letter.symbol < lowering->bound->n_symbols && lsa_bound_symbol(lowering->bound, letter.symbol)->symmetric;
    letter.transposed = !plain && !letter.transposed;
    return letter;
}

bool lsa_letter_active(const lsa_lowering *lowering, lsa_letter letter)
{
    return letter.symbol >= lowering->bound->n_symbols || lowering->bound->kind[letter.symbol] != LSA_BOUND_CONSTANT;
}

lsa_dim lsa_letter_rows(const lsa_lowering *lowering, lsa_letter letter)
{
    const int n_symbols = lowering->bound->n_symbols;
    if (letter.symbol >= n_symbols)
        return lsa_factor_rows(lowering, 2 * (letter.symbol - n_symbols) + letter.transposed);
    const lsa_symbol *s = lsa_bound_symbol(lowering->bound, letter.symbol);
    return letter.transposed ? s->cols : s->rows;
}

lsa_dim lsa_letter_cols(const lsa_lowering *lowering, lsa_letter letter)
{
    letter.transposed = !letter.transposed;
    return lsa_letter_rows(lowering, letter);
}

lsa_status lsa_block_node(lsa_lowering *lowering, int symbol, ptrdiff_t head, int *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_bound *bound = lowering->bound;
    const int parameter = bound->parameter[symbol];
    const int block = lowering->first_block[parameter] + (int)head;
    const lsa_node_kind kind = bound->kind[symbol] == LSA_BOUND_PARAMETER ? LSA_NODE_PARAMETER : LSA_NODE_DIRECTION;
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

lsa_status lsa_letter_factor(lsa_lowering *lowering, lsa_letter letter, const ptrdiff_t *head_of, int *factor,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    int node = letter.symbol - lowering->bound->n_symbols;
    if (node < 0)
        LSA_TRY(lsa_block_node(lowering, letter.symbol, letter.index >= 0 ? head_of[letter.index] : 0, &node, err));
    *factor = 2 * node + letter.transposed;
done:
    return status;
}
