/* Claims written as formulas, against a flow whose solution is known: dL/db = Lambda (b - v), so b(t) = v + exp(-Lambda t)(b(0) -
 * v). Each function of the flow has its right value and a wrong one beside it; and what is refused is refused by name. */
#include "text_judged.h"

#include <math.h>

static const char own[] =
    "statement:\n"
    "  constants: {v: vector}\n"
    "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
    "  parameters: {b: vector}\n"
    "  prediction: \"b' * xq\"\n"
    "  target: \"(w + v)' * xq\"\n"
    "data: {dimension: 3, context: 4, covariance: {spectrum: [2, 1, 0.5]}, values: {v: [1, -0.5, 2]}}\n"
    "init: {scheme: values, values: {b: [0, 1, 0.5]}}\n";

/* The same, where the loss does not see the third coordinate. */
static const char unseen[] =
    "statement:\n"
    "  constants: {v: vector}\n"
    "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
    "  parameters: {b: vector}\n"
    "  prediction: \"b' * xq\"\n"
    "  target: \"(w + v)' * xq\"\n"
    "data: {dimension: 3, context: 4, covariance: {spectrum: [2, 1, 0]}, values: {v: [1, -0.5, 2]}}\n"
    "init: {scheme: values, values: {b: [0, 1, 0.5]}}\n";

static const char merged[] = "statement: merged\n"
                             "data: {context: 7, covariance: {matrix: [[2, 0.5], [0.5, 1]]}}\n"
                             "init: {sigma: 0.3, theta: {matrix: [[0.9, -0.4], [0.2, 1.1]]}}\n"
                             "tests: [{name: own}, {name: longer, context: [20, 50]}, {name: many, context: .inf}]\n";

static const char two_heads[] = "statement: multihead\n"
                                "data: {context: 9, heads: 2, covariance: {spectrum: [2, 1]}}\n"
                                "init: {scheme: gaussian, scale: 0.2, seed: 3}\n";

static void along_the_flow(void **state)
{
    (void)state;
    is(own, "{claim: \"b == v + expm(-t*Lambda)*(start(b) - v)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"b == v + expm(-1.0001*t*Lambda)*(start(b) - v)\"}", LSA_VERDICT_FAILS);
    is(own, "{claim: \"dot(b) == -Lambda*(b - v)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"dot(b) == -Lambda*(b - 1.0001*v)\"}", LSA_VERDICT_FAILS);
    is(own, "{claim: \"dot(loss) == -norm(grad(b))^2\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"dot(loss) == -norm(grad(b))^2/2\"}", LSA_VERDICT_FAILS);
    /* (b_2 - v_2)^2 = 2.25 exp(-2t) */
    is(own, "{claim: \"integral(entry(b - v, 2)^2) == 9/8*(1 - exp(-2*t))\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"integral(entry(b - v, 2)^2) == 9/8*(1 - exp(-2.001*t))\"}", LSA_VERDICT_FAILS);
    is(own, "{claim: \"excess <= start(excess)*exp(-2*min(eigvals(Lambda))*t)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"excess <= start(excess)*exp(-2.2*min(eigvals(Lambda))*t)\"}", LSA_VERDICT_FAILS);
    is(own, "{claim: \"norm(b - v) <= 2*norm(start(b) - v)*exp(-0.51*t)\"}",
       LSA_VERDICT_FAILS); /* in the tail, beyond what the path knows */
    is(own, "{claim: \"norm(b - v) <= 2*norm(start(b) - v)*exp(-0.4999*t)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"excess >= start(excess)*exp(-2*max(eigvals(Lambda))*t)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"t*norm(b)^2 >= -1\"}", LSA_VERDICT_HOLDS);
}

