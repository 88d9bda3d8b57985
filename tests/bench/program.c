/* Time to compile each statement and to evaluate its loss, gradient and Hessian-vector product, by dimension: CSV. */
#include "bench.h"
#include "compiled.h"

#include <stdio.h>

static void run_compile(void *context)
{
    lsa_compiled *c = context;
    lsa_program *program = NULL;
    check_status(lsa_program_create(c->derivation, &c->binding, &program, &c->err), LSA_OK, &c->err);
    lsa_program_destroy(program);
}

typedef struct evaluation {
    lsa_compiled c;
    double *out;
} evaluation;

static void run_loss(void *context)
{
    evaluation *e = context;
    e->out[0] = lsa_program_loss(e->c.program, e->c.work, e->c.state);
}

static void run_gradient(void *context)
{
    evaluation *e = context;
    lsa_program_gradient(e->c.program, e->c.work, e->c.state, e->out);
}

static void run_hessian(void *context)
{
    evaluation *e = context;
    lsa_program_hessian(e->c.program, e->c.work, e->c.state, e->c.user, e->out);
}

/* a = b + 2 c of as many numbers as the state has: what memory allows. */
static void run_triad(void *context)
{
    evaluation *e = context;
    for (ptrdiff_t k = 0; k < e->c.size; k++)
        e->out[k] = e->c.user[k] + 2.0 * e->c.state[k];
}

static const char *const all_blocks_of_heads =
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}, "
    "eps: {variance: s2, samples: N}}, "
    "parameters: {\"px[h]\": vector, \"u[h]\": scalar, \"U[h]\": [d, d], \"k[h]\": vector}, "
    "define: {\"y[i]\": \"w' * x[i] + eps[i]\"}, "
    "prediction: \"sum(h, 1/rho * (px[h]' * (sum(i, x[i] * x[i]') + xq * xq') * U[h] * xq + px[h]' * sum(i, y[i] * "
    "x[i]) "
    "* k[h]' * xq + u[h] * sum(i, y[i] * x[i]') * U[h] * xq + u[h] * sum(i, y[i]^2) * k[h]' * xq))\", "
    "target: \"w' * xq\"}";

/* A whole layer of many heads: derivation, gradient and Hessian, and what the model pays before it runs. */
static void run_derive(void *context)
{
    const lsa_compiled *c = context;
    lsa_derivation *derivation = NULL;
    lsa_error err;
    check_status(lsa_derive(c->setting.experiment.statement, &c->derive, &derivation, &err), LSA_OK, &err);
    lsa_derivation_destroy(derivation);
}

static void time_heads(ptrdiff_t heads, double seconds)
{
    evaluation e;
    char name[64];
    compiled_init(&e.c, "inline", all_blocks_of_heads, 20, 40.0, heads, 1);
    compiled_make(&e.c, 1);
    e.out = fixture_numbers(&e.c.setting, e.c.size);
    snprintf(name, sizeof name, "whole layer x%d derive", (int)heads);
    lsa_bench(name, 20, seconds, run_derive, &e.c);
    snprintf(name, sizeof name, "whole layer x%d compile", (int)heads);
    lsa_bench(name, 20, seconds, run_compile, &e.c);
    snprintf(name, sizeof name, "whole layer x%d gradient", (int)heads);
    lsa_bench(name, 20, seconds, run_gradient, &e);
    compiled_clear(&e.c);
}

static void time_one(const char *statement, ptrdiff_t d, ptrdiff_t heads, double seconds)
{
    static const char *const cases[] = {"compile", "loss", "gradient", "hessian"};
    static void (*const work[])(void *) = {run_compile, run_loss, run_gradient, run_hessian};
    evaluation e;
    char name[64];
    compiled_init(&e.c, statement, NULL, d, 40.0, heads, 4);
    double *spectrum = fixture_numbers(&e.c.setting, d);
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = 1.0 / (1.0 + (double)i);
    e.c.setting.experiment.training.covariance = fixture_diagonal(&e.c.setting, d, spectrum);
    compiled_make(&e.c, 1);
    e.out = fixture_numbers(&e.c.setting, e.c.size);
    for (int k = 0; k < 4; k++) {
        snprintf(name, sizeof name, "%s x%d %s", statement, (int)heads, cases[k]);
        lsa_bench(name, d, seconds, work[k], &e);
    }
    lsa_bench("triad", d, seconds, run_triad, &e);
    compiled_clear(&e.c);
}

int main(int argc, char **argv)
{
    const double seconds = lsa_bench_seconds(argc);
    (void)argv;
    lsa_bench_head();
    for (ptrdiff_t d = 10; d <= 1000; d *= 10)
        time_one("merged", d, 1, seconds);
    for (ptrdiff_t d = 10; d <= 300; d *= 30)
        time_one("full", d, 1, seconds);
    time_one("merged", 2000, 1, seconds);
    for (ptrdiff_t heads = 1; heads <= 8; heads *= 2)
        time_heads(heads, seconds);
    time_one("separate", 100, 1, seconds);
    time_one("multihead", 100, 8, seconds);
    time_one("multihead-separate", 100, 8, seconds);
    return 0;
}
