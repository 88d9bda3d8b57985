/* Claims that prompts decide: means, probabilities and quantiles with known values, right and wrong; means over random laws; ends of
 * trainings; and what is refused is refused by name. */
#include "text_judged.h"

#include <math.h>

static const char merged[] = "statement: merged\n"
                             "data: {context: 20, covariance: {matrix: [[2, 0.5], [0.5, 1]]}, label_noise: 0.25}\n"
                             "init: {sigma: 0.3, theta: {matrix: [[0.9, -0.4], [0.2, 1.1]]}}\n"
                             "tests: [{name: own}, {name: longer, context: 50},\n"
                             "        {name: relu, task: {teacher: relu, direction: [1, 0.5]}}]\n";

/* No layer, a Gaussian beside the prompt's own. */
static const char own[] =
    "statement:\n"
    "  constants: {v: vector, S: [d, d]}\n"
    "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega},\n"
    "              z: {covariance: S}}\n"
    "  parameters: {b: vector}\n"
    "  prediction: \"b' * xq + z' * xq\"\n"
    "  target: \"(w + v)' * xq\"\n"
    "data: {dimension: 2, context: 4, covariance: {spectrum: [2, 1]},\n"
    "       values: {v: [1, -0.5], S: [[0.5, 0], [0, 0.25]]}}\n"
    "init: {scheme: values, values: {b: [0, 1]}}\n";

static const char exponential[] =
    "statement: merged\n"
    "data: {dimension: 3, context: 7, covariance: {random: {diagonal: {law: exponential, mean: 1}}}}\n"
    "init: {sigma: 0.2}\n";

static const char wishart[] = "statement: merged\n"
                              "data: {context: 7, covariance: {random: {wishart: {dof: 9, "
                              "scale: {matrix: [[2, 0.5], [0.5, 1]]}}}}}\n"
                              "init: {sigma: 0.2}\n";

static const char few[] = "statement: merged\n"
                          "data: {context: 4, covariance: {spectrum: [2, 1]}, label_noise: 0.25}\n"
                          "init: {sigma: 0.3}\n";

static const char training[] = "statement: merged\n"
                               "data: {context: 6, covariance: {scale: 1}, dimension: 1}\n"
                               "init: {sigma: 0.5}\n"
                               "train: {method: sgd, steps: 3000, batch: 64, step_size: 0.02, tail_average: 0.5}\n";

static void refuses(const char *model, const char *claim, const char *why)
{
    const lsa_claim_result result = is(model, claim, LSA_VERDICT_INCONCLUSIVE);
    if (strncmp(result.why, "refused:", 8) != 0 || strstr(result.why, why) == NULL)
        fail_msg("%s: %s", claim, result.why);
}

#define RIGHT LSA_VERDICT_HOLDS
#define WRONG LSA_VERDICT_FAILS

