/* Nonlinear teachers: closed forms against adaptive quadrature, and their labels against exact cubature. */
#include "check.h"
#include "theory_setting.h"

#include "base/special.h"
#include "lsaflow/theory_labels.h"

#include <math.h>

static const double wild[13] = {0.3, -1.0, 0.2, 0.5, -0.1, 0.02, 0.01, -0.003, 0.001, 2e-4, -1e-4, 1e-5, 3e-6};
static const lsa_teacher teachers[] = {{.kind = LSA_TEACHER_RELU},
                                       {.kind = LSA_TEACHER_SIGN},
                                       {.kind = LSA_TEACHER_CUBIC},
                                       {.kind = LSA_TEACHER_QUADRATIC},
                                       {.kind = LSA_TEACHER_SINE, .frequency = 1.7},
                                       {.kind = LSA_TEACHER_SINE, .frequency = 1e-3},
                                       {.kind = LSA_TEACHER_SINE, .frequency = 30.0},
                                       {.kind = LSA_TEACHER_POLYNOMIAL, .n_coefficients = 13, .coefficients = wild}};
enum { TEACHERS = sizeof teachers / sizeof *teachers };

/* ---- Quadrature ---- */

typedef struct problem {
    const lsa_teacher *teacher;
    double m, sigma, direction; /* direction -1: the half line below the kink, turned round */
    double at;                  /* the kink, in Z */
    int square, power;
    double affine[2]; /* subtracted from g before the square: the rest */
} problem;

static double integrand(double step, void *context)
{
    const problem *p = context;
    const double Z = p->at + p->direction * step;
    double g = lsa_theory_teacher_value(p->teacher, p->m + p->sigma * Z) - p->affine[0] - p->affine[1] * Z;
    if (step == 0.0 && p->teacher->kind == LSA_TEACHER_SIGN)
        g = p->direction;
    return (p->square ? g * g : g) * pow(Z, p->power) * exp(-0.5 * Z * Z) / sqrt(2.0 * acos(-1.0));
}

/* Over both half lines, in unit steps, so that no rule sees too many oscillations; beyond 20 there is nothing. */
static double expectation(problem p)
{
    double sum = 0.0, piece;
    p.at = -p.m / p.sigma;
    const double kink = p.at;
    for (int side = -1; side <= 1; side += 2)
        for (int k = 0; k < 24; k++) {
            p.direction = (double)side;
            p.at = kink + side * k;
            if (fabs(p.at) > 20.0)
                continue;
            lsa_quadrature(integrand, &p, 0.0, 1.0, 1.0, &piece, NULL); /* the absolute error counts, and is tiny */
            sum += piece;
        }
    return sum;
}

static void check_teacher(const lsa_teacher *teacher, double m, double sigma)
{
    lsa_theory_teacher_moments got;
    problem p = {.teacher = teacher, .m = m, .sigma = sigma};
    check_status(lsa_theory_teacher_moments_at(teacher, m, sigma, &got, NULL), LSA_OK, NULL);
    const double size = sqrt(got.square[0]);
    check_close(got.mean, expectation(p), 0.0, 1e-12 * size);
    p.power = 1;
    check_close(got.slope, expectation(p), 0.0, 1e-12 * size);
    p.square = 1;
    for (p.power = 0; p.power < 3; p.power++)
        check_close(got.square[p.power], expectation(p), 0.0, 1e-12 * fmax(got.square[0], got.square[2]));
    p.power = 0;
    p.affine[0] = got.mean;
    p.affine[1] = got.slope;
    check_close(got.rest, expectation(p), 1e-10, 1e-13 * got.square[0]);
}

static void test_moments(void **state)
{
    (void)state;
    for (int k = 0; k < TEACHERS; k++) {
        check_teacher(&teachers[k], 0.0, 1.0);
        check_teacher(&teachers[k], 0.0, 0.3);
        check_teacher(&teachers[k], 0.8, 1.2);
        check_teacher(&teachers[k], -1.5, 0.7);
    }
}

