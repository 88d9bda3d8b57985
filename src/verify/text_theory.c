/* text_theory.c - constants of theorems: theory's closed forms for the training law and the start, in doubles with their rounding. */
#include "verify/text_theory.h"

#include "base/try.h"
#include <math.h>

static const double theory_rounding = 1e-13;

/* Of one covariance, or of one for every prompt; NAN where the theorem is about other laws. */
static double sigma_max(const lsa_predictions *p)
{
    if (p->theory != NULL)
        return lsa_theory_sigma_max(p->theory);
    return lsa_theory_random_is_diagonal(p->random) ? p->bounds.sigma_max : (double)NAN;
}

static double number_of(const lsa_predictions *p, formula_name_id id)
{
    switch (id) {
    case FORMULA_NAME_sigma_max:
        return sigma_max(p);
    case FORMULA_NAME_u_min:
        return p->u_lower_bound;
    case FORMULA_NAME_mu:
        return p->pl;
    case FORMULA_NAME_growth:
        return -p->negative_curvature;
    default:
        return p->least_rate;
    }
}

lsa_status text_theory(text_world *w, formula_name_id id, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_predictions *p;
    LSA_TRY(lsa_study_predictions(w->study, &p, err));
    const double number = number_of(p, id);
    if (!isfinite(number))
        return lsa_error_set(err, LSA_ERR_UNABLE, "the theorem with this constant says nothing of this law");
    *out = text_computed(w, 1, 1, &number, theory_rounding);
done:
    return status;
}
