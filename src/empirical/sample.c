/* sample.c - the error of a predictor and of its baselines, drawn until the interval is narrow enough. */
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/average.h"
#include "empirical/baseline.h"
#include "empirical/control.h"
#include "empirical/forward.h"
#include "empirical/interval.h"
#include "empirical/predictor.h"
#include "empirical/prompt.h"
#include "empirical/side.h"
#include "empirical/tail.h"
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
    options.fast = experiment->monte_carlo.fast;
    return options;
}

/* One prompt at a time, whatever predicts; or the layer on several side by side, direct or fast. */
typedef enum way { WAY_SINGLE, WAY_DIRECT, WAY_FAST } way;

/* Quantity 0 is the model's squared error; a finite baseline that was asked adds its squared error, the difference
 * model - baseline, and the squared distance of the two predictions. */
enum { PER_BASELINE = 3 };

/* Where those of baseline number c of the finite ones begin. */
static ptrdiff_t place(int c)
{
    return 1 + PER_BASELINE * c;
}

/* What all threads read. */
typedef struct study {
    const lsa_predictor *predictor;
    lsa_prompts *prompts;
    unsigned asked, usable; /* baselines: asked for; drawn, which this way of drawing can give */
    lsa_baselines baselines;
    int n_finite, finite[LSA_BASELINE_COUNT];
    bool literal;
    const char *no_mean, *no_variance; /* reasons, or NULL */
    const char *no_control;            /* why there is no control variate, or NULL */
    double label_square;               /* the control's mean */
    way way;
    lsa_rotated rotated; /* not for WAY_SINGLE */
} study;

typedef struct worker {
    lsa_trial trial; /* WAY_SINGLE */
    double *baseline_work;
    lsa_side side;
} worker;

static void destroy_worker(void *pointer)
{
    worker *w = pointer;
    if (!w)
        return;
    lsa_trial_clear(&w->trial);
    lsa_side_clear(&w->side);
    free(w->baseline_work);
    free(w);
}

static lsa_status create_worker(const void *shared, void **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const study *s = shared;
    worker *w = calloc(1, sizeof *w);
    LSA_TRY_MEMORY(w, "a sampling thread");
    if (s->way == WAY_SINGLE)
        LSA_TRY(lsa_trial_init(&w->trial, s->prompts, s->predictor, s->literal, err));
    else
        LSA_TRY(lsa_side_init(&w->side, &s->rotated, s->prompts, s->way == WAY_FAST, err));
    w->baseline_work = lsa_vec_create(s->n_finite > 0 ? lsa_baseline_work_size(&s->baselines) : 1);
    LSA_TRY_MEMORY(w->baseline_work, "the baselines");
    *out = w;
    w = NULL;
done:
    destroy_worker(w);
    return status;
}

static lsa_status check_finite(double square, uint64_t index, lsa_error *err)
{
    if (isfinite(square))
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_DOMAIN, "prompt %llu gives the squared error %g", (unsigned long long)index,
                         square);
}

/* The model's squared error and the baselines', miss[c] = prediction - label of baseline c. */
static void compare(const study *s, double error, const double *miss, double *values)
{
    values[0] = error * error;
    for (int c = 0; c < s->n_finite; c++) {
        double *own = values + place(c);
        own[0] = miss[c] * miss[c];
        own[1] = values[0] - own[0];
        own[2] = (error - miss[c]) * (error - miss[c]);
    }
}

static lsa_status observe_one(const void *shared, void *pointer, uint64_t first, ptrdiff_t count, double *values,
                              lsa_error *err)
{
    const study *s = shared;
    worker *w = pointer;
    double prediction, target, miss[LSA_BASELINE_COUNT];
    (void)count; /* 1 */
    lsa_trial_predict(&w->trial, s->prompts, s->predictor, s->literal, first, &prediction, &target);
    const double label = target + w->trial.prompt->query_noise;
    for (int c = 0; c < s->n_finite; c++)
        miss[c] = lsa_baseline_predict(&s->baselines, s->finite[c], w->trial.prompt, w->baseline_work) - label;
    compare(s, prediction - label, miss, values);
    return check_finite(values[0], first, err);
}

/* Of the baselines, only those that know no context. */
static lsa_status observe_side(const void *shared, void *pointer, uint64_t first, ptrdiff_t count, double *values,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const study *s = shared;
    worker *w = pointer;
    lsa_side_result r;
    double miss[LSA_BASELINE_COUNT];
    (s->way == WAY_FAST ? lsa_side_fast : lsa_side_direct)(&w->side, first, &r);
    for (ptrdiff_t l = 0; l < count; l++, values += place(s->n_finite)) {
        const double label = r.target[l] + r.query_noise[l];
        for (int c = 0; c < s->n_finite; c++)
            miss[c] = lsa_baseline_without_context(s->finite[c], r.target[l]) - label;
        compare(s, r.prediction[l] - label, miss, values);
        LSA_TRY(check_finite(values[0], first + (uint64_t)l, err));
    }
done:
    return status;
}

