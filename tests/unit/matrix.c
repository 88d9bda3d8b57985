/* Vectors and matrices: smallest cases by hand, extreme numbers, and inputs that are refused. */
#include "base/matrix.h"
#include "check.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static void norms_at_the_ends_of_the_range(void **state)
{
    (void)state;
    const double large[] = {3e307, -4e307};
    const double small[] = {3e-320, 4e-320}; /* subnormal: 9 to 12 bits are left */
    const double mixed[] = {1e-200, 1.0, 0.0};
    check_close(lsa_vec_norm(2, large), 5e307, 4 * DBL_EPSILON, 0.0);
    check_close(lsa_vec_norm(2, small), 5e-320, 0.0, 0x1p-1074);
    check_close(lsa_vec_norm(3, mixed), 1.0, 0.0, 0.0);
    check_close(lsa_vec_norm(0, NULL), 0.0, 0.0, 0.0);
    check_close(lsa_vec_norm_max(2, large), 4e307, 0.0, 0.0);
}

static void norms_of_what_is_no_number(void **state)
{
    (void)state;
    const double a[] = {1.0, (double)NAN, 2.0};
    const double b[] = {1.0, -HUGE_VAL, 2.0};
    assert_true(isnan(lsa_vec_norm(3, a)));
    assert_true(isnan(lsa_vec_norm_max(3, a)));
    check_close(lsa_vec_norm(3, b), HUGE_VAL, 0.0, 0.0);
}

static void dot_of_every_length(void **state)
{
    (void)state;
    double x[40], y[40];
    double sum = 0.0;
    for (int i = 0; i < 40; ++i) {
        check_close(lsa_vec_dot(i, x, y), sum, 0.0, 0.0); /* small integers: exact in any order */
        x[i] = i + 1;
        y[i] = 3 - i;
        sum += (i + 1) * (3 - i);
    }
}

static void vectors(void **state)
{
    (void)state;
    const double x[] = {1.0, 2.0};
    double y[] = {10.0, 20.0};
    lsa_vec_axpy(2, -3.0, x, y);
    check_vector_close(2, y, ((double[]){7.0, 14.0}), 0.0, 0.0);
    lsa_vec_scale(2, 0.5, y);
    check_vector_close(2, y, ((double[]){3.5, 7.0}), 0.0, 0.0);
    assert_null(lsa_vec_create(-1));
    assert_null(lsa_vec_create(PTRDIFF_MAX));
    free(lsa_vec_create(0));
}

/* A = [1 2 3; 4 5 6], B = [1 0; 2 1; 0 3]: A B = [5 11; 14 23]. */
static const double A[] = {1.0, 4.0, 2.0, 5.0, 3.0, 6.0};
static const double B[] = {1.0, 2.0, 0.0, 0.0, 1.0, 3.0};
static const double AB[] = {5.0, 14.0, 11.0, 23.0};

static void products(void **state)
{
    (void)state;
    double At[6], Bt[6], C[4];
    lsa_mat_transpose(2, 3, A, At);
    check_vector_close(6, At, ((double[]){1.0, 2.0, 3.0, 4.0, 5.0, 6.0}), 0.0, 0.0);
    lsa_mat_transpose(3, 2, B, Bt);
    for (int t = 0; t < 4; ++t) {
        for (int i = 0; i < 4; ++i)
            C[i] = (double)NAN; /* beta = 0 must not read C */
        lsa_mat_product(t & 1, t & 2, 2, 2, 3, 1.0, t & 1 ? At : A, t & 2 ? Bt : B, 0.0, C);
        check_matrix_close(2, 2, C, AB, 0.0, 0.0);
    }
    lsa_mat_product(false, false, 2, 2, 3, 2.0, A, B, -1.0, C);
    check_matrix_close(2, 2, C, AB, 0.0, 0.0);
}

static void products_of_nothing(void **state)
{
    (void)state;
    double C[] = {1.0, 2.0, 3.0, 4.0};
    double y[] = {1.0, (double)NAN};
    lsa_mat_product(false, false, 0, 2, 3, 1.0, A, B, 0.0, C);
    check_close(C[0], 1.0, 0.0, 0.0);
    lsa_mat_product(false, false, 2, 2, 0, 1.0, A, B, 0.5, C); /* an empty sum: C = beta C */
    check_vector_close(4, C, ((double[]){0.5, 1.0, 1.5, 2.0}), 0.0, 0.0);
    lsa_mat_vector(false, 2, 0, 1.0, A, NULL, 0.0, y);
    check_vector_close(2, y, ((double[]){0.0, 0.0}), 0.0, 0.0);
}

