/* The integrator's vector operations, one by one, at lengths around the number of lanes. */
#include "check.h"
#include "flow/vector.h"
#include <math.h>
#include <sundials/sundials_context.h>

enum { LONGEST = 21 };

typedef struct vectors {
    SUNContext context;
    N_Vector x, y, z;
} vectors;

static double entry(ptrdiff_t i, int which)
{
    return sin(1.0 + (double)(7 * i + 3 * which)) * (double)(1 + which);
}

static void make(vectors *v, ptrdiff_t n)
{
    assert_int_equal(SUNContext_Create(NULL, &v->context), 0);
    v->x = flow_vector_create(n, v->context);
    assert_non_null(v->x);
    v->y = N_VClone(v->x);
    v->z = N_VClone(v->x);
    for (ptrdiff_t i = 0; i < n; i++) {
        flow_vector_data(v->x)[i] = entry(i, 0);
        flow_vector_data(v->y)[i] = entry(i, 1);
        flow_vector_data(v->z)[i] = -7.0;
    }
}

static void clear(vectors *v)
{
    N_VDestroy(v->x);
    N_VDestroy(v->y);
    N_VDestroy(v->z);
    SUNContext_Free(&v->context);
}

static void check_entries(const vectors *v, ptrdiff_t n, const double *want)
{
    check_vector_close(n, flow_vector_data(v->z), want, 1e-15, 0.0);
}

static void test_entrywise(void **state)
{
    (void)state;
    for (ptrdiff_t n = 1; n <= LONGEST; n++) {
        vectors v;
        double want[8][LONGEST];
        make(&v, n);
        for (ptrdiff_t i = 0; i < n; i++) {
            const double x = entry(i, 0), y = entry(i, 1);
            const double values[8] = {2.0 * x - 3.0 * y, 4.0, x * y, x / y, -2.0 * x, fabs(x), 1.0 / x, x + 0.5};
            for (int k = 0; k < 8; k++)
                want[k][i] = values[k];
        }
        N_VLinearSum(2.0, v.x, -3.0, v.y, v.z);
        check_entries(&v, n, want[0]);
        N_VConst(4.0, v.z);
        check_entries(&v, n, want[1]);
        N_VProd(v.x, v.y, v.z);
        check_entries(&v, n, want[2]);
        N_VDiv(v.x, v.y, v.z);
        check_entries(&v, n, want[3]);
        N_VScale(-2.0, v.x, v.z);
        check_entries(&v, n, want[4]);
        N_VAbs(v.x, v.z);
        check_entries(&v, n, want[5]);
        N_VInv(v.x, v.z);
        check_entries(&v, n, want[6]);
        N_VAddConst(v.x, 0.5, v.z);
        check_entries(&v, n, want[7]);
        clear(&v);
    }
}

static void test_reductions(void **state)
{
    (void)state;
    for (ptrdiff_t n = 1; n <= LONGEST; n++) {
        vectors v;
        double dot = 0.0, largest = 0.0, weighted = 0.0, least = INFINITY;
        make(&v, n);
        for (ptrdiff_t i = 0; i < n; i++) {
            dot += entry(i, 0) * entry(i, 1);
            largest = fmax(largest, fabs(entry(i, 0)));
            weighted = fmax(weighted, fabs(entry(i, 0) * entry(i, 1)));
            least = fmin(least, entry(i, 0));
        }
        check_close(N_VDotProd(v.x, v.y), dot, 1e-13, 1e-15);
        check_close(N_VMaxNorm(v.x), largest, 0.0, 0.0);
        check_close(N_VWrmsNorm(v.x, v.y), weighted, 1e-15, 0.0); /* the weighted maximum, see flow/vector.h */
        check_close(N_VMin(v.x), least, 0.0, 0.0);
        clear(&v);
    }
}

/* Also where a vector is more than one block and no whole number of them. */
static void test_many_at_once(void **state)
{
    (void)state;
    enum { LONG = 2500 };
    static double want[LONG];
    for (ptrdiff_t n = 1; n <= LONG; n = n < LONGEST ? n + 1 : n == LONGEST ? 1024 : n + 738) {
        vectors v;
        make(&v, n);
        double c[] = {2.0, -3.0, 0.5};
        N_Vector X[] = {v.x, v.y, v.x};
        for (ptrdiff_t i = 0; i < n; i++)
            want[i] = 2.5 * entry(i, 0) - 3.0 * entry(i, 1);
        assert_int_equal(N_VLinearCombination(3, c, X, v.z), 0);
        check_vector_close(n, flow_vector_data(v.z), want, 1e-14, 1e-14);
        N_Vector Y[] = {v.y, v.z};
        for (ptrdiff_t i = 0; i < n; i++)
            want[i] = entry(i, 1) + 2.0 * entry(i, 0);
        assert_int_equal(N_VScaleAddMulti(2, c, v.x, Y, Y), 0);
        check_vector_close(n, flow_vector_data(v.y), want, 1e-14, 1e-14);
        clear(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entrywise),
        cmocka_unit_test(test_reductions),
        cmocka_unit_test(test_many_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
