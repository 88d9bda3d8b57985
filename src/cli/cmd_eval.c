/* cmd_eval.c - lsaflow eval: loss, gradient and test errors at the initial parameters. */
#include "base/matrix.h"
#include "base/try.h"
#include "cli/common.h"
#include <stdio.h>
#include <stdlib.h>

/* The gradient as a table: one row a block, with its norm; the numbers themselves are in the JSON document. */
static lsa_status print_gradient(const lsa_program *program, const double *gradient, lsa_error *err)
{
    static const lsa_table_column columns[] = {{"block", NULL, NULL, 0, false},
                                               {"rows", NULL, NULL, 0, false},
                                               {"cols", NULL, NULL, 0, false},
                                               {"norm", NULL, "norm of the gradient", 9, false}};
    lsa_table *table = lsa_table_create(4, columns);
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++) {
        const lsa_block *block = lsa_program_block(program, k);
        lsa_table_string(table, block->name);
        lsa_table_number(table, (double)block->rows);
        lsa_table_number(table, (double)block->cols);
        lsa_table_number(table, lsa_vec_norm(block->rows * block->cols, gradient + block->offset));
    }
    return cli_print_table("Gradient", table, err);
}

lsa_status cli_eval(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *start;
    lsa_workspace *work = NULL;
    double *state = NULL, *gradient = NULL;
    lsa_report_test *tests = NULL;
    LSA_TRY(lsa_study_program(run->study, &program, err));
    LSA_TRY(lsa_study_start(run->study, &start, err));
    LSA_TRY(lsa_workspace_create(program, &work, err));
    state = lsa_vec_create(lsa_program_size(program));
    gradient = lsa_vec_create(lsa_program_size(program));
    LSA_TRY_MEMORY(state && gradient ? state : NULL, "the gradient");
    LSA_TRY(lsa_program_from_user(program, start, state, err));
    const double loss = lsa_program_loss(program, work, state);
    lsa_program_gradient(program, work, state, gradient);
    LSA_TRY(lsa_program_to_user(program, gradient, gradient, err));
    LSA_TRY(cli_judge_tests(run, start, &tests, err));
    if (run->json != NULL) {
        lsa_json_number(run->json, "loss", loss);
        cli_json_state(run, run->json, "gradient", program, gradient, LSA_DETAIL_ALL);
        cli_json_state(run, run->json, "parameters", program, start, LSA_DETAIL_ALL);
    } else {
        LSA_TRY(cli_print_title(run, err));
        printf("\nAt the initial parameters\n  loss             %.15g\n", loss);
        LSA_TRY(print_gradient(program, gradient, err));
    }
    LSA_TRY(cli_show_tests(run, tests, err));
done:
    free(tests);
    free(gradient);
    free(state);
    lsa_workspace_destroy(work);
    return status;
}
