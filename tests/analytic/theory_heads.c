/* Heads with separate key and query: the fixed points are stationary, the plateaus are theirs, one head's course solves
 * its equation; and the full layer's rank-one point. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "lsaflow/theory_heads.h"

#include <math.h>

static const double infinity = (double)INFINITY;

static lsa_theory *theory_of(const lsa_setting *law)
{
    lsa_error err;
    lsa_theory *theory = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(law, &theory, &err), LSA_OK, &err);
    return theory;
}

/* The plateaus of the spectrum .4 .3 .2 .1 at N = 31, twice our loss, with 14 digits. */
static void test_plateaus(void **state)
{
    (void)state;
    static const double plateaus[5] = {1.0, .64057971014493, .37737216297512, .20980459540755, .13599507159802};
    const double spectrum[4] = {0.1, 0.4, 0.3, 0.2}; /* modes are numbered by size, not by place */
    bool kept[4] = {false, false, false, false};
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 31.0, .covariance = THEORY_DIAGONAL(4, spectrum)});
    for (int m = 0; m <= 4; m++) {
        double loss;
        if (m > 0)
            kept[m - 1] = true;
        check_status(lsa_theory_fixed_point(theory, kept, NULL, &loss, NULL), LSA_OK, NULL);
        check_close(2.0 * loss, plateaus[m], 2e-13, 0.0);
        check_close(loss, lsa_theory_minimum_loss(theory, m), 1e-15, 0.0);
    }
    lsa_theory_destroy(theory);
}

/* Heads are stationary where R q = 0 and R'k = 0: with R = -dL/dA, R A' = 0 and R'A = 0; the loss is the loss there, and
 * below the others only where more is kept. */
static void check_all_subsets(const lsa_setting *law)
{
    enum { d = 3, square = d * d, subsets = 1 << d };
    lsa_theory *theory = theory_of(law);
    double loss[subsets];
    for (int set = 0; set < subsets; set++) {
        const bool kept[d] = {(set & 1) != 0, (set & 2) != 0, (set & 4) != 0};
        double A[square], R[square], du, there, zero[square];
        check_status(lsa_theory_fixed_point(theory, kept, A, &loss[set], NULL), LSA_OK, NULL);
        check_status(lsa_theory_loss(theory, 1.0, A, &there, NULL), LSA_OK, NULL);
        check_close(there, loss[set], 1e-13, 0.0);
        check_status(lsa_theory_gradient(theory, 1.0, A, &du, R, NULL), LSA_OK, NULL);
        lsa_mat_product(false, true, d, d, d, 1.0, R, A, 0.0, zero);
        check_at_most(lsa_vec_norm(square, zero), 1e-13);
        lsa_mat_product(true, false, d, d, d, 1.0, R, A, 0.0, zero);
        check_at_most(lsa_vec_norm(square, zero), 1e-13);
        if (set != subsets - 1)
            check_at_least(lsa_vec_norm(square, R), 1e-2); /* stationary for these heads, no minimum */
    }
    for (int set = 0; set < subsets; set++)
        for (int bit = 1; bit < subsets; bit *= 2)
            if (!(set & bit))
                check_at_least(loss[set] - loss[set | bit], 1e-3);
    lsa_theory_destroy(theory);
}

static void test_fixed_points(void **state)
{
    (void)state;
    const double Lambda[9] = {2.0, 0.5, 0.1, 0.5, 1.0, 0.2, 0.1, 0.2, 0.7};
    const double Omega[9] = {1.0, 0.3, 0.0, 0.3, 2.0, 0.1, 0.0, 0.1, 1.0};
    check_all_subsets(&(lsa_setting){.context = 9.0, .covariance = THEORY_MATRIX(3, Lambda)});
    check_all_subsets(&(lsa_setting){.context = 9.0,
                                     .normalise_plus_one = true,
                                     .covariance = THEORY_MATRIX(3, Lambda),
                                     .task_covariance = THEORY_MATRIX(3, Omega),
                                     .label_noise = 0.4});
}

/* Lambda = diag(2, .5), N = 2: the full layer's rank-one point has loss .779411765, the global minimum .716911765
 * (exact cubature of the layer). px k' is the best matrix of rank one. */
