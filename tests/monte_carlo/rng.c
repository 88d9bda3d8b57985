/* Moments of uniforms, normals and Haar matrices by z-scores: a false alarm in one of 10^6 seeds per test. */
#include "base/rng.h"
#include "base/matrix.h"
#include "check.h"

#include <math.h>

static const double alpha = 1e-6;

enum { DRAWS = 200000 };

/* E u^k = 1/(k+1); two draws of a block, and a draw and the next block's, are uncorrelated. */
static void uniforms(void **state)
{
    (void)state;
    enum { M = 6 };
    const double exact[M] = {1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0, 1.0 / 5.0, 1.0 / 4.0, 1.0 / 4.0};
    const double wrong[M] = {1.0 / 2.0, 1.0 / 3.0, 1.0 / 4.0, 1.0 / 5.0, 1.0 / 4.0, 1.0 / 3.0};
    lsa_estimate estimate;
    lsa_estimate_init(&estimate, M);
    for (uint64_t i = 0; i < DRAWS; ++i) {
        double u[4];
        lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROMPT, i);
        lsa_rng_uniforms(&rng, 4, u);
        assert_true(u[0] > 0.0 && u[0] < 1.0);
        const double draw[M] = {u[0], u[0] * u[0], pow(u[0], 3), pow(u[0], 4), u[0] * u[1], u[1] * u[2]};
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(M, alpha));
    check_at_least(lsa_zscore_max(&estimate, wrong), 30.0); /* power: u[1] = u[2] would show */
    lsa_estimate_clear(&estimate);
}

/* E z^k = 0, 1, 0, 3, 0, 15; E z1 z2 = 0, E z1^2 z2^2 = 1 within a block and across blocks. */
static void normals(void **state)
{
    (void)state;
    enum { M = 10 };
    const double exact[M] = {0.0, 1.0, 0.0, 3.0, 0.0, 15.0, 0.0, 1.0, 0.0, 1.0};
    const double wrong[M] = {0.0, 1.0, 0.0, 1.8, 0.0, 15.0, 0.0, 1.0, 0.0, 1.0}; /* a uniform's fourth moment */
    lsa_estimate estimate;
    lsa_estimate_init(&estimate, M);
    for (uint64_t i = 0; i < DRAWS; ++i) {
        double z[4];
        lsa_rng rng = lsa_rng_at(2, LSA_RNG_PROMPT, i);
        lsa_rng_normals(&rng, 4, z);
        const double s = z[0] * z[0];
        const double draw[M] = {z[0],      s,           s * z[0],        s * s,       s * s * z[0],
                                s * s * s, z[0] * z[1], s * z[1] * z[1], z[1] * z[2], z[1] * z[1] * z[2] * z[2]};
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(M, alpha));
    check_at_least(lsa_zscore_max(&estimate, wrong), 30.0);
    lsa_estimate_clear(&estimate);
}

/* One long stream instead of many short ones: the block counter alone must do. */
static void one_stream(void **state)
{
    (void)state;
    const double exact[] = {0.0, 1.0, 3.0};
    lsa_estimate estimate;
    lsa_estimate_init(&estimate, 3);
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROMPT, 0);
    for (int i = 0; i < DRAWS; ++i) {
        double z[2];
        lsa_rng_normals(&rng, 2, z);
        const double draw[] = {z[1], z[1] * z[1], pow(z[1], 4)};
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(3, alpha));
    lsa_estimate_clear(&estimate);
}

/* Haar on O(d): E q_ij = 0, E q_ij^2 = 1/d, E q_11 q_22 = 0, E q_11^2 q_22^2 = (d+1)/(d(d-1)(d+2)) (Collins and
 * Sniady 2006). LAPACK's own signs fail the first: they fix the sign of the diagonal of Q. */
static void haar(void **state)
{
    (void)state;
    enum { d = 3, M = 5 };
    const double exact[M] = {0.0, 0.0, 1.0 / d, 0.0, (d + 1.0) / (d * (d - 1.0) * (d + 2.0))};
    lsa_estimate estimate;
    lsa_estimate_init(&estimate, M);
    for (unsigned long long seed = 0; seed < 20000; ++seed) {
        double Q[d * d];
        check_status(lsa_mat_haar(d, seed, Q, NULL), LSA_OK, NULL);
        const double p = Q[0] * Q[4];
        const double draw[M] = {Q[0], Q[5], Q[0] * Q[0], p, p * p};
        lsa_estimate_add(&estimate, draw);
    }
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(M, alpha));
    lsa_estimate_clear(&estimate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uniforms),
        cmocka_unit_test(normals),
        cmocka_unit_test(one_stream),
        cmocka_unit_test(haar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
