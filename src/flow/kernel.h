/* kernel.h - exponential sums Phi_p(s) = sum_m w_m a_m^p exp(-2 a_m s), p = 0, 1, 2, of many rates, as sums over few.
 *
 * On each panel of rates (flow/panels.h) a -> a^p exp(-2 a s) is replaced by its interpolating polynomial, which moves
 * every weight onto the nodes: the sums keep their digits relative to their slowest term.
 *
 * Memory and an evaluation: 20 (4 + log2(a_max / a_min)) nodes. Checked: unit/flow_kernel, against the sum in extended
 * precision. */
#ifndef LSAFLOW_FLOW_KERNEL_H
#define LSAFLOW_FLOW_KERNEL_H

#include "lsaflow/status.h"
#include <stddef.h>

typedef struct flow_kernel flow_kernel;

/* An empty sum for rates within [least, largest], 0 < least <= largest. */
lsa_status flow_kernel_create(double least, double largest, flow_kernel **out, lsa_error *err);
void flow_kernel_destroy(flow_kernel *kernel);

/* Adds n terms. Cost: some 60 operations a term, in vectors along runs of rates of one panel: runs are long where the
 * rates are sorted, and any order is correct. */
void flow_kernel_add(flow_kernel *kernel, ptrdiff_t n, const double *rates, const double *weights);
/* Ends the additions: moments become weights. Once, before the first evaluation. */
void flow_kernel_close(flow_kernel *kernel);

ptrdiff_t flow_kernel_nodes(const flow_kernel *kernel);
/* The nodes and their weights, which may be negative. */
const double *flow_kernel_rates(const flow_kernel *kernel);
const double *flow_kernel_weights(const flow_kernel *kernel);
/* phi[p] = Phi_p(s), s >= 0; all 0 for a kernel that is NULL (a sum without terms). */
void flow_kernel_eval(const flow_kernel *kernel, double s, double phi[3]);
/* sum_m w_m exp(-2 a_m s) a_m (x + 3 u2 a_m) / (u2 a_m - x),  x < 0 <= u2: what the terms take from the Schur complement
 * that counts eigenvalues below x (flow/form.h, e = uU). Its pole lies left of the rates, so that interpolation serves. */
double flow_kernel_schur(const flow_kernel *kernel, double s, double u2, double x);

#endif
