/* status.c - the error story: a status and the lines that led to it.
 *
 * The text is always terminated and never ends in half of a UTF-8 character. Lines are formatted aside first, so that a
 * story may quote itself. */
#include "lsaflow/status.h"
#include "lsaflow/version.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

const char *lsa_status_text(lsa_status status)
{
    switch (status) {
#define STATUS_CASE(name, text)                                                                                        \
    case name:                                                                                                         \
        return text;
        LSA_STATUS_LIST(STATUS_CASE)
#undef STATUS_CASE
    }
    return "unknown status";
}

bool lsa_status_is_no_answer(lsa_status status)
{
    return status == LSA_ERR_DOMAIN || status == LSA_ERR_UNABLE;
}

/* The length of text without a UTF-8 character that a cut at `length` left incomplete. */
static size_t whole_characters(const char *text, size_t length)
{
    size_t lead = length;
    while (lead > 0 && length - lead < 4 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        --lead;
    if (lead == 0)
        return length;
    const unsigned char first = (unsigned char)text[lead - 1];
    const size_t width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    return lead - 1 + width > length ? lead - 1 : length;
}

/* A line is one line and has no control characters, whatever names and values a user gave: a message cannot be forged. */
static void make_line(char *line)
{
    for (char *c = line; *c != '\0'; ++c) {
        if (strchr("\n\r\t", *c) != NULL)
            *c = ' ';
        else if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    }
}

/* Appends bytes to a story of `used` bytes, as far as they fit. */
static void append(lsa_error *err, size_t used, const char *line)
{
    const size_t room = LSA_ERROR_CAPACITY - 1 - used;
    const size_t wanted = strlen(line);
    const size_t length = wanted <= room ? wanted : whole_characters(line, room);
    memcpy(err->text + used, line, length);
    err->text[used + length] = '\0';
}

void lsa_error_clear(lsa_error *err)
{
    if (err == NULL)
        return;
    err->status = LSA_OK;
    err->text[0] = '\0';
}

lsa_status lsa_error_set(lsa_error *err, lsa_status status, const char *format, ...)
{
    if (err == NULL)
        return status;
    char line[LSA_ERROR_CAPACITY + 4]; /* longer than the story, so that the cut is always made by append */
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    make_line(line);
    err->status = status;
    append(err, 0, length >= 0 ? line : lsa_status_text(status));
    return status;
}

lsa_status lsa_error_copy(lsa_error *err, lsa_status status, const lsa_error *story)
{
    if (err == NULL)
        return status;
    if (err != story)
        memcpy(err->text, story->text, sizeof err->text);
    err->status = status;
    return status;
}

void lsa_error_add(lsa_error *err, const char *format, ...)
{
    if (err == NULL)
        return;
    char line[LSA_ERROR_CAPACITY + 4] = "\n";
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(line + 1, sizeof line - 1, format, args);
    va_end(args);
    make_line(line + 1);
    const size_t used = strlen(err->text);
    if (length >= 0)
        append(err, used, used > 0 ? line : line + 1);
}

const char *lsa_version(void)
{
    return LSA_VERSION;
}
