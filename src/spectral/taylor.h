/* taylor.h - a Taylor step in the time, from a saddle or through a zero of u.
 *
 * At the saddle the path is an entire function of the time, like sinh, but has a branch point in the action; where u falls
 * through zero the action stands still. In the time, with v = u^2,
 *     U_k' = b_k u - h_k v U_k,    W_q' = -2 a_q v W_q,    u' = sum b U - u (sum h U^2 + sum a W),    s' = v. */
#ifndef LSAFLOW_SPECTRAL_TAYLOR_H
#define LSAFLOW_SPECTRAL_TAYLOR_H

#include "spectral/piece.h"

typedef struct spectral_taylor spectral_taylor;

/* Scratch for the steps of one equation. */
lsa_status spectral_taylor_create(const spectral_equation *equation, spectral_taylor **out, lsa_error *err);
void spectral_taylor_destroy(spectral_taylor *taylor);
/* Makes the piece that begins in `state` and moves the state to its end, where u is what the conserved quantity says, but
 * near a zero of u what its series says. False where numbers are not finite. */
bool spectral_taylor_step(spectral_taylor *taylor, const spectral_equation *equation, spectral_state *state,
                          spectral_piece *piece);

#endif
