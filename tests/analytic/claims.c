/* Every claim about the reduced layer holds where it should, on three settings, and the same check rejects a slightly
 * wrong formula on each. */
#include "judged.h"
#include "theory_setting.h"

#include <math.h>

/* Inside the hypotheses of every claim: Lambda > 0, the paper's start with off-diagonal entries in Lambda's eigenbasis,
 * so near zero that the escape is seen, no label noise, w ~ N(0, I). Rotated and well-conditioned; a full matrix;
 * geometric of condition 20. */
#define SETTING(data, init, tests, seed)                                                                               \
    "title: claims\nstatement: merged\n"                                                                               \
    "data: {" data "}\n"                                                                                               \
    "init: {scheme: paper, " init "}\n"                                                                                \
    "flow: {rtol: 1.0e-10, stop: {gap: 1.0e-24}}\n"                                                                    \
    "tests:\n" tests "monte_carlo: {seed: " seed ", prompts: 8000000, relative_error: 0.02, seconds: 3600}\n"          \
    "train: {method: gd, step_size: 0.02, steps: 2000, points: 40}\n"

static const char *const settings[3] = {
    SETTING("context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}", "sigma: 0.05, theta: {random: 5}",
            "  - {name: same, context: [6, 30]}\n  - {name: fixed, context: 12, task: {fixed: [1, -1, 0.5]}}\n", "11"),
    SETTING("context: 10, covariance: {matrix: [[2, 0.5], [0.5, 1]]}", "sigma: 0.02, theta: {random: 3}",
            "  - {name: same, context: [10, 40]}\n  - {name: sphere, context: 15, task: {sphere: 2}}\n", "12"),
    SETTING("dimension: 4, context: 25, covariance: {spectrum: geometric, condition: 20, rotation: 5}",
            "sigma: 0.03, theta: {random: 2}",
            "  - {name: same, context: [9, 25]}\n  - {name: fixed, context: 20, task: {fixed: [1, 0, 2, -1]}}\n",
            "13")};

/* ---------------------------------------------------------------- wrong formulas */

/* Theory of the same law with Gamma = Lambda: the 1/N terms forgotten. */
static lsa_theory *theory_without_N(const lsa_experiment *experiment)
{
    const lsa_setting law = {.context = INFINITY, .covariance = experiment->training.covariance};
    lsa_theory *theory;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(&law, &theory, &err), LSA_OK, &err);
    return theory;
}

static lsa_theory *wrong_theory; /* freed by the test's teardown */

static void forget_N(fixture *f, double slack)
{
    (void)slack;
    lsa_theory_destroy(wrong_theory);
    wrong_theory = theory_without_N(lsa_study_experiment(f->study));
    check_status(lsa_theory_balanced(wrong_theory, &f->p->u, f->p->U, NULL), LSA_OK, NULL);
    f->p->minimum_loss = lsa_theory_minimum_loss(wrong_theory, f->p->d);
    f->p->theory = wrong_theory;
}

static void forget_N_in_product(fixture *f, double slack)
{
    forget_N(f, slack);
    check_status(lsa_theory_minimum(wrong_theory, f->p->d, f->p->A, NULL), LSA_OK, NULL);
}

/* (C.15) prints u = (sum a_i)^(1/4) where (4.12) has squares. */
/* tr Lambda in place of (tr Lambda^4)^(1/2). */
static void wrong_curvature(fixture *f, double slack)
{
    (void)slack;
    f->p->negative_curvature = -lsa_theory_trace(f->p->theory);
}

static void tighten_local_rate(fixture *f, double slack)
{
    f->p->rate_factor = 1.01 * slack;
}

/* u^2 - 2 |U|^2. */
static void double_weight(fixture *f, double slack)
{
    (void)slack;
    f->p->balance_weight = 2.0;
}

/* "At least d + 1 negative eigenvalues", as printed, on a prompt of fewer than d pairs. */
static void printed_count(fixture *f, double slack)
{
    (void)slack;
    f->p->negative_count += 1;
}

