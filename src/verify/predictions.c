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

/* What theory says of the course of (u, U) from this start, one covariance for all prompts. */
static lsa_status fill_fixed_course(double u0, const double *U0, lsa_predictions *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_theory_limit(p->theory, u0, U0, &p->u, p->U, err));
    p->u_lower_bound = lsa_theory_u_lower_bound(p->theory, &p->start);
    p->pl = lsa_theory_pl_constant(p->theory, &p->start);
done:
    return status;
}

/* And where every prompt draws its own: Theorem 4.5, from the paper's start. */
static lsa_status fill_random_course(double u0, const double *U0, lsa_predictions *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_theory_random_settled(p->random, u0, U0, &p->u, p->U, err));
    LSA_TRY(lsa_theory_random_bound(p->random, u0, U0, &p->bounds, err));
    p->u_lower_bound = p->bounds.u_lower;
    p->pl = p->bounds.pl;
done:
    return status;
}

static lsa_status fill_course(lsa_study *study, lsa_predictions *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const lsa_theory *mean;
    const double *start;
    lsa_reduced_view view;
    LSA_TRY(lsa_study_program(study, &program, err));
    LSA_TRY(lsa_study_start(study, &start, err));
    p->reduced = lsa_study_is_reduced(study, program);
    p->u = p->u_lower_bound = p->pl = NAN;
    if (!p->reduced)
        goto done;
    LSA_TRY(lsa_study_reduced_view(study, program, &view, err));
    const double u0 = start[view.u], *U0 = start + view.U;
    LSA_TRY(study_mean_theory(study, &mean, err));
    LSA_TRY(lsa_theory_assess_start(mean, u0, U0, &p->start, err));
    LSA_TRY(p->random != NULL ? fill_random_course(u0, U0, p, err) : fill_fixed_course(u0, U0, p, err));
done:
    return status;
}

/* The least positive rate of the law and the norm of its signal, r = N/rho. */
static lsa_status fill_random_rates(lsa_predictions *p, double r, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *matrix = lsa_vec_create(p->d * p->d);
    LSA_TRY_MEMORY(matrix, "the rates of a random covariance");
    lsa_theory_random_signal(p->random, matrix);
    p->negative_curvature = -r * lsa_vec_norm(p->d * p->d, matrix);
    p->least_rate = NAN;
    if (!lsa_theory_random_is_diagonal(p->random))
        goto done;
    LSA_TRY(lsa_theory_random_rates(p->random, matrix, err));
    p->least_rate = INFINITY;
    for (ptrdiff_t i = 0; i < p->d * p->d; i++)
        if (matrix[i] > 0.0)
            p->least_rate = fmin(p->least_rate, r * r * matrix[i]);
done:
    free(matrix);
    return status;
}

static void fill_fixed(lsa_predictions *p)
{
    p->loss_at_zero = lsa_theory_loss_at_zero(p->theory);
    p->least_rate = lsa_theory_least_rate(p->theory);
    p->negative_curvature = -lsa_theory_growth_rate(p->theory);
}

static lsa_status fill_predictions(lsa_study *study, lsa_predictions *p, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double context = study->experiment->training.context;
    LSA_TRY(fill_course(study, p, err));
    LSA_TRY(lsa_study_product(study, p->A, err));
    LSA_TRY(lsa_study_minimum_loss(study, &p->minimum_loss, err));
    p->probe_pairs = context < LSA_PROBE_PAIRS ? (ptrdiff_t)context : LSA_PROBE_PAIRS;
    LSA_TRY(lsa_theory_random_ranks(study->experiment->training.covariance, &p->draw_rank[0], &p->draw_rank[1], err));
    p->negative_count = lsa_theory_negative_count(p->draw_rank[1], p->probe_pairs);
    p->kq_exponent = -1.0;
    p->rate_factor = p->balance_weight = p->scale_exponent = 1.0;
    p->plateau_factor = p->escape_factor = 1.0;
    p->limit_context = (double)INFINITY;
    p->least_squares_dimension = p->d;
    p->step_time = 1.0;
    p->context_slope = -1.0;
    p->training_slope = -2.0;
    if (p->random == NULL) {
        fill_fixed(p);
    } else {
        p->loss_at_zero = lsa_theory_random_loss_at_zero(p->random);
        LSA_TRY(
            fill_random_rates(p, isinf(context) ? 1.0 : context / lsa_setting_rho(&study->experiment->training), err));
    }
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
        if (lsa_study_is_random(study))
            LSA_TRY(lsa_study_random_theory(study, &p->random, err));
        else
            LSA_TRY(lsa_study_theory(study, &p->theory, err));
        LSA_TRY(fill_predictions(study, p, err));
        study->predictions = p;
        p = NULL;
        if (study->change != NULL)
            study->change(study->change_context, study, study->predictions);
    }
    *out = study->predictions;
done:
    study_predictions_destroy(p);
    return status;
}

/* ---------------------------------------------------------------- wrong on purpose */

void lsa_study_alter(lsa_study *study, lsa_study_change *change, void *context)
{
    study->change = change;
    study->change_context = context;
    study_predictions_destroy(study->predictions);
    study->predictions = NULL;
}

void lsa_study_mistake(lsa_study *study, double share)
{
    study->mistake = share;
}

double study_mistake(const lsa_study *study)
{
    return study->mistake;
}

void study_allow_law(lsa_study *study)
{
    study->allows_law = true;
}

void study_alter_like(lsa_study *study, const lsa_study *from)
{
    study->mistake = from->mistake;
    lsa_study_alter(study, from->change, from->change_context);
}
