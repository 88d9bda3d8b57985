/* What holds for every run: methods agree, symmetries conserve, limits are met, ends are named, misuse is refused. */
#include "flow/build.h"
#include "flowing.h"

static const double FIVE[5] = {2.0, 1.3, 0.8, 0.5, 0.2};

static void geometric(ptrdiff_t d, double condition, double *out)
{
    for (ptrdiff_t i = 0; i < d; i++)
        out[i] = pow(condition, -(double)i / (double)(d - 1));
}

/* Largest difference of two trajectories at the same times. */
static double distance(const lsa_trajectory *a, const lsa_trajectory *b, ptrdiff_t n)
{
    double worst = 0.0;
    assert_int_equal(lsa_trajectory_count(a), lsa_trajectory_count(b));
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(a); k++)
        for (ptrdiff_t i = 0; i < n; i++)
            worst = fmax(worst, fabs(lsa_trajectory_sample(a, k).state[i] - lsa_trajectory_sample(b, k).state[i]));
    return worst;
}

/* The arrowhead integrates the form, the others the compiled polynomial: agreement checks solvers and form at once. */
static void test_methods_agree(void **state)
{
    (void)state;
    static const double times[] = {0.0, 0.5, 1.0, 3.0, 10.0, 40.0};
    const lsa_method methods[] = {LSA_METHOD_REDUCED, LSA_METHOD_KRYLOV, LSA_METHOD_DENSE};
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 11);
    flowing_start_random(&f, 0.3, 2);
    f.options.times = times;
    f.options.n_times = 6;
    f.options.method = LSA_METHOD_ARROWHEAD;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    lsa_trajectory *arrowhead = f.trajectory;
    f.trajectory = NULL;
    for (int k = 0; k < 3; k++) {
        f.options.method = methods[k];
        check_status(flowing_run(&f), LSA_OK, &f.err);
        check_at_most(distance(arrowhead, f.trajectory, 26), 20.0 * f.options.rtol); /* 10 rtol each */
        check_close(lsa_trajectory_action(f.trajectory, 5), lsa_trajectory_action(arrowhead, 5), 20.0 * f.options.rtol,
                    0.0);
    }
    assert_string_equal(lsa_trajectory_stats(arrowhead).method, "arrowhead");
    assert_string_equal(lsa_trajectory_stats(f.trajectory).method, "dense");
    lsa_trajectory_destroy(arrowhead);
    flowing_clear(&f);
}

/* Without a history the first step is an Euler step, off by h^2/2 of the acceleration: at a fine tolerance it is short enough that none
 * is refused. */
static void test_the_first_step_keeps_the_tolerance(void **state)
{
    (void)state;
    const double tolerances[] = {1e-6, 1e-10, 1e-13};
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    flowing_start_random(&f, 0.3, 2);
    f.options.stop.time = 1e-9;
    for (int k = 0; k < 3; k++) {
        f.options.rtol = tolerances[k];
        check_status(flowing_run(&f), LSA_OK, &f.err);
        assert_true(lsa_trajectory_stats(f.trajectory).steps > 0);
        assert_int_equal(lsa_trajectory_stats(f.trajectory).error_failures, 0);
    }
    flowing_clear(&f);
}

/* Everything that a run says, of the reduced one against the arrowhead: samples, ends, kind, events, conservation. */
static void check_reduced(lsa_flowing *f)
{
    const ptrdiff_t n = lsa_program_size(f->program);
    const double size = lsa_vec_norm_max(n, f->start), tolerance = 30.0 * f->options.rtol;
    f->options.method = LSA_METHOD_ARROWHEAD;
    check_status(flowing_run(f), LSA_OK, &f->err);
    lsa_trajectory *want = f->trajectory, *got;
    f->trajectory = NULL;
    f->options.method = LSA_METHOD_AUTO;
    f->options.may_reduce = true;
    check_status(flowing_run(f), LSA_OK, &f->err);
    got = f->trajectory;
    assert_string_equal(lsa_trajectory_stats(got).method, "reduced");
    check_at_most(distance(want, got, n), tolerance * fmax(size, 1.0));
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(got); k++) {
        const lsa_sample a = lsa_trajectory_sample(want, k), b = lsa_trajectory_sample(got, k);
        check_close(b.loss, a.loss, tolerance, tolerance);
        check_close(b.gap, a.gap, 0.0, tolerance);
        check_close(b.gradient_norm, a.gradient_norm, 0.0, tolerance * 10.0);
        assert_true(a.modes == NULL && b.modes != NULL);
    }
    check_vector_close(n, lsa_trajectory_raw(got).state, lsa_trajectory_raw(want).state, 0.0, 1e-5);
    check_vector_close(n, lsa_trajectory_polished(got).state, lsa_trajectory_polished(want).state, 0.0, 1e-13);
    check_close(lsa_trajectory_conserved(got, 0).start, lsa_trajectory_conserved(want, 0).start, 1e-13, 1e-15);
    assert_string_equal(lsa_trajectory_conserved(got, 0).name, lsa_trajectory_conserved(want, 0).name);
    assert_int_equal(lsa_trajectory_event_count(got), lsa_trajectory_event_count(want));
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(got); k++)
        check_close(lsa_trajectory_event(got, k).time, lsa_trajectory_event(want, k).time, 1e-4, 0.0);
    const lsa_classification a = lsa_trajectory_classification(want), b = lsa_trajectory_classification(got);
    assert_int_equal(b.kind, a.kind);
    assert_int_equal(b.negative, a.negative);
    assert_int_equal(b.zero, a.zero);
    assert_int_equal(b.positive, a.positive);
    check_close(b.least_eigenvalue, a.least_eigenvalue, 1e-9, 0.0);
    lsa_trajectory_destroy(want);
    f->options.may_reduce = false;
}

