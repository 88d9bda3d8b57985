/* split.c - a test error in three parts: what the shift costs, what the finite training length costs, what the finite
 * context costs.  (W21) */
#include "verify/study_state.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

static lsa_status fixed_product(const lsa_setting *training, ptrdiff_t rank, double *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory *theory = NULL;
    LSA_TRY(lsa_theory_create(training, &theory, err));
    LSA_TRY(lsa_theory_minimum(theory, rank, A, err));
done:
    lsa_theory_destroy(theory);
    return status;
}

static lsa_status random_product(const lsa_setting *training, double *A, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_random *random = NULL;
    LSA_TRY(lsa_theory_random_create(training, &random, err));
    lsa_theory_random_minimum(random, A);
done:
    lsa_theory_random_destroy(random);
    return status;
}

/* A_inf, made once. */
static lsa_status endless_product(lsa_study *study, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *A = NULL;
    const ptrdiff_t d = study->experiment->data.d;
    lsa_setting longer = study->experiment->training;
    longer.context = (double)INFINITY;
    if (study->endless == NULL) {
        A = lsa_vec_create(d * d);
        LSA_TRY_MEMORY(A, "the product uU");
        LSA_TRY(lsa_study_is_random(study) ? random_product(&longer, A, err)
                                           : fixed_product(&longer, lsa_study_rank(study), A, err));
        study->endless = A;
        A = NULL;
    }
    *out = study->endless;
done:
    free(A);
    return status;
}

lsa_status lsa_study_split_limit(lsa_study *study, const lsa_setting *test, lsa_study_split *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_error at_m, long_context, all_long;
    const double *A = NULL;
    lsa_setting longer = *test;
    longer.context = (double)INFINITY;
    if (test->query_orthogonal)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a query orthogonal to its context exists for M < d only");
    LSA_TRY(lsa_study_judge_limit(study, test, &at_m, err));
    LSA_TRY(lsa_study_judge_limit(study, &longer, &long_context, err));
    LSA_TRY(endless_product(study, &A, err));
    LSA_TRY(lsa_study_judge_trained(study, NULL, &longer, A, &all_long, err));
    out->shift = all_long.error - all_long.best_linear;
    out->training = long_context.error - all_long.error;
    out->context = at_m.error - long_context.error;
done:
    return status;
}
