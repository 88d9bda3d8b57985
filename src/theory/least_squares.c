/* least_squares.c - the error of least squares of smallest norm on linear tasks: the baseline of Figure 1.  (W23)
 *
 * From M Gaussian rows of covariance l I, X has rank min(M, d) almost surely. M < d: the task is projected on a Haar
 * subspace of dimension M, and E tr((X X')^-1) = M/(l (d - M - 1)). M >= d: the task is found, and
 * E[(X'X)^-1] = L^-1/(M - d - 1) (inverse Wishart), for any covariance L of context and query alike. Noise has an infinite
 * error where the denominator is not positive. */
#include "lsaflow/theory.h"
#include "theory/extended.h"
#include <math.h>

double lsa_theory_least_squares_error(ptrdiff_t d, ptrdiff_t M, double lambda, double psi2, double noise)
{
    const double missed = M < d ? psi2 * lambda * (double)(d - M) : 0.0;
    const double short_side = (double)(M < d ? M : d), excess = fabs((double)(M - d)) - 1.0;
    if (noise == 0.0 || M == 0)
        return missed;
    return excess > 0.0 ? missed + noise * short_side / excess : (double)INFINITY;
}
