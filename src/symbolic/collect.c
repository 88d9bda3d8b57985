/* collect.c - hashing like terms together. Open addressing with linear probing; nothing is ever removed. */
#include "symbolic/collect.h"
#include "base/try.h"
#include <stdlib.h>
#include <string.h>

lsa_status lsa_collector_init(lsa_collector *collector, lsa_algebra *algebra, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *collector = (lsa_collector){.algebra = algebra, .n_slots = 64, .capacity = 32};
    collector->arena = lsa_arena_create();
    LSA_TRY_MEMORY(collector->arena, "the terms of a sum");
    collector->terms = calloc((size_t)collector->capacity, sizeof *collector->terms);
    LSA_TRY_MEMORY(collector->terms, "the terms of a sum");
    collector->slots = calloc((size_t)collector->n_slots, sizeof *collector->slots);
    LSA_TRY_MEMORY(collector->slots, "the terms of a sum");
done:
    return status;
}

void lsa_collector_clear(lsa_collector *collector)
{
    if (collector->algebra != NULL)
        collector->algebra->held -= collector->held;
    for (ptrdiff_t k = 0; k < collector->n; k++)
        lsa_rational_clear(&collector->terms[k].coefficient);
    free(collector->terms);
    free(collector->slots);
    lsa_arena_destroy(collector->arena);
    *collector = (lsa_collector){.algebra = NULL};
}

/* FNV-1a over whole words. */
static uint32_t hash_key(const lsa_key *key)
{
    uint32_t hash = 2166136261u;
    for (int k = 0; k < key->length; k++) {
        hash ^= (uint32_t)key->data[k];
        hash *= 16777619u;
        hash ^= hash >> 15;
    }
    return hash;
}

/* The slot that holds the key, or the free one where it belongs. */
static ptrdiff_t find_slot(const lsa_collector *collector, uint32_t hash, const lsa_key *key)
{
    const ptrdiff_t mask = collector->n_slots - 1;
    ptrdiff_t at = (ptrdiff_t)hash & mask;
    for (; collector->slots[at] != 0; at = (at + 1) & mask) {
        const lsa_collected *term = &collector->terms[collector->slots[at] - 1];
        if (term->hash == hash && term->length == key->length &&
            memcmp(term->key, key->data, (size_t)key->length * sizeof *key->data) == 0)
            break;
    }
    return at;
}

/* Doubles the table; a rational is plain storage to its owner, so realloc may move it. */
static lsa_status grow(lsa_collector *collector, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n_slots = 2 * collector->n_slots, mask = n_slots - 1;
    lsa_collected *terms = NULL;
    int32_t *slots = calloc((size_t)n_slots, sizeof *slots);
    LSA_TRY_MEMORY(slots, "the terms of a sum");
    terms = realloc(collector->terms, (size_t)(2 * collector->capacity) * sizeof *terms);
    LSA_TRY_MEMORY(terms, "the terms of a sum");
    collector->terms = terms;
    collector->capacity *= 2;
    for (ptrdiff_t k = 0; k < collector->n; k++) {
        ptrdiff_t at = (ptrdiff_t)terms[k].hash & mask;
        while (slots[at] != 0)
            at = (at + 1) & mask;
        slots[at] = (int32_t)(k + 1);
    }
    free(collector->slots);
    collector->slots = slots;
    collector->n_slots = n_slots;
    slots = NULL;
done:
    free(slots);
    return status;
}

static lsa_status insert(lsa_collector *collector, ptrdiff_t slot, uint32_t hash, const lsa_key *key,
                         const lsa_rational *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collected *term = &collector->terms[collector->n];
    int32_t *data = lsa_arena_alloc(collector->arena, (size_t)key->length, sizeof *data);
    LSA_TRY_MEMORY(data, "the terms of a sum");
    memcpy(data, key->data, (size_t)key->length * sizeof *data);
    *term = (lsa_collected){.hash = hash, .length = key->length, .key = data};
    lsa_rational_init(&term->coefficient);
    lsa_rational_set(&term->coefficient, c);
    collector->slots[slot] = (int32_t)++collector->n;
done:
    return status;
}

static lsa_status hold(lsa_collector *collector, size_t bytes, lsa_error *err)
{
    collector->held += bytes;
    return lsa_algebra_hold(collector->algebra, bytes, err);
}

lsa_status lsa_collector_add(lsa_collector *collector, const lsa_monomial *m, const lsa_rational *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_key key;
    uint32_t hash = 0;
    ptrdiff_t slot = 0;
    if (lsa_rational_is_zero(c))
        goto done;
    LSA_TRY(lsa_algebra_spend(collector->algebra, lsa_monomial_effort(m), err));
    LSA_TRY(lsa_monomial_key(collector->algebra, m, &key, err));
    hash = hash_key(&key);
    slot = find_slot(collector, hash, &key);
    if (collector->slots[slot] != 0) {
        lsa_rational *sum = &collector->terms[collector->slots[slot] - 1].coefficient;
        lsa_rational_add(sum, sum, c);
        goto done;
    }
    if (collector->n == LSA_MAX_TERMS) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "a polynomial of more than %d terms", (int)LSA_MAX_TERMS);
        goto done;
    }
    if (collector->n == collector->capacity) {
        LSA_TRY(hold(collector, (size_t)collector->capacity * (sizeof *collector->terms + 2 * sizeof *collector->slots),
                     err));
        LSA_TRY(grow(collector, err));
        slot = find_slot(collector, hash, &key);
    }
    LSA_TRY(hold(collector, (size_t)key.length * sizeof *key.data, err));
    LSA_TRY(insert(collector, slot, hash, &key, c, err));
done:
    return status;
}
