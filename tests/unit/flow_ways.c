/* Each exact way against its own right-hand side: what it takes for the inverse of I - gamma J, J by differences. */
#include "base/matrix.h"
#include "base/rng.h"
#include "flow/build.h"
#include "flowing.h"

enum { D = 84 };

typedef struct fixture {
    lsa_flowing flow;
    flow_system *system, *path; /* path: what is looked at                */
    double *y, *r, *x, *moved, *ahead, *behind;
} fixture;

/* Lambda of three clusters with label noise, a random start of that many heads. */
static void make(fixture *x, ptrdiff_t d, ptrdiff_t heads, lsa_method method)
{
    static const double centres[3] = {1.5, 0.7, 0.1};
    double spectrum[D];
    *x = (fixture){0};
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = centres[i * 3 / d] * (1.0 + 1e-3 * (double)(i % 7));
    flowing_init(&x->flow, heads > 1 ? "multihead" : "merged", d, 50.0, heads, 1);
    x->flow.setting.experiment.training.covariance = fixture_diagonal(&x->flow.setting, d, spectrum);
    x->flow.setting.experiment.training.label_noise = 0.5;
    flowing_make(&x->flow);
    flowing_start_gaussian(&x->flow, 1.0 / (double)d, 5);
    check_status(flow_system_create(x->flow.program, method, NAN, x->flow.start, &x->system, NULL), LSA_OK, NULL);
    x->path = x->system;
}

static void place(fixture *x)
{
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROBE, 0);
    double **all[] = {&x->y, &x->r, &x->x, &x->moved, &x->ahead, &x->behind};
    const ptrdiff_t size = x->path->size;
    for (int k = 0; k < 6; k++)
        *all[k] = fixture_numbers(&x->flow.setting, size);
    lsa_rng_normals(&rng, size, x->y);
    lsa_rng_normals(&rng, size, x->r);
    x->y[size - 1] = fabs(x->y[size - 1]);
}

static void clear(fixture *x)
{
    if (x->path != x->system)
        flow_system_destroy(x->path);
    flow_system_destroy(x->system);
    flowing_clear(&x->flow);
}

/* x - gamma J x = r, to what central differences leave. */
static void check_solve(fixture *x, double gamma)
{
    const ptrdiff_t size = x->path->size;
    const double step = 1e-6;
    double *kept = x->moved;
    memcpy(kept, x->r, (size_t)size * sizeof *kept);
    assert_true(x->path->way->solve(x->path, x->y, gamma, kept, x->x));
    for (int side = 0; side < 2; side++) {
        memcpy(x->moved, x->y, (size_t)size * sizeof *x->moved);
        lsa_vec_axpy(size, side == 0 ? step : -step, x->x, x->moved);
        assert_true(flow_system_rhs(x->path, x->moved, side == 0 ? x->ahead : x->behind));
    }
    for (ptrdiff_t i = 0; i < size; i++)
        x->moved[i] = x->x[i] - gamma * (x->ahead[i] - x->behind[i]) / (2.0 * step);
    for (ptrdiff_t i = 0; i < size; i++)
        check_close(x->moved[i], x->r[i], 0.0, 1e-7 * lsa_vec_norm_max(size, x->r));
}

static void check_way(ptrdiff_t d, ptrdiff_t heads, lsa_method method, const flow_way *way)
{
    fixture x;
    make(&x, d, heads, method);
    assert_ptr_equal(x.system->way, way);
    place(&x);
    check_solve(&x, 0.01);
    check_solve(&x, 0.02);
    clear(&x);
}

static void whole(void **state)
{
    (void)state;
    check_way(5, 1, LSA_METHOD_ARROWHEAD, &flow_way_whole);
}

static void heads(void **state)
{
    (void)state;
    check_way(4, 3, LSA_METHOD_ARROWHEAD, &flow_way_heads);
}

