/* Random covariances in closed form: the exponential law of section 4.3, Figure 1's limits, (4.13) and (4.8), and the
 * golden atoms. */
#include "check.h"
#include "theory_setting.h"

#include "lsaflow/theory_random.h"

#include <math.h>

enum { D = 3 };

static const double infinity = (double)INFINITY;

static lsa_theory_random *random_of(const lsa_setting *law)
{
    lsa_error err;
    lsa_theory_random *random = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_random_create(law, &random, &err), LSA_OK, &err);
    return random;
}

static void exponential(double mean, lsa_law entries[D])
{
    for (int i = 0; i < D; i++)
        entries[i] = (lsa_law){LSA_LAW_EXPONENTIAL, {mean}};
}

/* iid Exponential(1): A = I/(3 + (d+5)/N); g_i = 6(1 + 1/N) + (6 + 2(d-1))/N, g_ij = 2(1 + 1/N) + (4 + (d-2))/N. */
static void test_exponential_law(void **state)
{
    (void)state;
    lsa_law entries[D];
    exponential(1.0, entries);
    for (double N = 1.0; N < 1e6; N *= 7.0) {
        double A[D * D], rates[D * D];
        lsa_theory_random *random = random_of(&(lsa_setting){.context = N, .covariance = THEORY_LAWS(D, entries)});
        lsa_theory_random_minimum(random, A);
        check_status(lsa_theory_random_rates(random, rates, NULL), LSA_OK, NULL);
        for (int i = 0; i < D; i++) {
            check_close(A[i + i * D], 1.0 / (3.0 + (D + 5.0) / N), 1e-15, 0.0);
            for (int j = 0; j < D; j++) {
                const double want = i == j ? 6.0 * (1.0 + 1.0 / N) + (6.0 + 2.0 * (D - 1.0)) / N
                                           : 2.0 * (1.0 + 1.0 / N) + (4.0 + (D - 2.0)) / N;
                check_close(rates[i + j * D], want, 1e-15, 0.0);
            }
        }
        lsa_theory_random_destroy(random);
    }
}

/* Figure 1's dashed lines, per dimension: N and M infinite, tested on c diag(Exp(1)), c = 1, 4, 9. A model trained on
 * that law at c = 1 errs c - 4/3 c^2 + 2/3 c^3, one trained on Lambda = I c - 4 c^2 + 6 c^3. */
static void test_figure_1(void **state)
{
    (void)state;
    static const double scales[3] = {1.0, 4.0, 9.0}, trained_at_random[3] = {1.0 / 3.0, 76.0 / 3.0, 387.0},
                        trained_at_identity[3] = {3.0, 324.0, 4059.0};
    const double identity[D * D] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    lsa_law entries[D];
    exponential(1.0, entries);
    const lsa_covariance law = *THEORY_LAWS(D, entries);
    lsa_theory_random *random = random_of(&(lsa_setting){.context = infinity, .covariance = &law});
    for (int k = 0; k < 3; k++) {
        lsa_law scaled[D];
        lsa_theory_error error;
        exponential(scales[k], scaled);
        lsa_setting shift = {.context = infinity, .covariance = THEORY_LAWS(D, scaled), .query_is_same = true};
        check_status(lsa_theory_random_judge(random, &shift, &error, NULL), LSA_OK, NULL);
        check_close(error.error / D, trained_at_random[k], 1e-14, 0.0);
        check_status(lsa_theory_random_judge_product(&shift, identity, &error, NULL), LSA_OK, NULL);
        check_close(error.error / D, trained_at_identity[k], 1e-14, 0.0);
    }
    lsa_theory_random_destroy(random);
}

/* (4.13) as a limit: on one fixed covariance, R(M) - R(inf) = V/M exactly, and R(inf) is the error of
 * x_q' [E Lambda^2][E Gamma Lambda^2]^-1 Lambda w. */
static void test_brittleness_is_a_limit(void **state)
{
    (void)state;
    const double spectrum[D] = {0.5, 1.0, 4.0};
    lsa_law entries[D];
    lsa_theory_error at, limit;
    double A[D * D], want = 0.0, first = 0.0;
    exponential(1.0, entries);
    lsa_theory_random *random = random_of(&(lsa_setting){.context = 40.0, .covariance = THEORY_LAWS(D, entries)});
    lsa_setting shift = {.context = infinity, .covariance = THEORY_DIAGONAL(D, spectrum), .query_is_same = true};
    lsa_theory_random_minimum(random, A);
    check_status(lsa_theory_random_judge(random, &shift, &limit, NULL), LSA_OK, NULL);
    for (int i = 0; i < D; i++)
        want += spectrum[i] * pow(1.0 - A[i + i * D] * spectrum[i], 2.0);
    check_close(limit.error, want, 1e-14, 0.0);
    check_at_least(want, 0.1); /* the product is not the identity: the error stays */
    for (double M = 1.0; M < 1e5; M *= 10.0) {
        shift.context = M;
        check_status(lsa_theory_random_judge(random, &shift, &at, NULL), LSA_OK, NULL);
        if (M == 1.0)
            first = at.error - limit.error;
        check_close(M * (at.error - limit.error), first, 1e-10, 0.0);
    }
    lsa_theory_random_destroy(random);
}

