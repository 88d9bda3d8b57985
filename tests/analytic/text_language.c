/* Limits and orders in any key, models beside this one, images, conventions and scales: each with its right form and a wrong one. */
#include "text_judged.h"

#include <math.h>

static const char merged[] = "statement: merged\n"
                             "data: {context: 7, covariance: {matrix: [[2, 0.5], [0.5, 1]]}, label_noise: 0.25}\n"
                             "init: {sigma: 0.3, theta: {matrix: [[0.9, -0.4], [0.2, 1.1]]}}\n"
                             "tests: [{name: own}, {name: many, context: .inf}]\n"
                             "models:\n"
                             "  noisier: {data.label_noise: 1}\n"
                             "  larger: {data.covariance: {spectrum: [1, 2, 3]}, init.theta: identity}\n";

static const char white[] = "statement: merged\n"
                            "data: {dimension: 3, context: 8}\n"
                            "tests: [{name: many, context: 1000}]\n";

static const char two_heads[] = "statement: multihead\n"
                                "data: {context: 9, heads: 2, covariance: {spectrum: [2, 1]}}\n"
                                "init: {scheme: gaussian, scale: 0.2, seed: 3}\n";

static const char factored[] = "statement: separate\n"
                               "data: {context: 9, rank: 2, covariance: {spectrum: [2, 1]}}\n"
                               "init: {scheme: gaussian, scale: 0.4, seed: 5}\n";

/* (1 + 1/N) Lambda + tr(Lambda)/N I and its like are rational in N: the end is exact. */
static void exact_limits(void **state)
{
    (void)state;
    is(merged, "{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"lim(inv(G), N -> .inf) == inv(Lambda)\"}",
       LSA_VERDICT_PROVED);
    is(merged,
       "{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"lim(inv(G), N -> .inf) == 1.0001*inv(Lambda)\"}",
       LSA_VERDICT_FAILS);
    is(merged, "{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"order(tr(G - Lambda), N) == -1\"}",
       LSA_VERDICT_PROVED);
    is(merged, "{claim: \"lim((3*N^2 + N)/(7 - 2*N^2), N -> .inf) == -3/2\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"lim((s2 + s2^2)/s2, s2 -> 0) == 1\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"order(s2^2/(1 + s2), s2 -> 0) == 2\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"order(s2^2/(1 + s2), s2) == 1\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"lim(1/N, N -> .inf) == 0\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"lim(det(Lambda/N + I), N -> .inf) == 1\"}", LSA_VERDICT_PROVED);
    says(merged, "{claim: \"lim(N*s2, N -> .inf) == 1\"}", LSA_VERDICT_INCONCLUSIVE, "refused: it has no limit");
    says(merged, "{claim: \"order(N - N, N) == 1\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: it is 0: no power of the key");
}

static void extrapolated_limits(void **state)
{
    (void)state;
    is(merged, "{claim: \"lim(inf(loss), N -> .inf) == 0\", scale: \"tr(Lambda)\"}", LSA_VERDICT_HOLDS);
    is(merged, "{claim: \"order(inf(loss), N) == -1\"}", LSA_VERDICT_HOLDS);
    is(merged, "{claim: \"order(inf(loss), N) == -1.02\"}", LSA_VERDICT_FAILS);
    is(white, "{claim: \"lim(start(norm(U)), sigma -> 0) == 0\", scale: \"sigma\"}", LSA_VERDICT_HOLDS);
    is(white, "{claim: \"order(start(u*norm(U)), init.sigma -> 0) == 2\"}", LSA_VERDICT_HOLDS);
    is(white, "{claim: \"order(start(u*norm(U)), init.sigma -> 0) == 1.9\"}", LSA_VERDICT_FAILS);
    is(white, "{claim: \"lim(tr(Lambda)/d, d -> .inf) == 1\"}", LSA_VERDICT_HOLDS);
    says(white, "{claim: \"lim(Lambda, d -> .inf) == I\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: its shape changes with the key");
    says(merged, "{claim: \"lim(tr(Lambda), d -> .inf) == 1\"}", LSA_VERDICT_INCONCLUSIVE, "refused: ");
    says(white, "{claim: \"lim(exp(d), d -> .inf) == 1\"}", LSA_VERDICT_INCONCLUSIVE,
         "refused: it has no limit: it is ");
    is(white, "{claim: \"lim(limit(error(many)), tests.0.context -> .inf) == limit(error(many, .inf))\"}",
       LSA_VERDICT_HOLDS);
}

