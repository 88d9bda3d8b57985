/* train.c - steps of SGD, momentum and Adam, their schedules, the average over the tail. */
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/training.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- A run ------------------------------------------------------------------------------------------------------ */

static bool below_one(double beta)
{
    return beta >= 0.0 && beta < 1.0;
}

static lsa_status check_settings(const lsa_train_settings *o, lsa_error *err)
{
    /* the streams of LSA_STREAM_TRAIN: those beyond belong to others */
    if (o->steps < 1 || o->batch < 1 || o->batch > ((ptrdiff_t)1 << 62) / o->steps)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "training takes at least one step of one prompt, got %td of %td",
                             o->steps, o->batch);
    if (!(o->step_size > 0.0 && isfinite(o->step_size)))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the step size must be > 0, got %.17g", o->step_size);
    if (o->schedule == LSA_TRAIN_INVERSE && !(o->decay > 0.0))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the decay of the step size must be > 0, got %.17g", o->decay);
    if (o->method == LSA_TRAIN_MOMENTUM && !below_one(o->momentum))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "momentum must lie in [0, 1), got %.17g", o->momentum);
    if (o->method == LSA_TRAIN_ADAM && !(below_one(o->beta1) && below_one(o->beta2) && o->epsilon > 0.0))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "Adam takes betas in [0, 1) and epsilon > 0, got %.17g, %.17g, %.17g",
                             o->beta1, o->beta2, o->epsilon);
    if (!(o->tail_average >= 0.0 && o->tail_average <= 1.0))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the averaged share must lie in [0, 1], got %.17g", o->tail_average);
    if (!(o->tasks >= 1.0))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "the number of tasks must be >= 1, got %.17g", o->tasks);
    return LSA_OK;
}

static lsa_status allocate(lsa_training *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double **const array[] = {&t->parameters, &t->velocity, &t->square, &t->average, &t->g, &t->next};
    for (size_t k = 0; k < sizeof array / sizeof *array; k++) {
        *array[k] = lsa_vec_create(t->n);
        LSA_TRY_MEMORY(*array[k], "a training");
    }
done:
    return status;
}

double lsa_train_bound(ptrdiff_t n, const double *start)
{
    return 1e6 * fmax(1.0, lsa_vec_norm(n, start));
}

/* Loss and gradient of the step that comes. */
static double evaluate(lsa_training *t)
{
    if (t->gradient == NULL)
        return t->source.eval(t->source.context, t->parameters, t->g);
    return lsa_batch_gradient_eval(t->gradient, t->parameters, (uint64_t)t->step * (uint64_t)t->settings.batch, t->g);
}

/* At step 0, once it is known where gradients come from and how many numbers they have. */
static lsa_status place_at_start(lsa_training *t, const double *parameters, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(allocate(t, err));
    memcpy(t->parameters, parameters, (size_t)t->n * sizeof(double));
    t->limit = lsa_train_bound(t->n, parameters);
    t->loss = (double)NAN;
    t->first_loss = evaluate(t);
done:
    return status;
}

static lsa_status create(const lsa_train_settings *settings, lsa_training **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training *t = NULL;
    LSA_TRY(check_settings(settings, err));
    t = calloc(1, sizeof *t);
    LSA_TRY_MEMORY(t, "a training");
    t->settings = *settings;
    t->substeps = 1;
    *out = t;
done:
    return status;
}

lsa_status lsa_training_create(const lsa_experiment *experiment, const double *parameters,
                               const lsa_train_settings *settings, int threads, lsa_training **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training *t = NULL;
    LSA_TRY(create(settings, &t, err));
    if (settings->method == LSA_TRAIN_GD)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "gradient descent on the population loss is not sampled"));
    LSA_TRY(lsa_batch_gradient_create(experiment, settings->batch, settings->tasks, settings->seed, threads,
                                      &t->gradient, err));
    t->n = lsa_batch_gradient_count(t->gradient);
    LSA_TRY(place_at_start(t, parameters, err));
    *out = t;
    t = NULL;
done:
    lsa_training_destroy(t);
    return status;
}

lsa_status lsa_training_create_by(const lsa_train_source *source, const double *parameters,
                                  const lsa_train_settings *settings, ptrdiff_t substeps, lsa_training **out,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training *t = NULL;
    LSA_TRY(create(settings, &t, err));
    if (settings->method != LSA_TRAIN_GD)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "a gradient of one's own is for gradient descent"));
    if (substeps < 1)
        LSA_TRY(lsa_error_set(err, LSA_ERR_DOMAIN, "a step is taken as at least one, got %td", substeps));
    t->source = *source;
    t->substeps = substeps;
    t->n = source->count;
    LSA_TRY(place_at_start(t, parameters, err));
    *out = t;
    t = NULL;
done:
    lsa_training_destroy(t);
    return status;
}

void lsa_training_destroy(lsa_training *t)
{
    if (!t)
        return;
    lsa_batch_gradient_destroy(t->gradient);
    free(t->parameters);
    free(t->velocity);
    free(t->square);
    free(t->average);
    free(t->g);
    free(t->next);
    free(t->marks);
    free(t->states);
    free(t);
}

