/* growth.h - whether a path at rest would leave the point: negative curvature told from rounding, and what drives it.
 *
 * A mode that is not learned yet has curvature and a gradient that are tiny and exact, products of small numbers; beside the
 * Hessian's largest eigenvalue they are far below rounding. So each entry is measured by its own: with H the Hessian and
 * T the third derivatives at y,
 *     |dg_i| <= e_i = eps (sum_j |H_ij y_j| + |g_i|),   |dH_ij| <= E_ij = eps (sum_k |T_ijk y_k| + |H_ij|),
 * what a relative error of eps in each parameter does, and rounding of the same size in what is summed. In the units s_i
 * in which s_i E_ij s_j <= 1 (the rows of E are equilibrated, Ruiz 2001), the eigenvalues of s_i H_ij s_j below some
 * times n are no rounding, and by Sylvester's law they are as many as H has. Along each, the gradient is known to sum_i
 * |x_i| s_i e_i: beyond that it is motion that grows, and the path goes on. Where no unstable direction has one the
 * path stays: it lies on the stable set of the saddle to the last bit, or to what this basis can tell. */
#ifndef LSAFLOW_FLOW_GROWTH_H
#define LSAFLOW_FLOW_GROWTH_H

#include "flow/spectrum.h"
#include "flow/system.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_growth {
    ptrdiff_t n;
    ptrdiff_t unstable; /* eigenvalues that are negative beyond rounding                              */
    bool finite;        /* false: the Hessian overflows there, and nothing is known of it             */
    bool driven;        /* the gradient along one of them is more than rounding                       */
    bool exact;         /* not driven, and no entry that they have moves at all                       */
    bool underflows;    /* not driven, and a product that would is below the range of doubles         */
    double *rates;      /* n: of the first `unstable`, the eigenvalues of H on their span, ascending  */
    double *memory;
    double *H, *E, *X, *lambda, *scale, *g, *e, *step, *scratch; /* in the memory; columns of X: eigenvectors */
} flow_growth;

/* Room for n parameters: some 3 n^2 doubles. */
lsa_status flow_growth_create(ptrdiff_t n, flow_growth **out, lsa_error *err);
void flow_growth_destroy(flow_growth *growth);
/* Evaluates at y; `step`: how far what has settled still is from its rest (flow_spectrum_settle), by which curvature is not
 * known either: the residual of a mode that is all but learned curves the heads that have none left to learn. 5 n products with the Hessian and the eigenvalues of an n x n matrix. */
lsa_status flow_growth_eval(flow_growth *growth, flow_system *system, const double *y, const double *step,
                            lsa_error *err);
/* The same with the spectrum there, of a path that has come to y in that time. */
lsa_status flow_growth_look(flow_growth *growth, flow_spectrum *spectrum, flow_system *system, const double *y,
                            double time, lsa_error *err);
/* Where n is too large for that: whether some block gains speed, by motion that is more than its rounding. Unlike the
 * curvature this misses what is about to turn round; three products with the Hessian. LSA_ERR_MEMORY. */
lsa_status flow_growth_quickens(flow_system *system, const double *y, bool *yes, lsa_error *err);

#endif
