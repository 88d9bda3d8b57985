/* rng.c - Philox-4x32-10 blocks turned into uniforms and normals.
 *
 * Counter {block, purpose, stream low, stream high}, key {seed low, seed high}: distinct (seed, purpose, stream, block)
 * are distinct points of a bijection, so no two draws of one seed share a block. A block of 128 bits gives two
 * uniforms of the form (2k + 1) / 2^53, 0 <= k < 2^52: exact doubles, symmetric about 1/2, never 0 or 1. */
#include "base/rng.h"

#include <Random123/philox.h>
#include <math.h>

lsa_rng lsa_rng_at(uint64_t seed, lsa_rng_purpose purpose, uint64_t stream)
{
    return (lsa_rng){.seed = seed, .stream = stream, .purpose = (uint32_t)purpose, .block = 0};
}

static double unit(uint32_t high, uint32_t low)
{
    const uint64_t k = (((uint64_t)high << 32) | low) >> 12;
    return (double)(2 * k + 1) * 0x1p-53;
}

/* The two uniforms of the next block. */
static void next_pair(lsa_rng *rng, double pair[2])
{
    const philox4x32_ctr_t counter = {{rng->block, rng->purpose, (uint32_t)rng->stream, (uint32_t)(rng->stream >> 32)}};
    const philox4x32_key_t key = {{(uint32_t)rng->seed, (uint32_t)(rng->seed >> 32)}};
    const philox4x32_ctr_t words = philox4x32_R(10, counter, key);
    ++rng->block;
    pair[0] = unit(words.v[0], words.v[1]);
    pair[1] = unit(words.v[2], words.v[3]);
}

void lsa_rng_uniforms(lsa_rng *rng, ptrdiff_t count, double *out)
{
    for (ptrdiff_t i = 0; i < count; i += 2) {
        double pair[2];
        next_pair(rng, pair);
        out[i] = pair[0];
        if (i + 1 < count)
            out[i + 1] = pair[1];
    }
}

/* Box and Muller (1958): exact, branch-free, and always two numbers a block, which keeps streams addressable. */
void lsa_rng_normals(lsa_rng *rng, ptrdiff_t count, double *out)
{
    const double two_pi = 6.283185307179586;
    for (ptrdiff_t i = 0; i < count; i += 2) {
        double pair[2];
        next_pair(rng, pair);
        const double radius = sqrt(-2.0 * log(pair[0]));
        out[i] = radius * cos(two_pi * pair[1]);
        if (i + 1 < count)
            out[i + 1] = radius * sin(two_pi * pair[1]);
    }
}
