/* The table of docs/theory.md, test errors, shifts and random covariances: closed forms against the derived polynomial at
 * the trained limit, or against the definition summed over a finite law of the same moments. */
#include "table.h"

#include "judged.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "base/rng.h"
#include "lsaflow/theory_labels.h"
#include <string.h>

enum { SETTINGS = 3, D_MAX = 4, SQUARE_MAX = D_MAX * D_MAX };

/* ---------------------------------------------------------------- the derived polynomial at the limit */

#define SHIFT(data, test) "statement: merged\ndata: {" data "}\ntests:\n  - {name: test, " test "}\n"

/* Theory's judgement, the derived error, and theory's judgement of a changed test. */
typedef void change_test(lsa_setting *test);

static void judge_both(const char *text, change_test *mistake, sides *s)
{
    fixture f = make_with_predictions(text);
    const lsa_experiment *experiment = lsa_study_experiment(f.study);
    const double *limit;
    lsa_theory_error judged;
    lsa_setting changed = experiment->tests[0];
    s->n = 1;
    check_status(lsa_study_limit(f.study, &limit, NULL), LSA_OK, NULL);
    check_status(lsa_study_judge_limit(f.study, &experiment->tests[0], &judged, NULL), LSA_OK, NULL);
    s->theory[0] = judged.error;
    check_status(lsa_study_test_error(f.study, &experiment->tests[0], limit, s->other, NULL), LSA_OK, NULL);
    mistake(&changed);
    check_status(lsa_study_judge_limit(f.study, &changed, &judged, NULL), LSA_OK, NULL);
    s->mistaken[0] = judged.error;
    clear(&f);
}

static void one_more_pair(lsa_setting *test)
{
    test->context += 1.0;
}

static void without_context_noise(lsa_setting *test)
{
    test->label_noise = 0.0;
}

static void query_of_training(lsa_setting *test)
{
    test->query = test->covariance;
    test->query_is_same = true;
}

/* The display after (4.6): one task, a law of tasks, a sphere. */
static void linear_tasks(int k, sides *s)
{
    static const char *const texts[SETTINGS] = {
        SHIFT("context: 10, covariance: {matrix: [[2, 0.5], [0.5, 1]]}", "context: 5, task: {fixed: [1, -1]}"),
        SHIFT("context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}",
              "context: 12, task: {gaussian: {spectrum: [4, 0, 1]}}"),
        SHIFT("dimension: 4, context: 30, covariance: {spectrum: geometric, condition: 50, rotation: 2}",
              "context: 7, task: {sphere: 2}")};
    judge_both(texts[k], one_more_pair, s);
}

/* Section 4.2, task shift: label noise of the context alone. */
static void noisy_labels(int k, sides *s)
{
    static const char *const texts[SETTINGS] = {
        SHIFT("context: 10, covariance: {matrix: [[2, 0.5], [0.5, 1]]}", "context: 50, label_noise: 0.5"),
        SHIFT("context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}",
              "context: 12, task: {fixed: [1, 2, -1]}, label_noise: 2"),
        SHIFT("dimension: 4, context: 30, covariance: {spectrum: geometric, condition: 50, rotation: 2}",
              "context: 200, label_noise: 0.1")};
    judge_both(texts[k], without_context_noise, s);
}

/* (4.8): a query of another law. */
static void other_queries(int k, sides *s)
{
    static const char *const texts[SETTINGS] = {
        SHIFT("context: 10, covariance: {matrix: [[2, 0.5], [0.5, 1]]}",
              "context: 5, query_covariance: {matrix: [[1, 1], [1, 1]]}"),
        SHIFT("context: 6, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}",
              "context: .inf, query_covariance: {spectrum: [0.1, 9, 2]}"),
        SHIFT("dimension: 4, context: 30, covariance: {spectrum: geometric, condition: 50, rotation: 2}",
              "context: 40, query_covariance: {train_scaled: 9}")};
    judge_both(texts[k], query_of_training, s);
}

/* 2310.08391: trained at N, used at M, the query's label noisy. The mistake: trained at M. */
typedef struct pretraining {
    double N, M, psi2, s2, spectrum[3];
} pretraining;

