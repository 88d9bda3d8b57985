/* interval.h - from streaming moments to an interval that keeps its level, and the looks at which sampling may stop.
 *
 * Squared errors of a Gaussian model are heavy-tailed (skewness about 8, kurtosis about 150): a sample that misses the
 * tail has both a small mean and a small spread, and a plain normal interval then fails far more often than its level.
 * The Cornish-Fisher expansion of the studentised mean gives the first-order remedy: its alpha/2 quantiles are
 *     -+ z - skewness (2 z^2 + 1) / (6 sqrt n)     (Hall, The Bootstrap and Edgeworth Expansion, 1992),
 * and the interval here takes the larger side on both. */
#ifndef LSAFLOW_EMPIRICAL_INTERVAL_H
#define LSAFLOW_EMPIRICAL_INTERVAL_H

#include "empirical/moments.h"
#include "lsaflow/empirical.h"

lsa_sample_estimate lsa_interval(const lsa_moments *moments, double count, double alpha);
/* No estimate: nothing was asked or drawn. */
lsa_sample_estimate lsa_interval_none(void);
/* The mean alone: the observations have no variance, and no interval holds. */
lsa_sample_estimate lsa_interval_unbounded(const lsa_moments *moments, const char *reason);
/* The estimate of an expectation that does not exist. */
lsa_sample_estimate lsa_interval_infinite(const char *reason);

/* half-width / |mean|, where n is large enough for the expansion: the skewness widens z by a quarter of itself at most
 * (beyond, its neglected second-order terms would matter). INFINITY where it is not, or there is no interval. */
double lsa_interval_attains(const lsa_sample_estimate *estimate, double count, double alpha);

/* Looks happen after 2^14, 2^15, .. prompts and at the budget; their number. Each look spends alpha / looks, so the
 * union bound keeps the level whatever the look that stops. */
int lsa_looks(ptrdiff_t budget);
/* Prompts drawn by look k = 0, 1, .. */
ptrdiff_t lsa_look_prompts(int k, ptrdiff_t budget);

#endif
