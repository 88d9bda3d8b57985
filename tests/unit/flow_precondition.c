/* The preconditioner against Newton's matrix, column by column from the compiled program. */
#include "flow/precondition.h"
#include "flowing.h"

enum { D = 4, N = (D + 1) * (D + 1) };

typedef struct fixture {
    lsa_flowing flow;
    lsa_workspace *work;
    flow_heads *heads;
    flow_preconditioner *p;
    double *y;
} fixture;

static void make(fixture *x)
{
    *x = (fixture){0};
    flowing_init(&x->flow, "full", D, 6.0, 1, 1);
    x->flow.setting.experiment.training.label_noise = 0.2;
    flowing_make(&x->flow);
    flowing_start_gaussian(&x->flow, 0.5, 3);
    x->y = x->flow.start; /* Lambda = I: the program's basis is the user's */
    check_status(lsa_workspace_create(x->flow.program, &x->work, NULL), LSA_OK, NULL);
    const lsa_form *form = lsa_program_product_form(x->flow.program);
    check_status(flow_heads_create(form, &x->heads, NULL), LSA_OK, NULL);
    check_status(
        flow_preconditioner_create(x->flow.program, x->work, lsa_program_size(x->flow.program), x->heads, &x->p, NULL),
        LSA_OK, NULL);
}

static void clear(fixture *x)
{
    flow_preconditioner_destroy(x->p);
    flow_heads_destroy(x->heads);
    lsa_workspace_destroy(x->work);
    flowing_clear(&x->flow);
}

/* The largest entry of P^-1 (I + gamma Hessian) v - v over random v of unit size. */
static double error_of(fixture *x, double gamma)
{
    const ptrdiff_t n = lsa_program_size(x->flow.program);
    double worst = 0.0;
    for (uint64_t seed = 10; seed < 15; seed++) {
        const double *v = fixture_normals(&x->flow.setting, n, seed, 1.0);
        double *Mv = fixture_numbers(&x->flow.setting, n), *z = fixture_numbers(&x->flow.setting, n);
        lsa_program_hessian(x->flow.program, x->work, x->y, v, Mv);
        lsa_vec_scale(n, gamma, Mv);
        lsa_vec_axpy(n, 1.0, v, Mv);
        flow_preconditioner_solve(x->p, x->y, gamma, Mv, z);
        lsa_vec_axpy(n, -1.0, v, z);
        const double error = lsa_vec_norm_max(n, z);
        worst = error <= worst ? worst : error; /* NaN counts as the largest */
    }
    return worst;
}

static flow_iterations after(ptrdiff_t newton, ptrdiff_t linear)
{
    return (flow_iterations){.newton = newton, .linear = linear};
}

static void set_zero(fixture *x, const char *name)
{
    const lsa_block *block = flowing_block(&x->flow, name, 0);
    memset(x->y + block->offset, 0, (size_t)(block->rows * block->cols) * sizeof *x->y);
}

/* With px = k = 0 nothing is left to iterate on. Away from there the coupling is. */
static void test_exact_on_the_reduced_layer(void **state)
{
    (void)state;
    fixture x;
    make(&x);
    set_zero(&x, "px");
    set_zero(&x, "k");
    check_at_least(error_of(&x, 0.1), 1e-2); /* before the first update */
    assert_true(flow_preconditioner_update(x.p, x.y, 0.1, after(100, 200)));
    check_at_most(error_of(&x, 0.1), 1e-13);
    flowing_start_gaussian(&x.flow, 0.5, 3);
    assert_true(flow_preconditioner_update(x.p, x.y, 0.1, after(200, 400)));
    check_at_least(error_of(&x, 0.1), 1e-2);
    clear(&x);
}

/* Where iterations stay many, the dense matrix becomes all of Newton's: exact wherever it is taken. */
static void test_extends_where_iterations_stay_many(void **state)
{
    (void)state;
    fixture x;
    make(&x);
    const double gamma = 0.01; /* short of every negative eigenvalue */
    assert_true(flow_preconditioner_update(x.p, x.y, gamma, after(10, 60)));
    check_at_least(error_of(&x, gamma), 1e-3);
    assert_true(flow_preconditioner_update(x.p, x.y, gamma, after(20, 60 + 61)));
    check_at_most(error_of(&x, gamma), 1e-13);
    clear(&x);
}

/* A whole matrix that is not positive definite gives way to the heads, as they are at this gamma. */
static void test_falls_back_on_the_heads_of_the_same_gamma(void **state)
{
    (void)state;
    fixture x;
    flow_load *load;
    make(&x);
    const ptrdiff_t n = lsa_program_size(x.flow.program), u = flowing_block(&x.flow, "u", 0)->offset;
    double *z = fixture_numbers(&x.flow.setting, n), *want = fixture_numbers(&x.flow.setting, n);
    const double *r = fixture_normals(&x.flow.setting, n, 4, 1.0);
    double gamma = 0.01;
    flow_preconditioner_update(x.p, x.y, gamma, after(10, 60));
    flow_preconditioner_update(x.p, x.y, gamma, after(20, 60 + 61));
    assert_true(x.p->m == n && x.p->factored);
    while (x.p->factored) {
        gamma *= 1.2;
        flow_preconditioner_update(x.p, x.y, gamma, after(30, 60 + 71));
    }
    flow_preconditioner_solve(x.p, x.y, gamma, r, z);
    check_status(flow_load_create(lsa_program_product_form(x.flow.program), x.heads, n, &load, NULL), LSA_OK, NULL);
    memcpy(load->E, x.p->load->E, D * D * sizeof *load->E);
    assert_true(lsa_vec_norm_max(D * D, load->E) > 0.0);
    flow_load_set(load, gamma);
    assert_true(flow_load_solve(load, x.y, gamma, r, want));
    for (ptrdiff_t k = 0; k <= D * D; k++) /* u, and U behind it */
        check_close(z[u + k], want[u + k], 0.0, 0.0);
    flow_load_destroy(load);
    clear(&x);
}

/* The matrix costs 2 D products and the head's load D: they are made when as many iterations were spent since they were. */
static void test_updates_when_iterations_have_cost_as_much(void **state)
{
    (void)state;
    fixture x;
    make(&x);
    assert_false(flow_preconditioner_update(x.p, x.y, 0.1, after(10, 10 + 3 * D - 1)));
    assert_true(flow_preconditioner_update(x.p, x.y, 0.1, after(20, 20 + 3 * D)));
    assert_false(flow_preconditioner_update(x.p, x.y, 0.2, after(30, 30 + 6 * D - 1)));
    assert_true(flow_preconditioner_update(x.p, x.y, 0.2, after(40, 40 + 6 * D)));
    clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_on_the_reduced_layer),
        cmocka_unit_test(test_extends_where_iterations_stay_many),
        cmocka_unit_test(test_falls_back_on_the_heads_of_the_same_gamma),
        cmocka_unit_test(test_updates_when_iterations_have_cost_as_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
