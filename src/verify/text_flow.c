/* text_flow.c - what a formula asks of the flow: its ends, its times, its extremes, its rates.
 *
 * The states of samples are the integrator's; everything between them is asked of it again, at its own times, and nothing is
 * interpolated but for the extremes of `largest` and `least`. */
#include "base/try.h"
#include "verify/text_world.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- gap and excess */

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

/* ---------------------------------------------------------------- ends */

static lsa_status at_start(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *state;
    text_place place;
    LSA_TRY(lsa_study_start(w->study, &state, err));
    LSA_TRY(text_place_of_state(w, state, &place, err));
    place.timed = true;
    LSA_TRY(text_at(w, &place, e, out, err));
done:
    return status;
}

static lsa_status end_place(text_world *w, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    LSA_TRY(text_path(w, &path, err));
    const lsa_trajectory *run = w->coarse ? path->coarse : path->run;
    const lsa_classification end = lsa_trajectory_classification(path->run);
    if (end.kind == LSA_KIND_NOT_STATIONARY || end.kind == LSA_KIND_UNDECIDED) {
        const char *why = lsa_trajectory_kind_reason(path->run);
        return lsa_error_set(err, LSA_ERR_UNABLE, "the end of the run is %s%s%s: no limit is known",
                             lsa_kind_text(end.kind), why != NULL ? ", " : "", why != NULL ? why : "");
    }
    w->asks_share = true;
    LSA_TRY(text_place_of_state(w, lsa_trajectory_final(run).state, out, err));
done:
    return status;
}

/* A strict minimum but for the orbits of symmetries, whose place the conserved quantities fix: nothing of the path's own accuracy
 * is left in such an end, only Newton's step and what the ends of two paths differ by. */
static bool is_settled(const flow_path *path)
{
    const lsa_classification end = lsa_trajectory_classification(path->run);
    const bool minimum =
        end.kind == LSA_KIND_GLOBAL_MINIMUM || end.kind == LSA_KIND_MINIMUM || end.kind == LSA_KIND_LOCAL_MINIMUM;
    return minimum && end.zero == 0 && end.negative == 0;
}

static lsa_status moved_by(text_world *w, const text_place *place, const double *step, text_place *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value **blocks = lsa_arena_alloc(w->arena, (size_t)w->n_blocks, sizeof *blocks);
    LSA_TRY_MEMORY(blocks, "a limit");
    for (int k = 0; k < w->n_blocks; k++) {
        const text_block *b = &w->blocks[k];
        blocks[k] = formula_add(w->run.pool, place->blocks[k],
                                formula_value_computed(w->run.pool, b->rows, b->cols, step + b->offset));
    }
    *out = (text_place){.blocks = blocks, .sample = -1};
done:
    return status;
}

/* e at the end, and one Newton's step on: as far as they are apart e may be off. */
static lsa_status at_limit(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place place, moved;
    lsa_error story = {0};
    double *step;
    const formula_value *value, *next;
    const bool share = w->asks_share;
    LSA_TRY(end_place(w, &place, err));
    LSA_TRY(text_at(w, &place, e, &value, err));
    *out = value;
    if (!is_settled(&w->path) || w->size > TEXT_HESSIAN)
        return LSA_OK;
    status = text_newton_step(w, &place, lsa_trajectory_conserved_count(w->path.run), &step, &story);
    if (status == LSA_ERR_UNABLE && w->path.form != NULL) { /* the form's own rates are exact, however small */
        status = LSA_OK;
    } else if (status != LSA_OK) {
        LSA_TRY(lsa_error_set(err, status, "%s", story.text));
    } else {
        LSA_TRY(moved_by(w, &place, step, &moved, err));
        LSA_TRY(text_at(w, &moved, e, &next, err));
        *out = formula_value_widened(w->run.pool, next, value);
        w->asks_share = share;
    }
done:
    return status;
}

/* ---------------------------------------------------------------- other times of the same flow */

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

static lsa_status derivative(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);

