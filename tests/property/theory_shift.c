/* Shifts against enumeration: contexts of two pairs from discrete laws whose moments up to degree four are those of the
 * law in question, every context visited with its probability. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "base/rng.h"
#include "lsaflow/theory.h"
#include "lsaflow/theory_labels.h"
#include "theory/risk.h"

#include <math.h>

enum { D = 2 };

static const double infinity = (double)INFINITY;
static const double pi = 3.14159265358979323846;

static const double factor[4] = {1.1, 0.3, 0.0, 0.8}; /* covariance = factor factor' */
static const double A[4] = {0.5, -0.2, 0.3, 0.7};
static const double Lq[4] = {1.0, 0.2, 0.2, 0.5};
static const double w[2] = {0.9, -1.4};

/* A law of x on finitely many points. */
typedef struct atoms {
    int count;
    double x[64][D], p[64];
} atoms;

/* x = mean + factor z, z two-dimensional, spherical, E|z|^2 = 2, E|z|^4 = 8 (1 + excess): 8 directions integrate every
 * polynomial of degree 7 over the circle, two radii meet the two moments. */
static atoms elliptical(double excess, const double *mean)
{
    atoms law = {.count = 16};
    const double fourth = 8.0 * (1.0 + excess), p = 1.0 - 4.0 / fourth; /* radius 0 with p, else R: (1-p) R^2 = 2 */
    const double R = sqrt(fourth / 2.0);
    for (int k = 0; k < 16; k++) {
        const double radius = k < 8 ? 0.0 : R, z[D] = {radius * cos(k * pi / 4.0), radius * sin(k * pi / 4.0)};
        law.p[k] = (k < 8 ? p : 1.0 - p) / 8.0;
        for (int i = 0; i < D; i++)
            law.x[k][i] = (mean != NULL ? mean[i] : 0.0) + factor[i] * z[0] + factor[i + D] * z[1];
    }
    return law;
}

/* (A'c - w)' Sq (A'c - w) */
static double query_error(const double c[D], const double *Sq)
{
    double v[D], Sv[D];
    lsa_mat_vector(true, D, D, 1.0, A, c, 0.0, v);
    lsa_vec_axpy(D, -1.0, w, v);
    lsa_mat_vector(false, D, D, 1.0, Sq, v, 0.0, Sv);
    return lsa_vec_dot(D, v, Sv);
}

/* E over two pairs, labels <w, x> +- s, statistic divided by 2 (or 3). */
static double enumerate(const atoms *law, double s, double rho, const double *Sq)
{
    double sum = 0.0;
    for (int a = 0; a < law->count; a++)
        for (int b = 0; b < law->count; b++)
            for (int signs = 0; signs < 4; signs++) {
                const double ya = lsa_vec_dot(D, w, law->x[a]) + (signs & 1 ? s : -s);
                const double yb = lsa_vec_dot(D, w, law->x[b]) + (signs & 2 ? s : -s);
                const double c[D] = {(ya * law->x[a][0] + yb * law->x[b][0]) / rho,
                                     (ya * law->x[a][1] + yb * law->x[b][1]) / rho};
                sum += 0.25 * law->p[a] * law->p[b] * query_error(c, Sq);
            }
    return sum;
}

/* The error at A of contexts with any excess; settings have those of Student laws alone. */
static double risk_with(const lsa_setting *test, double excess)
{
    owned_setting setting = {.context = {.d = 0}};
    ext_matrix product = {.d = 0};
    long double risk = 0.0L;
    check_status(theory_setting_init(&setting, test, NULL), LSA_OK, NULL);
    check_status(ext_from_doubles(&product, D, 1.0, A, NULL), LSA_OK, NULL);
    setting.view.excess = (long double)excess;
    check_status(theory_risk(&setting.view, &product, &risk, NULL), LSA_OK, NULL);
    theory_setting_clear(&setting);
    ext_clear(&product);
    return (double)risk;
}

