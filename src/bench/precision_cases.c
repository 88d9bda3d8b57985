/* precision_cases.c - work and precision: seconds against the accuracy that the path reaches, by method, over rtol. */
#include "base/try.h"
#include "bench/bench_path.h"
#include "bench/plan.h"
#include <math.h>
#include <stdio.h>

static lsa_status measure_point(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_solver_stats stats;
    if (plan->reference == NULL)
        LSA_TRY(bench_path_create(&c->problem, &plan->options, &plan->reference, err));
    LSA_TRY(bench_path_compare(plan->reference, &c->problem, &plan->options, &stats, &out->error, err));
    out->steps = (double)stats.steps;
    out->value = isfinite(out->error) ? stats.seconds : (double)NAN;
    if (!isfinite(out->error))
        snprintf(out->note, sizeof out->note, "stopped after %.3g s", stats.seconds);
done:
    return status;
}

static void add_curve(bench_plan *plan, const bench_problem *problem, const char *series, double least_rtol)
{
    for (int power = 4; power <= 12; power++) {
        const double rtol = pow(10.0, -power);
        if (rtol < 0.9 * least_rtol)
            return;
        bench_case *c = bench_plan_add(plan, problem->d, measure_point, "%s, rtol 1e-%d", series, power);
        c->problem = *problem;
        c->problem.d = c->size;
        c->problem.context = (double)c->size;
        c->problem.rtol = rtol;
        c->series = series;
    }
}

/* One problem for all curves: plan->reference is its path. Krylov's and dense curves lie above the arrowhead's, which has
 * the same Newton matrix. */
void bench_precision_cases(bench_plan *plan)
{
    bench_problem problem = {.statement = "merged",
                             .d = plan->options.full ? 316 : 32,
                             .exponent = 1.0,
                             .method = LSA_METHOD_REDUCED,
                             .error = 1e-8};
    add_curve(plan, &problem, "reduced", 1e-12);
    problem.method = LSA_METHOD_ARROWHEAD;
    add_curve(plan, &problem, "arrowhead", 1e-12);
    problem.method = LSA_METHOD_KRYLOV;
    add_curve(plan, &problem, "krylov", plan->options.full ? 1e-6 : 1e-12);
    if (plan->options.peers == NULL)
        return;
    bench_add_path_peer(plan, &problem, "path-bdf", "scipy BDF with sparse Jacobian", 10);
    bench_add_path_peer(plan, &problem, "path-lsoda", "scipy LSODA on the reduction", 12);
}
