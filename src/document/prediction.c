/* prediction.c - the minimum in closed form, its loss, the constants of the theorems. */
#include "document/document.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void document_prediction_clear(document_prediction *p)
{
    free(p->A);
    free(p->Gamma);
    free(p->signal);
    free(p->rates);
}

/* One covariance: Gamma, and the scalar constants of the law and, for a start of the reduced layer, of the start. */
static lsa_status predict_fixed(lsa_study *study, document_prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory *theory;
    const lsa_program *program;
    const double *start;
    lsa_reduced_view view;
    LSA_TRY(lsa_study_theory(study, &theory, err));
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_start(study, &start, err));
    p->Gamma = lsa_vec_create(p->d * p->d);
    LSA_TRY_MEMORY(p->Gamma, "Gamma");
    lsa_theory_gamma(theory, p->Gamma);
    if (!lsa_study_is_reduced(study, program)) {
        LSA_TRY(lsa_theory_constants(theory, 0.0, NULL, p->constants, &p->count, err));
    } else {
        LSA_TRY(lsa_study_reduced_view(study, program, &view, err));
        LSA_TRY(lsa_theory_constants(theory, start[view.u], start + view.U, p->constants, &p->count, err));
    }
done:
    return status;
}

static void add_constant(document_prediction *p, const char *name, double value, const char *source, const char *why)
{
    p->constants[p->count++] = (lsa_theory_constant){name, value, source, why};
}

/* A covariance for every prompt: the averages of Theorem 4.5 and, for a start of the reduced layer, its bounds. */
static lsa_status predict_random(lsa_study *study, document_prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_theory_random *random;
    const lsa_program *program;
    const double *start, *limit;
    double u;
    lsa_reduced_view view;
    lsa_theory_random_bounds bounds;
    LSA_TRY(lsa_study_random_theory(study, &random, err));
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_start(study, &start, err));
    p->signal = lsa_vec_create(p->d * p->d);
    LSA_TRY_MEMORY(p->signal, "the averages of the law");
    lsa_theory_random_signal(random, p->signal);
    if (lsa_theory_random_is_diagonal(random)) {
        p->rates = lsa_vec_create(p->d * p->d);
        LSA_TRY_MEMORY(p->rates, "the averages of the law");
        LSA_TRY(lsa_theory_random_rates(random, p->rates, err));
    }
    const bool reduced = lsa_study_is_reduced(study, program);
    if (reduced) {
        LSA_TRY(lsa_study_reduced_view(study, program, &view, err));
        LSA_TRY(lsa_study_limit(study, &limit, err));
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
static void withhold_limit(document_prediction *p)
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
static lsa_status predict_product(lsa_study *study, document_prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_study_limit_is_known(study, &p->open, err));
    LSA_TRY(p->open == NULL ? lsa_study_trained_product(study, p->A, err) : lsa_study_product(study, p->A, err));
done:
    return status;
}

lsa_status document_predict(lsa_study *study, document_prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *p = (document_prediction){.d = lsa_study_experiment(study)->data.d};
    p->A = lsa_vec_create(p->d * p->d);
    LSA_TRY_MEMORY(p->A, "the predicted minimum");
    LSA_TRY(predict_product(study, p, err));
    LSA_TRY(lsa_study_minimum_loss(study, &p->loss, err));
    LSA_TRY(lsa_study_is_random(study) ? predict_random(study, p, err) : predict_fixed(study, p, err));
    withhold_limit(p);
done:
    return status;
}

static lsa_status json_minimum(lsa_study *study, lsa_json *json, const document_prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *limit;
    lsa_error reason = {0};
    lsa_json_object(json, "minimum");
    lsa_json_number(json, "loss", p->loss);
    lsa_json_matrix(json, "uU", p->d, p->d, p->A);
    status = lsa_study_limit(study, &limit, &reason);
    if (status == LSA_ERR_UNABLE) {
        status = LSA_OK;
        lsa_json_null(json, "parameters", reason.text);
    } else if (status == LSA_OK && p->open != NULL) {
        lsa_json_null(json, "parameters", p->open);
    } else if (status == LSA_OK) {
        LSA_TRY(lsa_study_program(study, &program, err));
        document_state(study, json, "parameters", program, limit, LSA_DETAIL_ALL);
    } else {
        lsa_error_copy(err, status, &reason);
    }
    lsa_json_end(json);
done:
    return status;
}

static void json_constants(lsa_json *json, const document_prediction *p)
{
    const ptrdiff_t d = p->d;
    lsa_json_object(json, "constants");
    if (p->Gamma != NULL)
        lsa_json_matrix(json, "Gamma", d, d, p->Gamma);
    else
        lsa_json_null(json, "Gamma", "every prompt draws its own covariance");
    if (p->signal != NULL)
        lsa_json_matrix(json, "E_LambdaOmegaLambda", d, d, p->signal);
    if (p->rates != NULL)
        lsa_json_matrix(json, "rates", d, d, p->rates);
    for (ptrdiff_t i = 0; i < p->count; i++)
        lsa_json_quantity(json, p->constants[i].name, (lsa_quantity){p->constants[i].value, p->constants[i].why});
    lsa_json_end(json);
}

lsa_status document_prediction_json(lsa_study *study, lsa_json *json, const document_prediction *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(json_minimum(study, json, p, err));
    json_constants(json, p);
done:
    return status;
}
