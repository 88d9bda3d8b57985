/* confirm.c - a refuted claim once more, by other computations. */
#include "verify/confirm.h"

#include "base/try.h"
#include "verify/image.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Differences that confirm each other are within this share. */
static const double agreement = 0.25;
/* Another way to the same path: its tolerance over the first one's, and the finest there is. */
typedef struct road {
    const char *what;
    double rtol;
    bool spectral;
} road;
/* Tried in this order. */
static const road roads[] = {
    {"one scalar equation", 1e-2, true}, {"a finer flow", 1e-2, false}, {"a finer flow", 1e-1, false}};
enum { ROADS = sizeof roads / sizeof *roads };
static const double finest = 1e-14;
/* The image: Lambda and s2 times this, axes turned by this seed. */
static const double image_scale = 1.0 / 3.0;
enum { IMAGE_SEED = 20241 };

enum { SECONDS = 2 };

typedef struct second {
    const char *what;
    bool image;
    bool tried;
    lsa_study *study; /* NULL after it was tried: there is none */
} second;

struct confirmer {
    lsa_arena *arena;
    lsa_study *first;
    second seconds[SECONDS];
};

lsa_status confirmer_create(lsa_study *study, confirmer **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    confirmer *c = calloc(1, sizeof *c);
    LSA_TRY_MEMORY(c, "the confirmation of verdicts");
    c->first = study;
    c->seconds[1].what = "other axes and units";
    c->seconds[1].image = true;
    c->arena = lsa_arena_create();
    LSA_TRY_MEMORY(c->arena, "the confirmation of verdicts");
    *out = c;
    c = NULL;
done:
    confirmer_destroy(c);
    return status;
}

void confirmer_destroy(confirmer *c)
{
    if (c == NULL)
        return;
    for (int k = 0; k < SECONDS; k++)
        lsa_study_destroy(c->seconds[k].study);
    lsa_arena_destroy(c->arena);
    free(c);
}

/* ---------------------------------------------------------------- the further studies */

static lsa_status by_road(confirmer *c, const road *r, const lsa_experiment **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_experiment *e = lsa_arena_alloc(c->arena, 1, sizeof *e);
    LSA_TRY_MEMORY(e, "the confirmation of verdicts");
    *e = *lsa_study_experiment(c->first);
    e->flow.rtol = fmax(r->rtol * e->flow.rtol, finest);
    if (r->spectral)
        e->flow.method = LSA_METHOD_SPECTRAL;
    *out = e;
done:
    return status;
}

static lsa_status make_image(confirmer *c, const lsa_experiment **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *e = lsa_study_experiment(c->first), *turned = e;
    const lsa_program *program;
    const double *start;
    lsa_error story = {0};
    const image_units units = image_units_of(e, image_scale);
    *out = NULL;
    if (!lsa_statement_is_shipped(e->statement) || !image_exists(e))
        return LSA_OK;
    LSA_TRY(lsa_study_program(c->first, &program, err));
    LSA_TRY(lsa_study_start(c->first, &start, err));
    status = image_turn(c->arena, e, program, start, IMAGE_SEED, &turned, &story);
    if (status != LSA_OK && status != LSA_ERR_UNABLE)
        LSA_TRY(lsa_error_copy(err, status, &story));
    LSA_TRY(image_make(c->arena, turned, program, &units, out, err));
done:
    return status;
}

static lsa_status make_study(const confirmer *c, const lsa_experiment *experiment, lsa_study **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study_options options = *lsa_study_settings(c->first);
    options.progress = NULL;
    LSA_TRY(lsa_study_create(experiment, &options, out, err));
done:
    return status;
}

/* The study's path; path->run is NULL where it has none. */
static lsa_status path_of(lsa_study *study, flow_path *path, lsa_error *err)
{
    lsa_error story = {0};
    *path = (flow_path){.run = NULL};
    const lsa_status status = lsa_study_path(study, path, &story);
    if (status == LSA_ERR_INTERRUPTED || status == LSA_ERR_MEMORY)
        return lsa_error_copy(err, status, &story);
    return LSA_OK;
}

/* Whether the other path reaches what the first one reached: there is none by one scalar equation where the loss has not that
 * form, and a run at so fine a tolerance that rounding stops it halfway confirms nothing. */
static lsa_status goes_as_far(const confirmer *c, lsa_study *other, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_path first, next;
    LSA_TRY(path_of(c->first, &first, err));
    LSA_TRY(path_of(other, &next, err));
    if (first.run == NULL || next.run == NULL || (next.coarse == NULL && first.coarse != NULL)) {
        *out = first.run == NULL;
        goto done;
    }
    const double gap = fmax(lsa_trajectory_raw(first.run).gap, lsa_study_experiment(c->first)->flow.stop.gap);
    *out = lsa_trajectory_raw(next.run).gap <= 10.0 * gap;
done:
    return status;
}

