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
    document_evaluation at;
    lsa_report_test *tests = NULL;
    LSA_TRY(document_evaluate(run->study, &at, err));
    LSA_TRY(document_tests(run->study, run->reasons, at.parameters, &tests, err));
    if (run->json != NULL) {
        document_evaluation_json(run->study, run->json, &at);
    } else {
        LSA_TRY(cli_print_title(run, err));
        printf("\nAt the initial parameters\n  loss             %.15g\n", at.loss);
        LSA_TRY(print_gradient(at.program, at.gradient, err));
    }
    LSA_TRY(cli_show_tests(run, tests, err));
done:
    free(tests);
    document_evaluation_clear(&at);
    return status;
}
