/* image.c - every number of an experiment by its own degree. */
#include "verify/image.h"

#include "base/try.h"
#include <math.h>
#include <string.h>

typedef struct image {
    lsa_arena *arena;
    const lsa_program *program;
    const image_units *units;
} image;

/* A unit: 2^exponent law^power. */
typedef struct unit {
    int exponent;
    double power;
} unit;

static unit law_unit(const image *im)
{
    return (unit){im->units->binary.law, 1.0};
}

static unit state_unit(const image *im)
{
    return (unit){im->units->binary.state, -im->units->e};
}

static unit time_unit(const image *im)
{
    return (unit){im->units->binary.time, -im->units->g - 2.0 * im->units->e};
}

static unit loss_unit(const image *im)
{
    return (unit){im->units->binary.loss, im->units->g};
}

/* x in that unit; exact where law is 1. */
static double in_unit(const image *im, unit u, double x)
{
    const double scaled = ldexp(x, -u.exponent);
    return im->units->law == 1.0 ? scaled : scaled * pow(im->units->law, -u.power);
}

/* x in that unit, anew; NULL stays NULL. */
static lsa_status scale(const image *im, ptrdiff_t n, unit u, const double **x, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*x == NULL)
        return LSA_OK;
    double *out = lsa_arena_alloc(im->arena, (size_t)n, sizeof *out);
    LSA_TRY_MEMORY(out, "an experiment in other units");
    for (ptrdiff_t i = 0; i < n; i++)
        out[i] = in_unit(im, u, (*x)[i]);
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
    LSA_TRY(lsa_covariance_multiply(im->arena, in_unit(im, law_unit(im), 1.0), *covariance, out, err));
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
    const unit u = state_unit(im);
    lsa_block_values *values = lsa_arena_alloc(im->arena, (size_t)init->n_values, sizeof *values);
    LSA_TRY_MEMORY(values, "an experiment in other units");
    for (int k = 0; k < init->n_values; k++) {
        values[k] = init->values[k];
        LSA_TRY(scale(im, entries(im->program, values[k].symbol), u, &values[k].values, err));
    }
    init->values = values;
    init->sigma = in_unit(im, u, init->sigma);
    init->scale = in_unit(im, u, init->scale);
    init->perturb_scale = in_unit(im, u, init->perturb_scale);
done:
    return status;
}

static lsa_status scale_flow(const image *im, lsa_flow_settings *flow, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double *times = flow->times;
    LSA_TRY(scale(im, flow->n_times, time_unit(im), &times, err));
    if (times != flow->times) {
        flow->times = lsa_arena_alloc(im->arena, (size_t)flow->n_times, sizeof *flow->times);
        LSA_TRY_MEMORY(flow->times, "an experiment in other units");
        memcpy(flow->times, times, (size_t)flow->n_times * sizeof *times);
    }
    flow->stop.time = in_unit(im, time_unit(im), flow->stop.time);
done:
    return status;
}

/* A step is a time, but Adam's a length; its epsilon is added to a gradient. */
static void scale_train(const image *im, lsa_train_settings *train)
{
    const bool adam = train->method == LSA_TRAIN_ADAM;
    train->step_size = in_unit(im, adam ? state_unit(im) : time_unit(im), train->step_size);
    train->epsilon = in_unit(im, loss_unit(im), train->epsilon);
    train->epsilon /= in_unit(im, state_unit(im), 1.0);
}

/* Covariates and their labels scale as the root of Lambda. */
static lsa_status scale_setting(const image *im, lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const unit law = law_unit(im), root = {law.exponent / 2, 0.5}, square = {2 * law.exponent, 2.0};
    const ptrdiff_t d = test->covariance->d;
    LSA_TRY(scale_law(im, &test->covariance, err));
    LSA_TRY(scale_law(im, &test->query, err));
    LSA_TRY(scale(im, d, root, &test->mean, err));
    LSA_TRY(scale(im, test->n_rows * d, root, &test->rows, err));
    LSA_TRY(scale(im, test->n_rows, root, &test->labels, err));
    LSA_TRY(scale(im, d * d, square, &test->moment_covariance, err));
    test->best_linear = in_unit(im, law, test->best_linear);
    test->label_noise = in_unit(im, law, test->label_noise);
done:
    return status;
}

image_units image_units_of(const lsa_experiment *experiment, double law)
{
    const bool keys = experiment->statement->layer_parameters.K >= 0;
    return (image_units){.law = law, .e = keys ? 1.0 / 3.0 : 0.5, .g = 1.0};
}

bool image_exists(const lsa_experiment *experiment)
{
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++)
        if (experiment->tests[t].task == LSA_TASK_TEACHER && experiment->tests[t].teacher.kind != LSA_TEACHER_RELU)
            return false;
    return true;
}

lsa_status image_make(lsa_arena *arena, const lsa_experiment *experiment, const lsa_program *program,
                      const image_units *units, const lsa_experiment **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const image im = {arena, program, units};
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