static void wrong_exponent(fixture *f, double slack)
{
    (void)slack;
    f->p->kq_exponent = -0.99;
}

/* The full layer without the query column in E E'. */
static lsa_arena *statement_arena;

static void mask_query(fixture *f, double slack)
{
    const lsa_statement *masked;
    (void)slack;
    lsa_arena_destroy(statement_arena);
    statement_arena = lsa_arena_create();
    assert_non_null(statement_arena);
    check_status(lsa_statement_shipped("full-masked", statement_arena, &masked, NULL), LSA_OK, NULL);
    lsa_study_set_full_statement(f->study, masked);
}

static int clear_wrong(void **state)
{
    (void)state;
    lsa_theory_destroy(wrong_theory);
    wrong_theory = NULL;
    lsa_arena_destroy(statement_arena);
    statement_arena = NULL;
    return 0;
}

#define CONTROL(function, name, change)                                                                                \
    static void function(void **state)                                                                                 \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        control(3, settings, name, change);                                                                            \
    }

#define WRONG_FORMS(function, name)                                                                                    \
    static void function(void **state)                                                                                 \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        wrong_forms(3, settings, name);                                                                                \
    }

WRONG_FORMS(test_limit_u, "limit-u")
WRONG_FORMS(test_limit_U, "limit-U")
WRONG_FORMS(test_minimum_loss, "minimum-loss")
WRONG_FORMS(test_balanced, "balanced")
CONTROL(test_u_lower_bound, "u-lower-bound", tighten_u_bound)
CONTROL(test_pl_inequality, "pl-inequality", tighten_pl)
CONTROL(test_exponential_decay, "exponential-decay", tighten_pl)
CONTROL(test_sharp_decay, "sharp-decay", tighten_least_rate)
CONTROL(test_off_diagonal, "off-diagonal-decay", forget_N)
WRONG_FORMS(test_monotone, "monotone-loss")
CONTROL(test_test_error, "test-error", forget_N)
CONTROL(test_competitive, "competitive-with-best-linear", forget_N)
WRONG_FORMS(test_bounds, "test-error-bounds")
WRONG_FORMS(test_context_needed, "context-needed")
CONTROL(test_non_convex, "non-convex", wrong_curvature)
CONTROL(test_quadratic_form, "quadratic-form", printed_count)
CONTROL(test_scale_invariance, "scale-invariance", wrong_exponent)
CONTROL(test_gradient, "gradient-by-sampling", mask_query)
CONTROL(test_stationary_minimum, "stationary-minimum", forget_N_in_product)
CONTROL(test_rank_one_point, "rank-one-point", forget_N)
CONTROL(test_limit_product, "limit-product", forget_N_in_product)
CONTROL(test_heads_conserved, "heads-conserved", double_weight)
CONTROL(test_growth_rate, "growth-rate", wrong_curvature)
CONTROL(test_local_rate, "local-rate", tighten_local_rate)

/* ---------------------------------------------------------------- wrong statements */

/* `merged`, with the prediction multiplied and the layer's U as given. */
static const char statement_format[] =
    "title: wrong statement\n"
    "statement:\n"
    "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega},\n"
    "              eps: {variance: s2, samples: N}}\n"
    "  parameters: {u: scalar, U: [d, d]}\n"
    "  define: {\"y[i]\": \"w' * x[i] + eps[i]\"}\n"
    "  prediction: \"%s * u/rho * sum(i, y[i] * x[i]') * U * xq\"\n"
    "  target: \"w' * xq\"\n"
    "  layer: {u: u, U: \"%s\"}\n"
    "data: {%s}\n"
    "monte_carlo: {seed: 11, prompts: 8000000, relative_error: 0.02, seconds: 3600}\n"
    "train: {method: gd, step_size: 0.02, steps: 2000, points: 40}\n"
    "claims: [%s]\n";

/* Noise and another law of tasks are inside the hypotheses here. */
static const char *const laws[3] = {
    "context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}",
    "context: 3, covariance: {spectrum: [1, 0.5]}, label_noise: 0.3",
    "context: 9, covariance: {matrix: [[2, 0.5], [0.5, 1]]}, task_covariance: {spectrum: [1, 3]}, normalise: N+1"};

