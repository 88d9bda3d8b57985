/* baseline.h - what the trained layer is compared with, on the same prompts. */
#ifndef LSAFLOW_EMPIRICAL_BASELINE_H
#define LSAFLOW_EMPIRICAL_BASELINE_H

#include "lsaflow/empirical.h"

/* A linear rule w = T v, v minimising |X T v - y|^2 + s^2 |v|^2, of least norm where s = 0: OLS has T = I, s = 0; the
 * Bayes rule of the prior N(0, F F') has T = F, s^2 the noise. With s = 0 the columns of T are those combinations that
 * the covariance of x sees, so X T has full rank min(M, r) almost surely. */
typedef struct lsa_linear_rule {
    ptrdiff_t r; /* columns of T                          */
    double *T;   /* d x r, or NULL: a multiple of I       */
    double s;
} lsa_linear_rule;

/* The baselines of a law, read-only and shared by threads. */
typedef struct lsa_baselines {
    unsigned asked; /* bit set of lsa_baseline                       */
    const lsa_prompt_law *law;
    lsa_linear_rule ols, ridge;
    ptrdiff_t rank;    /* of the covariance                             */
    bool prior_covers; /* the prior reaches every direction of x        */
    double step;       /* of one-step; NAN where it was not asked       */
} lsa_baselines;

/* Prepares zeroed `baselines`; seed is that of the sample (the pilot of one-step has its own prompts). On failure clear
 * it as well. */
lsa_status lsa_baselines_init(lsa_baselines *baselines, unsigned asked, const lsa_prompt_law *law, uint64_t seed,
                              lsa_error *err);
void lsa_baselines_clear(lsa_baselines *baselines);

/* Why baseline b has no finite error, or is not offered under its law; or NULL. */
const char *lsa_baseline_infinite(const lsa_baselines *baselines, int b);

/* The rank of the context varies by its law, so that least squares is not offered. */
bool lsa_baseline_rank_varies(const lsa_prompt_law *law);

/* Why baseline b's squared error has no finite variance, or NULL. */
const char *lsa_baseline_no_variance(const lsa_baselines *baselines, int b);

/* Why the mean of baseline b's squared error has no interval though it may have a variance, or NULL. */
const char *lsa_baseline_no_interval(const lsa_baselines *baselines, int b);

/* The baselines that read no context: best-linear and zero; and their predictions, from the target <w, x_q>. */
static const unsigned lsa_baselines_without_context = LSA_BASELINE_BEST_LINEAR | LSA_BASELINE_ZERO;
double lsa_baseline_without_context(int b, double target);

/* Doubles of scratch for lsa_baseline_predict. */
ptrdiff_t lsa_baseline_work_size(const lsa_baselines *baselines);
double lsa_baseline_predict(const lsa_baselines *baselines, int b, const lsa_prompt *prompt, double *work);

#endif
