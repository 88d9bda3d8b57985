/* Fast sampling has the law of direct sampling: two independent samples of each setting, compared in the means of
 * bounded functions of prediction and error, which a difference anywhere in the joint law moves, and of the squared
 * error.
 *
 * z = difference / its standard error, over all functions and settings: a false alarm in one of 10^6 seeds. Power: the
 * same samples reject one pair more in the context, and a squared error 2 % off. */
#include "base/matrix.h"
#include "empirical/prompt.h"
#include "empirical/side.h"
#include "prompt_law.h"

enum { FEATURES = 8, PROMPTS = 100000, MANY = 1600000 };

static const double Lambda[] = {1.5, 0.3, 0.1, 0.3, 1.0, -0.2, 0.1, -0.2, 0.5};
static const double Omega[] = {1.0, 0.2, -0.3, 0.2, 1.5, 0.0, -0.3, 0.0, 0.4};
static const double fixed[] = {0.5, -1.0, 1.0};

static void features(double prediction, double target, double *out)
{
    const double error = prediction - target;
    out[0] = cos(0.5 * prediction);
    out[1] = cos(2.0 * prediction);
    out[2] = cos(0.5 * error);
    out[3] = cos(2.0 * error);
    out[4] = sin(prediction) * sin(target);
    out[5] = sin(2.0 * prediction) * sin(0.5 * target);
    out[6] = tanh(prediction * target);
    out[7] = error * error;
}

static void sample(const lsa_prompt_law *law, const lsa_layer *layer, uint64_t seed, bool fast, uint64_t count,
                   lsa_estimate *estimate)
{
    lsa_error err;
    lsa_prompts *prompts;
    lsa_rotated rotated;
    lsa_side side;
    lsa_side_result r;
    double draw[FEATURES];
    check_status(lsa_prompts_create(law, seed, LSA_PROMPTS_SAMPLE, &prompts, &err), LSA_OK, &err);
    check_status(lsa_rotated_init(&rotated, prompts, layer, &err), LSA_OK, &err);
    check_status(lsa_side_init(&side, &rotated, prompts, fast, &err), LSA_OK, &err);
    lsa_estimate_init(estimate, FEATURES);
    for (uint64_t first = 0; first < count; first += LSA_RNG_SIDE) {
        (fast ? lsa_side_fast : lsa_side_direct)(&side, first, &r);
        for (int l = 0; l < LSA_RNG_SIDE; l++) {
            features(r.prediction[l], r.target[l] + r.query_noise[l], draw);
            lsa_estimate_add(estimate, draw);
        }
    }
    lsa_side_clear(&side);
    lsa_rotated_clear(&rotated);
    lsa_prompts_destroy(prompts);
}

/* max |z| of the differences; `scale` multiplies the second sample's squared error. */
static double distance(const lsa_estimate *a, const lsa_estimate *b, double scale)
{
    double largest = 0.0;
    for (int k = 0; k < FEATURES; k++) {
        const double factor = k == FEATURES - 1 ? scale : 1.0, n = (double)a->draws;
        const double variance = (a->squares[k] + factor * factor * b->squares[k]) / (n * (n - 1.0));
        const double difference = fabs(a->mean[k] - factor * b->mean[k]);
        if (variance > 0.0 || difference > 0.0) /* without a context the prediction is 0, and some functions constant */
            largest = fmax(largest, difference / sqrt(variance));
    }
    return largest;
}

static lsa_layer *make_layer(lsa_fixture *s, ptrdiff_t d, ptrdiff_t heads, bool masked, bool full)
{
    lsa_error err;
    lsa_layer *layer;
    check_status(lsa_layer_create(d, heads, masked, &layer, &err), LSA_OK, &err);
    for (ptrdiff_t h = 0; h < heads; h++) {
        const double *x = fixture_normals(s, d * d + 2 * d, (uint64_t)(3 + h), 0.4);
        lsa_layer_set_blocks(layer, h, full ? x : NULL, 1.0 - 0.4 * (double)h, x + 2 * d, full ? x + d : NULL);
    }
    return layer;
}