static void at_times(void **state)
{
    (void)state;
    is(own, "{claim: \"at(0.7, b) == v + expm(-0.7*Lambda)*(start(b) - v)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"at(0.7, b) == v + expm(-0.7007*Lambda)*(start(b) - v)\"}", LSA_VERDICT_FAILS);
    /* b_2 - v_2 = 1.5 exp(-t) passes 0.5 at log 3 */
    is(own, "{claim: \"first(t, entry(b - v, 2) < 0.5) == log(3)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"first(t, entry(b - v, 2) < 0.5) == 1.01*log(3)\"}", LSA_VERDICT_FAILS);
    is(own, "{claim: \"last(t, entry(b - v, 2) > 0.5) == log(3)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"at(first(t, entry(b - v, 2) < 0.5), entry(b - v, 2)) == 0.5\"}", LSA_VERDICT_HOLDS);
    says(own, "{claim: \"first(t, entry(b, 2) > 5) > 0\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: the condition holds at no sample");
    /* b_1 b_2 = (1 - e^(-2t))(1.5 e^(-t) - 0.5) is largest at e^(-t) = x of 4.5 x^2 - x - 1.5 = 0 */
    is(own,
       "{where: {y: \"(1 + sqrt(28))/9\"}, claim: \"largest(entry(b, 1)*entry(b, 2)) == (1 - y^2)*(1.5*y - 0.5)\"}",
       LSA_VERDICT_HOLDS);
    is(own, "{claim: \"least(entry(b, 2)) == -0.5\", within: 1e-6}", LSA_VERDICT_HOLDS);
}

static void ends(void **state)
{
    (void)state;
    is(own, "{claim: \"limit(loss) == 1/2*tr(Lambda)\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"inf(loss) == 1/2*tr(Lambda)\"}", LSA_VERDICT_PROVED);
    is(own, "{claim: \"inf(risk) == tr(Lambda)\"}", LSA_VERDICT_PROVED);
    is(own, "{claim: \"argmin(b) == v\"}", LSA_VERDICT_PROVED);
    says(unseen, "{claim: \"argmin(b) == v\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: it is not the same at all minimisers: 0 at one, 1 at another");
    is(unseen, "{claim: \"inf(loss) == 3/2\"}", LSA_VERDICT_PROVED);
    is(own, "{claim: \"rate(excess) == 2*min(eigvals(Lambda))\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"inertia(limit(hessian)) == [3, 0, 0]\"}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"tr(limit(hessian)) == tr(Lambda)\"}", LSA_VERDICT_HOLDS);
    says(merged, "{claim: \"argmin(u) > 0\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: it is not the same at all minimisers: 1 at one, 2 at another");
    is(merged, "{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"argmin(u*U) == inv(G)\"}",
       LSA_VERDICT_PROVED);
    is(two_heads, "{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"limit(sum(h, u[h]*U[h])) == inv(G)\"}",
       LSA_VERDICT_HOLDS);
    is(two_heads, "{for: {g: 1..heads}, claim: \"norm(U[g])^2 - u[g]^2 == start(norm(U[g])^2 - u[g]^2)\"}",
       LSA_VERDICT_HOLDS);
    is(two_heads, "{for: {g: 1..heads}, claim: \"norm(U[g])^2 == u[g]^2\"}", LSA_VERDICT_FAILS);
    is(two_heads,
       "{at: {\"u[1]\": 1, \"U[1]\": \"inv((1 + 1/N)*Lambda + tr(Lambda)/N*I)\"}, claim: \"loss == inf(loss)\"}",
       LSA_VERDICT_PROVED);
}

/* Conditions of the Hessian up to 1e18: no limit is refuted that theory proves, however small the error is that is asked. */
static void ill_conditioned_ends(void **state)
{
    static const double conditions[] = {1.0, 1e4, 1e6};
    static const int contexts[] = {1, 37, 10000};
    char model[512];
    (void)state;
    for (int c = 0; c < 3; c++) {
        for (int n = 0; n < 3; n++) {
            snprintf(
                model, sizeof model,
                "statement: merged\ndata: {dimension: 4, context: %d, covariance: {spectrum: geometric, condition: %g, "
                "rotation: 3}}\ninit: {sigma: 0.1, theta: {random: %d}}\n",
                contexts[n], conditions[c], c + n);
            is(model, "{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"limit(u*U) == inv(G)\"}",
               LSA_VERDICT_HOLDS);
            is(model, "{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"limit(u*U) == (1 + 1e-6)*inv(G)\"}",
               LSA_VERDICT_FAILS);
            is(model, "{claim: \"limit(u^2 - norm(U)^2) == start(u^2 - norm(U)^2)\"}", LSA_VERDICT_HOLDS);
        }
    }
}

static void best_bounds_from_above(void **state)
{
    (void)state;
    is(own, "{claim: \"best(loss) <= 1.75000001\"}", LSA_VERDICT_PROVED);
    is(own, "{claim: \"best(loss) <= 1.74\"}", LSA_VERDICT_INCONCLUSIVE);
    is(own, "{claim: \"best(loss) >= 1.76\"}", LSA_VERDICT_FAILS);
    is(own, "{claim: \"best(loss) >= 1.7\"}", LSA_VERDICT_INCONCLUSIVE);
    is(own, "{claim: \"best(loss) == 1.75\"}", LSA_VERDICT_INCONCLUSIVE);
}