/* By hand: relu slope 1/2, square 1/2, rest 1/4 - 1/(2 pi); cubic slope 3, square 15, rest 6; sign slope sqrt(2/pi). */
static void test_by_hand(void **state)
{
    (void)state;
    const double pi = acos(-1.0);
    lsa_theory_teacher_moments x;
    check_status(lsa_theory_teacher_moments_at(&teachers[0], 0.0, 1.0, &x, NULL), LSA_OK, NULL);
    check_close(x.slope, 0.5, 1e-15, 0.0);
    check_close(x.square[0], 0.5, 1e-15, 0.0);
    check_close(x.square[2], 1.5, 1e-15, 0.0);
    check_close(x.rest, 0.25 - 0.5 / pi, 1e-15, 0.0);
    check_status(lsa_theory_teacher_moments_at(&teachers[1], 0.0, 2.0, &x, NULL), LSA_OK, NULL);
    check_close(x.slope, sqrt(2.0 / pi), 1e-15, 0.0);
    check_close(x.rest, 1.0 - 2.0 / pi, 1e-15, 0.0);
    check_status(lsa_theory_teacher_moments_at(&teachers[2], 0.0, 1.0, &x, NULL), LSA_OK, NULL);
    check_close(x.slope, 3.0, 1e-15, 0.0);
    check_close(x.square[0], 15.0, 1e-15, 0.0);
    check_close(x.rest, 6.0, 1e-15, 0.0);
    /* A slow sine is nearly linear: the rest is f^6/6, far below the rounding of its square. */
    check_status(lsa_theory_teacher_moments_at(&teachers[5], 0.0, 1.0, &x, NULL), LSA_OK, NULL);
    check_close(x.rest, 1e-18 / 6.0, 1e-5, 0.0);
    /* No variation: g is a constant. */
    check_status(lsa_theory_teacher_moments_at(&teachers[2], 2.0, 0.0, &x, NULL), LSA_OK, NULL);
    check_close(x.mean, 8.0, 0.0, 0.0);
    check_close(x.rest, 0.0, 0.0, 0.0);
}

/* ---- Labels ---- */

/* Gauss-Hermite of five nodes a dimension: exact up to degree 9, and y^2 x x' has degree 8. */
static const double nodes[5] = {-2.856970013872806, -1.355626179974266, 0.0, 1.355626179974266, 2.856970013872806};
static const double weights[5] = {0.011257411327720689, 0.22207592200561265, 0.53333333333333333, 0.22207592200561265,
                                  0.011257411327720689};
static const double factor[4] = {1.0, 0.5, 0.0, 0.6}; /* covariance = factor factor' */
static const double covariance[4] = {1.0, 0.5, 0.5, 0.61};

typedef struct exact {
    double h[2], yy, M[4], second[4]; /* E[xy], E[y^2], E[y^2 x x'], E[x x'] */
} exact;

static exact cubature(const lsa_teacher *teacher, const double *v, const double *mean, double noise)
{
    exact out = {.yy = 0.0};
    for (int a = 0; a < 5; a++)
        for (int b = 0; b < 5; b++) {
            const double p = weights[a] * weights[b];
            const double x[2] = {mean[0] + factor[0] * nodes[a] + factor[2] * nodes[b],
                                 mean[1] + factor[1] * nodes[a] + factor[3] * nodes[b]};
            const double y = lsa_theory_teacher_value(teacher, v[0] * x[0] + v[1] * x[1]), yy = y * y + noise;
            out.yy += p * yy;
            for (int i = 0; i < 2; i++) {
                out.h[i] += p * y * x[i];
                for (int j = 0; j < 2; j++) {
                    out.M[i + 2 * j] += p * yy * x[i] * x[j];
                    out.second[i + 2 * j] += p * x[i] * x[j];
                }
            }
        }
    return out;
}

/* Labels of a teacher along v, with noise in context and query. */
static lsa_setting taught(const lsa_covariance *Lambda, const double *mean, const lsa_teacher *teacher, const double *v,
                          double noise)
{
    return (lsa_setting){.context = 5.0,
                         .covariance = Lambda,
                         .query_is_same = true,
                         .mean = mean,
                         .task = LSA_TASK_TEACHER,
                         .teacher = *teacher,
                         .task_vector = v,
                         .label_noise = noise,
                         .query_noise = noise > 0.0};
}

static void check_labels(const lsa_teacher *teacher, const double *mean)
{
    const double v[2] = {0.8, -0.5}, zero[2] = {0.0, 0.0}, noise = 0.25;
    double a[2], S[4], best, h[2], want[4], explained = 0.0;
    const exact e = cubature(teacher, v, mean != NULL ? mean : zero, noise);
    const lsa_setting test = taught(THEORY_MATRIX(2, covariance), mean, teacher, v, noise);
    check_status(lsa_theory_teacher_labels(&test, a, S, &best, NULL), LSA_OK, NULL);
    for (int i = 0; i < 2; i++) {
        h[i] = e.second[i] * a[0] + e.second[i + 2] * a[1];
        explained += e.h[i] * a[i];
    }
    for (int k = 0; k < 4; k++)
        want[k] = e.M[k] - e.h[k % 2] * e.h[k / 2];
    check_vector_close(2, h, e.h, 1e-13, 0.0);
    check_vector_close(4, S, want, 1e-13, 0.0);
    check_close(best, e.yy - explained, 1e-12, 0.0);
}

