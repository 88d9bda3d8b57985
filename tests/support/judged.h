/* judged.h - one claim judged on a model's text, in truth and with one predicted number falsified. */
#ifndef LSAFLOW_TESTS_JUDGED_H
#define LSAFLOW_TESTS_JUDGED_H

#include "check.h"
#include "model_text.h"

#include "verify/study.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fixture {
    lsa_model *model;
    lsa_study *study;
    lsa_predictions *p;
} fixture;

static inline fixture make(const char *text)
{
    fixture f = {.model = model_of(text)};
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_study_create(lsa_model_experiment(f.model, 0), NULL, &f.study, &err), LSA_OK, &err);
    return f;
}

static inline fixture make_with_predictions(const char *text)
{
    fixture f = make(text);
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_study_predictions(f.study, &f.p, &err), LSA_OK, &err);
    return f;
}

static inline void clear(fixture *f)
{
    lsa_study_destroy(f->study);
    lsa_model_destroy(f->model);
}

/* Judges one claim by name: the model's text with `claims: [name]` appended. */
static inline char *with_claim(const char *text, const char *name)
{
    const size_t size = strlen(text) + strlen(name) + 16;
    char *out = malloc(size);
    assert_non_null(out);
    snprintf(out, size, "%sclaims: [%s]\n", text, name);
    return out;
}

static inline lsa_claim_result judge_first(lsa_study *study)
{
    lsa_claim_result *results, first;
    ptrdiff_t count;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_verify(study, &results, &count, &err), LSA_OK, &err);
    assert_true(count > 0);
    first = results[0];
    free(results);
    return first;
}

/* What a control changes before the claim is judged again; slack is the one that was measured in truth. */
typedef void falsify(fixture *f, double slack);

/* A change that a study applies to its predictions, and every study that confirms its verdicts to its own. */
typedef struct falsified {
    lsa_model *model;
    falsify *change;
    double slack;
} falsified;

static inline void falsify_study(void *context, lsa_study *study, lsa_predictions *predictions)
{
    const falsified *wrong = context;
    fixture f = {.model = wrong->model, .study = study, .p = predictions};
    wrong->change(&f, wrong->slack);
}

static inline void check_verdict(const lsa_claim_result *result, lsa_verdict verdict)
{
    if (result->verdict == verdict)
        return;
    print_error("%s: %s (predicted %.17g, measured %.17g, tolerance %.3g, slack %.6g): %s\n", result->name,
                lsa_verdict_text(result->verdict), result->predicted, result->measured, result->tolerance,
                result->slack, result->why);
    fail();
}

/* The claim holds on each of the texts; after the change it fails. */
static inline void control(size_t n, const char *const *texts, const char *name, falsify *change)
{
    for (size_t k = 0; k < n; k++) {
        char *text = with_claim(texts[k], name);
        print_message("%s, setting %zu\n", name, k + 1);
        fixture truth = make_with_predictions(text);
        const lsa_claim_result held = judge_first(truth.study);
        check_verdict(&held, LSA_VERDICT_HOLDS);
        clear(&truth);
        fixture wrong = make(text);
        falsified how = {wrong.model, change, held.slack};
        lsa_study_alter(wrong.study, falsify_study, &how);
        check_status(lsa_study_predictions(wrong.study, &wrong.p, NULL), LSA_OK, NULL);
        const lsa_claim_result failed = judge_first(wrong.study);
        check_verdict(&failed, LSA_VERDICT_FAILS);
        clear(&wrong);
        free(text);
    }
}

/* The shipped claim of that name; in the arena. */
static inline const lsa_text_claim *shipped_claim(lsa_arena *arena, const char *name)
{
    lsa_shipped_claims shipped;
    lsa_error err = {0};
    check_status(lsa_shipped_claims_read(arena, &shipped, &err), LSA_OK, &err);
    for (ptrdiff_t k = 0; k < shipped.count; k++)
        if (strcmp(shipped.claims[k].name, name) == 0)
            return &shipped.claims[k];
    print_error("no file of models/claims has a claim %s\n", name);
    fail();
    return NULL;
}

/* What is said of one formula on an experiment. */
static inline lsa_claim_result judge_formula(const lsa_experiment *experiment, const lsa_text_claim *claim)
{
    lsa_study *study;
    lsa_error err = {0};
    lsa_experiment asked = *experiment;
    asked.all_claims = false;
    asked.n_claims = 0;
    asked.n_text_claims = 1;
    asked.text_claims = claim;
    check_status(lsa_study_create(&asked, NULL, &study, &err), LSA_OK, &err);
    const lsa_claim_result result = judge_first(study);
    lsa_study_destroy(study);
    return result;
}

/* The claim holds on each of the texts, and at least one of its wrong forms fails there. */
static inline void wrong_forms(size_t n, const char *const *texts, const char *name)
{
    lsa_arena *arena = lsa_arena_create();
    assert_non_null(arena);
    const lsa_text_claim *claim = shipped_claim(arena, name);
    for (size_t k = 0; k < n; k++) {
        lsa_model *model = model_of(texts[k]);
        const lsa_claim_result held = judge_formula(lsa_model_experiment(model, 0), claim);
        ptrdiff_t refuted = 0;
        print_message("%s, setting %zu\n", name, k + 1);
        check_verdict(&held, LSA_VERDICT_HOLDS);
        for (ptrdiff_t i = 0; i < claim->n_wrong; i++) {
            lsa_text_claim wrong;
            check_status(lsa_wrong_claim(arena, claim, &claim->wrong[i], &wrong, NULL), LSA_OK, NULL);
            refuted += judge_formula(lsa_model_experiment(model, 0), &wrong).verdict == LSA_VERDICT_FAILS;
        }
        assert_true(refuted > 0);
        lsa_model_destroy(model);
    }
    lsa_arena_destroy(arena);
}

/* Bounds just beyond what was measured, for controls. */
static inline void tighten_u_bound(fixture *f, double slack)
{
    f->p->u_lower_bound *= 1.01 * slack;
}

static inline void tighten_pl(fixture *f, double slack)
{
    f->p->pl *= 1.01 * slack;
}

static inline void tighten_least_rate(fixture *f, double slack)
{
    f->p->least_rate *= 1.01 * slack;
}

#endif
