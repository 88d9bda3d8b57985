/* Every claim holds where it should, and the same check rejects a slightly wrong formula. */
#include "check.h"
#include "model_text.h"

#include "verify/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A small model whose claims are all applicable: rotated covariance, a start with off-diagonal entries. */
static const char model_text[] = "title: claims\n"
                                 "statement: merged\n"
                                 "data: {context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}}\n"
                                 "init: {scheme: paper, sigma: 0.3, theta: {random: 5}}\n"
                                 "flow: {rtol: 1.0e-10, stop: {gap: 1.0e-24}}\n"
                                 "tests:\n"
                                 "  - {name: same, context: [6, 30]}\n"
                                 "  - {name: fixed, context: 12, task: {fixed: [1, -1, 0.5]}}\n"
                                 "monte_carlo: {seed: 11, prompts: 4000000, relative_error: 0.02}\n";

typedef struct fixture {
    lsa_model *model;
    lsa_study *study;
    lsa_predictions *p;
} fixture;

static fixture make(const char *text)
{
    fixture f = {.model = model_of(text)};
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_study_create(lsa_model_experiment(f.model, 0), NULL, &f.study, &err), LSA_OK, &err);
    return f;
}

static fixture make_with_predictions(const char *text)
{
    fixture f = make(text);
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_study_predictions(f.study, &f.p, &err), LSA_OK, &err);
    return f;
}

static void clear(fixture *f)
{
    lsa_study_destroy(f->study);
    lsa_model_destroy(f->model);
}

/* Judges one claim by name: the model's text with `claims: [name]` appended. */
static char *with_claim(const char *text, const char *name)
{
    const size_t size = strlen(text) + strlen(name) + 16;
    char *out = malloc(size);
    assert_non_null(out);
    snprintf(out, size, "%sclaims: [%s]\n", text, name);
    return out;
}

static lsa_claim_result judge_first(lsa_study *study)
{
    lsa_claim_result *results, first;
    ptrdiff_t count;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_verify(study, &results, &count, &err), LSA_OK, &err);
    assert_true(count > 0);
    first = results[0];
    free(results);
    return first;
}

/* What a control changes before the claim is judged again; slack is the one that was measured in truth. */
typedef void falsify(fixture *f, double slack);

static void check_verdict(const lsa_claim_result *result, lsa_verdict verdict)
{
    if (result->verdict == verdict)
        return;
    print_error("%s: %s (predicted %.17g, measured %.17g, tolerance %.3g, slack %.6g): %s\n", result->name,
                lsa_verdict_text(result->verdict), result->predicted, result->measured, result->tolerance,
                result->slack, result->why);
    fail();
}

/* The claim holds; after the change it fails. */
static void control(const char *name, falsify *change)
{
    char *text = with_claim(model_text, name);
    fixture truth = make_with_predictions(text);
    const lsa_claim_result held = judge_first(truth.study);
    check_verdict(&held, LSA_VERDICT_HOLDS);
    clear(&truth);
    fixture wrong = make_with_predictions(text);
    change(&wrong, held.slack);
    const lsa_claim_result failed = judge_first(wrong.study);
    check_verdict(&failed, LSA_VERDICT_FAILS);
    clear(&wrong);
    free(text);
}

/* ---------------------------------------------------------------- wrong formulas */

/* Theory of the same law with Gamma = Lambda: the 1/N terms forgotten. */
static lsa_theory *theory_without_N(const lsa_experiment *experiment)
{
    const lsa_theory_law law = {
        .d = experiment->data.d, .context = INFINITY, .covariance = {.matrix = experiment->data.covariance->matrix}};
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
    wrong_theory = theory_without_N(lsa_study_experiment(f->study));
    check_status(lsa_theory_balanced(wrong_theory, &f->p->u, f->p->U, NULL), LSA_OK, NULL);
    f->p->minimum_loss = lsa_theory_minimum_loss(wrong_theory, f->p->d);
    f->p->theory = wrong_theory;
}

/* (C.15) prints u = (sum a_i)^(1/4) where (4.12) has squares. */
static void forget_squares(fixture *f, double slack)
{
    (void)slack;
    double trace = 0.0;
    for (ptrdiff_t i = 0; i < f->p->d; i++)
        trace += f->p->A[i + i * f->p->d];
    f->p->u = pow(trace, 0.25);
}

