/* rng.c - Philox-4x32-10 blocks turned into uniforms and normals.
 *
 * Counter {block, purpose, stream low, stream high}, key {seed low, seed high}: distinct (seed, purpose, stream, block)
 * are distinct points of a bijection, so no two draws of one seed share a block. A block of 128 bits gives two
 * uniforms of the form (2k + 1) / 2^53, 0 <= k < 2^52: exact doubles, symmetric about 1/2, never 0 or 1; or four
 * normals, two from each half. */
#include "base/rng.h"
#include "base/simd_draw.h"

lsa_rng lsa_rng_at(uint64_t seed, lsa_rng_purpose purpose, uint64_t stream)
{
    return (lsa_rng){.seed = seed, .stream = stream, .purpose = (uint32_t)purpose, .block = 0};
}

/* Lane l of a batch is block l of one stream: its first number, then its second, .. */
static void interleave(ptrdiff_t parts, double part[][LSA_DRAW_LANES], ptrdiff_t count, double *out)
{
    for (ptrdiff_t i = 0; i < count; ++i)
        out[i] = part[i % parts][i / parts];
}

/* Numbers of a whole batch of one stream, and what a batch of streams side by side holds of each. */
enum { UNIFORMS = 2 * LSA_DRAW_LANES, NORMALS = 4 * LSA_DRAW_LANES, ROWS = NORMALS / LSA_RNG_SIDE };

/* Lanes for `blocks` blocks. */
static ptrdiff_t lanes_for(ptrdiff_t blocks)
{
    return (blocks + LSA_RNG_SIDE - 1) / LSA_RNG_SIDE * LSA_RNG_SIDE;
}

void lsa_rng_uniforms(lsa_rng *rng, ptrdiff_t count, double *out)
{
    uint64_t word[2][LSA_DRAW_LANES];
    double part[2][LSA_DRAW_LANES];
    while (count > 0) {
        const ptrdiff_t now = count < UNIFORMS ? count : UNIFORMS;
        const ptrdiff_t lanes = lanes_for((now + 1) / 2);
        lsa_simd_words(rng, 1, lanes, word[0], word[1]);
        lsa_simd_uniforms(word[0], lanes, part[0]);
        lsa_simd_uniforms(word[1], lanes, part[1]);
        interleave(2, part, now, out);
        rng->block += (uint32_t)((now + 1) / 2);
        out += now;
        count -= now;
    }
}

void lsa_rng_normals(lsa_rng *rng, ptrdiff_t count, double *out)
{
    uint64_t word[2][LSA_DRAW_LANES];
    double part[4][LSA_DRAW_LANES];
    while (count > 0) {
        const ptrdiff_t now = count < NORMALS ? count : NORMALS;
        const ptrdiff_t lanes = lanes_for((now + 3) / 4);
        lsa_simd_words(rng, 1, lanes, word[0], word[1]);
        lsa_simd_normals(word[0], lanes, LSA_RNG_SIDE, part[0], part[1]);
        lsa_simd_normals(word[1], lanes, LSA_RNG_SIDE, part[2], part[3]);
        interleave(4, part, now, out);
        rng->block += (uint32_t)((now + 3) / 4);
        out += now;
        count -= now;
    }
}

void lsa_rng_normals_side_by_side(lsa_rng *rng, ptrdiff_t count, double *out)
{
    const ptrdiff_t side = LSA_RNG_SIDE;
    uint64_t word[2][LSA_DRAW_LANES];
    for (; count > 0; count -= ROWS, out += NORMALS) {
        const ptrdiff_t blocks = count < ROWS ? count / 4 : ROWS / 4;
        lsa_simd_words(rng, side, blocks * side, word[0], word[1]);
        lsa_simd_normals(word[0], blocks * side, 4 * side, out, out + side);
        lsa_simd_normals(word[1], blocks * side, 4 * side, out + 2 * side, out + 3 * side);
        rng->block += (uint32_t)blocks;
    }
}
