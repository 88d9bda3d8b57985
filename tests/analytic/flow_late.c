/* Runs far from the usual: samples after the automatic stop, starts with one block zero beside a large one, tiny starts. */
#include "flowing.h"

/* What was asked of samples: rtol 1e-8, atol 1e-10 (the run's own rtol is 1e-10). */
static void check_sample(double got, double want)
{
    check_close(got, want, 1e-8, 1e-10);
}

/* The layer with separate K and Q: slow modes still move when the relative gap is below 1e-14, and without a form the gap
 * ends at rounding. Values from a Runge-Kutta method of order 8 at 1e-13. */
static void test_times_after_the_stop_without_a_form(void **state)
{
    (void)state;
    const double times[] = {80.0, 100.0};
    const double omega[4] = {0.8495250057780482, 0.335834439737291, 0.335834439737291, 0.25047499422195174}, u = 0.4;
    const double K[4] = {-0.17891085353123662, 0.06738570760472824, -0.09637317578585866, 0.17260481655234267};
    const double Q[4] = {-0.3747291027286628, -0.001324269786590246, -0.5190040353817565, 0.3640691475858245};
    lsa_flowing f;
    flowing_init(&f, "separate", 2, 1e6, 1, 2);
    f.setting.experiment.training.task_covariance = fixture_matrix(&f.setting, 2, omega);
    flowing_make(&f);
    flowing_set(&f, "u", &u);
    flowing_set(&f, "K", K);
    flowing_set(&f, "Q", Q);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    f.options.minimum = lsa_trajectory_polished(f.trajectory).loss;
    f.options.times = times;
    f.options.n_times = 2;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_GAP);
    check_sample(flowing_get(&f, lsa_trajectory_sample(f.trajectory, 0), "K")[3], 0.856162678624);
    check_sample(flowing_get(&f, lsa_trajectory_sample(f.trajectory, 1), "K")[3], 0.856162681688);
    flowing_clear(&f);
}

/* The merged layer of Lambda = diag(1, 1/2), N = 10, started at (u, U). */
static void start_large(lsa_flowing *f, double u, double U, const double *times, ptrdiff_t n)
{
    const double spectrum[2] = {1.0, 0.5}, start[4] = {U, 0.0, 0.0, U};
    flowing_merged(f, 2, 10.0, spectrum, 0);
    flowing_set(f, "u", &u);
    flowing_set(f, "U", start);
    f->options.times = times;
    f->options.n_times = n;
}

/* While u = 1000 stands still each entry of U relaxes by itself, U_i = V_i/u (1 - exp(-H_ii u^2 t)), V_i = 1/gamma_i. */
static void test_zero_matrix_beside_a_large_scalar(void **state)
{
    (void)state;
    const lsa_method methods[] = {LSA_METHOD_REDUCED, LSA_METHOD_ARROWHEAD, LSA_METHOD_KRYLOV, LSA_METHOD_DENSE};
    const double times[] = {1e-9, 1e-8, 1e-6};
    const double u = 1000.0, lambda[2] = {1.0, 0.5}, trace = 1.5, N = 10.0;
    lsa_flowing f;
    start_large(&f, u, 0.0, times, 3);
    for (int m = 0; m < 4; m++) {
        f.options.method = methods[m];
        f.options.may_reduce = methods[m] == LSA_METHOD_REDUCED;
        check_status(flowing_run(&f), LSA_OK, &f.err);
        for (ptrdiff_t k = 0; k < 3; k++) {
            const double *U = flowing_get(&f, lsa_trajectory_sample(f.trajectory, k), "U");
            for (ptrdiff_t i = 0; i < 2; i++) {
                const double gamma = (1.0 + 1.0 / N) * lambda[i] + trace / N, h = gamma * lambda[i] * lambda[i];
                check_close(U[3 * i], -expm1(-h * u * u * times[k]) / (gamma * u), 1e-8, 0.0);
            }
        }
        check_close(lsa_trajectory_sample(f.trajectory, 0).loss, 0.74893876, 2e-8, 0.0);
        check_close(lsa_trajectory_sample(f.trajectory, 1).loss, 0.73950006, 2e-8, 0.0);
    }
    flowing_clear(&f);
}

/* While U = 100 I stands still, u = <B, U>/<U, H o U> (1 - exp(-<U, H o U> t)). */
static void test_zero_scalar_beside_a_large_matrix(void **state)
{
    (void)state;
    const double times[] = {1e-7, 1e-6, 1e-5}, lambda[2] = {1.0, 0.5}, trace = 1.5, N = 10.0, U = 100.0;
    double B = 0.0, H = 0.0;
    for (ptrdiff_t i = 0; i < 2; i++) {
        B += U * lambda[i] * lambda[i];
        H += U * U * lambda[i] * lambda[i] * ((1.0 + 1.0 / N) * lambda[i] + trace / N);
    }
    lsa_flowing f;
    start_large(&f, 0.0, U, times, 3);
    for (int reduce = 0; reduce < 2; reduce++) {
        f.options.may_reduce = reduce == 1;
        check_status(flowing_run(&f), LSA_OK, &f.err);
        for (ptrdiff_t k = 0; k < 3; k++)
            check_close(*flowing_get(&f, lsa_trajectory_sample(f.trajectory, k), "u"), -expm1(-H * times[k]) * B / H,
                        2e-8, 0.0); /* U moves by 1e-8 of itself meanwhile */
    }
    flowing_clear(&f);
}

/* <B, U> = 0 to rounding alone: the scale of u may not follow that rounding down. */
static void test_zero_scalar_without_a_force(void **state)
{
    (void)state;
    const double lambda[2] = {0.7, 0.3}, zero = 0.0, U[4] = {0.3 * 0.3, 0.0, 0.0, -0.7 * 0.7};
    lsa_flowing f;
    flowing_merged(&f, 2, 10.0, lambda, 9);
    flowing_set(&f, "u", &zero);
    flowing_set(&f, "U", U);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    check_at_most((double)lsa_trajectory_stats(f.trajectory).steps, 5000.0);
    flowing_clear(&f);
}

/* Squares of the start underflow, and their rounding once misled the projection on the invariants: a million steps. */
static void test_start_whose_squares_underflow(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_init(&f, "full", 3, 10.0, 1, 1);
    flowing_make(&f);
    flowing_start_identity(&f, 1e-160);
    f.options.max_steps = 100000;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).negative, 0);
    flowing_clear(&f);
}

/* A start that is not zero, but whose tolerances are. */
static void test_start_that_underflows(void **state)
{
    (void)state;
    const double ones[3] = {1.0, 1.0, 1.0};
    lsa_flowing f;
    flowing_merged(&f, 3, 10.0, ones, 0);
    flowing_start_identity(&f, 1e-300);
    assert_int_equal(flowing_run(&f), LSA_ERR_DOMAIN);
    assert_non_null(strstr(f.err.text, "the start underflows: u starts at 1e-300"));
    flowing_start_identity(&f, 1e-295);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_after_the_stop_without_a_form),
        cmocka_unit_test(test_zero_matrix_beside_a_large_scalar),
        cmocka_unit_test(test_zero_scalar_beside_a_large_matrix),
        cmocka_unit_test(test_zero_scalar_without_a_force),
        cmocka_unit_test(test_start_whose_squares_underflow),
        cmocka_unit_test(test_start_that_underflows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
