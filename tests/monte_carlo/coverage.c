/* Intervals keep their level on skewed observations, with sampling that stops when it likes.
 *
 * The observations are (z1 z2)^2 (mean 1, skewness about 9), the squared error of the zero layer in dimension 1. Of R
 * repetitions at level 1 - alpha at most b may miss, P(Binomial(R, alpha) > b) < 1e-6. Power: the same samples with the
 * plain normal interval, alpha not split over the looks, must miss more often than that. */
#include "empirical/interval.h"
#include "empirical/prompt_average.h"
#include "fixture.h"
#include "lsaflow/empirical.h"

/* R = 400 repetitions of up to 4 looks at alpha = 0.02: 8 misses expected, 1e-6 beyond 25. */
static void sequential_sampling(void **state)
{
    (void)state;
    enum { REPETITIONS = 400, ALLOWED = 25 };
    lsa_fixture s;
    lsa_error err;
    lsa_layer *layer;
    lsa_prompt_law law;
    int misses = 0, looks_used[5] = {0};
    fixture_init(&s, "merged", NULL, 1, 0, 1, 1);
    check_status(lsa_prompt_law_training(&s.experiment, &law, &err), LSA_OK, &err);
    check_status(lsa_layer_create(1, 1, false, &layer, &err), LSA_OK, &err);
    const lsa_predictor predictor = {.layer = layer};
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = 65536;
    options.alpha = 0.02;
    options.relative_error = 0.066;
    for (uint64_t seed = 0; seed < REPETITIONS; seed++) {
        lsa_sample_result r;
        options.seed = 1000 + seed;
        check_status(lsa_sample_error(&predictor, &law, &options, &r, &err), LSA_OK, &err);
        misses += fabs(r.error.mean - 1.0) > r.error.half_width;
        looks_used[r.prompts > 32768 ? 2 : r.prompts > 16384]++;
    }
    print_message("%d of %d missed; %d, %d, %d stopped at look 1, 2, 3\n", misses, REPETITIONS, looks_used[0],
                  looks_used[1], looks_used[2]);
    check_at_most(misses, ALLOWED);
    assert_true(looks_used[0] > 0 && looks_used[1] > 0); /* the stopping rule was at work */
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

/* R = 4000 samples of 1024 at alpha = 0.01: 40 misses expected, 1e-6 beyond 74. */
static void skewness_is_paid_for(void **state)
{
    (void)state;
    enum { REPETITIONS = 4000, ALLOWED = 74, COUNT = 1024 };
    int misses = 0, plain_misses = 0;
    for (uint64_t r = 0; r < REPETITIONS; r++) {
        double z[2 * COUNT];
        lsa_moments m = {0};
        lsa_rng rng = lsa_rng_at(5, LSA_RNG_PROBE, r);
        lsa_rng_normals(&rng, 2 * COUNT, z);
        for (int i = 0; i < COUNT; i++) {
            const double x = z[2 * i] * z[2 * i] * z[2 * i + 1] * z[2 * i + 1];
            lsa_moments_add(1, &m, i + 1, &x);
        }
        const lsa_sample_estimate e = lsa_interval(&m, COUNT, 0.01);
        misses += fabs(e.mean - 1.0) > e.half_width;
        plain_misses += fabs(e.mean - 1.0) > 2.5758293035489 * e.standard_error;
    }
    print_message("%d of %d missed, %d by the plain interval\n", misses, REPETITIONS, plain_misses);
    check_at_most(misses, ALLOWED);
    check_at_least(plain_misses, ALLOWED + 1);
}

/* R = 50000 samples of 4096 at 0.001 and 0.0001: 50 and 5 misses expected, 1e-6 beyond 87 and 19. The plain interval must miss
 * more at 0.001. */
static void rare_misses(void **state)
{
    (void)state;
    enum { REPETITIONS = 50000, COUNT = 4096, ALLOWED = 87, ALLOWED_RARE = 19 };
    static double z[2 * COUNT];
    int misses = 0, rare = 0, plain = 0;
    for (uint64_t r = 0; r < REPETITIONS; r++) {
        lsa_moments m = {0};
        lsa_rng rng = lsa_rng_at(7, LSA_RNG_PROBE, r);
        lsa_rng_normals(&rng, 2 * COUNT, z);
        for (int i = 0; i < COUNT; i++) {
            const double x = z[2 * i] * z[2 * i] * z[2 * i + 1] * z[2 * i + 1];
            lsa_moments_add(1, &m, i + 1, &x);
        }
        const lsa_sample_estimate e = lsa_interval(&m, COUNT, 1e-3), wide = lsa_interval(&m, COUNT, 1e-4);
        misses += fabs(e.mean - 1.0) > e.half_width;
        rare += fabs(e.mean - 1.0) > wide.half_width;
        plain += fabs(e.mean - 1.0) > 3.2905267314919 * e.standard_error;
    }
    print_message("%d and %d of %d missed, %d by the plain interval\n", misses, rare, REPETITIONS, plain);
    check_at_most(misses, ALLOWED);
    check_at_most(rare, ALLOWED_RARE);
    check_at_least(plain, ALLOWED + 1);
}

/* Whether the interval at level alpha misses the mean 1 of z^2 at any of LOOKS doublings of FIRST. */
static bool misses_somewhere(const double *z, double alpha)
{
    enum { FIRST = 256, LOOKS = 5 };
    lsa_moments m = {0};
    for (int look = 0, i = 0; look < LOOKS; look++) {
        for (; i < FIRST << look; i++) {
            const double x = z[i] * z[i];
            lsa_moments_add(1, &m, i + 1, &x);
        }
        const lsa_sample_estimate e = lsa_interval(&m, FIRST << look, alpha);
        if (fabs(e.mean - 1.0) > e.half_width)
            return true;
    }
    return false;
}

/* R = 4000 samples, each looked at five times, by someone who stops at the first miss: alpha = 0.05 split over the looks
 * lets at most 200 miss on average, 1e-6 beyond 269. The same samples with the level of one look at each must miss more. */
static void peeking_does_not_inflate(void **state)
{
    (void)state;
    enum { REPETITIONS = 4000, ALLOWED = 269, COUNT = 4096, LOOKS = 5 };
    static double z[COUNT];
    int misses = 0, unsplit = 0;
    for (uint64_t r = 0; r < REPETITIONS; r++) {
        lsa_rng rng = lsa_rng_at(6, LSA_RNG_PROBE, r);
        lsa_rng_normals(&rng, COUNT, z);
        misses += misses_somewhere(z, 0.05 / LOOKS);
        unsplit += misses_somewhere(z, 0.05);
    }
    print_message("%d of %d missed at some look, %d at the level of one\n", misses, REPETITIONS, unsplit);
    check_at_most(misses, ALLOWED);
    check_at_least(unsplit, ALLOWED + 1);
}

/* R = 400 samples of 16384 at alpha = 0.02, one look: 8 misses expected, 1e-6 beyond 25. The label (z1 z2)^2 times lambda, 1000
 * with probability 1e-4, else 1: plain sampling sees the rare value once or twice and misses far more often. */
static void rare_strata(void **state)
{
    (void)state;
    enum { REPETITIONS = 400, ALLOWED = 25, COUNT = 16384 };
    lsa_fixture s;
    lsa_error err;
    lsa_layer *layer;
    lsa_prompt_law law;
    int misses = 0, plain_misses = 0;
    fixture_init(&s, "merged", NULL, 1, 0, 1, 1);
    lsa_covariance *random = fixture_covariance(&s, LSA_COVARIANCE_LAWS, 1);
    const lsa_law laws[] = {{LSA_LAW_TWO_POINT, {1000.0, 1.0, 1e-4}}};
    const double mean = 1000.0 * 1e-4 + (1.0 - 1e-4);
    random->laws = laws;
    s.experiment.training.covariance = s.experiment.training.query = random;
    check_status(lsa_prompt_law_training(&s.experiment, &law, &err), LSA_OK, &err);
    check_status(lsa_layer_create(1, 1, false, &layer, &err), LSA_OK, &err);
    const lsa_predictor predictor = {.layer = layer};
    lsa_sample_options options = lsa_sample_options_defaults();
    options.prompts = COUNT;
    options.alpha = 0.02;
    options.relative_error = 0.0;
    for (uint64_t seed = 0; seed < REPETITIONS; seed++) {
        lsa_sample_result r;
        lsa_moments m = {0};
        lsa_rng normals = lsa_rng_at(11, LSA_RNG_PROBE, seed), uniforms = lsa_rng_at(12, LSA_RNG_PROBE, seed);
        options.seed = 5000 + seed;
        check_status(lsa_sample_error(&predictor, &law, &options, &r, &err), LSA_OK, &err);
        assert_int_equal(r.strata, 2);
        misses += fabs(r.error.mean - mean) > r.error.half_width;
        for (int i = 0; i < COUNT; i++) {
            double z[4], u[2];
            lsa_rng_normals(&normals, 4, z);
            lsa_rng_uniforms(&uniforms, 2, u);
            const double x = z[0] * z[0] * z[1] * z[1] * (u[0] < 1e-4 ? 1000.0 : 1.0);
            lsa_moments_add(1, &m, i + 1, &x);
        }
        const lsa_sample_estimate e = lsa_interval(&m, COUNT, 0.02);
        plain_misses += fabs(e.mean - mean) > e.half_width;
    }
    print_message("%d of %d missed in strata, %d by plain sampling\n", misses, REPETITIONS, plain_misses);
    check_at_most(misses, ALLOWED);
    check_at_least(plain_misses, ALLOWED + 1);
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sequential_sampling), cmocka_unit_test(skewness_is_paid_for),
                                       cmocka_unit_test(rare_misses), cmocka_unit_test(peeking_does_not_inflate),
                                       cmocka_unit_test(rare_strata)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
