/* The vector loops give the same bits at every width: base/simd_draw.c, simd_rows.c, simd_form.c and simd_vector.c compiled
 * again without vectors, for 256 and for 512 bits, against each other and against the library's own choice. Everything else
 * that a prompt, or a step of an arrowhead, passes through is compiled once, so equal bits here are equal bits of every
 * sampled result and of every such path. */
#include "base/rng.h"
#include "base/simd_draw.h"
#include "base/simd_form.h"
#include "base/simd_rows.h"
#include "base/simd_vector.h"
#include "check.h"
#include <string.h>

enum { SIDE = LSA_RNG_SIDE, LANES = LSA_DRAW_LANES, D_MAX = 37, COLUMNS = 5, VECTORS = 5 };

#define DECLARE(width)                                                                                                 \
    void lsa_simd_uniforms_##width(const uint64_t *restrict, ptrdiff_t, double *restrict);                             \
    void lsa_simd_normals_##width(const uint64_t *restrict, ptrdiff_t, ptrdiff_t, double *restrict, double *restrict); \
    void lsa_simd_inner_##width(ptrdiff_t, ptrdiff_t, const double *, ptrdiff_t, const double *, double *restrict);    \
    void lsa_simd_matrix_##width(ptrdiff_t, const double *, const double *, double *restrict);                         \
    void lsa_simd_diagonal_##width(ptrdiff_t, const double *, const double *, double *restrict);                       \
    double lsa_simd_form_rhs_##width(const lsa_entries *, double *restrict, double *);                                 \
    lsa_form_level lsa_simd_form_level_##width(const lsa_entries *);                                                   \
    lsa_form_schur lsa_simd_form_schur_##width(const lsa_entries *, double, const double *);                           \
    void lsa_simd_form_substitute_##width(const lsa_entries *, double, double, const double *, double *);              \
    void lsa_simd_weights_##width(ptrdiff_t, double, double, const double *, double *);                                \
    void lsa_simd_shift_##width(ptrdiff_t, double *restrict, double *restrict, double *restrict, double *restrict,     \
                                double *restrict, const double *restrict);                                             \
    void lsa_simd_correct_and_shift_##width(ptrdiff_t, const double *, const double *restrict, double *restrict,       \
                                            double *restrict, double *restrict, double *restrict, double *restrict,    \
                                            double *restrict);                                                         \
    void lsa_simd_product_##width(ptrdiff_t, double, const double *, const double *, double *);                        \
    void lsa_simd_add_product_##width(ptrdiff_t, double, const double *, const double *, double *);                    \
    void lsa_simd_chain_##width(ptrdiff_t, const double *, const double *, const double *, const double *, double *);  \
    double lsa_simd_dot_##width(ptrdiff_t, const double *, const double *);                                            \
    double lsa_simd_weighted_max_##width(ptrdiff_t, const double *, const double *)

DECLARE(scalar);
DECLARE(avx2);
DECLARE(avx512f);
DECLARE(fused);

/* One compilation of the loops. */
typedef struct loops {
    const char *name;
    void (*uniforms)(const uint64_t *restrict, ptrdiff_t, double *restrict);
    void (*normals)(const uint64_t *restrict, ptrdiff_t, ptrdiff_t, double *restrict, double *restrict);
    void (*inner)(ptrdiff_t, ptrdiff_t, const double *, ptrdiff_t, const double *, double *restrict);
    void (*matrix)(ptrdiff_t, const double *, const double *, double *restrict);
    void (*diagonal)(ptrdiff_t, const double *, const double *, double *restrict);
    double (*form_rhs)(const lsa_entries *, double *restrict, double *);
    lsa_form_level (*form_level)(const lsa_entries *);
    lsa_form_schur (*form_schur)(const lsa_entries *, double, const double *);
    void (*form_substitute)(const lsa_entries *, double, double, const double *, double *);
    void (*weights)(ptrdiff_t, double, double, const double *, double *);
    void (*shift)(ptrdiff_t, double *restrict, double *restrict, double *restrict, double *restrict, double *restrict,
                  const double *restrict);
    void (*correct_and_shift)(ptrdiff_t, const double *, const double *restrict, double *restrict, double *restrict,
                              double *restrict, double *restrict, double *restrict, double *restrict);
    void (*product)(ptrdiff_t, double, const double *, const double *, double *);
    void (*add_product)(ptrdiff_t, double, const double *, const double *, double *);
    void (*chain)(ptrdiff_t, const double *, const double *, const double *, const double *, double *);
    double (*dot)(ptrdiff_t, const double *, const double *);
    double (*weighted_max)(ptrdiff_t, const double *, const double *);
} loops;

#define LOOPS(name, width)                                                                                             \
    {                                                                                                                  \
        name, lsa_simd_uniforms##width, lsa_simd_normals##width, lsa_simd_inner##width, lsa_simd_matrix##width,        \
            lsa_simd_diagonal##width, lsa_simd_form_rhs##width, lsa_simd_form_level##width,                            \
            lsa_simd_form_schur##width, lsa_simd_form_substitute##width, lsa_simd_weights##width,                      \
            lsa_simd_shift##width, lsa_simd_correct_and_shift##width, lsa_simd_product##width,                         \
            lsa_simd_add_product##width, lsa_simd_chain##width, lsa_simd_dot##width, lsa_simd_weighted_max##width      \
    }

static const loops library = LOOPS("library", );

