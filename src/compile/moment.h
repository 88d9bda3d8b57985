/* moment.h - moments and joint cumulants of one random eigenvalue.
 *
 * For independent lambda_1 .. lambda_d the mean of a product is a sum over the partitions of its factors, one joint
 * cumulant per part (Leonov and Shiryaev, 1959), and a cumulant of factors with different indices is 0:
 *     E prod_r lambda_(i_r)^(p_r) = sum over partitions of prod over parts B of [i_r equal in B] kappa(p_r, r in B).
 * So an average over Lambda = diag(lambda) is a sum of traces with constant diagonals and equated indices. */
#ifndef LSAFLOW_COMPILE_MOMENT_H
#define LSAFLOW_COMPILE_MOMENT_H

#include "lsaflow/model.h"

/* E lambda^p, p >= 0. */
double lsa_law_moment(const lsa_law *law, int p);

/* The joint cumulant of lambda^p[0], .., lambda^p[n-1], 1 <= n <= LSA_MOST_RUNS: the mean for n = 1, the covariance
 * for n = 2. Exactly 0 for n >= 2 where the law is a point. */
enum { LSA_MOST_RUNS = 8 };
double lsa_law_cumulant(const lsa_law *law, int n, const int *p);

#endif
