/* The variance of the squared error against its definition: contexts of two pairs, noise, tasks and queries from
 * Gauss-Hermite points, which integrate the polynomial e^4 exactly: degree 8 in x (five nodes), 4 in all else (three).
 * 1e-12: a million terms of size 1. */
#include "base/matrix.h"
#include "check.h"
#include "lsaflow/theory.h"
#include "theory_setting.h"
#include <math.h>

enum { D = 2, M = 2, X_NODES = 5, NODES = 3, ANGLES = 8 };

static const double x_node[X_NODES] = {-2.856970013872806, -1.355626179974266, 0.0, 1.355626179974266,
                                       2.856970013872806};
static const double x_weight[X_NODES] = {0.011257411327720689, 0.22207592200561265, 0.53333333333333333,
                                         0.22207592200561265, 0.011257411327720689};
static const double node[NODES] = {-1.7320508075688772, 0.0, 1.7320508075688772};
static const double weight[NODES] = {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0};

/* Lower triangular factors of Lc, Lq and Omega, by columns. */
static const double context_factor[] = {1.1, 0.3, 0.0, 0.8}, query_factor[] = {0.9, -0.4, 0.0, 1.2};
static const double task_factor[] = {1.3, 0.5, 0.0, 0.6};
static const double A[] = {0.5, -0.2, 0.3, 0.7}, fixed[] = {0.9, -1.4};
static const double s2 = 0.6, radius = 1.7;

/* A vector of two numbers with its probability. */
typedef struct atom {
    double x[D], p;
} atom;

static atom from_normals(const double *factor, double z0, double z1, double p)
{
    return (atom){{factor[0] * z0, factor[1] * z0 + factor[3] * z1}, p};
}

static int normal_atoms(const double *factor, int n, const double *nodes, const double *weights, atom *out)
{
    for (int i = 0; i < n * n; i++)
        out[i] = from_normals(factor, nodes[i % n], nodes[i / n], weights[i % n] * weights[i / n]);
    return n * n;
}

static int task_atoms(lsa_task_kind tasks, atom *out)
{
    if (tasks == LSA_TASK_GAUSSIAN)
        return normal_atoms(task_factor, NODES, node, weight, out);
    if (tasks == LSA_TASK_FIXED) {
        out[0] = (atom){{fixed[0], fixed[1]}, 1.0};
        return 1;
    }
    for (int i = 0; i < ANGLES; i++) {
        const double angle = 2.0 * 3.14159265358979323846 * i / ANGLES;
        out[i] = (atom){{radius * cos(angle), radius * sin(angle)}, 1.0 / ANGLES};
    }
    return ANGLES;
}

static double inner(const double *a, const double *b)
{
    return a[0] * b[0] + a[1] * b[1];
}

/* E e^2 and E e^4 over the noise of two labels and the query's, all else given. */
static void add_noise(double y0, double y1, double b0, double b1, double target, double rho, double p, double *moment)
{
    const double s = sqrt(s2);
    for (int k = 0; k < NODES * NODES * NODES; k++) {
        const int i = k % NODES, j = k / NODES % NODES, q = k / NODES / NODES;
        const double prediction = ((y0 + s * node[i]) * b0 + (y1 + s * node[j]) * b1) / rho;
        const double e = prediction - target - s * node[q], here = p * weight[i] * weight[j] * weight[q];
        moment[0] += here * e * e;
        moment[1] += here * e * e * e * e;
    }
}

static void by_definition(lsa_task_kind tasks, double rho, double *moment)
{
    atom x[X_NODES * X_NODES], q[NODES * NODES], w[NODES * NODES];
    const int n_x = normal_atoms(context_factor, X_NODES, x_node, x_weight, x);
    const int n_q = normal_atoms(query_factor, NODES, node, weight, q), n_w = task_atoms(tasks, w);
    moment[0] = moment[1] = 0.0;
    for (int k = 0; k < n_q * n_w; k++) {
        const atom *task = &w[k % n_w], *query = &q[k / n_w];
        double Aq[D];
        lsa_mat_vector(false, D, D, 1.0, A, query->x, 0.0, Aq);
        for (int i = 0; i < n_x; i++)
            for (int j = 0; j < n_x; j++)
                add_noise(inner(task->x, x[i].x), inner(task->x, x[j].x), inner(x[i].x, Aq), inner(x[j].x, Aq),
                          inner(task->x, query->x), rho, task->p * query->p * x[i].p * x[j].p, moment);
    }
}

