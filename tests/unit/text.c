/* Growing text, shortest numbers, distances of words. */
#include "base/text.h"
#include "base/rng.h"
#include "check.h"
#include "lsaflow/arena.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text is given away whole, or, where an addition failed, not at all. */
static void text_is_given(void **state)
{
    (void)state;
    lsa_error err = {0};
    char *given = NULL;
    lsa_text text;
    lsa_text_init(&text);
    lsa_text_add(&text, "whole");
    check_status(lsa_text_give(&text, "a text", &given, &err), LSA_OK, &err);
    assert_string_equal(given, "whole");
    assert_null(text.data);
    lsa_string_free(given);
    given = NULL;
    lsa_text_init(&text);
    text.failed = true;
    check_status(lsa_text_give(&text, "a text", &given, &err), LSA_ERR_MEMORY, &err);
    check_contains(err.text, "out of memory for a text");
    assert_null(given);
    assert_null(text.data);
    lsa_string_free(NULL);
}

static void text_grows(void **state)
{
    (void)state;
    lsa_text text;
    lsa_text_init(&text);
    assert_string_equal(text.data, "");
    for (int i = 0; i < 1000; ++i)
        lsa_text_printf(&text, "%d,", i % 10);
    lsa_text_add(&text, "end");
    lsa_text_add_bytes(&text, "\0x", 2);
    assert_false(text.failed);
    assert_int_equal(text.length, 2005);
    assert_memory_equal(text.data, "0,1,2,", 6);
    assert_memory_equal(text.data + 2000, "end\0x", 6);
    lsa_text_clear(&text);
    assert_null(text.data);
}

static void failed_text_stays_as_it_was(void **state)
{
    (void)state;
    lsa_text text;
    lsa_text_init(&text);
    lsa_text_add(&text, "kept");
    lsa_text_add_bytes(&text, "", SIZE_MAX - 2);
    assert_true(text.failed);
    lsa_text_add(&text, "ignored");
    lsa_text_printf(&text, "%d", 1);
    assert_string_equal(text.data, "kept");
    lsa_text_clear(&text);
}

static void assert_number(double x, const char *want)
{
    char buffer[32];
    assert_string_equal(lsa_text_number(x, buffer), want);
}

static void numbers_are_short(void **state)
{
    (void)state;
    assert_number(0.0, "0");
    assert_number(-0.0, "-0");
    assert_number(0.1, "0.1");
    assert_number(1e-20, "1e-20");
    assert_number(-1.0 / 3.0, "-0.3333333333333333");
    assert_number(0.1 + 0.2, "0.30000000000000004");
    assert_number(123456789.0, "123456789");
    assert_number(0x1p-1074, "5e-324");
    assert_number(DBL_MAX, "1.7976931348623157e+308");
    assert_number((double)NAN, "nan");
    assert_number(-(double)NAN, "nan");
    assert_number(-HUGE_VAL, "-inf");
}

/* A double of any exponent and sign, from the bits of a uniform. */
static double any_double(lsa_rng *rng)
{
    double u[2];
    lsa_rng_uniforms(rng, 2, u);
    return ldexp(2.0 * u[0] - 1.0, (int)(2100.0 * u[1]) - 1076);
}

static void numbers_read_back(void **state)
{
    (void)state;
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROBE, 0);
    for (int i = 0; i < 100000; ++i) {
        const double x = any_double(&rng);
        char buffer[32];
        lsa_text_number(x, buffer);
        check_close(strtod(buffer, NULL), x, 0.0, 0.0);
        assert_true(strlen(buffer) <= 24);
    }
}

/* The significant digits of a number's text: from the first that is not 0 to the last. */
static int significant_digits(const char *number)
{
    int seen = 0;
    int significant = 0;
    for (const char *c = number; *c != '\0' && *c != 'e'; ++c) {
        seen += *c >= '1' && *c <= '9' ? 1 : *c == '0' && seen > 0;
        significant = *c >= '1' && *c <= '9' ? seen : significant;
    }
    return significant;
}

/* The nearest decimal of one digit less does not read back. */
static void numbers_are_shortest(void **state)
{
    (void)state;
    lsa_rng rng = lsa_rng_at(2, LSA_RNG_PROBE, 0);
    for (int i = 0; i < 20000; ++i) {
        const double x = any_double(&rng);
        char buffer[32];
        char shorter[32];
        const int digits = significant_digits(lsa_text_number(x, buffer));
        snprintf(shorter, sizeof shorter, "%.*e", digits > 1 ? digits - 2 : 0, x);
        if (digits > 1 && strtod(shorter, NULL) == x)
            fail_msg("%s is %s", buffer, shorter);
    }
}

/* A host program may have set a locale with a decimal comma. Where the machine has none, nothing is tested. */
static void numbers_ignore_the_locale(void **state)
{
    (void)state;
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8") == NULL && setlocale(LC_NUMERIC, "fr_FR.UTF-8") == NULL)
        skip();
    assert_number(0.5, "0.5");
    assert_number(1.25e-30, "1.25e-30");
    setlocale(LC_NUMERIC, "C");
}

static void distances(void **state)
{
    (void)state;
    assert_int_equal(lsa_text_distance("context", "context", 3), 0);
    assert_int_equal(lsa_text_distance("contxt", "context", 3), 1);
    assert_int_equal(lsa_text_distance("kitten", "sitting", 5), 3);
    assert_int_equal(lsa_text_distance("sitting", "kitten", 5), 3);
    assert_int_equal(lsa_text_distance("", "abc", 5), 3);
    assert_int_equal(lsa_text_distance("abc", "", 5), 3);
    assert_int_equal(lsa_text_distance("kitten", "sitting", 1), 2); /* at most limit + 1 */
}

static void distances_of_long_words(void **state)
{
    (void)state;
    char a[200];
    memset(a, 'a', sizeof a - 1);
    a[sizeof a - 1] = '\0';
    assert_int_equal(lsa_text_distance(a, a, 3), 0);
    assert_int_equal(lsa_text_distance(a, a + 1, 3), 4); /* too long to be worth a suggestion */
    assert_int_equal(lsa_text_distance(a + 135, a + 136, 3), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_given),
        cmocka_unit_test(text_grows),
        cmocka_unit_test(failed_text_stays_as_it_was),
        cmocka_unit_test(numbers_are_short),
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(numbers_are_shortest),
        cmocka_unit_test(numbers_ignore_the_locale),
        cmocka_unit_test(distances),
        cmocka_unit_test(distances_of_long_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
