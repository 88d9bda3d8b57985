/* The preconditioner of keys and queries: exact where its one approximation is none, symmetric and positive definite
 * anywhere, and along a stiff path a few iterations where none would do. */
#include "base/matrix.h"
#include "flow/keys.h"
#include "flowing.h"
#include <math.h>

enum { D = 6, RANK = 7 };

typedef struct fixture {
    lsa_flowing flow;
    lsa_workspace *work;
    flow_keys *keys;
    ptrdiff_t n;
    double *y;
} fixture;

/* Label noise makes H of two products, which are not in proportion. */
static void make(fixture *x, const char *statement, ptrdiff_t heads)
{
    const double spectrum[D] = {1.0, 0.7, 0.4, 0.2, 0.09, 0.05};
    *x = (fixture){0};
    flowing_init(&x->flow, statement, D, 9.0, heads, RANK);
    x->flow.setting.experiment.training.covariance = fixture_diagonal(&x->flow.setting, D, spectrum);
    x->flow.setting.experiment.training.label_noise = 0.2;
    flowing_make(&x->flow);
    x->n = lsa_program_size(x->flow.program);
    x->y = fixture_numbers(&x->flow.setting, x->n);
    assert_true(flow_keys_apply(lsa_program_product_form(x->flow.program)));
    check_status(lsa_workspace_create(x->flow.program, &x->work, NULL), LSA_OK, NULL);
    check_status(flow_keys_create(lsa_program_product_form(x->flow.program), x->n, &x->keys, NULL), LSA_OK, NULL);
}

static void clear(fixture *x)
{
    flow_keys_destroy(x->keys);
    lsa_workspace_destroy(x->work);
    flowing_clear(&x->flow);
}

/* A minimum at which every K'K and Q'Q is diagonal: K_h = O_h diag(k_h), Q_h = O_h diag(q_h), O_h'O_h = I. */
static void place_at_diagonal_minimum(fixture *x)
{
    const lsa_form *form = lsa_program_product_form(x->flow.program);
    double O[RANK * RANK];
    for (ptrdiff_t i = 0; i < D; i++) {
        double W = 0.0;
        for (ptrdiff_t h = 0; h < form->n_heads; h++)
            W += (1.5 + (double)h) * (0.4 + 0.1 * (double)i) * (0.8 - 0.05 * (double)(i * h));
        for (ptrdiff_t h = 0; h < form->n_heads; h++) {
            const lsa_form_head *head = &form->heads[h];
            const double q = (0.8 - 0.05 * (double)(i * h)) * form->B[i] / (lsa_form_rate(form, i, i) * W);
            check_status(lsa_mat_haar(RANK, (unsigned long long)h + 2, O, NULL), LSA_OK, NULL);
            x->y[head->u] = 1.5 + (double)h;
            for (ptrdiff_t k = 0; k < RANK; k++) {
                x->y[head->K + k + i * RANK] = O[k + i * RANK] * (0.4 + 0.1 * (double)i);
                x->y[head->Q + k + i * RANK] = O[k + i * RANK] * q;
            }
        }
    }
}

/* The largest entry of P^-1 (I + gamma Hessian) v - v over random v of unit size. */
static double error_of(fixture *x, double gamma)
{
    double worst = 0.0;
    for (uint64_t seed = 10; seed < 15; seed++) {
        const double *v = fixture_normals(&x->flow.setting, x->n, seed, 1.0);
        double *Mv = fixture_numbers(&x->flow.setting, x->n), *z = fixture_numbers(&x->flow.setting, x->n);
        lsa_program_hessian(x->flow.program, x->work, x->y, v, Mv);
        lsa_vec_scale(x->n, gamma, Mv);
        lsa_vec_axpy(x->n, 1.0, v, Mv);
        flow_keys_solve(x->keys, Mv, z);
        lsa_vec_axpy(x->n, -1.0, v, z);
        const double error = lsa_vec_norm_max(x->n, z);
        worst = error <= worst ? worst : error; /* NaN counts as the largest */
    }
    return worst;
}

static void test_exact_where_all_is_diagonal(void **state)
{
    (void)state;
    for (ptrdiff_t heads = 1; heads <= 3; heads++) {
        fixture x;
        make(&x, heads == 1 ? "separate" : "multihead-separate", heads);
        place_at_diagonal_minimum(&x);
        for (double gamma = 1e3; gamma < 1e8; gamma *= 100.0) {
            flow_keys_update(x.keys, x.y, gamma);
            check_at_most(error_of(&x, gamma), 1e-13 * gamma); /* rounding of vectors of size gamma |Hessian| */
            check_at_least(error_of(&x, 1.1 * gamma), 1e-2);   /* another gamma is seen */
        }
        x.y[lsa_program_product_form(x.flow.program)->heads[0].u] *= 1.1;
        check_at_least(error_of(&x, 1e7), 1e-2); /* and so is another state */
        clear(&x);
    }
}

/* <a, P^-1 b> at a state. */
static double inner(fixture *x, const double *a, const double *b)
{
    double *z = fixture_numbers(&x->flow.setting, x->n);
    flow_keys_solve(x->keys, b, z);
    return lsa_vec_dot(x->n, a, z);
}

static void test_symmetric_and_positive_definite_anywhere(void **state)
{
    (void)state;
    fixture x;
    make(&x, "multihead-separate", 2);
    for (uint64_t seed = 1; seed <= 20; seed++) {
        flowing_start_gaussian(&x.flow, seed % 2 == 0 ? 1.0 : 0.1, seed);
        flow_keys_update(x.keys, x.flow.start, 1e5);
        const double *a = fixture_normals(&x.flow.setting, x.n, 100 + seed, 1.0);
        const double *b = fixture_normals(&x.flow.setting, x.n, 200 + seed, 1.0);
        const double aa = inner(&x, a, a), bb = inner(&x, b, b);
        assert_true(aa > 0.0 && bb > 0.0);
        check_close(inner(&x, a, b), inner(&x, b, a), 0.0, 1e-9 * sqrt(aa * bb));
    }
    clear(&x);
}

