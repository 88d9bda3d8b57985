/* simd_draw.c - Philox-4x32-10 and Box-Muller, one lane a block.
 *
 * Every loop over lanes is plain C that the compiler turns into vector code; where it knows how to choose at run time,
 * it does so once for each width. The polynomials are those of fdlibm (Sun Microsystems, 1993: e_log.c, k_sin.c,
 * k_cos.c), with errors below one unit in the last place on their intervals. */
#include "base/simd_draw.h"

#include <Random123/philox.h>
#include <math.h>
#include <string.h>

/* Clones for each vector width, chosen by the loader. Not under sanitizers, which start later than the choice. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__) &&                       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define EVERY_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EVERY_WIDTH
#endif

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

/* (2k + 1) / 2^53 for the 52 upper bits k of two words: k as the fraction of a number in [1, 2), minus 1, plus half a
 * unit; each step is exact. */
static inline double unit(uint32_t high, uint32_t low)
{
    const uint64_t k = (((uint64_t)high << 32) | low) >> 12;
    return (double_of(k | UINT64_C(0x3FF0000000000000)) - 1.0) + 0x1p-53;
}

EVERY_WIDTH void lsa_simd_uniforms(const lsa_rng *rng, ptrdiff_t count, double *restrict first, double *restrict second)
{
    const philox4x32_key_t key = {{(uint32_t)rng->seed, (uint32_t)(rng->seed >> 32)}};
    const uint32_t block = rng->block;
    const uint32_t purpose = rng->purpose;
    const uint32_t low = (uint32_t)rng->stream;
    const uint32_t high = (uint32_t)(rng->stream >> 32);
    for (ptrdiff_t l = 0; l < count; ++l) {
        const philox4x32_ctr_t counter = {{block + (uint32_t)l, purpose, low, high}};
        const philox4x32_ctr_t words = philox4x32_R(10, counter, key);
        first[l] = unit(words.v[0], words.v[1]);
        second[l] = unit(words.v[2], words.v[3]);
    }
}

/* log u for a positive normal u: u = 2^k m with m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f),
 * log m = f - f^2/2 + s (f^2/2 + R(s^2)). */
static inline double logarithm(double u)
{
    const uint64_t half_root = UINT64_C(0x3FE6A09E00000000); /* the upper word of sqrt(1/2) */
    const uint64_t shifted = bits_of(u) + (UINT64_C(0x3FF0000000000000) - half_root);
    const double k = double_of((shifted >> 52) | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023.0);
    const double f = double_of((shifted & UINT64_C(0x000FFFFFFFFFFFFF)) + half_root) - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double w = z * z;
    const double odd = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    const double even =
        z * (6.666666666666735130e-01 +
             w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    const double half_square = 0.5 * f * f;
    const double ln2_high = 6.93147180369123816490e-01; /* its last 21 bits are 0: k ln2_high is exact */
    const double ln2_low = 1.90821492927058770002e-10;
    return k * ln2_high - ((half_square - (s * (half_square + (odd + even)) + k * ln2_low)) - f);
}

/* sin x and cos x for |x| <= pi/4. */
static inline double sine(double x)
{
    const double z = x * x;
    const double tail =
        -1.98412698298579493134e-04 +
        z * (2.75573137070700676789e-06 + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10));
    return x + x * z * (-1.66666666666666324348e-01 + z * (8.33333333332248946124e-03 + z * tail));
}

static inline double cosine(double x)
{
    const double z = x * x;
    const double tail =
        2.48015872894767294178e-05 +
        z * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11));
    return 1.0 - (0.5 * z - z * z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * tail)));
}

/* The angle 2 pi v is n quarter turns, n the integer nearest to 4v, and the rest in [-pi/4, pi/4]. Adding 3/2 2^52 rounds
 * to an integer and leaves it in the lowest bits. An odd n exchanges sine and cosine; the signs follow n, too. */
EVERY_WIDTH void lsa_simd_box_muller(ptrdiff_t count, double *restrict first, double *restrict second)
{
    const double rounder = 0x1.8p52;
    const double quarter_turn = 1.57079632679489661923;
    for (ptrdiff_t l = 0; l < count; ++l) {
        const double radius = sqrt(-2.0 * logarithm(first[l]));
        const double turns = 4.0 * second[l] + rounder;
        const double rest = (4.0 * second[l] - (turns - rounder)) * quarter_turn;
        const uint64_t n = bits_of(turns);
        const uint64_t s = bits_of(sine(rest));
        const uint64_t c = bits_of(cosine(rest));
        const uint64_t exchanged = (s ^ c) & (UINT64_C(0) - (n & 1));
        first[l] = radius * double_of((c ^ exchanged) ^ (((n + 1) & 2) << 62));
        second[l] = radius * double_of((s ^ exchanged) ^ ((n & 2) << 62));
    }
}
