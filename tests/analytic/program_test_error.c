/* Test errors under other laws than the Gaussian's: tasks on a sphere, Student t contexts, Wishart covariances. */
#include "compiled.h"
#include "lsaflow/test_error.h"
#include <stdio.h>

static const double Lambda2[] = {2.0, 0.5, 0.5, 1.0}, Query2[] = {1.0, 0.2, 0.2, 0.5};

static void begin(lsa_compiled *c, const char *statement, ptrdiff_t d)
{
    static const double spectrum[] = {2.0, 0.5, 1.1};
    compiled_init(c, statement, NULL, d, 9.0, 1, 1);
    c->setting.experiment.training.covariance =
        d == 2 ? fixture_matrix(&c->setting, 2, Lambda2) : fixture_diagonal(&c->setting, d, spectrum);
    compiled_make(c, 3);
}

static lsa_setting test_of(lsa_compiled *c, lsa_task_kind task, double context)
{
    return (lsa_setting){.name = "t",
                         .context = context,
                         .covariance = c->binding.setting.covariance,
                         .query_is_same = true,
                         .task = task,
                         .task_covariance = c->binding.setting.task_covariance,
                         .label_noise = 0.3};
}

static lsa_status try_error(lsa_compiled *c, const lsa_setting *test, double *error)
{
    lsa_test_evaluator *evaluator = NULL;
    check_status(lsa_test_evaluator_create(&c->setting.experiment, &evaluator, &c->err), LSA_OK, &c->err);
    const lsa_status status = lsa_program_test_error(evaluator, test, c->user, error, &c->err);
    lsa_test_evaluator_destroy(evaluator);
    return status;
}

static double error_of(lsa_compiled *c, const lsa_setting *test)
{
    double error = 0.0;
    check_status(try_error(c, test, &error), LSA_OK, &c->err);
    return error;
}

static void refused(lsa_compiled *c, const lsa_setting *test, lsa_status status, const char *text)
{
    double error = 0.0;
    check_status(try_error(c, test, &error), status, &c->err);
    check_contains(c->err.text, text);
}

/* ---- the sphere ---- */

/* Unit vectors whose mean of any polynomial of degree 5 is that over the sphere: a heptagon, and the icosahedron. */
static ptrdiff_t design(ptrdiff_t d, double *w)
{
    const double golden = 0.5 * (1.0 + sqrt(5.0)), length = sqrt(1.0 + golden * golden);
    if (d == 2) {
        for (int k = 0; k < 7; k++) {
            w[2 * k] = cos(2.0 * 3.14159265358979323846 * k / 7.0);
            w[2 * k + 1] = sin(2.0 * 3.14159265358979323846 * k / 7.0);
        }
        return 7;
    }
    for (int k = 0; k < 12; k++) { /* cyclic permutations of (0, +-1, +-golden) */
        w[3 * k + k / 4] = 0.0;
        w[3 * k + (k / 4 + 1) % 3] = (k % 2 ? 1.0 : -1.0) / length;
        w[3 * k + (k / 4 + 2) % 3] = (k / 2 % 2 ? golden : -golden) / length;
    }
    return 12;
}

static void sphere_is_the_mean_over_fixed_tasks(void **state)
{
    const double radius = 1.7;
    (void)state;
    for (int k = 0; k < 4; k++) {
        lsa_compiled c;
        const ptrdiff_t d = 2 + k / 2;
        double w[36], mean = 0.0;
        begin(&c, k % 2 ? "full" : "merged", d);
        const ptrdiff_t n = design(d, w);
        lsa_vec_scale(n * d, radius, w);
        for (ptrdiff_t i = 0; i < n; i++) {
            lsa_setting test = test_of(&c, LSA_TASK_FIXED, 6.0);
            test.task_vector = w + i * d;
            mean += error_of(&c, &test) / (double)n;
        }
        lsa_setting test = test_of(&c, LSA_TASK_SPHERE, 6.0);
        test.radius = radius;
        test.task_covariance = fixture_scalar(&c.setting, d, radius * radius / (double)d);
        check_close(error_of(&c, &test), mean, 1e-13, 0.0);
        /* A Gaussian of the same second moment: the same for the reduced layer, another error for the whole one. */
        test = test_of(&c, LSA_TASK_GAUSSIAN, 6.0);
        test.task_covariance = fixture_scalar(&c.setting, d, radius * radius / (double)d);
        if (k % 2)
            assert_true(fabs(error_of(&c, &test) / mean - 1.0) > 1e-3);
        else
            check_close(error_of(&c, &test), mean, 1e-13, 0.0);
        compiled_clear(&c);
    }
}

/* ---- Student t contexts ---- */

