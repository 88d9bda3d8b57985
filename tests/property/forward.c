/* Statements on numbers: equal to the layer they describe, and their reverse mode to central differences. */
#include "fixture.h"
#include "lsaflow/empirical.h"

typedef struct bench {
    lsa_fixture s;
    lsa_prompt_law law;
    lsa_prompts *prompts;
    lsa_prompt *prompt;
    lsa_forward *forward;
    lsa_forward_work *work;
    double *parameters;
    ptrdiff_t n;
} bench;

static const double Lambda3[] = {2.0, 0.3, 0.1, 0.3, 1.0, -0.2, 0.1, -0.2, 0.5};
static const double Omega3[] = {1.0, 0.5, 0.0, 0.5, 1.0, 0.0, 0.0, 0.0, 2.0};

static void open_bench_in(bench *b, const char *name, const char *text, ptrdiff_t d, ptrdiff_t heads, double context,
                          bool plus_one)
{
    lsa_error err;
    fixture_init(&b->s, name, text, d, context, heads, 2);
    lsa_setting *training = &b->s.experiment.training;
    training->covariance = d == 3 ? fixture_matrix(&b->s, 3, Lambda3) : fixture_scalar(&b->s, d, 1.5);
    training->task_covariance = d == 3 ? fixture_matrix(&b->s, 3, Omega3) : fixture_scalar(&b->s, d, 0.5);
    training->label_noise = 0.3;
    training->normalise_plus_one = plus_one;
    check_status(lsa_prompt_law_training(&b->s.experiment, &b->law, &err), LSA_OK, &err);
    check_status(lsa_prompts_create(&b->law, 21, LSA_PROMPTS_SAMPLE, &b->prompts, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(b->prompts, &b->prompt, &err), LSA_OK, &err);
    check_status(lsa_forward_create(&b->s.experiment, &b->law, &b->forward, &err), LSA_OK, &err);
    check_status(lsa_forward_work_create(b->forward, &b->work, &err), LSA_OK, &err);
    b->n = lsa_forward_parameter_count(b->forward);
    b->parameters = fixture_normals(&b->s, b->n, 31, 0.7);
    lsa_prompt_draw(b->prompts, 2, b->prompt);
}

static void open_bench(bench *b, const char *name, const char *text, ptrdiff_t heads, double context)
{
    open_bench_in(b, name, text, 3, heads, context, false);
}

static void close_bench(bench *b)
{
    lsa_forward_work_destroy(b->work);
    lsa_forward_destroy(b->forward);
    lsa_prompt_destroy(b->prompt);
    lsa_prompts_destroy(b->prompts);
    fixture_clear(&b->s);
}

static const struct {
    const char *name;
    ptrdiff_t heads, parameters;
} shipped[] = {{"merged", 1, 10},   {"full", 1, 16},      {"full-masked", 1, 16},
               {"separate", 1, 13}, {"multihead", 3, 30}, {"multihead-separate", 2, 26}};

enum { SHIPPED = sizeof shipped / sizeof shipped[0] };

static void compare_with_layer(const char *name, ptrdiff_t d, ptrdiff_t heads, bool plus_one)
{
    bench b;
    lsa_layer *layer;
    lsa_error err;
    double prediction, target;
    open_bench_in(&b, name, NULL, d, heads, 6, plus_one);
    check_status(lsa_forward_layer(b.forward, b.parameters, &layer, &err), LSA_OK, &err);
    double *work = fixture_numbers(&b.s, lsa_layer_work_size(layer, 6));
    for (uint64_t p = 0; p < 20; p++) {
        lsa_prompt_draw(b.prompts, p, b.prompt);
        lsa_forward_evaluate(b.forward, b.work, b.parameters, b.prompt, &prediction, &target);
        const double literal = lsa_layer_predict_literal(layer, b.prompt, work);
        const double scale = pow(lsa_vec_norm((d + 1) * 7, b.prompt->E), 3.0);
        check_close(prediction, literal, 1e-13, 1e-14 * scale);
        check_close(target, b.prompt->target, 1e-13, 1e-14 * scale);
    }
    lsa_layer_destroy(layer);
    close_bench(&b);
}

static void statement_is_the_layer(void **state)
{
    (void)state;
    for (int i = 0; i < SHIPPED; i++)
        for (int plus_one = 0; plus_one < 2; plus_one++) {
            compare_with_layer(shipped[i].name, 3, shipped[i].heads, plus_one);
            compare_with_layer(shipped[i].name, 1, shipped[i].heads, plus_one);
        }
}

/* Central differences, as in property/layer. */
static double loss_at(const bench *b)
{
    double prediction, target;
    lsa_forward_evaluate(b->forward, b->work, b->parameters, b->prompt, &prediction, &target);
    return 0.5 * (prediction - target) * (prediction - target);
}

static void check_gradient(bench *b)
{
    double *gradient = fixture_numbers(&b->s, b->n), *numeric = fixture_numbers(&b->s, b->n);
    lsa_forward_gradient(b->forward, b->work, b->parameters, b->prompt, gradient);
    for (ptrdiff_t k = 0; k < b->n; k++) {
        const double h = 1e-4, old = b->parameters[k];
        b->parameters[k] = old + h;
        const double up = loss_at(b);
        b->parameters[k] = old - h;
        numeric[k] = (up - loss_at(b)) / (2.0 * h);
        b->parameters[k] = old;
    }
    check_vector_close(b->n, gradient, numeric, 1e-6, 1e-9);
    assert_true(lsa_vec_norm(b->n, gradient) > 1e-5); /* far above the absolute tolerance */
}

static void reverse_is_the_derivative(void **state)
{
    (void)state;
    for (int i = 0; i < SHIPPED; i++) {
        bench b;
        open_bench(&b, shipped[i].name, NULL, shipped[i].heads, 4);
        assert_true(b.n == shipped[i].parameters);
        check_gradient(&b);
        close_bench(&b);
    }
}

/* Through the layer's blocks or through the prediction: one gradient. */
static void pull_back_is_reverse(void **state)
{
    (void)state;
    for (int i = 0; i < SHIPPED; i++) {
        bench b;
        lsa_layer *layer;
        lsa_error err;
        open_bench(&b, shipped[i].name, NULL, shipped[i].heads, 5);
        check_status(lsa_forward_layer(b.forward, b.parameters, &layer, &err), LSA_OK, &err);
        double *work = fixture_numbers(&b.s, lsa_layer_fast_work_size(layer, 5));
        double *blocks = fixture_numbers(&b.s, lsa_layer_block_count(layer));
        double *direct = fixture_numbers(&b.s, b.n), *through = fixture_numbers(&b.s, b.n);
        lsa_forward_gradient(b.forward, b.work, b.parameters, b.prompt, direct);
        lsa_layer_block_gradient(layer, b.prompt, b.prompt->target, blocks, work);
        lsa_forward_pull_back(b.forward, b.work, b.parameters, blocks, through);
        check_vector_close(b.n, through, direct, 1e-12, 1e-13);
        lsa_layer_destroy(layer);
        close_bench(&b);
    }
}

/* Powers, traces, transposes, quotients, numbers and a Gaussian beside the prompt, without a layer. */
static const char own_statement[] = "gaussians:\n"
                                    "  x:   {covariance: Lambda, samples: N}\n"
                                    "  xq:  {covariance: Lambda}\n"
                                    "  z:   {covariance: Lambda}\n"
                                    "  w:   {covariance: Omega}\n"
                                    "  eps: {variance: s2, samples: N}\n"
                                    "parameters: {a: scalar, A: [d, d], b: vector}\n"
                                    "define: {\"y[i]\": \"w' * x[i] + eps[i]\"}\n"
                                    "prediction: >-\n"
                                    "  a^3 * sum(i, y[i] * x[i])' * (A^2 - 0.5 * A') * xq / rho\n"
                                    "  + b' * xq * xq' * A^3 * b / 4 - z' * A * b\n"
                                    "target: \"w' * xq - 2 * w' * z\"\n";

static void own_statements(void **state)
{
    (void)state;
    bench b;
    lsa_layer *layer;
    double prediction, target, again, ignored;
    open_bench(&b, "own", own_statement, 1, 4);
    assert_true(b.n == 13);
    check_status(lsa_forward_layer(b.forward, b.parameters, &layer, NULL), LSA_ERR_UNABLE, NULL);
    check_gradient(&b);
    /* z belongs to the prompt's number */
    lsa_forward_evaluate(b.forward, b.work, b.parameters, b.prompt, &prediction, &target);
    lsa_prompt_draw(b.prompts, 3, b.prompt);
    lsa_forward_evaluate(b.forward, b.work, b.parameters, b.prompt, &again, &ignored);
    lsa_prompt_draw(b.prompts, 2, b.prompt);
    lsa_forward_evaluate(b.forward, b.work, b.parameters, b.prompt, &again, &ignored);
    assert_true(again == prediction && ignored == target && fabs(target - b.prompt->target) > 1e-6);
    close_bench(&b);
}

static void empty_context_predicts_zero(void **state)
{
    (void)state;
    bench b;
    double prediction, target, gradient[16];
    open_bench(&b, "full", NULL, 1, 0);
    lsa_forward_evaluate(b.forward, b.work, b.parameters, b.prompt, &prediction, &target);
    lsa_forward_gradient(b.forward, b.work, b.parameters, b.prompt, gradient);
    assert_true(prediction == 0.0 && target != 0.0 && lsa_vec_norm_max(16, gradient) == 0.0);
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statement_is_the_layer),      cmocka_unit_test(reverse_is_the_derivative),
        cmocka_unit_test(pull_back_is_reverse),        cmocka_unit_test(own_statements),
        cmocka_unit_test(empty_context_predicts_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
