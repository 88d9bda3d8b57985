/* cmd_predict.c - lsaflow predict: the minimum in closed form, its loss, the constants of the theorems, test errors. */
#include "base/matrix.h"
#include "base/try.h"
#include "cli/common.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static lsa_status print_constants(const lsa_theory_constant *constants, ptrdiff_t count, lsa_error *err)
{
    static const lsa_table_column columns[] = {
        {"constant", NULL, NULL, 0, false}, {"value", NULL, NULL, 12, false}, {"source", NULL, NULL, 0, false}};
    lsa_table *table = lsa_table_create(3, columns);
    for (ptrdiff_t i = 0; i < count; i++) {
        lsa_table_string(table, constants[i].name);
        lsa_table_number(table, constants[i].value);
        lsa_table_string(table, isnan(constants[i].value) ? constants[i].why : constants[i].source);
    }
    return cli_print_table("Constants", table, err);
}

lsa_status cli_predict(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    document_prediction p;
    lsa_report_test *tests = NULL;
    LSA_TRY(document_predict(run->study, &p, err));
    LSA_TRY(document_tests(run->study, run->reasons, NULL, &tests, err));
    if (run->json != NULL) {
        LSA_TRY(document_prediction_json(run->study, run->json, &p, err));
    } else {
        LSA_TRY(cli_print_title(run, err));
        printf("\nGlobal minimum of the loss\n  loss             %.15g\n  |uU|_F           %.15g\n", p.loss,
               lsa_vec_norm(p.d * p.d, p.A));
        LSA_TRY(print_constants(p.constants, p.count, err));
    }
    LSA_TRY(cli_show_tests(run, tests, err));
done:
    free(tests);
    document_prediction_clear(&p);
    return status;
}
