/* text_source.h - one formula of prompts at one point, on as many prompts as are asked. */
#ifndef LSAFLOW_VERIFY_TEXT_SOURCE_H
#define LSAFLOW_VERIFY_TEXT_SOURCE_H

#include "verify/text_world.h"

typedef struct text_source text_source;

typedef struct text_source_options {
    uint64_t seed, first; /* number of the first prompt */
    int threads;
    bool fast;
    bool keeps; /* the values themselves, for quantiles: of a scalar */
    bool needs_moments;
} text_source_options;

/* Of the formula `e` at the world's place (state NULL: it needs none). Keeps nothing of the world. LSA_ERR_DOMAIN names the part
 * whose moments are not known, LSA_ERR_UNABLE what is not drawn. */
lsa_status text_source_create(text_world *w, const formula_node *e, const double *state,
                              const text_source_options *options, text_source **out, lsa_error *err);
void text_source_destroy(text_source *source);
/* On to so many prompts, or to the deadline of lsa_clock_seconds. LSA_ERR_DOMAIN: a prompt on which the formula has no value. */
lsa_status text_source_extend(text_source *source, ptrdiff_t prompts, double deadline,
                              const volatile sig_atomic_t *interrupt, lsa_error *err);
ptrdiff_t text_source_prompts(const text_source *source);
ptrdiff_t text_source_entries(const text_source *source);
/* How large the terms of an entry are before they cancel, on the first prompts. */
double text_source_magnitude(const text_source *source, ptrdiff_t k);
/* Entry k: its mean, an interval of that level around it. reason: why the interval does not hold, or NULL; untrusted > 0 where that
 * is for want of moments alone. */
lsa_sample_estimate text_source_mean(const text_source *source, ptrdiff_t k, double alpha);
/* The probability of a condition, by Clopper and Pearson's interval; the quantile at level p, by order statistics: any law. The
 * mean is the interval's middle. LSA_ERR_MEMORY. */
lsa_sample_estimate text_source_share(const text_source *source, double alpha);
lsa_status text_source_quantile(const text_source *source, double p, double alpha, lsa_sample_estimate *out,
                                lsa_error *err);

#endif
