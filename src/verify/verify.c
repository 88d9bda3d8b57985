/* verify.c - the judgement of the claims that an experiment asks for, published ones and its own. */
#include "verify/claim_table.h"

#include "base/try.h"
#include "verify/confirm.h"
#include "verify/image.h"
#include "verify/text_each.h"
#include <stdlib.h>
#include <string.h>

/* The false-alarm probability of all statistical claims of one study together. */
static const double family_alpha = 1e-6;

static bool is_asked(const lsa_experiment *experiment, const char *name)
{
    if (experiment->all_claims)
        return true;
    for (ptrdiff_t i = 0; i < experiment->n_claims; i++)
        if (strcmp(experiment->claims[i], name) == 0)
            return true;
    return false;
}

/* A name that was not checked when the model was read. */
static lsa_status require_known(const lsa_experiment *experiment, const claim_table *table, lsa_error *err)
{
    for (ptrdiff_t i = 0; i < experiment->n_claims; i++)
        if (claim_find(table, experiment->claims[i]) == NULL)
            return lsa_error_set(err, LSA_ERR_INPUT, "no claim is called '%s'", experiment->claims[i]);
    return LSA_OK;
}

/* Bonferroni: the family's level over the number of statistical verdicts. */
static double share_of_alpha(const lsa_experiment *experiment, const claim_table *table, const text_claims *texts)
{
    ptrdiff_t verdicts = texts != NULL ? text_claims_sampled(texts, experiment) : 0;
    for (ptrdiff_t i = 0; table != NULL && i < table->count; i++)
        if (table->entries[i].claim.sampled && is_asked(experiment, table->entries[i].claim.name))
            verdicts += table->entries[i].each_test ? experiment->n_tests : 1;
    return family_alpha / (double)(verdicts > 0 ? verdicts : 1);
}

/* One claim, context->claim; `confirm` (or NULL) tells of its results, number `first` on of the list, whether what they refute
 * is put to the net. Those of a claim that did not come to its end are dropped. */
typedef bool judge_confirm(const claim_list *list, ptrdiff_t first);
static lsa_status judge_one(const claim_context *context, claim_check *check, judge_confirm *confirm, double fraction,
                            confirmer *net, lsa_error *err)
{
    const lsa_study_options *options = lsa_study_settings(context->study);
    const ptrdiff_t first = context->out->count;
    if (options->progress != NULL)
        options->progress(options->progress_context, context->claim->name, fraction);
    lsa_status status = claim_judge(context, check, err);
    if (status == LSA_OK && confirm != NULL && confirm(context->out, first))
        status = confirmer_ask(net, context, check, first, err);
    if (status == LSA_OK && options->interrupt != NULL && *options->interrupt != 0)
        status = lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted while judging %s", context->claim->name);
    if (status != LSA_OK)
        context->out->count = first;
    return status;
}

/* Whether a result rests on a path, so that another one may confirm it. */
static bool rests_on_flow(const claim_list *list, ptrdiff_t first)
{
    for (ptrdiff_t i = first; i < list->count; i++)
        if (list->results[i].text == NULL || !list->results[i].enclosed)
            return true;
    return false;
}

/* The claims that the file wrote itself. */
static lsa_status judge_texts(claim_context *context, const text_claims *texts, confirmer *net, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t count = context->experiment->n_text_claims;
    for (ptrdiff_t i = 0; i < count && status == LSA_OK; i++) {
        const lsa_text_claim *text = &context->experiment->text_claims[i];
        const lsa_claim claim = {.name = text->name, .source = text->source, .summary = text->summary};
        context->claim = &claim;
        context->text = text;
        context->instances = &texts->claims[i];
        status = judge_one(context, claim_text, rests_on_flow, (double)i / (double)count, net, err);
    }
    context->claim = NULL;
    context->text = NULL;
    context->instances = NULL;
    return status;
}

