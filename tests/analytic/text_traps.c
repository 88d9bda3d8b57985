/* Claims that a naive judge gets wrong, each with the right answer. */
#include "text_judged.h"

#include <math.h>

static const char white[] = "statement: merged\n"
                            "data: {dimension: 5, context: 20}\n"
                            "tests: [{name: own}, {name: many, context: .inf}]\n";

static double slope(const double *f)
{
    /* least squares of log f in log N at N = 10, 100, 1000: the middle one has no weight */
    return log10(f[2] / f[0]) / 2.0;
}

/* The floor limit(error(many, .inf)) of d = 5 without noise is d ((1 + d)/(N + 1 + d))^2: a fit over N = 10, 100, 1000 says -1.80. */
static void order_beyond_a_plain_fit(void **state)
{
    double f[3];
    (void)state;
    for (int k = 0; k < 3; k++) {
        char text[512];
        snprintf(text, sizeof text,
                 "statement: merged\ndata: {dimension: 5, context: %d}\ntests: [{name: many, context: "
                 ".inf}]\n",
                 (int)pow(10.0, k + 1));
        f[k] = judge(text, "{claim: \"limit(error(many)) == 5*(6/(N + 6))^2\"}").measured;
    }
    check_close(slope(f), -1.80, 0.01, 0.0); /* the trap itself */
    is(white, "{claim: \"order(limit(error(many)), N) == -2\"}", LSA_VERDICT_HOLDS);
    is(white, "{claim: \"order(limit(error(many)), N) == -1.8\"}", LSA_VERDICT_FAILS);
    is(white, "{claim: \"order(limit(error(many)), N) == -1.99\"}", LSA_VERDICT_FAILS);
}

/* u alone is not the same at all minimisers: what the limit is depends on where the flow began. */
static void limit_on_a_flat_direction(void **state)
{
    static const char other[] =
        "statement: merged\n"
        "data: {dimension: 5, context: 20}\n"
        "init: {scheme: values, values: {u: 2, U: [[0.1, 0, 0, 0, 0], [0, 0.1, 0, 0, 0], [0, 0, 0.1, 0, 0], "
        "[0, 0, 0, 0.1, 0], [0, 0, 0, 0, 0.1]]}}\n";
    (void)state;
    says(white, "{claim: \"limit(u)^2 == norm(limit(U))\"}", LSA_VERDICT_FAILS, "it depends on the start");
    says(white, "{claim: \"limit(u)^2 == norm(limit(U))^2\"}", LSA_VERDICT_HOLDS, "it depends on the start");
    says(other, "{claim: \"limit(u)^2 == norm(limit(U))^2\"}", LSA_VERDICT_FAILS, "it depends on the start");
    const lsa_claim_result product = judge(white, "{claim: \"limit(u*U) == I/(1 + (1 + d)/N)\"}");
    assert_int_equal(product.verdict, LSA_VERDICT_HOLDS);
    assert_null(strstr(product.why, "depends on the start"));
    is(other, "{claim: \"limit(u*U) == I/(1 + (1 + d)/N)\"}", LSA_VERDICT_HOLDS);
}

/* dL/db = -c b^3: b falls as t^(-1/2), and no run comes near its limit. */
static void limit_of_algebraic_decay(void **state)
{
    static const char quartic[] = "statement:\n"
                                  "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}}\n"
                                  "  parameters: {b: scalar, c: vector}\n"
                                  "  prediction: \"b^2 * c' * xq\"\n"
                                  "  target: \"0*xq'*xq\"\n"
                                  "data: {dimension: 2, context: 4}\n"
                                  "init: {scheme: values, values: {b: 1, c: [1, 0]}}\n"
                                  "flow: {stop: {time: 100}}\n";
    (void)state;
    const lsa_claim_result result = judge(quartic, "{claim: \"limit(b) == 0\", scale: \"1\"}");
    assert_int_equal(result.verdict, LSA_VERDICT_INCONCLUSIVE);
    check_contains(result.why, "refused: ");
}

static void least_loss_that_nobody_proves(void **state)
{
    static const char looped[] =
        "statement:\n"
        "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
        "  parameters: {u: scalar, v: scalar}\n"
        "  prediction: \"(u + u^2*v + v^3)*w'*xq\"\n"
        "  target: \"w'*xq\"\n"
        "data: {dimension: 2, context: 4}\n"
        "init: {scheme: values, values: {u: 0.1, v: 0.2}}\n";
    (void)state;
    says(looped, "{claim: \"inf(loss) == 0\"}", LSA_VERDICT_INCONCLUSIVE, "refused: ");
    says(looped, "{claim: \"limit(excess) == 0\"}", LSA_VERDICT_INCONCLUSIVE, "refused: ");
    is(looped, "{claim: \"best(loss) <= 1e-9\"}", LSA_VERDICT_PROVED);
    is(looped, "{claim: \"best(loss) >= 0.1\"}", LSA_VERDICT_FAILS);
}

