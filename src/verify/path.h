/* path.h - how exact a computed path is: the study's run beside a coarser one at the same times.
 *
 * BDF's global error follows its tolerance, so the distance to a run at ten times the tolerance is some nine times the error
 * of the finer one; where both happen to be off alike, what was asked (rtol of the parameters' size) counts. It is an
 * estimate, not a bound: a verdict that rests on it alone does not refute (confirm.h). Gaps and gradients are functions of the state alone and carry rounding only, where a
 * claim reads them as such. */
#ifndef LSAFLOW_VERIFY_PATH_H
#define LSAFLOW_VERIFY_PATH_H

#include "lsaflow/flow.h"
#include "lsaflow/program.h"
#include <math.h>

/* A number that was computed from a path, and how far it may be off. */
typedef struct path_number {
    double value, error;
} path_number;

typedef struct flow_path {
    const lsa_trajectory *run;
    const lsa_trajectory *coarse; /* NULL: it failed, and nothing is known                        */
    bool alone;                   /* none was made: the run is taken for the path                 */
    ptrdiff_t count; /* samples up to the end of the integration, all of which the coarse run has; the raw end
                                     counts as sample `count` of both                             */
    ptrdiff_t size;  /* parameters                                                   */
    double rtol;     /* as asked                                                     */
    double depth;    /* L(0) - L*: relative gaps are shares of it                    */
    double loss_at_zero;
    const lsa_form *form; /* not NULL: gaps are sums of squares of W - V, free of cancellation    */
    double product;       /* |V|_F                                                                */
} flow_path;

/* Sample i = 0 .. count of the run; of the coarse one. */
lsa_sample path_sample(const flow_path *path, ptrdiff_t i);

/* |x - x'| of n entries of sample i from `offset` on (Euclidean), and the rounding of a norm of them; INFINITY: unknown. */
double path_state_error(const flow_path *path, ptrdiff_t i, ptrdiff_t offset, ptrdiff_t n);
/* The same for all parameters. */
double path_error(const flow_path *path, ptrdiff_t i);

/* The relative gap of a sample as a function of its state: rounding alone. */
path_number path_gap_of_state(const flow_path *path, ptrdiff_t i);
/* The relative gap at that time. */
path_number path_gap_at_time(const flow_path *path, ptrdiff_t i);
/* |grad L|^2 / (L - L*) of a sample, a function of its state. */
path_number path_decay_rate(const flow_path *path, ptrdiff_t i);
/* int u^2 up to sample i < count; NAN where it is not followed. */
path_number path_action(const flow_path *path, ptrdiff_t i);

/* A function of a state, `value` of the run's and `other` of the coarse one's at that time, whose largest term before they
 * cancel is `size`: what the runs differ by, and what every parameter may be off in both alike. */
path_number path_number_of(const flow_path *path, double value, double other, double size);

/* Of numbers that should be 0 the one that is farthest from it beyond its error, which *worst becomes: true. Begins as
 * PATH_NONE. */
#define PATH_NONE ((path_number){NAN, INFINITY})
bool path_take_worst(path_number *worst, path_number number);

#endif
