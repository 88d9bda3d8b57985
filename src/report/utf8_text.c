/* utf8_text.c - decoding and measuring of user text (RFC 3629; widths after Unicode's East Asian Width, Annex 11).
 *
 * wcwidth() is not used: it depends on the locale, and a report is to look the same in every one. */
#include "report/utf8_text.h"

#include "report/report.h"

typedef struct range {
    uint32_t first, last;
} range;

/* The number of continuation bytes that a first byte announces and the bits it carries itself; -1: no first byte. */
static int announced(unsigned char first, uint32_t *bits)
{
    if (first < 0x80) {
        *bits = first;
        return 0;
    }
    if (first >= 0xC2 && first < 0xE0) {
        *bits = first & 0x1Fu;
        return 1;
    }
    if (first >= 0xE0 && first < 0xF0) {
        *bits = first & 0x0Fu;
        return 2;
    }
    if (first >= 0xF0 && first < 0xF5) {
        *bits = first & 0x07u;
        return 3;
    }
    return -1;
}

uint32_t lsa_utf8_next(const char **text)
{
    static const uint32_t least[4] = {0, 0x80, 0x800, 0x10000}; /* smaller values were written overlong */
    const unsigned char *bytes = (const unsigned char *)*text;
    uint32_t point = 0;
    const int more = announced(bytes[0], &point);
    if (bytes[0] == 0)
        return 0;
    for (int k = 1; k <= more; ++k) {
        if ((bytes[k] & 0xC0u) != 0x80u) /* a terminating zero stops here too */
            point = UINT32_MAX;
        if (point == UINT32_MAX)
            break;
        point = point << 6 | (bytes[k] & 0x3Fu);
    }
    const bool valid = more >= 0 && point >= least[more] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
    *text += valid ? more + 1 : 1;
    return valid ? point : LSA_UTF8_REPLACEMENT;
}

static size_t encode(uint32_t point, char bytes[4])
{
    size_t length = 0;
    if (point < 0x80) {
        bytes[length++] = (char)point;
    } else {
        const int more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
        const unsigned marks[4] = {0, 0xC0, 0xE0, 0xF0};
        bytes[length++] = (char)(unsigned char)(marks[more] | point >> (6 * more));
        for (int k = more - 1; k >= 0; --k)
            bytes[length++] = (char)(unsigned char)(0x80u | (point >> (6 * k) & 0x3Fu));
    }
    return length;
}

void lsa_utf8_add(lsa_text *out, uint32_t point)
{
    char bytes[4];
    lsa_text_add_bytes(out, bytes, encode(point, bytes));
}

static bool is_within(uint32_t point, const range *ranges, size_t count)
{
    for (size_t k = 0; k < count; ++k)
        if (point >= ranges[k].first && point <= ranges[k].last)
            return true;
    return false;
}

bool lsa_utf8_is_control(uint32_t point)
{
    static const range controls[] = {{0, 0x1F}, {0x7F, 0x9F}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069}};
    static const range no_characters[] = {{0xFDD0, 0xFDEF}};
    return is_within(point, controls, sizeof controls / sizeof *controls) ||
           is_within(point, no_characters, sizeof no_characters / sizeof *no_characters) || (point & 0xFFFE) == 0xFFFE;
}

void lsa_utf8_add_valid(lsa_text *out, const char *text)
{
    for (uint32_t point = lsa_utf8_next(&text); point != 0; point = lsa_utf8_next(&text))
        lsa_utf8_add(out, point);
}

/* Terminal columns of one code point. */
static int width_of(uint32_t point)
{
    static const range zero[] = {{0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},    {0x610, 0x61A},
                                 {0x64B, 0x65F},   {0x200B, 0x200D}, {0x20D0, 0x20F0},  {0xFE00, 0xFE0F},
                                 {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF}};
    static const range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},  {0x3400, 0x4DBF},
                                 {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},
                                 {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
                                 {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
    if (is_within(point, wide, sizeof wide / sizeof *wide))
        return 2;
    return is_within(point, zero, sizeof zero / sizeof *zero) ? 0 : 1;
}

ptrdiff_t lsa_utf8_width(const char *text)
{
    ptrdiff_t width = 0;
    for (uint32_t point = lsa_utf8_next(&text); point != 0; point = lsa_utf8_next(&text))
        width += width_of(point);
    return width;
}

void lsa_utf8_add_cut(lsa_text *out, const char *text, ptrdiff_t columns)
{
    const bool fits = lsa_utf8_width(text) <= columns;
    ptrdiff_t left = fits ? columns : columns - 1; /* one for the ellipsis */
    for (uint32_t point = lsa_utf8_next(&text); point != 0; point = lsa_utf8_next(&text)) {
        left -= width_of(point);
        if (left < 0)
            break;
        lsa_utf8_add(out, point);
    }
    lsa_text_add(out, fits ? "" : "…");
}

static uint32_t made_printable(uint32_t point)
{
    if (point == '\n' || point == '\t' || point == '\r')
        return ' ';
    return lsa_utf8_is_control(point) ? LSA_UTF8_REPLACEMENT : point;
}

void lsa_report_printable(lsa_text *out, const char *text)
{
    for (uint32_t point = lsa_utf8_next(&text); point != 0; point = lsa_utf8_next(&text))
        lsa_utf8_add(out, made_printable(point));
}

void lsa_report_print(FILE *stream, const char *text)
{
    char bytes[4];
    for (uint32_t point = lsa_utf8_next(&text); point != 0; point = lsa_utf8_next(&text))
        fwrite(bytes, 1, encode(made_printable(point), bytes), stream);
}
