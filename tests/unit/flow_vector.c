/* The integrator's vector operations: one by one, at lengths around the number of lanes, and while others wait. */
#include "base/rng.h"
#include "check.h"
#include "flow/nvector.h"
#include <math.h>
#include <string.h>
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
        check_close(N_VWrmsNorm(v.x, v.y), weighted, 1e-15, 0.0); /* the weighted maximum, see flow/nvector.h */
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

/* Vectors of several blocks, whose passes wait, beside arrays, whose passes do not. */
enum { VECTORS = 8, WAITING = 3000 };

typedef struct both {
    SUNContext context;
    N_Vector v[VECTORS];
    double plain[VECTORS][WAITING];
    lsa_rng rng;
} both;

static void make_both(both *b, uint64_t seed)
{
    assert_int_equal(SUNContext_Create(NULL, &b->context), 0);
    b->rng = lsa_rng_at(seed, LSA_RNG_PROBE, 0);
    for (int k = 0; k < VECTORS; k++) {
        b->v[k] = k == 0 ? flow_vector_create(WAITING, b->context) : N_VClone(b->v[0]);
        lsa_rng_normals(&b->rng, WAITING, b->plain[k]);
        memcpy(flow_vector_data(b->v[k]), b->plain[k], sizeof b->plain[k]);
    }
}

static void clear_both(both *b)
{
    for (int k = 0; k < VECTORS; k++)
        N_VDestroy(b->v[k]);
    SUNContext_Free(&b->context);
}

static int pick(both *b, int count)
{
    double uniform;
    lsa_rng_uniforms(&b->rng, 1, &uniform);
    return (int)(uniform * count);
}

static void sum(both *b, double a, int x, double c, int y, int z)
{
    N_VLinearSum(a, b->v[x], c, b->v[y], b->v[z]);
    for (ptrdiff_t i = 0; i < WAITING; i++)
        b->plain[z][i] = a * b->plain[x][i] + c * b->plain[y][i];
}

/* As CVODE predicts a step of this order from the history of the first vectors; `skip` leaves out one of its sums. */
static void predict(both *b, int order, int skip)
{
    for (int k = 1, at = 0; k <= order; k++)
        for (int j = order; j >= k; j--, at++)
            if (at != skip)
                sum(b, 1.0, j - 1, 1.0, j, j - 1);
}

static void look(both *b, int x)
{
    assert_memory_equal(flow_vector_data(b->v[x]), b->plain[x], sizeof b->plain[x]);
}

static void look_by_norm(both *b, int x, int w)
{
    double most = 0.0;
    for (ptrdiff_t i = 0; i < WAITING; i++)
        most = fmax(fabs(b->plain[x][i] * b->plain[w][i]), most);
    assert_true(N_VWrmsNorm(b->v[x], b->v[w]) == most);
}

static void write_to(both *b, int x)
{
    double *data = pick(b, 2) == 0 ? flow_vector_data(b->v[x]) : flow_vector_blank(b->v[x]);
    for (ptrdiff_t i = 0; i < WAITING; i++)
        data[i] = b->plain[x][i] = sin((double)(i + x));
}

/* One operation or look of a random program; numbers stay of order 1. */
static void act(both *b)
{
    const int x = pick(b, VECTORS), y = pick(b, VECTORS), z = pick(b, VECTORS);
    switch (pick(b, 10)) {
    case 0:
        N_VConst(0.75, b->v[z]);
        for (ptrdiff_t i = 0; i < WAITING; i++)
            b->plain[z][i] = 0.75;
        return;
    case 1:
        N_VScale(-0.5, b->v[x], b->v[z]);
        for (ptrdiff_t i = 0; i < WAITING; i++)
            b->plain[z][i] = -0.5 * b->plain[x][i];
        return;
    case 2:
        look(b, x);
        return;
    case 3:
        look_by_norm(b, x, y);
        return;
    case 4:
        write_to(b, x);
        return;
    default:
        sum(b, 0.5, x, -0.4, y, z);
    }
}

static void test_waiting_changes_no_digit(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        static both b;
        make_both(&b, seed);
        for (int k = 0; k < 150; k++)
            act(&b);
        for (int x = 0; x < VECTORS; x++)
            look(&b, x);
        clear_both(&b);
    }
}

/* Whole ones, which become one pass, and what only looks like one. */
static void test_predictions(void **state)
{
    (void)state;
    for (int order = 1; order <= 5; order++)
        for (int skip = -1; skip < order * (order + 1) / 2; skip++) {
            static both b;
            make_both(&b, 7);
            sum(&b, 1.0, 6, 0.25, 7, 0);
            sum(&b, 1.0, 6, 0.25, 7, 5);
            predict(&b, order, skip);
            sum(&b, 1.0, 0, 1.0, 5, 6);
            look(&b, 6);
            look_by_norm(&b, 2, 5);
            for (int x = 0; x < VECTORS; x++)
                look(&b, x);
            clear_both(&b);
        }
}

/* The history corrected along vector 6 before, each choice of its parts; and with something in between:
 * 0 nothing; 1 vector 6 scaled; 2 a look at a part; 3 and 4 a sum that reads a part; 5 a second correction. */
static void test_corrections_before_a_prediction(void **state)
{
    (void)state;
    for (int parts = 0; parts < 64; parts++)
        for (int between = 0; between < 6; between++) {
            static both b;
            make_both(&b, 11);
            for (int j = 0; j < 6; j++)
                if ((parts >> j & 1) != 0)
                    sum(&b, 0.1 * (j + 1), 6, 1.0, j, j);
            if (between == 1)
                sum(&b, 0.5, 6, 0.0, 6, 6);
            if (between == 2)
                look(&b, 3);
            if (between == 3 || between == 4)
                sum(&b, 0.3, 3, between == 3 ? 1.0 : 0.5, 7, 7);
            if (between == 5)
                sum(&b, 0.3, 6, 1.0, 3, 3);
            predict(&b, 5, -1);
            look_by_norm(&b, 6, 7);
            for (int x = 0; x < VECTORS; x++)
                look(&b, x);
            clear_both(&b);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entrywise),    cmocka_unit_test(test_reductions),
        cmocka_unit_test(test_many_at_once), cmocka_unit_test(test_waiting_changes_no_digit),
        cmocka_unit_test(test_predictions),  cmocka_unit_test(test_corrections_before_a_prediction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
