/* mutants.c - see mutants.h. */
#include "verify/mutants.h"

#include "base/try.h"
#include "formula/mutate.h"
#include "verify/claim_table.h"
#include "verify/mutant_bench.h"
#include "verify/text_each.h"
#include <stdlib.h>
#include <string.h>

const char *mutant_outcome_text(mutant_outcome outcome)
{
    static const char *const texts[] = {"refuted", "same formula", "this model cannot tell",
                                        "holds on every model tried", "not judged"};
    return texts[outcome];
}

/* ---------------------------------------------------------------- one mutant */

/* "a == b" */
static const char *compared(mutant_bench *b, const char *left, const char *relation, const char *right)
{
    return lsa_arena_printf(b->arena, "%s %s %s", left, relation, right);
}

/* Whether an inequality says more with the changed side; an equality says something else. */
static lsa_status says_more(mutant_bench *b, const formula_mutant *mutant, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    judgement found;
    const char *why;
    *out = true;
    if (mutant->sense == FORMULA_OTHER)
        return LSA_OK;
    const char *text = compared(b, mutant->after, mutant->sense == FORMULA_LARGER ? ">=" : "<=", mutant->before);
    LSA_TRY_MEMORY(text, "a changed claim");
    LSA_TRY(mutant_judge(b->study, b->claim, text, b->arena, &found, &why, err));
    *out = found == JUDGED_HOLDS;
done:
    return status;
}

/* Whether the changed side is equal to what it was on this model and on every other one, as far as they know both. */
static lsa_status is_same(mutant_bench *b, const formula_mutant *mutant, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    judgement found;
    const char *why;
    *out = false;
    if (mutant->before == NULL)
        return LSA_OK;
    const char *text = compared(b, mutant->after, "==", mutant->before);
    LSA_TRY_MEMORY(text, "a changed claim");
    LSA_TRY(mutant_judge(b->study, b->claim, text, b->arena, &found, &why, err));
    if (found != JUDGED_HOLDS)
        return LSA_OK;
    int known = 0;
    for (int k = 0; k < b->n_others; k++) {
        LSA_TRY(mutant_judge(b->others[k].study, b->claim, text, b->arena, &found, &why, err));
        if (found == JUDGED_FAILS)
            return LSA_OK;
        known += found == JUDGED_HOLDS;
    }
    *out = known > 0;
done:
    return status;
}

/* The first model that refutes the mutant and not the claim. */
static lsa_status find_killer(mutant_bench *b, const formula_mutant *mutant, int *out, int *tried, lsa_error *err)
{
    lsa_status status = LSA_OK;
    judgement found;
    const char *why;
    bool holds;
    *out = -1;
    *tried = 0;
    for (int k = 0; k < b->n_others && *out < 0; k++) {
        LSA_TRY(mutant_claim_holds(b, k, &holds, err));
        if (!holds)
            continue;
        LSA_TRY(mutant_judge(b->others[k].study, b->claim, mutant->text, b->arena, &found, &why, err));
        *tried += found != JUDGED_OPEN;
        if (found == JUDGED_FAILS)
            *out = k;
    }
done:
    return status;
}

/* Whether a model refutes the mutant and not the claim. */
static lsa_status is_killer(mutant_bench *b, const mutant_model *model, const formula_mutant *mutant, bool *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    judgement claim = JUDGED_OPEN, changed = JUDGED_OPEN;
    const char *why;
    *out = false;
    if (model->study == NULL)
        return LSA_OK;
    LSA_TRY(mutant_judge(model->study, b->claim, b->written, b->arena, &claim, &why, err));
    if (claim == JUDGED_HOLDS)
        LSA_TRY(mutant_judge(model->study, b->claim, mutant->text, b->arena, &changed, &why, err));
    *out = changed == JUDGED_FAILS;
done:
    return status;
}

/* Changes that are not needed are taken back, one after the other. */
static lsa_status shrink(mutant_bench *b, const formula_mutant *mutant, mutant_model *model, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int k = model->n - 1; k >= 0 && model->n > 1; k--) {
        mutant_model less = {.n = 0};
        bool kills = false;
        for (int j = 0; j < model->n; j++)
            if (j != k)
                less.changes[less.n++] = model->changes[j];
        LSA_TRY(mutant_open(b, &less, err));
        LSA_TRY(is_killer(b, &less, mutant, &kills, err));
        if (kills)
            *model = less;
    }
done:
    return status;
}

/* It holds on the file's model: why? */
static lsa_status explain(mutant_bench *b, const formula_mutant *mutant, mutant_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool same = false;
    int killer = -1, tried = 0;
    LSA_TRY(is_same(b, mutant, &same, err));
    if (same) {
        result->outcome = MUTANT_SAME;
        return LSA_OK;
    }
    LSA_TRY(find_killer(b, mutant, &killer, &tried, err));
    result->outcome = killer >= 0 ? MUTANT_UNSEEN : tried > 0 ? MUTANT_HOLDS : MUTANT_OPEN;
    if (killer >= 0) {
        mutant_model least = b->others[killer];
        LSA_TRY(shrink(b, mutant, &least, err));
        const char **changes = lsa_arena_alloc(b->arena, MODEL_CHANGES, sizeof *changes);
        LSA_TRY_MEMORY(changes, "a changed claim");
        memcpy(changes, least.changes, sizeof least.changes);
        result->changes = changes;
        result->n_changes = least.n;
    } else if (tried == 0) {
        result->why = "it holds here, and the claim holds on no other model that was tried";
    }
done:
    return status;
}

