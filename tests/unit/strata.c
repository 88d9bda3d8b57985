/* Settings split by their discrete laws: weights by hand, laws given the outcome, and what is left unsplit. */
#include "empirical/strata_draw.h"
#include "fixture.h"
#include "lsaflow/empirical.h"
#include "lsaflow/setting.h"
#include "prompt_law.h"

static lsa_strata split(const lsa_setting *setting, ptrdiff_t most)
{
    lsa_strata strata;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_strata_init(&strata, setting, most, &err), LSA_OK, &err);
    return strata;
}

static const lsa_law rare_first = {LSA_LAW_TWO_POINT, {5.0, 1.0, 0.01}},
                     rare_second = {LSA_LAW_TWO_POINT, {2.0, 7.0, 0.999}}, even = {LSA_LAW_TWO_POINT, {1.0, 3.0, 0.5}},
                     flat = {LSA_LAW_UNIFORM, {1.0, 2.0}};

/* A fixture, and a diagonal covariance of two entries with these laws. */
static lsa_covariance *random_entries(lsa_fixture *s, const lsa_law laws[2])
{
    fixture_init(s, "merged", NULL, 2, 4, 1, 1);
    lsa_covariance *random = fixture_covariance(s, LSA_COVARIANCE_LAWS, 2);
    random->laws = laws;
    return random;
}

/* The rarer of two comes first: 7 with 0.001; else 5 with 0.01; else neither. Behind the first nothing is fixed. */
static void entries(void **state)
{
    (void)state;
    lsa_fixture s;
    const lsa_law laws[] = {rare_first, rare_second};
    const lsa_covariance *random = random_entries(&s, laws);
    const lsa_prompt_law law = law_of(random, fixture_scalar(&s, 2, 1.0), 4, 0.0);
    lsa_strata strata = split(&law.setting, 8);
    assert_int_equal(strata.count, 3);
    check_close(strata.stratum[0].weight, 0.001, 1e-12, 0.0);
    check_close(strata.stratum[1].weight, 0.999 * 0.01, 1e-12, 0.0);
    check_close(strata.stratum[2].weight, 0.999 * 0.99, 1e-12, 0.0);
    check_close(strata.rarest, 1.0, 0.0, 0.0);
    const lsa_covariance *first = strata.stratum[0].setting.covariance, *last = strata.stratum[2].setting.covariance;
    assert_int_equal(first->kind, LSA_COVARIANCE_LAWS);
    assert_int_equal(first->laws[0].kind, LSA_LAW_TWO_POINT);
    assert_int_equal(first->laws[1].kind, LSA_LAW_POINT);
    check_close(first->spectrum[0], 5.0 * 0.01 + 0.99, 1e-15, 0.0);
    check_close(first->spectrum[1], 7.0, 0.0, 0.0);
    assert_int_equal(last->kind, LSA_COVARIANCE_DIAGONAL);
    check_close(last->spectrum[0], 1.0, 0.0, 0.0);
    check_close(last->spectrum[1], 2.0, 0.0, 0.0);
    assert_true(strata.stratum[2].setting.query == last && strata.stratum[2].setting.query_is_same);
    lsa_strata_clear(&strata);
    strata = split(&law.setting, 2); /* room for the rarest alone */
    assert_int_equal(strata.count, 2);
    check_close(strata.rarest, 0.01, 0.0, 0.0);
    lsa_strata_clear(&strata);
    strata = split(&law.setting, 1);
    assert_int_equal(strata.count, 1);
    check_close(strata.rarest, 0.001, 1e-12, 0.0);
    assert_true(strata.stratum[0].setting.covariance == random);
    lsa_strata_clear(&strata);
    fixture_clear(&s);
}

/* Common values and laws with a density need no stratum. */
static void nothing_rare(void **state)
{
    (void)state;
    lsa_fixture s;
    const lsa_law laws[] = {even, flat};
    const lsa_covariance *random = random_entries(&s, laws);
    const lsa_prompt_law law = law_of(random, fixture_scalar(&s, 2, 1.0), 4, 0.0);
    lsa_strata strata = split(&law.setting, 8);
    assert_int_equal(strata.count, 1);
    check_close(strata.rarest, 1.0, 0.0, 0.0);
    lsa_strata_clear(&strata);
    fixture_clear(&s);
}

