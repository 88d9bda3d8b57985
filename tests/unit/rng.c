/* The generator is Philox-4x32-10, and its streams do not know of each other. */
#include "base/rng.h"
#include "base/simd_draw.h"
#include "check.h"

#include <float.h>
#include <math.h>
#include <omp.h>
#include <string.h>

/* The uniform of two words of a block: 52 bits, the middle of their cell. */
static double uniform_of(uint32_t high, uint32_t low)
{
    return ((double)((((uint64_t)high << 32) | low) >> 12) + 0.5) * 0x1p-52;
}

/* Known answers of Random123 1.14 (kat_vectors, philox4x32 10): the counter's words are block, purpose, stream. */
static void known_answers(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], words[4];
    } answers[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof answers / sizeof *answers; ++i) {
        const uint32_t *c = answers[i].counter;
        const uint32_t *k = answers[i].key;
        const uint32_t *w = answers[i].words;
        lsa_rng rng = {.seed = ((uint64_t)k[1] << 32) | k[0],
                       .stream = ((uint64_t)c[3] << 32) | c[2],
                       .purpose = c[1],
                       .block = c[0]};
        double out[2];
        lsa_rng_uniforms(&rng, 2, out);
        check_close(out[0], uniform_of(w[0], w[1]), 0.0, 0.0);
        check_close(out[1], uniform_of(w[2], w[3]), 0.0, 0.0);
    }
}

static void start_of_a_stream(void **state)
{
    (void)state;
    const lsa_rng rng = lsa_rng_at(7, LSA_RNG_START, 9);
    assert_int_equal(rng.seed, 7);
    assert_int_equal(rng.stream, 9);
    assert_int_equal(rng.purpose, LSA_RNG_START);
    assert_int_equal(rng.block, 0);
}

/* Two calls of even length are one call of their sum; an odd call ends its block. */
static void calls_follow_each_other(void **state)
{
    (void)state;
    double once[10], parts[10];
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROBE, 2);
    lsa_rng_normals(&rng, 10, once);
    rng = lsa_rng_at(1, LSA_RNG_PROBE, 2);
    lsa_rng_normals(&rng, 4, parts);
    lsa_rng_normals(&rng, 1, parts + 4);
    lsa_rng_normals(&rng, 4, parts + 6);
    parts[5] = once[5];
    check_vector_close(10, parts, once, 0.0, 0.0);
    lsa_rng_normals(&rng, 0, parts);
    assert_int_equal(rng.block, 5);
}

/* Seed, purpose and stream each change every number. */
static void streams_differ(void **state)
{
    (void)state;
    double first[4], other[4];
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROMPT, 1);
    const lsa_rng others[] = {lsa_rng_at(2, LSA_RNG_PROMPT, 1), lsa_rng_at(1, LSA_RNG_TRAIN, 1),
                              lsa_rng_at(1, LSA_RNG_PROMPT, 2), lsa_rng_at(1, LSA_RNG_PROMPT, (uint64_t)1 << 32),
                              lsa_rng_at((uint64_t)1 << 32, LSA_RNG_PROMPT, 1)};
    lsa_rng_uniforms(&rng, 4, first);
    for (size_t i = 0; i < sizeof others / sizeof *others; ++i) {
        rng = others[i];
        lsa_rng_uniforms(&rng, 4, other);
        for (int k = 0; k < 4; ++k)
            assert_true(first[k] != other[k]);
    }
}

/* The vector loops and their scalar remainders give the same bits: a stream drawn at once and one block at a time. */
static void batches_do_not_matter(void **state)
{
    (void)state;
    enum { COUNT = 2 * (2 * LSA_DRAW_BLOCKS + 13) };
    double once[COUNT], parts[COUNT];
    for (uint64_t stream = 0; stream < 50; ++stream) {
        lsa_rng rng = lsa_rng_at(9, LSA_RNG_PROBE, stream);
        lsa_rng_normals(&rng, COUNT, once);
        rng = lsa_rng_at(9, LSA_RNG_PROBE, stream);
        for (ptrdiff_t i = 0; i < COUNT; i += 2)
            lsa_rng_normals(&rng, 2, parts + i);
        assert_memory_equal(once, parts, sizeof once);
    }
}

/* The polynomials against the C library, whose own errors are below one ulp: log u relative to itself, sine and cosine
 * absolutely, and a few roundings more. Random pairs, and the ends of the interval and of the octants. */
static void box_muller_is_accurate(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    const double ends[] = {0x1p-53, 3 * 0x1p-53, 0.125, 0.375, 0.5, 0.625, 0.70710678118654757, 0.875, 1.0 - 0x1p-53};
    enum { ENDS = sizeof ends / sizeof *ends, PAIRS = ENDS * ENDS + 20000 };
    static double u[PAIRS], v[PAIRS], x[PAIRS], y[PAIRS];
    lsa_rng rng = lsa_rng_at(4, LSA_RNG_PROBE, 0);
    lsa_rng_uniforms(&rng, PAIRS, u);
    lsa_rng_uniforms(&rng, PAIRS, v);
    for (int i = 0; i < ENDS * ENDS; ++i) {
        u[i] = ends[i % ENDS];
        v[i] = ends[i / ENDS];
    }
    memcpy(x, u, sizeof x);
    memcpy(y, v, sizeof y);
    lsa_simd_box_muller(PAIRS, x, y);
    for (int i = 0; i < PAIRS; ++i) {
        const double radius = sqrt(-2.0 * log(u[i]));
        check_close(x[i], radius * cos(2.0 * pi * v[i]), 0.0, 8 * DBL_EPSILON * radius); /* 2 pi v itself is rounded */
        check_close(y[i], radius * sin(2.0 * pi * v[i]), 0.0, 8 * DBL_EPSILON * radius);
    }
}

/* The numbers of a stream do not depend on the order of the streams, or on the thread that asks. */
static void threads_do_not_matter(void **state)
{
    (void)state;
    enum { STREAMS = 1000, COUNT = 6 };
    static double forward[STREAMS][COUNT], parallel[STREAMS][COUNT];
    for (int i = 0; i < STREAMS; ++i) {
        lsa_rng rng = lsa_rng_at(5, LSA_RNG_PROMPT, (uint64_t)i);
        lsa_rng_normals(&rng, COUNT, forward[i]);
    }
#pragma omp parallel for schedule(dynamic, 7) num_threads(4)
    for (int i = STREAMS - 1; i >= 0; --i) {
        lsa_rng rng = lsa_rng_at(5, LSA_RNG_PROMPT, (uint64_t)i);
        lsa_rng_normals(&rng, COUNT, parallel[i]);
    }
    assert_memory_equal(forward, parallel, sizeof forward);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),         cmocka_unit_test(start_of_a_stream),
        cmocka_unit_test(streams_differ),        cmocka_unit_test(calls_follow_each_other),
        cmocka_unit_test(batches_do_not_matter), cmocka_unit_test(box_muller_is_accurate),
        cmocka_unit_test(threads_do_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
