/* embedded.h - text files that travel inside the program: shipped statements and plot templates. */
#ifndef LSAFLOW_BASE_EMBEDDED_H
#define LSAFLOW_BASE_EMBEDDED_H

#include <stddef.h>

/* One file; a table ends with a NULL name. */
typedef struct lsa_embedded {
    const char *name; /* the file's base name        */
    const char *text; /* its bytes, zero-terminated  */
    size_t length;
} lsa_embedded;

/* The entry of that name, or NULL. */
const lsa_embedded *lsa_embedded_find(const lsa_embedded *table, const char *name);

#endif