static void test_reduction_is_exact(void **state)
{
    (void)state;
    static const double times[] = {0.0, 0.1, 0.5, 1.0, 3.0, 10.0, 40.0}, flat[5] = {1.5, 1.0, 0.5, 0.2, 0.0};
    const double *spectra[] = {FIVE, flat};
    for (int k = 0; k < 4; k++) {
        lsa_flowing f;
        flowing_merged(&f, 5, 8.0, spectra[k / 2], k % 2 == 0 ? 11 : 0);
        f.options.times = times;
        f.options.n_times = 7;
        flowing_start_random(&f, 0.3, 2); /* balanced */
        check_reduced(&f);
        flowing_start_gaussian(&f, 0.4, 7); /* nothing holds of this one; modes without a rate keep it */
        f.start[flowing_block(&f, "u", 0)->offset] = 0.8;
        check_reduced(&f);
        flowing_clear(&f);
    }
}

/* Three clusters of eigenvalues and label noise: enough modes of like rates for the diagonal to be compressed, from a start
 * below the loss at zero; from one above it, where u changes its sign, the diagonal is integrated itself. */
static void test_a_compressed_diagonal_is_exact(void **state)
{
    (void)state;
    enum { d = 84 };
    static const double times[] = {0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 40.0}, centres[3] = {1.5, 0.7, 0.1};
    double spectrum[d];
    flow_system *system = NULL, *path = NULL;
    lsa_flowing f;
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = centres[i / (d / 3)] * (1.0 + 1e-3 * (double)(i % 7));
    flowing_init(&f, "merged", d, 50.0, 1, 1);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, d, spectrum);
    f.setting.experiment.training.label_noise = 0.5;
    flowing_make(&f);
    f.options.times = times;
    f.options.n_times = 7;
    for (int below = 1; below >= 0; below--) {
        double point[d + 2] = {0.0};
        const ptrdiff_t u = flowing_block(&f, "u", 0)->offset, U = flowing_block(&f, "U", 0)->offset;
        flowing_start_random(&f, 0.1, 2);
        f.start[u] *= below ? 1.0 : -1.0;
        point[0] = f.start[u];
        for (ptrdiff_t i = 0; i < d; i++)
            point[1 + i] = f.start[U + i * (d + 1)];
        check_status(flow_system_create(f.program, LSA_METHOD_REDUCED, NAN, f.start, &system, &f.err), LSA_OK, &f.err);
        check_status(flow_system_compress(system, point, &path, &f.err), LSA_OK, &f.err);
        assert_true((path != NULL) == (below == 1));
        flow_system_destroy(path);
        flow_system_destroy(system);
        if (!below) /* balanced and u < 0: to the saddle; a little less, and u comes back */
            f.start[u] *= 0.9;
        check_reduced(&f);
    }
    flowing_clear(&f);
}

/* The paper's start with Theta Theta' = I/sqrt d, by its diagonal alone: the same path without any matrix. */
static void test_a_diagonal_start_needs_no_matrix(void **state)
{
    (void)state;
    enum { d = 6 };
    double spectrum[d], diagonal[d];
    lsa_flowing f;
    geometric(d, 50.0, spectrum);
    flowing_merged(&f, d, 10.0, spectrum, 3); /* a rotation leaves I as it is */
    flowing_start_identity(&f, 0.2);
    f.options.method = LSA_METHOD_REDUCED;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    lsa_trajectory *whole = f.trajectory;
    f.trajectory = NULL;
    for (ptrdiff_t i = 0; i < d; i++)
        diagonal[i] = 0.2 / sqrt((double)d);
    check_status(lsa_flow_run_diagonal(f.program, 0.2, diagonal, &f.options, &f.trajectory, &f.err), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_count(f.trajectory), lsa_trajectory_count(whole));
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(whole); k++) {
        const lsa_sample a = lsa_trajectory_sample(whole, k), b = lsa_trajectory_sample(f.trajectory, k);
        assert_null(b.state);
        check_vector_close(d + 1, b.modes, a.modes, 0.0, 1e-9);
    }
    assert_null(lsa_trajectory_polished(f.trajectory).state);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).positive, d * d);
    lsa_trajectory_destroy(f.trajectory);
    f.trajectory = NULL;
    f.options.method = LSA_METHOD_DENSE;
    check_status(lsa_flow_run_diagonal(f.program, 0.2, diagonal, &f.options, &f.trajectory, &f.err), LSA_ERR_UNABLE,
                 &f.err);
    f.options.method = LSA_METHOD_REDUCED;
    diagonal[3] = NAN;
    check_status(lsa_flow_run_diagonal(f.program, 0.2, diagonal, &f.options, &f.trajectory, &f.err), LSA_ERR_DOMAIN,
                 &f.err);
    check_contains(f.err.text, "U[4,4]");
    lsa_trajectory_destroy(whole);
    flowing_clear(&f);
}

static void test_methods_that_do_not_apply(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_init(&f, "full", 2, 6.0, 1, 1);
    flowing_make(&f);
    flowing_start_gaussian(&f, 0.3, 1);
    f.options.method = LSA_METHOD_ARROWHEAD;
    check_status(flowing_run(&f), LSA_ERR_UNABLE, &f.err);
    check_contains(f.err.text, "krylov or dense");
    f.options.method = LSA_METHOD_REDUCED;
    check_status(flowing_run(&f), LSA_ERR_UNABLE, &f.err);
    flowing_clear(&f);
}

