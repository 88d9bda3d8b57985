/* model.c - what a model file means: defaults, covariances, tests, overrides, runs. */
#include "lsaflow/model.h"
#include "base/matrix.h"
#include "base/text.h"
#include "check.h"
#include "model/cells.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads a model that must be right; the caller destroys it. `set`: one override or NULL. */
static lsa_model *read_with(const char *text, const char *set)
{
    const char *overrides[] = {set};
    const lsa_model_options options = {.n_overrides = set != NULL, .overrides = overrides};
    lsa_model *model = NULL;
    lsa_error err = {0};
    check_status(lsa_model_parse(LSA_TEST_DATA "/malformed/m.yaml", text, strlen(text), &options, &model, &err), LSA_OK,
                 &err);
    return model;
}

static const lsa_experiment *first(const lsa_model *model)
{
    return lsa_model_experiment(model, 0);
}

static const char plain[] = "statement: merged\ndata: {dimension: 3, context: 10}\n";

static void defaults(void **state)
{
    (void)state;
    lsa_model *model = read_with(plain, NULL);
    const lsa_experiment *e = first(model);
    assert_int_equal(lsa_model_runs(model), 1);
    assert_string_equal(lsa_model_name(model), "m");
    assert_string_equal(e->title, "m");
    assert_int_equal(e->data.d, 3);
    assert_true(e->training.context == 10.0 && lsa_setting_rho(&e->training) == 10.0 && e->training.label_noise == 0.0);
    assert_int_equal(e->training.covariance->kind, LSA_COVARIANCE_SCALAR);
    assert_int_equal(e->training.task_covariance->kind, LSA_COVARIANCE_SCALAR);
    assert_true(e->data.rank == 1 && e->data.heads == 1);
    assert_int_equal(e->init.scheme, LSA_INIT_PAPER);
    assert_true(e->init.sigma == 0.1 && e->init.perturb_scale == 0.0);
    assert_int_equal(e->init.theta, LSA_THETA_IDENTITY);
    assert_true(e->flow.rtol == 1e-10 && e->flow.stop.gap == 1e-14);
    assert_true(isnan(e->flow.stop.gradient) && isnan(e->flow.stop.time) && isnan(e->flow.stop.wall));
    assert_true(e->flow.points == 200 && e->flow.log_spacing && e->flow.n_times == 0);
    assert_int_equal(e->flow.method, LSA_METHOD_AUTO);
    assert_int_equal(e->flow.parameters, LSA_PARAMETERS_AUTO);
    assert_true(e->monte_carlo.seed == 1 && e->monte_carlo.prompts == 2000000 && !e->monte_carlo.fast);
    assert_true(e->monte_carlo.relative_error == 0.03 && e->monte_carlo.baselines == 31);
    assert_true(e->train.method == LSA_TRAIN_SGD && e->train.schedule == LSA_TRAIN_CONSTANT);
    assert_true(e->train.steps == 10000 && e->train.batch == 64 && e->train.step_size == 0.01);
    assert_true(e->train.decay == 1000.0 && e->train.momentum == 0.9 && e->train.beta1 == 0.9);
    assert_true(e->train.beta2 == 0.999 && e->train.epsilon == 1e-8 && e->train.tail_average == 0.25);
    assert_true(isinf(e->train.tasks) && e->train.checkpoint == 0 && e->train.points == 200 && e->train.seed == 1);
    assert_true(e->basin.scheme == LSA_BASIN_GAUSSIAN && e->basin.starts == 100 && e->basin.seed == 1);
    assert_true(e->basin.n_scales == 1 && e->basin.scales[0] == 0.1);
    assert_true(e->all_claims && e->n_claims == 0);
    assert_int_equal(e->n_tests, 1);
    assert_string_equal(e->tests[0].name, "train");
    assert_true(e->tests[0].context == 10.0 && e->tests[0].covariance == e->training.covariance);
    assert_true(e->tests[0].query == e->training.covariance &&
                e->tests[0].task_covariance == e->training.task_covariance);
    lsa_model_destroy(model);
}

/* The covariance of a file whose `data.covariance` is the given text. */
static lsa_model *with_covariance(const char *form)
{
    char set[512];
    snprintf(set, sizeof set, "data.covariance=%s", form);
    return read_with("statement: merged\ndata: {context: 10}\n", set);
}

