/* saddle.h - paths that come close to the saddle at zero.
 *
 * There an error leads away exactly as the path itself would, and both grow by e^{|B| t} while the path shrinks by it: an
 * error of relative size eps at the start meets the path at the distance sqrt(eps) |theta(0)|. What decides, for u and U,
 * is the invariant C = u^2 - |U|^2 of the start alone: in (u, U) along B the path is s- s+ = C, s- shrinking, s+ growing.
 * So every time the whole state has shrunk by ten the state is moved back to its invariants, along the orbit of the
 * symmetry, and the integration goes on from there with scales ten times smaller; they grow back with the path.
 *
 * Invariant: scales = shrink * (the scales of the start), shrink a power of ten at most 1. */
#ifndef LSAFLOW_FLOW_SADDLE_H
#define LSAFLOW_FLOW_SADDLE_H

#include "flow/integrator.h"
#include "flow/invariant.h"
#include "flow/system.h"
#include "lsaflow/status.h"

/* Whether each block, and what it has beside the unknowns, is at most `share` of its size at the start. */
bool flow_saddle_shrunk(const flow_system *system, const double *y, double share);
/* Whether no invariant keeps the path from zero: all are zero, to the rounding of the start where sums of squares cancel.
 * Those that are get the value 0. */
bool flow_saddle_balance(const flow_invariants *invariants, const flow_system *system, const double *start,
                         double *targets);
/* After a step to the state of the integrator, where the loss is `loss`. y: `size` doubles of scratch. */
lsa_status flow_saddle_follow(flow_system *system, const flow_invariants *invariants, const double *targets,
                              flow_integrator *integrator, double loss, double *y, lsa_error *err);

#endif