static double agree(const lsa_prompt_law *law, const lsa_layer *layer, uint64_t seed)
{
    lsa_estimate direct, fast;
    sample(law, layer, seed, false, PROMPTS, &direct);
    sample(law, layer, seed + 1, true, PROMPTS, &fast);
    const double z = distance(&direct, &fast, 1.0);
    lsa_estimate_clear(&direct);
    lsa_estimate_clear(&fast);
    return z;
}

static lsa_prompt_law base_law(lsa_fixture *s, ptrdiff_t M)
{
    return law_of(fixture_matrix(s, 3, Lambda), fixture_matrix(s, 3, Omega), M, 0.2);
}

/* One head without px, k: 2 x 2; with them 3 x 3; two and three heads 5 x 5 and 7 x 7. Contexts from none on, singular
 * scatter matrices where they are shorter than that. */
static void same_law(void **state)
{
    (void)state;
    enum { SETTINGS = 21 };
    lsa_fixture s;
    double largest = 0.0;
    fixture_init(&s, "full", NULL, 3, 5, 1, 1);
    for (int k = 0; k < SETTINGS; k++) {
        lsa_prompt_law law = base_law(&s, (const ptrdiff_t[]){1, 2, 3, 4, 12, 0, 7}[k % 7]);
        lsa_layer *layer = make_layer(&s, 3, k % 3 == 2 ? (k % 4 == 0 ? 3 : 2) : 1, k % 2 == 1, k % 3 > 0);
        law.setting.query_noise = k % 4 == 1;
        law.setting.label_noise = k % 4 == 3 ? 0.0 : law.setting.label_noise;
        if (k % 5 == 3)
            law_fixed(&law, fixed);
        if (k % 5 == 4)
            law_sphere(&law, 1.5);
        const double z = agree(&law, layer, 100 + 2 * (uint64_t)k);
        print_message("setting %d: %.2f\n", k, z);
        largest = fmax(largest, z);
        lsa_layer_destroy(layer);
    }
    check_at_most(largest, lsa_zscore_threshold(FEATURES * SETTINGS, 1e-6));
    fixture_clear(&s);
}

/* A layer in one dimension has dependent projections: the Gram matrix is singular. */
static void singular_gram_matrices(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "full", NULL, 1, 5, 1, 1);
    const lsa_prompt_law law = law_plain(&s, 1, 6);
    lsa_layer *layer = make_layer(&s, 1, 2, false, true);
    check_at_most(agree(&law, layer, 7), lsa_zscore_threshold(FEATURES, 1e-6));
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

static void power(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_estimate direct, fast, longer;
    fixture_init(&s, "full", NULL, 3, 5, 1, 1);
    const lsa_prompt_law law = base_law(&s, 8);
    lsa_prompt_law wrong = base_law(&s, 9);
    wrong.rho = law.rho;
    lsa_layer *layer = make_layer(&s, 3, 1, false, false);
    lsa_vec_scale(16, 0.2, lsa_layer_kq(layer, 0)); /* light tails: the squared error is then known to 0.3 % */
    sample(&law, layer, 1, false, MANY, &direct);
    sample(&law, layer, 2, true, MANY, &fast);
    sample(&wrong, layer, 3, true, MANY, &longer);
    const double threshold = lsa_zscore_threshold(FEATURES, 1e-4);
    check_at_most(distance(&direct, &fast, 1.0), threshold);
    check_at_least(distance(&direct, &longer, 1.0), threshold);
    check_at_least(distance(&direct, &fast, 1.02), threshold);
    lsa_estimate_clear(&direct);
    lsa_estimate_clear(&fast);
    lsa_estimate_clear(&longer);
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_law), cmocka_unit_test(singular_gram_matrices),
                                       cmocka_unit_test(power)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
