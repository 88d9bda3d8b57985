/* judge_trained.c - theory's judgement of a test at what the study's training reaches. */
#include "verify/kept.h"
#include "verify/study.h"

#include "base/matrix.h"
#include "base/try.h"
#include <stdlib.h>

lsa_status lsa_study_judge_trained(lsa_study *study, const lsa_theory *theory, const lsa_setting *test, const double *A,
                                   lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = test->covariance->d;
    const double *kept;
    double *product = NULL;
    LSA_TRY(study_kept_seen_by(study, test, &kept, err));
    if (kept == NULL) {
        LSA_TRY(lsa_theory_judge(theory, test, A, out, err));
        goto done;
    }
    product = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(product, "the trained product uU");
    if (A != NULL)
        lsa_vec_axpy(d * d, 1.0, A, product);
    else
        LSA_TRY(lsa_theory_minimum(theory, d, product, err));
    lsa_vec_axpy(d * d, 1.0, kept, product);
    LSA_TRY(lsa_theory_judge(theory, test, product, out, err));
    out->why = "Theorem 4.2 asks for a test that stays where the training loss sees uU";
done:
    free(product);
    return status;
}

lsa_status lsa_study_judge_limit(lsa_study *study, const lsa_setting *test, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *experiment = lsa_study_experiment(study);
    const lsa_theory *theory = NULL;
    double *A = NULL;
    const bool restricted = lsa_study_rank(study) < experiment->data.d;
    if (!lsa_study_is_random(study))
        LSA_TRY(lsa_study_theory(study, &theory, err));
    if (restricted || theory == NULL) {
        A = lsa_vec_create(experiment->data.d * experiment->data.d);
        LSA_TRY_MEMORY(A, "the predicted product uU");
        LSA_TRY(lsa_study_product(study, A, err));
    }
    LSA_TRY(lsa_study_judge_trained(study, theory, test, A, out, err));
    if (restricted || theory == NULL)
        out->why = "Theorem 4.2 asks for one training covariance and a product uU of full rank";
done:
    free(A);
    return status;
}
