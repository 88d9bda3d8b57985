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

/* rows x n doubles; NULL where the product overflows. */
static double *table(ptrdiff_t rows, ptrdiff_t n)
{
    return n == 0 || rows <= PTRDIFF_MAX / n ? lsa_vec_create(rows * n) : NULL;
}

lsa_status flow_trajectory_create(ptrdiff_t size, ptrdiff_t capacity, bool keep_states, lsa_trajectory **out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_trajectory *t = calloc(1, sizeof *t);
    LSA_TRY_MEMORY(t, "the trajectory");
    t->size = size;
    t->capacity = capacity;
    t->keep_states = keep_states;
    t->samples = calloc((size_t)capacity, sizeof *t->samples);
    LSA_TRY_MEMORY(t->samples, "the samples");
    t->actions = lsa_vec_create(capacity);
    LSA_TRY_MEMORY(t->actions, "the samples");
    t->ends = table(3, t->size);
    LSA_TRY_MEMORY(t->ends, "the ends of the flow");
    if (keep_states) {
        t->records = table(capacity, t->size);
        LSA_TRY_MEMORY(t->records, "the parameters of all samples");
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
    free(trajectory->records);
    free(trajectory->missing);
    free(trajectory->ends);
    free(trajectory->whole_ends);
    free(trajectory->states);
    free(trajectory->conserved);
    free(trajectory->conserved_names);
    free(trajectory);
}

static double *record(const lsa_trajectory *trajectory, ptrdiff_t i)
{
    return trajectory->keep_states ? trajectory->records + i * trajectory->size : NULL;
}

void flow_trajectory_append(lsa_trajectory *trajectory, lsa_sample sample, double action)
{
    const ptrdiff_t i = trajectory->count++;
    assert(i < trajectory->capacity);
    double *kept = record(trajectory, i);
    if (kept != NULL)
        memcpy(kept, sample.state, (size_t)trajectory->size * sizeof(double));
    sample.state = kept;
    trajectory->samples[i] = sample;
    trajectory->actions[i] = action;
}

void flow_trajectory_move(lsa_trajectory *trajectory, ptrdiff_t from, ptrdiff_t to)
{
    if (from == to)
        return;
    double *kept = record(trajectory, to);
    if (kept != NULL)
        memcpy(kept, record(trajectory, from), (size_t)trajectory->size * sizeof(double));
    trajectory->samples[to] = trajectory->samples[from];
    trajectory->samples[to].state = kept;
    trajectory->actions[to] = trajectory->actions[from];
}

void flow_trajectory_set_end(lsa_trajectory *trajectory, int which, const flow_system *system, lsa_sample sample)
{
    lsa_sample *ends[] = {&trajectory->raw, &trajectory->rescaled, &trajectory->polished};
    double *kept = trajectory->ends + which * trajectory->size;
    memcpy(kept, sample.state, (size_t)trajectory->size * sizeof *kept);
    sample.state = kept;
    *ends[which] = sample;
    if (trajectory->whole_ends != NULL)
        flow_reduction_expand(system->reduction, kept, trajectory->whole_ends + which * trajectory->whole);
}

void flow_trajectory_add_event(lsa_trajectory *trajectory, lsa_event event)
{
    lsa_event *events = trajectory->events;
    ptrdiff_t k = trajectory->n_events;
    if (k == FLOW_EVENTS)
        return;
    for (; k > 0 && events[k - 1].time > event.time; k--) {
        events[k] = events[k - 1];
        memcpy(trajectory->event_names[k], trajectory->event_names[k - 1], FLOW_NAME);
        events[k].name = trajectory->event_names[k];
    }
    snprintf(trajectory->event_names[k], FLOW_NAME, "%s", event.name);
    event.name = trajectory->event_names[k];
    events[k] = event;
    trajectory->n_events++;
}

lsa_status flow_trajectory_expand(lsa_trajectory *trajectory, const flow_system *system, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (!system->way->reduced || system->reduction->start == NULL)
        goto done;
    trajectory->whole = lsa_program_size(system->program);
    trajectory->whole_ends = table(3, trajectory->whole);
    LSA_TRY_MEMORY(trajectory->whole_ends, "the ends of the flow");
    if (!trajectory->keep_states)
        goto done;
    trajectory->states = table(trajectory->count, trajectory->whole);
    LSA_TRY_MEMORY(trajectory->states, "the parameters of all samples");
    for (ptrdiff_t i = 0; i < trajectory->count; i++)
        flow_reduction_expand(system->reduction, record(trajectory, i), trajectory->states + i * trajectory->whole);
done:
    return status;
}

/* whole: its whole state where reduced, NULL where there is none. */
static lsa_status publish(lsa_sample *sample, double *kept, double *whole, const flow_system *system, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *state = kept;
    if (flow_system_hides(system, *sample))
        sample->gradient_norm = (double)NAN;
    if (system->way->reduced) {
        sample->modes = kept;
        state = whole;
    }
    sample->state = state;
    if (state != NULL)
        LSA_TRY(lsa_program_to_user(system->program, state, state, err));
done:
    return status;
}

lsa_status flow_trajectory_publish(lsa_trajectory *trajectory, const flow_system *system, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t whole = trajectory->whole;
    lsa_sample *ends[] = {&trajectory->raw, &trajectory->rescaled, &trajectory->polished};
    for (ptrdiff_t i = 0; i < trajectory->count; i++)
        LSA_TRY(publish(&trajectory->samples[i], record(trajectory, i),
                        trajectory->states != NULL ? trajectory->states + i * whole : NULL, system, err));
    for (ptrdiff_t k = 0; k < 3; k++)
        LSA_TRY(publish(ends[k], trajectory->ends + k * trajectory->size,
                        trajectory->whole_ends != NULL ? trajectory->whole_ends + k * whole : NULL, system, err));
done:
    return status;
}

void flow_trajectory_set_cancellation(lsa_trajectory *trajectory, const flow_system *system, const double *y)
{
    const flow_unknown unknown = flow_rounding_eval(system->rounding, y);
    trajectory->cancellation = (lsa_cancellation){.size = unknown.size, .sum = unknown.sum, .known = unknown.known};
}

lsa_sample flow_measure(flow_system *system, double time, const double *y, double *f)
{
    double gradient_norm;
    const flow_level level = flow_system_measure(system, y, f, &gradient_norm);
    return (lsa_sample){.time = time,
                        .loss = level.loss,
                        .gap = level.gap,
                        .rounding = level.rounding,
                        .gradient_norm = gradient_norm,
                        .state = y};
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

ptrdiff_t lsa_trajectory_missing_count(const lsa_trajectory *trajectory)
{
    return trajectory->n_missing;
}

double lsa_trajectory_missing_time(const lsa_trajectory *trajectory, ptrdiff_t i)
{
    assert(i >= 0 && i < trajectory->n_missing);
    return trajectory->missing[i];
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

lsa_sample lsa_trajectory_final(const lsa_trajectory *trajectory)
{
    return trajectory->stationary ? trajectory->polished : trajectory->raw;
}

const char *lsa_trajectory_kind_reason(const lsa_trajectory *trajectory)
{
    return trajectory->kind_reason[0] != '\0' ? trajectory->kind_reason : NULL;
}

lsa_stop_reason lsa_trajectory_reason(const lsa_trajectory *trajectory)
{
    return trajectory->reason;
}

lsa_classification lsa_trajectory_classification(const lsa_trajectory *trajectory)
{
    return trajectory->classification;
}

lsa_cancellation lsa_trajectory_cancellation(const lsa_trajectory *trajectory)
{
    return trajectory->cancellation;
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
