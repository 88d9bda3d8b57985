/* end.h - the end of a run: put back on the conserved quantities, polished, classified. */
#ifndef LSAFLOW_FLOW_END_H
#define LSAFLOW_FLOW_END_H

#include "flow/invariant.h"
#include "flow/stop.h"
#include "flow/trajectory.h"

/* Sets the trajectory's three ends and its classification from the raw end (`size` unknowns, the program's basis).
 * targets: the values of the invariants at the start. */
lsa_status flow_end(flow_system *system, const flow_invariants *invariants, const double *targets,
                    const flow_stop *stop, double time, const double *raw, lsa_trajectory *trajectory, lsa_error *err);

#endif
