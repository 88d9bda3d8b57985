/* flow_cases.c - whole flows by method, against one eigendecomposition of the same size and against the memory. */
#include "base/clock.h"
#include "base/matrix.h"
#include "base/rng.h"
#include "base/try.h"
#include "bench/plan.h"
#include "bench/problem.h"
#include "bench/triad.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* One dsyevd with vectors of a random symmetric matrix. */
static lsa_status measure_eigen(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = c->size;
    double *A = lsa_vec_create(d * d), *Q = lsa_vec_create(d * d), *lambda = lsa_vec_create(d);
    (void)plan;
    LSA_TRY_MEMORY(A && Q ? lambda : NULL, "an eigendecomposition");
    lsa_rng rng = lsa_rng_at(2, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, d * d, A);
    const double began = lsa_clock_seconds();
    LSA_TRY(lsa_mat_eigen(d, A, lambda, Q, err));
    out->value = lsa_clock_seconds() - began;
done:
    free(lambda);
    free(Q);
    free(A);
    return status;
}

/* What a run tells of itself. Seconds are those of the solver: set-up and integration, not the judgement of the end. */
static lsa_status describe(const bench_setup *setup, const lsa_trajectory *trajectory, bench_sample *out,
                           lsa_error *err)
{
    const lsa_solver_stats stats = lsa_trajectory_stats(trajectory);
    const lsa_sample raw = lsa_trajectory_raw(trajectory);
    out->value = stats.seconds;
    out->steps = (double)stats.steps;
    out->linear = (double)stats.linear;
    out->time = raw.time;
    if (lsa_trajectory_reason(trajectory) == LSA_STOPPED_WALL) {
        snprintf(out->note, sizeof out->note, "stopped after %.3g s at gap %.1e", stats.seconds, raw.gap);
        out->value = NAN;
    }
    return bench_product_error(setup, &raw, &out->error, err);
}

static lsa_status measure_flow(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup;
    lsa_trajectory *trajectory = NULL;
    LSA_TRY(bench_setup_make(&c->problem, &setup, err));
    const lsa_flow_options options = bench_flow_options(&c->problem, &setup, &plan->options);
    LSA_TRY(bench_run(&c->problem, &setup, &options, &trajectory, err));
    LSA_TRY(describe(&setup, trajectory, out, err));
done:
    lsa_trajectory_destroy(trajectory);
    bench_setup_clear(&setup);
    return status;
}

/* Streams of the state's length that a step of order 5 with m Newton iterations moves; docs/performance.md counts. */
static double streams(double m)
{
    return 28.0 + 24.0 * m;
}

/* The clock at the first and the last call of a run's progress: between them are steps alone. */
typedef struct stopwatch {
    double first_seconds, last_seconds;
    ptrdiff_t first_steps, last_steps;
} stopwatch;

static void watch(void *context, double time, double gap, ptrdiff_t steps)
{
    stopwatch *w = context;
    (void)time;
    (void)gap;
    w->last_seconds = lsa_clock_seconds();
    w->last_steps = steps;
    if (w->first_steps == 0) {
        w->first_seconds = w->last_seconds;
        w->first_steps = steps;
    }
}

/* Seconds a step of the full state; the reference is the step's streams at the speed of a triad over as many numbers,
 * measured right after. */
static lsa_status measure_step(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup;
    stopwatch w = {0};
    lsa_trajectory *trajectory = NULL;
    const ptrdiff_t n = c->problem.d * c->problem.d;
    double triad;
    LSA_TRY(bench_setup_make(&c->problem, &setup, err));
    lsa_flow_options options = bench_flow_options(&c->problem, &setup, &plan->options);
    options.progress = watch;
    options.progress_context = &w;
    LSA_TRY(bench_run(&c->problem, &setup, &options, &trajectory, err));
    LSA_TRY(bench_triad(n, &triad, err));
    const lsa_solver_stats stats = lsa_trajectory_stats(trajectory);
    const double m = (double)stats.newton / (double)stats.steps;
    out->steps = (double)(w.last_steps - w.first_steps);
    out->value = (w.last_seconds - w.first_seconds) / out->steps;
    out->reference = streams(m) * triad / 3.0;
    snprintf(out->note, sizeof out->note, "%.2f iterations a step; triad %.3g ns a number", m, 1e9 * triad / (double)n);
done:
    lsa_trajectory_destroy(trajectory);
    bench_setup_clear(&setup);
    return status;
}

