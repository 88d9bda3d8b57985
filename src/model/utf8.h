/* utf8.h - is this text well-formed UTF-8 without control characters? */
#ifndef LSAFLOW_MODEL_UTF8_H
#define LSAFLOW_MODEL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The first fault; `what` is NULL where there is none. Lines and columns (in characters) from 1. */
typedef struct lsa_utf8_fault {
    const char *what;
    int line, column;
} lsa_utf8_fault;

/* Checks by the table of well-formed byte sequences (Unicode 15, table 3-7): overlong forms, surrogates and values
 * beyond U+10FFFF are refused, as are control characters other than tab, line feed and carriage return. */
lsa_utf8_fault lsa_utf8_check(const char *text, size_t length);

/* Length in bytes of the well-formed sequence at text[0 .. left), 0 when there is none. */
size_t lsa_utf8_length(const char *text, size_t left);

#endif