static double pretraining_risk(const pretraining *p, double N)
{
    const double trace = p->spectrum[0] + p->spectrum[1] + p->spectrum[2], load = trace + p->s2 / p->psi2;
    double risk = p->s2;
    for (int i = 0; i < 3; i++) {
        const double l = p->spectrum[i], M = p->M;
        const double at_N = 1.0 / (load / N + (N + 1.0) / N * l), at_M = 1.0 / (load / M + (M + 1.0) / M * l);
        const double Ht = p->psi2 * l * (load / M + (M + 1.0) / M * l);
        risk += l * (at_N - at_M) * Ht * (at_N - at_M) + p->psi2 * (load / M + l / M) * at_M * l;
    }
    return risk;
}

static void pretrained(int k, sides *s)
{
    static const pretraining settings[SETTINGS] = {{10.0, 4.0, 0.7, 0.3, {1.5, 0.8, 0.2}},
                                                   {6.0, 20.0, 2.0, 0.5, {1.0, 1.0, 1.0}},
                                                   {100.0, 25.0, 1.0, 0.1, {3.0, 0.3, 0.1}}};
    const pretraining *p = &settings[k];
    char text[512];
    snprintf(text, sizeof text,
             SHIFT("context: %g, covariance: {spectrum: [%g, %g, %g]}, task_covariance: {scale: %g}, label_noise: %g",
                   "context: %g, query_noise: true"),
             p->N, p->spectrum[0], p->spectrum[1], p->spectrum[2], p->psi2, p->s2, p->M);
    judge_both(text, one_more_pair, s);
    s->theory[0] = pretraining_risk(p, p->N);
    s->mistaken[0] = pretraining_risk(p, p->M);
}

/* ---------------------------------------------------------------- random covariances */

/* Exponential eigenvalues: A = I/(3 + (d + 5)/N), where the derived gradient vanishes; the mistake: Gamma^-1 of E Lambda,
 * 1/(1 + (d + 1)/N). */
static void exponential_law(int k, sides *s)
{
    static const double dimensions[SETTINGS] = {2.0, 3.0, 4.0}, lengths[SETTINGS] = {5.0, 20.0, 100.0};
    const double d = dimensions[k], N = lengths[k];
    const lsa_program *program;
    lsa_workspace *work = NULL;
    char text[256];
    snprintf(text, sizeof text,
             "statement: merged\ndata: {dimension: %g, context: %g, covariance: {random: {diagonal: {law: exponential, "
             "mean: 1}}}}\n",
             d, N);
    fixture f = make(text);
    double state[1 + SQUARE_MAX] = {1.0}, gradient[1 + SQUARE_MAX];
    check_status(lsa_study_program(f.study, &program, NULL), LSA_OK, NULL);
    check_status(lsa_workspace_create(program, &work, NULL), LSA_OK, NULL);
    lsa_program_gradient(program, work, state, gradient); /* at u = 1, U = 0: -B; at U = I: h_ii - B */
    const double B = -gradient[1];
    for (int i = 0; i < (int)d; i++)
        state[1 + i * ((int)d + 1)] = 1.0;
    lsa_program_gradient(program, work, state, gradient);
    s->n = 1;
    s->other[0] = B / (gradient[1] + B);
    s->theory[0] = 1.0 / (3.0 + (d + 5.0) / N);
    s->mistaken[0] = 1.0 / (1.0 + (d + 1.0) / N);
    lsa_workspace_destroy(work);
    clear(&f);
}

