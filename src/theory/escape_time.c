/* escape_time.c - leaving the saddle at zero (2501.16265, small initialisation; [D] for general laws).  (W10)
 *
 * Near zero l = -r u <B, U> + O(4): its Hessian has the eigenvalues +-r |B|_F, and u grows like exp(r |B|_F t). */
#include "theory/law.h"
#include <math.h>

double lsa_theory_growth_rate(const lsa_theory *theory)
{
    return (double)(theory->r * theory->norm_B);
}

double lsa_theory_escape_time(const lsa_theory *theory, double u0)
{
    return -log(fabs(u0)) / lsa_theory_growth_rate(theory);
}
