/* emit.c - writes instructions; every node and every trace is computed where it is first needed, once. */
#include "compile/emit.h"

#include "base/try.h"
#include "compile/effort.h"
#include "compile/registers.h"

#include <assert.h>
#include <string.h>

enum { NO_REGISTER = -1 };

typedef struct emitter {
    const lsa_sharing *sharing;
    lsa_arena *arena;
    lsa_instruction *instructions;
    int n, capacity;
    lsa_power_of *factors;
    int n_factors, factor_capacity;
    ptrdiff_t *sizes; /* per register: doubles */
    int n_registers, register_capacity;
    int *node_register;  /* per node                 */
    int *chain_register; /* per ring or scalar chain */
} emitter;

static lsa_place nowhere(void)
{
    return (lsa_place){.space = LSA_SPACE_NONE};
}

static lsa_status new_register(emitter *e, ptrdiff_t size, int *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t *sizes = lsa_array_grow(e->arena, e->sizes, e->n_registers, &e->register_capacity, sizeof *sizes);
    LSA_TRY_MEMORY(sizes, "the code of a program");
    e->sizes = sizes;
    sizes[e->n_registers] = size;
    *out = e->n_registers++;
done:
    return status;
}

static lsa_place register_place(int number)
{
    return (lsa_place){.space = LSA_SPACE_WORK, .offset = number};
}

static lsa_status write_instruction(emitter *e, lsa_instruction instruction, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_lowering_spend(e->sharing->lowering, 16, err));
    lsa_instruction *all = lsa_array_grow(e->arena, e->instructions, e->n, &e->capacity, sizeof *all);
    LSA_TRY_MEMORY(all, "the code of a program");
    e->instructions = all;
    all[e->n++] = instruction;
done:
    return status;
}

static lsa_place diagonal_place(const emitter *e, int diagonal)
{
    if (diagonal == LSA_DIAGONAL_NONE)
        return nowhere();
    return (lsa_place){.space = LSA_SPACE_CONSTANT, .data = e->sharing->constants->diagonals[diagonal]};
}

static ptrdiff_t rows_of(const emitter *e, lsa_atom factor)
{
    return lsa_bound_size(e->sharing->lowering->bound, lsa_atom_rows(e->sharing->lowering, factor));
}

static ptrdiff_t cols_of(const emitter *e, lsa_atom factor)
{
    return rows_of(e, lsa_atom_flip(factor));
}

/* ---- nodes ---- */

static lsa_status emit_sum(emitter *e, const lsa_shared_sum *sum, lsa_place out, lsa_error *err);
static lsa_status emit_node(emitter *e, int node, lsa_place *out, lsa_error *err);

/* temp = diagonal o a, on the side where it meets the other factor; a itself without a diagonal. */
static lsa_status emit_scaled(emitter *e, lsa_atom factor, bool on_columns, int diagonal, lsa_place *out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_place a;
    int number = NO_REGISTER;
    LSA_TRY(emit_node(e, factor.number, &a, err));
    *out = a;
    if (diagonal == LSA_DIAGONAL_NONE)
        goto done;
    const lsa_atom node = lsa_atom_of_node(factor.number);
    const bool columns = on_columns != factor.transposed; /* in the node's own orientation */
    LSA_TRY(new_register(e, rows_of(e, node) * cols_of(e, node), &number, err));
    *out = register_place(number);
    const lsa_place d = diagonal_place(e, diagonal);
    LSA_TRY(write_instruction(e,
                              (lsa_instruction){.op = LSA_OP_ADD,
                                                .m = rows_of(e, node),
                                                .n = cols_of(e, node),
                                                .out = *out,
                                                .a = a,
                                                .l = columns ? nowhere() : d,
                                                .r = columns ? d : nowhere(),
                                                .c = 1.0},
                              err));
done:
    return status;
}

