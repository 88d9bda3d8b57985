/* draw.h - single random numbers for tests that make their own models. */
#ifndef LSA_TESTS_DRAW_H
#define LSA_TESTS_DRAW_H

#include "base/rng.h"

#include <math.h>

/* In [0, 1). */
static inline double draw_uniform(lsa_rng *rng)
{
    double x;
    lsa_rng_uniforms(rng, 1, &x);
    return x;
}

static inline double draw_between(lsa_rng *rng, double low, double high)
{
    return low + (high - low) * draw_uniform(rng);
}

/* 10 to a power between the two. */
static inline double draw_power(lsa_rng *rng, double low, double high)
{
    return pow(10.0, draw_between(rng, low, high));
}

#endif