static void covariance_forms(void **state)
{
    (void)state;
    static const struct {
        const char *form;
        lsa_covariance_kind kind;
        ptrdiff_t d;
        double matrix[9];
    } cases[] = {
        {"{spectrum: [3, 2, 1]}", LSA_COVARIANCE_DIAGONAL, 3, {3, 0, 0, 0, 2, 0, 0, 0, 1}},
        {"{spectrum: [3, 2, 1], trace: 12}", LSA_COVARIANCE_DIAGONAL, 3, {6, 0, 0, 0, 4, 0, 0, 0, 2}},
        {"{matrix: [[2, 0], [0, 1]]}", LSA_COVARIANCE_DIAGONAL, 2, {2, 0, 0, 1}},
        {"{matrix: [[2, 0.5], [0.5, 1]]}", LSA_COVARIANCE_MATRIX, 2, {2, 0.5, 0.5, 1}},
        {"{matrix: [[1, 1], [1, 1]]}", LSA_COVARIANCE_MATRIX, 2, {1, 1, 1, 1}},
        /* columns size, weight of rows.csv: (1,2), (2,3.5), (4,6) */
        {"{data: rows.csv, columns: [size, weight]}", LSA_COVARIANCE_MATRIX, 2, {7, 11, 11, 52.25 / 3}},
        {"{data: rows.csv, columns: [2, 1]}", LSA_COVARIANCE_MATRIX, 2, {52.25 / 3, 11, 11, 7}},
        {"{data: rows.csv, columns: size, center: true}", LSA_COVARIANCE_DIAGONAL, 1, {14.0 / 9}},
        {"{data: rows.csv, columns: size, center: true, standardize: true}", LSA_COVARIANCE_DIAGONAL, 1, {1}},
        {"{file: matrix.csv}", LSA_COVARIANCE_MATRIX, 2, {2, -1, -1, 3}},
        {"{file: matrix.csv, trace: 10}", LSA_COVARIANCE_MATRIX, 2, {4, -2, -2, 6}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        double matrix[9];
        lsa_model *model = with_covariance(cases[k].form);
        const lsa_covariance *c = first(model)->training.covariance;
        const ptrdiff_t d = cases[k].d;
        assert_int_equal(c->kind, cases[k].kind);
        assert_int_equal(c->d, d);
        lsa_covariance_matrix(c, matrix);
        check_matrix_close(d, d, matrix, cases[k].matrix, 1e-15, 0.0);
        check_close(lsa_covariance_entry(c, d - 1, 0), cases[k].matrix[d - 1], 1e-15, 0.0);
        lsa_model_destroy(model);
    }
}

static void covariance_laws(void **state)
{
    (void)state;
    const double geometric[] = {1, 0.1, 0.01}, power[] = {1, 0.25, 1.0 / 9}, scale[] = {2.5, 2.5, 2.5};
    lsa_model *model = read_with(plain, "data.covariance={spectrum: geometric, condition: 100}");
    check_vector_close(3, first(model)->training.covariance->spectrum, geometric, 1e-15, 0.0);
    lsa_model_destroy(model);
    model = read_with(plain, "data.covariance={spectrum: power, exponent: 2}");
    check_vector_close(3, first(model)->training.covariance->spectrum, power, 1e-15, 0.0);
    assert_string_equal(first(model)->training.covariance->form, "spectrum power, exponent 2");
    lsa_model_destroy(model);
    model = read_with(plain, "data.covariance={scale: 2.5, rotation: 4}");
    check_vector_close(3, first(model)->training.covariance->spectrum, scale, 0.0, 0.0);
    assert_int_equal(first(model)->training.covariance->kind, LSA_COVARIANCE_SCALAR);
    lsa_model_destroy(model);
}

/* basis diag(spectrum) basis' is the matrix, and the basis is orthogonal. */
static void check_decomposition(const lsa_covariance *c)
{
    enum { MOST = 6 };
    double scaled[MOST * MOST], product[MOST * MOST], identity[MOST * MOST];
    const ptrdiff_t d = c->d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            scaled[i + j * d] = c->basis[i + j * d] * c->spectrum[j];
    lsa_mat_product(false, true, d, d, d, 1.0, scaled, c->basis, 0.0, product);
    check_matrix_close(d, d, product, c->matrix, 1e-14, 0.0); /* rounding: d eps, d <= 6 */
    lsa_mat_product(true, false, d, d, d, 1.0, c->basis, c->basis, 0.0, product);
    lsa_mat_identity(d, identity);
    check_matrix_close(d, d, product, identity, 1e-14, 0.0);
    assert_true(lsa_mat_asymmetry(d, c->matrix) == 0.0);
}

/* What is drawn for each prompt is kept beside its mean: a diagonal for independent entries, a matrix for the others. */
static void random_laws(void **state)
{
    (void)state;
    const double means[] = {3, 1.5, 2, 2.5, 7};
    lsa_model *model =
        with_covariance("{random: {diagonal: [{law: exponential, mean: 3}, {law: uniform, low: 1, high: 2},"
                        " {law: gamma, shape: 4, scale: 0.5}, {law: two-point, a: 1, b: 3, p: 0.25},"
                        " {law: point, value: 7}]}}");
    const lsa_covariance *c = first(model)->training.covariance;
    assert_true(lsa_covariance_is_random(c) && c->kind == LSA_COVARIANCE_LAWS && c->d == 5);
    check_vector_close(5, c->spectrum, means, 1e-15, 0.0);
    assert_true(c->matrix == NULL && c->basis == NULL);
    assert_true(c->laws[0].kind == LSA_LAW_EXPONENTIAL && c->laws[0].parameter[0] == 3.0);
    assert_true(c->laws[1].kind == LSA_LAW_UNIFORM && c->laws[1].parameter[1] == 2.0);
    assert_true(c->laws[2].kind == LSA_LAW_GAMMA && c->laws[2].parameter[0] == 4.0 && c->laws[2].parameter[1] == 0.5);
    assert_true(c->laws[3].kind == LSA_LAW_TWO_POINT && c->laws[3].parameter[2] == 0.25);
    assert_true(c->laws[4].kind == LSA_LAW_POINT && c->laws[4].parameter[0] == 7.0);
    check_close(lsa_covariance_entry(c, 3, 3), 2.5, 1e-15, 0.0);
    lsa_model_destroy(model);
    model = read_with(plain, "data.covariance={random: {diagonal: {law: exponential, mean: 1}}, trace: 12}");
    c = first(model)->training.covariance;
    assert_true(c->d == 3 && c->laws[2].parameter[0] == 4.0 && c->spectrum[2] == 4.0);
    assert_string_equal(c->form, "random {diagonal: {law: exponential, mean: 1}}, trace 12");
    lsa_model_destroy(model);
}

static void random_matrices(void **state)
{
    (void)state;
    const double mixed[] = {2.75, 0.375, 0.375, 1.75}, scale[] = {2, 0.5, 0.5, 1};
    lsa_model *model = with_covariance("{random: {mixture: [{weight: 0.75, covariance: {matrix: [[2, 0.5], [0.5, 1]]}},"
                                       " {weight: 0.25, covariance: {spectrum: [5, 4]}}]}}");
    const lsa_covariance *c = first(model)->training.covariance;
    assert_true(c->kind == LSA_COVARIANCE_MIXTURE && c->n_components == 2 && c->d == 2);
    check_matrix_close(2, 2, c->matrix, mixed, 1e-15, 0.0);
    check_decomposition(c);
    assert_true(c->weights[0] == 0.75 && c->components[0].matrix[1] == 0.5);
    assert_int_equal(c->components[1].kind, LSA_COVARIANCE_DIAGONAL);
    lsa_model_destroy(model);
    model = with_covariance("{random: {wishart: {dof: 6, scale: {matrix: [[2, 0.5], [0.5, 1]]}}}}");
    c = first(model)->training.covariance;
    assert_true(c->kind == LSA_COVARIANCE_WISHART && c->dof == 6.0 && c->scale->kind == LSA_COVARIANCE_MATRIX);
    check_matrix_close(2, 2, c->matrix, scale, 0.0, 0.0);
    check_decomposition(c);
    lsa_model_destroy(model);
}

/* train_scaled multiplies the law, not only its mean. */
static void random_scaled(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "{random: {diagonal: [{law: gamma, shape: 2, scale: 0.5}, {law: uniform, low: 1, high: 3}]}}",
        "{random: {mixture: [{weight: 1, covariance: {matrix: [[2, 1], [1, 2]]}}]}}",
        "{random: {wishart: {dof: 3, scale: {spectrum: [2, 1]}}}}",
    };
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++) {
        char set[256];
        snprintf(set, sizeof set, "data.covariance=%s", forms[k]);
        lsa_model *model =
            read_with("statement: merged\ndata: {context: 10}\ntests: [{covariance: {train_scaled: 4}}, {}]\n", set);
        const lsa_covariance *train = first(model)->training.covariance, *test = first(model)->tests[0].covariance;
        assert_int_equal(test->kind, train->kind);
        assert_ptr_equal(first(model)->tests[1].covariance, train);
        for (ptrdiff_t i = 0; i < 2; i++)
            for (ptrdiff_t j = 0; j < 2; j++)
                check_close(lsa_covariance_entry(test, i, j), 4.0 * lsa_covariance_entry(train, i, j), 1e-15, 0.0);
        if (k == 0)
            assert_true(test->laws[0].parameter[0] == 2.0 && test->laws[0].parameter[1] == 2.0 &&
                        test->laws[1].parameter[0] == 4.0 && test->laws[1].parameter[1] == 12.0);
        if (k == 1)
            assert_true(test->components[0].matrix[1] == 4.0 && train->components[0].matrix[1] == 1.0);
        if (k == 2)
            assert_true(test->scale->spectrum[0] == 8.0 && test->dof == 3.0);
        lsa_model_destroy(model);
    }
}

