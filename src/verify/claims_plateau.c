/* claims_plateau.c - heads with separate key and query: the plateaus of (19), and when they are left (2501.16265).
 *
 * The flow finds its plateaus by itself, as rests of the path near saddles; theory says which saddles these are and how
 * long the path stays. */
#include "base/matrix.h"
#include "base/try.h"
#include "lsaflow/theory_heads.h"
#include "verify/claim.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A plateau is told apart where the stay is this many times as long as the escape after it and the settling before. */
static const double LEAST_STAY = 10.0;
/* ... and while the loss is within this share of the saddle's. */
static const double PLATEAU_SHARE = 1e-3;
/* The flow's own time of an escape is known to so many rtol of itself: near a saddle what grows has a relative error of that
 * size, and dv/dt = v^2 makes it one of the time that is left (flow.h). */
static const double FLOW_TIME = 30.0;
/* The saddle is the end of Newton's method: its loss is a sum of terms of the size of L(0), good to their rounding. */
static const double SADDLE_ROUNDING = 1e-12;

typedef struct plateau_view {
    lsa_predictions *p;
    lsa_theory_escape *escapes;
    ptrdiff_t count;
    double *losses;  /* of the saddles with 0, 1, .., count modes learned     */
    double stay;     /* the shortest, over what it has to outlast              */
    bool descending; /* the modes are learned in the order of the eigenvalues  */
} plateau_view;

static void view_clear(plateau_view *view)
{
    free(view->escapes);
    free(view->losses);
}

/* The heads as the recognised form has them: u, K, Q of rank one. */
static lsa_status require_heads(const lsa_program *program, const lsa_form **out, lsa_error *err)
{
    *out = lsa_program_product_form(program);
    if (*out == NULL || (*out)->partial || (*out)->rank != 1)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the claim is about heads with keys and queries of rank one");
    return LSA_OK;
}

static lsa_status predict_escapes(const claim_context *context, const lsa_form *form, plateau_view *view,
                                  lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = form->d, heads = form->n_heads;
    const double *start;
    double *v = lsa_vec_create(heads * (1 + 2 * d)), *k = v + heads, *q = k + heads * d;
    LSA_TRY_MEMORY(v, "the heads");
    LSA_TRY(lsa_study_start(context->study, &start, err));
    for (ptrdiff_t h = 0; h < heads; h++) {
        v[h] = start[form->heads[h].u];
        memcpy(k + h * d, start + form->heads[h].K, (size_t)d * sizeof *k);
        memcpy(q + h * d, start + form->heads[h].Q, (size_t)d * sizeof *q);
    }
    view->escapes = calloc((size_t)heads, sizeof *view->escapes);
    LSA_TRY_MEMORY(view->escapes, "the escapes");
    LSA_TRY(lsa_theory_head_order(view->p->theory, heads, v, k, q, view->escapes, &view->count, err));
done:
    free(v);
    return status;
}

/* (19): the saddle with the modes learned so far, whatever their order. */
static lsa_status predict_losses(plateau_view *view, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool *kept = calloc((size_t)view->p->d, sizeof *kept);
    LSA_TRY_MEMORY(kept, "the plateaus");
    view->losses = lsa_vec_create(view->count + 1);
    LSA_TRY_MEMORY(view->losses, "the plateaus");
    for (ptrdiff_t m = 0; m <= view->count; m++) {
        LSA_TRY(lsa_theory_fixed_point(view->p->theory, kept, NULL, &view->losses[m], err));
        view->losses[m] *= view->p->plateau_factor;
        if (m < view->count)
            kept[view->escapes[m].mode] = true;
    }
done:
    free(kept);
    return status;
}

static lsa_status view_of(const claim_context *context, plateau_view *view, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const lsa_form *form;
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(require_heads(program, &form, err));
    LSA_TRY(lsa_study_predictions(context->study, &view->p, err));
    LSA_TRY(claim_require_fixed(context->study, err));
    LSA_TRY(predict_escapes(context, form, view, err));
    LSA_TRY(predict_losses(view, err));
    view->stay = INFINITY;
    view->descending = true;
    for (ptrdiff_t m = 0; m < view->count; m++) {
        const lsa_theory_escape before = m > 0 ? view->escapes[m - 1] : (lsa_theory_escape){.time = 0.0};
        const double outlasts = fmax(view->escapes[m].duration, before.settling);
        view->stay = fmin(view->stay, (view->escapes[m].time - before.time) / outlasts);
        view->descending = view->descending && view->escapes[m].mode == m;
    }
    if (view->count == 0)
        status = lsa_error_set(err, LSA_ERR_UNABLE, "no head leaves zero: there is no plateau to be left");
done:
    return status;
}

