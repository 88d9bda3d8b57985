/* bench_path.c - paths at fixed times. */
#include "bench/bench_path.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The time at which the problem's run ends. */
static lsa_status end_time(const bench_problem *problem, const bench_setup *setup, const bench_options *limits,
                           double *time, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_trajectory *trajectory = NULL;
    const lsa_flow_options options = bench_flow_options(problem, setup, limits);
    LSA_TRY(bench_run(problem, setup, &options, &trajectory, err));
    *time = lsa_trajectory_raw(trajectory).time;
    if (lsa_trajectory_reason(trajectory) != LSA_STOPPED_GAP)
        status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "the path that others are held against was not finished");
done:
    lsa_trajectory_destroy(trajectory);
    return status;
}

/* A run that passes through the times and ends with the last. */
static lsa_status run_through(const bench_problem *problem, const bench_setup *setup, const double *times,
                              const bench_options *limits, lsa_trajectory **trajectory, lsa_error *err)
{
    lsa_flow_options options = bench_flow_options(problem, setup, limits);
    options.drop_states = false;
    options.n_times = BENCH_PATH_TIMES;
    options.times = times;
    options.stop.gap = NAN;
    options.stop.time = times[BENCH_PATH_TIMES - 1];
    return bench_run(problem, setup, &options, trajectory, err);
}

static void copy_states(const lsa_trajectory *trajectory, bench_path *path)
{
    for (ptrdiff_t k = 0; k < BENCH_PATH_TIMES && k < lsa_trajectory_count(trajectory); k++)
        memcpy(path->states + k * path->size, lsa_trajectory_sample(trajectory, k).state,
               (size_t)path->size * sizeof *path->states);
}

lsa_status bench_path_create(const bench_problem *problem, const bench_options *options, bench_path **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_problem exact = *problem;
    bench_setup setup;
    lsa_trajectory *trajectory = NULL;
    double last;
    bench_path *path = calloc(1, sizeof *path);
    exact.method = LSA_METHOD_REDUCED;
    exact.rtol = 1e-13;
    LSA_TRY(bench_setup_make(&exact, &setup, err));
    LSA_TRY_MEMORY(path, "a path");
    LSA_TRY(end_time(&exact, &setup, options, &last, err));
    for (int k = 0; k < BENCH_PATH_TIMES; k++)
        path->times[k] = last * pow(10.0, 5.0 * ((double)(k + 1) / BENCH_PATH_TIMES - 1.0));
    path->size = lsa_program_size(setup.program);
    path->states = lsa_vec_create(BENCH_PATH_TIMES * path->size);
    LSA_TRY_MEMORY(path->states, "a path");
    LSA_TRY(run_through(&exact, &setup, path->times, options, &trajectory, err));
    copy_states(trajectory, path);
    *out = path;
    path = NULL;
done:
    lsa_trajectory_destroy(trajectory);
    bench_setup_clear(&setup);
    bench_path_destroy(path);
    return status;
}

void bench_path_destroy(bench_path *path)
{
    if (path != NULL)
        free(path->states);
    free(path);
}

static double distance(ptrdiff_t n, const double *x, const double *reference)
{
    double off = 0.0;
    for (ptrdiff_t i = 0; i < n; i++)
        off += (x[i] - reference[i]) * (x[i] - reference[i]);
    return sqrt(off) / lsa_vec_norm(n, reference);
}

lsa_status bench_path_compare(const bench_path *path, const bench_problem *problem, const bench_options *options,
                              lsa_solver_stats *stats, double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup;
    lsa_trajectory *trajectory = NULL;
    *error = NAN;
    LSA_TRY(bench_setup_make(problem, &setup, err));
    LSA_TRY(run_through(problem, &setup, path->times, options, &trajectory, err));
    *stats = lsa_trajectory_stats(trajectory);
    if (lsa_trajectory_reason(trajectory) != LSA_STOPPED_TIME)
        goto done;
    *error = 0.0;
    for (ptrdiff_t k = 0; k < BENCH_PATH_TIMES; k++)
        *error = fmax(*error,
                      distance(path->size, lsa_trajectory_sample(trajectory, k).state, path->states + k * path->size));
done:
    lsa_trajectory_destroy(trajectory);
    bench_setup_clear(&setup);
    return status;
}
