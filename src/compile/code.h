/* code.h - the flat program that loss, gradient and Hessian-vector product are evaluated by.
 *
 * Instructions work on whole matrices. An operand is a place: a block of the state, of the direction, of the output, a
 * constant, or a register of the workspace; an evaluation allocates nothing. */
#ifndef LSAFLOW_COMPILE_CODE_H
#define LSAFLOW_COMPILE_CODE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum lsa_space {
    LSA_SPACE_NONE,
    LSA_SPACE_STATE,
    LSA_SPACE_DIRECTION,
    LSA_SPACE_CONSTANT,
    LSA_SPACE_WORK,
    LSA_SPACE_OUT
} lsa_space;

typedef struct lsa_place {
    lsa_space space;
    ptrdiff_t offset;   /* STATE, DIRECTION, WORK, OUT */
    const double *data; /* CONSTANT                    */
} lsa_place;

/* m, n, k sizes; l, r diagonals, identities where absent; t() the matrix or its transpose as the flag says; c the
 * instruction's coefficient, times the scalar s where it has one. "=+" adds where `accumulate` is set, else assigns. */
typedef enum lsa_op {
    LSA_OP_ZERO,     /* out (m x n) = 0                                             */
    LSA_OP_ADD,      /* out (m x n) =+ c s  l_i t(A)_ij r_j,  and where `square` is given,
                      * square (1) = sum_ij l_i A_ij^2 r_j from the same pass over memory */
    LSA_OP_OUTER,    /* out (m x n) =+ c s  l_i a_i b_j r_j                         */
    LSA_OP_DIAGONAL, /* out (m x m)  + c s  l_i a_i r_i  on the diagonal (always adds); a absent: 1 */
    LSA_OP_EXTRACT,  /* out (m)     =  A_ii,  A m x m                               */
    LSA_OP_MATMUL,   /* out (m x n) =  t(A) (m x k) t(B) (k x n)                    */
    LSA_OP_MATVEC,   /* out (m)     =  t(A) (m x k) b                               */
    LSA_OP_INNER,    /* out (1)     =  sum_ij l_i A_ij r_j t(B)_ij,  A m x n        */
    LSA_OP_TRACE,    /* out (1)     =  sum_i l_i A_ii,  A m x m                     */
    LSA_OP_TERM      /* out (1)     =+ c  product of the factors to their exponents */
} lsa_op;

typedef struct lsa_instruction {
    lsa_op op;
    bool transpose_a, transpose_b, accumulate;
    ptrdiff_t m, n, k;
    lsa_place out, a, b, l, r, s, square;
    double c;
    ptrdiff_t first_factor, n_factors; /* TERM */
} lsa_instruction;

typedef struct lsa_power_of {
    lsa_place place;
    int exponent;
} lsa_power_of;

typedef struct lsa_code {
    ptrdiff_t n;
    const lsa_instruction *instructions;
    const lsa_power_of *factors;
    ptrdiff_t work; /* doubles of workspace */
} lsa_code;

/* Evaluates. out must not overlap state or direction; direction may be NULL where the code reads none. */
void lsa_code_run(const lsa_code *code, const double *state, const double *direction, double *work, double *out);

#endif
