/* Identities of factorisations on random matrices. Bounds are Higham's backward errors: a small multiple of
 * d * DBL_EPSILON relative to the norm of the matrix, and times its condition number for solutions. */
#include "base/matrix.h"
#include "base/rng.h"
#include "check.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 12, REPEATS = 40 };
static const double eps = 40 * LARGEST * DBL_EPSILON;

static void random_matrix(uint64_t seed, ptrdiff_t count, double *out)
{
    lsa_rng rng = lsa_rng_at(seed, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, count, out);
}

/* A = G G' / d + I / 10, with condition number of a few hundred at most. */
static void random_spd(uint64_t seed, ptrdiff_t d, double *A)
{
    double G[LARGEST * LARGEST];
    random_matrix(seed, d * d, G);
    lsa_mat_identity(d, A);
    lsa_mat_product(false, true, d, d, d, 1.0 / (double)d, G, G, 0.1, A);
}

static void check_orthogonal(ptrdiff_t d, const double *Q)
{
    double I[LARGEST * LARGEST], QtQ[LARGEST * LARGEST];
    lsa_mat_identity(d, I);
    lsa_mat_product(true, false, d, d, d, 1.0, Q, Q, 0.0, QtQ);
    check_matrix_close(d, d, QtQ, I, eps, 0.0);
}

static void eigen_rebuilds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < REPEATS; ++seed) {
        const ptrdiff_t d = (ptrdiff_t)seed % LARGEST + 1;
        double A[LARGEST * LARGEST], Q[LARGEST * LARGEST], lambda[LARGEST], alone[LARGEST];
        double D[LARGEST * LARGEST], work[LARGEST * LARGEST];
        random_spd(seed, d, A);
        check_status(lsa_mat_eigen(d, A, lambda, Q, NULL), LSA_OK, NULL);
        check_status(lsa_mat_eigen(d, A, alone, NULL, NULL), LSA_OK, NULL);
        check_vector_close(d, alone, lambda, eps, 0.0);
        check_orthogonal(d, Q);
        lsa_mat_rotate(d, d, Q, A, Q, D, work); /* Q' A Q = diag(lambda) */
        for (ptrdiff_t i = 0; i < d; ++i) {
            assert_true(i == 0 || lambda[i - 1] <= lambda[i]);
            D[i + i * d] -= lambda[i];
        }
        check_at_most(lsa_vec_norm_max(d * d, D), eps * lambda[d - 1]);
    }
}

/* sigma_i^2 are the eigenvalues of A A'. */
static void singular_values_agree_with_eigenvalues(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < REPEATS; ++seed) {
        const ptrdiff_t m = (ptrdiff_t)seed % 4 + 1;
        const ptrdiff_t n = m + (ptrdiff_t)seed % 3;
        double A[LARGEST * LARGEST], At[LARGEST * LARGEST], AAt[LARGEST * LARGEST];
        double sigma[LARGEST], again[LARGEST], lambda[LARGEST];
        random_matrix(seed, m * n, A);
        lsa_mat_product(false, true, m, m, n, 1.0, A, A, 0.0, AAt);
        lsa_mat_transpose(m, n, A, At);
        check_status(lsa_mat_singular_values(m, n, A, sigma, NULL), LSA_OK, NULL);
        check_status(lsa_mat_singular_values(n, m, At, again, NULL), LSA_OK, NULL);
        check_vector_close(m, again, sigma, eps, 0.0);
        check_status(lsa_mat_eigen(m, AAt, lambda, NULL, NULL), LSA_OK, NULL);
        for (ptrdiff_t i = 0; i < m; ++i)
            check_close(sigma[i] * sigma[i], lambda[m - 1 - i], 0.0, eps * lambda[m - 1]);
    }
}

static void cholesky_rebuilds(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < REPEATS; ++seed) {
        const ptrdiff_t d = (ptrdiff_t)seed % LARGEST + 1;
        double A[LARGEST * LARGEST], L[LARGEST * LARGEST], LLt[LARGEST * LARGEST];
        random_spd(seed, d, A);
        check_status(lsa_mat_cholesky(d, A, L, NULL), LSA_OK, NULL);
        for (ptrdiff_t j = 0; j < d; ++j)
            for (ptrdiff_t i = 0; i < j; ++i)
                check_close(L[i + j * d], 0.0, 0.0, 0.0);
        lsa_mat_product(false, true, d, d, d, 1.0, L, L, 0.0, LLt);
        check_matrix_close(d, d, LLt, A, eps, 0.0);
    }
}

