/* The compressed diagonal against the diagonal itself, its solution known in closed form and its sums in extended
 * precision. */
#include "base/matrix.h"
#include "base/rng.h"
#include "check.h"
#include "flow/modes.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { D = 600 };

typedef struct fixture {
    double H[D], V[D], start[D];
    flow_form form;
    flow_modes *modes;
    double *y; /* the compressed point, where these are exact: */
    double u, s;
    long double U[D], e[D];
} fixture;

/* A law of H and B: the paper's, i^-exponent at N = d, or products of random numbers; either with modes that have no
 * rate, no force, or the rate of another one. The start has any sign. */
static void make_from(fixture *x, double exponent, bool random, double size)
{
    double noise[D], trace = 0.0;
    lsa_rng rng = lsa_rng_at(9, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, D, x->start);
    lsa_vec_scale(D, size, x->start);
    lsa_rng_normals(&rng, D, noise);
    for (ptrdiff_t i = 0; i < D; i++)
        trace += pow((double)(i + 1), -exponent);
    for (ptrdiff_t i = 0; i < D; i++) {
        const double lambda = random ? exp(0.5 * noise[i]) : pow((double)(i + 1), -exponent);
        x->H[i] = (lambda + (lambda + trace) / D) * lambda * lambda;
        x->V[i] = lambda * lambda / x->H[i];
    }
    for (ptrdiff_t i = 7; i < D; i += 50)
        x->V[i] = 0.0;
    for (ptrdiff_t i = 11; i < D; i += 60)
        x->H[i] = x->V[i] = 0.0;
    for (ptrdiff_t i = 20; i < D; i += 100)
        x->H[i] = x->H[i + 1];
    x->form = (flow_form){.count = D, .u = 0, .U = 1, .H = x->H, .V = x->V, .H_max = lsa_vec_norm_max(D, x->H)};
    check_status(flow_modes_create(&x->form, x->start, &x->modes, NULL), LSA_OK, NULL);
    assert_non_null(x->modes);
    x->y = malloc((size_t)(x->modes->count + 2) * sizeof *x->y);
    assert_non_null(x->y);
}

static void make(fixture *x, double exponent, bool random)
{
    make_from(x, exponent, random, 1.0);
}

static void clear(fixture *x)
{
    flow_modes_destroy(x->modes);
    free(x->y);
}

/* Z at the rate a after u = c[0] for an action s[0] and then u = c[1] for s[1]: (1 - exp(-a s))/(a c), twice. */
static long double response(long double a, const double c[2], const double s[2])
{
    long double Z = 0.0L;
    for (int k = 0; k < 2; k++)
        Z = Z * expl(-a * (long double)s[k]) - expm1l(-a * (long double)s[k]) / (a * (long double)c[k]);
    return Z;
}

/* The point after the action s, most of it with u = 0.7. */
static void place(fixture *x, double s)
{
    const double c[2] = {0.2, 0.7}, share[2] = {0.1 * s, s - 0.1 * s};
    x->u = x->y[0] = c[1];
    x->s = x->y[1 + x->modes->count] = s;
    for (ptrdiff_t k = 0; k < x->modes->count; k++)
        x->y[1 + k] = (double)response((long double)x->modes->rates[k], c, share);
    for (ptrdiff_t i = 0; i < D; i++) {
        const long double H = x->H[i], V = x->V[i], w = x->start[i];
        x->U[i] = H > 0.0L ? w * expl(-H * (long double)s) + H * V * response(H, c, share) : w;
        x->e[i] = (long double)x->u * x->U[i] - V;
    }
}

/* The sums that the flow needs, and what each is measured against: itself, and for the force its bound by Cauchy's
 * inequality. */
enum { FORCE, EXCESS, SQUARE, GRADIENT, SUMS };
static void exact(const fixture *x, long double want[SUMS], long double scale[SUMS])
{
    long double HUU = 0.0L;
    memset(want, 0, SUMS * sizeof *want);
    for (ptrdiff_t i = 0; i < D; i++) {
        const long double H = x->H[i], e = x->e[i];
        want[FORCE] -= H * x->U[i] * e;
        want[EXCESS] += 0.5L * H * e * e;
        want[SQUARE] += x->U[i] * x->U[i];
        want[GRADIENT] += (long double)x->u * (long double)x->u * H * H * e * e;
        HUU += H * x->U[i] * x->U[i];
    }
    memcpy(scale, want, SUMS * sizeof *want);
    scale[FORCE] = sqrtl(2.0L * want[EXCESS] * HUU);
}