/* A published claim: in C, or a formula. What is no formula for this statement has no names for what it speaks of. */
static lsa_status judge_entry(claim_context *context, const claim_entry *entry, double fraction, confirmer *net,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_instances *instances = NULL;
    lsa_error story = {0};
    judge_confirm *confirm = entry->kind == CLAIM_NUMERICAL ? rests_on_flow : NULL;
    context->claim = &entry->claim;
    context->text = entry->text;
    if (entry->text != NULL)
        status = text_instances_create(context->experiment, entry->text, &instances, &story);
    if (status != LSA_OK && status != LSA_ERR_INPUT)
        LSA_TRY(lsa_error_copy(err, status, &story));
    context->instances = instances;
    context->misses = instances == NULL ? story.text : NULL;
    status = judge_one(context, entry->check, confirm, fraction, net, err);
done:
    context->instances = NULL;
    context->text = NULL;
    text_instances_destroy(instances);
    return status;
}

static lsa_status judge_all(claim_context *context, const claim_table *table, confirmer *net, lsa_error *err)
{
    lsa_status status = LSA_OK;
    context->published = true;
    for (ptrdiff_t i = 0; i < table->count && status == LSA_OK; i++)
        if (is_asked(context->experiment, table->entries[i].claim.name))
            status = judge_entry(context, &table->entries[i], (double)i / (double)table->count, net, err);
    context->published = false;
    return status;
}

/* Squares and cubes of what a claim reads stay within the range of doubles below this power of two of the law. */
enum { FREE_EXPONENT = 100 };

lsa_units lsa_verify_units(lsa_study *study)
{
    const lsa_units none = {0, 0, 0, 0};
    const lsa_program *program;
    if (lsa_study_program(study, &program, NULL) != LSA_OK) /* a claim that needs it says why */
        return none;
    const lsa_units units = lsa_program_units(program);
    return abs(units.law) > FREE_EXPONENT && image_exists(lsa_study_experiment(study)) ? units : none;
}

/* The study of the experiment in those units, where they are not the user's; else NULL. */
static lsa_status make_image(lsa_study *study, lsa_arena *arena, lsa_study **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const lsa_experiment *image;
    const lsa_units units = lsa_verify_units(study);
    *out = NULL;
    if (units.law == 0)
        return LSA_OK;
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(image_make(arena, lsa_study_experiment(study), program, &(image_units){.binary = units, .law = 1.0}, &image,
                       err));
    LSA_TRY(lsa_study_create(image, lsa_study_settings(study), out, err));
done:
    return status;
}

/* Results of the image's tests are about those of the experiment. */
static void bring_back(const lsa_experiment *experiment, lsa_claim_result *results, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_setting *test = results[i].test;
        if (test != NULL && test->number >= 0)
            results[i].test = &experiment->tests[test->number];
    }
}

/* The published claims and those of the file (NULL: without them), appended to the list. */
static lsa_status judge_some(lsa_study *study, confirmer *net, const claim_table *table, const text_claims *texts,
                             claim_list *list, lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_context context = {.study = study, .experiment = lsa_study_experiment(study), .out = list};
    context.alpha = share_of_alpha(context.experiment, table, texts);
    if (table != NULL)
        LSA_TRY(judge_all(&context, table, net, err));
    if (texts != NULL)
        LSA_TRY(judge_texts(&context, texts, net, err));
done:
    return status;
}

/* What a list comes to: kept after an interrupt, nothing after another failure. */
static lsa_status give_list(claim_list *list, lsa_status status, lsa_claim_result **results, ptrdiff_t *count)
{
    if (status != LSA_OK && status != LSA_ERR_INTERRUPTED) {
        free(list->results);
        return status;
    }
    *results = list->results;
    *count = list->count;
    return status;
}

