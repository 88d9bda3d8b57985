/* Sampling: the same digits for any number of threads and either form of the layer, early stops, interrupts, refusals. */
#include "prompt_law.h"

typedef struct bench {
    lsa_fixture s;
    lsa_prompt_law law;
    lsa_layer *layer;
    lsa_sample_options options;
} bench;

static const double Lambda[] = {2.0, 0.3, 0.1, 0.3, 1.0, -0.2, 0.1, -0.2, 0.5};

static void open_bench(bench *b)
{
    lsa_error err;
    fixture_init(&b->s, "full", NULL, 3, 5, 1, 1);
    b->s.experiment.training.covariance = fixture_matrix(&b->s, 3, Lambda);
    b->s.experiment.training.label_noise = 0.2;
    check_status(lsa_prompt_law_training(&b->s.experiment, &b->law, &err), LSA_OK, &err);
    check_status(lsa_layer_create(3, 1, false, &b->layer, &err), LSA_OK, &err);
    const double *x = fixture_normals(&b->s, 15, 2, 0.4);
    lsa_layer_set_blocks(b->layer, 0, x, 0.8, x + 3, x + 12);
    b->options = lsa_sample_options_defaults();
}

static void close_bench(bench *b)
{
    lsa_layer_destroy(b->layer);
    fixture_clear(&b->s);
}

static lsa_sample_result sampled(const bench *b)
{
    lsa_error err;
    lsa_sample_result r;
    const lsa_predictor predictor = {.layer = b->layer};
    check_status(lsa_sample_error(&predictor, &b->law, &b->options, &r, &err), LSA_OK, &err);
    return r;
}

