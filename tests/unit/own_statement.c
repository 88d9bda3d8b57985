/* A user's own statement, sampled as it stands: constants from `values`, Gaussians beside the prompt, traces, targets
 * other than <w, x_q>; and the statements that have no numbers. */
#include "empirical/prompt_average.h"
#include "fixture.h"
#include "lsaflow/empirical.h"

static lsa_model *parse(const char *text)
{
    lsa_model *model;
    lsa_error err;
    check_status(lsa_model_parse("own", text, strlen(text), NULL, &model, &err), LSA_OK, &err);
    return model;
}

#define GAUSSIANS                                                                                                      \
    "statement:\n"                                                                                                     \
    "  gaussians:\n"                                                                                                   \
    "    x:   {covariance: Lambda, samples: N}\n"                                                                      \
    "    xq:  {covariance: Lambda}\n"                                                                                  \
    "    w:   {covariance: Omega}\n"

/* prediction - target = 2 a (w'C xq) + (sum_i z_i'c) b, so with a = 0, b = 1 the error is
 * N c'C c, c the given vector. */
static const char with_values[] =
    GAUSSIANS "    z:   {covariance: C, samples: N}\n"
              "  parameters: {a: scalar, b: scalar}\n"
              "  prediction: \"w' * C * xq * a + w' * (C * xq) * a + sum(i, z[i]') * c * b\"\n"
              "  target: \"0 * w' * xq\"\n"
              "data:\n"
              "  context: 3\n"
              "  dimension: 2\n"
              "  values: {C: [[2, 0.5], [0.5, 1]], c: [1, -2]}\n";

static double error_of(const lsa_experiment *e, const double *parameters, double *half_width)
{
    lsa_error err;
    lsa_sample_result r;
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = 100000;
    options.relative_error = 0.0;
    check_status(lsa_sample_test(e, NULL, parameters, &options, &r, &err), LSA_OK, &err);
    *half_width = r.error.half_width;
    return r.error.mean;
}

static void values_and_further_gaussians(void **state)
{
    (void)state;
    lsa_model *model = parse(with_values);
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    const double second[] = {0.0, 1.0}, first[] = {0.5, 0.0};
    double half_width, error = error_of(e, second, &half_width);
    check_at_most(fabs(error - 3.0 * 4.0), half_width); /* c'C c = 2 - 2 + 4 */
    check_at_most(half_width, 1.0);
    error = error_of(e, first, &half_width); /* E (w'C xq)^2 = |C|_F^2 */
    check_at_most(fabs(error - 5.5), half_width);
    check_at_most(half_width, 1.0);
    lsa_model_destroy(model);
}

/* The gradient of 1/2 (prediction - target)^2 at (a, b): by a (2 w'C xq) r, by b (sum z'c) r; checked by its mean. */
static void gradient_of_own_statement(void **state)
{
    (void)state;
    lsa_model *model = parse(with_values);
    const lsa_experiment *e = lsa_model_experiment(model, 0);
    const double parameters[] = {0.5, 1.0}, exact[] = {2.0 * 5.5, 12.0};
    lsa_error err;
    lsa_prompt_law law;
    lsa_forward *forward;
    lsa_means *means;
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = 100000;
    check_status(lsa_prompt_law_training(e, &law, &err), LSA_OK, &err);
    check_status(lsa_forward_create(e, &law, &forward, &err), LSA_OK, &err);
    check_status(lsa_means_create(2, &means, &err), LSA_OK, &err);
    const lsa_predictor statement = {NULL, forward, parameters}, headless = {0};
    check_status(lsa_sample_gradient(&statement, &law, &options, means, &err), LSA_OK, &err);
    check_at_most(lsa_means_zscore(means, exact), lsa_means_zscore_threshold(2, 1e-6));
    check_status(lsa_sample_gradient(&headless, &law, &options, means, &err), LSA_ERR_DOMAIN, NULL);
    lsa_means_destroy(means);
    lsa_forward_destroy(forward);
    lsa_model_destroy(model);
}

/* An eigenvalue of -5e-13 is rounding that the model has taken away: z can be drawn. A matrix with the eigenvalue -1 is
 * refused by the model already, so it is put there by hand. */
static void not_a_covariance(void **state)
{
    (void)state;
    static const char text[] =
        GAUSSIANS "    z:   {covariance: C}\n"
                  "  parameters: {a: scalar}\n"
                  "  prediction: \"a * w' * z\"\n"
                  "  target: \"w' * xq\"\n"
                  "data: {context: 3, dimension: 2, values: {C: [[1, 1], [1, 0.999999999999]]}}\n";
    lsa_model *model = parse(text);
    lsa_experiment e = *lsa_model_experiment(model, 0);
    lsa_error err;
    lsa_prompt_law law;
    lsa_forward *forward;
    check_status(lsa_prompt_law_training(&e, &law, &err), LSA_OK, &err);
    check_status(lsa_forward_create(&e, &law, &forward, &err), LSA_OK, &err);
    lsa_forward_destroy(forward);
    const double indefinite[] = {1, 2, 2, 1};
    lsa_block_values value = {.symbol = e.data.values[0].symbol, .values = indefinite};
    e.data.values = &value;
    check_status(lsa_forward_create(&e, &law, &forward, &err), LSA_ERR_DOMAIN, NULL);
    check_contains(err.text, "negative eigenvalue");
    lsa_model_destroy(model);
}

