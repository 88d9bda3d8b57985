/* chain.h - a chain of a product while it is being written.
 *
 * A ring reads the same from every factor on and, since tr(A) = tr(A'), backwards; a scalar chain backwards too. Of these
 * equal writings the least is kept, so that equal chains meet. */
#ifndef LSAFLOW_COMPILE_CHAIN_H
#define LSAFLOW_COMPILE_CHAIN_H

#include "compile/node.h"

typedef struct lsa_writing {
    lsa_chain_role role;
    lsa_ints factors, slots;
} lsa_writing;

lsa_writing lsa_writing_in(lsa_arena *arena, lsa_chain_role role);

/* Letters from dimension `rows` to `cols` as factors, with slots before, between and after them. */
lsa_status lsa_chain_write(lsa_lowering *lowering, int n, const lsa_letter *letters, lsa_dim rows, lsa_dim cols,
                           const ptrdiff_t *head_of, lsa_writing *chain, double *coefficient, lsa_error *err);
/* *coefficient times the trace of a chain of constants alone. */
lsa_status lsa_chain_fold(lsa_lowering *lowering, const lsa_writing *chain, double *coefficient, lsa_error *err);
/* By role, then factors, so that chains of one skeleton are neighbours, then slots. */
int lsa_chain_compare(const lsa_writing *a, const lsa_writing *b);
/* The least of the equal ways to write a ring (its slot k after factor k) or a scalar chain. */
lsa_status lsa_chain_make_least(lsa_lowering *lowering, lsa_writing *chain, lsa_error *err);

#endif
