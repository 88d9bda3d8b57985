/* Scaling symmetries: how many a statement has, that the loss does not change along them, sums with twice the digits, the way
 * back to the conserved values; what a reduced system says of entries that it has not, and what a state is measured against. */
#include "base/matrix.h"
#include "flow/build.h"
#include "flow/invariant.h"
#include "flow/saddle.h"
#include "flowing.h"
#include <math.h>

enum { D = 3, RANK = 2 };

typedef struct fixture {
    lsa_flowing flow;
    flow_system *system;
    flow_invariants *invariants;
} fixture;

static void make(fixture *x, const char *statement, ptrdiff_t heads, lsa_method method)
{
    const double spectrum[D] = {1.0, 0.6, 0.3};
    *x = (fixture){0};
    flowing_init(&x->flow, statement, D, 7.0, heads, RANK);
    x->flow.setting.experiment.training.covariance = fixture_diagonal(&x->flow.setting, D, spectrum);
    x->flow.setting.experiment.training.label_noise = 0.2;
    flowing_make(&x->flow);
    flowing_start_gaussian(&x->flow, 0.7, 4);
    check_status(flow_system_create(x->flow.program, method, NAN, x->flow.start, &x->system, NULL), LSA_OK, NULL);
    check_status(flow_invariants_create(x->system, &x->invariants, NULL), LSA_OK, NULL);
}

static void clear(fixture *x)
{
    flow_invariants_destroy(x->invariants);
    flow_system_destroy(x->system);
    flowing_clear(&x->flow);
}

static const struct {
    const char *statement;
    ptrdiff_t heads, count;
} cases[] = {{"merged", 1, 1},    {"full", 1, 1},     {"full-masked", 1, 1},        {"multihead", 2, 2},
             {"multihead", 3, 3}, {"separate", 1, 2}, {"multihead-separate", 2, 4}, {"multihead-separate", 3, 6}};
enum { CASES = sizeof cases / sizeof cases[0] };

/* The state with block k multiplied by c^{e_k}. */
static double *scaled(fixture *x, ptrdiff_t m, double c)
{
    const ptrdiff_t n = lsa_program_size(x->flow.program);
    double *y = fixture_numbers(&x->flow.setting, n + 1);
    memcpy(y, x->flow.start, (size_t)n * sizeof *y);
    for (ptrdiff_t k = 0; k < x->system->n_blocks; k++) {
        const lsa_block *block = &x->system->blocks[k];
        const double e = x->invariants->exponents[k + m * x->invariants->blocks];
        lsa_vec_scale(block->rows * block->cols, pow(c, e), y + block->offset);
    }
    return y;
}

static double loss(const fixture *x, const double *y)
{
    return lsa_program_loss(x->flow.program, x->system->work, y);
}

static void symmetries(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        fixture x;
        make(&x, cases[c].statement, cases[c].heads, LSA_METHOD_DENSE);
        assert_int_equal(x.invariants->count, cases[c].count);
        for (ptrdiff_t m = 0; m < x.invariants->count; m++) {
            double direct = 0.0, size = 0.0;
            check_close(loss(&x, scaled(&x, m, 1.3)), loss(&x, x.flow.start), 1e-13, 0.0);
            for (ptrdiff_t k = 0; k < x.system->n_blocks; k++) {
                const lsa_block *block = &x.system->blocks[k];
                const double square = pow(lsa_vec_norm(block->rows * block->cols, x.flow.start + block->offset), 2.0);
                direct += x.invariants->exponents[k + m * x.invariants->blocks] * square;
                size += square;
            }
            check_close(flow_invariant_value(x.invariants, x.system, m, x.flow.start), direct, 0.0, 1e-14 * size);
            check_close(flow_invariant_exact(x.invariants, x.system, m, x.flow.start), direct, 0.0, 1e-14 * size);
        }
        clear(&x);
    }
}

/* What the integrator is given is the derived gradient and Hessian, whatever they are made of. */
static void equation(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++)
        for (int method = 0; method < 2; method++) {
            fixture x;
            make(&x, cases[c].statement, cases[c].heads, method == 0 ? LSA_METHOD_DENSE : LSA_METHOD_KRYLOV);
            const ptrdiff_t n = lsa_program_size(x.flow.program);
            double *g = fixture_numbers(&x.flow.setting, 5 * (n + 1)), *f = g + n + 1, *Hv = f + n + 1, *v = Hv + n + 1;
            double *y = v + n + 1;
            memcpy(y, x.flow.start, (size_t)n * sizeof *y);
            memcpy(v, fixture_normals(&x.flow.setting, n, 9, 1.0), (size_t)n * sizeof *v);
            lsa_program_gradient(x.flow.program, x.system->work, y, g);
            lsa_program_hessian(x.flow.program, x.system->work, y, v, Hv);
            lsa_vec_scale(n, -1.0, g);
            lsa_vec_scale(n, -1.0, Hv);
            assert_true(flow_system_rhs(x.system, y, f));
            check_vector_close(n, f, g, 1e-13, 0.0);
            flow_system_jacobian(x.system, y, v, f);
            check_vector_close(n, f, Hv, 1e-13, 0.0);
            clear(&x);
        }
}