lsa_status claims_judge(lsa_study *study, confirmer *net, lsa_claim_result **results, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_list list = {0};
    text_claims *texts = NULL;
    const claim_table *table;
    LSA_TRY(study_claims(study, &table, err));
    LSA_TRY(text_claims_create(lsa_study_experiment(study), &texts, err));
    status = judge_some(study, net, table, texts, &list, err);
done:
    text_claims_destroy(texts);
    return give_list(&list, status, results, count);
}

static lsa_status judge_plain(lsa_study *study, const claim_table *table, const text_claims *texts,
                              lsa_claim_result **results, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_list list = {0};
    confirmer *net = NULL;
    LSA_TRY(confirmer_create(study, &net, err));
    LSA_TRY(judge_some(study, net, table, texts, &list, err));
done:
    confirmer_destroy(net);
    return give_list(&list, status, results, count);
}

/* In units of its own a law is judged by an image; the file's formulas are in the user's units, and are judged as they are. */
static lsa_status judge_image(lsa_study *study, const claim_table *table, const text_claims *texts, lsa_study *image,
                              lsa_claim_result **results, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    claim_list list = {0};
    confirmer *net = NULL, *own = NULL;
    LSA_TRY(confirmer_create(image, &net, err));
    LSA_TRY(confirmer_create(study, &own, err));
    LSA_TRY(judge_some(image, net, table, NULL, &list, err));
    LSA_TRY(judge_some(study, own, NULL, texts, &list, err));
done:
    confirmer_destroy(own);
    confirmer_destroy(net);
    return give_list(&list, status, results, count);
}

lsa_status lsa_verify(lsa_study *study, lsa_claim_result **out, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *image = NULL;
    text_claims *texts = NULL;
    const claim_table *table;
    lsa_arena *arena = lsa_arena_create();
    *out = NULL;
    *count = 0;
    LSA_TRY_MEMORY(arena, "the claims");
    LSA_TRY(study_claims(study, &table, err));
    LSA_TRY(require_known(lsa_study_experiment(study), table, err));
    LSA_TRY(text_claims_create(lsa_study_experiment(study), &texts, err));
    LSA_TRY(make_image(study, arena, &image, err));
    status = image == NULL ? judge_plain(study, table, texts, out, count, err)
                           : judge_image(study, table, texts, image, out, count, err);
    bring_back(lsa_study_experiment(study), *out, *count);
done:
    text_claims_destroy(texts);
    lsa_study_destroy(image);
    lsa_arena_destroy(arena);
    return status;
}

ptrdiff_t lsa_verify_left(lsa_study *study, const lsa_claim_result *results, ptrdiff_t count)
{
    ptrdiff_t left = 0;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    const claim_table *table;
    if (study_claims(study, &table, NULL) != LSA_OK)
        return 0;
    for (ptrdiff_t i = 0; i < table->count; i++) {
        const char *name = table->entries[i].claim.name;
        bool finished = !is_asked(experiment, name);
        for (ptrdiff_t k = 0; k < count && !finished; k++)
            finished = strcmp(results[k].name, name) == 0;
        left += !finished;
    }
    for (ptrdiff_t i = 0; i < experiment->n_text_claims; i++) {
        bool finished = false;
        for (ptrdiff_t k = 0; k < count && !finished; k++)
            finished = results[k].text == &experiment->text_claims[i];
        left += !finished;
    }
    return left;
}

lsa_verdict lsa_verify_overall(const lsa_claim_result *results, ptrdiff_t count)
{
    ptrdiff_t judged = 0, open = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        if (results[i].verdict == LSA_VERDICT_FAILS)
            return LSA_VERDICT_FAILS;
        open += results[i].verdict == LSA_VERDICT_INCONCLUSIVE || results[i].verdict == LSA_VERDICT_CONSISTENT;
        judged += results[i].verdict == LSA_VERDICT_HOLDS || results[i].verdict == LSA_VERDICT_PROVED;
    }
    return open > 0 || judged == 0 ? LSA_VERDICT_INCONCLUSIVE : LSA_VERDICT_HOLDS;
}
