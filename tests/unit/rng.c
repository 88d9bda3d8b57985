/* The generator is Philox-4x32-10, and its streams do not know of each other. */
#include "base/rng.h"
#include "base/simd_draw.h"
#include "check.h"

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

/* Two calls of whole blocks are one call of their sum; a call of part of a block ends it. */
static void calls_follow_each_other(void **state)
{
    (void)state;
    double once[20], parts[20];
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROBE, 2);
    lsa_rng_normals(&rng, 20, once);
    rng = lsa_rng_at(1, LSA_RNG_PROBE, 2);
    lsa_rng_normals(&rng, 8, parts);
    lsa_rng_normals(&rng, 1, parts + 8);
    lsa_rng_normals(&rng, 8, parts + 12);
    memcpy(parts + 9, once + 9, 3 * sizeof(double));
    check_vector_close(20, parts, once, 0.0, 0.0);
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
    enum { COUNT = 4 * (2 * LSA_DRAW_LANES + 13) };
    double once[COUNT], parts[COUNT];
    for (uint64_t stream = 0; stream < 50; ++stream) {
        lsa_rng rng = lsa_rng_at(9, LSA_RNG_PROBE, stream);
        lsa_rng_normals(&rng, COUNT, once);
        rng = lsa_rng_at(9, LSA_RNG_PROBE, stream);
        for (ptrdiff_t i = 0; i < COUNT; i += 4)
            lsa_rng_normals(&rng, 4, parts + i);
        assert_memory_equal(once, parts, sizeof once);
    }
}

/* Streams drawn side by side are the streams drawn one by one, also where the stream's lower word overflows. */
static void side_by_side(void **state)
{
    (void)state;
    enum { COUNT = 4 * (LSA_DRAW_LANES / LSA_RNG_SIDE * 2 + 3) };
    double rows[COUNT * LSA_RNG_SIDE], one[COUNT];
    lsa_rng rng = lsa_rng_at(9, LSA_RNG_PROBE, UINT64_C(0xfffffffc));
    lsa_rng_normals_side_by_side(&rng, COUNT, rows);
    assert_int_equal(rng.block, COUNT / 4);
    for (uint64_t l = 0; l < LSA_RNG_SIDE; ++l) {
        lsa_rng single = lsa_rng_at(9, LSA_RNG_PROBE, UINT64_C(0xfffffffc) + l);
        lsa_rng_normals(&single, COUNT, one);
        for (int k = 0; k < COUNT; ++k)
            check_close(rows[k * LSA_RNG_SIDE + (int)l], one[k], 0.0, 0.0);
    }
}

/* The fastest way to the words gives the words of the plain one. */
static void fast_words_are_the_words(void **state)
{
    (void)state;
    uint64_t fast[2][LSA_DRAW_LANES], plain[2][LSA_DRAW_LANES];
    for (uint64_t i = 0; i < 200; ++i) {
        lsa_rng rng = lsa_rng_at(i * UINT64_C(0x9e3779b97f4a7c15), LSA_RNG_TRAIN, i * UINT64_C(0xd1342543de82ef95));
        rng.block = UINT32_MAX - 5;
        for (ptrdiff_t width = 1; width <= LSA_DRAW_LANES; width *= 2) {
            lsa_simd_words(&rng, width, LSA_DRAW_LANES, fast[0], fast[1]);
            lsa_simd_words_portable(&rng, width, LSA_DRAW_LANES, plain[0], plain[1]);
            assert_memory_equal(fast, plain, sizeof fast);
        }
    }
}

/* Radius and angle of a word, by the C library: the upper 40 and the lower 24 bits. The polynomials are good to 2e-13. */
static void box_muller_is_accurate(void **state)
{
    (void)state;
    const double pi = 3.14159265358979323846;
    enum { BATCHES = 300, ENDS = 4 };
    const uint64_t high[ENDS] = {0, UINT64_C(0xffffffffff), UINT64_C(0xb504f333f9), UINT64_C(0x8000000000)};
    const uint64_t low[ENDS] = {0, 0x7fffff, 0x800000, 0xffffff};
    uint64_t word[2][LSA_DRAW_LANES];
    double x[LSA_DRAW_LANES], y[LSA_DRAW_LANES];
    for (uint64_t i = 0; i < BATCHES; ++i) {
        const lsa_rng rng = lsa_rng_at(4, LSA_RNG_PROBE, i);
        lsa_simd_words(&rng, 1, LSA_DRAW_LANES, word[0], word[1]);
        for (int k = 0; i == 0 && k < ENDS * ENDS; ++k)
            word[0][k] = high[k % ENDS] << 24 | low[k / ENDS];
        lsa_simd_normals(word[0], LSA_DRAW_LANES, LSA_RNG_SIDE, x, y);
        for (int k = 0; k < LSA_DRAW_LANES; ++k) {
            const double u = ((double)(word[0][k] >> 24) + 0.5) * 0x1p-40;
            const double angle = pi * (((double)(word[0][k] & 0x7fffff) + 0.5) * 0x1p-23 - 0.5);
            const double radius = sqrt(-2.0 * log(u));
            const double side = word[0][k] & 0x800000 ? -1.0 : 1.0;
            check_close(x[k], side * radius * cos(angle), 0.0, 2e-13 * (1.0 + radius));
            check_close(y[k], radius * sin(angle), 0.0, 2e-13 * (1.0 + radius));
        }
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
        cmocka_unit_test(known_answers),
        cmocka_unit_test(start_of_a_stream),
        cmocka_unit_test(streams_differ),
        cmocka_unit_test(calls_follow_each_other),
        cmocka_unit_test(batches_do_not_matter),
        cmocka_unit_test(box_muller_is_accurate),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(side_by_side),
        cmocka_unit_test(fast_words_are_the_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
