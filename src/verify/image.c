/* image.c - every number of an experiment by its own degree. */
#include "verify/image.h"

#include "base/try.h"
#include <math.h>
#include <string.h>

typedef struct image {
    lsa_arena *arena;
    const lsa_program *program;
    lsa_units units;
} image;

/* 2^-exponent x, anew; NULL stays NULL. */
static lsa_status scale(const image *im, ptrdiff_t n, int exponent, const double **x, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*x == NULL)
        return LSA_OK;
    double *out = lsa_arena_alloc(im->arena, (size_t)n, sizeof *out);
    LSA_TRY_MEMORY(out, "an experiment in other units");
    for (ptrdiff_t i = 0; i < n; i++)
        out[i] = ldexp((*x)[i], -exponent);
    *x = out;
done:
    return status;
}

static lsa_status scale_law(const image *im, const lsa_covariance **covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*covariance == NULL)
        return LSA_OK;
    lsa_covariance *out = lsa_arena_alloc(im->arena, 1, sizeof *out);
    LSA_TRY_MEMORY(out, "an experiment in other units");
    LSA_TRY(lsa_covariance_multiply(im->arena, ldexp(1.0, -im->units.law), *covariance, out, err));
    *covariance = out;
done:
    return status;
}

/* Entries of a parameter, all its heads. */
static ptrdiff_t entries(const lsa_program *program, int symbol)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++) {
        const lsa_block *block = lsa_program_block(program, k);
        n += block->symbol == symbol ? block->rows * block->cols : 0;
    }
    return n;
}

static lsa_status scale_init(const image *im, lsa_init *init, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int unit = im->units.state;
    lsa_block_values *values = lsa_arena_alloc(im->arena, (size_t)init->n_values, sizeof *values);
    LSA_TRY_MEMORY(values, "an experiment in other units");
    for (int k = 0; k < init->n_values; k++) {
        values[k] = init->values[k];
        LSA_TRY(scale(im, entries(im->program, values[k].symbol), unit, &values[k].values, err));
    }
    init->values = values;
    init->sigma = ldexp(init->sigma, -unit);
    init->scale = ldexp(init->scale, -unit);
    init->perturb_scale = ldexp(init->perturb_scale, -unit);
done:
    return status;
}

static lsa_status scale_flow(const image *im, lsa_flow_settings *flow, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *times = flow->times;
    LSA_TRY(scale(im, flow->n_times, im->units.time, &times, err));
    if (times != flow->times) {
        flow->times = lsa_arena_alloc(im->arena, (size_t)flow->n_times, sizeof *flow->times);
        LSA_TRY_MEMORY(flow->times, "an experiment in other units");
        memcpy(flow->times, times, (size_t)flow->n_times * sizeof *times);
    }
    flow->stop.time = ldexp(flow->stop.time, -im->units.time);
done:
    return status;
}

/* A step is a time, but Adam's a length; its epsilon is added to a gradient. */
static void scale_train(const image *im, lsa_train_settings *train)
{
    const bool adam = train->method == LSA_TRAIN_ADAM;
    train->step_size = ldexp(train->step_size, -(adam ? im->units.state : im->units.time));
    train->epsilon = ldexp(train->epsilon, -(im->units.loss - im->units.state));
}

/* Covariates and their labels scale as the root of Lambda. */
static lsa_status scale_setting(const image *im, lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int law = im->units.law;
    const ptrdiff_t d = test->covariance->d;
    LSA_TRY(scale_law(im, &test->covariance, err));
    LSA_TRY(scale_law(im, &test->query, err));
    LSA_TRY(scale(im, d, law / 2, &test->mean, err));
    LSA_TRY(scale(im, test->n_rows * d, law / 2, &test->rows, err));
    LSA_TRY(scale(im, test->n_rows, law / 2, &test->labels, err));
    LSA_TRY(scale(im, d * d, 2 * law, &test->moment_covariance, err));
    test->best_linear = ldexp(test->best_linear, -law);
    test->label_noise = ldexp(test->label_noise, -law);
done:
    return status;
}

bool image_exists(const lsa_experiment *experiment)
{
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++)
        if (experiment->tests[t].task == LSA_TASK_TEACHER && experiment->tests[t].teacher.kind != LSA_TEACHER_RELU)
            return false;
    return true;
}

lsa_status image_make(lsa_arena *arena, const lsa_experiment *experiment, const lsa_program *program,
                      const lsa_experiment **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const image im = {arena, program, lsa_program_units(program)};
    lsa_experiment *e = lsa_arena_alloc(arena, 1, sizeof *e);
    lsa_setting *tests = lsa_arena_alloc(arena, (size_t)experiment->n_tests, sizeof *tests);
    LSA_TRY_MEMORY(e != NULL ? tests : NULL, "an experiment in other units");
    *e = *experiment;
    LSA_TRY(scale_setting(&im, &e->training, err));
    LSA_TRY(scale_init(&im, &e->init, err));
    LSA_TRY(scale_flow(&im, &e->flow, err));
    scale_train(&im, &e->train);
    for (ptrdiff_t t = 0; t < e->n_tests; t++) {
        tests[t] = experiment->tests[t];
        LSA_TRY(scale_setting(&im, &tests[t], err));
    }
    e->tests = tests;
    *out = e;
done:
    return status;
}
