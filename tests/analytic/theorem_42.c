/* Theorem 4.2 on three laws, against the definition: contexts of two pairs and queries from Gauss-Hermite points, which
 * integrate every polynomial label of degree three exactly, each visited with its weight. Each formula has its controls:
 * what a plausible slip would give must be told apart. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "lsaflow/theory.h"
#include "lsaflow/theory_labels.h"

#include <math.h>

enum { D = 2, NODES = 5, POINTS = NODES * NODES, M = 2 };

typedef struct setting {
    double factor[D * D]; /* Lambda = factor factor' */
    double N;
    double direction[D];
    double coefficients[4]; /* y = sum_k c_k z^k, z = <direction, x> */
} setting;

/* Linear on a rotated law; cubic at N = 1; a quadratic of nonzero mean. */
static const setting settings[3] = {{{1.2, 0.4, 0.0, 0.7}, 6.0, {1.0, -1.0}, {0.0, 1.0, 0.0, 0.0}},
                                    {{0.9, 0.0, 0.3, 1.4}, 1.0, {0.5, 0.6}, {0.2, 1.0, -0.4, 0.3}},
                                    {{1.0, 0.0, 0.0, 0.5}, 8.0, {0.8, 0.3}, {0.3, 0.6, 1.0, 0.0}}};

static const double nodes[NODES] = {-2.856970013872806, -1.355626179974266, 0.0, 1.355626179974266, 2.856970013872806};
static const double weights[NODES] = {0.011257411327720689, 0.22207592200561265, 0.53333333333333333,
                                      0.22207592200561265, 0.011257411327720689};

typedef struct points {
    double x[POINTS][D], y[POINTS], p[POINTS];
} points;

static points all_points(const setting *s, const lsa_teacher *teacher)
{
    points out;
    for (int k = 0; k < POINTS; k++) {
        const double z[D] = {nodes[k % NODES], nodes[k / NODES]};
        lsa_mat_vector(false, D, D, 1.0, s->factor, z, 0.0, out.x[k]);
        out.y[k] = lsa_theory_teacher_value(teacher, lsa_vec_dot(D, s->direction, out.x[k]));
        out.p[k] = weights[k % NODES] * weights[k / NODES];
    }
    return out;
}

/* E(yhat - y_q)^2 by the definition of yhat. */
static double enumerate(const points *all, const double *A)
{
    double sum = 0.0;
    for (int a = 0; a < POINTS; a++)
        for (int b = 0; b < POINTS; b++) {
            double c[D], Ac[D];
            for (int i = 0; i < D; i++)
                c[i] = (all->y[a] * all->x[a][i] + all->y[b] * all->x[b][i]) / M;
            lsa_mat_vector(true, D, D, 1.0, A, c, 0.0, Ac);
            for (int q = 0; q < POINTS; q++) {
                const double off = lsa_vec_dot(D, Ac, all->x[q]) - all->y[q];
                sum += all->p[a] * all->p[b] * all->p[q] * off * off;
            }
        }
    return sum;
}

