/* simd_draw.h - a batch of counter blocks at a time, in the processor's widest vectors.
 *
 * The loops hold only exact integer operations and IEEE additions, multiplications, divisions and square roots without
 * contraction, in one order, so every width gives the same bits, and so does every machine: logarithm, sine and cosine
 * are our own polynomials and not the C library's. */
#ifndef LSAFLOW_BASE_SIMD_DRAW_H
#define LSAFLOW_BASE_SIMD_DRAW_H

#include "base/rng.h"

/* Most lanes of a batch: fills vectors, and stays in the first-level cache. `lanes` below is a multiple of
 * LSA_RNG_SIDE. */
enum { LSA_DRAW_LANES = 64 };

/* Which block a lane stands for: lane l is block rng->block + l / width of stream rng->stream + l % width, width a
 * power of two. The two 64-bit words of each lane's block. */
void lsa_simd_words(const lsa_rng *rng, ptrdiff_t width, ptrdiff_t lanes, uint64_t *restrict first,
                    uint64_t *restrict second);
/* The same by plain C, for processors without a faster way, and for tests. */
void lsa_simd_words_portable(const lsa_rng *rng, ptrdiff_t width, ptrdiff_t lanes, uint64_t *restrict first,
                             uint64_t *restrict second);

/* The uniforms (2k + 1) / 2^53 of the words. */
void lsa_simd_uniforms(const uint64_t *restrict words, ptrdiff_t lanes, double *restrict out);

/* Box and Muller (1958): each word becomes a pair of independent normals. The upper 40 bits of a word
 * are the radius: its tail ends at 7.5 and is right to 2^-40 in probability. The lower 24 are the angle, a regular
 * grid, over which every trigonometric polynomial of a degree below 2^24 has its exact mean: moments of the pair are
 * those of a continuous angle. Each group of LSA_RNG_SIDE lanes is stored `stride` numbers behind the one before. */
void lsa_simd_normals(const uint64_t *restrict words, ptrdiff_t lanes, ptrdiff_t stride, double *restrict first,
                      double *restrict second);

#endif