/* A X = B by both solvers, in place and beside. */
static void solutions_solve(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < REPEATS; ++seed) {
        const ptrdiff_t d = (ptrdiff_t)seed % LARGEST + 1;
        const ptrdiff_t n = (ptrdiff_t)seed % 3 + 1;
        double A[LARGEST * LARGEST], want[LARGEST * 3], B[LARGEST * 3], X[LARGEST * 3], lambda[LARGEST];
        random_spd(seed, d, A);
        random_matrix(seed + 1000, d * n, want);
        lsa_mat_product(false, false, d, n, d, 1.0, A, want, 0.0, B);
        check_status(lsa_mat_eigen(d, A, lambda, NULL, NULL), LSA_OK, NULL);
        const double rtol = eps * lambda[d - 1] / lambda[0];
        check_status(lsa_mat_solve_spd(d, n, A, B, X, NULL), LSA_OK, NULL);
        check_matrix_close(d, n, X, want, rtol, 0.0);
        check_status(lsa_mat_solve(d, n, A, B, X, NULL), LSA_OK, NULL);
        check_matrix_close(d, n, X, want, rtol, 0.0);
        memcpy(X, B, sizeof X);
        check_status(lsa_mat_solve_spd(d, n, A, B, B, NULL), LSA_OK, NULL);
        check_matrix_close(d, n, B, want, rtol, 0.0);
        check_status(lsa_mat_cholesky(d, A, A, NULL), LSA_OK, NULL); /* in place */
        lsa_mat_cholesky_solve(d, A, X);
        check_matrix_close(d, 1, X, want, rtol, 0.0);
    }
}

/* An unsymmetric system, and rows that need pivoting. */
static void general_solve_pivots(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < REPEATS; ++seed) {
        const ptrdiff_t d = (ptrdiff_t)seed % LARGEST + 2 <= LARGEST ? (ptrdiff_t)seed % LARGEST + 2 : 2;
        double A[LARGEST * LARGEST], want[LARGEST], x[LARGEST], sigma[LARGEST];
        random_matrix(seed, d * d, A);
        A[0] = 0.0;
        random_matrix(seed + 1000, d, want);
        lsa_mat_vector(false, d, d, 1.0, A, want, 0.0, x);
        check_status(lsa_mat_singular_values(d, d, A, sigma, NULL), LSA_OK, NULL);
        check_status(lsa_mat_solve(d, 1, A, x, x, NULL), LSA_OK, NULL);
        check_vector_close(d, x, want, eps * sigma[0] / sigma[d - 1], 0.0);
    }
}

/* The residual of a least-squares solution is orthogonal to the columns. */
static void least_squares_residual_is_orthogonal(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < REPEATS; ++seed) {
        const ptrdiff_t n = (ptrdiff_t)seed % 4 + 1;
        const ptrdiff_t m = n + 4;
        double A[LARGEST * LARGEST], r[LARGEST], x[LARGEST], Atr[LARGEST];
        random_matrix(seed, m * n, A);
        random_matrix(seed + 1000, m, r);
        check_status(lsa_mat_least_squares(m, n, A, r, -1.0, x, NULL), LSA_OK, NULL);
        lsa_mat_vector(false, m, n, -1.0, A, x, 1.0, r);
        lsa_mat_vector(true, m, n, 1.0, A, r, 0.0, Atr);
        check_at_most(lsa_vec_norm_max(n, Atr), eps * lsa_vec_norm(m * n, A) * lsa_vec_norm(m, r));
    }
}

/* P' A Q against plain products, with NULL for the identity and in place. */
static void rotation_is_two_products(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < REPEATS; ++seed) {
        const ptrdiff_t m = (ptrdiff_t)seed % 5 + 1;
        const ptrdiff_t n = (ptrdiff_t)seed % 3 + 1;
        double A[LARGEST * LARGEST], P[LARGEST * LARGEST], Q[LARGEST * LARGEST];
        double left[LARGEST * LARGEST], both[LARGEST * LARGEST], out[LARGEST * LARGEST], work[LARGEST * LARGEST];
        random_matrix(seed, m * n, A);
        check_status(lsa_mat_haar(m, seed, P, NULL), LSA_OK, NULL);
        check_status(lsa_mat_haar(n, seed + 1, Q, NULL), LSA_OK, NULL);
        check_orthogonal(m, P);
        lsa_mat_product(true, false, m, n, m, 1.0, P, A, 0.0, left);
        lsa_mat_product(false, false, m, n, n, 1.0, left, Q, 0.0, both);
        lsa_mat_rotate(m, n, P, A, NULL, out, work);
        check_matrix_close(m, n, out, left, 0.0, 0.0);
        lsa_mat_rotate(m, n, NULL, left, Q, out, work);
        check_matrix_close(m, n, out, both, 0.0, 0.0);
        lsa_mat_rotate(m, n, P, A, Q, A, work);
        check_matrix_close(m, n, A, both, 0.0, 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eigen_rebuilds),           cmocka_unit_test(singular_values_agree_with_eigenvalues),
        cmocka_unit_test(cholesky_rebuilds),        cmocka_unit_test(solutions_solve),
        cmocka_unit_test(general_solve_pivots),     cmocka_unit_test(least_squares_residual_is_orthogonal),
        cmocka_unit_test(rotation_is_two_products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