static void rotations(void **state)
{
    (void)state;
    const double spectrum[] = {4, 2, 1};
    lsa_model *model = with_covariance("{spectrum: [4, 2, 1], rotation: 5}");
    const lsa_covariance *c = first(model)->training.covariance;
    check_vector_close(3, c->spectrum, spectrum, 0.0, 0.0);
    check_decomposition(c);
    assert_true(fabs(c->matrix[1]) > 1e-3); /* it is turned */
    lsa_model *other = with_covariance("{spectrum: [4, 2, 1], rotation: 6}");
    assert_true(fabs(first(other)->training.covariance->matrix[1] - c->matrix[1]) > 1e-3); /* by the seed */
    lsa_model_destroy(other);
    lsa_model_destroy(model);
    model = with_covariance("{matrix: [[2, 0.5], [0.5, 1]], rotation: 5, trace: 6}");
    c = first(model)->training.covariance;
    check_decomposition(c);
    check_close(c->matrix[0] + c->matrix[3], 6.0, 1e-14, 0.0);
    lsa_model_destroy(model);
}

/* A million coordinates cost a million numbers, not their square. */
static void large_diagonal(void **state)
{
    (void)state;
    lsa_model *model = read_with("statement: merged\ndata: {dimension: 1000000, context: .inf}\n",
                                 "data.covariance={spectrum: power, exponent: 1}");
    const lsa_experiment *e = first(model);
    assert_int_equal(e->training.covariance->kind, LSA_COVARIANCE_DIAGONAL);
    assert_null(e->training.covariance->matrix);
    check_close(e->training.covariance->spectrum[999999], 1e-6, 1e-15, 0.0);
    assert_true(isinf(e->training.context) && isinf(lsa_setting_rho(&e->training)));
    lsa_model_destroy(model);
}

static const char judged[] = "statement: merged\n"
                             "data: {dimension: 2, context: 10, covariance: {spectrum: [2, 1]}, label_noise: 0.5,\n"
                             "       task_covariance: {scale: 3}, normalise: N+1}\n"
                             "tests:\n"
                             "  - name: contexts\n"
                             "    context: [0, 5, .inf]\n"
                             "  - covariance: {train_scaled: [1, 4]}\n"
                             "    context: [7, 8]\n"
                             "    label_noise: {std: 2}\n"
                             "  - covariance: identity\n"
                             "    query_covariance: train\n"
                             "    task: {fixed: [1, -2]}\n"
                             "    query_noise: true\n"
                             "  - query_covariance: {train_scaled: 9}\n"
                             "    task: {moments: {a: [1, 2], covariance: [[2, 1], [1, 2]], best_linear: 0.25}}\n"
                             "  - task: {gaussian: {spectrum: [5, 6]}}\n";