/* A parameter without a symmetry behind two that have one: the elimination passes over columns. */
static const char own_text[] =
    "gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
    "parameters: {u: scalar, v: scalar, U: [d, d], p: vector}\n"
    "define: {\"y[i]\": \"w' * x[i]\"}\n"
    "prediction: \"u * v / rho * sum(i, y[i] * x[i]') * U * xq + p' * xq\"\n"
    "target: \"w' * xq\"\n";

static void passes_over_columns(void **state)
{
    (void)state;
    fixture x = {.flow = {.options = lsa_flow_options_defaults()}};
    fixture_init(&x.flow.setting, "own", own_text, D, 7.0, 1, 1);
    flowing_make(&x.flow);
    flowing_start_gaussian(&x.flow, 0.7, 4);
    check_status(flow_system_create(x.flow.program, LSA_METHOD_DENSE, NAN, x.flow.start, &x.system, NULL), LSA_OK,
                 NULL);
    check_status(flow_invariants_create(x.system, &x.invariants, NULL), LSA_OK, NULL);
    assert_int_equal(x.invariants->count, 2);
    for (ptrdiff_t m = 0; m < 2; m++)
        check_close(loss(&x, scaled(&x, m, 1.3)), loss(&x, x.flow.start), 1e-13, 0.0);
    clear(&x);
}

/* (a + 1)^2 - a^2 and its like, where the squares need twice the digits. */
static void twice_the_digits(void **state)
{
    (void)state;
    const double a = 94906267.0 * 8.0, x[] = {a + 1.0, 3.0}, y[] = {a, -2.0}, z[] = {a + 3.0};
    double high = 0.0, low = 0.0;
    flow_squares_add(1.0, 2, x, &high, &low);
    flow_squares_add(-1.0, 2, y, &high, &low);
    check_close(high + low, 2.0 * a + 1.0 + 9.0 - 4.0, 0.0, 0.0);
    flow_squares_add(3.0, 1, z, &high, &low);
    flow_squares_add(-3.0, 1, y, &high, &low);
    check_close(high + low, 2.0 * a + 6.0 + 3.0 * (6.0 * a + 9.0), 0.0, 0.0);
}

/* From a state off its values back to them, along the symmetries: the loss stays. */
static void way_back(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        fixture x;
        make(&x, cases[c].statement, cases[c].heads, LSA_METHOD_DENSE);
        double target[8], *y = scaled(&x, 0, 1.2);
        for (ptrdiff_t m = 0; m < x.invariants->count; m++)
            target[m] = flow_invariant_value(x.invariants, x.system, m, x.flow.start) + 0.1 * (double)m;
        check_status(flow_invariants_restore(x.invariants, x.system, target, y, NULL), LSA_OK, NULL);
        for (ptrdiff_t m = 0; m < x.invariants->count; m++)
            check_close(flow_invariant_value(x.invariants, x.system, m, y), target[m], 0.0, 1e-13);
        check_close(loss(&x, y), loss(&x, x.flow.start), 1e-13, 0.0);
        clear(&x);
    }
}

/* A direction loses its part along the tangents e_k theta_k, and nothing else. */
static void projection(void **state)
{
    (void)state;
    for (int c = 0; c < CASES; c++) {
        fixture x;
        make(&x, cases[c].statement, cases[c].heads, LSA_METHOD_DENSE);
        const ptrdiff_t n = lsa_program_size(x.flow.program);
        const double *y = x.flow.start;
        double *f = fixture_numbers(&x.flow.setting, n + 1), *g = fixture_numbers(&x.flow.setting, n + 1);
        lsa_program_gradient(x.flow.program, x.system->work, y, g); /* has none */
        memcpy(f, g, (size_t)n * sizeof *f);
        for (ptrdiff_t m = 0; m < x.invariants->count; m++)
            for (ptrdiff_t k = 0; k < x.system->n_blocks; k++) {
                const lsa_block *block = &x.system->blocks[k];
                const double e = x.invariants->exponents[k + m * x.invariants->blocks];
                lsa_vec_axpy(block->rows * block->cols, (0.5 + (double)m) * e, y + block->offset, f + block->offset);
            }
        flow_invariants_project(x.invariants, x.system, y, f);
        check_vector_close(n, f, g, 1e-13, 1e-13);
        clear(&x);
    }
}

