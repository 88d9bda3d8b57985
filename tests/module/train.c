/* Training: resumed runs and threads leave no trace, schedules and averages are what they are called, bad settings,
 * files and step sizes are refused. */
#include "lsaflow/train.h"
#include "base/text.h"
#include "fixture.h"
#include "lsaflow/empirical.h"
#include <stdio.h>

static const lsa_train_settings plain = {.method = LSA_TRAIN_SGD,
                                         .schedule = LSA_TRAIN_CONSTANT,
                                         .steps = 40,
                                         .batch = 37,
                                         .step_size = 0.02,
                                         .decay = 10.0,
                                         .momentum = 0.8,
                                         .beta1 = 0.9,
                                         .beta2 = 0.99,
                                         .epsilon = 1e-8,
                                         .tail_average = 0.5,
                                         .tasks = (double)INFINITY,
                                         .seed = 3};

enum { N_FULL = 9 }; /* parameters of `full` for d = 2 */
static const double start_full[N_FULL] = {0.1, -0.1, 0.5, 0.4, 0.0, 0.1, 0.5, 0.05, -0.05};
static const char *const file = "test_module_train.checkpoint";

static lsa_training *make(const lsa_fixture *s, const lsa_train_settings *settings, int threads)
{
    lsa_error err;
    lsa_training *t = NULL;
    check_status(lsa_training_create(&s->experiment, start_full, settings, threads, &t, &err), LSA_OK, &err);
    return t;
}

static void run(lsa_training *t, ptrdiff_t until)
{
    lsa_error err;
    check_status(lsa_training_run(t, until, NULL, &err), LSA_OK, &err);
}

static void assert_same_state(const lsa_training *a, const lsa_training *b)
{
    const lsa_training_state x = lsa_training_read(a), y = lsa_training_read(b);
    assert_int_equal(x.step, y.step);
    assert_int_equal(x.averaged, y.averaged);
    assert_memory_equal(x.parameters, y.parameters, (size_t)x.count * sizeof(double));
    if (x.averaged > 0)
        assert_memory_equal(x.average, y.average, (size_t)x.count * sizeof(double));
    assert_memory_equal(&x.loss, &y.loss, sizeof x.loss);
    assert_true((isnan(x.time) && isnan(y.time)) || x.time == y.time);
}

/* Stopped at step 13 and in the tail, saved, loaded into another training, and on: every method and schedule. */
static void resumed_is_uninterrupted(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    for (int k = 0; k < 9; k++) {
        lsa_error err;
        lsa_train_settings settings = plain;
        settings.method = (const lsa_train_method[]){LSA_TRAIN_SGD, LSA_TRAIN_MOMENTUM, LSA_TRAIN_ADAM}[k % 3];
        settings.schedule =
            (const lsa_train_schedule[]){LSA_TRAIN_CONSTANT, LSA_TRAIN_INVERSE, LSA_TRAIN_COSINE}[k / 3];
        settings.tasks = k == 4 ? 7.0 : settings.tasks;
        lsa_training *whole = make(&s, &settings, 1);
        run(whole, 1000);
        assert_int_equal(lsa_training_read(whole).step, 40);
        for (ptrdiff_t stop = 0; stop <= 40; stop += 13) {
            lsa_training *first = make(&s, &settings, 2), *second = make(&s, &settings, 1);
            run(first, stop);
            check_status(lsa_training_save(first, file, &err), LSA_OK, &err);
            check_status(lsa_training_load(second, file, &err), LSA_OK, &err);
            assert_same_state(first, second);
            run(second, 40);
            assert_same_state(whole, second);
            lsa_training_destroy(first);
            lsa_training_destroy(second);
        }
        lsa_training_destroy(whole);
    }
    remove(file);
    fixture_clear(&s);
}

static void threads_leave_no_trace(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    lsa_training *one = make(&s, &plain, 1), *three = make(&s, &plain, 3);
    run(one, 40);
    run(three, 40);
    assert_same_state(one, three);
    lsa_training_destroy(one);
    lsa_training_destroy(three);
    fixture_clear(&s);
}

