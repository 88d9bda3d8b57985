/* training_path.c - discrete steps, the flow at matched times, and the predicted limit. */
#include "lsaflow/training_path.h"

#include "base/matrix.h"
#include "base/rng.h"
#include "base/try.h"
#include "lsaflow/train.h"
#include "verify/study.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The work of one run. `states` keeps the parameters of every point, for the comparison with the flow. */
typedef struct trainer {
    lsa_study *study;
    const lsa_train_settings *settings;
    const lsa_program *program;
    lsa_workspace *work;
    const double *start;
    double *A; /* the predicted product, NULL where theory does not speak */
    double *state, *gradient, *states;
    lsa_reduced_view view;
    bool reduced;
    ptrdiff_t d;
    lsa_training_path *path;
} trainer;

/* ---------------------------------------------------------------- points */

static double population_loss(const trainer *t, const double *user, lsa_error *err)
{
    if (lsa_program_from_user(t->program, user, t->state, err) != LSA_OK)
        return NAN;
    return lsa_program_loss(t->program, t->work, t->state);
}

static double distance_to_limit(const trainer *t, const double *user)
{
    double sum = 0.0;
    if (t->A == NULL || !t->reduced)
        return NAN;
    for (ptrdiff_t i = 0; i < t->d * t->d; i++) {
        const double difference = user[t->view.u] * user[t->view.U + i] - t->A[i];
        sum += difference * difference;
    }
    return sqrt(sum) / lsa_vec_norm(t->d * t->d, t->A);
}

static void add_point(trainer *t, ptrdiff_t step, double time, const double *user, lsa_error *err)
{
    lsa_training_path *path = t->path;
    memcpy(t->states + path->count * path->size, user, (size_t)path->size * sizeof *user);
    path->points[path->count++] = (lsa_path_point){.step = step,
                                                   .time = time,
                                                   .loss = population_loss(t, user, err),
                                                   .to_flow = NAN,
                                                   .to_limit = distance_to_limit(t, user)};
}

/* The step of point number k of n: 0, then evenly spaced in the logarithm, at least one apart, up to `steps`. */
static ptrdiff_t point_step(ptrdiff_t k, ptrdiff_t n, ptrdiff_t steps, ptrdiff_t before)
{
    if (k == n - 1)
        return steps;
    const double spaced = exp(log((double)steps) * (double)k / (double)(n - 1));
    const ptrdiff_t step = (ptrdiff_t)spaced;
    return step > before ? step : before + 1;
}

/* ---------------------------------------------------------------- gradient descent on the population loss */

static lsa_status descend(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_train_settings *s = t->settings;
    lsa_training_path *path = t->path;
    const volatile sig_atomic_t *interrupt = lsa_study_settings(t->study)->interrupt;
    const double bound = lsa_train_bound(path->size, t->start);
    double time = 0.0, *x = lsa_vec_create(path->size);
    LSA_TRY_MEMORY(x, "the iterate");
    LSA_TRY(lsa_program_from_user(t->program, t->start, x, err));
    for (ptrdiff_t k = 0, point = 1; k < s->steps && !path->diverged; k++) {
        const double eta = lsa_train_step_size(s, k);
        lsa_program_gradient(t->program, t->work, x, t->gradient);
        lsa_vec_axpy(path->size, -eta, t->gradient, x);
        time += eta;
        path->diverged = !(lsa_vec_norm(path->size, x) <= bound);
        if (interrupt != NULL && *interrupt != 0) {
            status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted at step %td", k + 1);
            goto done;
        }
        if (k + 1 < point_step(point, s->points, s->steps, path->points[path->count - 1].step) || path->diverged)
            continue;
        LSA_TRY(lsa_program_to_user(t->program, x, path->final, err));
        add_point(t, k + 1, time, path->final, err);
        point++;
    }
done:
    free(x);
    return status;
}

/* ---------------------------------------------------------------- stochastic steps on the layer */

static lsa_status finish_average(trainer *t, const lsa_training_state *end, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training_path *path = t->path;
    if (end->average == NULL)
        goto done;
    path->average = lsa_vec_create(path->size);
    LSA_TRY_MEMORY(path->average, "the tail average");
    memcpy(path->average, end->average, (size_t)path->size * sizeof *path->average);
    path->average_loss = population_loss(t, path->average, err);
    path->average_to_limit = distance_to_limit(t, path->average);
done:
    return status;
}

static lsa_status sample_steps(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_study_options *options = lsa_study_settings(t->study);
    lsa_training_path *path = t->path;
    lsa_training *training = NULL;
    LSA_TRY(
        lsa_training_create(lsa_study_experiment(t->study), t->start, t->settings, options->threads, &training, err));
    for (ptrdiff_t k = 1; k < t->settings->points && path->points[path->count - 1].step < t->settings->steps; k++) {
        const ptrdiff_t step =
            point_step(k, t->settings->points, t->settings->steps, path->points[path->count - 1].step);
        status = lsa_training_run(training, step, options->interrupt, err);
        path->diverged = status == LSA_ERR_SOLVER;
        if (path->diverged) {
            status = LSA_OK;
            break;
        }
        if (status != LSA_OK)
            goto done;
        const lsa_training_state now = lsa_training_read(training);
        add_point(t, now.step, now.time, now.parameters, err);
        if (options->progress != NULL)
            options->progress(options->progress_context, "training", (double)now.step / (double)t->settings->steps);
    }
    const lsa_training_state end = lsa_training_read(training);
    memcpy(path->final, end.parameters, (size_t)path->size * sizeof *path->final);
    LSA_TRY(finish_average(t, &end, err));
done:
    lsa_training_destroy(training);
    return status;
}