/* (u, U_ii) of the start, and what the entries off the diagonal leave to the reduction. */
static void reduced(void **state)
{
    (void)state;
    fixture whole, part;
    double y[D + 2] = {0.0};
    make(&whole, "merged", 1, LSA_METHOD_DENSE);
    make(&part, "merged", 1, LSA_METHOD_REDUCED);
    const double *U = whole.flow.start + flowing_block(&whole.flow, "U", 0)->offset;
    y[part.system->form->u] = whole.flow.start[flowing_block(&whole.flow, "u", 0)->offset];
    for (ptrdiff_t i = 0; i < D; i++)
        y[part.system->form->U + i] = U[i + i * D];
    for (ptrdiff_t k = 0; k < 2; k++)
        check_close(flow_system_square(part.system, k, y), flow_system_square(whole.system, k, whole.flow.start), 1e-14,
                    0.0);
    check_close(flow_system_square(part.system, 1, y), lsa_vec_dot(D * D, U, U), 1e-14, 0.0);
    const double value = flow_invariant_value(whole.invariants, whole.system, 0, whole.flow.start);
    check_close(flow_invariant_value(part.invariants, part.system, 0, y), value, 1e-13, 0.0);
    check_close(flow_invariant_exact(part.invariants, part.system, 0, y), value, 1e-13, 0.0);
    clear(&part);
    clear(&whole);
}

/* The whole state at any s: entries off the diagonal decay by their own rates, or stay where Lambda is singular. */
static void expanded(void **state)
{
    (void)state;
    const double spectrum[D] = {1.0, 0.6, 0.0}, s = 0.7;
    double y[D + 2] = {0.0};
    fixture x = {0};
    flowing_init(&x.flow, "merged", D, 7.0, 1, RANK);
    x.flow.setting.experiment.training.covariance = fixture_diagonal(&x.flow.setting, D, spectrum);
    flowing_make(&x.flow);
    flowing_start_gaussian(&x.flow, 0.7, 4);
    check_status(flow_system_create(x.flow.program, LSA_METHOD_REDUCED, NAN, x.flow.start, &x.system, NULL), LSA_OK,
                 NULL);
    const lsa_form *form = lsa_program_form(x.flow.program);
    double *out = fixture_numbers(&x.flow.setting, lsa_program_size(x.flow.program));
    for (ptrdiff_t i = 0; i <= D; i++)
        y[i] = 0.1 + (double)i;
    y[D + 1] = s;
    flow_reduction_expand(x.system->reduction, y, out);
    check_close(out[form->u], y[0], 0.0, 0.0);
    double largest = 0.0;
    for (ptrdiff_t k = 0; k < D * D; k++)
        largest = fmax(largest, k % (D + 1) != 0 ? fabs(x.flow.start[form->U + k]) : 0.0);
    check_close(x.system->reduction->largest, largest, 1e-15, 0.0);
    for (ptrdiff_t j = 0; j < D; j++)
        for (ptrdiff_t i = 0; i < D; i++) {
            const double from = x.flow.start[form->U + i + j * D], rate = lsa_form_rate(form, i, j);
            check_close(out[form->U + i + j * D], i == j ? y[1 + i] : from * exp(-rate * s), 1e-14, 0.0);
        }
    clear(&x);
}

/* A state has shrunk by its size over the start's, however often the scales have shrunk with it. */
static void shrunk(void **state)
{
    (void)state;
    fixture x;
    make(&x, "merged", 1, LSA_METHOD_DENSE);
    const ptrdiff_t n = x.system->size;
    double *y = fixture_numbers(&x.flow.setting, 4 * n), *scratch = y + n;
    flow_system_set_scales(x.system, x.flow.start, scratch, scratch + n, scratch + 2 * n);
    memcpy(y, x.flow.start, (size_t)lsa_program_size(x.flow.program) * sizeof *y);
    lsa_vec_scale(n, 1e-3, y);
    for (int times = 0; times < 3; times++) {
        assert_true(flow_saddle_shrunk(x.system, y, 1.01e-3));
        assert_false(flow_saddle_shrunk(x.system, y, 0.99e-3));
        lsa_vec_scale(x.system->n_blocks, 0.1, x.system->scales);
        x.system->shrink *= 0.1;
    }
    clear(&x);
}

/* Keys and queries from far above: each is heading for the largest entry of the product at the minimum over the others' start. Omega
 * turns the left basis, so that this entry is none of the diagonal. */
