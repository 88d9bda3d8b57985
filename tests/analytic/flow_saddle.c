/* Paths that come close to the saddle at zero, or end in it: the merged layer with d = 1, N = 1, Lambda = 1, whose rate is
 * h = (1 + 2/N) = 3:  du = U (1 - 3uU), dU = u (1 - 3uU), C = u^2 - U^2 conserved. */
#include "flowing.h"

enum { TIMES = 13 };
static const double times[TIMES] = {0.0, 1.0, 5.0, 8.0, 10.0, 12.0, 15.0, 18.0, 21.0, 25.0, 28.0, 32.0, 60.0};
static const double U0 = -0.3;

typedef struct pair {
    double u, U;
} pair;

/* U = -u for ever: u^2 = 1/((1/u0^2 + 3) e^{2t} - 3). */
static pair balanced(double t)
{
    const double u = sqrt(1.0 / ((1.0 / (U0 * U0) + 3.0) * exp(2.0 * t) - 3.0));
    return (pair){.u = u, .U = -u};
}

/* C > 0: u = sqrt(C)/2 (r + 1/r), U = sqrt(C)/2 (r - 1/r), x = r^2 obeys dx/dt = 2 (x - c (x^2 - 1)), c = 3C/4, with the
 * fixed points x+, x-. gap: u - |U| at the start. */
static pair unbalanced(double gap, double t)
{
    const double C = gap * (gap - 2.0 * U0), c = 0.75 * C, s = sqrt(1.0 + 4.0 * c * c);
    const double above = (1.0 + s) / (2.0 * c), below = -2.0 * c / (1.0 + s), x0 = gap / (gap - 2.0 * U0);
    const double R = exp(2.0 * s * t) * (x0 - below) / (above - x0), r = sqrt((below + R * above) / (1.0 + R));
    return (pair){.u = 0.5 * sqrt(C) * (r + 1.0 / r), .U = 0.5 * sqrt(C) * (r - 1.0 / r)};
}

static void start(lsa_flowing *f, const char *statement, double u)
{
    flowing_init(f, statement, 1, 1.0, 1, 1);
    flowing_make(f);
    flowing_set(f, "u", &u);
    flowing_set(f, "U", &U0);
    f->options.times = times;
    f->options.n_times = TIMES;
    f->options.minimum = 0.5 - 1.0 / 6.0; /* for `full`, with px = k = 0; 1/2 (1 - V B) with V = 1/3 */
}

/* The largest error of a sample over the size of the start. */
static double path_error(const lsa_flowing *f, double gap)
{
    double worst = 0.0;
    for (ptrdiff_t k = 0; k < TIMES; k++) {
        const lsa_sample s = lsa_trajectory_sample(f->trajectory, k);
        const pair want = gap > 0.0 ? unbalanced(gap, s.time) : balanced(s.time);
        const double error = fmax(fabs(*flowing_get(f, s, "u") - want.u), fabs(*flowing_get(f, s, "U") - want.U));
        worst = fmax(worst, error / fabs(U0));
    }
    return worst;
}

/* Exactly balanced: the samples go on shrinking, to 1e-8 of the start and below. */
static void test_balanced_path_ends_in_the_saddle(void **state)
{
    (void)state;
    const lsa_method methods[] = {LSA_METHOD_REDUCED, LSA_METHOD_ARROWHEAD, LSA_METHOD_KRYLOV, LSA_METHOD_DENSE};
    lsa_flowing f;
    start(&f, "merged", -U0);
    for (int m = 0; m < 4; m++) {
        f.options.method = methods[m];
        check_status(flowing_run(&f), LSA_OK, &f.err);
        print_message("method %d: error %.2g of the start\n", m, path_error(&f, 0.0));
        check_at_most(path_error(&f, 0.0), 1e-9);
        assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_SADDLE);
        check_close(*flowing_get(&f, lsa_trajectory_sample(f.trajectory, 6), "u"), balanced(15.0).u, 1e-8, 0.0);
    }
    flowing_clear(&f);
}

/* However little a start is off balance, it escapes, and when is decided by C alone. The time by which an error in C of
 * 1e-16 u0^2 shifts the escape is that over 2 C. */
static void check_escape(const char *statement, double u)
{
    lsa_flowing f;
    const double gap = u + U0; /* exact */
    start(&f, statement, u);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    print_message("%s, gap %.3g: error %.2g of the start, %td steps\n", statement, gap, path_error(&f, gap),
                  lsa_trajectory_stats(f.trajectory).steps);
    check_at_most(path_error(&f, gap), 2e-8);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    check_close(lsa_trajectory_raw(f.trajectory).loss, f.options.minimum, 1e-12, 0.0);
    flowing_clear(&f);
}

static void test_unbalanced_path_escapes(void **state)
{
    (void)state;
    const char *const statements[] = {"merged", "full"};
    for (int k = 0; k < 2; k++) {
        check_escape(statements[k], 0.31);
        check_escape(statements[k], 0.3001);
        check_escape(statements[k], 0.3000001);
        check_escape(statements[k], 0.3000000001);
        check_escape(statements[k], 0.3000000000003);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_balanced_path_ends_in_the_saddle),
        cmocka_unit_test(test_unbalanced_path_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
