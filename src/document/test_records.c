/* test_records.c - the error of every test, in closed form or by the derived polynomial, and of the trained limit its parts. */
#include "document/document.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

/* What theory says of a test at the product A, or at the predicted limit where A is NULL; numbers NAN and the reason in
 * `why` where it has no answer. */
static lsa_status judge_by_theory(lsa_study *study, lsa_arena *texts, const lsa_setting *test, const double *A,
                                  lsa_theory_error *judged, lsa_error *err)
{
    const lsa_theory_error none = {(double)NAN, (double)NAN, (double)NAN, (double)NAN,
                                   "theory does not speak of this statement"};
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    const char *reason;
    *judged = none;
    if (!lsa_study_has_theory(study))
        return LSA_OK;
    status = A != NULL ? lsa_theory_judge(NULL, test, A, judged, &story)
                       : lsa_study_judge_limit(study, test, judged, &story);
    LSA_TRY(document_reason(texts, status, &story, &reason, err));
    if (reason != NULL) {
        *judged = none;
        judged->why = reason;
    }
done:
    return status;
}

/* One test at given parameters: the error by the derived polynomial where it has one, by theory's moments formula where
 * the task is known by its moments; best_linear is theory's. */
static lsa_status judge_at(lsa_study *study, lsa_arena *texts, const lsa_setting *test, const double *state,
                           const double *A, lsa_report_test *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_theory_error judged;
    LSA_TRY(judge_by_theory(study, texts, test, A, &judged, err));
    out->context_term = out->training_term =
        (lsa_quantity){(double)NAN, "the terms of Theorem 4.2 belong to the trained limit"};
    out->shift = (lsa_quantity){(double)NAN, "the parts of an error belong to the trained limit"};
    out->best_linear = (lsa_quantity){judged.best_linear, "theory does not know it for this statement and task"};
    out->error =
        (lsa_quantity){A != NULL ? judged.error : (double)NAN, "labels known by their moments need px = k = 0"};
    if (test->task == LSA_TASK_MOMENTS || test->task == LSA_TASK_TEACHER || test->task == LSA_TASK_DATA)
        goto done;
    status = lsa_study_test_error(study, test, state, &out->error.value, &story);
    LSA_TRY(document_reason(texts, status, &story, &out->error.reason, err));
    if (out->error.reason != NULL)
        out->error.value = (double)NAN;
done:
    return status;
}

/* The parts of the error at the trained limit; nothing, with a reason, where theory does not speak. */
static lsa_status split_limit(lsa_study *study, lsa_arena *texts, const lsa_setting *test, lsa_report_test *out,
                              lsa_error *err)
{
    const lsa_study_split none = {(double)NAN, (double)NAN, (double)NAN};
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_study_split split = none;
    const char *why = "theory does not speak of this statement";
    if (lsa_study_has_theory(study)) {
        status = lsa_study_split_limit(study, test, &split, &story);
        LSA_TRY(document_reason(texts, status, &story, &why, err));
        if (why != NULL)
            split = none;
    }
    out->shift = (lsa_quantity){split.shift, why};
    out->finite_training = (lsa_quantity){split.training, NULL};
    out->finite_context = (lsa_quantity){split.context, NULL};
done:
    return status;
}

static lsa_status judge_limit(lsa_study *study, lsa_arena *texts, const lsa_setting *test, lsa_report_test *out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error judged;
    LSA_TRY(judge_by_theory(study, texts, test, NULL, &judged, err));
    out->error = (lsa_quantity){judged.error, judged.why};
    out->best_linear = (lsa_quantity){judged.best_linear, judged.why};
    out->context_term = (lsa_quantity){judged.context_term, judged.why};
    out->training_term = (lsa_quantity){judged.training_term, judged.why};
done:
    return status;
}

lsa_status document_tests(lsa_study *study, lsa_arena *texts, const double *parameters, lsa_report_test **out,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    double *A = NULL;
    lsa_report_test *tests = calloc((size_t)experiment->n_tests + 1, sizeof *tests);
    LSA_TRY_MEMORY(tests, "the test errors");
    if (parameters != NULL)
        LSA_TRY(document_product(study, parameters, &A, err));
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++) {
        tests[t].name = experiment->tests[t].name;
        tests[t].context = experiment->tests[t].context;
        tests[t].scale = document_scale_of(&experiment->tests[t]);
        if (parameters != NULL)
            status = judge_at(study, texts, &experiment->tests[t], parameters, A, &tests[t], err);
        else if ((status = judge_limit(study, texts, &experiment->tests[t], &tests[t], err)) == LSA_OK)
            status = split_limit(study, texts, &experiment->tests[t], &tests[t], err);
        if (status != LSA_OK)
            goto done;
    }
    *out = tests;
    tests = NULL;
done:
    free(tests);
    free(A);
    return status;
}
