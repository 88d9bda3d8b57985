/* response.h - what a mode does on a segment, given g: the linear filter of one rate.
 *
 * On s = s0 + D (1 + x)/2, with z = h D/2:
 *     U(x_i) = U(-1) exp(-z (x_i + 1)) + (b D/2) sum_j g_j I_j(x_i),    g = sum_j g_j T_j,
 *     I_j(x) = int_{-1}^x exp(-z (x - t)) T_j(t) dt.
 * With E_j = int_{-1}^x exp(-z (x - t)) T_j'(t)/j dt, E_0 = 0, and B_j = T_j(x) - (-1)^j exp(-z (x + 1)):
 *     -w E_{j-1} + j E_j + w E_{j+1} = B_j,   w = z/2,      I_0 = E_1,   I_j = (E_{j+1} - E_{j-1})/2.
 * For small w this is a tridiagonal system with pivots d_j = j + w^2/d_{j-1} > 0, closed beyond its last row by
 * E_j = B_j/j; for large w its recurrence runs forward from E_1 = (1 - exp(-z (x + 1)))/z, where errors grow by no more
 * than prod_j exp(asinh(j/(2w))), and the exact exponential keeps the slaved limit U = b g/h without a case of its own. */
#ifndef LSAFLOW_SPECTRAL_RESPONSE_H
#define LSAFLOW_SPECTRAL_RESPONSE_H

#include "spectral/equation.h"
#include "spectral/rule.h"

enum { SPECTRAL_ROWS = SPECTRAL_POLYNOMIALS - 2 };

/* Of the systems of a vector of modes, whose divisions so run side by side: w/d_{j-1} and 1/d_j, rows from 1. */
typedef struct spectral_pivots {
    double factor[SPECTRAL_ROWS + 1][SPECTRAL_LANES], inverse[SPECTRAL_ROWS + 1][SPECTRAL_LANES];
} spectral_pivots;

void spectral_pivots_set(spectral_pivots *pivots, const double z[SPECTRAL_LANES]);
/* filter[j][i] = scale I_j(x_i) of the mode in a lane, from z and exp(-z (x_i + 1)). */
void spectral_response(const spectral_rule *rule, const spectral_pivots *pivots, int lane, double z, double scale,
                       const double decay[SPECTRAL_NODES], double filter[SPECTRAL_NODES][SPECTRAL_NODES]);

#endif