static void test_rank_one_point(void **state)
{
    (void)state;
    const double spectrum[2] = {2.0, 0.5}, rotated[4] = {1.25, 0.75, 0.75, 1.25};
    double px[2], k[2], loss, there, product[4], best[4];
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 2.0, .covariance = THEORY_DIAGONAL(2, spectrum)});
    lsa_theory_rank_one_point(theory, px, k, &loss);
    check_close(loss, 0.779411765, 1e-9, 0.0);
    check_close(lsa_theory_minimum_loss(theory, 2), 0.716911765, 1e-9, 0.0);
    lsa_theory_destroy(theory);
    theory = theory_of(&(lsa_setting){
        .context = 2.0, .normalise_plus_one = true, .covariance = THEORY_MATRIX(2, rotated), .label_noise = 0.2});
    lsa_theory_rank_one_point(theory, px, k, &loss);
    for (int j = 0; j < 2; j++)
        for (int i = 0; i < 2; i++)
            product[i + 2 * j] = px[i] * k[j];
    check_status(lsa_theory_minimum(theory, 1, best, NULL), LSA_OK, NULL);
    check_vector_close(4, product, best, 1e-14, 0.0);
    check_status(lsa_theory_loss(theory, 1.0, product, &there, NULL), LSA_OK, NULL);
    check_close(there, loss, 1e-14, 0.0);
    check_close(loss, lsa_theory_minimum_loss(theory, 1), 1e-15, 0.0);
    lsa_theory_destroy(theory);
}

/* v(t) solves its equation, from far below to the ceiling; the time and the course invert each other. */
static void test_course_of_a_head(void **state)
{
    (void)state;
    const double spectrum[2] = {0.4, 0.3};
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 31.0, .covariance = THEORY_DIAGONAL(2, spectrum)});
    for (ptrdiff_t mode = 0; mode < 2; mode++) {
        lsa_theory_head head;
        check_status(lsa_theory_head_of(theory, mode, &head, NULL), LSA_OK, NULL);
        const double l = spectrum[mode], gamma = 32.0 / 31.0 * l + 0.7 / 31.0, end = lsa_theory_head_ceiling(&head);
        check_close(head.drive, l * l, 1e-15, 0.0);
        check_close(head.damping, l * l * gamma, 1e-15, 0.0);
        check_close(end, cbrt(1.0 / gamma), 1e-15, 0.0);
        for (double v0 = 1e-6; v0 < 1.0; v0 *= 10.0) {
            const double escape = lsa_theory_head_escape_time(&head, v0);
            for (double part = 0.0; part < 3.0; part += 0.25) {
                const double t = part * escape, h = 1e-4 * escape, v = lsa_theory_head_at(&head, v0, t);
                const double slope = (lsa_theory_head_at(&head, v0, t + h) - v) / h;
                if (v < 0.9 * end) {
                    check_close(lsa_theory_head_time(&head, v0, v), t, 1e-10, 1e-10 * escape);
                    const double middle = lsa_theory_head_at(&head, v0, t + 0.5 * h);
                    const double want = head.drive * middle * middle - head.damping * pow(middle, 5.0);
                    if (part <
                        0.9) /* a midpoint rule: its error is h^2 times a third derivative, which escape blows up */
                        check_close(slope, want, 1e-4, 0.0);
                }
                check_at_most(v, end);
                check_at_least(v, v0 * (1.0 - 1e-14));
            }
        }
        /* The paper's estimate: the share of the escape time at which half the ceiling is reached tends to 1. */
        check_close(lsa_theory_head_time(&head, 1e-6, 0.5 * end) / lsa_theory_head_escape_time(&head, 1e-6), 1.0, 1e-5,
                    0.0);
        check_close(lsa_theory_head_at(&head, 0.1, 1e9), end, 1e-15, 0.0);
        check_close(lsa_theory_head_at(&head, 0.1, 0.0), 0.1, 1e-15, 0.0);
        assert_true(isnan(lsa_theory_head_at(&head, 2.0 * end, 1.0)) && isnan(lsa_theory_head_at(&head, 0.0, 1.0)));
        assert_true(isnan(lsa_theory_head_time(&head, 0.1, end * 1.1)));
    }
    lsa_theory_head head;
    check_status(lsa_theory_head_of(theory, 2, &head, NULL), LSA_ERR_DOMAIN, NULL);
    lsa_theory_destroy(theory);
    theory = theory_of(&(lsa_setting){
        .context = 31.0, .covariance = THEORY_DIAGONAL(2, spectrum), .task_covariance = THEORY_DIAGONAL(2, spectrum)});
    check_status(lsa_theory_head_of(theory, 0, &head, NULL), LSA_ERR_DOMAIN, NULL);
    lsa_theory_destroy(theory);
}

