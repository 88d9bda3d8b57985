/* The documents of a study: each is JSON with the fields of its command, an interrupt keeps what was finished. That they are
 * what the program prints is compared in cli/documents. */
#include "lsaflow/document.h"
#include "check.h"
#include "model_text.h"

#include <jansson.h>
#include <math.h>

static const char text[] = "statement: merged\n"
                           "data: {context: 20, covariance: {spectrum: [2, 1]}}\n"
                           "init: {sigma: 0.2, theta: identity}\n"
                           "flow: {output: {points: 5}}\n"
                           "tests: [{name: same}]\n"
                           "monte_carlo: {prompts: 4096, relative_error: 0.5}\n"
                           "claims: [monotone-loss, limit-u]\n";

static json_t *document_of(lsa_document document, const volatile sig_atomic_t *interrupt, lsa_status expected)
{
    lsa_error err = {0};
    lsa_model *model = model_of(text);
    lsa_study *study = NULL;
    char *printed = NULL;
    lsa_study_options options = lsa_study_options_for(document);
    options.threads = 1;
    options.interrupt = interrupt;
    check_status(lsa_study_create(lsa_model_experiment(model, 0), &options, &study, &err), LSA_OK, &err);
    check_status(lsa_study_json(study, document, &printed, &err), expected, &err);
    json_t *json = printed != NULL ? json_loads(printed, 0, NULL) : NULL;
    lsa_string_free(printed);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
    return json;
}

static void fields(void **state)
{
    (void)state;
    static const struct {
        lsa_document document;
        const char *fields[7];
    } cases[] = {{LSA_DOCUMENT_DERIVE, {"statement", "loss", "gradient"}},
                 {LSA_DOCUMENT_EVAL, {"loss", "gradient", "parameters", "tests"}},
                 {LSA_DOCUMENT_RUN, {"samples", "final", "minimum", "conserved", "events", "solver", "tests"}},
                 {LSA_DOCUMENT_PREDICT, {"minimum", "constants", "tests"}},
                 {LSA_DOCUMENT_SAMPLE, {"tests"}},
                 {LSA_DOCUMENT_VERIFY, {"claims", "verdict"}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        json_t *json = document_of(cases[c].document, NULL, LSA_OK);
        assert_non_null(json);
        for (size_t k = 0; k < 7 && cases[c].fields[k] != NULL; k++)
            assert_non_null(json_object_get(json, cases[c].fields[k]));
        assert_null(json_object_get(json, "interrupted"));
        json_decref(json);
    }
}

static void values(void **state)
{
    (void)state;
    json_t *json = document_of(LSA_DOCUMENT_VERIFY, NULL, LSA_OK);
    assert_string_equal(json_string_value(json_object_get(json, "verdict")), "holds");
    assert_int_equal(json_array_size(json_object_get(json, "claims")), 2);
    json_decref(json);
    json = document_of(LSA_DOCUMENT_RUN, NULL, LSA_OK);
    assert_int_equal(json_array_size(json_object_get(json, "samples")), 5);
    assert_string_equal(json_string_value(json_object_get(json_object_get(json, "final"), "kind")), "global-minimum");
    json_decref(json);
}

static void interrupted(void **state)
{
    (void)state;
    const volatile sig_atomic_t now = 1;
    const lsa_document documents[] = {LSA_DOCUMENT_RUN, LSA_DOCUMENT_VERIFY};
    for (size_t c = 0; c < sizeof documents / sizeof *documents; c++) {
        json_t *json = document_of(documents[c], &now, LSA_ERR_INTERRUPTED);
        assert_non_null(json);
        assert_true(json_is_true(json_object_get(json, "interrupted")));
        json_decref(json);
    }
}

static void no_such_document(void **state)
{
    (void)state;
    assert_null(document_of((lsa_document)17, NULL, LSA_ERR_INPUT));
}

/* What the stages behind a document fail with is its failure. */
static void failures(void **state)
{
    (void)state;
    lsa_error err = {0};
    lsa_model *model = model_of(text);
    lsa_study *study = NULL;
    char *printed = NULL;
    const lsa_study_options options = {.gradient_only = true};
    check_status(lsa_study_create(lsa_model_experiment(model, 0), &options, &study, &err), LSA_OK, &err);
    check_status(lsa_study_json(study, LSA_DOCUMENT_RUN, &printed, &err), LSA_ERR_UNABLE, &err);
    assert_null(printed);
    check_status(lsa_study_json(study, LSA_DOCUMENT_EVAL, &printed, NULL), LSA_OK, NULL);
    lsa_string_free(printed);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

static void unknown_claim(void **state)
{
    (void)state;
    lsa_error err = {0};
    lsa_model *model = model_of("statement: merged\ndata: {context: 5, covariance: identity, dimension: 1}\n"
                                "claims: [limit-u, limit-v]\n");
    lsa_study *study = NULL;
    char *printed = NULL;
    check_status(lsa_study_create(lsa_model_experiment(model, 0), NULL, &study, &err), LSA_OK, &err);
    check_status(lsa_study_json(study, LSA_DOCUMENT_VERIFY, &printed, &err), LSA_ERR_INPUT, &err);
    check_contains(err.text, "no claim is called 'limit-v'");
    assert_null(printed);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fields),      cmocka_unit_test(values),
                                       cmocka_unit_test(interrupted), cmocka_unit_test(no_such_document),
                                       cmocka_unit_test(failures),    cmocka_unit_test(unknown_claim)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
