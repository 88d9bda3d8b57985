/* The tabulated form against dense linear algebra: gradient, Newton solve, inertia. */
#include "base/matrix.h"
#include "base/rng.h"
#include "check.h"
#include "flow/form.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { D = 5, COUNT = D * D, N = COUNT + 1 };

typedef struct fixture {
    double left[2 * D], right[2 * D], B[COUNT], y[N];
    lsa_form raw;
    flow_form *form;
} fixture;

/* Two products, so that H has rank two and is not symmetric; the state is laid out (U, u). */
static void make(fixture *x, uint64_t seed, bool diagonal)
{
    lsa_rng rng = lsa_rng_at(seed, LSA_RNG_PROBE, 0);
    lsa_rng_uniforms(&rng, 2 * D, x->left);
    lsa_rng_uniforms(&rng, 2 * D, x->right);
    lsa_rng_normals(&rng, COUNT, x->B);
    lsa_rng_normals(&rng, N, x->y);
    x->raw = (lsa_form){.d = D,
                        .u = COUNT,
                        .U = 0,
                        .n_products = 2,
                        .left = x->left,
                        .right = x->right,
                        .B_diagonal = diagonal,
                        .B = x->B};
    check_status(flow_form_create(&x->raw, &x->form, NULL), LSA_OK, NULL);
}

static double entry_H(const fixture *x, ptrdiff_t i, ptrdiff_t j)
{
    return x->left[i] * x->right[j] + x->left[D + i] * x->right[D + j];
}

static double entry_B(const fixture *x, ptrdiff_t i, ptrdiff_t j)
{
    return x->raw.B_diagonal ? (i == j ? x->B[i] : 0.0) : x->B[i + j * D];
}

/* 1/2 u^2 <U, H o U> - u <B, U> as written. */
static double plain_loss(const fixture *x, const double *y)
{
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < D; j++)
        for (ptrdiff_t i = 0; i < D; i++) {
            const double u = y[COUNT], U = y[i + j * D];
            sum += 0.5 * u * u * entry_H(x, i, j) * U * U - u * entry_B(x, i, j) * U;
        }
    return sum;
}

static void dense_hessian(const fixture *x, double *M)
{
    double unit[N] = {0.0};
    for (ptrdiff_t j = 0; j < N; j++) {
        unit[j] = 1.0;
        flow_form_hessian(x->form, x->y, unit, M + j * N);
        unit[j] = 0.0;
    }
}

static void test_gradient_is_that_of_the_loss(void **state)
{
    (void)state;
    for (int diagonal = 0; diagonal < 2; diagonal++) {
        fixture x;
        double f[N];
        make(&x, 3, diagonal != 0);
        double excess, square;
        const double returned = flow_form_rhs(x.form, x.y, f);
        flow_form_level(x.form, x.y, &excess, &square);
        check_close(returned, lsa_vec_dot(N, f, f), 1e-14, 0.0);
        check_close(square, lsa_vec_dot(N, f, f), 1e-14, 0.0);
        for (ptrdiff_t k = 0; k < N; k++) {
            /* the loss is quadratic in each entry: the central difference is exact but for rounding */
            double up[N], down[N];
            memcpy(up, x.y, sizeof up);
            memcpy(down, x.y, sizeof down);
            up[k] += 0.5;
            down[k] -= 0.5;
            check_close(-f[k], plain_loss(&x, up) - plain_loss(&x, down), 1e-12, 1e-12);
        }
        flow_form_destroy(x.form);
    }
}

static void test_excess_is_the_loss_above_its_minimum(void **state)
{
    (void)state;
    fixture x;
    double least = 0.0, distance = 0.0, limit = 0.0;
    make(&x, 4, false);
    for (ptrdiff_t j = 0; j < D; j++)
        for (ptrdiff_t i = 0; i < D; i++) {
            const double V = entry_B(&x, i, j) / entry_H(&x, i, j);
            least -= 0.5 * entry_B(&x, i, j) * V;
            distance += pow(x.y[COUNT] * x.y[i + j * D] - V, 2.0);
            limit += V * V;
        }
    check_close(flow_form_distance_square(x.form, x.y), distance, 1e-14, 0.0);
    check_close(flow_form_limit_square(x.form), limit, 1e-14, 0.0);
    double excess, square;
    flow_form_level(x.form, x.y, &excess, &square);
    check_close(excess, plain_loss(&x, x.y) - least, 1e-13, 0.0);
    check_close(x.form->scale, -least, 1e-14, 0.0);
    flow_form_destroy(x.form);
}

static void test_hessian_is_the_derivative_of_the_gradient(void **state)
{
    (void)state;
    fixture x;
    double v[N], Hv[N], up[N], down[N], fu[N], fd[N];
    const double h = 1e-5; /* error h^2 f''' + eps/h */
    make(&x, 5, false);
    lsa_rng rng = lsa_rng_at(6, LSA_RNG_PROBE, 1);
    lsa_rng_normals(&rng, N, v);
    flow_form_hessian(x.form, x.y, v, Hv);
    memcpy(up, x.y, sizeof up);
    memcpy(down, x.y, sizeof down);
    lsa_vec_axpy(N, h, v, up);
    lsa_vec_axpy(N, -h, v, down);
    flow_form_rhs(x.form, up, fu);
    flow_form_rhs(x.form, down, fd);
    for (ptrdiff_t k = 0; k < N; k++)
        check_close(Hv[k], -(fu[k] - fd[k]) / (2.0 * h), 0.0, 1e-8);
    flow_form_destroy(x.form);
}

