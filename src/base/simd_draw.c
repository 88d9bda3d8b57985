/* simd_draw.c - Philox-4x32-10 and Box-Muller, one lane a block.
 *
 * Every loop over lanes is plain C that the compiler turns into vector code; where it knows how to choose at run time,
 * it does so once for each width. The one operation that it does not find in plain C is the product of 32-bit halves
 * into 64 bits: it is named where the processor has it, four lanes at once. */
#include "base/simd_draw.h"
#include "base/simd_width.h"

#include <Random123/philox.h>
#include <math.h>
#include <string.h>

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

/* ---- Words ------------------------------------------------------------------------------------------------------ */

void lsa_simd_words_portable(const lsa_rng *rng, ptrdiff_t width, ptrdiff_t lanes, uint64_t *restrict first,
                             uint64_t *restrict second)
{
    const philox4x32_key_t key = {{(uint32_t)rng->seed, (uint32_t)(rng->seed >> 32)}};
    for (ptrdiff_t l = 0; l < lanes; ++l) {
        const uint64_t stream = rng->stream + (uint64_t)(l % width);
        const philox4x32_ctr_t counter = {
            {rng->block + (uint32_t)(l / width), rng->purpose, (uint32_t)stream, (uint32_t)(stream >> 32)}};
        const philox4x32_ctr_t words = philox4x32_R(10, counter, key);
        first[l] = ((uint64_t)words.v[0] << 32) | words.v[1];
        second[l] = ((uint64_t)words.v[2] << 32) | words.v[3];
    }
}

#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>

/* Four lanes of 64 bits. */
typedef uint64_t quad __attribute__((vector_size(32)));
#define WITH_QUADS static inline __attribute__((target("avx2"), always_inline))

typedef struct counter {
    quad word[4]; /* each in the lower half of its lane; the upper halves are arbitrary */
} counter;

WITH_QUADS quad all(uint64_t x)
{
    return (quad){x, x, x, x};
}

WITH_QUADS quad low_product(quad a, quad b)
{
    return (quad)_mm256_mul_epu32((__m256i)a, (__m256i)b);
}

/* One round of Philox (Salmon et al. 2011, section 4.3), as Random123 has it. */
WITH_QUADS counter round_of(counter c, quad key0, quad key1)
{
    const quad p = low_product(c.word[0], all(PHILOX_M4x32_0));
    const quad q = low_product(c.word[2], all(PHILOX_M4x32_1));
    return (counter){{(q >> 32) ^ c.word[1] ^ key0, q, (p >> 32) ^ c.word[3] ^ key1, p}};
}

/* Lanes lane .. lane + 3; width = 2^shift. */
WITH_QUADS counter start_of(const lsa_rng *rng, ptrdiff_t width, int shift, ptrdiff_t lane)
{
    const quad l = all((uint64_t)lane) + (quad){0, 1, 2, 3};
    const quad stream = all(rng->stream) + (l & all((uint64_t)width - 1));
    return (counter){{all(rng->block) + (l >> shift), all(rng->purpose), stream, stream >> 32}};
}

WITH_QUADS void keep(quad high, quad low, uint64_t *out)
{
    const quad word = (high << 32) | (low & all(UINT32_MAX));
    memcpy(out, &word, sizeof word);
}

/* Two quads side by side: one's products hide the other's latency. */
WITH_QUADS void words_by_quads(const lsa_rng *rng, ptrdiff_t width, ptrdiff_t lanes, uint64_t *restrict first,
                               uint64_t *restrict second)
{
    quad key[10][2];
    for (uint32_t k = 0; k < 10; ++k) {
        key[k][0] = all((uint32_t)rng->seed + k * PHILOX_W32_0);
        key[k][1] = all((uint32_t)(rng->seed >> 32) + k * PHILOX_W32_1);
    }
    int shift = 0;
    while (((ptrdiff_t)1 << shift) < width)
        ++shift;
    for (ptrdiff_t l = 0; l < lanes; l += 8) {
        counter a = start_of(rng, width, shift, l);
        counter b = start_of(rng, width, shift, l + 4);
        for (int k = 0; k < 10; ++k) {
            a = round_of(a, key[k][0], key[k][1]);
            b = round_of(b, key[k][0], key[k][1]);
        }
        keep(a.word[0], a.word[1], first + l);
        keep(a.word[2], a.word[3], second + l);
        keep(b.word[0], b.word[1], first + l + 4);
        keep(b.word[2], b.word[3], second + l + 4);
    }
}

__attribute__((target("avx2"))) static void words_avx2(const lsa_rng *rng, ptrdiff_t width, ptrdiff_t lanes,
                                                       uint64_t *restrict first, uint64_t *restrict second)
{
    words_by_quads(rng, width, lanes, first, second);
}

/* The same lanes; both exclusive ors of a word are one operation there. */
__attribute__((target("avx2,avx512f,avx512vl"))) static void
words_avx512(const lsa_rng *rng, ptrdiff_t width, ptrdiff_t lanes, uint64_t *restrict first, uint64_t *restrict second)
{
    words_by_quads(rng, width, lanes, first, second);
}

