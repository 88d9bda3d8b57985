/* The spread that is expected of SGD is the one that independent runs have: mean squared distance of uU from its limit,
 * against noise^2 + bias^2 + start^2, for averaged tails, single last steps and momentum.
 *
 * The expectation is of first order in the step size; the next order is of relative size eta lambda_max (over 1 - beta).
 * So the difference may be that share of it, beside z standard errors of the mean over the runs (level 1e-6 for all).
 * Power: spreads for half the batch, or without the average, are rejected. */
#include "verify/sgd_spread.h"
#include "base/matrix.h"
#include "base/special.h"
#include "check.h"
#include "lsaflow/train.h"
#include "lsaflow/training_path.h"
#include "model_text.h"
#include "verify/study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { D = 2, RUNS = 64, CASES = 4 };
static const double level = 1e-6;

typedef struct spread_case {
    const char *train;
    double beta;
} spread_case;

static const spread_case cases[CASES] = {
    {"step_size: 0.02, steps: 700, batch: 128, tail_average: 0.5", 0.0},
    {"step_size: 0.04, schedule: inverse, decay: 200, steps: 700, batch: 128, tail_average: 0.4", 0.0},
    {"step_size: 0.02, steps: 500, batch: 128, tail_average: 0", 0.0},
    {"method: momentum, momentum: 0.5, step_size: 0.01, steps: 700, batch: 128, tail_average: 0.5", 0.5}};

/* |uU - A|_F^2 at the end of a run of that seed. */
static double miss(const lsa_experiment *experiment, const double *start, uint64_t seed, const double *A)
{
    lsa_error err;
    lsa_training *t;
    lsa_train_settings settings = experiment->train;
    double sum = 0.0;
    settings.seed = seed;
    check_status(lsa_training_create(experiment, start, &settings, 1, &t, &err), LSA_OK, &err);
    check_status(lsa_training_run(t, settings.steps, NULL, &err), LSA_OK, &err);
    const lsa_training_state state = lsa_training_read(t);
    const double *end = state.average != NULL ? state.average : state.parameters;
    for (int k = 0; k < D * D; k++)
        sum += (end[0] * end[1 + k] - A[k]) * (end[0] * end[1 + k] - A[k]);
    lsa_training_destroy(t);
    return sum;
}

static void check_case(const spread_case *one)
{
    char text[512];
    lsa_error err;
    lsa_study *study;
    lsa_predictions *p;
    lsa_training_path *path;
    const double *start;
    double at[1 + D * D], mean = 0.0, square = 0.0;
    sgd_spread spread;
    lsa_error_clear(&err);
    snprintf(text, sizeof text,
             "statement: merged\n"
             "data: {context: 8, covariance: {spectrum: [1.2, 0.8], rotation: 3}}\n"
             "init: {sigma: 0.9}\n"
             "train: {%s}\n",
             one->train);
    lsa_model *model = model_of(text);
    const lsa_experiment *experiment = lsa_model_experiment(model, 0);
    check_status(lsa_study_create(experiment, NULL, &study, &err), LSA_OK, &err);
    check_status(lsa_study_predictions(study, &p, &err), LSA_OK, &err);
    check_status(lsa_study_start(study, &start, &err), LSA_OK, &err);
    at[0] = p->u;
    memcpy(at + 1, p->U, D * D * sizeof *at);
    check_status(sgd_spread_make(study, at, 0.01, &spread, &err), LSA_OK, &err);
    check_status(lsa_training_path_run(study, NULL, &path, &err), LSA_OK, &err);
    int beyond = 0;
    for (int r = 0; r < RUNS; r++) {
        const double x = miss(experiment, start, 1 + (uint64_t)r, p->A);
        mean += x / RUNS;
        square += x * x / RUNS;
        beyond += sqrt(x) > spread.radius + spread.bias + spread.start;
    }
    const double expected = spread.rms * spread.rms + spread.bias * spread.bias + spread.start * spread.start;
    const double error = sqrt((square - mean * mean) / RUNS), z = lsa_normal_upper_quantile(level / (2.0 * CASES));
    const double order = 2.0 * experiment->train.step_size / (1.0 - one->beta) / path->threshold;
    print_message(
        "mean square %.4g +- %.2g, expected %.4g (noise %.4g, bias %.2g, start %.2g), order %.2g, %d beyond\n", mean,
        error, expected, spread.rms, spread.bias, spread.start, order, beyond);
    check_at_most(fabs(mean - expected), z * error + order * expected);
    check_at_least(fabs(mean - 2.0 * expected), z * error + order * 2.0 * expected);
    check_at_most(beyond, 6); /* the radius is for a level of 0.01: 0.6 of 64, and five standard deviations */
    lsa_training_path_destroy(path);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

static void expected_is_found(void **state)
{
    (void)state;
    for (int k = 0; k < CASES; k++)
        check_case(&cases[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(expected_is_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
