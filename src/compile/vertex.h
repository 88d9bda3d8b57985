/* vertex.h - equated indices: a vertex where several places of a product share one index.
 *
 * In an average over a diagonal Lambda = diag(lambda) each run, a maximal stretch of diagonal letters that names
 * Lambda, is a sum over one index. A joint cumulant kappa of several runs equates their indices:
 *     sum_i kappa_i (.. e_i e_i' ..) (.. e_i e_i' ..),
 * which leaves the words cut open at the vertex i. The pieces between are read at i: a piece from i back to i is the
 * diagonal of a matrix, one that ends in dimension 1 a vector; at i they multiply entry by entry. So with U the only
 * piece twice over, tr(e_i e_i' U e_i e_i' U') is U_ii^2. */
#ifndef LSAFLOW_COMPILE_VERTEX_H
#define LSAFLOW_COMPILE_VERTEX_H

#include "compile/draft.h"

typedef struct lsa_letter_run {
    int symbol; /* the random covariance */
    int power;
    int n_others; /* the fixed diagonal letters of the stretch */
    lsa_atom *others;
} lsa_letter_run;

/* A product whose runs are being averaged. */
typedef struct lsa_network {
    lsa_lowering *lowering;
    ptrdiff_t *head_of; /* of the product's draft */
    int n, capacity;
    lsa_draft_word *words; /* letters of the alphabet LSA_RUN among them */
    int n_runs;
    const lsa_letter_run *runs;
    int *block; /* per run: the part of the partition */
} lsa_network;

lsa_status lsa_network_add(lsa_network *network, lsa_draft_word word, lsa_error *err);

/* Equates the indices of the runs of a block, weighted by the diagonal constant `cumulant`. LSA_ERR_UNABLE when a piece
 * that has to become a vector holds another vertex. */
lsa_status lsa_vertex_close(lsa_network *network, int block, int cumulant, lsa_error *err);

#endif
