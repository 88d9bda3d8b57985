/* pl_inequality.c - the Polyak-Lojasiewicz constants of Lemma 5.4 and (5.7), and the sharper ones.  (W8)
 *
 * With Z_ij = u U_ij - A_ij in the eigenbases, gap = 1/2 r^2 sum h_ij Z_ij^2 and |grad|^2 >= u^2 r^4 sum h_ij^2 Z_ij^2
 * >= 2 u^2 (r^2 min h) gap: the sharp constant. The paper's weaker one replaces min h by
 * 1/(tr(Gamma^-1 Lambda^-1) tr(Lambda^-1)). */
#include "theory/law.h"
#include <math.h>

static long double least_positive(ptrdiff_t d, const long double *x)
{
    long double least = (long double)INFINITY;
    for (ptrdiff_t k = 0; k < d; k++)
        if (x[k] > 0.0L)
            least = fminl(least, x[k]);
    return least;
}

double lsa_theory_least_rate(const lsa_theory *theory)
{
    const long double least = least_positive(theory->d, theory->g) * theory_lambda_least(theory);
    return (double)(theory->r * theory->r * least);
}

double lsa_theory_pl_constant(const lsa_theory *theory, const lsa_theory_start *start)
{
    const double bound = lsa_theory_u_lower_bound(theory, start);
    if (isnan(bound))
        return bound;
    const long double u = (long double)bound;
    long double both = 0.0L, alone = 0.0L; /* tr(Gamma^-1 Lambda^-1), tr(Lambda^-1) */
    for (ptrdiff_t k = 0; k < theory->d; k++) {
        const long double l = theory->lambda[k];
        both += l > 0.0L ? 1.0L / (theory_gamma(theory, k) * l) : 0.0L;
        alone += l > 0.0L ? 1.0L / l : 0.0L;
    }
    /* psi2 r^2: the scaling that carries this law to the paper's (sigma_bound.c) */
    return (double)(2.0L * theory->psi2 * theory->r * theory->r * u * u / (both * alone));
}

double lsa_theory_pl_constant_sharp(const lsa_theory *theory, const lsa_theory_start *start)
{
    const double u = lsa_theory_u_lower_bound(theory, start);
    return 2.0 * u * u * lsa_theory_least_rate(theory);
}
