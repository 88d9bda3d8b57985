/* spectral.h - the spectral road as the run sees it: steps, and states between them.
 *
 * The path itself is made by spectral/spectral_path.h of the form's numbers alone. A step of the run is a part of one of its pieces,
 * so that what the run watches for (events, stops, plateaus) it sees as often as along an integrator's steps. */
#ifndef LSAFLOW_FLOW_SPECTRAL_H
#define LSAFLOW_FLOW_SPECTRAL_H

#include "flow/system.h"
#include "lsaflow/flow.h"
#include "lsaflow/status.h"

typedef struct flow_spectral flow_spectral;

/* From `start` (the system's unknowns). LSA_ERR_UNABLE where the path cannot be had this way. */
lsa_status flow_spectral_create(flow_system *system, const double *start, flow_spectral **out, lsa_error *err);
void flow_spectral_destroy(flow_spectral *spectral);
/* LSA_ERR_UNABLE, LSA_ERR_SOLVER: spectral_path_advance. */
lsa_status flow_spectral_step(flow_spectral *spectral, lsa_error *err);
double flow_spectral_time(const flow_spectral *spectral);
/* The state at the time reached; at another one of the last step, valid until the next call. */
const double *flow_spectral_state(const flow_spectral *spectral);
const double *flow_spectral_at(flow_spectral *spectral, double time);
/* steps: pieces; rhs, newton: evaluations of the modes at a segment's nodes; error_failures: segments refused. */
void flow_spectral_stats(const flow_spectral *spectral, lsa_solver_stats *stats);

#endif