bench_case *bench_add_flow(bench_plan *plan, lsa_method method, const char *method_name, ptrdiff_t d, double exponent)
{
    char spectrum[24];
    bench_case *c =
        bench_plan_add(plan, d, measure_flow, "%s, %s", method_name, bench_spectrum_name(exponent, spectrum));
    c->problem = (bench_problem){.statement = "merged",
                                 .d = c->size,
                                 .context = (double)c->size,
                                 .exponent = exponent,
                                 .method = method,
                                 .rtol = 1e-8,
                                 .error = 1e-8};
    return c;
}

/* Four spectra by the reduction, each against one eigendecomposition of that size. */
static void add_reduced(bench_plan *plan, ptrdiff_t d)
{
    static const double exponents[] = {0.0, -100.0, 1.0, 1.5};
    const bench_case *eigen = bench_plan_add(plan, d, measure_eigen, "eigendecomposition (dsyevd, vectors)");
    for (int k = 0; k < 4; k++)
        bench_add_flow(plan, LSA_METHOD_REDUCED, "reduced", d, exponents[k])->against = eigen;
}

/* A method that keeps all d^2 entries, against the reduction on the same problem. */
static void add_whole(bench_plan *plan, lsa_method method, const char *name, ptrdiff_t d, double exponent)
{
    const bench_case *reduced = NULL;
    for (ptrdiff_t i = 0; i < plan->count; i++) {
        const bench_problem *p = &plan->cases[i].problem;
        if (plan->cases[i].measure == measure_flow && p->method == LSA_METHOD_REDUCED && p->d == d &&
            p->exponent == exponent && !p->diagonal)
            reduced = &plan->cases[i];
    }
    if (reduced == NULL)
        reduced = bench_add_flow(plan, LSA_METHOD_REDUCED, "reduced", d, exponent);
    bench_add_flow(plan, method, name, d, exponent)->against = reduced;
}

static void add_diagonal(bench_plan *plan, ptrdiff_t d, double exponent)
{
    bench_case *c = bench_add_flow(plan, LSA_METHOD_REDUCED, "reduced, diagonal start", d, exponent);
    c->problem.diagonal = true;
}

static void add_step(bench_plan *plan, ptrdiff_t d, ptrdiff_t steps)
{
    bench_case *c = bench_plan_add(plan, d, measure_step, "arrowhead, i^-1.5, one step");
    c->problem = (bench_problem){.statement = "merged",
                                 .d = c->size,
                                 .context = (double)c->size,
                                 .exponent = 1.5,
                                 .method = LSA_METHOD_ARROWHEAD,
                                 .rtol = 1e-8,
                                 .error = 1e-8,
                                 .max_steps = steps};
    c->unit = "s/step";
    c->reference_text = "its streams at the triad's speed";
}

void bench_flow_cases(bench_plan *plan)
{
    const bool full = plan->options.full;
    add_reduced(plan, 100);
    add_reduced(plan, 1000);
    add_whole(plan, LSA_METHOD_ARROWHEAD, "arrowhead", 100, 1.0);
    add_whole(plan, LSA_METHOD_KRYLOV, "krylov", 32, 1.0);
    add_whole(plan, LSA_METHOD_DENSE, "dense", 10, 1.0);
    add_diagonal(plan, 10000, 0.0);
    add_step(plan, 316, 320);
    if (!full)
        return;
    add_reduced(plan, 3000);
    add_whole(plan, LSA_METHOD_ARROWHEAD, "arrowhead", 316, 1.0);
    add_whole(plan, LSA_METHOD_ARROWHEAD, "arrowhead", 1000, 0.0);
    add_whole(plan, LSA_METHOD_KRYLOV, "krylov", 100, 1.0);
    add_diagonal(plan, 100000, 0.0);
    add_diagonal(plan, 100000, 1.5);
    add_step(plan, 2000, 128);
}