/* Gamma^-1 of the law, by its eigenvalues: the limit of uU; u* = |Gamma^-1|_F^{1/2}. */
static void check_limit(double condition, double rtol)
{
    enum { d = 6 };
    double spectrum[d], limit[d], trace = 0.0, square = 0.0;
    lsa_flowing f;
    geometric(d, condition, spectrum);
    flowing_merged(&f, d, 10.0, spectrum, 0);
    flowing_start_random(&f, 0.1, 3);
    f.options.rtol = rtol;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    for (ptrdiff_t i = 0; i < d; i++)
        trace += spectrum[i];
    for (ptrdiff_t i = 0; i < d; i++) {
        limit[i] = 1.0 / (1.1 * spectrum[i] + trace / 10.0);
        square += limit[i] * limit[i];
    }
    const lsa_sample raw = lsa_trajectory_raw(f.trajectory), polished = lsa_trajectory_polished(f.trajectory);
    const lsa_classification end = lsa_trajectory_classification(f.trajectory);
    const lsa_conserved c = lsa_trajectory_conserved(f.trajectory, 0);
    const double *U = flowing_get(&f, polished, "U"), u = *flowing_get(&f, polished, "u"), star = sqrt(sqrt(square));
    print_message("condition %g: time %.3g, raw gap %.3g, drift %.3g rtol u*^2, %td steps\n", condition, raw.time,
                  raw.gap, c.drift / rtol / square, lsa_trajectory_stats(f.trajectory).steps);
    check_close(raw.gap, 1e-14, 1e-3, 0.0); /* the event is located, not overshot */
    check_close(u, star, 1e-14, 0.0);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            check_close(u * U[i + j * d], i == j ? limit[i] : 0.0, 1e-14, 1e-16);
    check_at_most(c.drift, 40.0 * rtol * star * star);
    assert_int_equal(end.kind, LSA_KIND_GLOBAL_MINIMUM);
    assert_int_equal(end.negative, 0);
    assert_int_equal(end.zero, 0);
    assert_int_equal(end.positive, d * d);
    flowing_clear(&f);
}

static void test_limits_over_condition_numbers(void **state)
{
    (void)state;
    check_limit(1.0, 1e-8);
    check_limit(1e3, 1e-8);
    check_limit(1e3, 1e-11);
    check_limit(1e6, 1e-8);
}

/* Samples past the end hold it: by then the slowest mode, which weighs 1e-11 in the loss, is learned to the tolerance too. */
static void test_a_held_end_has_its_slow_modes(void **state)
{
    (void)state;
    enum { SIDE = 3 };
    static const double times[] = {1.0, 1e24};
    double spectrum[SIDE];
    geometric(SIDE, 1e6, spectrum);
    for (ptrdiff_t heads = 1; heads <= 2; heads++) {
        lsa_flowing f;
        double W[SIDE * SIDE] = {0.0}, limit = 0.0, off = 0.0;
        flowing_init(&f, heads > 1 ? "multihead" : "merged", SIDE, 20.0, heads, 1);
        f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, SIDE, spectrum);
        flowing_make(&f);
        flowing_start_gaussian(&f, 0.01, 5);
        f.options.times = times;
        f.options.n_times = 2;
        f.options.method = LSA_METHOD_ARROWHEAD;
        f.options.rtol = 1e-6; /* what is asked of the gap then, 1e-25, is above its rounding */
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const lsa_sample held = lsa_trajectory_sample(f.trajectory, 1);
        assert_true(lsa_trajectory_raw(f.trajectory).time < held.time);
        for (ptrdiff_t h = 0; h < heads; h++)
            lsa_vec_axpy(SIDE * SIDE, held.state[flowing_block(&f, "u", h)->offset],
                         held.state + flowing_block(&f, "U", h)->offset, W);
        for (ptrdiff_t k = 0; k < SIDE * SIDE; k++) {
            const double V = lsa_form_limit(lsa_program_product_form(f.program), k % SIDE, k / SIDE);
            limit = fmax(limit, fabs(V));
            off = fmax(off, fabs(W[k] - V));
        }
        check_at_most(off, 10.0 * f.options.rtol * limit);
        flowing_clear(&f);
    }
}

/* The raw end at gap g is within sqrt(2 g scale / min H) of the limit in uU; rescaling makes u as exact as the product. */
static void test_rescaling_repairs_u(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    flowing_start_random(&f, 0.3, 4);
    f.options.rtol = 1e-4;
    f.options.stop.gap = 1e-26;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const double raw = *flowing_get(&f, lsa_trajectory_raw(f.trajectory), "u");
    const double rescaled = *flowing_get(&f, lsa_trajectory_rescaled(f.trajectory), "u");
    const double polished = *flowing_get(&f, lsa_trajectory_polished(f.trajectory), "u");
    check_at_least(fabs(raw - polished), 1e-9);  /* the integrator drifts at this tolerance ... */
    check_close(rescaled, polished, 1e-11, 0.0); /* ... and the conserved quantity knows by how much */
    check_close(lsa_trajectory_rescaled(f.trajectory).gap, lsa_trajectory_raw(f.trajectory).gap, 1e-2, 1e-28);
    flowing_clear(&f);
}

/* A run to the end, whose gap weighs slow modes by rates 10^6 apart, goes on until the product is at rounding: rescaled, uU
 * is within 1e-15 sqrt d and u within 1e-14, from rtol 1e-8, with all entries integrated or few. */
