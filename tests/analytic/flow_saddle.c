/* Paths that come close to saddles, pass them, or end in one.
 *
 * The saddle at zero: the merged layer with d = 1, N = 1, Lambda = 1, whose rate is
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

/* Heads of rank one over a spectrum; rotation: of the law, 0: none. */
static void start_heads(lsa_flowing *f, ptrdiff_t d, const double *spectrum, ptrdiff_t heads, uint64_t rotation)
{
    flowing_init(f, "multihead-separate", d, 31.0, heads, 1);
    f->setting.experiment.training.covariance = fixture_diagonal(&f->setting, d, spectrum);
    if (rotation != 0) {
        double *Q = fixture_numbers(&f->setting, d * d), *matrix = fixture_numbers(&f->setting, d * d);
        check_status(lsa_mat_haar(d, rotation, Q, &f->err), LSA_OK, &f->err);
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i <= j; i++) {
                for (ptrdiff_t l = 0; l < d; l++)
                    matrix[i + j * d] += Q[i + l * d] * spectrum[l] * Q[j + l * d];
                matrix[j + i * d] = matrix[i + j * d];
            }
        f->setting.experiment.training.covariance = fixture_matrix(&f->setting, d, matrix);
    }
    flowing_make(f);
}

/* The loss with the first `learned` modes learned, 2501.16265 (19). */
static double saddle_loss(ptrdiff_t d, const double *spectrum, double N, ptrdiff_t learned)
{
    double trace = 0.0, gain = 0.0;
    for (ptrdiff_t i = 0; i < d; i++)
        trace += spectrum[i];
    for (ptrdiff_t i = 0; i < learned; i++)
        gain += spectrum[i] / (1.0 + (1.0 + trace / spectrum[i]) / N);
    return 0.5 * (trace - gain);
}

/* The path passes every saddle in turn and ends at the minimum, however small the start: the time to the end grows as 1/scale,
 * the steps by a few hundred a decade. */
static void check_plateaus(uint64_t rotation, double scale)
{
    enum { D = 4 };
    static const double spectrum[D] = {0.4, 0.3, 0.2, 0.1};
    lsa_flowing f;
    ptrdiff_t found = 0;
    start_heads(&f, D, spectrum, 5, rotation);
    flowing_start_gaussian(&f, scale, 1);
    f.options.minimum = saddle_loss(D, spectrum, 31.0, D);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    print_message("rotation %d, scale %.3g: %td steps to time %.6g\n", (int)rotation, scale,
                  lsa_trajectory_stats(f.trajectory).steps, lsa_trajectory_raw(f.trajectory).time);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    assert_null(lsa_trajectory_kind_reason(f.trajectory));
    check_at_most((double)lsa_trajectory_stats(f.trajectory).steps, 20000.0);
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(f.trajectory); k++) {
        const lsa_event event = lsa_trajectory_event(f.trajectory, k);
        if (strncmp(event.name, "plateau", 7) == 0)
            check_close(event.saddle, saddle_loss(D, spectrum, 31.0, found++), 0.0, 1e-12);
    }
    assert_int_equal(found, D);
    flowing_clear(&f);
}

static void test_every_saddle_is_passed(void **state)
{
    (void)state;
    const double scales[] = {1e-5, 1e-6, 1e-8, 1e-10};
    for (int k = 0; k < 4; k++) {
        check_plateaus(0, scales[k]);
        check_plateaus(3, scales[k]);
    }
}

/* A mode of the rate 1e-10, some 1e10 times slower than the first, is learned at 1e10 times its time: no minimum before. */
static void test_a_slow_mode_is_learned(void **state)
{
    (void)state;
    static const double spectrum[2] = {1.0, 1e-5};
    const double scales[] = {4e-5, 1e-8};
    for (int k = 0; k < 2; k++) {
        lsa_flowing f;
        start_heads(&f, 2, spectrum, 2, 0);
        flowing_start_gaussian(&f, scales[k], 3);
        f.options.minimum = saddle_loss(2, spectrum, 31.0, 2);
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const double time = lsa_trajectory_raw(f.trajectory).time;
        print_message("scale %.3g: time %.3g, %td steps\n", scales[k], time, lsa_trajectory_stats(f.trajectory).steps);
        assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
        check_at_least(time * scales[k], 1e8);
        flowing_clear(&f);
    }
}

/* Keys and queries with exact zeros where the second mode is: the path ends at the saddle with the first, and says how it is
 * certain. With 1e-30 there it goes on. */