static void suppose_small(lsa_claim_result *result, const plateau_view *view)
{
    claim_suppose(result, "stays are long against escapes and settling", view->stay, LEAST_STAY,
                  view->stay >= LEAST_STAY);
    claim_note(result, "the modes are learned by descending eigenvalues", view->descending, 1.0, view->descending);
}

/* The rest of the flow while m modes are learned, by theory's times: a start that is not small enough to rest shows none at
 * m = 0, and the flow counts from the next one. False: there is none. */
static bool find_plateau(const lsa_trajectory *trajectory, const plateau_view *view, ptrdiff_t m, lsa_event *out)
{
    const double from = m > 0 ? view->escapes[m - 1].time : 0.0;
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(trajectory); k++) {
        *out = lsa_trajectory_event(trajectory, k);
        if (strncmp(out->name, "plateau ", 8) == 0 && out->time >= from && out->time < view->escapes[m].time)
            return true;
    }
    return false;
}

static void judge_plateau(lsa_claim_result *result, const plateau_view *view, const lsa_trajectory *trajectory,
                          ptrdiff_t m)
{
    lsa_event event;
    suppose_small(result, view);
    if (!find_plateau(trajectory, view, m, &event)) {
        claim_equal(result, view->losses[m], (double)NAN, 0.0);
        claim_why(result, "the flow has no plateau number %td", m + 1);
        return;
    }
    const bool found = !isnan(event.saddle),
               rests = fabs(event.loss - view->losses[m]) <= PLATEAU_SHARE * view->losses[m];
    claim_equal(result, view->losses[m], found && rests ? event.saddle : event.loss,
                found && rests ? SADDLE_ROUNDING * view->p->loss_at_zero : PLATEAU_SHARE * view->losses[m]);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "the path rests at time %.6g, %.2g away from this loss", event.time,
                  fabs(event.loss - view->losses[m]));
}

lsa_status claim_plateaus(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    plateau_view view = {.escapes = NULL};
    const lsa_trajectory *trajectory;
    lsa_claim_result *result;
    LSA_TRY(view_of(context, &view, err));
    LSA_TRY(lsa_study_trajectory(context->study, &trajectory, err));
    for (ptrdiff_t m = 0; m < view.count; m++) {
        LSA_TRY(claim_add(context, &result, err));
        judge_plateau(result, &view, trajectory, m);
    }
done:
    view_clear(&view);
    return status;
}

/* When the flow has made half the gain from saddle m to the next. */
static lsa_status half_time(const claim_context *context, const plateau_view *view, ptrdiff_t m, double *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    const double *start;
    lsa_trajectory *trajectory = NULL;
    lsa_flow_options options = lsa_flow_options_defaults();
    LSA_TRY(lsa_study_program(context->study, &program, err));
    LSA_TRY(lsa_study_start(context->study, &start, err));
    const double least = view->p->minimum_loss, middle = 0.5 * (view->losses[m] + view->losses[m + 1]);
    options.rtol = context->experiment->flow.rtol;
    options.minimum = least;
    options.stop.gap = (middle - least) / (view->p->loss_at_zero - least);
    options.points = 2;
    options.drop_states = true;
    options.interrupt = lsa_study_settings(context->study)->interrupt;
    LSA_TRY(lsa_flow_run(program, start, &options, &trajectory, err));
    *out = lsa_trajectory_raw(trajectory).time;
done:
    lsa_trajectory_destroy(trajectory);
    return status;
}

/* A time known no better than to a tenth decides nothing. */
static void judge_escape(lsa_claim_result *result, const plateau_view *view, ptrdiff_t m, double rtol, double measured)
{
    const lsa_theory_escape *escape = &view->escapes[m];
    suppose_small(result, view);
    claim_equal(result, view->p->escape_factor * escape->half, measured,
                escape->error + FLOW_TIME * rtol * escape->half);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "when half of what mode %td gains is gained; the escape lasts %.3g", escape->mode + 1,
                  escape->duration);
    if (result->verdict != LSA_VERDICT_NOT_APPLICABLE && escape->error > 0.1 * escape->half) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "what the learned heads keep of other modes may shift it by %.2g", escape->error);
    }
}

lsa_status claim_escape_times(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    plateau_view view = {.escapes = NULL};
    lsa_claim_result *result;
    double measured;
    LSA_TRY(view_of(context, &view, err));
    for (ptrdiff_t m = 0; m < view.count; m++) {
        LSA_TRY(half_time(context, &view, m, &measured, err));
        LSA_TRY(claim_add(context, &result, err));
        judge_escape(result, &view, m, context->experiment->flow.rtol, measured);
    }
done:
    view_clear(&view);
    return status;
}
