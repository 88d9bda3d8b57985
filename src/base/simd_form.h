/* simd_form.h - passes over the entries of a form 1/2 sum H e^2, e = uU - V, in the processor's widest vectors.
 *
 * Sums run in sixteen fixed partial results: the same bits on every machine. */
#ifndef LSAFLOW_BASE_SIMD_FORM_H
#define LSAFLOW_BASE_SIMD_FORM_H

#include <stddef.h>

/* n entries of the form and of the state's U. */
typedef struct lsa_entries {
    ptrdiff_t n;
    const double *H, *V, *U;
    double u;
} lsa_entries;

/* f = -u H e; returns -sum U H e, and *square = sum f^2. f may not be U. */
double lsa_simd_form_rhs(const lsa_entries *entries, double *restrict f, double *square);

/* sum H e^2, sum (u H e)^2, -sum U H e. */
typedef struct lsa_form_level {
    double excess, square, drive;
} lsa_form_level;
lsa_form_level lsa_simd_form_level(const lsa_entries *entries);

/* Of the matrix I + gamma Hessian, whose block of U is diag(m), m = 1 + gamma u^2 H, with the border gamma b, b = H (uU + e):
 *     schur = sum gamma H (U^2 - gamma H e (2 uU + e)) / m,   eliminated = sum gamma b r / m. */
typedef struct lsa_form_schur {
    double schur, eliminated;
} lsa_form_schur;
lsa_form_schur lsa_simd_form_schur(const lsa_entries *entries, double gamma, const double *r);

/* x = (r - gamma b xu) / m. x may be r. */
void lsa_simd_form_substitute(const lsa_entries *entries, double gamma, double xu, const double *r, double *x);

#endif
