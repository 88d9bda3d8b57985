/* rule.c - Radau's nodes by Newton's method, in extended precision. */
#include "spectral/rule.h"
#include <math.h>

enum { M = SPECTRAL_NODES, NEWTON_STEPS = 6 };

/* P_0 .. P_M at x. */
static void legendre(long double x, long double P[M + 1])
{
    P[0] = 1.0L;
    P[1] = x;
    for (int l = 1; l < M; l++)
        P[l + 1] = ((2 * l + 1) * x * P[l] - l * P[l - 1]) / (l + 1);
}

/* (1 - x^2) P_l' = l (P_(l-1) - x P_l). */
static long double newton_step(long double x)
{
    long double P[M + 1];
    legendre(x, P);
    const long double slope = ((M - 1) * (P[M - 2] - x * P[M - 1]) - M * (P[M - 1] - x * P[M])) / (1.0L - x * x);
    return (P[M - 1] - P[M]) / slope;
}

static void find_nodes(long double x[M])
{
    x[0] = 1.0L;
    for (int k = 1; k < M; k++) {
        x[k] = cosl(2.0L * 3.14159265358979323846L * k / (2 * M - 1)); /* Chebyshev's: near enough */
        for (int step = 0; step < NEWTON_STEPS; step++)
            x[k] -= newton_step(x[k]);
    }
}

static void order_nodes(long double x[M])
{
    for (int k = 1; k < M; k++) {
        int best = k;
        long double most = 0.0L;
        for (int i = k; i < M; i++) {
            long double product = 1.0L;
            for (int l = 0; l < k; l++)
                product *= fabsl(x[i] - x[l]);
            best = product > most ? i : best;
            most = fmaxl(product, most);
        }
        const long double keep = x[k];
        x[k] = x[best];
        x[best] = keep;
    }
}

/* chebyshev[l][j]: P_l = sum_j chebyshev[l][j] T_j, by Legendre's recurrence and x T_j = (T_(j+1) + T_|j-1|)/2. */
static void expand_legendre(long double chebyshev[M][M])
{
    for (int l = 0; l < M; l++)
        for (int j = 0; j < M; j++)
            chebyshev[l][j] = 0.0L;
    chebyshev[0][0] = chebyshev[1][1] = 1.0L;
    for (int l = 1; l + 1 < M; l++) {
        for (int j = 0; j <= l; j++) {
            const long double half = 0.5L * (2 * l + 1) * chebyshev[l][j] / (l + 1);
            chebyshev[l + 1][j + 1] += half;
            chebyshev[l + 1][j > 0 ? j - 1 : 1] += half;
        }
        for (int j = 0; j < l; j++)
            chebyshev[l + 1][j] -= l * chebyshev[l - 1][j] / (l + 1);
    }
}

/* Legendre's coefficients of the interpolating polynomial are sums over the nodes, (2l + 1)/2 sum_i w_i f_i P_l(x_i). */
static void tabulate_node(spectral_rule *rule, int i, long double x, long double chebyshev[M][M])
{
    long double P[M + 1], before = 1.0L, now = x;
    legendre(x, P);
    const long double weight = (1.0L + x) / (M * P[M - 1] * M * P[M - 1]);
    rule->node[i] = (double)x;
    rule->weight[i] = (double)weight;
    for (int j = 0; j < M; j++) {
        long double sum = 0.0L;
        for (int l = j; l < M; l++)
            sum += 0.5L * (2 * l + 1) * weight * P[l] * chebyshev[l][j];
        rule->series[i][j] = (double)sum;
    }
    rule->value[0][i] = 1.0;
    for (int j = 1; j < SPECTRAL_POLYNOMIALS; j++) {
        const long double next = 2.0L * x * now - before;
        rule->value[j][i] = (double)now;
        before = now;
        now = next;
    }
}

void spectral_rule_init(spectral_rule *rule)
{
    long double x[M], chebyshev[M][M];
    find_nodes(x);
    order_nodes(x);
    expand_legendre(chebyshev);
    for (int i = 0; i < M; i++)
        tabulate_node(rule, i, x[i], chebyshev);
}