static void test_the_end_is_at_rounding(void **state)
{
    (void)state;
    enum { d = 30 };
    const double conditions[] = {1.0, 100.0, 1e3};
    for (int k = 0; k < 6; k++) {
        double spectrum[d], trace = 0.0, limit = 0.0, error = 0.0;
        lsa_flowing f;
        geometric(d, conditions[k / 2], spectrum);
        flowing_merged(&f, d, (double)d, spectrum, 0);
        flowing_start_random(&f, 0.1, 3);
        f.options.rtol = 1e-8;
        f.options.stop.gap = 0.0;
        f.options.may_reduce = k % 2 == 1;
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const lsa_sample end = lsa_trajectory_rescaled(f.trajectory);
        const double *U = flowing_get(&f, end, "U"), u = *flowing_get(&f, end, "u");
        for (ptrdiff_t i = 0; i < d; i++)
            trace += spectrum[i];
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i < d; i++) {
                const double V = i == j ? 1.0 / ((1.0 + 1.0 / d) * spectrum[i] + trace / d) : 0.0;
                limit += V * V;
                error += pow(u * U[i + j * d] - V, 2.0);
            }
        print_message("condition %g: %td steps, uU within %.2g, u within %.2g\n", conditions[k / 2],
                      lsa_trajectory_stats(f.trajectory).steps, sqrt(error / limit), fabs(u / sqrt(sqrt(limit)) - 1.0));
        check_at_most(sqrt(error / limit), 1e-15 * sqrt((double)d));
        check_close(u, sqrt(sqrt(limit)), 1e-14, 0.0);
        flowing_clear(&f);
    }
}

static void test_full_layer_keeps_the_reduced_one(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_init(&f, "full", 3, 6.0, 1, 1);
    flowing_make(&f);
    flowing_start_identity(&f, 0.1);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(f.trajectory); k++) {
        const lsa_sample s = lsa_trajectory_sample(f.trajectory, k);
        for (ptrdiff_t i = 0; i < 3; i++) {
            check_close(flowing_get(&f, s, "px")[i], 0.0, 0.0, 0.0); /* exactly zero */
            check_close(flowing_get(&f, s, "k")[i], 0.0, 0.0, 0.0);
        }
    }
    flowing_clear(&f);
}

/* A symmetry is one of the loss, not of its largest terms: at this noise px, u, U and k each seem to be free at states of order 1
 * (the full layer then kept |px|^2, |U|^2 and u^2 - |k|^2, and stood still). */
static void test_conserved_beside_large_terms(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_init(&f, "full", 2, 10.0, 1, 1);
    f.setting.experiment.training.label_noise = 1e13;
    flowing_make(&f);
    flowing_start_gaussian(&f, 0.1, 3);
    f.options.rtol = 1e-8;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_conserved_count(f.trajectory), 1);
    assert_string_equal(lsa_trajectory_conserved(f.trajectory, 0).name, "|px|^2 + u^2 - |U|_F^2 - |k|^2");
    const lsa_sample end = lsa_trajectory_raw(f.trajectory);
    check_close(end.loss, 1.0, 1e-9, 0.0); /* of zero: nothing can be read from such labels */
    flowing_clear(&f);
}

/* |b| decays as exp(-Lambda t), beside W that moves 1e6 times as fast and weighs 1e12 times as much. */
static void test_a_block_of_little_weight_moves(void **state)
{
    (void)state;
    static const char *const text =
        "gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
        "parameters: {u: scalar, U: [d, d], b: vector}\n"
        "prediction: \"u/rho * sum(i, w' * x[i] * x[i]') * U * xq + b' * xq\"\n"
        "target: \"w' * xq\"\n";
    static const double times[] = {0.0, 1e-6, 3e-6};
    lsa_flowing f = {.options = lsa_flow_options_defaults()};
    fixture_init(&f.setting, "own", text, 2, 20.0, 1, 1);
    f.setting.experiment.training.covariance = fixture_scalar(&f.setting, 2, 1e6);
    flowing_make(&f);
    flowing_start_gaussian(&f, 1e-9, 2);
    f.options.times = times;
    f.options.n_times = 3;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_conserved_count(f.trajectory), 1);
    for (ptrdiff_t k = 0; k < 3; k++)
        for (ptrdiff_t i = 0; i < 2; i++) {
            const double b = f.start[flowing_block(&f, "b", 0)->offset + i];
            check_close(flowing_get(&f, lsa_trajectory_sample(f.trajectory, k), "b")[i], b * exp(-1e6 * times[k]), 0.0,
                        10.0 * f.options.rtol * fabs(b));
        }
    flowing_clear(&f);
}

/* Two heads: u_h^2 - |U_h|^2 for each, and the sum over heads reaches Gamma^-1. */
static void test_heads(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_init(&f, "multihead", 3, 6.0, 2, 1);
    flowing_make(&f);
    flowing_start_gaussian(&f, 0.2, 8);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_conserved_count(f.trajectory), 2);
    for (ptrdiff_t k = 0; k < 2; k++) {
        const lsa_conserved c = lsa_trajectory_conserved(f.trajectory, k);
        assert_string_equal(c.name, k == 0 ? "u[1]^2 - |U[1]|_F^2" : "u[2]^2 - |U[2]|_F^2");
        check_at_most(c.drift, 40.0 * f.options.rtol);
    }
    const lsa_sample end = lsa_trajectory_polished(f.trajectory);
    const double gamma = 1.0 + 4.0 / 6.0; /* Lambda = I */
    for (ptrdiff_t i = 0; i < 9; i++) {
        double sum = 0.0;
        for (ptrdiff_t h = 0; h < 2; h++)
            sum += end.state[flowing_block(&f, "u", h)->offset] * end.state[flowing_block(&f, "U", h)->offset + i];
        check_close(sum, i % 4 == 0 ? 1.0 / gamma : 0.0, 0.0, 1e-12);
    }
    assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_GAP);
    flowing_clear(&f);
}

/* Three heads by their exact Newton matrix, by Krylov iterations that it preconditions, and by a dense factorisation of
 * the polynomial's Hessian; `auto` takes the first. */
