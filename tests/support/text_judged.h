/* text_judged.h - one claim of text on a model of text, and what it must come to. */
#ifndef LSAFLOW_TEST_TEXT_JUDGED_H
#define LSAFLOW_TEST_TEXT_JUDGED_H

#include "judged.h"
#include <stdio.h>

/* The first result of one claim, the model's text with the mapping `claim` behind it. */
static inline lsa_claim_result judge(const char *model, const char *claim)
{
    char text[4096];
    snprintf(text, sizeof text, "%sclaims:\n  - %s\n", model, claim);
    fixture f = make(text);
    lsa_claim_result result = judge_first(f.study);
    result.text = NULL; /* it dies with the model */
    result.test = NULL;
    clear(&f);
    return result;
}

/* The same, of that verdict. */
static inline lsa_claim_result is(const char *model, const char *claim, lsa_verdict verdict)
{
    const lsa_claim_result result = judge(model, claim);
    if (result.verdict != verdict)
        fail_msg("%s\n  %s, wanted %s: predicted %.17g, measured %.17g, tolerance %.3g, %s", claim,
                 lsa_verdict_text(result.verdict), lsa_verdict_text(verdict), result.predicted, result.measured,
                 result.tolerance, result.why);
    return result;
}

static inline void says(const char *model, const char *claim, lsa_verdict verdict, const char *why)
{
    const lsa_claim_result result = judge(model, claim);
    if (result.verdict != verdict)
        fail_msg("%s\n  %s, wanted %s: %s", claim, lsa_verdict_text(result.verdict), lsa_verdict_text(verdict),
                 result.why);
    check_contains(result.why, why);
}

/* Reading and judging the text, which ends early: the status and its message. */
static inline lsa_status judge_text_status(const char *text, lsa_error *err)
{
    lsa_model *model = NULL;
    lsa_study *study = NULL;
    lsa_claim_result *results = NULL;
    ptrdiff_t count = 0;
    lsa_status status = lsa_model_parse("model.yaml", text, strlen(text), NULL, &model, err);
    if (status == LSA_OK)
        status = lsa_study_create(lsa_model_experiment(model, 0), NULL, &study, err);
    if (status == LSA_OK)
        status = lsa_verify(study, &results, &count, err);
    free(results);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
    return status;
}

#endif
