/* Cost of a whole flow by statement, size, conditioning and method, as CSV. Argument `all`: the sizes that take long. */
#include "flowing.h"
#include <stdio.h>

typedef struct bench_case {
    const char *statement;
    ptrdiff_t d, heads;
    double condition;
    lsa_method method;
    bool slow;
} bench_case;

static const bench_case cases[] = {
    {"merged", 10, 1, 100.0, LSA_METHOD_ARROWHEAD, false}, {"merged", 10, 1, 100.0, LSA_METHOD_DENSE, false},
    {"merged", 10, 1, 100.0, LSA_METHOD_KRYLOV, false},    {"merged", 32, 1, 100.0, LSA_METHOD_ARROWHEAD, false},
    {"merged", 100, 1, 100.0, LSA_METHOD_ARROWHEAD, true}, {"merged", 316, 1, 100.0, LSA_METHOD_ARROWHEAD, true},
    {"full", 3, 1, 100.0, LSA_METHOD_DENSE, false},        {"full", 3, 1, 100.0, LSA_METHOD_KRYLOV, false},
    {"full", 10, 1, 100.0, LSA_METHOD_DENSE, true},        {"full", 10, 1, 100.0, LSA_METHOD_KRYLOV, true},
    {"full", 20, 1, 100.0, LSA_METHOD_DENSE, true},        {"full", 20, 1, 100.0, LSA_METHOD_KRYLOV, true},
    {"multihead", 10, 2, 1e3, LSA_METHOD_DENSE, true},     {"multihead", 10, 2, 1e3, LSA_METHOD_KRYLOV, true},
};

static void measure(const bench_case *c)
{
    enum { MOST = 400, REPEATS = 3 };
    double spectrum[MOST], least = INFINITY;
    lsa_flowing f;
    for (ptrdiff_t i = 0; i < c->d; i++)
        spectrum[i] = pow(c->condition, -(double)i / (double)(c->d - 1));
    flowing_init(&f, c->statement, c->d, 10.0, c->heads, 1);
    f.setting.experiment.data.covariance = setting_diagonal(&f.setting, c->d, spectrum);
    flowing_make(&f);
    flowing_start_gaussian(&f, 0.1 / (double)c->d, 3);
    f.options.rtol = 1e-8;
    f.options.method = c->method;
    f.options.drop_states = true;
    for (int k = 0; k < REPEATS; k++) {
        check_status(flowing_run(&f), LSA_OK, &f.err);
        least = fmin(least, lsa_trajectory_stats(f.trajectory).seconds);
    }
    const lsa_solver_stats stats = lsa_trajectory_stats(f.trajectory);
    printf("%s,%td,%td,%g,%s,%.4g,%td,%td,%td,%td,%td\n", c->statement, c->d, lsa_program_size(f.program), c->condition,
           stats.method, least, stats.steps, stats.newton, stats.linear, stats.error_failures, stats.newton_failures);
    flowing_clear(&f);
}

int main(int argc, char **argv)
{
    const bool all = argc > 1 && strcmp(argv[1], "all") == 0;
    printf("statement,d,size,condition,method,seconds,steps,newton,linear,error_failures,newton_failures\n");
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        if (all || !cases[k].slow)
            measure(&cases[k]);
    return 0;
}
