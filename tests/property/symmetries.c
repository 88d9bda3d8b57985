/* Verdicts and numbers do not depend on axes or units: every claim on exact images of a model (verify/image.h). */
#include "check.h"
#include "model_text.h"

#include "verify/image.h"
#include "verify/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const models[] = {
    "statement: merged\ndata: {context: 20, covariance: {spectrum: [2, 1, 0.5], rotation: 3}}\n"
    "init: {sigma: 0.1, theta: {random: 2}}\ntests: [{context: 10, task: {fixed: [1, 0.5, -1]}}, {context: 30, mean: "
    "[1, 0, 0.5]}]\n",
    "statement: full\ndata: {context: 7, covariance: {matrix: [[2, 0.3], [0.3, 0.7]]}, label_noise: 0.4, normalise: "
    "N+1}\n"
    "init: {scheme: gaussian, scale: 0.2, seed: 5}\ntests: [{context: 10, covariance: {spectrum: [1, 3]}}]\n",
    "statement: multihead\ndata: {context: 15, heads: 2, covariance: {spectrum: [1, 0.4]}, task_covariance: {matrix: "
    "[[1, 0.5], [0.5, 2]]}}\ninit: {scheme: gaussian, scale: 0.05, seed: 3}\ntests: [{context: 5, task: {sphere: "
    "2}}]\n",
    "statement: separate\ndata: {context: 12, covariance: {spectrum: [1.5, 0.6], rotation: 9}}\n"
    "init: {scheme: gaussian, scale: 0.3, seed: 8}\ntests: [{context: 8, label_noise: 0.3, query_noise: true}]\n",
    "statement: merged\ndata: {dimension: 2, context: 9, covariance: {random: {mixture: [{weight: 0.4, covariance: "
    "{spectrum: [1, 2]}}, {weight: 0.6, covariance: {matrix: [[1, 0.2], [0.2, 0.5]]}}]}}}\n"
    "init: {sigma: 0.05}\ntests: [{context: 20}]\n",
    "statement: merged\ndata: {context: 30, covariance: {spectrum: [1, 0.5, 0], rotation: 4}}\n"
    "init: {scheme: gaussian, scale: 0.1, seed: 4}\ntests: [{context: 10}]\n"};

/* Predicted numbers are of this degree in the unit of Lambda; others are 0, or free of units. */
static const struct {
    const char *claim;
    double degree;
} degrees[] = {{"limit-u", -0.5},          {"minimum-loss", 1.0}, {"balanced", -1.0},         {"u-lower-bound", -0.5},
               {"pl-inequality", 2.0},     {"sharp-decay", 3.0},  {"growth-rate", 2.0},       {"local-rate", 2.0},
               {"exponential-decay", 2.0}, {"non-convex", 2.0},   {"limit-error", 1.0},       {"context-rate", 1.0},
               {"test-error", 1.0},        {"like-ols", 1.0},     {"test-error-bounds", 1.0}, {"context-needed", 1.0},
               {"least-squares", 1.0}};

/* NAN: numbers at random parameters or prompts, and entries of matrices, which are other ones in an image. */
static double degree_of(const char *claim)
{
    static const char *const own[] = {"loss-by-sampling", "limit-U", "white-course"};
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        if (strcmp(claim, own[k]) == 0)
            return NAN;
    for (size_t k = 0; k < sizeof degrees / sizeof *degrees; k++)
        if (strcmp(degrees[k].claim, claim) == 0)
            return degrees[k].degree;
    return 0.0;
}

/* The study holds the texts of the results. */
static lsa_claim_result *judge(const lsa_experiment *experiment, ptrdiff_t *count, lsa_study **holder)
{
    lsa_study *study;
    lsa_claim_result *results;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_study_create(experiment, NULL, &study, &err), LSA_OK, &err);
    check_status(lsa_verify(study, &results, count, &err), LSA_OK, &err);
    *holder = study;
    return results;
}

