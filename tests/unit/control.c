/* The control variate by hand: the label's second moment of every task, with a mean and with noise, and what is left of an
 * error that the label explains. */
#include "empirical/control.h"
#include "empirical/interval.h"
#include "prompt_law.h"

static const double Lambda[] = {2.0, 0.5, 0.5, 1.0}, Query[] = {1.0, -0.3, -0.3, 4.0};
static const double Omega[] = {1.0, -0.2, -0.2, 3.0};
static const double mean[] = {1.0, -2.0}, fixed[] = {0.5, 2.0};

static void check_square(const lsa_prompt_law *law, double want)
{
    double got = 0.0;
    assert_true(lsa_control_label_square(law, &got));
    check_close(got, want, 1e-15, 0.0);
}

/* tr(Lambda Omega) = 2 + 3 - 2 * 0.1, mu' Omega mu = 1 + 12 + 0.8; the query's own covariance in its place. */
static void squares(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "merged", NULL, 2, 4, 1, 1);
    lsa_prompt_law law = law_of(fixture_matrix(&s, 2, Lambda), fixture_matrix(&s, 2, Omega), 4, 0.25);
    check_square(&law, 4.8);
    law.setting.mean = mean;
    check_square(&law, 4.8 + 13.8);
    law.setting.query_noise = true;
    check_square(&law, 4.8 + 13.8 + 0.25);
    law_query(&law, fixture_matrix(&s, 2, Query));
    check_square(&law, 1.0 + 12.0 + 2.0 * 0.06 + 13.8 + 0.25);
    law_fixed(&law, fixed); /* w' (Query + mu mu') w + 0.25, <w, mu> = -3.5 */
    check_square(&law, 0.25 + 16.0 - 0.6 + 12.25 + 0.25);
    law_sphere(&law, 3.0); /* r^2/d (tr Query + |mu|^2) + 0.25 */
    check_square(&law, 4.5 * (5.0 + 5.0) + 0.25);
    fixture_clear(&s);
}

/* What has no such moment is refused. */
static void none(void **state)
{
    (void)state;
    double out;
    const lsa_teacher sign = {.kind = LSA_TEACHER_SIGN};
    lsa_fixture s;
    fixture_init(&s, "merged", NULL, 2, 4, 1, 1);
    lsa_prompt_law law = law_plain(&s, 2, 4);
    law_teacher(&law, &sign, fixed);
    assert_false(lsa_control_label_square(&law, &out));
    law = law_plain(&s, 2, 4);
    law.setting.query_orthogonal = true;
    assert_false(lsa_control_label_square(&law, &out));
    law = law_plain(&s, 2, 4);
    law.n_tasks = 1;
    law.tasks = fixed;
    assert_false(lsa_control_label_square(&law, &out));
    fixture_clear(&s);
}

enum { COUNT = 6 };
static const double label[COUNT] = {1.0, 3.0, 0.5, 2.0, 7.0, 4.5};

static lsa_moments moments_of(const double *x)
{
    lsa_moments m = {0};
    for (int i = 0; i < COUNT; i++)
        lsa_moments_add(1, &m, i + 1, x + i);
    return m;
}

/* e^2 = 2 label^2 + 0.5 + rest: of the rest, which is orthogonal to the label, all is left. */
static void check_estimate(const double *rest, double label_square, double alpha)
{
    double error[COUNT], difference[COUNT], reduction;
    for (int i = 0; i < COUNT; i++) {
        error[i] = 2.0 * label[i] + 0.5 + rest[i];
        difference[i] = error[i] - label[i];
    }
    const lsa_moments e = moments_of(error), y = moments_of(label), d = moments_of(difference), r = moments_of(rest);
    const lsa_sample_estimate got = lsa_control_estimate(&e, &y, &d, label_square, COUNT, alpha, &reduction);
    const lsa_sample_estimate plain = lsa_interval(&e, COUNT, alpha), left = lsa_interval(&r, COUNT, alpha);
    check_close(got.mean, 2.0 * label_square + 0.5 + r.mean, 1e-14, 0.0);
    check_close(got.standard_error, left.standard_error, 1e-13, 1e-7); /* 1e-7: the root of a rounding */
    check_close(reduction, r.m2 / e.m2, 1e-12, 1e-14);
    check_close(got.skewness, plain.skewness, 1e-15, 0.0);
    check_close(got.half_width, plain.half_width * got.standard_error / plain.standard_error, 1e-13, 1e-14);
}

static void explained(void **state)
{
    (void)state;
    const double nothing[COUNT] = {0.0};
    double rest[COUNT] = {0.3, -0.2, 0.1, 0.4, 0.0, -0.1}, along = 0.0, size = 0.0;
    const lsa_moments y = moments_of(label);
    for (int i = 0; i < COUNT; i++) {
        along += rest[i] * (label[i] - y.mean);
        size += (label[i] - y.mean) * (label[i] - y.mean);
    }
    for (int i = 0; i < COUNT; i++)
        rest[i] -= along / size * (label[i] - y.mean);
    check_estimate(nothing, 2.5, 1e-3);
    check_estimate(rest, 2.5, 1e-3);
    check_estimate(rest, 4.0, 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(squares), cmocka_unit_test(none), cmocka_unit_test(explained)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
