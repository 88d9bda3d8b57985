/* limit_spread.c - the spread of sampled errors at the predicted limit as theory knows it. */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/study_state.h"
#include <math.h>
#include <stdlib.h>

/* Beyond this dimension the products of matrices take longer than the prompts. */
enum { DIMENSION_MAX = 400 };

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

static lsa_status spread(lsa_study *study, const lsa_setting *test, ptrdiff_t prompts, double *standard_error,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = test->covariance->d;
    double *A = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(A, "the trained product");
    LSA_TRY(study_require_theory(study, err));
    LSA_TRY(lsa_study_trained_product(study, A, err));
    LSA_TRY(lsa_verify_sample_error(study->experiment, test, A, prompts, standard_error, err));
done:
    free(A);
    return status;
}

lsa_status lsa_study_exact_spread(lsa_study *study, const lsa_setting *test, const lsa_sample_result *sample,
                                  double *standard_error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    *standard_error = (double)NAN;
    if (test->covariance->d <= DIMENSION_MAX)
        status = spread(study, test, sample->prompts, standard_error, &story);
    return status == LSA_OK || lsa_status_is_no_answer(status) ? LSA_OK : lsa_error_set(err, status, "%s", story.text);
}
