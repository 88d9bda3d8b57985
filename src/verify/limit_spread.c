/* limit_spread.c - the spread of sampled errors at the predicted limit as theory knows it. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/study_state.h"
#include <math.h>
#include <stdio.h>

/* Sum of weight^2 variance / count over the strata. */
static lsa_status sum_variances(const lsa_strata *strata, const ptrdiff_t *count, const double *A, double *sum,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    *sum = 0.0;
    for (ptrdiff_t s = 0; s < strata->count; s++) {
        const lsa_stratum *stratum = &strata->stratum[s];
        double variance;
        LSA_TRY(lsa_theory_error_variance(&stratum->setting, A, &variance, err));
        *sum += stratum->weight * stratum->weight * variance / (double)count[s];
    }
done:
    return status;
}

lsa_status lsa_verify_sample_error(const lsa_experiment *experiment, const lsa_setting *test, const double *A,
                                   ptrdiff_t prompts, double *standard_error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_strata strata = {0};
    ptrdiff_t count[LSA_STRATA_MAX];
    double sum;
    LSA_TRY(lsa_sample_strata(test, prompts, experiment->monte_carlo.prompts, &strata, count, err));
    LSA_TRY(sum_variances(&strata, count, A, &sum, err));
    *standard_error = sqrt(sum);
done:
    lsa_strata_clear(&strata);
    return status;
}

/* Sampled over exact variance of the mean beyond which the prompts have not shown the tail that the variance is made of, and
 * perhaps not the mean's either. The sampled variance of a million squared errors is good to some percent. */
static const double least_share = 0.5, largest_share = 2.0;

lsa_status lsa_study_check_spread(const lsa_study *study, const lsa_setting *test, const double *A,
                                  lsa_sample_result *sample, char reason[LSA_WHY_MAX], lsa_error *err)
{
    lsa_error story = {0};
    double exact;
    if (A == NULL)
        return LSA_OK;
    const lsa_status status = lsa_verify_sample_error(study->experiment, test, A, sample->prompts, &exact, &story);
    if (lsa_status_is_no_answer(status))
        return LSA_OK;
    if (status != LSA_OK)
        return lsa_error_copy(err, status, &story);
    const double share = pow(sample->error.standard_error / exact, 2.0);
    if (!isfinite(share) || (share >= least_share && share <= largest_share))
        return LSA_OK;
    sample->attained = (double)INFINITY;
    sample->resolved = false;
    snprintf(
        reason, LSA_WHY_MAX,
        "the variance of the squared error over %td prompts is %.3g of what it is by theory: they do not show its tail",
        sample->prompts, share);
    return LSA_OK;
}
