/* cmd_predict.c - lsaflow predict: the minimum in closed form, its loss, the constants of the theorems, test errors. */
#include "base/matrix.h"
#include "base/try.h"
#include "cli/common.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The scalar constants of the law, and of the start where it is one of the reduced layer. */
static lsa_status collect_constants(cli_run *run, const lsa_theory *theory,
                                    lsa_theory_constant out[LSA_THEORY_CONSTANTS_MAX], ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *start;
    lsa_reduced_view view;
    LSA_TRY(lsa_study_program(run->study, &program, err));
    LSA_TRY(lsa_study_start(run->study, &start, err));
    if (lsa_study_reduced_view(run->study, program, &view))
        LSA_TRY(lsa_theory_constants(theory, start[view.u], start + view.U, out, count, err));
    else
        LSA_TRY(lsa_theory_constants(theory, 0.0, NULL, out, count, err));
done:
    return status;
}

static lsa_status json_minimum(cli_run *run, const lsa_theory *theory, const double *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *limit;
    const ptrdiff_t d = run->experiment->data.d;
    lsa_error reason = {0};
    lsa_json_object(run->json, "minimum");
    lsa_json_number(run->json, "loss", lsa_theory_minimum_loss(theory, lsa_study_rank(run->study)));
    lsa_json_matrix(run->json, "uU", d, d, A);
    status = lsa_study_limit(run->study, &limit, &reason);
    if (status == LSA_ERR_UNABLE) {
        status = LSA_OK;
        lsa_json_null(run->json, "parameters", reason.text);
    } else if (status == LSA_OK) {
        LSA_TRY(lsa_study_program(run->study, &program, err));
        cli_json_state(run, run->json, "parameters", program, limit, LSA_DETAIL_ALL);
    } else {
        lsa_error_set(err, status, "%s", reason.text);
    }
    lsa_json_end(run->json);
done:
    return status;
}

static void json_constants(cli_run *run, const double *Gamma, const lsa_theory_constant *constants, ptrdiff_t count)
{
    const ptrdiff_t d = run->experiment->data.d;
    lsa_json_object(run->json, "constants");
    lsa_json_matrix(run->json, "Gamma", d, d, Gamma);
    for (ptrdiff_t i = 0; i < count; i++)
        lsa_json_quantity(run->json, constants[i].name, (lsa_quantity){constants[i].value, constants[i].why});
    lsa_json_end(run->json);
}

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
    const lsa_theory *theory;
    const ptrdiff_t d = run->experiment->data.d;
    double *A = lsa_vec_create(d * d), *Gamma = lsa_vec_create(d * d);
    lsa_theory_constant constants[LSA_THEORY_CONSTANTS_MAX];
    ptrdiff_t count = 0;
    lsa_report_test *tests = NULL;
    LSA_TRY_MEMORY(A && Gamma ? A : NULL, "the predicted minimum");
    LSA_TRY(lsa_study_theory(run->study, &theory, err));
    LSA_TRY(lsa_theory_minimum(theory, lsa_study_rank(run->study), A, err));
    lsa_theory_gamma(theory, Gamma);
    LSA_TRY(collect_constants(run, theory, constants, &count, err));
    LSA_TRY(cli_judge_tests(run, NULL, &tests, err));
    if (run->json != NULL) {
        LSA_TRY(json_minimum(run, theory, A, err));
        json_constants(run, Gamma, constants, count);
    } else {
        LSA_TRY(cli_print_title(run, err));
        printf("\nGlobal minimum of the loss\n  loss             %.15g\n  |uU|_F           %.15g\n",
               lsa_theory_minimum_loss(theory, lsa_study_rank(run->study)), lsa_vec_norm(d * d, A));
        LSA_TRY(print_constants(constants, count, err));
    }
    LSA_TRY(cli_show_tests(run, tests, err));
done:
    free(tests);
    free(Gamma);
    free(A);
    return status;
}
