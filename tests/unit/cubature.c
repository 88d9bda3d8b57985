/* cubature.c - the exact mean of a squared error by cubature, against closed forms and against the compiled loss of
 * shipped statements. */
#include "lsaflow/cubature.h"
#include "empirical/cubature_rule.h"
#include "lsaflow/program.h"
#include "lsaflow/test_error.h"
#include "model_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The error of a model's training setting (test < 0) or of one of its tests, at the given parameters. */
static double error_of(const char *text, int test, const double *parameters)
{
    lsa_error err;
    lsa_cubature *cubature = NULL;
    lsa_cubature_sum sum;
    lsa_model *model = model_of(text);
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    check_status(lsa_cubature_create(e, test < 0 ? NULL : &e->tests[test], 1e6, &cubature, &err), LSA_OK, &err);
    lsa_cubature_error(cubature, parameters, &sum);
    lsa_cubature_destroy(cubature);
    lsa_model_destroy(model);
    check_at_least(sum.scale * (1.0 + 1e-14), fabs(sum.value));
    return sum.value;
}

static lsa_status status_of(const char *text, int test)
{
    lsa_error err;
    lsa_cubature *cubature = NULL;
    lsa_model *model = model_of(text);
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    const lsa_status status = lsa_cubature_create(e, test < 0 ? NULL : &e->tests[test], 1e6, &cubature, &err);
    lsa_cubature_destroy(cubature);
    lsa_model_destroy(model);
    return status;
}

#define GAUSSIANS "gaussians: {xq: {covariance: Lambda}, w: {covariance: Omega}}\n"

/* sum over heads of a summand without its index: (H b)^2. */
static void test_sum_over_heads(void **state)
{
    (void)state;
    const char *text = "statement:\n"
                       "  " GAUSSIANS "  parameters: {\"u[h]\": scalar, b: vector}\n"
                       "  prediction: \"sum(h, b' * xq)\"\n"
                       "  target: \"0 * w' * xq\"\n"
                       "data: {dimension: 1, context: 2, heads: 3}\n";
    check_close(error_of(text, -1, (double[]){1.0, 1.0, 1.0, 1.0}), 9.0, 1e-14, 0.0);
}

/* A scalar Gaussian with a symbol of its own keeps its variance without label noise; so does a vector. */
static void test_own_symbols(void **state)
{
    (void)state;
    const char *scalar = "statement:\n"
                         "  gaussians: {xq: {covariance: Lambda}, w: {covariance: Omega}, q0: {variance: t2}}\n"
                         "  parameters: {u: scalar}\n"
                         "  prediction: \"u * q0\"\n"
                         "  target: \"0 * w' * xq\"\n"
                         "data: {dimension: 1, context: 2, values: {t2: 3}}\n";
    const char *vector = "statement:\n"
                         "  gaussians: {xq: {covariance: Lambda}, w: {covariance: S}}\n"
                         "  parameters: {b: vector}\n"
                         "  prediction: \"b' * xq\"\n"
                         "  target: \"w' * xq\"\n"
                         "data: {dimension: 2, context: 2, values: {S: [[4, 0], [0, 4]]}}\n";
    check_close(error_of(scalar, -1, (double[]){1.0}), 3.0, 1e-14, 0.0);
    check_close(error_of(vector, -1, (double[]){0.0, 0.0}), 8.0, 1e-14, 0.0);
    check_close(error_of(vector, -1, (double[]){1e-3, 10.0}), 108.000001, 1e-14, 0.0);
    check_close(error_of(vector, -1, (double[]){10.0, 1e-3}), 108.000001, 1e-14, 0.0);
}

