/* The claims about heads, isotropic laws, random covariances and shifts: each holds on three settings inside its
 * hypotheses, and the same check rejects a slightly wrong formula on each. */
#include "judged.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include <math.h>

/* ---------------------------------------------------------------- wrong formulas */

static lsa_theory *wrong_theory; /* freed by the teardown */

/* Theory with the noise and the 1/N terms forgotten: Gamma = Lambda, A = Lambda^-1. */
static void forget_N(fixture *f, double slack)
{
    const lsa_setting *training = &lsa_study_experiment(f->study)->training;
    double *Lambda = lsa_vec_create(f->p->d * f->p->d);
    (void)slack;
    assert_non_null(Lambda);
    lsa_covariance_matrix(training->covariance, Lambda);
    lsa_theory_destroy(wrong_theory);
    check_status(
        lsa_theory_create(&(lsa_setting){.context = (double)INFINITY, .covariance = THEORY_MATRIX(f->p->d, Lambda)},
                          &wrong_theory, NULL),
        LSA_OK, NULL);
    f->p->theory = wrong_theory;
    check_status(lsa_theory_minimum(wrong_theory, f->p->rank, f->p->A, NULL), LSA_OK, NULL);
    free(Lambda);
}

static int clear_wrong(void **state)
{
    (void)state;
    lsa_theory_destroy(wrong_theory);
    wrong_theory = NULL;
    return 0;
}

/* u^2 - 2 |K|^2, and so on. */
static void double_weight(fixture *f, double slack)
{
    (void)slack;
    f->p->balance_weight = 2.0;
}

/* (1 - c)^2 in place of (1 - c^2)^2. */
static void scale_once(fixture *f, double slack)
{
    (void)slack;
    f->p->scale_exponent = 0.5;
}

/* N as it is in place of its limit. */
static void keep_N(fixture *f, double slack)
{
    (void)slack;
    f->p->limit_context = lsa_study_experiment(f->study)->training.context;
}

/* M - d - 2 in place of M - d - 1. */
static void one_more_dimension(fixture *f, double slack)
{
    (void)slack;
    f->p->least_squares_dimension += 1;
}

/* A 1 % off. */
static void inflate_product(fixture *f, double slack)
{
    (void)slack;
    lsa_vec_scale(f->p->d * f->p->d, 1.01, f->p->A);
}

/* (C.15) prints u = (sum a_i)^(1/4) where (4.12) has squares. */
static lsa_theory_random *wrong_random; /* freed by the teardown */

/* The law at N = infinity: the rates without their 1/N terms. */
static void forget_N_at_random(fixture *f, double slack)
{
    (void)slack;
    const lsa_setting *training = &lsa_study_experiment(f->study)->training;
    lsa_theory_random_destroy(wrong_random);
    check_status(
        lsa_theory_random_create(&(lsa_setting){.context = (double)INFINITY, .covariance = training->covariance},
                                 &wrong_random, NULL),
        LSA_OK, NULL);
    f->p->random = wrong_random;
}

static int clear_wrong_random(void **state)
{
    (void)state;
    lsa_theory_random_destroy(wrong_random);
    wrong_random = NULL;
    return 0;
}

/* ---------------------------------------------------------------- heads */

/* Merged heads from Gaussian starts; heads of keys and queries, of full rank together and of less. */
static const char *const merged_heads[3] = {
    "statement: multihead\n"
    "data: {context: 6, heads: 2, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}}\n"
    "init: {scheme: gaussian, scale: 0.2, seed: 4}\n",
    "statement: multihead\n"
    "data: {context: 20, heads: 3, covariance: {matrix: [[2, 0.5], [0.5, 1]]}, label_noise: 0.3}\n"
    "init: {scheme: gaussian, scale: 0.1, seed: 5}\n",
    "statement: multihead\n"
    "data: {dimension: 4, context: 9, heads: 2, covariance: {spectrum: geometric, condition: 10, rotation: 2}}\n"
    "init: {scheme: gaussian, scale: 0.3, seed: 6}\n"};

