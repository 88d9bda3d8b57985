/* simd_series.c - exp by reduction to |r| <= ln(2)/2 and Taylor's polynomial; T_m by the three-term recurrence. */
#include "base/simd_series.h"
#include "base/simd_width.h"

#include <stdint.h>
#include <string.h>

/* Where exp is still a normal number. */
static const double LEAST = -700.0;

/* Adding it rounds a double below 2^51 to an integer, which is left in the lowest bits. */
static const double ROUND = 0x1.8p52;
/* ln 2 in two parts: the first has zeros enough that its product with an integer below 2^11 is exact. */
static const double LN2_HIGH = 0x1.62e42fee00000p-1, LN2_LOW = 0x1.a39ef35793c76p-33;

static inline uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* sum_{k <= 13} r^k/k!, whose remainder on |r| <= 0.347 is below 2^-58. */
static inline double taylor(double r)
{
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    return 1.0 + (r + r * r * p);
}

static inline double exponential(double x)
{
    const double kept = x > LEAST ? x : LEAST;
    const double shifted = kept * 0x1.71547652b82fep0 + ROUND; /* 1/ln 2 */
    const double power = shifted - ROUND;
    const double r = (kept - power * LN2_HIGH) - power * LN2_LOW;
    const double scale = double_of((bits_of(shifted) + 1023) << 52);
    const double value = taylor(r) * scale;
    return x > LEAST ? value : 0.0;
}

EVERY_WIDTH void lsa_simd_exp(ptrdiff_t n, const double *x, double *out)
{
    for (ptrdiff_t k = 0; k < n; k++)
        out[k] = exponential(x[k]);
}

static inline double eight(const double lane[8])
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

EVERY_WIDTH void lsa_simd_exp_sums(ptrdiff_t n, double c, const double *a, const double *w, double sums[3])
{
    enum { LANES = 8 };
    double lane[3][LANES] = {{0.0}};
    for (ptrdiff_t k = 0; k < n; k += LANES)
        for (ptrdiff_t l = 0; l < LANES; l++) {
            const double term = w[k + l] * exponential(c * a[k + l]), first = a[k + l] * term;
            lane[0][l] += term;
            lane[1][l] += first;
            lane[2][l] += a[k + l] * first;
        }
    for (int p = 0; p < 3; p++)
        sums[p] = eight(lane[p]);
}

/* LSA_CHEBYSHEV_LANES numbers, in registers: a vector of the compilers' own extension, which they split where the
 * processor's are shorter. It may lie wherever doubles may. */
typedef double lanes __attribute__((vector_size(8 * LSA_CHEBYSHEV_LANES), aligned(8), may_alias));

#define LANES_AT(x)     (*(const lanes *)(x))
#define SET_LANES(x, v) (*(lanes *)(x) = (v))

/* One polynomial at a time over all lanes, the partial sums in registers. */
EVERY_WIDTH void lsa_simd_chebyshev(ptrdiff_t n, const double *restrict x, const double *restrict w,
                                    double *restrict moments)
{
    lanes sums[LSA_CHEBYSHEV];
    for (int m = 0; m < LSA_CHEBYSHEV; m++)
        sums[m] = LANES_AT(moments + (ptrdiff_t)m * LSA_CHEBYSHEV_LANES);
    for (ptrdiff_t k = 0; k < n; k += LSA_CHEBYSHEV_LANES) {
        const lanes twice = LANES_AT(x + k) + LANES_AT(x + k);
        lanes before = LANES_AT(w + k), now = LANES_AT(x + k) * before;
        sums[0] += before;
        sums[1] += now;
        for (int m = 2; m < LSA_CHEBYSHEV; m++) {
            const lanes next = twice * now - before;
            before = now;
            now = next;
            sums[m] += next;
        }
    }
    for (int m = 0; m < LSA_CHEBYSHEV; m++)
        SET_LANES(moments + (ptrdiff_t)m * LSA_CHEBYSHEV_LANES, sums[m]);
}

/* By the polynomials themselves: Clenshaw's recurrence would lose some digits at the ends. */
static inline double series(double x, const double *c)
{
    double before = 1.0, now = x, sum = c[0] + c[1] * x;
    for (int m = 2; m < LSA_CHEBYSHEV; m++) {
        const double next = 2.0 * x * now - before;
        before = now;
        now = next;
        sum += c[m] * next;
    }
    return sum;
}

EVERY_WIDTH void lsa_simd_chebyshev_series(ptrdiff_t n, const double *x, const double c[LSA_CHEBYSHEV], double *out)
{
    for (ptrdiff_t k = 0; k < n; k++)
        out[k] = series(x[k], c);
}