/* (C.1): the averaged gradient; the mistake: the gradient of the averaged covariance. */
static void averaged_flow(int k, sides *s)
{
    static const char *const laws[SETTINGS] = {
        "statement: merged\ndata: {context: 10, covariance: {random: {diagonal: [{law: exponential, mean: 1}, {law: "
        "uniform, low: 0.2, high: 2}]}}}\n",
        "statement: merged\ndata: {context: 5, label_noise: 0.3, covariance: {random: {mixture: [{weight: 0.4, "
        "covariance: "
        "{matrix: [[2, 0.5], [0.5, 1]]}}, {weight: 0.6, covariance: {spectrum: [0.5, 3]}}]}}}\n",
        "statement: merged\ndata: {context: 8, covariance: {random: {wishart: {dof: 5, scale: {spectrum: [1, 0.5, 2], "
        "rotation: 4}}}}}\n"};
    fixture f = make_with_predictions(laws[k]);
    const lsa_setting *training = &lsa_study_experiment(f.study)->training;
    const lsa_theory_random *random;
    const lsa_program *program;
    lsa_workspace *work = NULL;
    lsa_theory *mean = NULL;
    double Lambda[SQUARE_MAX], user[1 + SQUARE_MAX], state[1 + SQUARE_MAX];
    const ptrdiff_t square = training->covariance->d * training->covariance->d;
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, 1 + square, user);
    s->n = (int)(1 + square);
    check_status(lsa_study_random_theory(f.study, &random, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_gradient(random, user[0], user + 1, s->theory, s->theory + 1, NULL), LSA_OK, NULL);
    lsa_theory_random_mean(random, Lambda);
    check_status(lsa_theory_create(&(lsa_setting){.context = training->context,
                                                  .covariance = THEORY_MATRIX(training->covariance->d, Lambda),
                                                  .label_noise = training->label_noise},
                                   &mean, NULL),
                 LSA_OK, NULL);
    check_status(lsa_theory_gradient(mean, user[0], user + 1, s->mistaken, s->mistaken + 1, NULL), LSA_OK, NULL);
    check_status(lsa_study_program(f.study, &program, NULL), LSA_OK, NULL);
    check_status(lsa_workspace_create(program, &work, NULL), LSA_OK, NULL);
    check_status(lsa_program_from_user(program, user, state, NULL), LSA_OK, NULL);
    lsa_program_gradient(program, work, state, s->other);
    check_status(lsa_program_to_user(program, s->other, s->other, NULL), LSA_OK, NULL);
    lsa_theory_destroy(mean);
    lsa_workspace_destroy(work);
    clear(&f);
}

/* ---------------------------------------------------------------- directions */

/* Points of the unit sphere that integrate every polynomial of degree five: 6 on the circle, the icosahedron's 12. */
static int directions(int d, double out[12][3])
{
    const double phi = 0.5 * (1.0 + sqrt(5.0)), scale = 1.0 / sqrt(1.0 + phi * phi), pi = acos(-1.0);
    if (d == 2) {
        for (int n = 0; n < 6; n++) {
            out[n][0] = cos(n * pi / 3.0);
            out[n][1] = sin(n * pi / 3.0);
        }
        return 6;
    }
    for (int n = 0; n < 12; n++) {
        const int axis = n / 4;
        out[n][axis] = 0.0;
        out[n][(axis + 1) % 3] = (n & 1 ? -1.0 : 1.0) * scale;
        out[n][(axis + 2) % 3] = (n & 2 ? -phi : phi) * scale;
    }
    return 12;
}

/* W22: tr(Omega E[P q P]), P the projector off M Haar directions: I - v v' for M = 1, v v' for M = d - 1. The mistake: P
 * replaced by its mean, (d - M)/d I. */
static void orthogonal_query(int k, sides *s)
{
    static const int dimensions[SETTINGS] = {2, 3, 3}, lengths[SETTINGS] = {1, 1, 2};
    static const double q[9] = {1.0, 0.2, 0.1, 0.2, 0.5, -0.3, 0.1, -0.3, 2.0},
                        Omega[9] = {0.7, -0.1, 0.4, -0.1, 1.3, 0.2, 0.4, 0.2, 3.0};
    const int d = dimensions[k], M = lengths[k];
    double v[12][3], Lq[9], tasks[9];
    for (int i = 0; i < d * d; i++) { /* the leading block */
        Lq[i] = q[i % d + 3 * (i / d)];
        tasks[i] = Omega[i % d + 3 * (i / d)];
    }
    const int n = directions(d, v);
    s->n = 1;
    const lsa_setting test = {.context = M,
                              .covariance = THEORY_IDENTITY(d),
                              .query = THEORY_MATRIX(d, Lq),
                              .task_covariance = THEORY_MATRIX(d, tasks)};
    check_status(lsa_theory_orthogonal_query_error(&test, s->theory, NULL), LSA_OK, NULL);
    for (int a = 0; a < n; a++) {
        double P[9], PL[9], PLP[9];
        for (int i = 0; i < d * d; i++)
            P[i] = M == 1 ? (i % (d + 1) == 0) - v[a][i % d] * v[a][i / d] : v[a][i % d] * v[a][i / d];
        lsa_mat_product(false, false, d, d, d, 1.0, P, Lq, 0.0, PL);
        lsa_mat_product(false, false, d, d, d, 1.0, PL, P, 0.0, PLP);
        s->other[0] += lsa_mat_inner(d, d, tasks, PLP) / n;
    }
    s->mistaken[0] = pow((d - M) / (double)d, 2.0) * lsa_mat_inner(d, d, tasks, Lq);
}

