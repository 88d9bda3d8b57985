/* From the text of a model to sampled test errors, against the golden values of Theorem 4.2 and of the shift risk.
 *
 * False-alarm budget 1e-5 over the four estimates; the interval must also exclude what a plausible mistake gives: the
 * task's mean instead of the fixed task, and the transposed U. */
#include "check.h"
#include "lsaflow/empirical.h"
#include <math.h>
#include <string.h>

static const char trained[] =
    "statement: merged\n"
    "data:\n"
    "  context: 10\n"
    "  covariance: {matrix: [[2, 0.5], [0.5, 1]]}\n"
    "tests:\n"
    "  - {name: fixed, context: 5, task: {fixed: [1, -1]}}\n"
    "  - {name: mean, context: 5}\n"
    "  - {name: none, context: 0}\n"
    "  - {name: endless, context: .inf}\n"
    "monte_carlo: {seed: 3, prompts: 4000000, relative_error: 0.04, baselines: [zero, ols]}\n";

static const char shifted[] = "statement: full\n"
                              "data: {context: 10, dimension: 2}\n"
                              "tests:\n"
                              "  - name: shift\n"
                              "    context: 7\n"
                              "    covariance: {spectrum: [1, 3]}\n"
                              "    query_covariance: {matrix: [[1, 0.2], [0.2, 0.5]]}\n"
                              "    task: {gaussian: {matrix: [[1, -0.3], [-0.3, 2]]}}\n"
                              "    label_noise: {std: 0.5}\n"
                              "monte_carlo: {seed: 3, prompts: 4000000, relative_error: 0.04, baselines: []}\n";

static lsa_model *parse(const char *text)
{
    lsa_model *model;
    lsa_error err;
    check_status(lsa_model_parse("test", text, strlen(text), NULL, &model, &err), LSA_OK, &err);
    return model;
}

static lsa_sample_result sampled(const lsa_experiment *e, int test, const double *parameters)
{
    lsa_error err;
    lsa_sample_result r;
    lsa_sample_options options = lsa_sample_options_of(e);
    options.alpha = 1e-5 / 4.0;
    check_status(lsa_sample_test(e, &e->tests[test], parameters, &options, &r, &err), LSA_OK, &err);
    return r;
}

static void check_value(const lsa_sample_result *r, double exact, double mistaken)
{
    assert_true(r->resolved);
    check_at_most(fabs(r->error.mean - exact), r->error.half_width);
    check_at_least(fabs(r->error.mean - mistaken), r->error.half_width);
}

static void at_the_limit(void **state)
{
    (void)state;
    /* u = 1, U = Gamma^-1 */
    const double limit[] = {1.0, 0.43784206411259, -0.17200938232995, -0.17200938232995, 0.78186082877248};
    const double fixed = 0.81866269399043, mean = 1.19230597594754;
    lsa_model *model = parse(trained);
    lsa_error err;
    lsa_sample_result r;
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    r = sampled(e, 0, limit);
    check_value(&r, fixed, mean);
    r = sampled(e, 1, limit);
    check_value(&r, mean, fixed);
    assert_true(r.baseline[4].mean > mean && isnan(r.baseline[1].mean) && !r.baseline[1].infinite);
    check_at_most(r.baseline[0].mean, 1e-15); /* noiseless, M > d */
    r = sampled(e, 2, limit);
    check_value(&r, 3.0, mean); /* nothing is predicted: tr Lambda */
    const lsa_sample_options options = lsa_sample_options_of(e);
    check_status(lsa_sample_test(e, &e->tests[3], limit, &options, &r, &err), LSA_ERR_UNABLE, NULL);
    check_contains(err.text, "endless");
    lsa_model_destroy(model);
}

static void under_shift(void **state)
{
    (void)state;
    /* px = 0, u, U, k = 0; U = [.4 .1; -.2 .3] by columns */
    const double blocks[] = {0.0, 0.0, 0.9, 0.4, -0.2, 0.1, 0.3, 0.0, 0.0};
    const double transposed[] = {0.0, 0.0, 0.9, 0.4, 0.1, -0.2, 0.3, 0.0, 0.0};
    const double exact = 1.34374142857143;
    lsa_model *model = parse(shifted);
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    const lsa_sample_result r = sampled(e, 0, blocks), wrong = sampled(e, 0, transposed);
    check_value(&r, exact, wrong.error.mean);
    lsa_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(at_the_limit), cmocka_unit_test(under_shift)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
