/* training_path.c - discrete steps, the flow at matched times, and the predicted limit. */
#include "lsaflow/training_path.h"

#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "lsaflow/train.h"
#include "verify/limit_point.h"
#include "verify/study.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- the population loss as a source of gradients */

/* In the program's basis, where an evaluation allocates nothing. */
typedef struct population {
    const lsa_program *program;
    lsa_workspace *work;
    double *start;
} population;

static double population_gradient(void *context, const double *state, double *gradient)
{
    const population *p = context;
    lsa_program_gradient(p->program, p->work, state, gradient);
    return lsa_program_loss(p->program, p->work, state);
}

static lsa_status population_make(lsa_study *study, population *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *start;
    *p = (population){0};
    LSA_TRY(lsa_study_program(study, &p->program, err));
    LSA_TRY(lsa_study_start(study, &start, err));
    LSA_TRY(lsa_workspace_create(p->program, &p->work, err));
    p->start = lsa_vec_create(lsa_program_size(p->program));
    LSA_TRY_MEMORY(p->start, "the start of a descent");
    LSA_TRY(lsa_program_from_user(p->program, start, p->start, err));
done:
    return status;
}

static void population_clear(population *p)
{
    lsa_workspace_destroy(p->work);
    free(p->start);
}

static lsa_status descent_create(population *p, const lsa_train_settings *settings, ptrdiff_t substeps,
                                 lsa_training **out, lsa_error *err)
{
    const lsa_train_source source = {lsa_program_size(p->program), population_gradient, p};
    return lsa_training_create_by(&source, p->start, settings, substeps, out, err);
}

/* ---------------------------------------------------------------- a run */

typedef struct trainer {
    lsa_study *study;
    const lsa_train_settings *settings;
    const lsa_training_files *files;
    population population;
    lsa_training *training;
    bool descends; /* the training's parameters are in the program's basis */
    double *A;     /* the predicted product, NULL where theory does not speak */
    double *state, *product;
    ptrdiff_t d;
    lsa_training_path *path;
} trainer;

static lsa_status make_path(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t size = lsa_program_size(t->population.program), points = t->settings->points;
    t->path = calloc(1, sizeof *t->path);
    LSA_TRY_MEMORY(t->path, "a training path");
    t->path->size = size;
    t->path->average_loss = t->path->average_to_limit = t->path->threshold = NAN;
    t->path->diverged_step = t->path->resumed_at = -1;
    t->path->points = calloc((size_t)points, sizeof *t->path->points);
    t->path->states = lsa_vec_create(points * size);
    t->path->final = lsa_vec_create(size);
    LSA_TRY_MEMORY(t->path->points && t->path->states ? t->path->final : NULL, "a training path");
done:
    return status;
}

static lsa_status make_training(trainer *t, lsa_error *err)
{
    const double *start;
    const lsa_status status = lsa_study_start(t->study, &start, err);
    if (status != LSA_OK)
        return status;
    if (!t->descends)
        return lsa_training_create(lsa_study_experiment(t->study), start, t->settings,
                                   lsa_study_settings(t->study)->threads, &t->training, err);
    lsa_train_settings settings = *t->settings;
    settings.tail_average = 0.0; /* a path without noise ends at its end */
    return descent_create(&t->population, &settings, 1, &t->training, err);
}

/* The product at the limit from this start; none where it is not known. */
static lsa_status predict_product(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *unknown = NULL;
    if (!lsa_study_has_theory(t->study))
        goto done;
    LSA_TRY(lsa_study_limit_is_known(t->study, &unknown, err));
    if (unknown != NULL)
        goto done;
    t->A = lsa_vec_create(t->d * t->d);
    LSA_TRY_MEMORY(t->A, "the predicted product uU");
    LSA_TRY(lsa_study_trained_product(t->study, t->A, err));
done:
    return status;
}

static lsa_status trainer_make(lsa_study *study, const lsa_training_files *files, trainer *t, lsa_error *err)
{
    static const lsa_training_files no_files = {NULL, NULL};
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    *t = (trainer){.study = study,
                   .settings = &experiment->train,
                   .files = files != NULL ? files : &no_files,
                   .descends = experiment->train.method == LSA_TRAIN_GD,
                   .d = experiment->data.d};
    LSA_TRY(population_make(study, &t->population, err));
    t->state = lsa_vec_create(lsa_program_size(t->population.program));
    t->product = lsa_vec_create(t->d * t->d);
    LSA_TRY_MEMORY(t->state ? t->product : NULL, "a training path");
    LSA_TRY(make_path(t, err));
    LSA_TRY(predict_product(t, err));
    LSA_TRY(make_training(t, err));
done:
    return status;
}

