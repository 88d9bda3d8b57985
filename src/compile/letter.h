/* letter.h - a matrix as it stands in a word: which one, and whether it is transposed.
 *
 * Terms on their way to products, chains of factors and words of constants are all spelled with these letters; what the number
 * counts is told by the alphabet. */
#ifndef LSAFLOW_COMPILE_LETTER_H
#define LSAFLOW_COMPILE_LETTER_H

#include "compile/intern_table.h"

#include <stdint.h>

typedef enum lsa_alphabet {
    LSA_SYMBOL, /* of the algebra, or a constant that an average brings in (bound.h); `index` is its head index         */
    LSA_NODE,   /* a block of the state, or what is made of such (node.h): a factor                                   */
    LSA_RUN     /* diagonal letters that an average is being taken over (vertex.h)                                    */
} lsa_alphabet;

typedef struct lsa_atom {
    int32_t number; /* -1: none */
    int16_t index;  /* -1: none    */
    bool transposed;
    uint8_t of; /* lsa_alphabet */
} lsa_atom;

static inline lsa_atom lsa_atom_none(void)
{
    return (lsa_atom){.number = -1, .index = -1, .of = LSA_NODE};
}

static inline bool lsa_atom_exists(lsa_atom a)
{
    return a.number >= 0;
}

/* The factor that is a node as it is. */
static inline lsa_atom lsa_atom_of_node(int node)
{
    return (lsa_atom){.number = node, .index = -1, .of = LSA_NODE};
}

/* a', where a is not known to be symmetric. */
static inline lsa_atom lsa_atom_flip(lsa_atom a)
{
    a.transposed = !a.transposed;
    return a;
}

/* Symbols before nodes, each by number, a matrix before its transpose; the head index does not count. */
static inline int lsa_atom_compare(lsa_atom a, lsa_atom b)
{
    if (a.of != b.of)
        return a.of < b.of ? -1 : 1;
    if (a.number != b.number)
        return a.number < b.number ? -1 : 1;
    return (int)a.transposed - (int)b.transposed;
}

static inline bool lsa_atom_is(lsa_atom a, lsa_atom b)
{
    return lsa_atom_compare(a, b) == 0;
}

/* For the keys of tables, each of one alphabet. */
static inline void lsa_ints_push_atom(lsa_ints *key, lsa_atom a)
{
    lsa_ints_push(key, a.transposed ? -2 - a.number : a.number);
}

static inline void lsa_ints_append_atoms(lsa_ints *key, int n, const lsa_atom *atoms)
{
    for (int k = 0; k < n; k++)
        lsa_ints_push_atom(key, atoms[k]);
}

#endif
