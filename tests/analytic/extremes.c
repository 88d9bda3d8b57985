/* Numbers at the ends of the range of doubles: laws of 1e-148 to 1e148, starts of 1e8 and 1e-150. */
#include "flowing.h"

#include <stdlib.h>

/* ---- the scaling symmetry ---- */

/* A shipped statement, its exponent e of blocks (times 6) and heads. */
typedef struct scaled_statement {
    const char *name;
    int sixths;
    ptrdiff_t heads, rank;
} scaled_statement;

static const scaled_statement STATEMENTS[] = {{"merged", 3, 1, 1},      {"full", 3, 1, 1},
                                              {"full-masked", 3, 1, 1}, {"separate", 2, 1, 2},
                                              {"multihead", 3, 2, 1},   {"multihead-separate", 2, 2, 2}};
enum { N_STATEMENTS = sizeof STATEMENTS / sizeof STATEMENTS[0] };

/* The run of Lambda = 2^k diag(1, 1/2), s2 = 2^k/4 from the start of seed 3 times 2^(-e k). */
static void run_scaled(lsa_flowing *f, const scaled_statement *s, int k)
{
    const double spectrum[2] = {ldexp(1.0, k), ldexp(0.5, k)};
    flowing_init(f, s->name, 2, 5.0, s->heads, s->rank);
    f->setting.experiment.training.covariance = fixture_diagonal(&f->setting, 2, spectrum);
    f->setting.experiment.training.label_noise = ldexp(0.25, k);
    flowing_make(f);
    flowing_start_gaussian(f, 0.3, 3);
    for (ptrdiff_t i = 0; i < lsa_program_size(f->program); i++)
        f->start[i] = ldexp(f->start[i], -s->sixths * k / 6);
    f->options.points = 20;
    check_status(flowing_run(f), LSA_OK, &f->err);
}

/* 2^-exponent of x is the y of the run at 1: to the last digit, or within the tolerance relative to `size`. */
static void check_image(double x, int exponent, double y, double tolerance, double size)
{
    check_close(ldexp(x, -exponent), y, 0.0, tolerance * size);
}

static void check_states(const lsa_flowing *f, lsa_sample x, lsa_sample y, int state, double tolerance)
{
    const ptrdiff_t n = lsa_program_size(f->program);
    const double size = lsa_vec_norm_max(n, y.state);
    for (ptrdiff_t i = 0; i < n; i++)
        check_image(x.state[i], state, y.state[i], tolerance, size);
}

static void check_evaluations(lsa_flowing *f, lsa_flowing *one, int loss, int state)
{
    lsa_workspace *a = NULL, *b = NULL;
    const ptrdiff_t n = lsa_program_size(f->program);
    double *x = fixture_numbers(&f->setting, 3 * n), *y = fixture_numbers(&one->setting, 3 * n);
    check_status(lsa_workspace_create(f->program, &a, NULL), LSA_OK, NULL);
    check_status(lsa_workspace_create(one->program, &b, NULL), LSA_OK, NULL);
    check_status(lsa_program_from_user(f->program, f->start, x, NULL), LSA_OK, NULL);
    check_status(lsa_program_from_user(one->program, one->start, y, NULL), LSA_OK, NULL);
    check_image(lsa_program_loss(f->program, a, x), loss, lsa_program_loss(one->program, b, y), 0.0, 0.0);
    lsa_program_gradient(f->program, a, x, x + n);
    lsa_program_gradient(one->program, b, y, y + n);
    lsa_program_hessian(f->program, a, x, x, x + 2 * n);
    lsa_program_hessian(one->program, b, y, y, y + 2 * n);
    for (ptrdiff_t i = 0; i < n; i++) {
        check_image(x[n + i], loss - state, y[n + i], 0.0, 0.0);
        check_image(x[2 * n + i], loss - state, y[2 * n + i], 0.0, 0.0); /* of a direction that scales too */
    }
    lsa_workspace_destroy(a);
    lsa_workspace_destroy(b);
}

