/* u_lower_bound.c - u stays away from zero: Lemmas A.4, A.5 and (A.14).  (W7)
 *
 * -l never decreases along the flow, and -l <= r u <B, U> <= r |B|_F u^2 on the balanced set; the paper bounds -l(0)
 * from below by the start's excitation and |B|_F by sqrt d |Lambda|_op^2. */
#include "theory/law.h"
#include <math.h>

double lsa_theory_u_lower_bound(const lsa_theory *theory, const lsa_theory_start *start)
{
    const double bracket = lsa_theory_sigma_margin(theory, start->sigma);
    const double norm = (double)theory_lambda_largest(theory);
    if (isnan(bracket))
        return bracket;
    if (!(bracket > 0.0))
        return 0.0;
    return fabs(start->sigma) / norm * sqrt(start->excitation * bracket / (2.0 * sqrt((double)theory->d)));
}

double lsa_theory_u_lower_bound_from_loss(const lsa_theory *theory, double l)
{
    return l < 0.0 ? sqrt(-l / (double)(theory->r * theory->norm_B)) : 0.0;
}
