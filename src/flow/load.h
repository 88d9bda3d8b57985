/* load.h - a merged head whose U has more on its diagonal than the form says: what other blocks (px) add to it.
 *
 * With px != 0 the Hessian of U is (u^2 A + B(px)) kron C, H = A kron C at px = 0, and where px is large and u small the
 * second part is ten times the first. Its diagonal E is measured by a Hessian product a row of U; then
 *     (1 + gamma (Hessian of the head + E))^-1
 * is the head's own solve (flow/heads.h) in x' = sqrt(c) x, r' = r/sqrt(c), of the form with
 *     H' = H/c,   V' = sqrt(c) V,   U' = sqrt(c) U,   c = 1 + gamma E, entry by entry. */
#ifndef LSAFLOW_FLOW_LOAD_H
#define LSAFLOW_FLOW_LOAD_H

#include "flow/heads.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_load {
    const lsa_form *form;    /* borrowed                                               */
    const flow_heads *heads; /* borrowed: the form as it is                            */
    flow_heads *scaled;      /* with H' and V'                                         */
    double *E, *root;        /* d^2 each: zero before the first measurement, sqrt(c)   */
    double *y, *r;           /* scratch of a solve, a state each                       */
} flow_load;

/* Whether a product form (or NULL) is of one merged head beside other blocks. */
bool flow_load_applies(const lsa_form *form);
/* n: parameters. 4 d^2 + 2 n numbers. */
lsa_status flow_load_create(const lsa_form *form, const flow_heads *heads, ptrdiff_t n, flow_load **out,
                            lsa_error *err);
void flow_load_destroy(flow_load *load);

/* E at y, by d Hessian products. Columns of U, which the query's covariance keeps apart, are probed together; a negative
 * entry is taken for 0. direction and column: scratch, n each. */
void flow_load_measure(flow_load *load, const lsa_program *program, lsa_workspace *work, const double *y,
                       double *direction, double *column);
/* Prepares solves with this gamma. */
void flow_load_set(flow_load *load, double gamma);
/* x = (1 + gamma (Hessian of the head + E))^-1 r at the blocks of the head, the others' entries untouched. False, and x
 * untouched, where the head's solve fails. */
bool flow_load_solve(const flow_load *load, const double *y, double gamma, const double *r, double *x);

#endif