static lsa_status emit_product(emitter *e, const lsa_product_node *node, lsa_place out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_atom left = node->left, right = node->right;
    const bool vector = lsa_atom_cols(e->sharing->lowering, right) == LSA_DIM_ONE;
    /* The diagonal goes to the smaller factor. */
    const bool on_left = !vector && rows_of(e, left) <= cols_of(e, right);
    lsa_place a, b;
    LSA_TRY(emit_scaled(e, left, true, on_left ? node->diagonal : LSA_DIAGONAL_NONE, &a, err));
    LSA_TRY(emit_scaled(e, right, false, on_left ? LSA_DIAGONAL_NONE : node->diagonal, &b, err));
    LSA_TRY(write_instruction(e,
                              (lsa_instruction){.op = vector ? LSA_OP_MATVEC : LSA_OP_MATMUL,
                                                .transpose_a = left.transposed,
                                                .transpose_b = right.transposed,
                                                .m = rows_of(e, left),
                                                .n = cols_of(e, right),
                                                .k = cols_of(e, left),
                                                .out = out,
                                                .a = a,
                                                .b = b,
                                                .c = 1.0},
                              err));
done:
    return status;
}

/* The diagonal of a matrix, or a matrix with its rows scaled by a vector. */
static lsa_status emit_derived(emitter *e, const lsa_product_node *node, lsa_place out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_instruction in = {.op = LSA_OP_EXTRACT, .m = rows_of(e, node->left), .n = 1, .out = out, .c = 1.0};
    LSA_TRY(emit_node(e, node->left.number, &in.a, err));
    if (node->kind == LSA_NODE_SCALED) {
        in.op = LSA_OP_ADD;
        in.l = in.a;
        in.n = cols_of(e, node->right);
        in.transpose_a = node->right.transposed;
        LSA_TRY(emit_node(e, node->right.number, &in.a, err));
    }
    LSA_TRY(write_instruction(e, in, err));
done:
    return status;
}

/* Where a node's numbers are; computes them when they are not there yet. Those of a SPREAD are its vector. */
static lsa_status emit_node(emitter *e, int node, lsa_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_lowering *lowering = e->sharing->lowering;
    const lsa_product_node *n = &lowering->nodes[node];
    int number = NO_REGISTER;
    if (n->kind == LSA_NODE_PARAMETER || n->kind == LSA_NODE_DIRECTION) {
        *out = (lsa_place){.space = n->kind == LSA_NODE_PARAMETER ? LSA_SPACE_STATE : LSA_SPACE_DIRECTION,
                           .offset = lowering->blocks[n->block].offset};
        goto done;
    }
    if (n->kind == LSA_NODE_CONSTANT) {
        *out = (lsa_place){.space = LSA_SPACE_CONSTANT, .data = n->value.data};
        goto done;
    }
    if (n->kind == LSA_NODE_SPREAD) {
        LSA_TRY(emit_node(e, n->left.number, out, err));
        goto done;
    }
    if (e->node_register[node] == NO_REGISTER) {
        LSA_TRY(new_register(e, rows_of(e, lsa_atom_of_node(node)) * cols_of(e, lsa_atom_of_node(node)), &number, err));
        if (n->kind == LSA_NODE_SUM)
            LSA_TRY(emit_sum(e, lsa_sharing_node_sum(e->sharing, node), register_place(number), err));
        else if (n->kind == LSA_NODE_DIAGONAL_OF || n->kind == LSA_NODE_SCALED)
            LSA_TRY(emit_derived(e, n, register_place(number), err));
        else
            LSA_TRY(emit_product(e, n, register_place(number), err));
        e->node_register[node] = number;
    }
    *out = register_place(e->node_register[node]);
done:
    return status;
}

/* ---- scalars ---- */

/* tr(f0 d0): the trace of one factor. */
static lsa_status emit_trace(emitter *e, const lsa_shared_chain *chain, lsa_place out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_place a;
    LSA_TRY(emit_node(e, chain->factors[0].number, &a, err));
    LSA_TRY(write_instruction(e,
                              (lsa_instruction){.op = LSA_OP_TRACE,
                                                .m = rows_of(e, chain->factors[0]),
                                                .out = out,
                                                .a = a,
                                                .l = diagonal_place(e, chain->diagonals[0]),
                                                .c = 1.0},
                              err));
done:
    return status;
}

