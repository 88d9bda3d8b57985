/* cmd_run.c - lsaflow run: the gradient flow, where it ends, and what that point is. */
#include "base/try.h"
#include "cli/common.h"
#include "cli/flow_report.h"
#include "cli/formula_figures.h"
#include "cli/state_figures.h"
#include <stdlib.h>

static lsa_status write_directory(cli_run *run, const lsa_trajectory *trajectory, const lsa_report_test *tests,
                                  const document_courses *courses, const document_drawings *drawings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_run_directory *directory = NULL;
    lsa_json *json = NULL;
    lsa_table *table = NULL;
    LSA_TRY(cli_open_directory(run, &directory, err));
    if (directory == NULL)
        goto done;
    json = lsa_json_create();
    LSA_TRY(document_flow(run->study, json, trajectory, err));
    lsa_json_tests(json, run->experiment->n_tests, tests);
    document_courses_json(json, courses);
    document_drawings_json(json, drawings);
    LSA_TRY(lsa_run_directory_json(directory, json, err));
    LSA_TRY(cli_flow_files(run, directory, trajectory, err));
    LSA_TRY(cli_state_figures(run, directory, trajectory, courses, err));
    LSA_TRY(cli_own_figures(directory, drawings, err));
    table = lsa_report_tests_table(run->experiment->n_tests, tests);
    LSA_TRY(lsa_run_directory_table(directory, "tests", "Test errors at the end of the flow", table, err));
    LSA_TRY(cli_finish_directory(run, directory, err));
done:
    lsa_table_destroy(table);
    lsa_json_destroy(json);
    lsa_run_directory_destroy(directory);
    return status;
}

/* As tables, or as fields of the open document. */
static lsa_status show(cli_run *run, const lsa_trajectory *trajectory, const lsa_report_test *tests,
                       const document_courses *courses, const document_drawings *drawings, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (run->json != NULL) {
        LSA_TRY(document_flow(run->study, run->json, trajectory, err));
        document_courses_json(run->json, courses);
        document_drawings_json(run->json, drawings);
    } else {
        LSA_TRY(cli_print_title(run, err));
        cli_flow_print(trajectory);
        cli_print_courses(courses);
        LSA_TRY(cli_flow_print_events(trajectory, err));
    }
    LSA_TRY(cli_show_tests(run, tests, err));
    if (run->json == NULL)
        LSA_TRY(cli_print_gaps(drawings, err));
done:
    return status;
}

lsa_status cli_run_flow(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_trajectory *trajectory;
    lsa_report_test *tests = NULL;
    document_courses courses = {.count = 0};
    document_drawings drawings = {.count = 0};
    LSA_TRY(text_figures_check(run->experiment, err));
    LSA_TRY(lsa_study_trajectory(run->study, &trajectory, err));
    const bool interrupted = lsa_trajectory_reason(trajectory) == LSA_STOPPED_INTERRUPT;
    lsa_progress_clear(run->progress);
    LSA_TRY(document_flow_tests(run->study, run->reasons, trajectory, &tests, err));
    if (!interrupted) {
        LSA_TRY(document_follow(run->study, trajectory, &courses, err));
        LSA_TRY(document_draw(run->study, &drawings, err));
    }
    LSA_TRY(show(run, trajectory, tests, &courses, &drawings, err));
    LSA_TRY(write_directory(run, trajectory, tests, &courses, &drawings, err));
    if (interrupted)
        status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted; what was reached is kept");
done:
    document_drawings_clear(&drawings);
    document_courses_clear(&courses);
    free(tests);
    return status;
}
