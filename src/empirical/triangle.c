/* triangle.c - triangular factors, lane by lane. */
#include "empirical/triangle.h"
#include "base/streams.h"
#include "base/variate.h"
#include "empirical/prompt.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { SIDE = LSA_RNG_SIDE };

/* Three normals for each chi-square's first attempt, one for each entry below the diagonal. */
ptrdiff_t lsa_triangle_normals(ptrdiff_t n)
{
    return (3 * n + n * (n - 1) / 2 + 3) / 4 * 4;
}

/* A chi of k degrees of freedom by Marsaglia and Tsang's gamma of shape k/2: z proposes, and the uniform that accepts
 * is u = exp(-(e^2 + f^2)/2). For 0 <= t = 0.0331 z^4 < 1/2 their squeeze u < 1 - t holds where log u < -t - t^2, so
 * most proposals pass without a logarithm. Rejected ones, and k = 1, go on with numbers of that prompt alone. */
static double chi(double k, double z, double e, double f, lsa_variates *further)
{
    const double a = 0.5 * k - 1.0 / 3.0;
    const double root = 1.0 + z / sqrt(9.0 * a), cube = root * root * root;
    const double log_u = -0.5 * (e * e + f * f), t = 0.0331 * (z * z) * (z * z);
    if (k < 2.0 || !(root > 0.0))
        return lsa_variate_chi(further, k);
    if ((t < 0.5 && log_u < -t - t * t) || log_u < 0.5 * z * z + a * (1.0 - cube + log(cube)))
        return sqrt(2.0 * a * cube);
    return lsa_variate_chi(further, k);
}

/* The chis of one prompt. */
static void draw_chis(lsa_rng rng, ptrdiff_t n, ptrdiff_t M, const double *normals, double *T)
{
    const ptrdiff_t side = SIDE;
    lsa_variates further;
    lsa_variates_init(&further, rng);
    for (ptrdiff_t i = 0; i < n && i < M; i++) {
        const double *z = normals + 3 * i * side;
        T[(i + i * n) * SIDE] = chi((double)(M - i), z[0], z[side], z[2 * side], &further);
    }
}

void lsa_triangle_draw(const lsa_prompts *prompts, uint64_t first, ptrdiff_t n, ptrdiff_t M, double *normals, double *T)
{
    lsa_rng rng = lsa_prompt_stream(prompts, first);
    const double *below = normals + 3 * n * SIDE;
    rng.block = LSA_BLOCK_TRIANGLE;
    lsa_rng_normals_side_by_side(&rng, lsa_triangle_normals(n), normals);
    memset(T, 0, (size_t)(n * n * SIDE) * sizeof(double));
    rng.block = LSA_BLOCK_LAW;
    for (int l = 0; l < SIDE; l++, rng.stream++)
        draw_chis(rng, n, M, normals + l, T + l);
    for (ptrdiff_t j = 0; j < n; j++)
        for (ptrdiff_t i = j + 1; i < n; i++, below += SIDE)
            if (j < M)
                memcpy(T + (i + j * n) * SIDE, below, SIDE * sizeof(double));
}

/* The remainder of C_ij without the columns before j. */
static void subtract_columns(ptrdiff_t n, ptrdiff_t i, ptrdiff_t j, const double *L, double *x)
{
    for (ptrdiff_t k = 0; k < j; k++)
        for (int l = 0; l < SIDE; l++)
            x[l] -= L[(i + k * n) * SIDE + l] * L[(j + k * n) * SIDE + l];
}

void lsa_triangle_factor(ptrdiff_t n, const double *C, double *L)
{
    const double zero = 4.0 * (double)n * DBL_EPSILON;
    double over[SIDE], x[SIDE];
    memset(L, 0, (size_t)(n * n * SIDE) * sizeof(double));
    for (ptrdiff_t j = 0; j < n; j++)
        for (ptrdiff_t i = j; i < n; i++) {
            memcpy(x, C + (i + j * n) * SIDE, sizeof x);
            subtract_columns(n, i, j, L, x);
            for (int l = 0; i == j && l < SIDE; l++)
                over[l] = x[l] > zero * C[(j + j * n) * SIDE + l] ? 1.0 / sqrt(x[l]) : 0.0;
            for (int l = 0; l < SIDE; l++)
                L[(i + j * n) * SIDE + l] = x[l] * over[l];
        }
}

/* out_ij += sum_k A_ik B_kj over the rows of one entry. */
static void add_product(const double *a, const double *b, double *out)
{
    for (int l = 0; l < SIDE; l++)
        out[l] += a[l] * b[l];
}

void lsa_triangle_scatter(ptrdiff_t n, const double *L, const double *T, double *work, double *S)
{
    const size_t size = (size_t)(n * n * SIDE) * sizeof(double);
    memset(work, 0, size);
    memset(S, 0, size);
    for (ptrdiff_t j = 0; j < n; j++)
        for (ptrdiff_t k = j; k < n; k++)
            for (ptrdiff_t i = k; i < n; i++)
                add_product(L + (i + k * n) * SIDE, T + (k + j * n) * SIDE, work + (i + j * n) * SIDE);
    for (ptrdiff_t k = 0; k < n; k++)
        for (ptrdiff_t j = 0; j < n; j++)
            for (ptrdiff_t i = 0; i < n; i++)
                add_product(work + (i + k * n) * SIDE, work + (j + k * n) * SIDE, S + (i + j * n) * SIDE);
}
