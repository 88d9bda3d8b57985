/* tests.c - the settings in which the trained layer is judged.
 *
 * An entry whose context or scale is a list becomes one setting for each number, contexts innermost. */
#include "base/matrix.h"
#include "base/try.h"
#include "model/array.h"
#include "model/covariance_form.h"
#include "model/experiment.h"
#include "model/number.h"
#include "model/schema.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A scalar or a list as numbers that can be counted. */
static ptrdiff_t count_of(const lsa_node *node)
{
    return node != NULL && node->kind == LSA_NODE_SEQUENCE ? node->count : 1;
}

static double number_at(const lsa_node *node, ptrdiff_t k)
{
    double x = 0.0;
    lsa_number_parse((node->kind == LSA_NODE_SEQUENCE ? node->items[k] : node)->text, &x);
    return x;
}

/* The factors of {train_scaled: ...}, or NULL. */
static const lsa_node *scales_of(const lsa_node *covariance)
{
    return covariance == NULL ? NULL : lsa_value_node(covariance, "(covariance).train_scaled");
}

/* {train_scaled: c} stands alone. */
static lsa_status check_scales(const lsa_node *covariance, const lsa_node *scales, lsa_error *err)
{
    if (scales == NULL || covariance->count == 1)
        return LSA_OK;
    return lsa_node_error(covariance, err, "'train_scaled' takes no other key beside it");
}

/* The law of the context covariates, factor k of a list of scales. */
static lsa_status read_covariance(lsa_reading *reading, const lsa_node *entry, const lsa_data_law *law, ptrdiff_t k,
                                  lsa_test *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node = lsa_value_node(entry, "tests.*.covariance");
    const lsa_node *scales = scales_of(node);
    LSA_TRY(check_scales(node, scales, err));
    out->covariance_is_train = node == NULL || lsa_choice_of(node, "tests.*.covariance") == 0;
    if (out->covariance_is_train)
        out->covariance = law->covariance;
    else if (scales != NULL)
        LSA_TRY(lsa_covariance_scaled(reading, scales, law->covariance, number_at(scales, k), &out->covariance, err));
    else
        LSA_TRY(lsa_covariance_read(reading, node, law->d, &out->covariance, err));
done:
    return status;
}

static lsa_status read_query(lsa_reading *reading, const lsa_node *entry, const lsa_data_law *law, lsa_test *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node = lsa_value_node(entry, "tests.*.query_covariance");
    const lsa_node *scales = scales_of(node);
    const int choice = node == NULL ? 0 : lsa_choice_of(node, "tests.*.query_covariance");
    LSA_TRY(check_scales(node, scales, err));
    out->query_is_same = choice == 0;
    if (choice == 0)
        out->query = out->covariance;
    else if (choice == 1)
        out->query = law->covariance;
    else if (scales != NULL && scales->kind == LSA_NODE_SEQUENCE)
        return lsa_node_error(scales, err, "found a list, expected a number: a list of scales goes with 'covariance'");
    else if (scales != NULL)
        LSA_TRY(lsa_covariance_scaled(reading, scales, law->covariance, number_at(scales, 0), &out->query, err));
    else
        LSA_TRY(lsa_covariance_read(reading, node, law->d, &out->query, err));
done:
    return status;
}

static lsa_status read_gaussian(lsa_reading *reading, const lsa_node *node, const lsa_data_law *law, lsa_test *out,
                                lsa_error *err)
{
    const bool train = node == NULL || lsa_choice_of(node, "(task).gaussian") == 0;
    out->task = LSA_TASK_GAUSSIAN;
    out->task_covariance = law->task_covariance;
    if (train)
        return LSA_OK;
    if (scales_of(node) != NULL)
        return lsa_node_error(node, err, "'train_scaled' is a law of covariates, not of tasks");
    return lsa_covariance_read_fixed(reading, node, law->d, &out->task_covariance, "the law of tasks", err);
}

static lsa_status read_vector(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const double **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *numbers = NULL;
    LSA_TRY(lsa_reading_numbers(reading, node, d, 1, &numbers, err));
    LSA_TRY(lsa_array_read(node, LSA_ARRAY_VECTOR, d, 1, numbers, err));
    *out = numbers;
done:
    return status;
}

static lsa_status read_moments(lsa_reading *reading, const lsa_node *node, const lsa_data_law *law, lsa_test *out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = law->d;
    const lsa_node *covariance = lsa_node_find(node, "covariance");
    double *matrix = NULL, *eigenvalues = NULL;
    out->task = LSA_TASK_MOMENTS;
    out->best_linear = lsa_value_real(node, "(task).moments.best_linear");
    LSA_TRY(read_vector(reading, lsa_node_find(node, "a"), d, &out->task_vector, err));
    LSA_TRY(lsa_reading_numbers(reading, covariance, d, d, &matrix, err));
    LSA_TRY(lsa_array_read(covariance, LSA_ARRAY_MATRIX, d, d, matrix, err));
    LSA_TRY(lsa_symmetrise(covariance, d, matrix, err));
    eigenvalues = lsa_vec_create(d);
    LSA_TRY_MEMORY(eigenvalues, "the moments of a test");
    LSA_TRY(lsa_mat_eigen(d, matrix, eigenvalues, NULL, err));
    LSA_TRY(lsa_clip_eigenvalues(covariance, d, eigenvalues, err));
    out->moment_covariance = matrix;
done:
    free(eigenvalues);
    return status;
}

