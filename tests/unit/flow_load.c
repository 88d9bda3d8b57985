/* A head's load against the Hessian's own diagonal and a dense solve. */
#include "base/matrix.h"
#include "flow/load.h"
#include "flowing.h"
#include <math.h>

enum { D = 5, COUNT = D * D, SIZE = COUNT + 1 };
static const double GAMMA = 0.3;

typedef struct fixture {
    lsa_flowing flow;
    lsa_workspace *work;
    flow_heads *heads;
    flow_load *load;
    ptrdiff_t n;
    double *direction, *column;
} fixture;

/* The query hidden from E E', columns of U meet only their own in the Hessian of U. */
static void make(fixture *x)
{
    const double spectrum[D] = {1.0, 0.6, 0.3, 0.2, 0.1};
    *x = (fixture){0};
    flowing_init(&x->flow, "full-masked", D, 8.0, 1, 1);
    x->flow.setting.experiment.training.covariance = fixture_diagonal(&x->flow.setting, D, spectrum);
    flowing_make(&x->flow);
    flowing_start_gaussian(&x->flow, 0.7, 3);
    const lsa_form *form = lsa_program_product_form(x->flow.program);
    assert_true(flow_load_applies(form));
    x->n = lsa_program_size(x->flow.program);
    x->direction = fixture_numbers(&x->flow.setting, x->n);
    x->column = fixture_numbers(&x->flow.setting, x->n);
    check_status(lsa_workspace_create(x->flow.program, &x->work, NULL), LSA_OK, NULL);
    check_status(flow_heads_create(form, &x->heads, NULL), LSA_OK, NULL);
    check_status(flow_load_create(form, x->heads, x->n, &x->load, NULL), LSA_OK, NULL);
}

static void clear(fixture *x)
{
    flow_load_destroy(x->load);
    flow_heads_destroy(x->heads);
    lsa_workspace_destroy(x->work);
    flowing_clear(&x->flow);
}

/* The Hessian's column of parameter k at y. */
static const double *column_of(fixture *x, const double *y, ptrdiff_t k)
{
    memset(x->direction, 0, (size_t)x->n * sizeof *x->direction);
    x->direction[k] = 1.0;
    lsa_program_hessian(x->flow.program, x->work, y, x->direction, x->column);
    return x->column;
}

static void measure(fixture *x)
{
    flow_load_measure(x->load, x->flow.program, x->work, x->flow.start, x->direction, x->column);
}

static void test_measures_what_the_diagonal_has_beyond_the_form(void **state)
{
    (void)state;
    fixture x;
    double least = INFINITY;
    make(&x);
    measure(&x);
    const ptrdiff_t u = flowing_block(&x.flow, "u", 0)->offset, U = flowing_block(&x.flow, "U", 0)->offset;
    for (ptrdiff_t k = 0; k < COUNT; k++) {
        const double own = x.heads->table->H[k] * x.flow.start[u] * x.flow.start[u];
        check_close(own + x.load->E[k], column_of(&x, x.flow.start, U + k)[U + k], 1e-12, 0.0);
        least = fmin(least, x.load->E[k] / own);
    }
    check_at_least(least, 0.1); /* px = k = 0 would leave none */
    clear(&x);
}

