/* moments.h - streaming mean, spread and skewness, one pass, mergeable.
 *
 * mean and the central sums m2 = sum (x - mean)^2, m3 = sum (x - mean)^3 are kept, not power sums, so nothing cancels
 * (Pebay, Sandia report SAND2008-6212, 2008). The count is common to many quantities and therefore kept outside. */
#ifndef LSAFLOW_EMPIRICAL_MOMENTS_H
#define LSAFLOW_EMPIRICAL_MOMENTS_H

#include <stddef.h>

typedef struct lsa_moments {
    double mean, m2, m3;
} lsa_moments;

/* One more observation of each of n quantities; `count` includes it. */
void lsa_moments_add(ptrdiff_t n, lsa_moments *moments, double count, const double *x);
/* into := the moments of both samples, of into_count and from_count observations. */
void lsa_moments_merge(ptrdiff_t n, lsa_moments *into, double into_count, const lsa_moments *from, double from_count);
/* Standard error of the mean, sqrt(m2 / (count (count - 1))); INFINITY for fewer than 2 observations. */
double lsa_moments_standard_error(const lsa_moments *moments, double count);
/* sqrt(count) m3 / m2^(3/2); 0 without spread. */
double lsa_moments_skewness(const lsa_moments *moments, double count);

#endif
