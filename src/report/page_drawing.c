/* page_drawing.c - an SVG file of gnuplot's as a part of an HTML page, which then needs no other file. */
#include "report/page.h"

#include <string.h>

/* What stands before a name of an element: gnuplot gives every file the same names. */
static const char *const before_names[] = {"id=\"", "id='", "href=\"#", "href='#", "url(#"};
enum { PLACES = sizeof before_names / sizeof *before_names };

/* The length of what stands at `at` before a name, 0 where none does. */
static size_t name_begins(const char *at)
{
    for (size_t k = 0; k < PLACES; ++k)
        if (strncmp(at, before_names[k], strlen(before_names[k])) == 0)
            return strlen(before_names[k]);
    return 0;
}

/* Behind the element that starts at `at`, if it is one of that name; else `at`. */
static const char *skip_element(const char *at, const char *open, const char *close)
{
    const char *end = strncmp(at, open, strlen(open)) == 0 ? strstr(at, close) : NULL;
    return end != NULL ? end + strlen(close) : at;
}

bool lsa_page_drawing(lsa_text *out, const char *svg, const char *stem)
{
    bool inside_tag = false;
    const char *at = strstr(svg, "<svg");
    if (at == NULL)
        return false;
    while (*at != '\0') {
        const char *after = skip_element(skip_element(at, "<title>", "</title>"), "<desc>", "</desc>");
        if (after != at) {
            at = after;
            continue;
        }
        inside_tag = *at == '<' || (inside_tag && *at != '>');
        const size_t length = inside_tag ? name_begins(at) : 0;
        lsa_text_add_bytes(out, at, length > 0 ? length : 1);
        if (length > 0)
            lsa_text_printf(out, "%s-", stem);
        at += length > 0 ? length : 1;
    }
    return true;
}
