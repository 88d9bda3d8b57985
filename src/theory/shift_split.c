/* shift_split.c - the error of a trained layer in three parts: what the shift costs, what the finite training length
 * costs, what the finite context costs.  (W21)
 *
 * With A_N the trained limit, A_inf its limit for N -> infinity and R(A, M) the error: R(A_inf, inf) - best, then
 * R(A_N, inf) - R(A_inf, inf), then R(A_N, M) - R(A_N, inf). In law the first is 0 and the others are the terms of
 * Theorem 4.2; under a shift the second may be negative. */
#include "base/try.h"
#include "theory/law.h"
#include "theory/risk.h"
#include <math.h>
#include <stdlib.h>

/* A_N for N -> infinity: f_k = s_k/((1 + 1/N) s_k + c) tends to 1 on every mode that the tasks reach. */
static lsa_status infinite_training(const lsa_theory *theory, ext_matrix *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    long double *f = ext_vec_create(theory->d);
    LSA_TRY_MEMORY(f, "a test error");
    for (ptrdiff_t k = 0; k < theory->d; k++)
        f[k] = theory->s[k] > 0.0L ? 1.0L : 0.0L;
    LSA_TRY(ext_congruence(A, &theory->W, f, err));
done:
    free(f);
    return status;
}

lsa_status lsa_theory_judge_split(const lsa_theory *theory, const lsa_theory_shift *shift, lsa_theory_split *out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    owned_setting at_m = {.context = {.d = 0}}, at_infinity = {.context = {.d = 0}};
    ext_matrix A = {.d = 0}, A_infinite = {.d = 0};
    long double error = 0.0L, long_context = 0.0L, all_long = 0.0L;
    lsa_theory_shift infinite = *shift;
    infinite.context = (double)INFINITY;
    LSA_TRY(theory_setting_init(&at_m, theory->d, shift, err));
    LSA_TRY(theory_setting_init(&at_infinity, theory->d, &infinite, err));
    LSA_TRY(theory_minimum(theory, theory->d, &A, err));
    LSA_TRY(infinite_training(theory, &A_infinite, err));
    LSA_TRY(theory_risk(&at_m.view, &A, &error, err));
    LSA_TRY(theory_risk(&at_infinity.view, &A, &long_context, err));
    LSA_TRY(theory_risk(&at_infinity.view, &A_infinite, &all_long, err));
    const double best = shift->query_noise ? shift->label_noise : 0.0;
    *out = (lsa_theory_split){.error = (double)(error + (long double)best),
                              .best_linear = best,
                              .shift_term = (double)all_long,
                              .training_term = (double)(long_context - all_long),
                              .context_term = (double)(error - long_context)};
done:
    theory_setting_clear(&at_m);
    theory_setting_clear(&at_infinity);
    ext_clear(&A);
    ext_clear(&A_infinite);
    return status;
}
