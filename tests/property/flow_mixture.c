/* The flow of a mixture of covariances that share no basis: no form, all by Hessian products.
 *
 * Krylov iterations and a dense factorisation share the derived polynomial, not the way to solve with its Hessian. */
#include "base/matrix.h"
#include "base/rng.h"
#include "base/text.h"
#include "check.h"
#include "lsaflow/flow.h"
#include "lsaflow/verify.h"
#include "model_text.h"
#include <math.h>

enum { D = 12, COMPONENTS = 3 };

/* Component k: the spectrum i^-(k + 1)/2 in the basis I - 2 v v'/v'v, v random. */
static void add_component(lsa_text *text, lsa_rng *rng, int k)
{
    double v[D];
    lsa_rng_normals(rng, D, v);
    const double square = lsa_vec_dot(D, v, v);
    lsa_text_printf(text, "{weight: %g, covariance: {matrix: [", k == 0 ? 0.5 : 0.25);
    for (ptrdiff_t i = 0; i < D; i++) {
        lsa_text_add(text, i > 0 ? ", [" : "[");
        for (ptrdiff_t j = 0; j < D; j++) {
            double sum = 0.0; /* entry (i, j); the same bits as (j, i) */
            for (ptrdiff_t m = 0; m < D; m++)
                sum += pow((double)(m + 1), -0.5 * (k + 1)) *
                       (((m == i) - 2.0 * v[m] * v[i] / square) * ((m == j) - 2.0 * v[m] * v[j] / square));
            lsa_text_printf(text, "%s%.17g", j > 0 ? ", " : "", sum);
        }
        lsa_text_add(text, "]");
    }
    lsa_text_add(text, "]}}");
}

static lsa_model *make_model(void)
{
    lsa_text text;
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROBE, 0);
    lsa_text_init(&text);
    lsa_text_add(&text, "statement: merged\ndata: {context: 12, covariance: {random: {mixture: [");
    for (int k = 0; k < COMPONENTS; k++) {
        lsa_text_add(&text, k > 0 ? ", " : "");
        add_component(&text, &rng, k);
    }
    lsa_text_add(&text, "]}}}\ninit: {scheme: paper, sigma: 0.1, theta: {random: 3}}\n");
    assert_false(text.failed);
    lsa_model *model = model_of(text.data);
    lsa_text_clear(&text);
    return model;
}

static lsa_trajectory *run(lsa_study *study, lsa_method method, lsa_error *err)
{
    const lsa_program *program;
    const double *start;
    lsa_trajectory *trajectory = NULL;
    check_status(lsa_study_program(study, &program, err), LSA_OK, err);
    check_status(lsa_study_start(study, &start, err), LSA_OK, err);
    lsa_flow_options options = lsa_flow_options_defaults();
    options.rtol = 1e-8;
    options.method = method;
    options.stop.time = 40.0;
    options.stop.gap = NAN;
    options.minimum = NAN;
    check_status(lsa_flow_run(program, start, &options, &trajectory, err), LSA_OK, err);
    return trajectory;
}

/* rtol bounds either path's error by some 10 rtol of its block. */
static void check_paths(const lsa_trajectory *a, const lsa_trajectory *b, ptrdiff_t size)
{
    assert_int_equal(lsa_trajectory_count(a), lsa_trajectory_count(b));
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(a); k++) {
        const lsa_sample x = lsa_trajectory_sample(a, k), y = lsa_trajectory_sample(b, k);
        check_vector_close(size, x.state, y.state, 0.0, 2e-7 * lsa_vec_norm_max(size, y.state));
    }
}

static void test_krylov_follows_dense(void **state)
{
    (void)state;
    lsa_error err;
    lsa_study *study;
    const lsa_program *program;
    lsa_error_clear(&err);
    lsa_model *model = make_model();
    check_status(lsa_study_create(lsa_model_experiment(model, 0), NULL, &study, &err), LSA_OK, &err);
    check_status(lsa_study_program(study, &program, &err), LSA_OK, &err);
    assert_null(lsa_program_form(program)); /* no basis makes all components diagonal */
    lsa_trajectory *krylov = run(study, LSA_METHOD_KRYLOV, &err), *dense = run(study, LSA_METHOD_DENSE, &err);
    const lsa_solver_stats stats = lsa_trajectory_stats(krylov);
    print_message("%td steps, %td Newton and %td linear iterations\n", stats.steps, stats.newton, stats.linear);
    assert_true(stats.linear > 0 && stats.linear < 3 * stats.newton);
    assert_int_equal(lsa_trajectory_stats(dense).linear, 0);
    check_paths(krylov, dense, lsa_program_size(program));
    lsa_trajectory_destroy(krylov);
    lsa_trajectory_destroy(dense);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_krylov_follows_dense)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
