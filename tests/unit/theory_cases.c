/* The reference cases of kinds min, risk and shift (trained_on) against the closed forms. */
#include "cases.h"

#include "lsaflow/theory.h"

#include <math.h>
#include <stdlib.h>

static lsa_theory *theory_of(const lsa_theory_law *law)
{
    lsa_error err;
    lsa_theory *theory = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(law, &theory, &err), LSA_OK, &err);
    return theory;
}

/* A d*d input matrix; NULL, the identity, where it is absent. */
static lsa_second_moment moment(const lsa_case *c, const char *name, ptrdiff_t d)
{
    return (lsa_second_moment){.matrix = lsa_case_has(c, name) ? lsa_case_input(c, name, d * d) : NULL};
}

static void check_minimum(const lsa_case *c)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    const lsa_theory_law law = {.d = d,
                                .context = lsa_case_number(c, "N"),
                                .covariance = moment(c, "Lambda", d),
                                .task = moment(c, "Omega", d),
                                .label_noise = lsa_case_number_or(c, "sigma2", 0.0)};
    lsa_theory *theory = theory_of(&law);
    double *out = calloc((size_t)(d * d), sizeof *out), u;
    assert_non_null(out);
    lsa_theory_gamma(theory, out);
    lsa_case_check(c, "Gamma", out, d * d);
    check_status(lsa_theory_minimum(theory, d, out, NULL), LSA_OK, NULL);
    lsa_case_check(c, "A", out, d * d);
    check_status(lsa_theory_balanced(theory, &u, out, NULL), LSA_OK, NULL);
    lsa_case_check(c, "u", &u, 1);
    lsa_case_check(c, "U", out, d * d);
    const double loss = lsa_theory_minimum_loss(theory, d);
    lsa_case_check(c, "loss", &loss, 1);
    free(out);
    lsa_theory_destroy(theory);
}

static void check_risk(const lsa_case *c)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    const lsa_theory_law law = {.d = d, .context = lsa_case_number(c, "N"), .covariance = moment(c, "Lambda", d)};
    lsa_theory *theory = theory_of(&law);
    lsa_theory_error error, judged;
    const lsa_theory_moments moments = {.context = lsa_case_number(c, "M"),
                                        .covariance = law.covariance,
                                        .a = lsa_case_input(c, "a", d),
                                        .S = lsa_case_input(c, "Sigma", d * d),
                                        .best_linear = lsa_case_number(c, "base")};
    check_status(
        lsa_theory_test_error(theory, moments.context, moments.a, moments.S, moments.best_linear, &error, NULL), LSA_OK,
        NULL);
    check_status(lsa_theory_judge_moments(theory, &moments, &judged, NULL), LSA_OK, NULL);
    lsa_case_check(c, "base", &error.best_linear, 1);
    lsa_case_check(c, "term_M", &error.context_term, 1);
    lsa_case_check(c, "term_N", &error.training_term, 1);
    lsa_case_check(c, "error", &error.error, 1);
    lsa_case_check(c, "error", &judged.error, 1);
    lsa_case_check(c, "term_M", &judged.context_term, 1);
    lsa_theory_destroy(theory);
}

/* {"trained_on": {"Lambda": [[..]], "N": n}} */
static lsa_theory *trained_on(const lsa_case *c, ptrdiff_t d)
{
    const json_t *trained = json_object_get(c->input, "trained_on");
    const json_t *rows = json_object_get(trained, "Lambda");
    double *Lambda = calloc((size_t)(d * d), sizeof *Lambda);
    assert_non_null(Lambda);
    for (ptrdiff_t i = 0; i < d; i++)
        for (ptrdiff_t j = 0; j < d; j++)
            Lambda[i + j * d] = json_number_value(json_array_get(json_array_get(rows, (size_t)i), (size_t)j));
    const lsa_theory_law law = {
        .d = d, .context = json_number_value(json_object_get(trained, "N")), .covariance = {.matrix = Lambda}};
    lsa_theory *theory = theory_of(&law);
    free(Lambda);
    return theory;
}

static void check_shift(const lsa_case *c)
{
    if (!lsa_case_has(c, "trained_on"))
        return; /* all blocks: beyond the reduced layer's closed form */
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    lsa_theory *theory = trained_on(c, d);
    lsa_theory_error error;
    lsa_theory_shift shift = {.context = lsa_case_number(c, "M"),
                              .covariance = moment(c, "Lambda1", d),
                              .query = moment(c, "Lambda2", d),
                              .task = moment(c, "Omega", d),
                              .label_noise = lsa_case_number_or(c, "sigma2", 0.0)};
    check_status(lsa_theory_judge(theory, &shift, &error, NULL), LSA_OK, NULL);
    lsa_case_check(c, "error", &error.error, 1);
    const double loss = 0.5 * error.error;
    lsa_case_check(c, "loss", &loss, 1);
    shift.context = (double)INFINITY;
    check_status(lsa_theory_judge(theory, &shift, &error, NULL), LSA_OK, NULL);
    lsa_case_check(c, "error_infinite_M", &error.error, 1);
    lsa_theory_destroy(theory);
}

static void test_minimum(void **state)
{
    (void)state;
    lsa_cases_each("min", check_minimum);
}

static void test_risk(void **state)
{
    (void)state;
    lsa_cases_each("risk", check_risk);
}

static void test_shift(void **state)
{
    (void)state;
    lsa_cases_each("shift", check_shift);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_minimum), cmocka_unit_test(test_risk),
                                       cmocka_unit_test(test_shift)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
