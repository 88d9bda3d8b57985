/* sgd_spread.h - how far SGD's end may be from the minimum: noise, bias and start, from the Hessian and the noise of a
 * gradient.
 *
 * Near the minimum theta* the steps are theta <- theta - eta_k (H delta + xi_k), delta = theta - theta*, with independent
 * xi_k of covariance C/B, C that of one prompt's gradient, B the batch. In H's eigenbasis a mean over steps is a sum of
 * the xi_k with weights that a recursion gives, so its covariance is C times sums of products of weights, over B. The
 * curvature of the gradient moves the mean by -1/2 H^+ D^3L[S], S the covariance of single steps. Momentum beta: as SGD
 * of the step size eta/(1 - beta), to first order in it. (docs/theory.md W31) */
#ifndef LSAFLOW_VERIFY_SGD_SPREAD_H
#define LSAFLOW_VERIFY_SGD_SPREAD_H

#include "lsaflow/verify.h"

/* Frobenius norms in the product uU. */
typedef struct sgd_spread {
    double rms;    /* root mean square of the noise                                                   */
    double radius; /* noise exceeds it with probability at most alpha (Laurent and Massart, 2000)      */
    double bias;   /* of the curvature                                                                */
    double start;  /* what is left of the start, as the same steps without noise leave it              */
} sgd_spread;

/* Of the mean over the tail that the experiment's `train` asks for, or the last step where it asks for none; `at` (user's
 * basis) is the minimum. For statements whose parameters are u and U, a loss of degree 4.
 * LSA_ERR_UNABLE: too many parameters or steps. LSA_ERR_SOLVER, LSA_ERR_MEMORY, LSA_ERR_INTERRUPTED. */
lsa_status sgd_spread_make(lsa_study *study, const double *at, double alpha, sgd_spread *out, lsa_error *err);

#endif
