/* compile/program.h - the inside of a program, for the files of this folder. */
#ifndef LSAFLOW_COMPILE_PROGRAM_H
#define LSAFLOW_COMPILE_PROGRAM_H

#include "compile/code.h"
#include "lsaflow/arena.h"
#include "lsaflow/program.h"

/* The bases of a block: user = left * state * right', orthogonal, NULL for the identity. */
typedef struct lsa_rotation {
    const double *left, *right;
} lsa_rotation;

struct lsa_program {
    lsa_arena *arena; /* everything below */
    const lsa_statement *statement;
    ptrdiff_t heads;
    ptrdiff_t size, n_blocks;
    lsa_block *blocks;
    lsa_rotation *rotations; /* per block */
    bool has_gradient, has_hessian;
    lsa_code loss, gradient, hessian;
    double loss_at_zero;
    bool has_form;
    lsa_form form;
    bool is_quadratic; /* the loss, in a W of this rank (0: not known) */
    lsa_form quadratic;
    ptrdiff_t rank;
    ptrdiff_t n_degrees;
    const int *degrees; /* n_degrees x n_blocks, see lsa_program_degrees */
    lsa_units units;    /* of the core                                                    */
    lsa_program *core;  /* what is evaluated, where its units are not the user's; else NULL, and the codes are here */
};

/* What a program is compiled for. */
typedef struct lsa_program_wanted {
    bool gradient, hessian;
} lsa_program_wanted;

lsa_status lsa_program_compile(const lsa_derivation *derivation, const lsa_binding *binding, lsa_program_wanted wanted,
                               lsa_program **out, lsa_error *err);

#endif
