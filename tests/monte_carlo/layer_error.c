/* Sampled errors of the layer against the reference cases, which an independent derivation computed.
 *
 * Each case is drawn until its interval is narrower than 4 %, at a level of 1e-4 split over the seven cases: the exact
 * value must lie inside, values 9 % off on either side outside. One case goes on to a standard error of 0.4 %, where the
 * same prompts must accept the exact value and reject one 2 % off. */
#include "layer_case.h"

enum { CASES = 7 };

static lsa_sample_result sampled(const lsa_layer *layer, const lsa_prompt_law *law, double relative_error,
                                 ptrdiff_t prompts)
{
    lsa_error err;
    lsa_sample_result result;
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = prompts;
    options.relative_error = relative_error;
    options.alpha = 1e-4 / CASES;
    const lsa_predictor predictor = {.layer = layer};
    check_status(lsa_sample_error(&predictor, law, &options, &result, &err), LSA_OK, &err);
    return result;
}

/* The exact value is inside; with a half-width of at most r, values off by more than 2 r / (1 - r) are outside. */
static void check_error(const char *id, const lsa_layer *layer, const lsa_prompt_law *law, double exact)
{
    const double r_max = 0.04;
    const lsa_sample_result r = sampled(layer, law, r_max, 4000000);
    const double off = 2.1 * r_max / (1.0 - r_max);
    print_message("%s: %.6g +- %.2g, exact %.6g, %td prompts\n", id, r.error.mean, r.error.half_width, exact,
                  r.prompts);
    assert_true(r.resolved);
    check_at_most(fabs(r.error.mean - exact), r.error.half_width);
    check_at_least(fabs(r.error.mean - (1.0 + off) * exact), r.error.half_width);
    check_at_least(fabs(r.error.mean - (1.0 - off) * exact), r.error.half_width);
}

/* Threshold of a budget of 1e-4; 2 % are five standard errors. */
static void check_power(const lsa_layer *layer, const lsa_prompt_law *law, double exact)
{
    const lsa_sample_estimate e = sampled(layer, law, 0.0, 800000).error;
    const double threshold = lsa_means_zscore_threshold(1, 1e-4);
    check_at_most(fabs(e.mean - exact) / e.standard_error, threshold);
    check_at_least(fabs(e.mean - 1.02 * exact) / e.standard_error, threshold);
}

static void check_loss_case(const lsa_case *c)
{
    lsa_fixture s = {.arena = lsa_arena_create()};
    const lsa_prompt_law law = case_law(c, &s, "Lambda", "Lambda", "N");
    lsa_layer *layer = case_layer(c, law.d, false);
    check_error(c->id, layer, &law, 2.0 * lsa_case_expect(c, "loss", 1)[0]);
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

/* The reduced layer at the trained limit, u = 1 and U = Gamma^-1 of the case's training law. */
static lsa_layer *trained_layer(const lsa_case *c, lsa_fixture *s, ptrdiff_t d)
{
    lsa_error err;
    lsa_layer *layer;
    const json_t *training = json_object_get(c->input, "trained_on");
    const double N = json_number_value(json_object_get(training, "N"));
    double *Gamma = fixture_numbers(s, d * d), *U = fixture_numbers(s, d * d), trace = 0.0;
    for (ptrdiff_t i = 0; i < d; i++)
        for (ptrdiff_t j = 0; j < d; j++)
            Gamma[i + j * d] = json_number_value(
                json_array_get(json_array_get(json_object_get(training, "Lambda"), (size_t)i), (size_t)j));
    trace = lsa_mat_trace(d, Gamma);
    lsa_vec_scale(d * d, 1.0 + 1.0 / N, Gamma);
    for (ptrdiff_t i = 0; i < d; i++)
        Gamma[i + i * d] += trace / N;
    lsa_mat_identity(d, U);
    check_status(lsa_mat_solve_spd(d, d, Gamma, U, U, &err), LSA_OK, &err);
    check_status(lsa_layer_create(d, 1, false, &layer, &err), LSA_OK, &err);
    lsa_layer_set_blocks(layer, 0, NULL, 1.0, U, NULL);
    return layer;
}

static lsa_layer *params_layer(const lsa_case *c, lsa_fixture *s, ptrdiff_t d)
{
    lsa_error err;
    lsa_layer *layer;
    const json_t *p = json_object_get(c->input, "params");
    double *px = fixture_numbers(s, d), *k = fixture_numbers(s, d), *U = fixture_numbers(s, d * d);
    for (ptrdiff_t i = 0; i < d; i++) {
        px[i] = json_number_value(json_array_get(json_object_get(p, "p_x"), (size_t)i));
        k[i] = json_number_value(json_array_get(json_object_get(p, "k"), (size_t)i));
        for (ptrdiff_t j = 0; j < d; j++)
            U[i + j * d] =
                json_number_value(json_array_get(json_array_get(json_object_get(p, "U"), (size_t)i), (size_t)j));
    }
    check_status(lsa_layer_create(d, 1, false, &layer, &err), LSA_OK, &err);
    lsa_layer_set_blocks(layer, 0, px, json_number_value(json_object_get(p, "p_y")), U, k);
    return layer;
}

static void check_shift_case(const lsa_case *c)
{
    lsa_fixture s = {.arena = lsa_arena_create()};
    const lsa_prompt_law law = case_law(c, &s, "Lambda1", "Lambda2", "M");
    lsa_layer *layer = lsa_case_has(c, "params") ? params_layer(c, &s, law.d) : trained_layer(c, &s, law.d);
    check_error(c->id, layer, &law, lsa_case_expect(c, "error", 1)[0]);
    if (strcmp(c->id, "p-shift-01") == 0)
        check_power(layer, &law, lsa_case_expect(c, "error", 1)[0]);
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

static void losses(void **state)
{
    (void)state;
    lsa_cases_each("full_loss", check_loss_case);
}

static void shifts(void **state)
{
    (void)state;
    lsa_cases_each("shift", check_shift_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(losses), cmocka_unit_test(shifts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