static void check_statement(const char *factor, const char *U, const char *claim, lsa_verdict verdict)
{
    for (int k = 0; k < 3; k++) {
        char text[2048];
        snprintf(text, sizeof text, statement_format, factor, U, laws[k], claim);
        fixture f = make(text);
        const lsa_claim_result result = judge_first(f.study);
        check_verdict(&result, verdict);
        clear(&f);
    }
}

static void test_statement_is_layer(void **state)
{
    (void)state;
    check_statement("1", "U", "statement-is-layer", LSA_VERDICT_HOLDS);
    check_statement("1", "U'", "statement-is-layer", LSA_VERDICT_FAILS);
    check_statement("1.0000001", "U", "statement-is-layer", LSA_VERDICT_FAILS);
}

/* The loss derived from a statement 5 % off is not the loss of the layer that is sampled. */
static void test_loss_by_sampling(void **state)
{
    (void)state;
    check_statement("1", "U", "loss-by-sampling", LSA_VERDICT_HOLDS);
    check_statement("1.05", "U", "loss-by-sampling", LSA_VERDICT_FAILS);
}

/* A loss that was derived for another noise, one part in 10^8 off, is not the mean of the statement's text. */
static void test_loss_by_cubature(void **state)
{
    (void)state;
    check_statement("1", "U", "loss-by-cubature", LSA_VERDICT_HOLDS);
    for (int k = 0; k < 3; k++) {
        char text[2048];
        lsa_error err;
        const lsa_program *program;
        snprintf(text, sizeof text, statement_format, "1", "U", laws[k], "loss-by-cubature");
        fixture f = {.model = model_of(text)};
        lsa_experiment experiment = *lsa_model_experiment(f.model, 0);
        check_status(lsa_study_create(&experiment, NULL, &f.study, &err), LSA_OK, &err);
        check_status(lsa_study_program(f.study, &program, &err), LSA_OK, &err);
        experiment.training.label_noise += 1e-8;
        const lsa_claim_result result = judge_first(f.study);
        check_verdict(&result, LSA_VERDICT_FAILS);
        clear(&f);
    }
}

/* A full layer of the wrong scale does not follow the reduced one. */
static const lsa_statement *wrong_full; /* of the model below */

static void wrong_scale(fixture *f, double slack)
{
    (void)slack;
    lsa_study_set_full_statement(f->study, wrong_full);
}

static void test_reduced_blocks(void **state)
{
    (void)state;
    static const char wrong_statement[] =
        "statement:\n"
        "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega},\n"
        "              eps: {variance: s2, samples: N}}\n"
        "  parameters: {px: [d, 1], u: scalar, U: [d, d], k: [d, 1]}\n"
        "  define: {\"y[i]\": \"w' * x[i] + eps[i]\"}\n"
        "  prediction: \"1.001 * u/rho * sum(i, y[i] * x[i]') * U * xq + px' * k * k' * xq\"\n"
        "  target: \"w' * xq\"\n"
        "  layer: {px: px, u: u, U: U, k: k}\n"
        "data: {context: 6, covariance: identity, dimension: 3}\n";
    lsa_model *other = model_of(wrong_statement);
    wrong_full = lsa_model_experiment(other, 0)->statement;
    control(3, settings, "reduced-blocks-stay-zero", wrong_scale);
    lsa_model_destroy(other);
}

/* ---------------------------------------------------------------- the whole */