static void test_methods_agree_on_heads(void **state)
{
    (void)state;
    static const double times[] = {0.0, 0.5, 1.0, 3.0, 10.0, 40.0};
    const lsa_method methods[] = {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE};
    lsa_flowing f;
    flowing_init(&f, "multihead", 5, 8.0, 3, 1);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, 5, FIVE);
    f.setting.experiment.training.label_noise = 0.3;
    flowing_make(&f);
    flowing_start_gaussian(&f, 0.3, 5);
    f.options.times = times;
    f.options.n_times = 6;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    lsa_trajectory *arrowhead = f.trajectory;
    f.trajectory = NULL;
    assert_string_equal(lsa_trajectory_stats(arrowhead).method, "arrowhead");
    for (int k = 0; k < 2; k++) {
        f.options.method = methods[k];
        check_status(flowing_run(&f), LSA_OK, &f.err);
        check_at_most(distance(arrowhead, f.trajectory, 78), 20.0 * f.options.rtol); /* 10 rtol each */
        for (ptrdiff_t i = 0; i < 6; i++) {
            const lsa_sample a = lsa_trajectory_sample(arrowhead, i), b = lsa_trajectory_sample(f.trajectory, i);
            check_close(a.loss, b.loss, 20.0 * f.options.rtol, 0.0);
        }
        if (methods[k] == LSA_METHOD_KRYLOV)
            check_at_most((double)lsa_trajectory_stats(f.trajectory).linear,
                          1.1 * (double)lsa_trajectory_stats(f.trajectory).newton);
    }
    f.options.method = LSA_METHOD_REDUCED;
    check_status(flowing_run(&f), LSA_ERR_UNABLE, &f.err);
    lsa_trajectory_destroy(arrowhead);
    flowing_clear(&f);
}

/* Lambda and Omega that share no basis: H is still diagonal, by the eigenbasis of each side, B is not. The arrowhead is then
 * exact, which shows in Krylov iterations that it preconditions: one a Newton step. */
static void test_a_general_task_covariance(void **state)
{
    (void)state;
    enum { D = 4 };
    static const double times[] = {0.0, 0.5, 3.0, 20.0, 100.0};
    static const double omega[D * D] = {1.0,  0.4, -0.2, 0.1, 0.4, 2.0, 0.3, 0.0,
                                        -0.2, 0.3, 0.7,  0.2, 0.1, 0.0, 0.2, 1.5};
    const lsa_method methods[] = {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE};
    lsa_flowing f;
    flowing_init(&f, "merged", D, 6.0, 1, 1);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, D, FIVE);
    f.setting.experiment.training.task_covariance = fixture_matrix(&f.setting, D, omega);
    f.setting.experiment.training.label_noise = 0.2;
    flowing_make(&f);
    assert_false(lsa_program_form(f.program)->B_diagonal);
    flowing_start_random(&f, 0.3, 2);
    f.options.times = times;
    f.options.n_times = 5;
    f.options.may_reduce = true; /* asked, and not possible */
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_string_equal(lsa_trajectory_stats(f.trajectory).method, "arrowhead");
    lsa_trajectory *arrowhead = f.trajectory;
    f.trajectory = NULL;
    for (int k = 0; k < 2; k++) {
        f.options.method = methods[k];
        check_status(flowing_run(&f), LSA_OK, &f.err);
        check_at_most(distance(arrowhead, f.trajectory, D * D + 1), 20.0 * f.options.rtol); /* 10 rtol each */
        if (methods[k] == LSA_METHOD_KRYLOV)
            check_at_most((double)lsa_trajectory_stats(f.trajectory).linear,
                          1.1 * (double)lsa_trajectory_stats(f.trajectory).newton);
    }
    lsa_trajectory_destroy(arrowhead);
    flowing_clear(&f);
}

/* Px and k are stiff beside U as they decay: preconditioned by U's arrowhead alone, a Newton step would take 5 iterations
 * here, and 27 at d = 100. */
static void test_krylov_iterations_stay_few(void **state)
{
    (void)state;
    enum { D = 10 };
    double spectrum[D];
    lsa_flowing f;
    flowing_init(&f, "full", D, 10.0, 1, 1);
    geometric(D, 100.0, spectrum);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, D, spectrum);
    flowing_make(&f);
    flowing_start_gaussian(&f, 0.1, 1);
    f.options.rtol = 1e-8;
    f.options.minimum = lsa_program_product_form(f.program)->minimum;
    f.options.stop.gap = 1e-10;
    f.options.method = LSA_METHOD_KRYLOV;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const lsa_solver_stats stats = lsa_trajectory_stats(f.trajectory);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    check_at_most((double)stats.linear, 2.0 * (double)stats.newton);
    flowing_start_gaussian(&f, 0.1, 2); /* ends in a spurious minimum, where px and k stay and couple to U */
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const lsa_solver_stats spurious = lsa_trajectory_stats(f.trajectory);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_LOCAL_MINIMUM);
    check_at_most((double)spurious.linear, 3.0 * (double)spurious.newton);
    flowing_clear(&f);
}

/* The same end from the polynomial alone, with the minimum given. */
static void test_gap_without_a_form(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_init(&f, "full", 2, 8.0, 1, 1);
    flowing_make(&f);
    /* the paper's start, sigma = 0.2, slightly off in every block: such starts reach the global minimum, for any seed */
    flowing_start_gaussian(&f, 0.01, 1);
    f.start[2] += 0.2;
    f.start[3] += 0.2 / sqrt(2.0);
    f.start[6] += 0.2 / sqrt(2.0);
    f.options.minimum = 0.5 * 2.0 * (1.0 - 1.0 / (1.0 + 3.0 / 8.0)); /* 1/2 [tr Lambda - tr(Lambda^2 Gamma^-1)] */
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const lsa_classification end = lsa_trajectory_classification(f.trajectory);
    assert_int_equal(end.kind, LSA_KIND_GLOBAL_MINIMUM);
    check_at_most(fabs(lsa_trajectory_raw(f.trajectory).gap), 1e-13);
    check_at_most(fabs(end.excess), 1e-13);
    flowing_clear(&f);
}

