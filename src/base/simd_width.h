/* simd_width.h - loops of partial results in every vector width.
 *
 * EVERY_WIDTH compiles a function for each vector width; the loader takes the widest of the processor. Not under
 * sanitizers, which start later than the choice, nor where a test compiles one width at a time (LSA_ONE_WIDTH). */
#ifndef LSAFLOW_BASE_SIMD_WIDTH_H
#define LSAFLOW_BASE_SIMD_WIDTH_H

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__gnu_linux__) &&                       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(LSA_ONE_WIDTH)
#define EVERY_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EVERY_WIDTH
#endif

/* The sum of partial results, a power of two of them, by halves. */
static inline double lanes_sum(int lanes, double *lane)
{
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            lane[l] += lane[l + half];
    return lane[0];
}

#endif
