/* Section 4.3 prints E[yhat given x_q, w] = (1/3) <w, x_q> for exponential eigenvalues, the layer trained on them at
 * N = infinity (A = I/3). Sampled through the layer, the regression of yhat on t = <w, x_q> has the slope 2/3 where the query
 * shares its prompt's covariance, since x_q is then informative of it, and 1/3 where the query is independent of it:
 *     slope = E[yhat t]/E[t^2] = (1/3) E tr(Lambda Lambda_q)/E tr(Lambda_q),   E l^2 = 2, E l = 1, at every M.
 *
 * A slope b is the truth where (yhat - b t) t has mean 0. False-alarm budget 1e-6 over the six means; each must reject the
 * other slope by more than 30 standard errors. */
#include "check.h"
#include "model_text.h"

#include "lsaflow/empirical.h"
#include <math.h>
#include <stdio.h>

enum { D_MAX = 4, PROMPTS = 200000 };

static const double truth[2] = {2.0 / 3.0, 1.0 / 3.0}; /* in law; independent query */

/* Means of (yhat - b t) t for both slopes b. */
static lsa_estimate regress(const char *text, ptrdiff_t d)
{
    static const double zero[D_MAX] = {0.0};
    lsa_model *model = model_of(text);
    const lsa_experiment *experiment = lsa_model_experiment(model, 0);
    lsa_prompt_law law;
    lsa_prompts *prompts = NULL;
    lsa_prompt *prompt = NULL;
    lsa_layer *layer = NULL;
    double third[D_MAX * D_MAX] = {0.0}, work[4096];
    lsa_estimate estimate;
    check_status(lsa_prompt_law_test(experiment, &experiment->tests[0], &law, NULL), LSA_OK, NULL);
    check_status(lsa_prompts_create(&law, 20, LSA_PROMPTS_SAMPLE, &prompts, NULL), LSA_OK, NULL);
    check_status(lsa_prompt_create(prompts, &prompt, NULL), LSA_OK, NULL);
    check_status(lsa_layer_create(d, 1, false, &layer, NULL), LSA_OK, NULL);
    for (ptrdiff_t i = 0; i < d; i++)
        third[i + i * d] = 1.0 / 3.0;
    lsa_layer_set_blocks(layer, 0, zero, 1.0, third, zero);
    assert_true(lsa_layer_fast_work_size(layer, law.M) <= 4096);
    lsa_estimate_init(&estimate, 2);
    for (uint64_t n = 0; n < PROMPTS; n++) {
        lsa_prompt_draw(prompts, n, prompt);
        const double prediction = lsa_layer_predict(layer, prompt, work), t = prompt->target;
        lsa_estimate_add(&estimate,
                         (const double[2]){(prediction - truth[0] * t) * t, (prediction - truth[1] * t) * t});
    }
    lsa_layer_destroy(layer);
    lsa_prompt_destroy(prompt);
    lsa_prompts_destroy(prompts);
    lsa_model_destroy(model);
    return estimate;
}

static double zscore(const lsa_estimate *estimate, int slope)
{
    const double n = (double)estimate->draws, variance = estimate->squares[slope] / (n - 1.0);
    return estimate->mean[slope] / sqrt(variance / n);
}

static void check_slope(ptrdiff_t d, int M, const char *query, int slope)
{
    char text[512];
    snprintf(
        text, sizeof text,
        "statement: merged\ndata: {dimension: %td, context: 100, covariance: {random: {diagonal: {law: exponential, "
        "mean: 1}}}}\ntests:\n  - {name: test, context: %d, query_covariance: %s}\n",
        d, M, query);
    lsa_estimate estimate = regress(text, d);
    print_message("d = %td, M = %d, query %s: z = %.2f of slope 2/3, %.2f of slope 1/3\n", d, M, query,
                  zscore(&estimate, 0), zscore(&estimate, 1));
    check_at_most(fabs(zscore(&estimate, slope)), lsa_zscore_threshold(6, 1e-6));
    check_at_least(fabs(zscore(&estimate, 1 - slope)), 30.0);
    lsa_estimate_clear(&estimate);
}

static void test_slopes(void **state)
{
    (void)state;
    check_slope(2, 20, "same", 0);
    check_slope(3, 8, "same", 0);
    check_slope(4, 40, "same", 0);
    check_slope(2, 20, "identity", 1); /* the mean law, independent */
    check_slope(3, 8, "train", 1);     /* a draw of its own        */
    check_slope(4, 40, "identity", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_slopes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
