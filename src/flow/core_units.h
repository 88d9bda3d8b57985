/* core_units.h - a run in the units of a program's core, and its record in the user's.
 *
 * The flow is the same in both by exact symmetry (program.h): theta = 2^state theta', t = 2^time t', L = 2^loss L'; with
 * them |grad L| = 2^(loss - state), the Hessian's eigenvalues 2^(loss - 2 state), conserved squares 2^(2 state), the action
 * int u^2 2^(2 state + time). Gaps and counts have no unit. */
#ifndef LSAFLOW_FLOW_CORE_UNITS_H
#define LSAFLOW_FLOW_CORE_UNITS_H

#include "flow/trajectory.h"
#include "lsaflow/flow.h"

/* Options whose times, minimum and progress are in the units of a core. */
typedef struct flow_scaled_options {
    lsa_flow_options options;
    const lsa_flow_options *asked;
    lsa_units units;
    double *times;
} flow_scaled_options;

lsa_status flow_options_to_core(const lsa_flow_options *asked, lsa_units units, flow_scaled_options *out,
                                lsa_error *err);
void flow_scaled_options_clear(flow_scaled_options *scaled);

/* out = the numbers in the core's units; a new vector of n. LSA_ERR_MEMORY. */
lsa_status flow_state_to_core(ptrdiff_t n, const double *state, lsa_units units, double **out, lsa_error *err);

/* A published record of the core's run becomes the user's. */
void flow_trajectory_from_core(lsa_trajectory *trajectory, const lsa_program *core, lsa_units units);

#endif
