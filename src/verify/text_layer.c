/* text_layer.c - the layer's own blocks: what the key `layer` of the statement, or its parameters' shapes, say of them. */
#include "verify/text_layer.h"

#include "base/try.h"

static const formula_value *block_of(const text_world *w, const text_place *place, int symbol, long head)
{
    for (int b = 0; b < w->n_blocks; b++)
        if (w->blocks[b].symbol == symbol && (w->blocks[b].head == head || w->blocks[b].head == 0))
            return place->blocks[b];
    return NULL;
}

/* u_h U_h, U_h = K_h'Q_h where that is how it is written; NULL where the blocks are no parameters. */
static const formula_value *head_product(text_world *w, const text_place *place, long head)
{
    const lsa_layer_parameters *p = &w->experiment->statement->layer_parameters;
    const formula_value *u = block_of(w, place, p->u, head), *U = block_of(w, place, p->U, head),
                        *K = block_of(w, place, p->K, head), *Q = block_of(w, place, p->Q, head);
    if (U == NULL && K != NULL && Q != NULL)
        U = formula_multiply(w->run.pool, formula_transpose(w->run.pool, K), Q);
    return u != NULL && U != NULL ? formula_multiply(w->run.pool, u, U) : NULL;
}

lsa_status text_product(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    LSA_TRY(text_here(w, &place, err));
    *out = NULL;
    for (long head = 1; head <= (long)w->experiment->data.heads; head++) {
        const formula_value *one = head_product(w, place, head);
        if (one == NULL)
            return lsa_error_set(err, LSA_ERR_UNABLE, "statement %s has no layer of blocks u, U or u, K, Q",
                                 w->experiment->statement->name);
        *out = *out == NULL ? one : formula_add(w->run.pool, *out, one);
    }
done:
    return status;
}

lsa_status text_side_block(text_world *w, formula_name_id id, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    const lsa_layer_parameters *p = &w->experiment->statement->layer_parameters;
    const int symbol = id == FORMULA_NAME_px ? p->px : p->k;
    LSA_TRY(text_here(w, &place, err));
    if (symbol == LSA_BLOCK_ABSENT) {
        double *zeros = lsa_arena_alloc(w->arena, (size_t)w->experiment->data.d, sizeof *zeros);
        LSA_TRY_MEMORY(zeros, "a block of the layer");
        *out = formula_value_written(w->run.pool, w->experiment->data.d, 1, zeros);
        return LSA_OK;
    }
    *out = block_of(w, place, symbol, 1);
    if (*out == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "statement %s has no block %s", w->experiment->statement->name,
                             id == FORMULA_NAME_px ? "px" : "k");
done:
    return status;
}
