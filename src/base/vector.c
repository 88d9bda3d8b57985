/* vector.c - vectors of doubles.
 *
 * Sums run in a fixed number of lanes: the compiler may vectorise them without reordering, and the digits do not depend
 * on the processor or on the optimisation level. */
#include "base/matrix.h"
#include "base/simd_vector.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

double *lsa_vec_create(ptrdiff_t count)
{
    if (count < 0 || (size_t)count > SIZE_MAX / sizeof(double))
        return NULL;
    return calloc(count > 0 ? (size_t)count : 1, sizeof(double)); /* never NULL for an empty vector */
}

double lsa_vec_dot(ptrdiff_t n, const double *x, const double *y)
{
    return lsa_simd_dot(n, x, y);
}

double lsa_vec_norm_max(ptrdiff_t n, const double *x)
{
    double max = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        if (isnan(x[i]))
            return x[i];
        max = fmax(max, fabs(x[i]));
    }
    return max;
}

/* The sum of squares of x / 2^e, so that scaling rounds nothing that matters. */
static double sum_of_scaled_squares(ptrdiff_t n, const double *x, int e)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; ++i) {
        const double scaled = ldexp(x[i], -e);
        sum += scaled * scaled;
    }
    return sum;
}

/* Squares of numbers within 1e+-140 neither overflow in a sum of any length in memory, nor does what underflows beside
 * the largest one count; other vectors are scaled by a power of two first. */
double lsa_vec_norm(ptrdiff_t n, const double *x)
{
    const double max = lsa_vec_norm_max(n, x);
    if (max == 0.0 || !isfinite(max))
        return max;
    if (max > 1e-140 && max < 1e140)
        return sqrt(lsa_vec_dot(n, x, x));
    int e = 0;
    frexp(max, &e);
    return ldexp(sqrt(sum_of_scaled_squares(n, x, e)), e);
}

void lsa_vec_axpy(ptrdiff_t n, double a, const double *x, double *y)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        y[i] += a * x[i];
}

void lsa_vec_scale(ptrdiff_t n, double a, double *x)
{
    for (ptrdiff_t i = 0; i < n; ++i)
        x[i] *= a;
}
