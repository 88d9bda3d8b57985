/* rng.h - counter-based random numbers: a pure function of (seed, stream, index).
 *
 * Philox-4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011; Random123). A stream is one prompt (or one start, one matrix):
 * its numbers do not depend on which thread asks, or on what was drawn before. Nothing is stored. */
#ifndef LSAFLOW_BASE_RNG_H
#define LSAFLOW_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* What a stream is for; keeps the draws of different purposes apart under one seed. All of the program's draws stand in
 * the table of streams.h. */
typedef enum lsa_rng_purpose {
    LSA_RNG_PROMPT, /* a sampled prompt                       */
    LSA_RNG_MATRIX, /* a random basis, Theta                  */
    LSA_RNG_START,  /* initial parameters and perturbations   */
    LSA_RNG_PROBE,  /* directions that a flow tries           */
    LSA_RNG_TRAIN,  /* training batches                       */
    LSA_RNG_CHECK,  /* points at which claims are tried       */
    LSA_RNG_PILOT,  /* prompts that no estimate uses          */
    LSA_RNG_IMAGE   /* the axes of an image of a problem      */
} lsa_rng_purpose;

typedef struct lsa_rng {
    uint64_t seed, stream;
    uint32_t purpose;
    uint32_t block; /* next counter block; lsa_rng_at starts at 0 */
} lsa_rng;

/* The start of one stream. */
lsa_rng lsa_rng_at(uint64_t seed, lsa_rng_purpose purpose, uint64_t stream);

/* The next `count` numbers N(0, 1), by Box-Muller, four a block; blocks are never split between calls. */
void lsa_rng_normals(lsa_rng *rng, ptrdiff_t count, double *out);

/* The same for LSA_RNG_SIDE streams at once, `count` a multiple of 4 for each: number k of stream rng->stream + l goes
 * to out[k * LSA_RNG_SIDE + l]. */
enum { LSA_RNG_SIDE = 8 };
void lsa_rng_normals_side_by_side(lsa_rng *rng, ptrdiff_t count, double *out);

/* The next `count` numbers uniform on the open interval (0, 1), two a block. */
void lsa_rng_uniforms(lsa_rng *rng, ptrdiff_t count, double *out);

#endif