static void check_runs(const lsa_flowing *f, const lsa_flowing *one, int loss, int state, int time, double tolerance)
{
    const lsa_trajectory *x = f->trajectory, *y = one->trajectory;
    const double depth = lsa_program_loss_at_zero(one->program);
    assert_int_equal(lsa_trajectory_classification(x).kind, lsa_trajectory_classification(y).kind);
    check_image(lsa_trajectory_polished(x).loss, loss, lsa_trajectory_polished(y).loss, tolerance, depth);
    check_states(f, lsa_trajectory_polished(x), lsa_trajectory_polished(y), state, tolerance);
    if (tolerance > 0.0)
        return;
    assert_int_equal(lsa_trajectory_count(x), lsa_trajectory_count(y));
    assert_int_equal(lsa_trajectory_stats(x).steps, lsa_trajectory_stats(y).steps);
    for (ptrdiff_t i = 0; i < lsa_trajectory_count(x); i++) {
        const lsa_sample p = lsa_trajectory_sample(x, i), q = lsa_trajectory_sample(y, i);
        check_image(p.time, time, q.time, 0.0, 0.0);
        check_image(p.loss, loss, q.loss, 0.0, 0.0);
        check_image(p.gradient_norm, loss - state, q.gradient_norm, 0.0, 0.0);
        check_states(f, p, q, state, 0.0);
    }
    for (ptrdiff_t m = 0; m < lsa_trajectory_conserved_count(x); m++)
        check_image(lsa_trajectory_conserved(x, m).start, 2 * state, lsa_trajectory_conserved(y, m).start, 0.0, 0.0);
    assert_int_equal(lsa_trajectory_event_count(x), lsa_trajectory_event_count(y));
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(x); k++)
        check_image(lsa_trajectory_event(x, k).time, time, lsa_trajectory_event(y, k).time, 0.0, 0.0);
}

/* (Lambda, s2, blocks, t, L) -> (c Lambda, c s2, c^-e blocks, c^-(1 + 2e) t, c L) takes flows to flows. With c = 64^m all
 * factors are powers of two, so that beyond 2^40, where the program has units of its own, no digit changes; within, where
 * it has not, the two computations are different ones. */
static void test_scales_of_the_law(void **state)
{
    static const int exponents[] = {-498, -330, -54, -36, 36, 54, 330, 492};
    (void)state;
    for (int s = 0; s < N_STATEMENTS; s++) {
        lsa_flowing one;
        run_scaled(&one, &STATEMENTS[s], 0);
        for (size_t j = 0; j < sizeof exponents / sizeof exponents[0]; j++) {
            lsa_flowing f;
            const int k = exponents[j], blocks = -STATEMENTS[s].sixths * k / 6;
            const bool own = abs(k) > 40;
            run_scaled(&f, &STATEMENTS[s], k);
            const lsa_units units = lsa_program_units(f.program);
            assert_int_equal(units.law, own ? k : 0);
            assert_int_equal(units.state, own ? blocks : 0);
            assert_true((lsa_program_core(f.program) == f.program) == !own);
            if (own)
                check_evaluations(&f, &one, k, blocks);
            check_runs(&f, &one, k, blocks, -k + 2 * blocks, own ? 0.0 : 1e-9);
            flowing_clear(&f);
        }
        flowing_clear(&one);
    }
}

/* Lambda = lambda I, U = (u/sqrt d) I, Omega = I (W10): u^2 = sqrt d / (gamma (1 - x) + x sqrt d / sigma^2),
 * x = exp(-2 sqrt d lambda^2 t), gamma = lambda (1 + (1 + d)/N). */
static double white_square(double lambda, double d, double N, double sigma, double t)
{
    const double x = exp(-2.0 * sqrt(d) * lambda * lambda * t), gamma = lambda * (1.0 + (1.0 + d) / N);
    return sqrt(d) / (-expm1(-2.0 * sqrt(d) * lambda * lambda * t) * gamma + x * sqrt(d) / sigma / sigma);
}

