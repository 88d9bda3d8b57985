/* derive_cases.c - from a statement to its loss, gradient and Hessian in symbols, and to a program: seconds against terms. */
#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "bench/plan.h"
#include "lsaflow/derive.h"
#include "lsaflow/program.h"
#include "lsaflow/verify.h"
#include <stdio.h>

/* Every block of several heads, as a user would write it. */
static const char all_blocks[] =
    "\n  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega},\n"
    "              eps: {variance: s2, samples: N}}\n"
    "  parameters: {\"px[h]\": vector, \"u[h]\": scalar, \"U[h]\": [d, d], \"k[h]\": vector}\n"
    "  define: {\"y[i]\": \"w' * x[i] + eps[i]\"}\n"
    "  prediction: \"sum(h, 1/rho * (px[h]' * (sum(i, x[i] * x[i]') + xq * xq') * U[h] * xq\n"
    "    + px[h]' * sum(i, y[i] * x[i]) * k[h]' * xq + u[h] * sum(i, y[i] * x[i]') * U[h] * xq\n"
    "    + u[h] * sum(i, y[i]^2) * k[h]' * xq))\"\n"
    "  target: \"w' * xq\"\n";

static void write_model(const bench_case *c, lsa_text *text)
{
    const bool noise = c->M > 0;
    lsa_text_printf(text, "statement: %s\ndata:\n  dimension: 20\n  context: 40\n", c->variant);
    lsa_text_add(text, "  covariance: {spectrum: power, exponent: 1}\n");
    if (noise)
        lsa_text_add(text, "  label_noise: 0.1\n");
    if (c->heads > 0)
        lsa_text_printf(text, "  heads: %td\n", c->heads);
    lsa_text_add(text, "init: {scheme: gaussian, scale: 0.1, seed: 1}\n");
}

/* Loss, gradient and Hessian in symbols; of several heads also the program, where heads are told apart. */
static lsa_status measure_derive(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_model *model = NULL;
    lsa_derivation *derivation = NULL;
    lsa_program *program = NULL;
    lsa_text text;
    (void)plan;
    lsa_text_init(&text);
    write_model(c, &text);
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "a model");
    LSA_TRY(lsa_model_parse("bench", text.data, text.length, NULL, &model, err));
    const lsa_experiment *experiment = lsa_model_experiment(model, 0);
    lsa_derive_options options = lsa_study_derive_options(experiment);
    options.with_hessian = true;
    const lsa_binding binding = lsa_binding_training(experiment);
    const double began = lsa_clock_seconds();
    LSA_TRY(lsa_derive(experiment->statement, &options, &derivation, err));
    if (c->heads > 0)
        LSA_TRY(lsa_program_create(derivation, &binding, &program, err));
    out->value = lsa_clock_seconds() - began;
    snprintf(out->note, sizeof out->note, "%td terms in the loss", lsa_poly_count(lsa_derivation_loss(derivation)));
done:
    lsa_program_destroy(program);
    lsa_derivation_destroy(derivation);
    lsa_model_destroy(model);
    lsa_text_clear(&text);
    return status;
}

static void add_statement(bench_plan *plan, const char *statement, bool noise)
{
    bench_case *c = bench_plan_add(plan, 20, measure_derive, "derive %s%s", statement, noise ? ", noise" : "");
    c->size = 20;
    c->variant = statement;
    c->M = noise;
}

void bench_derive_cases(bench_plan *plan)
{
    static const char *const statements[] = {"merged", "full", "full-masked", "separate", "multihead"};
    for (size_t k = 0; k < sizeof statements / sizeof *statements; k++)
        for (int noise = 0; noise < 2; noise++)
            add_statement(plan, statements[k], noise != 0);
    for (ptrdiff_t heads = 1; heads <= 8; heads *= 2) {
        bench_case *c =
            bench_plan_add(plan, heads, measure_derive, "derive and compile, every block of h heads, noise");
        c->size = c->heads = heads;
        c->variant = all_blocks;
        c->M = 1;
    }
}
