/* Exponentials and Chebyshev moments in vectors against the C library and closed forms, in extended precision. */
#include "base/simd_series.h"
#include "check.h"
#include <float.h>
#include <math.h>

static void test_exp_is_within_a_unit(void **state)
{
    (void)state;
    enum { COUNT = 7001 };
    double x[COUNT], got[COUNT], worst = 0.0;
    for (int k = 0; k < COUNT; k++)
        x[k] = -699.9 + 1399.9 * (double)k / (COUNT - 1) * (k % 3 == 0 ? 1.0 : 0.5);
    lsa_simd_exp(COUNT, x, got);
    for (int k = 0; k < COUNT; k++) {
        const long double want = expl((long double)x[k]);
        worst = fmax(worst, (double)fabsl((got[k] - want) / want));
    }
    print_message("worst relative error of exp: %.3g\n", worst);
    check_at_most(worst, DBL_EPSILON);
    lsa_simd_exp(COUNT, x, x); /* in place */
    check_vector_close(COUNT, x, got, 0.0, 0.0);
}

static void test_exp_at_the_ends(void **state)
{
    (void)state;
    const double x[] = {0.0, -0.0, -1e-300, 1.0, -700.0, -745.0, -1e300, -INFINITY};
    const double want[] = {1.0, 1.0, 1.0, 0x1.5bf0a8b145769p+1, 0.0, 0.0, 0.0, 0.0};
    double got[8];
    lsa_simd_exp(8, x, got);
    check_vector_close(8, got, want, DBL_EPSILON, 0.0);
}

/* Sums over rates from 1e-3 to 1e3, the fast ones gone. */
static void test_exp_sums(void **state)
{
    (void)state;
    enum { COUNT = 64 };
    double a[COUNT], w[COUNT], got[3];
    long double want[3] = {0.0L};
    for (int k = 0; k < COUNT; k++) {
        a[k] = pow(10.0, 6.0 * k / (COUNT - 1) - 3.0);
        w[k] = 1.0 + k % 5;
        for (int p = 0; p < 3; p++)
            want[p] += (long double)w[k] * powl((long double)a[k], p) * expl(-2.0L * (long double)a[k]);
    }
    lsa_simd_exp_sums(COUNT, -2.0, a, w, got);
    for (int p = 0; p < 3; p++)
        check_close(got[p], (double)want[p], 10.0 * DBL_EPSILON, 0.0);
}

/* T_m(cos t) = cos(m t). */
static void test_moments(void **state)
{
    (void)state;
    enum { COUNT = 6 * LSA_CHEBYSHEV_LANES };
    double x[COUNT], w[COUNT], moments[LSA_CHEBYSHEV][LSA_CHEBYSHEV_LANES] = {{0.0}};
    for (int k = 0; k < COUNT; k++) {
        x[k] = cos(0.3 + 0.05 * k);
        w[k] = 1.0 / (1.0 + k);
    }
    lsa_simd_chebyshev(COUNT, x, w, moments[0]);
    for (int m = 0; m < LSA_CHEBYSHEV; m++) {
        double want = 0.0, got = 0.0;
        for (int l = 0; l < LSA_CHEBYSHEV_LANES; l++)
            got += moments[m][l];
        for (int k = 0; k < COUNT; k++)
            want += w[k] * cos(m * acos(x[k]));
        check_close(got, want, 0.0, 1e-13); /* acos and the recurrence lose m^2 eps */
    }
}

/* sum c_m T_m(cos t) = sum c_m cos(m t). */
static void test_series(void **state)
{
    (void)state;
    enum { COUNT = 37 };
    double x[COUNT], c[LSA_CHEBYSHEV], got[COUNT];
    for (int m = 0; m < LSA_CHEBYSHEV; m++)
        c[m] = m % 2 == 0 ? 1.0 / (1.0 + m) : -0.3;
    for (int k = 0; k < COUNT; k++)
        x[k] = cos(0.05 + 0.08 * k);
    lsa_simd_chebyshev_series(COUNT, x, c, got);
    for (int k = 0; k < COUNT; k++) {
        double want = 0.0;
        for (int m = 0; m < LSA_CHEBYSHEV; m++)
            want += c[m] * cos(m * acos(x[k]));
        check_close(got[k], want, 0.0, 1e-13);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp_is_within_a_unit),
        cmocka_unit_test(test_exp_at_the_ends),
        cmocka_unit_test(test_exp_sums),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
