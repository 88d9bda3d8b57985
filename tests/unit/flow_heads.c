/* Several merged heads against their loss as written and dense linear algebra: gradient, gap, Newton solve. */
#include "base/matrix.h"
#include "base/rng.h"
#include "check.h"
#include "flow/heads.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* More entries than the solver takes at once. */
enum { D = 17, COUNT = D * D, HEADS = 3, SIZE = COUNT + 1 };

typedef struct fixture {
    ptrdiff_t heads, n;
    double left[2 * D], right[2 * D], B[COUNT], y[HEADS * SIZE];
    lsa_form_head places[HEADS];
    lsa_form raw;
    flow_heads *form;
} fixture;

/* Two products, so that H has rank two and is not symmetric. The state is U_1, u_1, u_2, U_2, U_3, u_3. */
static void make(fixture *x, ptrdiff_t heads, uint64_t seed)
{
    lsa_rng rng = lsa_rng_at(seed, LSA_RNG_PROBE, 0);
    x->heads = heads;
    x->n = heads * SIZE;
    lsa_rng_uniforms(&rng, 2 * D, x->left);
    lsa_rng_uniforms(&rng, 2 * D, x->right);
    lsa_rng_normals(&rng, COUNT, x->B);
    lsa_rng_normals(&rng, x->n, x->y);
    for (ptrdiff_t h = 0; h < heads; h++)
        x->places[h] = h == 1 ? (lsa_form_head){.u = SIZE, .U = SIZE + 1, .K = -1, .Q = -1}
                              : (lsa_form_head){.u = h * SIZE + COUNT, .U = h * SIZE, .K = -1, .Q = -1};
    x->raw = (lsa_form){.d = D,
                        .u = x->places[0].u,
                        .U = x->places[0].U,
                        .n_products = 2,
                        .left = x->left,
                        .right = x->right,
                        .B = x->B,
                        .n_heads = heads,
                        .heads = x->places};
    assert_true(flow_heads_apply(&x->raw));
    check_status(flow_heads_create(&x->raw, &x->form, NULL), LSA_OK, NULL);
}

static double entry_H(const fixture *x, ptrdiff_t k)
{
    return lsa_form_rate(&x->raw, k % D, k / D);
}

static double W_of(const fixture *x, ptrdiff_t k, const double *y)
{
    double W = 0.0;
    for (ptrdiff_t h = 0; h < x->heads; h++)
        W += y[x->places[h].u] * y[x->places[h].U + k];
    return W;
}

/* 1/2 <W, H o W> - <B, W> as written. */
static double plain_loss(const fixture *x, const double *y)
{
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < COUNT; k++)
        sum += 0.5 * entry_H(x, k) * W_of(x, k, y) * W_of(x, k, y) - x->B[k] * W_of(x, k, y);
    return sum;
}

/* The second derivatives of the loss as written, entry by entry. */
static void dense_hessian(const fixture *x, const double *y, double *M)
{
    memset(M, 0, (size_t)(x->n * x->n) * sizeof *M);
    for (ptrdiff_t k = 0; k < COUNT; k++)
        for (ptrdiff_t g = 0; g < x->heads; g++)
            for (ptrdiff_t h = 0; h < x->heads; h++) {
                const ptrdiff_t ug = x->places[g].u, uh = x->places[h].u, Ug = x->places[g].U + k,
                                Uh = x->places[h].U + k;
                const double H = entry_H(x, k), r = H * W_of(x, k, y) - x->B[k];
                M[Ug + Uh * x->n] += H * y[ug] * y[uh];
                M[ug + uh * x->n] += H * y[Ug] * y[Uh];
                M[ug + Uh * x->n] += H * y[Ug] * y[uh] + (g == h ? r : 0.0);
                M[Uh + ug * x->n] += H * y[Ug] * y[uh] + (g == h ? r : 0.0);
            }
}

static void test_gradient_is_that_of_the_loss(void **state)
{
    (void)state;
    for (ptrdiff_t heads = 1; heads <= HEADS; heads++) {
        fixture x;
        double f[HEADS * SIZE];
        make(&x, heads, 3);
        flow_heads_rhs(x.form, x.y, f);
        for (ptrdiff_t k = 0; k < x.n; k += 7) { /* quadratic in each entry: the central difference is exact */
            const double at = x.y[k];
            x.y[k] = at + 0.5;
            const double up = plain_loss(&x, x.y);
            x.y[k] = at - 0.5;
            const double down = plain_loss(&x, x.y);
            x.y[k] = at;
            check_close(-f[k], up - down, 1e-12, 1e-10); /* rounding of losses of some 1e3 */
        }
        flow_heads_destroy(x.form);
    }
}