lsa_training_state lsa_training_read(const lsa_training *t)
{
    return (lsa_training_state){.step = t->step,
                                .count = t->n,
                                .parameters = t->parameters,
                                .average = t->averaged > 0 ? t->average : NULL,
                                .averaged = t->averaged,
                                .loss = t->loss,
                                .time = t->settings.method == LSA_TRAIN_ADAM ? (double)NAN : t->time};
}

/* ---- Steps ------------------------------------------------------------------------------------------------------ */

double lsa_train_step_size(const lsa_train_settings *o, ptrdiff_t k)
{
    const double pi = 3.14159265358979323846;
    switch (o->schedule) {
    case LSA_TRAIN_INVERSE:
        return o->step_size / (1.0 + (double)k / o->decay);
    case LSA_TRAIN_COSINE:
        return 0.5 * o->step_size * (1.0 + cos(pi * (double)k / (double)o->steps));
    default:
        return o->step_size;
    }
}

/* next = parameters - eta v, v = beta v + g; SGD is beta = 0. */
static void descend(lsa_training *t, double eta, double beta)
{
    for (ptrdiff_t i = 0; i < t->n; i++) {
        t->velocity[i] = beta * t->velocity[i] + t->g[i];
        t->next[i] = t->parameters[i] - eta * t->velocity[i];
    }
    t->time += eta / (1.0 - beta);
}

static void adapt(lsa_training *t, double eta)
{
    const lsa_train_settings *o = &t->settings;
    const double count = (double)t->step + 1.0;
    const double first = 1.0 - pow(o->beta1, count), second = 1.0 - pow(o->beta2, count);
    for (ptrdiff_t i = 0; i < t->n; i++) {
        t->velocity[i] = o->beta1 * t->velocity[i] + (1.0 - o->beta1) * t->g[i];
        t->square[i] = o->beta2 * t->square[i] + (1.0 - o->beta2) * t->g[i] * t->g[i];
        t->next[i] = t->parameters[i] - eta * (t->velocity[i] / first) / (sqrt(t->square[i] / second) + o->epsilon);
    }
}

/* The running mean of the parameters over the last steps. */
static void average(lsa_training *t)
{
    if ((double)t->step <= (1.0 - t->settings.tail_average) * (double)t->settings.steps)
        return;
    t->averaged++;
    for (ptrdiff_t i = 0; i < t->n; i++)
        t->average[i] += (t->parameters[i] - t->average[i]) / (double)t->averaged;
}

static lsa_status move(lsa_training *t, double eta, lsa_error *err)
{
    const lsa_train_settings *o = &t->settings;
    t->loss = evaluate(t);
    if (o->method == LSA_TRAIN_ADAM)
        adapt(t, eta);
    else
        descend(t, eta, o->method == LSA_TRAIN_MOMENTUM ? o->momentum : 0.0);
    if (!(lsa_vec_norm(t->n, t->next) <= t->limit))
        return lsa_error_set(err, LSA_ERR_SOLVER, "training diverged at step %td, with step size %g and batch loss %g",
                             t->step, eta, t->loss);
    memcpy(t->parameters, t->next, (size_t)t->n * sizeof(double));
    return LSA_OK;
}

static lsa_status take_step(lsa_training *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double eta = lsa_train_step_size(&t->settings, t->step);
    for (ptrdiff_t k = 0; k < t->substeps; k++)
        LSA_TRY(move(t, eta / (double)t->substeps, err));
    t->step++;
    average(t);
done:
    return status;
}

lsa_status lsa_training_run(lsa_training *t, ptrdiff_t until, const volatile sig_atomic_t *interrupt, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t end = until < t->settings.steps ? until : t->settings.steps;
    while (t->step < end) {
        if (interrupt && *interrupt)
            LSA_TRY(lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted after %td steps", t->step));
        LSA_TRY(take_step(t, err));
    }
done:
    return status;
}

/* ---- Marks ------------------------------------------------------------------------------------------------------ */

lsa_status lsa_training_reserve(lsa_training *t, ptrdiff_t count, lsa_error *err)
{
    if (count <= t->room)
        return LSA_OK;
    const size_t number = (size_t)t->n * sizeof(double);
    if ((size_t)count > SIZE_MAX / 2 / number)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for %td points of a path", count);
    lsa_training_mark_place *marks = realloc(t->marks, (size_t)count * sizeof *marks);
    if (marks != NULL)
        t->marks = marks;
    double *states = realloc(t->states, (size_t)count * number);
    if (states != NULL)
        t->states = states;
    if (marks == NULL || states == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for %td points of a path", count);
    t->room = count;
    return LSA_OK;
}

lsa_status lsa_training_mark(lsa_training *t, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (t->n_marks == t->room)
        LSA_TRY(lsa_training_reserve(t, 2 * t->room + 16, err));
    t->marks[t->n_marks] = (lsa_training_mark_place){t->step, t->time};
    memcpy(t->states + t->n_marks * t->n, t->parameters, (size_t)t->n * sizeof(double));
    t->n_marks++;
done:
    return status;
}

ptrdiff_t lsa_training_mark_count(const lsa_training *t)
{
    return t->n_marks;
}

lsa_training_state lsa_training_mark_read(const lsa_training *t, ptrdiff_t k)
{
    return (lsa_training_state){.step = t->marks[k].step,
                                .count = t->n,
                                .parameters = t->states + k * t->n,
                                .loss = (double)NAN,
                                .time = t->settings.method == LSA_TRAIN_ADAM ? (double)NAN : t->marks[k].time};
}