static void tests_of_a_model(void **state)
{
    (void)state;
    lsa_model *model = read_with(judged, NULL);
    const lsa_experiment *e = first(model);
    const lsa_setting *t = e->tests;
    assert_int_equal(e->n_tests, 10);
    assert_true(lsa_setting_rho(&e->training) == 11.0);
    assert_string_equal(t[1].name, "contexts");
    assert_true(t[0].context == 0.0 && t[1].context == 5.0 && isinf(t[2].context));
    assert_true(t[2].covariance == e->training.covariance && t[2].covariance_is_train && t[2].query_is_same);
    assert_true(t[2].label_noise == 0.5 && t[2].task_covariance == e->training.task_covariance);
    assert_string_equal(t[3].name, "test-2");
    assert_true(t[3].context == 7.0 && t[4].context == 8.0 && t[5].context == 7.0 && t[6].context == 8.0);
    check_close(t[5].covariance->spectrum[0], 8.0, 0.0, 0.0);
    assert_true(t[5].query == t[5].covariance && !t[5].covariance_is_train && t[5].label_noise == 4.0);
    assert_int_equal(t[7].covariance->kind, LSA_COVARIANCE_SCALAR);
    assert_true(t[7].query == e->training.covariance && !t[7].query_is_same && t[7].query_noise);
    assert_true(t[7].task == LSA_TASK_FIXED && t[7].task_vector[1] == -2.0);
    assert_true(t[8].task == LSA_TASK_MOMENTS && t[8].best_linear == 0.25 && t[8].task_vector[1] == 2.0);
    assert_true(t[8].moment_covariance[1] == 1.0 && t[8].query->spectrum[1] == 9.0);
    assert_true(t[9].task == LSA_TASK_GAUSSIAN && t[9].task_covariance->spectrum[1] == 6.0);
    lsa_model_destroy(model);
}

static const char shifted[] =
    "statement: merged\n"
    "data: {dimension: 2, context: 10, covariance: {spectrum: [2, 1]}, label_noise: 0.5}\n"
    "tests:\n"
    "  - task: {sphere: 3}\n"
    "  - task: {teacher: sine, direction: [1, -2], frequency: 4}\n"
    "  - task: {teacher: polynomial, direction: [1, 0], coefficients: [1, 0, 3]}\n"
    "  - {contexts: {student: 9}, mean: [0.5, -1]}\n"
    "  - {query_covariance: orthogonal, context: [0, 1], covariance: identity, mean: [0, 0]}\n"
    "  - {contexts: gaussian, task: {teacher: relu, direction: [1, 1]}}\n";

static void shifts(void **state)
{
    (void)state;
    lsa_model *model = read_with(shifted, NULL);
    const lsa_setting *t = first(model)->tests;
    assert_int_equal(first(model)->n_tests, 7);
    assert_true(t[0].task == LSA_TASK_SPHERE && t[0].radius == 3.0 && t[0].task_covariance->spectrum[1] == 4.5);
    assert_true(t[1].task == LSA_TASK_TEACHER && t[1].teacher.kind == LSA_TEACHER_SINE);
    assert_true(t[1].teacher.frequency == 4.0 && t[1].task_vector[1] == -2.0 && t[1].label_noise == 0.5);
    assert_true(t[2].teacher.kind == LSA_TEACHER_POLYNOMIAL && t[2].teacher.n_coefficients == 3);
    assert_true(t[2].teacher.coefficients[2] == 3.0);
    assert_true(t[3].student == 9.0 && t[3].mean[1] == -1.0 && t[3].covariance_is_train && !t[3].query_orthogonal);
    assert_true(t[4].query_orthogonal && t[4].query_is_same && t[4].query == t[4].covariance && t[4].mean == NULL);
    assert_true(t[4].context == 0.0 && t[5].context == 1.0 && t[5].query_orthogonal);
    assert_true(t[6].student == 0.0 && t[6].teacher.kind == LSA_TEACHER_RELU && t[6].mean == NULL);
    lsa_model_destroy(model);
}

/* labelled.csv: (a, b, y) = (1, 2, 1), (2, -1, 0), (-1, 1, 3), (0, 4, 2). */
static void rows_of_data(void **state)
{
    (void)state;
    const double rows[] = {1, 2, -1, 0, 2, -1, 1, 4}, labels[] = {1, 0, 3, 2}, moment[] = {1.5, -0.25, -0.25, 5.5};
    const double centred[] = {0.5, 1.5, -1.5, -0.5, 0.5, -2.5, -0.5, 2.5};
    const char *const text = "statement: merged\n"
                             "data: {context: 10, covariance: {data: labelled.csv, columns: [a, b]}, label_noise: 2}\n"
                             "tests: [{task: {data: labelled.csv, label: y, columns: [a, b]}, context: [3, 5]},\n"
                             "        {task: {data: labelled.csv, label: 3, columns: [a, b], center: true}},\n"
                             "        {task: {data: labelled.csv, label: y, columns: [a, b], center: true,"
                             "                standardize: true}}]\n";
    lsa_model *model = read_with(text, NULL);
    const lsa_experiment *e = first(model);
    const lsa_setting *t = e->tests;
    assert_true(t[1].task == LSA_TASK_DATA && t[1].n_rows == 4 && t[1].context == 5.0 && t[1].label_noise == 0.0);
    check_vector_close(8, t[1].rows, rows, 0.0, 0.0);
    check_vector_close(4, t[1].labels, labels, 0.0, 0.0);
    check_matrix_close(2, 2, t[1].covariance->matrix, moment, 1e-15, 0.0);
    assert_true(t[1].covariance == e->training.covariance && t[1].covariance_is_train && t[1].query_is_same);
    assert_ptr_equal(t[0].rows, t[1].rows);
    check_vector_close(8, t[2].rows, centred, 1e-15, 0.0);
    assert_true(!t[2].covariance_is_train && t[2].covariance != e->training.covariance &&
                t[2].query == t[2].covariance);
    for (ptrdiff_t i = 0; i < 4; i++) /* mean 3/2, mean squared deviation 5/4 */
        check_close(t[3].labels[i], (labels[i] - 1.5) / sqrt(1.25), 1e-14, 0.0);
    lsa_model_destroy(model);
}

