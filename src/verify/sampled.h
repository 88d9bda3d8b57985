/* sampled.h - verdicts of sampled claims.
 *
 * A value is drawn until its interval is as narrow as the model asks. An interval that is not, or that cannot be trusted,
 * decides nothing. One that is and misses the prediction refutes it only when fresh prompts do so again: numbered from the
 * budget on, so independent of the first, drawn to a quarter of the miss that is to be confirmed (the budget allowing), and
 * judged alone: off on the same side by sqrt 2 of their own half-widths at least, beyond which a normal mean is with the
 * square of the level. So a true statement is refuted with probability alpha^3 where intervals keep their level, and a^2
 * where skewness beyond the expansion spoils it to a; a prediction that is off by more than the first interval is refuted
 * wherever the budget brings the fresh half-width below 0.7 of that. */
#ifndef LSAFLOW_VERIFY_SAMPLED_H
#define LSAFLOW_VERIFY_SAMPLED_H

#include "verify/claim.h"

/* What is to be drawn. */
typedef struct sampled_draw {
    bool fresh;            /* the prompts from the budget on           */
    double relative_error; /* at most monte_carlo.relative_error       */
} sampled_draw;

/* What came of it. `value` +- half_width is compared with the prediction. */
typedef struct sampled_value {
    double value, half_width, standard_error;
    double attained;         /* what monte_carlo.relative_error it resolves; INFINITY: its interval cannot be trusted */
    char doubt[LSA_WHY_MAX]; /* why it is not resolved, where there is a reason beside the budget                     */
    bool untrusted; /* the interval has no proven level (fewer than four moments): it may confirm, not refute */
} sampled_value;

/* Draws; `what` is the claim's own. */
typedef lsa_status sampled_measure(const claim_context *context, void *what, const sampled_draw *draw,
                                   sampled_value *out, lsa_error *err);

/* measured == predicted: holds, fails or inconclusive, as above. Hypotheses are looked at first (claim_applies). */
lsa_status claim_statistical(const claim_context *context, lsa_claim_result *result, double predicted,
                             sampled_measure *measure, void *what, lsa_error *err);

/* measured <= bound: holds where the whole interval is below it, fails where it is above it, twice. Where the interval holds
 * the bound, the verdict is inconclusive and *open is set: another computation may decide. An interval that can be trusted
 * decides an inequality however wide it is. */
lsa_status claim_sampled_at_most(const claim_context *context, lsa_claim_result *result, double bound,
                                 sampled_measure *measure, void *what, bool *open, lsa_error *err);

/* The options of a draw. */
lsa_sample_options sampled_options(const claim_context *context, const sampled_draw *draw);

/* Prompts of a test at the predicted limit; out->drawn as lsa_study_sample_limit says. */
lsa_status sampled_limit(const claim_context *context, const lsa_setting *test, const sampled_draw *draw,
                         lsa_limit_sample *out, lsa_error *err);
/* An estimate of those prompts; LSA_ERR_UNABLE with the reason where the test cannot be drawn. */
lsa_status sampled_limit_value(const claim_context *context, const lsa_limit_sample *sample,
                               const lsa_sample_estimate *estimate, sampled_value *out, lsa_error *err);
/* The same, LSA_ERR_UNABLE with the reason where the test cannot be drawn; its error as a value. `what` is the test. */
sampled_measure sampled_limit_error;
/* The draw that is made first. */
sampled_draw sampled_first(const claim_context *context);

/* The value of an estimate of the sample, and what it resolves. */
sampled_value sampled_value_of(const claim_context *context, const lsa_sample_result *sample,
                               const lsa_sample_estimate *estimate);
/* Why nothing is decided, where the time of sampling was over after that many prompts. */
void sampled_late(const claim_context *context, ptrdiff_t prompts, sampled_value *out);

#endif