/* Why prompts cannot be drawn side by side, or NULL. */
static const char *needs_single(const study *s, const lsa_prompt_law *law, const lsa_sample_options *options)
{
    const lsa_forward *forward = s->predictor->forward;
    if (!s->predictor->layer)
        return "the statement has no layer";
    if (forward && !lsa_forward_target_is_plain(forward))
        return "the target is not the inner product of task and query";
    if (options->literal)
        return "the layer is asked for as it is written";
    if (!options->fast && (options->baselines & ~lsa_baselines_without_context))
        return "the baselines ols, ridge and one-step need the context itself";
    return lsa_rotated_unable(law);
}

static lsa_status choose_way(study *s, const lsa_prompt_law *law, const lsa_sample_options *options, lsa_error *err)
{
    const char *reason = needs_single(s, law, options);
    if (options->fast && reason)
        return lsa_error_set(err, LSA_ERR_UNABLE, "fast sampling is not possible: %s", reason);
    s->way = reason ? WAY_SINGLE : options->fast ? WAY_FAST : WAY_DIRECT;
    return reason ? LSA_OK : lsa_rotated_init(&s->rotated, s->prompts, s->predictor->layer, err);
}

/* Why the squared label is no control, or NULL: its mean must be known and the error have a variance. */
static const char *refuse_control(study *s, const lsa_prompt_law *law)
{
    const lsa_forward *forward = s->predictor->forward;
    if (s->no_variance)
        return s->no_variance;
    if ((forward && !lsa_forward_target_is_plain(forward)) || !lsa_control_label_square(law, &s->label_square))
        return "the second moment of the label is not known from the law alone";
    return NULL;
}

/* Baselines that speak of the predictor's own problem. */
static unsigned comparable(const study *s)
{
    const lsa_forward *forward = s->predictor->forward;
    return forward && !lsa_forward_draws_prompt(forward) ? LSA_BASELINE_ZERO : ~0u;
}

static lsa_status prepare(study *s, const lsa_prompt_law *law, const lsa_sample_options *options, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_prompts_create(law, options->seed, LSA_PROMPTS_SAMPLE, &s->prompts, err));
    s->no_mean = lsa_tail_no_mean(s->predictor, law);
    s->no_variance = lsa_tail_no_variance(s->predictor, law);
    s->no_control = refuse_control(s, law);
    s->asked = options->baselines;
    s->usable = s->asked & comparable(s) & (options->fast ? lsa_baselines_without_context : ~0u);
    s->usable |= s->no_control ? 0 : LSA_BASELINE_ZERO;
    LSA_TRY(lsa_baselines_init(&s->baselines, s->usable, law, options->seed, err));
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        if ((s->usable & 1u << b) && !lsa_baseline_infinite(&s->baselines, b))
            s->finite[s->n_finite++] = b;
    LSA_TRY(choose_way(s, law, options, err));
done:
    return status;
}

/* The interval of quantity k, or the mean alone where one of the reasons stands against it. */
static lsa_sample_estimate estimate(const lsa_moments *moments, double count, double alpha, const char *reason,
                                    const char *other)
{
    if (reason || other)
        return lsa_interval_unbounded(moments, reason ? reason : other);
    return lsa_interval(moments, count, alpha);
}

static void multiply(lsa_sample_estimate *estimate, int exponent)
{
    estimate->mean = ldexp(estimate->mean, exponent);
    estimate->standard_error = ldexp(estimate->standard_error, exponent);
    estimate->half_width = ldexp(estimate->half_width, exponent);
}

/* From the average's units. */
static void unscale(int exponent, lsa_sample_result *result)
{
    multiply(&result->error, exponent);
    multiply(&result->controlled, exponent);
    for (int b = 0; b < LSA_BASELINE_COUNT; b++) {
        multiply(&result->baseline[b], exponent);
        multiply(&result->difference[b], exponent);
        multiply(&result->distance[b], exponent);
    }
}

