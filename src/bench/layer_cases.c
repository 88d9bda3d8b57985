/* layer_cases.c - the whole layer, all blocks of one head, and separate keys and queries, from a generic start to a relative
 * gap of 1e-10 or to their own stationary point. */
#include "base/try.h"
#include "bench/plan.h"
#include "bench/problem.h"
#include <math.h>
#include <stdio.h>

static lsa_status measure_layer(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup;
    lsa_trajectory *trajectory = NULL;
    LSA_TRY(bench_setup_make(&c->problem, &setup, err));
    lsa_flow_options options = bench_flow_options(&c->problem, &setup, &plan->options);
    LSA_TRY(lsa_study_minimum_loss(setup.study, &options.minimum, err));
    LSA_TRY(bench_run(&c->problem, &setup, &options, &trajectory, err));
    const lsa_solver_stats stats = lsa_trajectory_stats(trajectory);
    const bool stopped = lsa_trajectory_reason(trajectory) == LSA_STOPPED_WALL;
    out->value = stopped ? (double)NAN : stats.seconds;
    out->steps = (double)stats.steps;
    out->linear = (double)stats.linear;
    out->time = lsa_trajectory_raw(trajectory).time;
    snprintf(out->note, sizeof out->note, "%.2f linear iterations a step; gap %.1e, %s",
             out->linear / fmax(out->steps, 1.0), lsa_trajectory_raw(trajectory).gap,
             stopped ? "stopped by the clock" : lsa_kind_text(lsa_trajectory_classification(trajectory).kind));
done:
    lsa_trajectory_destroy(trajectory);
    bench_setup_clear(&setup);
    return status;
}

/* context: N/d. */
static bench_case *add(bench_plan *plan, const char *statement, ptrdiff_t d, double context, double exponent,
                       lsa_method method, const char *name)
{
    char spectrum[24];
    bench_case *c = bench_plan_add(plan, d, measure_layer, "%s, %s", name, bench_spectrum_name(exponent, spectrum));
    c->problem = (bench_problem){.statement = statement,
                                 .d = c->size,
                                 .context = context * (double)c->size,
                                 .exponent = exponent,
                                 .method = method,
                                 .rtol = 1e-8,
                                 .gap = 1e-10};
    return c;
}

bench_case *bench_add_layer(bench_plan *plan, ptrdiff_t d, lsa_method method)
{
    return add(plan, "full", d, 2.0, 1.0, method,
               method == LSA_METHOD_DENSE ? "whole layer, dense" : "whole layer, krylov");
}

/* Of rank d. */
static void add_keys(bench_plan *plan, ptrdiff_t d, double condition)
{
    add(plan, "separate", d, 1.0, -condition, LSA_METHOD_KRYLOV, "keys and queries, krylov");
}

void bench_layer_cases(bench_plan *plan)
{
    bench_add_layer(plan, 10, LSA_METHOD_KRYLOV);
    bench_add_layer(plan, 10, LSA_METHOD_DENSE);
    add_keys(plan, 30, 100.0);
    add_keys(plan, 30, 1000.0);
    if (!plan->options.full)
        return;
    bench_add_layer(plan, 20, LSA_METHOD_KRYLOV);
    bench_add_layer(plan, 100, LSA_METHOD_KRYLOV);
    add_keys(plan, 30, 10000.0);
    add_keys(plan, 50, 1000.0);
    add_keys(plan, 100, 100.0);
}
