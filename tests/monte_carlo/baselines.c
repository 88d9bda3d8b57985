/* Baselines against what is known of them in closed form, and against their textbook formulas prompt by prompt. */
#include "empirical/baseline.h"
#include "prompt_law.h"
#include <stdlib.h>

enum { OLS, RIDGE, BEST_LINEAR, ONE_STEP, ZERO };

static lsa_sample_result sampled(const lsa_prompt_law *law, unsigned baselines, ptrdiff_t prompts)
{
    lsa_error err;
    lsa_layer *layer;
    lsa_sample_result result;
    check_status(lsa_layer_create(law->d, 1, false, &layer, &err), LSA_OK, &err);
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = prompts;
    options.relative_error = 0.0;
    options.baselines = baselines;
    const lsa_predictor predictor = {.layer = layer}; /* predicts 0 */
    check_status(lsa_sample_error(&predictor, law, &options, &result, &err), LSA_OK, &err);
    lsa_layer_destroy(layer);
    return result;
}

static void check_estimate(lsa_sample_estimate e, double exact)
{
    assert_true(!e.infinite && e.half_width > 0.0 && e.half_width < 0.2 * e.mean);
    check_at_most(fabs(e.mean - exact), e.half_width);
}

/* Noiseless OLS recovers the task once M >= d, ridge without noise too; below, |w|^2 loses M of d directions. */
static void noiseless(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "merged", NULL, 4, 4, 1, 1);
    const double spectrum[] = {2.0, 1.0, 0.5, 0.25};
    const lsa_covariance *identity = fixture_scalar(&s, 4, 1.0), *skew = fixture_diagonal(&s, 4, spectrum);
    for (ptrdiff_t M = 4; M <= 9; M += 5) {
        const lsa_prompt_law law = law_of(skew, identity, M, 0.0);
        const lsa_sample_result r = sampled(&law, LSA_BASELINE_OLS | LSA_BASELINE_RIDGE, 1000);
        /* rounding times the squared condition of a random 4 x 4 matrix, which 1000 draws push to 1e4 */
        check_at_most(r.baseline[OLS].mean, 1e-20);
        check_at_most(r.baseline[RIDGE].mean, 1e-20);
    }
    const lsa_prompt_law few = law_of(identity, identity, 2, 0.0);
    const lsa_sample_result r = sampled(&few, LSA_BASELINE_OLS | LSA_BASELINE_RIDGE, 30000);
    check_estimate(r.baseline[OLS], 2.0);   /* d - M */
    check_estimate(r.baseline[RIDGE], 2.0); /* the same rule for an isotropic prior */
    fixture_clear(&s);
}

/* Gaussian design: E = s2 d / (M - d - 1) for M >= d + 2; no mean within one of M = d, no variance within
 * three, no interval within seven. */
static void noisy_least_squares(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "merged", NULL, 3, 3, 1, 1);
    const double matrix[] = {2.0, 0.5, 0.0, 0.5, 1.0, 0.1, 0.0, 0.1, 0.4};
    const lsa_covariance *Lambda = fixture_matrix(&s, 3, matrix), *identity = fixture_scalar(&s, 3, 1.0);
    const lsa_prompt_law enough = law_of(Lambda, identity, 12, 0.5);
    check_estimate(sampled(&enough, LSA_BASELINE_OLS, 40000).baseline[OLS], 0.5 * 3.0 / 8.0);
    for (ptrdiff_t M = 1; M <= 12; M++) {
        const lsa_prompt_law law = law_of(Lambda, identity, M, 0.5);
        const lsa_sample_result r = sampled(&law, LSA_BASELINE_OLS, 256);
        const bool infinite = M >= 2 && M <= 4, unbounded = M <= 10;
        assert_true(r.baseline[OLS].infinite == infinite && r.difference[OLS].infinite == infinite);
        assert_true(isnan(r.baseline[OLS].mean) == infinite && (r.baseline[OLS].reason != NULL) == unbounded);
        assert_true(isfinite(r.baseline[OLS].half_width) == !unbounded);
        assert_true(isfinite(r.difference[OLS].half_width) == !unbounded);
        assert_true(isfinite(r.error.mean));
    }
    fixture_clear(&s);
}