/* W20: E w w' of tasks uniform on a sphere; the mistake: R^2/(d + 2), a fourth moment's. */
static void sphere(int k, sides *s)
{
    static const int dimensions[SETTINGS] = {2, 3, 2};
    static const double radii[SETTINGS] = {1.0, 2.0, 0.3};
    const int d = dimensions[k];
    const double R = radii[k];
    double v[12][3];
    const int n = directions(d, v);
    s->n = d * d;
    for (int i = 0; i < d * d; i++) {
        s->theory[i] = i % (d + 1) == 0 ? lsa_theory_sphere_moment(d, R) : 0.0;
        s->mistaken[i] = i % (d + 1) == 0 ? R * R / (d + 2.0) : 0.0;
        for (int a = 0; a < n; a++)
            s->other[i] += R * R * v[a][i % d] * v[a][i / d] / n;
    }
}

/* ---------------------------------------------------------------- rows of data */

/* Theorem 4.2 on rows: context of two and query drawn with replacement, every choice visited; rows Gaussian, skewed and
 * with a mean, and with one label that depends on nothing. The mistake: the second moment of xy for its covariance. */
static void rows_of_data(int k, sides *s)
{
    enum { n = 6, d = 2, M = 2 };
    static const double A[d * d] = {0.5, -0.2, 0.3, 0.7};
    double rows[n * d], labels[n], Lambda[d * d], a[d], S[d * d], h[d], best;
    lsa_rng rng = lsa_rng_at((uint64_t)k + 3, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, n * d, rows);
    lsa_rng_normals(&rng, n, labels);
    for (int i = 0; i < n; i++) {
        rows[i] = k == 1 ? rows[i] * rows[i] : rows[i];
        labels[i] = k == 2 ? 1.0 : labels[i] + rows[i];
    }
    check_status(lsa_theory_row_labels(n, d, rows, labels, Lambda, a, S, &best, NULL), LSA_OK, NULL);
    const lsa_setting moments = {.context = M,
                                 .covariance = THEORY_MATRIX(d, Lambda),
                                 .query_is_same = true,
                                 .task = LSA_TASK_MOMENTS,
                                 .task_vector = a,
                                 .moment_covariance = S,
                                 .best_linear = best};
    lsa_theory_error error;
    s->n = 1;
    check_status(lsa_theory_judge(NULL, &moments, A, &error, NULL), LSA_OK, NULL);
    s->theory[0] = error.error;
    lsa_mat_vector(false, d, d, 1.0, Lambda, a, 0.0, h);
    for (int i = 0; i < d * d; i++)
        S[i] += h[i % d] * h[i / d];
    check_status(lsa_theory_judge(NULL, &moments, A, &error, NULL), LSA_OK, NULL);
    s->mistaken[0] = error.error;
    for (int choice = 0; choice < n * n * n; choice++) {
        const int i = choice % n, j = choice / n % n, q = choice / (n * n);
        const double c[d] = {(labels[i] * rows[i] + labels[j] * rows[j]) / M,
                             (labels[i] * rows[i + n] + labels[j] * rows[j + n]) / M},
                     x[d] = {rows[q], rows[q + n]};
        double Ax[d];
        lsa_mat_vector(false, d, d, 1.0, A, x, 0.0, Ax);
        s->other[0] += pow(lsa_vec_dot(d, c, Ax) - labels[q], 2.0) / (n * n * n);
    }
}

/* ---------------------------------------------------------------- teachers */

/* W24: E[xy], Cov(xy) and the best linear error of polynomial labels, on covariates with a mean or without, against the
 * tensor rule of five Gauss-Hermite nodes, exact to degree nine. The mistake: labels independent of their covariates. */
