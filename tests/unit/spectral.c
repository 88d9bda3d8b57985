/* The scalar equation's parts: nodes, responses, one mode in closed form, joints, what is refused. */
#include "base/matrix.h"
#include "check.h"
#include "spectral/error_bound.h"
#include "spectral/response.h"
#include "spectral/spectral_path.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { M = SPECTRAL_NODES };

static void test_rule(void **state)
{
    (void)state;
    spectral_rule rule;
    spectral_rule_init(&rule);
    check_close(rule.node[0], 1.0, 0.0, 0.0);
    for (int power = 0; power <= 2 * M - 2; power++) {
        double sum = 0.0;
        for (int i = 0; i < M; i++)
            sum += rule.weight[i] * pow(rule.node[i], power);
        check_close(sum, power % 2 == 0 ? 2.0 / (power + 1) : 0.0, 0.0, 4e-15);
    }
    double sum = 0.0; /* degree 2m - 1 is not integrated */
    for (int i = 0; i < M; i++)
        sum += rule.weight[i] * pow(rule.node[i], 2 * M - 1);
    check_at_least(fabs(sum), 1e-10);
    for (int j = 0; j < M; j++)
        for (int l = 0; l < M; l++) {
            double c = 0.0;
            for (int i = 0; i < M; i++)
                c += rule.value[j][i] * rule.series[i][l];
            check_close(c, j == l ? 1.0 : 0.0, 0.0, 1e-15 * M);
        }
}

/* int_{-1}^x exp(-z (x - t)) T_j(t) dt by Boole's rule, where the kernel is not 0. */
static double moment(double x, double z, int j)
{
    enum { STEPS = 4000 };
    const double reach = 1.0 + x, far = z * reach > 45.0 ? 45.0 / z : reach;
    long double sum = 0.0L;
    for (int k = 0; k <= STEPS; k++) {
        const double r = far * k / STEPS, weight = k == 0 || k == STEPS ? 7.0
                                                   : k % 4 == 0         ? 14.0
                                                   : k % 4 == 2         ? 12.0
                                                                        : 32.0;
        sum += (long double)(weight * exp(-z * r) * cos(j * acos(fmin(fmax(x - r, -1.0), 1.0))));
    }
    return (double)(sum * (long double)far / (STEPS / 4.0L) / 90.0L);
}

/* Both branches, their border, and the slaved limit. What matters of moment j is its share beside moment 0: coefficients
 * of g fall. */
static void test_response(void **state)
{
    (void)state;
    static const double rates[] = {1e-9, 1e-3, 0.5, 3.0, 3.999, 4.001, 20.0, 1e3, 1e9};
    spectral_rule rule;
    spectral_rule_init(&rule);
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        const double z = rates[r];
        double decay[M], filter[M][M], lanes[SPECTRAL_LANES] = {1.0, 0.0, 0.0, z, 1e12};
        spectral_pivots pivots;
        for (int i = 0; i < M; i++)
            decay[i] = exp(-z * (rule.node[i] + 1.0));
        spectral_pivots_set(&pivots, lanes);
        spectral_response(&rule, &pivots, 3, z, 2.0, decay, filter);
        for (int j = 0; j < M; j++)
            for (int i = 0; i < M; i++) {
                const double want = 2.0 * moment(rule.node[i], z, j), lost = 1e-11 * pow(10.0, 0.5 * j);
                check_close(filter[j][i], want, 0.0, fmin(lost, 1e-4) * 2.0 / (1.0 + z));
            }
    }
}

static spectral_path *create(const spectral_rule *rule, const spectral_problem *problem)
{
    spectral_path *path = NULL;
    lsa_error err;
    check_status(spectral_path_create(rule, problem, true, &path, &err), LSA_OK, &err);
    return path;
}

static void advance_to(spectral_path *path, double action)
{
    lsa_error err;
    do
        check_status(spectral_path_advance(path, &err), LSA_OK, &err);
    while (spectral_path_last(path)->end_action < action);
}

/* One mode that starts with |U| = u: u^2 is logistic, u^2 = (b/h)/(1 + (b/(h u0^2) - 1) exp(-2 b t)). */
static double logistic(double t, double h, double b, double u0)
{
    return sqrt(b / h / (b / (h * u0 * u0) * exp(-2.0 * b * t) - expm1(-2.0 * b * t)));
}