static void simple_rules(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "merged", NULL, 3, 6, 1, 1);
    const lsa_covariance *identity = fixture_scalar(&s, 3, 1.0);
    lsa_prompt_law law = law_of(identity, identity, 6, 0.5);
    law.setting.query_noise = true;
    const lsa_sample_result r = sampled(&law, 31, 60000);
    check_estimate(r.baseline[BEST_LINEAR], 0.5);
    check_estimate(r.baseline[ZERO], 3.5);
    assert_true(r.difference[ZERO].mean == 0.0 && r.difference[ZERO].half_width == 0.0); /* common prompts */
    check_close(r.difference[OLS].mean, r.error.mean - r.baseline[OLS].mean, 1e-12, 0.0);
    /* best scalar step for I: M / (M + d + 1 + s2); the pilot's 4096 prompts give it to about 2 % */
    check_close(r.step, 6.0 / 10.5, 0.1, 0.0);
    /* its error: d - d^2 ... with G = (1 + (d + 1 + s2)/M) I: d (1 - 1/G) + noise of the query */
    check_estimate(r.baseline[ONE_STEP], 3.0 * (1.0 - 6.0 / 10.5) + 0.5);
    /* Bayes is the best of all rules */
    check_at_most(r.baseline[RIDGE].mean + r.baseline[RIDGE].half_width, r.baseline[ONE_STEP].mean);
    check_at_most(r.baseline[RIDGE].mean + r.baseline[RIDGE].half_width, r.baseline[OLS].mean);
    fixture_clear(&s);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(lsa_baseline_name(OLS), "ols");
    assert_string_equal(lsa_baseline_name(ZERO), "zero");
    assert_true(LSA_BASELINE_OLS == 1u << OLS && LSA_BASELINE_RIDGE == 1u << RIDGE);
    assert_true(LSA_BASELINE_BEST_LINEAR == 1u << BEST_LINEAR && LSA_BASELINE_ONE_STEP == 1u << ONE_STEP);
    assert_true(LSA_BASELINE_ZERO == 1u << ZERO);
}

static void nothing_to_learn_from(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "merged", NULL, 1, 0, 1, 1);
    const lsa_covariance *one = fixture_scalar(&s, 1, 1.0);
    const lsa_prompt_law law = law_of(one, one, 0, 0.5);
    const lsa_sample_result r = sampled(&law, 31, 1000);
    for (int b = OLS; b <= ONE_STEP; b++)
        if (b != BEST_LINEAR)
            assert_true(r.baseline[b].mean == r.error.mean);
    assert_true(r.baseline[BEST_LINEAR].mean == 0.0);
    fixture_clear(&s);
}

/* ---- Prompt by prompt ------------------------------------------------------------------------------------------- */

/* (X'X + s2 Omega^-1)^-1 X'y as it is written. */
static double textbook_ridge(const lsa_prompt *p, double s2, const double *Omega)
{
    lsa_error err;
    const ptrdiff_t d = p->d, D = d + 1;
    double A[16], identity[16], inverse[16], b[4] = {0}, w[4];
    lsa_mat_identity(d, identity);
    check_status(lsa_mat_solve_spd(d, d, Omega, identity, inverse, &err), LSA_OK, &err);
    for (ptrdiff_t k = 0; k < d * d; k++)
        A[k] = s2 * inverse[k];
    for (ptrdiff_t j = 0; j < p->M; j++)
        for (ptrdiff_t k = 0; k < d; k++) {
            lsa_vec_axpy(d, p->E[k + j * D], p->E + j * D, A + k * d);
            b[k] += p->E[k + j * D] * p->E[d + j * D];
        }
    check_status(lsa_mat_solve_spd(d, 1, A, b, w, &err), LSA_OK, &err);
    return lsa_vec_dot(d, w, lsa_prompt_query(p));
}

