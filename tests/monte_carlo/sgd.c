/* SGD, momentum and Adam on sampled prompts go where the population loss has its minimum, uU = Gamma^-1, for d = 3,
 * N = 6: by steps that decay and by the average over the tail of steps that do not.
 *
 * Independent runs say how far their mean may be: with P_r the end of run r, m their mean, and
 * s^2 = sum |P_r - m|^2 / (R - 1), the statistic R |m - A|^2 / s^2 has, over noises of all shapes, its largest quantiles
 * where one direction carries it all, and is then Student's t of R - 1 degrees of freedom, squared. The level is 1e-6 for
 * all methods together. (What is left of the start and the bias of a step are far below the noise, by the length of the
 * runs; analytic/claims_training has the tolerance that counts them too.) Power: the limit of an infinite context,
 * Lambda^-1, is rejected, and so is the start. */
#include "base/special.h"
#include "fixture.h"
#include "lsaflow/train.h"

enum { D = 3, COUNT = 1 + D * D, RUNS = 8, METHODS = 4 };
static const double spectrum[D] = {1.5, 0.8, 0.5};
static const double N = 6.0, level = 1e-6;

static void exact_limit(double n, double *A)
{
    double trace = 0.0;
    for (int i = 0; i < D; i++)
        trace += spectrum[i];
    memset(A, 0, D * D * sizeof(double));
    for (int i = 0; i < D; i++)
        A[i * (D + 1)] = 1.0 / ((1.0 + 1.0 / n) * spectrum[i] + trace / n);
}

static void run_once(const lsa_fixture *s, const double *start, lsa_train_settings settings, uint64_t seed,
                     double *product)
{
    lsa_error err;
    lsa_training *t;
    settings.seed = seed;
    check_status(lsa_training_create(&s->experiment, start, &settings, 0, &t, &err), LSA_OK, &err);
    check_status(lsa_training_run(t, settings.steps, NULL, &err), LSA_OK, &err);
    const double *end = lsa_training_read(t).average;
    for (int k = 0; k < D * D; k++)
        product[k] = end[0] * end[1 + k];
    lsa_training_destroy(t);
}

/* sqrt(R) |m - A| / s */
static double distance(double (*products)[D * D], const double *A)
{
    double mean[D * D] = {0.0}, square = 0.0, miss = 0.0;
    for (int r = 0; r < RUNS; r++)
        lsa_vec_axpy(D * D, 1.0 / RUNS, products[r], mean);
    for (int k = 0; k < D * D; k++) {
        miss += (mean[k] - A[k]) * (mean[k] - A[k]);
        for (int r = 0; r < RUNS; r++)
            square += (products[r][k] - mean[k]) * (products[r][k] - mean[k]) / (RUNS - 1);
    }
    return sqrt(RUNS * miss / square);
}

static void check_runs(lsa_train_settings settings)
{
    lsa_fixture s;
    double start[COUNT] = {0.0}, products[RUNS][D * D], A[D * D], longer[D * D], first[D * D];
    const double bound = lsa_student_upper_quantile(level / (2.0 * METHODS), RUNS - 1.0);
    fixture_init(&s, "merged", NULL, D, N, 1, 1);
    s.experiment.training.covariance = fixture_diagonal(&s, D, spectrum);
    start[0] = 0.5;
    for (int i = 0; i < D; i++)
        start[1 + i * (D + 1)] = 0.5 / sqrt((double)D);
    for (int k = 0; k < D * D; k++)
        first[k] = start[0] * start[1 + k];
    exact_limit(N, A);
    exact_limit(1e9, longer);
    for (int r = 0; r < RUNS; r++)
        run_once(&s, start, settings, 1 + (uint64_t)r, products[r]);
    print_message("limit %.2f, longer context %.1f, start %.1f, bound %.1f\n", distance(products, A),
                  distance(products, longer), distance(products, first), bound);
    check_at_most(distance(products, A), bound);
    check_at_least(distance(products, longer), bound);
    check_at_least(distance(products, first), bound);
    fixture_clear(&s);
}

static const lsa_train_settings base = {.method = LSA_TRAIN_SGD,
                                        .schedule = LSA_TRAIN_INVERSE,
                                        .steps = 700,
                                        .batch = 32,
                                        .step_size = 0.08,
                                        .decay = 150.0,
                                        .momentum = 0.9,
                                        .beta1 = 0.9,
                                        .beta2 = 0.999,
                                        .epsilon = 1e-8,
                                        .tail_average = 0.5,
                                        .tasks = (double)INFINITY};

static void decaying_steps(void **state)
{
    (void)state;
    check_runs(base);
}

static void tail_average(void **state)
{
    (void)state;
    lsa_train_settings settings = base;
    settings.schedule = LSA_TRAIN_CONSTANT;
    settings.step_size = 0.04;
    check_runs(settings);
}

static void momentum(void **state)
{
    (void)state;
    lsa_train_settings settings = base;
    settings.method = LSA_TRAIN_MOMENTUM;
    settings.schedule = LSA_TRAIN_COSINE;
    settings.step_size = 0.006;
    settings.tail_average = 0.3;
    check_runs(settings);
}

static void adam(void **state)
{
    (void)state;
    lsa_train_settings settings = base;
    settings.method = LSA_TRAIN_ADAM;
    settings.schedule = LSA_TRAIN_COSINE;
    settings.step_size = 0.01;
    settings.tail_average = 0.3;
    check_runs(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decaying_steps), cmocka_unit_test(tail_average),
                                       cmocka_unit_test(momentum), cmocka_unit_test(adam)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
