/* Every allocation of a compilation, a start and a test error fails in turn; an evaluation allocates nothing. */
#include "compiled.h"
#include "fault.h"
#include "lsaflow/test_error.h"
#include "written.h"

static lsa_status compile(void *context)
{
    const lsa_compiled *c = context;
    lsa_program *program = NULL;
    lsa_workspace *work = NULL;
    double loss = 0.0, user[64] = {0};
    lsa_error err;
    lsa_status status = lsa_program_create(c->derivation, &c->binding, &program, &err);
    if (status == LSA_OK)
        status = lsa_start(program, &c->setting.experiment, user, &err);
    if (status == LSA_OK)
        status = lsa_program_from_user(program, user, user, &err);
    if (status == LSA_OK)
        status = lsa_workspace_create(program, &work, &err);
    if (status == LSA_OK)
        loss = lsa_program_loss(program, work, user);
    assert_true(loss >= 0.0);
    lsa_workspace_destroy(work);
    lsa_program_destroy(program);
    return status;
}

static void make(lsa_compiled *c, const char *statement, ptrdiff_t heads)
{
    static const double Lambda[] = {2.0, 0.5, 0.5, 1.0}, Omega[] = {1.0, -0.3, -0.3, 0.7};
    compiled_init(c, statement, NULL, 2, 5.0, heads, 2);
    c->setting.experiment.training.covariance = fixture_matrix(&c->setting, 2, Lambda);
    c->setting.experiment.training.task_covariance = fixture_matrix(&c->setting, 2, Omega);
    c->setting.experiment.init = (lsa_init){
        .scheme = LSA_INIT_PAPER, .sigma = 0.3, .theta = LSA_THETA_RANDOM, .theta_seed = 7, .perturb_scale = 0.1};
    compiled_make(c, 1);
}

static void compilations_survive_failing_memory(void **state)
{
    static const char *const names[] = {"merged", "full", "multihead-separate"};
    (void)state;
    for (int k = 0; k < 3; k++) {
        lsa_compiled c;
        make(&c, names[k], 2);
        assert_true(lsa_fault_each(compile, &c) > 10);
        compiled_clear(&c);
    }
}

static lsa_status find_least(void *context)
{
    const lsa_compiled *c = context;
    lsa_program *program = NULL;
    lsa_least least;
    lsa_error err;
    lsa_status status = lsa_program_create(c->derivation, &c->binding, &program, &err);
    if (status == LSA_OK)
        status = lsa_program_least(program, &least, &err);
    if (status == LSA_OK)
        assert_true(least.bound > 0.0);
    lsa_program_destroy(program);
    return status;
}

/* Heads written out and a sum of such, the least loss of too small a rank. */
static void heads_written_out_survive_failing_memory(void **state)
{
    static const double Omega[] = {1.0, -0.3, -0.3, 0.7}, Lambda[] = {2.0, 1.0};
    static const lsa_written cases[] = {
        {"a: vector, b: vector, c: scalar", "c*S*a*b'*xq", 1, 1, 1, true, false},
        {"'k[h]': vector, 'q[h]': vector, U: [d, d]", "S*(2*U + sum(h, k[h]*q[h]'))*xq", 3, 0, 2, true, false}};
    (void)state;
    for (int k = 0; k < 2; k++) {
        char text[WRITTEN_TEXT];
        lsa_compiled c;
        compiled_init(&c, "inline", written_text(&cases[k], text), 2, 5.0, 2, 2);
        c.setting.experiment.training.covariance = fixture_diagonal(&c.setting, 2, Lambda);
        c.setting.experiment.training.task_covariance = fixture_matrix(&c.setting, 2, Omega);
        compiled_make(&c, 1);
        assert_true(lsa_fault_each(find_least, &c) > 10);
        compiled_clear(&c);
    }
}

/* A random diagonal and a mixture, in the largest loss. */
static void averages_survive_failing_memory(void **state)
{
    static const lsa_law laws[] = {{LSA_LAW_EXPONENTIAL, {1.0, 0.0, 0.0}}, {LSA_LAW_TWO_POINT, {0.5, 2.0, 0.25}}};
    static const double weights[] = {0.4, 0.6};
    (void)state;
    for (int k = 0; k < 2; k++) {
        lsa_compiled c;
        make(&c, "full", 1);
        lsa_covariance *random =
            fixture_covariance(&c.setting, k == 0 ? LSA_COVARIANCE_LAWS : LSA_COVARIANCE_MIXTURE, 2);
        const lsa_covariance components[] = {*c.binding.setting.covariance, *c.binding.setting.task_covariance};
        random->laws = laws;
        random->n_components = 2;
        random->weights = weights;
        random->components = components;
        c.binding.setting.covariance = random;
        c.setting.experiment.init = (lsa_init){.scheme = LSA_INIT_GAUSSIAN, .scale = 0.3, .seed = 1};
        assert_true(lsa_fault_each(compile, &c) > 10);
        compiled_clear(&c);
    }
}

static lsa_status judge(void *context)
{
    lsa_compiled *c = context;
    const lsa_setting test = {.name = "t",
                              .context = 4.0,
                              .radius = 1.5,
                              .covariance = c->binding.setting.covariance,
                              .query = c->binding.setting.task_covariance,
                              .task = LSA_TASK_SPHERE,
                              .task_covariance = c->binding.setting.task_covariance};
    lsa_test_evaluator *evaluator = NULL;
    double error = 0.0;
    lsa_status status = lsa_test_evaluator_create(&c->setting.experiment, &evaluator, NULL);
    if (status == LSA_OK)
        status = lsa_program_test_error(evaluator, &test, c->user, &error, NULL);
    lsa_test_evaluator_destroy(evaluator);
    return status;
}

static void test_errors_survive_failing_memory(void **state)
{
    lsa_compiled c;
    (void)state;
    make(&c, "merged", 1);
    assert_true(lsa_fault_each(judge, &c) > 10);
    compiled_clear(&c);
}

/* The first allocation would fail: none is made. */
static void evaluations_allocate_nothing(void **state)
{
    static const char *const names[] = {"merged", "full", "separate", "multihead", "multihead-separate"};
    (void)state;
    for (int k = 0; k < 5; k++) {
        lsa_compiled c;
        make(&c, names[k], 2);
        double *out = fixture_numbers(&c.setting, c.size);
        lsa_fault_arm(1);
        lsa_program_loss(c.program, c.work, c.state);
        lsa_program_gradient(c.program, c.work, c.state, out);
        lsa_program_hessian(c.program, c.work, c.state, c.user, out);
        assert_int_equal(lsa_fault_disarm(), 0);
        compiled_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compilations_survive_failing_memory),
        cmocka_unit_test(heads_written_out_survive_failing_memory), cmocka_unit_test(averages_survive_failing_memory),
        cmocka_unit_test(test_errors_survive_failing_memory), cmocka_unit_test(evaluations_allocate_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