/* tr(f0 d0 f1 d1) = sum_ij (d1)_i (f0)_ij (d0)_j (f1')_ij, read in the orientation in which f0 is stored. */
static lsa_status emit_inner(emitter *e, const lsa_shared_chain *chain, lsa_place out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_atom f0 = chain->factors[0], f1 = chain->factors[1], stored = lsa_atom_of_node(f0.number);
    const bool ring = chain->role == LSA_CHAIN_RING;
    const bool turned = f0.transposed;
    const int d0 = chain->diagonals[ring ? 0 : 1];
    const int d1 = ring ? chain->diagonals[1] : LSA_DIAGONAL_NONE; /* a scalar chain is a ring with a seam of size 1 */
    lsa_place a, b;
    LSA_TRY(emit_node(e, f0.number, &a, err));
    LSA_TRY(emit_node(e, f1.number, &b, err));
    LSA_TRY(write_instruction(e,
                              (lsa_instruction){.op = LSA_OP_INNER,
                                                .transpose_b = f1.transposed == turned,
                                                .m = rows_of(e, stored),
                                                .n = cols_of(e, stored),
                                                .out = out,
                                                .a = a,
                                                .b = b,
                                                .l = diagonal_place(e, turned ? d0 : d1),
                                                .r = diagonal_place(e, turned ? d1 : d0),
                                                .c = 1.0},
                              err));
done:
    return status;
}

static lsa_status emit_scalar(emitter *e, int id, lsa_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_shared_chain *chain = &e->sharing->chains[id];
    int number = NO_REGISTER;
    if (e->chain_register[id] == NO_REGISTER) {
        LSA_TRY(new_register(e, 1, &number, err));
        assert(chain->n == 1 || chain->n == 2); /* share_pairs shortened it */
        if (chain->n == 1)
            LSA_TRY(emit_trace(e, chain, register_place(number), err));
        else
            LSA_TRY(emit_inner(e, chain, register_place(number), err));
        e->chain_register[id] = number;
    }
    *out = register_place(e->chain_register[id]);
done:
    return status;
}

static lsa_status write_factor(emitter *e, lsa_place place, int exponent, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_power_of *factors = lsa_array_grow(e->arena, e->factors, e->n_factors, &e->factor_capacity, sizeof *factors);
    LSA_TRY_MEMORY(factors, "the code of a program");
    e->factors = factors;
    factors[e->n_factors++] = (lsa_power_of){.place = place, .exponent = exponent};
done:
    return status;
}

/* out =+ coefficient * powers * scalars of a product. */
static lsa_status emit_term(emitter *e, const lsa_shared_product *product, bool accumulate, lsa_place out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_place place;
    for (int k = 0; k < product->n_scalars; k++) /* first, since these write terms of their own */
        LSA_TRY(emit_scalar(e, product->scalars[k], &place, err));
    const int first = e->n_factors;
    for (int k = 0; k < product->n_powers; k++) {
        LSA_TRY(emit_node(e, product->powers[k].node, &place, err));
        LSA_TRY(write_factor(e, place, product->powers[k].exponent, err));
    }
    for (int k = 0; k < product->n_scalars; k++) {
        LSA_TRY(emit_scalar(e, product->scalars[k], &place, err));
        LSA_TRY(write_factor(e, place, 1, err));
    }
    LSA_TRY(write_instruction(e,
                              (lsa_instruction){.op = LSA_OP_TERM,
                                                .accumulate = accumulate,
                                                .out = out,
                                                .c = product->coefficient,
                                                .first_factor = first,
                                                .n_factors = e->n_factors - first},
                              err));
done:
    return status;
}

/* ---- sums ---- */

/* Products of a sum that share their open word: `products` lists them, chained by next. */
typedef struct group {
    int open, outer;
    int n;
    const lsa_shared_product **products;
} group;

/* Order of writing: whole matrices, then words that touch the diagonal alone, which cannot assign. */
static bool is_spread(const emitter *e, const lsa_shared_chain *chain)
{
    return chain->n == 1 && e->sharing->lowering->nodes[chain->factors[0].number].kind == LSA_NODE_SPREAD;
}

static bool is_diagonal(const emitter *e, const group *g)
{
    const lsa_shared_chain *chain = &e->sharing->chains[g->open];
    return chain->n == 0 || is_spread(e, chain);
}

/* The factor in front of a group's word: the instruction's coefficient, or a register. */
static lsa_status emit_weight(emitter *e, const group *g, double *c, lsa_place *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int number = NO_REGISTER;
    *s = nowhere();
    *c = g->products[0]->coefficient;
    if (g->n == 1 && g->products[0]->n_powers == 0 && g->products[0]->n_scalars == 0)
        goto done;
    *c = 1.0;
    LSA_TRY(new_register(e, 1, &number, err));
    *s = register_place(number);
    for (int k = 0; k < g->n; k++)
        LSA_TRY(emit_term(e, g->products[k], k > 0, *s, err));
done:
    return status;
}

