/* problem.h - a benchmark's problem as a model file that any user could run, bound to numbers. */
#ifndef LSAFLOW_BENCH_PROBLEM_H
#define LSAFLOW_BENCH_PROBLEM_H

#include "base/text.h"
#include "bench/bench.h"
#include "lsaflow/flow.h"
#include "lsaflow/verify.h"

typedef struct bench_setup {
    lsa_model *model;
    lsa_study *study;
    const lsa_program *program;
    const double *start; /* user's basis; NULL: its diagonal alone */
    double u;            /* of a diagonal start: sigma, and U_ii   */
    double *diagonal;
} bench_setup;

/* "merged" from the paper's start, sigma = sqrt(2/(|Gamma| sqrt d))/2, half the bound of Theorem 4.1; "full" from
 * entries N(0, (0.1/d)^2), "separate" from N(0, 0.1^2). A clear must follow, also after a failure. */
lsa_status bench_setup_make(const bench_problem *problem, bench_setup *setup, lsa_error *err);
void bench_setup_clear(bench_setup *setup);

/* lambda_1 .. lambda_d of a problem. */
void bench_spectrum(const bench_problem *problem, double *lambda);
/* "1", "g100", "i^-1.5": the spectrum in a label. */
const char *bench_spectrum_name(double exponent, char text[24]);

/* The options of the problem's run, within the limit and under the interrupt of the benchmark. Its stop is a gap at which uU is within problem->error of the limit V = B/H, by
 *     |uU - V|^2 <= sum H (uU - V)^2 / min H = gap sum B^2/H / min H;
 * tight where the slowest entry is the last to arrive. */
lsa_flow_options bench_flow_options(const bench_problem *problem, const bench_setup *setup,
                                    const bench_options *limits);

/* The relative distance |uU - V|_F / |V|_F of a sample of a run, diagonal starts included. */
lsa_status bench_product_error(const bench_setup *setup, const lsa_sample *sample, double *error, lsa_error *err);
/* |u/u* - 1|, u* that of the limit which the start's u^2 - |U|^2 selects: c^2 - |V|^2/c^2 = u(0)^2 - |U(0)|^2. */
double bench_u_error(const bench_setup *setup, double u);

/* Runs the flow. A run that max_steps or the clock ends is fine too: *trajectory is what was reached. */
lsa_status bench_run(const bench_problem *problem, const bench_setup *setup, const lsa_flow_options *options,
                     lsa_trajectory **trajectory, lsa_error *err);

#endif