static void assert_same(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

/* Bit for bit, with a last chunk that is not full. */
static void threads_leave_no_trace(void **state)
{
    (void)state;
    bench b;
    open_bench(&b);
    b.options.prompts = 20001;
    b.options.relative_error = 0.0;
    b.options.baselines = 31;
    b.options.threads = 1;
    const lsa_sample_result one = sampled(&b);
    assert_true(one.prompts == 20001 && !one.resolved && one.looks == 2);
    for (int threads = 2; threads <= 3; threads++) {
        b.options.threads = threads;
        const lsa_sample_result more = sampled(&b);
        assert_same(more.error.mean, one.error.mean);
        assert_same(more.error.half_width, one.error.half_width);
        assert_same(more.error.skewness, one.error.skewness);
        for (int k = 0; k < LSA_BASELINE_COUNT; k++) {
            assert_same(more.baseline[k].mean, one.baseline[k].mean);
            assert_same(more.difference[k].half_width, one.difference[k].half_width);
        }
    }
    close_bench(&b);
}

/* A mixture with a rare component: the same digits for any number of threads, each stratum with prompts of its own, gradients
 * too; and a stratified mean that a fixed layer of each component would give. */
static void strata_do_not_know_threads(void **state)
{
    (void)state;
    bench b;
    lsa_error err;
    open_bench(&b);
    lsa_covariance *mixture = fixture_covariance(&b.s, LSA_COVARIANCE_MIXTURE, 3);
    const lsa_covariance components[] = {*fixture_matrix(&b.s, 3, Lambda), *fixture_scalar(&b.s, 3, 20.0)};
    const double weights[] = {0.999, 0.001};
    mixture->n_components = 2;
    mixture->components = components;
    mixture->weights = weights;
    law_covariates(&b.law, mixture);
    b.options.prompts = 20001;
    b.options.relative_error = 0.0;
    b.options.threads = 1;
    const lsa_sample_result one = sampled(&b);
    lsa_means *means[2];
    for (int k = 0; k < 2; k++) {
        b.options.threads = 1 + 2 * k;
        check_status(lsa_means_create(lsa_layer_block_count(b.layer), &means[k], &err), LSA_OK, &err);
        check_status(lsa_sample_block_gradient(b.layer, &b.law, &b.options, means[k], &err), LSA_OK, &err);
    }
    assert_true(one.prompts == 20001 && one.strata == 2 && means[0]->prompts == 20001);
    assert_memory_equal(means[0]->mean, means[1]->mean, (size_t)means[0]->n * sizeof(double));
    assert_memory_equal(means[0]->standard_error, means[1]->standard_error, (size_t)means[0]->n * sizeof(double));
    const lsa_sample_result more = sampled(&b);
    assert_same(more.error.mean, one.error.mean);
    assert_same(more.error.half_width, one.error.half_width);
    double mean = 0.0, variance = 0.0;
    for (int c = 0; c < 2; c++) {
        law_covariates(&b.law, &components[c]);
        b.options.prompts = 400000;
        const lsa_sample_result part = sampled(&b);
        mean += weights[c] * part.error.mean;
        variance += pow(weights[c] * part.error.standard_error, 2.0);
    }
    /* five standard errors: 6e-7 */
    check_at_most(fabs(one.error.mean - mean), 5.0 * hypot(one.error.standard_error, sqrt(variance)));
    for (int k = 0; k < 2; k++)
        lsa_means_destroy(means[k]);
    close_bench(&b);
}

/* Prompts from number 256 on are the second half of 512; and no time is no prompts. */
static void first_prompt_and_time(void **state)
{
    (void)state;
    bench b;
    double half[2];
    open_bench(&b);
    b.options.relative_error = 0.0;
    for (int k = 0; k < 2; k++) {
        b.options.prompts = 256;
        b.options.first = 256 * (uint64_t)k;
        half[k] = sampled(&b).error.mean;
    }
    b.options.prompts = 512;
    b.options.first = 0;
    const lsa_sample_result whole = sampled(&b);
    check_close(whole.error.mean, 0.5 * (half[0] + half[1]), 1e-14, 0.0);
    assert_true(!whole.late && fabs(half[0] - half[1]) > 1e-6 * half[0]);
    b.options.seconds = 0.0;
    const lsa_sample_result none = sampled(&b);
    assert_true(none.late && none.prompts == 0 && isnan(none.error.mean) && isinf(none.attained) && !none.resolved);
    close_bench(&b);
}

static void gradients_do_not_know_threads(void **state)
{
    (void)state;
    bench b;
    lsa_error err;
    lsa_means *one, *two;
    open_bench(&b);
    b.options.prompts = 3000;
    check_status(lsa_means_create(16, &one, &err), LSA_OK, &err);
    check_status(lsa_means_create(16, &two, &err), LSA_OK, &err);
    b.options.threads = 1;
    check_status(lsa_sample_block_gradient(b.layer, &b.law, &b.options, one, &err), LSA_OK, &err);
    b.options.threads = 2;
    check_status(lsa_sample_block_gradient(b.layer, &b.law, &b.options, two, &err), LSA_OK, &err);
    assert_memory_equal(one->mean, two->mean, 16 * sizeof(double));
    assert_memory_equal(one->standard_error, two->standard_error, 16 * sizeof(double));
    lsa_means_destroy(two);
    lsa_means_destroy(one);
    close_bench(&b);
}

static void literal_and_statement_agree(void **state)
{
    (void)state;
    bench b;
    lsa_error err;
    lsa_sample_result r;
    open_bench(&b);
    b.options.prompts = 2000;
    const lsa_sample_result fast = sampled(&b);
    b.options.literal = true;
    check_close(sampled(&b).error.mean, fast.error.mean, 1e-12, 0.0);
    double *parameters = fixture_normals(&b.s, 15, 2, 0.4); /* px, U, k of the bench; the statement has u behind px */
    double ordered[16];
    memcpy(ordered, parameters, 3 * sizeof(double));
    ordered[3] = 0.8;
    memcpy(ordered + 4, parameters + 3, 12 * sizeof(double));
    check_status(lsa_sample_test(&b.s.experiment, NULL, ordered, &b.options, &r, &err), LSA_OK, &err);
    check_close(r.error.mean, fast.error.mean, 1e-12, 0.0);
    close_bench(&b);
}

/* Noiseless labels are the best linear predictions, so the distance to those is the error; the distance to zero is the
 * mean square of the prediction, and (a - b)^2 + (a + b)^2 = 2 a^2 + 2 b^2 ties it to the other two. */
static void distances(void **state)
{
    (void)state;
    bench b;
    open_bench(&b);
    b.s.experiment.training.label_noise = 0.0;
    b.options.prompts = 2000;
    b.options.baselines = LSA_BASELINE_BEST_LINEAR | LSA_BASELINE_ZERO | LSA_BASELINE_OLS;
    const lsa_sample_result r = sampled(&b);
    const int best = lsa_baseline_number(LSA_BASELINE_BEST_LINEAR), zero = lsa_baseline_number(LSA_BASELINE_ZERO);
    const int ridge = lsa_baseline_number(LSA_BASELINE_RIDGE);
    assert_string_equal(lsa_baseline_name(best), "best-linear");
    check_close(r.distance[best].mean, r.error.mean, 1e-14, 0.0);
    check_at_least(sqrt(r.distance[zero].mean) + sqrt(r.baseline[zero].mean), sqrt(r.error.mean));
    check_at_least(sqrt(r.distance[zero].mean) + sqrt(r.error.mean), sqrt(r.baseline[zero].mean));
    assert_true(isnan(r.distance[ridge].mean));
    const double *x = fixture_normals(&b.s, 15, 2, 0.4), twice[] = {2.0 * x[0], 2.0 * x[1], 2.0 * x[2]};
    lsa_layer_set_blocks(b.layer, 0, twice, 1.6, x + 3,
                         x + 12); /* twice the prediction, exactly, on the same prompts */
    check_close(sampled(&b).distance[zero].mean, 4.0 * r.distance[zero].mean, 1e-14, 0.0);
    lsa_layer_set_blocks(b.layer, 0, x, 0.8, x + 3, x + 12);
    b.options.relative_error = 0.3;
    b.options.alpha = 1e-3;
    b.options.prompts = 1000000;
    b.options.resolve = LSA_BASELINE_ZERO;
    const lsa_sample_result resolved = sampled(&b);
    assert_true(resolved.resolved);
    check_at_most(resolved.distance[zero].half_width, 0.3 * resolved.distance[zero].mean);
    close_bench(&b);
}

static void stops_when_resolved(void **state)
{
    (void)state;
    bench b;
    open_bench(&b);
    b.options.relative_error = 0.2;
    b.options.alpha = 1e-3;
    const lsa_sample_result r = sampled(&b);
    assert_true(r.resolved && r.prompts < b.options.prompts && r.prompts >= 16384);
    check_at_most(r.error.half_width, 0.2 * r.error.mean);
    b.options.prompts = 500;
    b.options.relative_error = 1e-6;
    const lsa_sample_result poor = sampled(&b);
    assert_true(!poor.resolved && poor.prompts == 500 && poor.looks == 1);
    b.options.prompts = 1;
    assert_true(isinf(sampled(&b).error.half_width));
    close_bench(&b);
}

static void interrupts(void **state)
{
    (void)state;
    bench b;
    lsa_error err;
    lsa_sample_result r;
    volatile sig_atomic_t stop = 1;
    open_bench(&b);
    b.options.interrupt = &stop;
    const lsa_predictor predictor = {.layer = b.layer};
    check_status(lsa_sample_error(&predictor, &b.law, &b.options, &r, &err), LSA_ERR_INTERRUPTED, NULL);
    assert_true(r.prompts == 0 && isnan(r.error.mean));
    close_bench(&b);
}

/* A Gaussian setting that overflows must not end as a mean of inf. */
static void not_finite(void **state)
{
    (void)state;
    bench b;
    lsa_error err;
    lsa_sample_result r;
    open_bench(&b);
    lsa_layer_pv(b.layer, 0)[15] = 1e300;
    lsa_layer_kq(b.layer, 0)[0] = 1e300;
    const lsa_predictor predictor = {.layer = b.layer};
    check_status(lsa_sample_error(&predictor, &b.law, &b.options, &r, &err), LSA_ERR_DOMAIN, NULL);
    check_contains(err.text, "prompt 0 gives");
    close_bench(&b);
}

static void refusals(void **state)
{
    (void)state;
    bench b;
    lsa_error err;
    lsa_sample_result r;
    open_bench(&b);
    const lsa_predictor predictor = {.layer = b.layer}, nothing = {0};
    lsa_sample_options wrong = b.options;
    wrong.prompts = 0;
    check_status(lsa_sample_error(&predictor, &b.law, &wrong, &r, &err), LSA_ERR_DOMAIN, NULL);
    wrong = b.options;
    wrong.alpha = 1.0;
    check_status(lsa_sample_error(&predictor, &b.law, &wrong, &r, &err), LSA_ERR_DOMAIN, NULL);
    wrong = b.options;
    wrong.relative_error = (double)NAN;
    check_status(lsa_sample_error(&predictor, &b.law, &wrong, &r, &err), LSA_ERR_DOMAIN, NULL);
    check_status(lsa_sample_error(&nothing, &b.law, &b.options, &r, &err), LSA_ERR_DOMAIN, NULL);
    close_bench(&b);
}

/* Fast and direct draw different numbers of the same law, each the same for any number of threads. */
static void fast_does_not_know_threads(void **state)
{
    (void)state;
    bench b;
    open_bench(&b);
    b.options.prompts = 20001;
    b.options.relative_error = 0.0;
    b.options.baselines = 31;
    const lsa_sample_result direct = sampled(&b);
    b.options.fast = true;
    b.options.threads = 1;
    const lsa_sample_result one = sampled(&b);
    b.options.threads = 3;
    const lsa_sample_result three = sampled(&b);
    assert_same(one.error.mean, three.error.mean);
    assert_same(one.error.skewness, three.error.skewness);
    assert_same(one.difference[4].half_width, three.difference[4].half_width);
    assert_true(one.error.mean != direct.error.mean);
    check_close(one.baseline[4].mean, direct.baseline[4].mean, 1e-12, 0.0); /* task and query are shared */
    assert_true(one.baseline[2].mean == 0.0);
    for (int k = 0; k < LSA_BASELINE_COUNT; k++) /* those that need the context are withheld, with the reason */
        assert_true((one.baseline[k].reason != NULL) == (k < 2 || k == 3) &&
                    isnan(one.baseline[k].mean) == (k < 2 || k == 3));
    check_contains(one.baseline[0].reason, "no context");
    close_bench(&b);
}

static void check_not_fast(const bench *b, const lsa_prompt_law *law, const char *part)
{
    lsa_error err;
    lsa_sample_result r;
    const lsa_predictor predictor = {.layer = b->layer};
    lsa_sample_options options = b->options;
    options.fast = true;
    options.prompts = 16;
    check_status(lsa_sample_error(&predictor, law, &options, &r, &err), LSA_ERR_UNABLE, NULL);
    check_contains(err.text, part);
    options.fast = false;
    check_status(lsa_sample_error(&predictor, law, &options, &r, &err), LSA_OK, &err);
}

static void fast_says_where_it_does_not_apply(void **state)
{
    (void)state;
    bench b;
    const double mean[] = {1.0, 0.0, 0.0}, direction[] = {1.0, 0.0, 0.0}, rows[] = {1.0, 2.0, 3.0}, label = 1.0;
    const lsa_teacher cubic = {.kind = LSA_TEACHER_CUBIC};
    open_bench(&b);
    lsa_prompt_law law[6];
    for (int k = 0; k < 6; k++)
        law[k] = b.law;
    lsa_covariance *random = fixture_covariance(&b.s, LSA_COVARIANCE_WISHART, 3);
    random->dof = 4.0;
    random->scale = b.law.setting.covariance;
    law_covariates(&law[0], random);
    law[1].setting.student = 20.0;
    law[2].setting.mean = mean;
    law_teacher(&law[3], &cubic, direction);
    law_rows(&law[4], 1, rows, &label);
    law_length(&law[5], 2);
    law[5].setting.query_orthogonal = true;
    check_not_fast(&b, &law[0], "covariance is random");
    check_not_fast(&b, &law[1], "not Gaussian");
    check_not_fast(&b, &law[2], "mean");
    check_not_fast(&b, &law[3], "not linear");
    check_not_fast(&b, &law[4], "not linear");
    check_not_fast(&b, &law[5], "depends on the context");
    close_bench(&b);
}

/* nu against the moments that the error, its variance and an interval need: 2q, 4q and 8q, q = 2 for labels of degree 1. */
static void heavy_tails(void **state)
{
    (void)state;
    bench b;
    const double nu[] = {4.0, 4.5, 8.0, 8.5, 16.0, 16.5};
    open_bench(&b);
    b.options.prompts = 64;
    b.options.baselines = LSA_BASELINE_ZERO;
    for (int k = 0; k < 6; k++) {
        b.law.setting.student = nu[k];
        const lsa_sample_result r = sampled(&b);
        assert_true(r.error.infinite == (k == 0) && isnan(r.error.mean) == (k == 0));
        assert_true(isfinite(r.error.standard_error) == (k >= 3));
        assert_true(isfinite(r.error.half_width) == (k == 5) && (r.error.reason == NULL) == (k == 5));
        assert_true(isfinite(r.difference[4].half_width) == (k == 5) && isfinite(r.baseline[4].half_width));
        assert_true(!r.resolved);
    }
    const double direction[] = {1.0, 0.0, 0.0};
    const lsa_teacher cubic = {.kind = LSA_TEACHER_CUBIC}; /* with k: y^2, degree 6 */
    law_teacher(&b.law, &cubic, direction);
    b.law.setting.student = 12.0;
    assert_true(sampled(&b).error.infinite);
    b.law.setting.student = 24.5;
    assert_true(isfinite(sampled(&b).error.standard_error));
    b.law.setting.student = 48.5;
    assert_true(isfinite(sampled(&b).error.half_width));
    close_bench(&b);
}

/* Each baseline by its own degree: one step 2 for linear labels, 4 for cubic ones; least squares 0 and 2. Nonlinear labels
 * are noise to least squares: no mean within one of M = d, no variance within three, no interval within seven. */
static void heavy_tails_of_baselines(void **state)
{
    (void)state;
    enum { OLS, RIDGE, BEST_LINEAR, ONE_STEP, ZERO };
    bench b;
    const double direction[] = {1.0, 0.0, 0.0};
    const lsa_teacher cubic = {.kind = LSA_TEACHER_CUBIC};
    open_bench(&b);
    b.options.prompts = 64;
    b.options.baselines = 31;
    b.law.setting.student = 4.0;
    lsa_sample_result r = sampled(&b);
    assert_true(r.baseline[ONE_STEP].infinite && isfinite(r.baseline[RIDGE].half_width));
    assert_true(isfinite(r.baseline[ZERO].half_width) && r.difference[ZERO].infinite);
    b.law.setting.student = 8.0;
    r = sampled(&b);
    assert_true(isfinite(r.baseline[ONE_STEP].mean) && isinf(r.baseline[ONE_STEP].half_width));
    law_teacher(&b.law, &cubic, direction);
    r = sampled(&b);
    assert_true(r.baseline[ONE_STEP].infinite && isinf(r.baseline[RIDGE].half_width));
    b.law.setting.student = 0.0;
    b.law.setting.label_noise = 0.0;
    for (ptrdiff_t M = 1; M <= 12; M++) {
        law_length(&b.law, M);
        b.law.rho = (double)M;
        r = sampled(&b);
        for (int k = OLS; k <= RIDGE; k++) {
            assert_true(r.baseline[k].infinite == (M >= 2 && M <= 4));
            assert_true(isfinite(r.baseline[k].standard_error) == (M > 6));
            assert_true(isfinite(r.baseline[k].half_width) == (M > 10));
        }
    }
    close_bench(&b);
}

/* E 1/lambda of a gamma law needs a shape above 1, E 1/lambda^2 one above 2, an interval one above 4; a query of the same draw
 * cancels lambda. */
static void least_squares_on_small_covariances(void **state)
{
    (void)state;
    bench b;
    const double shape[] = {0.9, 1.5, 2.5, 4.5};
    open_bench(&b);
    b.options.prompts = 1024; /* what the spread of a gamma law of shape 0.9 asks for */
    b.options.baselines = LSA_BASELINE_OLS;
    law_length(&b.law, 20);
    b.law.rho = 20.0;
    b.law.setting.label_noise = 0.3;
    for (int k = 0; k < 4; k++) {
        lsa_covariance *random = fixture_covariance(&b.s, LSA_COVARIANCE_LAWS, 3);
        const lsa_law gamma = {LSA_LAW_GAMMA, {shape[k], 1.0 / shape[k]}};
        const lsa_law laws[] = {gamma, {LSA_LAW_UNIFORM, {0.5, 1.5}}, gamma};
        random->laws = laws;
        law_covariates(&b.law, random);
        law_query(&b.law, fixture_scalar(&b.s, 3, 1.0));
        lsa_sample_estimate ols = sampled(&b).baseline[0];
        assert_true(ols.infinite == (k == 0) && isfinite(ols.standard_error) == (k >= 2));
        assert_true(isfinite(ols.half_width) == (k == 3));
        law_covariates(&b.law, random);
        ols = sampled(&b).baseline[0];
        assert_true(isfinite(ols.half_width));
        law_query(&b.law, random);
        assert_true(sampled(&b).baseline[0].infinite == (k == 0));
    }
    close_bench(&b);
}

/* Least squares and the best linear rule are not offered where their rank or their meaning is not the law's. */
static void baselines_not_offered(void **state)
{
    (void)state;
    bench b;
    const double rows[] = {1.0, 2.0, 3.0, 4.0, 0.5, -1.0}, labels[] = {1.0, 2.0};
    open_bench(&b);
    b.options.prompts = 64;
    b.options.baselines = 31;
    law_rows(&b.law, 2, rows, labels);
    b.law.setting.label_noise = 0.0;
    const lsa_sample_result r = sampled(&b);
    for (int k = 0; k < LSA_BASELINE_COUNT; k++) {
        assert_true(r.baseline[k].infinite == (k < 3));
        assert_true(isfinite(r.baseline[k].mean) == (k >= 3));
    }
    close_bench(&b);
}

/* Nor where a component of a mixture has less rank than the others, whichever eigenvalue is the one that vanishes. */
static void least_squares_and_singular_components(void **state)
{
    (void)state;
    bench b;
    const int ols = lsa_baseline_number(LSA_BASELINE_OLS);
    const double weights[] = {0.5, 0.5};
    open_bench(&b);
    lsa_covariance *mixture = fixture_covariance(&b.s, LSA_COVARIANCE_MIXTURE, 3);
    mixture->n_components = 2;
    mixture->weights = weights;
    law_covariates(&b.law, mixture);
    b.options.prompts = 64;
    b.options.baselines = LSA_BASELINE_OLS;
    for (int zero = 0; zero <= 3; zero++) { /* 3: none */
        double spectrum[4] = {1.0, 2.0, 0.5, 0.0};
        spectrum[zero] = 0.0;
        const lsa_covariance components[] = {*fixture_scalar(&b.s, 3, 1.0), *fixture_diagonal(&b.s, 3, spectrum)};
        mixture->components = components;
        const lsa_sample_result r = sampled(&b);
        const char *reason = r.baseline[ols].reason != NULL ? r.baseline[ols].reason : "";
        assert_int_equal(strstr(reason, "the rank of the context varies") != NULL, zero < 3);
    }
    close_bench(&b);
}

/* A statement that writes its own labels cannot be tested on a teacher's. */
static void own_labels(void **state)
{
    (void)state;
    static const char *const text =
        "gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
        "parameters: {u: scalar}\n"
        "prediction: \"u/rho * sum(i, w' * x[i] * x[i]') * xq\"\n"
        "target: \"w' * xq\"\n";
    lsa_fixture s;
    lsa_error err;
    lsa_sample_result r;
    const double u = 0.5, direction[] = {1.0, 0.0};
    fixture_init(&s, "own", text, 2, 5, 1, 1);
    const lsa_setting test = {.name = "cubes",
                              .context = 5,
                              .covariance = fixture_scalar(&s, 2, 1.0),
                              .query_is_same = true,
                              .task = LSA_TASK_TEACHER,
                              .task_vector = direction,
                              .teacher = {.kind = LSA_TEACHER_CUBIC}};
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = 16;
    check_status(lsa_sample_test(&s.experiment, &test, &u, &options, &r, &err), LSA_ERR_UNABLE, NULL);
    check_contains(err.text, "cubes");
    check_status(lsa_sample_test(&s.experiment, NULL, &u, &options, &r, &err), LSA_OK, &err);
    fixture_clear(&s);
}

static void z_scores(void **state)
{
    (void)state;
    double mean[] = {1.0, 2.0, 3.0}, standard_error[] = {0.1, 0.5, 0.0};
    const lsa_means means = {3, 100, mean, standard_error, false, NULL};
    const double near[] = {1.2, 2.5, 3.0}, off[] = {1.0, 2.0, 3.1}, undefined[] = {1.0, (double)NAN, 3.0};
    check_close(lsa_means_zscore(&means, near), 2.0, 1e-12, 0.0);
    assert_true(isinf(lsa_means_zscore(&means, off)));
    assert_true(!(lsa_means_zscore(&means, undefined) <= 1e300));
    check_close(lsa_means_zscore_threshold(9, 1e-6), 5.31, 0.0, 0.005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_leave_no_trace),
        cmocka_unit_test(strata_do_not_know_threads),
        cmocka_unit_test(first_prompt_and_time),
        cmocka_unit_test(gradients_do_not_know_threads),
        cmocka_unit_test(literal_and_statement_agree),
        cmocka_unit_test(distances),
        cmocka_unit_test(stops_when_resolved),
        cmocka_unit_test(fast_does_not_know_threads),
        cmocka_unit_test(fast_says_where_it_does_not_apply),
        cmocka_unit_test(heavy_tails),
        cmocka_unit_test(heavy_tails_of_baselines),
        cmocka_unit_test(least_squares_on_small_covariances),
        cmocka_unit_test(baselines_not_offered),
        cmocka_unit_test(least_squares_and_singular_components),
        cmocka_unit_test(own_labels),
        cmocka_unit_test(interrupts),
        cmocka_unit_test(not_finite),
        cmocka_unit_test(refusals),
        cmocka_unit_test(z_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