/* With one sample, x = sqrt(tau) z has the covariance tau Lambda: the mean over tau = 1 +- r, r^2 = 2/(nu - 4). For M
 * samples the difference to the Gaussian error falls like 1/M. */
static void student_is_a_mean_over_scales(void **state)
{
    const double nu = 9.0, r = sqrt(2.0 / (nu - 4.0));
    (void)state;
    for (int k = 0; k < 6; k++) {
        lsa_compiled c;
        double mean = 0.0;
        begin(&c, k % 3 == 0 ? "merged" : k % 3 == 1 ? "full" : "full-masked", 2);
        lsa_setting test = test_of(&c, k < 3 ? LSA_TASK_GAUSSIAN : LSA_TASK_SPHERE, 1.0);
        test.radius = 1.3;
        test.query = fixture_matrix(&c.setting, 2, k < 3 ? Lambda2 : Query2);
        test.query_is_same = false;
        const double gaussian = error_of(&c, &test);
        for (int side = -1; side <= 1; side += 2) {
            lsa_setting scaled = test;
            double matrix[4];
            for (int i = 0; i < 4; i++)
                matrix[i] = (1.0 + side * r) * Lambda2[i];
            scaled.covariance = fixture_matrix(&c.setting, 2, matrix);
            mean += 0.5 * error_of(&c, &scaled);
        }
        test.student = nu;
        check_close(error_of(&c, &test), mean, 1e-13, 0.0);
        assert_true(fabs(mean / gaussian - 1.0) > 1e-3);
        test.query_is_same = k < 3; /* the query is Gaussian in either case */
        check_close(error_of(&c, &test), mean, 1e-13, 0.0);
        test.context = 8.0;
        lsa_setting plain = test;
        plain.student = 0.0;
        check_close(error_of(&c, &test) - error_of(&c, &plain), (mean - gaussian) / 8.0, 1e-11, 0.0);
        test.context = plain.context = INFINITY;
        check_close(error_of(&c, &test), error_of(&c, &plain), 1e-14, 0.0);
        compiled_clear(&c);
    }
}

/* (W20), elliptical contexts: E[C Omega C] = (1-1/M) L Omega L + (kappa/M)(2 L Omega L + tr(L Omega) L). */
static void student_has_the_closed_form(void **state)
{
    const double M = 7.0, nu = 6.5, kappa = (nu - 2.0) / (nu - 4.0), s2 = 0.3;
    double G[4], LL[4], uU[4], GU[4], GUL[4];
    lsa_compiled c;
    (void)state;
    begin(&c, "merged", 2);
    lsa_setting test = test_of(&c, LSA_TASK_GAUSSIAN, M);
    test.student = nu;
    lsa_mat_product(false, false, 2, 2, 2, 1.0, Lambda2, Lambda2, 0.0, LL);
    for (int i = 0; i < 4; i++) {
        G[i] = (1.0 - 1.0 / M) * LL[i] + kappa / M * (2.0 * LL[i] + 3.0 * Lambda2[i]) + s2 / M * Lambda2[i];
        uU[i] = c.user[0] * c.user[1 + i];
    }
    lsa_mat_product(false, false, 2, 2, 2, 1.0, G, uU, 0.0, GU);
    lsa_mat_product(false, false, 2, 2, 2, 1.0, GU, Lambda2, 0.0, GUL);
    const double want = 3.0 - 2.0 * lsa_mat_inner(2, 2, LL, uU) + lsa_mat_inner(2, 2, GUL, uU);
    check_close(error_of(&c, &test), want, 1e-13, 0.0);
    compiled_clear(&c);
}

/* ---- random covariances ---- */

/* A law that leaves nothing to chance, and a Wishart law of many degrees of freedom. */
static void random_covariances_in_tests(void **state)
{
    lsa_compiled c;
    (void)state;
    begin(&c, "full", 2);
    lsa_setting test = test_of(&c, LSA_TASK_FIXED, 6.0);
    test.task_vector = Query2;
    const double fixed = error_of(&c, &test);
    const double weights[] = {0.25, 0.75};
    const lsa_covariance components[] = {*c.binding.setting.covariance, *c.binding.setting.covariance};
    lsa_covariance *mixture = fixture_covariance(&c.setting, LSA_COVARIANCE_MIXTURE, 2);
    mixture->n_components = 2;
    mixture->weights = weights;
    mixture->components = components;
    test.covariance = mixture;
    check_close(error_of(&c, &test), fixed, 1e-13, 0.0);
    lsa_covariance *wishart = fixture_covariance(&c.setting, LSA_COVARIANCE_WISHART, 2);
    wishart->scale = c.binding.setting.covariance;
    test.covariance = wishart;
    double excess[2];
    for (int k = 0; k < 2; k++) { /* the excess over the fixed error falls like 1/dof */
        wishart->dof = k == 0 ? 1e6 : 2e6;
        excess[k] = error_of(&c, &test) - fixed;
    }
    assert_true(excess[1] != 0.0);
    check_close(excess[0] / excess[1], 2.0, 1e-4, 0.0);
    test.query_is_same = false;
    test.query = c.binding.setting.covariance;
    assert_true(isfinite(error_of(&c, &test)));
    compiled_clear(&c);
}

