/* nvector.h - state vectors of the integrator: N_Vectors with our own loops, whose passes wait for each other.
 *
 * Debian compiles SUNDIALS without optimisation, and CVODE moves one vector at a time: loops of our own, performed
 * together block by block (vector.c), are worth a factor ten on whole runs. Clones share the table of operations and the
 * passes that wait. */
#ifndef LSAFLOW_FLOW_NVECTOR_H
#define LSAFLOW_FLOW_NVECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <sundials/sundials_nvector.h>

/* n zeros; NULL when memory is out.
 *
 * N_VWrmsNorm of such a vector is the weighted *maximum* norm, max |x_i w_i|: the mean over d^2 entries would dilute
 * the error of the few that matter (u, the diagonal), so that the same tolerance meant less accuracy at larger d. */
N_Vector flow_vector_create(ptrdiff_t n, SUNContext context);

/* The numbers of v, when all that was asked of them is done; until the next operation on v, for reading and writing. */
double *flow_vector_data(N_Vector v);
/* The same for a writer of all of them: what they would be need not be done. */
double *flow_vector_blank(N_Vector v);

/* Whether memory was out for a clone of v, or of what v is a clone of. SUNDIALS looks into whatever N_VClone returns, so such a
 * clone exists, but has no numbers (flow_vector_data: NULL), and no operation on any of them does anything. */
bool flow_vector_failed(N_Vector v);

#endif
