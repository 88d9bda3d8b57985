/* The null space of a small matrix as integers. */
#include "base/integer_null.h"
#include "check.h"

#include <math.h>
#include <string.h>

enum { N = 3 };

static ptrdiff_t null_of(ptrdiff_t rows, const double *A, int largest, double *out)
{
    double copy[8 * N];
    ptrdiff_t pivot[N];
    memcpy(copy, A, (size_t)(rows * N) * sizeof *copy);
    return lsa_integer_null(rows, N, copy, largest, pivot, out);
}

static void by_hand(void **state)
{
    (void)state;
    double out[N * N];
    const double one[] = {1.0, 2.0, -1.0}; /* x + 2 y - z = 0 */
    assert_int_equal(null_of(1, one, 12, out), 2);
    for (ptrdiff_t k = 0; k < 2; k++)
        assert_true(out[k * N] + 2.0 * out[k * N + 1] - out[k * N + 2] == 0.0);
    const double two[] = {1.0, 1.0, 0.5, 2.0, -1.0, -0.75}; /* x + y/2 = z, x + 2y = 3z/4: x = 13/12, y = -1/6 of z */
    assert_int_equal(null_of(2, two, 12, out), 1);
    assert_true(out[0] == 13.0 && out[1] == -2.0 && out[2] == 12.0);
    assert_int_equal(null_of(2, two, 11, out), 0); /* its denominator is 12 */
    const double none[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    assert_int_equal(null_of(3, none, 12, out), 0);
    const double zero[N] = {0.0};
    assert_int_equal(null_of(1, zero, 12, out), 3);
    assert_int_equal(null_of(1, (const double[]){1.0, 0.0, -1.41421356237309505}, 1000, out), 1); /* y alone */
    assert_true(out[0] == 0.0 && out[1] == 1.0 && out[2] == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