static void means(void **state)
{
    (void)state;
    const lsa_claim_result r = is(merged, "{claim: 'limit(E((prediction - target)^2)) == 2*limit(loss)'}", RIGHT);
    assert_string_equal(r.kind, "statistical");
    assert_true(fabs(r.relative_error) <= r.resolution && r.resolution <= 0.03);
    const lsa_claim_result w = is(merged, "{claim: 'limit(E((prediction - target)^2)) == 2.16*limit(loss)'}", WRONG);
    assert_true(w.fresh.drawn && w.relative_error < 0.0);
    is(merged, "{claim: 'limit(E((prediction - target)^2)) == 2*limit(loss)*N/(N + 1)'}", WRONG);
    is(merged, "{claim: 'start(E(target^2)) == tr(Lambda)'}", RIGHT);
    is(merged, "{claim: 'E(xq*xq'') == Lambda'}", RIGHT);
    is(merged, "{claim: 'E(xq*xq'') == Lambda + [[0, 0], [0, 0.08]]'}", WRONG);
    is(merged, "{claim: 'E(w) == [0, 0]'}", RIGHT);
    is(merged, "{claim: 'E(sum(i, x[i]*x[i]'')*xq) == [0, 0]'}", RIGHT);
    is(merged, "{claim: 'E(sum(i, y[i]^2)) == N*(tr(Lambda) + s2)'}", RIGHT);
    is(merged, "{claim: 'E(sum(i, y[i]^2)) == N*tr(Lambda)'}", WRONG);
    is(merged, "{at: {u: 1, U: 'inv(Lambda)'}, claim: 'E(prediction*target) == tr(Lambda)'}", RIGHT);
    is(merged, "{at: {u: 1, U: 'inv(Lambda)'}, claim: 'E((prediction - target)^2) == 2*loss'}", RIGHT);
    is(merged, "{at: {u: 1, U: 'inv(Lambda)'}, where: {r: prediction - target}, claim: 'E(r^2) == 2.1*loss'}", WRONG);
    is(merged, "{claim: 'limit(E((u/rho*sum(i, y[i]*x[i]'')*U*xq - prediction)^2)) == 0'}", RIGHT);
    is(merged, "{claim: 'limit(E((prediction - target)^2)) != limit(loss)'}", RIGHT);
    is(own, "{claim: 'limit(E((prediction - target)^2)) == 2*limit(loss)'}", RIGHT);
    is(own, "{claim: 'E(z*z'') == S'}", RIGHT);
    is(own, "{claim: 'E(z*z'') == 1.2*S'}", WRONG);
}

static void baselines(void **state)
{
    (void)state;
    is(merged, "{claim: 'E((ols - target)^2) == s2*d/(N - d - 1)'}", RIGHT);
    is(merged, "{claim: 'E((ols - target)^2) == s2*d/N'}", WRONG);
    is(merged, "{claim: 'E((ridge(s2) - target)^2) < E((ols - target)^2)'}", RIGHT);
    is(merged, "{claim: 'limit(E((prediction - target)^2)) < E((ols - target)^2)'}", WRONG);
    is(merged, "{claim: 'limit(E((prediction - target)^2)) <= E((onestep - target)^2)'}", RIGHT);
    is(merged, "{claim: 'E((bestlinear - target)^2) == 0 and E(zero) == 0'}", RIGHT);
    refuses(few, "{claim: 'E((ols - target)^2) <= 10'}", "no variance");
    is(few, "{claim: 'prob((ols - target)^2 < 10) >= 0.9'}", RIGHT);
}

static void laws(void **state)
{
    (void)state;
    is(merged, "{claim: 'prob(w''*xq > 0) == 1/2'}", RIGHT);
    is(merged, "{claim: 'prob(entry(w, 1) > 1) == 0.158655'}", RIGHT);
    is(merged, "{claim: 'prob(entry(w, 1) > 1) == 0.17'}", WRONG);
    is(merged, "{claim: 'quantile(entry(w, 1), 0.975) == 1.959964'}", RIGHT);
    is(merged, "{claim: 'quantile(entry(w, 1), 0.975) == 2.12'}", WRONG);
    is(merged, "{claim: 'quantile(norm(w)^2, 1/2) == 2*log(2)'}", RIGHT);
    is(merged, "{claim: 'quantile(norm(w)^2, 1/2) == 2'}", WRONG);
    refuses(merged, "{claim: 'quantile(norm(w), N/d) == 2'}", "between 0 and 1");
    refuses(merged, "{claim: 'E(1/entry(xq, 1)) == 0'}", "1/entry(xq, 1)");
    is(merged, "{claim: 'E(1/(1 + norm(w)^2)) <= 1/2'}", RIGHT);
    refuses(merged, "{claim: 'not E(entry(w, 1)) == 1'}", "comparison");
}

static void tests_of_a_model(void **state)
{
    (void)state;
    is(merged, "{for: tests, claim: 'limit(E((prediction - target)^2)) == limit(error(test))'}", RIGHT);
    is(merged, "{for: tests, claim: 'limit(E((prediction - target)^2)) == 1.1*limit(error(test))'}", WRONG);
}

