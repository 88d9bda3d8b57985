/* text_bounded.c - a = O(b): no finite list of values proves or refutes it. Where a/b does not grow on the ladder of the key that b
 * names, it is consistent. */
#include "base/try.h"
#include "verify/text_kinds.h"
#include "verify/text_limits.h"
#include <math.h>
#include <string.h>

/* Keys by the names that stand for them, and where they go. */
static const struct {
    formula_name_id name;
    lsa_role role; /* of a symbol that the statement declares for it */
    const char *key;
    bool infinite;
} keys[] = {{FORMULA_NAME_N, LSA_ROLE_CONTEXT_LENGTH, "data.context", true},
            {FORMULA_NAME_d, LSA_ROLE_NONE, "data.dimension", true},
            {FORMULA_NAME_r, LSA_ROLE_NONE, "data.rank", true},
            {FORMULA_NAME_heads, LSA_ROLE_NONE, "data.heads", true},
            {FORMULA_NAME_s2, LSA_ROLE_NOISE_VARIANCE, "data.label_noise", false},
            {FORMULA_NAME_sigma, LSA_ROLE_NONE, "init.sigma", false}};
enum { KEYS = sizeof keys / sizeof *keys };

static bool stands_for(const lsa_statement *s, const formula_node *node, int key)
{
    if (node->kind == FORMULA_NAME)
        return node->name->id == keys[key].name;
    return node->kind == FORMULA_SYMBOL && keys[key].role != LSA_ROLE_NONE &&
           s->symbols[node->symbol].role == keys[key].role;
}

static void find_keys(const lsa_statement *s, const formula_node *node, bool found[KEYS])
{
    for (int k = 0; k < KEYS; k++)
        found[k] = found[k] || stands_for(s, node, k);
    for (int k = 0; k < node->n_children; k++)
        find_keys(s, node->children[k], found);
}

static lsa_status the_key(const text_job *job, const formula_node *b, int *out, lsa_error *err)
{
    bool found[KEYS] = {false};
    int n = 0;
    find_keys(job->checked->experiment->statement, b, found);
    for (int k = 0; k < KEYS; k++) {
        n += found[k];
        *out = found[k] ? k : *out;
    }
    if (n == 1)
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_UNABLE,
                         n == 0 ? "= O(...) names no key: d, N, r, heads towards infinity, s2 or sigma towards 0"
                                : "= O(...) names several keys: which one moves is not told");
}

/* |a/b| on the ladder. */
static lsa_status quotients(text_world *w, const text_ladder *ladder, const formula_node *a, const formula_node *b,
                            double *f, bool *vanishes, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *x, *y;
    *vanishes = true;
    for (int k = 0; k < ladder->rungs; k++) {
        LSA_TRY(text_at_rung(w, NULL, a, ladder->key, ladder->value[k], &x, err));
        LSA_TRY(text_at_rung(w, NULL, b, ladder->key, ladder->value[k], &y, err));
        f[k] = fabs(formula_value_double(x, 0, 0) / formula_value_double(y, 0, 0));
        *vanishes = *vanishes && f[k] == 0.0;
        if (!isfinite(f[k]))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "the bound is 0 at %s = %.6g", ladder->key, ladder->value[k]);
    }
done:
    return status;
}

/* Slopes below this are none: no power of a key that a theorem names is smaller. */
static const double no_slope = 0.01;

static void weigh(const text_ladder *ladder, double *f, lsa_claim_result *result)
{
    double order, error;
    const int n = ladder->rungs;
    text_extrapolate(n - 1, f, &order, &error);
    const double sign = ladder->infinite ? 1.0 : -1.0, growth = sign * order;
    result->predicted = 0.0;
    result->measured = order;
    result->tolerance = error;
    result->verdict = growth <= fmax(no_slope, error) ? LSA_VERDICT_CONSISTENT : LSA_VERDICT_INCONCLUSIVE;
    claim_why(result, "at %s = %.6g to %.6g the quotient of the two goes as the key to the power %.3g: %s", ladder->key,
              ladder->value[0], ladder->value[n - 1], order,
              result->verdict == LSA_VERDICT_CONSISTENT ? "no finite list proves it" : "it grows there");
}

lsa_status text_judge_bounded(const text_job *job, const formula_node *a, const formula_node *b, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_world w = {.study = NULL};
    text_place place;
    const text_place *at;
    double f[TEXT_RUNGS];
    bool vanishes = false;
    int key = 0;
    lsa_claim_result *result = job->result;
    result->kind = "asymptotic";
    if (((a->needs | b->needs) & (FORMULA_AT_POINT | FORMULA_IN_TIME)) != 0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "it depends on the parameters: write limit(...) or argmin(...) inside");
    LSA_TRY(the_key(job, b, &key, err));
    if (!claim_applies(result))
        return LSA_OK;
    LSA_TRY(text_job_world(job, false, FORMULA_BITS_FIRST, &w, &place, &at, err));
    const text_ladder ladder = text_ladder_of(job->checked->experiment, keys[key].key, keys[key].infinite);
    LSA_TRY(quotients(&w, &ladder, a, b, f, &vanishes, err));
    if (vanishes) {
        result->verdict = LSA_VERDICT_CONSISTENT;
        claim_why(result, "it is 0 at all %d values of %s that were tried", ladder.rungs, ladder.key);
        goto done;
    }
    LSA_TRY(text_local_orders(ladder.rungs, ladder.infinite, f, err));
    weigh(&ladder, f, result);
done:
    text_world_clear(&w);
    return status;
}
