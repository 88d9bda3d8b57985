/* strata_draw.h - how many prompts each stratum of a law gets, and the moments of a stratified mean.
 *
 * Half of the prompts go by weight, half evenly: the variance of the mean is at most twice that of plain sampling, and no
 * outcome of a discrete law, however rare, is left with fewer than a 2 count-th of them. */
#ifndef LSAFLOW_EMPIRICAL_STRATA_DRAW_H
#define LSAFLOW_EMPIRICAL_STRATA_DRAW_H

#include "empirical/moments.h"
#include "lsaflow/empirical.h"

/* The most strata that a budget can pay for: 256 prompts each at the first look. At least 1. */
ptrdiff_t lsa_strata_most(ptrdiff_t budget);

/* Prompts of stratum s when `prompts` of the budget are drawn in all: multiples of 256 but for the heaviest stratum, which
 * takes what is left. Never less for a later look (interval.h). */
ptrdiff_t lsa_stratum_prompts(const lsa_strata *strata, ptrdiff_t s, ptrdiff_t prompts, ptrdiff_t budget);

/* Where the prompts of stratum s begin: no two strata share a stream. */
uint64_t lsa_stratum_first(ptrdiff_t s, uint64_t first);

/* Adds stratum s's part to out, n moments such that lsa_interval at `total` observations gives the mean, the standard error
 * and the skewness of the stratified mean, when all strata are added to zeros and the sum is finished. */
void lsa_strata_add(ptrdiff_t n, lsa_moments *out, double weight, const lsa_moments *part, double count);
void lsa_strata_finish(ptrdiff_t n, lsa_moments *out, double total);

#endif
