/* least_squares_distance.c - how far the reduced layer is from least squares on the same prompt.                   (W32)
 *
 * With S = X'X/M and e = X'eps/M least squares finds w + S^+ e, and the layer predicts x_q' A_r (S w + e). Their difference
 * is x_q'[(A_r S - I) w + (A_r - S^+) e]; the noise has E e e' = (s2/M) S given S, so its part is
 * (s2/M) tr(L E[A_r S A_r' - A_r - A_r' + S^+]), and E S^+ = M/(M - k - 1) L^+ (inverse Wishart, k = rank L). */
#include "base/try.h"
#include "theory/law.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include <math.h>
#include <stdlib.h>

static lsa_status rank_of(const ext_matrix *L, ptrdiff_t *rank, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix Q = {.d = 0};
    long double *lambda = ext_vec_create(L->d), largest = 0.0L;
    LSA_TRY_MEMORY(lambda, "the rank of a covariance");
    LSA_TRY(ext_eigen(L, lambda, &Q, err));
    for (ptrdiff_t i = 0; i < L->d; i++)
        largest = fmaxl(largest, lambda[i]);
    *rank = 0;
    for (ptrdiff_t i = 0; i < L->d; i++)
        *rank += lambda[i] > ext_cut(L->d) * largest;
done:
    ext_clear(&Q);
    free(lambda);
    return status;
}

lsa_status lsa_theory_least_squares_distance(const lsa_setting *test, const double *A, double *distance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    owned_setting setting = {.context = {.d = 0}};
    ext_matrix product = {.d = 0};
    long double risk = 0.0L;
    ptrdiff_t rank = 0;
    lsa_setting same = *test;
    same.query_is_same = true;
    if (test->mean != NULL || theory_excess(test) != 0.0 || isinf(test->context))
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                              "the distance to least squares is known for finite centred Gaussian contexts only"));
    LSA_TRY(theory_setting_init(&setting, &same, err));
    LSA_TRY(ext_from_doubles(&product, test->covariance->d, 1.0, A, err));
    LSA_TRY(rank_of(&setting.context, &rank, err));
    const double room = test->context - (double)rank - 1.0;
    if (!(room > 0.0))
        LSA_TRY(lsa_error_set(err, LSA_ERR_DOMAIN,
                              "least squares finds the task, with a finite error, for M > rank + 1 = %td, got %.17g",
                              rank + 1, test->context));
    LSA_TRY(theory_risk(&setting.view, &product, &risk, err));
    const long double r = setting.view.r, s2 = setting.view.s2;
    risk += s2 * ((long double)rank / (long double)room -
                  2.0L * r * setting.view.inverse_m * ext_trace_product(&setting.context, &product));
    *distance = (double)risk;
done:
    theory_setting_clear(&setting);
    ext_clear(&product);
    return status;
}
