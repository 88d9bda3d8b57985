/* Two exact witnesses that contradict each other refute a claim by themselves: no prompt and no path is asked. The closed forms
 * are those of another law, so little another that no sample of this size could show it. */
#include "judged.h"

#include "base/matrix.h"

/* So few prompts that no interval is trusted, and none as narrow as asked. */
#define SETTING(covariance, test)                                                                                      \
    "statement: merged\ndata: {context: 12, covariance: " covariance ", label_noise: 0.2}\n"                           \
    "tests:\n  - {name: shift, " test "}\n"                                                                            \
    "monte_carlo: {prompts: 2000, relative_error: 1e-3}\n"

static const char *const settings[] = {
    SETTING("{matrix: [[2, 0.5], [0.5, 1]]}", "context: 30"),
    SETTING("{spectrum: [1.5, 0.8, 0.4]}", "context: 7, task: {fixed: [1, 2, -1]}"),
    SETTING("{spectrum: geometric, condition: 20, rotation: 4}, dimension: 4", "context: 5, label_noise: 1")};
enum { SETTINGS = sizeof settings / sizeof settings[0] };

static lsa_theory *wrong_theory;

/* The closed forms of a context that is longer by a hundredth of a pair; and the product that belongs to it. */
static void lengthen(fixture *f, double slack)
{
    lsa_setting training = lsa_study_experiment(f->study)->training;
    (void)slack;
    training.context += 0.01;
    lsa_theory_destroy(wrong_theory);
    wrong_theory = NULL;
    check_status(lsa_theory_create(&training, &wrong_theory, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(wrong_theory, f->p->d, f->p->A, NULL), LSA_OK, NULL);
    f->p->theory = wrong_theory;
}

static lsa_claim_result judge(const char *text, const char *name, falsify *change)
{
    char *whole = with_claim(text, name);
    fixture f = make(whole);
    falsified how = {f.model, change, 0.0};
    if (change != NULL)
        lsa_study_alter(f.study, falsify_study, &how);
    check_status(lsa_study_predictions(f.study, &f.p, NULL), LSA_OK, NULL);
    const lsa_claim_result result = judge_first(f.study);
    clear(&f);
    free(whole);
    return result;
}

/* What prompts leave open, they leave open; a contradiction does not wait for them. */
static void test_error(void **state)
{
    (void)state;
    for (int k = 0; k < SETTINGS; k++) {
        const lsa_claim_result open = judge(settings[k], "test-error", NULL);
        check_verdict(&open, LSA_VERDICT_INCONCLUSIVE);
        const lsa_claim_result refuted = judge(settings[k], "test-error", lengthen);
        check_verdict(&refuted, LSA_VERDICT_FAILS);
        check_contains(refuted.why, "closed form");
        check_contains(refuted.why, "derived polynomial");
    }
}

/* Claims without a path: refuted at once, without a finer flow or another image. */
static void at_once(void **state)
{
    (void)state;
    static const char *const names[] = {"stationary-minimum", "context-rate"};
    for (int k = 0; k < SETTINGS; k++)
        for (int c = 0; c < 2; c++) {
            const lsa_claim_result held = judge(settings[k], names[c], NULL);
            check_verdict(&held, LSA_VERDICT_HOLDS);
            const lsa_claim_result refuted = judge(settings[k], names[c], lengthen);
            check_verdict(&refuted, LSA_VERDICT_FAILS);
            assert_int_equal(refuted.confirmations, 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_error), cmocka_unit_test(at_once)};
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lsa_theory_destroy(wrong_theory);
    return failed;
}
