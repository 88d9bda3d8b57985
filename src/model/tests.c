/* tests.c - the settings in which the trained layer is judged.
 *
 * An entry whose context or scale is a list becomes one setting for each number, contexts innermost. */
#include "base/matrix.h"
#include "base/try.h"
#include "model/asked.h"
#include "model/covariance_form.h"
#include "model/experiment.h"
#include "model/number.h"
#include "model/schema.h"
#include "model/task.h"
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
static lsa_status read_covariance(lsa_reading *reading, const lsa_node *entry, const lsa_setting *training, ptrdiff_t k,
                                  lsa_setting *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node = lsa_value_node(entry, "tests.*.covariance");
    const lsa_node *scales = scales_of(node);
    LSA_TRY(check_scales(node, scales, err));
    out->covariance_is_train = node == NULL || lsa_choice_of(node, "tests.*.covariance") == 0;
    out->covariance_is_scaled = scales != NULL;
    out->covariance_scale = scales != NULL ? number_at(scales, k) : 0.0;
    if (out->covariance_is_train)
        out->covariance = training->covariance;
    else if (scales != NULL)
        LSA_TRY(
            lsa_covariance_scaled(reading, scales, training->covariance, out->covariance_scale, &out->covariance, err));
    else
        LSA_TRY(lsa_covariance_read(reading, node, training->covariance->d, &out->covariance, err));
    out->covariance_is_train = scales == NULL && lsa_covariance_same(out->covariance, training->covariance);
done:
    return status;
}

/* The query's covariance; where it is fixed and the context's, the query is one more draw of the context's law however
 * that is written. */
static lsa_status read_query(lsa_reading *reading, const lsa_node *entry, const lsa_setting *training, lsa_setting *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node = lsa_value_node(entry, "tests.*.query_covariance");
    const lsa_node *scales = scales_of(node);
    const int choice = node == NULL ? 0 : lsa_choice_of(node, "tests.*.query_covariance");
    LSA_TRY(check_scales(node, scales, err));
    out->query_orthogonal = choice == 3;
    out->query_is_same = choice == 0 || out->query_orthogonal;
    if (out->query_is_same)
        out->query = out->covariance;
    else if (choice == 1)
        out->query = training->covariance;
    else if (scales != NULL && scales->kind == LSA_NODE_SEQUENCE)
        return lsa_node_error(scales, err, "found a list, expected a number: a list of scales goes with 'covariance'");
    else if (scales != NULL)
        LSA_TRY(lsa_covariance_scaled(reading, scales, training->covariance, number_at(scales, 0), &out->query, err));
    else
        LSA_TRY(lsa_covariance_read(reading, node, training->covariance->d, &out->query, err));
    if (!lsa_covariance_is_random(out->query) && lsa_covariance_same(out->query, out->covariance))
        out->query_is_same = true;
done:
    return status;
}

/* Student contexts and a mean. */
static lsa_status read_covariates(lsa_reading *reading, const lsa_node *entry, const lsa_setting *training,
                                  lsa_setting *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *contexts = lsa_value_node(entry, "tests.*.contexts"), *mean = lsa_value_node(entry, "tests.*.mean");
    if (contexts != NULL && contexts->kind == LSA_NODE_MAPPING)
        out->student = lsa_value_real(contexts, "tests.*.contexts.student");
    if (mean != NULL)
        LSA_TRY(lsa_vector_read(reading, mean, training->covariance->d, &out->mean, err));
    if (out->mean != NULL && lsa_vec_norm_max(training->covariance->d, out->mean) == 0.0)
        out->mean = NULL;
done:
    return status;
}

/* Rows of data are a whole law of (x, y): a key that would change it has nothing to change. */
static lsa_status check_beside_rows(const lsa_node *entry, const lsa_setting *test, lsa_error *err)
{
    const lsa_node *covariance = lsa_value_node(entry, "tests.*.covariance");
    const lsa_node *query = lsa_value_node(entry, "tests.*.query_covariance");
    const lsa_node *noise = lsa_value_node(entry, "tests.*.label_noise");
    const lsa_node *wrong = NULL;
    if (covariance != NULL && lsa_choice_of(covariance, "tests.*.covariance") != 0)
        wrong = covariance;
    else if (query != NULL && lsa_choice_of(query, "tests.*.query_covariance") != 0)
        wrong = query;
    else if (test->student > 0.0)
        wrong = lsa_value_node(entry, "tests.*.contexts");
    else if (test->mean != NULL)
        wrong = lsa_value_node(entry, "tests.*.mean");
    else if (test->label_noise > 0.0)
        wrong = noise;
    else if (test->query_noise)
        wrong = lsa_value_node(entry, "tests.*.query_noise");
    if (wrong == NULL)
        return LSA_OK;
    return lsa_node_error(wrong, err, "the rows of 'task' are the law of covariates and labels: leave this key out");
}

