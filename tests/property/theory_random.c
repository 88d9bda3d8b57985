/* Random covariances: the operators of all laws against sums by hand, the minimum against a dense solve and against
 * derivatives, and each special case against the law it is a special case of. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "base/rng.h"
#include "lsaflow/theory_random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { D = 4, SQUARE = D * D };

static const double infinity = (double)INFINITY;

static lsa_theory_random *random_of(const lsa_setting *law)
{
    lsa_error err;
    lsa_theory_random *random = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_random_create(law, &random, &err), LSA_OK, &err);
    return random;
}

/* Z Z'/n + floor I with n columns of seeded normals. */
static void covariance(ptrdiff_t d, uint64_t seed, double floor_value, double *out)
{
    double Z[SQUARE];
    lsa_rng rng = lsa_rng_at(seed, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, d * d, Z);
    lsa_mat_product(false, true, d, d, d, 1.0 / (double)d, Z, Z, 0.0, out);
    for (ptrdiff_t i = 0; i < d; i++)
        out[i + i * d] += floor_value;
}

static void normals(uint64_t seed, ptrdiff_t count, double *out)
{
    lsa_rng rng = lsa_rng_at(seed, LSA_RNG_PROBE, 1);
    lsa_rng_normals(&rng, count, out);
}

/* ---- Mixtures against the dense Kronecker system ---- */

/* K = sum_c p_c Lambda_c (x) G_c and b = Vec sum_c p_c Lambda_c Omega Lambda_c, written out. */
static void kronecker(ptrdiff_t d, ptrdiff_t count, const double *weights, const double (*Lambda)[SQUARE],
                      const double *Omega, double N, double s2, double *K, double *b)
{
    double LO[SQUARE], G[SQUARE];
    const ptrdiff_t n = d * d;
    memset(K, 0, (size_t)(n * n) * sizeof *K);
    memset(b, 0, (size_t)n * sizeof *b);
    for (ptrdiff_t c = 0; c < count; c++) {
        lsa_mat_product(false, false, d, d, d, 1.0, Lambda[c], Omega, 0.0, LO);
        const double load = (lsa_mat_trace(d, LO) + s2) / N;
        lsa_mat_product(false, false, d, d, d, 1.0, LO, Lambda[c], 0.0, G);
        lsa_vec_axpy(n, weights[c], G, b);
        lsa_vec_scale(n, 1.0 + 1.0 / N, G);
        lsa_vec_axpy(n, load, Lambda[c], G);
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t l = 0; l < d; l++)
                for (ptrdiff_t i = 0; i < d; i++)
                    for (ptrdiff_t k = 0; k < d; k++)
                        K[i + j * d + (k + l * d) * n] += weights[c] * Lambda[c][j + l * d] * G[i + k * d];
    }
}

static void test_mixture_is_the_dense_solution(void **state)
{
    (void)state;
    const double weights[3] = {0.5, 0.3, 0.2}, N = 9.0, s2 = 0.2;
    double Lambda[3][SQUARE], Omega[SQUARE], K[SQUARE * SQUARE], b[SQUARE], want[SQUARE], A[SQUARE], HA[SQUARE];
    for (int c = 0; c < 3; c++)
        covariance(D, 10 + (uint64_t)c, 0.1, Lambda[c]);
    covariance(D, 3, 0.2, Omega);
    const lsa_covariance matrices[3] = {*THEORY_MATRIX(D, Lambda[0]), *THEORY_MATRIX(D, Lambda[1]),
                                        *THEORY_MATRIX(D, Lambda[2])};
    lsa_theory_random *random = random_of(&(lsa_setting){.context = N,
                                                         .covariance = THEORY_MIXTURE(D, 3, weights, matrices),
                                                         .task_covariance = THEORY_MATRIX(D, Omega),
                                                         .label_noise = s2});
    kronecker(D, 3, weights, (const double(*)[SQUARE])Lambda, Omega, N, s2, K, b);
    check_status(lsa_mat_solve(SQUARE, 1, K, b, want, NULL), LSA_OK, NULL);
    lsa_theory_random_minimum(random, A);
    check_vector_close(SQUARE, A, want, 1e-10, 0.0); /* eps cond K of the dense solve, cond K about 1e5 */
    check_status(lsa_theory_random_apply(random, A, HA, NULL), LSA_OK, NULL);
    check_vector_close(SQUARE, HA, b, 1e-14, 0.0);
    check_at_least(lsa_mat_asymmetry(D, A), 1e-3); /* non-commuting: A is not symmetric, its transpose is wrong */
    lsa_theory_random_destroy(random);
}

