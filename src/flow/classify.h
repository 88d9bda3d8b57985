/* classify.h - what kind of point the end is. */
#ifndef LSAFLOW_FLOW_CLASSIFY_H
#define LSAFLOW_FLOW_CLASSIFY_H

#include "flow/invariant.h"
#include "flow/spectrum.h"
#include "flow/stop.h"
#include "flow/trajectory.h"

/* Sets the trajectory's classification from its three ends (still in the program's basis). The inertia is taken at the
 * polished end, whose gradient is at rounding, so that flat orbits are flat; whether the path arrived is judged by the
 * raw one. spectrum: room for the Hessian, or NULL where its eigenvalues are not taken: a form, or too large,
 * which flow/curvature.h then looks at. */
lsa_status flow_classify(flow_system *system, const flow_invariants *invariants, const flow_stop *stop,
                         flow_spectrum *spectrum, lsa_trajectory *trajectory, lsa_error *err);

#endif