/* The head's Hessian is that of the state without px and k; Newton's matrix has E in addition. */
static void test_solves_with_the_load(void **state)
{
    (void)state;
    fixture x;
    double M[SIZE * SIZE], want[SIZE];
    ptrdiff_t place[SIZE];
    make(&x);
    measure(&x);
    flow_load_set(x.load, GAMMA);
    double *y = fixture_numbers(&x.flow.setting, x.n), *z = fixture_numbers(&x.flow.setting, x.n);
    place[0] = flowing_block(&x.flow, "u", 0)->offset;
    for (ptrdiff_t k = 0; k < COUNT; k++)
        place[1 + k] = flowing_block(&x.flow, "U", 0)->offset + k;
    for (ptrdiff_t k = 0; k < SIZE; k++)
        y[place[k]] = 0.3 * x.flow.start[place[k]]; /* another state than that of E, as along a path */
    const double *r = fixture_normals(&x.flow.setting, x.n, 9, 1.0);
    for (ptrdiff_t j = 0; j < SIZE; j++) {
        const double *column = column_of(&x, y, place[j]);
        for (ptrdiff_t i = 0; i < SIZE; i++)
            M[i + j * SIZE] = GAMMA * column[place[i]] + (i == j ? 1.0 : 0.0);
        M[j + j * SIZE] += j > 0 ? GAMMA * x.load->E[j - 1] : 0.0;
        want[j] = r[place[j]];
    }
    check_status(lsa_mat_solve(SIZE, 1, M, want, want, NULL), LSA_OK, NULL);
    assert_true(flow_load_solve(x.load, y, GAMMA, r, z));
    for (ptrdiff_t k = 0; k < SIZE; k++)
        check_close(z[place[k]], want[k], 1e-11, 1e-13);
    assert_true(z[flowing_block(&x.flow, "px", 0)->offset] == 0.0);
    flow_load_set(x.load, 1.1 * GAMMA);
    assert_true(flow_load_solve(x.load, y, GAMMA, r, z));
    check_at_least(fabs(z[place[1]] / want[1] - 1.0), 1e-3); /* another gamma is seen */
    clear(&x);
}

/* Before a measurement it is the head as it is. */
static void test_starts_without_a_load(void **state)
{
    (void)state;
    fixture x;
    make(&x);
    double *a = fixture_numbers(&x.flow.setting, x.n), *b = fixture_numbers(&x.flow.setting, x.n);
    const double *r = fixture_normals(&x.flow.setting, x.n, 9, 1.0);
    assert_true(flow_heads_solve(x.heads, x.flow.start, 0.1, r, a));
    assert_true(flow_load_solve(x.load, x.flow.start, 0.1, r, b));
    check_vector_close(x.n, a, b, 0.0, 0.0);
    clear(&x);
}

static void test_applies_to_one_head_beside_others(void **state)
{
    (void)state;
    const lsa_form_head heads[] = {{.u = 0, .U = 1, .K = -1, .Q = -1}, {.u = 5, .U = 6, .K = -1, .Q = -1}};
    lsa_form form = {.d = 2, .n_heads = 1, .heads = heads, .partial = true};
    assert_true(flow_load_applies(&form));
    form.partial = false;
    assert_false(flow_load_applies(&form));
    form.partial = true;
    form.n_heads = 2;
    assert_false(flow_load_applies(&form));
    assert_false(flow_load_applies(NULL));
}

/* Half of all generic starts meet a plateau on which |px| is some five times u and more. Without the load iterations are
 * 6.3 a Newton step there, beyond what the dense matrix is made for. */
static void test_few_iterations_along_a_plateau(void **state)
{
    (void)state;
    enum { SIDE = 24 };
    lsa_flowing f;
    double spectrum[SIDE];
    flowing_init(&f, "full", SIDE, 2.0 * SIDE, 1, 1);
    for (ptrdiff_t i = 0; i < SIDE; i++)
        spectrum[i] = 1.0 / (double)(i + 1);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, SIDE, spectrum);
    flowing_make(&f);
    f.options.rtol = 1e-8;
    f.options.stop.gap = 1e-10;
    f.options.method = LSA_METHOD_KRYLOV;
    double largest = 0.0;
    for (uint64_t seed = 1; largest < 3.0; seed++) {
        assert_true(seed < 20);
        flowing_start_gaussian(&f, 0.1 / SIDE, seed);
        check_status(flowing_run(&f), LSA_OK, &f.err);
        for (ptrdiff_t k = 0; k < lsa_trajectory_count(f.trajectory); k++)
            largest = fmax(largest, lsa_vec_norm(SIDE, flowing_get(&f, lsa_trajectory_sample(f.trajectory, k), "px")));
    }
    const lsa_solver_stats stats = lsa_trajectory_stats(f.trajectory);
    print_message("|px| %.1f: %td steps, %td Newton and %td linear iterations\n", largest, stats.steps, stats.newton,
                  stats.linear);
    assert_true(2 * stats.linear < 9 * stats.newton);
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measures_what_the_diagonal_has_beyond_the_form),
        cmocka_unit_test(test_solves_with_the_load),
        cmocka_unit_test(test_starts_without_a_load),
        cmocka_unit_test(test_applies_to_one_head_beside_others),
        cmocka_unit_test(test_few_iterations_along_a_plateau),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
