/* The right-hand side by way of W against the polynomial's gradient, for parts of every kind. */
#include "flow/product.h"
#include "flowing.h"
#include "written.h"

static void make(lsa_flowing *f, const lsa_written *one)
{
    char text[WRITTEN_TEXT];
    const double spectrum[WRITTEN_D] = {2.0, 0.5, 1.1, 0.3}, tasks[WRITTEN_D] = {1.0, 0.7, 1.4, 0.6};
    *f = (lsa_flowing){.options = lsa_flow_options_defaults()};
    fixture_init(&f->setting, "inline", written_text(one, text), WRITTEN_D, 7.0, WRITTEN_HEADS, WRITTEN_R);
    f->setting.experiment.training.covariance = fixture_diagonal(&f->setting, WRITTEN_D, spectrum);
    f->setting.experiment.training.task_covariance = fixture_diagonal(&f->setting, WRITTEN_D, tasks);
    f->setting.experiment.training.label_noise = 0.25;
    flowing_make(f);
}

/* The largest difference to -grad L, over the largest entry. */
static double difference(lsa_flowing *f, lsa_workspace *work, bool extended, double factor)
{
    const ptrdiff_t n = lsa_program_size(f->program);
    double *y = fixture_normals(&f->setting, n, 4, 0.7), *rhs = fixture_numbers(&f->setting, n);
    double *gradient = fixture_numbers(&f->setting, n);
    flow_product *product = NULL;
    check_status(flow_product_create(f->program, extended, &product, &f->err), LSA_OK, &f->err);
    lsa_program_gradient(f->program, work, y, gradient);
    y[0] *= factor;
    flow_product_rhs(product, y, rhs);
    lsa_vec_axpy(n, 1.0, gradient, rhs);
    flow_product_destroy(product);
    return lsa_vec_norm_max(n, rhs) / lsa_vec_norm_max(n, gradient);
}

static void all_parts_follow_the_gradient(void **state)
{
    int applied = 0;
    (void)state;
    for (size_t k = 0; k < sizeof written_cases / sizeof *written_cases; k++) {
        lsa_flowing f;
        lsa_workspace *work = NULL;
        make(&f, &written_cases[k]);
        assert_int_equal(flow_product_applies(f.program), written_cases[k].keys);
        if (written_cases[k].keys) {
            check_status(lsa_workspace_create(f.program, &work, &f.err), LSA_OK, &f.err);
            for (int extended = 0; extended < 2; extended++) {
                check_at_most(difference(&f, work, extended != 0, 1.0), 1e-13);
                assert_true(difference(&f, work, extended != 0, 1.0 + 1e-6) > 1e-8);
            }
            applied++;
        }
        lsa_workspace_destroy(work);
        flowing_clear(&f);
    }
    assert_true(applied >= 10);
}

static void other_losses_have_none(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof other_cases / sizeof *other_cases; k++) {
        lsa_flowing f;
        make(&f, &other_cases[k]);
        assert_false(flow_product_applies(f.program));
        flowing_clear(&f);
    }
}

/* Keys that are queries are at the least loss of any matrix, which nobody knew to be in reach. */
static void a_bound_that_is_attained_is_the_minimum(void **state)
{
    const lsa_written keys = {"K: [d, d], a: scalar", "a*S*K'*K*xq", 1, 0, 0, true, true};
    lsa_flowing f;
    lsa_least least;
    (void)state;
    make(&f, &keys);
    check_status(lsa_program_least(f.program, &least, &f.err), LSA_OK, &f.err);
    assert_true(isnan(least.loss));
    for (int bound = 0; bound < 2; bound++) {
        const ptrdiff_t n = lsa_program_size(f.program);
        f.options.bound = bound != 0 ? least.bound : (double)NAN;
        f.start = fixture_normals(&f.setting, n, 7, 0.3);
        check_status(lsa_flow_run(f.program, f.start, &f.options, &f.trajectory, &f.err), LSA_OK, &f.err);
        const lsa_classification end = lsa_trajectory_classification(f.trajectory);
        assert_string_equal(lsa_kind_text(end.kind), bound != 0 ? "global-minimum" : "minimum");
        check_close(lsa_trajectory_final(f.trajectory).loss, least.bound, 1e-12, 0.0);
        assert_int_equal(lsa_trajectory_kind_reason(f.trajectory) != NULL, true);
        lsa_trajectory_destroy(f.trajectory);
        f.trajectory = NULL;
    }
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_parts_follow_the_gradient),
                                       cmocka_unit_test(other_losses_have_none),
                                       cmocka_unit_test(a_bound_that_is_attained_is_the_minimum)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