static void check_enumeration(double excess, const double *mean, bool plus_one)
{
    double covariance[4], Sq[4];
    lsa_mat_product(false, true, D, D, D, 1.0, factor, factor, 0.0, covariance);
    for (int k = 0; k < 4; k++)
        Sq[k] = Lq[k] + (mean != NULL ? mean[k % 2] * mean[k / 2] : 0.0);
    const atoms law = elliptical(excess, mean);
    const lsa_setting shift = {.context = 2.0,
                               .normalise_plus_one = plus_one,
                               .covariance = THEORY_MATRIX(D, covariance),
                               .query = THEORY_MATRIX(D, Lq),
                               THEORY_FIXED_TASK(w),
                               .label_noise = 0.16,
                               .mean = mean};
    lsa_setting dense = shift, student = shift;
    const double ww[4] = {w[0] * w[0], w[0] * w[1], w[0] * w[1], w[1] * w[1]};
    double risk;
    const double want = enumerate(&law, 0.4, plus_one ? 3.0 : 2.0, Sq);
    check_close(risk_with(&shift, excess), want, 1e-13, 0.0);
    dense.task = LSA_TASK_GAUSSIAN;
    dense.task_covariance = THEORY_MATRIX(D, ww);
    check_close(risk_with(&dense, excess), want, 1e-13, 0.0);
    check_at_least(fabs(risk_with(&dense, excess + 0.1) - want), 1e-3); /* told apart */
    if (excess < 0.0)
        return;
    student.student = excess > 0.0 ? 4.0 + 2.0 / excess : 0.0;
    check_status(lsa_theory_shift_risk(&student, A, &risk, NULL), LSA_OK, NULL);
    check_close(risk, want, 1e-13, 0.0);
}

static void test_elliptical_and_mean(void **state)
{
    (void)state;
    const double mean[D] = {0.7, -0.4};
    check_enumeration(0.0, NULL, false);
    check_enumeration(0.0, mean, false);
    check_enumeration(0.4, NULL, true); /* Student, nu = 9 */
    check_enumeration(0.4, mean, true);
    check_enumeration(-0.3, mean, false);
}

static void test_heavy_tails(void **state)
{
    (void)state;
    lsa_theory *theory = NULL;
    lsa_theory_error error;
    check_close(lsa_theory_student_excess(9.0), 0.4, 1e-15, 0.0);
    check_close(lsa_theory_student_excess(infinity), 0.0, 0.0, 0.0);
    assert_true(isinf(lsa_theory_student_excess(4.0)) && isnan(lsa_theory_student_excess(2.0)));
    check_status(lsa_theory_create(&(lsa_setting){.context = 10.0, .covariance = THEORY_IDENTITY(D)}, &theory, NULL),
                 LSA_OK, NULL);
    lsa_setting shift = {.context = 5.0, .student = 3.0, .covariance = THEORY_IDENTITY(D), .query = THEORY_IDENTITY(D)};
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    assert_true(isinf(error.error));
    check_contains(error.why, "infinite");
    lsa_theory_split split;
    check_status(lsa_theory_judge_split(theory, &shift, &split, NULL), LSA_OK, NULL);
    assert_true(isinf(split.context_term) && isfinite(split.training_term) && isfinite(split.shift_term));
    shift.context = 0.0; /* nothing is drawn */
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    check_close(error.error, 2.0, 1e-15, 0.0);
    shift.student = 2.0; /* no covariance */
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_ERR_DOMAIN, NULL);
    shift.student = 0.5;
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_ERR_DOMAIN, NULL);
    shift.student = 9.0;
    double risk;
    check_status(lsa_theory_shift_best(&shift, NULL, &risk, NULL), LSA_ERR_UNABLE, NULL);
    lsa_theory_destroy(theory);
}