/* ---- refusals ---- */

static void what_cannot_be_averaged_is_named(void **state)
{
    static const double mean[] = {0.0, 0.1};
    lsa_compiled c;
    (void)state;
    begin(&c, "merged", 2);
    lsa_setting test = test_of(&c, LSA_TASK_TEACHER, 5.0);
    refused(&c, &test, LSA_ERR_UNABLE, "not linear");
    test = test_of(&c, LSA_TASK_DATA, 5.0);
    refused(&c, &test, LSA_ERR_UNABLE, "not linear");
    test = test_of(&c, LSA_TASK_MOMENTS, 5.0);
    refused(&c, &test, LSA_ERR_UNABLE, "moments");
    test = test_of(&c, LSA_TASK_GAUSSIAN, 1.0);
    test.query_orthogonal = true;
    refused(&c, &test, LSA_ERR_UNABLE, "depends on the context");
    test = test_of(&c, LSA_TASK_GAUSSIAN, 5.0);
    test.mean = mean;
    refused(&c, &test, LSA_ERR_UNABLE, "mean");
    test.mean = NULL;
    test.student = 4.0;
    refused(&c, &test, LSA_ERR_DOMAIN, "infinite");
    test.context = 0.0;
    check_close(error_of(&c, &test), 3.0, 1e-14, 0.0); /* E target^2 = tr Lambda */
    test = test_of(&c, LSA_TASK_GAUSSIAN, 5.0);
    lsa_covariance *wishart = fixture_covariance(&c.setting, LSA_COVARIANCE_WISHART, 2);
    wishart->scale = c.binding.setting.covariance;
    wishart->dof = 5.0;
    test.task_covariance = wishart;
    refused(&c, &test, LSA_ERR_UNABLE, "random task");
    compiled_clear(&c);
}

/* ---- moments follow draws ---- */

/* Makes the statement of that prediction, in dimension 2 with five samples. */
static void make_own(lsa_compiled *c, const char *prediction)
{
    static const char form[] =
        "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: "
        "{covariance: Omega}}, parameters: {u: scalar}, prediction: \"%s\", target: \"w' * xq\"}";
    char *text = NULL;
    compiled_init(c, "merged", NULL, 2, 5.0, 1, 1);
    text = lsa_arena_alloc(c->setting.arena, strlen(form) + strlen(prediction), 1);
    assert_non_null(text);
    sprintf(text, form, prediction);
    c->setting.experiment.statement = fixture_statement(&c->setting, "inline", text);
    c->setting.experiment.training.covariance = fixture_matrix(&c->setting, 2, Lambda2);
    compiled_make(c, 1);
}

/* N in the prediction is a number and counts no samples: the same as rho. */
static void a_named_context_length_is_a_number(void **state)
{
    static const char *const texts[] = {"u / rho * sum(i, w' * x[i] * x[i]') * xq",
                                        "u / N * sum(i, w' * x[i] * x[i]') * xq",
                                        "u * N / rho^2 * sum(i, w' * x[i] * x[i]') * xq"};
    double error[3];
    (void)state;
    for (int k = 0; k < 3; k++) {
        lsa_compiled c;
        make_own(&c, texts[k]);
        lsa_setting test = test_of(&c, LSA_TASK_GAUSSIAN, 5.0);
        test.student = 9.0;
        error[k] = error_of(&c, &test);
        check_close(error[k], error[0], 1e-14, 0.0);
        test.context = 0.0;
        if (k == 1)
            refused(&c, &test, LSA_ERR_DOMAIN, "divides by N");
        compiled_clear(&c);
    }
}

/* Lambda and Omega in the prediction are matrices, whatever the law of the draws: with a sample each, the errors of
 * u w'Lambda^2 xq and u w'Omega^2 xq know no fourth moment. */
