/* sample.c - the error of a predictor and of its baselines, drawn until the interval is narrow enough. */
#include "base/clock.h"
#include "base/matrix.h"
#include "base/try.h"
#include "empirical/baseline.h"
#include "empirical/control.h"
#include "empirical/forward.h"
#include "empirical/interval.h"
#include "empirical/predictor.h"
#include "empirical/prompt.h"
#include "empirical/prompt_average.h"
#include "empirical/side.h"
#include "empirical/strata_draw.h"
#include "empirical/tail.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

lsa_sample_options lsa_sample_options_defaults(void)
{
    return (lsa_sample_options){
        .seed = 1, .prompts = 2000000, .relative_error = 0.03, .seconds = (double)INFINITY, .alpha = 1e-6};
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
    unsigned asked, usable; /* baselines: asked for; drawn, which this way of drawing can give */
    lsa_baselines baselines;
    int n_finite, finite[LSA_BASELINE_COUNT];
    bool literal;
    const char *no_mean, *no_variance, *no_interval; /* reasons, or NULL */
    const char *no_control;                          /* why there is no control variate, or NULL */
    double label_square;                             /* the control's mean */
    lsa_strata strata;                               /* of the law */
    struct stratum *stratum;                         /* strata.count */
    lsa_moments *moments;                            /* of the stratified means, place(n_finite) */
    ptrdiff_t prompts;                               /* so far, over all strata */
    int exponent;                                    /* moments are in units of 2^exponent */
    double deadline;                                 /* of lsa_clock_seconds */
} study;

/* The prompts of one outcome of the law's discrete parts; of all of them, where nothing is split. */
typedef struct stratum {
    const study *study;
    lsa_prompt_law law;
    lsa_prompts *prompts;
    way way;
    lsa_rotated rotated; /* not for WAY_SINGLE */
    lsa_average *average;
} stratum;

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
    const stratum *part = shared;
    const study *s = part->study;
    worker *w = calloc(1, sizeof *w);
    LSA_TRY_MEMORY(w, "a sampling thread");
    if (part->way == WAY_SINGLE)
        LSA_TRY(lsa_trial_init(&w->trial, part->prompts, s->predictor, s->literal, err));
    else
        LSA_TRY(lsa_side_init(&w->side, &part->rotated, part->prompts, part->way == WAY_FAST, err));
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
    const stratum *part = shared;
    const study *s = part->study;
    worker *w = pointer;
    double prediction, target, miss[LSA_BASELINE_COUNT];
    (void)count; /* 1 */
    lsa_trial_predict(&w->trial, part->prompts, s->predictor, s->literal, first, &prediction, &target);
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
    const stratum *part = shared;
    const study *s = part->study;
    worker *w = pointer;
    lsa_side_result r;
    double miss[LSA_BASELINE_COUNT];
    (part->way == WAY_FAST ? lsa_side_fast : lsa_side_direct)(&w->side, first, &r);
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

static lsa_status check_fast(const study *s, const lsa_prompt_law *law, const lsa_sample_options *options,
                             lsa_error *err)
{
    const char *reason = options->fast ? needs_single(s, law, options) : NULL;
    return reason ? lsa_error_set(err, LSA_ERR_UNABLE, "fast sampling is not possible: %s", reason) : LSA_OK;
}

static lsa_status prepare_stratum(study *s, ptrdiff_t number, const lsa_prompt_law *law,
                                  const lsa_sample_options *options, lsa_error *err)
{
    lsa_status status = LSA_OK;
    stratum *part = &s->stratum[number];
    part->study = s;
    part->law = *law;
    part->law.setting = s->strata.stratum[number].setting;
    LSA_TRY(lsa_prompts_create(&part->law, options->seed, LSA_PROMPTS_SAMPLE, &part->prompts, err));
    part->way = needs_single(s, &part->law, options) ? WAY_SINGLE : options->fast ? WAY_FAST : WAY_DIRECT;
    const bool single = part->way == WAY_SINGLE;
    if (!single)
        LSA_TRY(lsa_rotated_init(&part->rotated, part->prompts, s->predictor->layer, err));
    const lsa_observable observable = {place(s->n_finite),
                                       single ? 1 : LSA_RNG_SIDE,
                                       lsa_stratum_first(number, options->first),
                                       part,
                                       create_worker,
                                       destroy_worker,
                                       single ? observe_one : observe_side};
    LSA_TRY(lsa_average_create(&observable, options->threads, &part->average, err));
    lsa_average_set_deadline(part->average, s->deadline);
done:
    return status;
}

