/* Output times: asked ones exactly, a grid that thins itself in bounded memory. */
#include "check.h"
#include "flow/output.h"
#include <math.h>

static lsa_sample at(double time, const double *state)
{
    return (lsa_sample){.time = time, .loss = 2.0 * time, .state = state};
}

/* Runs to `end` as an integrator would, one number of state equal to the time. */
static lsa_trajectory *run(const lsa_flow_options *options, double rate, double end)
{
    flow_output *output = NULL;
    lsa_trajectory *t = NULL;
    check_status(flow_output_create(options, rate, &output, NULL), LSA_OK, NULL);
    check_status(flow_trajectory_create(1, flow_output_capacity(output), true, &t, NULL), LSA_OK, NULL);
    for (double time = flow_output_next(output); time <= end; time = flow_output_next(output)) {
        flow_trajectory_append(t, at(time, &time), -time);
        flow_output_taken(output, t);
        assert_true(lsa_trajectory_count(t) <= flow_output_capacity(output));
    }
    check_status(flow_output_finish(output, t, at(end, &end), -end, (double)INFINITY, NULL), LSA_OK, NULL);
    flow_output_destroy(output);
    return t;
}

static void check_record(const lsa_trajectory *t)
{
    double last = -1.0;
    for (ptrdiff_t i = 0; i < lsa_trajectory_count(t); i++) {
        const lsa_sample s = lsa_trajectory_sample(t, i);
        assert_true(s.time > last);
        last = s.time;
        check_close(s.state[0], s.time, 0.0, 0.0);
        check_close(s.loss, 2.0 * s.time, 0.0, 0.0);
        check_close(lsa_trajectory_action(t, i), -s.time, 0.0, 0.0);
    }
}

static void test_log_grid(void **state)
{
    (void)state;
    const double ends[] = {0.5, 7.0, 1e3, 1e9, 1e40};
    lsa_flow_options options = lsa_flow_options_defaults();
    for (int k = 0; k < 5; k++) {
        lsa_trajectory *t = run(&options, 1.0, ends[k]);
        const ptrdiff_t count = lsa_trajectory_count(t);
        check_record(t);
        assert_int_equal(count, 200);
        check_close(lsa_trajectory_sample(t, 0).time, 0.0, 0.0, 0.0);
        check_close(lsa_trajectory_sample(t, count - 1).time, ends[k], 0.0, 0.0);
        /* even in log t: no ratio of neighbours above twice (two grid steps for one) the mean one */
        const double mean = log(ends[k] / 0.01) / (double)(count - 2);
        for (ptrdiff_t i = 2; i < count; i++)
            check_at_most(log(lsa_trajectory_sample(t, i).time / lsa_trajectory_sample(t, i - 1).time), 2.1 * mean);
        lsa_trajectory_destroy(t);
    }
}

static void test_linear_grid(void **state)
{
    (void)state;
    lsa_flow_options options = lsa_flow_options_defaults();
    options.log_spacing = false;
    options.points = 50;
    lsa_trajectory *t = run(&options, 1.0, 1234.5);
    check_record(t);
    assert_int_equal(lsa_trajectory_count(t), 50);
    for (ptrdiff_t i = 1; i < 50; i++)
        check_at_most(lsa_trajectory_sample(t, i).time - lsa_trajectory_sample(t, i - 1).time, 2.1 * 1234.5 / 49.0);
    lsa_trajectory_destroy(t);
}

static void test_short_record_is_kept_whole(void **state)
{
    (void)state;
    lsa_flow_options options = lsa_flow_options_defaults();
    lsa_trajectory *t = run(&options, 1.0, 0.001); /* before the first grid time */
    assert_int_equal(lsa_trajectory_count(t), 2);
    check_record(t);
    lsa_trajectory_destroy(t);
}

static void test_known_end_gives_an_exact_grid(void **state)
{
    (void)state;
    lsa_flow_options options = lsa_flow_options_defaults();
    options.stop.gap = NAN;
    options.stop.time = 8.0;
    options.log_spacing = false;
    options.points = 5;
    lsa_trajectory *t = run(&options, 1.0, 8.0);
    assert_int_equal(lsa_trajectory_count(t), 5);
    for (ptrdiff_t i = 0; i < 5; i++)
        check_close(lsa_trajectory_sample(t, i).time, 2.0 * (double)i, 0.0, 0.0);
    lsa_trajectory_destroy(t);
}

/* ... which is even in log t from a thousandth of the end on, or from the unit where that is less. */
static void test_known_end_gives_an_exact_log_grid(void **state)
{
    (void)state;
    lsa_flow_options options = lsa_flow_options_defaults();
    options.stop.gap = NAN;
    options.stop.time = 8.0;
    options.points = 7;
    for (double rate = 1.0; rate < 1e4; rate *= 1e3) {
        const double first = fmin(0.01 / rate, 8e-3);
        lsa_trajectory *t = run(&options, rate, 8.0);
        check_record(t);
        assert_int_equal(lsa_trajectory_count(t), 7);
        check_close(lsa_trajectory_sample(t, 0).time, 0.0, 0.0, 0.0);
        for (ptrdiff_t i = 1; i < 7; i++)
            check_close(lsa_trajectory_sample(t, i).time, first * pow(8.0 / first, (double)(i - 1) / 5.0), 1e-14, 0.0);
        lsa_trajectory_destroy(t);
    }
}

static void test_asked_times_past_the_end_hold_it(void **state)
{
    (void)state;
    const double times[] = {0.0, 0.1, 0.1, 3.0, 10.0};
    lsa_flow_options options = lsa_flow_options_defaults();
    options.times = times;
    options.n_times = 5;
    lsa_trajectory *t = run(&options, 1.0, 3.0);
    assert_int_equal(lsa_trajectory_count(t), 5);
    for (ptrdiff_t i = 0; i < 5; i++) {
        check_close(lsa_trajectory_sample(t, i).time, times[i], 0.0, 0.0);
        check_close(lsa_trajectory_sample(t, i).state[0], fmin(times[i], 3.0), 0.0, 0.0);
    }
    lsa_trajectory_destroy(t);
}

/* 1e20 times the first time: no index counts so far. */
static void test_a_linear_grid_of_any_length(void **state)
{
    (void)state;
    const double ends[] = {1e20, 1e300};
    lsa_flow_options options = lsa_flow_options_defaults();
    options.log_spacing = false;
    for (int k = 0; k < 2; k++) {
        lsa_trajectory *t = run(&options, 1.0, ends[k]);
        check_record(t);
        assert_int_equal(lsa_trajectory_count(t), 200);
        check_close(lsa_trajectory_sample(t, 199).time, ends[k], 0.0, 0.0);
        for (ptrdiff_t i = 1; i < 200; i++)
            check_at_most(lsa_trajectory_sample(t, i).time - lsa_trajectory_sample(t, i - 1).time, ends[k] / 90.0);
        lsa_trajectory_destroy(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_linear_grid_of_any_length),       cmocka_unit_test(test_log_grid),
        cmocka_unit_test(test_known_end_gives_an_exact_log_grid), cmocka_unit_test(test_linear_grid),
        cmocka_unit_test(test_short_record_is_kept_whole),        cmocka_unit_test(test_known_end_gives_an_exact_grid),
        cmocka_unit_test(test_asked_times_past_the_end_hold_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