static void check_white(double lambda, double sigma, const double *times, ptrdiff_t n)
{
    lsa_flowing f;
    const double spectrum[2] = {lambda, lambda};
    flowing_merged(&f, 2, 7.0, spectrum, 0);
    flowing_start_identity(&f, sigma);
    f.options.times = times;
    f.options.n_times = n;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    for (ptrdiff_t i = 0; i < n; i++) {
        const double u = flowing_get(&f, lsa_trajectory_sample(f.trajectory, i), "u")[0];
        const double growth = sqrt(2.0) * lambda * lambda * times[i]; /* e-folds: errors of the rate add up */
        check_close(u, sqrt(white_square(lambda, 2.0, 7.0, sigma, times[i])), 1e-8 * (1.0 + growth / 100.0), 0.0);
    }
    flowing_clear(&f);
}

/* No power of two among them. */
static void test_white_course_at_any_scale(void **state)
{
    const double lambdas[] = {1e-150, 1e-100, 1e-13, 1.0, 1e13, 1e100, 1e150};
    (void)state;
    for (size_t k = 0; k < sizeof lambdas / sizeof lambdas[0]; k++) {
        const double l = lambdas[k], times[] = {0.1 / l / l, 0.5 / l / l, 2.0 / l / l, 6.0 / l / l};
        check_white(l, 0.1 / sqrt(l), times, 4);
        check_white(l, 30.0 / sqrt(l), times, 4);
    }
}

/* From 1e-150 the course comes to its limit at t = 243. */
static void test_white_course_from_next_to_nothing(void **state)
{
    const double times[] = {50.0, 150.0, 240.0, 243.0, 245.0, 250.0};
    (void)state;
    check_white(1.0, 1e-150, times, 6);
}

/* ---- starts far above the limit ---- */

/* u = |U_ii| = a on Lambda = diag(1, 1/2), N = 10, without its solution's stiff half: while u comes down, in 1e-12 of the time,
 * B does nothing, so U_i = a exp(-H_i s) and u^2 = |U|^2 - a^2; it ends where u = 0, up to a^-2. Then u is slaved,
 *     u = <B, U>/<U, H U>,   dU_i/dt = u (B_i - u H_i U_i),
 * up to a^-2 again: no stiffness, in T = t/a^2. */
static void slow_course(double a, const double *times, ptrdiff_t n, double (*out)[2])
{
    const long double lambda[2] = {1.0L, 0.5L}, trace = 1.5L, N = 10.0L;
    long double H[2], B[2], U[2], low = 0.0L, high = 10.0L;
    for (int i = 0; i < 2; i++) {
        H[i] = lambda[i] * lambda[i] * ((1.0L + 1.0L / N) * lambda[i] + trace / N);
        B[i] = lambda[i] * lambda[i];
    }
    for (int halving = 0; halving < 100; halving++) {
        const long double s = 0.5L * (low + high);
        if (expl(-2.0L * H[0] * s) + expl(-2.0L * H[1] * s) > 1.0L)
            low = s;
        else
            high = s;
    }
    for (int i = 0; i < 2; i++)
        U[i] = expl(-H[i] * low); /* in units of a */
    long double T = 0.0L;
    for (ptrdiff_t k = 0; k < n; k++) {
        enum { STEPS = 20000 };
        const long double h = ((long double)times[k] / a / a - T) / STEPS;
        for (int step = 0; step < STEPS; step++) {
            long double slope[4][2], at[2];
            for (int stage = 0; stage < 4; stage++) {
                const long double share = stage == 0 ? 0.0L : stage == 3 ? h : 0.5L * h;
                for (int i = 0; i < 2; i++)
                    at[i] = U[i] + (stage == 0 ? 0.0L : share * slope[stage - 1][i]);
                const long double u = (B[0] * at[0] + B[1] * at[1]) / (H[0] * at[0] * at[0] + H[1] * at[1] * at[1]);
                for (int i = 0; i < 2; i++)
                    slope[stage][i] = u * (B[i] - u * H[i] * at[i]);
            }
            for (int i = 0; i < 2; i++)
                U[i] += h / 6.0L * (slope[0][i] + 2.0L * slope[1][i] + 2.0L * slope[2][i] + slope[3][i]);
        }
        T += h * STEPS;
        for (int i = 0; i < 2; i++)
            out[k][i] = (double)(U[i] * (long double)a);
    }
}

