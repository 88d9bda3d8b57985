/* theory_heads.h - heads with separate key and query (2501.16265), and the stationary points that are no minimum.
 *
 * That paper's loss is twice ours and its time runs as ours (tau = 1). A head is v, k, q: yhat = sum_h v_h chat'k_h q_h'x_q.
 * Modes are numbered 0, 1, ... by descending s of S = Lambda^{1/2} Omega Lambda^{1/2} (descending eigenvalues of Lambda
 * in the paper's law). */
#ifndef LSAFLOW_THEORY_HEADS_H
#define LSAFLOW_THEORY_HEADS_H

#include "lsaflow/api.h"
#include "lsaflow/theory.h"

LSA_BEGIN_DECLS

/* ---- fixed_points.c ------------------------------------------------------------------------------------------------ */

/* The fixed point in function space that has learned the modes with kept[k]: A = sum_{k kept} of the minimum's parts,
 * Gamma^-1 on those eigenvectors in the paper's law (18), and its loss; plateau m of (19) keeps the first m. There are
 * 2^rank of them; all but the full one are saddles of the heads' flow. A (d*d) may be NULL.                (W26), (W5)
 * LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_theory_fixed_point(const lsa_theory *theory, const bool *kept, double *A, double *loss,
                                          lsa_error *err);

/* The stationary point of the full layer's flow with U = 0, u = 0 [D]: px k' is the best A of rank one, px = k there,
 * and the loss is 1/2 sum s - 1/2 max_k s_k f_k (1/2 tr Lambda - 1/2 max l^2/gamma in the paper's law). For d >= 2 it is
 * not global; it is a local minimum for small N or unequal spectra (seen, not proved).                            (W27)
 * px, k: d numbers each. */
LSA_API void lsa_theory_rank_one_point(const lsa_theory *theory, double *px, double *k, double *loss);

/* ---- head_escape.c: the growth of one head along its mode, (20)-(21) ------------------------------------------------ */

/* With k = q = v e on mode e the head obeys dv/dt = drive v^2 - damping v^5, drive = r psi2 l^2, damping =
 * r^2 psi2 gamma l^2. Both positive. */
typedef struct lsa_theory_head {
    double drive, damping;
} lsa_theory_head;

/* The head of mode `mode`, 0 <= mode < rank. LSA_ERR_DOMAIN unless lsa_theory_is_isotropic_task: else the ansatz is not
 * invariant. */
LSA_API lsa_status lsa_theory_head_of(const lsa_theory *theory, ptrdiff_t mode, lsa_theory_head *out, lsa_error *err);
/* Where it ends: (drive/damping)^{1/3}, gamma^{-1/3} in the paper. */
LSA_API double lsa_theory_head_ceiling(const lsa_theory_head *head);
/* The time from v0 to v, exactly [D]: with s = v/ceiling,
 *     drive ceiling t = f(s) - f(s0),  f = -1/s + (1/3) [-ln(1-s) + (1/2) ln(1+s+s^2) - sqrt(3) atan((2s+1)/sqrt(3))].
 * NAN unless v0, v lie in (0, ceiling).                                                                           (W28) */
LSA_API double lsa_theory_head_time(const lsa_theory_head *head, double v0, double v);
/* v(t) for v0 in (0, ceiling), t >= 0: the solution of that equation, to the last digits. NAN elsewhere. */
LSA_API double lsa_theory_head_at(const lsa_theory_head *head, double v0, double t);
/* The paper's estimate 1/(drive v0) of the time at which the head leaves zero. */
LSA_API double lsa_theory_head_escape_time(const lsa_theory_head *head, double v0);

/* ---- head_order.c: heads that leave zero one after the other -------------------------------------------------------- */

/* One head leaves zero and learns one mode. */
typedef struct lsa_theory_escape {
    ptrdiff_t head, mode;
    double time;     /* at which the course near zero reaches infinity                                               */
    double half;     /* at which half of what the mode gains is gained, by (W28) from there                          */
    double duration; /* of the escape: 1/(drive ceiling), the time unit of (W28)                                     */
    double error;    /* of `half`: the durations until then, and the first-order effects of what the learned heads
                        still have of other modes                                                                      */
    double settling; /* until this head has lost what it has of other modes, to a hundredth                           */
} lsa_theory_escape;

/* The escapes of small heads (v_h, k_h, q_h), h = 0 .. heads - 1, in the order of time, min(heads, rank) at most; fewer
 * where the others stand still. k, q: d numbers a head, user's basis. Near zero the heads do not meet: with s = int v dt,
 *     s'' = 1/4 sum_i rho_i (|k+q|_i^2 e^{2 rho_i s} - |k-q|_i^2 e^{-2 rho_i s}),   rho_i = drive of mode i, 0 once learned,
 * for any start, balanced or not. The first escape is exact as the start tends to zero; later ones are the more
 * accurate the further apart the eigenvalues are.                                                                  (W29) [D]
 * LSA_ERR_DOMAIN as lsa_theory_head_of, LSA_ERR_MEMORY. Cost: some thousand steps of 4 d exponentials a head and escape. */
LSA_API lsa_status lsa_theory_head_order(const lsa_theory *theory, ptrdiff_t heads, const double *v, const double *k,
                                         const double *q, lsa_theory_escape *out, ptrdiff_t *count, lsa_error *err);

/* ---- white_heads.c ------------------------------------------------------------------------------------------------- */

/* sigma(t) of (10): H merged heads on Lambda = I from U_h = v_h I/sqrt(d), start^2 = sum_h v_h(0)^2; yhat = sigma chat'x_q.
 * Equal to lsa_theory_white_product at sigma = start. context N, INFINITY allowed.                              (W10) */
LSA_API double lsa_theory_white_heads(double d, double context, double start, double t);

LSA_END_DECLS

#endif