static void hypotheses(void **state)
{
    (void)state;
    const lsa_claim_result met =
        judge(merged, "{assuming: [\"sigma < 1\", \"psd(Lambda)\"], claim: \"inf(loss) > 0\"}");
    assert_int_equal(met.verdict, LSA_VERDICT_PROVED);
    assert_int_equal(met.n_hypotheses, 2);
    check_close(met.hypotheses[0].value, 0.3, 1e-15, 0.0);
    says(merged, "{assuming: [\"sigma < 0.3\"], claim: \"inf(loss) > 0\"}", LSA_VERDICT_NOT_APPLICABLE,
         "0.3 where 0.3 is asked");
    is(merged, "{assuming: [\"diagonal(Lambda)\"], claim: \"inf(loss) > 0\"}", LSA_VERDICT_NOT_APPLICABLE);
    is(merged, "{assuming: [\"diagonal(Lambda)\"], claim: \"-grad(u) == loss\"}", LSA_VERDICT_NOT_APPLICABLE);
    says(merged, "{assuming: [\"tr(inv(Lambda - Lambda)) > 0\"], claim: \"inf(loss) > 0\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: the inverse of a singular matrix");
}

static void parts_and_conditions(void **state)
{
    (void)state;
    says(merged, "{claim: \"d == 2 and N == 8\"}", LSA_VERDICT_FAILS, "part 2 of 2");
    is(merged, "{claim: \"1 < d < 3 <= N\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"1 < d < 2\"}", LSA_VERDICT_FAILS);
    is(merged, "{claim: \"d == 3 or not (N < 7)\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"commute(Lambda, Omega)\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"diagonal(Lambda)\"}", LSA_VERDICT_FAILS);
    is(merged, "{claim: \"sqrt(2)*sqrt(3) == sqrt(6)\"}", LSA_VERDICT_HOLDS); /* balls prove no equality */
    is(merged, "{claim: \"sqrt(2)*sqrt(3) < sqrt(6)\"}", LSA_VERDICT_INCONCLUSIVE);
    is(merged, "{claim: \"sqrt(2)*sqrt(3) < sqrt(6) + 1e-300\"}", LSA_VERDICT_PROVED); /* at 1024 bits */
    is(merged, "{claim: \"0.1 + 0.2 == 0.3\"}", LSA_VERDICT_PROVED);                   /* decimals are exact */
    is(merged, "{claim: \"N != 8\"}", LSA_VERDICT_PROVED);
}

static void tautologies(void **state)
{
    (void)state;
    assert_true(judge(merged, "{claim: \"risk == 2*loss\"}").tautology);
    assert_true(judge(merged, "{claim: \"tr(Lambda) == tr(Lambda')\"}").tautology);
    assert_true(judge(merged, "{claim: \"limit(u + u) == 2*limit(u)\"}").tautology);
    assert_false(judge(merged, "{claim: \"limit(u) == start(u)\"}").tautology);
    assert_false(judge(merged, "{claim: \"u^2 == norm(U)^2\"}").tautology);
    assert_false(judge(merged, "{claim: \"inf(loss) == limit(loss)\"}").tautology);
}

static void refusals(void **state)
{
    (void)state;
    says(merged, "{claim: \"tr(inv(Lambda - Lambda)) == 0\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: the inverse of a singular matrix, in inv(");
    says(merged, "{claim: \"eigvals([[1, 2], [0, 1]]) == [1, 1]\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: eigenvalues of a matrix that is not symmetric");
    says(merged, "{claim: \"psd(U)\"}", LSA_VERDICT_INCONCLUSIVE, "refused: a condition is decided at a place");
    says(merged, "{claim: \"psd(limit(U))\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: it rests on numbers that are estimates");
    says("statement: merged\ndata: {dimension: 2, context: 9, covariance: {random: {diagonal: {law: exponential, mean: "
         "1}}}}\n",
         "{claim: \"psd(argmin(u*U))\"}", LSA_VERDICT_INCONCLUSIVE, "refused: it rests on numbers that are estimates");
    says("statement: merged\ndata: {dimension: 2, context: 9, covariance: {random: {diagonal: {law: exponential, mean: "
         "1}}}}\n",
         "{claim: \"tr(Lambda) == 2\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: every prompt draws its own Lambda: write its mean, as in E(Lambda)");
}

