/* The reference cases of kinds min, risk, shift (trained_on) and randcov against the closed forms. */
#include "cases.h"
#include "theory_setting.h"

#include "lsaflow/theory.h"
#include "lsaflow/theory_random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static lsa_theory *theory_of(const lsa_setting *law)
{
    lsa_error err;
    lsa_theory *theory = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(law, &theory, &err), LSA_OK, &err);
    return theory;
}

/* A d*d input matrix. */
static lsa_covariance moment(const lsa_case *c, const char *name, ptrdiff_t d)
{
    return *THEORY_MATRIX(d, lsa_case_input(c, name, d * d));
}

/* The same where it may be absent: *out, or NULL for the identity. */
static const lsa_covariance *task(const lsa_case *c, ptrdiff_t d, lsa_covariance *out)
{
    if (!lsa_case_has(c, "Omega"))
        return NULL;
    *out = moment(c, "Omega", d);
    return out;
}

static void check_minimum(const lsa_case *c)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    const lsa_covariance Lambda = moment(c, "Lambda", d);
    lsa_covariance Omega;
    const lsa_setting law = {.context = lsa_case_number(c, "N"),
                             .covariance = &Lambda,
                             .task_covariance = task(c, d, &Omega),
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
    const lsa_covariance Lambda = moment(c, "Lambda", d);
    const lsa_setting law = {.context = lsa_case_number(c, "N"), .covariance = &Lambda};
    lsa_theory *theory = theory_of(&law);
    lsa_theory_error error, judged;
    const lsa_setting moments = {.context = lsa_case_number(c, "M"),
                                 .covariance = &Lambda,
                                 .query_is_same = true,
                                 .task = LSA_TASK_MOMENTS,
                                 .task_vector = lsa_case_input(c, "a", d),
                                 .moment_covariance = lsa_case_input(c, "Sigma", d * d),
                                 .best_linear = lsa_case_number(c, "base")};
    check_status(lsa_theory_test_error(theory, moments.context, moments.task_vector, moments.moment_covariance,
                                       moments.best_linear, &error, NULL),
                 LSA_OK, NULL);
    check_status(lsa_theory_judge(theory, &moments, NULL, &judged, NULL), LSA_OK, NULL);
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
    const lsa_setting law = {.context = json_number_value(json_object_get(trained, "N")),
                             .covariance = THEORY_MATRIX(d, Lambda)};
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
    const lsa_covariance context = moment(c, "Lambda1", d), query = moment(c, "Lambda2", d);
    lsa_covariance Omega;
    lsa_theory_error error;
    lsa_setting shift = {.context = lsa_case_number(c, "M"),
                         .covariance = &context,
                         .query = &query,
                         .task_covariance = task(c, d, &Omega),
                         .label_noise = lsa_case_number_or(c, "sigma2", 0.0)};
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    lsa_case_check(c, "error", &error.error, 1);
    const double loss = 0.5 * error.error;
    lsa_case_check(c, "loss", &loss, 1);
    shift.context = (double)INFINITY;
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    lsa_case_check(c, "error_infinite_M", &error.error, 1);
    lsa_theory_destroy(theory);
}

/* {"law": name, "par": [..]} */
static lsa_law scalar_law(const json_t *entry)
{
    static const char *const names[] = {"point", "exponential", "uniform", "gamma", "two_point"};
    lsa_law law = {.kind = LSA_LAW_POINT};
    const char *name = json_string_value(json_object_get(entry, "law"));
    const json_t *par = json_object_get(entry, "par");
    size_t k = 0;
    while (k < 5 && strcmp(names[k], name) != 0)
        k++;
    assert_true(k < 5 && json_array_size(par) <= 3);
    law.kind = (lsa_law_kind)k;
    for (size_t i = 0; i < json_array_size(par); i++)
        law.parameter[i] = json_number_value(json_array_get(par, i));
    return law;
}

