/* rng.c - Philox-4x32-10 blocks turned into uniforms and normals.
 *
 * Counter {block, purpose, stream low, stream high}, key {seed low, seed high}: distinct (seed, purpose, stream, block)
 * are distinct points of a bijection, so no two draws of one seed share a block. A block of 128 bits gives two
 * uniforms of the form (2k + 1) / 2^53, 0 <= k < 2^52: exact doubles, symmetric about 1/2, never 0 or 1. */
#include "base/rng.h"
#include "base/simd_draw.h"

#include <stdbool.h>

lsa_rng lsa_rng_at(uint64_t seed, lsa_rng_purpose purpose, uint64_t stream)
{
    return (lsa_rng){.seed = seed, .stream = stream, .purpose = (uint32_t)purpose, .block = 0};
}

static ptrdiff_t least(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

/* The next numbers, two a block, in batches of blocks. */
static void draw(lsa_rng *rng, bool normal, ptrdiff_t count, double *out)
{
    double first[LSA_DRAW_BLOCKS];
    double second[LSA_DRAW_BLOCKS];
    for (ptrdiff_t i = 0; i < count;) {
        const ptrdiff_t blocks = least((count - i + 1) / 2, LSA_DRAW_BLOCKS);
        lsa_simd_uniforms(rng, blocks, first, second);
        if (normal)
            lsa_simd_box_muller(blocks, first, second);
        rng->block += (uint32_t)blocks;
        for (ptrdiff_t l = 0; l < blocks; ++l, i += 2) {
            out[i] = first[l];
            if (i + 1 < count)
                out[i + 1] = second[l];
        }
    }
}

void lsa_rng_uniforms(lsa_rng *rng, ptrdiff_t count, double *out)
{
    draw(rng, false, count, out);
}

void lsa_rng_normals(lsa_rng *rng, ptrdiff_t count, double *out)
{
    draw(rng, true, count, out);
}