/* Sampled numbers are of other prompts: what is inconclusive for one budget may be settled by others. */
static bool same_verdict(const lsa_claim_result *a, const lsa_claim_result *b)
{
    const bool sampled = !isnan(a->standard_error) || strstr(a->name, "sampling") != NULL;
    return a->verdict == b->verdict ||
           (sampled && (a->verdict == LSA_VERDICT_INCONCLUSIVE || b->verdict == LSA_VERDICT_INCONCLUSIVE));
}

/* c: the unit of the image; numbers to 1e-9 of themselves, or a hundredth of the claim's tolerance. What does not apply may
 * have numbers of rounding alone. */
static bool compare(const lsa_claim_result *a, const lsa_claim_result *b, double c)
{
    const double expected = a->predicted * pow(c, -degree_of(a->name));
    const double rounding = isnan(a->slack) && isfinite(b->tolerance) ? 1e-2 * b->tolerance : 0.0;
    const bool same = a->verdict == LSA_VERDICT_NOT_APPLICABLE || isnan(degree_of(a->name)) ||
                      (isnan(expected) && isnan(b->predicted)) || expected == b->predicted ||
                      fabs(b->predicted - expected) <= 1e-9 * fabs(expected) + rounding;
    if (!same_verdict(a, b) || !same)
        print_error("%s: %s, predicted %.15g (%.15g in the image's units); its image: %s, predicted %.15g; %s\n",
                    a->name, lsa_verdict_text(a->verdict), a->predicted, expected, lsa_verdict_text(b->verdict),
                    b->predicted, b->why);
    return same_verdict(a, b) && same;
}

/* The model in other axes (seed; 0: the same) and in units c. */
static const lsa_experiment *image_of(lsa_arena *arena, const lsa_experiment *experiment, unsigned long long seed,
                                      double c)
{
    lsa_study *study;
    const lsa_program *program;
    const double *start;
    const lsa_experiment *turned = experiment, *out;
    lsa_error err;
    const image_units units = image_units_of(experiment, c);
    lsa_error_clear(&err);
    check_status(lsa_study_create(experiment, NULL, &study, &err), LSA_OK, &err);
    check_status(lsa_study_program(study, &program, &err), LSA_OK, &err);
    check_status(lsa_study_start(study, &start, &err), LSA_OK, &err);
    if (seed != 0)
        check_status(image_turn(arena, experiment, program, start, seed, &turned, &err), LSA_OK, &err);
    check_status(image_make(arena, turned, program, &units, &out, &err), LSA_OK, &err);
    lsa_study_destroy(study);
    return out;
}

static void check_image(const lsa_experiment *experiment, unsigned long long seed, double c)
{
    ptrdiff_t count, other;
    lsa_arena *arena = lsa_arena_create();
    assert_non_null(arena);
    lsa_study *studies[2];
    lsa_claim_result *results = judge(experiment, &count, &studies[0]);
    lsa_claim_result *images = judge(image_of(arena, experiment, seed, c), &other, &studies[1]);
    assert_int_equal(count, other);
    ptrdiff_t differ = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        differ += !compare(&results[i], &images[i], c);
    assert_int_equal(differ, 0);
    free(images);
    free(results);
    lsa_study_destroy(studies[0]);
    lsa_study_destroy(studies[1]);
    lsa_arena_destroy(arena);
}

static void test_symmetries(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof models / sizeof *models; k++) {
        char text[2048];
        snprintf(text, sizeof text, "%smonte_carlo: {prompts: 20000, relative_error: 0.2}\n", models[k]);
        print_message("model %zu\n", k + 1);
        lsa_model *model = model_of(text);
        const lsa_experiment *experiment = lsa_model_experiment(model, 0);
        check_image(experiment, 5, 1.0);
        check_image(experiment, 0, 3.0);
        check_image(experiment, 6, 1e-5);
        lsa_model_destroy(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_symmetries)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
