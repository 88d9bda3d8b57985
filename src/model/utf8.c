/* utf8.c - well-formed byte sequences, after table 3-7 of the Unicode standard. */
#include "model/utf8.h"
#include <stdint.h>

static bool in_range(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

/* Bounds of the second byte: narrower after E0, ED, F0, F4 (overlong forms, surrogates, beyond U+10FFFF). */
static bool second_fits(unsigned char first, unsigned char second)
{
    const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return in_range(second, low, high);
}

size_t lsa_utf8_length(const char *text, size_t left)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (left == 0)
        return 0;
    if (byte[0] < 0x80)
        return 1;
    const size_t length = in_range(byte[0], 0xC2, 0xDF)   ? 2
                          : in_range(byte[0], 0xE0, 0xEF) ? 3
                          : in_range(byte[0], 0xF0, 0xF4) ? 4
                                                          : 0;
    if (length == 0 || length > left || !second_fits(byte[0], byte[1]))
        return 0;
    for (size_t k = 2; k < length; k++)
        if (!in_range(byte[k], 0x80, 0xBF))
            return 0;
    return length;
}

/* C0 without tab, line feed, carriage return; DEL; C1 without NEL (C2 80 .. C2 9F). */
static bool is_control(const char *text, size_t length)
{
    const unsigned char first = (unsigned char)text[0];
    if (length == 1)
        return (first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7F;
    return length == 2 && first == 0xC2 && (unsigned char)text[1] < 0xA0 && (unsigned char)text[1] != 0x85;
}

lsa_utf8_fault lsa_utf8_check(const char *text, size_t length)
{
    lsa_utf8_fault fault = {.line = 1, .column = 1};
    size_t k = 0;
    while (k < length) {
        const size_t n = lsa_utf8_length(text + k, length - k);
        if (n == 0)
            fault.what = "invalid UTF-8";
        else if (text[k] == '\0')
            fault.what = "a NUL byte is not allowed";
        else if (is_control(text + k, n))
            fault.what = "a control character is not allowed";
        if (fault.what != NULL)
            break;
        fault.column++;
        if (text[k] == '\n') {
            fault.line++;
            fault.column = 1;
        }
        k += n;
    }
    return fault;
}
