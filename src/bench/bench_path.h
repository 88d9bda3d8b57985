/* bench_path.h - the whole path of a flow at fixed times, for comparing paths of different tolerances. */
#ifndef LSAFLOW_BENCH_BENCH_PATH_H
#define LSAFLOW_BENCH_BENCH_PATH_H

#include "bench/problem.h"

enum { BENCH_PATH_TIMES = 40 };

typedef struct bench_path {
    ptrdiff_t size; /* of a state */
    double times[BENCH_PATH_TIMES];
    double *states; /* user's basis, one after the other */
} bench_path;

/* The problem by the reduction at rtol 1e-13, at times spaced evenly in log t over the last five decades before it is
 * within problem->error of its limit. */
lsa_status bench_path_create(const bench_problem *problem, const bench_options *options, bench_path **out,
                             lsa_error *err);
void bench_path_destroy(bench_path *path);

/* Integrates the problem through the path's times. error: the greatest over the times of |theta - theta_ref|/|theta_ref|,
 * NAN where a run did not reach them. */
lsa_status bench_path_compare(const bench_path *path, const bench_problem *problem, const bench_options *options,
                              lsa_solver_stats *stats, double *error, lsa_error *err);

#endif
