/* The reference cases through the program as a user runs it: a model file in, --json out. */
#define _XOPEN_SOURCE 700
#include "cases.h"

#include "base/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---------------------------------------------------------------- the program */

static char folder[] = "/tmp/lsaflow-cases-XXXXXX";

/* Runs `lsaflow command case.yaml --json` on the model text; the document is the caller's. */
static json_t *run_program(const char *command, const lsa_text *model)
{
    char path[64], line[512];
    json_error_t error;
    lsa_error err;
    snprintf(path, sizeof path, "%s/case.yaml", folder);
    check_status(lsa_text_write_file(path, model->data, model->length, &err), LSA_OK, &err);
    snprintf(line, sizeof line, "%s %s %s --json", LSA_PROGRAM, command, path);
    FILE *pipe = popen(line, "r");
    assert_non_null(pipe);
    json_t *document = json_loadf(pipe, 0, &error);
    const int status = pclose(pipe);
    if (status != 0 || document == NULL) {
        print_error("%s: status %d, %s\nmodel:\n%s\n", line, status, document == NULL ? error.text : "", model->data);
        fail();
    }
    return document;
}

/* ---------------------------------------------------------------- model files */

static void add_field(lsa_text *model, const lsa_case *c, const char *field, const char *before, const char *after)
{
    const json_t *value = json_object_get(c->input, field);
    if (value == NULL)
        return;
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    assert_non_null(text);
    lsa_text_printf(model, "%s%s%s", before, text, after);
    free(text);
}

/* The training law: fields d, N, Lambda, [Omega, sigma2]. */
static void add_data(lsa_text *model, const lsa_case *c, const char *statement)
{
    lsa_text_printf(model, "statement: %s\ndata:\n", statement);
    add_field(model, c, "N", "  context: ", "\n");
    add_field(model, c, "Lambda", "  covariance: {matrix: ", "}\n");
    add_field(model, c, "Omega", "  task_covariance: {matrix: ", "}\n");
    add_field(model, c, "sigma2", "  label_noise: ", "\n");
    add_field(model, c, "r", "  rank: ", "\n");
}

static void add_start(lsa_text *model, const lsa_case *c, const char *const fields[][2])
{
    lsa_text_add(model, "init:\n  scheme: values\n  values:\n");
    for (int i = 0; fields[i][0] != NULL; i++) {
        char before[32];
        snprintf(before, sizeof before, "    %s: ", fields[i][1]);
        add_field(model, c, fields[i][0], before, "\n");
    }
}

/* ---------------------------------------------------------------- documents */

/* Appends the numbers of a JSON value, matrices column by column, as cases.h flattens them. */
static void flatten(const json_t *value, double *out, ptrdiff_t *count, ptrdiff_t capacity)
{
    if (json_is_number(value)) {
        assert_true(*count < capacity);
        out[(*count)++] = json_number_value(value);
        return;
    }
    if (!json_is_array(value)) {
        print_error("a number or an array was expected\n");
        fail();
    }
    const size_t rows = json_array_size(value);
    const size_t cols = rows > 0 ? json_array_size(json_array_get(value, 0)) : 0;
    if (rows > 0 && json_is_array(json_array_get(value, 0)))
        for (size_t j = 0; j < cols; j++)
            for (size_t i = 0; i < rows; i++)
                flatten(json_array_get(json_array_get(value, i), j), out, count, capacity);
    else
        for (size_t i = 0; i < rows; i++)
            flatten(json_array_get(value, i), out, count, capacity);
}

/* A value by its dotted path ("minimum.parameters.u"; digits index arrays). */
static const json_t *at(const json_t *document, const char *path)
{
    char part[64];
    const json_t *value = document;
    const char *whole = path;
    while (*path != '\0') {
        const size_t length = strcspn(path, ".");
        assert_true(length < sizeof part);
        memcpy(part, path, length);
        part[length] = '\0';
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(part)) : json_object_get(value, part);
        path += length + (path[length] == '.');
    }
    if (value == NULL) {
        print_error("the document has no %s\n", whole);
        fail();
    }
    return value;
}

enum { CAPACITY = 4096 };

static void check_path(const lsa_case *c, const char *field, const json_t *document, const char *path)
{
    double numbers[CAPACITY];
    ptrdiff_t count = 0;
    flatten(at(document, path), numbers, &count, CAPACITY);
    lsa_case_check(c, field, numbers, count);
}

/* A field of the case that holds one value per time, against samples[*].<path>. Vectors over times are a matrix of times
 * by entries, as cases.h reads them. */
