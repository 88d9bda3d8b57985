/* models/theorem-4.1.yaml, the raw end of an unreduced run: how closely the flow meets the theorem. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "verify/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct run {
    lsa_model *model;
    lsa_study *study;
    const lsa_trajectory *trajectory;
    lsa_predictions *p;
    lsa_reduced_view view;
} run;

static run run_at(const char *rtol)
{
    char override[32];
    const char *overrides[] = {override};
    const lsa_model_options options = {.n_overrides = 1, .overrides = overrides};
    const lsa_program *program;
    lsa_error err;
    run r;
    lsa_error_clear(&err);
    snprintf(override, sizeof override, "flow.rtol=%s", rtol);
    check_status(lsa_model_load(LSA_MODELS "/theorem-4.1.yaml", &options, &r.model, &err), LSA_OK, &err);
    check_status(lsa_study_create(lsa_model_experiment(r.model, 0), NULL, &r.study, &err), LSA_OK, &err);
    check_status(lsa_study_predictions(r.study, &r.p, &err), LSA_OK, &err);
    check_status(lsa_study_trajectory(r.study, &r.trajectory, &err), LSA_OK, &err);
    check_status(lsa_study_program(r.study, &program, &err), LSA_OK, &err);
    check_status(lsa_study_reduced_view(r.study, program, &r.view, &err), LSA_OK, &err);
    return r;
}

static void clear(run *r)
{
    lsa_study_destroy(r->study);
    lsa_model_destroy(r->model);
}

/* |uU - Gamma^-1|_F / |Gamma^-1|_F */
static double product_error(const run *r, lsa_sample sample)
{
    const ptrdiff_t n = r->p->d * r->p->d;
    double *difference = lsa_vec_create(n);
    assert_non_null(difference);
    for (ptrdiff_t i = 0; i < n; i++)
        difference[i] = sample.state[r->view.u] * sample.state[r->view.U + i] - r->p->A[i];
    const double error = lsa_vec_norm(n, difference) / lsa_vec_norm(n, r->p->A);
    free(difference);
    return error;
}

static void raw_end_meets_the_theorem(void **state)
{
    (void)state;
    static const char *const asked[] = {"1e-8", "1e-10", "1e-11"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        const double rtol = strtod(asked[i], NULL);
        run r = run_at(asked[i]);
        const lsa_sample raw = lsa_trajectory_raw(r.trajectory), rescaled = lsa_trajectory_rescaled(r.trajectory);
        check_at_most(product_error(&r, raw), 1e-12);
        check_at_most(raw.gap, 1e-20);
        check_at_most(lsa_trajectory_conserved(r.trajectory, 0).drift, 40.0 * rtol * r.p->u * r.p->u);
        check_close(rescaled.state[r.view.u], r.p->u, 1e-13, 0.0);
        assert_int_equal(lsa_trajectory_classification(r.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
        clear(&r);
    }
}

/* The measure can fail: the limit with Gamma = Lambda, the 1/N terms forgotten, is far from the end. */
static void a_wrong_limit_is_seen(void **state)
{
    (void)state;
    run r = run_at("1e-8");
    const lsa_experiment *experiment = lsa_study_experiment(r.study);
    const lsa_setting law = {.context = INFINITY, .covariance = experiment->training.covariance};
    lsa_theory *theory;
    check_status(lsa_theory_create(&law, &theory, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(theory, r.p->d, r.p->A, NULL), LSA_OK, NULL);
    check_at_least(product_error(&r, lsa_trajectory_raw(r.trajectory)), 1e-2);
    lsa_theory_destroy(theory);
    clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(raw_end_meets_the_theorem),
                                       cmocka_unit_test(a_wrong_limit_is_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