static const char *const key_query_heads[3] = {
    "statement: multihead-separate\n"
    "data: {context: 9, heads: 3, rank: 1, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}}\n"
    "init: {scheme: gaussian, scale: 0.5, seed: 4}\n",
    "statement: separate\n"
    "data: {context: 20, rank: 2, covariance: {matrix: [[2, 0.5], [0.5, 1]]}, label_noise: 0.3}\n"
    "init: {scheme: gaussian, scale: 0.4, seed: 5}\n",
    "statement: multihead-separate\n"
    "data: {context: 12, heads: 2, rank: 1, covariance: {spectrum: [2, 1, 0.5], rotation: 7},\n"
    "       task_covariance: {spectrum: [1, 2, 1.5]}}\n"
    "init: {scheme: gaussian, scale: 0.5, seed: 6}\n"};

static void test_merged_heads(void **state)
{
    (void)state;
    control(3, merged_heads, "stationary-minimum", forget_N);
    control(3, merged_heads, "limit-product", forget_N);
    control(3, merged_heads, "heads-conserved", double_weight);
}

/* The third has two ranks for three eigenvectors: its minimum is the plateau m = 2 of (19). */
static void test_key_query_heads(void **state)
{
    (void)state;
    control(3, key_query_heads, "stationary-minimum", forget_N);
    control(3, key_query_heads, "fixed-points", forget_N);
    control(3, key_query_heads, "heads-conserved", double_weight);
    control(2, key_query_heads, "limit-product", forget_N);
}

/* One head; one number; three heads that share the start of (10). */
static void test_white_course(void **state)
{
    (void)state;
    static const char *const white[3] = {
        "statement: merged\ndata: {dimension: 3, context: 6}\ninit: {sigma: 0.05}\n",
        "statement: merged\ndata: {context: 5, covariance: {spectrum: [0.7]}, label_noise: 0.4}\ninit: {sigma: 0.1}\n",
        "statement: multihead\ndata: {dimension: 4, context: 9, heads: 3, covariance: {scale: 0.8}}\n"
        "init: {sigma: 0.02}\n"};
    wrong_forms(3, white, "white-course");
}

/* ---------------------------------------------------------------- one covariance a prompt */

#define RANDOM(law, sigma)                                                                                             \
    "statement: merged\n"                                                                                              \
    "data: {context: 10, covariance: {random: {diagonal: " law "}}}\n"                                                 \
    "init: {sigma: " sigma ", theta: {random: 5}}\n"                                                                   \
    "flow: {stop: {gap: 1.0e-24}}\n"

/* Inside (4.11). */
static const char *const random_laws[3] = {
    RANDOM("[{law: uniform, low: 0.5, high: 1.5}, {law: two-point, a: 0.5, b: 2.0, p: 0.25}]", "0.2"),
    RANDOM("[{law: exponential, mean: 1}, {law: exponential, mean: 0.7}, {law: exponential, mean: 0.4}]", "0.05"),
    RANDOM("[{law: gamma, shape: 3, scale: 0.4}, {law: uniform, low: 0.2, high: 1}]", "0.1")};

/* Theorem 4.5 takes the place of Theorem 4.1. */
static void test_theorem_45(void **state)
{
    (void)state;
    wrong_forms(3, random_laws, "limit-u");
    wrong_forms(3, random_laws, "limit-U");
    wrong_forms(3, random_laws, "minimum-loss");
    control(3, random_laws, "stationary-minimum", inflate_product);
    control(3, random_laws, "limit-product", inflate_product);
    control(3, random_laws, "heads-conserved", double_weight);
    control(3, random_laws, "u-lower-bound", tighten_u_bound);
    control(3, random_laws, "pl-inequality", tighten_pl);
    control(3, random_laws, "exponential-decay", tighten_pl);
    control(3, random_laws, "sharp-decay", tighten_least_rate);
    control(3, random_laws, "off-diagonal-decay", forget_N_at_random);
}

