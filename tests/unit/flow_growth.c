/* What drives a path away from a saddle, told from rounding entry by entry. */
#include "base/matrix.h"
#include "flow/growth.h"
#include "flowing.h"

enum { D = 3 };

typedef struct fixture {
    lsa_flowing flow;
    flow_system *system;
    flow_growth *growth;
    ptrdiff_t n;
    double *step;
} fixture;

static void make(fixture *x, ptrdiff_t heads)
{
    const double spectrum[D] = {1.0, 0.6, 0.3};
    *x = (fixture){0};
    flowing_init(&x->flow, heads > 1 ? "multihead" : "merged", D, 7.0, heads, 1);
    x->flow.setting.experiment.training.covariance = fixture_diagonal(&x->flow.setting, D, spectrum);
    flowing_make(&x->flow);
    x->n = lsa_program_size(x->flow.program);
    x->step = fixture_numbers(&x->flow.setting, x->n);
    check_status(flow_system_create(x->flow.program, LSA_METHOD_DENSE, NAN, x->flow.start, &x->system, NULL), LSA_OK,
                 NULL);
    check_status(flow_growth_create(x->n, &x->growth, NULL), LSA_OK, NULL);
}

static void clear(fixture *x)
{
    flow_growth_destroy(x->growth);
    flow_system_destroy(x->system);
    flowing_clear(&x->flow);
}

/* u and U = size I of one head, the others zero. */
static void place(fixture *x, ptrdiff_t head, double u, double size)
{
    double *y = x->flow.start;
    memset(y, 0, (size_t)x->n * sizeof *y);
    y[flowing_block(&x->flow, "u", head)->offset] = u;
    for (ptrdiff_t i = 0; i < D; i++)
        y[flowing_block(&x->flow, "U", head)->offset + i + i * D] = size;
}

/* Beside heads that are zero, whichever head moves drives the path, though its directions have nothing of the others; a point
 * that is zero altogether, or has no u, drives nothing. */
static void any_head_drives(void **state)
{
    (void)state;
    fixture x;
    make(&x, 3);
    for (ptrdiff_t head = 0; head < 3; head++) {
        place(&x, head, 1e-6, 1e-6);
        check_status(flow_growth_eval(x.growth, x.system, x.flow.start, x.step, NULL), LSA_OK, NULL);
        assert_int_equal(x.growth->unstable, 3); /* one for each head */
        assert_true(x.growth->driven);
    }
    place(&x, 0, 0.0, 0.0);
    check_status(flow_growth_eval(x.growth, x.system, x.flow.start, x.step, NULL), LSA_OK, NULL);
    assert_int_equal(x.growth->unstable, 3);
    assert_true(!x.growth->driven && x.growth->exact);
    clear(&x);
}

/* A head whose u is 1e-20 of U gains speed in U alone, by 1e-20: far below the rounding of u's own gradient. */
static void small_motion_quickens(void **state)
{
    (void)state;
    fixture x;
    bool yes;
    make(&x, 1);
    place(&x, 0, 1e-20, 0.5);
    check_status(flow_growth_quickens(x.system, x.flow.start, &yes, NULL), LSA_OK, NULL);
    assert_true(yes);
    place(&x, 0, 0.0, 0.0);
    check_status(flow_growth_quickens(x.system, x.flow.start, &yes, NULL), LSA_OK, NULL);
    assert_false(yes);
    clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_head_drives), cmocka_unit_test(small_motion_quickens)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