static void matrix_times_vector(void **state)
{
    (void)state;
    const double x[] = {1.0, -1.0, 2.0};
    double y[] = {(double)NAN, (double)NAN};
    double z[] = {1.0, 1.0, 1.0};
    lsa_mat_vector(false, 2, 3, 1.0, A, x, 0.0, y);
    check_vector_close(2, y, ((double[]){5.0, 11.0}), 0.0, 0.0);
    lsa_mat_vector(true, 2, 3, 1.0, A, y, -1.0, z);
    check_vector_close(3, z, ((double[]){48.0, 64.0, 80.0}), 0.0, 0.0);
}

static void traces(void **state)
{
    (void)state;
    double I[9];
    lsa_mat_identity(3, I);
    check_close(lsa_mat_trace(3, I), 3.0, 0.0, 0.0);
    check_close(lsa_mat_trace(2, AB), 28.0, 0.0, 0.0);
    check_close(lsa_mat_inner(2, 3, A, A), 91.0, 0.0, 0.0);
    check_close(lsa_mat_asymmetry(2, AB), 3.0, 0.0, 0.0);
    const double unordered[] = {0.0, (double)NAN, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0};
    assert_true(isnan(lsa_mat_asymmetry(3, unordered)));
}

/* [2 1; 1 2] has eigenvalues 1, 3; the upper triangle is not read. */
static void eigen_by_hand(void **state)
{
    (void)state;
    const double S[] = {2.0, 1.0, (double)NAN, 2.0};
    double lambda[2], Q[4];
    lsa_error err;
    check_status(lsa_mat_eigen(2, S, lambda, Q, &err), LSA_OK, &err);
    check_vector_close(2, lambda, ((double[]){1.0, 3.0}), 4 * DBL_EPSILON, 0.0);
    check_close(fabs(Q[0]), sqrt(0.5), 4 * DBL_EPSILON, 0.0);
    check_status(lsa_mat_eigen(2, S, lambda, NULL, &err), LSA_OK, &err);
    check_vector_close(2, lambda, ((double[]){1.0, 3.0}), 4 * DBL_EPSILON, 0.0);
    check_status(lsa_mat_eigen(0, NULL, NULL, NULL, &err), LSA_OK, &err);
}

static void what_is_not_finite_is_refused(void **state)
{
    (void)state;
    const double bad[] = {1.0, 2.0, 2.0, (double)INFINITY};
    const double nan[] = {1.0, (double)NAN, 2.0, 1.0};
    double out[4], x[4] = {0.0};
    lsa_error err;
    check_status(lsa_mat_eigen(2, bad, out, NULL, &err), LSA_ERR_DOMAIN, &err);
    assert_string_equal(err.text, "entry (2, 2) of a matrix is inf");
    check_status(lsa_mat_eigen(2, nan, out, NULL, NULL), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_mat_singular_values(2, 2, nan, out, NULL), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_mat_cholesky(2, bad, out, NULL), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_mat_solve_spd(2, 1, bad, x, x, NULL), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_mat_solve(2, 1, nan, x, x, NULL), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_mat_least_squares(2, 2, nan, x, -1.0, out, NULL), LSA_ERR_DOMAIN, NULL);
}

static void singular_and_indefinite_are_refused(void **state)
{
    (void)state;
    const double singular[] = {1.0, 2.0, 2.0, 4.0};
    const double indefinite[] = {1.0, 2.0, 2.0, 1.0};
    double x[2] = {1.0, 1.0}, L[4];
    lsa_error err;
    check_status(lsa_mat_solve(2, 1, singular, x, x, &err), LSA_ERR_DOMAIN, &err);
    check_contains(err.text, "singular");
    check_status(lsa_mat_cholesky(2, indefinite, L, &err), LSA_ERR_DOMAIN, &err);
    check_contains(err.text, "leading minor of order 2");
    check_status(lsa_mat_solve_spd(2, 1, indefinite, x, x, &err), LSA_ERR_DOMAIN, &err);
    check_vector_close(2, x, ((double[]){1.0, 1.0}), 0.0, 0.0); /* B is as it was */
}