/* The size of the terms is at least the error itself, whatever signs the covariance's axes have (error_of). */
static void test_sizes(void **state)
{
    (void)state;
    const char *text = "statement:\n"
                       "  " GAUSSIANS "  parameters: {b: vector}\n"
                       "  prediction: \"b' * xq\"\n"
                       "  target: \"0 * w' * xq\"\n"
                       "data: {context: 2, covariance: {matrix: [[1, -0.9, 0.3], [-0.9, 1, -0.2], [0.3, -0.2, 1]]}}\n";
    check_close(error_of(text, -1, (double[]){1.0, -1.0, 0.5}), 2.0 + 1.8 + 0.25 + 0.3 + 0.2, 1e-14, 0.0);
    check_close(error_of(text, -1, (double[]){-1.0, 1.0, 0.0}), 3.8, 1e-14, 0.0);
    check_close(error_of(text, -1, (double[]){1.0, 1.0, 1.0}), 3.0 - 1.8 + 0.6 - 0.4, 1e-14, 0.0);
}

/* Omega as written is r^2/d I on the sphere, w w' of a fixed task: |b Omega|^2 + tr Omega. */
static void test_letters_of_the_task(void **state)
{
    (void)state;
    const char *text = "statement:\n"
                       "  " GAUSSIANS "  parameters: {b: vector}\n"
                       "  prediction: \"b' * Omega * xq\"\n"
                       "  target: \"w' * xq\"\n"
                       "data: {dimension: 2, context: 2, task_covariance: {scale: 2}}\n"
                       "tests: [{task: {sphere: 1}}, {task: {fixed: [1, 2]}}]\n";
    const double b[] = {1.0, 0.0};
    check_close(error_of(text, -1, b), 4.0 + 4.0, 1e-14, 0.0);
    check_close(error_of(text, 0, b), 0.25 + 1.0, 1e-14, 0.0);
    check_close(error_of(text, 1, b), 0.0 + 0.0, 0.0, 1e-14); /* (1, 2) - (1, 2) */
}

/* Lambda as written has no fourth moment. */
static void test_letters_beside_student(void **state)
{
    (void)state;
    const char *text = "statement:\n"
                       "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: "
                       "Omega}}\n"
                       "  parameters: {b: vector, c: scalar}\n"
                       "  prediction: \"b' * Lambda * xq + 0 * c * sum(i, x[i])' * xq\"\n"
                       "  target: \"w' * xq\"\n"
                       "data: {dimension: 1, context: 2}\n"
                       "tests: [{contexts: {student: 6}}]\n";
    check_close(error_of(text, 0, (double[]){1.0, 1.0}), 2.0, 1e-14, 0.0);
}

/* The query is the one of the target: b^2 + 9. */
static void test_query_shift(void **state)
{
    (void)state;
    const char *text = "statement:\n"
                       "  gaussians: {v: {covariance: Lambda}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
                       "  parameters: {b: vector}\n"
                       "  prediction: \"b' * v\"\n"
                       "  target: \"w' * xq\"\n"
                       "data: {dimension: 1, context: 2, label_noise: 0.5}\n"
                       "tests: [{query_covariance: {scale: 9}}, {query_covariance: {scale: 9}, query_noise: true}]\n";
    check_close(error_of(text, 0, (double[]){2.0}), 13.0, 1e-14, 0.0);
    check_close(error_of(text, 1, (double[]){2.0}), 13.5, 1e-14, 0.0);
}

/* E (sum_i u x_i^2 ...)^2 of Student t samples: E x^4 = 3 E tau^2, E x^8 = 105 E tau^4. */
static void test_student_moments(void **state)
{
    (void)state;
    const char *square = "statement:\n"
                         "  gaussians: {x: {covariance: Lambda, samples: N}}\n"
                         "  parameters: {u: scalar}\n"
                         "  prediction: \"u * sum(i, x[i]' * x[i])\"\n"
                         "  target: \"0\"\n"
                         "data: {dimension: 1, context: 2, covariance: {scale: 2}}\n"
                         "tests: [{contexts: {student: 10}}, {contexts: {student: 4}}]\n";
    const char *fourth = "statement:\n"
                         "  gaussians: {x: {covariance: Lambda, samples: N}}\n"
                         "  parameters: {u: scalar}\n"
                         "  prediction: \"u * sum(i, (x[i]' * x[i])^2)\"\n"
                         "  target: \"0\"\n"
                         "data: {dimension: 1, context: 1}\n"
                         "tests: [{contexts: {student: 10}}]\n";
    const double u[] = {1.0}, m2 = 64.0 / (8.0 * 6.0), m4 = 4096.0 / (8.0 * 6.0 * 4.0 * 2.0);
    check_close(error_of(square, 0, u), 4.0 * (2.0 * 3.0 * m2 + 2.0), 1e-13, 0.0);
    check_close(error_of(fourth, 0, u), 105.0 * m4, 1e-12, 0.0);
    assert_int_equal(status_of(square, 1), LSA_ERR_DOMAIN);
}