typedef struct teaching {
    double coefficients[4], direction[2], mean[2], noise;
} teaching;

static void visit(const teaching *t, const double *factor, sides *s, double *yy)
{
    static const double nodes[5] = {-2.856970013872806, -1.355626179974266, 0.0, 1.355626179974266, 2.856970013872806},
                        weights[5] = {0.011257411327720689, 0.22207592200561265, 0.53333333333333333,
                                      0.22207592200561265, 0.011257411327720689};
    for (int n = 0; n < 25; n++) {
        const double z[2] = {nodes[n % 5], nodes[n / 5]}, p = weights[n % 5] * weights[n / 5];
        double x[2] = {t->mean[0], t->mean[1]};
        lsa_mat_vector(false, 2, 2, 1.0, factor, z, 1.0, x);
        const double v = lsa_vec_dot(2, t->direction, x);
        const double y =
            t->coefficients[0] + v * (t->coefficients[1] + v * (t->coefficients[2] + v * t->coefficients[3]));
        *yy += p * (y * y + t->noise);
        for (int i = 0; i < 2; i++)
            s->other[i] += p * y * x[i];
        for (int i = 0; i < 4; i++)
            s->other[2 + i] += p * (y * y + t->noise) * x[i % 2] * x[i / 2];
    }
}

static void teachers(int k, sides *s)
{
    static const teaching settings[SETTINGS] = {{{0.0, 1.0, 0.0, 0.5}, {0.8, -0.5}, {0.0, 0.0}, 0.25},
                                                {{0.3, 1.0, -0.4, 0.2}, {0.5, 1.0}, {0.7, 0.4}, 0.0},
                                                {{1.0, 0.0, 2.0, 0.0}, {1.0, 1.0}, {-0.2, 0.5}, 1.0}};
    static const double factor[4] = {1.0, 0.5, 0.0, 0.6};
    const teaching *t = &settings[k];
    double Lambda[4], second[4], a[2], best, yy = 0.0;
    lsa_mat_product(false, true, 2, 2, 2, 1.0, factor, factor, 0.0, Lambda);
    for (int i = 0; i < 4; i++)
        second[i] = Lambda[i] + t->mean[i % 2] * t->mean[i / 2];
    s->n = 7;
    const lsa_setting test = {
        .covariance = THEORY_MATRIX(2, Lambda),
        .query_is_same = true,
        .mean = t->mean,
        .task = LSA_TASK_TEACHER,
        .task_vector = t->direction,
        .teacher = {.kind = LSA_TEACHER_POLYNOMIAL, .n_coefficients = 4, .coefficients = t->coefficients},
        .label_noise = t->noise,
        .query_noise = true};
    check_status(lsa_theory_teacher_labels(&test, a, s->theory + 2, &best, NULL), LSA_OK, NULL);
    lsa_mat_vector(false, 2, 2, 1.0, second, a, 0.0, s->theory);
    visit(t, factor, s, &yy);
    s->theory[6] = best;
    s->other[6] = yy - lsa_vec_dot(2, a, s->other);
    s->mistaken[6] = yy;
    for (int i = 0; i < 4; i++) {
        s->mistaken[2 + i] = yy * second[i];
        s->other[2 + i] -= s->other[i % 2] * s->other[i / 2];
    }
}

/* ---------------------------------------------------------------- neighbours */

/* One step of gradient descent with the best preconditioner, as printed: 2306.00297 on a spectrum; 2307.03576 with noise;
 * and tasks of covariance Lambda^-1. The other side: where the derived gradient at u = 1 crosses zero. */