static void means_of_random_covariances(void **state)
{
    static const char gamma[] =
        "statement: merged\ndata: {dimension: 2, context: 9, covariance: {random: {diagonal: [{law: gamma, shape: 2, "
        "scale: 0.5}, {law: uniform, low: 1, high: 3}]}}}\n";
    static const char mixture[] =
        "statement: merged\ndata: {context: 9, covariance: {random: {mixture: [{weight: 0.25, covariance: {spectrum: "
        "[1, 2]}}, {weight: 0.75, covariance: {matrix: [[3, 1], [1, 0.5]]}}]}}}\n";
    (void)state;
    is(gamma, "{claim: \"E(Lambda) == diag([1, 2])\"}", LSA_VERDICT_PROVED);
    is(gamma, "{claim: \"E(Lambda^3) == diag([3, 10])\"}", LSA_VERDICT_PROVED); /* 2*3*4/8; (81 - 1)/8 */
    is(gamma, "{claim: \"E(tr(Lambda)*Lambda) == diag([3.5, 6.3333333])\"}", LSA_VERDICT_FAILS);
    is(gamma, "{claim: \"E(tr(Lambda)*Lambda) == diag([3.5, 19/3])\"}", LSA_VERDICT_PROVED);
    is(mixture, "{claim: \"E(inv(Lambda)) == 1/4*diag([1, 1/2]) + 3/4*inv([[3, 1], [1, 1/2]])\"}", LSA_VERDICT_PROVED);
}

static void tests_and_contexts(void **state)
{
    (void)state;
    is(merged, "{claim: \"limit(error(many)) == limit(error(own, .inf))\"}", LSA_VERDICT_HOLDS);
    is(merged, "{claim: \"limit(error(longer, 50)) < limit(error(longer, 20))\"}", LSA_VERDICT_HOLDS);
    is(merged, "{claim: \"limit(error(own)) == 2*inf(loss)\"}", LSA_VERDICT_HOLDS);
    is(merged, "{for: tests, claim: \"limit(error(test)) >= 0\"}", LSA_VERDICT_HOLDS);
    is(merged, "{claim: \"limit(error(many)) == 0.5\", within: 0.01%}", LSA_VERDICT_FAILS);
}

static void within_and_resolution(void **state)
{
    (void)state;
    is(own, "{claim: \"limit(b) == 1.02*v\", within: 5%}", LSA_VERDICT_HOLDS);
    is(own, "{claim: \"limit(b) == 1.02*v\", within: 0.1%}", LSA_VERDICT_FAILS);
    is(own, "{claim: \"limit(b) == v\", resolution: 1e-14}", LSA_VERDICT_INCONCLUSIVE);
    is(own, "{claim: \"1/3 == 0.33\", within: 2%}", LSA_VERDICT_PROVED);
}

static void identities(void **state)
{
    (void)state;
    is(merged,
       "{claim: \"loss == 1/2*u^2*tr(((1 + 1/N)*Lambda + tr(Lambda)/N*I)*Lambda*U*Lambda*U') - u*tr(Lambda^2*U') + "
       "1/2*tr(Lambda)\"}",
       LSA_VERDICT_PROVED);
    says(merged,
         "{claim: \"loss == 1/2*u^2*tr(((1 + 1/N)*Lambda + tr(Lambda)/N*I)*Lambda*U*Lambda*U') - u*tr(Lambda^2*U') + "
         "tr(Lambda)\"}",
         LSA_VERDICT_FAILS, "left - right = -1/2*tr(Lambda)");
    is(merged, "{claim: \"2*u*grad(u) == 2*tr(U'*grad(U))\"}", LSA_VERDICT_PROVED);
    is(own, "{claim: \"norm(grad(b))^2 == (b - v)'*Lambda^2*(b - v)\"}", LSA_VERDICT_PROVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(along_the_flow),
                                       cmocka_unit_test(at_times),
                                       cmocka_unit_test(ends),
                                       cmocka_unit_test(best_bounds_from_above),
                                       cmocka_unit_test(ill_conditioned_ends),
                                       cmocka_unit_test(hypotheses),
                                       cmocka_unit_test(parts_and_conditions),
                                       cmocka_unit_test(tautologies),
                                       cmocka_unit_test(refusals),
                                       cmocka_unit_test(means_of_random_covariances),
                                       cmocka_unit_test(tests_and_contexts),
                                       cmocka_unit_test(within_and_resolution),
                                       cmocka_unit_test(identities)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
