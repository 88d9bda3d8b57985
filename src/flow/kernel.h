/* kernel.h - exponential sums Phi_p(s) = sum_m w_m a_m^p exp(-2 a_m s), p = 0, 1, 2, of many rates, as sums over few.
 *
 * The rates are divided into panels whose distance from the least one, a_min, doubles: [a_min, (1 + FIRST) a_min], then
 * [a_min + g, a_min + 2g] for g = FIRST a_min, 2 FIRST a_min, ... On each panel a -> a^p exp(-2 a s) is replaced by its
 * interpolating polynomial at Chebyshev nodes, which moves every weight onto the nodes.
 *
 * Error. On a panel of half-width h and centre c, exp(-2as) = exp(-2cs) exp(-2hs x), |x| <= 1, whose m-th Chebyshev
 * coefficient is 2 I_m(2hs) exp(-2cs); with c - a_min = 3h the error relative to exp(-2 a_min s) is at most
 *     2 max_z I_m(z) exp(-3z) < 0.4 * 6^-m,                  1e-16 at m = 20 nodes, for every s:
 * the sum keeps its digits relative to its slowest term, however far it has decayed. (Plain octaves of the rate would
 * keep them only relative to the sum at s = 0.) The first panel, which has no distance to pay with, is narrow instead: its
 * h s stays small until exp(-2 a_min s) < 1e-30.
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
/* phi[p] = Phi_p(s), s >= 0; all 0 for a kernel that is NULL (a sum without terms). Uses scratch of the kernel. */
void flow_kernel_eval(const flow_kernel *kernel, double s, double phi[3]);
/* sum_m w_m exp(-2 a_m s) a_m (x + 3 u2 a_m) / (u2 a_m - x),  x < 0 <= u2: what the terms take from the Schur complement
 * that counts eigenvalues below x (flow/form.h, e = uU). Its pole lies left of the rates, so that interpolation serves. */
double flow_kernel_schur(const flow_kernel *kernel, double s, double u2, double x);

#endif
