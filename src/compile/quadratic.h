/* quadratic.h - a loss that is a quadratic function of one matrix W, whatever its parameters are, and how low it can be.
 *
 *     L = 1/2 <W, H o W> - <B, W> + constant,   W = sum_m w_m W_m,
 *
 * over members W_m (member.h): heads written out, with scalars or without, of matrices or vectors. That it depends on the sum
 * alone is seen from its products: those of two members have the same H for every pair, those of one the same B. */
#ifndef LSAFLOW_COMPILE_QUADRATIC_H
#define LSAFLOW_COMPILE_QUADRATIC_H

#include "compile/share.h"
#include "lsaflow/program.h"

/* *found is set where the loss, whose chains have not been shortened yet, is such a function of members; then *form is (H, B),
 * and *rank the largest rank that W can have, any W of which some parameters make; 0: not known. *heads is set where the members
 * are heads that the form can name (u U or u K'Q with parameters of their own, all of one shape). Arrays live in `kept`. */
lsa_status lsa_quadratic_recognise(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept,
                                   lsa_form *form, ptrdiff_t *rank, bool *found, bool *heads, lsa_error *err);

/* The same rank of a form whose heads are named. */
ptrdiff_t lsa_quadratic_rank(const lsa_form *form);
/* What 1/2 <W, H o W> - <B, W> + constant can come to over W of at most this rank; 0: any, some of which may be out of
 * reach. LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
lsa_status lsa_quadratic_least(const lsa_form *form, ptrdiff_t rank, lsa_least *out, lsa_error *err);

#endif
