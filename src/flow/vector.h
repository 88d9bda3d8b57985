/* vector.h - state vectors of the integrator: serial N_Vectors with our own loops.
 *
 * Debian compiles SUNDIALS without optimisation; replacing the element loops is worth 6-9x on whole runs. Clones copy
 * the table of operations, so it is replaced once, on the vector that all others are cloned from. */
#ifndef LSAFLOW_FLOW_VECTOR_H
#define LSAFLOW_FLOW_VECTOR_H

#include <stddef.h>
#include <sundials/sundials_nvector.h>

/* n zeros; NULL when memory is out.
 *
 * N_VWrmsNorm of such a vector is the weighted *maximum* norm, max |x_i w_i|: the mean over d^2 entries would dilute
 * the error of the few that matter (u, the diagonal), so that the same tolerance meant less accuracy at larger d. */
N_Vector flow_vector_create(ptrdiff_t n, SUNContext context);

double *flow_vector_data(N_Vector v);

#endif
