/* algebra.h - the owner of everything symbolic: the table of symbols, the arena of the terms, the exact coefficients.
 *
 * The first symbols are copies of the statement's, with the same ids; the scalar of each dimension (tr I_d = d) and
 * whatever a derivation adds come after them. A symbol may *stand for* another one (rho for N), for the identity or for
 * zero; whoever writes a symbol into a term asks lsa_algebra_meaning first, so that a setting costs no extra pass. */
#ifndef LSAFLOW_SYMBOLIC_ALGEBRA_H
#define LSAFLOW_SYMBOLIC_ALGEBRA_H

#include "lsaflow/arena.h"
#include "lsaflow/poly.h"

/* What a symbol may stand for beside a symbol. */
enum { LSA_MEANS_IDENTITY = -1, LSA_MEANS_ZERO = -2 };

struct lsa_algebra {
    lsa_arena *arena;
    int n_dims;
    const char **dims;
    int n_symbols, capacity;
    lsa_symbol *symbols;
    int *meaning;    /* per symbol: the symbol it stands for (itself), or LSA_MEANS_...           */
    int *scale;      /* per symbol: of a scale mixture of Gaussians, its scalar tau (mixing.h); else -1   */
    int *moment;     /* per symbol: of a tau, the symbol E tau^2; else -1                                 */
    int *dim_symbol; /* per dimension: the scalar tr I; -1 for dimension 1                        */
    int samples;     /* the symbol N that an unused sample index leaves behind; -1: none          */
    int64_t effort;  /* spent since lsa_algebra_start_work, in letters touched                    */
    size_t kept;     /* bytes in the arena at lsa_algebra_start_work                              */
    size_t held;     /* bytes of sums in the making (collect.h)                                   */
    lsa_poly *polys; /* every polynomial made here; their coefficients are cleared at destruction */
};

/* An algebra over the statement's symbols. LSA_ERR_MEMORY. */
lsa_status lsa_algebra_create(const lsa_statement *statement, lsa_algebra **out, lsa_error *err);
void lsa_algebra_destroy(lsa_algebra *algebra);

/* Appends a symbol (its name is copied) and gives its id. */
lsa_status lsa_algebra_add_symbol(lsa_algebra *algebra, const lsa_symbol *symbol, int *id, lsa_error *err);

/* The symbol of that name, or -1. */
int lsa_algebra_find(const lsa_algebra *algebra, const char *name);

/* A derivation, or the reading of a formula, may touch this many letters, about a second's work, and fill this many
 * bytes. The largest shipped loss, `full` averaged over a Wishart law, touches 7 million and fills 2 MiB. Effort is
 * counted, not timed, so a statement is taken or refused alike on every machine. */
#define LSA_MAX_EFFORT (INT64_C(1) << 28)
#define LSA_MAX_BYTES  ((size_t)512 << 20)

/* A new budget; spending of it; and `bytes` more in a sum in the making. LSA_ERR_UNABLE when the budget is used up. */
void lsa_algebra_start_work(lsa_algebra *algebra);
lsa_status lsa_algebra_spend(lsa_algebra *algebra, int64_t effort, lsa_error *err);
lsa_status lsa_algebra_hold(lsa_algebra *algebra, size_t bytes, lsa_error *err);

/* From now on `symbol` is written as `meaning`. Polynomials that exist are not changed. */
void lsa_algebra_let(lsa_algebra *algebra, int symbol, int meaning);
int lsa_algebra_meaning(const lsa_algebra *algebra, int symbol);

#endif
