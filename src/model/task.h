/* task.h - the law of the labels of one setting, and what it says about the covariates. */
#ifndef LSAFLOW_MODEL_TASK_H
#define LSAFLOW_MODEL_TASK_H

#include "lsaflow/model.h"
#include "model/reading.h"

/* Reads `task` of an entry of `tests`; NULL: Gaussian as in training. Rows of data also give the test's covariances,
 * query included: the uncentred X'X/n of the rows, or the training covariance where that is the same matrix.
 * LSA_ERR_INPUT, LSA_ERR_READ, LSA_ERR_SOLVER, LSA_ERR_MEMORY. */
lsa_status lsa_task_read(lsa_reading *reading, const lsa_node *task, const lsa_setting *training, lsa_setting *out,
                         lsa_error *err);

/* d numbers at `node`. */
lsa_status lsa_vector_read(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const double **out, lsa_error *err);

#endif
