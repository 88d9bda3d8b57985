/* integrator.h - one step at a time, with dense output over the last step: CVODE's BDF bound to a flow system, or the
 * spectral path (flow/spectral.h) where that is the system's method. */
#ifndef LSAFLOW_FLOW_INTEGRATOR_H
#define LSAFLOW_FLOW_INTEGRATOR_H

#include "flow/system.h"
#include "lsaflow/flow.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_integrator flow_integrator;

/* Starts at time 0 in `start` (n parameters, the program's basis; the action starts at 0). The system must outlive it. */
lsa_status flow_integrator_create(flow_system *system, const double *start, flow_integrator **out, lsa_error *err);
void flow_integrator_destroy(flow_integrator *integrator);

/* One step. LSA_ERR_SOLVER with the story (time, step, order, the worst components) when CVODE gives up. */
lsa_status flow_integrator_step(flow_integrator *integrator, lsa_error *err);
/* CVODE's alone: goes on from the time reached in the state y (`size` numbers) and forgets the path before it: a first step again, by
 * the scales as they now are. Ends the dense output over the last step. */
lsa_status flow_integrator_restart(flow_integrator *integrator, const double *y, lsa_error *err);
/* The time reached, and where the last step began. */
double flow_integrator_time(const flow_integrator *integrator);
double flow_integrator_before(const flow_integrator *integrator);
/* The state at the time reached, `size` numbers. */
const double *flow_integrator_state(const flow_integrator *integrator);
/* The state at any time of the last step, by the step's own interpolating polynomial; valid until the next call. */
const double *flow_integrator_at(flow_integrator *integrator, double time);
/* method and seconds are left as they are. */
void flow_integrator_stats(const flow_integrator *integrator, lsa_solver_stats *stats);

#endif
