/* intern_table.c - growing arrays, and an open-addressing hash table over integer keys. */
#include "compile/intern_table.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#define FIRST_CAPACITY 8
#define FIRST_SLOTS    ((size_t)32)

lsa_ints lsa_ints_in(lsa_arena *arena)
{
    return (lsa_ints){.arena = arena};
}

void *lsa_array_grow(lsa_arena *arena, void *array, int count, int *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    if (*capacity > INT_MAX / 2)
        return NULL;
    const int larger = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
    void *copy = lsa_arena_alloc(arena, (size_t)larger, size);
    if (copy == NULL)
        return NULL;
    if (count > 0)
        memcpy(copy, array, (size_t)count * size);
    *capacity = larger;
    return copy;
}

void lsa_ints_push(lsa_ints *list, int x)
{
    int *data = lsa_array_grow(list->arena, list->data, list->n, &list->capacity, sizeof *data);
    if (data == NULL || list->failed) {
        list->failed = true;
        return;
    }
    list->data = data;
    list->data[list->n++] = x;
}

void lsa_ints_append(lsa_ints *list, int n, const int *x)
{
    for (int k = 0; k < n; k++)
        lsa_ints_push(list, x[k]);
}

void lsa_ints_push_double(lsa_ints *list, double x)
{
    int half[sizeof x / sizeof(int)];
    memcpy(half, &x, sizeof x);
    lsa_ints_append(list, (int)(sizeof half / sizeof *half), half);
}

void lsa_ints_reverse(lsa_ints *list)
{
    for (int i = 0, j = list->n - 1; i < j; i++, j--) {
        const int x = list->data[i];
        list->data[i] = list->data[j];
        list->data[j] = x;
    }
}

typedef struct entry {
    const int *key;
    int length;
    uint64_t hash;
} entry;

/* Invariant: `slots` is a power of two, at least twice the number of entries; a slot holds an id + 1, or 0. */
struct lsa_intern {
    lsa_arena *arena;
    entry *entries;
    int n, capacity;
    int *slot;
    size_t slots;
};

lsa_intern *lsa_intern_create(lsa_arena *arena)
{
    lsa_intern *table = lsa_arena_alloc(arena, 1, sizeof *table);
    if (table == NULL)
        return NULL;
    table->arena = arena;
    table->slots = FIRST_SLOTS;
    table->slot = lsa_arena_alloc(arena, table->slots, sizeof *table->slot);
    return table->slot != NULL ? table : NULL;
}

/* FNV-1a over the integers. */
static uint64_t hash_of(int length, const int *key)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (int k = 0; k < length; k++)
        h = (h ^ (uint32_t)key[k]) * UINT64_C(1099511628211);
    return h ^ h >> 29;
}

/* The slot of the key, or the empty slot where it belongs. */
static int *slot_of(const lsa_intern *table, uint64_t hash, int length, const int *key)
{
    for (size_t s = hash & (table->slots - 1);; s = (s + 1) & (table->slots - 1)) {
        if (table->slot[s] == 0)
            return &table->slot[s];
        const entry *e = &table->entries[table->slot[s] - 1];
        if (e->hash == hash && e->length == length &&
            (length == 0 || memcmp(e->key, key, (size_t)length * sizeof *key) == 0))
            return &table->slot[s];
    }
}

static bool widen(lsa_intern *table)
{
    if (2 * ((size_t)table->n + 1) <= table->slots)
        return true;
    int *larger = lsa_arena_alloc(table->arena, 2 * table->slots, sizeof *larger);
    if (larger == NULL)
        return false;
    table->slot = larger;
    table->slots *= 2;
    for (int id = 0; id < table->n; id++) {
        const entry *e = &table->entries[id];
        *slot_of(table, e->hash, e->length, e->key) = id + 1;
    }
    return true;
}

int lsa_intern_id(lsa_intern *table, const lsa_ints *key)
{
    if (key->failed)
        return -1;
    const uint64_t hash = hash_of(key->n, key->data);
    const int found = *slot_of(table, hash, key->n, key->data);
    if (found != 0)
        return found - 1;
    entry *entries = lsa_array_grow(table->arena, table->entries, table->n, &table->capacity, sizeof *entries);
    if (entries == NULL)
        return -1;
    table->entries = entries;
    int *copy = lsa_arena_alloc(table->arena, (size_t)key->n, sizeof *copy);
    if (copy == NULL || !widen(table))
        return -1;
    if (key->n > 0)
        memcpy(copy, key->data, (size_t)key->n * sizeof *copy);
    entries[table->n] = (entry){.key = copy, .length = key->n, .hash = hash};
    *slot_of(table, hash, key->n, key->data) = table->n + 1;
    return table->n++;
}

int lsa_intern_count(const lsa_intern *table)
{
    return table->n;
}

const int *lsa_intern_key(const lsa_intern *table, int id, int *length)
{
    *length = table->entries[id].length;
    return table->entries[id].key;
}
