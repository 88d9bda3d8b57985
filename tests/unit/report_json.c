/* JSON: numbers read back as they were, shapes are never squeezed, what does not exist is null with its reason. */
#include "base/rng.h"
#include "base/text.h"
#include "check.h"
#include "report/report.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* The document as jansson reads it back; the caller frees it. */
static json_t *parsed(lsa_json *json)
{
    lsa_error err;
    json_error_t why;
    lsa_text text;
    lsa_text_init(&text);
    check_status(lsa_json_render(json, &text, &err), LSA_OK, &err);
    assert_int_equal(text.data[text.length - 1], '\n');
    json_t *root = json_loads(text.data, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL)
        fail_msg("not JSON: %s in %s", why.text, text.data);
    lsa_text_clear(&text);
    lsa_json_destroy(json);
    return root;
}

static void check_text(lsa_json *json, const char *want)
{
    lsa_text text;
    lsa_text_init(&text);
    assert_int_equal(lsa_json_render(json, &text, NULL), LSA_OK);
    assert_string_equal(text.data, want);
    lsa_text_clear(&text);
    lsa_json_destroy(json);
}

/* Doubles of every magnitude: random bit patterns, subnormals among them, and the ends of the range. */
static ptrdiff_t every_kind_of_double(double *x, ptrdiff_t count)
{
    static const double special[] = {0.0,
                                     -0.0,
                                     1.0,
                                     -1.0,
                                     0.1,
                                     1e22,
                                     1e300,
                                     5e-324,
                                     -2.5e-310,
                                     9007199254740993.0,
                                     1.7976931348623157e308,
                                     2.2250738585072014e-308};
    lsa_rng rng = lsa_rng_at(7, LSA_RNG_PROBE, 0);
    double uniform[2];
    ptrdiff_t n = 0;
    for (size_t k = 0; k < sizeof special / sizeof *special; ++k)
        x[n++] = special[k];
    while (n < count) {
        lsa_rng_uniforms(&rng, 2, uniform);
        const double value = ldexp(uniform[0] - 0.5, (int)(2100.0 * uniform[1]) - 1075);
        if (isfinite(value))
            x[n++] = value;
    }
    return n;
}

static void numbers_read_back(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static double x[COUNT];
    const ptrdiff_t n = every_kind_of_double(x, COUNT);
    lsa_json *json = lsa_json_create();
    lsa_json_vector(json, "x", n, x);
    json_t *root = parsed(json);
    const json_t *array = json_object_get(root, "x");
    assert_int_equal(json_array_size(array), n);
    ptrdiff_t subnormal = 0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const double got = json_real_value(json_array_get(array, (size_t)i));
        assert_memory_equal(&got, &x[i], sizeof got);
        subnormal += fpclassify(x[i]) == FP_SUBNORMAL;
    }
    assert_true(subnormal > 100);
    json_decref(root);
}

static void nulls_have_reasons(void **state)
{
    (void)state;
    const double x[] = {1.0, NAN, 2.0};
    lsa_json *json = lsa_json_create();
    lsa_json_number(json, "a", INFINITY);
    lsa_json_number(json, "b", NAN);
    lsa_json_quantity(json, "c", (lsa_quantity){NAN, "M is near d"});
    lsa_json_quantity(json, "d", (lsa_quantity){0.5, "ignored"});
    lsa_json_context(json, "context", INFINITY);
    lsa_json_context(json, "M", 200.0);
    lsa_json_null(json, "e", "not asked");
    lsa_json_vector(json, "x", 3, x);
    check_text(json, "{\"a\": null, \"a_reason\": \"infinite\", \"b\": null, \"b_reason\": \"not a number\", "
                     "\"c\": null, \"c_reason\": \"M is near d\", \"d\": 0.5, "
                     "\"context\": null, \"context_reason\": \"infinite\", \"M\": 200, "
                     "\"e\": null, \"e_reason\": \"not asked\", "
                     "\"x\": [1.0, null, 2.0], \"x_reason\": \"not a number\"}\n");
}

static void matrices_are_rows(void **state)
{
    (void)state;
    const double A[] = {1, 2, 3, 4, 5, 6}; /* columns (1,2), (3,4), (5,6) */
    lsa_json *json = lsa_json_create();
    lsa_json_matrix(json, "A", 2, 3, A);
    lsa_json_matrix(json, "one", 1, 1, A);
    lsa_json_vector(json, "v", 1, A);
    lsa_json_matrix(json, "none", 0, 0, NULL);
    check_text(json, "{\"A\": [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]], \"one\": [[1.0]], \"v\": [1.0], \"none\": []}\n");
}