static void floors(void **state)
{
    (void)state;
    const double spectrum[D] = {1.0, 1.01, 1.02}, tasks[D] = {3.0, 1.0, 0.2};
    double Q[D * D], QT[D * D], Omega[D * D], most = 0.0, diagonal = 0.0, all = 1.0;
    check_status(lsa_mat_haar(D, 2, Q, NULL), LSA_OK, NULL);
    for (ptrdiff_t k = 0; k < D * D; k++)
        QT[k] = Q[k] * tasks[k / D];
    lsa_mat_product(false, true, D, D, D, 1.0, QT, Q, 0.0, Omega);
    fixture x = {0};
    flowing_init(&x.flow, "separate", D, 7.0, 1, RANK);
    x.flow.setting.experiment.training.covariance = fixture_diagonal(&x.flow.setting, D, spectrum);
    x.flow.setting.experiment.training.task_covariance = fixture_matrix(&x.flow.setting, D, Omega);
    flowing_make(&x.flow);
    flowing_start_gaussian(&x.flow, 1e4, 4);
    check_status(flow_system_create(x.flow.program, LSA_METHOD_DENSE, NAN, x.flow.start, &x.system, NULL), LSA_OK,
                 NULL);
    const lsa_form *form = lsa_program_product_form(x.flow.program);
    for (ptrdiff_t j = 0; j < D; j++)
        for (ptrdiff_t i = 0; i < D; i++) {
            most = fmax(most, fabs(lsa_form_limit(form, i, j)));
            diagonal = fmax(diagonal, i == j ? fabs(lsa_form_limit(form, i, i)) : 0.0);
        }
    check_at_least(most / diagonal, 1.01);
    const ptrdiff_t n = x.system->size;
    double *scratch = fixture_numbers(&x.flow.setting, 3 * n);
    flow_system_set_scales(x.system, x.flow.start, scratch, scratch + n, scratch + 2 * n);
    for (ptrdiff_t k = 0; k < x.system->n_blocks; k++)
        all *= x.system->scales[k];
    for (ptrdiff_t k = 0; k < x.system->n_blocks; k++)
        check_close(x.system->floors[k], most * x.system->scales[k] / all, 1e-14, 0.0);
    clear(&x);
}

/* U before u among the parameters: the same path, and at its polished end the same point, with the conserved value. */
static const char turned_text[] =
    "gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
    "parameters: {U: [d, d], u: scalar}\n"
    "define: {\"y[i]\": \"w' * x[i]\"}\n"
    "prediction: \"u / rho * sum(i, y[i] * x[i]') * U * xq\"\n"
    "target: \"w' * xq\"\n";

static void run_to_the_end(lsa_flowing *f, const char *text, double *u, double *U)
{
    const double spectrum[D] = {1.0, 0.6, 0.3}, start[D * D] = {0.4, 0.1, 0.0, -0.1, 0.2, 0.0, 0.05, 0.0, 0.3},
                 start_u = 0.9;
    *f = (lsa_flowing){.options = lsa_flow_options_defaults()};
    fixture_init(&f->setting, "merged", text, D, 7.0, 1, 1);
    f->setting.experiment.training.covariance = fixture_diagonal(&f->setting, D, spectrum);
    flowing_make(f);
    flowing_set(f, "u", &start_u);
    flowing_set(f, "U", start);
    check_status(flowing_run(f), LSA_OK, &f->err);
    const lsa_sample end = lsa_trajectory_final(f->trajectory);
    *u = end.state[flowing_block(f, "u", 0)->offset];
    memcpy(U, end.state + flowing_block(f, "U", 0)->offset, D * D * sizeof *U);
    check_close(*u * *u - lsa_vec_dot(D * D, U, U), 0.81 - lsa_vec_dot(D * D, start, start), 0.0, 1e-10);
}

static void any_order(void **state)
{
    (void)state;
    const double full[D * D] = {1.0, 0.2, 0.1, 0.2, 0.7, -0.3, 0.1, -0.3, 0.5};
    lsa_flowing shipped, turned, dense = {.options = lsa_flow_options_defaults()};
    fixture_init(&dense.setting, "merged", turned_text, D, 7.0, 1, 1);
    dense.setting.experiment.training.covariance = fixture_matrix(&dense.setting, D, full);
    flowing_make(&dense); /* Lambda's axes are found for it too */
    assert_true(lsa_program_form(dense.program) != NULL && lsa_program_form(dense.program)->B_diagonal);
    flowing_clear(&dense);
    double u, v, U[D * D], V[D * D];
    run_to_the_end(&shipped, NULL, &u, U);
    run_to_the_end(&turned, turned_text, &v, V);
    check_close(v, u, 1e-9, 0.0);
    check_vector_close(D * D, V, U, 1e-9, 0.0);
    flowing_clear(&turned);
    flowing_clear(&shipped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symmetries),       cmocka_unit_test(equation), cmocka_unit_test(passes_over_columns),
        cmocka_unit_test(twice_the_digits), cmocka_unit_test(way_back), cmocka_unit_test(projection),
        cmocka_unit_test(reduced),          cmocka_unit_test(expanded), cmocka_unit_test(shrunk),
        cmocka_unit_test(floors),           cmocka_unit_test(any_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
