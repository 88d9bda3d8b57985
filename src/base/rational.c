/* rational.c - exact rational numbers, by FLINT.
 *
 * FLINT keeps a small integer in one word and a large one behind a handle in it, so a pair of words is copied in and
 * out freely; only the last owner clears. A result is made aside and then replaces the output, so any arguments may
 * alias. Only inputs that FLINT accepts reach it (its own answer to others, such as 1/0, is to abort). */
#include "base/rational.h"

#include <assert.h>
#include <flint/flint.h>
#include <flint/fmpq.h>
#include <flint/fmpz.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static_assert(sizeof(fmpz) == sizeof(int64_t), "a FLINT integer is one 64-bit word");
static_assert(sizeof(fmpq) == sizeof(lsa_rational), "a FLINT rational is two such words");

enum { LARGEST_EXPONENT = 400, LARGEST_DIGITS = 1000 }; /* of a literal: bounds the work that a text can ask for */

/* FLINT's view of q; shares its words. */
static fmpq view(const lsa_rational *q)
{
    return (fmpq){q->num, q->den};
}

/* out = value, which out owns from here. */
static void replace(lsa_rational *out, const fmpq *value)
{
    fmpq old = view(out);
    fmpq_clear(&old);
    out->num = value->num;
    out->den = value->den;
}

void lsa_rational_init(lsa_rational *q)
{
    fmpq zero;
    fmpq_init(&zero);
    q->num = zero.num;
    q->den = zero.den;
}

void lsa_rational_clear(lsa_rational *q)
{
    fmpq zero;
    fmpq_init(&zero);
    replace(q, &zero);
}

void lsa_rational_set_si(lsa_rational *q, int64_t num, int64_t den)
{
    assert(den != 0);
    fmpq value;
    fmpq_init(&value);
    fmpz_set_si(&value.num, num);
    fmpz_set_si(&value.den, den);
    fmpq_canonicalise(&value);
    replace(q, &value);
}

void lsa_rational_set(lsa_rational *out, const lsa_rational *q)
{
    const fmpq x = view(q);
    fmpq value;
    fmpq_init(&value);
    fmpq_set(&value, &x);
    replace(out, &value);
}

void lsa_rational_add(lsa_rational *out, const lsa_rational *a, const lsa_rational *b)
{
    const fmpq x = view(a);
    const fmpq y = view(b);
    fmpq sum;
    fmpq_init(&sum);
    fmpq_add(&sum, &x, &y);
    replace(out, &sum);
}

void lsa_rational_mul(lsa_rational *out, const lsa_rational *a, const lsa_rational *b)
{
    const fmpq x = view(a);
    const fmpq y = view(b);
    fmpq product;
    fmpq_init(&product);
    fmpq_mul(&product, &x, &y);
    replace(out, &product);
}

bool lsa_rational_inv(lsa_rational *out, const lsa_rational *a)
{
    const fmpq x = view(a);
    if (fmpq_is_zero(&x))
        return false;
    fmpq inverse;
    fmpq_init(&inverse);
    fmpq_inv(&inverse, &x);
    replace(out, &inverse);
    return true;
}

bool lsa_rational_is_zero(const lsa_rational *q)
{
    const fmpq x = view(q);
    return fmpq_is_zero(&x) != 0;
}

bool lsa_rational_is_one(const lsa_rational *q)
{
    const fmpq x = view(q);
    return fmpq_is_one(&x) != 0;
}

int lsa_rational_sign(const lsa_rational *q)
{
    const fmpq x = view(q);
    return fmpq_sgn(&x);
}

bool lsa_rational_equal(const lsa_rational *a, const lsa_rational *b)
{
    const fmpq x = view(a);
    const fmpq y = view(b);
    return fmpq_equal(&x, &y) != 0;
}

/* floor(2^s |num| / den), its last bit set where the quotient is not exact: a double made from it rounds as the exact
 * quotient would, because it keeps at least two bits beyond a double's. */
