/* text_derivative.c - the derivative of a formula by the vector field. */
#include "base/try.h"
#include "verify/text_flow.h"
#include "verify/text_points.h"
#include <math.h>

/* theta - h g and, where the place has a time, t + h. */
static lsa_status displaced(text_world *w, const text_place *place, const formula_value *gradient,
                            const formula_value *h, const text_place **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_pool *pool = w->run.pool;
    text_place *moved = lsa_arena_alloc(w->arena, 1, sizeof *moved);
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(moved, "a derivative");
    LSA_TRY_MEMORY(blocks, "a derivative");
    for (int k = 0; k < w->n_blocks; k++) {
        const text_block *b = &w->blocks[k];
        const formula_value *g = formula_value_part(pool, gradient, b->offset, b->rows, b->cols);
        blocks[k] = formula_add(pool, place->blocks[k], formula_negate(pool, formula_multiply(pool, h, g)));
    }
    *moved = (text_place){.blocks = blocks, .sample = -1};
    *out = moved;
done:
    return status;
}

/* Of the loss and of what differs from it by a constant: 1; of the risk 2; else 0. */
static long factor_of_loss(const formula_node *e)
{
    if (e->kind != FORMULA_NAME)
        return 0;
    return e->name->id == FORMULA_NAME_risk ? 2
                                            : e->name->id == FORMULA_NAME_loss || e->name->id == FORMULA_NAME_excess;
}

/* dL/dt = -|grad L|^2; at a sample the flow knows that norm, by the form of the loss free of cancellation, where it has one. */
static lsa_status fall_of_loss(text_world *w, const text_place *place, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    const formula_value *gradient;
    if (place->sample >= 0) {
        LSA_TRY(text_path(w, &path, err));
        const lsa_sample sample = text_sample(w, place->sample);
        const double fall = -sample.gradient_norm * sample.gradient_norm;
        const path_number rate = path_decay_rate(path, place->sample);
        const double error = rate.error / rate.value * -fall;
        if (isfinite(fall) && isfinite(error)) {
            *out = formula_value_near(w->run.pool, 1, 1, &fall, error);
            return LSA_OK;
        }
    }
    LSA_TRY(text_whole_gradient(w, place, &gradient, err));
    *out = formula_negate(w->run.pool, formula_norm_square(w->run.pool, gradient));
done:
    return status;
}

static bool names_time(const formula_node *e)
{
    bool found = e->kind == FORMULA_NAME && e->name->id == FORMULA_NAME_t;
    for (int k = 0; k < e->n_children && !found; k++)
        found = names_time(e->children[k]);
    return found;
}

/* (e(theta - h g) - e(theta + h g))/(2h) with h = 2^-40: h^2 is 1e-24, and balls of 128 bits hide no more. */
lsa_status text_derivative(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double step = ldexp(1.0, -40);
    const text_place *place, *ahead, *behind;
    const formula_value *gradient, *after, *before;
    formula_value *quotient;
    formula_pool *pool = w->run.pool;
    LSA_TRY(text_here(w, &place, err));
    if (names_time(e))
        return lsa_error_set(err, LSA_ERR_UNABLE, "dot takes a function of the parameters alone");
    if (factor_of_loss(e) != 0) {
        LSA_TRY(fall_of_loss(w, place, out, err));
        *out = formula_multiply(pool, formula_value_integer(pool, factor_of_loss(e)), *out);
        return LSA_OK;
    }
    LSA_TRY(text_whole_gradient(w, place, &gradient, err));
    const formula_value *h = formula_value_computed(pool, 1, 1, &step);
    LSA_TRY(displaced(w, place, gradient, h, &ahead, err));
    LSA_TRY(displaced(w, place, gradient, formula_negate(pool, h), &behind, err));
    LSA_TRY(text_at(w, ahead, e, &after, err));
    LSA_TRY(text_at(w, behind, e, &before, err));
    const formula_value *change = formula_add(pool, after, formula_negate(pool, before));
    LSA_TRY(formula_divide(pool, change, formula_multiply(pool, formula_value_integer(pool, 2), h), &quotient, err));
    *out = quotient;
done:
    return status;
}