/* The trace tr(A D A' E) that an elementwise pass E A D over a stored A can take along, if it is still to be computed:
 * its chain, or -1. */
static int find_square(const emitter *e, const lsa_shared_chain *open)
{
    const lsa_atom A = open->factors[0];
    for (int id = 0; !A.transposed && id < lsa_intern_count(e->sharing->chain_keys); id++) {
        const lsa_shared_chain *ring = &e->sharing->chains[id];
        if (ring->role != LSA_CHAIN_RING || ring->n != 2 || e->chain_register[id] != NO_REGISTER ||
            ring->factors[0].number != A.number || !lsa_atom_is(ring->factors[1], lsa_atom_flip(ring->factors[0])))
            continue;
        const int first = ring->factors[0].transposed ? 0 : 1; /* the diagonal on the left of A */
        if (ring->diagonals[first] == open->diagonals[0] && ring->diagonals[1 - first] == open->diagonals[1])
            return id;
    }
    return -1;
}

/* Lets the pass compute that trace. */
static lsa_status emit_square(emitter *e, const lsa_shared_chain *open, lsa_instruction *in, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_lowering_spend(e->sharing->lowering, lsa_intern_count(e->sharing->chain_keys), err));
    const int id = in->op == LSA_OP_ADD ? find_square(e, open) : -1;
    if (id < 0)
        goto done;
    LSA_TRY(new_register(e, 1, &e->chain_register[id], err));
    in->square = register_place(e->chain_register[id]);
done:
    return status;
}

/* out =+ weight * open word. */
static lsa_status emit_group(emitter *e, const lsa_shared_sum *sum, const group *g, bool accumulate, lsa_place out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_shared_chain *open = &e->sharing->chains[g->open];
    const lsa_shared_chain *outer = g->outer >= 0 ? &e->sharing->chains[g->outer] : NULL;
    lsa_instruction in = {.m = sum->rows, .n = sum->cols, .out = out, .accumulate = accumulate};
    LSA_TRY(emit_weight(e, g, &in.c, &in.s, err));
    in.l = diagonal_place(e, open->diagonals[0]);
    if (open->n == 0) {
        in.op = LSA_OP_DIAGONAL;
    } else {
        LSA_TRY(emit_node(e, open->factors[0].number, &in.a, err));
        in.op = outer != NULL ? LSA_OP_OUTER : is_spread(e, open) ? LSA_OP_DIAGONAL : LSA_OP_ADD;
        in.transpose_a = open->factors[0].transposed;
        in.r = diagonal_place(e, (outer != NULL ? outer : open)->diagonals[1]);
        if (outer != NULL)
            LSA_TRY(emit_node(e, outer->factors[0].number, &in.b, err));
        LSA_TRY(emit_square(e, open, &in, err));
    }
    LSA_TRY(write_instruction(e, in, err));
done:
    return status;
}

/* Gathers the products of a sum by open word. */
static lsa_status group_products(emitter *e, const lsa_shared_sum *sum, group **out, int *n_groups, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_intern *keys = lsa_intern_create(e->arena);
    group *groups = lsa_arena_alloc(e->arena, (size_t)sum->n, sizeof *groups);
    int *of = lsa_arena_alloc(e->arena, (size_t)sum->n, sizeof *of);
    const lsa_shared_product **members = lsa_arena_alloc(e->arena, (size_t)sum->n, sizeof *members);
    LSA_TRY_MEMORY(keys, "the code of a program");
    LSA_TRY_MEMORY(groups, "the code of a program");
    LSA_TRY_MEMORY(of, "the code of a program");
    LSA_TRY_MEMORY(members, "the code of a program");
    for (int k = 0; k < sum->n; k++) {
        lsa_ints key = lsa_ints_in(e->arena);
        lsa_ints_push(&key, sum->products[k].open);
        lsa_ints_push(&key, sum->products[k].outer);
        of[k] = lsa_intern_id(keys, &key);
        LSA_TRY_MEMORY(of[k] >= 0 ? keys : NULL, "the code of a program");
        groups[of[k]].open = sum->products[k].open;
        groups[of[k]].outer = sum->products[k].outer;
        groups[of[k]].n++;
    }
    *n_groups = lsa_intern_count(keys);
    for (int g = 0, at = 0; g < *n_groups; g++) {
        groups[g].products = members + at;
        at += groups[g].n;
        groups[g].n = 0;
    }
    for (int k = 0; k < sum->n; k++)
        groups[of[k]].products[groups[of[k]].n++] = &sum->products[k];
    *out = groups;
done:
    return status;
}

