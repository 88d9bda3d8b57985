/* Bartlett's triangles by z-scores: T_ii^2 is chi-square with M - i degrees of freedom, what lies below is N(0, 1), columns from
 * M on are zero; and the scatter matrices they make have the first two moments of a Wishart matrix. A false alarm in one of
 * 10^6 seeds per test. */
#include "empirical/triangle.h"
#include "base/rng.h"
#include "prompt_law.h"
#include <stdlib.h>

enum { SIDE = LSA_RNG_SIDE, N = 4, SQUARE = N * N };
static const double alpha = 1e-6;

/* One number of N x N for each of SIDE prompts. */
static double entry(const double *A, ptrdiff_t i, ptrdiff_t j, int l)
{
    return A[(i + j * N) * SIDE + l];
}

/* T_ii^2 and T_ii^4, then the entries below the diagonal and their squares. */
enum { BELOW = N * (N - 1) / 2, MOMENTS = 2 * N + 2 * BELOW };

static void moments_of(const double *T, int l, double *out)
{
    ptrdiff_t at = 2 * N;
    for (ptrdiff_t i = 0; i < N; i++) {
        const double chi_square = entry(T, i, i, l) * entry(T, i, i, l);
        out[i] = chi_square;
        out[N + i] = chi_square * chi_square;
    }
    for (ptrdiff_t j = 0; j < N; j++)
        for (ptrdiff_t i = j + 1; i < N; i++) {
            out[at++] = entry(T, i, j, l);
            out[at++] = entry(T, i, j, l) * entry(T, i, j, l);
        }
}

/* E chi^2_k = k, E chi^4_k = k (k + 2); `lost` degrees of freedom a row, 1 in truth. */
static void expect_moments(ptrdiff_t M, double lost, double *out)
{
    ptrdiff_t at = 2 * N;
    for (ptrdiff_t i = 0; i < N; i++) {
        const double k = i < M ? (double)M - lost * (double)i : 0.0;
        out[i] = k;
        out[N + i] = k * (k + 2.0);
    }
    for (ptrdiff_t j = 0; j < N; j++)
        for (ptrdiff_t i = j + 1; i < N; i++) {
            out[at++] = 0.0;
            out[at++] = j < M ? 1.0 : 0.0;
        }
}

/* A chi of two degrees of freedom whose every proposal is taken has a fourth moment 0.028 deviations off: 100,000 draws see it. */
static uint64_t draws_of(ptrdiff_t M)
{
    return M <= N ? 100000 : 20000;
}

static void check_length(const lsa_prompts *prompts, ptrdiff_t M)
{
    lsa_estimate estimate;
    double exact[MOMENTS], wrong[MOMENTS], draw[MOMENTS], T[SQUARE * SIDE];
    double *normals = lsa_vec_create(lsa_triangle_normals(N) * SIDE);
    assert_non_null(normals);
    lsa_estimate_init(&estimate, MOMENTS);
    for (uint64_t first = 0; first < draws_of(M); first += SIDE) {
        lsa_triangle_draw(prompts, first, N, M, normals, T);
        for (int l = 0; l < SIDE; l++) {
            for (ptrdiff_t j = 0; j < N; j++)
                for (ptrdiff_t i = 0; i < N; i++)
                    assert_true((i >= j && j < M) || entry(T, i, j, l) == 0.0);
            moments_of(T, l, draw);
            lsa_estimate_add(&estimate, draw);
        }
    }
    expect_moments(M, 1.0, exact);
    check_at_most(lsa_zscore_max(&estimate, exact), lsa_zscore_threshold(MOMENTS, alpha));
    if (M > 1) { /* power: M degrees of freedom in every row */
        expect_moments(M, 0.0, wrong);
        check_at_least(lsa_zscore_max(&estimate, wrong), 20.0);
    }
    lsa_estimate_clear(&estimate);
    free(normals);
}

static void triangles(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_prompts *prompts;
    fixture_init(&s, "merged", NULL, 2, 4, 1, 1);
    const lsa_prompt_law law = law_plain(&s, 2, 4);
    check_status(lsa_prompts_create(&law, 17, LSA_PROMPTS_SAMPLE, &prompts, &err), LSA_OK, &err);
    const ptrdiff_t lengths[] = {1, 2, 3, 4, 9, 40};
    for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++)
        check_length(prompts, lengths[k]);
    lsa_prompts_destroy(prompts);
    fixture_clear(&s);
}

/* C = L L' for a full and for a singular C; S = (L T)(L T)' entry by entry. */
static void products(void **state)
{
    (void)state;
    double C[SQUARE * SIDE], L[SQUARE * SIDE], T[SQUARE * SIDE], S[SQUARE * SIDE], work[SQUARE * SIDE],
        X[SQUARE * SIDE];
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROBE, 0);
    for (ptrdiff_t rank = 1; rank <= N; rank++) {
        lsa_rng_normals(&rng, SQUARE * SIDE, X);
        lsa_rng_normals(&rng, SQUARE * SIDE, T);
        for (ptrdiff_t j = 0; j < N; j++)
            for (ptrdiff_t i = 0; i < N; i++)
                for (int l = 0; l < SIDE; l++) {
                    double sum = 0.0;
                    for (ptrdiff_t k = 0; k < rank; k++)
                        sum += entry(X, i, k, l) * entry(X, j, k, l);
                    C[(i + j * N) * SIDE + l] = sum;
                    if (i < j)
                        T[(i + j * N) * SIDE + l] = 0.0;
                }
        lsa_triangle_factor(N, C, L);
        lsa_triangle_scatter(N, L, T, work, S);
        for (int l = 0; l < SIDE; l++)
            for (ptrdiff_t j = 0; j < N; j++)
                for (ptrdiff_t i = 0; i < N; i++) {
                    double gram = 0.0, scatter = 0.0;
                    for (ptrdiff_t k = 0; k < N; k++) {
                        double left = 0.0, right = 0.0;
                        for (ptrdiff_t m = 0; m < N; m++) {
                            left += entry(L, i, m, l) * entry(T, m, k, l);
                            right += entry(L, j, m, l) * entry(T, m, k, l);
                        }
                        gram += entry(L, i, k, l) * entry(L, j, k, l);
                        scatter += left * right;
                    }
                    /* A pivot lost to rounding: eps times the sizes, by the worst of its own conditions. */
                    check_close(gram, entry(C, i, j, l), 1e-9, 1e-9);
                    check_close(entry(S, i, j, l), scatter, 1e-12, 1e-12);
                }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(triangles), cmocka_unit_test(products)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
