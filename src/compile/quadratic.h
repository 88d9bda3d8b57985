/* quadratic.h - a loss that is a quadratic function of one matrix W, whatever its parameters are.
 *
 *     L = 1/2 <W, H o W> - <B, W> + constant,   W = sum_m w_m W_m,
 *
 * over members W_m (member.h): heads that share a name, heads written out, with scalars or without, of matrices or vectors. That
 * it depends on the sum alone is seen from its products: those of two members have the same H for every pair, those of one the
 * same B. Every constant between two members is diagonal; a diagonal random Lambda adds diag(W)' D diag(W) to H_ii, where W is
 * one member of heads. */
#ifndef LSAFLOW_COMPILE_QUADRATIC_H
#define LSAFLOW_COMPILE_QUADRATIC_H

#include "compile/share.h"
#include "lsaflow/program.h"

/* *found is set where the loss, whose chains have not been shortened yet, is such a function of members; then *form is (H, B)
 * with its parts, and its heads where they are such, and *rank the largest rank that W can have, any W of which some parameters
 * make; 0: not known. Arrays live in `kept`. */
lsa_status lsa_quadratic_recognise(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept,
                                   lsa_form *form, ptrdiff_t *rank, bool *found, lsa_error *err);
/* A part of a loss that is not such a function as a whole: *form of the one member, heads u U or u K'Q of matrices, whose square
 * comes first in the loss. It is `partial` when products of other blocks were left out; *found is false where any other product
 * is no part of the form. */
lsa_status lsa_quadratic_recognise_part(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept,
                                        lsa_form *form, bool *found, lsa_error *err);

#endif
