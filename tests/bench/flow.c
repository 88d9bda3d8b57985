/* Cost of a whole flow by method, size and spectrum, as CSV, beside what it is measured against: an eigendecomposition
 * of the same size, a triad over as many numbers as the state has, one operation on the integrator's vectors by our loops
 * and by the packaged ones. Rounds over all cases are interleaved, so that a noisy minute falls on all of them. Argument
 * `all`: also the sizes that take long, in five rounds. */
#define _POSIX_C_SOURCE 200809L
#include "flow/vector.h"
#include "flowing.h"
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 5 };

typedef enum bench_kind { FLOW, DIAGONAL, EIGEN, TRIAD, SUM_OWN, SUM_PACKAGED } bench_kind;

typedef struct bench_case {
    const char *name;
    bench_kind kind;
    const char *statement;
    ptrdiff_t d;
    double exponent; /* lambda_i = i^-exponent; negative: geometric of that condition */
    lsa_method method;
    double rtol;
    bool slow;
} bench_case;

/* clang-format off: a table */
static const bench_case cases[] = {
    {"reduced i^-1.5", FLOW, "merged", 32, 1.5, LSA_METHOD_REDUCED, 1e-8, false},
    {"reduced i^-1.5", FLOW, "merged", 100, 1.5, LSA_METHOD_REDUCED, 1e-8, false},
    {"eigen", EIGEN, NULL, 100, 0.0, LSA_METHOD_AUTO, 0.0, false},
    {"arrowhead i^-1.5", FLOW, "merged", 32, 1.5, LSA_METHOD_ARROWHEAD, 1e-8, false},
    {"dense i^-1.5", FLOW, "merged", 10, 1.5, LSA_METHOD_DENSE, 1e-8, false},
    {"krylov i^-1.5", FLOW, "merged", 10, 1.5, LSA_METHOD_KRYLOV, 1e-8, false},
    {"full dense", FLOW, "full", 3, -100.0, LSA_METHOD_DENSE, 1e-8, false},
    {"full krylov", FLOW, "full", 3, -100.0, LSA_METHOD_KRYLOV, 1e-8, false},
    {"reduced diagonal i^-1.5", DIAGONAL, "merged", 1000, 1.5, LSA_METHOD_REDUCED, 1e-6, false},
    {"triad", TRIAD, NULL, 316, 0.0, LSA_METHOD_AUTO, 0.0, false},
    {"linear sum", SUM_OWN, NULL, 316, 0.0, LSA_METHOD_AUTO, 0.0, false},
    {"linear sum packaged", SUM_PACKAGED, NULL, 316, 0.0, LSA_METHOD_AUTO, 0.0, false},
    {"eigen", EIGEN, NULL, 1000, 0.0, LSA_METHOD_AUTO, 0.0, true},
    {"reduced 1", FLOW, "merged", 1000, 0.0, LSA_METHOD_REDUCED, 1e-8, true},
    {"reduced g100", FLOW, "merged", 1000, -100.0, LSA_METHOD_REDUCED, 1e-8, true},
    {"reduced i^-1", FLOW, "merged", 1000, 1.0, LSA_METHOD_REDUCED, 1e-8, true},
    {"reduced i^-1.5", FLOW, "merged", 1000, 1.5, LSA_METHOD_REDUCED, 1e-8, true},
    {"reduced i^-1.5 rtol 1e-6", FLOW, "merged", 1000, 1.5, LSA_METHOD_REDUCED, 1e-6, true},
    {"reduced i^-1.5", FLOW, "merged", 3000, 1.5, LSA_METHOD_REDUCED, 1e-8, true},
    {"reduced diagonal 1", DIAGONAL, "merged", 100000, 0.0, LSA_METHOD_REDUCED, 1e-8, true},
    {"reduced i^-1", FLOW, "merged", 316, 1.0, LSA_METHOD_REDUCED, 1e-8, true},
    {"arrowhead i^-1", FLOW, "merged", 316, 1.0, LSA_METHOD_ARROWHEAD, 1e-8, true},
    {"full dense", FLOW, "full", 10, -100.0, LSA_METHOD_DENSE, 1e-8, true},
    {"full krylov", FLOW, "full", 10, -100.0, LSA_METHOD_KRYLOV, 1e-8, true},
    {"full krylov", FLOW, "full", 20, -100.0, LSA_METHOD_KRYLOV, 1e-8, true},
};
/* clang-format on */
enum { CASES = sizeof cases / sizeof cases[0] };

