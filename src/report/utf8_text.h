/* utf8_text.h - user text made safe to show: valid UTF-8, its width on a terminal, no control characters. */
#ifndef LSAFLOW_REPORT_UTF8_TEXT_H
#define LSAFLOW_REPORT_UTF8_TEXT_H

#include "base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LSA_UTF8_REPLACEMENT = 0xFFFD };

/* Decodes the code point at *text and moves *text behind it; 0 at the end of the string. An invalid sequence (overlong,
 * surrogate, beyond U+10FFFF, cut short) gives U+FFFD and moves on by one byte. */
uint32_t lsa_utf8_next(const char **text);

/* Appends a code point. */
void lsa_utf8_add(lsa_text *out, uint32_t point);

/* Whether it is a control character, one that reorders the text around it (bidirectional controls), or none at all
 * (U+FFFE and its like, which XML forbids). */
bool lsa_utf8_is_control(uint32_t point);

/* Appends text with invalid sequences replaced; control characters stay. */
void lsa_utf8_add_valid(lsa_text *out, const char *text);

/* Terminal columns of valid UTF-8 without control characters: 2 for wide East Asian characters and emoji, 0 for
 * combining marks, else 1. */
ptrdiff_t lsa_utf8_width(const char *text);

/* Appends text, cut with an ellipsis where it is wider than `columns` (at least 1). */
void lsa_utf8_add_cut(lsa_text *out, const char *text, ptrdiff_t columns);

#endif
