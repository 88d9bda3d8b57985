/* number.c - the syntax of numbers, checked by hand and then converted by strtod. */
#include "model/number.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 400 }; /* bytes of a number: room for every digit of any double that someone printed */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text)
{
    size_t n = 0;
    while (is_digit(text[n]))
        n++;
    return n;
}

/* sign? (digits [. digits?] | . digits) (e sign? digits)?, the integer part without leading zeros */
static bool has_syntax(const char *text)
{
    text += *text == '+' || *text == '-';
    const size_t whole = digits(text);
    if (whole > 1 && text[0] == '0')
        return false;
    text += whole;
    size_t fraction = 0;
    if (*text == '.') {
        fraction = digits(text + 1);
        text += 1 + fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        const size_t exponent = digits(text);
        if (exponent == 0)
            return false;
        text += exponent;
    }
    return *text == '\0';
}

static bool is_infinity(const char *text)
{
    return strcmp(text, ".inf") == 0 || strcmp(text, ".Inf") == 0 || strcmp(text, ".INF") == 0;
}

/* strtod reads the decimal point of the process's locale. Zero has no sign. */
static double convert(const char *text)
{
    char copy[2 * LONGEST];
    const char *point = localeconv()->decimal_point;
    const char *dot = strchr(text, '.');
    if (dot == NULL || strcmp(point, ".") == 0 || strlen(point) >= LONGEST)
        return strtod(text, NULL) + 0.0;
    snprintf(copy, sizeof copy, "%.*s%s%s", (int)(dot - text), text, point, dot + 1);
    return strtod(copy, NULL) + 0.0;
}

bool lsa_number_parse(const char *text, double *out)
{
    const bool negative = text[0] == '-';
    if (is_infinity(text + (negative || text[0] == '+'))) {
        *out = negative ? -INFINITY : INFINITY;
        return true;
    }
    if (strlen(text) > LONGEST || !has_syntax(text))
        return false;
    *out = convert(text);
    return isfinite(*out);
}

/* A number as its digits without zeros at either end, times 10^exponent; zero has no digits. */
typedef struct decimal {
    char digits[LONGEST];
    long n, exponent;
} decimal;

static void read_decimal(const char *text, decimal *out)
{
    static const long far = 1000000; /* an exponent beyond it says no more: LONGEST digits cannot make up for it */
    bool fraction = false;
    *out = (decimal){.n = 0};
    for (text += *text == '+' || *text == '-'; is_digit(*text) || *text == '.'; text++) {
        fraction = fraction || *text == '.';
        if (*text == '.')
            continue;
        if (out->n > 0 || *text != '0')
            out->digits[out->n++] = *text;
        out->exponent -= fraction;
    }
    for (; out->n > 0 && out->digits[out->n - 1] == '0'; out->n--)
        out->exponent++;
    const long exponent = *text == '\0' ? 0 : strtol(text + 1, NULL, 10);
    out->exponent += exponent > far ? far : exponent < -far ? -far : exponent;
}

bool lsa_integer_parse(const char *text, double *out)
{
    enum { DIGITS = 16 }; /* of 2^53 */
    decimal number;
    uint64_t value = 0;
    if (strlen(text) > LONGEST || !has_syntax(text))
        return false;
    read_decimal(text, &number);
    if (number.n > 0 && (number.exponent < 0 || number.n + number.exponent > DIGITS))
        return false;
    for (long k = 0; k < number.n; k++)
        value = 10 * value + (uint64_t)(number.digits[k] - '0');
    for (long k = 0; number.n > 0 && k < number.exponent; k++)
        value *= 10;
    *out = value > 0 && text[0] == '-' ? -(double)value : (double)value;
    return value <= LSA_LARGEST_INTEGER;
}

bool lsa_node_number(const lsa_node *node, double *out)
{
    return node->kind == LSA_NODE_SCALAR && node->style == LSA_STYLE_PLAIN && lsa_number_parse(node->text, out);
}

bool lsa_node_integer(const lsa_node *node, double *out)
{
    return node->kind == LSA_NODE_SCALAR && node->style == LSA_STYLE_PLAIN && lsa_integer_parse(node->text, out);
}

bool lsa_seed_parse(const char *text, uint64_t *out)
{
    const size_t n = digits(text);
    uint64_t value = 0;
    if (n == 0 || text[n] != '\0' || (n > 1 && text[0] == '0'))
        return false;
    for (size_t k = 0; k < n; k++) {
        const uint64_t digit = (uint64_t)(text[k] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = 10 * value + digit;
    }
    *out = value;
    return true;
}

const char *lsa_number_hint(const lsa_node *node)
{
    double value = 0;
    if (node->kind != LSA_NODE_SCALAR)
        return "";
    if (node->style != LSA_STYLE_PLAIN)
        return lsa_number_parse(node->text, &value) ? " (a number is written without quotes)" : "";
    if (strcmp(node->text, ".nan") == 0 || strcmp(node->text, ".NaN") == 0 || strcmp(node->text, ".NAN") == 0)
        return " (NaN is no value)";
    if (strlen(node->text) <= LONGEST && has_syntax(node->text))
        return lsa_number_parse(node->text, &value) ? "" : " (too large for a double)";
    const char *bare = node->text + (node->text[0] == '+' || node->text[0] == '-');
    if (bare[0] == '0' && is_digit(bare[1]))
        return " (a number has no leading zeros)";
    if (strcmp(bare, "inf") == 0 || strcmp(bare, "Infinity") == 0 || strcmp(bare, "infinity") == 0)
        return " (infinity is written .inf)";
    return "";
}
