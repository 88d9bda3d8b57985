/* trajectory.h - what a run leaves: samples, ends, conserved quantities, events. */
#ifndef LSAFLOW_FLOW_TRAJECTORY_H
#define LSAFLOW_FLOW_TRAJECTORY_H

#include "flow/system.h"
#include "lsaflow/flow.h"
#include "lsaflow/status.h"

enum { FLOW_EVENTS = 64, FLOW_NAME = 192 };

struct lsa_trajectory {
    ptrdiff_t n;
    bool keep_states;
    ptrdiff_t count, capacity;
    lsa_sample *samples; /* state points into `states`, or is NULL; in the program's basis until the end */
    double *actions, *states;
    lsa_sample raw, rescaled, polished;
    double *ends; /* the three states                                    */
    lsa_stop_reason reason;
    lsa_classification classification;
    lsa_solver_stats stats;
    ptrdiff_t n_conserved;
    lsa_conserved *conserved;
    char (*conserved_names)[FLOW_NAME];
    ptrdiff_t n_events;
    lsa_event events[FLOW_EVENTS];
    char event_names[FLOW_EVENTS][FLOW_NAME];
};

lsa_status flow_trajectory_create(ptrdiff_t n, ptrdiff_t capacity, bool keep_states, lsa_trajectory **out,
                                  lsa_error *err);

/* Appends a sample (its state is copied). The capacity is never passed: asserted. */
void flow_trajectory_append(lsa_trajectory *trajectory, lsa_sample sample, double action);
/* Sample `to` becomes a copy of sample `from`. */
void flow_trajectory_move(lsa_trajectory *trajectory, ptrdiff_t from, ptrdiff_t to);
/* Sets one of the three ends, copying the state. */
enum { FLOW_END_RAW, FLOW_END_RESCALED, FLOW_END_POLISHED };
void flow_trajectory_set_end(lsa_trajectory *trajectory, int which, lsa_sample sample);
/* Adds an event; events beyond FLOW_EVENTS are dropped (a path that oscillates that often is told by its samples). */
void flow_trajectory_add_event(lsa_trajectory *trajectory, const char *name, double time, double loss);
/* Rotates every state into the user's basis. */
lsa_status flow_trajectory_to_user(lsa_trajectory *trajectory, const lsa_program *program, lsa_error *err);

/* What a sample says at the state y. f: scratch of `size` numbers; left there is -grad L. */
lsa_sample flow_measure(flow_system *system, double time, const double *y, double *f);

#endif
