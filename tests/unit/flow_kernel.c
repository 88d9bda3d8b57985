/* Compressed exponential sums against the sums themselves in extended precision. */
#include "base/rng.h"
#include "check.h"
#include "flow/kernel.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { D = 60, COUNT = D * D };

typedef struct fixture {
    double rates[COUNT], weights[COUNT], least, largest;
    flow_kernel *kernel;
} fixture;

/* The rates of the paper's layer, gamma_i lambda_i lambda_j, in columns of one j, for lambda_i = i^-exponent; weights
 * N(0, 1)^2, those of rates below 3/2 of the least times `slowest`. */
static void make(fixture *x, double exponent, double slowest)
{
    double lambda[D], trace = 0.0;
    lsa_rng rng = lsa_rng_at(5, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, COUNT, x->weights);
    for (ptrdiff_t i = 0; i < D; i++) {
        lambda[i] = pow((double)(i + 1), -exponent);
        trace += lambda[i];
    }
    x->least = INFINITY;
    x->largest = 0.0;
    for (ptrdiff_t k = 0; k < COUNT; k++) {
        const double li = lambda[k % D], lj = lambda[k / D];
        x->rates[k] = (li + (li + trace) / D) * li * lj;
        x->weights[k] *= x->weights[k];
        x->least = fmin(x->least, x->rates[k]);
        x->largest = fmax(x->largest, x->rates[k]);
    }
    for (ptrdiff_t k = 0; k < COUNT; k++)
        x->weights[k] *= x->rates[k] < 1.5 * x->least ? slowest : 1.0;
    check_status(flow_kernel_create(x->least, x->largest, &x->kernel, NULL), LSA_OK, NULL);
    for (ptrdiff_t j = 0; j < D; j++)
        flow_kernel_add(x->kernel, D, x->rates + j * D, x->weights + j * D);
    flow_kernel_close(x->kernel);
}

/* The sums, and what the slowest term alone would be if it carried all the weight. */
static void exact(const fixture *x, double s, long double phi[3], long double scale[3])
{
    for (int p = 0; p < 3; p++)
        phi[p] = scale[p] = 0.0L;
    for (ptrdiff_t k = 0; k < COUNT; k++) {
        const long double a = x->rates[k], slow = expl(-2.0L * (long double)x->least * (long double)s);
        long double term = (long double)x->weights[k] * expl(-2.0L * a * (long double)s);
        long double all = (long double)x->weights[k] * slow;
        for (int p = 0; p < 3; p++, term *= a, all *= a) {
            phi[p] += term;
            scale[p] += all;
        }
    }
}

/* Worst errors over s from where nothing has moved to exp(-2 a_min s) = 1e-30: relative to the sum, and to `scale`. */
static void errors(const fixture *x, double *relative, double *scaled)
{
    *relative = *scaled = 0.0;
    for (double s = 1e-2 / x->largest; x->least * s < 35.0; s *= 1.3) {
        double got[3];
        long double want[3], scale[3];
        flow_kernel_eval(x->kernel, s, got);
        exact(x, s, want, scale);
        for (int p = 0; p < 3; p++) {
            const long double error = fabsl((long double)got[p] - want[p]);
            *relative = fmax(*relative, (double)(error / want[p]));
            *scaled = fmax(*scaled, (double)(error / scale[p]));
        }
    }
}

/* exp rounds its argument, at most 2 a s eps = 70 eps relative to a term that counts; the moments of COUNT terms round to
 * a few eps. */
static void test_digits_survive_the_decay(void **state)
{
    (void)state;
    const double exponents[] = {0.0, 0.5, 1.0, 1.5, 3.0};
    for (int k = 0; k < 5; k++) {
        fixture x;
        double relative, scaled;
        make(&x, exponents[k], 1.0);
        errors(&x, &relative, &scaled);
        print_message("i^-%g: rates over %.2g, %td nodes, worst relative error %.2g\n", exponents[k],
                      x.largest / x.least, flow_kernel_nodes(x.kernel), relative);
        check_at_most(relative, 100.0 * DBL_EPSILON);
        flow_kernel_destroy(x.kernel);
    }
}

/* Slow terms of little weight: errors stay relative to their exponentials, not to their weights. */
static void test_light_slow_terms(void **state)
{
    (void)state;
    fixture x;
    double relative, scaled;
    make(&x, 1.0, 1e-30);
    errors(&x, &relative, &scaled);
    check_at_most(scaled, 100.0 * DBL_EPSILON);
    check_at_least(relative, 1e3 * DBL_EPSILON); /* such a bound can fail */
    flow_kernel_destroy(x.kernel);
}

/* Any order of the terms gives the same moments up to rounding. */
static void test_order_does_not_matter(void **state)
{
    (void)state;
    fixture x;
    flow_kernel *shuffled = NULL;
    double a[3], b[3];
    make(&x, 1.0, 1.0);
    check_status(flow_kernel_create(x.least, x.largest, &shuffled, NULL), LSA_OK, NULL);
    for (ptrdiff_t k = 0; k < COUNT; k++) {
        const ptrdiff_t at = k * 7919 % COUNT; /* a prime, so every term once */
        flow_kernel_add(shuffled, 1, x.rates + at, x.weights + at);
    }
    flow_kernel_close(shuffled);
    for (double s = 0.0; s * x.least < 10.0; s = 2.0 * s + 0.1) {
        flow_kernel_eval(x.kernel, s, a);
        flow_kernel_eval(shuffled, s, b);
        check_vector_close(3, a, b, 100.0 * DBL_EPSILON, 0.0);
    }
    flow_kernel_destroy(shuffled);
    flow_kernel_destroy(x.kernel);
}

static void test_one_rate(void **state)
{
    (void)state;
    const double rate = 0.3, weight = 2.0;
    flow_kernel *kernel = NULL;
    double phi[3];
    check_status(flow_kernel_create(rate, rate, &kernel, NULL), LSA_OK, NULL);
    flow_kernel_add(kernel, 1, &rate, &weight);
    flow_kernel_close(kernel);
    flow_kernel_eval(kernel, 2.0, phi);
    check_close(phi[0], 2.0 * exp(-1.2), 1e-15, 0.0);
    check_close(phi[1], 0.6 * exp(-1.2), 1e-15, 0.0);
    flow_kernel_eval(kernel, 1e6, phi);
    check_close(phi[0], 0.0, 0.0, 0.0);
    flow_kernel_eval(NULL, 1.0, phi);
    check_close(phi[2], 0.0, 0.0, 0.0);
    flow_kernel_destroy(kernel);
}

/* What the terms add to a Schur complement, at shifts far below, at and far above the pivots' size. */
static void test_schur(void **state)
{
    (void)state;
    const double shifts[] = {-1e-12, -1e-4, -1.0, -1e3};
    fixture x;
    make(&x, 1.0, 1.0);
    for (int k = 0; k < 4; k++) {
        long double want = 0.0L;
        const double u2 = 0.7, s = 2.0, z = shifts[k];
        for (ptrdiff_t m = 0; m < COUNT; m++) {
            const long double a = x.rates[m];
            want += (long double)x.weights[m] * expl(-2.0L * a * 2.0L) * a * ((long double)z + 3.0L * 0.7L * a) /
                    (0.7L * a - (long double)z);
        }
        check_close(flow_kernel_schur(x.kernel, s, u2, z), (double)want, 1e-12, 0.0);
    }
    flow_kernel_destroy(x.kernel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits_survive_the_decay),
        cmocka_unit_test(test_light_slow_terms),
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_one_rate),
        cmocka_unit_test(test_schur),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
