/* text_claim.c - a claim that is a formula: one result for each choice of `for`, each part by its kind, the worst one counts.
 *
 *     value     constants, points, ends of the flow
 *     identity  an equality of polynomials, one of them derived: in symbols
 *     statistical what prompts decide: means, probabilities, quantiles over them
 *     course    what depends on parameters without a place: at every sample of the flow
 *     condition predicates, `or`, `not` */
#include "base/text.h"
#include "base/try.h"
#include "verify/text_each.h"
#include "verify/text_identity.h"
#include "verify/text_kinds.h"
#include "verify/text_up_to.h"
#include <math.h>
#include <stdio.h>

/* ---------------------------------------------------------------- parts */

/* Up to rotations by what they leave, up to the rest on the best image, which is named. */
static lsa_status judge_image(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_image image;
    text_job own = *job;
    lsa_text name;
    lsa_text_init(&name);
    if (relation != LSA_RELATION_EQUAL) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "'up_to' speaks of equalities");
        goto done;
    }
    if ((job->checked->claim->up_to & LSA_UP_TO_ROTATION) != 0)
        LSA_TRY(text_without_rotation(job->checked, &a, &b, err));
    LSA_TRY(text_best_image(job, a, b, &image, &name, err));
    own.image = &image;
    LSA_TRY(text_judge_values(&own, a, b, relation, err));
    if (job->result->verdict == LSA_VERDICT_HOLDS || job->result->verdict == LSA_VERDICT_PROVED)
        claim_why(job->result, "on the image: %.200s", name.data);
done:
    lsa_text_clear(&name);
    return status;
}

static lsa_status judge_pair(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const unsigned free = FORMULA_AT_POINT | FORMULA_IN_TIME, needs = a->needs | b->needs;
    lsa_claim_result *result = job->result;
    ptrdiff_t numbers;
    result->witnesses[0] = a->witnesses;
    result->witnesses[1] = b->witnesses;
    result->tautology = relation == LSA_RELATION_EQUAL && text_is_tautology(job->checked, a, b);
    if (relation == LSA_RELATION_BOUNDED)
        return text_judge_bounded(job, a, b, err);
    LSA_TRY(text_is_statistical(job, a, b, &numbers, err));
    if (numbers > 0)
        return text_judge_statistical(job, a, b, relation, numbers, err);
    if (job->checked->claim->up_to != 0 && ((needs & free) == 0 || job->checked->n_at > 0))
        return judge_image(job, a, b, relation, err);
    if ((needs & free) == 0 || job->checked->n_at > 0)
        return text_judge_values(job, a, b, relation, err);
    if (relation == LSA_RELATION_EQUAL && text_is_identity(job->checked->experiment->statement, a, b)) {
        if (!claim_applies(result))
            return LSA_OK;
        status = text_judge_identity(job->context->study, a, b, result, err);
        if (status != LSA_ERR_UNABLE)
            return status;
    }
    if (job->checked->claim->up_to != 0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "'up_to' speaks of values: write limit(...), start(...) or at(t0, ...)");
    status = text_judge_course(job, a, b, relation, err);
done:
    return status;
}

/* A condition that is no `and`: a chain of comparisons is its pairs. */
static lsa_status judge_part(const text_job *job, const formula_node *part, int pair, lsa_error *err)
{
    while (part->kind == FORMULA_DEFINED)
        part = part->children[0];
    if (part->kind == FORMULA_COMPARE)
        return judge_pair(job, part->children[pair], part->children[pair + 1], part->relations[pair], err);
    job->result->witnesses[0] = part->witnesses;
    return text_judge_condition(job, part, err);
}

static int pairs_of(const formula_node *part)
{
    return part->kind == FORMULA_COMPARE ? part->n_children - 1 : 1;
}

/* fails, inconclusive, not-applicable, holds, proved. */
static int badness(lsa_verdict verdict)
{
    static const int order[] = {
        [LSA_VERDICT_HOLDS] = 1,          [LSA_VERDICT_FAILS] = 4,  [LSA_VERDICT_INCONCLUSIVE] = 3,
        [LSA_VERDICT_NOT_APPLICABLE] = 2, [LSA_VERDICT_PROVED] = 0, [LSA_VERDICT_CONSISTENT] = 2};
    return order[verdict];
}

/* What has no value is a verdict: inconclusive, refused. */
static lsa_status settle(lsa_claim_result *result, lsa_status status, const lsa_error *story, lsa_error *err)
{
    if (status == LSA_OK)
        return LSA_OK;
    if (!lsa_status_is_no_answer(status))
        return lsa_error_set(err, status, "%s", story->text);
    if (!claim_applies(result))
        return LSA_OK;
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "refused: %s", story->text);
    return LSA_OK;
}

