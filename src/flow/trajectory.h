/* trajectory.h - what a run leaves: samples, ends, conserved quantities, events. */
#ifndef LSAFLOW_FLOW_TRAJECTORY_H
#define LSAFLOW_FLOW_TRAJECTORY_H

#include "flow/system.h"
#include "lsaflow/flow.h"
#include "lsaflow/status.h"

enum { FLOW_EVENTS = 64, FLOW_NAME = 192 };

struct lsa_trajectory {
    ptrdiff_t size;  /* unknowns of the system: a record                    */
    ptrdiff_t whole; /* numbers of a whole state made from one           */
    bool keep_states;
    ptrdiff_t count, capacity;
    lsa_sample *samples; /* until the end, state is the record (or NULL)    */
    double *actions, *records;
    ptrdiff_t n_missing; /* asked times past the end of a run that was stopped      */
    double *missing;
    lsa_sample raw, rescaled, polished;
    bool stationary;       /* the raw end: the polished one is then final */
    char kind_reason[256]; /* empty: none                                 */
    double *ends;          /* their three records                              */
    double *whole_ends;    /* reduced: the three whole states, NULL: none      */
    double *states;        /* reduced: the whole states of the samples         */
    lsa_stop_reason reason;
    lsa_classification classification;
    lsa_cancellation cancellation;
    lsa_solver_stats stats;
    ptrdiff_t n_conserved;
    lsa_conserved *conserved;
    char (*conserved_names)[FLOW_NAME];
    ptrdiff_t n_events;
    lsa_event events[FLOW_EVENTS];
    char event_names[FLOW_EVENTS][FLOW_NAME];
};

/* Room for `capacity` samples, with their records where states are kept. */
lsa_status flow_trajectory_create(ptrdiff_t size, ptrdiff_t capacity, bool keep_states, lsa_trajectory **out,
                                  lsa_error *err);

/* Appends a sample (its record is copied). The capacity is never passed: asserted. */
void flow_trajectory_append(lsa_trajectory *trajectory, lsa_sample sample, double action);
/* Sample `to` becomes a copy of sample `from`. */
void flow_trajectory_move(lsa_trajectory *trajectory, ptrdiff_t from, ptrdiff_t to);
/* Sets one of the three ends, copying the record, and makes its whole state where the system is reduced. */
enum { FLOW_END_RAW, FLOW_END_RESCALED, FLOW_END_POLISHED };
void flow_trajectory_set_end(lsa_trajectory *trajectory, int which, const flow_system *system, lsa_sample sample);
/* Adds an event in the order of time, copying its name; events beyond FLOW_EVENTS are dropped (a path that oscillates that often is told by
 * its samples). */
void flow_trajectory_add_event(lsa_trajectory *trajectory, lsa_event event);
/* After a whole start of a reduced system: makes room for the ends' whole states, and those of the samples, before the
 * tail is changed by hand. */
lsa_status flow_trajectory_expand(lsa_trajectory *trajectory, const flow_system *system, lsa_error *err);
/* Turns records into what the user sees: whole states in the user's basis and, where reduced, the modes. */
lsa_status flow_trajectory_publish(lsa_trajectory *trajectory, const flow_system *system, lsa_error *err);

/* Keeps what the rounding at the state y hides. */
void flow_trajectory_set_cancellation(lsa_trajectory *trajectory, const flow_system *system, const double *y);

/* What a sample says at the state y. f: scratch of `size` numbers; left there is -grad L. */
lsa_sample flow_measure(flow_system *system, double time, const double *y, double *f);

#endif