static void diagonal(void **state)
{
    (void)state;
    check_way(5, 1, LSA_METHOD_REDUCED, &flow_way_diagonal);
}

/* The diagonal compressed, from a start of small ascending entries. */
static void make_modes(fixture *x)
{
    make(x, D, 1, LSA_METHOD_REDUCED);
    double *start = fixture_numbers(&x->flow.setting, D + 2);
    start[0] = 0.01;
    for (ptrdiff_t i = 0; i < D; i++)
        start[1 + i] = 0.01 + 1e-4 * (double)i;
    check_status(flow_system_compress(x->system, start, &x->path, NULL), LSA_OK, NULL);
    assert_non_null(x->path);
    assert_ptr_equal(x->path->way, &flow_way_modes);
    place(x);
}

static void modes(void **state)
{
    (void)state;
    fixture x;
    make_modes(&x);
    check_solve(&x, 0.01);
    check_solve(&x, 0.02);
    clear(&x);
}

/* What a system says of a point: loss, gap, |grad L|, |u|^2, |U|^2, distance and excess. */
typedef struct view {
    double number[7];
} view;

static view look(flow_system *system, const double *y, double *f)
{
    view v;
    flow_level level = flow_system_measure(system, y, f, &v.number[2]);
    v.number[0] = level.loss;
    v.number[1] = level.gap;
    v.number[3] = flow_system_square(system, 0, y);
    v.number[4] = flow_system_square(system, 1, y);
    v.number[5] = flow_system_product_error(system, y);
    v.number[6] = system->way->excess(system, y);
    return v;
}

static void check_views(view a, view b)
{
    for (int k = 0; k < 7; k++)
        check_close(a.number[k], b.number[k], 1e-11, 0.0);
}

/* The diagonal with its sums, and all entries of the same point: off it they have decayed by their own law. */
static void ways_say_the_same(void **state)
{
    (void)state;
    enum { d = 5 };
    fixture reduced, whole, polynomial;
    make(&reduced, d, 1, LSA_METHOD_REDUCED);
    make(&whole, d, 1, LSA_METHOD_ARROWHEAD);
    make(&polynomial, d, 1, LSA_METHOD_DENSE);
    place(&reduced);
    place(&whole);
    place(&polynomial);
    reduced.y[d + 1] = 0.7; /* the action */
    flow_reduction_expand(reduced.system->reduction, reduced.y, whole.y);
    whole.y[whole.path->n] = reduced.y[d + 1];
    memcpy(polynomial.y, whole.y, (size_t)whole.path->size * sizeof *whole.y);
    const view all = look(whole.path, whole.y, whole.ahead);
    check_views(look(reduced.path, reduced.y, reduced.ahead), all);
    check_views(look(polynomial.path, polynomial.y, polynomial.ahead), all);
    clear(&reduced);
    clear(&whole);
    clear(&polynomial);
}

/* The compressed diagonal after a while at u = .02, and its entries. */
static void modes_say_the_same(void **state)
{
    (void)state;
    fixture x;
    make_modes(&x);
    const ptrdiff_t size = x.path->size;
    x.y[0] = 0.02;
    x.y[size - 1] = 0.3;
    for (ptrdiff_t k = 0; k + 2 < size; k++)
        x.y[1 + k] = -expm1(-x.path->modes->rates[k] * 0.3) * x.path->modes->limits[k] / 0.02;
    double *whole = fixture_numbers(&x.flow.setting, x.system->size);
    double *f = fixture_numbers(&x.flow.setting, x.system->size);
    flow_modes_expand(x.path->modes, x.y, whole);
    check_views(look(x.path, x.y, x.ahead), look(x.system, whole, f));
    clear(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole),
                                       cmocka_unit_test(heads),
                                       cmocka_unit_test(diagonal),
                                       cmocka_unit_test(modes),
                                       cmocka_unit_test(ways_say_the_same),
                                       cmocka_unit_test(modes_say_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
