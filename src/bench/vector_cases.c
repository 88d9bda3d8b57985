/* vector_cases.c - the integrator's own vectors against the packaged ones, operation by operation and for the operations
 * of one whole step. The same calls on both: only the table of operations differs. */
#include "base/clock.h"
#include "base/try.h"
#include "bench/plan.h"
#include "flow/nvector.h"
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <string.h>

enum { VECTORS = 9 };
typedef void (*vector_work)(N_Vector *v);

/* Looks at the sum: ours waits until somebody does. */
static void sum(N_Vector *v)
{
    N_VLinearSum(0.5, v[0], 0.25, v[1], v[2]);
    (void)N_VGetArrayPointer(v[2]);
}

static void norm(N_Vector *v)
{
    (void)N_VWrmsNorm(v[0], v[1]);
}

/* What a step of order 5 with two Newton iterations calls, in CVODE's order: prediction, iterations, correction of the
 * history, error weights. The right-hand side and the linear solver are the flow's own and not counted. */
static void step(N_Vector *v)
{
    double a[6] = {0.1, 0.2, 0.3, 0.2, 0.1, 0.05};
    for (int k = 1; k <= 5; k++)
        for (int j = 5; j >= k; j--)
            N_VLinearSum(1.0, v[j - 1], 1e-3, v[j], v[j - 1]);
    for (int m = 0; m < 2; m++) {
        N_VLinearSum(1.0, v[0], 1.0, v[6], v[7]);
        N_VLinearSum(0.1, v[1], 1.0, v[6], v[8]);
        N_VLinearSum(-0.1, v[7], 1.0, v[8], v[8]);
        N_VScale(-1.0, v[8], v[8]);
        N_VConst(0.0, v[7]);
        N_VScale(1.0, v[8], v[7]);
        (void)N_VWrmsNorm(v[7], v[1]);
        N_VLinearSum(1.0, v[6], 1e-3, v[7], v[6]);
    }
    for (int j = 0; j < 6; j++)
        N_VLinearSum(1e-3 * a[j], v[6], 1.0, v[j], v[j]);
    N_VAbs(v[0], v[7]);
    N_VScale(1e-8, v[7], v[7]);
    N_VAddConst(v[7], 1e-12, v[7]);
    (void)N_VMin(v[7]);
    N_VInv(v[7], v[8]);
    (void)N_VWrmsNorm(v[6], v[8]);
}

static lsa_status run(vector_work work, bool own, ptrdiff_t n, double *seconds, lsa_error *err)
{
    lsa_status status = LSA_OK;
    enum { RUNS = 20 };
    SUNContext context = NULL;
    N_Vector v[VECTORS] = {NULL};
    if (SUNContext_Create(NULL, &context) != 0)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for vectors");
    v[0] = own ? flow_vector_create(n, context) : N_VNew_Serial((sunindextype)n, context);
    LSA_TRY_MEMORY(v[0], "vectors");
    for (int k = 1; k < VECTORS; k++) {
        v[k] = N_VClone(v[0]);
        LSA_TRY_MEMORY(v[k], "vectors");
    }
    for (int k = 0; k < VECTORS; k++)
        N_VConst(1.0 + 0.1 * k, v[k]);
    work(v); /* warms the caches */
    const double began = lsa_clock_seconds();
    for (int r = 0; r < RUNS; r++)
        work(v);
    *seconds = (lsa_clock_seconds() - began) / RUNS;
done:
    for (int k = 0; k < VECTORS; k++)
        if (v[k] != NULL)
            N_VDestroy(v[k]);
    SUNContext_Free(&context);
    return status;
}

/* The packaged vectors take `value`, ours the reference. */
static lsa_status measure_vectors(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const vector_work work = strcmp(c->variant, "step") == 0 ? step : strcmp(c->variant, "sum") == 0 ? sum : norm;
    const ptrdiff_t n = c->size * c->size;
    (void)plan;
    LSA_TRY(run(work, false, n, &out->value, err));
    LSA_TRY(run(work, true, n, &out->reference, err));
    snprintf(out->note, sizeof out->note, "ours %.3g s", out->reference);
done:
    return status;
}

static void add(bench_plan *plan, ptrdiff_t d, const char *variant, const char *label)
{
    bench_case *c = bench_plan_add(plan, d, measure_vectors, "packaged N_Vector, %s", label);
    c->variant = variant;
    c->reference_text = "our own vectors";
}

void bench_vector_cases(bench_plan *plan)
{
    add(plan, 316, "step", "the operations of a step");
    add(plan, 316, "sum", "linear sum");
    add(plan, 316, "norm", "weighted norm");
    add(plan, 1000, "step", "the operations of a step");
}