/* tr(inv(Gamma))/d of white data is 1/(1 + (1 + d)/N): with N = alpha d it goes to 1/(1 + 1/alpha). */
static void joint_limits(void **state)
{
    (void)state;
    is(white,
       "{where: {alpha: \"3\", G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"lim(tr(inv(G))/d, d -> .inf, N = "
       "alpha*d) == alpha/(1 + alpha)\"}",
       LSA_VERDICT_HOLDS);
    is(white,
       "{where: {alpha: \"3\", G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"lim(tr(inv(G))/d, d -> .inf, N = "
       "alpha*d) == alpha/(1.01 + alpha)\"}",
       LSA_VERDICT_FAILS);
    is(white, "{claim: \"order(N*d, d, N = d^2) == 3\"}", LSA_VERDICT_HOLDS);
    says(white, "{claim: \"lim(tr(Lambda)/N, d -> .inf, N = d/3) == 3\"}", LSA_VERDICT_INCONCLUSIVE, "refused: ");
}

static void bounded(void **state)
{
    (void)state;
    is(merged, "{claim: \"inf(loss) = O(1/N)\"}", LSA_VERDICT_CONSISTENT);
    is(merged, "{claim: \"inf(loss) = O(1/N^2)\"}", LSA_VERDICT_INCONCLUSIVE);
    is(merged, "{claim: \"inf(loss) = O(N)\"}", LSA_VERDICT_CONSISTENT);
    is(white, "{claim: \"start(u)^2 = O(sigma)\"}", LSA_VERDICT_CONSISTENT);
    is(white, "{claim: \"start(u) = O(sigma^2)\"}", LSA_VERDICT_INCONCLUSIVE);
    says(white, "{claim: \"inf(loss) = O(1)\"}", LSA_VERDICT_INCONCLUSIVE, "names no key");
    says(white, "{claim: \"inf(loss) = O(d/N)\"}", LSA_VERDICT_INCONCLUSIVE, "names several keys");
    is(merged, "{claim: \"N == 7 and inf(loss) = O(1/N)\"}", LSA_VERDICT_CONSISTENT);
}

static void models_beside(void **state)
{
    (void)state;
    is(merged, "{claim: \"inf(loss) < inf(loss) @ noisier\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"inf(loss) > inf(loss) @ noisier\"}", LSA_VERDICT_FAILS);
    is(merged, "{claim: \"s2 @ noisier == 4*s2\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"tr(Lambda @ larger) == 6\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"d @ larger == d + 1\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"Lambda @ noisier == Lambda\"}", LSA_VERDICT_PROVED);
    is(merged,
       "{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I + s2/N*inv(Lambda)*0\"}, claim: \"tr(G) @ larger == 6*(1 + "
       "4/N)\"}",
       LSA_VERDICT_PROVED);
    is(merged, "{claim: \"limit(loss) @ noisier == inf(loss) @ noisier\"}", LSA_VERDICT_HOLDS);
    is(merged, "{claim: \"limit(loss) @ noisier == 1.000001*inf(loss) @ noisier\"}", LSA_VERDICT_FAILS);
    is(merged, "{claim: \"lim(tr(Lambda) + 1/N, N -> .inf) @ larger == 6\"}", LSA_VERDICT_PROVED);
    is(merged, "{claim: \"lim(tr(Lambda @ larger) + 1/N, N -> .inf) == 6\"}", LSA_VERDICT_HOLDS);
}

static void images(void **state)
{
    (void)state;
    /* the product is known, u and U by the balanced start: u^2 = |U|_F, of either sign */
    is(two_heads, "{claim: \"limit(U[1]) == limit(U[2])\"}", LSA_VERDICT_FAILS);
    says(two_heads, "{claim: \"start(U[1]) - limit(U[1]) == start(U[2]) - limit(U[2])\", up_to: [permutation(heads)]}",
         LSA_VERDICT_FAILS, "differs");
    is(merged, "{claim: \"limit(u) == -norm(limit(U))\"}", LSA_VERDICT_FAILS);
    says(merged, "{claim: \"limit(u) == -(limit(u^2))^(1/2)\", up_to: [sign]}", LSA_VERDICT_HOLDS, "u by -1");
    is(merged,
       "{where: {G: \"(1 + 1/N)*Lambda + (tr(Lambda) + s2)/N*I\"}, claim: \"limit(u*U) == -inv(G)\", up_to: [sign]}",
       LSA_VERDICT_FAILS);
    is(merged, "{claim: \"limit(u) == 5\"}", LSA_VERDICT_FAILS);
    says(merged, "{claim: \"limit(u) == 5\", up_to: [rescale]}", LSA_VERDICT_HOLDS, "u by ");
    is(merged, "{claim: \"limit(u*norm(U)) == 5\", up_to: [rescale]}", LSA_VERDICT_FAILS);
    is(factored, "{claim: \"limit(K) == [[1, 0], [0, 1]]*limit(K)\", up_to: [rotation]}", LSA_VERDICT_HOLDS);
    is(factored, "{claim: \"limit(K) == [[0.6, 0.8], [-0.8, 0.6]]*limit(K)\"}", LSA_VERDICT_FAILS);
    is(factored, "{claim: \"limit(K) == [[0.6, 0.8], [-0.8, 0.6]]*limit(K)\", up_to: [rotation]}", LSA_VERDICT_HOLDS);
    is(factored, "{claim: \"limit(K) == [[0.6, 0.8], [-0.8, 0.7]]*limit(K)\", up_to: [rotation]}", LSA_VERDICT_FAILS);
    says(merged, "{claim: \"limit(U) == limit(U)\", up_to: [rotation]}", LSA_VERDICT_INCONCLUSIVE,
         "no keys and queries");
    says(merged, "{claim: \"u == 5\", up_to: [sign]}", LSA_VERDICT_INCONCLUSIVE, "'up_to' speaks of values");
    says(merged, "{claim: \"limit(u) <= 5\", up_to: [sign]}", LSA_VERDICT_INCONCLUSIVE, "'up_to' speaks of equalities");
}

/* The heads of another seed in the other order. */
static void permuted_heads(void **state)
{
    static const char ordered[] =
        "statement: multihead\n"
        "data: {context: 9, heads: 2, covariance: {spectrum: [2, 1]}}\n"
        "init: {scheme: values, values: {u: [0.1, 0.3], U: [[[0.1, 0], [0, 0.1]], [[0.2, 0.1], [0, 0.3]]]}}\n"
        "models: {other: {init.values: {u: [0.3, 0.1], U: [[[0.2, 0.1], [0, 0.3]], [[0.1, 0], [0, "
        "0.1]]]}}}\n";
    (void)state;
    is(ordered, "{for: {g: 1..2}, claim: \"limit(U[g]) == limit(U[g]) @ other\"}", LSA_VERDICT_FAILS);
    says(ordered, "{for: {g: 1..2}, claim: \"limit(U[g]) == limit(U[g]) @ other\", up_to: [permutation(heads)]}",
         LSA_VERDICT_HOLDS, "heads 2 1");
}

static void permuted_coordinates(void **state)
{
    static const char axes[] = "statement: merged\n"
                               "data: {context: 9, covariance: {spectrum: [3, 2, 1]}}\n"
                               "models: {other: {data.covariance: {spectrum: [1, 3, 2]}}}\n";
    (void)state;
    is(axes, "{claim: \"limit(u*U) == limit(u*U) @ other\"}", LSA_VERDICT_FAILS);
    says(axes, "{claim: \"limit(u*U) == limit(u*U) @ other\", up_to: [permutation(coordinates)]}", LSA_VERDICT_HOLDS,
         "coordinates 3 1 2");
    is(axes, "{claim: \"limit(u*U) == 1.0001*limit(u*U) @ other\", up_to: [permutation(coordinates)]}",
       LSA_VERDICT_FAILS);
}

static void conventions(void **state)
{
    (void)state;
    is(merged, "{claim: \"loss == risk\"}", LSA_VERDICT_FAILS);
    is(merged, "{convention: {loss: 1}, claim: \"loss == risk\"}", LSA_VERDICT_PROVED);
    is(merged, "{convention: {loss: 1}, claim: \"inf(loss) == inf(risk)\"}", LSA_VERDICT_PROVED);
    is(merged, "{convention: {loss: 1}, claim: \"limit(loss) == limit(risk)\"}", LSA_VERDICT_HOLDS);
    is(merged, "{convention: {loss: 2}, claim: \"limit(loss) == limit(risk)\"}", LSA_VERDICT_FAILS);
    is(merged, "{convention: {loss: 1}, claim: \"best(loss) <= 2*inf(loss)\"}", LSA_VERDICT_PROVED);
    is(merged, "{convention: {loss: 1}, claim: \"u*grad(u) == tr(U'*grad(U))\"}", LSA_VERDICT_PROVED);
    /* the source's sum is not divided: its u is ours over N */
    is(merged,
       "{where: {G: \"(1 + 1/N)*Lambda + (tr(Lambda) + s2)/N*I\"}, convention: {normalise: none}, "
       "claim: \"limit(u*U) == inv(G)/N\"}",
       LSA_VERDICT_HOLDS);
    is(merged,
       "{where: {G: \"(1 + 1/N)*Lambda + (tr(Lambda) + s2)/N*I\"}, convention: {normalise: none}, "
       "claim: \"limit(u*U) == inv(G)\"}",
       LSA_VERDICT_FAILS);
    is(merged,
       "{where: {G: \"(1 + 1/N)*Lambda + (tr(Lambda) + s2)/N*I\"}, convention: {normalise: N+1}, "
       "claim: \"limit(u*U) == (1 + 1/N)*inv(G)\"}",
       LSA_VERDICT_HOLDS);
    is(merged,
       "{where: {G: \"(1 + 1/N)*Lambda + (tr(Lambda) + s2)/N*I\"}, convention: {sign: -1}, claim: \"limit(u*U) == "
       "-inv(G)\"}",
       LSA_VERDICT_HOLDS);
    is(merged, "{convention: {sign: -1, normalise: none}, claim: \"u*grad(u) == tr(U'*grad(U))\"}", LSA_VERDICT_PROVED);
}

static void scales(void **state)
{
    (void)state;
    is(merged, "{claim: \"limit(loss) - inf(loss) == 0\", scale: \"1e-20\"}", LSA_VERDICT_INCONCLUSIVE);
    is(merged, "{claim: \"limit(loss) - inf(loss) == 0\", scale: \"tr(Lambda)\"}", LSA_VERDICT_HOLDS);
    says(merged, "{claim: \"limit(loss) == inf(loss)\", scale: \"N - N\"}", LSA_VERDICT_INCONCLUSIVE,
         "scale of the claim is 0");
}

/* Claims that are no claims end the command, with their place. */
static void refused_keys(void **state)
{
    static const struct {
        const char *claim, *message;
    } cases[] = {{"{claim: \"d == 2\", forall: {d: 1..3}}", "'forall' speaks of many models"},
                 {"{claim: \"d == 2\", forsome: {d: 1..3}}", "'forsome' speaks of many models"},
                 {"{claim: \"d == 2\", almost-all: {starts: 200}}", "'almost-all' speaks of many models"},
                 {"{claim: \"d == 2\", critical: all}", "'critical' speaks of many models"},
                 {"{claim: \"d == 2\", margin: 1e-3}", "'margin' speaks of many models"},
                 {"{claim: \"d == 2\", search: {budget: 3}}", "'search' speaks of many models"},
                 {"{claim: \"d == 2\", up_to: [rotate]}", "expected one of rescale, sign"},
                 {"{claim: \"lim(tr(Lambda), Q -> .inf) == 1\"}", "unknown key 'Q'"},
                 {"{claim: \"lim(tr(Lambda), N -> 3) == 1\"}", "a key goes to .inf or to 0"},
                 {"{claim: \"order(Lambda, N) == 1\"}", "what has an order is a scalar"},
                 {"{claim: \"lim(tr(Lambda), N -> .inf, d) == 1\"}", "expected a key that goes along"},
                 {"{claim: \"tr(Lambda @ nosiy) == 1\"}", "there is no model 'nosiy'"},
                 {"{claim: \"loss @ noisier == 1\"}", "write limit(...) @ noisier"},
                 {"{claim: \"Lambda @ larger == Lambda\"}", "shapes do not agree"},
                 {"{claim: \"d <= N = O(N)\"}", "stands alone, in no chain"},
                 {"{claim: \"N = 7\"}", "=="},
                 {"{claim: \"hessian == hessian\", convention: {sign: -1}}", "the Hessian is in ours"},
                 {"{claim: \"loss == 1\", at: {u: 1}, convention: {sign: -1}}", "given in the model's own 'u'"}};
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[4096];
        lsa_error err;
        snprintf(text, sizeof text, "%sclaims:\n  - %s\n", merged, cases[k].claim);
        lsa_error_clear(&err);
        assert_int_equal(judge_text_status(text, &err), LSA_ERR_INPUT);
        check_contains(err.text, cases[k].message);
        check_contains(err.text, ":9:"); /* the claim's line */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_limits),   cmocka_unit_test(extrapolated_limits),  cmocka_unit_test(joint_limits),
        cmocka_unit_test(bounded),        cmocka_unit_test(models_beside),        cmocka_unit_test(images),
        cmocka_unit_test(permuted_heads), cmocka_unit_test(permuted_coordinates), cmocka_unit_test(conventions),
        cmocka_unit_test(scales),         cmocka_unit_test(refused_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
