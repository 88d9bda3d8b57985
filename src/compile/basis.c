/* basis.c - which side moves to which eigenbasis. */
#include "compile/basis.h"

#include "base/matrix.h"
#include "base/try.h"

#include <float.h>
#include <math.h>

enum { NO_JOIN = -1, MIXED_JOINS = -2 };

int lsa_bases_of(const lsa_bases *bases, int side)
{
    return side == LSA_SIDE_NONE ? 0 : bases->of_side[side];
}

/* What the loss says of the sides: join[s] is the one slot that joins s to itself; held[s] forbids a move. */
typedef struct survey {
    lsa_lowering *lowering;
    int *join;
    bool *held;
} survey;

static lsa_status survey_slot(survey *s, int slot, int left, int right, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_value value;
    if (left == LSA_SIDE_NONE || right == LSA_SIDE_NONE)
        goto done;
    if (left == right) {
        s->join[left] = s->join[left] == NO_JOIN || s->join[left] == slot ? slot : MIXED_JOINS;
        goto done;
    }
    LSA_TRY(lsa_slots_value(s->lowering->slots, slot, &value, err));
    if (value.kind != LSA_VALUE_DENSE)
        s->held[left] = s->held[right] = true;
done:
    return status;
}

static lsa_status survey_chain(survey *s, const lsa_chain *chain, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool ring = chain->role == LSA_CHAIN_RING;
    for (int k = 0; k < (ring ? chain->n : chain->n - 1); k++) {
        const lsa_atom a = chain->factors[k], b = chain->factors[(k + 1) % chain->n];
        LSA_TRY(survey_slot(s, chain->slots[ring ? k : k + 1], lsa_factor_col_side(s->lowering, a),
                            lsa_factor_row_side(s->lowering, b), err));
    }
done:
    return status;
}

static lsa_status survey_sum(survey *s, const lsa_sum *sum, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int k = 0; k < sum->n; k++) {
        lsa_reader reader = lsa_product_read(s->lowering, &sum->products[k]);
        lsa_chain chain;
        while (lsa_reader_next(&reader, &chain))
            LSA_TRY(survey_chain(s, &chain, err));
    }
done:
    return status;
}

/* The basis that makes a slot diagonal, made when no other side has asked for it. */
static lsa_status eigenbasis(lsa_bases *bases, const lsa_lowering *lowering, int slot, const lsa_value *value,
                             int *number, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = value->rows;
    for (*number = 1; *number < bases->n; (*number)++)
        if (lsa_slots_agree(lowering->slots, bases->basis[*number].slot, slot))
            goto done;
    double *W = lsa_arena_alloc(lowering->arena, (size_t)d, (size_t)d * sizeof *W);
    double *eigenvalues = lsa_arena_alloc(lowering->arena, (size_t)d, sizeof *eigenvalues);
    LSA_TRY_MEMORY(W, "a basis");
    LSA_TRY_MEMORY(eigenvalues, "a basis");
    LSA_TRY(lsa_mat_eigen(d, value->data, eigenvalues, W, err));
    /* The solver's backward error is of the order d eps |C|: below it an eigenvalue is not told from 0. */
    const double floor = (double)d * DBL_EPSILON * lsa_vec_norm_max(d, eigenvalues);
    for (ptrdiff_t i = 0; i < d; i++)
        if (fabs(eigenvalues[i]) <= floor)
            eigenvalues[i] = 0.0;
    bases->basis[bases->n++] = (lsa_basis){.slot = slot, .W = W, .eigenvalues = eigenvalues};
done:
    return status;
}

static lsa_status choose_side(lsa_bases *bases, const survey *s, int side, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int slot = s->join[side];
    lsa_value value;
    double factor = 1.0;
    int transposed = -1;
    if (slot < 0 || s->held[side])
        goto done;
    LSA_TRY(lsa_slots_value(s->lowering->slots, slot, &value, err));
    LSA_TRY(lsa_slots_transpose(s->lowering->slots, slot, &factor, &transposed, err));
    if (value.kind == LSA_VALUE_DENSE && transposed == slot && factor == 1.0)
        LSA_TRY(eigenbasis(bases, s->lowering, slot, &value, &bases->of_side[side], err));
done:
    return status;
}

lsa_status lsa_bases_choose(lsa_lowering *lowering, const lsa_sum *loss, lsa_bases *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t n = 2 * (size_t)lowering->bound->statement->n_parameters;
    survey s = {.lowering = lowering,
                .join = lsa_arena_alloc(lowering->arena, n, sizeof *s.join),
                .held = lsa_arena_alloc(lowering->arena, n, sizeof *s.held)};
    lsa_bases bases = {.n_sides = (int)n,
                       .of_side = lsa_arena_alloc(lowering->arena, n, sizeof *bases.of_side),
                       .n = 1,
                       .basis = lsa_arena_alloc(lowering->arena, n + 1, sizeof *bases.basis)};
    LSA_TRY_MEMORY(s.join, "the bases");
    LSA_TRY_MEMORY(s.held, "the bases");
    LSA_TRY_MEMORY(bases.of_side, "the bases");
    LSA_TRY_MEMORY(bases.basis, "the bases");
    bases.basis[0].slot = -1;
    for (size_t side = 0; side < n; side++)
        s.join[side] = NO_JOIN;
    *out = bases;
    if (lsa_bound_keeps_basis(lowering->bound))
        goto done;
    LSA_TRY(survey_sum(&s, loss, err));
    for (int node = 0; node < lsa_intern_count(lowering->node_keys); node++)
        if (lowering->nodes[node].kind == LSA_NODE_SUM)
            LSA_TRY(survey_sum(&s, lowering->nodes[node].sum, err));
    for (int side = 0; side < bases.n_sides; side++)
        LSA_TRY(choose_side(&bases, &s, side, err));
    *out = bases;
done:
    return status;
}

lsa_status lsa_bases_value(const lsa_bases *bases, lsa_lowering *lowering, int slot, int row_basis, int col_basis,
                           lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_basis *row = &bases->basis[row_basis], *col = &bases->basis[col_basis];
    lsa_value value;
    LSA_TRY(lsa_slots_value(lowering->slots, slot, &value, err));
    if (row_basis != 0 && row_basis == col_basis && lsa_slots_agree(lowering->slots, row->slot, slot))
        *out = lsa_value_diagonal(value.rows, row->eigenvalues);
    else
        LSA_TRY(lsa_value_rotate(lowering->arena, row->W, &value, col->W, out, err));
done:
    return status;
}