/* In law the parts are Theorem 4.2's terms; under a shift they add up, and the context part is V/M: (4.8)'s rate. */
static void test_split(void **state)
{
    (void)state;
    const double Lambda[4] = {2.0, 0.5, 0.5, 1.0};
    lsa_theory *theory = NULL;
    lsa_theory_split split;
    lsa_theory_error error;
    double first = 0.0;
    check_status(
        lsa_theory_create(&(lsa_setting){.context = 10.0, .covariance = THEORY_MATRIX(D, Lambda)}, &theory, NULL),
        LSA_OK, NULL);
    lsa_setting shift = {.context = 5.0,
                         .covariance = THEORY_MATRIX(D, Lambda),
                         .query = THEORY_MATRIX(D, Lambda),
                         THEORY_FIXED_TASK(w),
                         .label_noise = 0.3,
                         .query_noise = true};
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    check_status(lsa_theory_judge_split(theory, &shift, &split, NULL), LSA_OK, NULL);
    check_close(split.context_term, error.context_term, 1e-14, 0.0);
    check_close(split.training_term, error.training_term, 1e-14, 0.0);
    check_close(split.shift_term, 0.0, 0.0, 1e-15);
    check_close(split.error, error.error, 1e-15, 0.0);
    shift.query = THEORY_MATRIX(D, Lq); /* (4.8): another query */
    for (double M = 1.0; M < 1e7; M *= 10.0) {
        shift.context = M;
        check_status(lsa_theory_judge_split(theory, &shift, &split, NULL), LSA_OK, NULL);
        check_close(split.best_linear + split.shift_term + split.training_term + split.context_term, split.error, 1e-14,
                    0.0);
        if (M == 1.0)
            first = split.context_term;
        check_close(M * split.context_term, first, 1e-14, 0.0);
        check_close(split.shift_term, 0.0, 0.0, 1e-15); /* a query shift costs nothing in the limit */
    }
    const double scaled[4] = {8.0, 2.0, 2.0, 4.0}; /* covariates x -> 2 x: (1 - 4)^2 tr(Lq w w') in the limit */
    double ww[2];
    lsa_mat_vector(false, D, D, 1.0, Lq, w, 0.0, ww);
    shift.covariance = THEORY_MATRIX(D, scaled);
    check_status(lsa_theory_judge_split(theory, &shift, &split, NULL), LSA_OK, NULL);
    check_close(split.shift_term, 9.0 * lsa_vec_dot(D, w, ww), 1e-14, 0.0);
    check_at_most(split.training_term, -0.1); /* a short training length shrinks A, which helps here */
    double limit[4];
    lsa_theory_split given;
    check_status(lsa_theory_minimum(theory, D, limit, NULL), LSA_OK, NULL);
    check_status(lsa_theory_judge_split_product(&shift, limit, &given, NULL), LSA_OK, NULL);
    check_close(given.shift_term, split.shift_term + split.training_term, 1e-13, 0.0);
    check_close(given.context_term, split.context_term, 1e-9, 0.0); /* eps M of the rounded limit */
    check_close(given.error, split.error, 1e-13, 0.0);
    assert_true(isnan(given.training_term));
    lsa_theory_destroy(theory);
}

/* The projector off one or two Haar directions, averaged over a circle or by the formula; a layer that is no multiple
 * of I predicts something. */
static void test_orthogonal_query(void **state)
{
    (void)state;
    const double q[4] = {1.0, 0.2, 0.2, 0.5}, Omega[4] = {0.7, -0.1, -0.1, 1.3};
    double error, want = 0.0;
    lsa_setting test = {.context = 1.0,
                        .covariance = THEORY_IDENTITY(2),
                        .query = THEORY_MATRIX(2, q),
                        .query_orthogonal = true,
                        .task_covariance = THEORY_MATRIX(2, Omega)};
    check_status(lsa_theory_orthogonal_query_error(&test, &error, NULL), LSA_OK, NULL);
    for (int k = 0; k < 8; k++) { /* E (v' q v)(v' Omega v) over the circle: degree 4, exact on 8 points */
        const double v[D] = {cos(k * pi / 8.0), sin(k * pi / 8.0)};
        double qv[D], Ov[D];
        lsa_mat_vector(false, D, D, 1.0, q, v, 0.0, qv);
        lsa_mat_vector(false, D, D, 1.0, Omega, v, 0.0, Ov);
        want += lsa_vec_dot(D, v, qv) * lsa_vec_dot(D, v, Ov) / 8.0;
    }
    check_close(error, want, 1e-14, 0.0);
    const double five[5] = {2.0, 2.0, 2.0, 2.0, 2.0};
    test = (lsa_setting){.covariance = THEORY_DIAGONAL(5, five), .query_is_same = true};
    for (ptrdiff_t M = 0; M <= 5; M++) {
        test.context = (double)M;
        check_status(lsa_theory_orthogonal_query_error(&test, &error, NULL), LSA_OK, NULL);
        check_close(error, 2.0 * (double)(5 - M), 1e-14, 1e-15);
    }
    test = (lsa_setting){.covariance = THEORY_IDENTITY(1), .query_is_same = true};
    check_status(lsa_theory_orthogonal_query_error(&test, &error, NULL), LSA_OK, NULL);
    check_close(error, 1.0, 1e-15, 0.0);
    test.covariance = THEORY_IDENTITY(0);
    check_status(lsa_theory_orthogonal_query_error(&test, &error, NULL), LSA_ERR_DOMAIN, NULL);
    /* The counterexample of section 4.2: x = (1, 1), x_q = (1, -1), Gamma^-1 = diag(1/2, 1): x_q' Gamma^-1 x = -1/2. */
    const double inverse[2] = {0.5, 1.0}, x[2] = {1.0, 1.0}, xq[2] = {1.0, -1.0};
    check_close(xq[0] * inverse[0] * x[0] + xq[1] * inverse[1] * x[1], -0.5, 0.0, 0.0);
}

