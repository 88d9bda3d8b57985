/* Verdicts of sampled claims from scripted measurements: what decides, what fresh prompts must say, what stays open. */
#include "verify/sampled.h"
#include "fixture.h"
#include <stdlib.h>

/* What the first and the fresh prompts give; how often each was asked. */
typedef struct script {
    sampled_value value[2];
    int asked[2];
    double relative_error; /* of the fresh draw */
} script;

static lsa_status play(const claim_context *context, void *what, const sampled_draw *draw, sampled_value *out,
                       lsa_error *err)
{
    script *s = what;
    (void)context;
    (void)err;
    s->asked[draw->fresh]++;
    if (draw->fresh)
        s->relative_error = draw->relative_error;
    *out = s->value[draw->fresh];
    return LSA_OK;
}

static const lsa_claim claim = {"scripted", "none", "none", true};

static lsa_claim_result judged(script *s, bool at_most, bool *open)
{
    lsa_experiment experiment = {.monte_carlo = {.relative_error = 0.03}};
    claim_list list = {0};
    lsa_claim_result *result, out;
    lsa_error err;
    const claim_context context = {.experiment = &experiment, .claim = &claim, .alpha = 1e-6, .out = &list};
    lsa_error_clear(&err);
    check_status(claim_add(&context, &result, &err), LSA_OK, &err);
    check_status(at_most ? claim_sampled_at_most(&context, result, 1.0, play, s, open, &err)
                         : claim_statistical(&context, result, 1.0, play, s, &err),
                 LSA_OK, &err);
    out = *result;
    free(list.results);
    return out;
}

static void expect(script s, lsa_verdict verdict, bool fresh, const char *why)
{
    const lsa_claim_result r = judged(&s, false, NULL);
    assert_int_equal(r.verdict, verdict);
    assert_true(r.fresh.drawn == fresh && s.asked[0] == 1 && s.asked[1] == fresh);
    check_contains(r.why, why);
}

static const double wide = 0.5, none = (double)INFINITY;

/* The prediction is 1. */
static void equality(void **state)
{
    (void)state;
    const sampled_value near = {1.01, 0.02, 0.004, 0.02, "", false}, far = {1.06, 0.02, 0.004, 0.02, "", false};
    const sampled_value open = {1.9, 0.5, 0.1, wide, "", false},
                        doubted = {1.9, 0.02, 0.004, none, "a tail is missed", false};
    const sampled_value late = {(double)NAN, (double)NAN, (double)NAN, none, "time was over", false};
    const sampled_value again = {1.055, 0.012, 0.002, 0.012, "", false},
                        barely = {1.016, 0.012, 0.002, 0.012, "", false};
    const sampled_value below = {0.9, 0.012, 0.002, 0.012, "", false}, wider = {1.9, 0.5, 0.1, wide, "", false};
    const sampled_value tail_near = {1.01, 0.02, 0.004, 0.02, "four moments", true};
    const sampled_value tail_far = {1.06, 0.02, 0.004, 0.02, "four moments", true};
    expect((script){.value = {near}}, LSA_VERDICT_HOLDS, false, "");
    expect((script){.value = {tail_near}}, LSA_VERDICT_HOLDS, false, "");
    expect((script){.value = {tail_far}}, LSA_VERDICT_INCONCLUSIVE, false, "four moments");
    expect((script){.value = {open}}, LSA_VERDICT_INCONCLUSIVE, false, "as narrow as asked");
    expect((script){.value = {doubted}}, LSA_VERDICT_INCONCLUSIVE, false, "a tail is missed");
    expect((script){.value = {late}}, LSA_VERDICT_INCONCLUSIVE, false, "time was over");
    expect((script){.value = {far, again}}, LSA_VERDICT_FAILS, true, "on fresh prompts by 0.055");
    expect((script){.value = {far, near}}, LSA_VERDICT_INCONCLUSIVE, true, "do not confirm");
    expect((script){.value = {far, barely}}, LSA_VERDICT_INCONCLUSIVE, true, "do not confirm");
    expect((script){.value = {far, below}}, LSA_VERDICT_INCONCLUSIVE, true, "do not confirm");
    expect((script){.value = {far, wider}}, LSA_VERDICT_INCONCLUSIVE, true, "do not confirm");
    expect((script){.value = {far, doubted}}, LSA_VERDICT_INCONCLUSIVE, true, "do not confirm");
}

/* A quarter of the miss: the interval 0.02 resolves 0.02, the miss is 0.06. */
static void fresh_prompts_are_narrow(void **state)
{
    (void)state;
    const sampled_value far = {1.06, 0.02, 0.004, 0.02, "", false}, farther = {3.0, 0.02, 0.004, 0.02, "", false};
    script s = {.value = {far, far}};
    judged(&s, false, NULL);
    check_close(s.relative_error, 0.015, 1e-12, 0.0);
    s = (script){.value = {farther, farther}};
    judged(&s, false, NULL);
    check_close(s.relative_error, 0.03, 0.0, 0.0);
}

/* The bound is 1: wide intervals decide, as long as they can be trusted. */
static void bound(void **state)
{
    (void)state;
    bool open;
    const sampled_value low = {0.3, 0.5, 0.1, wide, "", false}, across = {0.9, 0.5, 0.1, wide, "", false};
    const sampled_value high = {1.9, 0.5, 0.1, wide, "", false},
                        doubted = {1.9, 0.5, 0.1, none, "a tail is missed", false};
    script s = {.value = {low}};
    assert_int_equal(judged(&s, true, &open).verdict, LSA_VERDICT_HOLDS);
    assert_false(open);
    s = (script){.value = {across}};
    assert_int_equal(judged(&s, true, &open).verdict, LSA_VERDICT_INCONCLUSIVE);
    assert_true(open);
    s = (script){.value = {high, high}};
    assert_int_equal(judged(&s, true, &open).verdict, LSA_VERDICT_FAILS);
    s = (script){.value = {high, low}};
    assert_int_equal(judged(&s, true, &open).verdict, LSA_VERDICT_INCONCLUSIVE);
    assert_false(open);
    s = (script){.value = {high, doubted}};
    assert_int_equal(judged(&s, true, &open).verdict, LSA_VERDICT_INCONCLUSIVE);
    s = (script){.value = {doubted}};
    assert_int_equal(judged(&s, true, &open).verdict, LSA_VERDICT_INCONCLUSIVE);
    assert_false(open);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equality), cmocka_unit_test(fresh_prompts_are_narrow),
                                       cmocka_unit_test(bound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
