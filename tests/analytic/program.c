/* Compiled programs and test errors against the reference cases. */
#include "cases.h"
#include "compiled.h"
#include "lsaflow/test_error.h"

static const lsa_covariance *covariance_field(lsa_compiled *c, const lsa_case *k, const char *name, ptrdiff_t d)
{
    return lsa_case_has(k, name) ? fixture_matrix(&c->setting, d, lsa_case_input(k, name, d * d))
                                 : fixture_scalar(&c->setting, d, 1.0);
}

/* The statement under the case's training law. */
static void compile_case(lsa_compiled *c, const char *statement, const lsa_case *k)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(k, "d");
    compiled_init(c, statement, NULL, d, lsa_case_number(k, "N"), 1, 1);
    c->setting.experiment.training.covariance = covariance_field(c, k, "Lambda", d);
    c->setting.experiment.training.task_covariance = covariance_field(c, k, "Omega", d);
    c->setting.experiment.training.label_noise = lsa_case_number_or(k, "sigma2", 0.0);
    compiled_make(c, 1);
}

static const lsa_block *block_of(const lsa_compiled *c, const char *name)
{
    for (ptrdiff_t k = 0; k < lsa_program_block_count(c->program); k++)
        if (strcmp(lsa_program_block(c->program, k)->name, name) == 0)
            return lsa_program_block(c->program, k);
    fail_msg("no block %s", name);
    return NULL;
}

static void put(lsa_compiled *c, const char *name, const double *numbers)
{
    const lsa_block *block = block_of(c, name);
    memcpy(c->user + block->offset, numbers, (size_t)(block->rows * block->cols) * sizeof *numbers);
    check_status(lsa_program_from_user(c->program, c->user, c->state, &c->err), LSA_OK, &c->err);
}

/* Names of the blocks in the cases and here. */
static const char *const fields[][2] = {{"p_x", "px"}, {"p_y", "u"}, {"U", "U"}, {"k", "k"}};

static void put_full(lsa_compiled *c, const lsa_case *k)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const lsa_block *block = block_of(c, fields[i][1]);
        const double scalar = block->rows * block->cols == 1 && i == 1 ? lsa_case_number(k, fields[i][0]) : 0.0;
        put(c, fields[i][1], i == 1 ? &scalar : lsa_case_input(k, fields[i][0], block->rows * block->cols));
    }
}

static void full_loss(const lsa_case *k)
{
    lsa_compiled c;
    compile_case(&c, "full", k);
    put_full(&c, k);
    const double loss = lsa_program_loss(c.program, c.work, c.state);
    lsa_case_check(k, "loss", &loss, 1);
    compiled_clear(&c);
}

static void full_grad(const lsa_case *k)
{
    lsa_compiled c;
    compile_case(&c, "full", k);
    put_full(&c, k);
    double *gradient = fixture_numbers(&c.setting, c.size);
    const double loss = lsa_program_loss(c.program, c.work, c.state);
    lsa_case_check(k, "loss", &loss, 1);
    lsa_program_gradient(c.program, c.work, c.state, gradient);
    check_status(lsa_program_to_user(c.program, gradient, gradient, &c.err), LSA_OK, &c.err);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const lsa_block *block = block_of(&c, fields[i][1]);
        lsa_case_check(k, fields[i][0], gradient + block->offset, block->rows * block->cols);
    }
    compiled_clear(&c);
}

/* The form's minimum is the case's, and the case's balanced minimiser is a stationary point of that loss. */
static void minimum(const lsa_case *k)
{
    lsa_compiled c;
    compile_case(&c, "merged", k);
    const lsa_form *form = lsa_program_form(c.program);
    assert_non_null(form);
    lsa_case_check(k, "loss", &form->minimum, 1);
    put(&c, "u", lsa_case_expect(k, "u", 1));
    put(&c, "U", lsa_case_expect(k, "U", form->d * form->d));
    const double loss = lsa_program_loss(c.program, c.work, c.state);
    lsa_case_check(k, "loss", &loss, 1);
    double *gradient = fixture_numbers(&c.setting, c.size);
    lsa_program_gradient(c.program, c.work, c.state, gradient);
    check_at_most(lsa_vec_norm(c.size, gradient), 1e-12); /* entries of size 1, a few hundred roundings */
    compiled_clear(&c);
}

