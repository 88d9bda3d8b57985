/* Trajectories with a closed form: the isotropic flow (W10), the action, the off-diagonal law. */
#include "flowing.h"

/* Lambda = lambda I, Theta Theta' = I/sqrt d:  u^2(t) = (sqrt d/gamma) / (1 + (sqrt d/(gamma sigma^2) - 1) e^{-2 sqrt d
 * lambda^2 t}),  U = (u/sqrt d) I,  gamma = lambda (1 + (d + 1)/N). */
typedef struct logistic {
    ptrdiff_t d;
    double lambda, gamma, sigma;
} logistic;

static double rate(const logistic *l)
{
    return 2.0 * sqrt((double)l->d) * l->lambda * l->lambda;
}

static double u_at(const logistic *l, double t)
{
    const double limit = sqrt((double)l->d) / l->gamma;
    return sqrt(limit / (1.0 + (limit / (l->sigma * l->sigma) - 1.0) * exp(-rate(l) * t)));
}

/* int_0^t u^2, from the logistic function's own integral. */
static double action_at(const logistic *l, double t)
{
    const double limit = sqrt((double)l->d) / l->gamma;
    return limit / rate(l) * log1p(l->sigma * l->sigma / limit * expm1(rate(l) * t));
}

static logistic isotropic(lsa_flowing *f, ptrdiff_t d, double lambda, double sigma)
{
    double spectrum[32];
    const double N = 7.0;
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = lambda;
    flowing_merged(f, d, N, spectrum, 0);
    flowing_start_identity(f, sigma);
    return (logistic){.d = d, .lambda = lambda, .gamma = lambda * (1.0 + (1.0 + (double)d) / N), .sigma = sigma};
}

/* Largest error of u and of the entries of U over all samples, over the final u. */
static double path_error(const lsa_flowing *f, const logistic *l)
{
    double worst = 0.0;
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(f->trajectory); k++) {
        const lsa_sample s = lsa_trajectory_sample(f->trajectory, k);
        const double *U = flowing_get(f, s, "U"), u = u_at(l, s.time);
        worst = fmax(worst, fabs(*flowing_get(f, s, "u") - u));
        for (ptrdiff_t i = 0; i < l->d * l->d; i++)
            worst = fmax(worst, fabs(U[i] - (i % (l->d + 1) == 0 ? u / sqrt((double)l->d) : 0.0)));
    }
    return worst / u_at(l, 1e300);
}

/* Of the action s where it matters, as gamma lambda^2 s in the exponent: relative to s plus that unit. */
static double action_error(const lsa_flowing *f, const logistic *l)
{
    const double unit = 1.0 / (l->gamma * l->lambda * l->lambda);
    double worst = 0.0;
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(f->trajectory); k++) {
        const double s = action_at(l, lsa_trajectory_sample(f->trajectory, k).time);
        worst = fmax(worst, fabs(lsa_trajectory_action(f->trajectory, k) - s) / (s + unit));
    }
    return worst;
}

/* `allowed` multiples of rtol at 1e-6 .. 1e-10; five times that at 1e-12, where rounding joins. */
static void check_accuracy(ptrdiff_t d, double lambda, double sigma, double allowed)
{
    const double rtols[] = {1e-6, 1e-8, 1e-10, 1e-12};
    lsa_flowing f;
    const logistic l = isotropic(&f, d, lambda, sigma);
    for (int k = 0; k < 4; k++) {
        f.options.rtol = rtols[k];
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const double error = path_error(&f, &l), bound = (k < 3 ? allowed : 5.0 * allowed) * rtols[k];
        print_message("d %td lambda %g sigma %g rtol %g: error %.2f rtol, action %.2f rtol, %td steps\n", d, lambda,
                      sigma, rtols[k], error / rtols[k], action_error(&f, &l) / rtols[k],
                      lsa_trajectory_stats(f.trajectory).steps);
        check_at_most(error, bound);
        check_at_most(action_error(&f, &l), bound);
        assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_GAP);
    }
    flowing_clear(&f);
}

static void test_isotropic_path(void **state)
{
    (void)state;
    check_accuracy(4, 1.0, 0.1, 10.0);
    check_accuracy(1, 0.8, 0.1, 10.0);
    check_accuracy(12, 3.0, 0.02, 10.0);
}

/* Near the saddle errors of the start grow for ln(1/sigma) = 18 e-folds before the fall turns them into time: one
 * decade more is allowed. A start of 1e-8 is not taken for its end, though its gradient is 1e-8. */
static void test_start_near_the_saddle(void **state)
{
    (void)state;
    check_accuracy(4, 1.0, 1e-8, 100.0);
}

/* The check above can fail: a coarse run misses the fine bound by far. */
static void test_error_follows_the_tolerance(void **state)
{
    (void)state;
    lsa_flowing f;
    const logistic l = isotropic(&f, 4, 1.0, 0.1);
    f.options.rtol = 1e-3;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    check_at_least(path_error(&f, &l), 1e-6);
    flowing_clear(&f);
}

static void test_asked_times_are_met_exactly(void **state)
{
    (void)state;
    const double times[] = {0.0, 0.25, 1.0, 2.0, 3.0, 20.0, 1e4};
    lsa_flowing f;
    const logistic l = isotropic(&f, 4, 0.8, 0.05);
    f.options.times = times;
    f.options.n_times = 7;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_count(f.trajectory), 7);
    for (ptrdiff_t k = 0; k < 7; k++) {
        const lsa_sample s = lsa_trajectory_sample(f.trajectory, k);
        check_close(s.time, times[k], 0.0, 0.0);
        check_close(*flowing_get(&f, s, "u"), u_at(&l, times[k]), 1e-9, 0.0);
    }
    /* Golden values of u^2 at t = 0, 1, 2, 3. */
    check_close(pow(*flowing_get(&f, lsa_trajectory_sample(f.trajectory, 2), "u"), 2.0), 0.0316910990005166, 2e-9, 0.0);
    check_close(pow(*flowing_get(&f, lsa_trajectory_sample(f.trajectory, 4), "u"), 2.0), 1.14917766936897, 2e-9, 0.0);
    flowing_clear(&f);
}

/* U_ij(t) = U_ij(0) exp(-gamma_i lambda_i lambda_j s(t)), i /= j, exactly (W3). */
static void test_off_diagonal_law(void **state)
{
    (void)state;
    const double lambda[4] = {2.0, 1.0, 0.6, 0.1}, N = 9.0, trace = 3.7;
    lsa_flowing f;
    flowing_merged(&f, 4, N, lambda, 0);
    flowing_start_random(&f, 0.2, 5);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const double *start = f.start + flowing_block(&f, "U", 0)->offset;
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(f.trajectory); k++) {
        const double *U = flowing_get(&f, lsa_trajectory_sample(f.trajectory, k), "U");
        const double s = lsa_trajectory_action(f.trajectory, k);
        for (ptrdiff_t j = 0; j < 4; j++)
            for (ptrdiff_t i = 0; i < 4; i++) {
                const double h = ((1.0 + 1.0 / N) * lambda[i] + trace / N) * lambda[i] * lambda[j];
                if (i != j) /* absolute, against the start: entries are followed down to rtol of it */
                    check_close(U[i + 4 * j], start[i + 4 * j] * exp(-h * s), 0.0, 10.0 * 1e-10 * 0.2);
            }
    }
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_isotropic_path),
        cmocka_unit_test(test_start_near_the_saddle),
        cmocka_unit_test(test_error_follows_the_tolerance),
        cmocka_unit_test(test_asked_times_are_met_exactly),
        cmocka_unit_test(test_off_diagonal_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