/* A row of U in the file is a row of the matrix, stored by columns. */
static void initial_values(void **state)
{
    (void)state;
    const double U[] = {1, 3, 2, 4}, K[] = {1, 2, 3, 4};
    lsa_model *model = read_with("statement: full\ndata: {dimension: 2, context: 10}\n",
                                 "init={scheme: values, values: {u: 0.3, U: [[1, 2], [3, 4]], px: [5, 6]}}");
    const lsa_init *init = &first(model)->init;
    assert_int_equal(init->n_values, 3);
    assert_true(init->values[0].values[0] == 0.3 && init->values[2].values[1] == 6.0);
    check_vector_close(4, init->values[1].values, U, 0.0, 0.0);
    assert_string_equal(first(model)->statement->symbols[init->values[1].symbol].name, "U");
    lsa_model_destroy(model);
    model = read_with("statement: multihead-separate\ndata: {dimension: 2, context: 10, heads: 2, rank: 1}\n",
                      "init={scheme: values, values: {u: [1, 2], K: [[[1, 2]], [[3, 4]]]}}");
    init = &first(model)->init;
    assert_true(first(model)->data.heads == 2 && first(model)->data.rank == 1);
    check_vector_close(4, init->values[1].values, K, 0.0, 0.0);
    lsa_model_destroy(model);
}

/* Overrides reach into what is there and make what is not. */
static void overrides(void **state)
{
    (void)state;
    lsa_model *model = read_with(judged, "tests.1.context=3");
    assert_int_equal(first(model)->n_tests, 8);
    lsa_model_destroy(model);
    model = read_with(plain, "flow.stop.time=5");
    assert_true(first(model)->flow.stop.time == 5.0 && isnan(first(model)->flow.stop.gap));
    lsa_model_destroy(model);
    model = read_with(plain, "title=a = b");
    assert_string_equal(first(model)->title, "a = b");
    lsa_model_destroy(model);
}

/* Each run is read in full: a change inside a covariance makes another covariance. */
static void variations(void **state)
{
    (void)state;
    lsa_model *model = read_with("statement: merged\n"
                                 "data: {dimension: 2, context: 10, covariance: {spectrum: power, exponent: 1}}\n"
                                 "vary: {data.covariance.exponent: [1, 2], data.context: [20, 30, .inf]}\n",
                                 NULL);
    assert_int_equal(lsa_model_runs(model), 6);
    for (ptrdiff_t run = 0; run < 6; run++) {
        ptrdiff_t count = 0;
        const lsa_experiment *e = lsa_model_experiment(model, run);
        const lsa_variation *v = lsa_model_variation(model, run, &count);
        const double contexts[] = {20, 30, INFINITY};
        assert_int_equal(count, 2);
        assert_string_equal(v[0].key, "data.covariance.exponent");
        assert_string_equal(v[0].value, run < 3 ? "1" : "2");
        assert_true(e->training.context == contexts[run % 3]);
        check_close(e->training.covariance->spectrum[1], run < 3 ? 0.5 : 0.25, 1e-15, 0.0);
        assert_true(e->tests[0].context == contexts[run % 3]);
    }
    assert_ptr_equal(lsa_model_experiment(model, 0)->training.covariance,
                     lsa_model_experiment(model, 2)->training.covariance);
    assert_ptr_equal(lsa_model_experiment(model, 0)->statement, lsa_model_experiment(model, 5)->statement);
    lsa_model_destroy(model);
    ptrdiff_t count = 0;
    model = read_with(plain, "vary={data.covariance: [identity, {spectrum: [1, 2, 3], rotation: 4}]}");
    assert_string_equal(lsa_model_variation(model, 0, &count)->value, "identity");
    assert_string_equal(lsa_model_variation(model, 1, &count)->value, "{spectrum: [1, 2, 3], rotation: 4}");
    lsa_model_destroy(model);
}

/* Ranges hold what they say, zipped keys go on together, the last axis is the fastest. */
static void ranges_and_zips(void **state)
{
    (void)state;
    ptrdiff_t count = 0;
    lsa_model *model = read_with("statement: merged\n"
                                 "data: {dimension: 2, context: 10}\n"
                                 "vary:\n"
                                 "  zip: {data.context: {integers: [5, 9, 2]}, init.theta.random: [7, 8, 9]}\n"
                                 "  init.sigma: {log: [1e-8, 0.1, 8]}\n"
                                 "  monte_carlo.relative_error: {linear: [0.1, 0.3, 3]}\n",
                                 NULL);
    assert_int_equal(lsa_model_runs(model), 72);
    for (ptrdiff_t run = 0; run < 72; run++) {
        const lsa_experiment *e = lsa_model_experiment(model, run);
        const double shares[] = {0.1, 0.2, 0.3};
        assert_true(e->training.context == (double)(5 + 2 * (run / 24)));
        assert_int_equal(e->init.theta_seed, 7 + run / 24);
        assert_true(e->monte_carlo.relative_error == shares[run % 3]);
        if (run / 3 % 8 == 1)
            assert_true(e->init.sigma == 1e-7); /* to the last bit, though made by logarithms */
    }
    const lsa_variation *v = lsa_model_variation(model, 71, &count);
    assert_int_equal(count, 4);
    assert_string_equal(v[0].value, "9");
    assert_string_equal(v[1].value, "9");
    assert_string_equal(v[2].value, "0.1");
    assert_string_equal(v[3].value, "0.3");
    lsa_model_destroy(model);
}