/* A query of its own law: every pair, the weights products. */
static void context_and_query(void **state)
{
    (void)state;
    lsa_fixture s;
    const lsa_law laws[] = {rare_first, flat};
    lsa_covariance *random = random_entries(&s, laws), *mixture = fixture_covariance(&s, LSA_COVARIANCE_MIXTURE, 2);
    const lsa_covariance components[] = {*fixture_scalar(&s, 2, 1.0), *fixture_scalar(&s, 2, 9.0)};
    const double weights[] = {0.75, 0.25};
    mixture->n_components = 2;
    mixture->components = components;
    mixture->weights = weights;
    lsa_prompt_law law = law_of(mixture, fixture_scalar(&s, 2, 1.0), 4, 0.0);
    law_query(&law, random);
    lsa_strata strata = split(&law.setting, 8);
    assert_int_equal(strata.count, 4);
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < 4; k++)
        sum += strata.stratum[k].weight;
    check_close(sum, 1.0, 1e-15, 0.0);
    check_close(strata.stratum[2].weight, 0.25 * 0.01, 1e-12, 0.0);
    assert_true(strata.stratum[2].setting.covariance == &components[1]);
    check_close(strata.stratum[2].setting.query->spectrum[0], 5.0, 0.0, 0.0);
    check_close(strata.stratum[2].setting.query->spectrum[1], 1.5, 0.0, 0.0);
    lsa_strata_clear(&strata);
    fixture_clear(&s);
}

/* Prompts of each stratum: all of the budget at every look, never fewer than before, none starved. */
static void prompts_of_strata(void **state)
{
    (void)state;
    lsa_fixture s;
    const lsa_law laws[] = {rare_first, rare_second};
    const lsa_covariance *random = random_entries(&s, laws);
    const lsa_prompt_law law = law_of(random, fixture_scalar(&s, 2, 1.0), 4, 0.0);
    static const ptrdiff_t budgets[] = {2000, 20000, 1234567};
    for (int b = 0; b < 3; b++) {
        ptrdiff_t before[LSA_STRATA_MAX] = {0};
        const ptrdiff_t budget = budgets[b];
        for (ptrdiff_t n = budget < 16384 ? budget : 16384, last = 0; !last; n = n > budget / 2 ? budget : 2 * n) {
            lsa_strata strata;
            ptrdiff_t count[LSA_STRATA_MAX], sum = 0;
            lsa_error err;
            check_status(lsa_sample_strata(&law.setting, n, budget, &strata, count, &err), LSA_OK, &err);
            for (ptrdiff_t k = 0; k < strata.count; k++) {
                assert_true(count[k] >= before[k]);
                assert_true((double)count[k] > 0.25 * (double)n / (double)strata.count); /* half, in whole chunks */
                sum += before[k] = count[k];
            }
            assert_int_equal(sum, n);
            last = n == budget;
            lsa_strata_clear(&strata);
        }
    }
    fixture_clear(&s);
}

/* Means of parts, put together with their weights: mean and variance of the whole, and the skewness of its mean, which is the sum
 * of the third central moments over the variance's power 3/2. */
static void moments_of_parts(void **state)
{
    (void)state;
    enum { PARTS = 2 };
    const double weight[PARTS] = {0.3, 0.7}, count[PARTS] = {40.0, 25.0}, total = 65.0;
    const lsa_moments part[PARTS] = {{2.0, 120.0, 300.0}, {-1.0, 33.0, -20.0}};
    lsa_moments out = {0};
    double mean = 0.0, variance = 0.0, third = 0.0;
    for (int k = 0; k < PARTS; k++) {
        lsa_strata_add(1, &out, weight[k], &part[k], count[k]);
        mean += weight[k] * part[k].mean;
        variance += weight[k] * weight[k] * part[k].m2 / (count[k] * (count[k] - 1.0));
        third += pow(weight[k] / count[k], 3.0) * part[k].m3;
    }
    lsa_strata_finish(1, &out, total);
    check_close(out.mean, mean, 1e-15, 0.0);
    check_close(lsa_moments_standard_error(&out, total), sqrt(variance), 1e-14, 0.0);
    check_close(out.m3 / pow(out.m2, 1.5), third / pow(variance, 1.5), 1e-14, 0.0);
    lsa_moments none = {0};
    lsa_strata_finish(1, &none, total);
    check_close(none.m3, 0.0, 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(entries), cmocka_unit_test(nothing_rare),
                                       cmocka_unit_test(context_and_query), cmocka_unit_test(prompts_of_strata),
                                       cmocka_unit_test(moments_of_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