static void check_logistic(double u0, double h, double b, double wrong, bool agrees)
{
    spectral_rule rule;
    double U[SPECTRAL_LANES] = {0.0}, worst = 0.0;
    const double start = fabs(u0);
    spectral_state point = {.U = U};
    spectral_rule_init(&rule);
    const spectral_problem problem = {.count = 1, .rates = &h, .drives = &b, .start = &u0, .u = u0};
    spectral_path *path = create(&rule, &problem);
    advance_to(path, 20.0 / h);
    const double end = spectral_path_time(path);
    for (int k = 0; k <= 200; k++) {
        const double t = k == 0 ? 0.0 : end * pow(10.0, 0.04 * (k - 200));
        const double want = copysign(logistic(t, h * wrong, b, start), u0);
        spectral_path_at(path, t, &point);
        worst = fmax(worst, fmax(fabs(point.u / want - 1.0), fabs(U[0] / want - 1.0)));
    }
    if (agrees)
        check_at_most(worst, 1e-12);
    else
        check_at_least(worst, 1e-12);
    spectral_path_destroy(path);
}

static void test_one_mode_is_logistic(void **state)
{
    (void)state;
    for (int power = -12; power <= 4; power++) {
        check_logistic(pow(10.0, power), 1.1, 0.7, 1.0, true);
        check_logistic(-pow(10.0, power), 3e-5, 2e-6, 1.0, true);
        check_logistic(pow(10.0, power), 1.1, 0.7, 1.0 + 1e-11, false); /* it can fail */
    }
    check_logistic(1e-100, 1.1, 0.7, 1.0, true);
    check_logistic(1e8, 1.1, 0.7, 1.0, true);
    check_logistic(1e30, 1.1, 0.7, 1.0, true);
}

/* Pieces meet, time and action ascend, u^2 - |U|^2 stays; a path that keeps the last piece alone is the same. */
static void test_pieces_meet(void **state)
{
    (void)state;
    static const double h[] = {2.0, 0.3, 0.01}, b[] = {1.0, -0.4, 0.02}, start[] = {0.01, -0.003, 0.0};
    static const double rates[] = {0.7}, squares[] = {1e-4};
    spectral_rule rule;
    double U[SPECTRAL_LANES], before[SPECTRAL_LANES];
    spectral_state point = {.U = U};
    lsa_error err;
    spectral_path *last = NULL;
    spectral_rule_init(&rule);
    const double u = 0.02, constant = u * u - (1e-4 + 9e-6) - 1e-4;
    const spectral_problem problem = {.count = 3,
                                      .rates = h,
                                      .drives = b,
                                      .start = start,
                                      .n_decays = 1,
                                      .decay_rates = rates,
                                      .decay_squares = squares,
                                      .u = u,
                                      .constant = constant};
    spectral_path *path = create(&rule, &problem);
    check_status(spectral_path_create(&rule, &problem, false, &last, &err), LSA_OK, &err);
    for (double time = 0.0; time == 0.0 || spectral_path_last(path)->end_action < 2000.0;) {
        check_status(spectral_path_advance(path, &err), LSA_OK, &err);
        check_status(spectral_path_advance(last, &err), LSA_OK, &err);
        const spectral_piece *piece = spectral_path_last(path);
        assert_true(piece->start_time == time && piece->end_time > time);
        assert_true(piece->end_action > piece->start_action);
        spectral_path_at(path, time, &point);
        memcpy(before, U, sizeof U);
        spectral_piece_at(piece, spectral_path_equation(path), piece->segment ? -1.0 : 0.0, &point);
        check_vector_close(3, U, before, 1e-12, 0.0);
        check_close(spectral_piece_time(piece, 0.5), 0.5 * (piece->start_time + piece->end_time), 0.0,
                    0.5 * (piece->end_time - piece->start_time));
        for (int k = 1; k <= 10; k++) {
            const double t = piece->start_time + 0.1 * k * (piece->end_time - piece->start_time);
            spectral_path_at(path, t, &point);
            const double rest = squares[0] * exp(-2.0 * rates[0] * point.action);
            check_close(point.u * point.u - lsa_vec_dot(3, U, U) - rest, constant, 0.0, 2e-15 * point.u * point.u);
            memcpy(before, U, sizeof U);
            spectral_path_at(last, t, &point);
            assert_memory_equal(U, before, sizeof U);
        }
        time = piece->end_time;
    }
    spectral_path_destroy(path);
    spectral_path_destroy(last);
}

