/* triad.h - what the memory of this machine gives: z = x + a y over n numbers. */
#ifndef LSAFLOW_BENCH_TRIAD_H
#define LSAFLOW_BENCH_TRIAD_H

#include "lsaflow/status.h"
#include <stddef.h>

/* Median seconds of one pass over three arrays of n numbers. LSA_ERR_MEMORY. */
lsa_status bench_triad(ptrdiff_t n, double *seconds, lsa_error *err);

#endif
