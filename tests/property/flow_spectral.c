/* Whole runs by the spectral road against CVODE's on random models: two ways that share no step say the same. */
#include "base/rng.h"
#include "draw.h"
#include "flowing.h"
#include <stdlib.h>

enum { POINTS = 30 };

typedef struct draw {
    lsa_flowing f;
    ptrdiff_t d;
    double condition, sigma;
    const char *start;
} draw;

/* A task covariance that does not commute with Lambda: B is not diagonal. */
static void set_task(lsa_flowing *f, ptrdiff_t d)
{
    double *Omega = fixture_numbers(&f->setting, d * d);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            Omega[i + j * d] = i == j ? 1.0 + 0.3 * (double)i : 0.2 / (double)(1 + labs((long)(i - j)));
    f->setting.experiment.training.task_covariance = fixture_matrix(&f->setting, d, Omega);
}

static void set_start(draw *x, lsa_rng *rng, int kind, uint64_t seed)
{
    static const char *const names[] = {"identity", "random", "gaussian", "negative", "opposed", "zero u"};
    lsa_flowing *f = &x->f;
    x->start = names[kind];
    if (kind == 0) {
        flowing_start_identity(f, x->sigma);
    } else if (kind != 2) {
        flowing_start_random(f, x->sigma, seed);
        f->start[flowing_block(f, "u", 0)->offset] *= kind == 4 ? -0.9 : kind == 5 ? 0.0 : 1.0;
    } else {
        flowing_start_gaussian(f, x->sigma, seed);
        f->start[flowing_block(f, "u", 0)->offset] = x->sigma * (0.5 + 2.0 * draw_uniform(rng)) * (double)x->d;
    }
    if (kind == 3)
        lsa_vec_scale(lsa_program_size(f->program), -1.0, f->start);
}

static void make(draw *x, lsa_rng *rng, int k)
{
    double spectrum[8];
    x->d = 1 + k % 8;
    x->condition = draw_power(rng, 0.0, 6.0);
    x->sigma = draw_power(rng, -6.0, 1.0);
    for (ptrdiff_t i = 0; i < x->d; i++)
        spectrum[i] = pow(x->condition, -(double)i / (double)(x->d > 1 ? x->d - 1 : 1));
    flowing_init(&x->f, "merged", x->d, k % 5 == 0 ? (double)INFINITY : 2.0 + 50.0 * draw_uniform(rng), 1, 1);
    x->f.setting.experiment.training.covariance = fixture_diagonal(&x->f.setting, x->d, spectrum);
    if (k % 3 == 0)
        set_task(&x->f, x->d);
    x->f.setting.experiment.training.label_noise = k % 4 == 0 ? 0.5 : 0.0;
    flowing_make(&x->f);
    set_start(x, rng, (int)(6.0 * draw_uniform(rng)), (uint64_t)k);
}

/* CVODE's run on its own grid, and the spectral one at the same times; false where that is refused. */
static bool run_both(lsa_flowing *f, lsa_trajectory **cvode)
{
    double times[POINTS];
    f->options.rtol = 1e-13;
    f->options.points = POINTS;
    f->options.method = LSA_METHOD_ARROWHEAD;
    check_status(flowing_run(f), LSA_OK, &f->err);
    *cvode = f->trajectory;
    f->trajectory = NULL;
    const ptrdiff_t count = lsa_trajectory_count(*cvode);
    for (ptrdiff_t k = 0; k < count; k++)
        times[k] = lsa_trajectory_sample(*cvode, k).time;
    f->options.times = times;
    f->options.n_times = count;
    f->options.method = LSA_METHOD_SPECTRAL;
    const lsa_status status = flowing_run(f);
    check_status(status, status == LSA_ERR_UNABLE ? LSA_ERR_UNABLE : LSA_OK, &f->err);
    return status == LSA_OK;
}

