/* text.c - a growing string, numbers as text, and the distance between two words.
 *
 * Invariant of lsa_text: data is NULL (the empty text) or holds length bytes and a terminating zero in capacity bytes.
 * A failed addition leaves what was there and marks the text. */
#include "base/text.h"
#include "base/try.h"
#include "lsaflow/arena.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY ((size_t)64)

/* Makes room for `extra` more bytes and the zero; false, with the mark set, when memory is out. */
static bool reserve(lsa_text *text, size_t extra)
{
    if (text->failed || extra >= SIZE_MAX / 2 - text->length) {
        text->failed = true;
        return false;
    }
    const size_t needed = text->length + extra + 1;
    if (needed <= text->capacity)
        return true;
    size_t capacity = text->capacity > 0 ? text->capacity : FIRST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    text->data[text->length] = '\0';
    return true;
}

void lsa_text_init(lsa_text *text)
{
    *text = (lsa_text){0};
    reserve(text, 0);
}

void lsa_text_clear(lsa_text *text)
{
    free(text->data);
    *text = (lsa_text){0};
}

lsa_status lsa_text_give(lsa_text *text, const char *what, char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY_MEMORY(text->failed ? NULL : text->data, what);
    *out = text->data;
    text->data = NULL;
done:
    lsa_text_clear(text);
    return status;
}

void lsa_string_free(char *string)
{
    free(string);
}

void lsa_text_add(lsa_text *text, const char *string)
{
    lsa_text_add_bytes(text, string, strlen(string));
}

void lsa_text_add_bytes(lsa_text *text, const char *bytes, size_t length)
{
    if (length == 0 || !reserve(text, length))
        return;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void lsa_text_printf(lsa_text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    if (length < 0)
        text->failed = true;
    else if (reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

/* Puts '.' for the decimal point of whatever locale the host program has set, which may take several bytes: it is all
 * that a number printed with %g holds beside digits, signs and 'e'. */
static void fix_decimal_point(char *number)
{
    char *point = number + strspn(number, "+-0123456789e");
    if (*point == '\0')
        return;
    char *rest = point + strcspn(point, "0123456789e");
    *point = '.';
    memmove(point + 1, rest, strlen(rest) + 1);
}

/* A decimal of 15 digits survives the way through a normal double, so %.15g finds every shorter one with its zeros
 * stripped; subnormals hold fewer digits and are tried from one digit on. 17 digits always suffice. */
char *lsa_text_number(double x, char buffer[32])
{
    if (isnan(x))
        return memcpy(buffer, "nan", sizeof "nan");
    if (isinf(x))
        return memcpy(buffer, x > 0 ? "inf\0" : "-inf", sizeof "-inf");
    char number[64];
    for (int digits = fabs(x) < DBL_MIN ? 1 : 15; digits <= 17; ++digits) {
        snprintf(number, sizeof number, "%.*g", digits, x);
        if (strtod(number, NULL) == x)
            break;
    }
    fix_decimal_point(number); /* now at most 24 characters: sign, 17 digits, point, e-324 */
    snprintf(buffer, 32, "%.31s", number);
    return buffer;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* The rows of Wagner and Fischer's table, one at a time: row[j] is the distance of the first i characters of a to the
 * first j of b. Names are short; a word longer than the row is further away than any suggestion is worth. */
int lsa_text_distance(const char *a, const char *b, int limit)
{
    enum { LONGEST = 64 };
    int row[LONGEST + 1];
    const size_t n = strlen(b);
    const size_t m = strlen(a);
    if (n > LONGEST || m > LONGEST)
        return m == n && memcmp(a, b, n) == 0 ? 0 : limit + 1;
    for (size_t j = 0; j <= n; ++j)
        row[j] = (int)j;
    for (size_t i = 1; i <= m; ++i) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= n; ++j) {
            const int replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(replaced, least(row[j - 1], row[j]) + 1);
        }
    }
    return least(row[n], limit + 1);
}