static void test_labels(void **state)
{
    (void)state;
    const double mean[2] = {0.7, 0.4}, linear[2] = {0.0, 2.0}, mixed[4] = {0.5, -1.0, 0.3, 0.2};
    const lsa_teacher more[3] = {{.kind = LSA_TEACHER_POLYNOMIAL, .n_coefficients = 2, .coefficients = linear},
                                 {.kind = LSA_TEACHER_POLYNOMIAL, .n_coefficients = 4, .coefficients = mixed},
                                 {.kind = LSA_TEACHER_CUBIC}};
    for (int k = 0; k < 3; k++) {
        check_labels(&more[k], NULL);
        check_labels(&more[k], mean);
    }
}

/* A linear teacher is a linear task. */
static void test_linear_teacher(void **state)
{
    (void)state;
    const double v[2] = {0.8, -0.5}, linear[2] = {0.0, 1.0};
    const lsa_teacher teacher = {.kind = LSA_TEACHER_POLYNOMIAL, .n_coefficients = 2, .coefficients = linear};
    double a[2], S[4], best;
    lsa_theory *theory = NULL;
    lsa_theory_error linear_task, labels;
    const lsa_covariance moment = *THEORY_MATRIX(2, covariance);
    check_status(lsa_theory_create(&(lsa_setting){.context = 8.0, .covariance = &moment}, &theory, NULL), LSA_OK, NULL);
    const lsa_setting test = taught(&moment, NULL, &teacher, v, 0.3);
    lsa_setting same = test;
    same.task = LSA_TASK_FIXED;
    check_status(lsa_theory_teacher_labels(&test, a, S, &best, NULL), LSA_OK, NULL);
    check_status(lsa_theory_test_error(theory, 5.0, a, S, best, &labels, NULL), LSA_OK, NULL);
    check_status(lsa_theory_linear_task_error(theory, &same, &linear_task, NULL), LSA_OK, NULL);
    check_close(labels.error, linear_task.error, 1e-14, 0.0);
    check_close(labels.context_term, linear_task.context_term, 1e-14, 0.0);
    lsa_theory_destroy(theory);
}

/* A mean outside range(Lambda) makes a constant label linear. */
static void test_constant_labels(void **state)
{
    (void)state;
    const double flat[2] = {1.0, 0.0}, mean[2] = {0.0, 2.0}, v[2] = {1.0, 1.0}, five[1] = {5.0};
    const lsa_teacher teacher = {.kind = LSA_TEACHER_POLYNOMIAL, .n_coefficients = 1, .coefficients = five};
    double a[2], S[4], best;
    lsa_setting test = taught(THEORY_DIAGONAL(2, flat), mean, &teacher, v, 0.0);
    check_status(lsa_theory_teacher_labels(&test, a, S, &best, NULL), LSA_OK, NULL);
    check_vector_close(2, a, ((double[]){0.0, 2.5}), 1e-15, 0.0);
    check_close(best, 0.0, 0.0, 0.0);
    test.mean = NULL;
    check_status(lsa_theory_teacher_labels(&test, a, S, &best, NULL), LSA_OK, NULL);
    check_close(best, 25.0, 1e-15, 0.0);
    check_close(S[0], 25.0, 1e-15, 0.0);
}

static void test_refusals(void **state)
{
    (void)state;
    lsa_theory_teacher_moments x;
    lsa_teacher bad = {.kind = LSA_TEACHER_POLYNOMIAL, .n_coefficients = 14, .coefficients = wild};
    check_status(lsa_theory_teacher_moments_at(&bad, 0.0, 1.0, &x, NULL), LSA_ERR_DOMAIN, NULL);
    bad.n_coefficients = 0;
    check_status(lsa_theory_teacher_moments_at(&bad, 0.0, 1.0, &x, NULL), LSA_ERR_DOMAIN, NULL);
    bad = (lsa_teacher){.kind = LSA_TEACHER_SINE, .frequency = (double)INFINITY};
    check_status(lsa_theory_teacher_moments_at(&bad, 0.0, 1.0, &x, NULL), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_theory_teacher_moments_at(&teachers[0], 0.0, -1.0, &x, NULL), LSA_ERR_DOMAIN, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_moments),         cmocka_unit_test(test_by_hand),
                                       cmocka_unit_test(test_labels),          cmocka_unit_test(test_linear_teacher),
                                       cmocka_unit_test(test_constant_labels), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