/* Largest difference of the states over the largest number in each, from time to time. */
static double distance(const lsa_trajectory *a, const lsa_trajectory *b, ptrdiff_t n)
{
    double worst = 0.0;
    assert_int_equal(lsa_trajectory_count(a), lsa_trajectory_count(b));
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(a); k++) {
        const double *x = lsa_trajectory_sample(a, k).state, *y = lsa_trajectory_sample(b, k).state;
        const double size = lsa_vec_norm_max(n, x);
        for (ptrdiff_t i = 0; i < n; i++)
            worst = fmax(worst, fabs(x[i] - y[i]) / size);
    }
    return worst;
}

static const lsa_event *find_event(const lsa_trajectory *t, const char *name, lsa_event *out)
{
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(t); k++) {
        *out = lsa_trajectory_event(t, k);
        if (strcmp(out->name, name) == 0)
            return out;
    }
    return NULL;
}

/* Gaps and sign changes at the same times; a plateau's is that of the lowest of the points that a run looks at. */
static void check_events(const lsa_trajectory *want, const lsa_trajectory *got)
{
    lsa_event match = {.time = 0.0}, escape = {.time = 0.0};
    find_event(want, "half-loss", &escape);
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(want); k++) {
        const lsa_event event = lsa_trajectory_event(want, k);
        const bool plateau = strncmp(event.name, "plateau", 7) == 0;
        assert_non_null(find_event(got, event.name, &match));
        check_close(match.time, event.time, plateau ? 0.5 : 1e-6, plateau ? 0.05 * escape.time : 0.0);
    }
    assert_int_equal(lsa_trajectory_event_count(got), lsa_trajectory_event_count(want));
}

static double fastest_rate(const lsa_program *program)
{
    const lsa_form *form = lsa_program_form(program);
    double rate = 0.0;
    for (ptrdiff_t j = 0; j < form->d; j++)
        for (ptrdiff_t i = 0; i < form->d; i++)
            rate = fmax(rate, lsa_form_rate(form, i, j));
    return rate;
}

static void check_ends(const lsa_flowing *f, const lsa_trajectory *want)
{
    const lsa_trajectory *got = f->trajectory;
    const ptrdiff_t n = lsa_program_size(f->program);
    const lsa_classification a = lsa_trajectory_classification(want), b = lsa_trajectory_classification(got);
    assert_int_equal(lsa_trajectory_reason(got), lsa_trajectory_reason(want));
    assert_int_equal(b.kind, a.kind);
    assert_int_equal(b.negative, a.negative);
    assert_int_equal(b.zero, a.zero);
    assert_int_equal(b.positive, a.positive);
    check_vector_close(n, lsa_trajectory_polished(got).state, lsa_trajectory_polished(want).state, 1e-12, 0.0);
    check_close(lsa_trajectory_conserved(got, 0).start, lsa_trajectory_conserved(want, 0).start, 0.0,
                1e-14 * lsa_vec_dot(n, f->start, f->start));
    for (ptrdiff_t k = 0; k < lsa_trajectory_count(got); k++) {
        const lsa_sample x = lsa_trajectory_sample(got, k), y = lsa_trajectory_sample(want, k);
        check_close(x.loss, y.loss, 4e-11, 1e-11 * lsa_program_loss_at_zero(f->program));
        check_close(lsa_trajectory_action(got, k), lsa_trajectory_action(want, k), 1e-10,
                    1e-12 / fastest_rate(f->program)); /* what CVODE follows it to */
    }
}

/* Whether the spectral road has gone this path. */
static bool check_draw(draw *x)
{
    lsa_trajectory *cvode = NULL;
    const bool done = run_both(&x->f, &cvode);
    if (done) {
        const lsa_solver_stats stats = lsa_trajectory_stats(x->f.trajectory);
        const double off = distance(cvode, x->f.trajectory, lsa_program_size(x->f.program));
        print_message("d %td, condition %.2g, sigma %.2g, %s: %td pieces for %td steps, off by %.2g, bound %.2g\n",
                      x->d, x->condition, x->sigma, x->start, stats.steps, lsa_trajectory_stats(cvode).steps, off,
                      stats.path_error);
        assert_string_equal(stats.method, "spectral");
        check_at_most(off, 1e-11); /* CVODE's 10 rtol and what a start near the saddle costs */
        check_events(cvode, x->f.trajectory);
        check_ends(&x->f, cvode);
    }
    lsa_trajectory_destroy(cvode);
    return done;
}