static void test_the_stable_set_of_a_saddle(void **state)
{
    (void)state;
    static const double spectrum[2] = {0.4, 0.1}, u = 0.01;
    const double off[] = {0.0, 1e-30};
    for (int k = 0; k < 2; k++) {
        const double K[2] = {0.01, off[k]}, Q[2] = {0.02, off[k]};
        lsa_flowing f;
        start_heads(&f, 2, spectrum, 2, 0);
        flowing_set(&f, "u", &u);
        flowing_set(&f, "K", K);
        flowing_set(&f, "Q", Q);
        const lsa_block *second = flowing_block(&f, "u", 1), *key = flowing_block(&f, "K", 1);
        f.start[second->offset] = 0.01;
        f.start[key->offset] = 0.01;
        f.start[flowing_block(&f, "Q", 1)->offset] = 0.01;
        f.options.minimum = saddle_loss(2, spectrum, 31.0, 2);
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const lsa_classification end = lsa_trajectory_classification(f.trajectory);
        if (off[k] > 0.0) {
            assert_int_equal(end.kind, LSA_KIND_GLOBAL_MINIMUM);
        } else {
            assert_int_equal(end.kind, LSA_KIND_SADDLE);
            check_close(lsa_trajectory_final(f.trajectory).loss, saddle_loss(2, spectrum, 31.0, 1), 1e-12, 0.0);
            assert_non_null(strstr(lsa_trajectory_kind_reason(f.trajectory), "exactly 0"));
            check_at_least((double)end.negative, 1.0);
            assert_int_equal(end.n_rates, end.negative);
            check_at_most(end.rates[0], -1e-6);
            assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_GRADIENT);
        }
        flowing_clear(&f);
    }
}

/* `final` and its kind, by how near the minimum the asked gap is: the raw end above 1e-8 of L(0) - L*, else the polished one;
 * by every method, and of a minimum whose value nobody knows. */
static void check_final(const char *statement, double gap)
{
    enum { D = 3 };
    static const double spectrum[D] = {2.0, 1.0, 0.5};
    lsa_flowing f;
    flowing_init(&f, statement, D, 20.0, 1, D);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, D, spectrum);
    flowing_make(&f);
    flowing_start_gaussian(&f, 0.3, 2);
    f.options.minimum = saddle_loss(D, spectrum, 20.0, D);
    f.options.stop.gap = gap;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const lsa_classification end = lsa_trajectory_classification(f.trajectory);
    const lsa_sample point = lsa_trajectory_final(f.trajectory), raw = lsa_trajectory_raw(f.trajectory);
    check_close(end.excess, point.loss - f.options.minimum, 1e-9, 1e-14);
    if (gap > 1e-8) {
        assert_int_equal(end.kind, LSA_KIND_NOT_STATIONARY);
        assert_ptr_equal(point.state, raw.state);
        check_close(point.gap, gap, 1e-6, 0.0);
        assert_non_null(lsa_trajectory_kind_reason(f.trajectory));
    } else {
        assert_int_equal(end.kind, LSA_KIND_GLOBAL_MINIMUM);
        assert_ptr_equal(point.state, lsa_trajectory_polished(f.trajectory).state);
        check_at_most(fabs(point.gap), 1e-14);
    }
    flowing_clear(&f);
}

static void test_final_has_one_rule(void **state)
{
    (void)state;
    const double gaps[] = {0.1, 1e-3, 1e-6, 1e-9, 1e-12};
    for (int k = 0; k < 5; k++) {
        check_final("merged", gaps[k]);
        check_final("separate", gaps[k]);
    }
}

static void test_a_minimum_of_unknown_rank(void **state)
{
    (void)state;
    static const double spectrum[2] = {1.0, 0.5};
    lsa_flowing f;
    start_heads(&f, 2, spectrum, 2, 0);
    flowing_start_gaussian(&f, 0.3, 5);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_MINIMUM);
    assert_non_null(strstr(lsa_trajectory_kind_reason(f.trajectory), "not known"));
    check_close(lsa_trajectory_final(f.trajectory).loss, saddle_loss(2, spectrum, 31.0, 2), 1e-12, 0.0);
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_saddle_is_passed),     cmocka_unit_test(test_a_slow_mode_is_learned),
        cmocka_unit_test(test_the_stable_set_of_a_saddle), cmocka_unit_test(test_final_has_one_rule),
        cmocka_unit_test(test_a_minimum_of_unknown_rank),  cmocka_unit_test(test_balanced_path_ends_in_the_saddle),
        cmocka_unit_test(test_unbalanced_path_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