static lsa_status judge_and_keep(const text_job *job, const formula_node *part, int pair, int number, int of,
                                 lsa_claim_result *worst, bool *any, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_claim_result mine = *job->result;
    const text_job own = {
        .context = job->context, .checked = job->checked, .test = job->test, .result = &mine, .parts = of};
    LSA_TRY(settle(&mine, judge_part(&own, part, pair, &story), &story, err));
    if (of > 1 && badness(mine.verdict) > 1) {
        char why[LSA_WHY_MAX];
        snprintf(why, sizeof why, "%s", mine.why);
        claim_why(&mine, "part %d of %d: %.280s", number, of, why);
    }
    if (*any && badness(mine.verdict) <= badness(worst->verdict))
        goto done;
    *worst = mine;
    *any = true;
done:
    return status;
}

static int count_parts(const formula_node *node)
{
    int n = 0;
    if (node->kind != FORMULA_AND)
        return pairs_of(node);
    for (int k = 0; k < node->n_children; k++)
        n += count_parts(node->children[k]);
    return n;
}

static lsa_status judge_all_parts(const text_job *job, const formula_node *node, int *number, int of,
                                  lsa_claim_result *worst, bool *any, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (node->kind == FORMULA_AND) {
        for (int k = 0; k < node->n_children; k++)
            LSA_TRY(judge_all_parts(job, node->children[k], number, of, worst, any, err));
        return LSA_OK;
    }
    for (int pair = 0; pair < pairs_of(node); pair++) {
        ++*number;
        LSA_TRY(judge_and_keep(job, node, pair, *number, of, worst, any, err));
    }
done:
    return status;
}

/* ---------------------------------------------------------------- hypotheses */

static lsa_status measure_hypothesis(const text_job *job, const formula_node *condition, const char *text,
                                     lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_truth truth;
    bool estimated = false;
    text_pair p = {.sides = {.pool = NULL}};
    const bool scalars =
        condition->kind == FORMULA_COMPARE && condition->n_children == 2 && formula_is_scalar(condition->children[0]);
    LSA_TRY(text_truth_of(job, condition, &truth, &estimated, err));
    const bool met = truth == FORMULA_TRUE;
    if (scalars) {
        LSA_TRY(text_pair_init(job, condition->children[0], condition->children[1], FORMULA_BITS_FIRST, &p, err));
        claim_suppose(job->result, text, formula_value_double(p.sides.a, 0, 0), formula_value_double(p.sides.b, 0, 0),
                      met);
    } else {
        claim_suppose(job->result, text, met, 1.0, met);
    }
done:
    text_pair_clear(&p);
    return status;
}

static lsa_status measure_hypotheses(const text_job *job, bool *refused, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_text_claim *claim = job->checked->claim;
    *refused = false;
    for (ptrdiff_t k = 0; k < claim->n_assuming && !*refused; k++) {
        lsa_error story = {0};
        status = measure_hypothesis(job, job->checked->assuming[k], claim->assuming[k]->text, &story);
        *refused = lsa_status_is_no_answer(status);
        LSA_TRY(settle(job->result, status, &story, err));
        if (*refused && job->context->published) /* it speaks of what this model has not */
            job->result->verdict = LSA_VERDICT_NOT_APPLICABLE;
    }
done:
    return status;
}

/* ---------------------------------------------------------------- the claim */

static void name_values(const lsa_text_claim *claim, const long *integers, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (ptrdiff_t k = 0; k < claim->n_each && used < size; k++)
        used += (size_t)snprintf(out + used, size - used, "%s%s = %ld", k > 0 ? ", " : "", claim->each[k].name,
                                 integers[k]);
}

static lsa_status judge_one(const claim_context *context, const text_instance *instance, const lsa_setting *test,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const checked_claim *checked = &instance->formulas;
    lsa_claim_result *result, worst;
    bool any = false, refused = false;
    int number = 0;
    LSA_TRY(claim_add(context, &result, err));
    name_values(context->text, instance->integers, result->each, sizeof result->each);
    result->test = test;
    result->context = test != NULL ? test->context : (double)NAN;
    const text_job job = {.context = context, .checked = checked, .test = test, .result = result};
    LSA_TRY(measure_hypotheses(&job, &refused, err));
    if (refused)
        return LSA_OK;
    LSA_TRY(judge_all_parts(&job, checked->formula, &number, count_parts(checked->formula), &worst, &any, err));
    *result = worst;
done:
    return status;
}

lsa_status claim_text(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *e = context->experiment;
    const bool each_test = context->text->each_test;
    if (context->instances == NULL)
        return lsa_error_set(err, LSA_ERR_UNABLE, "statement %s has not what the claim speaks of: %s",
                             e->statement->name, context->misses);
    if (context->text->of_layer && !lsa_study_has_theory(context->study))
        return lsa_error_set(err, LSA_ERR_UNABLE, "statement %s is no layer of which theory speaks",
                             e->statement->name);
    for (ptrdiff_t k = 0; k < context->instances->count; k++)
        for (ptrdiff_t t = 0; t < (each_test ? e->n_tests : 1); t++)
            LSA_TRY(judge_one(context, &context->instances->all[k], each_test ? &e->tests[t] : NULL, err));
done:
    return status;
}

const char *lsa_claim_formula(const lsa_text_claim *claim)
{
    return claim->formula->text;
}

void lsa_claim_witnesses(unsigned witnesses, lsa_text *out)
{
    formula_witnesses_text(witnesses, out);
}
