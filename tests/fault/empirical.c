/* Every allocation of the sampling witness fails once: LSA_ERR_MEMORY, nothing left behind. */
#include "lsaflow/empirical.h"
#include "fault.h"
#include "setting.h"

static const double singular[] = {1.0, 0.0};

static lsa_status sample_all(void *context)
{
    const lsa_setting *s = context;
    lsa_sample_result result;
    const double parameters[] = {0.1, 0.2, 0.8, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = 64;
    options.threads = 1;
    options.baselines = 31;
    return lsa_sample_test(&s->experiment, NULL, parameters, &options, &result, NULL);
}

static lsa_status sample_gradient(void *context)
{
    const lsa_setting *s = context;
    const double parameters[] = {0.1, 0.2, 0.8, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
    lsa_sample_options options = lsa_sample_options_defaults();
    lsa_prompt_law law;
    lsa_forward *forward = NULL;
    lsa_layer *layer = NULL;
    lsa_means *means = NULL;
    lsa_status status = lsa_prompt_law_training(&s->experiment, &law, NULL);
    options.prompts = 64;
    options.threads = 1;
    if (status == LSA_OK)
        status = lsa_forward_create(&s->experiment, &law, &forward, NULL);
    if (status == LSA_OK)
        status = lsa_forward_layer(forward, parameters, &layer, NULL);
    if (status == LSA_OK)
        status = lsa_means_create(9, &means, NULL);
    const lsa_predictor predictor = {layer, forward, parameters};
    if (status == LSA_OK)
        status = lsa_sample_gradient(&predictor, &law, &options, means, NULL);
    lsa_means_destroy(means);
    lsa_layer_destroy(layer);
    lsa_forward_destroy(forward);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    lsa_setting s;
    setting_init(&s, "full", NULL, 2, 3, 1, 1);
    check_at_least((double)lsa_fault_each(sample_all, &s), 20.0);
    check_at_least((double)lsa_fault_each(sample_gradient, &s), 20.0);
    s.experiment.data.covariance =
        setting_diagonal(&s, 2, singular); /* the singular rules have matrices of their own */
    check_at_least((double)lsa_fault_each(sample_all, &s), 25.0);
    setting_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
