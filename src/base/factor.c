/* factor.c - factorisations and solves of dense matrices, by LAPACK.
 *
 * Every input is checked to be finite first: LAPACK's iterations may not end on NaN or infinity. Inputs are copied,
 * LAPACK overwrites. */
#include "base/blas.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The largest order: LAPACK counts its workspace of 1 + 6d + 2d^2 numbers (dsyevd, the hungriest here) in 32 bits. */
#define LARGEST_ORDER ((ptrdiff_t)32000)

static lsa_status check_order(ptrdiff_t m, ptrdiff_t n, lsa_error *err)
{
    lsa_blas_single_thread();
    if (m <= LARGEST_ORDER && n <= LARGEST_ORDER)
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_UNABLE, "a %td-by-%td matrix is too large for LAPACK's 32-bit sizes", m, n);
}

/* Checks the entries (i, j) of an m-by-n matrix with i >= first_row(j): all of them, or the lower triangle. */
static lsa_status check_finite(ptrdiff_t m, ptrdiff_t n, const double *A, bool lower, lsa_error *err)
{
    for (ptrdiff_t j = 0; j < n; ++j)
        for (ptrdiff_t i = lower ? j : 0; i < m; ++i)
            if (!isfinite(A[i + j * m]))
                return lsa_error_set(err, LSA_ERR_DOMAIN, "entry (%td, %td) of a matrix is %g", i + 1, j + 1,
                                     A[i + j * m]);
    return LSA_OK;
}

/* A copy of A, m-by-n, which the caller frees; NULL when memory is out. */
static double *copy_matrix(ptrdiff_t m, ptrdiff_t n, const double *A)
{
    double *copy = lsa_vec_create(m * n);
    if (copy != NULL && m * n > 0)
        memcpy(copy, A, (size_t)(m * n) * sizeof *copy);
    return copy;
}

/* The status of a routine that returned `info`: negative is memory (its arguments are ours), positive a failed
 * iteration. */
static lsa_status check_info(lapack_int info, const char *what, lsa_error *err)
{
    if (info == 0)
        return LSA_OK;
    if (info < 0)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for %s", what);
    return lsa_error_set(err, LSA_ERR_SOLVER, "%s did not converge (LAPACK info %d)", what, (int)info);
}

lsa_status lsa_mat_eigen(ptrdiff_t d, const double *A, double *lambda, double *Q, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *work = NULL;
    LSA_TRY(check_order(d, d, err));
    LSA_TRY(check_finite(d, d, A, true, err));
    work = copy_matrix(d, d, A);
    LSA_TRY_MEMORY(work, "a copy of a matrix");
    if (d > 0)
        LSA_TRY(check_info(
            LAPACKE_dsyevd(LAPACK_COL_MAJOR, Q != NULL ? 'V' : 'N', 'L', lsa_blas_int(d), work, lsa_blas_ld(d), lambda),
            "a symmetric eigendecomposition", err));
    if (Q != NULL && d > 0)
        memcpy(Q, work, (size_t)(d * d) * sizeof *Q);
done:
    free(work);
    return status;
}

lsa_status lsa_mat_singular_values(ptrdiff_t m, ptrdiff_t n, const double *A, double *sigma, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *work = NULL;
    LSA_TRY(check_order(m, n, err));
    LSA_TRY(check_finite(m, n, A, false, err));
    work = copy_matrix(m, n, A);
    LSA_TRY_MEMORY(work, "a copy of a matrix");
    if (m > 0 && n > 0)
        LSA_TRY(check_info(LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', lsa_blas_int(m), lsa_blas_int(n), work, lsa_blas_ld(m),
                                          sigma, NULL, 1, NULL, 1),
                           "a singular value decomposition", err));
done:
    free(work);
    return status;
}

lsa_status lsa_mat_svd(ptrdiff_t d, const double *A, double *sigma, double *X, double *Yt, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *work = NULL;
    LSA_TRY(check_order(d, d, err));
    LSA_TRY(check_finite(d, d, A, false, err));
    work = copy_matrix(d, d, A);
    LSA_TRY_MEMORY(work, "a copy of a matrix");
    if (d > 0)
        LSA_TRY(check_info(LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'A', lsa_blas_int(d), lsa_blas_int(d), work, lsa_blas_ld(d),
                                          sigma, X, lsa_blas_ld(d), Yt, lsa_blas_ld(d)),
                           "a singular value decomposition", err));
done:
    free(work);
    return status;
}

/* Factors the lower triangle of L in place. */
static lsa_status cholesky_in_place(ptrdiff_t d, double *L, lsa_error *err)
{
    const lapack_int info = d > 0 ? LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', lsa_blas_int(d), L, lsa_blas_ld(d)) : 0;
    if (info > 0)
        return lsa_error_set(err, LSA_ERR_DOMAIN,
                             "a matrix is not positive definite: its leading minor of order %d is not positive",
                             (int)info);
    return check_info(info, "a Cholesky factor", err);
}

lsa_status lsa_mat_cholesky(ptrdiff_t d, const double *A, double *L, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(check_order(d, d, err));
    LSA_TRY(check_finite(d, d, A, true, err));
    for (ptrdiff_t j = 0; j < d; ++j)
        for (ptrdiff_t i = 0; i < d; ++i)
            L[i + j * d] = i >= j ? A[i + j * d] : 0.0;
    LSA_TRY(cholesky_in_place(d, L, err));
done:
    return status;
}

/* Column by column of L. */
void lsa_mat_cholesky_solve(ptrdiff_t d, const double *L, double *x)
{
    for (ptrdiff_t j = 0; j < d; j++) {
        x[j] /= L[j + j * d];
        lsa_vec_axpy(d - j - 1, -x[j], L + j + 1 + j * d, x + j + 1);
    }
    for (ptrdiff_t j = d - 1; j >= 0; j--)
        x[j] = (x[j] - lsa_vec_dot(d - j - 1, L + j + 1 + j * d, x + j + 1)) / L[j + j * d];
}

