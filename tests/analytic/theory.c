/* The closed forms against other closed forms: the family of papers around them, exact solutions, and small matrices
 * done by hand. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "base/rng.h"
#include "lsaflow/theory.h"

#include <math.h>
#include <string.h>

static lsa_theory *theory_of(const lsa_setting *law)
{
    lsa_error err;
    lsa_theory *theory = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_create(law, &theory, &err), LSA_OK, &err);
    return theory;
}

/* 2307.03576: isotropic covariates, noise s2: the best one-step weight on the unnormalised sum is 1/(N + d + 1 + s2);
 * and
 * 2306.00297: 1/(((n+1)/n) l_i + tr/n) on each mode. */
static void test_one_step(void **state)
{
    (void)state;
    const double spectrum[3] = {2.0, 1.0, 0.25};
    double A[9];
    lsa_theory *theory =
        theory_of(&(lsa_setting){.context = 7.0, .label_noise = 0.5, .covariance = THEORY_IDENTITY(3)});
    check_status(lsa_theory_minimum(theory, 3, A, NULL), LSA_OK, NULL);
    check_close(A[4] / 7.0, 1.0 / (7.0 + 3.0 + 1.0 + 0.5), 1e-15, 0.0);
    lsa_theory_destroy(theory);
    theory = theory_of(&(lsa_setting){.context = 7.0, .covariance = THEORY_DIAGONAL(3, spectrum)});
    check_status(lsa_theory_minimum(theory, 3, A, NULL), LSA_OK, NULL);
    for (ptrdiff_t i = 0; i < 3; i++)
        check_close(A[i + 3 * i], 1.0 / (8.0 / 7.0 * spectrum[i] + 3.25 / 7.0), 1e-15, 0.0);
    lsa_theory_destroy(theory);
}

/* Omega = Lambda^-1: the preconditioner is N/(N + 1 + d + s2) Lambda^-1. */
static void test_whitening_tasks(void **state)
{
    (void)state;
    const double Lambda[4] = {2.0, 0.5, 0.5, 1.0}, Inverse[4] = {1.0 / 1.75, -0.5 / 1.75, -0.5 / 1.75, 2.0 / 1.75};
    double A[4], want[4];
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 9.0,
                                                  .covariance = THEORY_MATRIX(2, Lambda),
                                                  .task_covariance = THEORY_MATRIX(2, Inverse),
                                                  .label_noise = 0.25});
    check_status(lsa_theory_minimum(theory, 2, A, NULL), LSA_OK, NULL);
    for (int k = 0; k < 4; k++)
        want[k] = 9.0 / (9.0 + 1.0 + 2.0 + 0.25) * Inverse[k];
    check_vector_close(4, A, want, 1e-15, 0.0);
    lsa_theory_destroy(theory);
}

/* 2310.08391: trained at N, used at M, query label noisy:
 *     R_M = tr(H (G_N - G_M) Ht (G_N - G_M)') + s2 + psi2 tr([((tr H + s2/psi2)/M) I + H/M] G_M H), on a spectrum. */
static void test_pretraining_risk(void **state)
{
    (void)state;
    const double H[3] = {1.5, 0.8, 0.2}, psi2 = 0.7, s2 = 0.3, N = 10.0, M = 4.0, task[3] = {psi2, psi2, psi2};
    const double tr = 2.5, noise = tr + s2 / psi2;
    double want = s2;
    for (int i = 0; i < 3; i++) {
        const double at_N = 1.0 / (noise / N + (N + 1.0) / N * H[i]), at_M = 1.0 / (noise / M + (M + 1.0) / M * H[i]);
        const double Ht = psi2 * H[i] * (noise / M + (M + 1.0) / M * H[i]);
        want += H[i] * (at_N - at_M) * Ht * (at_N - at_M) + psi2 * (noise / M + H[i] / M) * at_M * H[i];
    }
    lsa_theory *theory = theory_of(&(lsa_setting){.context = N,
                                                  .covariance = THEORY_DIAGONAL(3, H),
                                                  .task_covariance = THEORY_DIAGONAL(3, task),
                                                  .label_noise = s2});
    const lsa_setting shift = {.context = M,
                               .covariance = THEORY_DIAGONAL(3, H),
                               .query = THEORY_DIAGONAL(3, H),
                               .task_covariance = THEORY_DIAGONAL(3, task),
                               .label_noise = s2,
                               .query_noise = true};
    lsa_theory_error error;
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    check_close(error.error, want, 1e-14, 0.0);
    check_close(error.best_linear, s2, 0.0, 0.0);
    lsa_theory_destroy(theory);
}

