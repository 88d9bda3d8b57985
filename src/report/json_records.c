/* json_records.c - claims, tests and samples as the fields of the JSON contract. */
#include "report/report.h"

#include <math.h>

static void add_hypothesis(lsa_json *json, const lsa_report_hypothesis *hypothesis)
{
    lsa_json_object(json, NULL);
    lsa_json_string(json, "name", hypothesis->name);
    lsa_json_quantity(json, "value", hypothesis->value);
    lsa_json_quantity(json, "bound", hypothesis->bound);
    lsa_json_quantity(json, "margin", hypothesis->margin);
    lsa_json_bool(json, "met", hypothesis->met);
    lsa_json_end(json);
}

/* The reason for a number that the claim does not have: its own, else what the claim says of itself. */
static lsa_quantity explained(lsa_quantity quantity, const char *why)
{
    if (quantity.reason == NULL && why != NULL && *why != '\0')
        quantity.reason = why;
    return quantity;
}

/* Which setting of an entry whose covariance is a list: the factor c. */
static void add_scale(lsa_json *json, const double *scale)
{
    if (scale != NULL)
        lsa_json_number(json, "covariance_scale", *scale);
}

static void add_text(lsa_json *json, const char *name, const char *text)
{
    if (text != NULL && *text != '\0')
        lsa_json_string(json, name, text);
}

/* What a claim of the file's own has beside its numbers. */
static void add_formula(lsa_json *json, const lsa_report_claim *claim)
{
    lsa_json_string(json, "formula", claim->formula);
    add_text(json, "for", claim->each);
    add_text(json, "kind", claim->kind);
    lsa_json_array(json, "witnesses");
    lsa_json_string(json, NULL, claim->witnesses[0]);
    lsa_json_string(json, NULL, claim->witnesses[1]);
    lsa_json_end(json);
    add_text(json, "place", claim->place);
    add_text(json, "span", claim->span);
    lsa_json_string(json, "numbers", claim->enclosed ? "enclosed" : "estimated");
    lsa_json_bool(json, "tautology", claim->tautology);
    if (!isnan(claim->slack.value))
        lsa_json_bool(json, "tight", claim->tight);
}

static void add_claim(lsa_json *json, const lsa_report_claim *claim)
{
    lsa_json_object(json, NULL);
    lsa_json_string(json, "name", claim->name);
    lsa_json_string(json, "source", claim->source);
    if (claim->test != NULL) {
        lsa_json_string(json, "test", claim->test);
        if (!isnan(claim->context))
            lsa_json_context(json, "context", claim->context);
        add_scale(json, claim->scale);
    }
    lsa_json_array(json, "hypotheses");
    for (ptrdiff_t k = 0; k < claim->n_hypotheses; ++k)
        add_hypothesis(json, &claim->hypotheses[k]);
    lsa_json_end(json);
    lsa_json_quantity(json, "predicted", explained(claim->predicted, claim->why));
    lsa_json_quantity(json, "measured", explained(claim->measured, claim->why));
    lsa_json_quantity(json, "tolerance", explained(claim->tolerance, "the claim is no equality with a tolerance"));
    lsa_json_quantity(json, "slack", explained(claim->slack, "the claim is no inequality"));
    lsa_json_quantity(json, "resolution", explained(claim->resolution, "the prediction has no size that is known"));
    if (!isnan(claim->relative_error))
        lsa_json_number(json, "relative_error", claim->relative_error);
    if (claim->confirmations > 0) {
        lsa_json_object(json, "confirmation");
        lsa_json_number(json, "computations", claim->confirmations);
        lsa_json_bool(json, "agree", !claim->withdrawn);
        lsa_json_end(json);
    }
    if (claim->fresh) {
        lsa_json_object(json, "fresh");
        lsa_json_quantity(json, "measured", claim->fresh_measured);
        lsa_json_quantity(json, "tolerance", claim->fresh_tolerance);
        lsa_json_end(json);
    }
    if (claim->formula != NULL)
        add_formula(json, claim);
    lsa_json_string(json, "verdict", claim->verdict);
    lsa_json_string(json, "why", claim->why);
    lsa_json_end(json);
}

