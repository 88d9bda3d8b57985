/* quadratic.h - a loss that is a quadratic function of one matrix W, whatever its parameters are.
 *
 *     L = 1/2 <W, H o W> - <B, W> + constant,   W = sum_m w_m W_m,
 *
 * over members W_m (member.h): heads written out, with scalars or without, of matrices or vectors. That it depends on the sum
 * alone is seen from its products: those of two members have the same H for every pair, those of one the same B. */
#ifndef LSAFLOW_COMPILE_QUADRATIC_H
#define LSAFLOW_COMPILE_QUADRATIC_H

#include "compile/share.h"
#include "lsaflow/program.h"

/* *found is set where the loss, whose chains have not been shortened yet, is such a function of members; then *form is (H, B)
 * with its parts, and its heads where they are such, and *rank the largest rank that W can have, any W of which some parameters
 * make; 0: not known. Arrays live in `kept`. */
lsa_status lsa_quadratic_recognise(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept,
                                   lsa_form *form, ptrdiff_t *rank, bool *found, lsa_error *err);

#endif
