/* Quantiles and tails against tables, inverses and closed forms. */
#include "base/special.h"
#include "check.h"

#include <float.h>
#include <math.h>

static void normal_quantiles(void **state)
{
    (void)state;
    check_close(lsa_normal_upper_quantile(0.5), 0.0, 0.0, 1e-16);
    check_close(lsa_normal_upper_quantile(0.025), 1.9599639845400542, 1e-14, 0.0);
    check_close(lsa_normal_upper_quantile(0.975), -1.9599639845400542, 1e-14, 0.0);
    for (double p = 0.3; p > 1e-290; p *= 1e-5) /* the slope of log p is -z, so p loses z^2 ulps of z */
        check_close(lsa_normal_upper_tail(lsa_normal_upper_quantile(p)), p, 1e-11, 0.0);
    assert_true(isnan(lsa_normal_upper_quantile(1.5)) || isnan(lsa_normal_upper_quantile((double)NAN)));
}

/* nu = 1 is Cauchy, t = cot(pi p); nu = 2 has t = (1 - 2p) / sqrt(2 p (1 - p)). */
static void student_quantiles(void **state)
{
    (void)state;
    const double pi = acos(-1.0);
    for (double p = 0.4; p > 1e-7; p /= 10.0) {
        check_close(lsa_student_upper_quantile(p, 1.0), 1.0 / tan(pi * p), 1e-9, 0.0);
        check_close(lsa_student_upper_quantile(p, 2.0), (1.0 - 2.0 * p) / sqrt(2.0 * p * (1.0 - p)), 1e-9, 0.0);
    }
    check_close(lsa_student_upper_quantile(0.025, 1e8), lsa_normal_upper_quantile(0.025), 1e-7, 0.0);
}

/* k = 2 is exponential: P(X > x) = exp(-x/2). */
static void chi_square_tails(void **state)
{
    (void)state;
    for (double x = 0.1; x < 1000.0; x *= 3.0)
        check_close(lsa_chi_square_upper_tail(x, 2.0), exp(-x / 2.0), 1e-12, 0.0);
    check_close(lsa_chi_square_upper_tail(3.841458820694124, 1.0), 0.05, 1e-12, 0.0);
    check_close(lsa_chi_square_upper_tail(0.0, 3.0), 1.0, 0.0, 0.0);
}

/* k = n: low = (alpha/2)^(1/n); k = 0: high = 1 - (alpha/2)^(1/n). */
static void binomial_ends(void **state)
{
    (void)state;
    for (ptrdiff_t n = 1; n < 2000000; n *= 7)
        for (double level = 0.1; level > 1e-12; level /= 100.0) {
            double low, high;
            const double root = exp(log(level / 2.0) / (double)n);
            lsa_binomial_interval(n, n, level, &low, &high);
            check_close(low, root, 1e-13, 0.0);
            check_close(high, 1.0, 0.0, 0.0);
            lsa_binomial_interval(0, n, level, &low, &high);
            check_close(low, 0.0, 0.0, 0.0);
            check_close(high, 1.0 - root, 0.0, 1e-13);
        }
}

/* The sum of n choose j p^j (1-p)^(n-j) over j >= k. */
static double binomial_tail(int k, int n, double p)
{
    double sum = 0.0;
    for (int j = k; j <= n; ++j)
        sum += exp(lgamma(n + 1.0) - lgamma(j + 1.0) - lgamma(n - j + 1.0) + j * log(p) + (n - j) * log1p(-p));
    return sum;
}

/* The definition of the interval: at its ends k or more, k or fewer successes have probability alpha/2. */
static void binomial_bounds_have_their_level(void **state)
{
    (void)state;
    const double level = 1e-3;
    for (int n = 2; n < 600; n = 2 * n + 1)
        for (int k = 1; k < n; k += 1 + n / 9) {
            double low, high;
            lsa_binomial_interval(k, n, level, &low, &high);
            check_close(binomial_tail(k, n, low), level / 2.0, 1e-9, 0.0);
            check_close(binomial_tail(n - k, n, 1.0 - high), level / 2.0, 1e-9, 0.0);
        }
}

/* For many trials the interval nears the normal one, k/n +- z sqrt(p(1-p)/n), up to terms of order 1/n. */
static void binomial_interval_of_many_trials(void **state)
{
    (void)state;
    const double z = lsa_normal_upper_quantile(0.025);
    for (double n = 1e4; n < 2e8; n *= 100.0) {
        const double k = floor(0.3 * n);
        const double half = z * sqrt(0.3 * 0.7 / n);
        double low, high;
        lsa_binomial_interval((ptrdiff_t)k, (ptrdiff_t)n, 0.05, &low, &high);
        check_close(low, k / n - half, 0.0, 3.0 / n);
        check_close(high, k / n + half, 0.0, 3.0 / n);
    }
}

/* Q(2, x) = (1 + x) e^-x, and the ends. */
static void gamma_tails(void **state)
{
    (void)state;
    for (double x = 0.01; x < 100.0; x *= 3.0) {
        check_close(lsa_gamma_upper_tail(x, 1.0), exp(-x), 1e-13, 0.0);
        check_close(lsa_gamma_upper_tail(x, 2.0), (1.0 + x) * exp(-x), 1e-13, 0.0);
    }
    check_close(lsa_gamma_upper_tail(0.0, 0.5), 1.0, 0.0, 0.0);
    check_close(lsa_gamma_upper_tail(1e4, 0.5), 0.0, 0.0, 0.0);
}

static double power(double x, void *context)
{
    return pow(x, *(const double *)context);
}

static double bell(double x, void *context)
{
    (void)context;
    return exp(-x * x);
}

static double step(double x, void *context)
{
    return fmod(x * *(const double *)context, 1.0) < 0.5 ? 1.0 : -1.0;
}

/* Integrals known in closed form, one with a singular end; and one that asks for more than the method has. */
static void integrals(void **state)
{
    (void)state;
    const double exponents[3] = {-0.5, 0.3, 7.0};
    double value, exponent, jumps = 12345.678;
    for (int k = 0; k < 3; ++k) {
        exponent = exponents[k];
        check_status(lsa_quadrature(power, &exponent, 0.0, 2.0, 1e-11, &value, NULL), LSA_OK, NULL);
        check_close(value, pow(2.0, exponent + 1.0) / (exponent + 1.0), 1e-12, 0.0);
    }
    check_status(lsa_quadrature(bell, NULL, 0.0, (double)INFINITY, 1e-11, &value, NULL), LSA_OK, NULL);
    check_close(value, sqrt(acos(-1.0)) / 2.0, 1e-13, 0.0);
    check_status(lsa_quadrature(step, &jumps, 0.0, 1.0, 1e-11, &value, NULL), LSA_ERR_SOLVER, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_quantiles),
        cmocka_unit_test(student_quantiles),
        cmocka_unit_test(chi_square_tails),
        cmocka_unit_test(gamma_tails),
        cmocka_unit_test(integrals),
        cmocka_unit_test(binomial_ends),
        cmocka_unit_test(binomial_bounds_have_their_level),
        cmocka_unit_test(binomial_interval_of_many_trials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