/* A head on one mode alone, k = q = v e: the escape is that of (W28). Of two heads on two modes each leaves by its own,
 * the later one unmoved by the first; from v < 0 with k = -q the same; a head at zero stays. */
static void test_order_of_escapes(void **state)
{
    (void)state;
    const double spectrum[2] = {0.4, 0.3}, v0[3] = {1e-4, -1e-4, 0.0};
    const double k[6] = {0.0, 1e-4, 1e-4, 0.0, 0.0, 0.0}, q[6] = {0.0, 1e-4, -1e-4, 0.0, 0.0, 0.0};
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 31.0, .covariance = THEORY_DIAGONAL(2, spectrum)});
    lsa_theory_escape escapes[3];
    ptrdiff_t count;
    check_status(lsa_theory_head_order(theory, 3, v0, k, q, escapes, &count, NULL), LSA_OK, NULL);
    assert_int_equal(count, 2);
    for (ptrdiff_t m = 0; m < 2; m++) {
        lsa_theory_head head;
        check_status(lsa_theory_head_of(theory, m, &head, NULL), LSA_OK, NULL);
        const double half = cbrt(1.0 - sqrt(0.5)) * lsa_theory_head_ceiling(&head);
        assert_int_equal(escapes[m].mode, m);
        assert_int_equal(escapes[m].head, 1 - m);
        check_close(escapes[m].time, 1.0 / (head.drive * 1e-4), 1e-8, 0.0);
        check_close(escapes[m].half, lsa_theory_head_time(&head, 1e-4, half), 1e-8, 0.0);
        check_close(escapes[m].duration * head.drive * lsa_theory_head_ceiling(&head), 1.0, 1e-14, 0.0);
        check_close(escapes[m].settling, 0.0, 0.0, 0.0);
    }
    lsa_theory_destroy(theory);
}

/* A single mode from any start: with C = v^2 - k^2 and k = q, dv/dt = rho (v^2 - C), so v = sqrt(C) coth(rho sqrt(C) (T - t))
 * for C > 0: T = atanh(sqrt(C)/v)/(rho sqrt(C)). */
static void test_escape_of_an_unbalanced_head(void **state)
{
    (void)state;
    const double spectrum[1] = {0.7}, v = 2e-3, k = 1e-3, root = sqrt(v * v - k * k), rho = 0.49;
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 20.0, .covariance = THEORY_DIAGONAL(1, spectrum)});
    lsa_theory_escape escape;
    ptrdiff_t count;
    check_status(lsa_theory_head_order(theory, 1, &v, &k, &k, &escape, &count, NULL), LSA_OK, NULL);
    assert_int_equal(count, 1);
    check_close(escape.time, atanh(root / v) / (rho * root), 1e-8, 0.0);
    lsa_theory_destroy(theory);
}

/* (10) as printed is the logistic of the merged layer. */
static void test_white_heads(void **state)
{
    (void)state;
    for (double N = 4.0; N < 1e3; N *= 5.0)
        for (double t = 0.0; t < 8.0; t += 0.5) {
            const lsa_theory_white white = {.d = 5.0, .lambda = 1.0, .gamma = 1.0 + 6.0 / N, .sigma = 0.03};
            check_close(lsa_theory_white_heads(5.0, N, 0.03, t), lsa_theory_white_product(&white, t), 1e-13, 0.0);
        }
    check_close(lsa_theory_white_heads(5.0, infinity, 0.03, 1e3), 1.0, 1e-15, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plateaus),         cmocka_unit_test(test_fixed_points),
        cmocka_unit_test(test_rank_one_point),   cmocka_unit_test(test_course_of_a_head),
        cmocka_unit_test(test_order_of_escapes), cmocka_unit_test(test_escape_of_an_unbalanced_head),
        cmocka_unit_test(test_white_heads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
