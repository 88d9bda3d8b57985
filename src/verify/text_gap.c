/* text_gap.c - what is left of the loss above its least value, at the run's place. */
#include "base/try.h"
#include "verify/text_flow.h"
#include "verify/text_minimum.h"
#include "verify/text_points.h"
#include <float.h>
#include <math.h>

static lsa_status excess_by_loss(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *least, *loss;
    LSA_TRY(text_loss(w, &loss, err));
    LSA_TRY(text_inf(w, &least, err));
    *out = formula_add(w->run.pool, loss, formula_negate(w->run.pool, least));
done:
    return status;
}

/* The loss of all parameters 0, exactly where its polynomial is evaluated: what is left above the least loss may be as small as the
 * rounding of a double. */
static lsa_status loss_at_zero(text_world *w, const flow_path *path, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const void *before = w->run.place;
    double *zeros = lsa_arena_alloc(w->arena, (size_t)w->size, sizeof *zeros);
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(zeros, "a gap");
    LSA_TRY_MEMORY(blocks, "a gap");
    if (w->size > TEXT_HESSIAN) {
        *out = text_computed(w, 1, 1, &path->loss_at_zero, 2.0 * DBL_EPSILON);
        return LSA_OK;
    }
    for (int k = 0; k < w->n_blocks; k++)
        blocks[k] = formula_value_written(w->run.pool, w->blocks[k].rows, w->blocks[k].cols, zeros);
    const text_place place = {.blocks = blocks, .sample = -1};
    w->run.place = &place;
    status = text_loss(w, out, err);
    w->run.place = before;
done:
    return status;
}

/* At a sample as the flow knows it, free of cancellation; elsewhere from the loss. */
lsa_status text_gap(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    const flow_path *path;
    const formula_value *excess, *least, *depth;
    formula_value *quotient;
    LSA_TRY(text_here(w, &place, err));
    LSA_TRY(text_path(w, &path, err));
    w->asks_share = true;
    if (place->sample >= 0 && place->sample < path->count && isfinite(path->depth)) {
        const path_number run = path_gap_at_time(path, place->sample);
        const double value = w->coarse ? lsa_trajectory_sample(path->coarse, place->sample).gap : run.value;
        if (!isfinite(value) || !isfinite(run.error))
            return lsa_error_set(err, LSA_ERR_UNABLE, "the gap of the path is not known here");
        *out = formula_value_near(w->run.pool, 1, 1, &value, run.error);
        return LSA_OK;
    }
    LSA_TRY(excess_by_loss(w, &excess, err));
    LSA_TRY(text_inf(w, &least, err));
    LSA_TRY(loss_at_zero(w, path, &depth, err));
    depth = formula_add(w->run.pool, depth, formula_negate(w->run.pool, least));
    LSA_TRY(formula_divide(w->run.pool, excess, depth, &quotient, err));
    *out = quotient;
done:
    return status;
}

lsa_status text_excess(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    const flow_path *path;
    const formula_value *gap;
    LSA_TRY(text_here(w, &place, err));
    if (place->sample >= 0) {
        LSA_TRY(text_path(w, &path, err));
        if (isfinite(path->depth)) {
            LSA_TRY(text_gap(w, &gap, err));
            *out = formula_multiply(w->run.pool, formula_value_computed(w->run.pool, 1, 1, &path->depth), gap);
            return LSA_OK;
        }
    }
    LSA_TRY(excess_by_loss(w, out, err));
done:
    return status;
}
