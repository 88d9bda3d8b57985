/* Least squares by reflections against LAPACK's, on random and on awkward matrices. */
#include "base/matrix.h"
#include "base/rng.h"
#include "check.h"
#include "empirical/ols.h"
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 12 };

static void random_numbers(uint64_t seed, ptrdiff_t count, double *out)
{
    lsa_rng rng = lsa_rng_at(seed, LSA_RNG_PROBE, 1);
    lsa_rng_normals(&rng, count, out);
}

static void tall(void **state)
{
    (void)state;
    double A[LARGEST * LARGEST], copy[LARGEST * LARGEST], b[LARGEST], x[LARGEST], want[LARGEST];
    lsa_error err;
    uint64_t seed = 0;
    for (ptrdiff_t n = 1; n <= LARGEST; n++)
        for (ptrdiff_t m = n; m <= LARGEST; m++) {
            random_numbers(++seed, m * n, A);
            random_numbers(++seed, m, b);
            memcpy(copy, A, sizeof A);
            check_status(lsa_mat_least_squares(m, n, A, b, -1.0, want, &err), LSA_OK, &err);
            lsa_least_squares_tall(m, n, copy, b, x);
            check_vector_close(n, x, want, 1e-9, 1e-12); /* square random matrices reach conditions of 1e4 */
        }
}

static void wide(void **state)
{
    (void)state;
    double A[LARGEST * LARGEST], transposed[LARGEST * LARGEST], b[LARGEST], x[LARGEST], want[LARGEST];
    lsa_error err;
    uint64_t seed = 1000;
    for (ptrdiff_t n = 1; n <= LARGEST; n++)
        for (ptrdiff_t m = n; m <= LARGEST; m++) {
            random_numbers(++seed, m * n, A);
            random_numbers(++seed, n, b);
            lsa_mat_transpose(m, n, A, transposed);
            check_status(lsa_mat_least_squares(n, m, transposed, b, -1.0, want, &err), LSA_OK, &err);
            lsa_least_squares_wide(m, n, A, b, x);
            check_vector_close(m, x, want, 1e-9, 1e-12);
        }
}

/* A column that is already a multiple of a unit vector, of either sign, and one that nearly is. */
static void nothing_to_reflect(void **state)
{
    (void)state;
    double A[] = {-2.0, 0.0, 0.0, 0.0, 3.0, 0.0}, b[] = {4.0, 6.0, 1.0}, x[2];
    double near[] = {1.0, 1e-9, 0.0, 0.0, 1.0, 1e-9}, c[] = {1.0, 1.0, 0.0};
    const double want[] = {-2.0, 2.0}, near_want[] = {1.0, 1.0};
    lsa_least_squares_tall(3, 2, A, b, x);
    check_vector_close(2, x, want, 1e-15, 0.0);
    lsa_least_squares_tall(3, 2, near, c, x);
    check_vector_close(2, x, near_want, 2e-9, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tall), cmocka_unit_test(wide),
                                       cmocka_unit_test(nothing_to_reflect)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
