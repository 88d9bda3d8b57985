/* Streaming moments by hand, merges in any grouping, the schedule of looks, intervals of simple samples. */
#include "empirical/interval.h"
#include "check.h"
#include <math.h>

static const double sample[] = {1.0, 2.0, 4.0, 9.0, -3.0, 0.5, 7.0};

enum { COUNT = sizeof sample / sizeof sample[0] };

/* Two-pass formulas. */
static lsa_moments two_pass(int n)
{
    lsa_moments m = {0};
    for (int i = 0; i < n; i++)
        m.mean += sample[i] / n;
    for (int i = 0; i < n; i++) {
        m.m2 += pow(sample[i] - m.mean, 2.0);
        m.m3 += pow(sample[i] - m.mean, 3.0);
    }
    return m;
}

static lsa_moments streamed(int from, int to)
{
    lsa_moments m = {0};
    for (int i = from; i < to; i++)
        lsa_moments_add(1, &m, i - from + 1, &sample[i]);
    return m;
}

static void check_moments(lsa_moments got, lsa_moments want)
{
    check_close(got.mean, want.mean, 1e-14, 0.0);
    check_close(got.m2, want.m2, 1e-14, 0.0);
    check_close(got.m3, want.m3, 1e-13, 0.0);
}

static void streaming(void **state)
{
    (void)state;
    check_moments(streamed(0, COUNT), two_pass(COUNT));
    for (int cut = 0; cut <= COUNT; cut++) {
        lsa_moments left = streamed(0, cut);
        const lsa_moments right = streamed(cut, COUNT);
        lsa_moments_merge(1, &left, cut, &right, COUNT - cut);
        check_moments(left, two_pass(COUNT));
    }
}

/* A large common offset must not cost digits of the spread. */
static void offset(void **state)
{
    (void)state;
    lsa_moments m = {0};
    for (int i = 0; i < COUNT; i++) {
        const double x = sample[i] + 1e8;
        lsa_moments_add(1, &m, i + 1, &x);
    }
    check_close(m.m2, two_pass(COUNT).m2, 1e-7, 0.0);
}

/* 0 and 1 equally often: mean 1/2, standard error 1/(2 sqrt(n - 1)), no skewness. */
static void plain_interval(void **state)
{
    (void)state;
    enum { N = 10000 };
    lsa_moments m = {0};
    for (int i = 0; i < N; i++) {
        const double x = i % 2;
        lsa_moments_add(1, &m, i + 1, &x);
    }
    const lsa_sample_estimate e = lsa_interval(&m, N, 0.05);
    check_close(e.mean, 0.5, 1e-14, 0.0);
    check_close(e.standard_error, 0.5 / sqrt(N - 1.0), 1e-12, 0.0);
    check_close(e.skewness, 0.0, 0.0, 1e-12);
    check_close(e.half_width, 1.959963984540054 * e.standard_error, 1e-9, 0.0);
    assert_true(lsa_interval_attains(&e, N, 0.05) <= 0.02 && lsa_interval_attains(&e, N, 0.05) > 0.019);
}

/* Skewness 2 (an exponential's), n = 10^4, z = 3: the half-width grows by 2 (2 * 9 + 1) / (6 * 100). */
static void skew_widens(void **state)
{
    (void)state;
    const double n = 1e4, alpha = 0.0026997960632601866; /* z = 3 */
    const lsa_moments m = {1.0, n, 2.0 * n};
    const lsa_sample_estimate e = lsa_interval(&m, n, alpha);
    check_close(e.skewness, 2.0, 1e-12, 0.0);
    check_close(e.half_width / e.standard_error, 3.0 + 38.0 / 600.0, 1e-9, 0.0);
    const lsa_moments wild = {1.0, n, 200.0 * n}; /* 200: no expansion holds, however wide the target */
    const lsa_sample_estimate f = lsa_interval(&wild, n, alpha);
    assert_true(isinf(lsa_interval_attains(&f, n, alpha)));
}

static void few_observations(void **state)
{
    (void)state;
    const lsa_moments one = {3.0, 0.0, 0.0}, constant = {3.0, 0.0, 0.0}, two = {0.0, 2.0, 0.0};
    assert_true(isinf(lsa_interval(&one, 1.0, 0.05).half_width));
    assert_true(lsa_interval(&constant, 5.0, 0.05).half_width == 0.0);
    /* -1, 1: standard error 1, t_1 quantile 12.706 */
    check_close(lsa_interval(&two, 2.0, 0.05).half_width, 12.7062047361747, 1e-9, 0.0);
}

static void schedule(void **state)
{
    (void)state;
    assert_true(lsa_looks(1) == 1 && lsa_looks(16384) == 1 && lsa_looks(16385) == 2 && lsa_looks(32768) == 2);
    assert_true(lsa_looks(2000000) == 8);
    assert_true(lsa_look_prompts(0, 100) == 100 && lsa_look_prompts(0, 2000000) == 16384);
    assert_true(lsa_look_prompts(6, 2000000) == 1048576 && lsa_look_prompts(7, 2000000) == 2000000);
    assert_true(lsa_look_prompts(lsa_looks(PTRDIFF_MAX) - 1, PTRDIFF_MAX) == PTRDIFF_MAX);
    for (int k = 0; k + 1 < lsa_looks(2000000); k++) /* chunks of 256 never straddle a look */
        assert_true(lsa_look_prompts(k, 2000000) % 256 == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streaming),   cmocka_unit_test(offset),           cmocka_unit_test(plain_interval),
        cmocka_unit_test(skew_widens), cmocka_unit_test(few_observations), cmocka_unit_test(schedule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