/* E (xq' xq)^2 of random covariances: E (tr^2 + 2 tr of the square). */
static void test_random_covariances(void **state)
{
    (void)state;
    const char *format =
        "statement:\n"
        "  gaussians: {xq: {covariance: Lambda}}\n"
        "  parameters: {u: scalar}\n"
        "  prediction: \"%s\"\n"
        "  target: \"0 * xq' * xq\"\n"
        "data: {dimension: 2, context: 2}\n"
        "tests:\n"
        "  - {covariance: {random: {diagonal: {law: exponential, mean: 2}}}}\n"
        "  - {covariance: {random: {diagonal: [{law: uniform, low: 1, high: 3}, {law: gamma, shape: 3, "
        "scale: 0.5}]}}}\n"
        "  - {covariance: {random: {diagonal: [{law: two-point, a: 1, b: 4, p: 0.25}, {law: point, "
        "value: 2}]}}}\n"
        "  - {covariance: {random: {mixture: [{weight: 0.25, covariance: {spectrum: [1, 2]}}, {weight: "
        "0.75, covariance: {matrix: [[2, 1], [1, 1]]}}]}}}\n"
        "  - {covariance: {random: {wishart: {dof: 3, scale: {spectrum: [2, 1]}}}}}\n"
        "  - {covariance: {random: {wishart: {dof: 1, scale: {spectrum: [2, 1]}}}}}\n";
    /* E tr^2, E tr of the square; Wishart W/k of scale S: E W^2 = k (k+1) S^2 + k S tr S, E tr^2 W = k^2 tr^2 + 2 k tr S^2 */
    const double want[][2] = {{8.0 + 8.0 + 2.0 * 4.0, 16.0},
                              {4.0 + 1.0 / 3.0 + 3.0 + 2.0 * 3.0, 4.0 + 1.0 / 3.0 + 3.0},
                              {0.25 * 9.0 + 0.75 * 36.0, 0.25 + 0.75 * 16.0 + 4.0},
                              {9.0, 0.25 * 5.0 + 0.75 * 7.0},
                              {9.0 + 2.0 / 3.0 * 5.0, 4.0 / 3.0 * 5.0 + 9.0 / 3.0},
                              {9.0 + 2.0 * 5.0, 2.0 * 5.0 + 9.0}};
    char text[2048];
    for (int t = 0; t < 6; t++) {
        snprintf(text, sizeof text, format, "u * xq' * xq");
        check_close(error_of(text, t, (double[]){1.0}), want[t][0] + 2.0 * want[t][1], 1e-13, 0.0);
        snprintf(text, sizeof text, format, "u * tr(Lambda)");
        check_close(error_of(text, t, (double[]){1.0}), want[t][0], 1e-13, 0.0);
    }
}