void lsa_json_claims(lsa_json *json, ptrdiff_t n, const lsa_report_claim *claims)
{
    lsa_json_array(json, "claims");
    for (ptrdiff_t k = 0; k < n; ++k)
        add_claim(json, &claims[k]);
    lsa_json_end(json);
}

/* What the error above the best linear one is made of; null where there is no such sum. */
static void add_split(lsa_json *json, const lsa_report_test *test)
{
    if (isnan(test->shift.value)) {
        lsa_json_null(json, "split", test->shift.reason);
        return;
    }
    lsa_json_object(json, "split");
    lsa_json_quantity(json, "shift", test->shift);
    lsa_json_quantity(json, "finite_training", test->finite_training);
    lsa_json_quantity(json, "finite_context", test->finite_context);
    lsa_json_end(json);
}

void lsa_json_tests(lsa_json *json, ptrdiff_t n, const lsa_report_test *tests)
{
    lsa_json_array(json, "tests");
    for (ptrdiff_t k = 0; k < n; ++k) {
        lsa_json_object(json, NULL);
        lsa_json_string(json, "name", tests[k].name);
        lsa_json_context(json, "context", tests[k].context);
        add_scale(json, tests[k].scale);
        lsa_json_quantity(json, "error", tests[k].error);
        lsa_json_quantity(json, "best_linear", tests[k].best_linear);
        lsa_json_quantity(json, "context_term", tests[k].context_term);
        lsa_json_quantity(json, "training_term", tests[k].training_term);
        add_split(json, &tests[k]);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}

static void add_controlled(lsa_json *json, const lsa_report_sample *sample)
{
    lsa_json_object(json, "controlled");
    lsa_json_quantity(json, "error", sample->controlled);
    lsa_json_quantity(json, "stderr", sample->controlled_error);
    lsa_json_quantity(json, "reduction", sample->reduction);
    lsa_json_end(json);
}

static void add_baselines(lsa_json *json, const lsa_report_sample *sample)
{
    lsa_json_object(json, "baselines");
    for (ptrdiff_t k = 0; k < sample->n_baselines; ++k) {
        lsa_json_object(json, sample->baselines[k].name);
        lsa_json_quantity(json, "error", sample->baselines[k].error);
        lsa_json_quantity(json, "stderr", sample->baselines[k].standard_error);
        lsa_json_quantity(json, "difference", sample->baselines[k].difference);
        lsa_json_quantity(json, "difference_stderr", sample->baselines[k].difference_error);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}

void lsa_json_samples(lsa_json *json, ptrdiff_t n, const lsa_report_sample *samples)
{
    lsa_json_array(json, "tests");
    for (ptrdiff_t k = 0; k < n; ++k) {
        lsa_json_object(json, NULL);
        lsa_json_string(json, "name", samples[k].name);
        lsa_json_context(json, "context", samples[k].context);
        add_scale(json, samples[k].scale);
        lsa_json_quantity(json, "error", samples[k].error);
        lsa_json_quantity(json, "stderr", samples[k].standard_error);
        lsa_json_quantity(json, "half_width", samples[k].half_width);
        lsa_json_quantity(json, "predicted", samples[k].predicted);
        lsa_json_quantity(json, "predicted_stderr", samples[k].predicted_error);
        lsa_json_quantity(json, "detects", samples[k].detects);
        add_controlled(json, &samples[k]);
        lsa_json_integer(json, "prompts", samples[k].prompts);
        lsa_json_bool(json, "resolved", samples[k].resolved);
        add_baselines(json, &samples[k]);
        lsa_json_end(json);
    }
    lsa_json_end(json);
}