/* What all settings of one entry share. */
static lsa_status read_common(lsa_reading *reading, const lsa_node *entry, ptrdiff_t number,
                              const lsa_setting *training, lsa_setting *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *name = lsa_value_node(entry, "tests.*.name");
    out->name = name != NULL ? name->text : lsa_arena_printf(reading->arena, "test-%td", number + 1);
    LSA_TRY_MEMORY(out->name, "the name of a test");
    LSA_TRY(lsa_task_read(reading, lsa_value_node(entry, "tests.*.task"), training, out, err));
    LSA_TRY(read_covariates(reading, entry, training, out, err));
    const double noise = out->task == LSA_TASK_DATA ? 0.0 : training->label_noise;
    out->label_noise = lsa_noise_read(lsa_value_node(entry, "tests.*.label_noise"), noise);
    out->query_noise = lsa_value_flag(entry, "tests.*.query_noise");
    if (out->task == LSA_TASK_DATA)
        LSA_TRY(check_beside_rows(entry, out, err));
done:
    return status;
}

/* An orthogonal query needs directions that the context leaves. */
static lsa_status check_orthogonal(const lsa_node *entry, const lsa_setting *test, ptrdiff_t d, lsa_error *err)
{
    if (!test->query_orthogonal || test->context < (double)d)
        return LSA_OK;
    return lsa_node_error(lsa_value_node(entry, "tests.*.query_covariance"), err,
                          "a context of %td examples or more leaves no orthogonal direction: give one below %td", d, d);
}

/* Spreads one entry from tests[0] on; *count settings. */
static lsa_status read_entry(lsa_reading *reading, const lsa_node *entry, ptrdiff_t number,
                             const lsa_experiment *experiment, lsa_setting *tests, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *training = &experiment->training;
    const lsa_node *contexts = lsa_value_node(entry, "tests.*.context");
    const ptrdiff_t n_contexts = count_of(contexts);
    const ptrdiff_t n_scales = count_of(scales_of(lsa_value_node(entry, "tests.*.covariance")));
    lsa_setting common = {.entry = number, .normalise_plus_one = training->normalise_plus_one};
    LSA_TRY(read_common(reading, entry, number, training, &common, err));
    for (ptrdiff_t k = 0; k < n_scales; k++) {
        if (common.task != LSA_TASK_DATA) {
            LSA_TRY(read_covariance(reading, entry, training, k, &common, err));
            LSA_TRY(read_query(reading, entry, training, &common, err));
        }
        LSA_TRY(lsa_asked_check(entry, experiment->statement, training, &common, err));
        for (ptrdiff_t j = 0; j < n_contexts; j++) {
            common.context = contexts == NULL ? training->context : number_at(contexts, j);
            LSA_TRY(check_orthogonal(entry, &common, training->covariance->d, err));
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

lsa_status lsa_tests_read(lsa_reading *reading, const lsa_node *root, lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *node = lsa_value_node(root, "tests");
    ptrdiff_t n = 1, used = 0;
    if (node != NULL)
        LSA_TRY(count_settings(node, &n, err));
    lsa_setting *tests = lsa_arena_alloc(reading->arena, (size_t)n, sizeof *tests);
    LSA_TRY_MEMORY(tests, "the tests of a model");
    if (node == NULL)
        tests[0] = experiment->training;
    for (ptrdiff_t k = 0; node != NULL && k < node->count; k++) {
        ptrdiff_t count = 0;
        LSA_TRY(read_entry(reading, node->items[k], k, experiment, tests + used, &count, err));
        used += count;
    }
    for (ptrdiff_t k = 0; k < n; k++)
        tests[k].number = k;
    experiment->tests = tests;
    experiment->n_tests = n;
done:
    return status;
}