/* The bound sees one changed coefficient, and is never below what it does. */
static void test_bound_sees_a_changed_coefficient(void **state)
{
    (void)state;
    static const double h[] = {2.0, 0.3, 0.01}, b[] = {1.0, 0.4, 0.02}, start[] = {0.01, 0.01, 0.01};
    spectral_rule rule;
    lsa_error err;
    spectral_rule_init(&rule);
    const spectral_problem problem = {
        .count = 3, .rates = h, .drives = b, .start = start, .u = 0.01, .constant = -2e-4};
    for (int change = 0; change <= 4; change++) {
        spectral_path *path = create(&rule, &problem);
        spectral_bound *bound = NULL;
        const double share = change == 0 ? 0.0 : pow(10.0, -12.0 + 2.0 * change);
        check_status(spectral_bound_create(spectral_path_equation(path), 0.01, &bound, &err), LSA_OK, &err);
        for (int k = 0; k < 16; k++) {
            check_status(spectral_path_advance(path, &err), LSA_OK, &err);
            const spectral_piece *piece = spectral_path_last(path);
            if (k == 9)
                piece->U[1] *= 1.0 + share; /* the mean of the second mode */
            spectral_bound_extend(bound, spectral_path_equation(path), piece);
        }
        const double error = spectral_bound_error(bound);
        print_message("changed by %.0e: %.3g\n", share, error);
        if (change == 0)
            check_at_most(error, 1e-11);
        else
            assert_true(error >= 0.1 * share && error <= 100.0 * share);
        spectral_bound_destroy(bound);
        spectral_path_destroy(path);
    }
}

static void refuse(const spectral_problem *problem, lsa_status expected, const char *part)
{
    spectral_rule rule;
    spectral_path *path = NULL;
    lsa_error err = {.status = LSA_OK};
    spectral_rule_init(&rule);
    lsa_status status = spectral_path_create(&rule, problem, false, &path, &err);
    for (int k = 0; k < 1000 && status == LSA_OK; k++)
        status = spectral_path_advance(path, &err);
    assert_int_equal(status, expected);
    check_contains(err.text, part);
    spectral_path_destroy(path);
}

static void test_refusals(void **state)
{
    (void)state;
    const double one = 1.0, zero = 0.0, minus = -1.0, nearly = -(1.0 - 1e-9), tiny = 1e-200, far = 1e3, not = NAN;
    const spectral_problem fine = {.count = 1, .rates = &one, .drives = &one, .start = &one, .u = 1.0};
    spectral_problem p = fine;
    p.count = 0;
    refuse(&p, LSA_ERR_UNABLE, "all of B is 0");
    p = fine;
    p.count = 1000000;
    refuse(&p, LSA_ERR_UNABLE, "50000 modes");
    p = fine;
    p.start = &zero;
    p.u = 0.0;
    refuse(&p, LSA_ERR_UNABLE, "needs a start whose squares are numbers");
    p.start = &tiny;
    p.u = 1e-200;
    refuse(&p, LSA_ERR_UNABLE, "needs a start whose squares are numbers");
    p = fine;
    p.rates = &minus;
    refuse(&p, LSA_ERR_DOMAIN, "a rate above 0");
    p = fine;
    p.drives = &zero;
    refuse(&p, LSA_ERR_DOMAIN, "a drive that is not 0");
    p = fine;
    p.constant = not ;
    refuse(&p, LSA_ERR_DOMAIN, "must be finite");
    p = fine;
    p.n_decays = 1;
    p.decay_rates = &minus;
    p.decay_squares = &one;
    refuse(&p, LSA_ERR_DOMAIN, "decay 1");
    p = fine; /* u^2 -> 1e-6 in a difference of 1e6 */
    p.start = &far;
    p.constant = 1.0 - far * far;
    refuse(&p, LSA_ERR_UNABLE, "would cancel");
    p = fine; /* on the saddle's stable manifold, and beside it */
    p.start = &minus;
    refuse(&p, LSA_ERR_UNABLE, "so near to the saddle");
    p.start = &nearly;
    p.constant = 1.0 - nearly * nearly;
    refuse(&p, LSA_ERR_UNABLE, "so near to the saddle");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rule),
        cmocka_unit_test(test_response),
        cmocka_unit_test(test_one_mode_is_logistic),
        cmocka_unit_test(test_pieces_meet),
        cmocka_unit_test(test_bound_sees_a_changed_coefficient),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
