/* accuracy_cases.c - how exact the end is, by spectrum: the last point of the integration as it comes, rescaled by the
 * conserved quantity, and polished. */
#include "base/try.h"
#include "bench/plan.h"
#include "bench/problem.h"
#include <math.h>
#include <string.h>

static lsa_sample end_of(const lsa_trajectory *trajectory, const char *which)
{
    if (strcmp(which, "raw") == 0)
        return lsa_trajectory_raw(trajectory);
    return strcmp(which, "rescaled") == 0 ? lsa_trajectory_rescaled(trajectory) : lsa_trajectory_polished(trajectory);
}

static lsa_status error_of(const bench_setup *setup, const lsa_sample *end, bool of_u, double *error, lsa_error *err)
{
    if (!of_u)
        return bench_product_error(setup, end, error, err);
    const lsa_form *form = lsa_program_form(setup->program);
    *error = bench_u_error(setup, end->state != NULL ? end->state[form->u] : end->modes[0]);
    return LSA_OK;
}

/* variant: "raw", "rescaled" or "polished"; series: "u" or "uU". */
static lsa_status measure_accuracy(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup;
    lsa_trajectory *trajectory = NULL;
    const bool of_u = strcmp(c->series, "u") == 0;
    LSA_TRY(bench_setup_make(&c->problem, &setup, err));
    const lsa_flow_options options = bench_flow_options(&c->problem, &setup, &plan->options);
    LSA_TRY(bench_run(&c->problem, &setup, &options, &trajectory, err));
    const lsa_sample end = end_of(trajectory, c->variant);
    LSA_TRY(error_of(&setup, &end, of_u, &out->value, err));
    out->error = out->value;
    out->steps = (double)lsa_trajectory_stats(trajectory).steps;
    out->reference = of_u ? 1e-14 : 1e-15 * sqrt((double)c->problem.d);
    out->final = true;
done:
    lsa_trajectory_destroy(trajectory);
    bench_setup_clear(&setup);
    return status;
}

static void add(bench_plan *plan, ptrdiff_t d, double exponent, const char *variant, const char *quantity)
{
    char spectrum[24];
    bench_case *c = bench_plan_add(plan, d, measure_accuracy, "%s, %s end, %s", quantity, variant,
                                   bench_spectrum_name(exponent, spectrum));
    c->problem = (bench_problem){.statement = "merged",
                                 .d = c->size,
                                 .context = (double)c->size,
                                 .exponent = exponent,
                                 .method = LSA_METHOD_REDUCED,
                                 .rtol = 1e-8,
                                 .error = 1e-14};
    c->unit = "error";
    c->variant = variant;
    c->series = quantity;
    c->reference_text = strcmp(quantity, "u") == 0 ? "1e-14" : "1e-15 sqrt(d)";
}

void bench_accuracy_cases(bench_plan *plan)
{
    static const double exponents[] = {0.0, -100.0, 1.0, 1.5};
    static const char *const ends[] = {"raw", "rescaled", "polished"};
    const ptrdiff_t d = plan->options.full ? 1000 : 100;
    for (int k = 0; k < 4; k++)
        for (int e = 0; e < 3; e++) {
            add(plan, d, exponents[k], ends[e], "uU");
            add(plan, d, exponents[k], ends[e], "u");
        }
}
