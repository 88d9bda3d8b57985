/* document.c - each allocation between a builder and its documents fails once: "out of memory", and nothing is left behind. */
#include "lsaflow/document.h"
#include "check.h"
#include "fault.h"
#include "lsaflow/builder.h"

static lsa_status build(lsa_model **model, lsa_error *err)
{
    const double Lambda[] = {2.0, 0.5, 0.5, 1.0}, w[] = {1.0, 2.0};
    lsa_builder *builder = lsa_builder_create("mine");
    lsa_builder_string(builder, "statement", "merged");
    lsa_builder_number(builder, "data.context", 5);
    lsa_builder_matrix(builder, "data.covariance.matrix", 2, 2, Lambda);
    lsa_builder_yaml(builder, "flow", "{rtol: 1e-4, output: {points: 3}}");
    lsa_builder_test(builder, "same");
    lsa_builder_vector(builder, "tests.0.task.fixed", 2, w);
    const lsa_status status = lsa_builder_model(builder, NULL, model, err);
    lsa_builder_destroy(builder);
    return status;
}

static lsa_status attempt(lsa_document document)
{
    lsa_error err = {0};
    lsa_model *model = NULL;
    lsa_study *study = NULL;
    char *text = NULL;
    const lsa_study_options options = lsa_study_options_for(document);
    lsa_status status = build(&model, &err);
    if (status == LSA_OK)
        status = lsa_study_create(lsa_model_experiment(model, 0), &options, &study, &err);
    if (status == LSA_OK)
        status = lsa_study_json(study, document, &text, &err);
    if (status != LSA_OK && status != LSA_ERR_MEMORY)
        print_error("%s\n", err.text);
    lsa_string_free(text);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
    return status;
}

static lsa_status evaluate(void *context)
{
    (void)context;
    return attempt(LSA_DOCUMENT_EVAL);
}

static lsa_status derive(void *context)
{
    (void)context;
    return attempt(LSA_DOCUMENT_DERIVE);
}

static lsa_status predict(void *context)
{
    (void)context;
    return attempt(LSA_DOCUMENT_PREDICT);
}

static void every_allocation(void **state)
{
    (void)state;
    assert_true(lsa_fault_each(evaluate, NULL) > 100);
    assert_true(lsa_fault_each(derive, NULL) > 100);
    assert_true(lsa_fault_each(predict, NULL) > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