static lsa_status prepare_strata(study *s, const lsa_prompt_law *law, const lsa_sample_options *options, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_strata_init(&s->strata, &law->setting, lsa_strata_most(options->prompts), err));
    s->stratum = calloc((size_t)s->strata.count, sizeof *s->stratum);
    s->moments = calloc((size_t)place(s->n_finite), sizeof *s->moments);
    LSA_TRY_MEMORY(s->stratum ? s->moments : NULL, "a stratified average");
    for (ptrdiff_t k = 0; k < s->strata.count; k++)
        LSA_TRY(prepare_stratum(s, k, law, options, err));
done:
    return status;
}

static void clear_strata(study *s)
{
    for (ptrdiff_t k = 0; s->stratum && k < s->strata.count; k++) {
        lsa_average_destroy(s->stratum[k].average);
        lsa_rotated_clear(&s->stratum[k].rotated);
        lsa_prompts_destroy(s->stratum[k].prompts);
    }
    free(s->stratum);
    free(s->moments);
    lsa_strata_clear(&s->strata);
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
    s->no_mean = lsa_tail_no_mean(s->predictor, law);
    s->no_variance = lsa_tail_no_variance(s->predictor, law);
    s->no_interval = lsa_tail_no_interval(law, lsa_tail_degree(s->predictor, law));
    s->no_control = refuse_control(s, law);
    s->asked = options->baselines;
    s->usable = s->asked & comparable(s) & (options->fast ? lsa_baselines_without_context : ~0u);
    s->usable |= s->no_control ? 0 : LSA_BASELINE_ZERO;
    LSA_TRY(lsa_baselines_init(&s->baselines, s->usable, law, options->seed, err));
    for (int b = 0; b < LSA_BASELINE_COUNT; b++)
        if ((s->usable & 1u << b) && !lsa_baseline_infinite(&s->baselines, b))
            s->finite[s->n_finite++] = b;
    LSA_TRY(check_fast(s, law, options, err));
    LSA_TRY(prepare_strata(s, law, options, err));
done:
    return status;
}

/* The interval of a quantity; without a variance the mean alone, and without an interval the standard error too. */
static lsa_sample_estimate estimate(const study *s, const lsa_moments *moments, double alpha, const char *no_variance,
                                    const char *no_interval)
{
    const double count = (double)s->prompts;
    const char *reason = no_interval ? no_interval : lsa_tail_seldom(&s->strata, count);
    if (no_variance)
        return lsa_interval_unbounded(moments, no_variance);
    lsa_sample_estimate out = lsa_interval(moments, count, alpha);
    if (reason) {
        out.untrusted = reason == no_interval ? out.half_width : 0.0;
        out.half_width = (double)INFINITY;
        out.reason = reason;
    }
    return out;
}

static const char *first_of(const char *reason, const char *other)
{
    return reason ? reason : other;
}

