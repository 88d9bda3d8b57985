/* chain.h - a chain of a product while it is being written.
 *
 * A ring reads the same from every factor on and, since tr(A) = tr(A'), backwards; a scalar chain backwards too. Of these
 * equal writings the least is kept, so that equal chains meet. */
#ifndef LSAFLOW_COMPILE_CHAIN_H
#define LSAFLOW_COMPILE_CHAIN_H

#include "compile/product_node.h"

/* Letters from dimension `rows` to `cols` as factors and slots; a ring starts at a factor, if it has one. What constants
 * leave as numbers goes to *coefficient. */
lsa_status lsa_chain_write(lsa_lowering *lowering, lsa_chain_role role, int n, const lsa_atom *letters, lsa_dim rows,
                           lsa_dim cols, const ptrdiff_t *head_of, lsa_chain *chain, double *coefficient,
                           lsa_error *err);
/* How many slots it has; a ring of constants alone has one. */
int lsa_chain_slots(const lsa_chain *chain);
/* *coefficient times the trace of a chain of constants alone. */
lsa_status lsa_chain_fold(lsa_lowering *lowering, const lsa_chain *chain, double *coefficient, lsa_error *err);
/* By role, then factors, so that chains of one skeleton are neighbours, then slots. */
int lsa_chain_compare(const lsa_chain *a, const lsa_chain *b);
/* The least of the equal ways to write a ring or a scalar chain. */
lsa_status lsa_chain_make_least(lsa_lowering *lowering, lsa_chain *chain, lsa_error *err);

#endif
