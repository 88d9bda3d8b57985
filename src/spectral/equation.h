/* equation.h - the flow of a form with one head as one scalar equation in the action.
 *
 * Of the loss 1/2 u^2 <U, H o U> - u <B, U>, one mode for each entry with b /= 0, in s = int u^2 dt and g = 1/u:
 *     dU_k/ds = b_k g - h_k U_k,        linear in U_k given g;
 *     1/g^2 = u^2 = y(s) = c + sum_k U_k^2 + sum_q w_q exp(-2 a_q s),       the conserved quantity;
 *     dt/ds = g^2.
 * The entries with b = 0 decay by themselves, w_q their squares at the start; those with h = 0 too are part of c. */
#ifndef LSAFLOW_SPECTRAL_EQUATION_H
#define LSAFLOW_SPECTRAL_EQUATION_H

#include "lsaflow/status.h"
#include <stddef.h>

/* Arrays are filled up by zeros to whole vectors. */
enum { SPECTRAL_LANES = 8 };

typedef struct spectral_problem {
    ptrdiff_t count;                      /* modes                               */
    const double *rates, *drives, *start; /* h > 0, b /= 0, U at the start       */
    ptrdiff_t n_decays;
    const double *decay_rates, *decay_squares; /* a >= 0, w                      */
    double u;                                  /* at the start */
    double constant; /* c, as exact as the caller knows it: its error is one of u^2 ever after */
} spectral_problem;

typedef struct spectral_equation {
    ptrdiff_t count, padded, n_decays; /* n_decays filled up, too */
    double constant;
    double *rates, *drives, *start;
    double *decay_rates, *decay_squares; /* the slowest first */
} spectral_equation;

/* A point of the path; the equation's U. */
typedef struct spectral_state {
    double time, action, u, *U;
} spectral_state;

/* Copies the problem. LSA_ERR_DOMAIN where a number is out of range, LSA_ERR_MEMORY. */
lsa_status spectral_equation_create(const spectral_problem *problem, spectral_equation **out, lsa_error *err);
void spectral_equation_destroy(spectral_equation *equation);

/* sum w e^(-2as) and sum a w e^(-2as): the decaying entries' squares, and minus half their derivative. */
typedef struct spectral_decays {
    double square, loss;
} spectral_decays;
spectral_decays spectral_decays_at(const spectral_equation *equation, double action);
/* y at a point. */
double spectral_closure(const spectral_equation *equation, double action, const double *U);
/* u^2 in the end: the positive root of y^2 - c y - sum (b/h)^2. */
double spectral_limit(const spectral_equation *equation);

#endif
