/* collect.h - a sum of terms in the making: like terms meet in a hash table under their canonical key.
 *
 * A collector has its own memory, so that the stages of a long derivation leave nothing behind. */
#ifndef LSAFLOW_SYMBOLIC_COLLECT_H
#define LSAFLOW_SYMBOLIC_COLLECT_H

#include "base/rational.h"
#include "symbolic/monomial.h"

/* A polynomial may have this many terms at any stage. */
enum { LSA_MAX_TERMS = 1 << 18 };

typedef struct lsa_collected {
    uint32_t hash;
    int length;
    const int32_t *key;
    lsa_rational coefficient; /* may have become zero */
} lsa_collected;

typedef struct lsa_collector {
    lsa_algebra *algebra;
    lsa_arena *arena;
    ptrdiff_t n, capacity;
    lsa_collected *terms; /* in the order of their first arrival */
    ptrdiff_t n_slots;    /* a power of two, at least 2 n        */
    int32_t *slots;       /* position in terms + 1, or 0         */
    size_t held;          /* bytes, counted in the algebra's     */
} lsa_collector;

/* Starts empty; clear is fine after a failed init. */
lsa_status lsa_collector_init(lsa_collector *collector, lsa_algebra *algebra, lsa_error *err);
void lsa_collector_clear(lsa_collector *collector);

/* Adds c * m. LSA_ERR_UNABLE beyond the bounds of a term, of their number, of the work. */
lsa_status lsa_collector_add(lsa_collector *collector, const lsa_monomial *m, const lsa_rational *c, lsa_error *err);

#endif