static void test_least_squares_and_sphere(void **state)
{
    (void)state;
    check_close(lsa_theory_least_squares_error(5, 2, 1.5, 2.0, 0.0), 9.0, 1e-15, 0.0);
    check_close(lsa_theory_least_squares_error(5, 2, 1.5, 2.0, 0.4), 9.4, 1e-15, 0.0);
    check_close(lsa_theory_least_squares_error(5, 9, 1.5, 2.0, 0.6), 1.0, 1e-15, 0.0);
    check_close(lsa_theory_least_squares_error(5, 5, 1.5, 2.0, 0.0), 0.0, 0.0, 0.0);
    check_close(lsa_theory_least_squares_error(5, 0, 1.5, 2.0, 0.6), 15.0, 1e-15, 0.0);
    for (ptrdiff_t M = 4; M <= 6; M++)
        assert_true(isinf(lsa_theory_least_squares_error(5, M, 1.5, 2.0, 0.6)));
    check_close(lsa_theory_sphere_moment(4, 3.0), 2.25, 0.0, 0.0);
}

/* The distance to least squares written out, and its refusals; noiseless it is the error. */
static void test_least_squares_distance(void **state)
{
    (void)state;
    double L[4], LA[4], LALA, trace, distance, risk;
    lsa_mat_product(false, true, D, D, D, 1.0, factor, factor, 0.0, L);
    lsa_mat_product(false, false, D, D, D, 1.0, L, A, 0.0, LA);
    trace = lsa_mat_trace(D, LA);
    double LAt[4], LAL[4];
    lsa_mat_product(false, false, D, D, D, 1.0, LA, L, 0.0, LAL);
    lsa_mat_product(false, true, D, D, D, 1.0, LAL, A, 0.0, LAt);
    LALA = lsa_mat_trace(D, LAt);
    for (double M = 4.0; M < 100.0; M *= 3.0) {
        lsa_setting shift = {
            .context = M, .covariance = THEORY_MATRIX(D, L), .query = THEORY_MATRIX(D, L), THEORY_FIXED_TASK(w)};
        check_status(lsa_theory_shift_risk(&shift, A, &risk, NULL), LSA_OK, NULL);
        check_status(lsa_theory_least_squares_distance(&shift, A, &distance, NULL), LSA_OK, NULL);
        check_close(distance, risk, 1e-14, 0.0);
        shift.label_noise = 0.7;
        check_status(lsa_theory_least_squares_distance(&shift, A, &distance, NULL), LSA_OK, NULL);
        check_close(distance, risk + 0.7 / M * (LALA - 2.0 * trace + D * M / (M - D - 1.0)), 1e-13, 0.0);
    }
    const double singular[4] = {1.0, 2.0, 2.0, 4.0}, at[4] = {0.2, 0.0, 0.0, 0.2}; /* rank one: L A = 0.2 L */
    lsa_setting shift = {
        .context = 3.0, .covariance = THEORY_MATRIX(D, singular), THEORY_FIXED_TASK(w), .query = THEORY_IDENTITY(D)};
    shift.query = shift.covariance;
    check_status(lsa_theory_shift_risk(&shift, at, &risk, NULL), LSA_OK, NULL);
    shift.label_noise = 1.0;
    check_status(lsa_theory_least_squares_distance(&shift, at, &distance, NULL), LSA_OK, NULL);
    check_close(distance, risk + (0.04 * 25.0 - 2.0 * 0.2 * 5.0 + 3.0) / 3.0, 1e-13, 0.0);
    shift.context = 2.0;
    check_status(lsa_theory_least_squares_distance(&shift, at, &distance, NULL), LSA_ERR_DOMAIN, NULL);
    shift.context = infinity;
    check_status(lsa_theory_least_squares_distance(&shift, at, &distance, NULL), LSA_ERR_UNABLE, NULL);
}

/* ---- Labels ---- */

/* Two pairs drawn with replacement from rows, every context and query visited. */
static double enumerate_rows(int n, const double *rows, const double *labels)
{
    double sum = 0.0;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++)
            for (int q = 0; q < n; q++) {
                double prediction = 0.0;
                for (int i = 0; i < D; i++)
                    for (int j = 0; j < D; j++)
                        prediction += 0.5 * (labels[a] * rows[a + n * i] + labels[b] * rows[b + n * i]) * A[i + D * j] *
                                      rows[q + n * j];
                sum += (prediction - labels[q]) * (prediction - labels[q]);
            }
    return sum / (double)(n * n * n);
}

