/* The claims of models/claims: what they name exists, every wrong form is refuted on its shipped model, and the formulas of the
 * paper are the closed forms of theory. */
#include "judged.h"
#include "verify/claim_table.h"

static lsa_arena *arena;
static lsa_shipped_claims shipped;
static const claim_table *table;

static int setup(void **state)
{
    (void)state;
    arena = lsa_arena_create();
    return arena == NULL || lsa_shipped_claims_read(arena, &shipped, NULL) != LSA_OK ||
           claim_table_make(arena, &table, NULL) != LSA_OK;
}

static int teardown(void **state)
{
    (void)state;
    lsa_arena_destroy(arena);
    return 0;
}

/* A claim without a text says nothing, and one that nothing refutes no more; names are unique. */
static void test_names(void **state)
{
    (void)state;
    for (ptrdiff_t i = 0; i < table->count; i++) {
        const claim_entry *entry = &table->entries[i];
        print_message("%s\n", entry->claim.name);
        assert_non_null(entry->claim.source);
        assert_true(strlen(entry->claim.summary) > 10);
        assert_true(entry->check != claim_text || entry->text != NULL);
        assert_ptr_equal(claim_find(table, entry->claim.name), entry);
        if (entry->text != NULL) {
            assert_true(entry->text->n_wrong > 0);
            assert_true(strlen(entry->claim.source) > 0);
        }
    }
}

static void test_groups(void **state)
{
    (void)state;
    assert_int_equal(shipped.n_groups, 5);
    for (ptrdiff_t k = 0; k < shipped.n_groups; k++) {
        assert_true(shipped.groups[k].count > 0);
        assert_null(claim_find(table, shipped.groups[k].name));
        for (ptrdiff_t i = 0; i < shipped.groups[k].count; i++)
            assert_non_null(claim_find(table, shipped.groups[k].claims[i]));
    }
}

/* ---------------------------------------------------------------- wrong forms */

enum { MOST = 64 };

/* The wrong forms that name this model, under the names of their claims. */
static ptrdiff_t gather(const char *model, lsa_text_claim *out)
{
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < shipped.count; k++) {
        const lsa_text_claim *claim = &shipped.claims[k];
        for (ptrdiff_t i = 0; i < claim->n_wrong; i++) {
            if (strcmp(claim->wrong[i].model, model) != 0)
                continue;
            assert_true(n < MOST);
            check_status(lsa_wrong_claim(arena, claim, &claim->wrong[i], &out[n++], NULL), LSA_OK, NULL);
        }
    }
    return n;
}

static bool any_fails(const lsa_claim_result *results, ptrdiff_t count, const lsa_text_claim *claim)
{
    bool fails = false;
    for (ptrdiff_t i = 0; i < count; i++)
        fails = fails || (results[i].text == claim && results[i].verdict == LSA_VERDICT_FAILS);
    return fails;
}

