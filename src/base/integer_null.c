/* integer_null.c - see integer_null.h. */
#include "base/integer_null.h"

#include <math.h>
#include <stdbool.h>

/* Pivots are quotients of numbers of order 1, or 0 to rounding. */
static const double VANISHES = 1e-9;

static void swap_rows(ptrdiff_t rows, ptrdiff_t cols, double *A, ptrdiff_t a, ptrdiff_t b)
{
    for (ptrdiff_t j = 0; j < cols && a != b; j++) {
        const double keep = A[a + j * rows];
        A[a + j * rows] = A[b + j * rows];
        A[b + j * rows] = keep;
    }
}

/* Reduced row echelon form; pivot[j] = the row whose pivot is column j, or -1: a free column. */
static void reduce(ptrdiff_t rows, ptrdiff_t cols, double *A, ptrdiff_t *pivot)
{
    ptrdiff_t rank = 0;
    for (ptrdiff_t j = 0; j < cols; j++) {
        ptrdiff_t best = rank;
        pivot[j] = -1;
        for (ptrdiff_t i = rank; i < rows; i++)
            if (fabs(A[i + j * rows]) > fabs(A[best + j * rows]))
                best = i;
        if (rank == rows || !(fabs(A[best + j * rows]) > VANISHES))
            continue;
        swap_rows(rows, cols, A, rank, best);
        const double lead = A[rank + j * rows];
        for (ptrdiff_t c = 0; c < cols; c++)
            A[rank + c * rows] /= lead;
        for (ptrdiff_t i = 0; i < rows; i++) {
            const double factor = A[i + j * rows];
            for (ptrdiff_t c = 0; c < cols && i != rank; c++)
                A[i + c * rows] -= factor * A[rank + c * rows];
        }
        pivot[j] = rank++;
    }
}

/* Multiplies e by the smallest integer up to `largest` that makes it integral, and its first entry positive. */
static bool make_integral(ptrdiff_t n, int largest, double *e)
{
    for (int factor = 1; factor <= largest; factor++) {
        double worst = 0.0, sign = 0.0;
        for (ptrdiff_t k = 0; k < n; k++) {
            worst = fmax(worst, fabs(factor * e[k] - round(factor * e[k])));
            if (sign == 0.0)
                sign = round(factor * e[k]);
        }
        if (worst > 1e-6)
            continue;
        for (ptrdiff_t k = 0; k < n; k++)
            e[k] = copysign(1.0, sign) * round(factor * e[k]) + 0.0;
        return sign != 0.0;
    }
    return false;
}

/* The null vector of one free column of a reduced matrix. */
static void null_vector(ptrdiff_t rows, ptrdiff_t cols, const double *A, const ptrdiff_t *pivot, ptrdiff_t column,
                        double *e)
{
    for (ptrdiff_t j = 0; j < cols; j++)
        e[j] = pivot[j] < 0 ? 0.0 : -A[pivot[j] + column * rows];
    e[column] = 1.0;
}

ptrdiff_t lsa_integer_null(ptrdiff_t rows, ptrdiff_t cols, double *A, int largest, ptrdiff_t *pivot, double *out)
{
    ptrdiff_t count = 0;
    reduce(rows, cols, A, pivot);
    for (ptrdiff_t j = 0; j < cols; j++) {
        if (pivot[j] >= 0)
            continue;
        null_vector(rows, cols, A, pivot, j, out + count * cols);
        count += make_integral(cols, largest, out + count * cols);
    }
    return count;
}
