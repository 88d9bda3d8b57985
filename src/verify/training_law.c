/* training_law.c - one name for each closed form of the two kinds of law. */
#include "verify/training_law.h"

#include "base/try.h"

lsa_status training_law_of(lsa_study *study, training_law *out, lsa_error *err)
{
    *out = (training_law){NULL, NULL, lsa_study_experiment(study)->data.d};
    return lsa_study_is_random(study) ? lsa_study_random_theory(study, &out->random, err)
                                      : lsa_study_theory(study, &out->fixed, err);
}

lsa_status training_law_unseen(const training_law *law, const double *U, double *out, lsa_error *err)
{
    return law->fixed != NULL ? lsa_theory_unseen(law->fixed, U, out, err)
                              : lsa_theory_random_unseen(law->random, U, out, err);
}

lsa_status training_law_limit(const training_law *law, double u0, const double *U0, double *u, double *U,
                              lsa_error *err)
{
    return law->fixed != NULL ? lsa_theory_limit(law->fixed, u0, U0, u, U, err)
                              : lsa_theory_random_settled(law->random, u0, U0, u, U, err);
}

lsa_status training_law_gradient(const training_law *law, double u, const double *U, double *du, double *dU,
                                 lsa_error *err)
{
    return law->fixed != NULL ? lsa_theory_gradient(law->fixed, u, U, du, dU, err)
                              : lsa_theory_random_gradient(law->random, u, U, du, dU, err);
}

lsa_status training_law_loss_above_zero(const training_law *law, double u, const double *U, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double loss, zero;
    if (law->fixed != NULL) {
        LSA_TRY(lsa_theory_loss(law->fixed, u, U, &loss, err));
        zero = lsa_theory_loss_at_zero(law->fixed);
    } else {
        LSA_TRY(lsa_theory_random_loss(law->random, u, U, &loss, err));
        zero = lsa_theory_random_loss_at_zero(law->random);
    }
    *out = loss - zero;
done:
    return status;
}