static lsa_status read_task(lsa_reading *reading, const lsa_node *entry, const lsa_data_law *law, lsa_test *out,
                            lsa_error *err)
{
    const lsa_node *node = lsa_value_node(entry, "tests.*.task");
    const lsa_node *fixed = lsa_value_node(node, "(task).fixed"), *moments = lsa_value_node(node, "(task).moments");
    if (node != NULL && node->count != 1)
        return lsa_node_error(node, err, "expected one of the keys gaussian, fixed, moments");
    if (fixed != NULL) {
        out->task = LSA_TASK_FIXED;
        return read_vector(reading, fixed, law->d, &out->task_vector, err);
    }
    if (moments != NULL)
        return read_moments(reading, moments, law, out, err);
    return read_gaussian(reading, lsa_value_node(node, "(task).gaussian"), law, out, err);
}

/* What all settings of one entry share. */
static lsa_status read_common(lsa_reading *reading, const lsa_node *entry, ptrdiff_t number, const lsa_data_law *law,
                              lsa_test *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *name = lsa_value_node(entry, "tests.*.name");
    out->name = name != NULL ? name->text : lsa_arena_printf(reading->arena, "test-%td", number + 1);
    LSA_TRY_MEMORY(out->name, "the name of a test");
    LSA_TRY(read_task(reading, entry, law, out, err));
    out->label_noise = lsa_noise_read(lsa_value_node(entry, "tests.*.label_noise"), law->label_noise);
    out->query_noise = lsa_value_flag(entry, "tests.*.query_noise");
done:
    return status;
}

/* Spreads one entry from tests[0] on; *count settings. */
static lsa_status read_entry(lsa_reading *reading, const lsa_node *entry, ptrdiff_t number, const lsa_data_law *law,
                             lsa_test *tests, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *contexts = lsa_value_node(entry, "tests.*.context");
    const ptrdiff_t n_contexts = count_of(contexts);
    const ptrdiff_t n_scales = count_of(scales_of(lsa_value_node(entry, "tests.*.covariance")));
    lsa_test common = {0};
    LSA_TRY(read_common(reading, entry, number, law, &common, err));
    for (ptrdiff_t k = 0; k < n_scales; k++) {
        LSA_TRY(read_covariance(reading, entry, law, k, &common, err));
        LSA_TRY(read_query(reading, entry, law, &common, err));
        for (ptrdiff_t j = 0; j < n_contexts; j++) {
            common.context = contexts == NULL ? law->context : number_at(contexts, j);
            tests[k * n_contexts + j] = common;
        }
    }
    *count = n_scales * n_contexts;
done:
    return status;
}

/* How many settings the entries spread into; LSA_ERR_INPUT beyond 100000. */
static lsa_status count_settings(const lsa_node *node, ptrdiff_t *out, lsa_error *err)
{
    enum { MOST = 100000 };
    *out = 0;
    for (ptrdiff_t k = 0; k < node->count; k++) {
        const lsa_node *contexts = lsa_value_node(node->items[k], "tests.*.context");
        const lsa_node *scales = scales_of(lsa_value_node(node->items[k], "tests.*.covariance"));
        if ((double)*out + (double)count_of(contexts) * (double)count_of(scales) > MOST)
            return lsa_node_error(node, err, "the tests spread into more than %d settings", MOST);
        if (count_of(contexts) == 0)
            return lsa_node_error(contexts, err, "found an empty list, expected context lengths");
        if (count_of(scales) == 0)
            return lsa_node_error(scales, err, "found an empty list, expected scales");
        *out += count_of(contexts) * count_of(scales);
    }
    return LSA_OK;
}

/* One setting, everything as in training. */
static void training_test(const lsa_data_law *law, lsa_test *out)
{
    *out = (lsa_test){.name = "train",
                      .context = law->context,
                      .covariance = law->covariance,
                      .covariance_is_train = true,
                      .query = law->covariance,
                      .query_is_same = true,
                      .task = LSA_TASK_GAUSSIAN,
                      .task_covariance = law->task_covariance,
                      .label_noise = law->label_noise};
}

lsa_status lsa_tests_read(lsa_reading *reading, const lsa_node *root, lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node = lsa_value_node(root, "tests");
    ptrdiff_t n = 1, used = 0;
    if (node != NULL)
        LSA_TRY(count_settings(node, &n, err));
    lsa_test *tests = lsa_arena_alloc(reading->arena, (size_t)n, sizeof *tests);
    LSA_TRY_MEMORY(tests, "the tests of a model");
    if (node == NULL)
        training_test(&experiment->data, &tests[0]);
    for (ptrdiff_t k = 0; node != NULL && k < node->count; k++) {
        ptrdiff_t count = 0;
        LSA_TRY(read_entry(reading, node->items[k], k, &experiment->data, tests + used, &count, err));
        used += count;
    }
    experiment->tests = tests;
    experiment->n_tests = n;
done:
    return status;
}
