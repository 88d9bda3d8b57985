/* simd_vector.c - plain loops, compiled for each vector width. */
#include "base/simd_vector.h"
#include "base/simd_width.h"

#include <math.h>

/* Partial results: several of the widest registers, so that one waits for its last operation while others work; and more than
 * the compiler unrolls before it looks for vectors. */
enum { LANES = 32 };

EVERY_WIDTH void lsa_simd_fill(ptrdiff_t n, double a, double *z)
{
    for (ptrdiff_t i = 0; i < n; i++)
        z[i] = a;
}

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

EVERY_WIDTH void lsa_simd_product(ptrdiff_t n, double a, const double *x, const double *y, double *z)
{
    for (ptrdiff_t i = 0; i < n; i++)
        z[i] = a * x[i] * y[i];
}

EVERY_WIDTH void lsa_simd_add_product(ptrdiff_t n, double a, const double *x, const double *y, double *z)
{
    for (ptrdiff_t i = 0; i < n; i++)
        z[i] += a * x[i] * y[i];
}

EVERY_WIDTH void lsa_simd_chain(ptrdiff_t n, const double c[5], const double *x, const double *y, const double *w,
                                double *z)
{
    const double c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3], c4 = c[4];
    for (ptrdiff_t i = 0; i < n; i++)
        z[i] = c4 * (c2 * (c0 * x[i] + c1 * y[i]) + c3 * w[i]);
}

EVERY_WIDTH void lsa_simd_weights(ptrdiff_t n, double a, double b, const double *x, double *w)
{
    for (ptrdiff_t i = 0; i < n; i++)
        w[i] = 1.0 / (a * (fabs(x[i]) + b));
}

/* One polynomial's coefficients, the last of which stays. */
static inline void shift(double *a, double *b, double *c, double *d, double *e, double f)
{
    *e += f, *d += *e, *c += *d, *b += *c, *a += *b;
    *e += f, *d += *e, *c += *d, *b += *c;
    *e += f, *d += *e, *c += *d;
    *e += f, *d += *e;
    *e += f;
}

EVERY_WIDTH void lsa_simd_shift(ptrdiff_t n, double *restrict z0, double *restrict z1, double *restrict z2,
                                double *restrict z3, double *restrict z4, const double *restrict z5)
{
    for (ptrdiff_t i = 0; i < n; i++) {
        double a = z0[i], b = z1[i], c = z2[i], d = z3[i], e = z4[i];
        shift(&a, &b, &c, &d, &e, z5[i]);
        z0[i] = a, z1[i] = b, z2[i] = c, z3[i] = d, z4[i] = e;
    }
}

EVERY_WIDTH void lsa_simd_correct_and_shift(ptrdiff_t n, const double c[6], const double *restrict x,
                                            double *restrict z0, double *restrict z1, double *restrict z2,
                                            double *restrict z3, double *restrict z4, double *restrict z5)
{
    const double c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3], c4 = c[4], c5 = c[5];
    for (ptrdiff_t i = 0; i < n; i++) {
        double v0 = c0 * x[i] + z0[i], v1 = c1 * x[i] + z1[i], v2 = c2 * x[i] + z2[i];
        double v3 = c3 * x[i] + z3[i], v4 = c4 * x[i] + z4[i];
        const double v5 = c5 * x[i] + z5[i];
        shift(&v0, &v1, &v2, &v3, &v4, v5);
        z0[i] = v0, z1[i] = v1, z2[i] = v2, z3[i] = v3, z4[i] = v4, z5[i] = v5;
    }
}

static inline void dot(ptrdiff_t from, ptrdiff_t lanes, const double *x, const double *y, double sum[LANES])
{
    for (ptrdiff_t l = 0; l < lanes; l++)
        sum[l] += x[from + l] * y[from + l];
}

EVERY_WIDTH double lsa_simd_dot(ptrdiff_t n, const double *x, const double *y)
{
    double lane[LANES] = {0.0};
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES)
        dot(i, LANES, x, y, lane);
    dot(i, n - i, x, y, lane);
    return lanes_sum(LANES, lane);
}

static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static inline void weighted_max(ptrdiff_t from, ptrdiff_t lanes, const double *x, const double *w, double most[LANES])
{
    for (ptrdiff_t l = 0; l < lanes; l++)
        most[l] = larger(fabs(x[from + l] * w[from + l]), most[l]);
}

EVERY_WIDTH double lsa_simd_weighted_max(ptrdiff_t n, const double *x, const double *w)
{
    double lane[LANES] = {0.0}, most = 0.0;
    ptrdiff_t i = 0;
    for (; i + LANES <= n; i += LANES)
        weighted_max(i, LANES, x, w, lane);
    weighted_max(i, n - i, x, w, lane);
    for (int l = 0; l < LANES; l++)
        most = larger(lane[l], most);
    return most;
}