static void check_samples(const lsa_case *c, const char *field, const json_t *document, const char *path)
{
    double numbers[CAPACITY];
    ptrdiff_t count = 0;
    const json_t *samples = at(document, "samples");
    json_t *course = json_array();
    assert_int_equal(json_array_size(samples), lsa_case_length(c, "times"));
    for (size_t i = 0; i < json_array_size(samples); i++)
        json_array_append(course, (json_t *)(uintptr_t)at(json_array_get(samples, i), path));
    const json_t *first = json_array_get(course, 0);
    if (json_is_array(first) && json_is_array(json_array_get(first, 0)))
        for (size_t i = 0; i < json_array_size(course); i++)
            flatten(json_array_get(course, i), numbers, &count, CAPACITY);
    else
        flatten(course, numbers, &count, CAPACITY);
    json_decref(course);
    lsa_case_check(c, field, numbers, count);
}

/* ---------------------------------------------------------------- kinds */

static void check_min(const lsa_case *c)
{
    lsa_text model;
    lsa_text_init(&model);
    add_data(&model, c, "merged");
    json_t *document = run_program("predict", &model);
    check_path(c, "Gamma", document, "constants.Gamma");
    check_path(c, "A", document, "minimum.uU");
    check_path(c, "u", document, "minimum.parameters.u");
    check_path(c, "U", document, "minimum.parameters.U");
    check_path(c, "loss", document, "minimum.loss");
    json_decref(document);
    lsa_text_clear(&model);
}

static void check_risk(const lsa_case *c)
{
    lsa_text model;
    lsa_text_init(&model);
    add_data(&model, c, "merged");
    lsa_text_add(&model, "tests:\n  - name: risk\n");
    add_field(&model, c, "M", "    context: ", "\n");
    add_field(&model, c, "a", "    task: {moments: {a: ", "");
    add_field(&model, c, "Sigma", ", covariance: ", "");
    add_field(&model, c, "base", ", best_linear: ", "}}\n");
    json_t *document = run_program("predict", &model);
    check_path(c, "base", document, "tests.0.best_linear");
    check_path(c, "term_M", document, "tests.0.context_term");
    check_path(c, "term_N", document, "tests.0.training_term");
    check_path(c, "error", document, "tests.0.error");
    json_decref(document);
    lsa_text_clear(&model);
}

static const char *const full_blocks[][2] = {{"p_x", "px"}, {"p_y", "u"}, {"U", "U"}, {"k", "k"}, {NULL, NULL}};

static json_t *eval_full(const lsa_case *c)
{
    lsa_text model;
    lsa_text_init(&model);
    add_data(&model, c, "full");
    add_start(&model, c, full_blocks);
    json_t *document = run_program("eval", &model);
    lsa_text_clear(&model);
    return document;
}

/* u = 1, U = A = p_y U + p_x k' as a reduced layer: the odd part. */
static double odd_loss(const lsa_case *c)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    const double *px = lsa_case_input(c, "p_x", d), *k = lsa_case_input(c, "k", d), *U = lsa_case_input(c, "U", d * d);
    const double u = lsa_case_number(c, "p_y");
    lsa_text model;
    lsa_text_init(&model);
    add_data(&model, c, "merged");
    lsa_text_add(&model, "init: {scheme: values, values: {u: 1, U: [");
    for (ptrdiff_t i = 0; i < d; i++)
        for (ptrdiff_t j = 0; j < d; j++)
            lsa_text_printf(&model, "%s%.17g%s", j == 0 ? "[" : ", ", u * U[i + j * d] + px[i] * k[j],
                            j + 1 < d   ? ""
                            : i + 1 < d ? "], "
                                        : "]");
    lsa_text_add(&model, "]}}\n");
    json_t *document = run_program("eval", &model);
    const double loss = json_number_value(at(document, "loss"));
    json_decref(document);
    lsa_text_clear(&model);
    return loss;
}

static void check_full_loss(const lsa_case *c)
{
    json_t *document = eval_full(c);
    const double loss = json_number_value(at(document, "loss")), odd = odd_loss(c), even = loss - odd;
    lsa_case_check(c, "loss", &loss, 1);
    lsa_case_check(c, "loss_odd", &odd, 1);
    lsa_case_check(c, "loss_even", &even, 1);
    json_decref(document);
}

static void check_full_grad(const lsa_case *c)
{
    json_t *document = eval_full(c);
    check_path(c, "loss", document, "loss");
    check_path(c, "p_x", document, "gradient.px");
    check_path(c, "p_y", document, "gradient.u");
    check_path(c, "U", document, "gradient.U");
    check_path(c, "k", document, "gradient.k");
    json_decref(document);
}

static json_t *run_flow(const lsa_case *c, const char *statement, const char *const blocks[][2])
{
    lsa_text model;
    lsa_text_init(&model);
    add_data(&model, c, statement);
    add_start(&model, c, blocks);
    add_field(&model, c, "times", "flow: {output: {times: ", "}}\n");
    json_t *document = run_program("run", &model);
    lsa_text_clear(&model);
    return document;
}

