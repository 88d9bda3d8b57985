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
    /* Heads alone, with Lambda and Omega diagonal: gradient and loss by the closed form (W12) in W - V. From 1e6 on the rounding of
     * polynomials, even of 113 bits, moves the slow directions of heads. */
    bool closed;
    double size; /* of parameters near the limit: what is below 1e-4 of it and of its start's 1e-2 is not resolved */
} reference_problem;

enum { REFERENCE_STAGES = 12 };

typedef struct reference_path {
    ptrdiff_t count, size;
    double *times;  /* the integrator's own: dense where the path moves                               */
    double *states; /* `size` numbers each                                                            */
    double *inside; /* REFERENCE_STAGES x size for every step, count - 1                              */
    double nodes[REFERENCE_STAGES];
    extended *excess; /* L - L*; L* of the closed form, or the loss of the last point, where nothing moves by
                         1e-13 of itself                                                                */
    struct reference_road *road;
} reference_path;

/* To the end of the path. false where the integrator gives up. */
bool reference_path_make(const reference_problem *problem, const double *start, double tolerance, reference_path *out);
/* out = the state at any time up to the last. */
void reference_path_at(const reference_path *path, double time, double *out);
/* L - L* at a state. */
extended reference_path_excess(const reference_path *path, const double *state);
/* The loss that excesses are above, where polynomials give it; else NAN. */
double reference_path_least(const reference_path *path);
/* The gradient by either way, for their comparison. */
void reference_gradient(const reference_problem *problem, const double *state, extended *out);
void reference_path_clear(reference_path *path);

#endif