/* Mixtures that do not commute and Wishart laws: no rates, but the minimum is where the derived gradient vanishes. */
static void test_coupled_laws(void **state)
{
    (void)state;
    static const char *const laws[3] = {
        "statement: merged\ndata: {context: 8, covariance: {random: {mixture: [{weight: 0.4, covariance: {matrix: [[2, "
        "0.5], [0.5, 1]]}}, {weight: 0.6, covariance: {spectrum: [0.5, 1.5]}}]}}}\n",
        "statement: merged\ndata: {context: 5, covariance: {random: {wishart: {dof: 6, scale: {spectrum: [1, 0.5, 2], "
        "rotation: 4}}}}}\n",
        "statement: full\ndata: {context: 12, label_noise: 0.2, covariance: {random: {mixture: [{weight: 0.5, "
        "covariance: {spectrum: [1, 2, 0.5], rotation: 2}}, {weight: 0.5, covariance: {spectrum: [2, 1, 1], rotation: "
        "9}}]}}}\n"};
    control(3, laws, "stationary-minimum", inflate_product);
    for (int k = 0; k < 2; k++) {
        char *text = with_claim(laws[k], "sharp-decay");
        fixture f = make(text);
        const lsa_claim_result result = judge_first(f.study);
        check_verdict(&result, LSA_VERDICT_NOT_APPLICABLE);
        clear(&f);
        free(text);
    }
}

/* ---------------------------------------------------------------- shifts */

#define SHIFT(data, tests)                                                                                             \
    "statement: merged\ndata: {" data "}\ntests:\n" tests "monte_carlo: {seed: 9, prompts: 1000000, seconds: 3600}\n"

static const char *const scaled[3] = {
    SHIFT("context: 20, covariance: {matrix: [[2, 0.5], [0.5, 1]]}",
          "  - {name: larger, context: 30, covariance: {train_scaled: 4}}\n"),
    SHIFT("context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}, label_noise: 0.3",
          "  - {name: smaller, context: 8, covariance: {train_scaled: 0.25}, query_covariance: train}\n"),
    SHIFT("dimension: 4, context: 50, covariance: {spectrum: power, exponent: 1}",
          "  - {name: one-task, context: 10, covariance: {train_scaled: 9}, task: {fixed: [1, -1, 2, 0]}, label_noise: "
          "1, "
          "query_noise: true}\n")};

/* (4.8): any query; and other shapes of the covariance than multiples. */
static const char *const shifted[3] = {
    SHIFT("context: 20, covariance: {matrix: [[2, 0.5], [0.5, 1]]}",
          "  - {name: query, context: 30, query_covariance: {matrix: [[1, 1], [1, 1]]}}\n"),
    SHIFT("context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}",
          "  - {name: tails, context: 8, contexts: {student: 9}, query_covariance: {spectrum: [9, 1, 2]}}\n"),
    SHIFT("dimension: 3, context: 30, covariance: identity",
          "  - {name: shape, context: 8, covariance: {spectrum: [1, 0.2, 3]}, task: {sphere: 2}, label_noise: 0.5}\n")};

/* (4.13): trained at random, tested on one covariance and on a fresh one; and a law of less. */
static const char *const brittle[3] = {
    SHIFT("dimension: 3, context: 40, covariance: {random: {diagonal: {law: exponential, mean: 1}}}",
          "  - {name: fixed, context: 8, covariance: {spectrum: [0.5, 1, 4]}}\n"),
    SHIFT("dimension: 2, context: 10, covariance: {random: {diagonal: {law: exponential, mean: 1}}}",
          "  - {name: fresh, context: 8, covariance: {train_scaled: 9}}\n"),
    SHIFT("dimension: 2, context: 12, covariance: {random: {diagonal: {law: uniform, low: 0.2, high: 2}}}, "
          "label_noise: 0.2",
          "  - {name: independent, context: 8, query_covariance: train}\n")};

