/* streams.h - every random number that the program draws, in one table.
 *
 * A draw is a point (seed, purpose, stream, block) of Philox' counter and key (rng.h), so two draws differ where one of the
 * four does. Seeds are the user's, and several may be equal: 1 is the default of each. What keeps draws apart is therefore
 * the purpose and the stream's number alone: a row of the table is an interval of streams of one purpose, and no two rows
 * of one purpose meet (tests/unit/streams.c). A row is drawn from by one place, which numbers what it draws from 0 on;
 * prompts by lsa_prompt_stream alone (empirical/prompt.c), whose index is the stream's number. What src/bench and the tests
 * draw is no part of an experiment and has no row.
 *
 * One pair of rows does meet, where the user gives both one seed: ROTATION and the first head of THETA, made from the same
 * normals. Another number would change every start with a random Theta, and the corpus with it; seeds that differ keep
 * them apart.
 *
 * Where draws are the same on purpose: prompt k of SAMPLE has the same normals under every law, test and claim of a seed
 * (differences are then sharper, and levels are shared by a union bound, which asks for no independence); one seed of a
 * rotation is one basis, wherever the model names it. */
#ifndef LSAFLOW_BASE_STREAMS_H
#define LSAFLOW_BASE_STREAMS_H

#include "base/rng.h"

/* One row a line, as X(row, purpose, first stream, how many) with what one stream is and whose seed it takes. */
/* clang-format off: a table */
#define LSA_STREAM_LIST(X)                                                                                             \
    X(SAMPLE, LSA_RNG_PROMPT, 0, UINT64_MAX)                   /* prompt: stratum << 52, + k        monte_carlo  */    \
    X(ROTATION, LSA_RNG_MATRIX, 0, 1)                          /* a covariance's basis              its own      */    \
    X(THETA, LSA_RNG_MATRIX, 0, LSA_2_TO(32))                  /* Theta of head k                   its own      */    \
    X(IMAGE, LSA_RNG_IMAGE, 0, 1)                              /* the axes of an image              fixed        */    \
    X(INIT_GAUSSIAN, LSA_RNG_START, 0, 1)                      /* a Gaussian start                  init         */    \
    X(INIT_PERTURB, LSA_RNG_START, 1, 1)                       /* what is added to a start          init.perturb */    \
    X(BASIN, LSA_RNG_START, 2, LSA_2_TO(63))                   /* start: scale << 40, + k           basin        */    \
    X(FLOW_MANIFOLD, LSA_RNG_PROBE, 0, 1)                      /* directions of the kernel          fixed        */    \
    X(FLOW_LANCZOS, LSA_RNG_PROBE, 1, 1)                       /* where Lanczos' method begins      fixed        */    \
    X(FLOW_KRYLOV_MANIFOLD, LSA_RNG_PROBE, 2, 1)               /* the same directions, by Krylov    fixed        */    \
    X(FLOW_DESCENT, LSA_RNG_PROBE, 3, 1)                       /* flat directions that may descend  fixed        */    \
    X(FLOW_MOVES, LSA_RNG_PROBE, 4, 1)                         /* the rounding of a Hessian         fixed        */    \
    X(FLOW_GRADIENT, LSA_RNG_PROBE, 5, 1)                      /* the rounding of a gradient        fixed        */    \
    X(FLOW_ENTRIES, LSA_RNG_PROBE, 6, LSA_2_TO(62))            /* the same on the way, at update k  fixed        */    \
    X(CHECK, LSA_RNG_CHECK, 0, LSA_2_TO(32))                   /* numbers of probe k of the claims  monte_carlo  */    \
    X(STABILITY, LSA_RNG_CHECK, LSA_2_TO(32), 1)               /* where a power iteration begins    train        */    \
    X(FORMULA, LSA_RNG_CHECK, LSA_2_TO(33), LSA_2_TO(32))      /* entry of a generic matrix         fixed        */    \
    X(SWEEP_CHECK, LSA_RNG_CHECK, LSA_2_TO(40), LSA_2_TO(40))  /* cell followed in two ways         monte_carlo  */    \
    X(PILOT, LSA_RNG_PILOT, 0, LSA_2_TO(32))                   /* a pilot's prompt                  monte_carlo  */    \
    X(CHECK_PROMPT, LSA_RNG_PILOT, LSA_2_TO(32), LSA_2_TO(63)) /* prompt: probe << 32, + k       monte_carlo  */       \
    X(TRAIN, LSA_RNG_TRAIN, 0, LSA_2_TO(62))                   /* prompt: step * batch, + k         train        */    \
    X(TRAIN_NOISE, LSA_RNG_TRAIN, LSA_2_TO(62), LSA_2_TO(62))  /* prompt of a gradient's noise   train        */       \
    X(TRAIN_TASK, LSA_RNG_TRAIN, LSA_2_TO(63), LSA_2_TO(27))   /* task of the pool               train        */
/* clang-format on */
#define LSA_2_TO(k) (UINT64_C(1) << (k))

typedef enum lsa_stream {
#define LSA_STREAM_NAME(row, purpose, first, count) LSA_STREAM_##row,
    LSA_STREAM_LIST(LSA_STREAM_NAME)
#undef LSA_STREAM_NAME
        LSA_STREAM_COUNT
} lsa_stream;

/* How the numbers of a row are made of two: the second counts below 1 << bits. */
enum { LSA_STREAM_STRATUM_BITS = 52, LSA_STREAM_SCALE_BITS = 40, LSA_STREAM_PROBE_BITS = 32 };

/* The number of stream k of a row, k below the row's count (asserted). */
uint64_t lsa_stream_number(lsa_stream row, uint64_t k);

/* The start of stream k of a row. */
lsa_rng lsa_stream_at(uint64_t seed, lsa_stream row, uint64_t k);

/* Seeds of draws that repeat others with fresh numbers: the pilot of a sampled gradient, whose prompts are not used again,
 * and a second training. No seed is its own image, so within one experiment neither meets the draws that it repeats. */
uint64_t lsa_stream_pilot_seed(uint64_t seed);
uint64_t lsa_stream_second_seed(uint64_t seed);
/* The seed of run k of a training that is repeated with other prompts; run 0 has the seed itself. */
uint64_t lsa_stream_run_seed(uint64_t seed, uint64_t k);

/* First blocks of the regions of one prompt's stream. Block 0 on: the head, then the context; 2^27 numbers at most, which
 * are 2^25 blocks. Variates have normals and, LSA_BLOCK_UNIFORM behind them, uniforms. */
static const uint32_t LSA_BLOCK_UNIFORM = UINT32_C(1) << 28;
static const uint32_t LSA_BLOCK_NOISE = UINT32_C(1) << 30;   /* eps_j, j = 1..M             */
static const uint32_t LSA_BLOCK_FURTHER = UINT32_C(2) << 30; /* a statement's own Gaussians */
static const uint32_t LSA_BLOCK_LAW = UINT32_C(3) << 30;     /* covariances, rows: variates */
static const uint32_t LSA_BLOCK_TRIANGLE =
    (UINT32_C(3) << 30) + (UINT32_C(3) << 28); /* behind its variates: normals that all prompts read, needed or not */

#endif
