/* reference_path.h - the path of gradient flow by a road that shares nothing with flow: gradient and loss from the derived
 * polynomials term by term (slow_eval.h) and Radau's method (radau.h), all in extended precision, in the user's basis. Of the
 * compiled program it takes the order of the blocks alone. */
#ifndef LSA_TESTS_REFERENCE_PATH_H
#define LSA_TESTS_REFERENCE_PATH_H

#include "extended.h"
#include "lsaflow/derive.h"
#include "lsaflow/model.h"
#include "lsaflow/program.h"

/* An experiment, derived and compiled for its training law: a fixed covariance and Gaussian tasks. */
typedef struct reference_problem {
    const lsa_experiment *experiment;
    const lsa_derivation *derivation; /* with the Hessian */
    const lsa_program *program;
    double size; /* of parameters near the limit: what is below 1e-4 of it and of its start's 1e-2 is not resolved */
} reference_problem;

typedef struct reference_path {
    ptrdiff_t count, size;
    double *times;       /* the integrator's own: dense where the path moves                              */
    double *states;      /* `size` numbers each                                                           */
    extended *losses;    /* of the last one, where nothing moves by 1e-13 of itself, the others are above */
} reference_path;

/* To the end of the path. false where the integrator gives up. */
bool reference_path_make(const reference_problem *problem, const double *start, int stages, double tolerance,
                         reference_path *out);
void reference_path_clear(reference_path *path);

#endif
