/* cmd_predict.c - lsaflow predict: the minimum in closed form, its loss, the constants of the theorems, test errors. */
#include "base/matrix.h"
#include "base/try.h"
#include "cli/common.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything that predict knows besides the tests; arrays owned. */
typedef struct prediction {
    ptrdiff_t d;
    double loss, *A;
    const char *open; /* why the start leaves the limit open; NULL: it does not */
    double *Gamma;    /* NULL where every prompt draws its own covariance: then the averages below */
    double *signal;   /* E[Lambda Omega Lambda]                                                    */
    double *rates;    /* h_ij, NULL unless the law is diagonal                                     */
    ptrdiff_t count;
    lsa_theory_constant constants[LSA_THEORY_CONSTANTS_MAX];
} prediction;

static void prediction_clear(prediction *p)
{
    free(p->A);
    free(p->Gamma);
    free(p->signal);
    free(p->rates);
}

/* One covariance: Gamma, and the scalar constants of the law and, for a start of the reduced layer, of the start. */
static lsa_status predict_fixed(cli_run *run, prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory *theory;
    const lsa_program *program;
    const double *start;
    lsa_reduced_view view;
    LSA_TRY(lsa_study_theory(run->study, &theory, err));
    LSA_TRY(lsa_study_program(run->study, &program, err));
    LSA_TRY(lsa_study_start(run->study, &start, err));
    p->Gamma = lsa_vec_create(p->d * p->d);
    LSA_TRY_MEMORY(p->Gamma, "Gamma");
    lsa_theory_gamma(theory, p->Gamma);
    if (!lsa_study_is_reduced(run->study, program)) {
        LSA_TRY(lsa_theory_constants(theory, 0.0, NULL, p->constants, &p->count, err));
    } else {
        LSA_TRY(lsa_study_reduced_view(run->study, program, &view, err));
        LSA_TRY(lsa_theory_constants(theory, start[view.u], start + view.U, p->constants, &p->count, err));
    }
done:
    return status;
}

static void add_constant(prediction *p, const char *name, double value, const char *source, const char *why)
{
    p->constants[p->count++] = (lsa_theory_constant){name, value, source, why};
}

/* A covariance for every prompt: the averages of Theorem 4.5 and, for a start of the reduced layer, its bounds. */
static lsa_status predict_random(cli_run *run, prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory_random *random;
    const lsa_program *program;
    const double *start, *limit;
    double u;
    lsa_reduced_view view;
    lsa_theory_random_bounds bounds;
    LSA_TRY(lsa_study_random_theory(run->study, &random, err));
    LSA_TRY(lsa_study_program(run->study, &program, err));
    LSA_TRY(lsa_study_start(run->study, &start, err));
    p->signal = lsa_vec_create(p->d * p->d);
    LSA_TRY_MEMORY(p->signal, "the averages of the law");
    lsa_theory_random_signal(random, p->signal);
    if (lsa_theory_random_is_diagonal(random)) {
        p->rates = lsa_vec_create(p->d * p->d);
        LSA_TRY_MEMORY(p->rates, "the averages of the law");
        LSA_TRY(lsa_theory_random_rates(random, p->rates, err));
    }
    const bool reduced = lsa_study_is_reduced(run->study, program);
    if (reduced) {
        LSA_TRY(lsa_study_reduced_view(run->study, program, &view, err));
        LSA_TRY(lsa_study_limit(run->study, &limit, err));
        u = limit[view.u];
    } else {
        lsa_theory_random_balanced(random, &u, NULL);
    }
    add_constant(p, "u_limit", u, "(4.12)", NULL);
    add_constant(p, "minimum_loss", lsa_theory_random_least_loss(random), "Lemma C.3", NULL);
    add_constant(p, "loss_at_zero", lsa_theory_random_loss_at_zero(random), "(C.1)", NULL);
    if (!reduced)
        goto done;
    LSA_TRY(lsa_theory_random_bound(random, start[view.u], start + view.U, &bounds, err));
    add_constant(p, "theta_excitation", bounds.excitation, "Theorem 4.5", NULL);
    add_constant(p, "norm_product", bounds.norm_product, "(4.11)", bounds.why);
    add_constant(p, "sigma_max", bounds.sigma_max, "(4.11)", bounds.why);
    add_constant(p, "sigma_margin", bounds.margin, "(4.11)", bounds.why);
    add_constant(p, "u_lower_bound", bounds.u_lower, "(C.12)", bounds.why);
    add_constant(p, "mu", bounds.pl, "(C.13)", bounds.why);
done:
    return status;
}

