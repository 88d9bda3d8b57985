/* radau.h - an integrator for references: Radau IIA with any number of stages, in extended precision, for y' = f(y).
 *
 * Shares nothing with the flow's: one step instead of several, implicit Runge-Kutta instead of backward differences, steps
 * chosen by the last coefficients of each step's own polynomial. With twelve stages that polynomial is exact to `tolerance`
 * of every unknown at every point of the step, and its end to the square of that, up to rounding (2^-113 a step).
 * E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, sections IV.5 and IV.8. */
#ifndef LSA_TESTS_RADAU_H
#define LSA_TESTS_RADAU_H

#include "extended.h"

#include <stdbool.h>
#include <stddef.h>

enum { RADAU_MOST_STAGES = 16, RADAU_MOST_SIZE = 48 };

typedef struct radau_problem {
    ptrdiff_t n; /* at most RADAU_MOST_SIZE */
    void (*rhs)(void *context, const extended *y, extended *f);
    /* df/dy, n x n column by column, to all digits: those of the slow directions are beside those of the fast. */
    void (*jacobian)(void *context, const extended *y, extended *J);
    /* A step has come to y; its stages, n numbers each, lie at its nodes (NULL at the start). false ends the run. */
    bool (*reached)(void *context, extended time, const extended *y, const extended *stages);
    void *context;
    const extended *least; /* errors of unknown i are relative to max(|y_i|, least_i)                    */
    double tolerance;      /* of the polynomial of a step                                                 */
    int stages;            /* 3 .. RADAU_MOST_STAGES                                                       */
    int most_steps;
} radau_problem;

/* The nodes of a step in (0, 1], the last is 1. */
void radau_nodes(int stages, double *nodes);
/* From y (n numbers, which become the end) at time 0, the first point that is reached. Returns the number of steps; -1 where
 * steps became too short or too many. */
int radau_run(const radau_problem *problem, extended *y);

#endif
