/* basis.h - a basis of its own for a side of a parameter, where that makes a constant diagonal.
 *
 * The loss joins a side to itself ("U' G U": the rows of U) or to another side ("tr(B U)"). A side whose every join to
 * itself is one and the same symmetric constant C moves to C's eigenbasis, unless a join to another side is diagonal
 * now and would become full. With task covariance Omega that is G = (1+1/N) Lambda Omega Lambda + c Lambda for the rows
 * of U while its columns stay in Lambda's basis: u^2 G U Lambda becomes elementwise although G and Lambda do not
 * commute. Orthogonal changes of basis leave gradient flow as it is. */
#ifndef LSAFLOW_COMPILE_BASIS_H
#define LSAFLOW_COMPILE_BASIS_H

#include "compile/product_node.h"

/* A basis relative to the base basis; number 0 is the base basis itself. */
typedef struct lsa_basis {
    int slot;                  /* the constant that it makes diagonal, -1 for the base basis */
    const double *W;           /* d x d orthogonal; NULL for the base basis                  */
    const double *eigenvalues; /* of the constant                                            */
} lsa_basis;

typedef struct lsa_bases {
    int n_sides;
    int *of_side; /* per side: a number */
    int n;
    lsa_basis *basis;
} lsa_bases;

/* Chooses from the lowered loss (and the sums over heads inside it). LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
lsa_status lsa_bases_choose(lsa_lowering *lowering, const lsa_sum *loss, lsa_bases *out, lsa_error *err);

/* The number of a side's basis; 0 for LSA_SIDE_NONE. */
int lsa_bases_of(const lsa_bases *bases, int side);

/* The slot between two sides, in their bases. */
lsa_status lsa_bases_value(const lsa_bases *bases, lsa_lowering *lowering, int slot, int row_basis, int col_basis,
                           lsa_value *out, lsa_error *err);

#endif
