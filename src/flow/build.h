/* build.h - which way a loss is integrated, and the tables of that way. */
#ifndef LSAFLOW_FLOW_BUILD_H
#define LSAFLOW_FLOW_BUILD_H

#include "flow/system.h"

/* The method that `asked` means for this program; AUTO is reduced only where that is allowed. LSA_ERR_UNABLE for one
 * that the program does not allow. */
lsa_status flow_system_choose(const lsa_program *program, lsa_method asked, bool may_reduce, lsa_method *out,
                              lsa_error *err);
/* Makes the tables. start: the whole state in the program's basis, borrowed; NULL, with the reduced method only, for one
 * whose U is diagonal. */
lsa_status flow_system_create(const lsa_program *program, lsa_method method, double minimum, const double *start,
                              flow_system **out, lsa_error *err);
void flow_system_destroy(flow_system *system);
/* The flow of a reduced system from `start` (its unknowns) with the diagonal compressed, for the integrator; *out = NULL
 * where it is not or not worth it: where the start lies above the loss at zero, so that the path might come to u = 0, and
 * where there are few modes. Borrows from the system, which must outlive it. */
lsa_status flow_system_compress(flow_system *system, const double *start, flow_system **out, lsa_error *err);

/* "reduced", "arrowhead", "krylov", "dense" */
const char *flow_method_text(lsa_method method);
/* After the scales are set: makes the rounding where a start is far above the minimum and its products can cancel. */
lsa_status flow_system_watch_rounding(flow_system *system, lsa_error *err);

#endif
