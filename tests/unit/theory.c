/* The smallest cases by hand, and what must be refused. */
#include "check.h"
#include "theory_setting.h"

#include "lsaflow/theory.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static lsa_theory *theory_of(const lsa_setting *law)
{
    lsa_error err;
    lsa_theory *theory = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(law, &theory, &err), LSA_OK, &err);
    return theory;
}

/* d = 1, Lambda = 1, N = 10: Gamma = 1 + 2/N = 1.2, A = 1/1.2, min L = 1/2 (1 - 1/1.2) = 1/12. */
static void test_scalar(void **state)
{
    (void)state;
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 10.0, .covariance = THEORY_IDENTITY(1)});
    double A, Gamma;
    lsa_theory_gamma(theory, &Gamma);
    check_close(Gamma, 1.2, DBL_EPSILON, 0.0);
    check_status(lsa_theory_minimum(theory, 1, &A, NULL), LSA_OK, NULL);
    check_close(A, 1.0 / 1.2, DBL_EPSILON, 0.0);
    check_close(lsa_theory_minimum_loss(theory, 1), 1.0 / 12.0, DBL_EPSILON, 0.0);
    check_close(lsa_theory_growth_rate(theory), 1.0, DBL_EPSILON, 0.0);
    check_close(lsa_theory_condition(theory), 1.0, 0.0, 0.0);
    lsa_theory_destroy(theory);
}

/* Eigenvalues a + b and a - b by hand: Lambda = [1, 1 - e; 1 - e, 1] with e = 2^-20 has condition 2^21, and with
 * N = 2^30 Gamma keeps condition 2^19; entries of the inverse to a few ulp. */
static void test_ill_conditioned(void **state)
{
    (void)state;
    const double e = ldexp(1.0, -20), N = ldexp(1.0, 30), Lambda[4] = {1.0, 1.0 - e, 1.0 - e, 1.0};
    lsa_theory *theory = theory_of(&(lsa_setting){.context = N, .covariance = THEORY_MATRIX(2, Lambda)});
    const double large = (1.0 + 1.0 / N) * (2.0 - e) + 2.0 / N, small = (1.0 + 1.0 / N) * e + 2.0 / N;
    const double diagonal = 0.5 * (1.0 / large + 1.0 / small), off = 0.5 * (1.0 / large - 1.0 / small);
    double A[4];
    check_status(lsa_theory_minimum(theory, 2, A, NULL), LSA_OK, NULL);
    check_vector_close(4, A, ((double[]){diagonal, off, off, diagonal}), 1e-13, 0.0);
    check_close(lsa_theory_minimum_loss(theory, 2),
                0.5 * ((2.0 - e) * (2.0 - e + 2.0) / large + e * (e + 2.0) / small) / N, 1e-13, 0.0);
    lsa_theory_destroy(theory);
}

static void test_hypotheses(void **state)
{
    (void)state;
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 5.0, .covariance = THEORY_IDENTITY(2)});
    lsa_theory_start start;
    const double identity[4] = {0.5, 0.0, 0.0, 0.5}, skew[4] = {0.5, 0.1, -0.1, 0.5},
                 negative[4] = {0.5, 0.0, 0.0, -0.5};
    check_status(lsa_theory_assess_start(theory, sqrt(0.5), identity, &start, NULL), LSA_OK, NULL);
    assert_true(start.holds);
    check_status(lsa_theory_assess_start(theory, sqrt(0.52), skew, &start, NULL), LSA_OK, NULL);
    assert_false(start.holds);
    check_close(start.asymmetry, 0.2 / sqrt(0.52), 1e-15, 0.0);
    check_status(lsa_theory_assess_start(theory, sqrt(0.5), negative, &start, NULL), LSA_OK, NULL);
    assert_false(start.holds);
    check_close(start.least, -sqrt(0.5), 1e-15, 0.0);
    check_status(lsa_theory_assess_start(theory, 1.0, identity, &start, NULL), LSA_OK, NULL);
    assert_false(start.holds);
    check_close(start.imbalance, sqrt(0.5) - 1.0, 1e-15, 0.0);
    /* At the bound the margin is zero, and beyond it no lower bound is left. */
    check_close(lsa_theory_sigma_margin(theory, lsa_theory_sigma_max(theory)), 0.0, 0.0, 1e-15);
    start.sigma = 2.0 * lsa_theory_sigma_max(theory);
    check_close(lsa_theory_u_lower_bound(theory, &start), 0.0, 0.0, 0.0);
    lsa_theory_destroy(theory);
}

