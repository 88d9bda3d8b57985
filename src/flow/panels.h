/* panels.h - intervals of rates on which functions of the rate are replaced by their interpolating polynomials.
 *
 * The distance of the panels from the least rate, a_min, doubles: [a_min, (1 + FIRST) a_min], then [a_min + g, a_min + 2g]
 * for g = FIRST a_min, 2 FIRST a_min, ... Each has FLOW_NODES Chebyshev nodes.
 *
 * Error. On a panel of half-width h and centre c, exp(-as) = exp(-cs) exp(-hs x), |x| <= 1, whose m-th Chebyshev
 * coefficient is 2 I_m(hs) exp(-cs); with c - a_min = 3h the error relative to exp(-a_min s) is at most
 *     2 max_z I_m(z) exp(-3z) < 0.4 * 6^-m,                  1e-16 at m = 20 nodes, for every s >= 0:
 * a sum keeps its digits relative to its slowest term, however far it has decayed. (Plain octaves of the rate would keep
 * them only relative to the sum at s = 0.) The first panel, which has no distance to pay with, is narrow instead: its h s
 * stays small until exp(-a_min s) < 1e-30. The same holds for positive integrals of exp(-as) over s. */
#ifndef LSAFLOW_FLOW_PANELS_H
#define LSAFLOW_FLOW_PANELS_H

#include "base/simd_series.h"
#include <stddef.h>

enum { FLOW_NODES = LSA_CHEBYSHEV };

typedef struct flow_panels {
    double least, unit; /* a_min; width of the first panel */
    ptrdiff_t count;
} flow_panels;

/* The panels that hold the rates of [least, largest], 0 < least <= largest: 4 + log2(largest / least) of them. */
flow_panels flow_panels_over(double least, double largest);
double flow_panel_low(const flow_panels *panels, ptrdiff_t panel);
double flow_panel_high(const flow_panels *panels, ptrdiff_t panel);
/* The panel that a rate lies in. */
ptrdiff_t flow_panel_of(const flow_panels *panels, double rate);
/* Its k-th node, ascending, 0 <= k < FLOW_NODES. */
double flow_panel_node(const flow_panels *panels, ptrdiff_t panel, int k);

/* Interpolation moves a weight w at x onto the nodes x_k as w l_k(x) = (w/m) (1 + 2 sum_{n=1}^{m-1} T_n(x_k) T_n(x)), so
 * that a panel only gathers its Chebyshev moments sum w T_n(x). Terms wait in batches, which fill whole vectors whatever
 * the order that they come in. */
enum { FLOW_BATCH = 16 * LSA_CHEBYSHEV_LANES };
typedef struct flow_moments {
    double low, high; /* the panel */
    ptrdiff_t waiting;
    double x[FLOW_BATCH], w[FLOW_BATCH];
    double sums[LSA_CHEBYSHEV * LSA_CHEBYSHEV_LANES];
} flow_moments;

void flow_moments_init(flow_moments *moments, const flow_panels *panels, ptrdiff_t panel);
/* Adds n terms whose rates lie in the panel. Cost: some 60 operations a term, in vectors. */
void flow_moments_add(flow_moments *moments, ptrdiff_t n, const double *rates, const double *weights);
/* The weights of the nodes, FLOW_NODES numbers. */
void flow_moments_close(flow_moments *moments, double *weights);

/* out_i = the polynomial through `values` at the nodes, at n rates of the panel. out may be rates. */
void flow_panel_interpolate(const flow_panels *panels, ptrdiff_t panel, const double *values, ptrdiff_t n,
                            const double *rates, double *out);

#endif