static void check_no_event(const lsa_trajectory *t, const char *name)
{
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(t); k++)
        assert_null(strstr(lsa_trajectory_event(t, k).name, name));
}

/* By every method; in the full layer too, where px = k = 0 stay. */
static void test_huge_starts(void **state)
{
    const lsa_method methods[] = {LSA_METHOD_REDUCED, LSA_METHOD_ARROWHEAD, LSA_METHOD_KRYLOV, LSA_METHOD_DENSE};
    const double spectrum[2] = {1.0, 0.5};
    (void)state;
    for (double a = 1e6; a < 2e8; a *= 10.0) {
        const double times[3] = {0.1 * a * a, a * a, 4.0 * a * a}, U[4] = {a, 0.0, 0.0, a};
        double want[3][2];
        slow_course(a, times, 3, want);
        for (int m = 0; m < 5; m++) {
            lsa_flowing f;
            flowing_init(&f, m < 4 ? "merged" : "full", 2, 10.0, 1, 1);
            f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, 2, spectrum);
            flowing_make(&f);
            flowing_set(&f, "u", &a);
            flowing_set(&f, "U", U);
            f.options.method = m < 4 ? methods[m] : LSA_METHOD_AUTO;
            f.options.may_reduce = m == 0;
            f.options.minimum = 0.6 / 3.5; /* the merged form's own is exact */
            f.options.times = times;
            f.options.n_times = 3;
            check_status(flowing_run(&f), LSA_OK, &f.err);
            check_no_event(f.trajectory, "sign-change");
            check_no_event(f.trajectory, "plateau");
            for (ptrdiff_t i = 0; i < 3; i++) {
                const double *got = flowing_get(&f, lsa_trajectory_sample(f.trajectory, i), "U");
                check_close(got[0], want[i][0], 1e-8, 0.0);
                check_close(got[3], want[i][1], 1e-8, 0.0);
            }
            flowing_clear(&f);
        }
    }
}

/* ---- heads that cancel ---- */

/* Two reduced heads on Lambda = diag(1, 1/2), N = 10, each u = a, U = a Theta Theta': as u_g u_h - <U_g, U_h> stays of order
 * a^2, they end at products of order a^2 whose sum is Gamma^-1. */
static void run_cancelling(lsa_flowing *f, double a)
{
    const double spectrum[2] = {1.0, 0.5};
    const double shapes[2][4] = {{0.6, 0.48, 0.48, 0.44}, {0.04, 0.02, 0.02, 1.0}};
    flowing_init(f, "multihead", 2, 10.0, 2, 1);
    f->setting.experiment.training.covariance = fixture_diagonal(&f->setting, 2, spectrum);
    flowing_make(f);
    for (ptrdiff_t h = 0; h < 2; h++) {
        f->start[flowing_block(f, "u", h)->offset] = a;
        for (ptrdiff_t k = 0; k < 4; k++)
            f->start[flowing_block(f, "U", h)->offset + k] = a * shapes[h][k];
    }
    f->options.points = 60;
    check_status(flowing_run(f), LSA_OK, &f->err);
}

/* The loss falls up to what the record says of its rounding, and is never below the minimum by more. */
static void check_falls(const lsa_trajectory *t, double minimum)
{
    for (ptrdiff_t i = 0; i < lsa_trajectory_count(t); i++) {
        const lsa_sample now = lsa_trajectory_sample(t, i), before = lsa_trajectory_sample(t, i > 0 ? i - 1 : 0);
        if (isnan(now.loss))
            continue;
        assert_true(now.rounding <= 1e-3 * now.loss);
        assert_true(now.loss >= minimum * (1.0 - 1e-14) - now.rounding);
        assert_true(now.loss <= before.loss * (1.0 + 1e-14) + now.rounding + before.rounding);
    }
}

