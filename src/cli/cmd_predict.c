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

/* Ends of many starts. */
static lsa_status print_ends(const many_ends *found, lsa_error *err)
{
    static const lsa_table_column columns[] = {
        {.name = "loss", .digits = 12}, {.name = "end"}, {.name = "starts"}, {.name = "share", .digits = 3}};
    lsa_table *table = lsa_table_create(4, columns);
    printf("\nThe least loss is not known: no form of this loss says which minimum is global\n"
           "  best             %.15g, the lowest end of %td starts: an upper bound\n"
           "  distinct ends    %td, told apart by loss and kind\n",
           found->ends[0].loss, found->starts, found->count);
    if (found->failed > 0)
        printf("  failed           %td flows came to no end\n", found->failed);
    for (ptrdiff_t k = 0; k < found->count; k++) {
        lsa_table_number(table, found->ends[k].loss);
        lsa_table_string(table, lsa_kind_text(found->ends[k].kind));
        lsa_table_number(table, (double)found->ends[k].starts);
        lsa_table_number(table, (double)found->ends[k].starts / (double)found->starts);
    }
    return cli_print_table("Ends", table, err);
}

/* Of a statement that theory does not know. */
static lsa_status predict_lowest(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    document_lowest lowest;
    lsa_report_test *tests = NULL;
    LSA_TRY(document_find_lowest(run->study, run->reasons, &lowest, err));
    LSA_TRY(document_tests(run->study, run->reasons, document_lowest_point(&lowest), &tests, err));
    lsa_progress_clear(run->progress);
    if (run->json != NULL) {
        LSA_TRY(document_lowest_json(run->study, run->json, &lowest, err));
    } else {
        LSA_TRY(cli_print_title(run, err));
        if (lowest.found.count == 0)
            printf("\nGlobal minimum of the loss, by its form\n  loss             %.15g\n", lowest.minimum);
        else
            LSA_TRY(print_ends(&lowest.found, err));
    }
    LSA_TRY(cli_show_tests(run, tests, err));
done:
    free(tests);
    return status;
}

lsa_status cli_predict(cli_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    document_prediction p = {.d = 0};
    lsa_report_test *tests = NULL;
    if (!lsa_study_has_theory(run->study))
        return predict_lowest(run, err);
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
