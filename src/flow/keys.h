/* keys.h - Newton's matrix of heads with separate keys and queries, W = sum_h u_h K_h'Q_h, inverted nearly: what their
 * Krylov iterations are preconditioned by.
 *
 *     L = L* + 1/2 sum_ij H_ij e_ij^2,   e = W - V.
 *
 * Near a minimum the matrix of keys and queries is Gauss and Newton's, P = I + J'D J, where D = gamma H acts entry by entry
 * and J (k, q) = sum_h u_h (k_h'Q_h + K_h'q_h). W has fewer entries than there are parameters:
 *     P^-1 = I - J' (D^-1 + J J')^-1 J,   J J':  X -> M X + X N,   M = sum u_h^2 K_h'K_h,   N = sum u_h^2 Q_h'Q_h.
 * The eigenvectors of M and N make J J' diagonal, but not D. Of 1/D_ij they can take s_i + t_j, half the least of its row
 * and half the least of its column, into S:  X -> (M + diag s) X + X (N + diag t); with the rest, 1/D'_ij >= 0,
 *     (D^-1 + J J')^-1 = S^-1 - S^-1 G S^-1,   G = (S^-1 + D')^-1,
 * where S^-1 is exact and G alone is taken for diagonal, by the diagonal of S^-1. P^-1, which is what this leaves of 1, so
 * keeps its digits where D J J' is large: there G is close to 1/D'. Where keys and queries have not yet grown, M and N are
 * of any shape, but s and t are larger. With F for (D^-1 + J J')^-1, the u_h have the Schur complement 1 + <W_g, F W_h>,
 * W_h = K_h'Q_h, in which nothing large is subtracted either. P^-1 is symmetric and positive definite at any state.
 *
 * At the end of a path one or two iterations are left, on the way some three at condition 100, six at 10^4, where there
 * are 8 without it, or too many to converge. */
#ifndef LSAFLOW_FLOW_KEYS_H
#define LSAFLOW_FLOW_KEYS_H

#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_keys flow_keys;

/* Whether a product form (or NULL) is made of heads each with a u, a K and a Q of its own. It may be partial. */
bool flow_keys_apply(const lsa_form *form);
/* For states of n numbers; the form applies and is borrowed. n + (7 + heads) d^2 numbers. */
lsa_status flow_keys_create(const lsa_form *form, ptrdiff_t n, flow_keys **out, lsa_error *err);
void flow_keys_destroy(flow_keys *keys);

/* Takes P at y: two eigendecompositions of order d. Where gamma Hessian is not large, or y not finite, the identity takes
 * its place. */
void flow_keys_update(flow_keys *keys, const double *y, double gamma);
/* x = P^-1 r of the last update, at the blocks of the heads, the others' entries untouched: 8 products of two d x d
 * matrices, and 4 of rank x d by d x d a head. r and x: every parameter; they do not overlap. */
void flow_keys_solve(const flow_keys *keys, const double *r, double *x);

#endif