static void test_agrees_with_cvode(void **state)
{
    (void)state;
    lsa_rng rng = lsa_rng_at(21, LSA_RNG_PROBE, 0);
    for (int k = 0; k < 48; k++) {
        draw x;
        make(&x, &rng, k);
        assert_true(check_draw(&x));
        flowing_clear(&x.f);
    }
}

/* What the spectral road does not do is refused with the reason. */
static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *statement, *reason;
    } cases[] = {{"multihead", "needs a single head"}, {"full", "needs a loss of the form"}};
    for (int k = 0; k < 2; k++) {
        lsa_flowing f;
        flowing_init(&f, cases[k].statement, 3, 6.0, 2, 2);
        flowing_make(&f);
        flowing_start_gaussian(&f, 0.5, 4);
        f.options.method = LSA_METHOD_SPECTRAL;
        assert_int_equal(flowing_run(&f), LSA_ERR_UNABLE);
        check_contains(f.err.text, cases[k].reason);
        flowing_clear(&f);
    }
    static const double two[] = {1.0, 0.5};
    lsa_flowing f;
    flowing_merged(&f, 2, 8.0, two, 0);
    f.options.method = LSA_METHOD_SPECTRAL;
    assert_int_equal(flowing_run(&f), LSA_ERR_UNABLE); /* a start of zeros */
    check_contains(f.err.text, "needs a start");
    flowing_start_identity(&f, 100.0);
    f.start[flowing_block(&f, "u", 0)->offset] = 1.0;
    assert_int_equal(flowing_run(&f), LSA_ERR_UNABLE);
    check_contains(f.err.text, "would cancel");
    assert_null(f.trajectory);
    flowing_clear(&f);
}

/* A start by its diagonal: nothing of size d^2 is made. */
static void test_a_long_diagonal(void **state)
{
    (void)state;
    enum { d = 1000 };
    double spectrum[d], diagonal[d];
    lsa_flowing f;
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = 1.0 / (double)(i + 1);
    flowing_init(&f, "merged", d, 100.0, 1, 1);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, d, spectrum);
    flowing_compile(&f);
    for (ptrdiff_t i = 0; i < d; i++)
        diagonal[i] = 0.1 / sqrt((double)d);
    f.options.points = POINTS;
    f.options.rtol = 1e-12;
    check_status(lsa_flow_run_diagonal(f.program, 0.1, diagonal, &f.options, &f.trajectory, &f.err), LSA_OK, &f.err);
    lsa_trajectory *cvode = f.trajectory;
    f.trajectory = NULL;
    double times[POINTS];
    for (ptrdiff_t k = 0; k < POINTS; k++)
        times[k] = lsa_trajectory_sample(cvode, k).time;
    f.options.method = LSA_METHOD_SPECTRAL;
    f.options.times = times;
    f.options.n_times = POINTS;
    check_status(lsa_flow_run_diagonal(f.program, 0.1, diagonal, &f.options, &f.trajectory, &f.err), LSA_OK, &f.err);
    for (ptrdiff_t k = 0; k < POINTS; k++) {
        const lsa_sample a = lsa_trajectory_sample(cvode, k), b = lsa_trajectory_sample(f.trajectory, k);
        assert_null(b.state);
        check_vector_close(d + 1, b.modes, a.modes, 0.0, 1e-10);
    }
    print_message("%td pieces, bound %.2g\n", lsa_trajectory_stats(f.trajectory).steps,
                  lsa_trajectory_stats(f.trajectory).path_error);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    lsa_trajectory_destroy(cvode);
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_cvode),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_a_long_diagonal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