/* u scalar, px a vector, U a matrix, all heads of a family of matrices V. */
static const lsa_symbol symbols[] = {{.name = "u", .rows = LSA_DIM_ONE, .cols = LSA_DIM_ONE},
                                     {.name = "px", .rows = LSA_DIM_D, .cols = LSA_DIM_ONE},
                                     {.name = "U", .rows = LSA_DIM_D, .cols = LSA_DIM_D},
                                     {.name = "V", .rows = LSA_DIM_D, .cols = LSA_DIM_D, .family = LSA_FAMILY_HEAD}};
static const lsa_statement statement = {.n_symbols = 4, .symbols = symbols};

static void parameters_by_shape(void **state)
{
    (void)state;
    const lsa_block blocks[] = {{"u", 0, 0, false, 1, 1, 0},
                                {"px", 1, 0, false, 2, 1, 1},
                                {"U", 2, 0, false, 2, 2, 3},
                                {"V", 3, 0, true, 2, 2, 7},
                                {"V", 3, 1, true, 2, 2, 11}};
    const double x[] = {9, 1, 2, 11, 21, 12, 22, 1, 3, 2, 4, 5, 7, 6, 8};
    lsa_json *json = lsa_json_create();
    lsa_json_parameters(json, "all", &statement, 5, blocks, x, LSA_DETAIL_ALL);
    lsa_json_parameters(json, "diagonal", &statement, 5, blocks, x, LSA_DETAIL_DIAGONAL);
    check_text(json, "{\"all\": {\"u\": 9.0, \"px\": [1.0, 2.0], \"U\": [[11.0, 12.0], [21.0, 22.0]], "
                     "\"V\": [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]}, "
                     "\"diagonal\": {\"u\": 9.0, \"px\": [1.0, 2.0], \"U_diagonal\": [11.0, 22.0], "
                     "\"V_diagonal\": [[1.0, 4.0], [5.0, 8.0]]}}\n");
}

static void nothing_is_squeezed_in_one_dimension(void **state)
{
    (void)state;
    const lsa_block blocks[] = {{"u", 0, 0, false, 1, 1, 0},
                                {"px", 1, 0, false, 1, 1, 1},
                                {"U", 2, 0, false, 1, 1, 2},
                                {"V", 3, 0, true, 1, 1, 3}};
    const double x[] = {1, 2, 3, NAN};
    lsa_json *json = lsa_json_create();
    lsa_json_parameters(json, "parameters", &statement, 4, blocks, x, LSA_DETAIL_ALL);
    lsa_json_parameters(json, "none", &statement, 4, blocks, x, LSA_DETAIL_NONE);
    check_text(json, "{\"parameters\": {\"u\": 1.0, \"px\": [2.0], \"U\": [[3.0]], \"V\": [[[null]]], "
                     "\"V_reason\": \"not a number\"}, \"none\": null, "
                     "\"none_reason\": \"left out: ask for them by flow.output.parameters: all\"}\n");
}

static void texts_are_escaped(void **state)
{
    (void)state;
    lsa_json *json = lsa_json_create();
    lsa_json_string(json, "s", "quote \" backslash \\ newline \n escape \x1b λ bad \xff\xc3");
    lsa_json_string(json, "none", NULL);
    json_t *root = parsed(json);
    assert_string_equal(json_string_value(json_object_get(root, "s")),
                        "quote \" backslash \\ newline \n escape \x1b λ bad \uFFFD\uFFFD");
    assert_true(json_is_null(json_object_get(root, "none")));
    json_decref(root);
}