/* From where nothing has moved to where the slowest mode is at its limit to 1e-6: later its e is rounding of Z. The sums
 * carry rounding of exp, of Z (relative to u Z, by the e in them) and of the moments, in all some tens of eps of the sum's
 * terms; e itself is (1e-16 / e) relative, and so are its sums. */
static void check_sums(double exponent, bool random)
{
    fixture x;
    double worst[SUMS] = {0.0};
    make(&x, exponent, random);
    double *f = malloc((size_t)(x.modes->count + 2) * sizeof *f);
    assert_non_null(f);
    const double least = x.modes->panels.least;
    for (double s = 1e-3 / x.form.H_max; least * s < 14.0; s *= 2.0) {
        long double want[SUMS], scale[SUMS];
        place(&x, s);
        exact(&x, want, scale);
        flow_modes_rhs(x.modes, x.y, f);
        const double got[SUMS] = {f[0], flow_modes_excess(x.modes, x.y), flow_modes_square(x.modes, x.y),
                                  flow_modes_gradient_square(x.modes, x.y)};
        const double rounding = 1.0 + exp(fmin(least * s, 14.0)); /* 1 / e of the slowest */
        for (int k = 0; k < SUMS; k++) {
            const double error = (double)(fabsl((long double)got[k] - want[k]) / scale[k]);
            worst[k] = fmax(worst[k], error / (k == SQUARE ? 1.0 : rounding));
        }
    }
    print_message("i^-%g%s: %td nodes for %d modes, worst errors %.2g %.2g %.2g %.2g\n", exponent,
                  random ? " random" : "", x.modes->count, D, worst[FORCE], worst[EXCESS], worst[SQUARE],
                  worst[GRADIENT]);
    for (int k = 0; k < SUMS; k++)
        check_at_most(worst[k], 100.0 * DBL_EPSILON);
    free(f);
    clear(&x);
}

static void test_sums_keep_their_digits(void **state)
{
    (void)state;
    check_sums(0.0, false);
    check_sums(0.5, false);
    check_sums(1.0, false);
    check_sums(1.5, false);
    check_sums(0.0, true);
}

/* Every mode, to rounding of its two terms; and the product u U, near its limit, of that. From zero there is one term alone,
 * which is small at first. */
static void test_modes_come_back(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        fixture x;
        double out[D + 2], worst = 0.0;
        make_from(&x, 1.0, kind % 2 != 0, kind < 2 ? 1.0 : 0.0);
        for (double s = 1e-3 / x.form.H_max; x.modes->panels.least * s < 40.0; s *= 2.0) {
            place(&x, s);
            flow_modes_expand(x.modes, x.y, out);
            check_close(out[0], x.u, 0.0, 0.0);
            check_close(out[D + 1], s, 0.0, 0.0);
            for (ptrdiff_t i = 0; i < D; i++)
                if (x.start[i] != 0.0 || x.U[i] != 0.0L)
                    worst = fmax(worst, fabs(out[1 + i] - (double)x.U[i]) / (fabs(x.start[i]) + fabs((double)x.U[i])));
        }
        print_message("worst error of a mode %.2g\n", worst);
        check_at_most(worst, 100.0 * DBL_EPSILON);
        clear(&x);
    }
}

/* Newton's system with what the solver did not use: directional derivatives of the right-hand side. Central differences
 * of step h are exact to h^2 and eps/h of values around 1. */