/* Ill-conditioned, nearly singular components: B must come back to the last digits. */
static void test_mixture_ill_conditioned(void **state)
{
    (void)state;
    const double weights[2] = {0.7, 0.3};
    double Q[SQUARE], Lambda[2][SQUARE], A[SQUARE], HA[SQUARE], B[SQUARE];
    for (int c = 0; c < 2; c++) {
        check_status(lsa_mat_haar(D, (unsigned long long)(c + 1), Q, NULL), LSA_OK, NULL);
        for (ptrdiff_t j = 0; j < D; j++)
            for (ptrdiff_t i = 0; i < D; i++) {
                Lambda[c][i + j * D] = 0.0;
                for (ptrdiff_t k = 0; k < D; k++)
                    Lambda[c][i + j * D] += Q[i + k * D] * pow(1e-4, (double)k / 3.0) * Q[j + k * D];
            }
    }
    const lsa_covariance matrices[2] = {*THEORY_MATRIX(D, Lambda[0]), *THEORY_MATRIX(D, Lambda[1])};
    lsa_theory_random *random =
        random_of(&(lsa_setting){.context = 50.0, .covariance = THEORY_MIXTURE(D, 2, weights, matrices)});
    lsa_theory_random_minimum(random, A);
    lsa_theory_random_signal(random, B);
    check_status(lsa_theory_random_apply(random, A, HA, NULL), LSA_OK, NULL);
    check_vector_close(SQUARE, HA, B, 1e-14, 0.0);
    lsa_theory_random_destroy(random);
}

/* Beyond the size at which products go to BLAS in double precision, its digits come back. */
static void test_mixture_of_large_matrices(void **state)
{
    (void)state;
    enum { d = 70, square = d * d };
    const double weights[2] = {0.5, 0.5};
    double *space = calloc(5, sizeof(double[square]));
    assert_non_null(space);
    double *Lambda = space, *Q = space + square, *A = Q + square, *B = A + square, *HA = B + square;
    double spectrum[d];
    check_status(lsa_mat_haar(d, 9, Q, NULL), LSA_OK, NULL);
    for (ptrdiff_t k = 0; k < d; k++)
        spectrum[k] = 0.2 + (double)k / d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            for (ptrdiff_t k = 0; k < d; k++)
                Lambda[i + j * d] += Q[i + k * d] * spectrum[k] * Q[j + k * d];
    const lsa_covariance matrices[2] = {*THEORY_MATRIX(d, Lambda), *THEORY_DIAGONAL(d, spectrum)};
    lsa_theory_random *random =
        random_of(&(lsa_setting){.context = 50.0, .covariance = THEORY_MIXTURE(d, 2, weights, matrices)});
    lsa_theory_random_minimum(random, A);
    lsa_theory_random_signal(random, B);
    check_status(lsa_theory_random_apply(random, A, HA, NULL), LSA_OK, NULL);
    check_vector_close(square, HA, B, 1e-13, 0.0);
    lsa_theory_random_destroy(random);
    free(space);
}

/* ---- Special cases of each other ---- */

