/* image.h - an experiment in units near 1, for claims whose squares and cubes would leave the range of doubles. */
#ifndef LSAFLOW_VERIFY_IMAGE_H
#define LSAFLOW_VERIFY_IMAGE_H

#include "lsaflow/model.h"
#include "lsaflow/program.h"

/* The same experiment for Lambda/c, s2/c, c = 2^units.law: by the symmetry of program.h the start is scaled by the unit of
 * parameters, asked times and step sizes by that of time, a test's moments, means and rows by their degree in x. units: of
 * the program of the experiment. Numbers live in the arena, the rest is borrowed. Only where it exists. LSA_ERR_MEMORY. */
lsa_status image_make(lsa_arena *arena, const lsa_experiment *experiment, const lsa_program *program,
                      const lsa_experiment **out, lsa_error *err);
/* False where a test has labels of another degree in x than one: a nonlinear teacher but relu. */
bool image_exists(const lsa_experiment *experiment);

#endif