/* By the first road that goes as far, or by the last. */
static lsa_status make_other_road(confirmer *c, second *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = NULL;
    bool far = false;
    for (int k = 0; k < ROADS && !far; k++) {
        lsa_study_destroy(s->study);
        s->study = NULL;
        s->what = roads[k].what;
        LSA_TRY(by_road(c, &roads[k], &experiment, err));
        LSA_TRY(make_study(c, experiment, &s->study, err));
        study_allow_law(s->study);
        LSA_TRY(goes_as_far(c, s->study, &far, err));
    }
done:
    return status;
}

static lsa_status make_image_study(confirmer *c, second *s, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = NULL;
    LSA_TRY(make_image(c, &experiment, err));
    if (experiment != NULL)
        LSA_TRY(make_study(c, experiment, &s->study, err));
done:
    return status;
}

/* ---------------------------------------------------------------- comparison */

/* By how much a result is off, in units that its image shares; NAN where there are none. */
static double relative_difference(const lsa_claim_result *result)
{
    if (!isnan(result->slack))
        return 1.0 - result->slack;
    return fabs(result->measured - result->predicted) / result->scale;
}

/* In the same axes the difference is the same one; an inequality may be missed by more, since more samples are known. A wrong
 * formula need not share the symmetry of an image: that it is refuted there too is enough. */
static bool agrees(const lsa_claim_result *first, const lsa_claim_result *other, bool image)
{
    const double a = relative_difference(first), b = relative_difference(other);
    if (other->verdict != LSA_VERDICT_FAILS || image)
        return other->verdict == LSA_VERDICT_FAILS;
    return isnan(first->slack) ? !(fabs(a - b) > agreement * fabs(a)) : b >= (1.0 - agreement) * a;
}

static void withdraw(lsa_claim_result *result, const char *what, const lsa_claim_result *other)
{
    char before[LSA_WHY_MAX];
    snprintf(before, sizeof before, "%s", result->why);
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    result->withdrawn = true;
    if (other == NULL)
        claim_why(result, "not confirmed by %s, which has no such result: %.200s", what, before);
    else
        claim_why(result, "not confirmed by %s (%s, predicted %.6g, measured %.6g, tolerance %.2g): %.120s", what,
                  lsa_verdict_text(other->verdict), other->predicted, other->measured, other->tolerance, before);
}

/* A refutation that prompts made has been put to fresh ones. */
static bool is_open(const lsa_claim_result *result)
{
    return result->verdict == LSA_VERDICT_FAILS && !result->fresh.drawn;
}

/* The claim judged by one of the further studies; list.results[i] is what became of results[i]. */
static lsa_status ask_second(second *s, const claim_context *context, claim_check *check, lsa_claim_result *results,
                             ptrdiff_t count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_list list = {0};
    lsa_predictions *p;
    const claim_context other = {.study = s->study,
                                 .experiment = lsa_study_experiment(s->study),
                                 .claim = context->claim,
                                 .published = context->published,
                                 .text = context->text,
                                 .instances = context->instances,
                                 .alpha = context->alpha,
                                 .out = &list};
    lsa_error story = {0};
    study_alter_like(s->study, context->study);
    (void)lsa_study_predictions(s->study, &p, NULL); /* a claim that needs them says why they are not */
    const lsa_status judged = claim_judge(&other, check, &story);
    if (judged != LSA_OK && judged != LSA_ERR_SOLVER && judged != LSA_ERR_DOMAIN)
        LSA_TRY(lsa_error_copy(err, judged, &story));
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_claim_result *same = judged == LSA_OK && list.count == count ? &list.results[i] : NULL;
        if (!is_open(&results[i]))
            continue;
        results[i].confirmations++;
        if (same == NULL || !agrees(&results[i], same, s->image))
            withdraw(&results[i], s->what, same);
    }
done:
    free(list.results);
    return status;
}

static bool any_fails(const lsa_claim_result *results, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++)
        if (is_open(&results[i]))
            return true;
    return false;
}

lsa_status confirmer_ask(confirmer *c, const claim_context *context, claim_check *check, ptrdiff_t first,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t count = context->out->count - first;
    lsa_claim_result *results = context->out->results + first;
    for (int k = 0; k < SECONDS && any_fails(results, count); k++) {
        second *s = &c->seconds[k];
        if (s->image && context->text != NULL)
            break; /* a formula has axes and units of its own */
        if (!s->tried)
            LSA_TRY(s->image ? make_image_study(c, s, err) : make_other_road(c, s, err));
        s->tried = true;
        if (s->study != NULL)
            LSA_TRY(ask_second(s, context, check, results, count, err));
    }
done:
    return status;
}