static void orders_beyond_lapack_are_refused(void **state)
{
    (void)state;
    const ptrdiff_t huge = (ptrdiff_t)1 << 33;
    check_status(lsa_mat_eigen(huge, A, NULL, NULL, NULL), LSA_ERR_UNABLE, NULL);
    check_status(lsa_mat_haar(huge, 1, NULL, NULL), LSA_ERR_UNABLE, NULL);
}

/* Rank one: x + y = 2 twice. Among all solutions (1, 1) is the shortest. */
static void least_squares_takes_the_shortest(void **state)
{
    (void)state;
    const double M[] = {1.0, 1.0, 1.0, 1.0};
    const double b[] = {2.0, 2.0};
    double x[2];
    lsa_error err;
    check_status(lsa_mat_least_squares(2, 2, M, b, -1.0, x, &err), LSA_OK, &err);
    check_vector_close(2, x, ((double[]){1.0, 1.0}), 8 * DBL_EPSILON, 0.0);
    check_status(lsa_mat_least_squares(1, 2, M, b, -1.0, x, &err), LSA_OK, &err); /* fewer equations than unknowns */
    check_vector_close(2, x, ((double[]){1.0, 1.0}), 8 * DBL_EPSILON, 0.0);
}

static void singular_vectors_give_the_matrix_back(void **state)
{
    (void)state;
    const double M[] = {1.0, 2.0, -0.5, 0.0, 3.0, 1.0, 4.0, -2.0, 0.25};
    double sigma[3], alone[3], X[9], Yt[9], product[9];
    lsa_error err;
    check_status(lsa_mat_svd(3, M, sigma, X, Yt, &err), LSA_OK, &err);
    check_status(lsa_mat_singular_values(3, 3, M, alone, &err), LSA_OK, &err);
    check_vector_close(3, sigma, alone, 8 * DBL_EPSILON, 0.0);
    for (int k = 0; k < 3; k++)
        lsa_vec_scale(3, sigma[k], X + 3 * k);
    lsa_mat_product(false, false, 3, 3, 3, 1.0, X, Yt, 0.0, product);
    check_matrix_close(3, 3, product, M, 32 * DBL_EPSILON, 0.0);
}

static void haar_is_a_function_of_its_seed(void **state)
{
    (void)state;
    double P[25], Q[25];
    lsa_error err;
    check_status(lsa_mat_haar(5, 3, P, &err), LSA_OK, &err);
    check_status(lsa_mat_haar(5, 3, Q, &err), LSA_OK, &err);
    check_matrix_close(5, 5, P, Q, 0.0, 0.0);
    check_status(lsa_mat_haar(5, 4, Q, &err), LSA_OK, &err);
    lsa_vec_axpy(25, -1.0, P, Q);
    check_at_least(lsa_vec_norm(25, Q), 0.1);
}

/* Entries of units far apart, a row of zeros; every other row comes to a largest entry of 1. */
static void rows_come_to_one_size(void **state)
{
    (void)state;
    const double far[9] = {1e8, -3e3, 0.0, -3e3, 2e-4, 0.0, 0.0, 0.0, 0.0};
    double s[3], work[3];
    lsa_mat_equilibrate(3, far, 20, s, work);
    for (int j = 0; j < 2; j++) {
        double largest = 0.0;
        for (int i = 0; i < 3; i++)
            largest = fmax(largest, fabs(s[i] * far[i + 3 * j] * s[j]));
        check_close(largest, 1.0, 1e-4, 0.0);
    }
    check_close(s[2], 1.0, 0.0, 0.0);
    lsa_mat_equilibrate(3, far, 1, s, work);
    assert_true(fabs(s[0] * far[3] * s[1]) < 0.5); /* one sweep is not enough */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norms_at_the_ends_of_the_range),
        cmocka_unit_test(norms_of_what_is_no_number),
        cmocka_unit_test(dot_of_every_length),
        cmocka_unit_test(vectors),
        cmocka_unit_test(products),
        cmocka_unit_test(products_of_nothing),
        cmocka_unit_test(matrix_times_vector),
        cmocka_unit_test(traces),
        cmocka_unit_test(eigen_by_hand),
        cmocka_unit_test(what_is_not_finite_is_refused),
        cmocka_unit_test(singular_and_indefinite_are_refused),
        cmocka_unit_test(orders_beyond_lapack_are_refused),
        cmocka_unit_test(least_squares_takes_the_shortest),
        cmocka_unit_test(singular_vectors_give_the_matrix_back),
        cmocka_unit_test(haar_is_a_function_of_its_seed),
        cmocka_unit_test(rows_come_to_one_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