typedef struct result {
    double seconds[ROUNDS];
    lsa_solver_stats stats;
} result;

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void make(lsa_flowing *f, const bench_case *c)
{
    flowing_init(f, c->statement, c->d, (double)c->d, 1, 1);
    double *spectrum = setting_numbers(&f->setting, c->d);
    for (ptrdiff_t i = 0; i < c->d; i++)
        spectrum[i] =
            c->exponent < 0.0 ? pow(-c->exponent, -(double)i / (double)(c->d - 1)) : pow((double)(i + 1), -c->exponent);
    f->setting.experiment.data.covariance = setting_diagonal(&f->setting, c->d, spectrum);
    f->options.rtol = c->rtol;
    f->options.method = c->method;
    f->options.drop_states = true;
}

/* sigma in the paper's bound: sigma^2 |Gamma| sqrt d < 2, by |Gamma| <= 3 for these spectra and N = d. */
static double run_flow(const bench_case *c, lsa_solver_stats *stats)
{
    lsa_flowing f;
    const double sigma = 0.5 * sqrt(2.0 / (3.0 * sqrt((double)c->d)));
    make(&f, c);
    if (c->kind == DIAGONAL) {
        flowing_compile(&f);
        double *diagonal = setting_numbers(&f.setting, c->d);
        for (ptrdiff_t i = 0; i < c->d; i++)
            diagonal[i] = sigma / sqrt((double)c->d);
        check_status(lsa_flow_run_diagonal(f.program, sigma, diagonal, &f.options, &f.trajectory, &f.err), LSA_OK,
                     &f.err);
    } else {
        flowing_make(&f);
        if (strcmp(c->statement, "merged") == 0)
            flowing_start_random(&f, sigma, 3);
        else
            flowing_start_gaussian(&f, 0.1 / (double)c->d, 3);
        check_status(flowing_run(&f), LSA_OK, &f.err);
    }
    *stats = lsa_trajectory_stats(f.trajectory);
    flowing_clear(&f);
    return stats->seconds;
}

static double run_eigen(ptrdiff_t d)
{
    double *A = lsa_vec_create(d * d), *Q = lsa_vec_create(d * d), *lambda = lsa_vec_create(d);
    lsa_rng rng = lsa_rng_at(2, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, d * d, A);
    const double began = cpu_seconds();
    check_status(lsa_mat_eigen(d, A, lambda, Q, NULL), LSA_OK, NULL);
    const double took = cpu_seconds() - began;
    free(A);
    free(Q);
    free(lambda);
    return took;
}

/* One pass z = a x + b y over d^2 numbers, by plain C or by a vector's operation. */
static double run_pass(const bench_case *c)
{
    enum { PASSES = 20 };
    SUNContext context = NULL;
    const ptrdiff_t n = c->d * c->d;
    SUNContext_Create(NULL, &context);
    N_Vector v[3];
    v[0] = c->kind == SUM_PACKAGED ? N_VNew_Serial((sunindextype)n, context) : flow_vector_create(n, context);
    v[1] = N_VClone(v[0]);
    v[2] = N_VClone(v[0]);
    for (int k = 0; k < 3; k++)
        N_VConst(1.0, v[k]);
    const double *x = NV_DATA_S(v[0]), *y = NV_DATA_S(v[1]);
    double *z = NV_DATA_S(v[2]);
    const double began = cpu_seconds();
    for (int k = 0; k < PASSES; k++) {
        if (c->kind != TRIAD)
            N_VLinearSum(0.5, v[0], 0.25, v[1], v[2]);
        for (ptrdiff_t i = 0; i < n && c->kind == TRIAD; i++)
            z[i] = 0.5 * x[i] + y[i];
    }
    const double took = (cpu_seconds() - began) / PASSES;
    for (int k = 0; k < 3; k++)
        N_VDestroy(v[k]);
    SUNContext_Free(&context);
    return took;
}

static double run_case(const bench_case *c, lsa_solver_stats *stats)
{
    if (c->kind == FLOW || c->kind == DIAGONAL)
        return run_flow(c, stats);
    return c->kind == EIGEN ? run_eigen(c->d) : run_pass(c);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static result results[CASES];
    const bool all = argc > 1 && strcmp(argv[1], "all") == 0;
    const int rounds = all ? ROUNDS : 1;
    for (int r = 0; r < rounds; r++)
        for (int k = 0; k < CASES; k++)
            if (all || !cases[k].slow)
                results[k].seconds[r] = run_case(&cases[k], &results[k].stats);
    printf("case,size,median_seconds,least_seconds,steps,newton,linear,error_failures,newton_failures\n");
    for (int k = 0; k < CASES; k++) {
        const lsa_solver_stats *s = &results[k].stats;
        double *seconds = results[k].seconds;
        qsort(seconds, (size_t)rounds, sizeof *seconds, ascending);
        if (all || !cases[k].slow)
            printf("%s,%td,%.4g,%.4g,%td,%td,%td,%td,%td\n", cases[k].name, cases[k].d, seconds[rounds / 2], seconds[0],
                   s->steps, s->newton, s->linear, s->error_failures, s->newton_failures);
    }
    return 0;
}
