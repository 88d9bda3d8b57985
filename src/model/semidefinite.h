/* semidefinite.h - what a matrix has to be that is written for a covariance. */
#ifndef LSAFLOW_MODEL_SEMIDEFINITE_H
#define LSAFLOW_MODEL_SEMIDEFINITE_H

#include "lsaflow/status.h"
#include "model/yaml.h"
#include <stddef.h>

/* Largest dimension of a form that is held as a matrix: 3.2 GB for it and as much for its basis. */
enum { LSA_COVARIANCE_LARGEST_MATRIX = 20000 };

/* LSA_ERR_INPUT where d is above LSA_COVARIANCE_LARGEST_MATRIX. */
lsa_status lsa_covariance_check_size(const lsa_node *node, ptrdiff_t d, lsa_error *err);

/* Makes `matrix` (d x d, column-major) exactly symmetric. LSA_ERR_INPUT at `node`, with the largest asymmetry, when that
 * is above 1e-12 of the largest entry. */
lsa_status lsa_symmetrise(const lsa_node *node, ptrdiff_t d, double *matrix, lsa_error *err);

/* LSA_ERR_INPUT at `node`, with the least of d eigenvalues, when that is below -1e-10 of the largest in size; else
 * negative ones become 0. */
lsa_status lsa_clip_eigenvalues(const lsa_node *node, ptrdiff_t d, double *eigenvalues, lsa_error *err);

#endif