/* A point law, a mixture of one and a fixed covariance are the law of theory.h. */
static void test_no_randomness(void **state)
{
    (void)state;
    double Lambda[SQUARE], Omega[SQUARE], want[SQUARE], A[SQUARE], u, U[SQUARE], other;
    covariance(D, 5, 0.05, Lambda);
    covariance(D, 6, 0.05, Omega);
    const lsa_setting fixed = {.context = 12.0,
                               .normalise_plus_one = true,
                               .covariance = THEORY_MATRIX(D, Lambda),
                               .task_covariance = THEORY_MATRIX(D, Omega),
                               .label_noise = 0.3};
    lsa_theory *theory = NULL;
    check_status(lsa_theory_create(&fixed, &theory, NULL), LSA_OK, NULL);
    lsa_theory_random *random = random_of(&(lsa_setting){.context = 12.0,
                                                         .normalise_plus_one = true,
                                                         .covariance = fixed.covariance,
                                                         .task_covariance = fixed.task_covariance,
                                                         .label_noise = 0.3});
    check_status(lsa_theory_minimum(theory, D, want, NULL), LSA_OK, NULL);
    lsa_theory_random_minimum(random, A);
    check_vector_close(SQUARE, A, want, 1e-13, 0.0);
    check_close(lsa_theory_random_least_loss(random), lsa_theory_minimum_loss(theory, D), 1e-13, 0.0);
    check_status(lsa_theory_balanced(theory, &other, want, NULL), LSA_OK, NULL);
    lsa_theory_random_balanced(random, &u, U);
    check_close(u, other, 1e-13, 0.0);
    check_vector_close(SQUARE, U, want, 1e-13, 0.0);
    double loss, gap, du, dU[SQUARE], loss2, gap2, du2, dU2[SQUARE];
    normals(7, SQUARE, U);
    check_status(lsa_theory_random_loss(random, 0.4, U, &loss, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_gap(random, 0.4, U, &gap, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_gradient(random, 0.4, U, &du, dU, NULL), LSA_OK, NULL);
    check_status(lsa_theory_loss(theory, 0.4, U, &loss2, NULL), LSA_OK, NULL);
    check_status(lsa_theory_gap(theory, 0.4, U, &gap2, NULL), LSA_OK, NULL);
    check_status(lsa_theory_gradient(theory, 0.4, U, &du2, dU2, NULL), LSA_OK, NULL);
    check_close(loss, loss2, 1e-13, 0.0);
    check_close(gap, gap2, 1e-13, 0.0);
    check_close(du, du2, 1e-12, 0.0);
    check_vector_close(SQUARE, dU, dU2, 1e-12, 0.0);
    lsa_theory_random_destroy(random);
    lsa_theory_destroy(theory);
}

/* Independent two-point entries are a mixture of 2^d diagonal matrices, also with a dense task covariance. */
static void check_two_point(const double *Omega)
{
    enum { d = 3, square = d * d, atoms = 8 };
    const lsa_law entries[d] = {
        {LSA_LAW_TWO_POINT, {0.5, 2.0, 0.25}}, {LSA_LAW_TWO_POINT, {1.0, 0.2, 0.6}}, {LSA_LAW_POINT, {0.7}}};
    double spectra[atoms][d], weights[atoms], A[square], B[square], U[square], HU[square], HU2[square], one, two;
    lsa_covariance matrices[atoms];
    for (int k = 0; k < atoms; k++) {
        weights[k] = (k & 1 ? 0.25 : 0.75) * (k & 2 ? 0.6 : 0.4) * 0.5; /* the third entry is drawn twice the same */
        spectra[k][0] = k & 1 ? 0.5 : 2.0;
        spectra[k][1] = k & 2 ? 1.0 : 0.2;
        spectra[k][2] = 0.7;
        matrices[k] = *THEORY_DIAGONAL(d, spectra[k]);
    }
    lsa_setting law = {.context = 6.0,
                       .covariance = THEORY_LAWS(d, entries),
                       .task_covariance = Omega != NULL ? THEORY_MATRIX(d, Omega) : NULL,
                       .label_noise = 0.1};
    lsa_theory_random *random = random_of(&law);
    law.covariance = THEORY_MIXTURE(d, atoms, weights, matrices);
    lsa_theory_random *mixture = random_of(&law);
    lsa_theory_random_minimum(random, A);
    lsa_theory_random_minimum(mixture, B);
    check_vector_close(square, A, B, 1e-14, 0.0);
    normals(8, square, U);
    check_status(lsa_theory_random_apply(random, U, HU, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_apply(mixture, U, HU2, NULL), LSA_OK, NULL);
    check_vector_close(square, HU, HU2, 1e-14, 0.0);
    lsa_theory_random_bounds x, y;
    const double U0[square] = {0.1, 0.02, 0, 0.02, 0.1, 0, 0, 0, 0.1};
    check_status(lsa_theory_random_bound(random, 0.2, U0, &x, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_bound(mixture, 0.2, U0, &y, NULL), LSA_OK, NULL);
    if (Omega == NULL) {
        check_close(x.norm_product, y.norm_product, 1e-12, 0.0);
        check_close(x.sigma_max, y.sigma_max, 1e-12, 0.0);
        check_close(x.pl, y.pl, 1e-12, 0.0);
    } else {
        assert_true(isnan(x.norm_product) && isnan(x.sigma_max) && isnan(x.u_lower) && isnan(x.pl));
        assert_non_null(x.why);
    }
    check_close(x.u_lower_loss, y.u_lower_loss, 1e-12, 0.0);
    lsa_setting shift = {.context = 5.0, .covariance = THEORY_LAWS(d, entries), .task_covariance = law.task_covariance};
    lsa_theory_error a, b;
    const lsa_covariance query = *THEORY_DIAGONAL(d, spectra[1]);
    for (int k = 0; k < 2; k++) {
        shift.query = &query;
        shift.query_is_same = k == 0;
        check_status(lsa_theory_random_judge_product(&shift, U, &a, NULL), LSA_OK, NULL);
        one = a.error;
        lsa_setting other = shift;
        other.covariance = law.covariance;
        check_status(lsa_theory_random_judge_product(&other, U, &b, NULL), LSA_OK, NULL);
        two = b.error;
        check_close(one, two, 1e-13, 0.0);
    }
    lsa_theory_random_destroy(random);
    lsa_theory_random_destroy(mixture);
}

static void test_diagonal_is_a_mixture(void **state)
{
    (void)state;
    const double Omega[9] = {1.0, 0.3, -0.2, 0.3, 2.0, 0.1, -0.2, 0.1, 0.5};
    check_two_point(NULL);
    check_two_point(Omega);
}

/* ---- Wishart ---- */

/* In one dimension W/k is a Gamma law of shape k/2 and scale 2 l/k. */
static void test_wishart_in_one_dimension(void **state)
{
    (void)state;
    const double scale = 0.8, task = 1.7;
    for (double k = 1.0; k < 40.0; k = 2.0 * k + 1.0) {
        const lsa_law gamma = {LSA_LAW_GAMMA, {k / 2.0, 2.0 * scale / k}};
        lsa_setting law = {.context = 7.0,
                           .covariance = THEORY_LAWS(1, &gamma),
                           .task_covariance = THEORY_DIAGONAL(1, &task),
                           .label_noise = 0.4};
        lsa_theory_random *diagonal = random_of(&law);
        law.covariance = THEORY_WISHART(1, k, THEORY_DIAGONAL(1, &scale));
        lsa_theory_random *wishart = random_of(&law);
        const double one = 1.0;
        double A, B, HA, HB;
        lsa_theory_random_minimum(diagonal, &A);
        lsa_theory_random_minimum(wishart, &B);
        check_close(B, A, 1e-14, 0.0);
        check_status(lsa_theory_random_apply(diagonal, &one, &HA, NULL), LSA_OK, NULL);
        check_status(lsa_theory_random_apply(wishart, &one, &HB, NULL), LSA_OK, NULL);
        check_close(HB, HA, 1e-14, 0.0);
        lsa_theory_random_destroy(diagonal);
        lsa_theory_random_destroy(wishart);
    }
}

/* H A = B for a dense scale and task, also where scale is singular and for k = 1; many degrees of freedom end in the
 * fixed law, with an error that falls like 1/k. */
static void test_wishart_solves_its_system(void **state)
{
    (void)state;
    double Sigma[SQUARE], Omega[SQUARE], A[SQUARE], B[SQUARE], HA[SQUARE], want[SQUARE];
    covariance(D, 21, 0.1, Sigma);
    covariance(D, 22, 0.1, Omega);
    lsa_theory *theory = NULL;
    const lsa_setting fixed = {.context = 8.0,
                               .covariance = THEORY_MATRIX(D, Sigma),
                               .task_covariance = THEORY_MATRIX(D, Omega),
                               .label_noise = 0.2};
    check_status(lsa_theory_create(&fixed, &theory, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(theory, D, want, NULL), LSA_OK, NULL);
    double before = infinity;
    for (double k = 1.0; k < 1e7; k *= 10.0) {
        lsa_theory_random *random =
            random_of(&(lsa_setting){.context = 8.0,
                                     .covariance = THEORY_WISHART(D, k, THEORY_MATRIX(D, Sigma)),
                                     .task_covariance = THEORY_MATRIX(D, Omega),
                                     .label_noise = 0.2});
        lsa_theory_random_minimum(random, A);
        lsa_theory_random_signal(random, B);
        check_status(lsa_theory_random_apply(random, A, HA, NULL), LSA_OK, NULL);
        check_vector_close(SQUARE, HA, B, 1e-14, 0.0);
        lsa_vec_axpy(SQUARE, -1.0, want, A);
        const double off = lsa_vec_norm(SQUARE, A);
        if (k > 1e4)
            check_close(off / before, 0.1, 2e-2, 0.0);
        before = off;
        lsa_theory_random_destroy(random);
    }
    lsa_theory_destroy(theory);
}

/* E[G V Lambda] and E[Lambda Omega Lambda] with Lambda = F Z Z' F'/k by a quadrature over the entries of Z that is exact to degree
 * 7, six being needed: the pairings of (W17) to their last digits, entry by entry, with V, F and Omega of no symmetry in common. */
static void check_wishart_by_quadrature(ptrdiff_t k, double N, double s2)
{
    enum { d = 2, square = d * d, MOST = 6 };
    const double F[square] = {1.2, 0.4, -0.3, 0.7}, Omega[square] = {1.0, -0.5, -0.5, 2.0},
                 V[square] = {0.3, -1.0, 0.8, 0.5};
    const double node[4] = {-sqrt(3.0 + sqrt(6.0)), -sqrt(3.0 - sqrt(6.0)), sqrt(3.0 - sqrt(6.0)),
                            sqrt(3.0 + sqrt(6.0))};
    const double weight[4] = {0.25 / (3.0 + sqrt(6.0)), 0.25 / (3.0 - sqrt(6.0)), 0.25 / (3.0 - sqrt(6.0)),
                              0.25 / (3.0 + sqrt(6.0))};
    double scale[square], want[square] = {0.0}, signal[square] = {0.0}, got[square];
    double Z[MOST], X[MOST], Lambda[square], LO[square], G[square], GV[square], GVL[square];
    const ptrdiff_t n = d * k;
    ptrdiff_t points = 1;
    for (ptrdiff_t i = 0; i < n; i++)
        points *= 4;
    lsa_mat_product(false, true, d, d, d, 1.0, F, F, 0.0, scale);
    for (ptrdiff_t p = 0; p < points; p++) {
        double w = 1.0;
        for (ptrdiff_t i = 0, rest = p; i < n; i++, rest /= 4) {
            Z[i] = node[rest % 4];
            w *= weight[rest % 4];
        }
        lsa_mat_product(false, false, d, k, d, 1.0, F, Z, 0.0, X);
        lsa_mat_product(false, true, d, d, k, 1.0 / (double)k, X, X, 0.0, Lambda);
        lsa_mat_product(false, false, d, d, d, 1.0, Lambda, Omega, 0.0, LO);
        lsa_mat_product(false, false, d, d, d, 1.0, LO, Lambda, 0.0, G);
        lsa_vec_axpy(square, w, G, signal);
        lsa_vec_scale(square, 1.0 + 1.0 / N, G);
        lsa_vec_axpy(square, (lsa_mat_trace(d, LO) + s2) / N, Lambda, G);
        lsa_mat_product(false, false, d, d, d, 1.0, G, V, 0.0, GV);
        lsa_mat_product(false, false, d, d, d, 1.0, GV, Lambda, 0.0, GVL);
        lsa_vec_axpy(square, w, GVL, want);
    }
    lsa_theory_random *random =
        random_of(&(lsa_setting){.context = N,
                                 .covariance = THEORY_WISHART(d, (double)k, THEORY_MATRIX(d, scale)),
                                 .task_covariance = THEORY_MATRIX(d, Omega),
                                 .label_noise = s2});
    check_status(lsa_theory_random_apply(random, V, got, NULL), LSA_OK, NULL);
    check_vector_close(square, got, want, 1e-13, 0.0);
    lsa_theory_random_signal(random, got);
    check_vector_close(square, got, signal, 1e-13, 0.0);
    lsa_theory_random_destroy(random);
}

static void test_wishart_is_the_quadrature(void **state)
{
    (void)state;
    for (ptrdiff_t k = 1; k <= 3; k++) {
        check_wishart_by_quadrature(k, 4.0, 0.7);
        check_wishart_by_quadrature(k, 1.0, 0.0);
        check_wishart_by_quadrature(k, 50.0, 0.1);
    }
}

static void test_wishart_singular_scale(void **state)
{
    (void)state;
    const double Sigma[9] = {1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.5};
    double A[9], B[9], HA[9];
    lsa_theory_random *random =
        random_of(&(lsa_setting){.context = 5.0, .covariance = THEORY_WISHART(3, 2.0, THEORY_MATRIX(3, Sigma))});
    lsa_theory_random_minimum(random, A);
    lsa_theory_random_signal(random, B);
    check_status(lsa_theory_random_apply(random, A, HA, NULL), LSA_OK, NULL);
    check_vector_close(9, HA, B, 1e-14, 0.0);
    check_close(A[0] + A[3], A[1] + A[4], 0.0, 1e-15);
    check_close(A[0] - A[3], 0.0, 0.0, 1e-15); /* (1, -1, 0) is not seen */
    lsa_theory_random_destroy(random);
}

/* ---- Calculus ---- */

/* The gradient is the loss's derivative, the minimum its zero, and the gap the loss above it. */
static void check_calculus(const lsa_covariance *covariance, const double *Omega)
{
    double U[SQUARE], dU[SQUARE], du, plus, minus, gap, loss, step = 1e-5, u = 0.6;
    lsa_theory_random *random =
        random_of(&(lsa_setting){.context = 5.0,
                                 .normalise_plus_one = true,
                                 .covariance = covariance,
                                 .task_covariance = Omega != NULL ? THEORY_MATRIX(D, Omega) : NULL,
                                 .label_noise = 0.3});
    normals(31, SQUARE, U);
    check_status(lsa_theory_random_gradient(random, u, U, &du, dU, NULL), LSA_OK, NULL);
    for (ptrdiff_t k = 0; k < SQUARE; k++) {
        const double kept = U[k];
        U[k] = kept + step;
        check_status(lsa_theory_random_loss(random, u, U, &plus, NULL), LSA_OK, NULL);
        U[k] = kept - step;
        check_status(lsa_theory_random_loss(random, u, U, &minus, NULL), LSA_OK, NULL);
        U[k] = kept;
        check_close((plus - minus) / (2.0 * step), dU[k], 1e-8, 1e-8 * lsa_vec_norm(SQUARE, dU));
    }
    check_status(lsa_theory_random_loss(random, u + step, U, &plus, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_loss(random, u - step, U, &minus, NULL), LSA_OK, NULL);
    check_close((plus - minus) / (2.0 * step), du, 1e-8, 0.0);
    check_status(lsa_theory_random_loss(random, u, U, &loss, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_gap(random, u, U, &gap, NULL), LSA_OK, NULL);
    check_close(loss - gap, lsa_theory_random_least_loss(random), 1e-12, 0.0);
    check_status(lsa_theory_random_loss(random, 0.0, U, &loss, NULL), LSA_OK, NULL);
    check_close(loss, lsa_theory_random_loss_at_zero(random), 1e-14, 0.0);
    lsa_theory_random_balanced(random, &u, U);
    check_status(lsa_theory_random_gradient(random, u, U, &du, dU, NULL), LSA_OK, NULL);
    check_at_most(fabs(du) + lsa_vec_norm(SQUARE, dU), 1e-14 * lsa_theory_random_loss_at_zero(random) / u);
    check_close(u, lsa_vec_norm(SQUARE, U), 1e-14, 0.0);
    double V[SQUARE], v;
    for (int k = 0; k < 2; k++) { /* a start out of balance, to either side; what is conserved stays */
        const double u0 = k == 0 ? 3.0 : -0.01;
        normals(32, SQUARE, V);
        const double conserved = u0 * u0 - pow(lsa_vec_norm(SQUARE, V), 2.0);
        check_status(lsa_theory_random_settled(random, u0, V, &v, U, NULL), LSA_OK, NULL);
        check_close(v * v - pow(lsa_vec_norm(SQUARE, U), 2.0), conserved, 1e-12, 0.0);
        check_status(lsa_theory_random_gap(random, v, U, &gap, NULL), LSA_OK, NULL);
        check_at_most(gap, 1e-28 * lsa_theory_random_loss_at_zero(random));
        assert_true(v * u0 > 0.0);
    }
    lsa_theory_random_balanced(random, &u, U);
    check_status(lsa_theory_random_settled(random, u, U, &v, NULL, NULL), LSA_OK, NULL);
    check_close(v, u, 1e-14, 0.0);
    lsa_theory_random_destroy(random);
}

static void test_calculus(void **state)
{
    (void)state;
    const lsa_law entries[D] = {{LSA_LAW_EXPONENTIAL, {0.7}},
                                {LSA_LAW_UNIFORM, {0.5, 1.5}},
                                {LSA_LAW_GAMMA, {0.6, 1.2}},
                                {LSA_LAW_TWO_POINT, {0.5, 2.0, 0.25}}};
    double Sigma[SQUARE], Other[SQUARE], Omega[SQUARE];
    const double weights[2] = {0.4, 0.6};
    covariance(D, 41, 0.3, Sigma);
    covariance(D, 42, 0.3, Other);
    covariance(D, 43, 0.3, Omega);
    const lsa_covariance matrices[2] = {*THEORY_MATRIX(D, Sigma), *THEORY_MATRIX(D, Other)};
    const lsa_covariance laws[3] = {*THEORY_LAWS(D, entries), *THEORY_MIXTURE(D, 2, weights, matrices),
                                    *THEORY_WISHART(D, 5.0, THEORY_MATRIX(D, Sigma))};
    for (int k = 0; k < 3; k++) {
        check_calculus(&laws[k], NULL);
        check_calculus(&laws[k], Omega);
    }
}

/* A test at the training length, from the training law, has twice the training loss; trained A beats its neighbours. */
static void test_error_is_twice_the_loss(void **state)
{
    (void)state;
    double Sigma[SQUARE], A[SQUARE];
    covariance(D, 51, 0.2, Sigma);
    const lsa_covariance law = *THEORY_WISHART(D, 3.0, THEORY_MATRIX(D, Sigma));
    lsa_theory_random *random = random_of(&(lsa_setting){.context = 9.0, .covariance = &law});
    lsa_theory_error error;
    lsa_setting shift = {.context = 9.0, .covariance = &law, .query_is_same = true};
    check_status(lsa_theory_random_judge(random, &shift, &error, NULL), LSA_OK, NULL);
    check_close(error.error, 2.0 * lsa_theory_random_least_loss(random), 1e-14, 0.0);
    assert_true(isnan(error.context_term) && error.why != NULL);
    const double least = error.error;
    lsa_theory_random_minimum(random, A);
    for (int k = 0; k < SQUARE; k++) {
        A[k] += 1e-3;
        check_status(lsa_theory_random_judge_product(&shift, A, &error, NULL), LSA_OK, NULL);
        check_at_least(error.error - least, 1e-9);
        A[k] -= 1e-3;
    }
    shift.context = 0.0; /* predicts zero */
    check_status(lsa_theory_random_judge(random, &shift, &error, NULL), LSA_OK, NULL);
    check_close(error.error, 2.0 * lsa_theory_random_loss_at_zero(random), 1e-14, 0.0);
    lsa_theory_random_destroy(random);
}

/* A mixture's error is the average of its components' errors, each of which is a test of one covariance: nothing commutes, Omega is
 * full, the query has a covariance of its own or the context's. */
static void test_error_is_the_average(void **state)
{
    (void)state;
    const double weights[3] = {0.5, 0.3, 0.2};
    double Lambda[3][SQUARE], Omega[SQUARE], Query[SQUARE], A[SQUARE];
    for (int c = 0; c < 3; c++)
        covariance(D, 60 + (uint64_t)c, 0.1, Lambda[c]);
    covariance(D, 63, 0.2, Omega);
    covariance(D, 64, 0.2, Query);
    normals(65, SQUARE, A);
    const lsa_covariance matrices[3] = {*THEORY_MATRIX(D, Lambda[0]), *THEORY_MATRIX(D, Lambda[1]),
                                        *THEORY_MATRIX(D, Lambda[2])};
    for (int same = 0; same < 2; same++)
        for (int plus_one = 0; plus_one < 2; plus_one++) {
            double average = 0.0;
            lsa_theory_error error;
            lsa_setting test = {.context = 7.0,
                                .normalise_plus_one = plus_one,
                                .query = THEORY_MATRIX(D, Query),
                                .query_is_same = same,
                                .task_covariance = THEORY_MATRIX(D, Omega),
                                .label_noise = 0.3,
                                .query_noise = true};
            for (int c = 0; c < 3; c++) {
                test.covariance = &matrices[c];
                check_status(lsa_theory_judge(NULL, &test, A, &error, NULL), LSA_OK, NULL);
                average += weights[c] * error.error;
            }
            test.covariance = THEORY_MIXTURE(D, 3, weights, matrices);
            check_status(lsa_theory_judge(NULL, &test, A, &error, NULL), LSA_OK, NULL);
            check_close(error.error, average, 1e-13, 0.0);
            check_close(error.best_linear, 0.3, 1e-15, 0.0);
        }
}

/* ---- Bounds ---- */

/* E[max l sum l^2] in closed form: one entry is E l^3; n iid uniform on (0, 1): by order statistics. */
static void test_norm_product(void **state)
{
    (void)state;
    const lsa_law one = {LSA_LAW_GAMMA, {0.3, 2.0}};
    const double entry = 0.1;
    lsa_theory_random *random = random_of(&(lsa_setting){.context = infinity, .covariance = THEORY_LAWS(1, &one)});
    lsa_theory_random_bounds bounds;
    check_status(lsa_theory_random_bound(random, 0.1, &entry, &bounds, NULL), LSA_OK, NULL);
    check_close(bounds.norm_product, lsa_theory_law_moment(&one, 3), 1e-11, 0.0);
    lsa_theory_random_destroy(random);
    const lsa_law uniform[3] = {
        {LSA_LAW_UNIFORM, {0.0, 1.0}}, {LSA_LAW_UNIFORM, {0.0, 1.0}}, {LSA_LAW_UNIFORM, {0.0, 1.0}}};
    const double U0[9] = {0.1, 0, 0, 0, 0.1, 0, 0, 0, 0.1};
    random = random_of(&(lsa_setting){.context = infinity, .covariance = THEORY_LAWS(3, uniform)});
    check_status(lsa_theory_random_bound(random, 0.1, U0, &bounds, NULL), LSA_OK, NULL);
    /* The maximum m has density 3 m^2; given it, the others are uniform below: m (m^2 + 2 m^2/3), mean 5/3 3/6. */
    check_close(bounds.norm_product, 5.0 / 6.0, 1e-12, 0.0);
    lsa_theory_random_destroy(random);
    /* Two iid Exponential(1): E[max (a^2 + b^2)] = int over a > b of 2 a (a^2 + b^2) e^{-a-b} = 23/2 + ... by parts. */
    const lsa_law exponential[2] = {{LSA_LAW_EXPONENTIAL, {1.0}}, {LSA_LAW_EXPONENTIAL, {1.0}}};
    random = random_of(&(lsa_setting){.context = infinity, .covariance = THEORY_LAWS(2, exponential)});
    check_status(lsa_theory_random_bound(random, 0.1, U0, &bounds, NULL), LSA_OK, NULL);
    /* a = b + z, b with density e^{-2b}, z with e^{-z}: 2 E[(b+z)((b+z)^2 + b^2)], moments k!/2^{k+1} and k!. */
    const double b0 = 0.5, b1 = 0.25, b2 = 0.25, b3 = 0.375;
    check_close(bounds.norm_product, 2.0 * (2.0 * b3 + 4.0 * b2 * 1.0 + 3.0 * b1 * 2.0 + b0 * 6.0), 1e-12, 0.0);
    lsa_theory_random_destroy(random);
}

/* The constants against Theorem 4.1's own: a point law is the fixed law. */
static void test_bounds_without_randomness(void **state)
{
    (void)state;
    const double spectrum[2] = {1.5, 0.5}, entry = 0.2 / sqrt(2.0), U0[4] = {entry, 0.0, 0.0, entry};
    const lsa_law points[2] = {{LSA_LAW_POINT, {1.5}}, {LSA_LAW_POINT, {0.5}}};
    lsa_theory_random *random = random_of(&(lsa_setting){.context = 10.0, .covariance = THEORY_LAWS(2, points)});
    lsa_theory *theory = NULL;
    check_status(
        lsa_theory_create(&(lsa_setting){.context = 10.0, .covariance = THEORY_DIAGONAL(2, spectrum)}, &theory, NULL),
        LSA_OK, NULL);
    lsa_theory_random_bounds bounds;
    lsa_theory_start start;
    check_status(lsa_theory_random_bound(random, 0.2, U0, &bounds, NULL), LSA_OK, NULL);
    check_status(lsa_theory_assess_start(theory, 0.2, U0, &start, NULL), LSA_OK, NULL);
    check_close(bounds.excitation, start.excitation, 1e-14, 0.0);
    check_close(bounds.norm_product, lsa_theory_gamma_norm(theory) * 2.5, 1e-12, 0.0);
    double loss;
    check_status(lsa_theory_loss(theory, 0.2, U0, &loss, NULL), LSA_OK, NULL);
    check_close(bounds.u_lower_loss, lsa_theory_u_lower_bound_from_loss(theory, loss - lsa_theory_loss_at_zero(theory)),
                1e-12, 0.0);
    check_at_most(bounds.u_lower, bounds.u_lower_loss); /* (C.12) is the weaker of the two */
    check_at_least(bounds.u_lower, 1e-2);
    check_close(bounds.pl, 2.0 * bounds.u_lower * bounds.u_lower * lsa_theory_least_rate(theory), 1e-12, 0.0);
    check_status(lsa_theory_random_bound(random, 10.0 * bounds.sigma_max, U0, &bounds, NULL), LSA_OK, NULL);
    assert_true(bounds.margin < 0.0 && bounds.u_lower == 0.0 && bounds.pl == 0.0);
    lsa_theory_random_destroy(random);
    lsa_theory_destroy(theory);
}

/* A spectrum alone costs O(d): a large one is prepared, bounded and judged at once. */
static void test_large_spectrum(void **state)
{
    (void)state;
    enum { d = 20000 };
    lsa_law *entries = calloc(d, sizeof *entries);
    assert_non_null(entries);
    for (int i = 0; i < d; i++)
        entries[i] = (lsa_law){LSA_LAW_EXPONENTIAL, {1.0}};
    lsa_theory_random *random = random_of(&(lsa_setting){.context = infinity, .covariance = THEORY_LAWS(d, entries)});
    check_close(lsa_theory_random_least_loss(random), 0.5 * d / 3.0, 1e-13, 0.0);
    lsa_theory_error error;
    const lsa_setting shift = {.context = infinity, .covariance = THEORY_LAWS(d, entries), .query_is_same = true};
    check_status(lsa_theory_random_judge(random, &shift, &error, NULL), LSA_OK, NULL);
    check_close(error.error, d / 3.0, 1e-13, 0.0);
    lsa_theory_random_destroy(random);
    free(entries);
}

static void check_refused(const lsa_setting *law, const char *part)
{
    lsa_error err;
    lsa_theory_random *random = NULL;
    lsa_error_clear(&err);
    check_status(lsa_theory_random_create(law, &random, &err), LSA_ERR_DOMAIN, &err);
    check_contains(err.text, part);
    assert_null(random);
}

static void test_refusals(void **state)
{
    (void)state;
    const double weights[2] = {0.5, 0.6}, indefinite[4] = {1.0, 2.0, 2.0, 1.0};
    const lsa_covariance matrices[2] = {*THEORY_MATRIX(2, indefinite), *THEORY_IDENTITY(2)};
    lsa_law entry = {LSA_LAW_EXPONENTIAL, {-1.0}};
    lsa_setting law = {.context = 5.0, .covariance = THEORY_LAWS(1, &entry)};
    check_refused(&law, "mean > 0");
    entry = (lsa_law){LSA_LAW_TWO_POINT, {1.0, 2.0, 1.5}};
    check_refused(&law, "probability");
    entry = (lsa_law){LSA_LAW_UNIFORM, {2.0, 1.0}};
    check_refused(&law, "low <= high");
    entry = (lsa_law){LSA_LAW_GAMMA, {2.0, 0.0}};
    check_refused(&law, "shape");
    entry = (lsa_law){LSA_LAW_POINT, {0.0}};
    check_refused(&law, "zero");
    entry.parameter[0] = 1.0;
    law.context = 0.5;
    check_refused(&law, "context length");
    law.context = 5.0;
    law.label_noise = -1.0;
    check_refused(&law, "label noise");
    law = (lsa_setting){.context = 5.0, .covariance = THEORY_MIXTURE(2, 2, weights, matrices)};
    check_refused(&law, "sum to 1");
    law.covariance = THEORY_MIXTURE(2, 0, weights, matrices);
    check_refused(&law, "at least one");
    law.covariance = THEORY_MATRIX(2, indefinite);
    check_refused(&law, "semidefinite");
    law.covariance = THEORY_WISHART(2, 0.5, THEORY_IDENTITY(2));
    check_refused(&law, "degrees of freedom");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mixture_is_the_dense_solution),
                                       cmocka_unit_test(test_mixture_ill_conditioned),
                                       cmocka_unit_test(test_mixture_of_large_matrices),
                                       cmocka_unit_test(test_no_randomness),
                                       cmocka_unit_test(test_diagonal_is_a_mixture),
                                       cmocka_unit_test(test_wishart_in_one_dimension),
                                       cmocka_unit_test(test_wishart_solves_its_system),
                                       cmocka_unit_test(test_wishart_singular_scale),
                                       cmocka_unit_test(test_wishart_is_the_quadrature),
                                       cmocka_unit_test(test_calculus),
                                       cmocka_unit_test(test_error_is_twice_the_loss),
                                       cmocka_unit_test(test_error_is_the_average),
                                       cmocka_unit_test(test_norm_product),
                                       cmocka_unit_test(test_bounds_without_randomness),
                                       cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_large_spectrum)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