/* At a time that is known to within its radius only, e is off by as much as it moves meanwhile. */
static lsa_status at_time(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
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
        status = derivative(w, call->children[1], &slope, err);
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
static lsa_status time_of(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
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

/* ---------------------------------------------------------------- plateaus */

/* The number of an event "plateau 3", or -1. */
static long plateau_number(const char *name)
{
    return strncmp(name, "plateau ", 8) == 0 ? strtol(name + 8, NULL, 10) : -1;
}

/* Whether the run's first plateau is the start's own: its saddle has the loss of the zero parameters. */
static bool begins_at_rest(const flow_path *path, const lsa_event *first)
{
    return fabs(first->saddle - path->loss_at_zero) <= 1e-6 * path->loss_at_zero;
}

static lsa_status event_of(const flow_path *path, const lsa_trajectory *run, long k, lsa_event *out, lsa_error *err)
{
    long seen = 0, own = 0;
    for (ptrdiff_t i = 0; i < lsa_trajectory_event_count(run); i++) {
        const lsa_event event = lsa_trajectory_event(run, i);
        if (plateau_number(event.name) < 0)
            continue;
        if (seen == 0)
            own = begins_at_rest(path, &event) ? 0 : 1;
        if (own + seen == k) {
            *out = event;
            return LSA_OK;
        }
        seen++;
    }
    return lsa_error_set(err, LSA_ERR_DOMAIN, "the run rests at no plateau with %ld modes learned: it has %ld plateaus",
                         k, seen);
}

/* A function of the loss at the saddle beside the path's slowest point, off by how far the two are apart. */
static lsa_status at_plateau(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    const formula_value *index;
    const formula_node *e = call->children[1];
    lsa_event event = {0};
    long k = 0;
    const bool risk = e->kind == FORMULA_NAME && e->name->id == FORMULA_NAME_risk;
    const bool loss = e->kind == FORMULA_NAME && e->name->id == FORMULA_NAME_loss;
    if (!risk && !loss)
        return lsa_error_set(err, LSA_ERR_UNABLE, "of a plateau the loss and the risk are known");
    LSA_TRY(formula_evaluate(&w->run, call->children[0], &index, err));
    LSA_TRY(formula_value_long(index, &k, err));
    LSA_TRY(text_path(w, &path, err));
    w->asks_share = true;
    LSA_TRY(event_of(path, w->coarse ? path->coarse : path->run, k, &event, err));
    if (!isfinite(event.saddle))
        return lsa_error_set(err, LSA_ERR_UNABLE, "Newton's method finds no saddle beside plateau %ld", k);
    const double factor = risk ? 2.0 : 1.0, value = factor * event.saddle;
    *out = formula_value_near(w->run.pool, 1, 1, &value,
                              factor * fabs(event.loss - event.saddle) + 1e-14 * factor * path->loss_at_zero);
done:
    return status;
}

/* ---------------------------------------------------------------- extremes */

/* The top of the parabola through three points, where it is between the outer two. */
static double top_of(const double t[3], const double f[3])
{
    const double a = (f[1] - f[0]) / (t[1] - t[0]), b = (f[2] - f[1]) / (t[2] - t[1]), c = (b - a) / (t[2] - t[0]);
    if (!(c < 0.0))
        return f[1];
    const double at = 0.5 * (t[0] + t[1]) - a / (2.0 * c);
    return at > t[0] && at < t[2] ? f[0] + (at - t[0]) * (a + c * (at - t[1])) : f[1];
}

static lsa_status extreme(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double sign = call->function->id == FORMULA_largest ? 1.0 : -1.0;
    const flow_path *path;
    const formula_value *value;
    ptrdiff_t best = 0;
    LSA_TRY(text_path(w, &path, err));
    double *t = lsa_arena_alloc(w->arena, (size_t)path->count, sizeof *t);
    double *f = lsa_arena_alloc(w->arena, (size_t)path->count, sizeof *f);
    LSA_TRY_MEMORY(t, "the course of a formula");
    LSA_TRY_MEMORY(f, "the course of a formula");
    for (ptrdiff_t i = 0; i < path->count; i++) {
        text_place place;
        LSA_TRY(text_place_of_sample(w, i, &place, err));
        LSA_TRY(text_at(w, &place, call->children[0], &value, err));
        t[i] = place.time;
        f[i] = sign * formula_value_double(value, 0, 0);
        if (f[i] > f[best])
            best = i;
    }
    double top = f[best];
    if (best > 0 && best + 1 < path->count)
        top = fmax(top, top_of(t + best - 1, f + best - 1));
    const double found = sign * top;
    *out = formula_value_near(w->run.pool, 1, 1, &found, top - f[best] + 4.0 * DBL_EPSILON * fabs(top));
done:
    return status;
}

/* ---------------------------------------------------------------- derivatives and integrals */

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

/* (e(theta - h g) - e(theta + h g))/(2h) with h = 2^-40: h^2 is 1e-24, and balls of 128 bits hide no more. */
static lsa_status derivative(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double step = ldexp(1.0, -40);
    const text_place *place, *ahead, *behind;
    const formula_value *gradient, *after, *before;
    formula_value *quotient;
    formula_pool *pool = w->run.pool;
    LSA_TRY(text_here(w, &place, err));
    if ((e->needs & FORMULA_IN_TIME) != 0)
        return lsa_error_set(err, LSA_ERR_UNABLE, "dot takes a function of the parameters alone");
    LSA_TRY(text_whole_gradient(w, place, &gradient, err));
    if (factor_of_loss(e) != 0) { /* dL/dt = -|grad L|^2 */
        const formula_value *square = formula_norm_square(pool, gradient);
        *out = formula_multiply(pool, formula_value_integer(pool, -factor_of_loss(e)), square);
        return LSA_OK;
    }
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

/* The integral of e up to every sample, once for each e. */
typedef struct text_integral {
    const formula_node *e;
    double *value, *error;
    struct text_integral *next;
} text_integral;

/* Trapezoids with the derivatives at their ends: h/2 (f0 + f1) + h^2/12 (f0' - f1'), off by O(h^5) each. */
static double trapezoid(double h, double f0, double f1, double s0, double s1)
{
    return h / 2.0 * (f0 + f1) + h * h / 12.0 * (s0 - s1);
}

/* Errors are as h^5: of what one step over h + k differs by from two of h and k, the share that the step h is off by. */
static double step_share(double h, double k)
{
    return pow(h, 5.0) / (pow(h + k, 5.0) - pow(h, 5.0) - pow(k, 5.0));
}

static lsa_status course_of(text_world *w, const flow_path *path, const formula_node *e, double *t, double *f,
                            double *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *value;
    for (ptrdiff_t i = 0; i < path->count; i++) {
        text_place place;
        LSA_TRY(text_place_of_sample(w, i, &place, err));
        LSA_TRY(text_at(w, &place, e, &value, err));
        t[i] = place.time;
        f[i] = formula_value_double(value, 0, 0);
        const void *before = w->run.place;
        w->run.place = &place;
        status = derivative(w, e, &value, err);
        w->run.place = before;
        LSA_TRY(status);
        s[i] = formula_value_double(value, 0, 0);
    }
done:
    return status;
}

static lsa_status make_integral(text_world *w, const formula_node *e, text_integral **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    LSA_TRY(text_path(w, &path, err));
    const size_t n = (size_t)path->count;
    text_integral *made = lsa_arena_alloc(w->arena, 1, sizeof *made);
    double *all = lsa_arena_alloc(w->arena, 5 * n, sizeof *all);
    LSA_TRY_MEMORY(made, "an integral");
    LSA_TRY_MEMORY(all, "an integral");
    double *t = all, *f = all + n, *s = all + 2 * n;
    *made = (text_integral){.e = e, .value = all + 3 * n, .error = all + 4 * n, .next = w->integrals};
    LSA_TRY(course_of(w, path, e, t, f, s, err));
    for (size_t i = 1; i < n; i++) {
        made->value[i] = made->value[i - 1] + trapezoid(t[i] - t[i - 1], f[i - 1], f[i], s[i - 1], s[i]);
        made->error[i] = made->error[i - 1];
        if (i >= 2) {
            const double once = trapezoid(t[i] - t[i - 2], f[i - 2], f[i], s[i - 2], s[i]);
            const double apart = fabs(once - (made->value[i] - made->value[i - 2]));
            made->error[i] += apart * step_share(t[i] - t[i - 1], t[i - 1] - t[i - 2]);
            if (i == 2)
                made->error[i] += apart * step_share(t[1] - t[0], t[2] - t[1]);
        }
    }
    w->integrals = made;
    *out = made;
done:
    return status;
}

static lsa_status integral(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    text_integral *made = w->integrals;
    LSA_TRY(text_here(w, &place, err));
    if (place->sample < 0)
        return lsa_error_set(err, LSA_ERR_UNABLE, "an integral is known at the samples of the flow");
    while (made != NULL && made->e != e)
        made = made->next;
    if (made == NULL)
        LSA_TRY(make_integral(w, e, &made, err));
    *out = formula_value_near(w->run.pool, 1, 1, &made->value[place->sample], made->error[place->sample]);
done:
    return status;
}

/* ---------------------------------------------------------------- the rate in the end */

/* log e at the samples, and what it may be off. */
typedef struct course {
    ptrdiff_t n, last; /* samples; the last one that is known well */
    double *t, *log_e, *noise;
} course;

/* Samples at which e is known to a ten-thousandth give its slope. */
static const double well_known = 1e-4;

static lsa_status log_course(text_world *w, const formula_node *e, course *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    const formula_value *value;
    LSA_TRY(text_path(w, &path, err));
    double *all = lsa_arena_alloc(w->arena, 3 * (size_t)path->count, sizeof *all);
    LSA_TRY_MEMORY(all, "a rate");
    *out = (course){.t = all, .log_e = all + path->count, .noise = all + 2 * path->count};
    for (; out->n < path->count; out->n++) {
        const ptrdiff_t n = out->n;
        text_place place;
        LSA_TRY(text_place_of_sample(w, n, &place, err));
        LSA_TRY(text_at(w, &place, e, &value, err));
        const double size = formula_value_double(value, 0, 0);
        if (!(size > 0.0))
            break;
        out->t[n] = place.time;
        out->log_e[n] = log(size);
        out->noise[n] = path_number_of(path, size, size, formula_value_scale(value)).error / size +
                        formula_value_radius(value, 0, 0) / size;
        if (out->noise[n] < well_known)
            out->last = n;
    }
done:
    return status;
}

/* Over the last e-fold that the path knows well, and the one before it. */
static bool tail_slope(const course *c, text_rate *out)
{
    const ptrdiff_t end = c->last;
    ptrdiff_t middle = end, begin;
    while (middle > 0 && c->log_e[middle] - c->log_e[end] < 1.0)
        middle--;
    begin = middle;
    while (begin > 0 && c->log_e[begin] - c->log_e[middle] < 1.0)
        begin--;
    if (c->n < 3 || middle == end || begin == middle || c->log_e[begin] - c->log_e[middle] < 0.5)
        return false;
    const double late = (c->log_e[middle] - c->log_e[end]) / (c->t[end] - c->t[middle]);
    const double early = (c->log_e[begin] - c->log_e[middle]) / (c->t[middle] - c->t[begin]);
    *out = (text_rate){late, fabs(late - early) + (c->noise[end] + c->noise[middle]) / (c->t[end] - c->t[middle])};
    return true;
}

/* The eigenvalue of the Hessian at the end, or twice that, which the slope is near: e falls as its mode or as the square of it. */
static lsa_status rate_of_end(text_world *w, text_rate path, text_rate *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place end;
    const formula_value *hessian;
    formula_value *values;
    LSA_TRY(end_place(w, &end, err));
    LSA_TRY(text_whole_hessian(w, &end, &hessian, err));
    LSA_TRY(formula_apply(w->run.pool, FORMULA_eigvals, 1, &hessian, 0, &values, err));
    *out = (text_rate){NAN, 0.0};
    for (ptrdiff_t i = 0; i < formula_value_rows(values); i++) {
        for (int k = 1; k <= 2; k++) {
            const double rate = k * formula_value_double(values, i, 0);
            if (isnan(out->value) || fabs(rate - path.value) < fabs(out->value - path.value))
                *out = (text_rate){rate, k * formula_value_radius(values, i, 0) + 1e-12 * fabs(rate)};
        }
    }
done:
    return status;
}

/* The eigenvalue where it explains the path's slope, else the path's word alone. */
static lsa_status rate_of_course(text_world *w, const course *c, text_rate *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_rate path, end;
    if (!tail_slope(c, &path))
        return lsa_error_set(err, LSA_ERR_UNABLE, "it falls by too little along the run to tell its rate");
    LSA_TRY(rate_of_end(w, path, &end, err));
    *out = fabs(end.value - path.value) <= fmax(3.0 * path.error, 0.02 * fabs(path.value)) ? end : path;
done:
    return status;
}

static lsa_status rate(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    course c;
    text_rate found;
    LSA_TRY(log_course(w, e, &c, err));
    LSA_TRY(rate_of_course(w, &c, &found, err));
    *out = formula_value_near(w->run.pool, 1, 1, &found.value, found.error);
done:
    return status;
}

lsa_status text_tail(text_world *w, const formula_node *e, text_rate *found, double *time, double *log_value,
                     double *log_error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    course c;
    LSA_TRY(log_course(w, e, &c, err));
    LSA_TRY(rate_of_course(w, &c, found, err));
    *time = c.t[c.last];
    *log_value = c.log_e[c.last];
    *log_error = c.noise[c.last];
done:
    return status;
}

lsa_status text_flow_call(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    switch (call->function->id) {
    case FORMULA_start:
        return at_start(w, call->children[0], out, err);
    case FORMULA_limit:
        return at_limit(w, call->children[0], out, err);
    case FORMULA_at:
        return at_time(w, call, out, err);
    case FORMULA_first:
    case FORMULA_last:
        return time_of(w, call, out, err);
    case FORMULA_plateau:
        return at_plateau(w, call, out, err);
    case FORMULA_largest:
    case FORMULA_least:
        return extreme(w, call, out, err);
    case FORMULA_dot:
        return derivative(w, call->children[0], out, err);
    case FORMULA_integral:
        return integral(w, call->children[0], out, err);
    default:
        return rate(w, call->children[0], out, err);
    }
}
