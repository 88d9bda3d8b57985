/* predictions.c - every predicted number that a claim reads, in one record. */
#include "verify/study_state.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

void study_predictions_destroy(lsa_predictions *predictions)
{
    if (predictions == NULL)
        return;
    free(predictions->A);
    free(predictions->U);
    free(predictions);
}

/* What theory says of the course of (u, U) from this start. */
static lsa_status fill_course(const lsa_program *program, const double *start, lsa_study *study, lsa_predictions *p,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_reduced_view view;
    p->reduced = lsa_study_reduced_view(study, program, &view);
    p->u = p->conserved = p->u_lower_bound = p->pl = NAN;
    if (!p->reduced)
        goto done;
    const double u0 = start[view.u], *U0 = start + view.U;
    LSA_TRY(lsa_theory_limit(p->theory, u0, U0, &p->u, p->U, err));
    LSA_TRY(lsa_theory_assess_start(p->theory, u0, U0, &p->start, err));
    p->conserved = u0 * u0 - lsa_vec_dot(p->d * p->d, U0, U0);
    p->u_lower_bound = lsa_theory_u_lower_bound(p->theory, &p->start);
    p->pl = lsa_theory_pl_constant(p->theory, &p->start);
done:
    return status;
}

static lsa_status fill_predictions(lsa_study *study, lsa_predictions *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *start, context = study->experiment->data.context;
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_start(study, &start, err));
    LSA_TRY(fill_course(program, start, study, p, err));
    LSA_TRY(lsa_theory_minimum(p->theory, p->rank, p->A, err));
    p->minimum_loss = lsa_theory_minimum_loss(p->theory, p->rank);
    p->loss_at_zero = lsa_theory_loss_at_zero(p->theory);
    p->least_rate = lsa_theory_least_rate(p->theory);
    p->probe_pairs = context < LSA_PROBE_PAIRS ? (ptrdiff_t)context : LSA_PROBE_PAIRS;
    p->negative_count = lsa_theory_negative_count(lsa_theory_rank(p->theory), p->probe_pairs);
    p->kq_exponent = -1.0;
    p->gap_quotient = 1.0;
    p->bound_factor = 1.0;
    p->negative_curvature = -lsa_theory_growth_rate(p->theory);
    p->floor = lsa_theory_learning_floor(p->theory);
    /* Corollary 4.3 holds for every epsilon; tr(Lambda)/4 asks for a context of 4(d + 1), which sampling can afford. */
    p->learning_gap = lsa_theory_trace(p->theory) / 4.0;
    /* a quotient that is a whole number but for rounding is that number */
    p->context_needed = ceil(lsa_theory_context_needed(p->theory, p->learning_gap) * (1.0 - 1e-12));
done:
    return status;
}

lsa_status lsa_study_predictions(lsa_study *study, lsa_predictions **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_predictions *p = NULL;
    if (study->predictions == NULL) {
        p = calloc(1, sizeof *p);
        LSA_TRY_MEMORY(p, "the predictions");
        p->d = study->experiment->data.d;
        p->rank = lsa_study_rank(study);
        p->A = lsa_vec_create(p->d * p->d);
        p->U = lsa_vec_create(p->d * p->d);
        LSA_TRY_MEMORY(p->A, "the predictions");
        LSA_TRY_MEMORY(p->U, "the predictions");
        LSA_TRY(lsa_study_theory(study, &p->theory, err));
        LSA_TRY(fill_predictions(study, p, err));
        study->predictions = p;
        p = NULL;
    }
    *out = study->predictions;
done:
    study_predictions_destroy(p);
    return status;
}
