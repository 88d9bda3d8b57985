/* mutant_bench.c - see mutant_bench.h. */
#include "verify/mutant_bench.h"

#include "base/try.h"
#include "verify/text_each.h"
#include <stdlib.h>
#include <string.h>

static judgement judgement_of(const claim_list *list, const char **why, lsa_arena *arena)
{
    judgement all = JUDGED_OPEN;
    for (ptrdiff_t k = 0; k < list->count; k++) {
        const lsa_claim_result *r = &list->results[k];
        if (r->verdict == LSA_VERDICT_FAILS)
            return JUDGED_FAILS;
        if (r->verdict == LSA_VERDICT_HOLDS || r->verdict == LSA_VERDICT_PROVED)
            all = JUDGED_HOLDS;
        else if (*why == NULL)
            *why = lsa_arena_text(arena, r->why, strlen(r->why));
    }
    return *why != NULL ? JUDGED_OPEN : all;
}

/* Of a false alarm, where prompts decide. */
static const double level = 1e-6;

lsa_status mutant_judge(lsa_study *study, const lsa_text_claim *claim, const char *formula, lsa_arena *arena,
                        judgement *out, const char **why, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    lsa_text_claim changed = *claim;
    const lsa_claim named = {.name = claim->name, .source = claim->source, .summary = ""};
    text_instances *instances = NULL;
    claim_list list = {0};
    lsa_source *source = lsa_arena_alloc(arena, 1, sizeof *source);
    lsa_node *node = lsa_arena_alloc(arena, 1, sizeof *node);
    LSA_TRY_MEMORY(source, "a changed claim");
    LSA_TRY_MEMORY(node, "a changed claim");
    *source = (lsa_source){.name = claim->name, .text = formula, .length = strlen(formula), .option = true};
    *node = (lsa_node){.kind = LSA_NODE_SCALAR, .source = source, .text = formula, .length = strlen(formula)};
    node->line = node->column = 1;
    changed.formula = node;
    changed.convention =
        (lsa_convention){.loss = 0.5, .sign = 1.0}; /* the text has ours: the source's symbols are inserted */
    *why = NULL;
    LSA_TRY(text_instances_create(experiment, &changed, &instances, err));
    const claim_context context = {.study = study,
                                   .experiment = experiment,
                                   .claim = &named,
                                   .text = &changed,
                                   .instances = instances,
                                   .alpha = level,
                                   .out = &list};
    LSA_TRY(claim_judge(&context, claim_text, err));
    *out = judgement_of(&list, why, arena);
done:
    free(list.results);
    text_instances_destroy(instances);
    return status;
}

lsa_status mutant_open(mutant_bench *b, mutant_model *model, lsa_error *err)
{
    lsa_error story = {0};
    const lsa_status status = text_beside_study(&b->beside, b->study, model->n, model->changes, &model->study, &story);
    if (status == LSA_ERR_MEMORY || status == LSA_ERR_INTERRUPTED)
        return lsa_error_copy(err, status, &story);
    if (status != LSA_OK)
        model->study = NULL;
    return LSA_OK;
}

lsa_status mutant_open_all(mutant_bench *b, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *changes[MODEL_CHANGES];
    int n = 0;
    mutant_model all = {.n = 0};
    LSA_TRY(model_changes(lsa_study_experiment(b->study), b->arena, changes, &n, err));
    for (int k = 0; k < n; k++) {
        mutant_model *one = &b->others[b->n_others];
        *one = (mutant_model){.n = 1, .changes = {changes[k]}};
        LSA_TRY(mutant_open(b, one, err));
        if (one->study == NULL)
            continue;
        all.changes[all.n++] = changes[k];
        b->n_others++;
    }
    LSA_TRY(mutant_open(b, &all, err));
    if (all.study != NULL && all.n > 1)
        b->others[b->n_others++] = all;
done:
    return status;
}

lsa_status mutant_claim_holds(mutant_bench *b, int k, bool *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *why;
    if (!b->asked[k])
        LSA_TRY(mutant_judge(b->others[k].study, b->claim, b->written, b->arena, &b->of_claim[k], &why, err));
    b->asked[k] = true;
    *out = b->of_claim[k] == JUDGED_HOLDS;
done:
    return status;
}
