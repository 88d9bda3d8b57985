/* intern_table.h - growing arrays and interned integer keys, in an arena.
 *
 * Everything that compilation shares (words, chains, nodes) is made of integers. Interning gives equal keys one id, so
 * equality becomes the comparison of two numbers; ids count up from 0 in order of first appearance, which keeps every
 * later step deterministic. Nothing is freed before the arena. */
#ifndef LSAFLOW_COMPILE_INTERN_TABLE_H
#define LSAFLOW_COMPILE_INTERN_TABLE_H

#include "lsaflow/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* An array that grows; `failed` is set when memory ran out, and stays set. Check it once, where the array is used. */
typedef struct lsa_ints {
    lsa_arena *arena;
    int *data;
    int n, capacity;
    bool failed;
} lsa_ints;

lsa_ints lsa_ints_in(lsa_arena *arena);
void lsa_ints_push(lsa_ints *list, int x);
void lsa_ints_append(lsa_ints *list, int n, const int *x);
/* Both halves of a double, so that keys can hold numbers; equal keys mean equal bits. */
void lsa_ints_push_double(lsa_ints *list, double x);
/* Reverses the list. */
void lsa_ints_reverse(lsa_ints *list);

/* Room for one more of `size` bytes after `count`: the array itself, or a larger copy. NULL when memory is out. */
void *lsa_array_grow(lsa_arena *arena, void *array, int count, int *capacity, size_t size);

typedef struct lsa_intern lsa_intern;

/* An empty table, NULL when memory is out. */
lsa_intern *lsa_intern_create(lsa_arena *arena);
/* The id of the key, a new one when it was not there; -1 when memory is out (or the list has failed). */
int lsa_intern_id(lsa_intern *table, const lsa_ints *key);
int lsa_intern_count(const lsa_intern *table);
/* The key of an id; valid while the arena lives. */
const int *lsa_intern_key(const lsa_intern *table, int id, int *length);

#endif