/* Where there is nothing to gain, or nothing to compute with, the solve leaves x to the caller. */
static void test_stands_back(void **state)
{
    (void)state;
    fixture x;
    make(&x, "separate", 1);
    place_at_diagonal_minimum(&x);
    const double *r = fixture_normals(&x.flow.setting, x.n, 1, 1.0);
    double *z = fixture_numbers(&x.flow.setting, x.n);
    flow_keys_update(x.keys, x.y, 1e-2);
    flow_keys_solve(x.keys, r, z);
    assert_true(lsa_vec_norm_max(x.n, z) == 0.0);
    x.y[0] = NAN;
    flow_keys_update(x.keys, x.y, 1e4);
    flow_keys_solve(x.keys, r, z);
    assert_true(lsa_vec_norm_max(x.n, z) == 0.0);
    clear(&x);
}

/* Keys and queries along one axis, whichever it is, are large enough to be preconditioned. */
static void test_sees_every_axis(void **state)
{
    (void)state;
    fixture x;
    make(&x, "separate", 1);
    const lsa_form_head *head = &lsa_program_product_form(x.flow.program)->heads[0];
    const double *r = fixture_normals(&x.flow.setting, x.n, 1, 1.0);
    for (ptrdiff_t i = 0; i < D; i++) {
        double *z = fixture_numbers(&x.flow.setting, x.n);
        memset(x.y, 0, (size_t)x.n * sizeof *x.y);
        x.y[head->u] = 1.5;
        for (ptrdiff_t k = 0; k < RANK; k++)
            x.y[head->K + k + i * RANK] = x.y[head->Q + k + i * RANK] = 0.3;
        flow_keys_update(x.keys, x.y, 1e5);
        flow_keys_solve(x.keys, r, z);
        check_at_least(lsa_vec_norm_max(x.n, z), 1e-3);
    }
    clear(&x);
}

static void test_applies_to_heads_of_their_own_factors(void **state)
{
    (void)state;
    lsa_form_head heads[] = {{.u = 0, .U = -1, .K = 1, .Q = 5}, {.u = 9, .U = -1, .K = 10, .Q = 14}};
    lsa_form form = {.d = 2, .rank = 2, .n_heads = 2, .heads = heads};
    assert_true(flow_keys_apply(&form));
    assert_false(flow_keys_apply(NULL));
    heads[1].K = 5; /* the query of the first */
    assert_false(flow_keys_apply(&form));
    heads[1] = (lsa_form_head){.u = 0, .U = -1, .K = 10, .Q = 14};
    assert_false(flow_keys_apply(&form));
    heads[1] = (lsa_form_head){.u = 9, .U = 10, .K = -1, .Q = -1};
    assert_false(flow_keys_apply(&form));
    form.n_heads = 1;
    heads[0].Q = 1; /* K'K */
    assert_false(flow_keys_apply(&form));
}

/* One head at d = 16 and two at d = 12, condition 1000. Without it iterations are 20 a Newton step and more, and steps
 * fail; a dense factorisation follows the same path. */
static void test_few_iterations_along_a_stiff_path(void **state)
{
    (void)state;
    for (ptrdiff_t heads = 1; heads <= 2; heads++) {
        const ptrdiff_t d = heads == 1 ? 16 : 12;
        lsa_flowing f;
        double spectrum[16];
        flowing_init(&f, heads == 1 ? "separate" : "multihead-separate", d, (double)d, heads, heads == 1 ? 16 : 10);
        for (ptrdiff_t i = 0; i < d; i++)
            spectrum[i] = pow(1000.0, -(double)i / (double)(d - 1));
        f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, d, spectrum);
        flowing_make(&f);
        flowing_start_gaussian(&f, 0.1, 5);
        const ptrdiff_t n = lsa_program_size(f.program);
        f.options.stop.gap = NAN;
        f.options.stop.time = 3e5;
        f.options.rtol = 1e-8;
        f.options.method = LSA_METHOD_KRYLOV;
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const lsa_solver_stats stats = lsa_trajectory_stats(f.trajectory);
        print_message("%td parameters: %td steps, %td Newton and %td linear iterations\n", n, stats.steps, stats.newton,
                      stats.linear);
        assert_true(stats.linear > stats.newton && stats.linear <= 4 * stats.newton);
        assert_int_equal(stats.newton_failures, 0);
        const lsa_sample end = lsa_trajectory_sample(f.trajectory, lsa_trajectory_count(f.trajectory) - 1);
        double *krylov = fixture_numbers(&f.setting, n);
        memcpy(krylov, end.state, (size_t)n * sizeof *krylov);
        f.options.method = LSA_METHOD_DENSE;
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const lsa_sample same = lsa_trajectory_sample(f.trajectory, lsa_trajectory_count(f.trajectory) - 1);
        check_vector_close(n, krylov, same.state, 0.0, 20.0 * f.options.rtol * lsa_vec_norm_max(n, same.state));
        flowing_clear(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_where_all_is_diagonal),
        cmocka_unit_test(test_symmetric_and_positive_definite_anywhere),
        cmocka_unit_test(test_stands_back),
        cmocka_unit_test(test_sees_every_axis),
        cmocka_unit_test(test_applies_to_heads_of_their_own_factors),
        cmocka_unit_test(test_few_iterations_along_a_stiff_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
