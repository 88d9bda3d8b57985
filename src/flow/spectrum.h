/* spectrum.h - the Hessian of the loss at one point: its eigenvalues, and what Newton's step would gain.
 *
 * Eigenvalues within [-zero, zero] are counted as zero. */
#ifndef LSAFLOW_FLOW_SPECTRUM_H
#define LSAFLOW_FLOW_SPECTRUM_H

#include "base/rng.h"
#include "flow/system.h"
#include "lsaflow/status.h"
#include <stdbool.h>

/* Up to this many parameters the eigenvalues of the whole Hessian are taken: a second or less. */
enum { FLOW_SPECTRUM_LIMIT = 600 };

/* The threshold `zero`: rounding of the largest eigenvalue and, near a stationary point, the curvature of the orbits of
 * symmetries there. Along theta -> c^E theta the Hessian maps the tangent E theta to -E grad L, so that curvature is at
 * most of the order |grad L| / |theta|; where this is no small share of the largest eigenvalue (near the saddle at zero
 * both shrink together) it says nothing and is left out. rounding: relative, of the way eigenvalues are counted. */
double flow_zero_threshold(double rounding, double largest, double gradient_norm, double size);
/* Whether orbits are told from curved directions there. */
bool flow_orbits_are_flat(double largest, double gradient_norm, double size);

typedef struct flow_spectrum {
    ptrdiff_t n;
    double *lambda, *Q; /* ascending; eigenvectors            */
    double *gradient;   /* at the point, in the eigenbasis    */
    double *work;
    double gradient_norm, largest, zero;
    bool finite; /* false: the Hessian overflows there, and nothing is known of it */
} flow_spectrum;

/* Room for n parameters: 2 n^2 doubles. */
lsa_status flow_spectrum_create(ptrdiff_t n, flow_spectrum **out, lsa_error *err);
void flow_spectrum_destroy(flow_spectrum *spectrum);
/* Evaluates at y. O(n^3). */
lsa_status flow_spectrum_eval(flow_spectrum *spectrum, flow_system *system, const double *y, lsa_error *err);

/* Takes the gradient at y, near the point of the last evaluation, whose Hessian is kept. O(n^2). */
void flow_spectrum_gradient(flow_spectrum *spectrum, flow_system *system, const double *y);
/* Whether y can be a minimum that Newton's step would gain at most `gain` from: false only where flow_spectrum_eval would
 * find a negative eigenvalue or a larger decrement. n^3/3, where that takes some 9 n^3: with z at least `zero`, H + 2 z
 * has a Cholesky factor, and 1/2 <g, (H + 2 z)^-1 g> is at most the decrement. */
bool flow_spectrum_may_be_minimum(flow_spectrum *spectrum, flow_system *system, const double *y, double gain);

/* The loss that Newton's step would gain, 1/2 sum g_i^2 / max(|lambda_i|, zero): how far above its own minimum a point
 * of the basin is, slow modes included (NAN: unknown). A bare gradient norm does not tell: at rate lambda it is lambda times smaller. */
double flow_spectrum_decrement(const flow_spectrum *spectrum);
/* The length of that step, |H^+ g|: how far the parameters still have to go, flat orbits apart. */
double flow_spectrum_distance(const flow_spectrum *spectrum);
/* step = -H^+ g on the eigenvalues that are not zero: the least-norm Newton step, which leaves the flat orbits alone. */
void flow_spectrum_newton(const flow_spectrum *spectrum, double *step);
/* The same over the eigenvalues above `rate` alone: of a path that is 1/rate long, what has had its time to settle. */
void flow_spectrum_settle(const flow_spectrum *spectrum, double rate, double *step);
/* z = a random vector of the kernel, of that length. Only where there is one. */
void flow_spectrum_kernel(const flow_spectrum *spectrum, lsa_rng *rng, double length, double *z);
ptrdiff_t flow_spectrum_negative(const flow_spectrum *spectrum);
ptrdiff_t flow_spectrum_zero(const flow_spectrum *spectrum);
/* Whether the kernel is the tangent of a manifold of stationary points through y, where the spectrum was taken: the orbit
 * of a symmetry (rotations that commute with Lambda and Omega, rescalings) or any other. Then, without a negative
 * eigenvalue, y is a minimum (Morse-Bott). Lyapunov-Schmidt: from points a hundredth away along random directions of the
 * kernel, steps in its complement alone must lead to a gradient that vanishes altogether; along x^4 it would not. No
 * proof, since the directions are sampled, but a loss that is analytic fails almost surely if it fails anywhere; false
 * where the steps do not converge. LSA_ERR_MEMORY. */
lsa_status flow_spectrum_manifold(const flow_spectrum *spectrum, flow_system *system, const double *y, bool *yes,
                                  lsa_error *err);

/* Whether a zero eigenvalue says anything: curvature below the rounding of the largest one is seen as zero, and over the size
 * of y may stand for more than a thousandth of depth = L(0) - L*. A start of 1e6 leaves curvatures of 1e12 beside those of
 * order 1. */
bool flow_spectrum_sees(const flow_spectrum *spectrum, const double *y, double depth);

#endif