/* Covariates scaled by c, N and M infinite: the risk is (1 - c^2)^2 tr(Lambda_q Omega), section 4.2. */
static void test_covariate_scaling(void **state)
{
    (void)state;
    const double spectrum[2] = {1.0, 0.5}, c2 = 4.0, scaled[2] = {c2 * 1.0, c2 * 0.5};
    lsa_theory *theory =
        theory_of(&(lsa_setting){.context = (double)INFINITY, .covariance = THEORY_DIAGONAL(2, spectrum)});
    const lsa_setting shift = {
        .context = (double)INFINITY, .covariance = THEORY_DIAGONAL(2, scaled), .query = THEORY_DIAGONAL(2, spectrum)};
    lsa_theory_error error;
    check_status(lsa_theory_judge(theory, &shift, NULL, &error, NULL), LSA_OK, NULL);
    check_close(error.error, 9.0 * 1.5, 1e-15, 0.0);
    lsa_theory_destroy(theory);
}

/* Exponential(1) eigenvalues: A = I/(3 + (d+5)/N), in the limit I/3. xi = 2, g = 6(1 + 1/N) + (6 + 2(d-1))/N. */
static void test_exponential_covariance(void **state)
{
    (void)state;
    const double N = 20.0, xi[2] = {2.0, 2.0}, g = 6.0 * (1.0 + 1.0 / N) + (6.0 + 2.0) / N, both[2] = {g, g};
    double A[2], u;
    lsa_theory_random_limit(2, xi, both, A, &u);
    check_close(A[0], 1.0 / (3.0 + 7.0 / N), 1e-15, 0.0);
    check_close(u * u, A[0] * sqrt(2.0), 1e-15, 0.0);
}

/* The logistic solves the flow: its derivative is -2u dL/du on the line U = (u/sqrt d) I, and its loss is the loss. */
static void test_logistic_solves_the_flow(void **state)
{
    (void)state;
    const double l[3] = {0.8, 0.8, 0.8}, sigma = 0.2, entry = sigma / sqrt(3.0);
    const double U0[9] = {entry, 0, 0, 0, entry, 0, 0, 0, entry};
    lsa_theory *theory =
        theory_of(&(lsa_setting){.context = 6.0, .covariance = THEORY_DIAGONAL(3, l), .label_noise = 0.4});
    lsa_theory_white white;
    assert_true(lsa_theory_white_of(theory, sigma, U0, &white));
    for (int k = 0; k < 20; k++) {
        const double t = 0.3 * k, h = 1e-4, u = sqrt(lsa_theory_white_u2(&white, t)), e = u / sqrt(3.0);
        const double U[9] = {e, 0, 0, 0, e, 0, 0, 0, e};
        double du, dU[9], loss;
        check_status(lsa_theory_gradient(theory, u, U, &du, dU, NULL), LSA_OK, NULL);
        const double slope = (lsa_theory_white_u2(&white, t + h) - lsa_theory_white_u2(&white, t - h)) / (2.0 * h);
        check_close(slope, -2.0 * u * du, 0.0, 1e-8); /* h^2 times a third derivative of order 1, and eps/h */
        check_close(dU[0] * sqrt(3.0), du, 1e-12, 1e-15);
        check_status(lsa_theory_loss(theory, u, U, &loss, NULL), LSA_OK, NULL);
        check_close(lsa_theory_white_loss(&white, t), loss, 1e-13, 0.0);
    }
    double u;
    check_status(lsa_theory_balanced(theory, &u, NULL, NULL), LSA_OK, NULL);
    check_close(sqrt(lsa_theory_white_u2(&white, (double)INFINITY)), u, 1e-15, 0.0);
    assert_false(lsa_theory_white_of(theory, 2.0 * sigma, U0, &white));
    lsa_theory_destroy(theory);
}

/* d = 1: the linearised rate is 2 (u^2 D + D g^2) = 4 u^2 D with D = gamma l^2, u^2 = 1/gamma: 4 l^2. */
static void test_scalar_rate(void **state)
{
    (void)state;
    const double l = 0.7, U0 = 0.1;
    double rate, u;
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 5.0, .covariance = THEORY_DIAGONAL(1, &l)});
    check_status(lsa_theory_balanced(theory, &u, NULL, NULL), LSA_OK, NULL);
    check_status(lsa_theory_local_rate(theory, u, &U0, &rate, NULL), LSA_OK, NULL);
    check_close(rate, 4.0 * l * l, 1e-14, 0.0);
    lsa_theory_destroy(theory);
}

