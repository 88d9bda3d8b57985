/* simd_draw.h - a batch of counter blocks at a time, in the processor's widest vectors.
 *
 * The loops hold only exact integer operations and IEEE additions, multiplications, divisions and square roots without
 * contraction, in one order, so every width gives the same bits, and so does every machine: logarithm, sine and cosine
 * are our own polynomials and not the C library's. */
#ifndef LSAFLOW_BASE_SIMD_DRAW_H
#define LSAFLOW_BASE_SIMD_DRAW_H

#include "base/rng.h"

enum { LSA_DRAW_BLOCKS = 64 }; /* the largest batch: fills vectors, and stays in the first-level cache */

/* The two uniforms of each of the blocks rng->block, rng->block + 1, ..., `count` of them. */
void lsa_simd_uniforms(const lsa_rng *rng, ptrdiff_t count, double *restrict first, double *restrict second);

/* Box and Muller (1958): `count` pairs of uniforms become pairs of independent normals, in place. */
void lsa_simd_box_muller(ptrdiff_t count, double *restrict first, double *restrict second);

#endif