void lsa_simd_words(const lsa_rng *rng, ptrdiff_t width, ptrdiff_t lanes, uint64_t *restrict first,
                    uint64_t *restrict second)
{
    if (__builtin_cpu_supports("avx512vl"))
        words_avx512(rng, width, lanes, first, second);
    else if (__builtin_cpu_supports("avx2"))
        words_avx2(rng, width, lanes, first, second);
    else
        lsa_simd_words_portable(rng, width, lanes, first, second);
}
#else
void lsa_simd_words(const lsa_rng *rng, ptrdiff_t width, ptrdiff_t lanes, uint64_t *restrict first,
                    uint64_t *restrict second)
{
    lsa_simd_words_portable(rng, width, lanes, first, second);
}
#endif

/* ---- Numbers ---------------------------------------------------------------------------------------------------- */

/* A number in [1, 2) with the given fraction of 52 bits. */
static inline double with_fraction(uint64_t fraction)
{
    return double_of(fraction | UINT64_C(0x3FF0000000000000));
}

/* The 52 upper bits, and the middle of their cell; each step is exact. */
EVERY_WIDTH void lsa_simd_uniforms(const uint64_t *restrict words, ptrdiff_t lanes, double *restrict out)
{
    for (ptrdiff_t l = 0; l < lanes; ++l)
        out[l] = (with_fraction(words[l] >> 12) - 1.0) + 0x1p-53;
}

/* a + bz + cz^2 + dz^3 + ez^4 + fz^5, in pairs: half the dependent operations of Horner's form. */
static inline double polynomial(double z, double a, double b, double c, double d, double e, double f)
{
    const double w = z * z;
    return (a + b * z) + w * ((c + d * z) + w * (e + f * z));
}

/* -2 log u for a normal u in (0, 1): u = 2^k m with m in [sqrt(1/2), sqrt(2)), s = (m - 1) / (m + 1), and
 * log m = 2 artanh s = s Q(s^2). The coefficients of -2 Q interpolate at the Chebyshev points of the range of s^2;
 * absolute error below 2e-13. */
static inline double square_radius(double u)
{
    const uint64_t half_root = UINT64_C(0x3FE6A09E00000000); /* the upper word of sqrt(1/2) */
    const uint64_t shifted = bits_of(u) + (UINT64_C(0x3FF0000000000000) - half_root);
    const double k = double_of((shifted >> 52) | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023.0);
    const double m = double_of((shifted & UINT64_C(0x000FFFFFFFFFFFFF)) + half_root);
    const double s = (m - 1.0) / (m + 1.0);
    const double z = s * s;
    const double Q = polynomial(z, -3.999999999999896, -1.333333333593107, -0.79999989740998126, -0.5714433646639056,
                                -0.44348332852950966, -0.39218530546085736);
    return k * -1.38629436111989061883 + s * Q;
}

/* sin t / t and cos t for |t| <= pi/4 as polynomials in z = t^2, at the Chebyshev points; errors below 6e-14. */
static inline double sine_quotient(double z)
{
    return polynomial(z, 0.9999999999999962, -0.16666666666616456, 0.008333333323846412, -0.00019841263282263568,
                      2.7555268503062946e-06, -2.4756310333117696e-08);
}

static inline double cosine(double z)
{
    return polynomial(z, 0.9999999999999446, -0.4999999999935148, 0.04166666654397253, -0.0013888880396602334,
                      2.4798929261970153e-05, -2.7173461113577383e-07);
}

/* The angle is 2t, t in (-pi/4, pi/4), mirrored at the other axis where the last bit says so: sin 2t = 2 sin t cos t
 * and cos 2t = 1 - 2 sin^2 t need no quadrants. The radii of a group have a loop of their own: long chains of dependent
 * operations would fill the processor's window with one or two lanes. */
EVERY_WIDTH void lsa_simd_normals(const uint64_t *restrict words, ptrdiff_t lanes, ptrdiff_t stride,
                                  double *restrict first, double *restrict second)
{
    for (ptrdiff_t g = 0; g < lanes / LSA_RNG_SIDE; ++g) {
        const uint64_t *word = words + g * LSA_RNG_SIDE;
        double radius[LSA_RNG_SIDE];
        for (ptrdiff_t l = 0; l < LSA_RNG_SIDE; ++l) {
            const double u = (with_fraction((word[l] >> 24) << 12) - 1.0) + 0x1p-41;
            radius[l] = sqrt(square_radius(u));
        }
        for (ptrdiff_t l = 0; l < LSA_RNG_SIDE; ++l) {
            const double turn = with_fraction((word[l] & 0x7FFFFF) << 29) - (1.5 - 0x1p-24);
            const double t = turn * 1.57079632679489661923;
            const double z = t * t;
            const double s = t * sine_quotient(z);
            const double twice = s + s;
            const double c = 1.0 - twice * s;
            first[g * stride + l] = radius[l] * double_of(bits_of(c) ^ ((word[l] & 0x800000) << 40));
            second[g * stride + l] = radius[l] * (twice * cosine(z));
        }
    }
}