/* At 1e6 products of 1e11 are known to 1e-4, and the loss at the minimum to 1e-8. */
static void test_heads_that_cancel(void **state)
{
    const double minimum = 0.6 / 3.5;
    (void)state;
    for (double a = 1e4; a < 2e6; a *= 10.0) {
        lsa_flowing f;
        run_cancelling(&f, a);
        const lsa_sample end = lsa_trajectory_polished(f.trajectory);
        check_falls(f.trajectory, minimum);
        assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
        assert_true(end.rounding > 0.0 && end.rounding < 1e-8);
        assert_true(fabs(end.loss - minimum) <= end.rounding + 1e-15);
        assert_true(lsa_trajectory_cancellation(f.trajectory).size == 0.0);
        assert_true(lsa_trajectory_stats(f.trajectory).steps < 3000);
        if (a > 1e5)
            check_no_event(f.trajectory, "gap 1e-12");
        check_no_event(f.trajectory, "plateau");
        flowing_clear(&f);
    }
}

/* At 1e8 the products are rounded by 1 and more: the course is known until they cancel, the end is not. */
static void test_a_loss_that_rounding_hides(void **state)
{
    lsa_flowing f;
    (void)state;
    run_cancelling(&f, 1e8);
    const lsa_trajectory *t = f.trajectory;
    const lsa_sample end = lsa_trajectory_polished(t), first = lsa_trajectory_sample(t, 0);
    const lsa_cancellation hidden = lsa_trajectory_cancellation(t);
    const lsa_classification kind = lsa_trajectory_classification(t);
    check_falls(t, 0.6 / 3.5);
    assert_true(first.loss > 1e30 && isfinite(first.gap));
    assert_true(isnan(end.loss) && isnan(end.gap) && isnan(end.gradient_norm));
    assert_true(end.rounding > 1e-3 * 0.6 / 3.5);
    assert_int_equal(kind.kind, LSA_KIND_UNDECIDED);
    assert_true(isnan(kind.excess) && isnan(kind.gradient_ratio) && kind.negative == -1);
    assert_true(hidden.size > 1e14 && hidden.sum < 1e3 && hidden.known > 0.1);
    assert_int_equal(lsa_trajectory_event_count(t), 0);
    assert_true(lsa_trajectory_stats(t).steps < 3000);
    flowing_clear(&f);
}

/* From where starts usually are nothing is hidden and nothing said of it. */
static void test_usual_heads_have_no_rounding(void **state)
{
    (void)state;
    for (double a = 0.1; a < 11.0; a *= 10.0) {
        lsa_flowing f;
        run_cancelling(&f, a);
        for (ptrdiff_t i = 0; i < lsa_trajectory_count(f.trajectory); i++)
            assert_true(lsa_trajectory_sample(f.trajectory, i).rounding == 0.0);
        assert_true(lsa_trajectory_polished(f.trajectory).rounding == 0.0);
        assert_true(lsa_trajectory_cancellation(f.trajectory).size == 0.0);
        flowing_clear(&f);
    }
}

/* ---- one plateau for one rest ---- */

/* px and k alone, at the rank-one point of the full layer's smaller mode: the flow ends at that saddle, where its gradient is
 * rounding. */
static void test_a_saddle_that_is_not_left_is_no_plateau(void **state)
{
    const double spectrum[2] = {2.0, 0.5}, half[2] = {0.0, 0.5};
    lsa_flowing f;
    (void)state;
    flowing_init(&f, "full", 2, 2.0, 1, 1);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, 2, spectrum);
    flowing_make(&f);
    flowing_set(&f, "px", half);
    flowing_set(&f, "k", half);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_SADDLE);
    check_no_event(f.trajectory, "plateau");
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scales_of_the_law),
                                       cmocka_unit_test(test_white_course_at_any_scale),
                                       cmocka_unit_test(test_white_course_from_next_to_nothing),
                                       cmocka_unit_test(test_huge_starts),
                                       cmocka_unit_test(test_heads_that_cancel),
                                       cmocka_unit_test(test_a_loss_that_rounding_hides),
                                       cmocka_unit_test(test_usual_heads_have_no_rounding),
                                       cmocka_unit_test(test_a_saddle_that_is_not_left_is_no_plateau)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