/* Atoms diag(1, 2) with p = .4 and diag(3, .5) with p = .6 at N = 10, with 14 digits; (C.15) as printed is rejected. */
static void test_golden_atoms(void **state)
{
    (void)state;
    const double weights[2] = {0.4, 0.6}, first[2] = {1.0, 2.0}, second[2] = {3.0, 0.5};
    const lsa_covariance matrices[2] = {*THEORY_DIAGONAL(2, first), *THEORY_DIAGONAL(2, second)};
    lsa_theory_random *random =
        random_of(&(lsa_setting){.context = 10.0, .covariance = THEORY_MIXTURE(2, 2, weights, matrices)});
    double M[4], u;
    lsa_theory_random_signal(random, M);
    check_vector_close(4, M, ((double[]){5.8, 0.0, 0.0, 1.75}), 1e-15, 0.0);
    check_status(lsa_theory_random_rates(random, M, NULL), LSA_OK, NULL);
    check_vector_close(4, M, ((double[]){20.27, 2.81, 4.405, 4.135}), 1e-15, 0.0); /* g_12 = 4.405, g_21 = 2.81 */
    lsa_theory_random_minimum(random, M);
    check_vector_close(4, M, ((double[]){0.28613714849531, 0.0, 0.0, 0.42321644498186}), 2e-13, 0.0);
    lsa_theory_random_balanced(random, &u, NULL);
    check_close(u, 0.71475065771299, 2e-13, 0.0);
    check_at_least(fabs(pow(M[0] + M[3], 0.25) - u), 0.1);
    check_close(lsa_theory_random_least_loss(random) - lsa_theory_random_loss_at_zero(random), -1.20011211999554, 2e-13,
                0.0);
    lsa_theory_random_destroy(random);
}

/* The moments of each law, by hand, and their tails against the moments: E l^2 = E[l^2; l > 0]. */
static void test_moments(void **state)
{
    (void)state;
    static const struct {
        lsa_law law;
        double moments[5];
    } cases[] = {{{LSA_LAW_POINT, {2.0}}, {1.0, 2.0, 4.0, 8.0, 16.0}},
                 {{LSA_LAW_EXPONENTIAL, {0.5}}, {1.0, 0.5, 0.5, 0.75, 1.5}},
                 {{LSA_LAW_UNIFORM, {1.0, 3.0}}, {1.0, 2.0, 13.0 / 3.0, 10.0, 24.2}},
                 {{LSA_LAW_GAMMA, {2.0, 0.5}}, {1.0, 1.0, 1.5, 3.0, 7.5}},
                 {{LSA_LAW_TWO_POINT, {1.0, 2.0, 0.75}}, {1.0, 1.25, 1.75, 2.75, 4.75}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (int k = 0; k <= 4; k++)
            check_close(lsa_theory_law_moment(&cases[c].law, k), cases[c].moments[k], 1e-15, 0.0);
        check_close(lsa_theory_law_tail(&cases[c].law, 0.0), 1.0, 1e-15, 0.0);
        check_close(lsa_theory_law_tail_square(&cases[c].law, 0.0), cases[c].moments[2], 1e-15, 0.0);
    }
    check_close(lsa_theory_law_tail(&cases[2].law, 2.5), 0.25, 1e-15, 0.0);
    check_close(lsa_theory_law_tail_square(&cases[2].law, 2.0), 19.0 / 6.0, 1e-15, 0.0);
    check_close(lsa_theory_law_tail(&cases[4].law, 1.0), 0.25, 1e-15, 0.0); /* strictly above */
    check_close(lsa_theory_law_tail(&cases[1].law, 1.0), exp(-2.0), 1e-14, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exponential_law), cmocka_unit_test(test_figure_1),
                                       cmocka_unit_test(test_brittleness_is_a_limit),
                                       cmocka_unit_test(test_golden_atoms), cmocka_unit_test(test_moments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