static void records_keep_the_contract(void **state)
{
    (void)state;
    const lsa_report_hypothesis hypothesis = {"sigma small", {0.1, NULL}, {2.0, NULL}, {1.9, NULL}, true};
    const lsa_report_claim claim = {.name = "limit-u",
                                    .source = "Theorem 4.1",
                                    .context = NAN,
                                    .n_hypotheses = 1,
                                    .hypotheses = &hypothesis,
                                    .predicted = {1.5, NULL},
                                    .measured = {NAN, NULL},
                                    .tolerance = {1e-9, NULL},
                                    .slack = {NAN, NULL},
                                    .resolution = {1e-8, NULL},
                                    .relative_error = NAN,
                                    .confirmations = 2,
                                    .withdrawn = true,
                                    .verdict = "inconclusive",
                                    .why = "the solver stopped"};
    const lsa_report_baseline ols = {
        "ols", {INFINITY, "M is near d"}, {NAN, "M is near d"}, {-0.5, NULL}, {INFINITY, "no variance"}};
    const lsa_report_sample sample = {.name = "t",
                                      .context = INFINITY,
                                      .error = {0.25, NULL},
                                      .standard_error = {0.01, NULL},
                                      .half_width = {0.05, NULL},
                                      .predicted = {0.26, NULL},
                                      .predicted_error = {0.011, NULL},
                                      .detects = {0.25, NULL},
                                      .controlled = {0.255, NULL},
                                      .controlled_error = {0.008, NULL},
                                      .reduction = {0.64, NULL},
                                      .prompts = 1000,
                                      .resolved = true,
                                      .n_baselines = 1,
                                      .baselines = &ols};
    lsa_json *json = lsa_json_create();
    lsa_json_claims(json, 1, &claim);
    lsa_json_samples(json, 1, &sample);
    check_text(json,
               "{\"claims\": [{\"name\": \"limit-u\", \"source\": \"Theorem 4.1\", \"hypotheses\": [{\"name\": "
               "\"sigma small\", \"value\": 0.10000000000000001, \"bound\": 2.0, \"margin\": "
               "1.8999999999999999, \"met\": true}], \"predicted\": 1.5, \"measured\": null, "
               "\"measured_reason\": \"the solver stopped\", \"tolerance\": 1.0000000000000001e-9, \"slack\": "
               "null, \"slack_reason\": \"the claim is no inequality\", \"resolution\": 1e-8, \"confirmation\": "
               "{\"computations\": 2.0, \"agree\": false}, \"verdict\": \"inconclusive\", \"why\": "
               "\"the solver stopped\"}], \"tests\": [{\"name\": \"t\", \"context\": null, \"context_reason\": "
               "\"infinite\", \"error\": 0.25, \"stderr\": 0.01, \"half_width\": 0.050000000000000003, \"predicted\": "
               "0.26000000000000001, \"predicted_stderr\": 0.010999999999999999, \"detects\": 0.25, \"controlled\": "
               "{\"error\": 0.255, \"stderr\": "
               "0.0080000000000000002, \"reduction\": 0.64000000000000001}, \"prompts\": 1000, \"resolved\": true, "
               "\"baselines\": {\"ols\": {\"error\": null, "
               "\"error_reason\": \"M is near d\", \"stderr\": null, \"stderr_reason\": \"M is near d\", "
               "\"difference\": -0.5, \"difference_stderr\": null, \"difference_stderr_reason\": \"no "
               "variance\"}}}]}\n");
}

static void tests_keep_the_contract(void **state)
{
    (void)state;
    const double scale = 4;
    const lsa_report_test test = {.name = "longer",
                                  .context = 200,
                                  .error = {0.5, NULL},
                                  .best_linear = {0, NULL},
                                  .context_term = {0.25, NULL},
                                  .training_term = {NAN, "no Theorem 4.2 here"},
                                  .scale = &scale,
                                  .shift = {0.25, NULL},
                                  .finite_context = {INFINITY, NULL}};
    lsa_json *json = lsa_json_create();
    lsa_json_array(json, "runs");
    lsa_json_object(json, NULL);
    lsa_json_tests(json, 1, &test);
    lsa_json_end(json);
    lsa_json_end(json);
    check_text(
        json,
        "{\"runs\": [{\"tests\": [{\"name\": \"longer\", \"context\": 200, \"covariance_scale\": 4.0, \"error\": 0.5, "
        "\"best_linear\": 0.0, \"context_term\": 0.25, \"training_term\": null, "
        "\"training_term_reason\": \"no Theorem 4.2 here\", \"split\": {\"shift\": 0.25, "
        "\"finite_training\": 0.0, \"finite_context\": null, \"finite_context_reason\": \"infinite\"}}]}]}\n");
}

static void printing_to_a_full_disk_fails(void **state)
{
    (void)state;
    lsa_error err;
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL)
        skip();
    lsa_json *json = lsa_json_create();
    check_status(lsa_json_print(json, full, &err), LSA_ERR_WRITE, &err);
    lsa_json_destroy(json);
    fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_read_back),
                                       cmocka_unit_test(nulls_have_reasons),
                                       cmocka_unit_test(matrices_are_rows),
                                       cmocka_unit_test(parameters_by_shape),
                                       cmocka_unit_test(nothing_is_squeezed_in_one_dimension),
                                       cmocka_unit_test(texts_are_escaped),
                                       cmocka_unit_test(records_keep_the_contract),
                                       cmocka_unit_test(tests_keep_the_contract),
                                       cmocka_unit_test(printing_to_a_full_disk_fails)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