/* The fields *_at_M: one error for each M of the input. */
static void check_errors_at(const lsa_case *c, const char *field, const lsa_theory_random *random, lsa_setting shift)
{
    const ptrdiff_t count = lsa_case_length(c, "M");
    const double *M = lsa_case_input(c, "M", count);
    double *errors = calloc((size_t)count, sizeof *errors);
    lsa_theory_error error;
    assert_non_null(errors);
    for (ptrdiff_t k = 0; k < count; k++) {
        shift.context = M[k];
        check_status(lsa_theory_random_judge(random, &shift, &error, NULL), LSA_OK, NULL);
        errors[k] = error.error;
    }
    lsa_case_check(c, field, errors, count);
    free(errors);
}

static void check_infinite(const lsa_case *c, const char *field, const lsa_theory_random *random, lsa_setting shift)
{
    lsa_theory_error error;
    shift.context = (double)INFINITY;
    check_status(lsa_theory_random_judge(random, &shift, &error, NULL), LSA_OK, NULL);
    lsa_case_check(c, field, &error.error, 1);
}

static void diagonal(ptrdiff_t d, const double *matrix, double *out)
{
    for (ptrdiff_t i = 0; i < d; i++)
        out[i] = matrix[i * (d + 1)];
}

/* Trained at N; then in the limit of both lengths; then on one fixed covariance. */
static void check_random_law(const lsa_case *c, ptrdiff_t d, const lsa_covariance *covariance)
{
    lsa_theory_random *random = NULL, *limit = NULL;
    lsa_setting law = {.context = lsa_case_number(c, "N"), .covariance = covariance};
    double *full = calloc((size_t)(d * d), sizeof *full), *out = calloc((size_t)d, sizeof *out), u;
    assert_non_null(full);
    assert_non_null(out);
    check_status(lsa_theory_random_create(&law, &random, NULL), LSA_OK, NULL);
    law.context = (double)INFINITY;
    check_status(lsa_theory_random_create(&law, &limit, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_rates(random, full, NULL), LSA_OK, NULL);
    diagonal(d, full, out);
    lsa_case_check(c, "E_GammaLambda2", out, d);
    lsa_theory_random_signal(random, full);
    diagonal(d, full, out);
    lsa_case_check(c, "E_Lambda2", out, d);
    lsa_theory_random_minimum(random, full);
    diagonal(d, full, out);
    lsa_case_check(c, "A", out, d);
    lsa_theory_random_minimum(limit, full);
    diagonal(d, full, out);
    lsa_case_check(c, "A_infinite", out, d);
    lsa_theory_random_balanced(random, &u, NULL);
    lsa_case_check(c, "u", &u, 1);
    const double loss = lsa_theory_random_least_loss(random);
    lsa_case_check(c, "loss_min", &loss, 1);
    lsa_setting shift = {.covariance = covariance, .query_is_same = true};
    check_errors_at(c, "error_at_M", random, shift);
    check_infinite(c, "error_infinite", limit, shift);
    if (lsa_case_has(c, "test_Lambda")) {
        shift.covariance = THEORY_DIAGONAL(d, lsa_case_input(c, "test_Lambda", d));
        check_errors_at(c, "error_fixed_at_M", random, shift);
        check_infinite(c, "error_fixed_infinite", random, shift);
    }
    lsa_theory_random_destroy(random);
    lsa_theory_random_destroy(limit);
    free(full);
    free(out);
}

static void check_random(const lsa_case *c)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    const json_t *laws = json_object_get(c->input, "laws");
    lsa_law *entries = calloc((size_t)d, sizeof *entries);
    assert_non_null(entries);
    for (ptrdiff_t i = 0; i < d; i++)
        entries[i] = scalar_law(json_array_get(laws, (size_t)i));
    check_random_law(c, d, THEORY_LAWS(d, entries));
    free(entries);
}

static void test_random(void **state)
{
    (void)state;
    lsa_cases_each("randcov", check_random);
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
                                       cmocka_unit_test(test_shift), cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