static void report(const study *s, const lsa_average *average, double alpha, lsa_sample_result *result)
{
    const lsa_moments *moments = lsa_average_moments(average);
    const double count = (double)lsa_average_prompts(average);
    const double label_square = ldexp(s->label_square, -lsa_average_exponent(average));
    result->prompts = lsa_average_prompts(average);
    result->error =
        s->no_mean ? lsa_interval_infinite(s->no_mean) : estimate(moments, count, alpha, s->no_variance, NULL);
    for (int c = 0; c < s->n_finite; c++) {
        const lsa_moments *own = moments + place(c), *difference = own + 1, *distance = own + 2;
        if (1u << s->finite[c] == LSA_BASELINE_ZERO && !s->no_control)
            result->controlled =
                lsa_control_estimate(&moments[0], own, difference, label_square, count, alpha, &result->reduction);
        if (!(s->asked & 1u << s->finite[c]))
            continue;
        const char *reason = lsa_baseline_no_variance(&s->baselines, s->finite[c]);
        result->baseline[s->finite[c]] = estimate(own, count, alpha, reason, NULL);
        result->difference[s->finite[c]] =
            s->no_mean ? lsa_interval_infinite(s->no_mean) : estimate(difference, count, alpha, s->no_variance, reason);
        result->distance[s->finite[c]] =
            s->no_mean ? lsa_interval_infinite(s->no_mean) : estimate(distance, count, alpha, s->no_variance, reason);
    }
    unscale(lsa_average_exponent(average), result);
}

/* A result before anything is drawn. */
static lsa_sample_result nothing_yet(void)
{
    lsa_sample_result result = {.step = (double)NAN, .reduction = (double)NAN, .error = lsa_interval_none()};
    result.controlled = result.error;
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        result.baseline[b] = result.difference[b] = result.distance[b] = result.error;
    return result;
}

/* Why baseline b, which was asked for, has no estimate; or NULL. */
static const char *withheld(const study *s, int b)
{
    if (!(comparable(s) & 1u << b))
        return "the statement draws no context, query and task that this baseline could learn from";
    if (!(s->usable & 1u << b))
        return "fast sampling draws no context, which this baseline needs";
    return lsa_baseline_infinite(&s->baselines, b);
}

static void report_withheld(const study *s, lsa_sample_result *result)
{
    result->controlled.reason = s->no_control;
    for (int b = 0; b < LSA_BASELINE_COUNT; b++) {
        const char *reason = s->asked & 1u << b ? withheld(s, b) : NULL;
        if (reason)
            result->baseline[b] = result->difference[b] = result->distance[b] = lsa_interval_infinite(reason);
    }
}

/* The estimate of which the relative error is asked. */
static const lsa_sample_estimate *asked_of(const lsa_sample_options *options, const lsa_sample_result *result)
{
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        if (options->resolve == 1u << b)
            return &result->distance[b];
    return &result->error;
}

/* Looks at 2^14, 2^15, .. prompts until that estimate is resolved or the budget spent; alpha is split over the looks. */
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
            lsa_interval_resolves(asked_of(options, result), (double)result->prompts, alpha, options->relative_error);
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
    report_withheld(&s, result);
    const lsa_observable observable = {
        place(s.n_finite), s.way == WAY_SINGLE ? 1 : LSA_RNG_SIDE,          &s, create_worker,
        destroy_worker,    s.way == WAY_SINGLE ? observe_one : observe_side};
    LSA_TRY(lsa_average_create(&observable, options->threads, &average, err));
    LSA_TRY(draw(&s, options, average, result, err));
done:
    lsa_average_destroy(average);
    lsa_rotated_clear(&s.rotated);
    lsa_baselines_clear(&s.baselines);
    lsa_prompts_destroy(s.prompts);
    return status;
}

lsa_status lsa_sample_test(const lsa_experiment *experiment, const lsa_setting *test, const double *parameters,
                           const lsa_sample_options *options, lsa_sample_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_prompt_law law;
    lsa_forward *forward = NULL;
    lsa_layer *layer = NULL;
    *result = nothing_yet();
    LSA_TRY(test ? lsa_prompt_law_test(experiment, test, &law, err) : lsa_prompt_law_training(experiment, &law, err));
    LSA_TRY(lsa_forward_create(experiment, &law, &forward, err));
    if (lsa_statement_runs_layer(experiment->statement))
        LSA_TRY(lsa_forward_layer(forward, parameters, &layer, err));
    else if (test && lsa_prompt_law_labels(&law))
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE,
                              "the labels of test %s are not those that the statement writes, and it names no layer",
                              test->name));
    const lsa_predictor predictor = {layer, forward, parameters};
    LSA_TRY(lsa_sample_error(&predictor, &law, options, result, err));
done:
    lsa_layer_destroy(layer);
    lsa_forward_destroy(forward);
    return status;
}
