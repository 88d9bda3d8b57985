/* rotated.h - the layer in the coordinates of the normals that a prompt is made of.
 *
 * With x_j = F z_j, x_q = G z_q, w = H z_w (F F' = Lambda_c, G G' = Lambda_q, H H' = Omega) every inner product that
 * the prediction needs is one of normals with rotated parameters:
 *     <w, x_j> = <F'w, z_j>,   <U x_q, x_j> = <(F'UG) z_q, z_j>,   <px, x_j> = <F'px, z_j>,   <k, x_q> = <G'k, z_q>,
 *     prediction = (1/rho) [ sum_h sum_j (<px_h, x_j> + u_h y_j)(<U_h x_q, x_j> + <k_h, x_q> y_j)
 *                            + sum_h <px_h, x_q> <x_q, U_h x_q> (not where the query column is masked) ].
 * So x is never formed, and the parameters are rotated once for all prompts. Heads without px and k merge into one. */
#ifndef LSAFLOW_EMPIRICAL_ROTATED_H
#define LSAFLOW_EMPIRICAL_ROTATED_H

#include "empirical/covariance_factor.h"
#include "empirical/layer.h"

/* A d x d matrix; only its diagonal where the rest is zero up to rounding. */
typedef struct lsa_map {
    double *diagonal, *matrix; /* one of them */
} lsa_map;

typedef struct lsa_rotated_head {
    double u;
    lsa_map context;  /* F'UG                                         */
    lsa_map query;    /* G'UG; where px is zero or the query masked: none */
    double *px;       /* F'px, or NULL: zero                          */
    double *px_query; /* G'px, where `query` is there                 */
    double *k;        /* G'k, or NULL: zero                           */
    ptrdiff_t vector; /* where its vectors begin among all            */
} lsa_rotated_head;

typedef struct lsa_rotated {
    ptrdiff_t d, M, heads;
    double rho, noise, query_noise;      /* standard deviations of eps_j, eps_q              */
    double radius;                       /* > 0: z_w is scaled to this length                */
    lsa_map task_context;                /* F'H                                              */
    lsa_map task_query;                  /* G'H                                              */
    double *fixed_context, *fixed_query; /* F'w, G'w of a fixed task; else NULL         */
    lsa_rotated_head *head;
    ptrdiff_t n_vectors; /* projections of a context column: on F'w, for each head on (F'UG) z_q and, if any, F'px */
} lsa_rotated;

/* Vectors of one head. */
ptrdiff_t lsa_rotated_width(const lsa_rotated_head *head);

/* Whether a law has this form: fixed covariances, Gaussian covariates of mean zero, a linear task.
 * NULL, or why not. */
const char *lsa_rotated_unable(const lsa_prompt_law *law);

/* On failure clear it as well. */
lsa_status lsa_rotated_init(lsa_rotated *rotated, const lsa_prompts *prompts, const lsa_layer *layer, lsa_error *err);
void lsa_rotated_clear(lsa_rotated *rotated);

/* Rows of LSA_RNG_SIDE numbers, d of them: out = map x. */
void lsa_map_rows(ptrdiff_t d, const lsa_map *map, const double *x, double *out);

#endif