static uint64_t sticky_quotient(const fmpq *x, slong s)
{
    fmpz_t n, d, r;
    fmpz_init(n);
    fmpz_init(d);
    fmpz_init(r);
    fmpz_abs(n, &x->num);
    fmpz_set(d, &x->den);
    if (s >= 0)
        fmpz_mul_2exp(n, n, (ulong)s);
    else
        fmpz_mul_2exp(d, d, (ulong)-s);
    fmpz_fdiv_qr(n, r, n, d);
    const uint64_t quotient = fmpz_get_ui(n) | (fmpz_is_zero(r) ? 0u : 1u);
    fmpz_clear(r);
    fmpz_clear(d);
    fmpz_clear(n);
    return quotient;
}

/* |q| lies in (2^(e-1), 2^(e+1)), so s = 62 - e leaves a quotient of 62 or 63 bits. Below the smallest normal number a
 * double has fewer bits: 2^-1076 is a quarter of its last one, and no finer s is used. */
double lsa_rational_double(const lsa_rational *q)
{
    const fmpq x = view(q);
    const slong e = (slong)fmpz_bits(&x.num) - (slong)fmpz_bits(&x.den);
    const double sign = fmpq_sgn(&x);
    if (fmpq_is_zero(&x))
        return 0.0;
    if (e < -1080 || e > 1030)
        return sign * (e > 0 ? HUGE_VAL : 0.0);
    const slong s = 62 - e < 1076 ? 62 - e : 1076;
    return sign * ldexp((double)sticky_quotient(&x, s), (int)-s);
}

/* Reads digits from *text into value = value 10^n + digits; returns their number, or -1 when they are too many. */
static int parse_digits(const char **text, fmpz_t value)
{
    int count = 0;
    for (; **text >= '0' && **text <= '9'; ++*text) {
        if (++count > LARGEST_DIGITS)
            return -1;
        fmpz_mul_ui(value, value, 10);
        fmpz_add_ui(value, value, (ulong)(**text - '0'));
    }
    return count;
}

/* Reads an optional exponent; false when it is malformed or too large. */
static bool parse_exponent(const char **text, int *exponent)
{
    *exponent = 0;
    if (**text != 'e' && **text != 'E')
        return true;
    ++*text;
    const bool negative = **text == '-';
    if (**text == '-' || **text == '+')
        ++*text;
    if (**text < '0' || **text > '9')
        return false;
    for (; **text >= '0' && **text <= '9'; ++*text) {
        *exponent = 10 * *exponent + (**text - '0');
        if (*exponent > LARGEST_EXPONENT)
            return false;
    }
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

/* num, den = the literal, not yet in lowest terms. */
static bool parse_literal(const char *text, fmpz_t num, fmpz_t den)
{
    int exponent = 0;
    int fraction = 0;
    const bool negative = *text == '-';
    if (*text == '-' || *text == '+')
        ++text;
    const int whole = parse_digits(&text, num);
    if (*text == '.') {
        ++text;
        fraction = parse_digits(&text, num);
    }
    if (whole < 0 || fraction < 0 || whole + fraction == 0)
        return false;
    if (!parse_exponent(&text, &exponent) || *text != '\0')
        return false;
    const int power = exponent - fraction;
    fmpz_set_ui(den, 10);
    fmpz_pow_ui(den, den, (ulong)(power < 0 ? -power : power));
    if (power > 0) {
        fmpz_mul(num, num, den);
        fmpz_one(den);
    }
    if (negative)
        fmpz_neg(num, num);
    return true;
}

bool lsa_rational_parse(lsa_rational *out, const char *text)
{
    fmpq value;
    fmpq_init(&value);
    const bool good = parse_literal(text, &value.num, &value.den);
    if (good) {
        fmpq_canonicalise(&value);
        replace(out, &value);
    } else {
        fmpq_clear(&value);
    }
    return good;
}

int lsa_rational_text(const lsa_rational *q, char *buffer, size_t size)
{
    const fmpq x = view(q);
    char *text = fmpq_get_str(NULL, 10, &x);
    const int length = snprintf(buffer, size, "%s", text);
    flint_free(text);
    return length;
}
