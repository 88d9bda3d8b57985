/* matrix.c - products of dense column-major matrices, by BLAS. */
#include "base/matrix.h"
#include "base/blas.h"

#include <assert.h>
#include <cblas.h>
#include <limits.h>
#include <math.h>
#include <string.h>
#include <threads.h>

static void set_one_thread(void)
{
    openblas_set_num_threads(1);
}

void lsa_blas_single_thread(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, set_one_thread);
}

int lsa_blas_int(ptrdiff_t n)
{
    assert(n >= 0 && n <= INT_MAX);
    return (int)n;
}

int lsa_blas_ld(ptrdiff_t rows)
{
    return rows > 0 ? lsa_blas_int(rows) : 1;
}

void lsa_mat_product(bool transpose_a, bool transpose_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, double alpha,
                     const double *A, const double *B, double beta, double *C)
{
    if (m == 0 || n == 0)
        return;
    lsa_blas_single_thread();
    cblas_dgemm(CblasColMajor, transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
                lsa_blas_int(m), lsa_blas_int(n), lsa_blas_int(k), alpha, A, lsa_blas_ld(transpose_a ? k : m), B,
                lsa_blas_ld(transpose_b ? n : k), beta, C, lsa_blas_ld(m));
}

/* BLAS leaves y alone when A is empty, even where beta asks for its scaling. */
static void scale_by_beta(ptrdiff_t n, double beta, double *y)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        y[i] = beta == 0.0 ? 0.0 : beta * y[i];
}

void lsa_mat_vector(bool transpose_a, ptrdiff_t m, ptrdiff_t n, double alpha, const double *A, const double *x,
                    double beta, double *y)
{
    if (m == 0 || n == 0) {
        scale_by_beta(transpose_a ? n : m, beta, y);
        return;
    }
    lsa_blas_single_thread();
    cblas_dgemv(CblasColMajor, transpose_a ? CblasTrans : CblasNoTrans, lsa_blas_int(m), lsa_blas_int(n), alpha, A,
                lsa_blas_ld(m), x, 1, beta, y, 1);
}

/* In tiles, so that both matrices are walked within a few cache lines. */
void lsa_mat_transpose(ptrdiff_t m, ptrdiff_t n, const double *A, double *out)
{
    enum { TILE = 16 };
    for (ptrdiff_t j0 = 0; j0 < n; j0 += TILE)
        for (ptrdiff_t i0 = 0; i0 < m; i0 += TILE)
            for (ptrdiff_t j = j0; j < n && j < j0 + TILE; ++j)
                for (ptrdiff_t i = i0; i < m && i < i0 + TILE; ++i)
                    out[j + i * n] = A[i + j * m];
}

void lsa_mat_identity(ptrdiff_t d, double *A)
{
    memset(A, 0, (size_t)(d * d) * sizeof *A);
    for (ptrdiff_t i = 0; i < d; ++i)
        A[i + i * d] = 1.0;
}

void lsa_mat_equilibrate(ptrdiff_t d, const double *A, int sweeps, double *s, double *work)
{
    for (ptrdiff_t i = 0; i < d; ++i)
        s[i] = 1.0;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        for (ptrdiff_t j = 0; j < d; ++j) {
            work[j] = 0.0;
            for (ptrdiff_t i = 0; i < d; ++i)
                work[j] = fmax(work[j], s[i] * (s[j] * fabs(A[i + j * d])));
        }
        for (ptrdiff_t j = 0; j < d; ++j)
            s[j] = work[j] > 0.0 ? s[j] / sqrt(work[j]) : s[j];
    }
}

double lsa_mat_trace(ptrdiff_t d, const double *A)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < d; ++i)
        sum += A[i + i * d];
    return sum;
}

double lsa_mat_inner(ptrdiff_t m, ptrdiff_t n, const double *A, const double *B)
{
    return lsa_vec_dot(m * n, A, B);
}

void lsa_mat_rotate(ptrdiff_t m, ptrdiff_t n, const double *P, const double *A, const double *Q, double *out,
                    double *work)
{
    const size_t bytes = (size_t)(m * n) * sizeof *out;
    if (P != NULL)
        lsa_mat_product(true, false, m, n, m, 1.0, P, A, 0.0, work);
    else if (bytes > 0)
        memcpy(work, A, bytes);
    if (Q != NULL)
        lsa_mat_product(false, false, m, n, n, 1.0, work, Q, 0.0, out);
    else if (bytes > 0)
        memcpy(out, work, bytes);
}

double lsa_mat_asymmetry(ptrdiff_t d, const double *A)
{
    double max = 0.0;
    for (ptrdiff_t j = 0; j < d; ++j)
        for (ptrdiff_t i = j + 1; i < d; ++i) {
            const double difference = fabs(A[i + j * d] - A[j + i * d]);
            if (!(difference <= max)) /* NaN counts as the largest */
                max = difference;
            if (isnan(max))
                return max;
        }
    return max;
}