/* A symbol that the experiment gives no number, and a layer block that would change from prompt to prompt: the model's
 * own checks refuse both, so they are made by hand. */
static void made_by_hand(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_prompt_law law;
    lsa_forward *forward;
    fixture_init(&s, "merged", NULL, 2, 3, 1, 1);
    check_status(lsa_prompt_law_training(&s.experiment, &law, &err), LSA_OK, &err);
    lsa_statement statement = *s.experiment.statement;
    const lsa_statement *shipped = s.experiment.statement;
    s.experiment.statement = &statement;
    lsa_symbol symbols[16]; /* rho loses its role, and no value is given for it */
    assert_true(shipped->n_symbols <= 16);
    memcpy(symbols, shipped->symbols, (size_t)shipped->n_symbols * sizeof *symbols);
    symbols[shipped->rho].role = LSA_ROLE_NONE;
    statement.symbols = symbols;
    check_status(lsa_forward_create(&s.experiment, &law, &forward, &err), LSA_ERR_INPUT, NULL);
    check_contains(err.text, "the symbol rho has no number\n  in the prediction of statement merged");
    statement = *shipped;
    statement.layer.u = shipped->target;
    check_status(lsa_forward_create(&s.experiment, &law, &forward, &err), LSA_ERR_INPUT, NULL);
    check_contains(err.text, "the layer's block u depends on the prompt");
    fixture_clear(&s);
}

/* tr(A) of a parameter: value and gradient, which is the identity times the residual. */
static void traces(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_prompt_law law;
    lsa_forward *forward;
    lsa_forward_work *work;
    lsa_prompts *prompts;
    lsa_prompt *p;
    double prediction, target, gradient[5];
    const double parameters[] = {0.0, 1.0, 2.0, 3.0, 4.0}; /* u, U by columns */
    fixture_init(&s, "merged", NULL, 2, 3, 1, 1);
    lsa_statement statement = *s.experiment.statement;
    s.experiment.statement = &statement;
    const int U = lsa_statement_find(&statement, "U");
    const lsa_expr symbol = {.kind = LSA_EXPR_SYMBOL, .rows = LSA_DIM_D, .cols = LSA_DIM_D, .symbol = U, .index = -1};
    const lsa_expr *child = &symbol;
    const lsa_expr trace = {.kind = LSA_EXPR_TRACE, .index = -1, .n_children = 1, .children = &child};
    statement.prediction = &trace;
    check_status(lsa_prompt_law_training(&s.experiment, &law, &err), LSA_OK, &err);
    check_status(lsa_forward_create(&s.experiment, &law, &forward, &err), LSA_OK, &err);
    check_status(lsa_forward_work_create(forward, &work, &err), LSA_OK, &err);
    check_status(lsa_prompts_create(&law, 1, LSA_PROMPTS_SAMPLE, &prompts, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(prompts, &p, &err), LSA_OK, &err);
    lsa_prompt_draw(prompts, 0, p);
    lsa_forward_evaluate(forward, work, parameters, p, &prediction, &target);
    lsa_forward_gradient(forward, work, parameters, p, gradient);
    const double r = 5.0 - target, want[] = {0.0, r, 0.0, 0.0, r};
    assert_true(prediction == 5.0);
    assert_memory_equal(gradient, want, sizeof want);
    lsa_prompt_destroy(p);
    lsa_prompts_destroy(prompts);
    lsa_forward_work_destroy(work);
    lsa_forward_destroy(forward);
    fixture_clear(&s);
}

/* ---- Interrupts ------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t stop;

static lsa_status create_nothing(const void *shared, void **worker, lsa_error *err)
{
    (void)shared;
    (void)err;
    *worker = NULL;
    return LSA_OK;
}

static void destroy_nothing(void *worker)
{
    (void)worker;
}

static lsa_status count_to_stop(const void *shared, void *worker, uint64_t first, ptrdiff_t count, double *values,
                                lsa_error *err)
{
    (void)worker;
    (void)count; /* 1 */
    (void)err;
    values[0] = (double)first;
    stop = first >= *(const uint64_t *)shared;
    return LSA_OK;
}

/* What was merged before the interrupt is whole: the first prompts, no gaps. */
static void an_interrupt_keeps_what_is_done(void **state)
{
    (void)state;
    const uint64_t limit = 50000;
    const lsa_observable observable = {1, 1, 0, &limit, create_nothing, destroy_nothing, count_to_stop};
    lsa_average *average;
    lsa_error err;
    stop = 0;
    check_status(lsa_average_create(&observable, 1, &average, &err), LSA_OK, &err);
    check_status(lsa_average_extend(average, 1000000, &stop, &err), LSA_ERR_INTERRUPTED, NULL);
    const double n = (double)lsa_average_prompts(average);
    assert_true(n >= 50000.0 && n < 51000.0 && lsa_average_prompts(average) % 256 == 0);
    check_close(lsa_average_moments(average)->mean, 0.5 * (n - 1.0), 1e-12, 0.0);
    check_contains(err.text, "interrupted after");
    lsa_average_destroy(average);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_further_gaussians),
        cmocka_unit_test(gradient_of_own_statement),
        cmocka_unit_test(not_a_covariance),
        cmocka_unit_test(made_by_hand),
        cmocka_unit_test(traces),
        cmocka_unit_test(an_interrupt_keeps_what_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
