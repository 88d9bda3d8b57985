/* simd_vector.c - plain loops, compiled for each vector width. */
#include "base/simd_vector.h"

#include <math.h>

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__) &&                       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define EVERY_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EVERY_WIDTH
#endif

EVERY_WIDTH void lsa_simd_scale(ptrdiff_t n, double a, const double *x, double *z)
{
    for (ptrdiff_t i = 0; i < n; i++)
        z[i] = a * x[i];
}

EVERY_WIDTH void lsa_simd_sum(ptrdiff_t n, double a, const double *x, double b, const double *y, double *z)
{
    for (ptrdiff_t i = 0; i < n; i++)
        z[i] = a * x[i] + b * y[i];
}

static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

EVERY_WIDTH double lsa_simd_weighted_max(ptrdiff_t n, const double *x, const double *w)
{
    enum { LANES = 8 };
    double lane[LANES] = {0.0};
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (ptrdiff_t l = 0; l < LANES; l++)
            lane[l] = larger(fabs(x[i + l] * w[i + l]), lane[l]);
    for (ptrdiff_t l = 0; i < n; i++, l++)
        lane[l] = larger(fabs(x[i] * w[i]), lane[l]);
    double most = lane[0];
    for (ptrdiff_t l = 1; l < LANES; l++)
        most = larger(lane[l], most);
    return most;
}