static void multiply(lsa_sample_estimate *estimate, int exponent)
{
    estimate->mean = ldexp(estimate->mean, exponent);
    estimate->standard_error = ldexp(estimate->standard_error, exponent);
    estimate->half_width = ldexp(estimate->half_width, exponent);
    estimate->untrusted = ldexp(estimate->untrusted, exponent);
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

static void report(const study *s, double alpha, lsa_sample_result *result)
{
    const lsa_moments *moments = s->moments;
    const double count = (double)s->prompts;
    const double label_square = ldexp(s->label_square, -s->exponent);
    result->prompts = s->prompts;
    result->error =
        s->no_mean ? lsa_interval_infinite(s->no_mean) : estimate(s, moments, alpha, s->no_variance, s->no_interval);
    for (int c = 0; c < s->n_finite; c++) {
        const lsa_moments *own = moments + place(c), *difference = own + 1, *distance = own + 2;
        if (1u << s->finite[c] == LSA_BASELINE_ZERO && !s->no_control)
            result->controlled =
                lsa_control_estimate(&moments[0], own, difference, label_square, count, alpha, &result->reduction);
        if (!(s->asked & 1u << s->finite[c]))
            continue;
        const char *own_variance = lsa_baseline_no_variance(&s->baselines, s->finite[c]);
        const char *own_interval = lsa_baseline_no_interval(&s->baselines, s->finite[c]);
        const char *variance = first_of(s->no_variance, own_variance);
        const char *interval = first_of(s->no_interval, own_interval);
        result->baseline[s->finite[c]] = estimate(s, own, alpha, own_variance, own_interval);
        result->difference[s->finite[c]] =
            s->no_mean ? lsa_interval_infinite(s->no_mean) : estimate(s, difference, alpha, variance, interval);
        result->distance[s->finite[c]] =
            s->no_mean ? lsa_interval_infinite(s->no_mean) : estimate(s, distance, alpha, variance, interval);
    }
    unscale(s->exponent, result);
}

/* A result before anything is drawn. */
static lsa_sample_result nothing_yet(void)
{
    lsa_sample_result result = {
        .step = (double)NAN, .reduction = (double)NAN, .attained = (double)INFINITY, .error = lsa_interval_none()};
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

/* The moments of all strata in units of the largest exponent. */
static void combine(study *s)
{
    const ptrdiff_t n = place(s->n_finite);
    s->prompts = 0;
    s->exponent = lsa_average_exponent(s->stratum[0].average);
    for (ptrdiff_t k = 0; k < s->strata.count; k++) {
        const int exponent = lsa_average_exponent(s->stratum[k].average);
        s->exponent = exponent > s->exponent ? exponent : s->exponent;
        s->prompts += lsa_average_prompts(s->stratum[k].average);
    }
    if (s->strata.count == 1) {
        memcpy(s->moments, lsa_average_moments(s->stratum[0].average), (size_t)n * sizeof *s->moments);
        return;
    }
    memset(s->moments, 0, (size_t)n * sizeof *s->moments);
    for (ptrdiff_t k = 0; k < s->strata.count; k++) {
        const lsa_average *average = s->stratum[k].average;
        const int down = lsa_average_exponent(average) - s->exponent;
        lsa_strata_add(n, s->moments, ldexp(s->strata.stratum[k].weight, down), lsa_average_moments(average),
                       (double)lsa_average_prompts(average));
    }
    lsa_strata_finish(n, s->moments, (double)s->prompts);
}

/* Every stratum has given something. */
static bool is_complete(const study *s)
{
    for (ptrdiff_t k = 0; k < s->strata.count; k++)
        if (lsa_average_prompts(s->stratum[k].average) == 0)
            return false;
    return true;
}

static lsa_status extend(study *s, ptrdiff_t prompts, const lsa_sample_options *options, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; k < s->strata.count; k++)
        LSA_TRY(lsa_average_extend(s->stratum[k].average, lsa_stratum_prompts(&s->strata, k, prompts, options->prompts),
                                   options->interrupt, err));
done:
    return status;
}

/* Looks at 2^14, 2^15, .. prompts until that estimate is resolved or the budget spent; alpha is split over the looks. */
static lsa_status draw(study *s, const lsa_sample_options *options, lsa_sample_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double alpha = options->alpha / lsa_looks(options->prompts);
    result->looks = lsa_looks(options->prompts);
    for (int k = 0; k < result->looks && !result->resolved && !result->late; k++) {
        LSA_TRY(extend(s, lsa_look_prompts(k, options->prompts), options, err));
        if (!is_complete(s)) {
            result->late = true;
            break;
        }
        combine(s);
        report(s, alpha, result);
        result->late = s->prompts < lsa_look_prompts(k, options->prompts);
        result->attained = lsa_interval_attains(asked_of(options, result), (double)result->prompts, alpha);
        result->resolved = result->attained <= options->relative_error;
        result->late = result->late && !result->resolved;
    }
done:
    if (status == LSA_ERR_INTERRUPTED && is_complete(s)) {
        combine(s);
        report(s, alpha, result);
    }
    return status;
}

lsa_status lsa_sample_error(const lsa_predictor *predictor, const lsa_prompt_law *law,
                            const lsa_sample_options *options, lsa_sample_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    study s = {.predictor = predictor, .literal = options->literal, .deadline = lsa_clock_seconds() + options->seconds};
    const double begun = lsa_clock_seconds();
    *result = nothing_yet();
    LSA_TRY(lsa_sample_check(options, predictor, err));
    LSA_TRY(prepare(&s, law, options, err));
    result->step = s.baselines.step;
    result->strata = s.strata.count;
    report_withheld(&s, result);
    LSA_TRY(draw(&s, options, result, err));
done:
    if (options->spent)
        *options->spent += lsa_clock_seconds() - begun;
    clear_strata(&s);
    lsa_baselines_clear(&s.baselines);
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
