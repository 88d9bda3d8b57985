/* How a verdict comes out of two numbers and what they may be off, and the number that decides of many. */
#include "check.h"

#include "verify/claim.h"

#include <math.h>

static lsa_claim_result fresh(void)
{
    return (lsa_claim_result){.predicted = NAN, .measured = NAN, .tolerance = NAN, .slack = NAN, .scale = NAN};
}

/* Within the tolerance, from ten times it on, between the two. */
static void equality(void **state)
{
    (void)state;
    static const struct {
        double measured, tolerance;
        lsa_verdict verdict;
        const char *why;
    } cases[] = {{1.01, 0.02, LSA_VERDICT_HOLDS, ""},
                 {1.05, 0.02, LSA_VERDICT_INCONCLUSIVE, "differs by 0.05, tolerance 0.02"},
                 {1.21, 0.02, LSA_VERDICT_FAILS, "differs by 0.21"},
                 {1.0, 0.0, LSA_VERDICT_HOLDS, ""},
                 {1.01, 0.0, LSA_VERDICT_FAILS, "differs"},
                 {1.0, INFINITY, LSA_VERDICT_INCONCLUSIVE, "how far it may be off is not known"},
                 {1.0, NAN, LSA_VERDICT_INCONCLUSIVE, "no number"},
                 {NAN, 0.02, LSA_VERDICT_INCONCLUSIVE, "no number"},
                 {INFINITY, 0.02, LSA_VERDICT_INCONCLUSIVE, "beyond the range"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        lsa_claim_result result = fresh();
        claim_equal(&result, 1.0, cases[k].measured, cases[k].tolerance);
        assert_int_equal(result.verdict, cases[k].verdict);
        check_contains(result.why, cases[k].why);
    }
}

/* What would have been refuted, as a share of the size. */
static void resolution(void **state)
{
    (void)state;
    lsa_claim_result result = fresh();
    claim_equal(&result, 2.0, 2.0, 0.01);
    check_close(result.resolution, 0.05, 1e-15, 0.0);
    claim_scale(&result, 10.0);
    check_close(result.resolution, 0.01, 1e-15, 0.0);
    lsa_claim_result off = fresh();
    claim_equal(&off, 2.0 * (1.0 + 1.01 * 0.05), 2.0, 0.01);
    assert_int_equal(off.verdict, LSA_VERDICT_FAILS);
}

static void inequality(void **state)
{
    (void)state;
    lsa_claim_result room = fresh(), missed = fresh(), close = fresh(), unknown = fresh();
    claim_bounded_below(&room, 1.0, (path_number){1.5, 0.001});
    assert_int_equal(room.verdict, LSA_VERDICT_HOLDS);
    claim_bounded_below(&missed, 1.0, (path_number){0.95, 0.001});
    assert_int_equal(missed.verdict, LSA_VERDICT_FAILS);
    claim_bounded_below(&close, 1.0, (path_number){0.995, 0.001});
    assert_int_equal(close.verdict, LSA_VERDICT_INCONCLUSIVE);
    claim_bounded_below(&unknown, 1.0, (path_number){INFINITY, INFINITY});
    assert_int_equal(unknown.verdict, LSA_VERDICT_INCONCLUSIVE);
    check_contains(unknown.why, "thousandth");
}

/* A second number refutes what the first let hold, by the same rule, and nothing else. */
static void second_number(void **state)
{
    (void)state;
    lsa_claim_result result = fresh();
    claim_equal(&result, 1.0, 1.0, 0.1);
    claim_also(&result, 0.05, 0.1, "second");
    assert_int_equal(result.verdict, LSA_VERDICT_HOLDS);
    claim_also(&result, 2.0, 0.1, "second:\n  off by %g", 2.0);
    assert_int_equal(result.verdict, LSA_VERDICT_FAILS);
    assert_string_equal(result.why, "second:, off by 2");
    claim_also(&result, 0.5, 0.1, "third");
    assert_int_equal(result.verdict, LSA_VERDICT_FAILS);
}

/* The farthest beyond its error; one whose error is not known only where there is no other. */
static void worst_of_many(void **state)
{
    (void)state;
    path_number worst = PATH_NONE;
    assert_true(path_take_worst(&worst, (path_number){0.3, INFINITY}));
    assert_true(isinf(worst.error));
    assert_true(path_take_worst(&worst, (path_number){0.3, 0.2}));
    assert_true(path_take_worst(&worst, (path_number){-0.4, 0.1}));
    assert_false(path_take_worst(&worst, (path_number){5.0, 4.9}));
    assert_false(path_take_worst(&worst, (path_number){NAN, 0.0}));
    assert_false(path_take_worst(&worst, (path_number){9.0, INFINITY}));
    check_close(worst.value, -0.4, 0.0, 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equality), cmocka_unit_test(resolution),
                                       cmocka_unit_test(inequality), cmocka_unit_test(second_number),
                                       cmocka_unit_test(worst_of_many)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