/* All of them on one study of that model; of one for each test a single test refutes it. */
static void refute_on(const char *name)
{
    char path[1024], words[256];
    const char *set[8];
    lsa_text_claim wrong[MOST];
    lsa_error err = {0};
    lsa_model *model;
    lsa_study *study;
    lsa_claim_result *results;
    ptrdiff_t count;
    lsa_model_options options = {.overrides = set};
    snprintf(words, sizeof words, "%s", name);
    snprintf(path, sizeof path, "%s/%s.yaml", LSA_MODELS, strtok(words, " "));
    for (char *word = strtok(NULL, " "); word != NULL && options.n_overrides < 8; word = strtok(NULL, " "))
        set[options.n_overrides++] = word;
    check_status(lsa_model_load(path, &options, &model, &err), LSA_OK, &err);
    lsa_experiment asked = *lsa_model_experiment(model, 0);
    asked.all_claims = false;
    asked.n_claims = 0;
    asked.n_text_claims = gather(name, wrong);
    asked.text_claims = wrong;
    check_status(lsa_study_create(&asked, NULL, &study, &err), LSA_OK, &err);
    check_status(lsa_verify(study, &results, &count, &err), LSA_OK, &err);
    for (ptrdiff_t k = 0; k < asked.n_text_claims; k++) {
        const bool fails = any_fails(results, count, &wrong[k]);
        if (!fails)
            for (ptrdiff_t i = 0; i < count; i++)
                if (results[i].text == &wrong[k])
                    print_error("%s: %s, %s\n", wrong[k].name, lsa_verdict_text(results[i].verdict), results[i].why);
        assert_true(fails);
    }
    free(results);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

static void test_wrong_forms(void **state)
{
    (void)state;
    const char *done[MOST];
    size_t n = 0;
    for (ptrdiff_t k = 0; k < shipped.count; k++) {
        for (ptrdiff_t i = 0; i < shipped.claims[k].n_wrong; i++) {
            const char *model = shipped.claims[k].wrong[i].model;
            bool seen = false;
            for (size_t j = 0; j < n; j++)
                seen = seen || strcmp(done[j], model) == 0;
            assert_true(strlen(model) > 0);
            if (seen)
                continue;
            done[n++] = model;
            refute_on(model);
        }
    }
    assert_true(n > 0);
}

/* ---------------------------------------------------------------- formulas and closed forms */

/* (A.14), (5.7) and the hypothesis of Theorem 4.1 as they are printed, against theory. */
#define CONSTANTS(data, start, claim)                                                                                  \
    "statement: merged\ndata: {" data "}\ninit: {scheme: paper, " start "}\n"                                          \
    "claims:\n"                                                                                                        \
    "  - name: constants\n"                                                                                            \
    "    where:\n"                                                                                                     \
    "      Gamma: (1 + 1/N)*Lambda + tr(Lambda)/N*I\n"                                                                 \
    "      bracket: 2 - sqrt(d)*sigma^2*opnorm(Gamma)\n"                                                               \
    "      common: sigma^2/(sqrt(d)*opnorm(Lambda)^2)*norm(Lambda*Theta)^2*bracket\n"                                  \
    "    claim: " claim "\n"

#define THREE(claim)                                                                                                   \
    {                                                                                                                  \
        CONSTANTS("context: 6, covariance: {spectrum: [1.5, 0.8, 0.4]}", "sigma: 0.05", claim),                        \
            CONSTANTS("context: 10, covariance: {matrix: [[2, 0.5], [0.5, 1]]}",                                       \
                      "sigma: 0.2, theta: {matrix: [[1, 0.3], [0, 0.5]]}", claim),                                     \
            CONSTANTS("dimension: 4, context: 25, covariance: {spectrum: geometric, condition: 20, rotation: 5}",      \
                      "sigma: 0.3", claim)                                                                             \
    }

static void check_formula(const char *const texts[3], lsa_verdict verdict)
{
    for (int k = 0; k < 3; k++) {
        fixture f = make(texts[k]);
        const lsa_claim_result result = judge_first(f.study);
        check_verdict(&result, verdict);
        clear(&f);
    }
}

static void test_constants(void **state)
{
    (void)state;
    static const char *const right[][3] = {
        THREE("u_min == sqrt(common/2)"), THREE("mu == common/(tr(inv(Gamma)*inv(Lambda))*tr(inv(Lambda)))"),
        THREE("sigma_max == sqrt(2/(sqrt(d)*opnorm(Gamma)))"),
        THREE("h_min == min(eigvals(Gamma*Lambda))*min(eigvals(Lambda))"), THREE("growth == norm(Lambda^2)")};
    static const char *const wrong[][3] = {
        THREE("u_min == sqrt(common)"), THREE("mu == common/(tr(inv(Gamma*Lambda))*tr(inv(Gamma)))"),
        THREE("sigma_max == 2/(sqrt(d)*opnorm(Gamma))"), THREE("h_min == min(eigvals(Gamma))*min(eigvals(Lambda))"),
        THREE("growth == tr(Lambda^2)")};
    for (size_t k = 0; k < sizeof right / sizeof *right; k++) {
        check_formula(right[k], LSA_VERDICT_HOLDS);
        check_formula(wrong[k], LSA_VERDICT_FAILS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_groups),
                                       cmocka_unit_test(test_constants), cmocka_unit_test(test_wrong_forms)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
