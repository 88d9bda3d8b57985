/* rounding.h - what the rounding of the parameters leaves unknown of a sum of products that cancel.
 *
 *     W = sum_h u_h U_h  (or sum_h u_h K_h'Q_h),   |delta W| <= delta = eps sum_h |u_h| |U_h|  (or |u_h| |K_h|'|Q_h|),
 *     |delta L| <= sum_ij H_ij (|e_ij| delta_ij + delta_ij^2/2),   e = W - V,
 *     |delta grad L| <= |H o (delta + eps |e|)| |U_h|  along u_h,  ... |u_h|  along U_h,
 *
 * (along K_h: |u_h| |Q_h|, and so on), eps = 2^-52, two roundings: of the parameters and of their products. Heads of size a^2
 * that add up to W of order 1 leave L open by eps^2 a^4. */
#ifndef LSAFLOW_FLOW_ROUNDING_H
#define LSAFLOW_FLOW_ROUNDING_H

#include "flow/form.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

/* Entries of a path are followed to this share of a block's largest at best: CVODE refuses 2e-16. */
#define FLOW_LEAST_RTOL 1e-15

typedef struct flow_rounding {
    const lsa_form *form; /* borrowed                         */
    flow_form *table;     /* H and V in W                     */
    double product;       /* the largest |V_ij|               */
    double *W, *sizes;    /* scratch: d^2 each                */
} flow_rounding;

/* At a state. */
typedef struct flow_unknown {
    double size;  /* the largest sum of |products|    */
    double sum;   /* the largest |W_ij|               */
    double known; /* the largest delta_ij             */
    double loss;  /* |delta L|                        */
    double rate;  /* |H o (delta + eps |e|)|          */
} flow_unknown;

/* Whether the products of a form (or NULL) can cancel: more heads than one, or keys and queries. */
bool flow_rounding_applies(const lsa_form *form);
/* 4 d^2 numbers. The program outlives it; its product form applies. */
lsa_status flow_rounding_create(const lsa_program *program, flow_rounding **out, lsa_error *err);
void flow_rounding_destroy(flow_rounding *rounding);
/* One evaluation of W and one of its size: 4 d^2 flops a head, times the rank with K'Q. */
flow_unknown flow_rounding_eval(const flow_rounding *rounding, const double *y);
/* Whether f, the gradient at y or its negative, is no more than rounding of W along every block of the heads. */
bool flow_rounding_hides_gradient(const flow_rounding *rounding, const double *y, const double *f);

#endif