/* Those that this processor can run. */
static int available(loops *out)
{
    static const loops all[] = {LOOPS("scalar", _scalar), LOOPS("avx2", _avx2), LOOPS("avx512f", _avx512f)};
    int n = 0;
    out[n++] = all[0];
    if (__builtin_cpu_supports("avx2"))
        out[n++] = all[1];
    if (__builtin_cpu_supports("avx512f"))
        out[n++] = all[2];
    return n;
}

/* Everything that a compilation makes of the numbers of one stream. */
typedef struct output {
    double uniforms[LANES], normals[2 * LANES];
    double inner[COLUMNS * VECTORS * SIDE], matrix[D_MAX * SIDE], diagonal[D_MAX * SIDE];
} output;

static void run(const loops *l, uint64_t stream, ptrdiff_t d, output *out)
{
    static double x[COLUMNS * D_MAX * SIDE], v[VECTORS * D_MAX * SIDE], A[D_MAX * D_MAX];
    uint64_t word[2][LANES];
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROBE, stream);
    lsa_simd_words(&rng, SIDE, LANES, word[0], word[1]);
    lsa_rng_normals(&rng, COLUMNS * d * SIDE, x);
    lsa_rng_normals(&rng, VECTORS * d * SIDE, v);
    lsa_rng_normals(&rng, d * d, A);
    memset(out, 0, sizeof *out);
    l->uniforms(word[0], LANES, out->uniforms);
    l->normals(word[1], LANES, 2 * SIDE, out->normals, out->normals + SIDE);
    l->inner(d, COLUMNS, x, VECTORS, v, out->inner);
    l->matrix(d, A, x, out->matrix);
    l->diagonal(d, A, x, out->diagonal);
}

/* Everything that the passes of an arrowhead's step make of n entries. */
enum { N_MAX = 333, HISTORY = 6 };
typedef struct step {
    double rhs[N_MAX], solved[N_MAX], weights[N_MAX], product[N_MAX], history[HISTORY][N_MAX];
    double drive, square, dot, norm;
    lsa_form_level level;
    lsa_form_schur schur;
} step;

static void run_step(const loops *l, uint64_t stream, ptrdiff_t n, step *out)
{
    static double H[N_MAX], V[N_MAX], U[N_MAX];
    double(*z)[N_MAX] = out->history;
    lsa_rng rng = lsa_rng_at(5, LSA_RNG_PROBE, stream);
    memset(out, 0, sizeof *out);
    lsa_rng_uniforms(&rng, n, H);
    lsa_rng_normals(&rng, n, V);
    lsa_rng_normals(&rng, n, U);
    lsa_rng_normals(&rng, HISTORY * N_MAX, z[0]);
    const lsa_entries all = {.n = n, .H = H, .V = V, .U = U, .u = 1.3};
    out->drive = l->form_rhs(&all, out->rhs, &out->square);
    out->level = l->form_level(&all);
    out->schur = l->form_schur(&all, 0.7, z[0]);
    l->form_substitute(&all, 0.7, 0.4, z[0], out->solved);
    l->weights(n, 1e-8, 0.1, U, out->weights);
    static const double c[] = {1.0, 0.7, 0.3, 0.1, 0.03, 0.01};
    l->shift(n, z[0], z[1], z[2], z[3], z[4], z[5]);
    l->correct_and_shift(n, c, V, z[0], z[1], z[2], z[3], z[4], z[5]);
    l->chain(n, c, z[0], z[1], z[2], z[3]);
    l->product(n, 0.7, U, V, out->product);
    l->add_product(n, 0.3, z[0], z[1], out->product);
    out->dot = l->dot(n, z[3], U);
    out->norm = l->weighted_max(n, U, out->weights);
}

static void same_bits_of_a_step(void **state)
{
    (void)state;
    loops widths[3];
    const int count = available(widths);
    static step want, got;
    for (ptrdiff_t n = 1; n <= N_MAX; n++) {
        run_step(&library, (uint64_t)n, n, &want);
        for (int k = 0; k < count; k++) {
            run_step(&widths[k], (uint64_t)n, n, &got);
            assert_memory_equal(&got, &want, sizeof got);
        }
    }
}

static void same_bits(void **state)
{
    (void)state;
    loops widths[3];
    const int n = available(widths);
    static output want, got;
    for (uint64_t stream = 0; stream < 300; stream++) {
        const ptrdiff_t d = 1 + (ptrdiff_t)(stream % D_MAX);
        run(&library, stream, d, &want);
        for (int k = 0; k < n; k++) {
            run(&widths[k], stream, d, &got);
            assert_memory_equal(&got, &want, sizeof got);
        }
    }
    print_message("%d widths of 3 compared\n", n);
}

/* What the compiler may not do: a product and a sum rounded once instead of twice. */
static void fusing_would_show(void **state)
{
    (void)state;
    static const loops fused = LOOPS("fused", _fused);
    static output want, got;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
        skip();
    run(&library, 1, D_MAX, &want);
    run(&fused, 1, D_MAX, &got);
    assert_memory_not_equal(&got.normals, &want.normals, sizeof got.normals);
    assert_memory_not_equal(&got.inner, &want.inner, sizeof got.inner);
    static step plain, other;
    run_step(&library, 1, N_MAX, &plain);
    run_step(&fused, 1, N_MAX, &other);
    assert_memory_not_equal(&other.rhs, &plain.rhs, sizeof other.rhs);
    assert_memory_not_equal(&other.product, &plain.product, sizeof other.product);
    assert_memory_not_equal(&other.solved, &plain.solved, sizeof other.solved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bits), cmocka_unit_test(same_bits_of_a_step),
                                       cmocka_unit_test(fusing_would_show)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
