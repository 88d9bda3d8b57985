/* Prompts per second of processor time, on one thread, by the ways that `lsaflow bench sampling` leaves out: drawing alone;
 * the error of the layer prompt by prompt, by associativity (beside the baselines) and as it is written; that of the
 * statement.
 * CSV: case, d, M, per second; the best of five. `-l` takes larger sizes. */
#include "empirical/prompt_average.h"
#include "fixture.h"
#include "lsaflow/empirical.h"
#include <stdio.h>
#include <time.h>

static double seconds(void)
{
    return (double)clock() / (double)CLOCKS_PER_SEC;
}

static void time_draws(const lsa_prompt_law *law, ptrdiff_t prompts)
{
    lsa_error err;
    lsa_prompts *sequence;
    lsa_prompt *prompt;
    check_status(lsa_prompts_create(law, 1, LSA_PROMPTS_SAMPLE, &sequence, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(sequence, &prompt, &err), LSA_OK, &err);
    const double start = seconds();
    for (ptrdiff_t i = 0; i < prompts; i++)
        lsa_prompt_draw(sequence, (uint64_t)i, prompt);
    printf("draw,%td,%td,%.4g\n", law->d, law->M, (double)prompts / (seconds() - start));
    lsa_prompt_destroy(prompt);
    lsa_prompts_destroy(sequence);
}

/* The statement's expressions instead of the layer, gradient included. */
static void time_statement(lsa_fixture *s, const lsa_prompt_law *law, lsa_sample_options options)
{
    lsa_error err;
    lsa_forward *forward;
    lsa_sample_result result;
    lsa_means *means;
    check_status(lsa_forward_create(&s->experiment, law, &forward, &err), LSA_OK, &err);
    const lsa_predictor predictor = {.forward = forward,
                                     .parameters = fixture_normals(s, lsa_forward_parameter_count(forward), 1, 0.1)};
    double start = seconds();
    check_status(lsa_sample_error(&predictor, law, &options, &result, &err), LSA_OK, &err);
    printf("statement,%td,%td,%.4g\n", law->d, law->M, (double)result.prompts / (seconds() - start));
    check_status(lsa_means_create(lsa_forward_parameter_count(forward), &means, &err), LSA_OK, &err);
    start = seconds();
    check_status(lsa_sample_gradient(&predictor, law, &options, means, &err), LSA_OK, &err);
    printf("statement's gradient,%td,%td,%.4g\n", law->d, law->M, (double)means->prompts / (seconds() - start));
    lsa_means_destroy(means);
    lsa_forward_destroy(forward);
}

static void time_error(const char *name, lsa_fixture *s, const lsa_prompt_law *law, lsa_sample_options options)
{
    lsa_error err;
    lsa_layer *layer;
    lsa_sample_result result;
    double *U = fixture_numbers(s, law->d * law->d);
    lsa_mat_identity(law->d, U);
    check_status(lsa_layer_create(law->d, 1, false, &layer, &err), LSA_OK, &err);
    lsa_layer_set_blocks(layer, 0, NULL, 0.7, U, NULL);
    const lsa_predictor predictor = {.layer = layer};
    double best = 0.0;
    for (int group = 0; group < 5; group++) {
        const double start = seconds();
        check_status(lsa_sample_error(&predictor, law, &options, &result, &err), LSA_OK, &err);
        best = fmax(best, (double)result.prompts / (seconds() - start));
    }
    printf("%s,%td,%td,%.4g\n", name, law->d, law->M, best);
    lsa_layer_destroy(layer);
}

static void run(ptrdiff_t d, ptrdiff_t M, ptrdiff_t prompts)
{
    lsa_fixture s;
    lsa_prompt_law law;
    lsa_error err;
    fixture_init(&s, "merged", NULL, d, (double)M, 1, 1);
    double *spectrum = fixture_numbers(&s, d);
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = 1.0 / (double)(i + 1);
    s.experiment.training.covariance = fixture_diagonal(&s, d, spectrum);
    check_status(lsa_prompt_law_training(&s.experiment, &law, &err), LSA_OK, &err);
    lsa_sample_options options = lsa_sample_options_defaults();
    options.threads = 1;
    options.relative_error = 0.0;
    options.prompts = prompts;
    time_draws(&law, prompts);
    options.prompts = prompts / 4;
    time_statement(&s, &law, options);
    options.baselines = 31;
    time_error("with baselines", &s, &law, options);
    options.baselines = 0;
    options.literal = true;
    time_error("literal", &s, &law, options);
    fixture_clear(&s);
}

int main(int argc, char **argv)
{
    const bool large = argc > 1 && strcmp(argv[1], "-l") == 0;
    printf("case,d,M,per second\n");
    run(5, 10, large ? 400000 : 1024);
    run(20, 40, large ? 100000 : 512);
    if (large)
        run(100, 400, 4000);
    return 0;
}
