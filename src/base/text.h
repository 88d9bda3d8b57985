/* text.h - a growing string, and a file written beside its name and then renamed. */
#ifndef LSAFLOW_BASE_TEXT_H
#define LSAFLOW_BASE_TEXT_H

#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

/* Always terminated. When memory runs out `failed` is set and later additions do nothing; check it once at the end. */
typedef struct lsa_text {
    char *data;
    size_t length, capacity;
    bool failed;
} lsa_text;

void lsa_text_init(lsa_text *text);
void lsa_text_clear(lsa_text *text);
void lsa_text_add(lsa_text *text, const char *string);
void lsa_text_add_bytes(lsa_text *text, const char *bytes, size_t length);
void lsa_text_printf(lsa_text *text, const char *format, ...);

/* Gives the string away, to be freed by the caller (lsa_string_free), and clears the text. LSA_ERR_MEMORY, naming `what`,
 * where an addition failed. */
lsa_status lsa_text_give(lsa_text *text, const char *what, char **out, lsa_error *err);

/* The shortest decimal that reads back as x ("0.1", "1e-20", "nan", "inf"); locale-free; buffer of 32 bytes. */
char *lsa_text_number(double x, char buffer[32]);

/* Reads a whole file, at most `limit` bytes, into text. LSA_ERR_READ with the reason. */
lsa_status lsa_text_read_file(lsa_text *text, const char *path, size_t limit, lsa_error *err);

/* Writes a file whole or not at all: beside its name first, then renamed. LSA_ERR_WRITE with the reason. */
lsa_status lsa_text_write_file(const char *path, const char *data, size_t length, lsa_error *err);

/* Levenshtein distance, for "did you mean"; at most `limit` + 1. */
int lsa_text_distance(const char *a, const char *b, int limit);

#endif
