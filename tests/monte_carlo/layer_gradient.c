/* Sampled gradients of the population loss against the reference cases.
 *
 * Pass when max|z| over all entries stays below the threshold of a false-alarm budget of 1e-6. Power: the same prompts
 * must reject the gradient of a layer that hides the query's column. */
#include "layer_case.h"

enum { PROMPTS = 300000 };

static void exact_gradient(const lsa_case *c, ptrdiff_t d, double *out)
{
    memcpy(out, lsa_case_expect(c, "p_x", d), (size_t)d * sizeof(double));
    out[d] = lsa_case_expect(c, "p_y", 1)[0];
    memcpy(out + d + 1, lsa_case_expect(c, "U", d * d), (size_t)(d * d) * sizeof(double));
    memcpy(out + d + 1 + d * d, lsa_case_expect(c, "k", d), (size_t)d * sizeof(double));
}

static void sampled(const lsa_layer *layer, const lsa_prompt_law *law, lsa_means *means)
{
    lsa_error err;
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = PROMPTS;
    check_status(lsa_sample_block_gradient(layer, law, &options, means, &err), LSA_OK, &err);
    assert_true(means->prompts == PROMPTS);
}

static void check_case(const lsa_case *c)
{
    lsa_error err;
    lsa_means *means;
    lsa_fixture s = {.arena = lsa_arena_create()};
    const lsa_prompt_law law = case_law(c, &s, "Lambda", "Lambda", "N");
    const ptrdiff_t n = (law.d + 1) * (law.d + 1);
    lsa_layer *layer = case_layer(c, law.d, false), *masked = case_layer(c, law.d, true);
    double *exact = fixture_numbers(&s, n);
    exact_gradient(c, law.d, exact);
    check_status(lsa_means_create(n, &means, &err), LSA_OK, &err);
    sampled(layer, &law, means);
    print_message("%s: max|z| = %.2f", c->id, lsa_means_zscore(means, exact));
    check_at_most(lsa_means_zscore(means, exact), lsa_means_zscore_threshold(n, 1e-6));
    sampled(masked, &law, means);
    print_message(", masked %.2f\n", lsa_means_zscore(means, exact));
    check_at_least(lsa_means_zscore(means, exact), 10.0);
    lsa_means_destroy(means);
    lsa_layer_destroy(masked);
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

static void gradients(void **state)
{
    (void)state;
    lsa_cases_each("full_grad", check_case);
}

/* By parameters: the statement's order px, u, U, k is that of the blocks, so both are the same averages. */
static void by_parameters(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_prompt_law law;
    lsa_forward *forward;
    lsa_layer *layer;
    lsa_means *blocks, *through, *direct;
    fixture_init(&s, "full", NULL, 3, 5, 1, 1);
    s.experiment.training.label_noise = 0.2;
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = 1000;
    const double *parameters = fixture_normals(&s, 16, 3, 0.5);
    check_status(lsa_prompt_law_training(&s.experiment, &law, &err), LSA_OK, &err);
    check_status(lsa_forward_create(&s.experiment, &law, &forward, &err), LSA_OK, &err);
    check_status(lsa_forward_layer(forward, parameters, &layer, &err), LSA_OK, &err);
    check_status(lsa_means_create(16, &blocks, &err), LSA_OK, &err);
    check_status(lsa_means_create(16, &through, &err), LSA_OK, &err);
    check_status(lsa_means_create(16, &direct, &err), LSA_OK, &err);
    const lsa_predictor with_layer = {layer, forward, parameters}, statement = {NULL, forward, parameters};
    check_status(lsa_sample_block_gradient(layer, &law, &options, blocks, &err), LSA_OK, &err);
    check_status(lsa_sample_gradient(&with_layer, &law, &options, through, &err), LSA_OK, &err);
    check_status(lsa_sample_gradient(&statement, &law, &options, direct, &err), LSA_OK, &err);
    check_vector_close(16, through->mean, blocks->mean, 1e-12, 0.0);
    check_vector_close(16, direct->mean, blocks->mean, 1e-11, 0.0);
    check_vector_close(16, direct->standard_error, blocks->standard_error, 1e-11, 0.0);
    lsa_means_destroy(direct);
    check_status(lsa_means_create(15, &direct, &err), LSA_OK, &err);
    check_status(lsa_sample_gradient(&statement, &law, &options, direct, &err), LSA_ERR_SHAPE, NULL);
    lsa_means_destroy(direct);
    lsa_means_destroy(through);
    lsa_means_destroy(blocks);
    lsa_layer_destroy(layer);
    lsa_forward_destroy(forward);
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gradients), cmocka_unit_test(by_parameters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