/* E (w1^2 w2)^2 ... on the sphere of R^3: E s_i^4 = 3/(d(d+2)), E s_1^2 s_2^2 = 1/(d(d+2)), E s_i^6 = 15/(d(d+2)(d+4)). */
static void test_sphere_moments(void **state)
{
    (void)state;
    const char *format = "statement:\n"
                         "  constants: {a: vector, c: vector}\n"
                         "  gaussians: {w: {covariance: Omega}}\n"
                         "  parameters: {u: scalar}\n"
                         "  prediction: \"u * %s\"\n"
                         "  target: \"0\"\n"
                         "data: {dimension: %d, context: 1, values: {a: [%s], c: [%s]}}\n"
                         "tests: [{task: {sphere: 2}}]\n";
    const char *first[] = {"1", "1, 0", "1, 0, 0", "1, 0, 0, 0"}, *second[] = {"1", "0, 1", "0, 1, 0", "0, 0, 0, 1"};
    char text[1024];
    for (int d = 1; d <= 4; d++) {
        const double m = d, cross = d == 1 ? 3.0 : 1.0;
        snprintf(text, sizeof text, format, "(a' * w) * (c' * w)", d, first[d - 1], second[d - 1]);
        check_close(error_of(text, 0, (double[]){1.0}), 16.0 * cross / (m * (m + 2.0)), 1e-13, 0.0);
        snprintf(text, sizeof text, format, "(c' * w)^3", d, first[d - 1], second[d - 1]);
        check_close(error_of(text, 0, (double[]){1.0}), 64.0 * 15.0 / (m * (m + 2.0) * (m + 4.0)), 1e-13, 0.0);
        snprintf(text, sizeof text, format, "((c' * w)^3 + a' * w)", d, first[d - 1], second[d - 1]);
        check_close(error_of(text, 0, (double[]){1.0}),
                    64.0 * 15.0 / (m * (m + 2.0) * (m + 4.0)) + 4.0 / m + (d == 1 ? 2.0 * 16.0 : 0.0), 1e-13, 0.0);
    }
}

/* Gaussian moments up to degree 12 and mixed parities. */
static void test_gaussian_moments(void **state)
{
    (void)state;
    const char *format = "statement:\n"
                         "  gaussians: {g: {variance: s2}, e: {variance: s2}}\n"
                         "  parameters: {u: scalar}\n"
                         "  prediction: \"%s\"\n"
                         "  target: \"0\"\n"
                         "data: {dimension: 1, context: 1, label_noise: 1}\n";
    const struct {
        const char *prediction;
        double want;
    } cases[] = {{"u * g^6", 10395.0},     {"u * g^3 + g^2 + g + 1", 15.0 + 3.0 + 1.0 + 1.0 + 2.0 * 3.0 + 2.0},
                 {"u * g^2 * e^2", 9.0},   {"u * (g + e)^2", 12.0},
                 {"u * (g + e) + 1", 3.0}, {"u * g * e^2 + g * e", 3.0 + 1.0},
                 {"u * (g + e)^3", 120.0}, {"u * (g * e + g + e)", 3.0}};
    char text[512];
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        snprintf(text, sizeof text, format, cases[k].prediction);
        check_close(error_of(text, -1, (double[]){1.0}), cases[k].want, 1e-13, 0.0);
    }
}

/* A covariance of rank one takes the points of one variable, however its null space is rounded. */
static double points_of(const char *covariance)
{
    char text[4096];
    lsa_error err;
    lsa_cubature *cubature = NULL;
    snprintf(text, sizeof text,
             "statement:\n  " GAUSSIANS "  parameters: {b: vector}\n  prediction: \"b' * xq\"\n  target: \"w' * xq\"\n"
             "data: {context: 2, covariance: %s}\n",
             covariance);
    lsa_model *model = model_of(text);
    check_status(lsa_cubature_create(lsa_model_experiment(model, 0), NULL, 1e6, &cubature, &err), LSA_OK, &err);
    const double points = lsa_cubature_points(cubature);
    lsa_cubature_destroy(cubature);
    lsa_model_destroy(model);
    return points;
}

