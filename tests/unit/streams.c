/* No two draws share a stream: the rows of the table are intervals that do not meet, and what makes one number of two stays
 * within its row and is one to one. */
#include "base/streams.h"
#include "check.h"
#include "lsaflow/empirical.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct row {
    const char *name;
    lsa_rng_purpose purpose;
    uint64_t first, count;
} row;

static const row rows[LSA_STREAM_COUNT] = {
#define ROW(row, purpose, first, count) {#row, purpose, first, count},
    LSA_STREAM_LIST(ROW)
#undef ROW
};

static bool meet(const row *a, const row *b)
{
    return a->purpose == b->purpose && a->first <= b->first + (b->count - 1) && b->first <= a->first + (a->count - 1);
}

/* What streams.h says of the one pair that meets, where the user gives both one seed. */
static bool is_known(const row *a, const row *b)
{
    return strcmp(a->name, "ROTATION") == 0 && strcmp(b->name, "THETA") == 0;
}

static void rows_do_not_meet(void **state)
{
    (void)state;
    int known = 0;
    for (int a = 0; a < LSA_STREAM_COUNT; a++) {
        assert_true(rows[a].count >= 1 && rows[a].first + (rows[a].count - 1) >= rows[a].first); /* none wraps */
        for (int b = a + 1; b < LSA_STREAM_COUNT; b++) {
            known += meet(&rows[a], &rows[b]) && is_known(&rows[a], &rows[b]);
            if (meet(&rows[a], &rows[b]) && !is_known(&rows[a], &rows[b]))
                fail_msg("%s and %s share streams", rows[a].name, rows[b].name);
        }
    }
    assert_int_equal(known, 1);
    const row wrong = {"wrong", LSA_RNG_TRAIN, UINT64_C(1) << 62, 1}; /* and this test can fail */
    assert_true(meet(&wrong, &rows[LSA_STREAM_TRAIN_NOISE]));
    assert_false(meet(&wrong, &rows[LSA_STREAM_TRAIN]));
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Streams as the rows number them, and what of them is drawn: the functions agree with the table, and of the first and
 * last draws of each row no two begin with the same number. */
static void numbers_stay_in_their_rows(void **state)
{
    (void)state;
    enum { EACH = 1000 };
    static uint64_t number[LSA_STREAM_COUNT][2 * EACH];
    static double value[LSA_STREAM_COUNT * 2 * EACH];
    ptrdiff_t n = 0;
    for (int r = 0; r < LSA_STREAM_COUNT; r++) {
        const ptrdiff_t each = rows[r].count < 2 * EACH ? (ptrdiff_t)rows[r].count : 2 * EACH;
        for (ptrdiff_t i = 0; i < each; i++) {
            const uint64_t k = i < each / 2 + each % 2 ? (uint64_t)i : rows[r].count - 1 - (uint64_t)(i - each / 2);
            const lsa_rng at = lsa_stream_at(1, (lsa_stream)r, k);
            number[r][i] = lsa_stream_number((lsa_stream)r, k);
            assert_true(at.purpose == (uint32_t)rows[r].purpose && at.stream == number[r][i] && at.seed == 1 &&
                        at.block == 0);
            assert_true(number[r][i] - rows[r].first < rows[r].count);
            lsa_rng rng = at;
            if (r != LSA_STREAM_ROTATION) /* which THETA meets */
                lsa_rng_uniforms(&rng, 1, &value[n++]);
        }
    }
    qsort(value, (size_t)n, sizeof *value, compare);
    for (ptrdiff_t i = 0; i + 1 < n; i++)
        assert_true(value[i] < value[i + 1]);
}

/* A seed and what is made of it differ, and so do two that are made of two. */
static void seeds_are_one_to_one(void **state)
{
    (void)state;
    const uint64_t seeds[] = {0, 1, 2, UINT64_MAX, UINT64_MAX / 2, UINT64_C(0x9e3779b97f4a7c15)};
    const ptrdiff_t n = sizeof seeds / sizeof *seeds;
    for (ptrdiff_t i = 0; i < n; i++) {
        assert_true(lsa_stream_pilot_seed(seeds[i]) != seeds[i]);
        assert_true(lsa_stream_second_seed(seeds[i]) != seeds[i]);
        for (ptrdiff_t j = 0; j < i; j++) {
            assert_true(lsa_stream_pilot_seed(seeds[i]) != lsa_stream_pilot_seed(seeds[j]));
            assert_true(lsa_stream_second_seed(seeds[i]) != lsa_stream_second_seed(seeds[j]));
        }
    }
}

/* Numbers made of two: the largest of each fits its row, and the second never reaches the next of the first. */
static void pairs_fit(void **state)
{
    (void)state;
    const uint64_t strata = LSA_STRATA_MAX, budget = UINT64_C(1000000000000000); /* twice: those drawn afresh */
    assert_true(2 * budget < UINT64_C(1) << LSA_STREAM_STRATUM_BITS);
    assert_true(strata <= UINT64_C(1) << (64 - LSA_STREAM_STRATUM_BITS));
    const uint64_t starts = UINT64_C(1000000000);
    assert_true(starts < UINT64_C(1) << LSA_STREAM_SCALE_BITS);
    assert_true(UINT64_C(1) << (63 - LSA_STREAM_SCALE_BITS) >= UINT64_C(1) << 23); /* so many scales */
    assert_true((UINT64_C(1000) << LSA_STREAM_PROBE_BITS) < rows[LSA_STREAM_CHECK_PROMPT].count);
}

/* Repeated trainings: run 0 is the training itself, and no run has the seed of another one, or of its confirmation. */
static void runs_have_seeds_of_their_own(void **state)
{
    static const uint64_t seeds[] = {0, 1, 2, UINT64_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        assert_true(lsa_stream_run_seed(seeds[i], 0) == seeds[i]);
        for (uint64_t k = 1; k < 200000; k++) {
            assert_true(lsa_stream_run_seed(seeds[i], k) != lsa_stream_second_seed(seeds[i]));
            assert_true(lsa_stream_run_seed(seeds[i], k) != lsa_stream_pilot_seed(seeds[i]));
            assert_true(lsa_stream_run_seed(seeds[i], k) != seeds[i]);
        }
    }
}

/* The regions of one stream, in the order of their blocks: each ends before the next begins. */
static void regions_do_not_meet(void **state)
{
    (void)state;
    const uint64_t most = UINT64_C(1) << 25; /* blocks of 2^27 normals */
    const uint64_t first[] = {0,
                              LSA_BLOCK_UNIFORM,
                              LSA_BLOCK_NOISE,
                              LSA_BLOCK_FURTHER,
                              LSA_BLOCK_FURTHER + LSA_BLOCK_UNIFORM,
                              LSA_BLOCK_LAW,
                              LSA_BLOCK_LAW + LSA_BLOCK_UNIFORM,
                              LSA_BLOCK_TRIANGLE,
                              (uint64_t)UINT32_MAX + 1};
    for (size_t k = 0; k + 1 < sizeof first / sizeof *first; k++)
        assert_true(first[k] + most <= first[k + 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_do_not_meet),     cmocka_unit_test(numbers_stay_in_their_rows),
        cmocka_unit_test(seeds_are_one_to_one), cmocka_unit_test(pairs_fit),
        cmocka_unit_test(regions_do_not_meet),  cmocka_unit_test(runs_have_seeds_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