/* The largest, least, root of independent exponential numbers; Wishart's first moments, in rationals. */
static void random_laws(void **state)
{
    (void)state;
    is(exponential, "{claim: 'E(opnorm(Lambda)) == 11/6'}", RIGHT);
    is(exponential, "{claim: 'E(opnorm(Lambda)) == 2'}", WRONG);
    is(exponential, "{claim: 'E(min(eigvals(Lambda))) == 1/3'}", RIGHT);
    is(exponential, "{claim: 'E(sqrt(entry(Lambda, 1, 1))) == 0.886227'}", RIGHT);
    is(exponential, "{claim: 'E(tr(Lambda)^2) == 12'}", LSA_VERDICT_PROVED);
    is(exponential, "{claim: 'E(xq*xq'') == E(Lambda)'}", RIGHT);
    is(exponential, "{claim: 'E((xq''*Lambda*xq)) == E(tr(Lambda^2))'}", RIGHT);
    is(exponential, "{claim: 'E((xq''*Lambda*xq)) == tr(E(Lambda)^2)'}", WRONG);
    refuses(exponential, "{claim: 'E(tr(inv(Lambda))) >= 0'}", "no mean");
    is(wishart, "{where: {S: '[[2, 0.5], [0.5, 1]]'}, claim: 'E(Lambda) == S'}", LSA_VERDICT_PROVED);
    is(wishart,
       "{where: {S: 'E(Lambda)'}, claim: 'E(Lambda^2) == ((9 + 1)*S^2 + tr(S)*S)/9 and "
       "E(tr(Lambda)^2) == tr(S)^2 + 2/9*tr(S^2)'}",
       LSA_VERDICT_PROVED);
    is(wishart, "{where: {S: 'E(Lambda)'}, claim: 'E(Lambda^2) == (9*S^2 + tr(S)*S)/9'}", WRONG);
    is(wishart,
       "{where: {S: 'E(Lambda)'}, claim: 'E(Lambda^3) == ((81 + 27 + 4)*S^3 + (9 + 1)*(2*tr(S)*S^2 + tr(S^2)*S) + "
       "tr(S)^2*S)/81'}",
       LSA_VERDICT_PROVED);
    is(wishart, "{where: {A: '[[1, 2], [0, -1]]*E(Lambda)'}, claim: 'E(tr(Lambda*A)) == tr(E(Lambda)*A)'}",
       LSA_VERDICT_PROVED);
    is(wishart, "{where: {S: 'E(Lambda)'}, claim: 'E(inv(Lambda)) == 9/(9 - d - 1)*inv(S)'}", LSA_VERDICT_PROVED);
    is(wishart, "{where: {S: 'E(Lambda)'}, claim: 'E(inv(Lambda)) == inv(S)'}", WRONG);
    is(wishart, "{where: {S: 'E(Lambda)'}, claim: 'E(logdet(Lambda)) == -0.3631662 + logdet(S)', resolution: 0.05}",
       RIGHT);
    is(wishart, "{where: {S: 'E(Lambda)'}, claim: 'E(opnorm(Lambda)) >= opnorm(S)'}", RIGHT);
    refuses(wishart, "{claim: 'E(tr(inv(Lambda)^4)) >= 0'}", "no mean");
}

static void trained(void **state)
{
    (void)state;
    is(training, "{seeds: 12, claim: 'trained(u*U) == 1/(1 + 2/N)*I', resolution: 0.05}", RIGHT);
    is(training, "{seeds: 12, claim: 'trained(u*entry(U, 1, 1)) == 1', resolution: 0.05}", WRONG);
    is(training, "{seeds: 12, claim: 'trained(loss) <= 1.1*inf(loss)'}", RIGHT);
    refuses(merged, "{seeds: 12, claim: 'trained(loss) <= 1'}", "no key `train`");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means),       cmocka_unit_test(baselines),
        cmocka_unit_test(laws),        cmocka_unit_test(tests_of_a_model),
        cmocka_unit_test(random_laws), cmocka_unit_test(trained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
