/* growth_cases.c - how the number of steps grows with d, N/d, stiffness and rtol. Steps, not seconds: they are the same on
 * every machine. */
#include "base/try.h"
#include "bench/plan.h"
#include "bench/problem.h"
#include <math.h>

static lsa_status measure_steps(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup;
    lsa_trajectory *trajectory = NULL;
    LSA_TRY(bench_setup_make(&c->problem, &setup, err));
    const lsa_flow_options options = bench_flow_options(&c->problem, &setup, &plan->options);
    LSA_TRY(bench_run(&c->problem, &setup, &options, &trajectory, err));
    out->value = out->steps = (double)lsa_trajectory_stats(trajectory).steps;
    out->final = true;
    const lsa_sample end = lsa_trajectory_raw(trajectory);
    LSA_TRY(bench_product_error(&setup, &end, &out->error, err));
done:
    lsa_trajectory_destroy(trajectory);
    bench_setup_clear(&setup);
    return status;
}

/* ratio: N/d. */
static bench_case *add(bench_plan *plan, ptrdiff_t d, double exponent, double ratio, double rtol)
{
    char spectrum[24];
    bench_case *c = bench_plan_add(plan, d, measure_steps, "%s, N/d %g, rtol %.0e",
                                   bench_spectrum_name(exponent, spectrum), ratio, rtol);
    c->problem = (bench_problem){.statement = "merged",
                                 .d = c->size,
                                 .context = fmax(1.0, round(ratio * (double)c->size)),
                                 .exponent = exponent,
                                 .method = LSA_METHOD_REDUCED,
                                 .rtol = rtol,
                                 .error = 1e-8};
    c->unit = "steps";
    return c;
}

static void add_stiffness(bench_plan *plan, ptrdiff_t d)
{
    static const double exponents[] = {-100.0, 1.0, 1.5};
    const bench_case *first = add(plan, d, 0.0, 1.0, 1e-8);
    for (int k = 0; k < 3; k++)
        add(plan, d, exponents[k], 1.0, 1e-8)->against = first;
}

static void add_contexts(bench_plan *plan, ptrdiff_t d, double exponent)
{
    static const double ratios[] = {1.0, 10.0, 1000.0};
    const bench_case *first = add(plan, d, exponent, 0.1, 1e-8);
    for (int k = 0; k < 3; k++)
        add(plan, d, exponent, ratios[k], 1e-8)->against = first;
}

void bench_growth_cases(bench_plan *plan)
{
    static const ptrdiff_t sizes[] = {32, 100, 316};
    static const double tolerances[] = {1e-6, 1e-10, 1e-12};
    const bench_case *first = add(plan, 10, 1.5, 1.0, 1e-8), *usual = NULL;
    for (int k = 0; k < 3; k++) {
        bench_case *c = add(plan, sizes[k], 1.5, 1.0, 1e-8);
        c->against = first;
        usual = k == 1 ? c : usual;
    }
    for (int k = 0; k < 3; k++)
        add(plan, 100, 1.5, 1.0, tolerances[k])->against = usual;
    add_stiffness(plan, 1000);
    add_contexts(plan, plan->options.full ? 1000 : 100, 1.5);
    add_contexts(plan, plan->options.full ? 1000 : 100, -100.0);
}
