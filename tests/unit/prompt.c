/* Prompts: which numbers they hold, which laws can be drawn, what laws share. */
#include "prompt_law.h"

static const double spectrum3[] = {2.0, 0.5, 0.0};

static void draw(const lsa_prompt_law *law, uint64_t seed, lsa_prompt_use use, uint64_t index, lsa_prompts **prompts,
                 lsa_prompt **prompt)
{
    lsa_error err;
    check_status(lsa_prompts_create(law, seed, use, prompts, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(*prompts, prompt, &err), LSA_OK, &err);
    lsa_prompt_draw(*prompts, index, *prompt);
}

static void release(lsa_prompts *prompts, lsa_prompt *prompt)
{
    lsa_prompt_destroy(prompt);
    lsa_prompts_destroy(prompts);
}

static void a_prompt_holds_its_labels(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_prompts *prompts;
    lsa_prompt *p;
    fixture_init(&s, "merged", NULL, 3, 5, 1, 1);
    lsa_prompt_law law = law_plain(&s, 3, 5);
    law.setting.label_noise = 0.25;
    law.setting.query_noise = true;
    draw(&law, 4, LSA_PROMPTS_SAMPLE, 9, &prompts, &p);
    for (int j = 0; j < 5; j++)
        check_close(p->E[3 + 4 * j], lsa_vec_dot(3, p->w, p->E + 4 * j) + p->noise[j], 1e-15, 1e-15);
    assert_true(p->E[3 + 4 * 5] == 0.0); /* the query has no label */
    check_close(p->target, lsa_vec_dot(3, p->w, lsa_prompt_query(p)), 1e-15, 1e-15);
    assert_true(p->query_noise != 0.0 && p->noise[0] != 0.0);
    release(prompts, p);
    fixture_clear(&s);
}

/* Prompt i is a function of (seed, use, i) alone, whatever was drawn before. */
static void a_prompt_is_its_number(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_prompts *prompts, *others;
    lsa_prompt *p, *q;
    fixture_init(&s, "merged", NULL, 2, 3, 1, 1);
    const lsa_prompt_law law = law_plain(&s, 2, 3);
    draw(&law, 4, LSA_PROMPTS_SAMPLE, 0, &prompts, &p);
    draw(&law, 4, LSA_PROMPTS_SAMPLE, 7, &others, &q);
    lsa_prompt_draw(prompts, 7, p);
    assert_memory_equal(p->E, q->E, 12 * sizeof(double));
    lsa_prompt_draw(prompts, 8, p);
    assert_memory_not_equal(p->E, q->E, 12 * sizeof(double));
    release(others, q);
    draw(&law, 4, LSA_PROMPTS_TRAIN, 7, &others, &q);
    lsa_prompt_draw(prompts, 7, p);
    assert_memory_not_equal(p->E, q->E, 12 * sizeof(double));
    release(others, q);
    draw(&law, 5, LSA_PROMPTS_SAMPLE, 7, &others, &q);
    assert_memory_not_equal(p->E, q->E, 12 * sizeof(double));
    release(others, q);
    release(prompts, p);
    fixture_clear(&s);
}

/* A longer context begins with the shorter one; noise changes labels only. */
static void laws_share_their_draws(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_prompts *short_prompts, *long_prompts;
    lsa_prompt *p, *q;
    fixture_init(&s, "merged", NULL, 3, 4, 1, 1);
    const lsa_prompt_law brief = law_plain(&s, 3, 4);
    lsa_prompt_law wide = law_plain(&s, 3, 9);
    wide.setting.label_noise = 1.0;
    draw(&brief, 1, LSA_PROMPTS_SAMPLE, 3, &short_prompts, &p);
    draw(&wide, 1, LSA_PROMPTS_SAMPLE, 3, &long_prompts, &q);
    assert_memory_equal(p->w, q->w, 3 * sizeof(double));
    assert_memory_equal(lsa_prompt_query(p), lsa_prompt_query(q), 3 * sizeof(double));
    for (int j = 0; j < 4; j++)
        assert_memory_equal(p->E + 4 * j, q->E + 4 * j, 3 * sizeof(double));
    release(long_prompts, q);
    release(short_prompts, p);
    fixture_clear(&s);
}

/* query_is_same alone says that the query shares its prompt's covariance: not where that is kept. */
static void a_query_shares_by_its_flag(void **state)
{
    (void)state;
    lsa_fixture s;
    const lsa_law exponential[] = {{LSA_LAW_EXPONENTIAL, {1.0}}, {LSA_LAW_EXPONENTIAL, {2.0}}};
    fixture_init(&s, "merged", NULL, 2, 3, 1, 1);
    lsa_covariance *random = fixture_covariance(&s, LSA_COVARIANCE_LAWS, 2);
    random->laws = exponential;
    lsa_covariance copy = *random;
    lsa_prompt_law law[3];
    lsa_prompts *prompts[3];
    lsa_prompt *p[3];
    for (int k = 0; k < 3; k++) {
        law[k] = law_plain(&s, 2, 3);
        law_covariates(&law[k], random);
    }
    law[1].setting.query = &copy; /* at another address, and still the context's own draw */
    law_query(&law[2], random);   /* at the same address, and a draw apart */
    for (int k = 0; k < 3; k++)
        draw(&law[k], 1, LSA_PROMPTS_SAMPLE, 4, &prompts[k], &p[k]);
    assert_memory_equal(lsa_prompt_query(p[1]), lsa_prompt_query(p[0]), 2 * sizeof(double));
    assert_memory_not_equal(lsa_prompt_query(p[2]), lsa_prompt_query(p[0]), 2 * sizeof(double));
    assert_memory_equal(p[2]->E, p[0]->E, 9 * sizeof(double));
    for (int k = 0; k < 3; k++)
        release(prompts[k], p[k]);
    fixture_clear(&s);
}

static void semidefinite_and_fixed(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_prompts *prompts;
    lsa_prompt *p;
    const double w[] = {1.0, -2.0, 3.0};
    fixture_init(&s, "merged", NULL, 3, 4, 1, 1);
    lsa_prompt_law law = law_plain(&s, 3, 4);
    law_covariates(&law, fixture_diagonal(&s, 3, spectrum3));
    law_fixed(&law, w);
    draw(&law, 1, LSA_PROMPTS_SAMPLE, 0, &prompts, &p);
    assert_memory_equal(p->w, w, sizeof w);
    for (int j = 0; j < 4; j++)
        assert_true(p->E[2 + 4 * j] == 0.0 && p->E[4 * j] != 0.0);
    release(prompts, p);
    fixture_clear(&s);
}

static void empty_context(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_prompts *prompts;
    lsa_prompt *p;
    lsa_layer *layer;
    lsa_error err;
    double work[64], gradient[64];
    const double px[] = {1.0, 1.0}, U[] = {1.0, 2.0, 3.0, 4.0};
    fixture_init(&s, "merged", NULL, 2, 0, 1, 1);
    lsa_prompt_law law = law_plain(&s, 2, 0);
    check_status(lsa_layer_create(2, 1, false, &layer, &err), LSA_OK, &err);
    lsa_layer_set_blocks(layer, 0, px, 1.0, U, NULL);
    draw(&law, 1, LSA_PROMPTS_SAMPLE, 0, &prompts, &p);
    assert_true(lsa_layer_predict(layer, p, work) == 0.0 && lsa_layer_predict_literal(layer, p, work) == 0.0);
    assert_true(lsa_layer_block_gradient(layer, p, 1.0, gradient, work) == 0.0 && gradient[0] == 0.0);
    assert_true(lsa_layer_gradient(layer, p, 1.0, gradient, work) == 0.0 && gradient[0] == 0.0);
    /* divided by M + 1 = 1, the query's own column is left: (px'xq)(xq'U xq) */
    const double *x = lsa_prompt_query(p);
    p->rho = 1.0;
    check_close(lsa_layer_predict(layer, p, work),
                (x[0] + x[1]) * (x[0] * x[0] + 5.0 * x[0] * x[1] + 4.0 * x[1] * x[1]), 1e-14, 1e-14);
    release(prompts, p);
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

static void laws_of_an_experiment(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_prompt_law law;
    lsa_error err;
    const double w[] = {1.0, 2.0};
    fixture_init(&s, "merged", NULL, 2, 6, 1, 1);
    s.experiment.training.normalise_plus_one = true;
    s.experiment.training.label_noise = 0.5;
    check_status(lsa_prompt_law_training(&s.experiment, &law, &err), LSA_OK, &err);
    assert_true(law.M == 6 && law.rho == 7.0 && law.setting.label_noise == 0.5 && !law.setting.query_noise);
    lsa_setting test = {.name = "t",
                        .context = 9,
                        .normalise_plus_one = true,
                        .covariance = fixture_scalar(&s, 2, 3.0),
                        .query_is_same = true,
                        .task = LSA_TASK_FIXED,
                        .task_vector = w,
                        .query_noise = true};
    check_status(lsa_prompt_law_test(&s.experiment, &test, &law, &err), LSA_OK, &err);
    assert_true(law.M == 9 && law.rho == 10.0 && law.setting.covariance == test.covariance &&
                law.setting.query_is_same);
    assert_true(law.setting.task == LSA_TASK_FIXED && law.setting.task_vector == w);
    assert_true(law.prior == s.experiment.training.task_covariance && law.setting.query_noise &&
                law.setting.label_noise == 0.0);
    test.context = (double)INFINITY;
    check_status(lsa_prompt_law_test(&s.experiment, &test, &law, &err), LSA_ERR_UNABLE, NULL);
    check_contains(err.text, "infinite context");
    test.context = 1e9;
    check_status(lsa_prompt_law_test(&s.experiment, &test, &law, &err), LSA_ERR_UNABLE, NULL);
    test.context = 2.5;
    check_status(lsa_prompt_law_test(&s.experiment, &test, &law, &err), LSA_ERR_DOMAIN, NULL);
    test.context = 2;
    test.query_orthogonal = true;
    check_status(lsa_prompt_law_test(&s.experiment, &test, &law, &err), LSA_ERR_DOMAIN, NULL);
    check_contains(err.text, "orthogonal");
    test.context = 1;
    test.query_is_same = false;
    test.task = LSA_TASK_SPHERE;
    test.radius = 2.0;
    test.student = 9.0;
    check_status(lsa_prompt_law_test(&s.experiment, &test, &law, &err), LSA_OK, &err);
    assert_true(law.setting.query_orthogonal && !law.setting.query_is_same && law.setting.task == LSA_TASK_SPHERE);
    assert_true(law.setting.radius == 2.0 && law.setting.student == 9.0);
    test.context = 5;
    test.query_orthogonal = false;
    test.task = LSA_TASK_MOMENTS;
    check_status(lsa_prompt_law_test(&s.experiment, &test, &law, &err), LSA_ERR_UNABLE, NULL);
    check_contains(err.text, "moments");
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prompt_holds_its_labels), cmocka_unit_test(a_prompt_is_its_number),
        cmocka_unit_test(laws_share_their_draws),    cmocka_unit_test(a_query_shares_by_its_flag),
        cmocka_unit_test(semidefinite_and_fixed),    cmocka_unit_test(empty_context),
        cmocka_unit_test(laws_of_an_experiment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