static void one_step(int k, sides *s)
{
    static const char *const texts[SETTINGS] = {
        "statement: merged\ndata: {context: 7, covariance: {spectrum: [2, 1, 0.25]}}\n",
        "statement: merged\ndata: {dimension: 3, context: 9, label_noise: 0.5}\n",
        "statement: merged\ndata: {context: 12, covariance: {spectrum: [2, 1, 0.25]}, task_covariance: {spectrum: "
        "[0.5, "
        "1, 4]}, label_noise: 0.3}\n"};
    static const double l[3] = {2.0, 1.0, 0.25};
    fixture f = make(texts[k]);
    const lsa_program *program;
    lsa_workspace *work = NULL;
    double state[10] = {1.0}, at_zero[10], at_one[10];
    check_status(lsa_study_program(f.study, &program, NULL), LSA_OK, NULL);
    check_status(lsa_workspace_create(program, &work, NULL), LSA_OK, NULL);
    lsa_program_gradient(program, work, state, at_zero);
    for (int i = 0; i < 3; i++)
        state[1 + 4 * i] = 1.0;
    lsa_program_gradient(program, work, state, at_one);
    s->n = 3;
    for (int i = 0; i < 3; i++) {
        s->other[i] = -at_zero[1 + 4 * i] / (at_one[1 + 4 * i] - at_zero[1 + 4 * i]);
        s->theory[i] = k == 0   ? 1.0 / (8.0 / 7.0 * l[i] + 3.25 / 7.0)
                       : k == 1 ? 9.0 / (9.0 + 3.0 + 1.0 + 0.5)
                                : 12.0 / (12.0 + 1.0 + 3.0 + 0.3) / l[i];
        s->mistaken[i] = k == 0 ? 1.0 / (7.0 * l[i] + 1.0) : k == 1 ? 9.0 / (9.0 + 3.0 + 1.0) : 12.0 / 13.0 / l[i];
    }
    lsa_workspace_destroy(work);
    clear(&f);
}

/* (4.11): E[|Gamma| |Lambda|^2] of two-point laws, summed over all 2^d draws; the mistake: a product of expectations. */
typedef struct pair_law {
    int d;
    double N, a[3], b[3], p[3];
} pair_law;

static void norm_product(int k, sides *s)
{
    static const pair_law settings[SETTINGS] = {{2, 10.0, {0.5, 1.0, 0.0}, {2.0, 0.3, 0.0}, {0.25, 0.5, 0.0}},
                                                {3, 5.0, {1.0, 2.0, 3.0}, {0.1, 0.2, 0.3}, {0.5, 0.1, 0.7}},
                                                {3, 40.0, {1.0, 1.0, 1.0}, {4.0, 4.0, 4.0}, {0.9, 0.9, 0.9}}};
    const pair_law *law = &settings[k];
    lsa_law entries[3];
    lsa_theory_random *random = NULL;
    lsa_theory_random_bounds bounds;
    double U0[9] = {0.0}, norm = 0.0, square = 0.0;
    for (int i = 0; i < law->d; i++) {
        entries[i] = (lsa_law){LSA_LAW_TWO_POINT, {law->a[i], law->b[i], law->p[i]}};
        U0[i + i * law->d] = 0.1 / sqrt(law->d);
    }
    check_status(lsa_theory_random_create(&(lsa_setting){.context = law->N, .covariance = THEORY_LAWS(law->d, entries)},
                                          &random, NULL),
                 LSA_OK, NULL);
    check_status(lsa_theory_random_bound(random, 0.1, U0, &bounds, NULL), LSA_OK, NULL);
    for (int draw = 0; draw < 1 << law->d; draw++) {
        double p = 1.0, most = 0.0, trace = 0.0, sum = 0.0;
        for (int i = 0; i < law->d; i++) {
            const double l = draw >> i & 1 ? law->a[i] : law->b[i];
            p *= draw >> i & 1 ? law->p[i] : 1.0 - law->p[i];
            most = fmax(most, l);
            trace += l;
            sum += l * l;
        }
        const double gamma = (1.0 + 1.0 / law->N) * most + trace / law->N;
        s->other[0] += p * gamma * sum;
        norm += p * gamma;
        square += p * sum;
    }
    s->n = 1;
    s->theory[0] = bounds.norm_product;
    s->mistaken[0] = norm * square;
    s->tolerance = 1e-10; /* of the quadrature over the largest entry */
    lsa_theory_random_destroy(random);
}

