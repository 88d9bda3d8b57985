/* product_node.h - sums of products over the blocks of the state, and the nodes that products are made of.
 *
 * A product is  coefficient * (scalar parameters to powers) * rings * scalar chains * (at most one open word). What a
 * product shares with others of its kind, its skeleton, names parameters only; constants sit in the slots between them.
 * An open word that passes through dimension 1 is an outer product of two chains. Head indices are gone (lower.h). */
#ifndef LSAFLOW_COMPILE_PRODUCT_NODE_H
#define LSAFLOW_COMPILE_PRODUCT_NODE_H

#include "compile/slot.h"

#include <stdint.h>

/* A node is a matrix that products are made of; a factor is a node as it is or transposed, a letter of the alphabet LSA_NODE. */
typedef enum lsa_product_kind {
    LSA_NODE_PARAMETER, /* a block of the state                                   */
    LSA_NODE_DIRECTION, /* a block of the direction of a Hessian-vector product   */
    LSA_NODE_SUM,       /* a sum of products                                      */
    LSA_NODE_CONSTANT,  /* a full array of numbers                                */
    LSA_NODE_PRODUCT,   /* left * diagonal * right, made when products are shared */
    /* Equated indices (vertex.h); none is made where a program has bases of its own for the sides. */
    LSA_NODE_DIAGONAL_OF, /* the diagonal of left, d x 1                          */
    LSA_NODE_SCALED,      /* diag(left) * right, left d x 1                       */
    LSA_NODE_SPREAD       /* diag(left), left d x 1; only ever alone in an open word */
} lsa_product_kind;

/* One side of a parameter: 2 * its index + (0 rows, 1 columns) where it is d-dimensional, else -1. The program may
 * choose a basis for each side. */
enum { LSA_SIDE_NONE = -1 };

typedef struct lsa_product {
    double coefficient;
    int skeleton;
    int n_slots;
    const int *slots; /* of the chains, one after another */
} lsa_product;

typedef struct lsa_sum {
    lsa_dim rows, cols;
    int row_side, col_side;
    int n, capacity;
    lsa_product *products;
} lsa_sum;

typedef struct lsa_product_node {
    lsa_product_kind kind;
    lsa_dim rows, cols;
    int row_side, col_side;
    int block;          /* PARAMETER, DIRECTION                      */
    const lsa_sum *sum; /* SUM                                       */
    lsa_value value;    /* CONSTANT                                  */
    lsa_atom left;      /* of the last four                          */
    lsa_atom right;     /* PRODUCT, SCALED; else none                */
    int diagonal;       /* PRODUCT: between them, -1: the identity   */
} lsa_product_node;

typedef enum lsa_chain_role {
    LSA_CHAIN_RING,   /* tr(f0 s0 f1 s1 ...)                                                   */
    LSA_CHAIN_SCALAR, /* s0 f0 s1 f1 ... sn, from dimension 1 to dimension 1                   */
    LSA_CHAIN_OPEN,   /* the open word, or its first part, which ends in dimension 1           */
    LSA_CHAIN_OUTER   /* the last part of an open word that passes through dimension 1         */
} lsa_chain_role;

typedef struct lsa_chain {
    lsa_chain_role role;
    int n;
    const lsa_atom *factors; /* n                                    */
    const int *slots;        /* RING: n, slot k after factor k; else n + 1, slot 0 in front */
} lsa_chain;

/* A scalar parameter at its head to a power. */
typedef struct lsa_node_power {
    int node, exponent;
} lsa_node_power;

/* What products of a kind share: powers, ascending by node, and chains without their slots. */
typedef struct lsa_skeleton {
    int n_powers;
    const lsa_node_power *powers;
    int n_chains;
    const lsa_chain *chains;
} lsa_skeleton;

typedef struct lsa_lowering {
    lsa_arena *arena;
    lsa_bound *bound;
    lsa_slots *slots;
    const lsa_block *blocks;
    const int *first_block; /* per parameter                              */
    ptrdiff_t heads;
    lsa_intern *skeleton_keys;
    lsa_skeleton *skeletons; /* per id of skeleton_keys                    */
    lsa_intern *node_keys;
    lsa_product_node *nodes; /* per id of node_keys                        */
    int skeleton_capacity, node_capacity;
    int64_t steps; /* of work spent: effort.h                    */
} lsa_lowering;

/* LSA_ERR_MEMORY. */
lsa_status lsa_lowering_create(lsa_arena *arena, lsa_bound *bound, const lsa_block *blocks, const int *first_block,
                               lsa_lowering **out, lsa_error *err);

/* The node of a key; *is_new tells whether the caller has to fill it in. */
lsa_status lsa_node_enter(lsa_lowering *lowering, const lsa_ints *key, int *node, bool *is_new, lsa_error *err);
/* The node of a sum. */
lsa_status lsa_sum_node(lsa_lowering *lowering, const lsa_sum *sum, int *node, lsa_error *err);
/* The factor that is a DIAGONAL_OF, SCALED or SPREAD of others; right none where it has none. */
lsa_status lsa_derived_node(lsa_lowering *lowering, lsa_product_kind kind, lsa_atom left, lsa_atom right,
                            lsa_atom *factor, lsa_error *err);
/* Of a symbol or a factor. */
lsa_dim lsa_atom_rows(const lsa_lowering *lowering, lsa_atom a);
lsa_dim lsa_atom_cols(const lsa_lowering *lowering, lsa_atom a);
int lsa_factor_row_side(const lsa_lowering *lowering, lsa_atom factor);
int lsa_factor_col_side(const lsa_lowering *lowering, lsa_atom factor);
int lsa_side(const lsa_bound *bound, int parameter, bool column);

/* A letter that the flow moves, or a factor made of such. */
bool lsa_atom_active(const lsa_lowering *lowering, lsa_atom a);
/* The factor that an active letter is, with index k at head head_of[k]. */
lsa_status lsa_atom_factor(lsa_lowering *lowering, lsa_atom a, const ptrdiff_t *head_of, lsa_atom *factor,
                           lsa_error *err);
/* The node of a parameter's block at a head, or of the direction's. */
lsa_status lsa_block_node(lsa_lowering *lowering, int symbol, ptrdiff_t head, int *node, lsa_error *err);

/* Reads a product chain by chain, `skeleton` says the rest. */
typedef struct lsa_reader {
    const lsa_skeleton *skeleton;
    int next;
    const int *slot;
} lsa_reader;
lsa_reader lsa_product_read(const lsa_lowering *lowering, const lsa_product *product);
bool lsa_reader_next(lsa_reader *reader, lsa_chain *chain);

#endif
