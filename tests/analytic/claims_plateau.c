/* The claims on plateaus: they hold on three small starts, a wrong loss and a wrong time are rejected, and where the theory
 * does not speak they say so. */
#include "check.h"
#include "model_text.h"

#include "verify/study.h"

#include <stdio.h>
#include <stdlib.h>

/* The experiment of models/saddle-to-saddle.yaml; one head; noise, both normalisers and a start that is not balanced. */
static const char *const holding[] = {
    "statement: multihead-separate\n"
    "data: {dimension: 4, context: 31, heads: 4, rank: 1, covariance: {spectrum: [0.4, 0.3, 0.2, 0.1]}}\n"
    "init:\n"
    "  scheme: values\n"
    "  values:\n"
    "    u: [0.001, 0.001, 0.001, 0.001]\n"
    "    K: [[[0.0008, 0.0004, 0.0004, 0.0002]], [[-0.0004, 0.0008, 0.0002, -0.0004]],\n"
    "        [[-0.0004, -0.0002, 0.0008, 0.0004]], [[-0.0002, 0.0004, -0.0004, 0.0008]]]\n"
    "    Q: [[[0.0008, 0.0004, 0.0004, 0.0002]], [[-0.0004, 0.0008, 0.0002, -0.0004]],\n"
    "        [[-0.0004, -0.0002, 0.0008, 0.0004]], [[-0.0002, 0.0004, -0.0004, 0.0008]]]\n",
    "statement: separate\n"
    "data: {context: 20, rank: 1, covariance: {spectrum: [0.641, 0.549], rotation: 3}}\n"
    "init: {scheme: values, values: {u: 0.0001, K: [[0.00006, 0.00008]], Q: [[0.00006, 0.00008]]}}\n",
    "statement: multihead-separate\n"
    "data: {context: 30, heads: 2, rank: 1, label_noise: 0.2, normalise: N+1, covariance: {spectrum: [1, 0.4]}}\n"
    "init: {scheme: values, values: {u: [0.002, -0.001],\n"
    "       K: [[[0.001, 0.0002]], [[0.0001, 0.001]]], Q: [[[0.0005, 0.0001]], [[-0.0001, -0.0006]]]}}\n"};

typedef void change(lsa_predictions *p);

static void apply(void *context, lsa_study *study, lsa_predictions *p)
{
    change *const *wrong = context;
    (void)study;
    (*wrong)(p);
}

/* Judges the claim; NULL: as it is. Returns the number of results with that verdict among *count. */
static ptrdiff_t judge(const char *text, const char *claim, change *wrong, lsa_verdict verdict, ptrdiff_t *count)
{
    lsa_claim_result *results;
    lsa_study *study;
    lsa_error err;
    ptrdiff_t found = 0;
    char whole[2048];
    lsa_error_clear(&err);
    snprintf(whole, sizeof whole, "%sclaims: [%s]\n", text, claim);
    lsa_model *model = model_of(whole);
    check_status(lsa_study_create(lsa_model_experiment(model, 0), NULL, &study, &err), LSA_OK, &err);
    if (wrong != NULL)
        lsa_study_alter(study, apply, &wrong);
    check_status(lsa_verify(study, &results, count, &err), LSA_OK, &err);
    for (ptrdiff_t i = 0; i < *count; i++) {
        found += results[i].verdict == verdict;
        print_message("%s: predicted %.15g, measured %.15g, tolerance %.3g: %s %s\n", claim, results[i].predicted,
                      results[i].measured, results[i].tolerance, lsa_verdict_text(results[i].verdict), results[i].why);
    }
    free(results);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
    return found;
}

static void test_hold(void **state)
{
    (void)state;
    static const ptrdiff_t plateaus[] = {4, 1, 2};
    ptrdiff_t count;
    for (int k = 0; k < 3; k++) {
        assert_int_equal(judge(holding[k], "plateaus", NULL, LSA_VERDICT_HOLDS, &count), plateaus[k]);
        assert_int_equal(count, plateaus[k]);
        assert_int_equal(judge(holding[k], "escape-times", NULL, LSA_VERDICT_HOLDS, &count), plateaus[k]);
        assert_int_equal(count, plateaus[k]);
    }
}

static void lift_plateaus(lsa_predictions *p)
{
    p->plateau_factor = 1.0 + 1e-9;
}

static void delay_escapes(lsa_predictions *p)
{
    p->escape_factor = 1.05;
}

/* A loss wrong in the tenth digit, times five per cent too long. */
static void test_controls(void **state)
{
    (void)state;
    ptrdiff_t count;
    assert_int_equal(judge(holding[0], "plateaus", lift_plateaus, LSA_VERDICT_FAILS, &count), 4);
    assert_int_equal(judge(holding[0], "escape-times", delay_escapes, LSA_VERDICT_FAILS, &count), 4);
}

/* Merged heads, rank two, a start that is not small. */
static void test_not_applicable(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "statement: multihead\ndata: {dimension: 2, context: 9, heads: 2}\ninit: {scheme: gaussian, scale: 0.001}\n",
        "statement: separate\ndata: {dimension: 2, context: 9, rank: 2}\ninit: {scheme: gaussian, scale: 0.001}\n",
        "statement: multihead-separate\ndata: {context: 9, heads: 2, rank: 1, covariance: {spectrum: [1, 0.5]}}\n"
        "init: {scheme: gaussian, scale: 0.5, seed: 3}\n"};
    ptrdiff_t count;
    for (int k = 0; k < 3; k++) {
        const ptrdiff_t none = judge(texts[k], "plateaus", NULL, LSA_VERDICT_NOT_APPLICABLE, &count);
        assert_int_equal(none, count);
        const ptrdiff_t neither = judge(texts[k], "escape-times", NULL, LSA_VERDICT_NOT_APPLICABLE, &count);
        assert_int_equal(neither, count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hold), cmocka_unit_test(test_controls),
                                       cmocka_unit_test(test_not_applicable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
