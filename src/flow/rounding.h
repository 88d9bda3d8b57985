/* rounding.h - what the rounding of the parameters leaves unknown of a sum of products that cancel.
 *
 *     W = sum_h u_h U_h  (or sum_h u_h K_h'Q_h),   |delta W| <= delta = eps sum_h |u_h| |U_h|  (or |u_h| |K_h|'|Q_h|),
 *     |delta L| <= sum_ij H_ij (|e_ij| delta_ij + delta_ij^2/2),   e = W - V,
 *     |delta grad L| <= |H o (delta + eps |e|)| |J|,   |J|^2 = sum_h |U_h|^2 + d u_h^2  (or |K_h|^2 |Q_h|^2 + ...),
 *
 * eps what a path's entries can be followed to. Heads of size a^2 that add up to W of order 1 leave L open by eps^2 a^4. */
#ifndef LSAFLOW_FLOW_ROUNDING_H
#define LSAFLOW_FLOW_ROUNDING_H

#include "flow/form.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

/* Entries of a path are followed to this share of a block's largest, four roundings; CVODE refuses one. */
#define FLOW_LEAST_RTOL 1e-15

typedef struct flow_rounding {
    const lsa_form *form; /* borrowed                         */
    flow_form *table;     /* H and V in W                     */
    double product;       /* the largest |V_ij|               */
    double *W, *sizes;    /* scratch: d^2 each                */
} flow_rounding;

/* At a state. */
typedef struct flow_unknown {
    double size;     /* the largest sum of |products|    */
    double sum;      /* the largest |W_ij|               */
    double known;    /* the largest delta_ij             */
    double loss;     /* |delta L|                        */
    double gradient; /* |delta grad L|                   */
} flow_unknown;

/* Whether the products of a form (or NULL) can cancel: more heads than one, or keys and queries. */
bool flow_rounding_applies(const lsa_form *form);
/* 4 d^2 numbers. The program outlives it; its product form applies. */
lsa_status flow_rounding_create(const lsa_program *program, flow_rounding **out, lsa_error *err);
void flow_rounding_destroy(flow_rounding *rounding);
/* One evaluation of W and one of its size: 4 d^2 flops a head, times the rank with K'Q. */
flow_unknown flow_rounding_eval(const flow_rounding *rounding, const double *y);

#endif
