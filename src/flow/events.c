/* events.c - the list of events of a run. */
#include "flow/events.h"
#include "base/try.h"
#include "flow/plateau.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct event {
    flow_watch watch;
    char name[FLOW_NAME];
    bool waiting;
} event;

struct flow_events {
    flow_plateaus *plateaus;
    ptrdiff_t count;
    event list[];
};

/* The halved loss is the escape from the saddle; the decades show the exponential end. */
static const struct {
    double gap;
    const char *name;
} GAPS[] = {{0.5, "half-loss"}, {1e-2, "gap 1e-2"}, {1e-4, "gap 1e-4"}, {1e-8, "gap 1e-8"}, {1e-12, "gap 1e-12"}};
enum { N_GAPS = sizeof GAPS / sizeof GAPS[0] };

static void add_gaps(flow_events *events, double gap)
{
    for (int k = 0; k < N_GAPS && isfinite(gap); k++) {
        event *e = &events->list[events->count++];
        e->watch = (flow_watch){.kind = FLOW_WATCH_GAP, .level = GAPS[k].gap};
        e->waiting = gap > GAPS[k].gap;
        snprintf(e->name, sizeof e->name, "%s", GAPS[k].name);
    }
}

/* A scalar that starts at zero is watched once it has a sign. */
static void add_signs(flow_events *events, const flow_system *system)
{
    for (ptrdiff_t k = 0; k < system->n_blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        char name[64];
        if (block->rows * block->cols != 1)
            continue;
        event *e = &events->list[events->count++];
        e->watch = (flow_watch){.kind = FLOW_WATCH_ENTRY, .entry = block->offset};
        snprintf(e->name, sizeof e->name, "sign-change of %s", flow_block_name(block, name));
    }
}

lsa_status flow_events_create(flow_system *system, lsa_sample first, flow_events **out, lsa_error *err)
{
    const double *start = first.state;
    lsa_status status = LSA_OK;
    const size_t most = N_GAPS + (size_t)system->n_blocks;
    flow_events *events = calloc(1, sizeof *events + most * sizeof events->list[0]);
    LSA_TRY_MEMORY(events, "the events");
    LSA_TRY(flow_plateaus_create(system, first, &events->plateaus, err));
    add_gaps(events, first.gap);
    add_signs(events, system);
    for (ptrdiff_t k = 0; k < events->count; k++) {
        event *e = &events->list[k];
        if (e->watch.kind != FLOW_WATCH_ENTRY)
            continue;
        e->waiting = start[e->watch.entry] != 0.0;
        e->watch.sign = copysign(1.0, start[e->watch.entry]);
    }
    *out = events;
    events = NULL;
done:
    flow_events_destroy(events);
    return status;
}

void flow_events_destroy(flow_events *events)
{
    if (events == NULL)
        return;
    flow_plateaus_destroy(events->plateaus);
    free(events);
}

/* A sign may change again; a gap passes each level once. */
static void rearm(event *e, const double *y)
{
    e->waiting = e->watch.kind == FLOW_WATCH_ENTRY && y[e->watch.entry] != 0.0;
    e->watch.sign = copysign(1.0, y[e->watch.entry]);
}

static bool reached(const event *e, const flow_system *system, lsa_sample now)
{
    return e->watch.kind == FLOW_WATCH_GAP ? flow_system_gap_reached(system, now, e->watch.level)
                                           : e->watch.sign * now.state[e->watch.entry] <= 0.0;
}

static void tell(const event *e, double time, flow_system *system, flow_integrator *integrator,
                 lsa_trajectory *trajectory)
{
    const double loss = flow_system_level(system, flow_integrator_at(integrator, time)).loss;
    flow_trajectory_add_event(trajectory,
                              (lsa_event){.name = e->name, .time = time, .loss = loss, .saddle = (double)NAN});
}

lsa_status flow_events_after_step(flow_events *events, flow_system *system, flow_integrator *integrator, lsa_sample now,
                                  double until, lsa_trajectory *trajectory, double *f, lsa_error *err)
{
    for (ptrdiff_t k = 0; k < events->count; k++) {
        event *e = &events->list[k];
        const bool entry = e->watch.kind == FLOW_WATCH_ENTRY;
        const bool hidden = entry && flow_system_hides(system, now); /* a sign may be rounding's */
        const bool happens = !hidden && e->waiting && reached(e, system, now);
        if (happens) {
            const double time = flow_watch_time(&e->watch, system, integrator, f);
            if (time <= until)
                tell(e, time, system, integrator, trajectory);
        }
        if (hidden || happens || (entry && !e->waiting))
            rearm(e, now.state);
    }
    return now.time <= until ? flow_plateaus_after_step(events->plateaus, system, now, trajectory, f, err) : LSA_OK;
}
