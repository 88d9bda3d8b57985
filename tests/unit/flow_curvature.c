/* The Krylov view of a point agrees with the eigenvalues of its Hessian, and classifies ends beyond 600 parameters. */
#include "flow/build.h"
#include "flow/curvature.h"
#include "flow/spectrum.h"
#include "flowing.h"

/* Both views of the full layer, d = 3, N = 4, at y. */
typedef struct views {
    lsa_flowing f;
    flow_system *system;
    flow_spectrum *spectrum;
    flow_curvature *curvature;
} views;

static void views_init(views *v)
{
    flowing_init(&v->f, "full", 3, 4.0, 1, 1);
    flowing_make(&v->f);
    check_status(flow_system_create(v->f.program, LSA_METHOD_DENSE, NAN, NULL, &v->system, &v->f.err), LSA_OK, NULL);
    check_status(flow_spectrum_create(v->system->n, &v->spectrum, &v->f.err), LSA_OK, NULL);
    check_status(flow_curvature_create(v->system->n, &v->curvature, &v->f.err), LSA_OK, NULL);
}

static void views_eval(views *v, const double *y)
{
    check_status(flow_spectrum_eval(v->spectrum, v->system, y, &v->f.err), LSA_OK, &v->f.err);
    check_status(flow_curvature_eval(v->curvature, v->system, y, &v->f.err), LSA_OK, &v->f.err);
}

static void views_clear(views *v)
{
    flow_curvature_destroy(v->curvature);
    flow_spectrum_destroy(v->spectrum);
    flow_system_destroy(v->system);
    flowing_clear(&v->f);
}

/* Sixteen parameters: Lanczos' method exhausts the space, and finds both ends exactly. */
static void test_ends_of_the_spectrum(void **state)
{
    (void)state;
    views v;
    views_init(&v);
    for (uint64_t seed = 1; seed <= 8; seed++) {
        const double *y = fixture_normals(&v.f.setting, 16, seed, 0.5);
        views_eval(&v, y);
        const double largest = v.spectrum->largest;
        check_close(v.curvature->largest, largest, 1e-12, 0.0);
        check_close(v.curvature->least, v.spectrum->lambda[0], 0.0, 1e-12 * largest);
        assert_int_equal(v.curvature->negative, flow_spectrum_negative(v.spectrum) > 0);
    }
    views_clear(&v);
}

/* Near a minimum, with its flat orbit: the same Newton step, gain and distance; and the end is one of a manifold. */
static void test_step_near_a_minimum(void **state)
{
    (void)state;
    views v;
    bool yes;
    double y[16];
    views_init(&v);
    flowing_start_gaussian(&v.f, 0.4, 2);
    check_status(flowing_run(&v.f), LSA_OK, &v.f.err);
    memcpy(y, lsa_trajectory_polished(v.f.trajectory).state,
           sizeof y); /* Lambda = I: the program's basis is the user's */
    for (int i = 0; i < 16; i++)
        y[i] *= 1.0 + 1e-8 * (double)(i % 5 - 2);
    views_eval(&v, y);
    double step[16];
    flow_spectrum_newton(v.spectrum, step);
    assert_true(v.curvature->solved);
    check_vector_close(16, v.curvature->step, step, 1e-5, 0.0);
    check_close(v.curvature->decrement, flow_spectrum_decrement(v.spectrum), 1e-5, 0.0);
    check_close(v.curvature->distance, flow_spectrum_distance(v.spectrum), 1e-5, 0.0);
    views_eval(&v, lsa_trajectory_polished(v.f.trajectory).state);
    check_status(
        flow_curvature_manifold(v.curvature, v.system, lsa_trajectory_polished(v.f.trajectory).state, &yes, &v.f.err),
        LSA_OK, &v.f.err);
    assert_true(yes);
    views_clear(&v);
}

/* A larger layer, 676 parameters, eigenvalues 3^(-i/24): the best point of rank one, 1/2 tr Lambda - 1/2 max l^2/gamma, which
 * is local; the saddle at zero; the minimum. */
static void test_large_ends(void **state)
{
    (void)state;
    enum { D = 25, N = 3 };
    double spectrum[D], trace = 0.0, losses[3];
    const lsa_kind kinds[] = {LSA_KIND_LOCAL_MINIMUM, LSA_KIND_SADDLE, LSA_KIND_GLOBAL_MINIMUM};
    for (int i = 0; i < D; i++)
        trace += spectrum[i] = pow(3.0, -i / 24.0);
    losses[0] = losses[1] = losses[2] = 0.5 * trace;
    for (int i = 0; i < D; i++) {
        const double gain = 0.5 * spectrum[i] * spectrum[i] / ((1.0 + 1.0 / N) * spectrum[i] + trace / N);
        losses[0] -= i == 0 ? gain : 0.0;
        losses[2] -= gain;
    }
    for (int k = 0; k < 3; k++) {
        lsa_flowing f;
        flowing_init(&f, "full", D, N, 1, 1);
        f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, D, spectrum);
        flowing_make(&f);
        f.options.minimum = losses[2];
        f.options.points = 2;
        f.options.rtol = 1e-6;
        if (k == 0)
            flowing_start_gaussian(&f, 0.1, 1);
        else if (k == 2)
            flowing_start_identity(&f, 0.1);
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const lsa_classification end = lsa_trajectory_classification(f.trajectory);
        const lsa_sample raw = lsa_trajectory_raw(f.trajectory);
        print_message("%s, loss %.12g, excess %.3g, time %.4g, least %.3g\n", lsa_kind_text(end.kind), raw.loss,
                      end.excess, raw.time, end.least_eigenvalue);
        assert_int_equal(end.kind, kinds[k]);
        check_close(raw.loss, losses[k], 1e-10, 0.0);
        assert_int_equal(end.negative, -1); /* counted nowhere; found at the saddle */
        assert_int_equal(isnan(end.least_eigenvalue), k != 1);
        flowing_clear(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ends_of_the_spectrum),
                                       cmocka_unit_test(test_step_near_a_minimum), cmocka_unit_test(test_large_ends)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
