/* invariant.h - quantities that the flow conserves, found from the scaling symmetries of the derived loss.
 *
 * The loss is invariant under theta_k -> c^{e_k} theta_k for every c > 0 if and only if
 *     sum_k e_k <theta_k, grad_k L(theta)> = 0   for all theta                                        (E)
 * (Euler's identity), and then gradient flow conserves sum_k e_k |theta_k|^2, since its derivative is -2 times (E).
 * For the merged layer this is u^2 - |U|_F^2 (paper, Lemma A.3), for the full one |px|^2 + u^2 - |U|_F^2 - |k|^2. */
#ifndef LSAFLOW_FLOW_INVARIANT_H
#define LSAFLOW_FLOW_INVARIANT_H

#include "flow/system.h"
#include "lsaflow/status.h"

typedef struct flow_invariants {
    ptrdiff_t count, blocks;
    double *exponents; /* blocks x count: integers e_k of one symmetry per column                    */
    double *scratch;   /* count^2 + count                                                            */
} flow_invariants;

/* The integer solutions of (E), which asks sum_k e_k degree_k = 0 of every monomial (lsa_program_degrees): exact, whatever the
 * sizes of the terms. At states of order 1, as numbers, (E) holds to 1e-9 too for a block whose share of the loss is small there
 * (|b|^2 at Lambda = 1e6, or the full layer's at a noise of 1e12), which would then stand still. A reduced system has the one symmetry of
 * its form. Cost: an elimination of a few rows. */
lsa_status flow_invariants_create(flow_system *system, flow_invariants **out, lsa_error *err);
void flow_invariants_destroy(flow_invariants *invariants);

/* sum_k e_k |theta_k|^2 of symmetry m at the state y. */
double flow_invariant_value(const flow_invariants *invariants, const flow_system *system, ptrdiff_t m, const double *y);
/* The same with twice the digits: a difference of nearly equal squares keeps all its own (entries that a reduced system
 * has not among its unknowns are summed plainly). A library call per entry. */
double flow_invariant_exact(const flow_invariants *invariants, const flow_system *system, ptrdiff_t m, const double *y);
/* high + low += weight * sum x_i^2, with twice the digits; weight: a small integer. */
void flow_squares_add(double weight, ptrdiff_t n, const double *x, double *high, double *low);
/* "u^2 - |U|_F^2" */
void flow_invariant_name(const flow_invariants *invariants, const flow_system *system, ptrdiff_t m, char *buffer,
                         size_t size);

/* Removes from f its components along the tangents (e_k theta_k) of the symmetries, where (E) says that it has none:
 * what is there is rounding, and along these directions nothing damps it, so that a step of size h = 1e10 would turn
 * 1e-17 into 1e-7. */
void flow_invariants_project(flow_invariants *invariants, const flow_system *system, const double *y, double *f);

/* Moves y along the symmetries, where the loss does not change, until every invariant has its value in `target`: the
 * minimum over t of the convex  1/2 sum_k exp(2 sum_m t_m e_mk) |theta_k|^2 - <t, target>,  by Newton's method. Leaves
 * y as it is when there is none (a block that must carry the invariant is zero). LSA_ERR_MEMORY. */
lsa_status flow_invariants_restore(const flow_invariants *invariants, const flow_system *system, const double *target,
                                   double *y, lsa_error *err);

#endif
