/* text_gap.c - what is left of the loss above its least value, at the run's place. */
#include "base/try.h"
#include "verify/text_flow.h"
#include "verify/text_minimum.h"
#include "verify/text_points.h"
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

/* At a sample as the flow knows it, free of cancellation; elsewhere from the loss. */
lsa_status text_gap(text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    const flow_path *path;
    const formula_value *excess, *least;
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
    const formula_value *depth = formula_value_computed(w->run.pool, 1, 1, &path->loss_at_zero);
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
