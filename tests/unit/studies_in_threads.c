/* Several threads, each with models and studies of its own, find to the last bit what one thread finds alone. */
#include "check.h"
#include "lsaflow/builder.h"
#include "lsaflow/verify.h"
#include "model_text.h"

#include <flint/flint.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CASES = 4, NUMBERS = 64 };

static const char *const texts[CASES] = {"statement: merged\n"
                                         "data: {context: 20, covariance: {spectrum: [2, 1, 0.5], rotation: 3}}\n"
                                         "tests: [{name: same}]\nmonte_carlo: {prompts: 2048, relative_error: 0.5}\n"
                                         "claims: [statement-is-layer, monotone-loss, limit-u, test-error]\n",
                                         "statement: full\n"
                                         "data: {context: 10, label_noise: 0.1, covariance: {spectrum: [2, 1]}}\n"
                                         "claims: [loss-by-cubature, monotone-loss]\n",
                                         "statement: separate\n"
                                         "data: {context: 10, covariance: {spectrum: [2, 1]}, rank: 2}\n"
                                         "init: {scheme: gaussian, scale: 0.4, seed: 2}\n"
                                         "claims: [monotone-loss]\n",
                                         "statement: merged\n"
                                         "data: {context: 8, covariance: {random: {diagonal: [{law: exponential, mean: "
                                         "1}, {law: uniform, low: 1, high: 2}]}}}\n"
                                         "claims: [limit-u, monotone-loss]\n"};

/* What one model says: the formula of its loss, and numbers from every road. */
typedef struct findings {
    const char *text;
    lsa_status status;
    lsa_error err;
    char *formula;
    double numbers[NUMBERS];
    ptrdiff_t count;
} findings;

static void note(findings *f, double x)
{
    if (f->count < NUMBERS)
        f->numbers[f->count++] = x;
}

static lsa_status note_flow(findings *f, lsa_study *study)
{
    const lsa_trajectory *trajectory;
    double loss;
    ptrdiff_t size;
    lsa_status status = lsa_study_trajectory(study, &trajectory, &f->err);
    if (status != LSA_OK)
        return status;
    const lsa_sample end = lsa_trajectory_final(trajectory);
    if ((status = lsa_study_loss(study, end.state, &loss, &f->err)) != LSA_OK ||
        (status = lsa_study_size(study, &size, &f->err)) != LSA_OK)
        return status;
    note(f, end.time);
    note(f, loss);
    for (ptrdiff_t i = 0; i < size; i++)
        note(f, end.state[i]);
    return LSA_OK;
}

static lsa_status note_claims(findings *f, lsa_study *study)
{
    lsa_claim_result *results = NULL;
    ptrdiff_t count = 0;
    const lsa_status status = lsa_verify(study, &results, &count, &f->err);
    for (ptrdiff_t i = 0; status == LSA_OK && i < count; i++) {
        note(f, results[i].predicted);
        note(f, results[i].measured);
        note(f, (double)results[i].verdict);
    }
    free(results);
    return status;
}

static void *find(void *argument)
{
    findings *f = argument;
    const lsa_study_options options = {.threads = 1};
    lsa_model *model = NULL;
    lsa_study *study = NULL;
    f->status = lsa_model_parse("m.yaml", f->text, strlen(f->text), NULL, &model, &f->err);
    if (f->status == LSA_OK)
        f->status = lsa_study_create(lsa_model_experiment(model, 0), &options, &study, &f->err);
    if (f->status == LSA_OK)
        f->status = lsa_study_formula(study, NULL, LSA_FORMAT_TEXT, &f->formula, &f->err);
    if (f->status == LSA_OK)
        f->status = note_flow(f, study);
    if (f->status == LSA_OK)
        f->status = note_claims(f, study);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
    flint_cleanup(); /* what FLINT keeps for a thread */
    return NULL;
}

static void same_bits(void **state)
{
    (void)state;
    enum { ROUNDS = 2, THREADS = CASES * ROUNDS };
    static findings alone[CASES], together[THREADS];
    pthread_t threads[THREADS];
    for (int c = 0; c < CASES; c++) {
        alone[c].text = texts[c];
        find(&alone[c]);
        check_status(alone[c].status, LSA_OK, &alone[c].err);
        assert_true(alone[c].count > 5);
    }
    for (int t = 0; t < THREADS; t++) {
        together[t].text = texts[t % CASES];
        assert_int_equal(pthread_create(&threads[t], NULL, find, &together[t]), 0);
    }
    for (int t = 0; t < THREADS; t++)
        assert_int_equal(pthread_join(threads[t], NULL), 0);
    for (int t = 0; t < THREADS; t++) {
        const findings *one = &alone[t % CASES];
        check_status(together[t].status, LSA_OK, &together[t].err);
        assert_string_equal(together[t].formula, one->formula);
        assert_int_equal(together[t].count, one->count);
        assert_memory_equal(together[t].numbers, one->numbers, sizeof one->numbers);
        lsa_string_free(together[t].formula);
    }
    for (int c = 0; c < CASES; c++)
        lsa_string_free(alone[c].formula);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
