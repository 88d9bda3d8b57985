/* white_logistic.c - the exact course of u^2 for an isotropic covariance and start: a logistic.  (W10)
 *
 * With U = (u/sqrt d) I the flow stays on its line, where p = u^2 obeys
 *     dot p = 2 sqrt d lambda^2 p (1 - p gamma/sqrt d). */
#include "theory/law.h"
#include <math.h>

double lsa_theory_white_u2(const lsa_theory_white *white, double t)
{
    const double ceiling = sqrt(white->d) / white->gamma;
    const double rate = 2.0 * sqrt(white->d) * white->lambda * white->lambda;
    const double start = white->sigma * white->sigma;
    return ceiling / (ceiling / start * exp(-rate * t) - expm1(-rate * t)); /* a sum of two positive terms */
}

double lsa_theory_white_product(const lsa_theory_white *white, double t)
{
    return lsa_theory_white_u2(white, t) / sqrt(white->d);
}

double lsa_theory_white_loss(const lsa_theory_white *white, double t)
{
    const double a = lsa_theory_white_product(white, t), l = white->lambda;
    return 0.5 * white->d * l * (1.0 - 2.0 * l * a + white->gamma * l * a * a);
}

/* U0 = (u0/sqrt d) I up to rounding. */
static bool is_white_start(ptrdiff_t d, double u0, const double *U0)
{
    const double entry = u0 / sqrt((double)d);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (!(fabs(U0[i + j * d] - (i == j ? entry : 0.0)) <= 1e-14 * fabs(entry)))
                return false;
    return true;
}

bool lsa_theory_white_of(const lsa_theory *theory, double u0, const double *U0, lsa_theory_white *out)
{
    const bool white = theory_lambda_least(theory) == theory_lambda_largest(theory) && theory->rank == theory->d;
    if (!white || !theory->isotropic_task || theory->psi2 != 1.0L || theory->r != 1.0L || u0 == 0.0 ||
        !is_white_start(theory->d, u0, U0))
        return false;
    *out = (lsa_theory_white){.d = (double)theory->d,
                              .lambda = (double)theory->lambda[0],
                              .gamma = (double)theory_gamma(theory, 0),
                              .sigma = u0};
    return true;
}
