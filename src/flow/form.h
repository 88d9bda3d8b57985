/* form.h - the recognised loss 1/2 u^2 <U, H o U> - u <B, U> + constant, tabulated for the integrator.
 *
 *     L = L* + 1/2 sum_ij H_ij e_ij^2,   e_ij = u U_ij - V_ij,   V = B / H where H > 0.
 *
 * Everything is written in e: gradient, gap and Newton's matrix then lose no digits as the flow converges
 * (L - L* as a difference would stop at rounding, e^2 does not). Paper, Lemma 5.2 and
 * Corollary A.2, for any H and B. */
#ifndef LSAFLOW_FLOW_FORM_H
#define LSAFLOW_FLOW_FORM_H

#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

typedef struct flow_form {
    ptrdiff_t count; /* entries: d^2, or the d of the diagonal                 */
    ptrdiff_t u, U;  /* offsets in the state                                   */
    double *H, *V;   /* count each; both 0 where the loss is flat (H = 0)      */
    double H_max;    /* the largest H_ij, or a bound on it                     */
    double minimum;  /* L*                                                     */
    double scale;    /* L(0) - L* = 1/2 sum H V^2                              */
} flow_form;

/* Column j of H. */
void flow_form_rates(const lsa_form *form, ptrdiff_t j, double *H);
/* The largest H_ij as its products bound it, exact where one i and one j have the largest factors of all. O(d). */
double flow_form_largest(const lsa_form *form);
/* Entries of H at or below this are rounding of an exact zero (a mode outside range(Lambda), whose eigenvalue came out
 * near 1e-17): the loss is flat along them, as the mathematics has it. */
double flow_form_flat(const lsa_form *form);

/* Tabulates H and V: 2 d^2 doubles. */
lsa_status flow_form_create(const lsa_form *form, flow_form **out, lsa_error *err);
/* The diagonal alone, for states (u, U_11, ..., U_dd): 2 d doubles. B is diagonal. */
lsa_status flow_form_create_diagonal(const lsa_form *form, flow_form **out, lsa_error *err);
void flow_form_destroy(flow_form *form);

/* f = -grad L at the state y (both laid out as the state); returns <f, f>.
 *     f_U = -u H o e,   f_u = -<U, H o e>.   One pass, d^2 entries. */
double flow_form_rhs(const flow_form *form, const double *y, double *f);

/* Over the entries with H > 0: sum e^2 = |uU - V|^2, and |V|^2. */
double flow_form_distance_square(const flow_form *form, const double *y);
double flow_form_limit_square(const flow_form *form);
/* L - L* = 1/2 sum H e^2, and |grad L|^2, in one pass that writes nothing. */
void flow_form_level(const flow_form *form, const double *y, double *excess, double *square);

/* out = (Hessian at y) v:
 *     out_U = u^2 H o v_U + b v_u,   out_u = <b, v_U> + <U, H o U> v_u,   b = H o (u U + e). */
void flow_form_hessian(const flow_form *form, const double *y, const double *v, double *out);

/* x = (I + gamma Hessian + corner c c')^-1 r, c the unit vector of u, by elimination of the diagonal, O(d^2). Returns
 * false where the matrix is singular to rounding. x may be r. The Schur complement is summed in the form
 *     1 + sum gamma H (U^2 - gamma H e (2 u U + e)) / m,   m = 1 + gamma u^2 H,
 * which does not cancel when gamma u^2 H >> 1 and e -> 0 (1 + gamma <U, H o U> - sum b^2/m does). */
bool flow_form_solve(const flow_form *form, const double *y, double gamma, double corner, const double *r, double *x);

/* The number of eigenvalues of the Hessian at y below x: the inertia of the arrowhead minus x, whose Schur complement
 * -x - sum [x H U^2 + H^2 e (2 u U + e)] / (u^2 H - x) is again free of cancellation. */
ptrdiff_t flow_form_count_below(const flow_form *form, const double *y, double x);
/* The same with `eliminated` subtracted from the Schur complement: of entries outside the table, none with a pivot below
 * x. */
ptrdiff_t flow_form_count_below_with(const flow_form *form, const double *y, double x, double eliminated);
/* The k-th eigenvalue from below, k >= 0, by bisection on that count, O(d^2) for each of some 60 halvings. */
double flow_form_eigenvalue(const flow_form *form, const double *y, ptrdiff_t k);
/* A bound on the largest |eigenvalue|: max u^2 H + |b|_2 + <U, H o U>. */
double flow_form_bound(const flow_form *form, const double *y);

#endif
