/* plan.h - how the groups list their cases. */
#ifndef LSAFLOW_BENCH_PLAN_H
#define LSAFLOW_BENCH_PLAN_H

#include "bench/bench.h"

enum { BENCH_CASES_MAX = 256 };

struct bench_plan {
    bench_options options;
    ptrdiff_t count;
    bench_case cases[BENCH_CASES_MAX];
    const char *group;            /* whose cases are being listed                    */
    struct bench_path *reference; /* precision: the path that others are held against */
};

/* Appends a case of the current group; its address stays. The label is printed like printf's; size and problem.d are
 * cut to options.largest. What a caller does not set is: unit "s", no ratio, an empty problem. */
bench_case *bench_plan_add(bench_plan *plan, ptrdiff_t size, bench_measure measure, const char *label, ...);

/* Cases that peers stand beside: a flow to a relative error of uU of 1e-8; prompts of a mode ("direct", "fast"); the whole
 * layer, lambda = 1/i, to a gap of 1e-10. */
bench_case *bench_add_flow(bench_plan *plan, lsa_method method, const char *method_name, ptrdiff_t d, double exponent);
bench_case *bench_add_prompts(bench_plan *plan, const char *mode, ptrdiff_t d, ptrdiff_t M);
bench_case *bench_add_layer(bench_plan *plan, ptrdiff_t d, lsa_method method); /* krylov or dense */

/* Points of work and precision by a method of scipy_flow.py, rtol 1e-4 .. 10^-least_power. */
void bench_add_path_peer(bench_plan *plan, const bench_problem *problem, const char *method, const char *series,
                         int least_power);

/* The groups. */
void bench_flow_cases(bench_plan *plan);
void bench_spectral_cases(bench_plan *plan);
void bench_growth_cases(bench_plan *plan);
void bench_accuracy_cases(bench_plan *plan);
void bench_precision_cases(bench_plan *plan);
void bench_layer_cases(bench_plan *plan);
void bench_derive_cases(bench_plan *plan);
void bench_sampling_cases(bench_plan *plan);
void bench_vector_cases(bench_plan *plan);
void bench_claim_cases(bench_plan *plan);
void bench_reduced_peer_cases(bench_plan *plan);
void bench_whole_peer_cases(bench_plan *plan);
void bench_layer_peer_cases(bench_plan *plan);
void bench_sampling_peer_cases(bench_plan *plan);

#endif
