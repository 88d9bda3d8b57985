/* response.c - Chebyshev moments of an exponential, nodes in the lanes. */
#include "spectral/response.h"
#include "base/simd_width.h"

enum { M = SPECTRAL_NODES, ROWS = SPECTRAL_ROWS };

/* Above it the forward recurrence loses a factor 1e8 in E_15, which the last coefficient of g multiplies, and below
 * it the closure of the tridiagonal system, some rows behind the last that is used, is felt by no more than that. */
static const double FORWARD = 2.0;

/* E[j] = B_j; rows 1 .. ROWS + 1. */
static inline void right_sides(const spectral_rule *rule, const double *decay, double E[ROWS + 2][M])
{
    for (int j = 1; j <= ROWS + 1; j++)
        for (int i = 0; i < M; i++)
            E[j][i] = rule->value[j][i] - (j % 2 == 0 ? decay[i] : -decay[i]);
}

static inline void solve_tridiagonal(const spectral_pivots *pivots, int lane, double w, double E[ROWS + 2][M])
{
    for (int i = 0; i < M; i++)
        E[ROWS + 1][i] /= ROWS + 1;
    for (int j = 2; j <= ROWS; j++) {
        const double factor = pivots->factor[j][lane];
        for (int i = 0; i < M; i++)
            E[j][i] += factor * E[j - 1][i];
    }
    for (int j = ROWS; j >= 1; j--) {
        const double inverse = pivots->inverse[j][lane];
        for (int i = 0; i < M; i++)
            E[j][i] = (E[j][i] - w * E[j + 1][i]) * inverse;
    }
}

static inline void recur_forward(double z, const double *decay, double E[ROWS + 2][M])
{
    const double inverse = 2.0 / z;
    double before[M], now[M]; /* E_{j-1}, E_j: row j holds B_j until it is used */
    for (int i = 0; i < M; i++) {
        before[i] = 0.0;
        now[i] = (1.0 - decay[i]) / z;
    }
    for (int j = 1; j <= M; j++)
        for (int i = 0; i < M; i++) {
            const double next = before[i] + (E[j][i] - j * now[i]) * inverse;
            E[j][i] = before[i] = now[i];
            now[i] = next;
        }
}

EVERY_WIDTH void spectral_pivots_set(spectral_pivots *pivots, const double z[SPECTRAL_LANES])
{
    double inverse[SPECTRAL_LANES];
    for (int l = 0; l < SPECTRAL_LANES; l++)
        pivots->inverse[1][l] = inverse[l] = 1.0;
    for (int j = 2; j <= ROWS; j++)
        for (int l = 0; l < SPECTRAL_LANES; l++) {
            const double w = 0.5 * z[l], factor = w * inverse[l];
            pivots->factor[j][l] = factor;
            pivots->inverse[j][l] = inverse[l] = 1.0 / (j + w * factor);
        }
}

EVERY_WIDTH void spectral_response(const spectral_rule *rule, const spectral_pivots *pivots, int lane, double z,
                                   double scale, const double decay[M], double filter[M][M])
{
    double E[ROWS + 2][M];
    right_sides(rule, decay, E);
    if (0.5 * z < FORWARD)
        solve_tridiagonal(pivots, lane, 0.5 * z, E);
    else
        recur_forward(z, decay, E);
    for (int i = 0; i < M; i++) {
        E[0][i] = 0.0;
        filter[0][i] = scale * E[1][i];
    }
    for (int j = 1; j < M; j++)
        for (int i = 0; i < M; i++)
            filter[j][i] = 0.5 * scale * (E[j + 1][i] - E[j - 1][i]);
}
