/* sampling_cases.c - Monte Carlo: seconds a prompt, direct and fast, against the generator alone. */
#include "base/clock.h"
#include "base/matrix.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/try.h"
#include "bench/plan.h"
#include "bench/problem.h"
#include "lsaflow/empirical.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seconds a number of the generator as the direct way calls it: 160 numbers of 8 streams at a time, kept in cache. */
static double generator_seconds(void)
{
    enum { ROWS = 160, CALLS = 8000 };
    static double rows[ROWS * LSA_RNG_SIDE];
    const double began = lsa_clock_seconds();
    for (ptrdiff_t i = 0; i < CALLS; i++) {
        lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROMPT, (uint64_t)i * LSA_RNG_SIDE);
        lsa_rng_normals_side_by_side(&rng, ROWS, rows);
    }
    return (lsa_clock_seconds() - began) / ((double)CALLS * ROWS * LSA_RNG_SIDE);
}

static lsa_status measure_generator(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    (void)plan;
    (void)c;
    (void)err;
    out->value = generator_seconds();
    snprintf(out->note, sizeof out->note, "%.3g million normals a second", 1e-6 / out->value);
    return LSA_OK;
}

/* The layer at the limit of its training: u = 1, U = Gamma^-1. */
static lsa_status make_layer(const bench_setup *setup, ptrdiff_t d, lsa_layer **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_form *form = lsa_program_form(setup->program);
    double *U = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(U, "a layer");
    for (ptrdiff_t i = 0; i < d; i++)
        U[i + i * d] = form->B[i] / lsa_form_rate(form, i, i);
    LSA_TRY(lsa_layer_create(d, 1, false, out, err));
    lsa_layer_set_blocks(*out, 0, NULL, 1.0, U, NULL);
done:
    free(U);
    return status;
}

static lsa_status measure_prompts(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bench_setup setup;
    lsa_layer *layer = NULL;
    lsa_prompt_law law;
    lsa_sample_result result;
    const bool fast = strcmp(c->variant, "fast") == 0;
    const double numbers = (double)(c->M + 2) * (double)c->problem.d; /* X, w and x_q */
    (void)plan;
    LSA_TRY(bench_setup_make(&c->problem, &setup, err));
    LSA_TRY(make_layer(&setup, c->problem.d, &layer, err));
    LSA_TRY(lsa_prompt_law_training(lsa_model_experiment(setup.model, 0), &law, err));
    lsa_sample_options options = lsa_sample_options_defaults();
    options.threads = 1;
    options.relative_error = 0.0;
    options.fast = fast;
    /* about a fifth of a second; a multiple of 8, as prompts are drawn side by side */
    options.prompts = 8 * (ptrdiff_t)(fast ? 5e6 / (double)c->problem.d : 8e6 / numbers);
    const double began = lsa_clock_seconds();
    LSA_TRY(lsa_sample_error(&(lsa_predictor){.layer = layer}, &law, &options, &result, err));
    out->value = (lsa_clock_seconds() - began) / (double)result.prompts;
    if (!fast)
        out->reference = numbers * generator_seconds();
    snprintf(out->note, sizeof out->note, "%.3g prompts a second", 1.0 / out->value);
done:
    lsa_layer_destroy(layer);
    bench_setup_clear(&setup);
    return status;
}

bench_case *bench_add_prompts(bench_plan *plan, const char *mode, ptrdiff_t d, ptrdiff_t M)
{
    bench_case *c = bench_plan_add(plan, d, measure_prompts, "%s, M = %td", mode, M);
    c->M = M;
    c->unit = "s/prompt";
    c->variant = mode;
    c->problem =
        (bench_problem){.statement = "merged", .d = c->size, .context = (double)M, .exponent = 1.0, .rtol = 1e-8};
    return c;
}

void bench_sampling_cases(bench_plan *plan)
{
    static const ptrdiff_t sizes[][2] = {{20, 40}, {100, 400}};
    bench_plan_add(plan, 1, measure_generator, "normals alone")->unit = "s/normal";
    for (int k = 0; k < 2; k++) {
        bench_case *direct = bench_add_prompts(plan, "direct", sizes[k][0], sizes[k][1]);
        direct->reference_text = "its normals alone";
        bench_add_prompts(plan, "fast", sizes[k][0], sizes[k][1])->against = direct;
    }
}
