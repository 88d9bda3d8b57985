/* random_operator.c - H U = E[G U Lambda] of a random covariance.                                               (W15) */
#include "base/try.h"
#include "theory/random_law.h"

lsa_status theory_random_apply(const lsa_theory_random *t, const ext_matrix *U, ext_matrix *out, lsa_error *err)
{
    switch (t->kind) {
    case LSA_COVARIANCE_LAWS:
        return theory_diagonal_apply(t, U, out, err);
    case LSA_COVARIANCE_WISHART:
        return theory_wishart_apply(t, U, out, err);
    default:
        return theory_mixture_apply(t, U, out, err);
    }
}

lsa_status lsa_theory_random_apply(const lsa_theory_random *t, const double *U, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix X = {.d = 0}, HX = {.d = 0};
    LSA_TRY(ext_from_doubles(&X, t->d, 1.0, U, err));
    LSA_TRY(theory_random_apply(t, &X, &HX, err));
    ext_round(&HX, out);
done:
    ext_clear(&X);
    ext_clear(&HX);
    return status;
}