static void test_excess_is_the_loss_above_its_minimum(void **state)
{
    (void)state;
    fixture x;
    double least = 0.0;
    make(&x, HEADS, 4);
    for (ptrdiff_t k = 0; k < COUNT; k++)
        least -= 0.5 * x.B[k] * x.B[k] / entry_H(&x, k);
    check_close(flow_heads_excess(x.form, x.y), plain_loss(&x, x.y) - least, 1e-12, 0.0);
    flow_heads_destroy(x.form);
}

/* M = I + gamma Hessian at the fixture's point. */
static double *newton_matrix(const fixture *x, double gamma)
{
    double *M = lsa_vec_create(x->n * x->n);
    assert_non_null(M);
    dense_hessian(x, x->y, M);
    lsa_vec_scale(x->n * x->n, gamma, M);
    for (ptrdiff_t k = 0; k < x->n; k++)
        M[k + k * x->n] += 1.0;
    return M;
}

static void check_solve(fixture *x, double gamma, double tolerance)
{
    double r[HEADS * SIZE], want[HEADS * SIZE], got[HEADS * SIZE], *M = newton_matrix(x, gamma);
    lsa_rng rng = lsa_rng_at(8, LSA_RNG_PROBE, 1);
    lsa_rng_normals(&rng, x->n, r);
    check_status(lsa_mat_solve(x->n, 1, M, r, want, NULL), LSA_OK, NULL);
    assert_true(flow_heads_solve(x->form, x->y, gamma, r, got));
    check_vector_close(x->n, got, want, tolerance, 0.0);
    assert_true(flow_heads_solve(x->form, x->y, gamma, r, r)); /* in place */
    check_vector_close(x->n, r, got, 0.0, 0.0);
    free(M);
}

/* Moves the first head so that W = V + shift. */
static void move_to_minimum(fixture *x, double shift)
{
    for (ptrdiff_t k = 0; k < COUNT; k++) {
        const double miss = x->form->table->V[k] + shift - W_of(x, k, x->y);
        x->y[x->places[0].U + k] += miss / x->y[x->places[0].u];
    }
}

/* The dense solution itself is known to eps times the condition number, at most 1e-16 gamma |Hessian| = 1e-10 here. */
static void test_solve_inverts(void **state)
{
    (void)state;
    for (ptrdiff_t heads = 1; heads <= HEADS; heads++) {
        fixture x;
        make(&x, heads, 7);
        check_solve(&x, 1e-6, 1e-12);
        check_solve(&x, 1e-4, 1e-12);
        move_to_minimum(&x, 1e-5);
        check_solve(&x, 10.0, 1e-10);
        check_solve(&x, 1e3, 1e-9);
        flow_heads_destroy(x.form);
    }
}

/* A direction that grows faster than the step resolves has no Newton step; the vector is left alone. */
static void test_a_growing_direction_is_refused(void **state)
{
    (void)state;
    fixture x;
    double r[HEADS * SIZE] = {1.0}, got[HEADS * SIZE] = {0.0};
    make(&x, 2, 7);
    memset(x.y, 0, sizeof x.y); /* the saddle: eigenvalues +-|B|_F */
    const double largest = lsa_vec_norm(COUNT, x.B);
    assert_false(flow_heads_solve(x.form, x.y, 1.01 / largest, r, got));
    check_close(got[0], 0.0, 0.0, 0.0);
    assert_true(flow_heads_solve(x.form, x.y, 0.99 / largest, r, got));
    flow_heads_destroy(x.form);
}

static void test_shared_blocks_are_left_to_others(void **state)
{
    (void)state;
    fixture x;
    make(&x, 2, 7);
    x.places[1].u = x.places[0].u;
    assert_false(flow_heads_apply(&x.raw));
    x.places[1] = (lsa_form_head){.u = 5, .U = -1, .K = 6, .Q = 7};
    assert_false(flow_heads_apply(&x.raw));
    assert_false(flow_heads_apply(NULL));
    flow_heads_destroy(x.form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient_is_that_of_the_loss),
        cmocka_unit_test(test_excess_is_the_loss_above_its_minimum),
        cmocka_unit_test(test_solve_inverts),
        cmocka_unit_test(test_a_growing_direction_is_refused),
        cmocka_unit_test(test_shared_blocks_are_left_to_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