static void test_solve_inverts(void **state)
{
    (void)state;
    const double gammas[] = {1e-6, 0.3, 50.0, 1e9};
    for (int g = 0; g < 4; g++) {
        fixture x;
        double M[N * N], r[N], want[N], got[N];
        make(&x, 7, true);
        lsa_rng rng = lsa_rng_at(8, LSA_RNG_PROBE, 1);
        lsa_rng_normals(&rng, N, r);
        dense_hessian(&x, M);
        for (ptrdiff_t k = 0; k < N * N; k++)
            M[k] *= gammas[g];
        for (ptrdiff_t k = 0; k < N; k++)
            M[k + k * N] += 1.0;
        check_status(lsa_mat_solve(N, 1, M, r, want, NULL), LSA_OK, NULL);
        assert_true(flow_form_solve(x.form, x.y, gammas[g], 0.0, r, got));
        check_vector_close(N, got, want, 1e-10, 0.0);
        assert_true(flow_form_solve(x.form, x.y, gammas[g], 0.0, r, r)); /* in place */
        check_vector_close(N, r, got, 0.0, 0.0);
        flow_form_destroy(x.form);
    }
}

/* At uU = V and gamma -> infinity the plain Schur complement 1 + gamma <U, H o U> - sum b^2/m cancels; ours must not:
 * in the flat direction t = (-U, u)/norm the matrix is the identity, so M t = t whatever gamma is. */
static void test_solve_keeps_the_flat_direction(void **state)
{
    (void)state;
    fixture x;
    double t[N], got[N];
    make(&x, 9, false);
    for (ptrdiff_t k = 0; k < COUNT; k++)
        x.y[k] = x.form->V[k] / x.y[COUNT];
    memcpy(t, x.y, sizeof t);
    lsa_vec_scale(COUNT, -1.0, t);
    assert_true(flow_form_solve(x.form, x.y, 1e12, 0.0, t, got));
    check_vector_close(N, got, t, 1e-2, 0.0); /* rounding of t itself is multiplied by gamma H eps = 1e-4 */
    flow_form_destroy(x.form);
}

static ptrdiff_t dense_below(const double *lambda, double at)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < N; k++)
        count += lambda[k] < at;
    return count;
}

static void check_inertia(fixture *x)
{
    double M[N * N], lambda[N];
    dense_hessian(x, M);
    check_status(lsa_mat_eigen(N, M, lambda, NULL, NULL), LSA_OK, NULL);
    const double size = fmax(fabs(lambda[0]), fabs(lambda[N - 1]));
    assert_true(size <= flow_form_bound(x->form, x->y) * (1.0 + 1e-12));
    const double u = x->y[COUNT], corner = M[COUNT + COUNT * N], border = lsa_vec_norm(COUNT, M + COUNT * N);
    check_close(flow_form_bound(x->form, x->y), u * u * x->form->H_max + border + corner, 1e-13, 0.0);
    for (ptrdiff_t k = 0; k < N; k++) {
        check_close(flow_form_eigenvalue(x->form, x->y, k), lambda[k], 0.0, 1e-13 * size);
        for (int side = -1; side <= 1; side += 2) {
            const double at = lambda[k] + side * 1e-9 * size;
            assert_int_equal(flow_form_count_below(x->form, x->y, at), dense_below(lambda, at));
        }
    }
}

static void test_inertia_is_that_of_the_dense_hessian(void **state)
{
    (void)state;
    for (uint64_t seed = 20; seed < 24; seed++) {
        fixture x;
        make(&x, seed, seed % 2 == 0);
        check_inertia(&x); /* a random point */
        for (ptrdiff_t k = 0; k < COUNT; k++)
            x.y[k] = x.form->V[k] / x.y[COUNT];
        check_inertia(&x); /* the minimum: one flat direction */
        assert_int_equal(flow_form_count_below(x.form, x.y, -1e-12), 0);
        assert_int_equal(flow_form_count_below(x.form, x.y, 1e-12), 1);
        memset(x.y, 0, sizeof x.y);
        check_inertia(&x); /* the saddle at zero: +-|B|_F */
        flow_form_destroy(x.form);
    }
}

/* At the saddle the diagonal is zero and the border is not: the exact zero pivot has a rule of its own. */
static void test_zero_pivots(void **state)
{
    (void)state;
    fixture x;
    make(&x, 30, false);
    memset(x.y, 0, sizeof x.y);
    assert_int_equal(flow_form_count_below(x.form, x.y, 0.0), 1);
    flow_form_destroy(x.form);
}

static void test_modes_without_rate_stay(void **state)
{
    (void)state;
    fixture x;
    double f[N];
    make(&x, 31, true);
    flow_form_destroy(x.form);
    x.left[2] = x.left[D + 2] = 1e-25; /* the rounding of a zero eigenvalue */
    x.right[2] = x.right[D + 2] = 1e-25;
    x.B[2] = 1e-40;
    check_status(flow_form_create(&x.raw, &x.form, NULL), LSA_OK, NULL);
    flow_form_rhs(x.form, x.y, f);
    check_close(f[2 + 2 * D], 0.0, 0.0, 0.0);
    flow_form_destroy(x.form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient_is_that_of_the_loss),
        cmocka_unit_test(test_excess_is_the_loss_above_its_minimum),
        cmocka_unit_test(test_hessian_is_the_derivative_of_the_gradient),
        cmocka_unit_test(test_solve_inverts),
        cmocka_unit_test(test_solve_keeps_the_flat_direction),
        cmocka_unit_test(test_inertia_is_that_of_the_dense_hessian),
        cmocka_unit_test(test_zero_pivots),
        cmocka_unit_test(test_modes_without_rate_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