static void test_shifts(void **state)
{
    (void)state;
    control(3, scaled, "limit-error", scale_once);
    control(3, brittle, "limit-error", keep_N);
    control(3, scaled, "context-rate", forget_N);
    control(3, shifted, "context-rate", forget_N);
    control(3, brittle, "context-rate", inflate_product);
}

/* Figure 1's dashed lines, d = 20: 1/3, 76/3, 387 a dimension after random training, 3, 324, 4059 after Lambda = I. */
static void check_figure_1(const char *law, const double *want)
{
    char text[1024];
    snprintf(text, sizeof text,
             "statement: merged\ndata: {dimension: 20, context: 40, covariance: %s}\ntests:\n"
             "  - {name: c, covariance: {random: {diagonal: {law: exponential, mean: 1}}}}\n"
             "  - {name: c, covariance: {random: {diagonal: {law: exponential, mean: 4}}}}\n"
             "  - {name: c, covariance: {random: {diagonal: {law: exponential, mean: 9}}}}\nclaims: [limit-error]\n",
             law);
    fixture f = make(text);
    lsa_claim_result *results;
    ptrdiff_t count;
    check_status(lsa_verify(f.study, &results, &count, NULL), LSA_OK, NULL);
    assert_int_equal(count, 3);
    for (ptrdiff_t k = 0; k < 3; k++) {
        check_verdict(&results[k], LSA_VERDICT_HOLDS);
        check_close(results[k].measured / 20.0, want[k], 1e-13, 0.0);
    }
    free(results);
    clear(&f);
}

static void test_figure_1(void **state)
{
    (void)state;
    check_figure_1("{random: {diagonal: {law: exponential, mean: 1}}}", (const double[]){1.0 / 3.0, 76.0 / 3.0, 387.0});
    check_figure_1("identity", (const double[]){3.0, 324.0, 4059.0});
}

/* Noisy and long; noiseless and short on isotropic covariates; one task; and exactly 0 whatever the scale. */
static void test_least_squares(void **state)
{
    (void)state;
    static const char *const noisy[3] = {
        SHIFT("context: 20, covariance: {matrix: [[2, 0.5], [0.5, 1]]}",
              "  - {name: noisy, context: 10, covariance: {train_scaled: 9}, label_noise: 0.5}\n"),
        SHIFT("dimension: 8, context: 20, covariance: identity",
              "  - {name: short, context: 3, covariance: {scale: 2}}\n"),
        SHIFT("dimension: 10, context: 20, covariance: identity",
              "  - {name: both, context: 2, task: {fixed: [1, 2, 0, 0, -1, 1, 0, 0, 0, 1]}, label_noise: 0.4, "
              "query_noise: true}\n")};
    control(3, noisy, "least-squares", one_more_dimension);
    for (int k = 0; k < 3; k++) {
        static const char *const exact[3] = {"covariance: {train_scaled: 0.01}", "contexts: {student: 9}",
                                             "covariance: {random: {diagonal: {law: exponential, mean: 1}}}"};
        char text[512];
        snprintf(text, sizeof text,
                 SHIFT("dimension: 3, context: 20, covariance: {spectrum: power, exponent: 1}",
                       "  - {name: exact, context: 7, %s}\n") "claims: [least-squares]\n",
                 exact[k]);
        fixture f = make(text);
        const lsa_claim_result result = judge_first(f.study);
        check_verdict(&result, LSA_VERDICT_HOLDS);
        check_at_most(result.measured, 1e-20);
        clear(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_merged_heads, clear_wrong),
        cmocka_unit_test_teardown(test_key_query_heads, clear_wrong),
        cmocka_unit_test_teardown(test_white_course, clear_wrong),
        cmocka_unit_test_teardown(test_theorem_45, clear_wrong_random),
        cmocka_unit_test(test_coupled_laws),
        cmocka_unit_test_teardown(test_shifts, clear_wrong),
        cmocka_unit_test(test_figure_1),
        cmocka_unit_test(test_least_squares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