static void test_rows(void **state)
{
    (void)state;
    enum { n = 7, numbers = n * D };
    double rows[numbers], labels[n], Lambda[4], a[D], S[4], best, want[D];
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, numbers, rows);
    lsa_rng_normals(&rng, n, labels);
    check_status(lsa_theory_row_labels(n, D, rows, labels, Lambda, a, S, &best, NULL), LSA_OK, NULL);
    check_status(lsa_mat_least_squares(n, D, rows, labels, -1.0, want, NULL), LSA_OK, NULL);
    check_vector_close(D, a, want, 1e-13, 0.0);
    const lsa_setting moments = {.context = 2.0,
                                 .covariance = THEORY_MATRIX(D, Lambda),
                                 .query_is_same = true,
                                 .task = LSA_TASK_MOMENTS,
                                 .task_vector = a,
                                 .moment_covariance = S,
                                 .best_linear = best};
    lsa_theory_error error;
    check_status(lsa_theory_judge(NULL, &moments, A, &error, NULL), LSA_OK, NULL);
    check_close(error.error, enumerate_rows(n, rows, labels), 1e-13, 0.0);
    lsa_theory *theory = NULL; /* trained on N(0, Lambda), Theorem 4.2 holds for rows that are not Gaussian */
    check_status(
        lsa_theory_create(&(lsa_setting){.context = 6.0, .covariance = THEORY_MATRIX(D, Lambda)}, &theory, NULL),
        LSA_OK, NULL);
    check_status(lsa_theory_judge(theory, &moments, NULL, &error, NULL), LSA_OK, NULL);
    assert_null(error.why);
    check_close(error.best_linear + error.context_term + error.training_term, error.error, 1e-14, 0.0);
    lsa_theory_split split;
    check_status(lsa_theory_judge_split(theory, &moments, &split, NULL), LSA_OK, NULL);
    check_close(split.context_term, error.context_term, 1e-14, 0.0);
    check_close(split.training_term, error.training_term, 1e-13, 0.0);
    check_close(split.shift_term, 0.0, 0.0, 1e-15);
    check_close(split.error, error.error, 1e-15, 0.0);
    lsa_theory_destroy(theory);
    rows[3] = (double)NAN;
    check_status(lsa_theory_row_labels(n, D, rows, labels, Lambda, a, S, &best, NULL), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_theory_row_labels(0, D, rows, labels, Lambda, a, S, &best, NULL), LSA_ERR_DOMAIN, NULL);
}

/* Ill-conditioned rows, cond X = 1e6 and a known solution; then collinear ones: the solution of least norm. */
static void test_rows_ill_conditioned(void **state)
{
    (void)state;
    enum { n = 40, numbers = n * 3 };
    double rows[numbers], labels[n], a[3], best;
    lsa_rng rng = lsa_rng_at(4, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, numbers, rows);
    for (int k = 0; k < n; k++) {
        rows[k] = ldexp(round(ldexp(rows[k], 20)), -20); /* on a grid, so that the labels are exact */
        rows[k + n] = rows[k] + ldexp(round(ldexp(rows[k + n], 10)), -30);
        labels[k] = 2.0 * rows[k] - 1.0 * rows[k + n];
        rows[k + 2 * n] = 0.0;
    }
    check_status(lsa_theory_row_labels(n, 3, rows, labels, NULL, a, NULL, &best, NULL), LSA_OK, NULL);
    check_vector_close(3, a, ((double[]){2.0, -1.0, 0.0}), 1e-12, 0.0);
    check_at_most(best, 1e-28);
    for (int k = 0; k < n; k++)
        rows[k + n] = rows[k];
    for (int k = 0; k < n; k++)
        labels[k] = 3.0 * rows[k];
    check_status(lsa_theory_row_labels(n, 3, rows, labels, NULL, a, NULL, &best, NULL), LSA_OK, NULL);
    check_vector_close(3, a, ((double[]){1.5, 1.5, 0.0}), 1e-14, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_elliptical_and_mean),
                                       cmocka_unit_test(test_heavy_tails),
                                       cmocka_unit_test(test_split),
                                       cmocka_unit_test(test_orthogonal_query),
                                       cmocka_unit_test(test_least_squares_and_sphere),
                                       cmocka_unit_test(test_least_squares_distance),
                                       cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_rows_ill_conditioned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
