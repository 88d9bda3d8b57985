/* limit_point.h - predicted parameters of a statement at a global minimum. */
#ifndef LSAFLOW_VERIFY_LIMIT_POINT_H
#define LSAFLOW_VERIFY_LIMIT_POINT_H

#include "lsaflow/model.h"
#include "lsaflow/program.h"
#include <stdbool.h>

/* Fills `out` (user's basis, blocks in the order of the program) with a balanced point of the minimum, u > 0:
 * sum_h u_h U_h = A (d x d); every block that is neither u nor part of U is zero.
 *     U_h a parameter:   u_h = (|A|_F/H)^{1/2},   U_h = A/(H u_h);
 *     U_h = K_h'Q_h:     A = sum_k s_k x_k y_k'; head h takes the next r triplets, u_h = (sum s_k)^{1/3},
 *                        rows of K_h and Q_h (s_k/u_h)^{1/2} x_k' and (s_k/u_h)^{1/2} y_k',  so |K_h| = |Q_h| = u_h;
 *                        singular values at rounding (d eps s_1) are zero: a head of its own rounding would not rest.
 * LSA_ERR_UNABLE where the layer's U is neither; LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
lsa_status limit_fill(const lsa_experiment *experiment, const lsa_program *program, const double *A, double *out,
                      lsa_error *err);

/* out (d x d) = sum_h u_h U_h of a state, user's basis, U_h a parameter or K_h'Q_h; false where a head has neither. */
bool limit_product(const lsa_experiment *experiment, const lsa_program *program, const double *state, double *out);

/* U of the layer is K'Q with parameters K and Q. */
bool limit_has_keys(const lsa_statement *statement);

#endif