static void test_constants(void **state)
{
    (void)state;
    const double task[2] = {1.0, 2.0}, U0[4] = {0.5, 0.0, 0.0, 0.5};
    lsa_theory_constant list[LSA_THEORY_CONSTANTS_MAX];
    ptrdiff_t count = 0;
    int absent = 0;
    lsa_theory *theory = theory_of(
        &(lsa_setting){.context = 5.0, .task_covariance = THEORY_DIAGONAL(2, task), .covariance = THEORY_IDENTITY(2)});
    check_status(lsa_theory_constants(theory, sqrt(0.5), U0, list, &count, NULL), LSA_OK, NULL);
    for (ptrdiff_t k = 0; k < count; k++) {
        assert_true(isnan(list[k].value) == (list[k].why != NULL)); /* never a number without its right to exist */
        absent += list[k].why != NULL;
        for (ptrdiff_t m = 0; m < k; m++)
            assert_string_not_equal(list[k].name, list[m].name);
    }
    assert_int_equal(absent, 5); /* what the paper states for isotropic tasks only */
    lsa_theory_destroy(theory);
}

static void refuse(const lsa_setting *law, const char *part)
{
    lsa_error err;
    lsa_theory *theory = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(law, &theory, &err), LSA_ERR_DOMAIN, &err);
    check_contains(err.text, part);
    assert_null(theory);
}

static void test_refusals(void **state)
{
    (void)state;
    const double indefinite[4] = {1.0, 2.0, 2.0, 1.0}, zero[2] = {0.0, 0.0}, negative[2] = {1.0, -1.0};
    const double strange[2] = {1.0, (double)NAN};
    refuse(&(lsa_setting){.context = 5.0, .covariance = THEORY_IDENTITY(0)}, "dimension");
    refuse(&(lsa_setting){.context = 0.5, .covariance = THEORY_IDENTITY(2)}, "N must be at least 1, got 0.5");
    refuse(&(lsa_setting){.context = (double)NAN, .covariance = THEORY_IDENTITY(2)}, "N must be");
    refuse(&(lsa_setting){.context = 5.0, .label_noise = -1.0, .covariance = THEORY_IDENTITY(2)}, "label noise");
    refuse(&(lsa_setting){.context = 5.0, .covariance = THEORY_MATRIX(2, indefinite)}, "covariance is not positive");
    refuse(&(lsa_setting){.context = 5.0, .covariance = THEORY_DIAGONAL(2, zero)}, "covariance is zero");
    refuse(&(lsa_setting){.context = 5.0, .covariance = THEORY_DIAGONAL(2, negative)}, "entry 2 is -1");
    refuse(&(lsa_setting){.context = 5.0,
                          .task_covariance = THEORY_DIAGONAL(2, strange),
                          .covariance = THEORY_IDENTITY(2)},
           "task covariance");
    refuse(&(lsa_setting){.context = 5.0,
                          .task_covariance = THEORY_MATRIX(2, indefinite),
                          .covariance = THEORY_IDENTITY(2)},
           "task covariance");
}

