/* Numbers computed once with 12 and more digits (docs/theory.md, section "Golden values"), and what a plausible mistake
 * would give instead: each golden value must also reject it. */
#include "check.h"
#include "theory_setting.h"

#include "lsaflow/theory.h"

#include <math.h>

#define DIGITS 2e-13 /* the goldens are printed with 14 decimals or 12 digits */

static const double Lambda2[4] = {2.0, 0.5, 0.5, 1.0};

static lsa_theory *theory_of(const lsa_setting *law)
{
    lsa_error err;
    lsa_theory *theory = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(law, &theory, &err), LSA_OK, &err);
    return theory;
}

static lsa_theory *paper_law(void)
{
    return theory_of(&(lsa_setting){.context = 10.0, .covariance = THEORY_MATRIX(2, Lambda2)});
}

static void test_minimum_and_limit(void **state)
{
    (void)state;
    lsa_theory *theory = paper_law();
    double M[4], u;
    lsa_theory_gamma(theory, M);
    check_vector_close(4, M, ((double[]){2.5, 0.55, 0.55, 1.4}), 1e-15, 0.0);
    check_close(lsa_theory_gamma_norm(theory), 2.72781745930520, DIGITS, 0.0);
    check_close(lsa_theory_sigma_max(theory), 0.72002876465596, DIGITS, 0.0);
    check_status(lsa_theory_minimum(theory, 2, M, NULL), LSA_OK, NULL);
    check_vector_close(4, M, ((double[]){0.43784206411259, -0.17200938232995, -0.17200938232995, 0.78186082877248}),
                       DIGITS, 0.0);
    check_status(lsa_theory_balanced(theory, &u, M, NULL), LSA_OK, NULL);
    check_close(u, 0.96360779070709, DIGITS, 0.0);
    check_vector_close(4, M, ((double[]){0.45437787898259, -0.17850559531459, -0.17850559531459, 0.81138906961177}),
                       DIGITS, 0.0);
    check_close(lsa_theory_minimum_loss(theory, 2), 0.33893666927287, DIGITS, 0.0);
    check_close(lsa_theory_minimum_loss(theory, 2) - lsa_theory_loss_at_zero(theory), -1.16106333072713, DIGITS, 0.0);
    lsa_theory_destroy(theory);
}

static void test_constants_of_convergence(void **state)
{
    (void)state;
    lsa_theory *theory = paper_law();
    const double entry = 0.2 / sqrt(2.0), U0[4] = {entry, 0.0, 0.0, entry};
    lsa_theory_start start;
    double loss;
    check_status(lsa_theory_assess_start(theory, 0.2, U0, &start, NULL), LSA_OK, NULL);
    assert_true(start.holds);
    check_close(start.excitation, 3.88908729652601, DIGITS, 0.0);
    check_close(lsa_theory_u_lower_bound(theory, &start), 0.14435689665662, DIGITS, 0.0);
    check_close(lsa_theory_pl_constant(theory, &start), 1.95742739058e-2, 1e-11, 0.0);
    check_status(lsa_theory_loss(theory, 0.2, U0, &loss, NULL), LSA_OK, NULL);
    check_close(loss - lsa_theory_loss_at_zero(theory), -0.14995349186104, DIGITS, 0.0);
    lsa_theory_destroy(theory);
}

/* The loss along a flow integrated by DOP853 at rtol 1e-13: the points are the flow's, the loss is ours. */
static void test_loss_on_a_trajectory(void **state)
{
    (void)state;
    static const double points[4][5] = {
        {.38525945473107, .08149077366537, .22227790740032, .45947122648008, .7567240913840},
        {.51736891015359, .10537613525029, .30661663965300, .61959068155209, .5168486536932},
        {.52764984404199, .04661547209513, .43441889985173, .68664411665959, .4583787959507},
        {.49225877660024, -.06852207266766, .62930292193555, .80481763125687, .3778689745297}};
    lsa_theory *theory = paper_law();
    for (int k = 0; k < 4; k++) {
        const double *p = points[k], U[4] = {p[0], p[1], p[1], p[2]};
        double loss, gap;
        check_status(lsa_theory_loss(theory, p[3], U, &loss, NULL), LSA_OK, NULL);
        check_close(loss, p[4], 1e-12, 0.0); /* 13 digits given */
        check_status(lsa_theory_gap(theory, p[3], U, &gap, NULL), LSA_OK, NULL);
        check_close(gap, loss - lsa_theory_minimum_loss(theory, 2), 1e-13, 0.0);
    }
    lsa_theory_destroy(theory);
}

static void test_theorem_4_2(void **state)
{
    (void)state;
    lsa_theory *theory = paper_law();
    const double w[2] = {1.0, -1.0};
    const lsa_setting gaussian = {.context = 5.0, .covariance = THEORY_MATRIX(2, Lambda2)};
    const lsa_setting fixed = {.context = 5.0, .covariance = THEORY_MATRIX(2, Lambda2), THEORY_FIXED_TASK(w)};
    lsa_theory_error error;
    double bound;
    check_status(lsa_theory_linear_task_error(theory, &fixed, &error, NULL), LSA_OK, NULL);
    check_close(error.context_term, 0.65338868508614, DIGITS, 0.0);
    check_close(error.training_term, 0.16527400890429, DIGITS, 0.0);
    check_close(error.error, 0.81866269399043, DIGITS, 0.0);
    check_status(lsa_theory_linear_task_error(theory, &gaussian, &error, NULL), LSA_OK, NULL);
    check_close(error.error, 1.19230597594754, DIGITS, 0.0);
    check_close(lsa_theory_linear_task_bound_kappa(theory, 5.0), 2.28403339498695, DIGITS, 0.0);
    check_status(lsa_theory_linear_task_bound(theory, &gaussian, &bound, NULL), LSA_OK, NULL);
    check_close(bound, 1.8 + (3.0 + 12.0 + 9.0 * 3.0 / 1.75) / 100.0, 1e-15,
                0.0); /* by hand: tr 3, tr of the inverse 3/1.75 */
    lsa_theory_destroy(theory);
}