static void against_textbook(const lsa_prompt_law *law, const double *Omega)
{
    lsa_error err;
    lsa_prompts *prompts;
    lsa_prompt *p;
    lsa_baselines rules;
    check_status(lsa_prompts_create(law, 3, LSA_PROMPTS_SAMPLE, &prompts, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(prompts, &p, &err), LSA_OK, &err);
    check_status(lsa_baselines_init(&rules, LSA_BASELINE_RIDGE, law, 3, &err), LSA_OK, &err);
    double *work = lsa_vec_create(lsa_baseline_work_size(&rules));
    assert_non_null(work);
    for (uint64_t i = 0; i < 50; i++) {
        lsa_prompt_draw(prompts, i, p);
        check_close(lsa_baseline_predict(&rules, RIDGE, p, work), textbook_ridge(p, law->setting.label_noise, Omega),
                    1e-10, 1e-11);
    }
    free(work);
    lsa_baselines_clear(&rules);
    lsa_prompt_destroy(p);
    lsa_prompts_destroy(prompts);
}

static void ridge_is_bayes(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "merged", NULL, 3, 6, 1, 1);
    const double matrix[] = {2.0, 0.5, 0.0, 0.5, 1.0, 0.1, 0.0, 0.1, 0.4}, twice[] = {2, 0, 0, 0, 2, 0, 0, 0, 2};
    const lsa_covariance *general = fixture_matrix(&s, 3, matrix), *scalar = fixture_scalar(&s, 3, 2.0);
    for (ptrdiff_t M = 1; M <= 7; M += 2) {
        const lsa_prompt_law a = law_of(general, general, M, 0.3), b = law_of(general, scalar, M, 0.3);
        against_textbook(&a, matrix);
        against_textbook(&b, twice);
    }
    fixture_clear(&s);
}

/* Null directions of x or of the prior neither disturb the rules nor produce NaN. */
static void semidefinite(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "merged", NULL, 3, 5, 1, 1);
    const double flat[] = {1.0, 1.0, 0.0}, line[] = {1.0, 0.0, 0.0};
    const double rotated[] = {1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0}; /* rank 2 */
    const lsa_covariance *identity = fixture_scalar(&s, 3, 1.0);
    const lsa_covariance *singular[] = {fixture_diagonal(&s, 3, flat), fixture_matrix(&s, 3, rotated)};
    for (int i = 0; i < 2; i++) {
        const lsa_prompt_law exact = law_of(singular[i], identity, 2, 0.0); /* M = rank: noiseless is exact */
        const lsa_sample_result r = sampled(&exact, 31, 500);
        check_at_most(r.baseline[OLS].mean, 1e-18);
        check_at_most(r.baseline[RIDGE].mean, 1e-18);
        const lsa_prompt_law noisy = law_of(singular[i], identity, 3, 0.1); /* M = rank + 1 */
        assert_true(sampled(&noisy, LSA_BASELINE_OLS, 500).baseline[OLS].infinite);
    }
    const lsa_prompt_law prior = law_of(identity, fixture_diagonal(&s, 3, line), 1, 0.0);
    const lsa_sample_result r = sampled(&prior, LSA_BASELINE_RIDGE, 500);
    check_at_most(r.baseline[RIDGE].mean, 1e-20); /* one pair fixes a task known to lie on a line */
    const double elsewhere[] = {0.0, 1.0, 0.0};
    lsa_prompt_law outside = prior;
    law_fixed(&outside, elsewhere);
    assert_true(sampled(&outside, LSA_BASELINE_RIDGE, 500).baseline[RIDGE].infinite);
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noiseless),    cmocka_unit_test(noisy_least_squares),
        cmocka_unit_test(simple_rules), cmocka_unit_test(nothing_to_learn_from),
        cmocka_unit_test(names),        cmocka_unit_test(ridge_is_bayes),
        cmocka_unit_test(semidefinite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