static void check_theorem(const setting *s)
{
    const lsa_teacher teacher = {.kind = LSA_TEACHER_POLYNOMIAL, .n_coefficients = 4, .coefficients = s->coefficients};
    double Lambda[D * D], A[D * D], a[D], S[D * D], best;
    lsa_theory *theory = NULL;
    lsa_theory_error error;
    lsa_mat_product(false, true, D, D, D, 1.0, s->factor, s->factor, 0.0, Lambda);
    check_status(
        lsa_theory_create(&(lsa_setting){.context = s->N, .covariance = THEORY_MATRIX(D, Lambda)}, &theory, NULL),
        LSA_OK, NULL);
    check_status(lsa_theory_minimum(theory, D, A, NULL), LSA_OK, NULL);
    const lsa_setting test = {.covariance = THEORY_MATRIX(D, Lambda),
                              .query_is_same = true,
                              .task = LSA_TASK_TEACHER,
                              .task_vector = s->direction,
                              .teacher = teacher};
    check_status(lsa_theory_teacher_labels(&test, a, S, &best, NULL), LSA_OK, NULL);
    check_status(lsa_theory_test_error(theory, M, a, S, best, &error, NULL), LSA_OK, NULL);
    const points all = all_points(s, &teacher);
    const double want = enumerate(&all, A);
    check_close(error.error, want, 1e-13, 0.0);
    /* Controls: a term left out, the lengths exchanged, the second moment of xy for its covariance. */
    check_at_least(fabs(want - error.best_linear - error.context_term), 1e-4 * want);
    check_at_least(fabs(want - error.best_linear - error.training_term), 1e-2 * want);
    check_at_least(fabs(want - error.best_linear - error.context_term * M / s->N - error.training_term), 1e-2 * want);
    double h[D];
    lsa_mat_vector(false, D, D, 1.0, Lambda, a, 0.0, h);
    for (int k = 0; k < D * D; k++)
        S[k] += h[k % D] * h[k / D];
    check_status(lsa_theory_test_error(theory, M, a, S, best, &error, NULL), LSA_OK, NULL);
    check_at_least(fabs(error.error - want), 1e-2 * want);
    lsa_theory_destroy(theory);
}

static void test_theorem_4_2(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++)
        check_theorem(&settings[k]);
}

/* The display after (4.6) bounds the error for linear tasks. */
static void test_bounds(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        double Lambda[D * D], bound;
        lsa_theory *theory = NULL;
        lsa_theory_error error;
        const lsa_setting test = {
            .context = M, .covariance = THEORY_IDENTITY(D), THEORY_FIXED_TASK(settings[k].direction)};
        lsa_mat_product(false, true, D, D, D, 1.0, settings[k].factor, settings[k].factor, 0.0, Lambda);
        for (int long_training = 0; long_training < 2; long_training++) {
            const double N = long_training ? (double)INFINITY : settings[k].N;
            check_status(
                lsa_theory_create(&(lsa_setting){.context = N, .covariance = THEORY_MATRIX(D, Lambda)}, &theory, NULL),
                LSA_OK, NULL);
            check_status(lsa_theory_linear_task_error(theory, &test, &error, NULL), LSA_OK, NULL);
            check_status(lsa_theory_linear_task_bound(theory, &test, &bound, NULL), LSA_OK, NULL);
            check_at_most(error.error, bound * (1.0 + 1e-14));
            if (long_training) { /* attained, so that d in place of d + 1 is too small */
                check_close(error.error, bound, 1e-14, 0.0);
                check_at_least(error.error, bound * D / (D + 1.0) * 1.01);
            }
            lsa_theory_destroy(theory);
            theory = NULL;
        }
    }
}

/* With M >= (d + 1) tr(Lambda)/eps the mean error over w ~ N(0, I) is at most eta + eps; with a tenth of that length it
 * is more than eps beyond what no context length removes. */
static void test_corollary_4_3(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        double Lambda[D * D];
        lsa_theory *theory = NULL;
        lsa_mat_product(false, true, D, D, D, 1.0, settings[k].factor, settings[k].factor, 0.0, Lambda);
        check_status(
            lsa_theory_create(&(lsa_setting){.context = 100.0, .covariance = THEORY_MATRIX(D, Lambda)}, &theory, NULL),
            LSA_OK, NULL);
        for (double eps = 0.1; eps > 1e-4; eps *= 0.1) {
            lsa_theory_error error;
            lsa_setting test = {.context = ceil(lsa_theory_context_needed(theory, eps)),
                                .covariance = THEORY_MATRIX(D, Lambda)};
            check_status(lsa_theory_linear_task_error(theory, &test, &error, NULL), LSA_OK, NULL);
            check_at_most(error.error, lsa_theory_learning_floor(theory) + eps);
            test.context = floor(0.1 * test.context);
            check_status(lsa_theory_linear_task_error(theory, &test, &error, NULL), LSA_OK, NULL);
            check_at_least(error.context_term, eps);
        }
        lsa_theory_destroy(theory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_theorem_4_2), cmocka_unit_test(test_bounds),
                                       cmocka_unit_test(test_corollary_4_3)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
