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

/* The parts of three errors above `best`: at (A_N, M), (A_N, inf), (A_inf, inf). */
static lsa_theory_split parts(double best, long double at_m, long double long_context, long double all_long)
{
    return (lsa_theory_split){.error = (double)(at_m + (long double)best),
                              .best_linear = best,
                              .shift_term = (double)all_long,
                              .training_term = (double)(long_context - all_long),
                              .context_term = (double)(at_m - long_context)};
}

/* The errors of A above best_linear at the test's own length and at infinite length. */
static lsa_status two_lengths(const lsa_setting *test, const ext_matrix *A, long double *at_m,
                              long double *long_context, double *best_linear, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_setting longer = *test;
    longer.context = (double)INFINITY;
    LSA_TRY(theory_error_above_best(test, A, at_m, best_linear, err));
    LSA_TRY(theory_error_above_best(&longer, A, long_context, best_linear, err));
done:
    return status;
}

lsa_status lsa_theory_judge_split(const lsa_theory *theory, const lsa_setting *test, lsa_theory_split *out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix A = {.d = 0}, A_infinite = {.d = 0};
    long double at_m = 0.0L, long_context = 0.0L, all_long = 0.0L, unused = 0.0L;
    double best_linear = 0.0;
    LSA_TRY(theory_minimum(theory, theory->d, &A, err));
    LSA_TRY(infinite_training(theory, &A_infinite, err));
    LSA_TRY(two_lengths(test, &A, &at_m, &long_context, &best_linear, err));
    LSA_TRY(two_lengths(test, &A_infinite, &unused, &all_long, &best_linear, err));
    *out = parts(best_linear, at_m, long_context, all_long);
done:
    ext_clear(&A);
    ext_clear(&A_infinite);
    return status;
}

lsa_status lsa_theory_judge_split_product(const lsa_setting *test, const double *A, lsa_theory_split *out,
                                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix product = {.d = 0};
    long double at_m = 0.0L, long_context = 0.0L;
    double best_linear = 0.0;
    LSA_TRY(theory_check_test(test, err));
    LSA_TRY(ext_from_doubles(&product, test->covariance->d, 1.0, A, err));
    LSA_TRY(two_lengths(test, &product, &at_m, &long_context, &best_linear, err));
    *out = parts(best_linear, at_m, long_context, long_context);
    out->training_term = (double)NAN;
done:
    ext_clear(&product);
    return status;
}