static void test_solve(void **state)
{
    (void)state;
    fixture x;
    const double gammas[] = {1e-3, 1.0, 1e3}, phi[3] = {0.0, 0.3, 0.2}, h = 1e-5;
    make(&x, 0.5, false);
    const ptrdiff_t n = x.modes->count + 2;
    double *memory = calloc((size_t)(6 * n), sizeof *memory);
    assert_non_null(memory);
    double *r = memory, *solution = r + n, *up = solution + n, *down = up + n, *f = down + n, *g = f + n;
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROBE, 0);
    for (int k = 0; k < 3; k++) {
        lsa_rng_normals(&rng, n, r);
        place(&x, 0.4 / x.form.H_max);
        assert_true(flow_modes_solve(x.modes, x.y, gammas[k], phi, r, solution));
        const double size = lsa_vec_norm_max(n, solution);
        for (ptrdiff_t i = 0; i < n; i++) {
            up[i] = x.y[i] + h * solution[i] / size;
            down[i] = x.y[i] - h * solution[i] / size;
        }
        flow_modes_rhs(x.modes, up, f);
        flow_modes_rhs(x.modes, down, g);
        f[0] -= up[0] * (phi[1] - 2.0 * phi[2] * (up[n - 1] - x.s)); /* Phi_1' = -2 Phi_2 */
        g[0] -= down[0] * (phi[1] - 2.0 * phi[2] * (down[n - 1] - x.s));
        f[n - 1] = up[0] * up[0];
        g[n - 1] = down[0] * down[0];
        for (ptrdiff_t i = 0; i < n; i++) {
            const double Jx = (f[i] - g[i]) / (2.0 * h) * size;
            check_close(solution[i] - gammas[k] * Jx, r[i], 0.0, 1e-6 * (1.0 + size) * (1.0 + gammas[k]));
        }
    }
    free(memory);
    clear(&x);
}

/* The rate is the fastest node's own, whichever it is, or that of u; weights are one over what each may be off. */
static void test_rates_and_weights(void **state)
{
    (void)state;
    ptrdiff_t last = 0;
    for (int k = 0; k < 8; k++) {
        fixture x;
        make(&x, 0.4 + 0.2 * k, k % 2 == 1);
        const ptrdiff_t count = x.modes->count;
        enum { MOST = 4096 };
        double f[MOST] = {0.0}, w[MOST] = {0.0};
        assert_true(count + 2 <= MOST);
        for (ptrdiff_t i = 0; i <= count; i++)
            x.y[i] = 0.01 * (double)(i % 7) - 0.02;
        x.y[0] = 0.0;
        flow_modes_weights(x.modes, x.y, 1e-6, 0.5, w);
        for (ptrdiff_t i = 0; i < count; i++) {
            const double reach = x.modes->reach[i];
            f[1 + i] = -3.0;
            check_close(flow_modes_rate(x.modes, x.y, f), 3.0 * reach, 1e-15, 0.0);
            f[1 + i] = 0.0;
            check_close(w[1 + i], reach / (1e-6 * (reach * fabs(x.y[1 + i]) + 0.5)), 1e-15, 0.0);
        }
        last += x.modes->reach[count - 1] > 0.0; /* no node of weight 0 fills up */
        x.y[0] = 2.0;
        check_close(flow_modes_rate(x.modes, x.y, f), 4.0 * x.form.H_max * lsa_vec_norm_max(D, x.start), 1e-15, 0.0);
        clear(&x);
    }
    assert_true(last > 0);
}

/* Few modes, or none that moves: nothing to compress. */
static void test_few_modes_are_left(void **state)
{
    (void)state;
    double H[4] = {1.0, 0.5, 0.2, 0.0}, V[4] = {1.0, 1.0, 1.0, 0.0}, zeros[50] = {0.0};
    flow_form form = {.count = 4, .U = 1, .H = H, .V = V, .H_max = 1.0};
    flow_modes *modes = NULL;
    check_status(flow_modes_create(&form, V, &modes, NULL), LSA_OK, NULL);
    assert_null(modes);
    form = (flow_form){.count = 50, .U = 1, .H = zeros, .V = zeros};
    check_status(flow_modes_create(&form, zeros, &modes, NULL), LSA_OK, NULL);
    assert_null(modes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_keep_their_digits),
        cmocka_unit_test(test_modes_come_back),
        cmocka_unit_test(test_solve),
        cmocka_unit_test(test_rates_and_weights),
        cmocka_unit_test(test_few_modes_are_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
