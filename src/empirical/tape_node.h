/* tape_node.h - what a straight line of operations is made of, for those who write and run it. */
#ifndef LSAFLOW_EMPIRICAL_TAPE_NODE_H
#define LSAFLOW_EMPIRICAL_TAPE_NODE_H

#include "empirical/tape.h"

typedef enum lsa_tape_op {
    LSA_TAPE_CONSTANT, /* number              */
    LSA_TAPE_INPUT,    /* input a             */
    LSA_TAPE_ADD,      /* node a + node b     */
    LSA_TAPE_MULTIPLY, /* node a * node b     */
    LSA_TAPE_SCALE     /* number * node a     */
} lsa_tape_op;

typedef struct lsa_tape_node {
    lsa_tape_op op;
    int a, b;
    double number;
    bool live;  /* the result needs it          */
    bool moved; /* it depends on the parameters */
} lsa_tape_node;

/* Operands stand before what is made of them. */
struct lsa_tape {
    lsa_arena *arena;
    int count, room;
    bool starved; /* memory is out */
    lsa_tape_node *node;
    int *bucket; /* 2 room places of an open hash table: node + 1, 0 where empty */
    int *mark;   /* one per node, for degrees                                    */
    ptrdiff_t n_inputs, n_parameters;
    int result;
};

#endif
