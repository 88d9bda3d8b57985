/* linear.h - the linear systems (I - gamma J) x = r of the integrator's Newton iteration, as SUNLinearSolvers. */
#ifndef LSAFLOW_FLOW_LINEAR_H
#define LSAFLOW_FLOW_LINEAR_H

#include "flow/system.h"
#include <sundials/sundials_linearsolver.h>

/* The exact arrowhead solve with the current iterate and gamma (matrix-embedded: CVODE holds no matrix). O(d^2).
 * NULL when memory is out; free with SUNLinSolFree. */
SUNLinearSolver flow_linear_arrowhead(void *cvode, flow_system *system, SUNContext context);

/* Dense systems of the given size: the set-up inverts the matrix through LAPACK, a solve is one product. Newton's
 * correction is iterated, so the inverse's rounding does not reach the solution. */
SUNLinearSolver flow_linear_dense(ptrdiff_t size, SUNContext context);

#endif
