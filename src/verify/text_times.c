/* text_times.c - other times of the same flow: the integrator is asked again for them. */
#include "base/try.h"
#include "verify/text_flow.h"

/* The flow again with these times, ascending from 0. */
static lsa_status flow_at_times(text_world *w, ptrdiff_t n, double *times, lsa_study **study, flow_path *path,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_experiment *e = lsa_arena_alloc(w->arena, 1, sizeof *e);
    lsa_study_options options = *lsa_study_settings(w->study);
    LSA_TRY_MEMORY(e, "a flow at other times");
    *e = *w->experiment;
    e->flow.n_times = n;
    e->flow.times = times;
    options.progress = NULL;
    LSA_TRY(lsa_study_create(e, &options, study, err));
    study_trust_like(*study, w->study);
    LSA_TRY(lsa_study_path(*study, path, err));
    w->used_flow = w->asks_share = true;
    if (path->coarse == NULL && w->coarse)
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the flow beside it from which its accuracy would be known failed");
done:
    return status;
}

/* The place of the flow at time t; samples after its end hold the end. */
static lsa_status place_at_time(text_world *w, double t, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *study = NULL;
    flow_path path;
    double *times = lsa_arena_alloc(w->arena, 2, sizeof *times);
    LSA_TRY_MEMORY(times, "a time");
    if (!(t >= 0.0)) {
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the time %.6g is before the start", t);
        goto done;
    }
    times[1] = t;
    LSA_TRY(flow_at_times(w, t > 0.0 ? 2 : 1, times, &study, &path, err));
    const lsa_trajectory *run = w->coarse ? path.coarse : path.run;
    const ptrdiff_t last = lsa_trajectory_count(run) - 1;
    if (last < 0 || lsa_trajectory_sample(run, last).time < t) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the run ends before the time %.6g", t);
        goto done;
    }
    LSA_TRY(text_place_of_state(w, lsa_trajectory_sample(run, last).state, out, err));
    out->timed = true;
    out->time = t;
done:
    lsa_study_destroy(study);
    return status;
}

/* At a time that is known to within its radius only, e is off by as much as it moves meanwhile. */
lsa_status text_at_time(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *time, *slope;
    text_place place;
    formula_pool *pool = w->run.pool;
    LSA_TRY(formula_evaluate(&w->run, call->children[0], &time, err));
    const double radius = formula_value_radius(time, 0, 0);
    LSA_TRY(place_at_time(w, formula_value_double(time, 0, 0), &place, err));
    LSA_TRY(text_at(w, &place, call->children[1], out, err));
    if (radius > 0.0) {
        const void *before = w->run.place;
        w->run.place = &place;
        status = text_derivative(w, call->children[1], &slope, err);
        w->run.place = before;
        LSA_TRY(status);
        const formula_value *moved = formula_multiply(pool, formula_value_computed(pool, 1, 1, &radius), slope);
        *out = formula_value_widened(pool, *out, formula_add(pool, *out, moved));
    }
done:
    return status;
}

/* Whether the condition is certainly true at a state. */
static lsa_status holds_at(text_world *w, const text_place *place, const formula_node *condition, bool *out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    const formula_value *value;
    *out = false;
    status = text_at(w, place, condition, &value, &story);
    if (status == LSA_OK)
        *out = formula_value_is_true(value) == FORMULA_TRUE;
    else if (lsa_status_is_no_answer(status))
        status = LSA_OK;
    else if (err != NULL)
        *err = story;
    return status;
}

enum { FINER = 64, ROUNDS = 3 };

/* Where the condition changes between *low (where it is `before`) and *high: each round asks the flow at FINER times between. */
static lsa_status narrow(text_world *w, const formula_node *condition, bool before, double *low, double *high,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *study = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        flow_path path;
        double *times = lsa_arena_alloc(w->arena, FINER + 2, sizeof *times), from = *low, to = *high;
        LSA_TRY_MEMORY(times, "a time");
        const bool zero = from > 0.0;
        for (int k = 0; k <= FINER; k++)
            times[k + zero] = from + (to - from) * k / FINER;
        LSA_TRY(flow_at_times(w, FINER + 1 + zero, times, &study, &path, err));
        const lsa_trajectory *run = w->coarse ? path.coarse : path.run;
        for (ptrdiff_t k = zero; k < lsa_trajectory_count(run); k++) {
            text_place place;
            bool holds = false;
            const lsa_sample sample = lsa_trajectory_sample(run, k);
            LSA_TRY(text_place_of_state(w, sample.state, &place, err));
            place.timed = true;
            place.time = sample.time;
            LSA_TRY(holds_at(w, &place, condition, &holds, err));
            if (holds != before) {
                *high = sample.time;
                break;
            }
            *low = sample.time;
        }
        lsa_study_destroy(study);
        study = NULL;
    }
done:
    lsa_study_destroy(study);
    return status;
}

/* first: the condition begins to hold; last: it ends to. */
lsa_status text_time_of(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool first = call->function->id == FORMULA_first;
    const formula_node *condition = call->children[1];
    const flow_path *path;
    ptrdiff_t found = -1;
    LSA_TRY(text_path(w, &path, err));
    for (ptrdiff_t i = 0; i < path->count; i++) {
        text_place place;
        bool holds = false;
        LSA_TRY(text_place_of_sample(w, i, &place, err));
        LSA_TRY(holds_at(w, &place, condition, &holds, err));
        if (holds)
            found = i;
        if (holds && first)
            break;
    }
    if (found < 0)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the condition holds at no sample of the run, up to t = %.6g",
                             text_sample(w, path->count - 1).time);
    if (!first && found == path->count - 1)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the condition still holds at the end of the run, t = %.6g",
                             text_sample(w, found).time);
    double low = text_sample(w, first ? (found > 0 ? found - 1 : 0) : found).time;
    double high = text_sample(w, first ? found : found + 1).time;
    if (high > low)
        LSA_TRY(narrow(w, condition, !first, &low, &high, err));
    const double middle = 0.5 * (low + high);
    *out = formula_value_near(w->run.pool, 1, 1, &middle, 0.5 * (high - low));
done:
    return status;
}
