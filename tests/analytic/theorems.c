/* Theorems of eight papers as claims in files: right forms hold, wrong ones fail, what has no value is refused; and the numbers are
 * those of an independent derivation (tests/data/theorems). */
#include "judged.h"

#include <math.h>

/* A number that the claim measures, with its reference. */
typedef struct reference {
    const char *claim;
    int which; /* of the results of that name, from 0 */
    double measured, relative;
} reference;

static char *read_theorem(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/theorems/%s", LSA_TEST_DATA, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 1 << 16);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 16) - 1, file) > 0);
    fclose(file);
    return text;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* The wrong form of the test at M = N is the right one. */
static bool is_excused(const lsa_claim_result *result)
{
    return result->test != NULL && result->context == 7.0 && strcmp(result->test->name, "at7") == 0;
}

static void wants_verdict(const lsa_claim_result *result)
{
    const bool good = result->verdict == LSA_VERDICT_HOLDS || result->verdict == LSA_VERDICT_PROVED;
    const bool want_good = begins(result->name, "right") || is_excused(result);
    const bool refused = begins(result->name, "refused");
    const bool as_wanted = refused     ? result->verdict == LSA_VERDICT_INCONCLUSIVE && begins(result->why, "refused:")
                           : want_good ? good
                                       : result->verdict == LSA_VERDICT_FAILS;
    if (!as_wanted)
        fail_msg("%s %s: %s, %s", result->name, result->each, lsa_verdict_text(result->verdict), result->why);
    /* numbers that come from a path are never proved, and what holds would have refuted a change of a hundredth */
    assert_true(result->verdict != LSA_VERDICT_PROVED || result->enclosed);
    if (good && isnan(result->slack) && result->resolution == result->resolution)
        check_at_most(result->resolution, 0.01);
}

static void check_references(const lsa_claim_result *results, ptrdiff_t count, const reference *references)
{
    for (const reference *r = references; r->claim != NULL; r++) {
        int seen = 0;
        bool found = false;
        for (ptrdiff_t i = 0; i < count; i++) {
            if (strcmp(results[i].name, r->claim) != 0 || seen++ != r->which)
                continue;
            /* of two entries that differ in their sign either may be the worst */
            check_close(fabs(results[i].measured), fabs(r->measured), r->relative, 0.0);
            found = true;
        }
        assert_true(found);
    }
}

static void judge_file(const char *name, ptrdiff_t results_expected, const reference *references)
{
    char *text = read_theorem(name);
    fixture f = make(text);
    lsa_claim_result *results = NULL;
    ptrdiff_t count = 0;
    lsa_error err = {0};
    check_status(lsa_verify(f.study, &results, &count, &err), LSA_OK, &err);
    assert_int_equal(count, results_expected);
    for (ptrdiff_t i = 0; i < count; i++)
        wants_verdict(&results[i]);
    check_references(results, count, references);
    free(results);
    clear(&f);
    free(text);
}

static void limit_of_the_flow(void **state)
{
    static const reference references[] = {{"right-scale", 0, 1.19267707558127, 1e-13}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("01-limit.yaml", 7, references);
}

static void minimum_and_gradient(void **state)
{
    static const reference references[] = {{"right-minimum", 0, 2318877.0 / 4143710.0, 1e-15}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("02-minimum-and-gradient.yaml", 4, references);
}

static void teacher(void **state)
{
    static const reference references[] = {{"right-risk", 0, .215561234178966, 1e-12}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("03-teacher.yaml", 2, references);
}

static void floor_of_the_error(void **state)
{
    static const reference references[] = {
        {"right-order", 0, -2.0, 1e-8}, {"right-constant", 0, 15147.0 / 200.0, 1e-8}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("04-floor.yaml", 4, references);
}

static void random_covariance(void **state)
{
    static const reference references[] = {{"right-limit", 0, 7.0 / 29.0, 1e-13},
                                           {"right-scale", 0, .646592011559977, 1e-13},
                                           {"right-slope", 0, 2.0 / 3.0, 1e-13},
                                           {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("05-random-covariance.yaml", 8, references);
}

static void critical_points(void **state)
{
    static const reference references[] = {
        {"wrong-critical", 0, -0.25, 1e-15}, {"right-loss", 0, 1.25, 1e-15}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("06-critical-points.yaml", 5, references);
}

static void plateaus(void **state)
{
    static const reference references[] = {{"right-first", 0, 221.0 / 345.0, 1e-13},
                                           {"right-second", 0, 27601.0 / 73140.0, 1e-13},
                                           {"right-third", 0, 567769.0 / 2706180.0, 1e-13},
                                           {"right-formula", 1, 27601.0 / 73140.0, 1e-13},
                                           {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("07-plateaus.yaml", 7, references);
}

static void rank_one(void **state)
{
    static const reference references[] = {{"right-risk", 0, 3569.0 / 1930.0, 1e-15}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("08-rank-one.yaml", 5, references);
}

static void two_layers(void **state)
{
    static const reference references[] = {{"right-loss", 0, 253.0 / 3138.0, 1e-14}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("09-two-layers.yaml", 5, references);
}

static void noise(void **state)
{
    static const reference references[] = {
        {"right", 0, 14.0 / 23.0, 1e-15}, {"right-value", 0, 27.0 / 23.0, 1e-15}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("10-noise.yaml", 4, references);
}

static void prior_and_noise(void **state)
{
    static const reference references[] = {{"right", 0, 3.18542803172181, 1e-13},
                                           {"right", 1, 1.75157235390412, 1e-13},
                                           {"right", 2, 1.05256771096799, 1e-13},
                                           {"right", 3, .751458018626274, 1e-12},
                                           {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("11-prior-and-noise.yaml", 8, references);
}

static void looped(void **state)
{
    static const reference references[] = {{"right-loss", 0, .0379018849220375, 1e-13},
                                           {"right-best", 0, .0379018849220375, 1e-12},
                                           {"wrong-multiple", 0, .101944194329591, 1e-10},
                                           {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("12-looped.yaml", 6, references);
}

static void spurious_minimum(void **state)
{
    static const reference references[] = {
        {"right-loss", 0, 53.0 / 68.0, 1e-15}, {"right-global", 0, 195.0 / 272.0, 1e-15}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("13-spurious-minimum.yaml", 6, references);
}

static void own_target(void **state)
{
    static const reference references[] = {{"right-rate", 0, 0.5, 1e-12}, {NULL, 0, 0.0, 0.0}};
    (void)state;
    judge_file("14-own-target.yaml", 7, references);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(limit_of_the_flow), cmocka_unit_test(minimum_and_gradient),
                                       cmocka_unit_test(teacher),           cmocka_unit_test(floor_of_the_error),
                                       cmocka_unit_test(random_covariance), cmocka_unit_test(critical_points),
                                       cmocka_unit_test(plateaus),          cmocka_unit_test(rank_one),
                                       cmocka_unit_test(two_layers),        cmocka_unit_test(noise),
                                       cmocka_unit_test(prior_and_noise),   cmocka_unit_test(looped),
                                       cmocka_unit_test(spurious_minimum),  cmocka_unit_test(own_target)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
