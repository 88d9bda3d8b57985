/* An experiment put together key by key is the one of the file that says the same, and is refused with the same messages. */
#include "lsaflow/builder.h"
#include "check.h"
#include "model_text.h"

#include <math.h>
#include <string.h>

static const double Lambda[] = {2.0, 0.1, 0.1, 1.0 / 3.0}; /* neither entry is short as text */

static lsa_builder *example(void)
{
    const double U[] = {1.0, 0.25, -0.5, 1e-300};
    lsa_builder *builder = lsa_builder_create("folder/mine.yaml");
    lsa_builder_string(builder, "statement", "merged");
    lsa_builder_number(builder, "data.context", 40);
    lsa_builder_matrix(builder, "data.covariance.matrix", 2, 2, Lambda);
    lsa_builder_string(builder, "init.scheme", "values");
    lsa_builder_number(builder, "init.values.u", 0.3);
    lsa_builder_matrix(builder, "init.values.U", 2, 2, U);
    return builder;
}

static lsa_model *built(lsa_builder *builder)
{
    lsa_error err = {0};
    lsa_model *model = NULL;
    check_status(lsa_builder_model(builder, NULL, &model, &err), LSA_OK, &err);
    return model;
}

static void refused(lsa_builder *builder, lsa_status status, const char *why)
{
    lsa_error err = {0};
    lsa_model *model = NULL;
    check_status(lsa_builder_model(builder, NULL, &model, &err), status, &err);
    assert_null(model);
    check_contains(err.text, why);
    lsa_builder_destroy(builder);
}

static void numbers_keep_every_digit(void **state)
{
    (void)state;
    lsa_builder *builder = example();
    lsa_model *model = built(builder);
    lsa_builder_destroy(builder); /* the model does not need it */
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    assert_string_equal(lsa_model_name(model), "mine");
    assert_string_equal(e->statement->name, "merged");
    assert_int_equal(e->data.d, 2);
    assert_true(e->training.context == 40.0);
    assert_memory_equal(e->training.covariance->matrix, Lambda, sizeof Lambda);
    assert_int_equal(e->init.n_values, 2);
    assert_true(e->init.values[0].values[0] == 0.3);
    assert_true(e->init.values[1].values[1] == 0.25 && e->init.values[1].values[3] == 1e-300);
    lsa_model_destroy(model);
}

static void lists_strings_and_yaml(void **state)
{
    (void)state;
    const double spectrum[] = {3.0, 1.0, 0.1};
    lsa_builder *builder = lsa_builder_create("mine");
    lsa_builder_string(builder, "title", "12"); /* a string, though it looks like a number */
    lsa_builder_yaml(
        builder, "statement",
        "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}},\n"
        " parameters: {u: scalar, U: [d, d]}, define: {\"y[i]\": \"w' * x[i]\"},\n"
        " prediction: \"u/rho * sum(i, y[i] * x[i]') * U * xq\", target: \"w' * xq\"}");
    lsa_builder_number(builder, "data.context", INFINITY);
    lsa_builder_vector(builder, "data.covariance.spectrum", 3, spectrum);
    lsa_builder_yaml(builder, "init.theta.random", "18446744073709551615");
    lsa_builder_test(builder, "short");
    lsa_builder_test(builder, "long");
    lsa_builder_number(builder, "tests.0.context", 5);
    lsa_builder_yaml(builder, "tests.1.query_noise", "true");
    lsa_builder_number(builder, "tests.1.context", 500);
    lsa_model *model = built(builder);
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    assert_string_equal(e->title, "12");
    assert_true(isinf(e->training.context));
    assert_true(e->training.covariance->spectrum[2] == 0.1);
    assert_true(e->init.theta_seed == UINT64_MAX);
    assert_int_equal(e->n_tests, 2);
    assert_string_equal(e->tests[0].name, "short");
    assert_true(e->tests[0].context == 5.0 && e->tests[1].context == 500.0);
    assert_true(e->tests[1].query_noise && !e->tests[0].query_noise);
    lsa_model_destroy(model);
    lsa_builder_destroy(builder);
}