static void test_rank_one(void **state)
{
    (void)state;
    enum { D = 9 };
    const double plain = points_of("{spectrum: [2, 0, 0, 0, 0, 0, 0, 0, 0]}");
    for (int k = 0; k < 10; k++) {
        char covariance[3000] = "{matrix: [";
        size_t used = strlen(covariance);
        for (int i = 0; i < D; i++)
            for (int j = 0; j < D; j++)
                used += (size_t)snprintf(covariance + used, sizeof covariance - used, "%s%.17g%s", j == 0 ? "[" : "",
                                         sin(1.3 * i + k) * sin(1.3 * j + k),
                                         j < D - 1   ? ", "
                                         : i < D - 1 ? "], "
                                                     : "]]}");
        check_close(points_of(covariance), plain, 0.0, 0.0);
    }
}

/* Refusals: too many points, no single query, an infinite context, a division by rho = 0. */
static void test_refusals(void **state)
{
    (void)state;
    const char *large = "statement: merged\ndata: {dimension: 12, context: 20}\n";
    const char *infinite = "statement: merged\ndata: {dimension: 1, context: .inf}\n";
    const char *mean = "statement:\n"
                       "  " GAUSSIANS "  parameters: {b: vector}\n"
                       "  prediction: \"b' * xq\"\n"
                       "  target: \"1\"\n"
                       "data: {dimension: 1, context: 2}\n"
                       "tests: [{mean: [1]}]\n";
    const char *empty = "statement:\n"
                        "  " GAUSSIANS "  parameters: {b: vector}\n"
                        "  prediction: \"1/rho * b' * xq\"\n"
                        "  target: \"1\"\n"
                        "data: {dimension: 1, context: 2}\n"
                        "tests: [{context: 0}]\n";
    lsa_error err;
    lsa_rule rule;
    lsa_arena *arena = lsa_arena_create();
    assert_int_equal(lsa_rule_student(arena, 7.5, 4, &rule, &err), LSA_ERR_DOMAIN);
    check_contains(err.text, "of 7.5 degrees of freedom have no moments of degree 8 ");
    lsa_arena_destroy(arena);
    assert_int_equal(status_of(large, -1), LSA_ERR_UNABLE);
    assert_int_equal(status_of(infinite, -1), LSA_ERR_UNABLE);
    assert_int_equal(status_of(mean, 0), LSA_ERR_UNABLE);
    assert_int_equal(status_of(empty, 0), LSA_ERR_DOMAIN);
}

/* ---- Against the derived loss ----------------------------------------------------------------------------------- */

static void fill(ptrdiff_t n, double *x, double phase)
{
    for (ptrdiff_t k = 0; k < n; k++)
        x[k] = sin(phase + 1.7 * (double)(k + 1));
}

static void check_sums(ptrdiff_t n, const double *derived, const lsa_cubature_sum *sum)
{
    for (ptrdiff_t k = 0; k < n; k++)
        check_close(derived[k], sum[k].value, 0.0, 1e-13 * sum[k].scale + sum[k].rounding);
}

/* Error, gradient and Hessian of the training setting. */
static void check_training(const lsa_experiment *e)
{
    lsa_error err;
    lsa_derivation *derivation = NULL;
    lsa_program *program = NULL;
    lsa_workspace *work = NULL;
    lsa_cubature *cubature = NULL;
    double user[32], state[32], direction[32], out[32];
    lsa_cubature_sum sum[32];
    const lsa_binding binding = lsa_binding_training(e);
    check_status(lsa_derive(e->statement, &(lsa_derive_options){.with_hessian = true}, &derivation, &err), LSA_OK,
                 &err);
    check_status(lsa_program_create(derivation, &binding, &program, &err), LSA_OK, &err);
    check_status(lsa_workspace_create(program, &work, &err), LSA_OK, &err);
    check_status(lsa_cubature_create(e, NULL, 1e6, &cubature, &err), LSA_OK, &err);
    const ptrdiff_t n = lsa_program_size(program);
    assert_int_equal(n, lsa_cubature_parameter_count(cubature));
    fill(n, user, 0.3);
    check_status(lsa_program_from_user(program, user, state, &err), LSA_OK, &err);
    out[0] = 2.0 * lsa_program_loss(program, work, state);
    lsa_cubature_error(cubature, user, sum);
    check_sums(1, out, sum);
    lsa_program_gradient(program, work, state, out);
    check_status(lsa_program_to_user(program, out, out, &err), LSA_OK, &err);
    lsa_cubature_gradient(cubature, user, sum);
    check_sums(n, out, sum);
    fill(n, user + n, 2.0);
    lsa_cubature_hessian(cubature, user, user + n, sum);
    check_status(lsa_program_from_user(program, user + n, direction, &err), LSA_OK, &err);
    lsa_program_hessian(program, work, state, direction, out);
    check_status(lsa_program_to_user(program, out, out, &err), LSA_OK, &err);
    check_sums(n, out, sum);
    lsa_cubature_destroy(cubature);
    lsa_workspace_destroy(work);
    lsa_program_destroy(program);
    lsa_derivation_destroy(derivation);
}