/* What is a number of the limit has no value where this start leaves the limit open. */
static void withhold_limit(prediction *p)
{
    for (ptrdiff_t i = 0; p->open != NULL && i < p->count; i++) {
        lsa_theory_constant *c = &p->constants[i];
        if (strcmp(c->name, "u_limit") == 0 || strcmp(c->name, "local_rate") == 0) {
            c->value = (double)NAN;
            c->why = p->open;
        }
    }
}

/* uU at the predicted parameters; the minimum's own where the limit is not known. */
static lsa_status predict_product(cli_run *run, prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_study_limit_is_known(run->study, &p->open, err));
    LSA_TRY(p->open == NULL ? lsa_study_trained_product(run->study, p->A, err)
                            : lsa_study_product(run->study, p->A, err));
done:
    return status;
}

static lsa_status json_minimum(cli_run *run, const prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *limit;
    lsa_error reason = {0};
    lsa_json_object(run->json, "minimum");
    lsa_json_number(run->json, "loss", p->loss);
    lsa_json_matrix(run->json, "uU", p->d, p->d, p->A);
    status = lsa_study_limit(run->study, &limit, &reason);
    if (status == LSA_ERR_UNABLE) {
        status = LSA_OK;
        lsa_json_null(run->json, "parameters", reason.text);
    } else if (status == LSA_OK && p->open != NULL) {
        lsa_json_null(run->json, "parameters", p->open);
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

static void json_constants(cli_run *run, const prediction *p)
{
    const ptrdiff_t d = p->d;
    lsa_json_object(run->json, "constants");
    if (p->Gamma != NULL)
        lsa_json_matrix(run->json, "Gamma", d, d, p->Gamma);
    else
        lsa_json_null(run->json, "Gamma", "every prompt draws its own covariance");
    if (p->signal != NULL)
        lsa_json_matrix(run->json, "E_LambdaOmegaLambda", d, d, p->signal);
    if (p->rates != NULL)
        lsa_json_matrix(run->json, "rates", d, d, p->rates);
    for (ptrdiff_t i = 0; i < p->count; i++)
        lsa_json_quantity(run->json, p->constants[i].name, (lsa_quantity){p->constants[i].value, p->constants[i].why});
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
    prediction p = {.d = run->experiment->data.d};
    lsa_report_test *tests = NULL;
    p.A = lsa_vec_create(p.d * p.d);
    LSA_TRY_MEMORY(p.A, "the predicted minimum");
    LSA_TRY(predict_product(run, &p, err));
    LSA_TRY(lsa_study_minimum_loss(run->study, &p.loss, err));
    LSA_TRY(lsa_study_is_random(run->study) ? predict_random(run, &p, err) : predict_fixed(run, &p, err));
    withhold_limit(&p);
    LSA_TRY(cli_judge_tests(run, NULL, &tests, err));
    if (run->json != NULL) {
        LSA_TRY(json_minimum(run, &p, err));
        json_constants(run, &p);
    } else {
        LSA_TRY(cli_print_title(run, err));
        printf("\nGlobal minimum of the loss\n  loss             %.15g\n  |uU|_F           %.15g\n", p.loss,
               lsa_vec_norm(p.d * p.d, p.A));
        LSA_TRY(print_constants(p.constants, p.count, err));
    }
    LSA_TRY(cli_show_tests(run, tests, err));
done:
    free(tests);
    prediction_clear(&p);
    return status;
}
