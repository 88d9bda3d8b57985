/* Rationals: literals, texts, and the ends of the range. */
#include "base/rational.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void assert_text(const lsa_rational *q, const char *want)
{
    char buffer[64];
    assert_int_equal(lsa_rational_text(q, buffer, sizeof buffer), strlen(want));
    assert_string_equal(buffer, want);
}

static void assert_literal(const char *literal, const char *want)
{
    lsa_rational q;
    lsa_rational_init(&q);
    if (!lsa_rational_parse(&q, literal))
        fail_msg("\"%s\" is not read", literal);
    assert_text(&q, want);
    lsa_rational_clear(&q);
}

static void literals(void **state)
{
    (void)state;
    assert_literal("0", "0");
    assert_literal("0.5", "1/2");
    assert_literal(".5", "1/2");
    assert_literal("3.", "3");
    assert_literal("-1.25", "-5/4");
    assert_literal("+7", "7");
    assert_literal("1e-3", "1/1000");
    assert_literal("2.50E+2", "250");
    assert_literal("0.1e1", "1");
    assert_literal("0e400", "0");
    assert_literal("-0.000", "0");
    assert_literal("123456789012345678901234567890", "123456789012345678901234567890");
}

static void what_is_no_literal(void **state)
{
    (void)state;
    static const char *const texts[] = {"",    ".",    "-",   "e5",  "1e",    "1e+", "1.2.3",  " 1",
                                        "1 ",  "0x10", "1/2", "nan", "1e401", "--1", "1e-401", "1e99999999999999999999",
                                        "inf", "1,5",  "1_0"};
    lsa_rational q;
    lsa_rational_init(&q);
    lsa_rational_set_si(&q, 5, 7);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i)
        if (lsa_rational_parse(&q, texts[i]))
            fail_msg("\"%s\" is read", texts[i]);
    assert_text(&q, "5/7"); /* as it was */
    lsa_rational_clear(&q);
}

static void long_literals_are_bounded(void **state)
{
    (void)state;
    char digits[1100];
    lsa_rational q;
    lsa_rational_init(&q);
    memset(digits, '7', sizeof digits);
    digits[1000] = '\0';
    assert_true(lsa_rational_parse(&q, digits));
    digits[1000] = '7';
    digits[1001] = '\0';
    assert_false(lsa_rational_parse(&q, digits));
    lsa_rational_clear(&q);
}

static void smallest_integers(void **state)
{
    (void)state;
    lsa_rational q;
    lsa_rational_init(&q);
    lsa_rational_set_si(&q, INT64_MIN, 1);
    assert_text(&q, "-9223372036854775808");
    lsa_rational_set_si(&q, 1, INT64_MIN);
    assert_text(&q, "-1/9223372036854775808");
    lsa_rational_set_si(&q, INT64_MIN, INT64_MIN);
    assert_true(lsa_rational_is_one(&q));
    lsa_rational_set_si(&q, 6, -4);
    assert_text(&q, "-3/2");
    assert_int_equal(lsa_rational_sign(&q), -1);
    lsa_rational_clear(&q);
}

static void predicates(void **state)
{
    (void)state;
    lsa_rational q, p;
    lsa_rational_init(&q);
    lsa_rational_init(&p);
    assert_true(lsa_rational_is_zero(&q));
    assert_false(lsa_rational_is_one(&q));
    assert_int_equal(lsa_rational_sign(&q), 0);
    assert_false(lsa_rational_inv(&p, &q));
    lsa_rational_set_si(&q, 2, 4);
    lsa_rational_set_si(&p, 1, 2);
    assert_true(lsa_rational_equal(&p, &q));
    assert_true(lsa_rational_inv(&q, &q));
    assert_text(&q, "2");
    assert_false(lsa_rational_equal(&p, &q));
    lsa_rational_clear(&p);
    lsa_rational_clear(&q);
}

static void text_is_cut_as_snprintf_does(void **state)
{
    (void)state;
    char buffer[4];
    lsa_rational q;
    lsa_rational_init(&q);
    lsa_rational_set_si(&q, -12345, 7);
    assert_int_equal(lsa_rational_text(&q, buffer, sizeof buffer), 8);
    assert_string_equal(buffer, "-12");
    assert_int_equal(lsa_rational_text(&q, NULL, 0), 8);
    lsa_rational_clear(&q);
}

/* 10^400 and its inverse lie outside the doubles; products of them far outside. */
static void doubles_beyond_the_range(void **state)
{
    (void)state;
    lsa_rational q;
    lsa_rational_init(&q);
    assert_true(lsa_rational_parse(&q, "-1e400"));
    check_close(lsa_rational_double(&q), -HUGE_VAL, 0.0, 0.0);
    lsa_rational_mul(&q, &q, &q);
    check_close(lsa_rational_double(&q), HUGE_VAL, 0.0, 0.0);
    assert_true(lsa_rational_inv(&q, &q));
    check_close(lsa_rational_double(&q), 0.0, 0.0, 0.0);
    lsa_rational_clear(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),
        cmocka_unit_test(what_is_no_literal),
        cmocka_unit_test(long_literals_are_bounded),
        cmocka_unit_test(smallest_integers),
        cmocka_unit_test(predicates),
        cmocka_unit_test(text_is_cut_as_snprintf_does),
        cmocka_unit_test(doubles_beyond_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
