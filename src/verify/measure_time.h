/* measure_time.h - the formula first(t, gap < c) of a column, by one flow that stops there. */
#ifndef LSAFLOW_VERIFY_MEASURE_TIME_H
#define LSAFLOW_VERIFY_MEASURE_TIME_H

#include "formula/tree.h"
#include "verify/study.h"

/* Whether the formula is that, for a gap that a flow can stop at. */
bool measure_is_gap_time(const formula_node *node, double *gap);
/* LSA_ERR_UNABLE: the run ends before; errors of the flow. */
lsa_status measure_gap_time(lsa_study *study, double gap, double *out, lsa_error *err);

#endif