/* Those that speak of other layers and laws. */
static bool is_elsewhere(const lsa_claim_result *result)
{
    static const char *const names[] = {"fixed-points", "white-course",     "plateaus",     "escape-times",
                                        "sgd-limit",    "loss-by-cubature", /* it trains by gd, a shipped statement */
                                        "conserved",    "falling-loss",     "resting-point"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        if (strcmp(result->name, names[k]) == 0)
            return true;
    return false;
}

static void test_all_hold(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        fixture f = make(settings[k]);
        lsa_claim_result *results;
        ptrdiff_t count, claims;
        lsa_error err;
        lsa_error_clear(&err);
        check_status(lsa_verify(f.study, &results, &count, &err), LSA_OK, &err);
        const lsa_claim *all;
        lsa_arena *arena = lsa_arena_create();
        assert_non_null(arena);
        check_status(lsa_claims(arena, &all, &claims, &err), LSA_OK, &err);
        lsa_arena_destroy(arena);
        /* three tests of two settings: 5 claims a test, 2 a setting; and two slopes */
        assert_int_equal(count, claims + 2 * 5 + 2 * 1 + 2);
        for (ptrdiff_t i = 0; i < count; i++)
            check_verdict(&results[i], is_elsewhere(&results[i]) ? LSA_VERDICT_NOT_APPLICABLE : LSA_VERDICT_HOLDS);
        assert_int_equal(lsa_verify_overall(results, count), LSA_VERDICT_HOLDS);
        free(results);
        clear(&f);
    }
}

/* From a start far larger than the limit the balance is kept to the integrator's error of that start. */
static void test_large_start(void **state)
{
    (void)state;
    fixture f = make("statement: merged\n"
                     "data: {context: 9, covariance: {spectrum: [2, 1, 0.3], rotation: 4}, label_noise: 0.3}\n"
                     "init: {scheme: gaussian, scale: 1.2, seed: 5}\n"
                     "claims: [balanced]\n");
    const lsa_claim_result result = judge_first(f.study);
    check_verdict(&result, LSA_VERDICT_HOLDS);
    check_at_least(fabs(result.predicted), 5.0);
    clear(&f);
}

/* Beyond the theorem's bound on sigma the limit is still measured, and the verdict names the hypothesis. */
static void test_outside_hypotheses(void **state)
{
    (void)state;
    fixture f = make("statement: merged\n"
                     "data: {context: 6, covariance: {spectrum: [1.5, 0.8, 0.4]}}\n"
                     "init: {sigma: 3}\n"
                     "claims: [limit-u]\n");
    const lsa_claim_result result = judge_first(f.study);
    check_verdict(&result, LSA_VERDICT_NOT_APPLICABLE);
    check_contains(result.why, "start(u) < sigma_max");
    check_close(result.measured, result.predicted, 1e-6, 0.0);
    clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_hold),
        cmocka_unit_test(test_outside_hypotheses),
        cmocka_unit_test(test_large_start),
        cmocka_unit_test(test_statement_is_layer),
        cmocka_unit_test(test_loss_by_sampling),
        cmocka_unit_test(test_loss_by_cubature),
        cmocka_unit_test(test_reduced_blocks),
        cmocka_unit_test(test_limit_u),
        cmocka_unit_test(test_limit_U),
        cmocka_unit_test(test_minimum_loss),
        cmocka_unit_test(test_balanced),
        cmocka_unit_test(test_u_lower_bound),
        cmocka_unit_test(test_pl_inequality),
        cmocka_unit_test(test_exponential_decay),
        cmocka_unit_test(test_sharp_decay),
        cmocka_unit_test_teardown(test_off_diagonal, clear_wrong),
        cmocka_unit_test(test_monotone),
        cmocka_unit_test_teardown(test_test_error, clear_wrong),
        cmocka_unit_test_teardown(test_competitive, clear_wrong),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_context_needed),
        cmocka_unit_test(test_non_convex),
        cmocka_unit_test(test_quadratic_form),
        cmocka_unit_test(test_scale_invariance),
        cmocka_unit_test_teardown(test_gradient, clear_wrong),
        cmocka_unit_test_teardown(test_stationary_minimum, clear_wrong),
        cmocka_unit_test_teardown(test_rank_one_point, clear_wrong),
        cmocka_unit_test(test_limit_product),
        cmocka_unit_test(test_heads_conserved),
        cmocka_unit_test(test_growth_rate),
        cmocka_unit_test(test_local_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