static void trainer_clear(trainer *t)
{
    lsa_training_destroy(t->training);
    population_clear(&t->population);
    lsa_training_path_destroy(t->path);
    free(t->state);
    free(t->product);
    free(t->A);
}

/* ---------------------------------------------------------------- steps */

/* The step of point number k of n: 0, then evenly spaced in the logarithm, at least one apart, up to `steps`. */
static ptrdiff_t point_step(ptrdiff_t k, ptrdiff_t n, ptrdiff_t steps, ptrdiff_t before)
{
    if (k == n - 1)
        return steps;
    const double spaced = exp(log((double)steps) * (double)k / (double)(n - 1));
    const ptrdiff_t step = (ptrdiff_t)spaced;
    return step > before ? step : before + 1;
}

static lsa_status save(const trainer *t, lsa_error *err)
{
    return t->files->checkpoint != NULL ? lsa_training_save(t->training, t->files->checkpoint, err) : LSA_OK;
}

/* The first multiple of `every` beyond `step`, or `end`. */
static ptrdiff_t next_multiple(ptrdiff_t step, ptrdiff_t every, ptrdiff_t end)
{
    return every > 0 && every - step % every < end - step ? step + every - step % every : end;
}

/* On to `target`, with a checkpoint wherever one is due; the bar moves at least a hundred times a run. An interrupt is
 * saved and stays one. */
static lsa_status advance(trainer *t, ptrdiff_t target, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_study_options *options = lsa_study_settings(t->study);
    const ptrdiff_t steps = t->settings->steps, every = t->settings->checkpoint;
    for (ptrdiff_t step = lsa_training_read(t->training).step; step < target;) {
        const ptrdiff_t shown = next_multiple(step, steps / 100 + 1, target);
        status = lsa_training_run(t->training, next_multiple(step, every, shown), options->interrupt, err);
        step = lsa_training_read(t->training).step;
        if (status == LSA_ERR_INTERRUPTED) {
            const lsa_status saved = save(t, err);
            return saved != LSA_OK ? saved : status;
        }
        if (status != LSA_OK)
            return status;
        if (every > 0 && step % every == 0)
            LSA_TRY(save(t, err));
        if (options->progress != NULL)
            options->progress(options->progress_context, "training", (double)step / (double)steps);
    }
done:
    return status;
}

/* From the start, or from where the checkpoint stands, to the end or to where the run diverges. */
static lsa_status take_steps(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training *training = t->training;
    const ptrdiff_t points = t->settings->points, steps = t->settings->steps;
    if (t->files->resume != NULL) {
        LSA_TRY(lsa_training_load(training, t->files->resume, err));
        t->path->resumed_at = lsa_training_read(training).step;
    }
    if (lsa_training_mark_count(training) == 0)
        LSA_TRY(lsa_training_mark(training, err));
    for (ptrdiff_t k = lsa_training_mark_count(training); k < points; k++) {
        const ptrdiff_t before = lsa_training_mark_read(training, k - 1).step;
        if (before == steps)
            break;
        status = advance(t, point_step(k, points, steps, before), err);
        if (status == LSA_ERR_SOLVER) {
            t->path->diverged = true;
            t->path->diverged_step = lsa_training_read(training).step;
            return LSA_OK;
        }
        if (status != LSA_OK)
            return status;
        LSA_TRY(lsa_training_mark(training, err));
    }
    LSA_TRY(save(t, err));
done:
    return status;
}

/* ---------------------------------------------------------------- points */

static double population_loss(const trainer *t, const double *user, lsa_error *err)
{
    if (lsa_program_from_user(t->population.program, user, t->state, err) != LSA_OK)
        return NAN;
    return lsa_program_loss(t->population.program, t->population.work, t->state);
}

static double distance_to_limit(const trainer *t, const double *user)
{
    const ptrdiff_t square = t->d * t->d;
    if (t->A == NULL || !limit_product(lsa_study_experiment(t->study), t->population.program, user, t->product))
        return NAN;
    lsa_vec_axpy(square, -1.0, t->A, t->product);
    return lsa_vec_norm(square, t->product) / lsa_vec_norm(square, t->A);
}

