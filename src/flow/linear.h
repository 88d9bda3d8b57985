/* linear.h - the linear systems (I - gamma J) x = r of the integrator's Newton iteration, as SUNLinearSolvers. */
#ifndef LSAFLOW_FLOW_LINEAR_H
#define LSAFLOW_FLOW_LINEAR_H

#include "flow/system.h"
#include <sundials/sundials_linearsolver.h>
#include <sundials/sundials_matrix.h>

/* The exact arrowhead solve with the current iterate and gamma (matrix-embedded: CVODE holds no matrix). O(d^2), of
 * several heads n_heads^2 times that; of the reduced system O(d). Overwrites the right-hand side.
 * NULL when memory is out; free with SUNLinSolFree. */
SUNLinearSolver flow_linear_arrowhead(void *cvode, flow_system *system, SUNContext context);

/* A dense matrix whose copies and I + c A pass over memory at its speed; the packaged ones take longer than the
 * factorisation. NULL when memory is out. */
SUNMatrix flow_linear_matrix(ptrdiff_t size, SUNContext context);
/* Dense systems: a Cholesky factorisation by LAPACK in the set-up, two substitutions in a solve. The matrix is I + gamma
 * Hessian, symmetric, and positive definite at any step that resolves a growing direction (gamma |lambda| < 1); where it
 * is not, the step fails and is taken shorter. (Its explicit inverse would not do: stiff residuals, of size gamma lambda,
 * leak into slow directions through the inverse's rounding.) */
SUNLinearSolver flow_linear_dense(const flow_system *system, SUNContext context);

#endif
