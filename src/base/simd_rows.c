/* simd_rows.c - inner products and products by a common matrix, one lane a problem. */
#include "base/simd_rows.h"
#include "base/simd_width.h"

enum { SIDE = LSA_RNG_SIDE };

/* Half a row, in registers: a vector of the compilers' own extension, which they split where the processor's are
 * shorter. It may lie wherever doubles may. */
typedef double half __attribute__((vector_size(32), aligned(8), may_alias));

#define HALF(x)        (*(const half *)(x))
#define SET_HALF(x, h) (*(half *)(x) = (h))

/* Two vectors against two: eight half sums that do not wait for one another, each number read once for two products. */
EVERY_WIDTH static void inner_four(ptrdiff_t d, const double *x, const double *y, const double *v, const double *w,
                                   double *restrict xv, ptrdiff_t to_y)
{
    half sum[4][2] = {{{0.0}}};
    for (ptrdiff_t i = 0; i < d * SIDE; i += SIDE)
        for (ptrdiff_t h = 0; h < 2; ++h) {
            const half a = HALF(x + i + 4 * h), b = HALF(y + i + 4 * h);
            const half p = HALF(v + i + 4 * h), q = HALF(w + i + 4 * h);
            sum[0][h] += a * p;
            sum[1][h] += a * q;
            sum[2][h] += b * p;
            sum[3][h] += b * q;
        }
    for (ptrdiff_t h = 0; h < 2; ++h) {
        SET_HALF(xv + 4 * h, sum[0][h]);
        SET_HALF(xv + SIDE + 4 * h, sum[1][h]);
        SET_HALF(xv + to_y + 4 * h, sum[2][h]);
        SET_HALF(xv + to_y + SIDE + 4 * h, sum[3][h]);
    }
}

EVERY_WIDTH static void inner_one(ptrdiff_t d, const double *x, const double *v, double *restrict out)
{
    half sum[2] = {{0.0}};
    for (ptrdiff_t i = 0; i < d * SIDE; i += SIDE)
        for (ptrdiff_t h = 0; h < 2; ++h)
            sum[h] += HALF(x + i + 4 * h) * HALF(v + i + 4 * h);
    SET_HALF(out, sum[0]);
    SET_HALF(out + 4, sum[1]);
}

void lsa_simd_inner(ptrdiff_t d, ptrdiff_t columns, const double *x, ptrdiff_t n, const double *v, double *restrict out)
{
    const ptrdiff_t length = d * SIDE;
    for (ptrdiff_t c = 0; c < columns; c += 2)
        for (ptrdiff_t k = 0; k < n; k += 2) {
            const double *p = x + c * length, *q = v + k * length;
            double *o = out + (c * n + k) * SIDE;
            if (c + 1 < columns && k + 1 < n) {
                inner_four(d, p, p + length, q, q + length, o, n * SIDE);
                continue;
            }
            inner_one(d, p, q, o);
            if (k + 1 < n)
                inner_one(d, p, q + length, o + SIDE);
            if (c + 1 < columns)
                inner_one(d, p + length, q, o + n * SIDE);
        }
}

/* out_i = <row i of A, x>, two rows at a time. */
EVERY_WIDTH void lsa_simd_matrix(ptrdiff_t d, const double *A, const double *x, double *restrict out)
{
    for (ptrdiff_t i = 0; i < d; i += 2) {
        const ptrdiff_t next = i + 1 < d ? 1 : 0;
        half sum[2][2] = {{{0.0}}};
        for (ptrdiff_t j = 0; j < d; ++j)
            for (ptrdiff_t h = 0; h < 2; ++h) {
                const half b = HALF(x + j * SIDE + 4 * h);
                sum[0][h] += A[i + j * d] * b;
                sum[1][h] += A[i + next + j * d] * b;
            }
        for (ptrdiff_t h = 0; h < 2; ++h) {
            SET_HALF(out + i * SIDE + 4 * h, sum[0][h]);
            SET_HALF(out + (i + next) * SIDE + 4 * h, sum[next][h]);
        }
    }
}

EVERY_WIDTH void lsa_simd_diagonal(ptrdiff_t d, const double *a, const double *x, double *restrict out)
{
    for (ptrdiff_t i = 0; i < d; ++i)
        for (ptrdiff_t l = 0; l < SIDE; ++l)
            out[i * SIDE + l] = a[i] * x[i * SIDE + l];
}