static void check_flow(const lsa_case *c)
{
    static const char *const blocks[][2] = {{"u0", "u"}, {"U0", "U"}, {NULL, NULL}};
    json_t *document = run_flow(c, "merged", blocks);
    check_samples(c, "u", document, "parameters.u");
    check_samples(c, "U", document, "parameters.U");
    check_samples(c, "loss", document, "loss");
    check_path(c, "loss_min", document, "minimum.loss");
    const json_t *conserved = json_object_iter_value(json_object_iter((json_t *)(uintptr_t)at(document, "conserved")));
    const double start = json_number_value(at(conserved, "start"));
    lsa_case_check(c, "conserved", &start, 1);
    json_decref(document);
}

static void check_kq_flow(const lsa_case *c)
{
    static const char *const blocks[][2] = {{"u0", "u"}, {"K0", "K"}, {"Q0", "Q"}, {NULL, NULL}};
    json_t *document = run_flow(c, "separate", blocks);
    check_samples(c, "u", document, "parameters.u");
    check_samples(c, "K", document, "parameters.K");
    check_samples(c, "Q", document, "parameters.Q");
    check_samples(c, "loss", document, "loss");
    json_decref(document);
}

static void check_full_flow(const lsa_case *c)
{
    json_t *document = run_flow(c, "full", full_blocks);
    check_samples(c, "p_x", document, "parameters.px");
    check_samples(c, "p_y", document, "parameters.u");
    check_samples(c, "U", document, "parameters.U");
    check_samples(c, "k", document, "parameters.k");
    check_samples(c, "loss", document, "loss");
    check_path(c, "loss_min", document, "minimum.loss");
    check_path(c, "final_loss", document, "final.loss");
    const bool global = strcmp(json_string_value(at(document, "final.kind")), "global-minimum") == 0;
    assert_int_equal(global, json_is_true(json_object_get(c->expect, "reaches_global_min")));
    json_decref(document);
}

/* A test setting of a shift case: context, query, task, noise; the context M and the limit. */
static void add_shift(lsa_text *model, const lsa_case *c)
{
    lsa_text_add(model, "tests:\n  - name: shift\n");
    add_field(model, c, "M", "    context: [", ", .inf]\n");
    add_field(model, c, "Lambda1", "    covariance: {matrix: ", "}\n");
    add_field(model, c, "Lambda2", "    query_covariance: {matrix: ", "}\n");
    add_field(model, c, "Omega", "    task: {gaussian: {matrix: ", "}}\n");
    add_field(model, c, "sigma2", "    label_noise: ", "\n");
}

static void check_shift(const lsa_case *c)
{
    const json_t *trained = json_object_get(c->input, "trained_on"), *params = json_object_get(c->input, "params");
    const lsa_case inner = {.input = trained != NULL ? trained : params};
    lsa_text model;
    lsa_text_init(&model);
    if (trained != NULL) {
        add_data(&model, &inner, "merged");
    } else {
        lsa_text_add(&model, "statement: full\ndata:\n");
        add_field(&model, c, "M", "  context: ", "\n");
        add_field(&model, c, "Lambda1", "  covariance: {matrix: ", "}\n");
        add_start(&model, &inner, full_blocks);
    }
    add_shift(&model, c);
    json_t *document = run_program(trained != NULL ? "predict" : "eval", &model);
    const double error = json_number_value(at(document, "tests.0.error")), loss = error / 2.0;
    lsa_case_check(c, "error", &error, 1);
    lsa_case_check(c, "loss", &loss, 1);
    if (json_object_get(c->expect, "error_infinite_M") != NULL)
        check_path(c, "error_infinite_M", document, "tests.1.error");
    json_decref(document);
    lsa_text_clear(&model);
}

/* The laws of a randcov case in the words of model files. */
static void add_laws(lsa_text *model, const lsa_case *c)
{
    static const struct {
        const char *name, *keys[3];
    } laws[] = {{"uniform", {"low", "high", NULL}},
                {"exponential", {"mean", NULL, NULL}},
                {"gamma", {"shape", "scale", NULL}},
                {"two_point", {"a", "b", "p"}},
                {"point", {"value", NULL, NULL}}};
    const json_t *list = json_object_get(c->input, "laws");
    lsa_text_add(model, "  covariance: {random: {diagonal: [");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *law = json_array_get(list, i), *par = json_object_get(law, "par");
        const char *name = json_string_value(json_object_get(law, "law"));
        size_t k = 0;
        while (strcmp(laws[k].name, name) != 0)
            assert_true(++k < sizeof laws / sizeof *laws);
        lsa_text_printf(model, "%s{law: %s", i > 0 ? ", " : "", k == 3 ? "two-point" : name);
        for (size_t j = 0; j < json_array_size(par); j++)
            lsa_text_printf(model, ", %s: %.17g", laws[k].keys[j], json_number_value(json_array_get(par, j)));
        lsa_text_add(model, "}");
    }
    lsa_text_add(model, "]}}\n");
}

