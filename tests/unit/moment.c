/* Moments and joint cumulants of the laws of an eigenvalue, against closed forms. */
#include "compile/moment.h"
#include "check.h"

#include <math.h>

static const lsa_law exponential = {LSA_LAW_EXPONENTIAL, {0.7, 0.0, 0.0}},
                     uniform = {LSA_LAW_UNIFORM, {0.5, 1.75, 0.0}}, gamma_law = {LSA_LAW_GAMMA, {2.5, 0.4, 0.0}},
                     two_point = {LSA_LAW_TWO_POINT, {0.5, 2.0, 0.3}}, point = {LSA_LAW_POINT, {1.3, 0.0, 0.0}};

/* Through the gamma function and powers; a dozen roundings. */
static void moments_are_the_closed_forms(void **state)
{
    (void)state;
    for (int p = 0; p <= 10; p++) {
        check_close(lsa_law_moment(&exponential, p), tgamma(p + 1.0) * pow(0.7, p), 1e-13, 0.0);
        check_close(lsa_law_moment(&uniform, p), (pow(1.75, p + 1) - pow(0.5, p + 1)) / ((p + 1) * 1.25), 1e-13, 0.0);
        check_close(lsa_law_moment(&gamma_law, p), tgamma(p + 2.5) / tgamma(2.5) * pow(0.4, p), 1e-13, 0.0);
        check_close(lsa_law_moment(&two_point, p), 0.3 * pow(0.5, p) + 0.7 * pow(2.0, p), 1e-14, 0.0);
        check_close(lsa_law_moment(&point, p), pow(1.3, p), 1e-14, 0.0);
    }
}

/* A narrow uniform law: no digits are lost in high - low. */
static void narrow_uniform_law(void **state)
{
    const lsa_law narrow = {LSA_LAW_UNIFORM, {1.0, 1.0 + 1e-9, 0.0}};
    (void)state;
    check_close(lsa_law_moment(&narrow, 3), 1.0 + 1.5e-9, 1e-15, 0.0);
}

/* kappa_n of a gamma law is (n - 1)! shape scale^n; of the exponential, shape 1. The sums over partitions have terms of
 * the size of the n-th moment, at most 1e4 times the cumulant for n = 8. */
static void cumulants_are_the_closed_forms(void **state)
{
    static const int ones[LSA_MOST_RUNS] = {1, 1, 1, 1, 1, 1, 1, 1};
    (void)state;
    for (int n = 1; n <= LSA_MOST_RUNS; n++) {
        check_close(lsa_law_cumulant(&exponential, n, ones), tgamma(n) * pow(0.7, n), 1e-10, 0.0);
        check_close(lsa_law_cumulant(&gamma_law, n, ones), tgamma(n) * 2.5 * pow(0.4, n), 1e-10, 0.0);
    }
    check_close(lsa_law_cumulant(&uniform, 2, ones), 1.25 * 1.25 / 12.0, 1e-14, 0.0);
    check_close(lsa_law_cumulant(&uniform, 3, ones), 0.0, 0.0, 1e-14);
    check_close(lsa_law_cumulant(&two_point, 2, ones), 0.3 * 0.7 * 1.5 * 1.5, 1e-14, 0.0);
}

/* Joint cumulants of powers, written out. */
static void joint_cumulants_of_powers(void **state)
{
    static const int pair[] = {1, 2}, triple[] = {1, 1, 2};
    const lsa_law *laws[] = {&exponential, &uniform, &gamma_law, &two_point};
    (void)state;
    for (int k = 0; k < 4; k++) {
        double m[5];
        for (int p = 0; p < 5; p++)
            m[p] = lsa_law_moment(laws[k], p);
        check_close(lsa_law_cumulant(laws[k], 2, pair), m[3] - m[1] * m[2], 1e-13, 0.0);
        check_close(lsa_law_cumulant(laws[k], 3, triple),
                    m[4] - 2.0 * m[1] * m[3] - m[2] * m[2] + 2.0 * m[1] * m[1] * m[2], 1e-12, 0.0);
    }
    check_close(lsa_law_cumulant(&point, 2, pair), 0.0, 0.0, 0.0);
    check_close(lsa_law_cumulant(&point, 1, pair), 1.3, 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_the_closed_forms), cmocka_unit_test(narrow_uniform_law),
        cmocka_unit_test(cumulants_are_the_closed_forms), cmocka_unit_test(joint_cumulants_of_powers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
