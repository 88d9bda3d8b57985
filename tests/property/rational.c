/* Rationals are a field, print and read back, and round to the nearest double. */
#include "base/rational.h"
#include "base/rng.h"
#include "check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATS = 2000 };

/* A rational with numerator and denominator of one to eighteen digits, so that words and large integers both occur. */
static void random_rational(lsa_rng *rng, lsa_rational *q)
{
    double u[4];
    lsa_rng_uniforms(rng, 4, u);
    const double num = (2.0 * u[0] - 1.0) * pow(10.0, 18.0 * u[1]);
    const double den = 1.0 + pow(10.0, 18.0 * u[2]) * u[3];
    lsa_rational_set_si(q, (int64_t)num, (int64_t)den);
}

static void field_laws(void **state)
{
    (void)state;
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROBE, 0);
    lsa_rational a, b, c, left, right;
    lsa_rational *const all[] = {&a, &b, &c, &left, &right};
    for (size_t i = 0; i < 5; ++i)
        lsa_rational_init(all[i]);
    for (int i = 0; i < REPEATS; ++i) {
        random_rational(&rng, &a);
        random_rational(&rng, &b);
        random_rational(&rng, &c);
        lsa_rational_add(&left, &a, &b); /* (a + b) c = a c + b c, with every aliasing on the way */
        lsa_rational_mul(&left, &left, &c);
        lsa_rational_mul(&a, &a, &c);
        lsa_rational_mul(&b, &c, &b);
        lsa_rational_add(&right, &a, &b);
        assert_true(lsa_rational_equal(&left, &right));
        if (lsa_rational_inv(&right, &left)) { /* x x^-1 = 1 */
            lsa_rational_mul(&right, &right, &left);
            assert_true(lsa_rational_is_one(&right));
        }
        lsa_rational_set(&right, &left); /* x + x = 2 x, aliased with itself */
        lsa_rational_add(&right, &right, &right);
        lsa_rational_set_si(&c, 2, 1);
        lsa_rational_mul(&left, &left, &c);
        assert_true(lsa_rational_equal(&left, &right));
    }
    for (size_t i = 0; i < 5; ++i)
        lsa_rational_clear(all[i]);
}

/* The C library's strtod rounds correctly, so literal -> rational -> double must give its bits: over the whole range,
 * subnormals and the borders of the range included. */
static void double_is_the_nearest(void **state)
{
    (void)state;
    lsa_rng rng = lsa_rng_at(2, LSA_RNG_PROBE, 0);
    lsa_rational q;
    lsa_rational_init(&q);
    for (int i = 0; i < 20000; ++i) {
        char literal[64];
        double u[3];
        lsa_rng_uniforms(&rng, 3, u);
        snprintf(literal, sizeof literal, "%.*fe%d", (int)(17.0 * u[2]), 20.0 * u[0] - 10.0, (int)(650.0 * u[1]) - 330);
        assert_true(lsa_rational_parse(&q, literal));
        if (lsa_rational_double(&q) != strtod(literal, NULL))
            fail_msg("%s: %a, not %a", literal, lsa_rational_double(&q), strtod(literal, NULL));
    }
    lsa_rational_clear(&q);
}

/* quarters / 4, to the nearest integer, ties to even. */
static int64_t round_quarters(int64_t quarters)
{
    const int64_t whole = quarters / 4;
    const int64_t rest = quarters % 4;
    return whole + (rest > 2 || (rest == 2 && whole % 2 != 0));
}

/* quarters / 4 * 2^exponent, where 2^exponent is the last bit of the double. */
static void check_rounding(int64_t quarters, int exponent)
{
    lsa_rational q, two;
    lsa_rational_init(&q);
    lsa_rational_init(&two);
    lsa_rational_set_si(&q, quarters, 4);
    lsa_rational_set_si(&two, exponent < 0 ? 1 : 2, exponent < 0 ? 2 : 1);
    for (int i = 0; i < abs(exponent); ++i)
        lsa_rational_mul(&q, &q, &two);
    check_close(lsa_rational_double(&q), ldexp((double)round_quarters(quarters), exponent), 0.0, 0.0);
    lsa_rational_clear(&two);
    lsa_rational_clear(&q);
}

/* Quarters of the last bit, over normal numbers and over subnormal ones, whose last bit is 2^-1074. */
static void ties_go_to_even(void **state)
{
    (void)state;
    for (int64_t k = 0; k < 64; ++k) {
        for (int exponent = -1074; exponent <= 900; exponent += 94)
            check_rounding(((int64_t)1 << 54) + k, exponent);
        check_rounding(k, -1074);
        check_rounding(((int64_t)1 << 54) - k, -1074); /* the border between both */
    }
}

/* A whole number prints as a literal that reads back. */
static void text_reads_back(void **state)
{
    (void)state;
    lsa_rng rng = lsa_rng_at(3, LSA_RNG_PROBE, 0);
    lsa_rational q, back, den;
    lsa_rational_init(&q);
    lsa_rational_init(&back);
    lsa_rational_init(&den);
    for (int i = 0; i < REPEATS; ++i) {
        char text[64];
        random_rational(&rng, &q);
        lsa_rational_text(&q, text, sizeof text);
        char *slash = strchr(text, '/');
        if (slash != NULL)
            *slash = '\0';
        assert_true(lsa_rational_parse(&back, text));
        assert_true(lsa_rational_parse(&den, slash != NULL ? slash + 1 : "1"));
        assert_true(lsa_rational_inv(&den, &den));
        lsa_rational_mul(&back, &back, &den);
        assert_true(lsa_rational_equal(&back, &q));
    }
    lsa_rational_clear(&den);
    lsa_rational_clear(&back);
    lsa_rational_clear(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_laws),
        cmocka_unit_test(double_is_the_nearest),
        cmocka_unit_test(ties_go_to_even),
        cmocka_unit_test(text_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
