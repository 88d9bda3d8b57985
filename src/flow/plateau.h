/* plateau.h - plateaus of the loss: where the path rests near a saddle, found from the path alone.
 *
 * Along gradient flow the logarithmic derivative of the gap is
 *     r(t) = -d ln(L - L*)/dt = |grad L|^2 / (L - L*)        (L* = 0 where it is unknown)
 * and near a saddle it falls and rises again exponentially. A plateau lies between two moments at which r is above 100
 * times its least value there, or between the start and one such moment; its event is the point of the least r, where the
 * path is closest to the saddle. While r climbs by that factor the loss falls by less than 1e-3 of the gap: a path that
 * creeps down without rest has none. What r does while the loss stands still to rounding (at the saddle r is a rounded zero) is
 * one rest. A plateau that the path does not leave is no event: it is the end. */
#ifndef LSAFLOW_FLOW_PLATEAU_H
#define LSAFLOW_FLOW_PLATEAU_H

#include "flow/spectrum.h"
#include "flow/trajectory.h"

typedef struct flow_plateaus flow_plateaus;

/* first: the start. */
lsa_status flow_plateaus_create(const flow_system *system, lsa_sample first, flow_plateaus **out, lsa_error *err);
void flow_plateaus_destroy(flow_plateaus *plateaus);
/* Adds the event of a plateau that the step to `now` has left. f: scratch. LSA_ERR_MEMORY. */
lsa_status flow_plateaus_after_step(flow_plateaus *plateaus, flow_system *system, lsa_sample now,
                                    lsa_trajectory *trajectory, double *f, lsa_error *err);

#endif