/* Cells are read in any order, and again after what was read has been given back. */
static void cells_by_number(void **state)
{
    (void)state;
    static const char text[] =
        "statement: merged\n"
        "data: {dimension: 3, context: 10, covariance: {spectrum: power, exponent: 1}}\n"
        "vary: {data.covariance.exponent: {linear: [0, 2, 3]}, data.context: {integers: [-1, 100000]}}\n";
    lsa_cells *cells = NULL;
    lsa_experiment *e = NULL;
    const char *value = NULL;
    lsa_error err = {0};
    assert_int_equal(lsa_cells_parse("m.yaml", text, sizeof text - 1, NULL, &cells, &err), LSA_OK);
    assert_int_equal(lsa_cells_vary(cells)->n_cells, 300006);
    assert_int_equal(lsa_cells_read(cells, 300005, &e, &err), LSA_OK);
    assert_true(e->training.context == 100000.0 && e->training.covariance->spectrum[1] == 0.25);
    assert_int_equal(lsa_cells_read(cells, 100002, &e, &err), LSA_ERR_INPUT); /* N = -1: the others go on */
    assert_non_null(strstr(err.text, "m.yaml:3:80: data.context: found '-1'"));
    lsa_error_clear(&err);
    assert_int_equal(lsa_cells_read(cells, 100002 + 6, &e, &err), LSA_OK);
    assert_true(e->training.context == 5.0 && e->training.covariance->spectrum[1] == 0.5);
    const size_t before = lsa_cells_size(cells);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(lsa_cells_renew(cells, &err), LSA_OK);
        assert_int_equal(lsa_cells_read(cells, 2, &e, &err), LSA_OK);
        assert_true(e->training.context == 1.0 && e->training.covariance->spectrum[1] == 1.0);
    }
    assert_true(lsa_cells_size(cells) <= before);
    assert_int_equal(lsa_cells_value(cells, 300005, 0, &value, &err), LSA_OK);
    assert_string_equal(value, "2");
    lsa_cells_destroy(cells);
}

/* A statement of the user's own: constants declared or not, a dimension bound by a value. */
static void own_statement(void **state)
{
    (void)state;
    static const char text[] = "statement:\n"
                               "  constants: {A: [m, d]}\n"
                               "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda},\n"
                               "              w: {covariance: Omega}}\n"
                               "  parameters: {V: [d, m], P: [d, 3]}\n"
                               "  prediction: \"c/N * sum(i, w' * x[i] * x[i]') * V * A * B * xq\"\n"
                               "  target: \"w' * xq\"\n"
                               "data: {dimension: 2, context: 10,\n"
                               "       values: {c: 2, A: [[1, 2], [3, 4], [5, 6]], B: [[1, 2], [2, 1]]}}\n";
    const double A[] = {1, 3, 5, 2, 4, 6};
    lsa_model *model = read_with(text, NULL);
    const lsa_experiment *e = first(model);
    const lsa_statement *s = e->statement;
    assert_string_equal(s->name, "inline");
    assert_false(s->has_layer);
    const lsa_symbol *V = &s->symbols[lsa_statement_find(s, "V")], *B = &s->symbols[lsa_statement_find(s, "B")];
    assert_int_equal(e->dims[V->cols], 3);
    assert_int_equal(e->dims[s->symbols[lsa_statement_find(s, "P")].cols], 3);
    assert_true(B->symmetric && B->rows == LSA_DIM_D);
    assert_int_equal(s->symbols[lsa_statement_find(s, "c")].kind, LSA_SYMBOL_SCALAR);
    assert_int_equal(s->rho, -1);
    assert_int_equal(e->data.n_values, 3);
    for (int k = 0; k < 3; k++)
        if (e->data.values[k].symbol == lsa_statement_find(s, "A"))
            check_vector_close(6, e->data.values[k].values, A, 0.0, 0.0);
    lsa_model_destroy(model);
}

/* A statement with a Gaussian z of covariance S (its numbers follow) and one e of variance t2, which are constants too. */
#define WITH_VALUES(data)                                                                                              \
    "statement:\n"                                                                                                     \
    "  gaussians: {x: {covariance: Lambda}, w: {covariance: Omega}, z: {covariance: S}, y: {covariance: S},\n"         \
    "              e: {variance: t2}}\n"                                                                               \
    "  parameters: {b: vector}\n"                                                                                      \
    "  prediction: \"b' * x + t2 * e + z' * S * y\"\n"                                                                 \
    "  target: \"w' * x\"\n"                                                                                           \
    "data: " data "\n"

/* The numbers of a constant. */
static const double *value_of(const lsa_experiment *e, const char *name)
{
    const int id = lsa_statement_find(e->statement, name);
    for (int k = 0; k < e->data.n_values; k++)
        if (e->data.values[k].symbol == id)
            return e->data.values[k].values;
    fail_msg("no value of %s", name);
    return NULL;
}

/* Variances and covariances among the values: shared by Gaussians, of another side than d, of d = 1; zero has no sign. */
static void values_of_gaussians(void **state)
{
    (void)state;
    const double S[] = {2, 1, 1, 2};
    lsa_model *model =
        read_with(WITH_VALUES("{dimension: 3, context: 10, values: {t2: -0.0, S: [[2, 1], [1, 2]]}}"), NULL);
    const lsa_experiment *e = first(model);
    const lsa_symbol *z = &e->statement->symbols[lsa_statement_find(e->statement, "z")];
    assert_int_equal(e->dims[z->rows], 2);
    check_vector_close(4, value_of(e, "S"), S, 0.0, 0.0);
    assert_true(*value_of(e, "t2") == 0.0 && !signbit(*value_of(e, "t2")));
    lsa_model_destroy(model);
    model = read_with(WITH_VALUES("{dimension: 1, context: 10, values: {t2: 1, S: [[4]]}}"), NULL);
    z = &first(model)->statement->symbols[lsa_statement_find(first(model)->statement, "z")];
    assert_int_equal(z->rows, LSA_DIM_D);
    assert_true(*value_of(first(model), "S") == 4.0);
    lsa_model_destroy(model);
}