/* The training's numbers in the user's basis. */
static lsa_status to_user(const trainer *t, const double *parameters, double *out, lsa_error *err)
{
    if (t->descends)
        return lsa_program_to_user(t->population.program, parameters, out, err);
    memcpy(out, parameters, (size_t)t->path->size * sizeof *out);
    return LSA_OK;
}

static lsa_status read_points(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training_path *path = t->path;
    path->count = lsa_training_mark_count(t->training);
    for (ptrdiff_t k = 0; k < path->count; k++) {
        const lsa_training_state mark = lsa_training_mark_read(t->training, k);
        double *user = path->states + k * path->size;
        LSA_TRY(to_user(t, mark.parameters, user, err));
        path->points[k] = (lsa_path_point){.step = mark.step,
                                           .time = mark.time,
                                           .loss = population_loss(t, user, err),
                                           .to_flow = NAN,
                                           .to_limit = distance_to_limit(t, user),
                                           .flow_to_limit = NAN};
    }
done:
    return status;
}

static lsa_status read_end(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training_path *path = t->path;
    const lsa_training_state end = lsa_training_read(t->training);
    LSA_TRY(to_user(t, end.parameters, path->final, err));
    if (end.average == NULL || path->interrupted)
        goto done;
    path->average = lsa_vec_create(path->size);
    LSA_TRY_MEMORY(path->average, "the tail average");
    memcpy(path->average, end.average, (size_t)path->size * sizeof *path->average);
    path->averaged = end.averaged;
    path->average_loss = population_loss(t, path->average, err);
    path->average_to_limit = distance_to_limit(t, path->average);
done:
    return status;
}

/* ---------------------------------------------------------------- the flow beside it */

static lsa_status run_flow(lsa_study *study, ptrdiff_t count, const double *times, double rtol, lsa_trajectory **out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *start;
    const lsa_program *program;
    lsa_flow_options options = lsa_flow_options_defaults();
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_start(study, &start, err));
    LSA_TRY(lsa_study_minimum_loss(study, &options.minimum, err));
    options.rtol = rtol;
    options.n_times = count;
    options.times = times;
    options.stop = (lsa_stop){.gap = NAN, .gradient = NAN, .time = times[count - 1], .wall = NAN};
    options.interrupt = lsa_study_settings(study)->interrupt;
    LSA_TRY(lsa_flow_run(program, start, &options, out, err));
done:
    return status;
}

lsa_status lsa_training_path_flow(lsa_study *study, const lsa_training_path *path, double rtol, double step_time,
                                  double *states, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_trajectory *trajectory = NULL;
    double *times = lsa_vec_create(path->count);
    LSA_TRY_MEMORY(times, "the times of the path");
    for (ptrdiff_t k = 0; k < path->count; k++)
        times[k] = step_time * path->points[k].time;
    LSA_TRY(run_flow(study, path->count, times, rtol, &trajectory, err));
    if (lsa_trajectory_reason(trajectory) == LSA_STOPPED_INTERRUPT)
        LSA_TRY(lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted in the flow beside the path"));
    for (ptrdiff_t k = 0; k < path->count && k < lsa_trajectory_count(trajectory); k++)
        memcpy(states + k * path->size, lsa_trajectory_sample(trajectory, k).state,
               (size_t)path->size * sizeof *states);
done:
    lsa_trajectory_destroy(trajectory);
    free(times);
    return status;
}

/* |x - y| / |y|. */
static double relative_distance(ptrdiff_t n, const double *x, const double *y)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sqrt(sum) / lsa_vec_norm(n, y);
}

static lsa_status compare_with_flow(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training_path *path = t->path;
    if (path->count < 2 || !isfinite(path->points[path->count - 1].time))
        goto done;
    path->flow = lsa_vec_create(path->count * path->size);
    LSA_TRY_MEMORY(path->flow, "the flow beside a path");
    LSA_TRY(lsa_training_path_flow(t->study, path, lsa_study_experiment(t->study)->flow.rtol, 1.0, path->flow, err));
    for (ptrdiff_t k = 0; k < path->count; k++) {
        const double *flow = path->flow + k * path->size;
        path->points[k].to_flow = relative_distance(path->size, path->states + k * path->size, flow);
        path->points[k].flow_to_limit = distance_to_limit(t, flow);
    }
done:
    return status;
}

