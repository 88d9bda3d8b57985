/* gradient.c - the sampled gradient of the population loss: the mean of each prompt's own gradient. */
#include "base/clock.h"
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/predictor.h"
#include "empirical/prompt_average.h"
#include "empirical/strata_draw.h"
#include "empirical/tail.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One stratum of the law at a time. */
typedef struct study {
    const lsa_predictor *predictor;
    lsa_prompts *prompts;
    bool by_parameters; /* else by the layer's blocks */
    double deadline;    /* of lsa_clock_seconds       */
} study;

typedef struct worker {
    lsa_trial trial;
    double *blocks; /* the layer's block gradient, on its way to the parameters */
} worker;

static void destroy_worker(void *pointer)
{
    worker *w = pointer;
    if (!w)
        return;
    lsa_trial_clear(&w->trial);
    free(w->blocks);
    free(w);
}

static lsa_status create_worker(const void *shared, void **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const study *s = shared;
    const lsa_layer *layer = s->predictor->layer;
    worker *w = calloc(1, sizeof *w);
    LSA_TRY_MEMORY(w, "a sampling thread");
    LSA_TRY(lsa_trial_init(&w->trial, s->prompts, s->predictor, false, err));
    w->blocks = lsa_vec_create(layer ? lsa_layer_block_count(layer) : 1);
    LSA_TRY_MEMORY(w->blocks, "a gradient");
    *out = w;
    w = NULL;
done:
    destroy_worker(w);
    return status;
}

/* Through the layer's blocks to the parameters. */
static void gradient_through_layer(const lsa_predictor *p, worker *w, double *values)
{
    double target;
    lsa_forward_target(p->forward, w->trial.forward_work, p->parameters, w->trial.prompt, &target);
    lsa_layer_block_gradient(p->layer, w->trial.prompt, target, w->blocks, w->trial.layer_work);
    memset(values, 0, (size_t)lsa_forward_parameter_count(p->forward) * sizeof(double));
    lsa_forward_pull_back(p->forward, w->trial.forward_work, p->parameters, w->blocks, values);
}

static lsa_status observe(const void *shared, void *pointer, uint64_t first, ptrdiff_t count, double *values,
                          lsa_error *err)
{
    const study *s = shared;
    const lsa_predictor *p = s->predictor;
    worker *w = pointer;
    (void)count; /* 1 */
    (void)err;   /* nothing here can fail */
    lsa_prompt_draw(s->prompts, first, w->trial.prompt);
    if (!s->by_parameters)
        lsa_layer_block_gradient(p->layer, w->trial.prompt, w->trial.prompt->target, values, w->trial.layer_work);
    else if (p->layer)
        gradient_through_layer(p, w, values);
    else
        lsa_forward_gradient(p->forward, w->trial.forward_work, p->parameters, w->trial.prompt, values);
    return LSA_OK;
}

/* The part of one stratum in the means and in the squares of their errors. */
static void add_means(const lsa_average *average, double weight, lsa_means *means)
{
    const lsa_moments *moments = lsa_average_moments(average);
    const int exponent = lsa_average_exponent(average);
    const double prompts = (double)lsa_average_prompts(average);
    for (ptrdiff_t k = 0; k < means->n; k++) {
        const double error = weight * ldexp(lsa_moments_standard_error(&moments[k], prompts), exponent);
        means->mean[k] += weight * ldexp(moments[k].mean, exponent);
        means->standard_error[k] = hypot(means->standard_error[k], error);
    }
    means->prompts += lsa_average_prompts(average);
}

static lsa_status sample_stratum(study *s, const lsa_prompt_law *law, const lsa_strata *strata, ptrdiff_t number,
                                 const lsa_sample_options *options, lsa_means *means, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_average *average = NULL;
    lsa_prompt_law part = *law;
    const lsa_observable observable = {
        means->n, 1, lsa_stratum_first(number, options->first), s, create_worker, destroy_worker, observe};
    part.setting = strata->stratum[number].setting;
    LSA_TRY(lsa_prompts_create(&part, options->seed, LSA_PROMPTS_SAMPLE, &s->prompts, err));
    LSA_TRY(lsa_average_create(&observable, options->threads, &average, err));
    lsa_average_set_deadline(average, s->deadline);
    LSA_TRY(lsa_average_extend(average, lsa_stratum_prompts(strata, number, options->prompts, options->prompts),
                               options->interrupt, err));
done:
    if (average && (status == LSA_OK || status == LSA_ERR_INTERRUPTED))
        add_means(average, strata->stratum[number].weight, means);
    lsa_average_destroy(average);
    lsa_prompts_destroy(s->prompts);
    s->prompts = NULL;
    return status;
}

static lsa_status sample(study *s, const lsa_prompt_law *law, ptrdiff_t n, const lsa_sample_options *options,
                         lsa_means *means, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_strata strata = {0};
    const double begun = lsa_clock_seconds();
    s->deadline = begun + options->seconds;
    LSA_TRY(lsa_sample_check(options, s->predictor, err));
    if (means->n != n)
        LSA_TRY(lsa_error_set(err, LSA_ERR_SHAPE, "the gradient has %td entries, room is for %td", n, means->n));
    LSA_TRY(lsa_strata_init(&strata, &law->setting, lsa_strata_most(options->prompts), err));
    memset(means->mean, 0, (size_t)n * sizeof *means->mean);
    memset(means->standard_error, 0, (size_t)n * sizeof *means->standard_error);
    means->prompts = 0;
    for (ptrdiff_t k = 0; k < strata.count; k++)
        LSA_TRY(sample_stratum(s, law, &strata, k, options, means, err));
    means->late = means->prompts < options->prompts;
    means->reason = lsa_tail_seldom(&strata, (double)means->prompts);
done:
    if (options->spent)
        *options->spent += lsa_clock_seconds() - begun;
    lsa_strata_clear(&strata);
    return status;
}

lsa_status lsa_sample_block_gradient(const lsa_layer *layer, const lsa_prompt_law *law,
                                     const lsa_sample_options *options, lsa_means *means, lsa_error *err)
{
    const lsa_predictor predictor = {.layer = layer};
    study s = {.predictor = &predictor};
    return sample(&s, law, lsa_layer_block_count(layer), options, means, err);
}

lsa_status lsa_sample_gradient(const lsa_predictor *predictor, const lsa_prompt_law *law,
                               const lsa_sample_options *options, lsa_means *means, lsa_error *err)
{
    study s = {.predictor = predictor, .by_parameters = true};
    if (!predictor->forward)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "a gradient by parameters needs the statement");
    return sample(&s, law, lsa_forward_parameter_count(predictor->forward), options, means, err);
}