static json_t *predict_random(const lsa_case *c, bool infinite)
{
    lsa_text model;
    lsa_text_init(&model);
    lsa_text_add(&model, "statement: merged\ndata:\n");
    if (infinite)
        lsa_text_add(&model, "  context: .inf\n");
    else
        add_field(&model, c, "N", "  context: ", "\n");
    add_laws(&model, c);
    lsa_text_add(&model, "tests:\n");
    if (infinite)
        lsa_text_add(&model, "  - {name: own, context: .inf}\n");
    else
        add_field(&model, c, "M", "  - {name: own, context: ", "}\n");
    if (!infinite && lsa_case_has(c, "test_Lambda")) {
        add_field(&model, c, "M", "  - {name: fixed, context: ", "");
        add_field(&model, c, "test_Lambda", ", covariance: {spectrum: ", "}}\n");
        add_field(&model, c, "test_Lambda", "  - {name: limit, context: .inf, covariance: {spectrum: ", "}}\n");
    }
    json_t *document = run_program("predict", &model);
    lsa_text_clear(&model);
    return document;
}

/* The diagonal of a matrix of the document. */
static void check_diagonal(const lsa_case *c, const char *field, const json_t *document, const char *path)
{
    double numbers[64];
    const json_t *matrix = at(document, path);
    const size_t d = json_array_size(matrix);
    assert_true(d <= 64);
    for (size_t i = 0; i < d; i++)
        numbers[i] = json_number_value(json_array_get(json_array_get(matrix, i), i));
    lsa_case_check(c, field, numbers, (ptrdiff_t)d);
}

/* count errors of the document's tests from number `first` on. */
static void check_errors(const lsa_case *c, const char *field, const json_t *document, size_t first, size_t count)
{
    double numbers[16];
    assert_true(count <= 16);
    for (size_t i = 0; i < count; i++)
        numbers[i] =
            json_number_value(json_object_get(json_array_get(json_object_get(document, "tests"), first + i), "error"));
    lsa_case_check(c, field, numbers, json_is_array(json_object_get(c->expect, field)) ? (ptrdiff_t)count : 1);
}

static void check_randcov(const lsa_case *c)
{
    const size_t lengths = (size_t)lsa_case_length(c, "M");
    json_t *document = predict_random(c, false), *infinite = predict_random(c, true);
    check_diagonal(c, "E_GammaLambda2", document, "constants.rates");
    check_diagonal(c, "E_Lambda2", document, "constants.E_LambdaOmegaLambda");
    check_diagonal(c, "A", document, "minimum.uU");
    check_path(c, "u", document, "minimum.parameters.u");
    check_path(c, "loss_min", document, "minimum.loss");
    check_errors(c, "error_at_M", document, 0, lengths);
    check_diagonal(c, "A_infinite", infinite, "minimum.uU");
    check_errors(c, "error_infinite", infinite, 0, 1);
    if (lsa_case_has(c, "test_Lambda")) {
        check_errors(c, "error_fixed_at_M", document, lengths, lengths);
        check_errors(c, "error_fixed_infinite", document, 2 * lengths, 1);
    }
    json_decref(infinite);
    json_decref(document);
}

static void test_kq_flow(void **state)
{
    (void)state;
    lsa_cases_each("kq_flow", check_kq_flow);
}

static void test_full_flow(void **state)
{
    (void)state;
    lsa_cases_each("full_flow", check_full_flow);
}

static void test_shift(void **state)
{
    (void)state;
    lsa_cases_each("shift", check_shift);
}

static void test_randcov(void **state)
{
    (void)state;
    lsa_cases_each("randcov", check_randcov);
}

static void test_min(void **state)
{
    (void)state;
    lsa_cases_each("min", check_min);
}

static void test_risk(void **state)
{
    (void)state;
    lsa_cases_each("risk", check_risk);
}

static void test_full_loss(void **state)
{
    (void)state;
    lsa_cases_each("full_loss", check_full_loss);
}

static void test_full_grad(void **state)
{
    (void)state;
    lsa_cases_each("full_grad", check_full_grad);
}

static void test_flow(void **state)
{
    (void)state;
    lsa_cases_each("flow", check_flow);
}

/* ---------------------------------------------------------------- */

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/case.yaml", folder);
    remove(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_min),       cmocka_unit_test(test_risk),  cmocka_unit_test(test_full_loss),
        cmocka_unit_test(test_full_grad), cmocka_unit_test(test_flow),  cmocka_unit_test(test_kq_flow),
        cmocka_unit_test(test_full_flow), cmocka_unit_test(test_shift), cmocka_unit_test(test_randcov)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