/* What is asymmetric by rounding is made symmetric, whether S is declared or a covariance; one digit more is refused. */
static void values_made_symmetric(void **state)
{
    (void)state;
    static const char *const texts[] = {WITH_VALUES("{dimension: 2, context: 10, values: {t2: 1}}"),
                                        "statement:\n"
                                        "  constants: {S: {shape: [m, m], symmetric: true}}\n"
                                        "  gaussians: {x: {covariance: Lambda}, w: {covariance: Omega}}\n"
                                        "  parameters: {b: vector}\n"
                                        "  prediction: \"tr(S) * b' * x\"\n"
                                        "  target: \"w' * x\"\n"
                                        "data: {dimension: 2, context: 10}\n"};
    for (size_t k = 0; k < 2; k++) {
        const char *wrong[] = {"data.values.S=[[1, 0.5], [0.50000000001, 1]]"};
        const lsa_model_options options = {.n_overrides = 1, .overrides = wrong};
        lsa_model *model = read_with(texts[k], "data.values.S=[[1, 0.5], [0.5000000000001, 1]]");
        const double *S = value_of(first(model), "S");
        assert_true(S[1] == S[2]);
        check_vector_close(1, &S[1], (double[]){0.50000000000005}, 1e-15, 0.0);
        lsa_model_destroy(model);
        check_status(lsa_model_parse("m.yaml", texts[k], strlen(texts[k]), &options, &model, NULL), LSA_ERR_INPUT,
                     NULL);
    }
}

/* [[1, 1], [1, 1 - t]] has the eigenvalue -t / 2 to first order in t. */
static void set_indefinite(double t, const char *key, char out[128])
{
    snprintf(out, 128, "%s=[[1, 1], [1, %.17g]]", key, 1.0 - t);
}

/* The least eigenvalue of a matrix that is 2 x 2. */
static double least_eigenvalue(const double *matrix)
{
    double spectrum[2];
    check_status(lsa_mat_eigen(2, matrix, spectrum, NULL, NULL), LSA_OK, NULL);
    return spectrum[0];
}

/* Negative eigenvalues that are rounding leave the matrix: of a value, a covariance, and moments; larger ones are named. */
static void clipped_eigenvalues(void **state)
{
    (void)state;
    static const char values[] = WITH_VALUES("{dimension: 2, context: 10, values: {t2: 1}}");
    static const char moments[] = "statement: merged\n"
                                  "data: {dimension: 2, context: 10}\n"
                                  "tests: [{task: {moments: {a: [1, 0], best_linear: 0}}}]\n";
    static const char training[] = "statement: merged\ndata: {context: 10}\n";
    static const struct {
        const char *text, *key;
    } cases[] = {
        {values, "data.values.S"}, {training, "data.covariance.matrix"}, {moments, "tests.0.task.moments.covariance"}};
    for (int k = 0; k < 3; k++) {
        const char *text = cases[k].text;
        char set[128];
        const char *overrides[] = {set};
        const lsa_model_options options = {.n_overrides = 1, .overrides = overrides};
        lsa_error err = {0};
        set_indefinite(2e-12, cases[k].key, set);
        lsa_model *model = read_with(text, set);
        const lsa_experiment *e = first(model);
        const double *matrix = k == 0   ? value_of(e, "S")
                               : k == 1 ? e->training.covariance->matrix
                                        : e->tests[0].moment_covariance;
        assert_true(matrix[1] == matrix[2]);
        check_at_most(-least_eigenvalue(matrix), 1e-15); /* rounding: 2 eps of the largest, which is 2 */
        check_vector_close(1, matrix, (double[]){1.0}, 1e-12, 0.0);
        lsa_model_destroy(model);
        set_indefinite(2e-9, cases[k].key, set);
        check_status(lsa_model_parse("m.yaml", text, strlen(text), &options, &model, &err), LSA_ERR_INPUT, NULL);
        assert_non_null(strstr(err.text, "not positive semidefinite: it has the eigenvalue -1.0"));
    }
}

/* A singular matrix stays as it is given: its eigenvalue 0 is computed to rounding only. */
static void singular_matrices(void **state)
{
    (void)state;
    const double S[] = {1, 2, 3, 2, 4, 6, 3, 6, 9};
    lsa_model *model = read_with(
        "statement: merged\ndata: {context: 10, covariance: {matrix: [[1, 2, 3], [2, 4, 6], [3, 6, 9]]}}\n", NULL);
    check_vector_close(9, first(model)->training.covariance->matrix, S, 0.0, 0.0);
    for (int i = 0; i < 3; i++)
        assert_true(first(model)->training.covariance->spectrum[i] >= 0.0);
    lsa_model_destroy(model);
}

/* An integer is read to its last digit, however it is written, or refused. */
static void integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } right[] = {{"10", 10},
                 {"+10.0", 10},
                 {"1.00e1", 10},
                 {"100E-1", 10},
                 {"1e15", 1e15},
                 {"9007199254740991", 9007199254740991.0},
                 {"9007199254740992", 9007199254740992.0},
                 {"0.9007199254740992e16", 9007199254740992.0},
                 {".inf", INFINITY}};
    static const char *const wrong[] = {"9007199254740993",
                                        "9007199254740992.5",
                                        "9007199254740990.7",
                                        "1e16",
                                        "1e300",
                                        "1e-300",
                                        "1e-999999999999999999999",
                                        "10.000000000000000000001",
                                        "-10",
                                        "-.inf",
                                        "0e5"};
    for (size_t k = 0; k < sizeof right / sizeof right[0]; k++) {
        char set[64];
        snprintf(set, sizeof set, "data.context=%s", right[k].text);
        lsa_model *model = read_with(plain, set);
        assert_true(first(model)->training.context == right[k].value);
        lsa_model_destroy(model);
    }
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        char set[64];
        const char *overrides[] = {set};
        const lsa_model_options options = {.n_overrides = 1, .overrides = overrides};
        lsa_error err = {0};
        lsa_model *model = NULL;
        snprintf(set, sizeof set, "data.context=%s", wrong[k]);
        check_status(lsa_model_parse("m.yaml", plain, strlen(plain), &options, &model, &err), LSA_ERR_INPUT, NULL);
        assert_non_null(strstr(err.text, "expected an integer >= 1 and <= 9007199254740992, or .inf"));
    }
}

