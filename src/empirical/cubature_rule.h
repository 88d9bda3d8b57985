/* cubature_rule.h - rules of cubature: points and weights that give the exact mean of every polynomial up to a degree.
 *
 * A rule belongs to a law of mean weight 1. Gauss rules come from the three-term recurrence of the law's orthogonal
 * polynomials, p_(k+1) = (t - a_k) p_k - b_k p_(k-1), as the eigenvalues of its Jacobi matrix (Golub and Welsch, 1969).
 * All memory is the arena's. */
#ifndef LSAFLOW_EMPIRICAL_CUBATURE_RULE_H
#define LSAFLOW_EMPIRICAL_CUBATURE_RULE_H

#include "lsaflow/arena.h"
#include "lsaflow/model.h"
#include "lsaflow/status.h"

typedef struct lsa_rule {
    ptrdiff_t dims, count;
    double *point;  /* dims x count */
    double *weight; /* count        */
} lsa_rule;

/* Parity of the polynomials in all coordinates together; of those with one, half the points of a symmetric rule will
 * do. */
typedef enum lsa_parity { LSA_PARITY_MIXED = -1, LSA_PARITY_EVEN, LSA_PARITY_ODD } lsa_parity;

/* f^2 of N(0, I_n) where f has that degree and parity: one point of degree 0; n + 1 or n points of degree 1; the
 * 2 n^2 + 1 points of McNamee and Stenger (1967) of degree 2; from 3 on degree + 1 points a coordinate. */
lsa_status lsa_rule_gaussian(lsa_arena *arena, ptrdiff_t n, int degree, lsa_parity parity, lsa_rule *out,
                             lsa_error *err);
/* The number of its points, or a bound of twice that. */
double lsa_rule_gaussian_count(ptrdiff_t n, int degree, lsa_parity parity);
/* f^2 of a uniform point of the unit sphere in R^d, f of that degree and parity. */
lsa_status lsa_rule_sphere(lsa_arena *arena, ptrdiff_t d, int degree, lsa_parity parity, lsa_rule *out, lsa_error *err);
double lsa_rule_sphere_count(ptrdiff_t d, int degree);
/* Polynomials of that degree of N(0, 1), of chi^2_k, of a number with the given law. */
lsa_status lsa_rule_normal(lsa_arena *arena, int degree, lsa_rule *out, lsa_error *err);
lsa_status lsa_rule_chi_square(lsa_arena *arena, double k, int degree, lsa_rule *out, lsa_error *err);
lsa_status lsa_rule_law(lsa_arena *arena, const lsa_law *law, int degree, lsa_rule *out, lsa_error *err);
/* Polynomials of that degree of tau = (nu - 2)/chi^2_nu, E tau^m = (nu-2)^m / ((nu-2)(nu-4)...(nu-2m)), which needs
 * nu > 2 degree: else LSA_ERR_DOMAIN. No higher moment is used. */
lsa_status lsa_rule_student(lsa_arena *arena, double nu, int degree, lsa_rule *out, lsa_error *err);

#endif
