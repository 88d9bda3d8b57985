/* side.h - LSA_RNG_SIDE prompts side by side: their predictions and targets, without ever forming a context.
 *
 * The prompts are those of prompt.c, number by number (direct), or have their law (fast). Numbers of one kind form a
 * row, one a prompt; no operation crosses from prompt to prompt, so what a batch gives for a prompt does not depend on
 * its company. */
#ifndef LSAFLOW_EMPIRICAL_SIDE_H
#define LSAFLOW_EMPIRICAL_SIDE_H

#include "base/rng.h"
#include "empirical/rotated.h"

/* The scratch of one thread. */
typedef struct lsa_side {
    const lsa_rotated *rotated;
    const lsa_prompts *prompts;
    double *head;    /* normals of w, eps_q, x_q                                         */
    double *vectors; /* rotated->n_vectors vectors of d rows                             */
    double *tile;    /* normals of some columns, or chi-squares' and normals' of Bartlett's triangle */
    double *inner;   /* inner products of the tile's columns and the vectors; Gram matrix and factors */
    double *noise;   /* eps_j, M rows and up to three more; with noise only              */
    double *key;     /* <k_h, x_q>, one row a head                                       */
    double *work;    /* d rows                                                           */
} lsa_side;

/* Results, a number a prompt. */
typedef struct lsa_side_result {
    double prediction[LSA_RNG_SIDE], target[LSA_RNG_SIDE], query_noise[LSA_RNG_SIDE];
} lsa_side_result;

/* fast: for lsa_side_fast, else for lsa_side_direct. On failure clear it as well. */
lsa_status lsa_side_init(lsa_side *side, const lsa_rotated *rotated, const lsa_prompts *prompts, bool fast,
                         lsa_error *err);
void lsa_side_clear(lsa_side *side);

/* Prompts first .. first + LSA_RNG_SIDE - 1. Cost of each: M d normals and n_vectors inner products of each column, and
 * d^2 for every parameter that is not diagonal beside the covariances. */
void lsa_side_direct(lsa_side *side, uint64_t first, lsa_side_result *result);

/* The same law from fewer numbers. Given w and x_q, the columns' projections (y_j, b_hj, a_hj) are independent normal
 * vectors with the Gram matrix C of `vectors` (plus the noise), and the prediction reads only their scatter matrix
 * S = sum_j: a Wishart matrix, S = L T T' L' with C = L L' and Bartlett's triangle T, of min(M, n_vectors) columns.
 * Cost d normals for each of w and x_q, 3 n_vectors and a triangle's for T, whatever M. */
void lsa_side_fast(lsa_side *side, uint64_t first, lsa_side_result *result);

#endif
