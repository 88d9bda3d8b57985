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

/* strtod reads the decimal point of the process's locale. */
static double convert(const char *text)
{
    char copy[2 * LONGEST];
    const char *point = localeconv()->decimal_point;
    const char *dot = strchr(text, '.');
    if (dot == NULL || strcmp(point, ".") == 0 || strlen(point) >= LONGEST)
        return strtod(text, NULL);
    snprintf(copy, sizeof copy, "%.*s%s%s", (int)(dot - text), text, point, dot + 1);
    return strtod(copy, NULL);
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

bool lsa_node_number(const lsa_node *node, double *out)
{
    return node->kind == LSA_NODE_SCALAR && node->style == LSA_STYLE_PLAIN && lsa_number_parse(node->text, out);
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
