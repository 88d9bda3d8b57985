/* trajectory.c - the record of a run, and reading it. */
#include "flow/trajectory.h"
#include "base/matrix.h"
#include "base/try.h"
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lsa_status flow_trajectory_create(ptrdiff_t n, ptrdiff_t capacity, bool keep_states, lsa_trajectory **out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_trajectory *t = calloc(1, sizeof *t);
    LSA_TRY_MEMORY(t, "the trajectory");
    t->n = n;
    t->capacity = capacity;
    t->keep_states = keep_states;
    t->samples = calloc((size_t)capacity, sizeof *t->samples);
    LSA_TRY_MEMORY(t->samples, "the samples");
    t->actions = lsa_vec_create(capacity);
    LSA_TRY_MEMORY(t->actions, "the samples");
    t->ends = n <= PTRDIFF_MAX / 3 ? lsa_vec_create(3 * n) : NULL;
    LSA_TRY_MEMORY(t->ends, "the ends of the flow");
    if (keep_states) {
        t->states = capacity <= PTRDIFF_MAX / n ? lsa_vec_create(capacity * n) : NULL;
        LSA_TRY_MEMORY(t->states, "the parameters of all samples");
    }
    *out = t;
    t = NULL;
done:
    lsa_trajectory_destroy(t);
    return status;
}

void lsa_trajectory_destroy(lsa_trajectory *trajectory)
{
    if (trajectory == NULL)
        return;
    free(trajectory->samples);
    free(trajectory->actions);
    free(trajectory->states);
    free(trajectory->ends);
    free(trajectory->conserved);
    free(trajectory->conserved_names);
    free(trajectory);
}

void flow_trajectory_append(lsa_trajectory *trajectory, lsa_sample sample, double action)
{
    const ptrdiff_t i = trajectory->count++;
    assert(i < trajectory->capacity);
    if (trajectory->keep_states)
        memcpy(trajectory->states + i * trajectory->n, sample.state, (size_t)trajectory->n * sizeof(double));
    sample.state = trajectory->keep_states ? trajectory->states + i * trajectory->n : NULL;
    trajectory->samples[i] = sample;
    trajectory->actions[i] = action;
}

void flow_trajectory_move(lsa_trajectory *trajectory, ptrdiff_t from, ptrdiff_t to)
{
    const ptrdiff_t n = trajectory->n;
    if (from == to)
        return;
    trajectory->samples[to] = trajectory->samples[from];
    trajectory->actions[to] = trajectory->actions[from];
    if (trajectory->keep_states) {
        memcpy(trajectory->states + to * n, trajectory->states + from * n, (size_t)n * sizeof(double));
        trajectory->samples[to].state = trajectory->states + to * n;
    }
}

void flow_trajectory_set_end(lsa_trajectory *trajectory, int which, lsa_sample sample)
{
    lsa_sample *ends[] = {&trajectory->raw, &trajectory->rescaled, &trajectory->polished};
    double *state = trajectory->ends + which * trajectory->n;
    memcpy(state, sample.state, (size_t)trajectory->n * sizeof *state);
    sample.state = state;
    *ends[which] = sample;
}

void flow_trajectory_add_event(lsa_trajectory *trajectory, const char *name, double time, double loss)
{
    const ptrdiff_t k = trajectory->n_events;
    if (k == FLOW_EVENTS)
        return;
    snprintf(trajectory->event_names[k], FLOW_NAME, "%s", name);
    trajectory->events[k] = (lsa_event){.name = trajectory->event_names[k], .time = time, .loss = loss};
    trajectory->n_events++;
}

lsa_status flow_trajectory_to_user(lsa_trajectory *trajectory, const lsa_program *program, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t i = 0; trajectory->keep_states && i < trajectory->count; i++) {
        double *state = trajectory->states + i * trajectory->n;
        LSA_TRY(lsa_program_to_user(program, state, state, err));
    }
    for (ptrdiff_t k = 0; k < 3; k++) {
        double *state = trajectory->ends + k * trajectory->n;
        LSA_TRY(lsa_program_to_user(program, state, state, err));
    }
done:
    return status;
}

/* The plain sum where its squares neither overflow nor vanish: the safe norm takes two passes more. */
static double norm(ptrdiff_t n, const double *x)
{
    const double square = lsa_vec_dot(n, x, x);
    return square > 1e-280 && square < 1e280 ? sqrt(square) : lsa_vec_norm(n, x);
}

lsa_sample flow_measure(flow_system *system, double time, const double *y, double *f)
{
    const flow_level level = flow_system_level(system, y);
    flow_system_rhs(system, y, f);
    return (lsa_sample){
        .time = time, .loss = level.loss, .gap = level.gap, .gradient_norm = norm(system->n, f), .state = y};
}

ptrdiff_t lsa_trajectory_count(const lsa_trajectory *trajectory)
{
    return trajectory->count;
}

lsa_sample lsa_trajectory_sample(const lsa_trajectory *trajectory, ptrdiff_t i)
{
    assert(i >= 0 && i < trajectory->count);
    return trajectory->samples[i];
}

double lsa_trajectory_action(const lsa_trajectory *trajectory, ptrdiff_t i)
{
    assert(i >= 0 && i < trajectory->count);
    return trajectory->actions[i];
}

lsa_sample lsa_trajectory_raw(const lsa_trajectory *trajectory)
{
    return trajectory->raw;
}

lsa_sample lsa_trajectory_rescaled(const lsa_trajectory *trajectory)
{
    return trajectory->rescaled;
}

lsa_sample lsa_trajectory_polished(const lsa_trajectory *trajectory)
{
    return trajectory->polished;
}

lsa_stop_reason lsa_trajectory_reason(const lsa_trajectory *trajectory)
{
    return trajectory->reason;
}

lsa_classification lsa_trajectory_classification(const lsa_trajectory *trajectory)
{
    return trajectory->classification;
}

lsa_solver_stats lsa_trajectory_stats(const lsa_trajectory *trajectory)
{
    return trajectory->stats;
}

ptrdiff_t lsa_trajectory_conserved_count(const lsa_trajectory *trajectory)
{
    return trajectory->n_conserved;
}

lsa_conserved lsa_trajectory_conserved(const lsa_trajectory *trajectory, ptrdiff_t k)
{
    assert(k >= 0 && k < trajectory->n_conserved);
    return trajectory->conserved[k];
}

ptrdiff_t lsa_trajectory_event_count(const lsa_trajectory *trajectory)
{
    return trajectory->n_events;
}

lsa_event lsa_trajectory_event(const lsa_trajectory *trajectory, ptrdiff_t k)
{
    assert(k >= 0 && k < trajectory->n_events);
    return trajectory->events[k];
}
