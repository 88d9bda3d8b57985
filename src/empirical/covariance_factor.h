/* covariance_factor.h - a square root F of a covariance, F F' = Sigma, to turn independent normals into draws of N(0, Sigma).
 *
 * A semidefinite Sigma is fine: its null directions get exact zeros in the eigenbasis. Scalar and diagonal covariances
 * keep d numbers, no matrix. */
#ifndef LSAFLOW_EMPIRICAL_COVARIANCE_FACTOR_H
#define LSAFLOW_EMPIRICAL_COVARIANCE_FACTOR_H

#include "lsaflow/model.h"
#include "lsaflow/status.h"

typedef struct lsa_factor {
    ptrdiff_t d;
    double *scale;  /* d square roots of the eigenvalues                                        */
    double *matrix; /* d x d, basis * diag(scale), or NULL where the basis is the identity      */
} lsa_factor;

lsa_status lsa_factor_init(lsa_factor *f, const lsa_covariance *covariance, lsa_error *err);
/* The same, but a multiple of I takes the basis of `beside` (NULL, or fixed): its draws are then rotated like those of
 * the other covariance, and products of the two factors are diagonal. */
lsa_status lsa_factor_init_beside(lsa_factor *f, const lsa_covariance *covariance, const lsa_covariance *beside,
                                  lsa_error *err);
/* From a symmetric matrix, by its eigendecomposition. LSA_ERR_DOMAIN when an eigenvalue is negative beyond rounding. */
lsa_status lsa_factor_init_matrix(lsa_factor *f, ptrdiff_t d, const double *Sigma, lsa_error *err);
void lsa_factor_clear(lsa_factor *f);

/* out (d x d) = F F'. */
void lsa_factor_square(const lsa_factor *f, double *out);
/* out = F z; no alias. */
void lsa_factor_apply(const lsa_factor *f, const double *z, double *out);

#endif
