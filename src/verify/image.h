/* image.h - an experiment in units near 1, for claims whose squares and cubes would leave the range of doubles. */
#ifndef LSAFLOW_VERIFY_IMAGE_H
#define LSAFLOW_VERIFY_IMAGE_H

#include "lsaflow/model.h"
#include "lsaflow/program.h"

/* Units of an experiment: Lambda and s2 count in c = 2^binary.law * law, parameters in 2^binary.state * law^-e, times in
 * 2^binary.time * law^-(g + 2e), with the e and g of program.h. */
typedef struct image_units {
    lsa_units binary;
    double law; /* 1: powers of two alone */
    double e, g;
} image_units;

/* A shipped layer's for that unit of Lambda: u K'Q shares the unit of the product among three, u U among two. */
image_units image_units_of(const lsa_experiment *experiment, double law);

/* The same experiment in those units: the start is scaled by the unit of parameters, asked times and step sizes by that of
 * time, a test's moments, means and rows by their degree in x. Numbers live in the arena, the rest is borrowed. Only where
 * it exists. LSA_ERR_MEMORY. */
lsa_status image_make(lsa_arena *arena, const lsa_experiment *experiment, const lsa_program *program,
                      const image_units *units, const lsa_experiment **out, lsa_error *err);
/* False where a test has labels of another degree in x than one: a nonlinear teacher but relu. */
bool image_exists(const lsa_experiment *experiment);

/* The same experiment in other axes, x' = Q x, Q a rotation of that seed: covariances, tests, and the start that begins at
 * `start` (user's basis). Shipped statements alone, whose constants are those of the setting. LSA_ERR_UNABLE where a law has
 * axes of its own (random diagonals); LSA_ERR_MEMORY. */
lsa_status image_turn(lsa_arena *arena, const lsa_experiment *experiment, const lsa_program *program,
                      const double *start, unsigned long long seed, const lsa_experiment **out, lsa_error *err);

#endif
