/* share.h - products with their constants multiplied out, and matrix products shared between them.
 *
 * Chains are interned, so a trace that occurs in many products is one number. A chain that is too long to be evaluated
 * elementwise (a ring of more than two factors, an open word of more than one) is shortened pair by pair: of all
 * neighbouring pairs the cheapest product, among those the most frequent, becomes a node that replaces the pair
 * wherever it occurs, transposed or not (Larsson and Moffat's Re-Pair, 2000, with costs). Vectors are therefore
 * multiplied first, and matrix products made only where nothing else is left. */
#ifndef LSAFLOW_COMPILE_SHARE_H
#define LSAFLOW_COMPILE_SHARE_H

#include "compile/basis.h"

enum { LSA_DIAGONAL_NONE = -1 }; /* the identity */

/* The numbers of slots in their final bases, shared by all codes of a program; their arrays live in `kept`. */
typedef struct lsa_constants {
    lsa_lowering *lowering;
    const lsa_bases *bases;
    lsa_arena *kept;
    lsa_intern *keys;           /* slot, row basis, column basis    */
    struct lsa_constant *table; /* per id of keys                   */
    int capacity;
    const double **diagonals;
    int n_diagonals, diagonal_capacity;
} lsa_constants;

/* A slot is scalar * I, scalar * diagonal, or scalar * a full array, which is a factor. */
typedef struct lsa_constant {
    double scalar;
    int diagonal;    /* LSA_DIAGONAL_NONE where there is none */
    lsa_atom factor; /* none where there is none              */
} lsa_constant;

lsa_status lsa_constants_create(lsa_lowering *lowering, const lsa_bases *bases, lsa_arena *kept, lsa_constants **out,
                                lsa_error *err);

/* A chain with diagonals where slots were: RING diagonal k after factor k, else diagonal 0 in front of factor 0. */
typedef struct lsa_shared_chain {
    lsa_chain_role role;
    int n;
    lsa_atom *factors;
    int *diagonals;
} lsa_shared_chain;

typedef struct lsa_shared_product {
    double coefficient;
    int n_powers;
    const lsa_node_power *powers;
    int n_scalars;
    const int *scalars; /* chains                */
    int open, outer;    /* chains, or -1         */
} lsa_shared_product;

typedef struct lsa_shared_sum {
    ptrdiff_t rows, cols;
    int n;
    const lsa_shared_product *products;
} lsa_shared_sum;

/* The chains and sums of one code. */
typedef struct lsa_sharing {
    lsa_lowering *lowering;
    lsa_constants *constants;
    lsa_intern *chain_keys;
    lsa_shared_chain *chains; /* per id of chain_keys                             */
    int chain_capacity;
    int n_node_sums; /* sums over heads that the code needs, node by node */
    int node_sum_capacity;
    struct lsa_node_sum *node_sums;
} lsa_sharing;

typedef struct lsa_node_sum {
    int node;
    lsa_shared_sum sum;
} lsa_node_sum;

lsa_status lsa_sharing_create(lsa_lowering *lowering, lsa_constants *constants, lsa_sharing **out, lsa_error *err);
/* Adds a sum and whatever its factors need. */
lsa_status lsa_share(lsa_sharing *sharing, const lsa_sum *sum, lsa_shared_sum *out, lsa_error *err);
/* Shortens all chains; afterwards a ring or scalar chain has at most two factors, any other at most one. */
lsa_status lsa_share_pairs(lsa_sharing *sharing, lsa_error *err);
/* The shared form of a sum node. */
const lsa_shared_sum *lsa_sharing_node_sum(const lsa_sharing *sharing, int node);

#endif