static void test_zero_start_is_the_saddle(void **state)
{
    (void)state;
    const char *const statements[] = {"merged", "full"};
    for (int k = 0; k < 2; k++) {
        lsa_flowing f;
        flowing_init(&f, statements[k], 3, 6.0, 1, 1);
        flowing_make(&f);
        check_status(flowing_run(&f), LSA_OK, &f.err);
        const lsa_classification end = lsa_trajectory_classification(f.trajectory);
        assert_int_equal(end.kind, LSA_KIND_SADDLE);
        assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_GRADIENT);
        assert_int_equal(lsa_trajectory_stats(f.trajectory).steps, 0);
        /* Hessian at zero: +-|B|_F, and +- singular values of B for (px, k); B = I */
        assert_int_equal(end.negative, k == 0 ? 1 : 4);
        check_close(end.least_eigenvalue, -sqrt(3.0), 1e-12, 0.0);
        flowing_clear(&f);
    }
}

/* U = -u I/sqrt d with isotropic Lambda stays on its line and goes to the saddle (docs/theory.md); only rounding leads away. */
static void test_stable_line_ends_in_the_saddle(void **state)
{
    (void)state;
    const double ones[3] = {1.0, 1.0, 1.0}, u0 = 0.2;
    for (ptrdiff_t d = 1; d <= 3; d += 2) {
        lsa_flowing f;
        flowing_merged(&f, d, 6.0, ones, 0);
        flowing_start_identity(&f, -0.2);
        flowing_set(&f, "u", &u0);
        check_status(flowing_run(&f), LSA_OK, &f.err);
        assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_SADDLE);
        flowing_start_identity(&f, 1e7); /* shrinks by as much, to the minimum */
        check_status(flowing_run(&f), LSA_OK, &f.err);
        assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
        flowing_clear(&f);
    }
}

/* px k' on u = U = 0: the rank-one family holds a strict local minimum for d = 2, N = 2, Lambda = diag(2, .5)
 * by exact cubature: loss .779411765, global .716911765. */
static void test_spurious_minimum_stops_by_itself(void **state)
{
    (void)state;
    static const double spectrum[2] = {2.0, 0.5}, px[2] = {0.5, 0.02}, k[2] = {0.5, -0.02};
    lsa_flowing f;
    flowing_init(&f, "full", 2, 2.0, 1, 1);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, 2, spectrum);
    flowing_make(&f);
    flowing_set(&f, "px", px);
    flowing_set(&f, "k", k);
    f.options.minimum = 0.5 * (2.5 - 4.0 / (3.0 + 1.25) - 0.25 / (0.75 + 1.25));
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const lsa_classification end = lsa_trajectory_classification(f.trajectory);
    check_close(f.options.minimum, .716911765, 1e-8, 0.0);
    check_close(lsa_trajectory_raw(f.trajectory).loss, .779411765, 1e-8, 0.0);
    assert_int_equal(end.kind, LSA_KIND_LOCAL_MINIMUM);
    assert_int_equal(end.negative, 0);
    check_close(end.least_eigenvalue, 0.12, 0.05, 0.0); /* at |px| = |k|: 0 (scaling), .12, .35, .37, 1.1, ... */
    flowing_clear(&f);
}

static void test_scalar(void **state)
{
    (void)state;
    const double spectrum[1] = {1.0};
    lsa_flowing f;
    flowing_merged(&f, 1, 10.0, spectrum, 0);
    flowing_start_identity(&f, 0.2);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    check_close(*flowing_get(&f, lsa_trajectory_polished(f.trajectory), "u"), 0.91287092917527685576, 1e-15, 0.0);
    flowing_clear(&f);
}

/* ---------------------------------------------------------------- stops */

static void test_stops(void **state)
{
    (void)state;
    const lsa_stop none = {.gap = NAN, .gradient = NAN, .time = NAN, .wall = NAN};
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    flowing_start_random(&f, 0.1, 6);
    f.options.stop = none;
    f.options.stop.time = 2.5;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_TIME);
    check_close(lsa_trajectory_raw(f.trajectory).time, 2.5, 0.0, 0.0);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_NOT_STATIONARY);
    assert_int_equal(lsa_trajectory_count(f.trajectory), 200);
    f.options.stop.time = 1e12; /* long after nothing moves: the end is held until then */
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_TIME);
    check_close(lsa_trajectory_raw(f.trajectory).time, 1e12, 0.0, 0.0);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    f.options.stop = none;
    f.options.stop.gradient = 1e-3;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_GRADIENT);
    check_close(lsa_trajectory_classification(f.trajectory).gradient_ratio, 1e-3, 1e-6, 0.0);
    f.options.stop = none; /* nothing asked: until nothing moves */
    check_status(flowing_run(&f), LSA_OK, &f.err);
    check_at_most(lsa_trajectory_raw(f.trajectory).gap, 1e-24);
    f.options.stop.wall = 0.0;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_WALL);
    f.options.stop = none;
    f.options.stop.gap = 1e-3;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    check_close(lsa_trajectory_raw(f.trajectory).gap, 1e-3, 1e-9, 0.0);
    flowing_clear(&f);
}

/* A gap asked for is a place to stop: later samples do not exist. The default gap only says "converged": samples stay
 * accurate to rtol until the path itself is. */
