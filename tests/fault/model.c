/* model.c - each allocation of a whole model fails once: the story is "out of memory" and nothing is left behind. */
#include "lsaflow/model.h"
#include "check.h"
#include "fault.h"

#include <string.h>

static const char text[] =
    "title: every part of the language\n"
    "statement:\n"
    "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega},\n"
    "              z: {covariance: S}}\n"
    "  parameters: {u: scalar, \"U[h]\": [d, d]}\n"
    "  define: {\"y[i]\": \"w' * x[i]\"}\n"
    "  prediction: \"c * u/rho * sum(h, sum(i, y[i] * x[i]') * U[h] * xq) + z' * z\"\n"
    "  target: \"w' * xq\"\n"
    "data:\n"
    "  context: 10\n"
    "  covariance: {data: rows.csv, columns: [size, weight], center: true, rotation: 3, trace: 2}\n"
    "  task_covariance: {matrix: [[2, 1], [1, 2]]}\n"
    "  values: {c: 2, S: [[2, 1], [1, 2]]}\n"
    "init: {scheme: values, values: {u: 1, U: [[[1, 2], [3, 4]]]}, theta: {matrix: [[1, 0], [0, 1]]}}\n"
    "flow: {output: {times: [0, 1]}}\n"
    "tests: [{context: [1, 2], covariance: {train_scaled: [1, 2]}}, {task: {fixed: [1, 2]}},\n"
    "        {task: {moments: {a: [1, 2], covariance: [[1, 0], [0, 1]], best_linear: 0}}},\n"
    "        {task: {data: labelled.csv, label: y, columns: [a, b]}}, {task: {sphere: 2}, mean: [1, 2]},\n"
    "        {task: {teacher: polynomial, direction: [1, 0], coefficients: [1, 2]}},\n"
    "        {covariance: {random: {diagonal: {law: exponential, mean: 1}}, trace: 3}},\n"
    "        {covariance: {random: {mixture: [{weight: 1, covariance: identity}]}, trace: 3},\n"
    "         query_covariance: {random: {wishart: {dof: 3, scale: {matrix: [[2, 1], [1, 2]]}}}}}]\n"
    "train: {tasks: 3}\n"
    "basin: {scale: [1, 2]}\n"
    "vary: {data.context: [3, 4], data.task_covariance: [{matrix: [[2, 1], [1, 2]]}]}\n"
    "claims: [one]\n";

static lsa_status read_all(void *context)
{
    const lsa_model_options options = {.n_overrides = 2, .overrides = (const char **)context};
    lsa_model *model = NULL;
    lsa_error err = {0};
    const lsa_status status =
        lsa_model_parse(LSA_TEST_DATA "/malformed/m.yaml", text, strlen(text), &options, &model, &err);
    if (status != LSA_OK && status != LSA_ERR_MEMORY)
        print_error("%s\n", err.text);
    lsa_model_destroy(model);
    return status;
}

static void every_allocation(void **state)
{
    (void)state;
    const char *overrides[] = {"flow.rtol=1e-9", "monte_carlo={seed: 3}"};
    assert_true(lsa_fault_each(read_all, overrides) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
