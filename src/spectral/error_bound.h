/* error_bound.h - how far a path may be from the true one, told from the path alone.
 *
 * Where u keeps its sign, let v_k be the size that b_k's drive gives mode k:
 *     v_k' = b_k g - h_k v_k,   v_k(0) >= |U_k(0)|,        so v_k = |U_k| where U_k starts along its drive,
 * and m_k >= |error of U_k|/v_k, G = sum_j |U_j| v_j m_j / y >= |error of u|/u, to first order. With the defect
 * f_k = dU_k/ds - (b_k g - h_k U_k) of the path, g = y^(-1/2) of its own U,
 *     dm_k/ds <= (b_k g / v_k) (G - (1 + 2 w_k) m_k) + |f_k|/v_k,   w_k = |U_k| v_k/y, its weight in G
 * (1 m_k where U_k is against its drive: an error of U_k takes w_k of itself from g). For c >= 0 and U_k(0) along its drive
 * the weights add up to at most 1, so that nothing grows: max_k m_k rises by the defects alone (the flow does not expand in
 * Thompson's part metric). For c < 0 they add up to 1 + |c|/y, and the bound grows where the error need not. The error of
 * the time follows, dt' = 2 G g^2 ds, and so what u and U_k are off by at a given time.
 *
 * An estimate: the defect is sampled and in doubles, whose rounding it contains. Where u passes through zero it ends. */
#ifndef LSAFLOW_SPECTRAL_ERROR_BOUND_H
#define LSAFLOW_SPECTRAL_ERROR_BOUND_H

#include "lsaflow/status.h"
#include "spectral/piece.h"

typedef struct spectral_bound spectral_bound;

/* u: at the start. */
lsa_status spectral_bound_create(const spectral_equation *equation, double u, spectral_bound **out, lsa_error *err);
void spectral_bound_destroy(spectral_bound *bound);
/* Follows the path through its next piece. */
void spectral_bound_extend(spectral_bound *bound, const spectral_equation *equation, const spectral_piece *piece);
/* The largest error so far of u and of any U_k at a given time, relative to u; NAN where it is not known. */
double spectral_bound_error(const spectral_bound *bound);

#endif
