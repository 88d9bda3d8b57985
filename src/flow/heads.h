/* heads.h - Newton's matrix of several merged heads, W = sum_h u_h U_h, solved exactly in O(n_heads^2 d^2).
 *
 *     L = L* + 1/2 sum_k H_k e_k^2,   e_k = W_k - V_k,   k over the d^2 entries.
 *
 * Of the Hessian, the entries k of all U_h are one block H_k u u', coupled to no other entry; the border of u_g is
 * H_k U_g,k u + r_k (the unit vector g), r = H o e; the corner <U_g, H o U_h>. The inverse of a block is Sherman and
 * Morrison's, (I + gamma H u u')^-1 = I - gamma H u u'/m, m = 1 + gamma H |u|^2; the Schur complement of the borders is
 *     S_gh = (1 - gamma^2 <r, r>) delta_gh + sum_k [gamma H U_g U_h - gamma^2 H r (U_g u_h + u_g U_h)
 *                                                   + gamma^3 H r^2 u_g u_h] / m,
 * in which gamma H U_g U_h is divided by m before it is summed: nothing of that size is subtracted. With one head this is
 * the arrowhead of flow/form.h. */
#ifndef LSAFLOW_FLOW_HEADS_H
#define LSAFLOW_FLOW_HEADS_H

#include "flow/form.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_heads {
    flow_form *table; /* H, V and L*, in W                          */
    ptrdiff_t n;
    const lsa_form_head *heads; /* the form's                                  */
    double *memory;             /* scratch of a solve, n^2 + 2 n               */
} flow_heads;

/* Whether a product form (or NULL) is made of merged heads, each with a u and a U of its own. It may be partial. */
bool flow_heads_apply(const lsa_form *form);
/* 2 d^2 numbers. The form outlives the table. */
lsa_status flow_heads_create(const lsa_form *form, flow_heads **out, lsa_error *err);
void flow_heads_destroy(flow_heads *heads);

/* f = -grad L at the blocks of the heads, the others' entries untouched: f_(U_h) = -u_h r, f_(u_h) = -<U_h, r>. */
void flow_heads_rhs(const flow_heads *heads, const double *y, double *f);
/* L - L* = 1/2 sum H e^2, where the other blocks are 0. */
double flow_heads_excess(const flow_heads *heads, const double *y);
/* x = (I + gamma Hessian)^-1 r at the blocks of the heads, the others' entries untouched. False, and x untouched, where S
 * is not positive definite: gamma |lambda| >= 1 for a growing direction. x may be r. */
bool flow_heads_solve(const flow_heads *heads, const double *y, double gamma, const double *r, double *x);

#endif
