/* events.h - what happens along a path: the loss halves, the gap passes decades, u changes sign, a plateau is left. */
#ifndef LSAFLOW_FLOW_EVENTS_H
#define LSAFLOW_FLOW_EVENTS_H

#include "flow/trajectory.h"
#include "flow/watch.h"

typedef struct flow_events flow_events;

/* Waits for what lies ahead of the start; `first` is measured there. */
lsa_status flow_events_create(flow_system *system, lsa_sample first, flow_events **out, lsa_error *err);
void flow_events_destroy(flow_events *events);
/* Adds to the trajectory what happened in the last step up to `until`; `now` is measured at its end. f: scratch.
 * LSA_ERR_MEMORY. */
lsa_status flow_events_after_step(flow_events *events, flow_system *system, flow_integrator *integrator, lsa_sample now,
                                  double until, lsa_trajectory *trajectory, double *f, lsa_error *err);

#endif
