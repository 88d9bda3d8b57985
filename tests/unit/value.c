/* Constants as what they are: which kind an array shows, and what products, sums and turns of every two kinds come to. */
#include "check.h"
#include "compile/constant.h"
#include <string.h>

enum { N = 3 };

/* One entry off the diagonal, wherever it stands, makes an array dense; none, a diagonal; equal ones, a multiple of I. */
static void kinds_are_seen(void **state)
{
    (void)state;
    lsa_arena *arena = lsa_arena_create();
    lsa_value v;
    for (ptrdiff_t k = 0; k < N * N; k++) {
        double A[N * N] = {1.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 3.0};
        A[k] += 0.5;
        check_status(lsa_value_narrow(arena, N, N, A, &v, NULL), LSA_OK, NULL);
        assert_int_equal(v.kind, k % (N + 1) == 0 ? LSA_VALUE_DIAGONAL : LSA_VALUE_DENSE);
        for (ptrdiff_t i = 0; i < N * N; i++)
            assert_true(lsa_value_entry(&v, i % N, i / N) == A[i]);
    }
    for (ptrdiff_t k = 0; k < N; k++) {
        double A[N * N] = {2.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 2.0};
        check_status(lsa_value_narrow(arena, N, N, A, &v, NULL), LSA_OK, NULL);
        assert_int_equal(v.kind, LSA_VALUE_SCALAR);
        A[k * (N + 1)] = 1.0;
        check_status(lsa_value_narrow(arena, N, N, A, &v, NULL), LSA_OK, NULL);
        assert_int_equal(v.kind, LSA_VALUE_DIAGONAL);
    }
    lsa_arena_destroy(arena);
}

/* Every kind against every other, by their entries. */
static void kinds_compute_alike(void **state)
{
    (void)state;
    static const double diagonal[N] = {2.0, -1.0, 0.5}, dense[N * N] = {1, 4, -2, 0.5, 3, 7, -1, 2, 5};
    lsa_arena *arena = lsa_arena_create();
    const lsa_value values[] = {lsa_value_scalar(N, 1.5), lsa_value_diagonal(N, diagonal),
                                lsa_value_dense(N, N, dense)};
    for (int p = 0; p < 3; p++)
        for (int q = 0; q < 3; q++) {
            lsa_value product, sum, turned, even;
            const lsa_value *a = &values[p], *b = &values[q];
            check_status(lsa_value_product(arena, a, b, &product, NULL), LSA_OK, NULL);
            check_status(lsa_value_add(arena, 2.0, a, -3.0, b, &sum, NULL), LSA_OK, NULL);
            check_status(lsa_value_transpose(arena, a, &turned, NULL), LSA_OK, NULL);
            check_status(lsa_value_symmetrise(arena, a, &even, NULL), LSA_OK, NULL);
            double trace = 0.0;
            for (ptrdiff_t j = 0; j < N; j++) {
                trace += lsa_value_entry(a, j, j);
                for (ptrdiff_t i = 0; i < N; i++) {
                    double want = 0.0;
                    for (ptrdiff_t k = 0; k < N; k++)
                        want += lsa_value_entry(a, i, k) * lsa_value_entry(b, k, j);
                    check_close(lsa_value_entry(&product, i, j), want, 1e-15, 0.0);
                    check_close(lsa_value_entry(&sum, i, j),
                                2.0 * lsa_value_entry(a, i, j) - 3.0 * lsa_value_entry(b, i, j), 1e-15, 0.0);
                    check_close(lsa_value_entry(&turned, i, j), lsa_value_entry(a, j, i), 0.0, 0.0);
                    check_close(lsa_value_entry(&even, i, j),
                                0.5 * (lsa_value_entry(a, i, j) + lsa_value_entry(a, j, i)), 1e-15, 0.0);
                }
            }
            check_close(lsa_value_trace(a), trace, 1e-15, 0.0);
        }
    lsa_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds_are_seen), cmocka_unit_test(kinds_compute_alike)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
