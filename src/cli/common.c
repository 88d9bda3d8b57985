/* common.c - the parts of a report that several commands share. */
#include "cli/common.h"

#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cli_show_progress(void *context, const char *stage, double fraction)
{
    lsa_progress_update(context, fraction, stage);
}

void cli_json_state(const cli_run *run, lsa_json *json, const char *name, const lsa_program *program,
                    const double *state, lsa_detail detail)
{
    /* a state that the path did not keep is told as one that was not asked for */
    lsa_json_parameters(json, name, run->experiment->statement, lsa_program_block_count(program),
                        lsa_program_block(program, 0), state, state != NULL ? detail : LSA_DETAIL_NONE);
}

lsa_status cli_product_of(cli_run *run, const double *state, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    lsa_reduced_view view;
    const ptrdiff_t d = run->experiment->data.d;
    *out = NULL;
    LSA_TRY(lsa_study_program(run->study, &program, err));
    if (!lsa_study_is_reduced(run->study, program))
        goto done;
    LSA_TRY(lsa_study_reduced_view(run->study, program, &view, err));
    if ((view.px >= 0 && lsa_vec_norm(d, state + view.px) > 0) || (view.k >= 0 && lsa_vec_norm(d, state + view.k) > 0))
        goto done;
    *out = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(*out, "the product uU");
    lsa_vec_axpy(d * d, state[view.u], state + view.U, *out);
done:
    return status;
}

const double *cli_scale_of(const lsa_setting *test)
{
    return test != NULL && test->covariance_is_scaled ? &test->covariance_scale : NULL;
}

lsa_status cli_reason(const cli_run *run, lsa_status status, const lsa_error *story, const char **reason,
                      lsa_error *err)
{
    *reason = NULL;
    if (status == LSA_OK)
        return LSA_OK;
    if (!lsa_status_is_no_answer(status))
        return lsa_error_set(err, status, "%s", story->text);
    *reason = lsa_arena_text(run->reasons, story->text, strlen(story->text));
    return *reason != NULL ? LSA_OK : lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the reasons of the tests");
}

/* What theory says of a test at the product A, or at the predicted limit where A is NULL; numbers NAN and the reason in
 * `why` where it has no answer. */
static lsa_status judge_by_theory(const cli_run *run, const lsa_setting *test, const double *A,
                                  lsa_theory_error *judged, lsa_error *err)
{
    const lsa_theory_error none = {(double)NAN, (double)NAN, (double)NAN, (double)NAN,
                                   "theory does not speak of this statement"};
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    const char *reason;
    *judged = none;
    if (!lsa_study_has_theory(run->study))
        return LSA_OK;
    status = A != NULL ? lsa_theory_judge(NULL, test, A, judged, &story)
                       : lsa_study_judge_limit(run->study, test, judged, &story);
    LSA_TRY(cli_reason(run, status, &story, &reason, err));
    if (reason != NULL) {
        *judged = none;
        judged->why = reason;
    }
done:
    return status;
}

/* One test at given parameters: the error by the derived polynomial where it has one, by theory's moments formula where
 * the task is known by its moments; best_linear is theory's. */
static lsa_status judge_at(cli_run *run, const lsa_setting *test, const double *state, const double *A,
                           lsa_report_test *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_theory_error judged;
    LSA_TRY(judge_by_theory(run, test, A, &judged, err));
    out->context_term = out->training_term =
        (lsa_quantity){(double)NAN, "the terms of Theorem 4.2 belong to the trained limit"};
    out->shift = (lsa_quantity){(double)NAN, "the parts of an error belong to the trained limit"};
    out->best_linear = (lsa_quantity){judged.best_linear, "theory does not know it for this statement and task"};
    out->error =
        (lsa_quantity){A != NULL ? judged.error : (double)NAN, "labels known by their moments need px = k = 0"};
    if (test->task == LSA_TASK_MOMENTS || test->task == LSA_TASK_TEACHER || test->task == LSA_TASK_DATA)
        goto done;
    status = lsa_study_test_error(run->study, test, state, &out->error.value, &story);
    LSA_TRY(cli_reason(run, status, &story, &out->error.reason, err));
    if (out->error.reason != NULL)
        out->error.value = (double)NAN;
done:
    return status;
}

/* The parts of the error at the trained limit; nothing, with a reason, where theory does not speak. */
static lsa_status split_limit(cli_run *run, const lsa_setting *test, lsa_report_test *out, lsa_error *err)
{
    const lsa_study_split none = {(double)NAN, (double)NAN, (double)NAN};
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_study_split split = none;
    const char *why = "theory does not speak of this statement";
    if (lsa_study_has_theory(run->study)) {
        status = lsa_study_split_limit(run->study, test, &split, &story);
        LSA_TRY(cli_reason(run, status, &story, &why, err));
        if (why != NULL)
            split = none;
    }
    out->shift = (lsa_quantity){split.shift, why};
    out->finite_training = (lsa_quantity){split.training, NULL};
    out->finite_context = (lsa_quantity){split.context, NULL};
done:
    return status;
}

static lsa_status judge_limit(cli_run *run, const lsa_setting *test, lsa_report_test *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error judged;
    LSA_TRY(judge_by_theory(run, test, NULL, &judged, err));
    out->error = (lsa_quantity){judged.error, judged.why};
    out->best_linear = (lsa_quantity){judged.best_linear, judged.why};
    out->context_term = (lsa_quantity){judged.context_term, judged.why};
    out->training_term = (lsa_quantity){judged.training_term, judged.why};
done:
    return status;
}

