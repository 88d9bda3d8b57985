/* sample.c - the error of a predictor and of its baselines, drawn until the interval is narrow enough. */
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/average.h"
#include "empirical/baseline.h"
#include "empirical/interval.h"
#include "empirical/predictor.h"
#include <math.h>
#include <stdlib.h>

lsa_sample_options lsa_sample_options_defaults(void)
{
    return (lsa_sample_options){.seed = 1, .prompts = 2000000, .relative_error = 0.03, .alpha = 1e-6};
}

lsa_sample_options lsa_sample_options_of(const lsa_experiment *experiment)
{
    lsa_sample_options options = lsa_sample_options_defaults();
    options.seed = experiment->monte_carlo.seed;
    options.prompts = experiment->monte_carlo.prompts;
    options.relative_error = experiment->monte_carlo.relative_error;
    options.baselines = experiment->monte_carlo.baselines;
    return options;
}

/* What all threads read. Quantity 0 is the model's squared error; baseline number c of the finite ones asked has its
 * squared error at 1 + 2c and the difference model - baseline at 2 + 2c. */
typedef struct study {
    const lsa_predictor *predictor;
    lsa_prompts *prompts;
    lsa_baselines baselines;
    int n_finite, finite[LSA_BASELINE_COUNT];
    bool literal;
} study;

typedef struct worker {
    lsa_trial trial;
    double *baseline_work;
} worker;

static void destroy_worker(void *pointer)
{
    worker *w = pointer;
    if (!w)
        return;
    lsa_trial_clear(&w->trial);
    free(w->baseline_work);
    free(w);
}

static lsa_status create_worker(const void *shared, void **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const study *s = shared;
    worker *w = calloc(1, sizeof *w);
    LSA_TRY_MEMORY(w, "a sampling thread");
    LSA_TRY(lsa_trial_init(&w->trial, s->prompts, s->predictor, s->literal, err));
    w->baseline_work = lsa_vec_create(s->n_finite > 0 ? lsa_baseline_work_size(&s->baselines) : 1);
    LSA_TRY_MEMORY(w->baseline_work, "the baselines");
    *out = w;
    w = NULL;
done:
    destroy_worker(w);
    return status;
}

static lsa_status observe(const void *shared, void *pointer, uint64_t index, double *values, lsa_error *err)
{
    const study *s = shared;
    worker *w = pointer;
    double prediction, target;
    lsa_trial_predict(&w->trial, s->prompts, s->predictor, s->literal, index, &prediction, &target);
    const double label = target + w->trial.prompt->query_noise;
    values[0] = (prediction - label) * (prediction - label);
    for (int c = 0; c < s->n_finite; c++) {
        const double miss =
            lsa_baseline_predict(&s->baselines, s->finite[c], w->trial.prompt, w->baseline_work) - label;
        values[1 + 2 * c] = miss * miss;
        values[2 + 2 * c] = values[0] - miss * miss;
    }
    if (!isfinite(values[0]))
        return lsa_error_set(err, LSA_ERR_DOMAIN, "prompt %llu gives the squared error %g", (unsigned long long)index,
                             values[0]);
    return LSA_OK;
}

static lsa_status prepare(study *s, const lsa_prompt_law *law, const lsa_sample_options *options, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_prompts_create(law, options->seed, LSA_PROMPTS_SAMPLE, &s->prompts, err));
    LSA_TRY(lsa_baselines_init(&s->baselines, options->baselines, law, options->seed, err));
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        if ((options->baselines & 1u << b) && !lsa_baseline_infinite(&s->baselines, b))
            s->finite[s->n_finite++] = b;
done:
    return status;
}

static void report(const study *s, const lsa_average *average, double alpha, lsa_sample_result *result)
{
    const lsa_moments *moments = lsa_average_moments(average);
    const double count = (double)lsa_average_prompts(average);
    result->prompts = lsa_average_prompts(average);
    result->error = lsa_interval(&moments[0], count, alpha);
    for (int c = 0; c < s->n_finite; c++) {
        result->baseline[s->finite[c]] = lsa_interval(&moments[1 + 2 * c], count, alpha);
        result->difference[s->finite[c]] = lsa_interval(&moments[2 + 2 * c], count, alpha);
    }
}

/* A result before anything is drawn. */
static lsa_sample_result nothing_yet(void)
{
    lsa_sample_result result = {.step = (double)NAN, .error = lsa_interval_none()};
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        result.baseline[b] = result.difference[b] = result.error;
    return result;
}

static void report_infinite(const study *s, lsa_sample_result *result)
{
    for (int b = 0; b < LSA_BASELINE_COUNT; b++) {
        const char *reason = s->baselines.asked & 1u << b ? lsa_baseline_infinite(&s->baselines, b) : NULL;
        if (reason)
            result->baseline[b] = result->difference[b] = lsa_interval_infinite(reason);
    }
}

/* Looks at 2^14, 2^15, .. prompts until the error is resolved or the budget spent; alpha is split over the looks. */
static lsa_status draw(const study *s, const lsa_sample_options *options, lsa_average *average,
                       lsa_sample_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double alpha = options->alpha / lsa_looks(options->prompts);
    result->looks = lsa_looks(options->prompts);
    for (int k = 0; k < result->looks && !result->resolved; k++) {
        LSA_TRY(lsa_average_extend(average, lsa_look_prompts(k, options->prompts), options->interrupt, err));
        report(s, average, alpha, result);
        result->resolved =
            lsa_interval_resolves(&result->error, (double)result->prompts, alpha, options->relative_error);
    }
done:
    if (status == LSA_ERR_INTERRUPTED && lsa_average_prompts(average) > 0)
        report(s, average, alpha, result);
    return status;
}

lsa_status lsa_sample_error(const lsa_predictor *predictor, const lsa_prompt_law *law,
                            const lsa_sample_options *options, lsa_sample_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    study s = {.predictor = predictor, .literal = options->literal};
    lsa_average *average = NULL;
    *result = nothing_yet();
    LSA_TRY(lsa_sample_check(options, predictor, err));
    LSA_TRY(prepare(&s, law, options, err));
    result->step = s.baselines.step;
    report_infinite(&s, result);
    const lsa_observable observable = {1 + 2 * s.n_finite, &s, create_worker, destroy_worker, observe};
    LSA_TRY(lsa_average_create(&observable, options->threads, &average, err));
    LSA_TRY(draw(&s, options, average, result, err));
done:
    lsa_average_destroy(average);
    lsa_baselines_clear(&s.baselines);
    lsa_prompts_destroy(s.prompts);
    return status;
}

lsa_status lsa_sample_test(const lsa_experiment *experiment, const lsa_test *test, const double *parameters,
                           const lsa_sample_options *options, lsa_sample_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_prompt_law law;
    lsa_forward *forward = NULL;
    lsa_layer *layer = NULL;
    *result = nothing_yet();
    LSA_TRY(test ? lsa_prompt_law_test(experiment, test, &law, err) : lsa_prompt_law_training(experiment, &law, err));
    LSA_TRY(lsa_forward_create(experiment, &law, &forward, err));
    if (experiment->statement->has_layer)
        LSA_TRY(lsa_forward_layer(forward, parameters, &layer, err));
    const lsa_predictor predictor = {layer, forward, parameters};
    LSA_TRY(lsa_sample_error(&predictor, &law, options, result, err));
done:
    lsa_layer_destroy(layer);
    lsa_forward_destroy(forward);
    return status;
}
