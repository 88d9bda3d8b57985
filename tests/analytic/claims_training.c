/* The claims on discrete training hold where they should, and reject slightly wrong predictions. */
#include "check.h"
#include "model_text.h"
#include "theory_setting.h"

#include "verify/sgd_spread.h"
#include "verify/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct fixture {
    lsa_model *model;
    lsa_study *study;
    lsa_predictions *p;
} fixture;

/* d = 3, N = 6, rotated: the limit differs from that of an infinite context by more than half its size. */
static fixture make_at(const char *claim, double sigma, const char *train)
{
    fixture f;
    char text[768];
    lsa_error err;
    lsa_error_clear(&err);
    snprintf(text, sizeof text,
             "statement: merged\n"
             "data: {context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}}\n"
             "init: {sigma: %g, theta: {random: 5}}\n"
             "monte_carlo: {relative_error: 0.15, seconds: 3600}\n"
             "claims: [%s]\n%s\n",
             sigma, claim, train);
    f.model = model_of(text);
    check_status(lsa_study_create(lsa_model_experiment(f.model, 0), NULL, &f.study, &err), LSA_OK, &err);
    check_status(lsa_study_predictions(f.study, &f.p, &err), LSA_OK, &err);
    return f;
}

static fixture make(const char *claim, const char *train)
{
    return make_at(claim, 0.3, train);
}

static void clear(fixture *f)
{
    lsa_study_destroy(f->study);
    lsa_model_destroy(f->model);
}

static lsa_claim_result judge(fixture *f, lsa_verdict verdict, const char *why)
{
    lsa_claim_result *results, result;
    ptrdiff_t count;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_verify(f->study, &results, &count, &err), LSA_OK, &err);
    assert_int_equal(count, 1);
    result = results[0];
    free(results);
    print_message("%s: %s (predicted %.6g, measured %.6g, tolerance %.3g): %s\n", result.name,
                  lsa_verdict_text(result.verdict), result.predicted, result.measured, result.tolerance, result.why);
    assert_int_equal(result.verdict, verdict);
    check_contains(result.why, why);
    return result;
}

static void check(const char *claim, const char *train, lsa_verdict verdict, const char *why)
{
    fixture f = make(claim, train);
    judge(&f, verdict, why);
    clear(&f);
}

/* ---------------------------------------------------------------- gradient descent */

static const char gd[] = "train: {method: gd, step_size: 0.01, steps: 3000, points: 60}";

static void speed_clock(void *context, lsa_study *study, lsa_predictions *p)
{
    (void)context;
    (void)study;
    p->step_time = 1.01;
}

/* At step 0.01 Euler's gap is some percent; that the flow's clock runs 1 % fast is seen. */
static void descent_follows_the_flow(void **state)
{
    (void)state;
    fixture f = make("gd-follows-flow", gd);
    const lsa_claim_result held = judge(&f, LSA_VERDICT_HOLDS, "");
    check_at_least(held.measured, 100.0 * held.tolerance);
    f.p->step_time = 1.01;
    lsa_study_alter(f.study, speed_clock, NULL); /* of the studies that confirm */
    judge(&f, LSA_VERDICT_FAILS, "");
    clear(&f);
}

/* Schedules stretch the steps as they stretch the flow's time. */
static void descent_by_schedules(void **state)
{
    (void)state;
    check("gd-follows-flow", "train: {method: gd, step_size: 0.02, steps: 2000, schedule: cosine, points: 40}",
          LSA_VERDICT_HOLDS, "");
    check("gd-follows-flow", "train: {method: gd, step_size: 0.02, steps: 2000, schedule: inverse, points: 40}",
          LSA_VERDICT_HOLDS, "");
}

static void descent_out_of_scope(void **state)
{
    (void)state;
    check("gd-follows-flow", "", LSA_VERDICT_NOT_APPLICABLE, "no key `train`");
    check("gd-follows-flow", "train: {steps: 10}", LSA_VERDICT_NOT_APPLICABLE, "method is not gd");
    check("gd-follows-flow", "train: {method: gd, step_size: 10, steps: 100}", LSA_VERDICT_NOT_APPLICABLE,
          "2/lambda_max");
    /* a start so far out that the first steps overshoot: extrapolation says nothing */
    fixture f = make_at("gd-follows-flow", 2.5, "train: {method: gd, step_size: 0.1, steps: 60}");
    judge(&f, LSA_VERDICT_INCONCLUSIVE, "too coarse");
    clear(&f);
}

/* ---------------------------------------------------------------- SGD */

/* The limit of an infinite context in place of the predicted one. */
static void forget_N(fixture *f)
{
    const lsa_experiment *experiment = lsa_study_experiment(f->study);
    const lsa_setting law = {.context = INFINITY, .covariance = experiment->training.covariance};
    lsa_theory *theory;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(&law, &theory, &err), LSA_OK, &err);
    check_status(lsa_theory_minimum(theory, 3, f->p->A, &err), LSA_OK, &err);
    lsa_theory_destroy(theory);
}

static const char *const trainings[] = {
    "train: {step_size: 0.04, schedule: inverse, decay: 500, steps: 3000, batch: 32, tail_average: 0.5}",
    "train: {step_size: 0.02, steps: 3000, batch: 32, tail_average: 0.5}",
    "train: {method: momentum, step_size: 0.003, schedule: cosine, steps: 3000, batch: 32, tail_average: 0.3}",
    "train: {step_size: 0.04, schedule: cosine, steps: 4000, batch: 64, tail_average: 0}"};

static void sgd_ends_at_the_limit(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof trainings / sizeof *trainings; k++) {
        fixture f = make("sgd-limit", trainings[k]);
        judge(&f, LSA_VERDICT_HOLDS, "expected");
        forget_N(&f);
        judge(&f, LSA_VERDICT_FAILS, "differs");
        clear(&f);
    }
}

static void sgd_out_of_scope(void **state)
{
    (void)state;
    check("sgd-limit", "", LSA_VERDICT_NOT_APPLICABLE, "no key `train`");
    check("sgd-limit", gd, LSA_VERDICT_NOT_APPLICABLE, "gd-follows-flow");
    check("sgd-limit", "train: {method: adam, steps: 10}", LSA_VERDICT_NOT_APPLICABLE, "not Adam");
    check("sgd-limit", "train: {tasks: 50, steps: 10}", LSA_VERDICT_NOT_APPLICABLE, "a fresh task");
    check("sgd-limit", "train: {step_size: 50, steps: 100}", LSA_VERDICT_NOT_APPLICABLE, "no divergence");
    check("sgd-limit", "train: {step_size: 0.02, steps: 600, batch: 1, tail_average: 0.5}", LSA_VERDICT_INCONCLUSIVE,
          "as narrow as asked");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(descent_follows_the_flow),
                                       cmocka_unit_test(descent_by_schedules), cmocka_unit_test(descent_out_of_scope),
                                       cmocka_unit_test(sgd_ends_at_the_limit), cmocka_unit_test(sgd_out_of_scope)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
