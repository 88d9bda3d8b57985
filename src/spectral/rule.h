/* rule.h - Radau's rule with its right end on [-1, 1], and Chebyshev series through its nodes.
 *
 * The nodes are the zeros of P_(m-1) - P_m, among them 1, the weights integrate degree 2m - 2 exactly. They are kept in
 * Leja's order (each the farthest, by the product of distances, from those before it; 1 is the first), in which the
 * matrix of their Chebyshev polynomials is eliminated without pivoting. */
#ifndef LSAFLOW_SPECTRAL_RULE_H
#define LSAFLOW_SPECTRAL_RULE_H

enum { SPECTRAL_NODES = 16, SPECTRAL_POLYNOMIALS = 22 };

typedef struct spectral_rule {
    double node[SPECTRAL_NODES], weight[SPECTRAL_NODES];
    double value[SPECTRAL_POLYNOMIALS][SPECTRAL_NODES]; /* T_j(x_i)                                     */
    double series[SPECTRAL_NODES][SPECTRAL_NODES];      /* [i][j]: c_j = sum_i f(x_i) series[i][j]      */
} spectral_rule;

/* Some 20 microseconds; the table is the same for every path, and may be shared by threads. */
void spectral_rule_init(spectral_rule *rule);

#endif