enum { POWER_STEPS = 10000 };

/* 2/lambda_max of the Hessian at the predicted limit, by power iteration until the quotient stands still; NAN where the
 * limit is not known. */
static lsa_status stability_threshold(trainer *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *limit;
    const ptrdiff_t size = t->path->size;
    double *v = lsa_vec_create(size), *image = lsa_vec_create(size), lambda = 0.0, before = INFINITY;
    lsa_rng rng = lsa_stream_at(t->settings->seed, LSA_STREAM_STABILITY, 0);
    LSA_TRY_MEMORY(v != NULL ? image : NULL, "the largest curvature");
    if (t->A == NULL || lsa_study_limit(t->study, &limit, NULL) != LSA_OK)
        goto done;
    LSA_TRY(lsa_program_from_user(t->population.program, limit, t->state, err));
    lsa_rng_normals(&rng, size, v);
    for (int k = 0; k < POWER_STEPS && fabs(lambda - before) > 4.0 * DBL_EPSILON * fabs(lambda); k++) {
        before = lambda;
        lsa_vec_scale(size, 1.0 / fmax(lsa_vec_norm(size, v), DBL_MIN), v);
        lsa_program_hessian(t->population.program, t->population.work, t->state, v, image);
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

/* An interrupt is noted and the story kept: what was found until then is still read. */
static lsa_status unless_interrupted(trainer *t, lsa_status status, const lsa_error *story, lsa_error *err)
{
    if (status != LSA_OK && status != LSA_ERR_INTERRUPTED)
        return lsa_error_copy(err, status, story);
    t->path->interrupted = t->path->interrupted || status == LSA_ERR_INTERRUPTED;
    return LSA_OK;
}

lsa_status lsa_training_path_run(lsa_study *study, const lsa_training_files *files, lsa_training_path **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    trainer t;
    LSA_TRY(trainer_make(study, files, &t, err));
    LSA_TRY(unless_interrupted(&t, take_steps(&t, &story), &story, err));
    LSA_TRY(read_points(&t, err));
    LSA_TRY(read_end(&t, err));
    if (!t.path->interrupted)
        LSA_TRY(unless_interrupted(&t, compare_with_flow(&t, &story), &story, err));
    if (!t.path->interrupted)
        LSA_TRY(stability_threshold(&t, err));
    if (t.path->interrupted)
        status = lsa_error_copy(err, LSA_ERR_INTERRUPTED, &story);
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
    free(path->states);
    free(path->flow);
    free(path->final);
    free(path->average);
    free(path);
}

lsa_status lsa_training_path_refine(lsa_study *study, const lsa_training_path *path, ptrdiff_t substeps, double *states,
                                    lsa_error *err)
{
    lsa_status status = LSA_OK;
    population p;
    lsa_training *training = NULL;
    lsa_train_settings settings = lsa_study_experiment(study)->train;
    settings.tail_average = 0.0;
    LSA_TRY(population_make(study, &p, err));
    LSA_TRY(descent_create(&p, &settings, substeps, &training, err));
    for (ptrdiff_t k = 0; k < path->count; k++) {
        LSA_TRY(lsa_training_run(training, path->points[k].step, lsa_study_settings(study)->interrupt, err));
        LSA_TRY(lsa_program_to_user(p.program, lsa_training_read(training).parameters, states + k * path->size, err));
    }
done:
    lsa_training_destroy(training);
    population_clear(&p);
    return status;
}

lsa_status lsa_training_path_mean(lsa_study *study, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    population p;
    lsa_training *training = NULL;
    lsa_train_settings settings = lsa_study_experiment(study)->train;
    if (settings.method == LSA_TRAIN_MOMENTUM)
        settings.step_size /= 1.0 - settings.momentum;
    settings.method = LSA_TRAIN_GD;
    LSA_TRY(population_make(study, &p, err));
    LSA_TRY(descent_create(&p, &settings, 1, &training, err));
    LSA_TRY(lsa_training_run(training, settings.steps, lsa_study_settings(study)->interrupt, err));
    const lsa_training_state end = lsa_training_read(training);
    LSA_TRY(lsa_program_to_user(p.program, end.average != NULL ? end.average : end.parameters, out, err));
done:
    lsa_training_destroy(training);
    population_clear(&p);
    return status;
}