static void check_tests(const lsa_experiment *e)
{
    lsa_error err;
    lsa_test_evaluator *evaluator = NULL;
    double user[32], derived;
    lsa_cubature_sum sum;
    fill(32, user, 0.3);
    check_status(lsa_test_evaluator_create(e, &evaluator, &err), LSA_OK, &err);
    for (ptrdiff_t t = 0; t < e->n_tests; t++) {
        lsa_cubature *cubature = NULL;
        check_status(lsa_program_test_error(evaluator, &e->tests[t], user, &derived, &err), LSA_OK, &err);
        check_status(lsa_cubature_create(e, &e->tests[t], 2e6, &cubature, &err), LSA_OK, &err);
        lsa_cubature_error(cubature, user, &sum);
        check_sums(1, &derived, &sum);
        lsa_cubature_destroy(cubature);
    }
    lsa_test_evaluator_destroy(evaluator);
}

/* All shipped statements, under laws of every kind. */
static void test_shipped_statements(void **state)
{
    (void)state;
    const char *format =
        "statement: %s\n"
        "data: {dimension: 2, context: 2, covariance: {matrix: [[2, 0.5], [0.5, 1]]}, heads: %d, rank: 1,\n"
        "  task_covariance: {spectrum: [1.5, 0.5]}, label_noise: 0.25, normalise: %s}\n"
        "tests:\n"
        "  - {context: 1, query_covariance: {scale: 3}, task: {sphere: 2}, query_noise: true}\n"
        "  - {covariance: {spectrum: [3, 1]}, task: {fixed: [1, 2]}}\n"
        "  - {contexts: {student: 9}, context: 1}\n"
        "  - {covariance: {random: {diagonal: {law: exponential, mean: 1}}}, context: 1}\n"
        "  - {covariance: {random: {wishart: {dof: 3, scale: {spectrum: [2, 1]}}}}, context: 1}\n"
        "  - {covariance: {random: {mixture: [{weight: 0.5, covariance: identity}, {weight: 0.5, "
        "covariance: {spectrum: [2, 0]}}]}}, query_covariance: train}\n";
    const char *names[] = {"merged", "full", "full-masked", "separate", "multihead", "multihead-separate"};
    char text[2048];
    for (int k = 0; k < 6; k++) {
        snprintf(text, sizeof text, format, names[k], k < 4 ? 1 : 2, k % 2 ? "N" : "N+1");
        lsa_model *model = model_of(text);
        check_training(lsa_model_experiment(model, 0));
        check_tests(lsa_model_experiment(model, 0));
        lsa_model_destroy(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_over_heads),
        cmocka_unit_test(test_own_symbols),
        cmocka_unit_test(test_letters_of_the_task),
        cmocka_unit_test(test_letters_beside_student),
        cmocka_unit_test(test_query_shift),
        cmocka_unit_test(test_student_moments),
        cmocka_unit_test(test_random_covariances),
        cmocka_unit_test(test_sphere_moments),
        cmocka_unit_test(test_gaussian_moments),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_rank_one),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_shipped_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