static void means_that_do_not_exist(void **state)
{
    static const char exponential[] =
        "statement: merged\ndata: {dimension: 2, context: 9, covariance: {random: {diagonal: {law: "
        "exponential, mean: 1}}}}\n";
    (void)state;
    says(exponential, "{claim: \"E(inv(Lambda)) == I\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: inv(Lambda) has no mean under this law");
    is(exponential, "{claim: \"E(tr(Lambda)^(1/2)) < 2\"}", LSA_VERDICT_HOLDS); /* it exists, and prompts tell it */
    is(exponential, "{claim: \"E(Lambda^2) == 2*I\"}", LSA_VERDICT_PROVED);
}

/* error(test) is a number at a point. */
static void bare_error_of_a_test(void **state)
{
    static const char fixed[] = "statement: merged\ndata: {dimension: 5, context: 20}\n"
                                "tests: [{name: own}]\n";
    (void)state;
    is(fixed, "{claim: \"error(own) >= limit(error(own))\"}", LSA_VERDICT_HOLDS); /* along the flow */
    is(fixed, "{claim: \"error(own) >= 1.01*limit(error(own))\"}", LSA_VERDICT_FAILS);
    char text[1024];
    lsa_error err;
    lsa_error_clear(&err);
    snprintf(text, sizeof text, "%sclaims: [{claim: \"E(error(own)) == 1\"}]\n", fixed);
    assert_int_equal(judge_text_status(text, &err), LSA_ERR_INPUT);
    check_contains(err.text, "parameters and the loss are the same for every prompt");
    says(fixed, "{claim: \"lim(error(own), N -> .inf) == 1\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: it depends on the parameters: write limit(...)");
}

static void true_of_every_model(void **state)
{
    (void)state;
    assert_true(judge(white, "{claim: \"tr(Lambda*Omega) == tr(Omega*Lambda)\"}").tautology);
    assert_true(judge(white, "{claim: \"limit(risk) == 2*limit(loss)\"}").tautology);
    assert_true(judge(white, "{claim: \"norm(U)^2 == tr(U'*U)\"}").tautology);
    assert_true(judge(white, "{convention: {loss: 1}, claim: \"loss == risk\"}").tautology);
    assert_false(judge(white, "{claim: \"Lambda*Omega == Omega*Lambda\"}").tautology);
    assert_false(judge(white, "{claim: \"lim(1/N, N -> .inf) == 0\"}").tautology);
}

/* Functions are told by their bracket: a statement may call its parameter E, S, a or start. */
static void parameters_with_names_of_functions(void **state)
{
    static const char named[] =
        "statement:\n"
        "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
        "  parameters: {%s: vector}\n"
        "  prediction: \"%s' * xq\"\n"
        "  target: \"(w + 2*%s)' * xq\"\n"
        "data: {dimension: 2, context: 4, covariance: {spectrum: [2, 1]}}\n"
        "init: {scheme: values, values: {%s: [1, 0.5]}}\n";
    static const char *const free_names[] = {"S", "a", "start", "rate"};
    (void)state;
    for (size_t k = 0; k < sizeof free_names / sizeof *free_names; k++) {
        char text[1024], claim[128];
        const char *n = free_names[k];
        snprintf(text, sizeof text, named, n, n, n, n);
        snprintf(claim, sizeof claim, "{claim: \"dot(%s) == -Lambda*%s\"}", n, n);
        is(text, claim, LSA_VERDICT_HOLDS);
    }
    for (int with_claim = 0; with_claim < 2; with_claim++) {
        char text[1024];
        lsa_error err;
        lsa_error_clear(&err);
        const int used = snprintf(text, sizeof text, named, "E", "E", "E", "E");
        snprintf(text + used, sizeof text - (size_t)used, "claims: [%s]\n",
                 with_claim ? "{claim: \"norm(E) >= 0\"}" : "monotone-loss");
        const lsa_status status = judge_text_status(text, &err);
        assert_int_equal(status, with_claim ? LSA_ERR_INPUT : LSA_OK);
        if (with_claim)
            check_contains(err.text, "'E' is a name of formulas");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_beyond_a_plain_fit), cmocka_unit_test(limit_on_a_flat_direction),
        cmocka_unit_test(limit_of_algebraic_decay), cmocka_unit_test(least_loss_that_nobody_proves),
        cmocka_unit_test(means_that_do_not_exist),  cmocka_unit_test(bare_error_of_a_test),
        cmocka_unit_test(true_of_every_model),      cmocka_unit_test(parameters_with_names_of_functions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
