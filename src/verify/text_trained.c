/* text_trained.c - see text_trained.h. */
#include "verify/text_trained.h"

#include "base/matrix.h"
#include "base/special.h"
#include "base/streams.h"
#include "base/try.h"
#include "lsaflow/train.h"
#include "lsaflow/training_path.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct text_runs {
    ptrdiff_t count, size;
    bool descends;
    double *ends; /* count * size, user's basis: the mean over the tail, or the last step */
};

/* One run of SGD, momentum or Adam from the start of the flow. */
static lsa_status run_once(lsa_study *study, const double *start, ptrdiff_t number, double *end, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_training *training = NULL;
    lsa_error story = {0};
    const lsa_experiment *e = lsa_study_experiment(study);
    const lsa_study_options *options = lsa_study_settings(study);
    lsa_train_settings settings = e->train;
    settings.seed = lsa_stream_run_seed(settings.seed, (uint64_t)number);
    LSA_TRY(lsa_training_create(e, start, &settings, options->threads, &training, err));
    status = lsa_training_run(training, settings.steps, options->interrupt, &story);
    if (status == LSA_ERR_SOLVER)
        status = lsa_error_set(err, LSA_ERR_UNABLE, "run %td of `train` diverges: %.160s", number + 1, story.text);
    else if (status != LSA_OK)
        status = lsa_error_set(err, status, "%s", story.text);
    LSA_TRY(status);
    const lsa_training_state state = lsa_training_read(training);
    memcpy(end, state.average != NULL ? state.average : state.parameters, (size_t)state.count * sizeof *end);
done:
    lsa_training_destroy(training);
    return status;
}

lsa_status text_runs_create(lsa_study *study, ptrdiff_t count, ptrdiff_t first, text_runs **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *start;
    const lsa_experiment *e = lsa_study_experiment(study);
    text_runs *r = calloc(1, sizeof *r);
    LSA_TRY_MEMORY(r, "repeated trainings");
    if (!e->train.asked)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "the model asks for no training: it has no key `train`"));
    r->descends = e->train.method == LSA_TRAIN_GD;
    r->count = r->descends ? 1 : count;
    LSA_TRY(lsa_study_size(study, &r->size, err));
    LSA_TRY(lsa_study_start(study, &start, err));
    r->ends = lsa_vec_create(r->count * r->size);
    LSA_TRY_MEMORY(r->ends, "repeated trainings");
    if (r->descends)
        LSA_TRY(lsa_training_path_mean(study, r->ends, err));
    for (ptrdiff_t k = 0; !r->descends && k < count; k++)
        LSA_TRY(run_once(study, start, first + k, r->ends + k * r->size, err));
    *out = r;
    r = NULL;
done:
    text_runs_destroy(r);
    return status;
}

void text_runs_destroy(text_runs *r)
{
    if (r == NULL)
        return;
    free(r->ends);
    free(r);
}

/* The values of e at all ends, run by run. */
static lsa_status values_at(text_world *w, const text_runs *r, const formula_node *e, double *values, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t rows = e->rows.size, n = rows * e->cols.size;
    for (ptrdiff_t k = 0; k < r->count; k++) {
        text_place place;
        const formula_value *value;
        LSA_TRY(text_place_of_state(w, r->ends + k * r->size, &place, err));
        LSA_TRY(text_at(w, &place, e, &value, err));
        for (ptrdiff_t i = 0; i < n; i++)
            values[i + k * n] = formula_value_double(value, i % rows, i / rows);
    }
done:
    return status;
}

/* Student's half-width of the mean of every n-th number; of a single run, the rounding of its state. */
static double half_width(const text_runs *r, ptrdiff_t n, const double *x, double mean, double alpha)
{
    double square = 0.0;
    if (r->count == 1)
        return 64.0 * DBL_EPSILON * fabs(mean);
    for (ptrdiff_t k = 0; k < r->count; k++)
        square += (x[k * n] - mean) * (x[k * n] - mean);
    const double count = (double)r->count;
    return lsa_student_upper_quantile(0.5 * alpha, count - 1.0) * sqrt(square / (count * (count - 1.0)));
}

lsa_status text_trained(text_world *w, const text_runs *r, const formula_node *e, double alpha,
                        const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = e->rows.size * e->cols.size;
    double *values = lsa_arena_alloc(w->arena, (size_t)(n * r->count), sizeof *values);
    double *mean = lsa_arena_alloc(w->arena, (size_t)n, sizeof *mean);
    double *error = lsa_arena_alloc(w->arena, (size_t)n, sizeof *error);
    LSA_TRY_MEMORY(values, "repeated trainings");
    LSA_TRY_MEMORY(mean, "repeated trainings");
    LSA_TRY_MEMORY(error, "repeated trainings");
    LSA_TRY(values_at(w, r, e, values, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t k = 0; k < r->count; k++)
            mean[i] += values[i + k * n] / (double)r->count;
        error[i] = half_width(r, n, values + i, mean[i], alpha);
    }
    *out = formula_value_within(w->run.pool, e->rows.size, e->cols.size, mean, error);
done:
    return status;
}