/* tr(U)^2 in place of tr(U U'). */
static void trace_for_norm(fixture *f, double slack)
{
    const lsa_program *program;
    const double *start;
    lsa_reduced_view view;
    double trace = 0.0;
    (void)slack;
    check_status(lsa_study_program(f->study, &program, NULL), LSA_OK, NULL);
    check_status(lsa_study_start(f->study, &start, NULL), LSA_OK, NULL);
    assert_true(lsa_study_reduced_view(f->study, program, &view));
    for (ptrdiff_t i = 0; i < f->p->d; i++)
        trace += start[view.U + i + i * f->p->d];
    f->p->conserved = start[view.u] * start[view.u] - trace * trace;
}

/* tr Lambda in place of (tr Lambda^4)^(1/2). */
static void wrong_curvature(fixture *f, double slack)
{
    (void)slack;
    f->p->negative_curvature = -lsa_theory_trace(f->p->theory);
}

static void tighten_u_bound(fixture *f, double slack)
{
    f->p->u_lower_bound *= 1.01 * slack;
}

static void tighten_pl(fixture *f, double slack)
{
    f->p->pl *= 1.01 * slack;
}

static void tighten_least_rate(fixture *f, double slack)
{
    f->p->least_rate *= 1.01 * slack;
}

static void tighten_quotient(fixture *f, double slack)
{
    f->p->gap_quotient /= 1.01 * slack;
}

/* A sampled bound is rejected once the interval, 2 % wide, lies above it. */
static void tighten_bound(fixture *f, double slack)
{
    f->p->bound_factor = 0.95 / slack;
}

static void tighten_learning(fixture *f, double slack)
{
    f->p->floor *= 0.95 / slack;
    f->p->learning_gap *= 0.95 / slack;
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
        control(name, change);                                                                                         \
    }

CONTROL(test_limit_u, "limit-u", forget_N)
CONTROL(test_limit_u_squares, "limit-u", forget_squares)
CONTROL(test_limit_U, "limit-U", forget_N)
CONTROL(test_minimum_loss, "minimum-loss", forget_N)
CONTROL(test_balanced, "balanced", trace_for_norm)
CONTROL(test_u_lower_bound, "u-lower-bound", tighten_u_bound)
CONTROL(test_pl_inequality, "pl-inequality", tighten_pl)
CONTROL(test_exponential_decay, "exponential-decay", tighten_pl)
CONTROL(test_sharp_decay, "sharp-decay", tighten_least_rate)
CONTROL(test_off_diagonal, "off-diagonal-decay", forget_N)
CONTROL(test_monotone, "monotone-loss", tighten_quotient)
CONTROL(test_test_error, "test-error", forget_N)
CONTROL(test_bounds, "test-error-bounds", tighten_bound)
CONTROL(test_context_needed, "context-needed", tighten_learning)
CONTROL(test_non_convex, "non-convex", wrong_curvature)
CONTROL(test_quadratic_form, "quadratic-form", printed_count)
CONTROL(test_scale_invariance, "scale-invariance", wrong_exponent)
CONTROL(test_gradient, "gradient-by-sampling", mask_query)

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
    "data: {context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}}\n"
    "monte_carlo: {seed: 11, prompts: 4000000, relative_error: 0.02}\n"
    "claims: [%s]\n";