lsa_status cli_judge_tests(cli_run *run, const double *parameters, lsa_report_test **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = run->experiment;
    double *A = NULL;
    lsa_report_test *tests = calloc((size_t)experiment->n_tests + 1, sizeof *tests);
    LSA_TRY_MEMORY(tests, "the test errors");
    if (parameters != NULL)
        LSA_TRY(cli_product_of(run, parameters, &A, err));
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++) {
        tests[t].name = experiment->tests[t].name;
        tests[t].context = experiment->tests[t].context;
        tests[t].scale = cli_scale_of(&experiment->tests[t]);
        if (parameters != NULL)
            status = judge_at(run, &experiment->tests[t], parameters, A, &tests[t], err);
        else if ((status = judge_limit(run, &experiment->tests[t], &tests[t], err)) == LSA_OK)
            status = split_limit(run, &experiment->tests[t], &tests[t], err);
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

lsa_status cli_print_table(const char *heading, lsa_table *table, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text line;
    lsa_text_init(&line);
    lsa_report_printable(&line, heading);
    LSA_TRY_MEMORY(table, "a table");
    LSA_TRY_MEMORY(line.failed ? NULL : line.data, "a heading");
    printf("\n%s\n", line.data);
    LSA_TRY(lsa_table_print(table, stdout, err));
done:
    lsa_text_clear(&line);
    lsa_table_destroy(table);
    return status;
}

lsa_status cli_show_tests(cli_run *run, const lsa_report_test *tests, lsa_error *err)
{
    if (run->json != NULL) {
        lsa_json_tests(run->json, run->experiment->n_tests, tests);
        return LSA_OK;
    }
    return cli_print_table("Test errors, E(prediction - label)^2",
                           lsa_report_brief_tests_table(run->experiment->n_tests, tests), err);
}

lsa_status cli_print_title(const cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_setting *law = &run->experiment->training;
    lsa_text text;
    lsa_text_init(&text);
    lsa_report_printable(&text, run->name);
    if (run->experiment->title != NULL && strcmp(run->experiment->title, run->name) != 0) {
        lsa_text_add(&text, ": ");
        lsa_report_printable(&text, run->experiment->title);
    }
    lsa_text_add(&text, "\nstatement ");
    lsa_report_printable(&text, run->experiment->statement->name);
    lsa_text_printf(&text, ", d = %td, N = %.15g, Lambda: ", run->experiment->data.d, law->context);
    lsa_report_printable(&text, law->covariance->form != NULL ? law->covariance->form : "given");
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "the title");
    printf("%s\n", text.data);
done:
    lsa_text_clear(&text);
    return status;
}

lsa_status cli_create_directory(const cli_options *from, const lsa_experiment *experiment, const char *path,
                                lsa_run_directory **out, lsa_error *err)
{
    lsa_text subtitle;
    lsa_text_init(&subtitle);
    lsa_text_printf(&subtitle, "lsaflow %s %s", from->command->name, from->file);
    lsa_run_options options = lsa_run_options_defaults();
    options.path = path;
    options.title = experiment->title;
    options.subtitle = subtitle.data; /* NULL when memory is out: no subtitle then */
    options.plots = from->plots;
    options.messages = from->quiet ? NULL : stderr;
    const lsa_status status = lsa_run_directory_create(&options, out, err);
    lsa_text_clear(&subtitle);
    return status;
}

lsa_status cli_open_directory(cli_run *run, lsa_run_directory **out, lsa_error *err)
{
    *out = NULL;
    return run->directory == NULL ? LSA_OK
                                  : cli_create_directory(run->options, run->experiment, run->directory, out, err);
}

lsa_status cli_finish_directory(const cli_run *run, lsa_run_directory *directory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text path;
    lsa_text_init(&path);
    LSA_TRY(lsa_run_directory_finish(directory, err));
    lsa_report_printable(&path, run->directory);
    LSA_TRY_MEMORY(path.failed ? NULL : path.data, "the name of the run directory");
    if (run->json == NULL)
        printf("\nwritten: %s/index.html\n", path.data);
done:
    lsa_text_clear(&path);
    return status;
}

lsa_status cli_show_findings(cli_run *run, const cli_findings *findings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (run->json != NULL)
        return findings->document(run, run->json, findings, err);
    LSA_TRY(cli_print_title(run, err));
    LSA_TRY(cli_print_table(findings->heading, findings->table(findings), err));
done:
    return status;
}

lsa_status cli_write_findings(cli_run *run, const cli_findings *findings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_json *json = NULL;
    lsa_table *table = NULL;
    LSA_TRY(cli_open_directory(run, &directory, err));
    if (directory == NULL)
        goto done;
    json = lsa_json_create();
    LSA_TRY(findings->document(run, json, findings, err));
    LSA_TRY(lsa_run_directory_json(directory, json, err));
    if (findings->figures != NULL)
        LSA_TRY(findings->figures(run, directory, findings, err));
    table = findings->table(findings);
    LSA_TRY(lsa_run_directory_table(directory, findings->stem, findings->heading, table, err));
    LSA_TRY(cli_finish_directory(run, directory, err));
done:
    lsa_table_destroy(table);
    lsa_json_destroy(json);
    lsa_run_directory_destroy(directory);
    return status;
}
