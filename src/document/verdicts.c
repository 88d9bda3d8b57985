/* verdicts.c - every claim with both its numbers, and what is said of all of them together. */
#include "document/document.h"

#include "base/text.h"
#include "base/try.h"
#include "verify/claim.h"
#include <math.h>
#include <stdlib.h>

static lsa_status witnesses_of(unsigned witnesses, lsa_arena *arena, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    lsa_claim_witnesses(witnesses, &text);
    LSA_TRY_MEMORY(text.failed ? NULL : &text, "the witnesses of a claim");
    *out = lsa_arena_text(arena, text.data != NULL ? text.data : "", text.length);
    LSA_TRY_MEMORY(*out, "the witnesses of a claim");
done:
    lsa_text_clear(&text);
    return status;
}

/* A claim of the model file: its formula, and who knows its sides. */
static lsa_status record_text(const lsa_claim_result *result, lsa_arena *arena, lsa_report_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (result->text == NULL)
        return LSA_OK;
    out->formula = lsa_claim_formula(result->text);
    out->each = result->each;
    out->kind = result->kind;
    out->place = result->place;
    out->span = result->span;
    out->enclosed = result->enclosed;
    out->tautology = result->tautology;
    out->tight = result->tight;
    for (int k = 0; k < 2; k++)
        LSA_TRY(witnesses_of(result->witnesses[k], arena, &out->witnesses[k], err));
done:
    return status;
}

static lsa_status record_claim(const lsa_claim_result *result, lsa_arena *arena, lsa_report_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_report_hypothesis *hypotheses = lsa_arena_alloc(arena, (size_t)result->n_hypotheses, sizeof *hypotheses);
    LSA_TRY_MEMORY(hypotheses, "the hypotheses of a claim");
    for (int i = 0; i < result->n_hypotheses; i++) {
        const lsa_hypothesis *h = &result->hypotheses[i];
        hypotheses[i] =
            (lsa_report_hypothesis){.name = h->name,
                                    .value = {h->value, NULL},
                                    .bound = {h->bound, NULL},
                                    .margin = {h->met ? fabs(h->bound - h->value) : -fabs(h->bound - h->value), NULL},
                                    .met = h->met};
    }
    static const char *const no_number = "there is no such number for this claim";
    const char *reason = result->why[0] != '\0' ? result->why : no_number;
    *out = (lsa_report_claim){.name = result->name,
                              .source = result->source,
                              .summary = result->summary[0] != '\0' ? result->summary : NULL,
                              .test = result->test != NULL ? result->test->name : NULL,
                              .context = result->context,
                              .scale = document_scale_of(result->test),
                              .n_hypotheses = result->n_hypotheses,
                              .hypotheses = hypotheses,
                              .predicted = {result->predicted, reason},
                              .measured = {result->measured, reason},
                              .tolerance = {result->tolerance, no_number},
                              .slack = {result->slack, "the claim is no inequality"},
                              .relative_error = result->relative_error,
                              .resolution = {result->resolution, "the prediction has no size that is known"},
                              .confirmations = result->confirmations,
                              .withdrawn = result->withdrawn,
                              .fresh = result->fresh.drawn,
                              .fresh_measured = {result->fresh.measured, no_number},
                              .fresh_tolerance = {result->fresh.tolerance, no_number},
                              .verdict = lsa_verdict_text(result->verdict),
                              .why = result->why};
    LSA_TRY(record_text(result, arena, out, err));
done:
    return status;
}

static lsa_status record_claims(document_verdicts *all, lsa_error *err)
{
    lsa_status status = LSA_OK;
    all->arena = lsa_arena_create();
    LSA_TRY_MEMORY(all->arena, "the verdicts");
    all->claims = lsa_arena_alloc(all->arena, (size_t)all->count, sizeof *all->claims);
    LSA_TRY_MEMORY(all->claims, "the verdicts");
    for (ptrdiff_t i = 0; i < all->count; i++)
        LSA_TRY(record_claim(&all->results[i], all->arena, &all->claims[i], err));
done:
    return status;
}

static lsa_status judge_overall(lsa_study *study, bool interrupted, document_verdicts *all, lsa_error *err)
{
    all->verdict = lsa_verify_overall(all->results, all->count);
    all->text = lsa_verdict_text(all->verdict);
    all->units = lsa_verify_units(study);
    if (!interrupted)
        return lsa_study_second_road(study, &all->road, err);
    all->text = "interrupted";
    all->left = lsa_verify_left(study, all->results, all->count);
    return LSA_OK;
}

lsa_status document_verify(lsa_study *study, document_verdicts *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (document_verdicts){0};
    status = lsa_verify(study, &out->results, &out->count, err);
    const bool interrupted = status == LSA_ERR_INTERRUPTED;
    if (status != LSA_OK && !interrupted)
        goto done;
    LSA_TRY(judge_overall(study, interrupted, out, err));
    LSA_TRY(record_claims(out, err));
    if (interrupted)
        status = lsa_error_set(err, LSA_ERR_INTERRUPTED,
                               "interrupted; the claims that were judged are kept, %td are left", out->left);
done:
    return status;
}

void document_verdicts_clear(document_verdicts *all)
{
    lsa_arena_destroy(all->arena);
    free(all->results);
}

/* Present where the claims' numbers are not in the user's units: his are these times the claims'. */
static void json_units(lsa_json *json, lsa_units units)
{
    if (units.law == 0)
        return;
    lsa_json_object(json, "units");
    lsa_json_number(json, "covariance", ldexp(1.0, units.law));
    lsa_json_number(json, "loss", ldexp(1.0, units.loss));
    lsa_json_number(json, "parameters", ldexp(1.0, units.state));
    lsa_json_number(json, "time", ldexp(1.0, units.time));
    lsa_json_end(json);
}

static void json_road(lsa_json *json, const lsa_second_road *road)
{
    const lsa_quantity difference = {road->difference, road->reason}, time = {road->time, road->reason};
    if (!road->asked)
        return;
    lsa_json_object(json, "second_road");
    lsa_json_string(json, "method", "spectral");
    lsa_json_integer(json, "samples", road->samples);
    lsa_json_quantity(json, "difference", difference);
    lsa_json_quantity(json, "time", time);
    lsa_json_end(json);
}

/* Sampled claims that missed their interval and were judged once more, on fresh prompts. */
static ptrdiff_t count_fresh(ptrdiff_t count, const lsa_report_claim *claims)
{
    ptrdiff_t fresh = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        fresh += claims[i].fresh;
    return fresh;
}

void document_verdicts_json(lsa_json *json, const document_verdicts *all)
{
    lsa_json_claims(json, all->count, all->claims);
    json_units(json, all->units);
    const ptrdiff_t fresh = count_fresh(all->count, all->claims);
    if (fresh > 0)
        lsa_json_integer(json, "fresh_samples", fresh);
    json_road(json, &all->road);
    if (all->left > 0)
        lsa_json_integer(json, "claims_left", all->left);
    lsa_json_string(json, "verdict", all->text);
}