/* False: the text is no formula, or says less than the claim. */
static lsa_status judge_mutant(mutant_bench *b, const formula_mutant *mutant, mutant_result *result, bool *counts,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    judgement found = JUDGED_OPEN;
    const char *why = NULL;
    *counts = false;
    *result = (mutant_result){.claim = b->claim->name, .what = mutant->what, .formula = mutant->text};
    status = mutant_judge(b->study, b->claim, mutant->text, b->arena, &found, &why, &story);
    if (status == LSA_ERR_INPUT)
        return LSA_OK;
    if (status != LSA_OK)
        return lsa_error_copy(err, status, &story);
    LSA_TRY(says_more(b, mutant, counts, err));
    if (!*counts)
        goto done;
    result->outcome = found == JUDGED_FAILS ? MUTANT_REFUTED : MUTANT_OPEN;
    result->why = found == JUDGED_OPEN ? why : NULL;
    if (found == JUDGED_HOLDS)
        LSA_TRY(explain(b, mutant, result, err));
done:
    return status;
}

/* ---------------------------------------------------------------- one claim */

static lsa_status check_interrupt(const mutant_bench *b, lsa_error *err)
{
    const lsa_study_options *options = lsa_study_settings(b->study);
    return options->interrupt != NULL && *options->interrupt != 0
               ? lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted while changing %s", b->claim->name)
               : LSA_OK;
}

/* Whether the claim holds as it is printed: only of such its mutants say something. */
static lsa_status is_testable(mutant_bench *b, const checked_claim *checked, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    judgement found = JUDGED_OPEN;
    const char *why;
    b->written = formula_written_out(checked->formula, b->arena);
    LSA_TRY_MEMORY(b->written, "a changed claim");
    status = mutant_judge(b->study, b->claim, b->written, b->arena, &found, &why, &story);
    *out = status == LSA_OK && found == JUDGED_HOLDS;
    if (status == LSA_ERR_INPUT)
        status = LSA_OK;
    else if (status != LSA_OK)
        lsa_error_copy(err, status, &story);
done:
    return status;
}

static lsa_status take(mutant_table *table, ptrdiff_t *capacity, const mutant_result *result, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (table->count == *capacity) {
        *capacity = 2 * *capacity + 32;
        mutant_result *grown = realloc(table->results, (size_t)*capacity * sizeof *grown);
        LSA_TRY_MEMORY(grown, "the changed claims");
        table->results = grown;
    }
    table->results[table->count++] = *result;
done:
    return status;
}

/* The mutants of one claim, for the first choice of its `for`. */
static lsa_status judge_formula(mutant_bench *b, const checked_claim *checked, mutant_table *table, ptrdiff_t *capacity,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_mutant *mutants;
    ptrdiff_t n = 0;
    bool testable = false;
    LSA_TRY(is_testable(b, checked, &testable, err));
    if (!testable) {
        table->n_left_out++;
        goto done;
    }
    LSA_TRY(formula_mutate(&checked->scope, checked->formula, checked->count, b->arena, &mutants, &n, err));
    for (ptrdiff_t k = 0; k < n; k++) {
        mutant_result result;
        bool counts;
        LSA_TRY(check_interrupt(b, err));
        LSA_TRY(judge_mutant(b, &mutants[k], &result, &counts, err));
        if (counts)
            LSA_TRY(take(table, capacity, &result, err));
    }
done:
    return status;
}

/* A published claim may be no formula of this statement: then it is left out. */
static lsa_status judge_claim(mutant_bench *b, const lsa_text_claim *claim, mutant_table *table, ptrdiff_t *capacity,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    text_instances *instances = NULL;
    b->claim = claim;
    memset(b->asked, 0, sizeof b->asked);
    status = text_instances_create(lsa_study_experiment(b->study), claim, &instances, &story);
    if (status == LSA_ERR_INPUT || (status == LSA_OK && instances->count == 0)) {
        table->n_left_out++;
        status = LSA_OK;
        goto done;
    }
    if (status != LSA_OK)
        LSA_TRY(lsa_error_copy(err, status, &story));
    LSA_TRY(judge_formula(b, &instances->all[0].formulas, table, capacity, err));
done:
    text_instances_destroy(instances);
    return status;
}

static bool is_asked(const lsa_experiment *experiment, const char *name)
{
    for (ptrdiff_t i = 0; i < experiment->n_claims; i++)
        if (strcmp(experiment->claims[i], name) == 0)
            return true;
    return experiment->all_claims;
}

lsa_status mutants_judge(lsa_study *study, mutant_table *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t capacity = 0;
    const claim_table *published;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    *out = (mutant_table){.arena = lsa_arena_create()};
    mutant_bench b = {.study = study, .arena = out->arena};
    LSA_TRY_MEMORY(out->arena, "the changed claims");
    LSA_TRY(study_claims(study, &published, err));
    LSA_TRY(mutant_open_all(&b, err));
    for (ptrdiff_t i = 0; i < published->count; i++)
        if (published->entries[i].text != NULL && is_asked(experiment, published->entries[i].claim.name))
            LSA_TRY(judge_claim(&b, published->entries[i].text, out, &capacity, err));
    for (ptrdiff_t i = 0; i < experiment->n_text_claims; i++)
        LSA_TRY(judge_claim(&b, &experiment->text_claims[i], out, &capacity, err));
done:
    text_beside_clear(&b.beside);
    return status;
}

void mutant_table_clear(mutant_table *table)
{
    free(table->results);
    lsa_arena_destroy(table->arena);
}
