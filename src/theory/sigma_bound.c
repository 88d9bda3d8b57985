/* sigma_bound.c - the size of the start that Theorem 4.1 allows: sigma^2 |Gamma|_op sqrt d < 2.  (W6)
 *
 * With rho = N + 1 the layer is the paper's with (u, U) -> sqrt(r) (u, U), so r sigma^2 takes the place of sigma^2; for
 * Omega = psi2 I the loss is psi2 times the paper's with Gamma_s, and the bound keeps its form. */
#include "theory/law.h"
#include <math.h>

double lsa_theory_sigma_margin(const lsa_theory *theory, double sigma)
{
    if (!theory->isotropic_task)
        return (double)NAN;
    return 2.0 - sigma * sigma * (double)theory->r * lsa_theory_gamma_norm(theory) * sqrt((double)theory->d);
}

double lsa_theory_sigma_max(const lsa_theory *theory)
{
    if (!theory->isotropic_task)
        return (double)NAN;
    return sqrt(2.0 / ((double)theory->r * lsa_theory_gamma_norm(theory) * sqrt((double)theory->d)));
}
