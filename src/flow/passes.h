/* passes.h - linear sums of long vectors, put off until somebody looks, then performed together.
 *
 * CVODE moves its vectors one sum at a time, fifteen to predict a step of order 5. Each pass over vectors that have left the
 * caches costs their memory traffic. So passes wait until somebody looks at a vector (a norm, the right-hand side, a solve);
 * those that it depends on are then performed block by block, each vector read and written once for all of them, and the
 * others go on waiting. Every pass works entry by entry: the digits are those of one pass after the other. */
#ifndef LSAFLOW_FLOW_PASSES_H
#define LSAFLOW_FLOW_PASSES_H

#include <stddef.h>

/* FLOW_ORDER: of BDF, the highest. FLOW_PASSES: more than wait in any step; when they are this many, all are performed. */
enum { FLOW_ORDER = 5, FLOW_PASSES = 64 };

/* One pass, the vectors that it writes first:
 *     z = c_0 x + c_1 y        vectors z, x, y; y NULL: z = c_0 x; x NULL: z = c_0
 *     a chain of such          vectors z, x, y, w: z = c_4 (c_2 (c_0 x + c_1 y) + c_3 w)
 *     a prediction             the history z_0 .. z_5, of which z_5 is only read; or, after its correction z_j += c_j x, the
 *                              history, all of it written, and x */
typedef struct flow_pass {
    int writes;
    double c[FLOW_ORDER + 1];
    double *v[FLOW_ORDER + 2];
} flow_pass;

/* Those over vectors of n numbers that wait, in the order in which they came. */
typedef struct flow_passes {
    ptrdiff_t n;
    int count;
    flow_pass waiting[FLOW_PASSES];
} flow_passes;

/* z = a x + b y, x and y as above, now or later. z may be x or y. */
void flow_passes_sum(flow_passes *passes, double a, double *x, double b, double *y, double *z);

/* Performs what must come before v is read or changed. */
void flow_passes_settle(flow_passes *passes, const double *v);
/* ... before all of v is overwritten: what would only have made v is dropped. */
void flow_passes_supersede(flow_passes *passes, const double *v);

/* max |x_i w_i|, of each block while what x waited for is still in the cache; NaN is passed over. */
double flow_passes_weighted_max(flow_passes *passes, const double *x, const double *w);

#endif
