/* reduction.h - the flow of a form with diagonal B on d + 2 unknowns.
 *
 * Where B is diagonal, an entry off the diagonal obeys dU_ij/dt = -u^2 H_ij U_ij, so that
 *     U_ij(t) = U_ij(0) exp(-H_ij s),   s = int_0^t u^2,                       (paper, after (5.4); any start)
 * and u, the diagonal and s carry the whole path:
 *     dU_ii/dt = -u H_ii e_i,   du/dt = -sum_i U_ii H_ii e_i - u Phi_1(s),   ds/dt = u^2,   e_i = u U_ii - V_ii,
 *     Phi_p(s) = sum_{i /= j} U_ij(0)^2 H_ij^p exp(-2 H_ij s).
 * Of the entries off the diagonal, |U|^2 needs Phi_0, u's equation and the loss Phi_1, the gradient's norm and Newton's
 * matrix Phi_2; their sums are compressed once (flow/kernel.h). Whole matrices are made where somebody asks for one. */
#ifndef LSAFLOW_FLOW_REDUCTION_H
#define LSAFLOW_FLOW_REDUCTION_H

#include "flow/kernel.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

/* What moving a point by hand has multiplied the entries off the diagonal by: those that decay, and those with H_ij = 0.
 * Both are 1 along the path; rescaling changes them, and polishing takes the first to its limit 0. */
typedef struct flow_tail {
    double moving, still;
} flow_tail;

typedef struct flow_reduction {
    const lsa_form *form;
    const double *start; /* the whole start, borrowed; NULL: it was diagonal                                    */
    double *column;      /* scratch: rates and squares of one, in whole vectors                                 */
    flow_kernel *kernel; /* NULL: all moving entries are 0                                                      */
    double still;        /* sum of U_ij^2 over the entries with H_ij = 0                                        */
    double fastest;      /* the largest rate of an entry that is not 0; 0: none                                 */
    double largest;      /* the largest |U_ij| off the diagonal at the start                                    */
    flow_tail tail;
    double s, phi[3]; /* of the last evaluation, factors of the tail left out                                */
} flow_reduction;

/* Whether the form allows it. */
bool flow_reduction_applies(const lsa_program *program);

/* start: the whole state in the program's basis, or NULL where U is diagonal. Two passes over the entries, O(d) memory;
 * nothing of size d^2 without a start. */
lsa_status flow_reduction_create(const lsa_program *program, const double *start, flow_reduction **out, lsa_error *err);
void flow_reduction_destroy(flow_reduction *reduction);

/* Phi_0, Phi_1, Phi_2 at s with the factors of the tail; Phi_0 with the entries that stay. */
void flow_reduction_sums(flow_reduction *reduction, double s, double phi[3]);

/* The sum of the squares of those that decay. */
double flow_reduction_moving_square(flow_reduction *reduction, double s);

/* out = the whole state at y = (u, U_11 .. U_dd, s), in the program's basis, after a whole start. d^2 exponentials. */
void flow_reduction_expand(const flow_reduction *reduction, const double *y, double *out);

/* Whether O(d^2) time is in order: after a whole start, or with a small d. */
bool flow_reduction_may_count(const flow_reduction *reduction);
/* The pairs i /= j with H_ij <= bound, and the least H_ij above it (INFINITY: none). O(d^2) time. */
ptrdiff_t flow_reduction_count(const flow_reduction *reduction, double bound, double *above);

#endif