static void test_shift_risk(void **state)
{
    (void)state;
    const double Lc[2] = {1.0, 3.0}, Lq[4] = {1.0, 0.2, 0.2, 0.5}, Omega[4] = {1.0, -0.3, -0.3, 2.0};
    const double A[4] = {0.9 * 0.4, -0.9 * 0.2, 0.9 * 0.1, 0.9 * 0.3}, transposed[4] = {A[0], A[2], A[1], A[3]};
    const lsa_setting shift = {.context = 7.0,
                               .covariance = THEORY_DIAGONAL(2, Lc),
                               .query = THEORY_MATRIX(2, Lq),
                               .task_covariance = THEORY_MATRIX(2, Omega),
                               .label_noise = 0.25};
    double risk, other, best;
    check_status(lsa_theory_shift_risk(&shift, A, &risk, NULL), LSA_OK, NULL);
    check_status(lsa_theory_shift_risk(&shift, transposed, &other, NULL), LSA_OK, NULL);
    check_close(risk, 1.34374142857143, DIGITS, 0.0);
    check_at_least(fabs(other - risk), 0.1); /* the other convention, A = u U', is told apart */
    check_status(lsa_theory_shift_best(&shift, NULL, &best, NULL), LSA_OK, NULL);
    check_close(best, 0.75085858478763, DIGITS, 0.0);
}

static void test_general_law(void **state)
{
    (void)state;
    const double Omega[4] = {1.0, -0.3, -0.3, 2.0};
    const lsa_setting law = {.context = 10.0,
                             .covariance = THEORY_MATRIX(2, Lambda2),
                             .task_covariance = THEORY_MATRIX(2, Omega),
                             .label_noise = 0.25};
    lsa_theory *theory = theory_of(&law);
    double A[4];
    check_status(lsa_theory_minimum(theory, 2, A, NULL), LSA_OK, NULL);
    check_vector_close(4, A, ((double[]){0.42974466693067, -0.20127063927963, -0.20127063927963, 0.85948933386133}),
                       DIGITS, 0.0);
    lsa_theory_destroy(theory);
}

static void test_random_covariance(void **state)
{
    (void)state;
    /* Atoms diag(1,2) with p = .4 and diag(3,.5) with p = .6, N = 10. */
    const double xi[2] = {5.8, 1.75}, g[2] = {20.27, 4.135}, mean[2] = {2.2, 1.1};
    double A[2], u;
    lsa_theory_random_limit(2, xi, g, A, &u);
    check_vector_close(2, A, ((double[]){0.28613714849531, 0.42321644498186}), DIGITS, 0.0);
    check_close(u, 0.71475065771299, DIGITS, 0.0);
    check_close(lsa_theory_random_minimum_loss(2, mean, xi, g) - 0.5 * 3.3, -1.20011211999554, DIGITS, 0.0);
    /* (C.15) as printed, without the squares: rejected. */
    check_at_least(fabs(pow(A[0] + A[1], 0.25) - u), 0.1);
}

static void test_logistic(void **state)
{
    (void)state;
    static const double u2[4] = {.0025, .0316910990005166, .325518120741052, 1.14917766936897};
    const lsa_theory_white white = {.d = 4.0, .lambda = 0.8, .gamma = 0.8 * (1.0 + 5.0 / 7.0), .sigma = 0.05};
    for (int t = 0; t < 4; t++)
        check_close(lsa_theory_white_u2(&white, (double)t), u2[t], DIGITS, 0.0);
}

/* The plateaus of 2501.16265 eq. 19 are the minima of bounded rank (that paper's loss is twice ours). */
static void test_bounded_rank(void **state)
{
    (void)state;
    static const double plateaus[5] = {1.0, .64057971014493, .37737216297512, .20980459540755, .13599507159802};
    const double spectrum[4] = {0.4, 0.3, 0.2, 0.1};
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 31.0, .covariance = THEORY_DIAGONAL(4, spectrum)});
    for (ptrdiff_t m = 0; m <= 4; m++)
        check_close(2.0 * lsa_theory_minimum_loss(theory, m), plateaus[m], DIGITS, 0.0);
    lsa_theory_destroy(theory);
}

/* What the golden values of the minimum would be under plausible mistakes; they must be far away. */
static void test_negative_controls(void **state)
{
    (void)state;
    lsa_theory *theory = paper_law();
    double Gamma[4];
    lsa_theory_gamma(theory, Gamma);
    check_at_least(fabs(Gamma[0] - (2.0 + 3.0 / 10.0)), 0.1);       /* Lambda instead of (1 + 1/N) Lambda */
    check_at_least(fabs(Gamma[0] - (1.1 * 2.0 + 5.5 / 10.0)), 0.1); /* tr Lambda^2 instead of tr Lambda   */
    lsa_theory_destroy(theory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minimum_and_limit),    cmocka_unit_test(test_constants_of_convergence),
        cmocka_unit_test(test_loss_on_a_trajectory), cmocka_unit_test(test_theorem_4_2),
        cmocka_unit_test(test_shift_risk),           cmocka_unit_test(test_general_law),
        cmocka_unit_test(test_random_covariance),    cmocka_unit_test(test_logistic),
        cmocka_unit_test(test_bounded_rank),         cmocka_unit_test(test_negative_controls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