/* Every model and statement that is shipped is a right one. */
static void shipped_models(void **state)
{
    (void)state;
    static const char *const files[] = {"quickstart",       "theorem-4.1",
                                        "theorem-4.2",      "longley",
                                        "shift-task",       "shift-query",
                                        "shift-covariate",  "heads",
                                        "saddle-to-saddle", "basin",
                                        "own-statement",    "sgd",
                                        "brittleness",      "random-covariance",
                                        "shift-orthogonal", "own-data",
                                        "shift-teacher"};
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        char path[1024];
        lsa_model *model = NULL;
        lsa_error err = {0};
        snprintf(path, sizeof path, "%s/%s.yaml", LSA_MODELS, files[k]);
        check_status(lsa_model_load(path, NULL, &model, &err), LSA_OK, &err);
        assert_string_equal(lsa_model_name(model), files[k]);
        lsa_model_destroy(model);
    }
    for (const char *const *name = lsa_statement_shipped_names(); *name != NULL; name++) {
        char set[64];
        snprintf(set, sizeof set, "statement=%s", *name);
        lsa_model *model = read_with(plain, set);
        const bool ranked = strstr(*name, "separate") != NULL;
        assert_int_equal(first(model)->data.rank, ranked ? 3 : 1);
        lsa_model_destroy(model);
    }
}

/* A file with every key once. */
static void whole_language(void **state)
{
    (void)state;
    lsa_model *model = NULL;
    lsa_error err = {0};
    check_status(lsa_model_load(LSA_TEST_DATA "/whole-language.yaml", NULL, &model, &err), LSA_OK, &err);
    const lsa_experiment *e = lsa_model_experiment(model, 2);
    assert_int_equal(lsa_model_runs(model), 3);
    assert_true(e->training.context == 100.0 && lsa_setting_rho(&e->training) == 101.0 &&
                e->training.label_noise == 0.25);
    check_close(e->training.task_covariance->spectrum[1], 0.25, 1e-15, 0.0);
    assert_true(e->init.theta == LSA_THETA_RANDOM && e->init.theta_seed == 7 && e->init.perturb_scale == 0.1);
    assert_true(e->flow.stop.gradient == 1e-9 && e->flow.stop.time == 100.0 && e->flow.stop.wall == 60.0);
    assert_true(e->flow.n_times == 4 && e->flow.times[1] == 0.1 && !e->flow.log_spacing);
    assert_true(e->flow.method == LSA_METHOD_KRYLOV && e->flow.parameters == LSA_PARAMETERS_DIAGONAL);
    assert_true(e->monte_carlo.fast && e->tests[0].label_noise == 0.0 && e->n_tests == 7);
    assert_true(e->train.method == LSA_TRAIN_MOMENTUM && e->train.schedule == LSA_TRAIN_INVERSE);
    assert_true(e->train.steps == 5000 && e->train.batch == 32 && e->train.step_size == 0.02);
    assert_true(e->train.decay == 250.0 && e->train.momentum == 0.8 && e->train.beta1 == 0.8);
    assert_true(e->train.beta2 == 0.99 && e->train.epsilon == 1e-9 && e->train.tail_average == 0.5);
    assert_true(e->train.tasks == 16.0 && e->train.checkpoint == 100 && e->train.points == 50 && e->train.seed == 4);
    assert_true(e->basin.scheme == LSA_BASIN_PERTURB && e->basin.starts == 20 && e->basin.seed == 5);
    assert_true(e->basin.n_scales == 3 && e->basin.scales[0] == 0.1 && e->basin.scales[2] == 1.0);
    lsa_model_destroy(model);
}

/* A byte order mark and Windows line ends are no part of a model. */
static void foreign_text(void **state)
{
    (void)state;
    lsa_model *model = read_with("\xEF\xBB\xBFstatement: merged\r\ndata: {dimension: 3, context: 1e1}\r\n", NULL);
    assert_true(first(model)->training.context == 10.0);
    lsa_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(covariance_forms),
        cmocka_unit_test(covariance_laws),
        cmocka_unit_test(rotations),
        cmocka_unit_test(large_diagonal),
        cmocka_unit_test(tests_of_a_model),
        cmocka_unit_test(initial_values),
        cmocka_unit_test(overrides),
        cmocka_unit_test(variations),
        cmocka_unit_test(ranges_and_zips),
        cmocka_unit_test(cells_by_number),
        cmocka_unit_test(own_statement),
        cmocka_unit_test(shipped_models),
        cmocka_unit_test(foreign_text),
        cmocka_unit_test(whole_language),
        cmocka_unit_test(random_laws),
        cmocka_unit_test(random_matrices),
        cmocka_unit_test(random_scaled),
        cmocka_unit_test(shifts),
        cmocka_unit_test(rows_of_data),
        cmocka_unit_test(values_of_gaussians),
        cmocka_unit_test(values_made_symmetric),
        cmocka_unit_test(clipped_eigenvalues),
        cmocka_unit_test(singular_matrices),
        cmocka_unit_test(integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