static void test_samples_past_the_stop(void **state)
{
    (void)state;
    static const double times[] = {0.0, 1.0, 30.0, 1e5};
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    flowing_start_random(&f, 0.1, 6);
    f.options.times = times;
    f.options.n_times = 4;
    f.options.stop.gap = 0.3;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const ptrdiff_t kept = lsa_trajectory_count(f.trajectory), missing = lsa_trajectory_missing_count(f.trajectory);
    assert_int_equal(kept + missing, 4);
    check_at_most(lsa_trajectory_sample(f.trajectory, kept - 1).time, lsa_trajectory_raw(f.trajectory).time);
    for (ptrdiff_t k = 0; k < missing; k++) {
        check_close(lsa_trajectory_missing_time(f.trajectory, k), times[kept + k], 0.0, 0.0);
        check_at_least(lsa_trajectory_missing_time(f.trajectory, k), lsa_trajectory_raw(f.trajectory).time);
    }
    f.options.stop.gap = 1e-14;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_missing_count(f.trajectory), 0);
    const double last = *flowing_get(&f, lsa_trajectory_sample(f.trajectory, 3), "u");
    check_close(last, *flowing_get(&f, lsa_trajectory_polished(f.trajectory), "u"), 10.0 * f.options.rtol, 0.0);
    flowing_clear(&f);
}

/* The path waits at the saddle where it starts. That is all: the slow mode that is left when the fast one is learnt, a
 * million times slower, is a steady descent to the minimum and no rest at a saddle. A start far from it has no plateau. */
static void test_plateaus(void **state)
{
    (void)state;
    const double spectrum[2] = {1.0, 1e-3}, sigmas[] = {1e-8, 0.5};
    for (int k = 0; k < 2; k++) {
        lsa_flowing f;
        ptrdiff_t count = 0;
        flowing_merged(&f, 2, 10.0, spectrum, 0);
        flowing_start_identity(&f, sigmas[k]);
        check_status(flowing_run(&f), LSA_OK, &f.err);
        for (ptrdiff_t e = 0; e < lsa_trajectory_event_count(f.trajectory); e++) {
            const lsa_event event = lsa_trajectory_event(f.trajectory, e);
            if (strncmp(event.name, "plateau", 7) != 0) {
                assert_true(isnan(event.saddle));
                continue;
            }
            count++;
            print_message("%s at %g, loss %.9g\n", event.name, event.time, event.loss);
            check_close(event.time, 0.0, 0.0, 0.0);
            check_close(event.loss, 0.5 * 1.001, 1e-15, 0.0);
            check_close(event.saddle, 0.5 * 1.001, 1e-15, 0.0);
        }
        assert_int_equal(count, k == 0 ? 1 : 0);
        flowing_clear(&f);
    }
}

static void test_events_come_in_order(void **state)
{
    (void)state;
    static const double spectrum[2] = {1.0, 0.6}, u0 = 0.1, U0[4] = {-1.0, 0.2, 0.3, -0.8};
    bool changed = false;
    lsa_flowing f;
    flowing_merged(&f, 2, 6.0, spectrum, 0); /* the reference case in which u changes sign */
    flowing_set(&f, "u", &u0);
    flowing_set(&f, "U", U0);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(f.trajectory); k++) {
        const lsa_event e = lsa_trajectory_event(f.trajectory, k);
        if (k > 0)
            assert_true(e.time >= lsa_trajectory_event(f.trajectory, k - 1).time);
        changed = changed || strcmp(e.name, "sign-change of u") == 0;
        print_message("%s at %.6g, loss %.6g\n", e.name, e.time, e.loss);
    }
    assert_true(changed);
    check_at_most(*flowing_get(&f, lsa_trajectory_polished(f.trajectory), "u"), 0.0);
    flowing_clear(&f);
}

/* ---------------------------------------------------------------- misuse and trouble */

static void test_bad_starts_and_options(void **state)
{
    (void)state;
    static const double backwards[] = {1.0, 0.5};
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    flowing_start_random(&f, 0.1, 6);
    f.options.rtol = 1e-15;
    check_status(flowing_run(&f), LSA_ERR_INPUT, &f.err);
    f.options.rtol = 1e-8;
    f.options.times = backwards;
    f.options.n_times = 2;
    check_status(flowing_run(&f), LSA_ERR_INPUT, &f.err);
    f.options.n_times = 0;
    f.options.points = 1;
    check_status(flowing_run(&f), LSA_ERR_INPUT, &f.err);
    f.options.points = 10;
    f.options.stop.time = -1.0;
    check_status(flowing_run(&f), LSA_ERR_INPUT, &f.err);
    f.options.stop.time = NAN;
    f.start[flowing_block(&f, "U", 0)->offset + 7] = NAN;
    check_status(flowing_run(&f), LSA_ERR_DOMAIN, &f.err);
    check_contains(f.err.text, "U[3,2]");
    assert_null(f.trajectory);
    flowing_start_random(&f, 1e200, 6);
    check_status(flowing_run(&f), LSA_ERR_DOMAIN, &f.err);
    flowing_clear(&f);
}

/* From far out the gradient falls by 10^60 before the path is anywhere near its end. */
static void test_a_large_start_comes_down(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    for (double sigma = 1e4; sigma <= 1e20; sigma *= 1e8) {
        flowing_start_random(&f, sigma, 6);
        check_status(flowing_run(&f), LSA_OK, &f.err);
        assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    }
    flowing_clear(&f);
}

