/* arena.h - memory that dies together.
 *
 * Symbolic terms, parsed files and tables are built once and freed as a whole. Every allocation is zeroed, aligned for
 * any type, and lives until lsa_arena_destroy. An arena is used by one thread at a time. */
#ifndef LSAFLOW_ARENA_H
#define LSAFLOW_ARENA_H

#include "lsaflow/api.h"
#include <stddef.h>

LSA_BEGIN_DECLS

typedef struct lsa_arena lsa_arena;

/* A new, empty arena; NULL when memory is out. */
LSA_API lsa_arena *lsa_arena_create(void);

/* Frees the arena and all that it gave; NULL is fine. */
LSA_API void lsa_arena_destroy(lsa_arena *arena);

/* `count` zeroed objects of `size` bytes; NULL when memory is out or count * size overflows. count 0 gives a valid
 * pointer. */
LSA_API void *lsa_arena_alloc(lsa_arena *arena, size_t count, size_t size);

/* A copy of `length` bytes of `text` with a terminating zero; NULL when memory is out. */
LSA_API char *lsa_arena_text(lsa_arena *arena, const char *text, size_t length);

/* A formatted string in the arena; NULL when memory is out. */
LSA_API char *lsa_arena_printf(lsa_arena *arena, const char *format, ...);

/* Bytes taken from the system so far. */
LSA_API size_t lsa_arena_size(const lsa_arena *arena);

/* Frees a string that a function gave to its caller; NULL is fine. */
LSA_API void lsa_string_free(char *string);

LSA_END_DECLS

#endif
