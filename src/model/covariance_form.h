/* covariance_form.h - from the way a covariance is written to its numbers. */
#ifndef LSAFLOW_MODEL_COVARIANCE_FORM_H
#define LSAFLOW_MODEL_COVARIANCE_FORM_H

#include "model/reading.h"

/* The covariance written at `node` (a scalar `identity` or a mapping that the schema has checked).
 * d        its dimension, or 0 where the form itself must give it.
 * Fails with LSA_ERR_INPUT (dimension, symmetry to 1e-12 of the largest entry, an eigenvalue below -1e-10 of the
 * largest, a file's content), LSA_ERR_READ, LSA_ERR_SOLVER, LSA_ERR_MEMORY. Smaller negative eigenvalues are rounding
 * and become 0, in the spectrum and in the matrix. Cost O(d) for scalar and diagonal forms, one eigendecomposition (or one QR) for matrices. */
lsa_status lsa_covariance_read(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const lsa_covariance **out,
                               lsa_error *err);

/* A covariance that is written as its d rows, without a form around them: [[2, 1], [1, 2]]. Errors as above. */
lsa_status lsa_covariance_read_rows(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const lsa_covariance **out,
                                    lsa_error *err);

/* The same where a random covariance has no meaning: LSA_ERR_INPUT, naming `what` must be fixed. */
lsa_status lsa_covariance_read_fixed(lsa_reading *reading, const lsa_node *node, ptrdiff_t d,
                                     const lsa_covariance **out, const char *what, lsa_error *err);

/* The matrix (d x d, column-major, in the arena, taken over), checked as one that is written out. */
lsa_status lsa_covariance_of_matrix(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, double *matrix,
                                    const char *form, const lsa_covariance **out, lsa_error *err);

/* c I of dimension d; node for messages. */
lsa_status lsa_covariance_identity(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const lsa_covariance **out,
                                   lsa_error *err);

/* factor * train; made once for a node and a factor. */
lsa_status lsa_covariance_scaled(lsa_reading *reading, const lsa_node *node, const lsa_covariance *train, double factor,
                                 const lsa_covariance **out, lsa_error *err);

#endif
