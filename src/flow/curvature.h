/* curvature.h - what spectrum.h says of a point, for programs too large for the eigenvalues of the whole Hessian: by
 * Krylov iterations with exact Hessian-vector products.
 *
 * Lanczos' method from a random vector finds the ends of the spectrum. A negative Ritz value is a Rayleigh quotient, so
 * negative curvature that is found is there; that none is found is no proof: an eigenvalue above -1e-3 of the largest may
 * be missed (Kuczynski and Wozniakowski, SIAM J. Matrix Anal. 13, 1992). Conjugate gradients, which stop at any
 * direction of negative curvature too, solve Newton's equation; flat orbits do not disturb them, since the gradient is
 * orthogonal to these. */
#ifndef LSAFLOW_FLOW_CURVATURE_H
#define LSAFLOW_FLOW_CURVATURE_H

#include "flow/system.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_curvature {
    ptrdiff_t n;
    double largest, least; /* Ritz values: of the largest size, and the lowest                              */
    double zero;           /* what is no larger is no curvature, as in spectrum.h                           */
    double gradient_norm;
    bool finite;   /* false: the Hessian overflows there, and nothing is known of it                         */
    bool negative; /* a direction of negative curvature was found                                            */
    bool solved;   /* Newton's equation was: decrement and distance are known                                */
    double decrement, distance; /* 1/2 g'H^+ g, |H^+ g|; NAN: unknown                                        */
    double *gradient, *step;    /* n numbers each; step = -H^+ g                                             */
    double *basis;              /* of Lanczos' method                                                        */
    double *work;               /* 5 n                                                                       */
} flow_curvature;

/* Room for n parameters: about 100 n doubles. */
lsa_status flow_curvature_create(ptrdiff_t n, flow_curvature **out, lsa_error *err);
void flow_curvature_destroy(flow_curvature *curvature);
/* Evaluates at y: some 100 products with the Hessian for the ends of its spectrum, some sqrt(cond H) for the step. */
lsa_status flow_curvature_eval(flow_curvature *curvature, flow_system *system, const double *y, lsa_error *err);
/* As flow_spectrum_manifold, at the point y of the last evaluation: whether y is one of a manifold of stationary points,
 * or alone. From y moved along random directions of the kernel, Newton's method must come to a stationary point in a few
 * steps, quadratically; where the loss is of higher order it only creeps back. False where it does not converge. */
lsa_status flow_curvature_manifold(flow_curvature *curvature, flow_system *system, const double *y, bool *yes,
                                   lsa_error *err);

#endif
