/* text_values.c - two sides of one value each: constants, points, ends of the flow, limits in a key. */
#include "base/try.h"
#include "verify/text_kinds.h"
#include <stdio.h>
#include <string.h>

/* best(...) is an upper bound of the least loss: the point it was found at refutes, and nothing it did not find confirms. */
static bool is_best(const formula_node *node)
{
    while (node->kind == FORMULA_DEFINED ||
           (node->kind == FORMULA_PRODUCT && node->n_children == 2 && node->children[0]->kind == FORMULA_NUMBER))
        node = node->children[node->n_children - 1];
    if (node->kind == FORMULA_CALL && node->function->id == FORMULA_best)
        return node->children[0]->kind == FORMULA_NAME &&
               (node->children[0]->name->id == FORMULA_NAME_loss || node->children[0]->name->id == FORMULA_NAME_risk);
    return false;
}

static void weigh_best(const formula_node *a, const formula_node *b, lsa_relation relation, lsa_claim_result *result)
{
    const bool left = is_best(a), right = is_best(b);
    const bool upper = relation == LSA_RELATION_AT_MOST || relation == LSA_RELATION_BELOW;
    const bool lower = relation == LSA_RELATION_AT_LEAST || relation == LSA_RELATION_ABOVE;
    const bool below = result->measured < result->predicted;
    const bool good = result->verdict == LSA_VERDICT_PROVED || result->verdict == LSA_VERDICT_HOLDS;
    const bool claims_below = (left && upper) || (right && lower);
    const bool found_below = (left && below) || (right && !below);
    if (!left && !right)
        return;
    if (claims_below ? good : result->verdict == LSA_VERDICT_FAILS && found_below)
        return;
    if (result->verdict == LSA_VERDICT_NOT_APPLICABLE)
        return;
    result->verdict = LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "the lowest of many starts bounds the least loss from above and says no more: %.12g found",
              left ? result->measured : result->predicted);
}

static bool calls(const formula_node *node, formula_function_id id)
{
    if (node->kind == FORMULA_CALL && node->function->id == id)
        return true;
    for (int k = 0; k < node->n_children; k++)
        if (calls(node->children[k], id))
            return true;
    return false;
}

static void add_to_why(lsa_claim_result *result, const char *what)
{
    const size_t used = strlen(result->why);
    snprintf(result->why + used, sizeof result->why - used, "%s%s", used > 0 ? "; " : "", what);
}

/* How two sides of one value each are judged. */
static const char *kind_of(const text_job *job, const formula_node *a, const formula_node *b, bool flow)
{
    if (calls(a, FORMULA_lim) || calls(b, FORMULA_lim) || calls(a, FORMULA_order) || calls(b, FORMULA_order))
        return "asymptotic";
    if (job->checked->n_at > 0)
        return "point";
    return flow ? "flow" : job->result->enclosed ? "exact" : "theory";
}

lsa_status text_judge_values(const text_job *job, const formula_node *a, const formula_node *b, lsa_relation relation,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_pair p = {.sides = {.pool = NULL}};
    const lsa_claim_result before = *job->result;
    for (long bits = FORMULA_BITS_FIRST; bits <= FORMULA_BITS_MOST; bits *= 2) {
        lsa_error story = {0};
        text_pair_clear(&p);
        *job->result = before;
        status = text_pair_init(job, a, b, bits, &p, &story);
        const bool more = bits < FORMULA_BITS_MOST && !p.run.used_flow;
        if (status == LSA_ERR_UNABLE && more)
            continue; /* wide balls may be what it was */
        if (status != LSA_OK)
            LSA_TRY(lsa_error_copy(err, status, &story));
        if (!more || !text_is_open(&p.sides, relation))
            break;
    }
    text_judge(&p.sides, relation, job->checked->claim, job->result);
    weigh_best(a, b, relation, job->result);
    if (job->result->verdict == LSA_VERDICT_FAILS && relation == LSA_RELATION_EQUAL && !calls(a, FORMULA_order) &&
        !calls(b, FORMULA_order))
        text_try_conventions(&p.sides, job->checked->experiment->training.context, job->result);
    if (p.run.from_start)
        add_to_why(job->result, "it depends on the start: symmetries move it along the minimisers");
    job->result->kind = kind_of(job, a, b, p.run.used_flow);
done:
    text_pair_clear(&p);
    return status;
}
