/* Gradient descent follows the flow to first order in its step, and leaves the balanced limit beyond 2/lambda_max. */
#include "check.h"
#include "model_text.h"

#include "lsaflow/training_path.h"

#include <math.h>
#include <stdio.h>

static lsa_training_path *train(const char *settings, const char *start)
{
    char text[512];
    lsa_error err;
    lsa_study *study;
    lsa_training_path *path;
    lsa_error_clear(&err);
    snprintf(text, sizeof text,
             "statement: merged\n"
             "data: {context: 12, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}}\n"
             "init: {%s}\n"
             "train: {%s}\n",
             start, settings);
    lsa_model *model = model_of(text);
    check_status(lsa_study_create(lsa_model_experiment(model, 0), NULL, &study, &err), LSA_OK, &err);
    check_status(lsa_training_path_run(study, NULL, &path, &err), LSA_OK, &err);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
    return path;
}

static double farthest_from_flow(const lsa_training_path *path)
{
    double farthest = 0.0;
    for (ptrdiff_t k = 0; k < path->count; k++)
        farthest = fmax(farthest, path->points[k].to_flow);
    return farthest;
}

static const char paper_start[] = "sigma: 0.2, theta: {random: 5}";

/* Euler's method is of first order: half the step, half the distance, to within its second-order term. */
static void descent_follows_the_flow(void **state)
{
    (void)state;
    lsa_training_path *coarse = train("method: gd, step_size: 0.02, steps: 1000, points: 30", paper_start);
    lsa_training_path *fine = train("method: gd, step_size: 0.01, steps: 2000, points: 30", paper_start);
    check_at_most(farthest_from_flow(coarse), 0.05);
    check_close(farthest_from_flow(fine), farthest_from_flow(coarse) / 2.0, 0.1, 0.0);
    check_close(coarse->points[coarse->count - 1].time, 20.0, 1e-12, 0.0);
    lsa_training_path_destroy(fine);
    lsa_training_path_destroy(coarse);
}

/* |Gamma^-1|_F^(1/2) of the law above: the u of the balanced limit. */
static double balanced_u(void)
{
    const double lambda[] = {1.5, 0.8, 0.4}, N = 12.0, trace = 2.7;
    double sum = 0.0;
    for (int i = 0; i < 3; i++)
        sum += pow((1.0 + 1.0 / N) * lambda[i] + trace / N, -2.0);
    return pow(sum, 0.25);
}

static lsa_training_path *descend_at(double step_size)
{
    char settings[128];
    snprintf(settings, sizeof settings, "method: gd, step_size: %.17g, steps: 4000, points: 10", step_size);
    return train(settings, paper_start);
}

/* Below 2/lambda_max descent ends near the balanced limit; above it that point repels, and descent slides along the
 * minima (cu, U/c) to one that is flat enough; far above it diverges. */
static void descent_has_a_threshold(void **state)
{
    (void)state;
    lsa_training_path *path = train("method: gd, step_size: 0.01, steps: 10, points: 2", paper_start);
    const double threshold = path->threshold, u = balanced_u();
    lsa_training_path_destroy(path);
    path = descend_at(0.95 * threshold);
    check_at_most(path->points[path->count - 1].to_limit, 1e-10);
    check_close(path->final[0], u, 0.01, 0.0);
    lsa_training_path_destroy(path);
    path = descend_at(1.05 * threshold);
    check_at_least(fabs(path->final[0] / u - 1.0), 0.03);
    assert_false(path->diverged);
    lsa_training_path_destroy(path);
    path = descend_at(4.0 * threshold);
    assert_true(path->diverged);
    lsa_training_path_destroy(path);
}

/* The tail average of decaying steps comes near the limit; a single step stays away by its noise. Over ten seeds the
 * distance was 0.008 to 0.021; the seed is fixed. */
static void sampled_steps_average_to_the_limit(void **state)
{
    (void)state;
    lsa_training_path *path =
        train("method: sgd, step_size: 0.1, schedule: inverse, decay: 300, steps: 3000, batch: 64, "
              "tail_average: 0.5, points: 20, seed: 3",
              paper_start);
    assert_non_null(path->average);
    check_at_most(path->average_to_limit, 0.1);
    check_at_least(path->points[0].to_limit, 0.5);
    assert_false(path->diverged);
    lsa_training_path_destroy(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(descent_follows_the_flow),
                                       cmocka_unit_test(descent_has_a_threshold),
                                       cmocka_unit_test(sampled_steps_average_to_the_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