static void square_of(const double *factor, double *out)
{
    lsa_mat_product(false, true, D, D, D, 1.0, factor, factor, 0.0, out);
}

/* Also: a variance that takes other tasks for Gaussian ones is off by more than a part in a hundred. */
static void definition(void **state)
{
    (void)state;
    double Lc[D * D], Lq[D * D], Omega[D * D], variance, moment[2];
    const double sphere[] = {radius * radius / D, 0.0, 0.0, radius * radius / D};
    lsa_error err;
    square_of(context_factor, Lc);
    square_of(query_factor, Lq);
    square_of(task_factor, Omega);
    const double ww[] = {fixed[0] * fixed[0], fixed[0] * fixed[1], fixed[0] * fixed[1], fixed[1] * fixed[1]};
    const double *const moments[] = {[LSA_TASK_GAUSSIAN] = Omega, [LSA_TASK_FIXED] = ww, [LSA_TASK_SPHERE] = sphere};
    for (int k = 0; k < 6; k++) {
        const lsa_task_kind tasks = (lsa_task_kind)(k % 3);
        lsa_setting shift = {.context = M,
                             .normalise_plus_one = k >= 3,
                             .covariance = THEORY_MATRIX(D, Lc),
                             .query = THEORY_MATRIX(D, Lq),
                             .task = tasks,
                             .task_covariance = THEORY_MATRIX(D, moments[tasks]),
                             .task_vector = fixed,
                             .label_noise = s2,
                             .query_noise = true};
        by_definition(tasks, k >= 3 ? M + 1.0 : M, moment);
        const double want = moment[1] - moment[0] * moment[0];
        check_status(lsa_theory_error_variance(&shift, A, &variance, &err), LSA_OK, &err);
        check_close(variance, want, 1e-12, 0.0);
        if (tasks == LSA_TASK_GAUSSIAN)
            continue;
        shift.task = LSA_TASK_GAUSSIAN;
        check_status(lsa_theory_error_variance(&shift, A, &variance, &err), LSA_OK, &err);
        check_at_least(fabs(variance - want), 1e-2 * want);
    }
}

/* No context: e = -w'q, E e^4 = 3 (t^2 + 2 tr(Omega Lq Omega Lq)), t = tr(Omega Lq). Infinitely long: b alone is left. */
static void ends(void **state)
{
    (void)state;
    lsa_error err;
    double variance, near;
    const double diagonal[] = {2.0, 0.5};
    lsa_setting shift = {
        .context = 0.0, .covariance = THEORY_DIAGONAL(D, diagonal), .query = THEORY_DIAGONAL(D, diagonal)};
    check_status(lsa_theory_error_variance(&shift, A, &variance, &err), LSA_OK, &err);
    check_close(variance, 3.0 * (6.25 + 2.0 * 4.25) - 6.25, 1e-14, 0.0);
    shift.context = (double)INFINITY;
    check_status(lsa_theory_error_variance(&shift, A, &variance, &err), LSA_OK, &err);
    shift.context = 1e12;
    check_status(lsa_theory_error_variance(&shift, A, &near, &err), LSA_OK, &err);
    check_close(near, variance, 1e-10, 0.0);
    shift.student = 8.0;
    check_status(lsa_theory_error_variance(&shift, A, &near, &err), LSA_ERR_UNABLE, &err);
    shift.context = -1.0;
    shift.student = 0.0;
    check_status(lsa_theory_error_variance(&shift, A, &near, &err), LSA_ERR_DOMAIN, &err);
}

/* E e^2 and E e^4 of a test, from the variance and the risk of a fixed covariance. */
static void moments_at(const lsa_setting *test, double p, double *moment)
{
    lsa_error err;
    double variance, risk;
    check_status(lsa_theory_error_variance(test, A, &variance, &err), LSA_OK, &err);
    check_status(lsa_theory_shift_risk(test, A, &risk, &err), LSA_OK, &err);
    moment[0] += p * risk;
    moment[1] += p * (variance + risk * risk);
}

/* Gamma's law of shape 2.5 by Simpson's rule in the root of l, uniform's in l: smooth there, so that 4000 intervals give ten
 * digits. */
