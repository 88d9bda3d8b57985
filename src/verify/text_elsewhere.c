/* text_elsewhere.c - a world for another model, and what a formula comes to in it.
 *
 * A formula's shapes are those of its model: with a key changed the claim is checked anew, and the part in hand is found there by
 * its number, since the same text has the same nodes. */
#include "verify/text_elsewhere.h"

#include "base/try.h"
#include "verify/text_beside.h"

static const formula_value *brought_here(formula_pool *pool, const formula_value *value)
{
    if (formula_value_is_truth(value))
        return formula_value_truth(pool, formula_value_is_true(value));
    return formula_value_part(pool, value, 0, formula_value_rows(value), formula_value_cols(value));
}

/* The same test of the other model, in `room` with a context that a figure gives; NULL: the claim is for none. */
static lsa_status test_there(const text_world *w, const lsa_experiment *there, lsa_setting *room,
                             const lsa_setting **out, lsa_error *err)
{
    *out = NULL;
    if (w->test == NULL)
        return LSA_OK;
    if (w->test->number < 0 || w->test->number >= there->n_tests)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the other model has no test '%s'", w->test->name);
    *room = there->tests[w->test->number];
    if (w->context_is_given)
        room->context = w->test->context;
    *out = room;
    return LSA_OK;
}

/* draws: of prompts there; NULL: there are none. */
static lsa_status value_there(text_world *w, lsa_study *study, const checked_claim *checked, struct text_draws *draws,
                              const formula_node *e, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_world other = {.study = NULL};
    const formula_value *value;
    lsa_setting room;
    const lsa_setting *test;
    LSA_TRY(test_there(w, lsa_study_experiment(study), &room, &test, err));
    LSA_TRY(text_world_init(&other, &w->face, study, checked, test, w->coarse, formula_pool_bits(w->run.pool), err));
    other.context_is_given = w->context_is_given;
    other.draws = draws;
    LSA_TRY(formula_evaluate(&other.run, e, &value, err));
    w->used_flow = w->used_flow || other.used_flow;
    w->asks_share = w->asks_share || other.asks_share;
    w->from_start = w->from_start || other.from_start;
    *out = brought_here(w->run.pool, value);
done:
    text_world_clear(&other);
    return status;
}

/* What the other model lacks, or is none, is no mistake in the claim's text. */
static lsa_status as_no_answer(lsa_status status, const lsa_error *story, lsa_error *err)
{
    if (status == LSA_OK)
        return LSA_OK;
    const bool input = status == LSA_ERR_INPUT || status == LSA_ERR_READ || status == LSA_ERR_USAGE;
    return lsa_error_copy(err, input ? LSA_ERR_UNABLE : status, story);
}

lsa_status text_elsewhere(text_world *w, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *study = NULL;
    lsa_error story = {0};
    const lsa_model_variant *variant = &w->experiment->variants[node->integer];
    status = text_beside_study(w->checked->beside, w->study, variant->n_changes, variant->changes, &study, &story);
    LSA_TRY(as_no_answer(status, &story, err));
    LSA_TRY(value_there(w, study, w->checked, w->draws, node->children[0], out, err));
done:
    return status;
}

lsa_status text_changed(text_world *w, ptrdiff_t n, const char *const *changes, const formula_node *e,
                        const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *study = NULL;
    lsa_error story = {0};
    checked_claim there = {.arena = NULL};
    status = text_beside_study(w->checked->beside, w->study, n, changes, &study, &story);
    LSA_TRY(as_no_answer(status, &story, err));
    status = checked_claim_init(&there, lsa_study_experiment(study), w->checked->beside, w->checked->claim,
                                w->checked->integers, &story);
    LSA_TRY(as_no_answer(status, &story, err));
    LSA_TRY(value_there(w, study, &there, NULL, checked_claim_node(&there, e->number), out, err));
done:
    checked_claim_clear(&there);
    return status;
}
