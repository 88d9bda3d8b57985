/* text_condition.c - a part that is no comparison: a predicate, `or`, `not`, with more bits until it is decided. */
#include "base/try.h"
#include "verify/text_kinds.h"

lsa_status text_truth_of(const text_job *job, const formula_node *condition, formula_truth *out, bool *estimated,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = FORMULA_UNKNOWN;
    for (long bits = FORMULA_BITS_FIRST; bits <= FORMULA_BITS_MOST && *out == FORMULA_UNKNOWN; bits *= 2) {
        text_world w;
        text_place place;
        const text_place *at;
        const formula_value *value;
        lsa_error story = {0};
        LSA_TRY(text_job_world(job, false, bits, &w, &place, &at, err));
        status = text_at(&w, at, condition, &value, &story);
        if (status == LSA_OK)
            *out = formula_value_is_true(value);
        *estimated = w.used_flow || (status == LSA_OK && formula_value_is_estimated(value));
        text_world_clear(&w);
        if (status == LSA_ERR_UNABLE && bits < FORMULA_BITS_MOST) {
            status = LSA_OK;
            continue;
        }
        if (status != LSA_OK)
            return lsa_error_copy(err, status, &story);
        if (*estimated)
            break;
    }
done:
    return status;
}

lsa_status text_judge_condition(const text_job *job, const formula_node *condition, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_truth truth;
    bool estimated = false;
    lsa_claim_result *result = job->result;
    if ((condition->needs & (FORMULA_AT_POINT | FORMULA_IN_TIME)) != 0 && job->checked->n_at == 0)
        return lsa_error_set(
            err, LSA_ERR_UNABLE,
            "a condition is decided at a place: give the claim its 'at', or write start(...), limit(...)");
    LSA_TRY(text_truth_of(job, condition, &truth, &estimated, err));
    result->kind = job->checked->n_at > 0 ? "point" : "exact";
    result->enclosed = !estimated;
    if (!claim_applies(result))
        goto done;
    if (estimated)
        status = lsa_error_set(err, LSA_ERR_UNABLE,
                               "it rests on numbers that are estimates: conditions are decided exactly");
    else
        result->verdict = truth == FORMULA_TRUE    ? LSA_VERDICT_PROVED
                          : truth == FORMULA_FALSE ? LSA_VERDICT_FAILS
                                                   : LSA_VERDICT_INCONCLUSIVE;
    if (result->verdict == LSA_VERDICT_FAILS)
        claim_why(result, "it is not so");
    else if (result->verdict == LSA_VERDICT_INCONCLUSIVE)
        claim_why(result, "%d bits do not decide it", (int)FORMULA_BITS_MOST);
done:
    return status;
}
