/* units.h - the units that a program counts in, where numbers of a law would leave the range of doubles.
 *
 * Let every term of the loss L(theta; Lambda, s2) have a_t factors Lambda, Lambda_q or s2 and n_t parameters, and let
 *     a_t - e n_t = g   for all terms t.
 * Then L(theta; c Lambda, c s2) = c^g L(c^e theta; Lambda, s2), and with it the flow: theta = c^-e theta', L = c^g L',
 * t = c^-(g + 2e) t'. e = 1/2 for u U, 1/3 for u K'Q, and g = 1. With c = 2^k, k even (covariates then scale by a power of
 * two) and a multiple of e's denominator, all factors are powers of two, so that no digit changes. */
#ifndef LSAFLOW_COMPILE_UNITS_H
#define LSAFLOW_COMPILE_UNITS_H

#include "compile/bound.h"
#include "lsaflow/program.h"

/* The units for the law that is bound, all 0 where the largest mean eigenvalue
 * of Lambda and Lambda_q lies within 2^-40 .. 2^40 (H ~ Lambda^3 is then far from the range's ends), or where the loss
 * has terms of different degrees. */
void lsa_units_choose(const lsa_bound *bound, lsa_units *out);

/* The binding in these units; made in the arena. LSA_ERR_MEMORY. */
lsa_status lsa_units_bind(lsa_arena *arena, const lsa_binding *binding, lsa_units units, lsa_binding *out,
                          lsa_error *err);

/* *out = from, whose numbers are the program's, in the user's units. LSA_ERR_MEMORY. */
lsa_status lsa_units_form(lsa_arena *arena, const lsa_form *from, lsa_units units, lsa_form *out, lsa_error *err);

/* out = 2^exponent x; out may be x. */
void lsa_units_scale(ptrdiff_t n, int exponent, const double *x, double *out);

#endif