static lsa_status emit_zero(emitter *e, const lsa_shared_sum *sum, lsa_place out, lsa_error *err)
{
    return write_instruction(
        e, (lsa_instruction){.op = LSA_OP_ZERO, .m = sum->rows, .n = sum->cols, .out = out, .c = 1.0}, err);
}

static lsa_status emit_matrix_sum(emitter *e, const lsa_shared_sum *sum, lsa_place out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    group *groups = NULL;
    int n_groups = 0;
    bool written = false;
    LSA_TRY(group_products(e, sum, &groups, &n_groups, err));
    for (int g = 0; g < n_groups; g++)
        if (!is_diagonal(e, &groups[g])) {
            LSA_TRY(emit_group(e, sum, &groups[g], written, out, err));
            written = true;
        }
    if (!written)
        LSA_TRY(emit_zero(e, sum, out, err));
    for (int g = 0; g < n_groups; g++)
        if (is_diagonal(e, &groups[g]))
            LSA_TRY(emit_group(e, sum, &groups[g], true, out, err));
done:
    return status;
}

static lsa_status emit_sum(emitter *e, const lsa_shared_sum *sum, lsa_place out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (sum->n == 0) {
        LSA_TRY(emit_zero(e, sum, out, err));
    } else if (sum->products[0].open >= 0) {
        LSA_TRY(emit_matrix_sum(e, sum, out, err));
    } else {
        for (int k = 0; k < sum->n; k++)
            LSA_TRY(emit_term(e, &sum->products[k], k > 0, out, err));
    }
done:
    return status;
}

/* ---- the whole ---- */

static lsa_status create_emitter(const lsa_sharing *sharing, emitter *e, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int nodes = lsa_intern_count(sharing->lowering->node_keys);
    const int chains = lsa_intern_count(sharing->chain_keys);
    *e = (emitter){.sharing = sharing, .arena = sharing->lowering->arena};
    e->node_register = lsa_arena_alloc(e->arena, (size_t)nodes, sizeof *e->node_register);
    e->chain_register = lsa_arena_alloc(e->arena, (size_t)chains, sizeof *e->chain_register);
    LSA_TRY_MEMORY(e->node_register, "the code of a program");
    LSA_TRY_MEMORY(e->chain_register, "the code of a program");
    for (int k = 0; k < nodes; k++)
        e->node_register[k] = NO_REGISTER;
    for (int k = 0; k < chains; k++)
        e->chain_register[k] = NO_REGISTER;
done:
    return status;
}

lsa_status lsa_emit(const lsa_sharing *sharing, int n, const lsa_shared_sum *sums, const ptrdiff_t *offset,
                    lsa_arena *kept, lsa_code *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    emitter e;
    LSA_TRY(create_emitter(sharing, &e, err));
    for (int pass = 0; pass < 2; pass++) /* matrices first: their passes take traces along */
        for (int k = 0; k < n; k++)
            if ((sums[k].rows == 1 && sums[k].cols == 1) == (pass == 1))
                LSA_TRY(emit_sum(&e, &sums[k], (lsa_place){.space = LSA_SPACE_OUT, .offset = offset[k]}, err));
    LSA_TRY(lsa_registers_place(&(lsa_registers){.n = e.n,
                                                 .instructions = e.instructions,
                                                 .n_factors = e.n_factors,
                                                 .factors = e.factors,
                                                 .n_registers = e.n_registers,
                                                 .sizes = e.sizes},
                                e.arena, &out->work, err));
    lsa_instruction *instructions = lsa_arena_alloc(kept, (size_t)e.n, sizeof *instructions);
    lsa_power_of *factors = lsa_arena_alloc(kept, (size_t)e.n_factors, sizeof *factors);
    LSA_TRY_MEMORY(instructions, "the code of a program");
    LSA_TRY_MEMORY(factors, "the code of a program");
    if (e.n > 0)
        memcpy(instructions, e.instructions, (size_t)e.n * sizeof *instructions);
    if (e.n_factors > 0)
        memcpy(factors, e.factors, (size_t)e.n_factors * sizeof *factors);
    out->n = e.n;
    out->instructions = instructions;
    out->factors = factors;
done:
    return status;
}
