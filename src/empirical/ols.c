/* ols.c - Householder QR (Golub and Van Loan, Matrix Computations, 5.2).
 *
 * The reflection of column j is I - beta v v' with v_j = 1, v below the diagonal of A's column j and beta in a place of
 * its own: x, whose entry j is written last. */
#include "empirical/ols.h"
#include <math.h>
#include <string.h>

static double dot(ptrdiff_t n, const double *x, const double *y)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static void axpy(ptrdiff_t n, double a, const double *x, double *y)
{
    for (ptrdiff_t i = 0; i < n; i++)
        y[i] += a * x[i];
}

/* Makes a (length n) a multiple of the first unit vector: its first entry becomes that multiple, the others v.
 * Returns beta. */
static double make_reflection(ptrdiff_t n, double *a)
{
    const double tail = dot(n - 1, a + 1, a + 1);
    if (tail == 0.0)
        return 0.0;
    const double alpha = a[0], norm = sqrt(alpha * alpha + tail);
    const double first = alpha > 0.0 ? -tail / (alpha + norm) : alpha - norm; /* alpha - norm without cancellation */
    const double beta = 2.0 * first * first / (tail + first * first);
    for (ptrdiff_t i = 1; i < n; i++)
        a[i] /= first;
    a[0] = norm;
    return beta;
}

/* y := (I - beta v v') y, v = (1, a[1], .., a[n-1]) */
static void reflect(ptrdiff_t n, double beta, const double *a, double *y)
{
    const double s = beta * (y[0] + dot(n - 1, a + 1, y + 1));
    y[0] -= s;
    axpy(n - 1, -s, a + 1, y + 1);
}

void lsa_least_squares_tall(ptrdiff_t m, ptrdiff_t n, double *A, double *b, double *x)
{
    for (ptrdiff_t j = 0; j < n; j++) {
        double *a = A + j + j * m;
        const double beta = make_reflection(m - j, a);
        for (ptrdiff_t c = j + 1; c < n; c++)
            reflect(m - j, beta, a, A + j + c * m);
        reflect(m - j, beta, a, b + j);
    }
    for (ptrdiff_t j = n - 1; j >= 0; j--) {
        const double pivot = A[j + j * m];
        x[j] = pivot != 0.0 ? b[j] / pivot : 0.0;
        axpy(j, -x[j], A + j * m, b);
    }
}

void lsa_least_squares_wide(ptrdiff_t m, ptrdiff_t n, double *A, double *b, double *x)
{
    for (ptrdiff_t j = 0; j < n; j++) {
        double *a = A + j + j * m;
        const double beta = make_reflection(m - j, a);
        for (ptrdiff_t c = j + 1; c < n; c++)
            reflect(m - j, beta, a, A + j + c * m);
        x[j] = beta;
        /* R'y = b, row by row: row j of R' is column j of R, complete once the reflections before j are done */
        b[j] = (b[j] - dot(j, A + j * m, b)) / a[0];
    }
    /* x = Q (y; 0): the reflections in reverse; x[j] holds beta_j until reflection j is applied */
    for (ptrdiff_t j = n - 1; j >= 0; j--) {
        const double beta = x[j];
        x[j] = b[j];
        if (j == n - 1)
            memset(x + n, 0, (size_t)(m - n) * sizeof(double));
        reflect(m - j, beta, A + j + j * m, x + j);
    }
}
