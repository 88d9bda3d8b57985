/* modes.h - the diagonal of the reduced flow, compressed: a step then costs the same for any d.
 *
 * An entry of the diagonal obeys dU_i/dt = -u H_i e_i, e_i = u U_i - B_i/H_i, which is linear in U_i, so that
 *     U_i(t) = U_i(0) E(H_i) + B_i Z(H_i),   E(a) = exp(-a s),   dZ(a)/dt = -u a e(a),   e(a) = u Z(a) - 1/a,
 * Z(a) = int_0^t exp(-a (s - s')) u(t') dt', an entire function of the rate. What u's equation, the gap and the norms
 * need of the diagonal are sums of functions of H_i, E(H_i) and Z(H_i) weighted by U_i(0)^2, U_i(0) B_i and B_i^2:
 *     sum_i H_i U_i e_i = sum_k a_k (WW_k u E^2 + WB_k E (e + u Z) + BB_k Z e),        e_i = U_i(0) u E + B_i e,
 *     sum_i H_i e_i^2   = sum_k a_k (WW_k u^2 E^2 + 2 WB_k u E e + BB_k e^2),
 *     sum_i U_i^2       = sum_k (WW_k E^2 + 2 WB_k E Z + BB_k Z^2)
 * over nodes a_k of panels of rates (flow/panels.h), to rounding. A panel of no more modes than nodes keeps its modes for
 * nodes. The unknowns are (u, Z(a_1) .. Z(a_m), s) with m <= 20 (4 + log2(a_max/a_min)).
 *
 * Wanted: a path that keeps away from u = 0, as one does that starts below the loss at zero. At the saddle U_i would be a
 * difference of its two terms.
 *
 * Checked: unit/flow_modes, against the diagonal itself, sums in extended precision; property/flow, whole paths. */
#ifndef LSAFLOW_FLOW_MODES_H
#define LSAFLOW_FLOW_MODES_H

#include "flow/form.h"
#include "flow/panels.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_modes {
    const flow_form *form; /* of the diagonal: H, V = B/H; borrowed                              */
    const double *start;   /* its U at the start; borrowed                                       */
    flow_panels panels;
    ptrdiff_t *order;       /* the diagonal's indices panel by panel; those with H = 0 last       */
    ptrdiff_t *begin;       /* where a panel's begin there; panels + 2                            */
    ptrdiff_t *node;        /* ... and where its nodes begin; panels + 1                          */
    ptrdiff_t count;        /* nodes, filled up to a multiple of 4 by some of weight 0            */
    double *memory;         /* what follows, `count` each                                         */
    double *rates, *limits; /* a, 1/a                                                             */
    double *WW, *WB, *BB;   /* weights                                                            */
    double *reach;          /* the largest |B| that a node stands for                             */
    double *decay, s;       /* E at s, of the last evaluation                                     */
    double still;           /* sum of U^2 over the modes with H = 0                               */
} flow_modes;

/* *out = NULL where there is little to gain: nodes for more than three quarters of the modes. O(d), some 200 operations a
 * mode. */
lsa_status flow_modes_create(const flow_form *form, const double *start, flow_modes **out, lsa_error *err);
void flow_modes_destroy(flow_modes *modes);

/* States are y = (u, Z_1 .. Z_m, s). f = the right-hand side of u and Z, the diagonal's share in u's. */
void flow_modes_rhs(flow_modes *modes, const double *y, double *f);
/* sum_i e_i^2 over the modes with H > 0. */
double flow_modes_distance_square(flow_modes *modes, const double *y);
/* 1/2 sum_i H_i e_i^2. */
double flow_modes_excess(flow_modes *modes, const double *y);
/* sum_i U_i^2. */
double flow_modes_square(flow_modes *modes, const double *y);
/* The sum of squares of dU_i/dt, u^2 sum_i H_i^2 e_i^2. */
double flow_modes_gradient_square(flow_modes *modes, const double *y);
/* The fastest motion of a U_i at the start. */
double flow_modes_rate(const flow_modes *modes, const double *y, const double *f);
/* w = 1/rtol of what is allowed: an error of Z moves no U_i by more than rtol (|U_i| + 2 scale). */
void flow_modes_weights(const flow_modes *modes, const double *y, double rtol, double scale, double *w);

/* x = (I - gamma J)^-1 r for the unknowns (u, Z, s), J the Jacobian; phi: Phi_p of the entries off the diagonal. O(m).
 * Returns false where the matrix is singular to rounding. x may be r. */
bool flow_modes_solve(flow_modes *modes, const double *y, double gamma, const double phi[3], const double *r,
                      double *x);

/* out = (u, U_1 .. U_d, s). O(d). */
void flow_modes_expand(flow_modes *modes, const double *y, double *out);

#endif
