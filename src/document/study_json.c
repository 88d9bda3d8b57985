/* study_json.c - one document a question, from the same records that the program shows. */
#include "document/document.h"

#include "base/text.h"
#include "base/try.h"
#include <stdlib.h>

lsa_study_options lsa_study_options_for(lsa_document document)
{
    return (lsa_study_options){.gradient_only = document == LSA_DOCUMENT_DERIVE || document == LSA_DOCUMENT_EVAL ||
                                                document == LSA_DOCUMENT_PREDICT,
                               .may_reduce = document == LSA_DOCUMENT_RUN};
}

static lsa_status write_derivation(lsa_study *study, lsa_arena *texts, lsa_json *json, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_derivation *derivation;
    (void)texts;
    LSA_TRY(lsa_study_derivation(study, &derivation, err));
    LSA_TRY(document_derivation(json, derivation, err));
done:
    return status;
}

static lsa_status write_evaluation(lsa_study *study, lsa_arena *texts, lsa_json *json, lsa_error *err)
{
    lsa_status status = LSA_OK;
    document_evaluation at;
    lsa_report_test *tests = NULL;
    LSA_TRY(document_evaluate(study, &at, err));
    LSA_TRY(document_tests(study, texts, at.parameters, &tests, err));
    document_evaluation_json(study, json, &at);
    lsa_json_tests(json, lsa_study_test_count(study), tests);
done:
    free(tests);
    document_evaluation_clear(&at);
    return status;
}

static lsa_status write_flow(lsa_study *study, lsa_arena *texts, lsa_json *json, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_trajectory *trajectory;
    lsa_report_test *tests = NULL;
    document_drawings drawings = {.count = 0};
    LSA_TRY(text_figures_check(lsa_study_experiment(study), err));
    LSA_TRY(lsa_study_trajectory(study, &trajectory, err));
    LSA_TRY(document_flow_tests(study, texts, trajectory, &tests, err));
    LSA_TRY(document_flow(study, json, trajectory, err));
    lsa_json_tests(json, lsa_study_test_count(study), tests);
    if (lsa_trajectory_reason(trajectory) == LSA_STOPPED_INTERRUPT) {
        status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted; what was reached is kept");
        goto done;
    }
    LSA_TRY(document_draw(study, &drawings, err));
    document_drawings_json(json, &drawings);
done:
    document_drawings_clear(&drawings);
    free(tests);
    return status;
}

/* Of a statement that theory does not know. */
static lsa_status write_lowest(lsa_study *study, lsa_arena *texts, lsa_json *json, lsa_error *err)
{
    lsa_status status = LSA_OK;
    document_lowest lowest;
    lsa_report_test *tests = NULL;
    LSA_TRY(document_find_lowest(study, texts, &lowest, err));
    LSA_TRY(document_tests(study, texts, document_lowest_point(&lowest), &tests, err));
    LSA_TRY(document_lowest_json(study, json, &lowest, err));
    lsa_json_tests(json, lsa_study_test_count(study), tests);
done:
    free(tests);
    return status;
}

static lsa_status write_prediction(lsa_study *study, lsa_arena *texts, lsa_json *json, lsa_error *err)
{
    lsa_status status = LSA_OK;
    document_prediction prediction = {.d = 0};
    lsa_report_test *tests = NULL;
    if (!lsa_study_has_theory(study))
        return write_lowest(study, texts, json, err);
    LSA_TRY(document_predict(study, &prediction, err));
    LSA_TRY(document_tests(study, texts, NULL, &tests, err));
    LSA_TRY(document_prediction_json(study, json, &prediction, err));
    lsa_json_tests(json, lsa_study_test_count(study), tests);
done:
    free(tests);
    document_prediction_clear(&prediction);
    return status;
}

static lsa_status write_samples(lsa_study *study, lsa_arena *texts, lsa_json *json, lsa_error *err)
{
    document_samples samples;
    const lsa_status status = document_sample(study, texts, NULL, &samples, err);
    if (status == LSA_OK || status == LSA_ERR_INTERRUPTED)
        lsa_json_samples(json, samples.count, samples.reports);
    document_samples_clear(&samples);
    return status;
}

static lsa_status write_verdicts(lsa_study *study, lsa_arena *texts, lsa_json *json, lsa_error *err)
{
    document_verdicts verdicts;
    document_drawings drawings = {.count = 0};
    (void)texts;
    lsa_status status = document_verify(study, &verdicts, err);
    if (status == LSA_OK || status == LSA_ERR_INTERRUPTED)
        document_verdicts_json(json, &verdicts);
    if (status == LSA_OK)
        status = document_draw(study, &drawings, err);
    document_drawings_json(json, &drawings);
    document_drawings_clear(&drawings);
    document_verdicts_clear(&verdicts);
    return status;
}

/* In the order of lsa_document. */
typedef lsa_status writer(lsa_study *study, lsa_arena *texts, lsa_json *json, lsa_error *err);
static writer *const writers[] = {write_derivation, write_evaluation, write_flow,
                                  write_prediction, write_samples,    write_verdicts};
enum { WRITERS = sizeof writers / sizeof *writers };

static lsa_status render(const lsa_json *json, char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    LSA_TRY(lsa_json_render(json, &text, err));
    LSA_TRY(lsa_text_give(&text, "a document", out, err));
done:
    lsa_text_clear(&text);
    return status;
}

lsa_status lsa_study_json(lsa_study *study, lsa_document document, char **out, lsa_error *err)
{
    lsa_status status = LSA_OK, rendered = LSA_OK;
    lsa_json *json = lsa_json_create();
    lsa_arena *texts = lsa_arena_create();
    LSA_TRY_MEMORY(json != NULL ? texts : NULL, "a document");
    if ((unsigned)document >= WRITERS) {
        status = lsa_error_set(err, LSA_ERR_INPUT, "no document has the number %d", (int)document);
        goto done;
    }
    status = writers[document](study, texts, json, err);
    if (status != LSA_OK && status != LSA_ERR_INTERRUPTED)
        goto done;
    if (status == LSA_ERR_INTERRUPTED)
        lsa_json_bool(json, "interrupted", true);
    rendered = render(json, out, err);
    if (rendered != LSA_OK)
        status = rendered;
done:
    lsa_arena_destroy(texts);
    lsa_json_destroy(json);
    return status;
}
