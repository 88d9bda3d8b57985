/* The test support itself: a check that cannot fail is no check, so each is shown to fail once. */
#include "check.h"
#include "base/rng.h"
#include "cases.h"

#include <math.h>
#include <stdlib.h>

static void passes(void **state)
{
    (void)state;
    const double want[] = {1.0, 1000.0};
    const double got[] = {1.0005, 1000.0};
    check_close(1.0 + 1e-12, 1.0, 2e-12, 0.0);
    check_close(HUGE_VAL, HUGE_VAL, 0.0, 0.0);
    check_vector_close(2, got, want, 1e-6, 0.0); /* the largest entry sets the scale */
    check_at_most(1.0, 1.0);
    check_at_least(1.0, 1.0);
}

static void close_rejects(void **state)
{
    (void)state;
    check_close(1.0 + 3e-12, 1.0, 2e-12, 0.0);
}

static void close_rejects_nan(void **state)
{
    (void)state;
    check_close((double)NAN, 1.0, 1.0, 1.0);
}

static void matrix_rejects(void **state)
{
    (void)state;
    const double want[] = {1.0, 1000.0};
    const double got[] = {1.002, 1000.0};
    check_matrix_close(2, 1, got, want, 1e-6, 0.0);
}

static void status_rejects(void **state)
{
    (void)state;
    check_status(LSA_ERR_READ, LSA_OK, NULL);
}

static void contains_rejects(void **state)
{
    (void)state;
    check_contains("covariance", "variant");
}

static void at_most_rejects(void **state)
{
    (void)state;
    check_at_most((double)NAN, 1.0);
}

/* Whether a group of one test fails; what it prints goes with the log. */
static int fails(CMUnitTestFunction test)
{
    const struct CMUnitTest tests[] = {{"expected to fail", test, NULL, NULL, NULL}};
    return cmocka_run_group_tests_name("expected to fail", tests, NULL, NULL);
}

/* Phi(5.31) = 1 - 1e-6 / 18. */
static void threshold(void **state)
{
    (void)state;
    check_close(lsa_zscore_threshold(9, 1e-6), 5.31, 0.0, 0.005);
}

static void estimate_of_a_mean(void **state)
{
    (void)state;
    enum { DRAWS = 1000 };
    const double exact[] = {0.5};
    const double wrong[] = {0.75};
    lsa_estimate estimate;
    lsa_estimate_init(&estimate, 1);
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROBE, 0);
    double sum = 0.0;
    for (int i = 0; i < DRAWS; ++i) {
        double draw;
        lsa_rng_uniforms(&rng, 1, &draw);
        lsa_estimate_add(&estimate, &draw);
        sum += draw;
    }
    check_close(estimate.mean[0], sum / DRAWS, 1e-13, 0.0);
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(1, 1e-6));
    check_at_least(lsa_zscore_max(&estimate, wrong), 20.0); /* 0.25 / (1/sqrt(12 DRAWS)) = 27 */
    lsa_estimate_clear(&estimate);
}

static void one_case(const lsa_case *c)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    const double *Lambda = lsa_case_input(c, "Lambda", d * d);
    const double N = lsa_case_number(c, "N");
    double *Gamma = calloc((size_t)(d * d), sizeof *Gamma);
    double trace = 0.0;
    for (ptrdiff_t i = 0; i < d; ++i)
        trace += Lambda[i + i * d];
    for (ptrdiff_t i = 0; i < d * d; ++i)
        Gamma[i] = (1.0 + 1.0 / N) * Lambda[i] + (i % (d + 1) == 0 ? trace / N : 0.0);
    lsa_case_check(c, "Gamma", Gamma, d * d);
    check_close(lsa_case_number_or(c, "no such field", -7.0), -7.0, 0.0, 0.0);
    free(Gamma);
}

static void cases_are_read(void **state)
{
    (void)state;
    lsa_cases_each("min", one_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes),
        cmocka_unit_test(threshold),
        cmocka_unit_test(estimate_of_a_mean),
        cmocka_unit_test(cases_are_read),
    };
    const CMUnitTestFunction rejecting[] = {close_rejects,  close_rejects_nan, matrix_rejects,
                                            status_rejects, contains_rejects,  at_most_rejects};
    int failures = 0;
    for (size_t i = 0; i < sizeof rejecting / sizeof *rejecting; ++i)
        failures += fails(rejecting[i]) != 1;
    return failures + cmocka_run_group_tests(tests, NULL, NULL);
}