/* ---------------------------------------------------------------- the flow beside it */

static lsa_status compare_with_flow(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training_path *path = t->path;
    lsa_trajectory *trajectory = NULL;
    lsa_flow_options options = lsa_flow_options_defaults();
    double *times = lsa_vec_create(path->count);
    LSA_TRY_MEMORY(times, "the times of the path");
    for (ptrdiff_t k = 0; k < path->count; k++)
        times[k] = path->points[k].time;
    if (path->count < 2 || !isfinite(times[path->count - 1]))
        goto done;
    LSA_TRY(lsa_study_minimum_loss(t->study, &options.minimum, err));
    options.rtol = lsa_study_experiment(t->study)->flow.rtol;
    options.n_times = path->count;
    options.times = times;
    options.stop = (lsa_stop){.gap = NAN, .gradient = NAN, .time = times[path->count - 1], .wall = NAN};
    options.interrupt = lsa_study_settings(t->study)->interrupt;
    LSA_TRY(lsa_flow_run(t->program, t->start, &options, &trajectory, err));
    for (ptrdiff_t k = 0; k < path->count && k < lsa_trajectory_count(trajectory); k++) {
        const double *flow = lsa_trajectory_sample(trajectory, k).state, *ours = t->states + k * path->size;
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < path->size; i++)
            sum += (ours[i] - flow[i]) * (ours[i] - flow[i]);
        path->points[k].to_flow = sqrt(sum) / lsa_vec_norm(path->size, flow);
    }
done:
    lsa_trajectory_destroy(trajectory);
    free(times);
    return status;
}

enum { POWER_STEPS = 200 };

/* 2/lambda_max of the Hessian at the predicted limit, by power iteration; NAN where the limit is not known. */
static lsa_status stability_threshold(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *limit;
    const ptrdiff_t size = t->path->size;
    double *v = lsa_vec_create(size), *image = lsa_vec_create(size), lambda = 0.0;
    lsa_rng rng = lsa_rng_at(t->settings->seed, LSA_RNG_PROBE, 0);
    t->path->threshold = NAN;
    LSA_TRY_MEMORY(v != NULL ? image : NULL, "the largest curvature");
    if (t->A == NULL || lsa_study_limit(t->study, &limit, NULL) != LSA_OK)
        goto done;
    LSA_TRY(lsa_program_from_user(t->program, limit, t->state, err));
    lsa_rng_normals(&rng, size, v);
    for (int k = 0; k < POWER_STEPS; k++) {
        lsa_vec_scale(size, 1.0 / fmax(lsa_vec_norm(size, v), DBL_MIN), v);
        lsa_program_hessian(t->program, t->work, t->state, v, image);
        lambda = lsa_vec_dot(size, v, image);
        memcpy(v, image, (size_t)size * sizeof *v);
    }
    t->path->threshold = 2.0 / lambda;
done:
    free(image);
    free(v);
    return status;
}

/* ---------------------------------------------------------------- the whole */

static lsa_status trainer_make(lsa_study *study, trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    *t = (trainer){.study = study, .settings = &experiment->train, .d = experiment->data.d};
    LSA_TRY(lsa_study_program(study, &t->program, err));
    LSA_TRY(lsa_study_start(study, &t->start, err));
    LSA_TRY(lsa_workspace_create(t->program, &t->work, err));
    const ptrdiff_t size = lsa_program_size(t->program), points = t->settings->points;
    t->reduced = lsa_study_reduced_view(study, t->program, &t->view);
    t->state = lsa_vec_create(size);
    t->gradient = lsa_vec_create(size);
    t->states = lsa_vec_create(points * size);
    t->path = calloc(1, sizeof *t->path);
    LSA_TRY_MEMORY(t->state && t->gradient && t->states ? t->path : NULL, "a training path");
    t->path->size = size;
    t->path->average_loss = t->path->average_to_limit = NAN;
    t->path->points = calloc((size_t)points, sizeof *t->path->points);
    t->path->final = lsa_vec_create(size);
    LSA_TRY_MEMORY(t->path->points != NULL ? t->path->final : NULL, "a training path");
    if (lsa_study_has_theory(study)) {
        t->A = lsa_vec_create(t->d * t->d);
        LSA_TRY_MEMORY(t->A, "the predicted product uU");
        LSA_TRY(lsa_study_product(study, t->A, err));
    }
done:
    return status;
}

static void trainer_clear(trainer *t)
{
    lsa_workspace_destroy(t->work);
    lsa_training_path_destroy(t->path);
    free(t->states);
    free(t->gradient);
    free(t->state);
    free(t->A);
}

lsa_status lsa_training_path_run(lsa_study *study, lsa_training_path **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    trainer t;
    LSA_TRY(trainer_make(study, &t, err));
    add_point(&t, 0, 0.0, t.start, err);
    LSA_TRY(t.settings->method == LSA_TRAIN_GD ? descend(&t, err) : sample_steps(&t, err));
    LSA_TRY(compare_with_flow(&t, err));
    LSA_TRY(stability_threshold(&t, err));
    *out = t.path;
    t.path = NULL;
done:
    trainer_clear(&t);
    return status;
}

void lsa_training_path_destroy(lsa_training_path *path)
{
    if (path == NULL)
        return;
    free(path->points);
    free(path->final);
    free(path->average);
    free(path);
}
