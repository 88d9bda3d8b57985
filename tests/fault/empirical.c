/* Every allocation of the sampling witness fails once: LSA_ERR_MEMORY, nothing left behind. */
#include "lsaflow/empirical.h"
#include "fault.h"
#include "lsaflow/cubature.h"
#include "lsaflow/train.h"
#include "prompt_law.h"
#include <stdio.h>

static const double singular[] = {1.0, 0.0};

static lsa_status sample_all(void *context)
{
    const lsa_fixture *s = context;
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
    const lsa_fixture *s = context;
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

/* Fast, with the blocks of a full layer; random covariances of every kind that owns memory; a training, saved and loaded.
 * (A law is passed by itself: there is no experiment around it.) */
static lsa_status sample_law(void *context)
{
    const lsa_prompt_law *law = context;
    lsa_sample_options options = lsa_sample_options_defaults();
    lsa_sample_result result;
    lsa_layer *layer = NULL;
    const double px[] = {0.1, 0.2}, U[] = {1.0, 0.2, 0.3, 0.8};
    lsa_status status = lsa_layer_create(2, 2, false, &layer, NULL);
    options.prompts = 64;
    options.threads = 1;
    options.fast = !lsa_covariance_is_random(law->setting.covariance);
    if (status == LSA_OK) {
        lsa_layer_set_blocks(layer, 0, px, 0.8, U, px);
        lsa_layer_set_blocks(layer, 1, NULL, 0.8, U, NULL);
        const lsa_predictor predictor = {.layer = layer};
        status = lsa_sample_error(&predictor, law, &options, &result, NULL);
    }
    lsa_layer_destroy(layer);
    return status;
}

static const char *const file = "test_fault_empirical.checkpoint";

static lsa_status train(void *context)
{
    const lsa_fixture *s = context;
    const double parameters[] = {0.1, 0.2, 0.8, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
    const lsa_train_settings settings = {
        .method = LSA_TRAIN_SGD, .steps = 4, .batch = 8, .step_size = 0.01, .tail_average = 1.0, .tasks = 5.0};
    lsa_training *t = NULL;
    lsa_status status = lsa_training_create(&s->experiment, parameters, &settings, 1, &t, NULL);
    if (status == LSA_OK)
        status = lsa_training_run(t, 2, NULL, NULL);
    if (status == LSA_OK)
        status = lsa_training_save(t, file, NULL);
    if (status == LSA_OK)
        status = lsa_training_load(t, file, NULL);
    lsa_training_destroy(t);
    return status;
}

static lsa_status make_cubature(void *context)
{
    const lsa_fixture *s = context;
    lsa_cubature *cubature = NULL;
    const lsa_status status = lsa_cubature_create(&s->experiment, NULL, 1e8, &cubature, NULL);
    lsa_cubature_destroy(cubature);
    return status;
}

static void laws_and_training(void **state)
{
    (void)state;
    lsa_fixture s;
    const double matrix[] = {1.0, 0.3, 0.3, 0.5}, weights[] = {0.5, 0.5};
    fixture_init(&s, "full", NULL, 2, 3, 1, 1);
    const lsa_covariance *fixed = fixture_matrix(&s, 2, matrix);
    const lsa_covariance components[] = {*fixed, *fixture_diagonal(&s, 2, singular)};
    const lsa_law exponential[] = {{LSA_LAW_EXPONENTIAL, {1.0, 0.0, 0.0}}, {LSA_LAW_EXPONENTIAL, {2.0, 0.0, 0.0}}};
    lsa_covariance *random[3];
    for (int k = 0; k < 3; k++)
        random[k] = fixture_covariance(
            &s, (const lsa_covariance_kind[]){LSA_COVARIANCE_LAWS, LSA_COVARIANCE_MIXTURE, LSA_COVARIANCE_WISHART}[k],
            2);
    random[0]->laws = exponential;
    random[1]->n_components = 2;
    random[1]->weights = weights;
    random[1]->components = components;
    random[2]->dof = 3.0;
    random[2]->scale = fixed;
    lsa_prompt_law law = law_of(fixed, fixed, 3, 0.1);
    check_at_least((double)lsa_fault_each(sample_law, &law), 20.0);
    for (int k = 0; k < 3; k++) {
        law_covariates(&law, random[k]);
        check_at_least((double)lsa_fault_each(sample_law, &law), 15.0);
    }
    check_at_least((double)lsa_fault_each(train, &s), 20.0);
    for (int k = 0; k < 3; k++) {
        s.experiment.training.covariance = random[k];
        check_at_least((double)lsa_fault_each(make_cubature, &s), 5.0);
    }
    remove(file);
    fixture_clear(&s);
}

static void out_of_memory(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "full", NULL, 2, 3, 1, 1);
    check_at_least((double)lsa_fault_each(sample_all, &s), 20.0);
    check_at_least((double)lsa_fault_each(sample_gradient, &s), 20.0);
    s.experiment.training.covariance =
        fixture_diagonal(&s, 2, singular); /* the singular rules have matrices of their own */
    check_at_least((double)lsa_fault_each(sample_all, &s), 25.0);
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(out_of_memory), cmocka_unit_test(laws_and_training)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