static void check_statement(const char *factor, const char *U, const char *claim, lsa_verdict verdict)
{
    char text[2048];
    snprintf(text, sizeof text, statement_format, factor, U, claim);
    fixture f = make(text);
    const lsa_claim_result result = judge_first(f.study);
    check_verdict(&result, verdict);
    clear(&f);
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

/* A full layer of the wrong scale does not follow the reduced one. */
static void test_reduced_blocks(void **state)
{
    (void)state;
    char *model = with_claim(model_text, "reduced-blocks-stay-zero");
    fixture truth = make(model);
    const lsa_claim_result held = judge_first(truth.study);
    check_verdict(&held, LSA_VERDICT_HOLDS);
    clear(&truth);
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
    fixture wrong = make(model);
    lsa_study_set_full_statement(wrong.study, lsa_model_experiment(other, 0)->statement);
    const lsa_claim_result failed = judge_first(wrong.study);
    check_verdict(&failed, LSA_VERDICT_FAILS);
    clear(&wrong);
    lsa_model_destroy(other);
    free(model);
}

/* ---------------------------------------------------------------- one covariance a prompt */

static const char random_text[] = "statement: merged\n"
                                  "data: {context: 10, covariance: {random: {diagonal: [{law: uniform, low: 0.5, "
                                  "high: 1.5}, {law: two-point, a: 0.5, b: 2.0, p: 0.25}]}}}\n"
                                  "init: {sigma: 0.2, theta: {random: 5}}\n"
                                  "flow: {stop: {gap: 1.0e-24}}\n";

static lsa_claim_result judge_random(const char *claim, falsify *change)
{
    char *text = with_claim(random_text, claim);
    fixture f = make_with_predictions(text);
    if (change != NULL)
        change(&f, 1.0);
    const lsa_claim_result result = judge_first(f.study);
    clear(&f);
    free(text);
    return result;
}

/* Theorem 4.5 takes the place of Theorem 4.1; (C.15) as printed, and a PL constant 1 % above the slack, are rejected. */
static void test_random_covariance(void **state)
{
    (void)state;
    static const char *const names[] = {"limit-u",       "limit-U",       "minimum-loss",
                                        "u-lower-bound", "pl-inequality", "exponential-decay"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const lsa_claim_result held = judge_random(names[i], NULL);
        check_verdict(&held, LSA_VERDICT_HOLDS);
        assert_string_equal(held.source, "Theorem 4.5");
    }
    const lsa_claim_result printed = judge_random("limit-u", forget_squares);
    check_verdict(&printed, LSA_VERDICT_FAILS);
    const lsa_claim_result held = judge_random("pl-inequality", NULL);
    char *text = with_claim(random_text, "pl-inequality");
    fixture f = make_with_predictions(text);
    tighten_pl(&f, held.slack);
    const lsa_claim_result failed = judge_first(f.study);
    check_verdict(&failed, LSA_VERDICT_FAILS);
    clear(&f);
    free(text);
}

/* ---------------------------------------------------------------- the whole */

static void test_all_hold(void **state)
{
    (void)state;
    fixture f = make(model_text);
    lsa_claim_result *results;
    ptrdiff_t count, claims;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_verify(f.study, &results, &count, &err), LSA_OK, &err);
    lsa_claims(&claims);
    assert_int_equal(count, claims + 4); /* test-error and test-error-bounds: three settings each */
    for (ptrdiff_t i = 0; i < count; i++) {
        const bool of_other_heads =
            strcmp(results[i].name, "plateaus") == 0 || strcmp(results[i].name, "escape-times") == 0;
        check_verdict(&results[i], of_other_heads ? LSA_VERDICT_NOT_APPLICABLE : LSA_VERDICT_HOLDS);
    }
    assert_int_equal(lsa_verify_overall(results, count), LSA_VERDICT_HOLDS);
    free(results);
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
    check_contains(result.why, "sigma^2 |Gamma|_op sqrt(d) < 2");
    check_close(result.measured, result.predicted, 1e-6, 0.0);
    clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_hold),
        cmocka_unit_test(test_outside_hypotheses),
        cmocka_unit_test(test_random_covariance),
        cmocka_unit_test(test_statement_is_layer),
        cmocka_unit_test(test_loss_by_sampling),
        cmocka_unit_test(test_reduced_blocks),
        cmocka_unit_test_teardown(test_limit_u, clear_wrong),
        cmocka_unit_test_teardown(test_limit_u_squares, clear_wrong),
        cmocka_unit_test_teardown(test_limit_U, clear_wrong),
        cmocka_unit_test_teardown(test_minimum_loss, clear_wrong),
        cmocka_unit_test(test_balanced),
        cmocka_unit_test(test_u_lower_bound),
        cmocka_unit_test(test_pl_inequality),
        cmocka_unit_test(test_exponential_decay),
        cmocka_unit_test(test_sharp_decay),
        cmocka_unit_test_teardown(test_off_diagonal, clear_wrong),
        cmocka_unit_test(test_monotone),
        cmocka_unit_test_teardown(test_test_error, clear_wrong),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_context_needed),
        cmocka_unit_test(test_non_convex),
        cmocka_unit_test(test_quadratic_form),
        cmocka_unit_test(test_scale_invariance),
        cmocka_unit_test_teardown(test_gradient, clear_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
