/* random_covariance.c - Theorem 4.5: the limit when every prompt draws its own diagonal covariance.  (W14)
 *
 * The averaged loss is sum_i [g_i/2 (u U_ii)^2 - xi_i u U_ii] + off-diagonal squares, so u U_ii -> xi_i/g_i. */
#include "lsaflow/theory.h"
#include "theory/extended.h"
#include <math.h>

void lsa_theory_random_limit(ptrdiff_t d, const double *xi, const double *g, double *A, double *u)
{
    long double sum = 0.0L;
    for (ptrdiff_t i = 0; i < d; i++) {
        const long double a = (long double)xi[i] / (long double)g[i];
        sum += a * a;
        if (A != NULL)
            A[i] = (double)a;
    }
    *u = (double)sqrtl(sqrtl(sum));
}

double lsa_theory_random_minimum_loss(ptrdiff_t d, const double *mean, const double *xi, const double *g)
{
    long double sum = 0.0L;
    for (ptrdiff_t i = 0; i < d; i++)
        sum += (long double)mean[i] - (long double)xi[i] * (long double)xi[i] / (long double)g[i];
    return (double)(0.5L * sum);
}