/* A task that Omega leaves out drives no mode, but what the start has of it falls at its own rate, u^2 D; the rest as without. */
static void test_rate_of_a_task_left_out(void **state)
{
    (void)state;
    const double spectrum[2] = {1.0, 0.5}, tasks[2] = {1.0, 0.0}, N = 10.0;
    const double U0[4] = {0.1, 0.0, 0.0, 0.1}, excites_none[4] = {0.1, 0.0, 0.0, 0.0};
    const lsa_covariance Omega = {.kind = LSA_COVARIANCE_DIAGONAL, .d = 2, .spectrum = (double[2]){tasks[0], tasks[1]}};
    double rate, u;
    lsa_theory *theory =
        theory_of(&(lsa_setting){.context = N, .covariance = THEORY_DIAGONAL(2, spectrum), .task_covariance = &Omega});
    check_status(lsa_theory_limit(theory, 0.2, U0, &u, (double[4]){0.0}, NULL), LSA_OK, NULL);
    const double c = 1.0 / N, D = c * spectrum[1] * spectrum[1]; /* tr(Lambda Omega) = 1; g_2 = c l_2 */
    check_status(lsa_theory_local_rate(theory, u, U0, &rate, NULL), LSA_OK, NULL);
    check_close(rate, 2.0 * u * u * D, 1e-14, 0.0);
    check_status(lsa_theory_local_rate(theory, u, excites_none, &rate, NULL), LSA_OK, NULL);
    const double first = (1.0 + 1.0 / N) + c, A = 1.0 / first; /* D_11 = g_1 l_1, A_11 = s_1/(g_1) */
    check_close(rate, 2.0 * first * (u * u + A * A / (u * u)), 1e-14, 0.0);
    lsa_theory_destroy(theory);
}

/* yhat by (3.6), all blocks, and v' H v of Lemma 5.1; then the inertia of H. */
static void check_quadratic_form(ptrdiff_t d, ptrdiff_t N)
{
    enum { MOST = 4, SIZE = MOST * MOST };
    const ptrdiff_t n = d + 1, size = n * n;
    double E[MOST * 8], V[SIZE], C[SIZE], H[SIZE * SIZE], Hv[SIZE], lambda[SIZE], left[MOST], right[MOST];
    lsa_rng rng = lsa_rng_at((uint64_t)(10 * d + N), LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, n * (N + 1), E);
    lsa_rng_normals(&rng, size, V); /* [U p; k' u] */
    E[d + N * n] = 0.0;
    lsa_theory_quadratic_form(d, N + 1, E, (double)N, H);
    lsa_mat_vector(false, size, size, 1.0, H, V, 0.0, Hv);
    lsa_mat_product(false, true, n, n, N + 1, 1.0 / (double)N, E, E, 0.0, C);
    lsa_mat_vector(true, n, n, 1.0, C, V + d * n, 0.0, left);   /* (p', u) C */
    lsa_mat_vector(false, n, d, 1.0, V, E + N * n, 0.0, right); /* [U; k'] x_q */
    check_close(lsa_vec_dot(size, V, Hv), lsa_vec_dot(n, left, right), 1e-12, 1e-12);
    check_status(lsa_mat_eigen(size, H, lambda, NULL, NULL), LSA_OK, NULL);
    ptrdiff_t negative = 0;
    for (ptrdiff_t k = 0; k < size; k++)
        negative += lambda[k] < -1e-12;
    assert_int_equal(negative, lsa_theory_negative_count(d, N));
}

static void test_quadratic_form(void **state)
{
    (void)state;
    check_quadratic_form(2, 5);
    check_quadratic_form(3, 4);
    check_quadratic_form(3, 1); /* 2 negative eigenvalues: "at least d + 1" needs N >= d */
    check_quadratic_form(1, 1);
    assert_int_equal(lsa_theory_negative_count(3, 1), 2);
    assert_int_equal(lsa_theory_negative_count(3, 3), 4);
}

/* Near the saddle the flow grows at the rate claimed: d ln u/dt = -(dL/du)/u along B's direction. */
static void test_growth(void **state)
{
    (void)state;
    const double Lambda[4] = {2.0, 0.5, 0.5, 1.0}, B[4] = {4.25, 1.5, 1.5, 1.25}, u = 1e-6;
    const double norm = sqrt(4.25 * 4.25 + 2.0 * 1.5 * 1.5 + 1.25 * 1.25);
    double U[4], du, dU[4];
    lsa_theory *theory = theory_of(&(lsa_setting){.context = 10.0, .covariance = THEORY_MATRIX(2, Lambda)});
    for (int k = 0; k < 4; k++)
        U[k] = u * B[k] / norm;
    check_status(lsa_theory_gradient(theory, u, U, &du, dU, NULL), LSA_OK, NULL);
    check_close(lsa_theory_growth_rate(theory), norm, 1e-15, 0.0);
    check_close(-du / u, norm, 1e-10, 0.0);
    check_close(lsa_theory_escape_time(theory, 1e-3), log(1e3) / norm, 1e-14, 0.0);
    lsa_theory_destroy(theory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_step),
                                       cmocka_unit_test(test_whitening_tasks),
                                       cmocka_unit_test(test_pretraining_risk),
                                       cmocka_unit_test(test_covariate_scaling),
                                       cmocka_unit_test(test_exponential_covariance),
                                       cmocka_unit_test(test_logistic_solves_the_flow),
                                       cmocka_unit_test(test_scalar_rate),
                                       cmocka_unit_test(test_rate_of_a_task_left_out),
                                       cmocka_unit_test(test_quadratic_form),
                                       cmocka_unit_test(test_growth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
