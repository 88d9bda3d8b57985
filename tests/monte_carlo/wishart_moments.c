/* E[G V Lambda] and E[Lambda Omega Lambda] of a Wishart covariance: the pairings of docs/theory.md (W17) against draws. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "base/rng.h"
#include "lsaflow/theory_random.h"

#include <math.h>
#include <string.h>

enum { D = 2, K = 3, SQUARE = D * D, BOTH = 2 * SQUARE, SAMPLES = D * K, DRAWS = 200000 };

static const double factor[SQUARE] = {1.2, 0.4, 0.0, 0.7}; /* scale = factor factor' */
static const double Omega[SQUARE] = {1.0, -0.5, -0.5, 2.0};
static const double V[SQUARE] = {0.3, -1.0, 0.8, 0.5};
static const double N = 4.0, s2 = 0.7;

static void draw_covariance(lsa_rng *rng, double *Lambda)
{
    double z[SAMPLES], x[SAMPLES];
    lsa_rng_normals(rng, SAMPLES, z);
    lsa_mat_product(false, false, D, K, D, 1.0, factor, z, 0.0, x);
    lsa_mat_product(false, true, D, D, K, 1.0 / K, x, x, 0.0, Lambda);
}

/* out = G V Lambda, then Lambda Omega Lambda. */
static void statistics(const double *Lambda, double *out)
{
    double LO[SQUARE], G[SQUARE], GV[SQUARE];
    double *B = out + SQUARE;
    lsa_mat_product(false, false, D, D, D, 1.0, Lambda, Omega, 0.0, LO);
    lsa_mat_product(false, false, D, D, D, 1.0, LO, Lambda, 0.0, B);
    memcpy(G, B, sizeof G);
    lsa_vec_scale(SQUARE, 1.0 + 1.0 / N, G);
    lsa_vec_axpy(SQUARE, (lsa_mat_trace(D, LO) + s2) / N, Lambda, G);
    lsa_mat_product(false, false, D, D, D, 1.0, G, V, 0.0, GV);
    lsa_mat_product(false, false, D, D, D, 1.0, GV, Lambda, 0.0, out);
}

static void test_wishart_moments(void **state)
{
    (void)state;
    double scale[SQUARE], Lambda[SQUARE], one[BOTH], want[BOTH], wrong[BOTH], Vt[SQUARE];
    lsa_theory_random *random = NULL;
    lsa_estimate estimate;
    lsa_mat_product(false, true, D, D, D, 1.0, factor, factor, 0.0, scale);
    check_status(lsa_theory_random_create(&(lsa_setting){.context = N,
                                                         .covariance = THEORY_WISHART(D, K, THEORY_MATRIX(D, scale)),
                                                         .task_covariance = THEORY_MATRIX(D, Omega),
                                                         .label_noise = s2},
                                          &random, NULL),
                 LSA_OK, NULL);
    lsa_estimate_init(&estimate, BOTH);
    for (uint64_t n = 0; n < DRAWS; n++) {
        lsa_rng rng = lsa_rng_at(20, LSA_RNG_PROBE, n);
        draw_covariance(&rng, Lambda);
        statistics(Lambda, one);
        lsa_estimate_add(&estimate, one);
    }
    check_status(lsa_theory_random_apply(random, V, want, NULL), LSA_OK, NULL);
    lsa_theory_random_signal(random, want + SQUARE);
    check_at_most(lsa_zscore_max(&estimate, want), lsa_zscore_threshold(BOTH, 1e-6));
    /* Power: V where V' belongs, and a covariance that does not vary. */
    lsa_mat_transpose(D, D, V, Vt);
    memcpy(wrong, want, sizeof wrong);
    check_status(lsa_theory_random_apply(random, Vt, wrong, NULL), LSA_OK, NULL);
    check_at_least(lsa_zscore_max(&estimate, wrong), 30.0);
    statistics(scale, wrong);
    check_at_least(lsa_zscore_max(&estimate, wrong), 30.0);
    lsa_estimate_clear(&estimate);
    lsa_theory_random_destroy(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_wishart_moments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