/* Modes with lambda_i lambda_j = 0 keep their start; the others reach Gamma^-1. */
static void test_semidefinite_covariance(void **state)
{
    (void)state;
    static const double spectrum[3] = {1.0, 0.5, 0.0};
    lsa_flowing f;
    flowing_merged(&f, 3, 8.0, spectrum, 0);
    flowing_start_random(&f, 0.1, 3);
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const lsa_classification end = lsa_trajectory_classification(f.trajectory);
    const lsa_sample last = lsa_trajectory_polished(f.trajectory);
    const double *U = flowing_get(&f, last, "U"), *U0 = f.start + flowing_block(&f, "U", 0)->offset;
    const double u = *flowing_get(&f, last, "u");
    for (ptrdiff_t k = 0; k < 9; k++)
        if (k % 3 == 2 || k / 3 == 2)
            check_close(U[k], U0[k], 1e-14, 0.0);
    for (ptrdiff_t i = 0; i < 2; i++)
        check_close(u * U[4 * i], 1.0 / (1.125 * spectrum[i] + 1.5 / 8.0), 1e-14, 0.0);
    assert_int_equal(end.kind, LSA_KIND_GLOBAL_MINIMUM);
    assert_int_equal(end.zero, 5);
    assert_int_equal(end.positive, 4);
    flowing_clear(&f);
}

static void count_calls(void *context, double time, double gap, ptrdiff_t steps)
{
    ptrdiff_t *calls = context;
    assert_true(time > 0.0 && gap > 0.0 && steps > 0);
    ++*calls;
}

static void test_interrupt_and_progress(void **state)
{
    (void)state;
    volatile sig_atomic_t flag = 1;
    ptrdiff_t calls = 0;
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    flowing_start_random(&f, 0.1, 6);
    f.options.progress = count_calls;
    f.options.progress_context = &calls;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    const ptrdiff_t due = lsa_trajectory_stats(f.trajectory).steps / 32;
    check_close((double)calls, (double)due, 0.0, 1.0);
    f.options.interrupt = &flag;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_INTERRUPT);
    assert_int_equal(lsa_trajectory_stats(f.trajectory).steps, 1);
    assert_true(lsa_trajectory_count(f.trajectory) >= 1);
    flowing_clear(&f);
}

/* Starts of the full layer from 1e12 on are beyond iterations that stop by a residual; which of them end by an error is a
 * matter of rounding. The story must name where and what. */
static void test_a_failure_tells_its_story(void **state)
{
    (void)state;
    int failures = 0;
    for (uint64_t seed = 1; seed <= 12 && failures == 0; seed++) {
        lsa_flowing f;
        flowing_init(&f, "full", 5, 8.0, 1, 1);
        f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, 5, FIVE);
        flowing_make(&f);
        flowing_start_gaussian(&f, seed % 2 == 0 ? 1e12 : 1e24, seed);
        f.options.method = LSA_METHOD_KRYLOV;
        f.options.max_steps = 100000;
        const lsa_status status = flowing_run(&f);
        if (status != LSA_OK && strstr(f.err.text, "CV_CONV_FAILURE") != NULL) {
            check_status(status, LSA_ERR_SOLVER, &f.err);
            check_contains(f.err.text, "the integrator stopped at time");
            check_contains(f.err.text, "order");
            check_contains(f.err.text, "of what is allowed");
            check_contains(f.err.text, "try flow.method");
            assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_FAILURE);
            failures++;
        }
        flowing_clear(&f);
    }
    assert_true(failures > 0);
}

static void test_step_limit_keeps_what_was_reached(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    flowing_start_random(&f, 0.1, 6);
    f.options.max_steps = 50;
    check_status(flowing_run(&f), LSA_ERR_SOLVER, &f.err);
    check_contains(f.err.text, "50 steps");
    assert_non_null(f.trajectory);
    assert_int_equal(lsa_trajectory_reason(f.trajectory), LSA_STOPPED_FAILURE);
    assert_true(lsa_trajectory_raw(f.trajectory).time > 0.0);
    flowing_clear(&f);
}

static void test_states_can_be_dropped(void **state)
{
    (void)state;
    lsa_flowing f;
    flowing_merged(&f, 5, 8.0, FIVE, 0);
    flowing_start_random(&f, 0.1, 6);
    f.options.drop_states = true;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    assert_null(lsa_trajectory_sample(f.trajectory, 3).state);
    assert_non_null(lsa_trajectory_raw(f.trajectory).state);
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_methods_agree),
        cmocka_unit_test(test_the_first_step_keeps_the_tolerance),
        cmocka_unit_test(test_reduction_is_exact),
        cmocka_unit_test(test_a_compressed_diagonal_is_exact),
        cmocka_unit_test(test_a_diagonal_start_needs_no_matrix),
        cmocka_unit_test(test_methods_that_do_not_apply),
        cmocka_unit_test(test_limits_over_condition_numbers),
        cmocka_unit_test(test_a_held_end_has_its_slow_modes),
        cmocka_unit_test(test_rescaling_repairs_u),
        cmocka_unit_test(test_the_end_is_at_rounding),
        cmocka_unit_test(test_full_layer_keeps_the_reduced_one),
        cmocka_unit_test(test_conserved_beside_large_terms),
        cmocka_unit_test(test_a_block_of_little_weight_moves),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_methods_agree_on_heads),
        cmocka_unit_test(test_krylov_iterations_stay_few),
        cmocka_unit_test(test_a_general_task_covariance),
        cmocka_unit_test(test_gap_without_a_form),
        cmocka_unit_test(test_zero_start_is_the_saddle),
        cmocka_unit_test(test_stable_line_ends_in_the_saddle),
        cmocka_unit_test(test_spurious_minimum_stops_by_itself),
        cmocka_unit_test(test_scalar),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_samples_past_the_stop),
        cmocka_unit_test(test_plateaus),
        cmocka_unit_test(test_events_come_in_order),
        cmocka_unit_test(test_bad_starts_and_options),
        cmocka_unit_test(test_a_large_start_comes_down),
        cmocka_unit_test(test_semidefinite_covariance),
        cmocka_unit_test(test_interrupt_and_progress),
        cmocka_unit_test(test_a_failure_tells_its_story),
        cmocka_unit_test(test_step_limit_keeps_what_was_reached),
        cmocka_unit_test(test_states_can_be_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