static double density(const lsa_law *law, double x, double *l)
{
    if (law->kind == LSA_LAW_UNIFORM) {
        *l = law->parameter[0] + x * (law->parameter[1] - law->parameter[0]);
        return 1.0;
    }
    const double root = 9.0 * x, shape = law->parameter[0], scale = law->parameter[1]; /* l / scale up to 81 */
    *l = scale * root * root;
    return 9.0 * 2.0 * root * pow(root * root, shape - 1.0) * exp(-root * root) / tgamma(shape);
}

static double simpson_weight(int i, int n)
{
    return (i == 0 || i == n ? 1.0 : i % 2 == 1 ? 4.0 : 2.0) / (3.0 * n);
}

/* One entry drawn, the other fixed, context and query of one draw: the points against integration over the density; a
 * mixture and two-point entries against their sums. The mean covariance alone, which is what a law without draws would be,
 * is off by more than a tenth. */
static void random_covariances(void **state)
{
    (void)state;
    enum { INTERVALS = 4000 };
    static const lsa_law drawn[] = {{LSA_LAW_GAMMA, {2.5, 0.6, 0.0}}, {LSA_LAW_UNIFORM, {0.2, 3.0, 0.0}}};
    for (int k = 0; k < 2; k++) {
        double moment[2] = {0.0, 0.0}, variance, mean_alone, spectrum[D] = {0.0, 0.8};
        const double mean = k == 0 ? 1.5 : 1.6;
        lsa_error err;
        lsa_setting test = {.context = 7.0, .query_is_same = true, .label_noise = s2, .query_noise = true};
        for (int i = 0; i <= INTERVALS; i++) {
            const double p = density(&drawn[k], (double)i / INTERVALS, &spectrum[0]);
            test.covariance = test.query = THEORY_DIAGONAL(D, spectrum);
            moments_at(&test, p * simpson_weight(i, INTERVALS), moment);
        }
        const lsa_law laws[D] = {drawn[k], {LSA_LAW_POINT, {0.8, 0.0, 0.0}}};
        spectrum[0] = mean;
        lsa_covariance random = *THEORY_DIAGONAL(D, spectrum);
        test.covariance = test.query = &random;
        check_status(lsa_theory_error_variance(&test, A, &mean_alone, &err), LSA_OK, &err);
        random.kind = LSA_COVARIANCE_LAWS;
        random.laws = laws;
        check_status(lsa_theory_error_variance(&test, A, &variance, &err), LSA_OK, &err);
        check_close(variance, moment[1] - moment[0] * moment[0], 1e-9, 0.0);
        check_at_least(fabs(variance - mean_alone), 0.1 * variance);
    }
}

/* A rare value of an entry and a mixture of the two outcomes are one law. */
static void discrete_covariances(void **state)
{
    (void)state;
    const double usual[D] = {1.0, 0.8}, rare[D] = {40.0, 0.8}, mean[D] = {1.039, 0.8}, weights[] = {0.999, 0.001};
    const lsa_law laws[D] = {{LSA_LAW_TWO_POINT, {40.0, 1.0, 0.001}}, {LSA_LAW_POINT, {0.8, 0.0, 0.0}}};
    const lsa_covariance components[] = {*THEORY_DIAGONAL(D, usual), *THEORY_DIAGONAL(D, rare)};
    lsa_covariance entries = *THEORY_DIAGONAL(D, mean), mixture = *THEORY_DIAGONAL(D, mean);
    double moment[2] = {0.0, 0.0}, variance;
    lsa_error err;
    lsa_setting test = {.context = 7.0, .query_is_same = true};
    for (int c = 0; c < 2; c++) {
        test.covariance = test.query = &components[c];
        moments_at(&test, weights[c], moment);
    }
    entries.kind = LSA_COVARIANCE_LAWS;
    entries.laws = laws;
    mixture.kind = LSA_COVARIANCE_MIXTURE;
    mixture.n_components = 2;
    mixture.weights = weights;
    mixture.components = components;
    const lsa_covariance *const both[] = {&entries, &mixture};
    for (int k = 0; k < 2; k++) {
        test.covariance = test.query = both[k];
        check_status(lsa_theory_error_variance(&test, A, &variance, &err), LSA_OK, &err);
        check_close(variance, moment[1] - moment[0] * moment[0], 1e-12, 0.0);
    }
    entries.kind = LSA_COVARIANCE_WISHART;
    test.covariance = test.query = &entries;
    check_status(lsa_theory_error_variance(&test, A, &variance, &err), LSA_ERR_UNABLE, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(definition), cmocka_unit_test(ends),
                                       cmocka_unit_test(random_covariances), cmocka_unit_test(discrete_covariances)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
