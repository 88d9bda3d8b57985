/* basin.h - many starts of one flow: which fraction reaches the global minimum.
 *
 * The loss of the full layer is not convex and has spurious minima (docs/theory.md); how often a generic start avoids them is
 * counted, not proved. Start k of scale j is a function of (seed, j, k), so the counts depend neither on the number of
 * threads nor on the order. */
#ifndef LSAFLOW_BASIN_H
#define LSAFLOW_BASIN_H

#include "lsaflow/api.h"
#include "lsaflow/status.h"
#include "lsaflow/verify.h"
#include <stddef.h>

LSA_BEGIN_DECLS

/* One scale. starts = global + other + creeping + failed. */
typedef struct lsa_basin_count {
    double scale;
    ptrdiff_t starts;
    ptrdiff_t global;   /* ended within a relative gap of 1e-8 of the global minimum                     */
    ptrdiff_t other;    /* ended at another stationary point                                              */
    ptrdiff_t creeping; /* still moving when the step budget ended: counted apart, for neither            */
    ptrdiff_t failed;   /* the integrator gave up                                                         */
    double low, high;   /* Clopper-Pearson interval of level 95 % for the fraction global/starts          */
} lsa_basin_count;

/* Runs the starts of scale number `j` of the experiment's `basin`, `threads` at a time (0: all).
 * LSA_ERR_UNABLE where the global minimum is not known, LSA_ERR_MEMORY. After LSA_ERR_INTERRUPTED *out holds
 * the first starts, those before any that was cut short; starts is their number, 0 where there is none.
 * Cost: one flow a start, by the method that the flow's size asks for. */
LSA_API lsa_status lsa_basin_run(lsa_study *study, ptrdiff_t j, lsa_basin_count *out, lsa_error *err);

LSA_END_DECLS

#endif
