/* spectral_cases.c - the path of a form with one head by collocation in the action, against CVODE's steps. */
#include "base/clock.h"
#include "base/matrix.h"
#include "base/try.h"
#include "bench/plan.h"
#include "bench/problem.h"
#include "spectral/spectral_path.h"
#include <math.h>
#include <stdlib.h>

/* Runs and paths go on to this relative gap, or until the slowest mode has decayed by as many e-folds as its root. */
static const double GAP = 1e-14, FOLDS = 16.0;
/* A path takes microseconds. */
enum { REPEATS = 50 };

/* The modes of a diagonal start. */
typedef struct modes {
    double *rates, *drives;
    double slowest;
} modes;

static lsa_status read_modes(const bench_setup *setup, modes *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_form(setup->program);
    *out = (modes){.slowest = INFINITY};
    out->rates = lsa_vec_create(form->d);
    LSA_TRY_MEMORY(out->rates, "the modes");
    out->drives = lsa_vec_create(form->d);
    LSA_TRY_MEMORY(out->drives, "the modes");
    for (ptrdiff_t i = 0; i < form->d; i++) {
        out->rates[i] = lsa_form_rate(form, i, i);
        out->drives[i] = form->B[i];
        out->slowest = fmin(out->slowest, out->rates[i]);
    }
done:
    return status;
}

static lsa_status follow(const spectral_rule *rule, const spectral_problem *problem, double slowest, ptrdiff_t *pieces,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    spectral_path *path = NULL;
    LSA_TRY(spectral_path_create(rule, problem, true, &path, err));
    do
        LSA_TRY(spectral_path_advance(path, err));
    while (slowest * spectral_path_last(path)->end_action < FOLDS);
    const spectral_counts counts = spectral_path_counts(path);
    *pieces = counts.taylor + counts.segments;
done:
    spectral_path_destroy(path);
    return status;
}

/* Seconds of a path alone, kept as a function of the time: no samples, events, ends, bound. The least of many: other work
 * takes the processor for longer than one lasts. */
static lsa_status measure_path(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup;
    modes m = {0};
    spectral_rule rule;
    ptrdiff_t pieces = 0;
    (void)plan;
    spectral_rule_init(&rule);
    LSA_TRY(bench_setup_make(&c->problem, &setup, err));
    LSA_TRY(read_modes(&setup, &m, err));
    const spectral_problem problem = {
        .count = c->size, .rates = m.rates, .drives = m.drives, .start = setup.diagonal, .u = setup.u};
    out->value = INFINITY;
    for (int k = 0; k < REPEATS; k++) {
        const double began = lsa_clock_seconds();
        LSA_TRY(follow(&rule, &problem, m.slowest, &pieces, err));
        out->value = fmin(out->value, lsa_clock_seconds() - began);
    }
    out->steps = (double)pieces;
done:
    free(m.rates);
    free(m.drives);
    bench_setup_clear(&setup);
    return status;
}

static bench_problem problem_of(ptrdiff_t d, double exponent, lsa_method method, double rtol)
{
    return (bench_problem){.statement = "merged",
                           .d = d,
                           .context = 20.0,
                           .exponent = exponent,
                           .method = method,
                           .rtol = rtol,
                           .gap = GAP,
                           .diagonal = true};
}

static bench_case *add_run(bench_plan *plan, lsa_method method, const char *name, ptrdiff_t d, double exponent,
                           double rtol)
{
    bench_case *c = bench_add_flow(plan, method, name, d, exponent);
    c->problem = problem_of(c->size, exponent, method, rtol);
    return c;
}

static void add(bench_plan *plan, ptrdiff_t d, double exponent)
{
    char spectrum[24];
    add_run(plan, LSA_METHOD_REDUCED, "reduced, rtol 1e-10", d, exponent, 1e-10);
    const bench_case *cvode = add_run(plan, LSA_METHOD_REDUCED, "reduced, rtol 1e-13", d, exponent, 1e-13);
    add_run(plan, LSA_METHOD_SPECTRAL, "spectral", d, exponent, 1e-13)->against = cvode;
    bench_case *path =
        bench_plan_add(plan, d, measure_path, "spectral, the path alone, %s", bench_spectrum_name(exponent, spectrum));
    path->problem = problem_of(path->size, exponent, LSA_METHOD_SPECTRAL, 1e-13);
    path->against = cvode;
}

void bench_spectral_cases(bench_plan *plan)
{
    add(plan, 1, 1.0);
    add(plan, 5, 1.0);
    add(plan, 20, 1.0);
    add(plan, 100, 1.0);
    add(plan, 20, -1e6);
    if (plan->options.full)
        add(plan, 1000, 1.0);
}