static void test_refusals_of_tests(void **state)
{
    (void)state;
    const double A[4] = {1.0, 0.0, 0.0, 1.0}, a[2] = {1.0, 1.0};
    double risk;
    lsa_error err;
    lsa_theory_error error;
    lsa_setting shift = {.context = 0.5, .covariance = THEORY_IDENTITY(2), .query = THEORY_IDENTITY(2)};
    lsa_error_clear(&err);
    check_status(lsa_theory_shift_risk(&shift, A, &risk, &err), LSA_ERR_DOMAIN, &err);
    check_contains(err.text, "M must be 0 or at least 1");
    shift.context = 0.0; /* an empty context predicts 0 */
    check_status(lsa_theory_shift_risk(&shift, A, &risk, NULL), LSA_OK, NULL);
    check_close(risk, 2.0, 0.0, 0.0);
    lsa_theory *theory =
        theory_of(&(lsa_setting){.context = 5.0, .label_noise = 1.0, .covariance = THEORY_IDENTITY(2)});
    check_status(lsa_theory_test_error(theory, 5.0, a, A, 0.0, &error, &err), LSA_ERR_DOMAIN, &err);
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    assert_non_null(error.why);
    lsa_theory_destroy(theory);
    const double task[2] = {1.0, 0.0}, U[4] = {1.0, 0.0, 0.0, 1.0};
    double out[4];
    theory = theory_of(
        &(lsa_setting){.context = 5.0, .task_covariance = THEORY_DIAGONAL(2, task), .covariance = THEORY_IDENTITY(2)});
    check_status(lsa_theory_gamma_law(theory, out, &err), LSA_ERR_DOMAIN, &err);
    check_status(lsa_theory_off_diagonal(theory, U, 1.0, out, &err), LSA_ERR_UNABLE, &err);
    check_status(lsa_theory_local_rate(theory, 0.0, U, &risk, &err), LSA_ERR_DOMAIN, &err);
    assert_true(isnan(lsa_theory_sigma_max(theory)));
    lsa_theory_destroy(theory);
}

/* A spectrum of 10^5 modes costs O(d): no matrix is made. */
static void test_large_spectrum(void **state)
{
    (void)state;
    const ptrdiff_t d = 100000;
    double *spectrum = calloc((size_t)d, sizeof *spectrum);
    assert_non_null(spectrum);
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = 1.0 / (double)(i + 1);
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 1e3, .covariance = THEORY_DIAGONAL(d, spectrum)});
    const lsa_setting shift = {.context = 50.0,
                               .covariance = THEORY_DIAGONAL(d, spectrum),
                               .query = THEORY_DIAGONAL(d, spectrum),
                               THEORY_FIXED_TASK(spectrum)};
    lsa_theory_error error;
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    check_close(error.context_term + error.training_term, error.error, 1e-13, 0.0);
    lsa_theory_destroy(theory);
    free(spectrum);
}

/* Above d = 64 the eigenbasis is LAPACK's: the same minimum as below, to its accuracy. */
static void test_both_eigensolvers(void **state)
{
    (void)state;
    const ptrdiff_t d = 70;
    double *Lambda = calloc((size_t)(d * d), sizeof *Lambda), *A = calloc((size_t)(d * d), sizeof *A);
    assert_non_null(Lambda);
    assert_non_null(A);
    for (ptrdiff_t i = 0; i < d; i++)
        for (ptrdiff_t j = 0; j < d; j++)
            Lambda[i + j * d] =
                pow(0.5, (double)labs((long)(i - j))); /* its inverse is tridiagonal: 5/3, -2/3; ends 4/3 */
    lsa_theory *theory = theory_of(&(lsa_setting){.context = (double)INFINITY, .covariance = THEORY_MATRIX(d, Lambda)});
    check_status(lsa_theory_minimum(theory, d, A, NULL), LSA_OK, NULL);
    check_close(A[0], 4.0 / 3.0, 1e-13, 0.0);
    check_close(A[1], -2.0 / 3.0, 1e-13, 0.0);
    check_close(A[2], 0.0, 0.0, 1e-13);
    check_close(A[1 + d], 5.0 / 3.0, 1e-13, 0.0);
    lsa_theory_destroy(theory);
    free(Lambda);
    free(A);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scalar),         cmocka_unit_test(test_ill_conditioned),
                                       cmocka_unit_test(test_hypotheses),     cmocka_unit_test(test_constants),
                                       cmocka_unit_test(test_refusals),       cmocka_unit_test(test_refusals_of_tests),
                                       cmocka_unit_test(test_large_spectrum), cmocka_unit_test(test_both_eigensolvers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