/* One builder, several models; `vary` and overrides work as in a file. */
static void many_models(void **state)
{
    (void)state;
    const char *overrides[] = {"data.context=7"};
    const lsa_model_options options = {.n_overrides = 1, .overrides = overrides};
    lsa_error err = {0};
    lsa_builder *builder = example();
    lsa_model *first = built(builder), *second = NULL;
    lsa_builder_number(builder, "data.context", 50);
    lsa_builder_yaml(builder, "vary", "{init.values.u: [1, 2, 3]}");
    lsa_model *third = built(builder);
    lsa_builder_yaml(builder, "vary", "{}");
    check_status(lsa_builder_model(builder, &options, &second, &err), LSA_OK, &err);
    assert_true(lsa_model_experiment(first, 0)->training.context == 40.0);
    assert_true(lsa_model_experiment(second, 0)->training.context == 7.0);
    assert_int_equal(lsa_model_runs(third), 3);
    assert_true(lsa_model_experiment(third, 2)->init.values[0].values[0] == 3.0);
    assert_true(lsa_model_experiment(third, 2)->training.context == 50.0);
    lsa_model_destroy(third);
    lsa_model_destroy(second);
    lsa_model_destroy(first);
    lsa_builder_destroy(builder);
}

/* The checks of a file, told of the builder and the key. */
static void refusals(void **state)
{
    (void)state;
    const double crooked[] = {1.0, 0.5, 0.25, 1.0}, big[4] = {0};
    lsa_builder *b = example();
    lsa_builder_number(b, "data.contxt", 40);
    refused(b, LSA_ERR_INPUT, "folder/mine.yaml: data.contxt: ");
    b = example();
    lsa_builder_number(b, "data.context", NAN);
    refused(b, LSA_ERR_INPUT, "folder/mine.yaml: data.context: found 'nan'");
    b = example();
    lsa_builder_string(b, "data.context", "40");
    refused(b, LSA_ERR_INPUT, "data.context: ");
    b = example();
    lsa_builder_matrix(b, "data.covariance.matrix", 2, 2, crooked);
    refused(b, LSA_ERR_INPUT, "folder/mine.yaml: data.covariance.matrix: ");
    b = example();
    lsa_builder_string(b, "statement", "mergd");
    refused(b, LSA_ERR_INPUT, "merged");
    b = example();
    lsa_builder_matrix(b, "data.covariance.matrix", 1 << 20, 1 << 20, big); /* not read */
    refused(b, LSA_ERR_INPUT, "more than 1000000\n  while setting data.covariance.matrix");
    b = example();
    lsa_builder_string(b, "title", "\xff");
    refused(b, LSA_ERR_INPUT, "invalid UTF-8 in a text\n  while setting title");
    b = example();
    lsa_builder_yaml(b, "init", "{sigma: ");
    refused(b, LSA_ERR_INPUT, "not valid YAML");
    b = example();
    lsa_builder_number(b, "tests.0.context", 3); /* `tests` would be a mapping */
    refused(b, LSA_ERR_INPUT, "tests: ");
    b = example();
    lsa_builder_number(b, "data..context", 3);
    lsa_builder_number(b, "data.context", 3); /* the first failure stays */
    refused(b, LSA_ERR_INPUT, "no empty parts");
    b = lsa_builder_create("empty");
    refused(b, LSA_ERR_INPUT, "empty: ");
}

static void no_builder(void **state)
{
    (void)state;
    lsa_builder_string(NULL, "a", "b");
    lsa_builder_number(NULL, "a", 1);
    lsa_builder_vector(NULL, "a", 0, NULL);
    lsa_builder_matrix(NULL, "a", 0, 0, NULL);
    lsa_builder_yaml(NULL, "a", "1");
    lsa_builder_test(NULL, "a");
    refused(NULL, LSA_ERR_MEMORY, "out of memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_keep_every_digit),
                                       cmocka_unit_test(lists_strings_and_yaml), cmocka_unit_test(many_models),
                                       cmocka_unit_test(refusals), cmocka_unit_test(no_builder)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