/* One step is theta - eta g, with g the gradient that lsa_layer_block_gradient gives; flow time is eta. */
static void a_step_is_the_mean_gradient(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_prompt_law law;
    lsa_prompts *prompts;
    lsa_prompt *prompt;
    lsa_layer *layer;
    double mean[N_FULL] = {0.0}, g[N_FULL], work[64], expected[N_FULL], loss = 0.0;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    check_status(lsa_prompt_law_training(&s.experiment, &law, &err), LSA_OK, &err);
    check_status(lsa_prompts_create(&law, plain.seed, LSA_PROMPTS_TRAIN, &prompts, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(prompts, &prompt, &err), LSA_OK, &err);
    check_status(lsa_layer_create(2, 1, false, &layer, &err), LSA_OK, &err);
    lsa_layer_set_blocks(layer, 0, start_full, start_full[2], start_full + 3, start_full + 7);
    for (uint64_t b = 0; b < 37; b++) {
        lsa_prompt_draw(prompts, b, prompt);
        const double miss = lsa_layer_block_gradient(layer, prompt, prompt->target, g, work) - prompt->target;
        loss += 0.5 * miss * miss / 37.0;
        lsa_vec_axpy(N_FULL, 1.0 / 37.0, g, mean);
    }
    for (int i = 0; i < N_FULL; i++)
        expected[i] = start_full[i] - 0.02 * mean[i];
    lsa_training *t = make(&s, &plain, 1);
    assert_true(isnan(lsa_training_read(t).loss) && !lsa_training_read(t).average);
    run(t, 1);
    check_vector_close(N_FULL, lsa_training_read(t).parameters, expected, 1e-13, 0.0);
    check_close(lsa_training_read(t).loss, loss, 1e-13, 0.0);
    check_close(lsa_training_read(t).time, 0.02, 1e-15, 0.0);
    lsa_training_destroy(t);
    lsa_layer_destroy(layer);
    lsa_prompt_destroy(prompt);
    lsa_prompts_destroy(prompts);
    fixture_clear(&s);
}

/* Flow time: sums of the schedules; momentum's over 1 - beta. */
static void clocks(void **state)
{
    (void)state;
    lsa_fixture s;
    double inverse = 0.0;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    for (int k = 0; k < 40; k++)
        inverse += 0.02 / (1.0 + k / 10.0);
    const double exact[] = {0.8, inverse, 0.5 * 0.02 * 41.0}; /* the cosines of half a turn sum to 1 */
    for (int k = 0; k < 3; k++) {
        lsa_train_settings settings = plain;
        settings.schedule = (const lsa_train_schedule[]){LSA_TRAIN_CONSTANT, LSA_TRAIN_INVERSE, LSA_TRAIN_COSINE}[k];
        settings.method = LSA_TRAIN_MOMENTUM;
        lsa_training *t = make(&s, &settings, 1);
        run(t, 40);
        check_close(lsa_training_read(t).time, exact[k] / 0.2, 1e-13, 0.0);
        assert_int_equal(lsa_training_read(t).averaged, 20);
        lsa_training_destroy(t);
    }
    fixture_clear(&s);
}

/* A statement without a layer is trained through its expressions, to the same numbers. */
static void a_statement_without_layer(void **state)
{
    (void)state;
    static const char *const text =
        "gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
        "parameters: {px: [d, 1], u: scalar, U: [d, d], k: [d, 1]}\n"
        "prediction: \"1/rho * (sum(i, (px' * x[i] + u * w' * x[i]) * (x[i]' * U * xq + w' * x[i] * k' * xq))"
        " + px' * xq * xq' * U * xq)\"\n"
        "target: \"xq' * w\"\n";
    lsa_fixture s, own;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    fixture_init(&own, "own", text, 2, 5, 1, 1);
    lsa_training *a = make(&s, &plain, 1), *b = make(&own, &plain, 2);
    run(a, 10);
    run(b, 10);
    check_vector_close(N_FULL, lsa_training_read(b).parameters, lsa_training_read(a).parameters, 1e-11, 0.0);
    lsa_training_destroy(a);
    lsa_training_destroy(b);
    fixture_clear(&s);
    fixture_clear(&own);
}

/* The gradient of 1/2 |x|^2; its loss. */
static double quadratic(void *context, const double *x, double *gradient)
{
    int *calls = context;
    ++*calls;
    gradient[0] = x[0];
    gradient[1] = x[1];
    return 0.5 * (x[0] * x[0] + x[1] * x[1]);
}

/* x_k = (1 - eta/m)^(m k) x_0 for m substeps, and the marks tell the way. */
static void descent_by_a_gradient(void **state)
{
    (void)state;
    lsa_error err;
    lsa_train_settings settings = plain;
    int calls = 0;
    const lsa_train_source source = {2, quadratic, &calls};
    const double start[] = {1.0, -2.0};
    settings.method = LSA_TRAIN_GD;
    settings.points = 3;
    for (ptrdiff_t m = 1; m <= 4; m *= 2) {
        lsa_training *t = NULL, *other = NULL;
        check_status(lsa_training_create_by(&source, start, &settings, m, &t, &err), LSA_OK, &err);
        for (ptrdiff_t k = 0; k <= 40; k += 20) {
            run(t, k);
            check_status(lsa_training_mark(t, &err), LSA_OK, &err);
        }
        assert_int_equal(lsa_training_mark_count(t), 3);
        for (ptrdiff_t k = 0; k < 3; k++) {
            const lsa_training_state mark = lsa_training_mark_read(t, k);
            assert_int_equal(mark.step, 20 * k);
            check_close(mark.time, 0.4 * (double)k, 1e-13, 0.0);
            check_close(mark.parameters[1], -2.0 * pow(1.0 - 0.02 / (double)m, 20.0 * (double)(k * m)), 1e-13, 0.0);
        }
        check_status(lsa_training_save(t, file, &err), LSA_OK, &err);
        check_status(lsa_training_create_by(&source, start, &settings, m, &other, &err), LSA_OK, &err);
        check_status(lsa_training_load(other, file, &err), LSA_OK, &err);
        assert_int_equal(lsa_training_mark_count(other), 3);
        assert_memory_equal(lsa_training_mark_read(other, 1).parameters, lsa_training_mark_read(t, 1).parameters,
                            2 * sizeof(double));
        lsa_training_destroy(other);
        lsa_training_destroy(t);
    }
    assert_true(calls > 40 * 7);
    lsa_training *none = NULL;
    check_status(lsa_training_create_by(&source, start, &settings, 0, &none, &err), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_training_create_by(&source, start, &plain, 1, &none, &err), LSA_ERR_UNABLE, NULL);
    assert_null(none);
    remove(file);
}

/* A run of the same settings from another start, or of another law, is told from this one by its first loss. */
static void another_start_is_refused(void **state)
{
    (void)state;
    lsa_fixture s, other;
    lsa_error err;
    double start[N_FULL];
    lsa_training *t = NULL;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    fixture_init(&other, "full", NULL, 2, 6, 1, 1);
    lsa_training *first = make(&s, &plain, 1), *longer = make(&other, &plain, 1);
    check_status(lsa_training_save(first, file, &err), LSA_OK, &err);
    check_status(lsa_training_load(longer, file, &err), LSA_ERR_INPUT, NULL);
    check_contains(err.text, "it has 'first_loss");
    memcpy(start, start_full, sizeof start);
    start[3] *= 1.0 + 1e-14;
    check_status(lsa_training_create(&s.experiment, start, &plain, 1, &t, &err), LSA_OK, &err);
    check_status(lsa_training_load(t, file, &err), LSA_ERR_INPUT, NULL);
    remove(file);
    lsa_training_destroy(t);
    lsa_training_destroy(longer);
    lsa_training_destroy(first);
    fixture_clear(&other);
    fixture_clear(&s);
}

/* d = 1, reduced, at a = uU: the gradient is (U, u) g with g = w^2 x_q^2 (a s^2 - s), s = chi^2_N / N, so its covariance
 * has rank one, with E g = a E s^2 - 1 and E g^2 = 9 (a^2 E s^4 - 2 a E s^3 + E s^2). For N = 8, a = 0.4 g has kurtosis
 * 222: 400000 prompts give the variance to 2.35 %, and 12 % are five standard errors; a longer context (N infinite) or a
 * forgotten (E g)^2 would be off by more. */
static void noise_of_a_gradient(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    const double u = 0.8, U = 0.5, a = u * U, N = 8.0, start[] = {u, U};
    const double s2 = 1.0 + 2.0 / N, s3 = s2 * (1.0 + 4.0 / N), s4 = s3 * (1.0 + 6.0 / N), mean = a * s2 - 1.0;
    const double exact = 9.0 * (a * a * s4 - 2.0 * a * s3 + s2) - mean * mean;
    double C[4];
    fixture_init(&s, "merged", NULL, 1, N, 1, 1);
    check_status(lsa_train_noise(&s.experiment, start, 1, 400000, C, &err), LSA_OK, &err);
    print_message("variance %.4g, exact %.4g\n", C[0] / (U * U), exact);
    check_close(C[1], C[0] * u / U, 1e-10, 0.0);
    check_close(C[3], C[0] * u * u / (U * U), 1e-10, 0.0);
    check_close(C[0] / (U * U), exact, 0.12, 0.0);
    assert_true(9.0 * (a - 1.0) * (a - 1.0) - (a - 1.0) * (a - 1.0) > 1.12 * exact); /* N infinite */
    fixture_clear(&s);
}

static void stops(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_train_settings settings = plain;
    volatile sig_atomic_t stop = 1;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    lsa_training *t = make(&s, &plain, 1);
    check_status(lsa_training_run(t, 40, &stop, &err), LSA_ERR_INTERRUPTED, NULL);
    assert_int_equal(lsa_training_read(t).step, 0);
    lsa_training_destroy(t);
    settings.step_size = 1e4;
    t = make(&s, &settings, 1);
    check_status(lsa_training_run(t, 40, NULL, &err), LSA_ERR_SOLVER, NULL);
    check_contains(err.text, "diverged");
    assert_true(lsa_vec_norm(N_FULL, lsa_training_read(t).parameters) <= 1e6);
    lsa_training_destroy(t);
    fixture_clear(&s);
}

static void refusals(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_training *t = NULL;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    lsa_train_settings wrong[10];
    for (int k = 0; k < 10; k++)
        wrong[k] = plain;
    wrong[0].steps = 0;
    wrong[1].batch = 0;
    wrong[2].step_size = (double)NAN;
    wrong[3].schedule = LSA_TRAIN_INVERSE;
    wrong[3].decay = 0.0;
    wrong[4].method = LSA_TRAIN_MOMENTUM;
    wrong[4].momentum = 1.0;
    wrong[5].method = LSA_TRAIN_ADAM;
    wrong[5].epsilon = 0.0;
    wrong[6].tail_average = 1.5;
    wrong[7].tasks = 0.0;
    wrong[8].tasks = 1e12;
    wrong[9].method = LSA_TRAIN_GD;
    for (int k = 0; k < 10; k++)
        check_status(lsa_training_create(&s.experiment, start_full, &wrong[k], 1, &t, &err),
                     k < 8 ? LSA_ERR_DOMAIN : LSA_ERR_UNABLE, NULL);
    assert_null(t);
    fixture_clear(&s);
}

static void load_text(lsa_training *t, const char *text, size_t length, lsa_status expected, const char *part)
{
    lsa_error err;
    check_status(lsa_text_write_file(file, text, length, &err), LSA_OK, &err);
    check_status(lsa_training_load(t, file, &err), expected, &err);
    if (part)
        check_contains(err.text, part);
}

/* Every truncation, and every place where a letter is another, is either refused or reads as a state. */
static void damaged_checkpoints(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_text text;
    lsa_train_settings other = plain;
    fixture_init(&s, "full", NULL, 2, 5, 1, 1);
    lsa_training *t = make(&s, &plain, 1), *fresh = make(&s, &plain, 1);
    run(t, 30);
    check_status(lsa_training_save(t, file, &err), LSA_OK, &err);
    lsa_text_init(&text);
    check_status(lsa_text_read_file(&text, file, 1 << 20, &err), LSA_OK, &err);
    for (size_t k = 0; k < text.length; k++)
        load_text(fresh, text.data, k, LSA_ERR_INPUT, NULL);
    assert_int_equal(lsa_training_read(fresh).step, 0);
    load_text(fresh, "nonsense\n", 9, LSA_ERR_INPUT, "no checkpoint");
    for (size_t k = 0; k < text.length; k += 7) {
        const char old = text.data[k];
        text.data[k] = 'x';
        load_text(fresh, text.data, text.length, LSA_ERR_INPUT, NULL);
        text.data[k] = old;
    }
    assert_int_equal(lsa_training_read(fresh).step, 0);
    load_text(fresh, text.data, text.length, LSA_OK, NULL);
    assert_same_state(fresh, t);
    other.batch = 38;
    lsa_training *another = make(&s, &other, 1);
    load_text(another, text.data, text.length, LSA_ERR_INPUT, "it has 'batch 37' where this has 'batch 38'");
    check_status(lsa_training_load(another, "no such file", &err), LSA_ERR_READ, NULL);
    remove(file);
    lsa_text_clear(&text);
    lsa_training_destroy(another);
    lsa_training_destroy(fresh);
    lsa_training_destroy(t);
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resumed_is_uninterrupted),
        cmocka_unit_test(threads_leave_no_trace),
        cmocka_unit_test(a_step_is_the_mean_gradient),
        cmocka_unit_test(clocks),
        cmocka_unit_test(a_statement_without_layer),
        cmocka_unit_test(descent_by_a_gradient),
        cmocka_unit_test(another_start_is_refused),
        cmocka_unit_test(noise_of_a_gradient),
        cmocka_unit_test(stops),
        cmocka_unit_test(refusals),
        cmocka_unit_test(damaged_checkpoints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