static void test_rows(void **state)
{
    (void)state;
    static const row rows[] = {{"after (4.6), linear tasks", "M + 1 for M", linear_tasks},
                               {"section 4.2, noisy labels", "noiseless", noisy_labels},
                               {"(4.8), other queries", "training's query", other_queries},
                               {"2310.08391, trained at N, used at M", "trained at M", pretrained},
                               {"section 4.3, exponential law", "Gamma^-1 of the mean", exponential_law},
                               {"(C.1), the averaged flow", "the averaged covariance's", averaged_flow},
                               {"W22, orthogonal query", "E P for P", orthogonal_query},
                               {"W20, tasks on a sphere", "d + 2 for d", sphere},
                               {"W25, rows of data", "second moment of xy", rows_of_data},
                               {"W24, teachers", "labels independent of x", teachers},
                               {"2306.00297, 2307.03576, one step", "(n Sigma + I)^-1, no noise", one_step},
                               {"(4.11), the norm product", "a product of means", norm_product}};
    check_rows(sizeof rows / sizeof *rows, rows, SETTINGS);
}

/* ---------------------------------------------------------------- a printed slip */

/* Section 4.2: "a query orthogonal to the context is predicted 0". The trained layer on a context of two and a query off
 * its span: not 0 as printed; 0 for the query that is orthogonal in the metric of Gamma^-1, and where Lambda is
 * isotropic. */
static double predict(ptrdiff_t d, const double *A, const double *x, const double *y, const double *xq)
{
    double c[D_MAX] = {0.0}, Ax[D_MAX];
    for (int n = 0; n < 2; n++)
        lsa_vec_axpy(d, 0.5 * y[n], x + n * d, c);
    lsa_mat_vector(false, d, d, 1.0, A, xq, 0.0, Ax);
    return lsa_vec_dot(d, c, Ax);
}

/* xq := xq less its part in the span of the two directions z. */
static void project_off(ptrdiff_t d, const double *z, double *xq)
{
    double e[2 * D_MAX];
    memcpy(e, z, (size_t)(2 * d) * sizeof *e);
    lsa_vec_scale(d, 1.0 / lsa_vec_norm(d, e), e);
    lsa_vec_axpy(d, -lsa_vec_dot(d, e, e + d), e, e + d);
    lsa_vec_scale(d, 1.0 / lsa_vec_norm(d, e + d), e + d);
    for (int n = 0; n < 2; n++)
        lsa_vec_axpy(d, -lsa_vec_dot(d, e + n * d, xq), e + n * d, xq);
}

static void test_orthogonal_slip(void **state)
{
    (void)state;
    static const double spectra[SETTINGS + 1][D_MAX] = {
        {2.0, 1.0, 0.5, 0.3}, {1.0, 0.2, 0.2, 0.1}, {3.0, 3.0, 1.0, 1.0}, {0.7, 0.7, 0.7, 0.7}};
    enum { d = D_MAX };
    for (int k = 0; k <= SETTINGS; k++) {
        lsa_theory *theory = NULL;
        double A[SQUARE_MAX], x[2 * d], z[2 * d], w[d], y[2], xq[d], euclidean[d], gamma[d];
        lsa_rng rng = lsa_rng_at((uint64_t)k + 1, LSA_RNG_PROBE, 0);
        lsa_rng_normals(&rng, 2 * d, x);
        lsa_rng_normals(&rng, d, w);
        lsa_rng_normals(&rng, d, xq);
        check_status(lsa_theory_create(&(lsa_setting){.context = 50.0, .covariance = THEORY_DIAGONAL(d, spectra[k])},
                                       &theory, NULL),
                     LSA_OK, NULL);
        check_status(lsa_theory_minimum(theory, d, A, NULL), LSA_OK, NULL);
        for (int n = 0; n < 2; n++) {
            y[n] = lsa_vec_dot(d, w, x + n * d);
            lsa_mat_vector(false, d, d, 1.0, A, x + n * d, 0.0, z + n * d);
        }
        memcpy(euclidean, xq, sizeof xq);
        memcpy(gamma, xq, sizeof xq);
        project_off(d, x, euclidean);
        project_off(d, z, gamma);
        const double size = lsa_vec_norm(d, w) * lsa_vec_norm(d, xq);
        check_at_most(fabs(predict(d, A, x, y, gamma)), 1e-13 * size);
        if (k < SETTINGS)
            check_at_least(fabs(predict(d, A, x, y, euclidean)), 1e-2 * size);
        else
            check_at_most(fabs(predict(d, A, x, y, euclidean)), 1e-13 * size);
        lsa_theory_destroy(theory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_orthogonal_slip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
