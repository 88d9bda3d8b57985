/* variate.h - random numbers of laws that need an unforeseen count of draws, from one stream. */
#ifndef LSAFLOW_BASE_VARIATE_H
#define LSAFLOW_BASE_VARIATE_H

#include "base/rng.h"

/* Normals and uniforms of a stream, drawn in batches; uniforms start LSA_BLOCK_UNIFORM (streams.h) behind the normals. */
enum { LSA_VARIATE_BATCH = 32 };
typedef struct lsa_variates {
    lsa_rng normal_rng, uniform_rng;
    int normals, uniforms; /* how many are left */
    double normal[LSA_VARIATE_BATCH], uniform[LSA_VARIATE_BATCH];
} lsa_variates;

/* From the block that `rng` stands at; fills the caller's storage. */
void lsa_variates_init(lsa_variates *v, lsa_rng rng);

double lsa_variate_normal(lsa_variates *v);
/* On (0, 1). */
double lsa_variate_uniform(lsa_variates *v);
/* Gamma of the given shape > 0 and scale 1: Marsaglia and Tsang (2000), for shape < 1 by Gamma(shape + 1)
 * U^(1/shape). NaN for any other shape. */
double lsa_variate_gamma(lsa_variates *v, double shape);
/* sqrt of a chi-square with k > 0 degrees of freedom. */
double lsa_variate_chi(lsa_variates *v, double k);

#endif