/* ---- shifted tests ---- */

/* U = Gamma^-1 of the training law and u = 1, as in the cases that do not state the blocks. */
static void put_trained(lsa_compiled *c, const json_t *trained, const lsa_case *k, ptrdiff_t d)
{
    const lsa_case inner = {.id = k->id, .kind = k->kind, .input = trained, .expect = k->expect, .arena = k->arena};
    const double N = lsa_case_number(&inner, "N"), one = 1.0;
    const double *Lambda = lsa_case_input(&inner, "Lambda", d * d);
    double *Gamma = fixture_numbers(&c->setting, d * d), *U = fixture_numbers(&c->setting, d * d);
    for (ptrdiff_t i = 0; i < d * d; i++)
        Gamma[i] = (1.0 + 1.0 / N) * Lambda[i];
    for (ptrdiff_t i = 0; i < d; i++)
        Gamma[i + i * d] += lsa_mat_trace(d, Lambda) / N;
    lsa_mat_identity(d, U);
    check_status(lsa_mat_solve_spd(d, d, Gamma, U, U, &c->err), LSA_OK, &c->err);
    memset(c->user, 0, (size_t)c->size * sizeof *c->user);
    put(c, "u", &one);
    put(c, "U", U);
}

static void check_error(lsa_compiled *c, const lsa_case *k, const lsa_setting *test, const char *field)
{
    lsa_test_evaluator *evaluator = NULL;
    double error = 0.0;
    check_status(lsa_test_evaluator_create(&c->setting.experiment, &evaluator, &c->err), LSA_OK, &c->err);
    for (int again = 0; again < 2; again++) { /* the second time from the derivation that was kept */
        check_status(lsa_program_test_error(evaluator, test, c->user, &error, &c->err), LSA_OK, &c->err);
        lsa_case_check(k, field, &error, 1);
    }
    lsa_test_evaluator_destroy(evaluator);
}

static void shift(const lsa_case *k)
{
    lsa_compiled c;
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(k, "d");
    const json_t *params = json_object_get(k->input, "params");
    compiled_init(&c, "full", NULL, d, 9.0, 1, 1);
    compiled_make(&c, 1);
    if (params != NULL) {
        const lsa_case blocks = {.id = k->id, .kind = k->kind, .input = params, .expect = k->expect, .arena = k->arena};
        put_full(&c, &blocks);
    } else {
        put_trained(&c, json_object_get(k->input, "trained_on"), k, d);
    }
    lsa_setting test = {.name = k->id,
                        .context = lsa_case_number(k, "M"),
                        .covariance = covariance_field(&c, k, "Lambda1", d),
                        .query = covariance_field(&c, k, "Lambda2", d),
                        .task = LSA_TASK_GAUSSIAN,
                        .task_covariance = covariance_field(&c, k, "Omega", d),
                        .label_noise = lsa_case_number_or(k, "sigma2", 0.0)};
    check_error(&c, k, &test, "error");
    if (json_object_get(k->expect, "error_infinite_M") != NULL) {
        test.context = INFINITY;
        check_error(&c, k, &test, "error_infinite_M");
    }
    compiled_clear(&c);
}

static void full_losses(void **state)
{
    (void)state;
    lsa_cases_each("full_loss", full_loss);
}

static void full_gradients(void **state)
{
    (void)state;
    lsa_cases_each("full_grad", full_grad);
}

static void minima(void **state)
{
    (void)state;
    lsa_cases_each("min", minimum);
}

static void shifts(void **state)
{
    (void)state;
    lsa_cases_each("shift", shift);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(full_losses), cmocka_unit_test(full_gradients),
                                       cmocka_unit_test(minima), cmocka_unit_test(shifts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