static void named_covariances_are_matrices(void **state)
{
    static const char *const texts[] = {"u * w' * Lambda * Lambda * xq", "u * w' * Omega * Omega * xq"};
    (void)state;
    for (int k = 0; k < 2; k++) {
        lsa_compiled c;
        make_own(&c, texts[k]);
        lsa_setting test = test_of(&c, LSA_TASK_GAUSSIAN, 5.0);
        test.task_covariance = fixture_scalar(&c.setting, 2, 0.5);
        const double gaussian = error_of(&c, &test);
        if (k == 0) {
            test.student = 5.0;
        } else {
            test.task = LSA_TASK_SPHERE;
            test.radius = 1.0;
        }
        check_close(error_of(&c, &test), gaussian, 1e-14, 0.0);
        compiled_clear(&c);
    }
    lsa_compiled c; /* a fixed w has the second moment w w' */
    const double w[] = {0.5, -1.5}, L = Lambda2[0], cross = Lambda2[1], R = Lambda2[3];
    make_own(&c, "u * w' * Omega * xq");
    lsa_setting test = test_of(&c, LSA_TASK_FIXED, 5.0);
    test.task_vector = w;
    const double form = w[0] * w[0] * L + 2.0 * w[0] * w[1] * cross + w[1] * w[1] * R;
    const double factor = c.user[0] * (w[0] * w[0] + w[1] * w[1]) - 1.0; /* prediction - target = factor w'xq */
    check_close(error_of(&c, &test), factor * factor * form, 1e-13, 0.0);
    compiled_clear(&c);
}

/* With one sample a loss of degree 8 in it is a polynomial of degree 4 in tau, known by its values at tau = 0 .. 4, and
 * E tau^m = prod_{k <= m} (nu - 2)/(nu - 2k). */
static void higher_moments_are_those_of_the_law(void **state)
{
    const double nu = 11.0;
    double difference[5], power[5] = {1.0}, mean = 0.0, moment[5] = {1.0};
    lsa_compiled c;
    (void)state;
    make_own(&c, "u / rho^2 * sum(i, w' * x[i] * x[i]') * sum(i, x[i] * x[i]') * xq");
    for (int tau = 0; tau < 5; tau++) {
        double scaled[4];
        lsa_setting test = test_of(&c, LSA_TASK_GAUSSIAN, 1.0);
        for (int i = 0; i < 4; i++)
            scaled[i] = tau * Lambda2[i];
        test.query_is_same = false;
        test.query = test.covariance;
        test.covariance = tau == 0 ? fixture_scalar(&c.setting, 2, 0.0) : fixture_matrix(&c.setting, 2, scaled);
        difference[tau] = error_of(&c, &test);
    }
    for (int order = 1; order < 5; order++) /* divided differences at the integers */
        for (int tau = 4; tau >= order; tau--)
            difference[tau] = (difference[tau] - difference[tau - 1]) / order;
    for (int m = 1; m < 5; m++)
        moment[m] = moment[m - 1] * (nu - 2.0) / (nu - 2.0 * m);
    for (int order = 0; order < 5; order++) { /* power: coefficients of tau (tau - 1) .. (tau - order + 1) */
        for (int m = 0; m <= order; m++)
            mean += difference[order] * power[m] * moment[m];
        for (int m = order + 1; m > 0 && order < 4; m--)
            power[m] = power[m - 1] - order * power[m];
        power[0] *= order == 0 ? 0.0 : -order;
    }
    lsa_setting test = test_of(&c, LSA_TASK_GAUSSIAN, 1.0);
    test.student = nu;
    check_close(error_of(&c, &test), mean, 1e-10, 0.0);
    test.student = 8.0;
    refused(&c, &test, LSA_ERR_DOMAIN, "no moments of order 8");
    compiled_clear(&c);
}

/* Student contexts of a Wishart covariance: at many degrees of freedom those of its mean. */
static void student_and_wishart_together(void **state)
{
    lsa_compiled c;
    (void)state;
    begin(&c, "full", 2);
    lsa_setting test = test_of(&c, LSA_TASK_GAUSSIAN, 6.0);
    test.student = 9.0;
    const double fixed = error_of(&c, &test);
    lsa_covariance *wishart = fixture_covariance(&c.setting, LSA_COVARIANCE_WISHART, 2);
    wishart->scale = c.binding.setting.covariance;
    test.covariance = wishart;
    wishart->dof = 1e9;
    check_close(error_of(&c, &test), fixed, 1e-7, 0.0);
    wishart->dof = 5.0;
    assert_true(error_of(&c, &test) > 1.1 * fixed);
    compiled_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sphere_is_the_mean_over_fixed_tasks), cmocka_unit_test(student_is_a_mean_over_scales),
        cmocka_unit_test(student_has_the_closed_form),         cmocka_unit_test(random_covariances_in_tests),
        cmocka_unit_test(what_cannot_be_averaged_is_named),    cmocka_unit_test(a_named_context_length_is_a_number),
        cmocka_unit_test(named_covariances_are_matrices),      cmocka_unit_test(higher_moments_are_those_of_the_law),
        cmocka_unit_test(student_and_wishart_together)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
