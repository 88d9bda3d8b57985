/* arena.c - a list of blocks, each handed out from its start.
 *
 * Invariant: every block comes zeroed from calloc and bytes are handed out once, so an allocation is zero without being
 * written. Blocks double from 4 KiB to 1 MiB: small arenas stay small, large ones ask the system rarely. A request
 * larger than a quarter of the next block gets a block of its own behind the current one, whose rest stays in use. */
#include "lsaflow/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK   ((size_t)4096)
#define LARGEST_BLOCK ((size_t)1 << 20)

typedef struct block {
    struct block *next;
    size_t used, capacity;
    max_align_t bytes[];
} block;

struct lsa_arena {
    block *current; /* small requests are served from here; full and single-use blocks follow it */
    size_t next_block, total;
};

lsa_arena *lsa_arena_create(void)
{
    lsa_arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        return NULL;
    arena->next_block = FIRST_BLOCK;
    arena->total = sizeof *arena;
    return arena;
}

void lsa_arena_destroy(lsa_arena *arena)
{
    if (arena == NULL)
        return;
    for (block *b = arena->current; b != NULL;) {
        block *next = b->next;
        free(b);
        b = next;
    }
    free(arena);
}

static block *block_create(lsa_arena *arena, size_t capacity)
{
    block *b = calloc(1, sizeof *b + capacity);
    if (b == NULL)
        return NULL;
    b->capacity = capacity;
    arena->total += sizeof *b + capacity;
    return b;
}

/* Puts a new block of the usual size in front: the one that serves small requests from now on. */
static block *block_open(lsa_arena *arena)
{
    block *b = block_create(arena, arena->next_block);
    if (b == NULL)
        return NULL;
    b->next = arena->current;
    arena->current = b;
    if (arena->next_block < LARGEST_BLOCK)
        arena->next_block *= 2;
    return b;
}

/* Puts a block for one large request behind the current one. */
static block *block_single(lsa_arena *arena, size_t bytes)
{
    block *b = block_create(arena, bytes);
    if (b == NULL)
        return NULL;
    block **place = arena->current != NULL ? &arena->current->next : &arena->current;
    b->next = *place;
    *place = b;
    return b;
}

/* A block with room for `bytes`, or NULL. */
static block *block_for(lsa_arena *arena, size_t bytes)
{
    block *current = arena->current;
    if (current != NULL && current->capacity - current->used >= bytes)
        return current;
    return bytes > arena->next_block / 4 ? block_single(arena, bytes) : block_open(arena);
}

void *lsa_arena_alloc(lsa_arena *arena, size_t count, size_t size)
{
    const size_t align = sizeof(max_align_t);
    const size_t largest = SIZE_MAX / 2; /* leaves room for the block's head and for rounding up */
    if (size != 0 && count > largest / size)
        return NULL;
    const size_t wanted = count * size > 0 ? count * size : 1; /* distinct pointers, even for nothing */
    const size_t bytes = (wanted + align - 1) / align * align;
    block *b = block_for(arena, bytes);
    if (b == NULL)
        return NULL;
    void *given = (char *)b->bytes + b->used;
    b->used += bytes;
    return given;
}

char *lsa_arena_text(lsa_arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *copy = lsa_arena_alloc(arena, length + 1, 1);
    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *lsa_arena_printf(lsa_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    char *text = length >= 0 ? lsa_arena_alloc(arena, (size_t)length + 1, 1) : NULL;
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(args);
    return text;
}

size_t lsa_arena_size(const lsa_arena *arena)
{
    return arena->total;
}