lsa_status lsa_mat_solve_spd(ptrdiff_t d, ptrdiff_t n, const double *A, const double *B, double *X, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *L = NULL;
    LSA_TRY(check_order(d, n, err));
    LSA_TRY(check_finite(d, d, A, true, err));
    L = copy_matrix(d, d, A);
    LSA_TRY_MEMORY(L, "a copy of a matrix");
    LSA_TRY(cholesky_in_place(d, L, err));
    if (d > 0 && n > 0) {
        memmove(X, B, (size_t)(d * n) * sizeof *X);
        LSA_TRY(check_info(LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'L', lsa_blas_int(d), lsa_blas_int(n), L, lsa_blas_ld(d), X,
                                          lsa_blas_ld(d)),
                           "a linear system", err));
    }
done:
    free(L);
    return status;
}

lsa_status lsa_mat_solve(ptrdiff_t d, ptrdiff_t n, const double *A, const double *B, double *X, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *LU = NULL;
    lapack_int *pivots = NULL;
    LSA_TRY(check_order(d, n, err));
    LSA_TRY(check_finite(d, d, A, false, err));
    LU = copy_matrix(d, d, A);
    LSA_TRY_MEMORY(LU, "a copy of a matrix");
    pivots = calloc((size_t)d + 1, sizeof *pivots);
    LSA_TRY_MEMORY(pivots, "the pivots of a linear system");
    if (d > 0 && n > 0) {
        const lapack_int info =
            LAPACKE_dgetrf(LAPACK_COL_MAJOR, lsa_blas_int(d), lsa_blas_int(d), LU, lsa_blas_ld(d), pivots);
        if (info > 0)
            LSA_TRY(lsa_error_set(err, LSA_ERR_DOMAIN, "a matrix is singular: pivot %d is zero", (int)info));
        LSA_TRY(check_info(info, "a linear system", err));
        memmove(X, B, (size_t)(d * n) * sizeof *X);
        LSA_TRY(check_info(LAPACKE_dgetrs(LAPACK_COL_MAJOR, 'N', lsa_blas_int(d), lsa_blas_int(n), LU, lsa_blas_ld(d),
                                          pivots, X, lsa_blas_ld(d)),
                           "a linear system", err));
    }
done:
    free(pivots);
    free(LU);
    return status;
}

lsa_status lsa_mat_least_squares(ptrdiff_t m, ptrdiff_t n, const double *A, const double *b, double rcond, double *x,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *work = NULL;
    double *solution = NULL;
    double *sigma = NULL;
    const ptrdiff_t longer = m > n ? m : n; /* LAPACK reads b and writes x in one array */
    lapack_int rank = 0;
    LSA_TRY(check_order(m, n, err));
    LSA_TRY(check_finite(m, n, A, false, err));
    LSA_TRY(check_finite(m, 1, b, false, err));
    work = copy_matrix(m, n, A);
    LSA_TRY_MEMORY(work, "a copy of a matrix");
    solution = lsa_vec_create(longer);
    LSA_TRY_MEMORY(solution, "a least-squares problem");
    sigma = lsa_vec_create(longer);
    LSA_TRY_MEMORY(sigma, "a least-squares problem");
    if (m > 0)
        memcpy(solution, b, (size_t)m * sizeof *solution);
    if (m > 0 && n > 0)
        LSA_TRY(check_info(LAPACKE_dgelsd(LAPACK_COL_MAJOR, lsa_blas_int(m), lsa_blas_int(n), 1, work, lsa_blas_ld(m),
                                          solution, lsa_blas_ld(longer), sigma, rcond, &rank),
                           "a least-squares problem", err));
    if (n > 0)
        memcpy(x, solution, (size_t)n * sizeof *x);
done:
    free(sigma);
    free(solution);
    free(work);
    return status;
}

/* Stewart (1980): the orthogonal factor of a Gaussian matrix is Haar-distributed once the diagonal of R is made
 * positive, which makes the factorisation unique. */
lsa_status lsa_mat_haar_from(ptrdiff_t d, lsa_rng rng, double *Q, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *tau = NULL;
    double *sign = NULL;
    LSA_TRY(check_order(d, d, err));
    tau = lsa_vec_create(d);
    LSA_TRY_MEMORY(tau, "a random basis");
    sign = lsa_vec_create(d);
    LSA_TRY_MEMORY(sign, "a random basis");
    lsa_rng_normals(&rng, d * d, Q);
    if (d > 0)
        LSA_TRY(check_info(LAPACKE_dgeqrf(LAPACK_COL_MAJOR, lsa_blas_int(d), lsa_blas_int(d), Q, lsa_blas_ld(d), tau),
                           "a random basis", err));
    for (ptrdiff_t j = 0; j < d; ++j)
        sign[j] = Q[j + j * d] < 0.0 ? -1.0 : 1.0;
    if (d > 0)
        LSA_TRY(check_info(
            LAPACKE_dorgqr(LAPACK_COL_MAJOR, lsa_blas_int(d), lsa_blas_int(d), lsa_blas_int(d), Q, lsa_blas_ld(d), tau),
            "a random basis", err));
    for (ptrdiff_t j = 0; j < d; ++j)
        lsa_vec_scale(d, sign[j], Q + j * d);
done:
    free(sign);
    free(tau);
    return status;
}

lsa_status lsa_mat_haar(ptrdiff_t d, unsigned long long seed, double *Q, lsa_error *err)
{
    return lsa_mat_haar_from(d, lsa_stream_at(seed, LSA_STREAM_ROTATION, 0), Q, err);
}
