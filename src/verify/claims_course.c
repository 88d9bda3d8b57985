/* claims_course.c - stretches of the flow whose course is known in closed form: the escape from zero, the last
 * approach (W9, W10). */
#include "base/matrix.h"
#include "base/try.h"
#include "verify/flow_view.h"
#include <math.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- the last approach */

/* At (u, U) near the end |grad L|^2 >= rate (L - L*), where the rate is that of the linearised flow with u, U for u*, U*.
 * With e = |uU - A|_F and u^2 - |U|^2 kept, |du| <= e/(2u) and |dU| <= e/u + |U| e/(2u^2): the operator u^2 I + U U' moves
 * by at most (1 + |U|/u)^2 e/u^2 of its least eigenvalue. */
static double linearisation_error(const flow_view *view, double gap)
{
    const double u = fabs(view->p->u), ratio = 1.0 + lsa_vec_norm(view->d * view->d, view->p->U) / u;
    return ratio * ratio * sqrt(2.0 * gap / view->p->least_rate) / (u * u);
}

/* The sample at which the rate of the linearised flow is told best: late enough to be near it, early enough for the gap to be
 * known. *allowed is what either may be off, relative. */
static ptrdiff_t best_sample(const flow_view *view, double *allowed)
{
    ptrdiff_t best = 0;
    *allowed = INFINITY;
    for (ptrdiff_t i = 0; i <= view->path.count; i++) {
        const path_number rate = path_decay_rate(&view->path, i);
        const double gap = path_sample(&view->path, i).gap * view->path.depth;
        const double off = gap > 0.0 ? linearisation_error(view, gap) + rate.error / rate.value : (double)INFINITY;
        if (off < *allowed) {
            *allowed = off;
            best = i;
        }
    }
    return best;
}

static lsa_status check_local_rate(const claim_context *context, const flow_view *view, lsa_claim_result *result,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    double rate, allowed;
    LSA_TRY(claim_require_fixed(context->study, err));
    const ptrdiff_t late = best_sample(view, &allowed);
    const lsa_sample last = path_sample(&view->path, late);
    path_number measured = path_decay_rate(&view->path, late);
    LSA_TRY(
        lsa_theory_local_rate(view->p->theory, view->p->u, flow_view_U(view, path_sample(&view->path, 0)), &rate, err));
    suppose_reduced(result, view);
    claim_suppose(result, "the run ends where the flow is linear (error of the rate)", allowed, 1e-2, allowed <= 1e-2);
    measured.error = allowed * measured.value;
    claim_bounded_below(result, view->p->rate_factor * rate, measured);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "-d ln(gap)/dt at t = %.6g, gap %.2g; slack 1 where the slowest mode is left alone",
                  last.time, last.gap);
done:
    return status;
}

lsa_status claim_local_rate(const claim_context *context, lsa_error *err)
{
    return claim_on_flow(context, check_local_rate, err);
}

/* ---------------------------------------------------------------- the escape from zero */

/* The flow's heads, their signal direction and the largest rate h, all from the derived loss. */
typedef struct escape {
    const lsa_program *program;
    const lsa_form *form;
    flow_path path;
    double *direction; /* b = B/|B|_F, d x d, user's basis */
    double largest_rate;
} escape;

/* b: the Hessian at zero takes (1, 0) of the first head to -(0, B). */
static lsa_status signal_direction(const escape *e, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_workspace *work = NULL;
    const ptrdiff_t size = lsa_program_size(e->program), square = e->form->d * e->form->d;
    double *zero = lsa_vec_create(size), *unit = lsa_vec_create(size), *image = lsa_vec_create(size);
    LSA_TRY_MEMORY(zero && unit ? image : NULL, "the Hessian at zero");
    LSA_TRY(lsa_workspace_create(e->program, &work, err));
    unit[e->form->heads[0].u] = 1.0;
    lsa_program_hessian(e->program, work, zero, unit, image);
    LSA_TRY(lsa_program_to_user(e->program, image, image, err));
    const double norm = lsa_vec_norm(square, image + e->form->heads[0].U);
    for (ptrdiff_t i = 0; i < square && norm > 0.0; i++)
        out[i] = -image[e->form->heads[0].U + i] / norm;
done:
    lsa_workspace_destroy(work);
    free(image);
    free(unit);
    free(zero);
    return status;
}

/* |(u_h + <b, U_h>)_h|: the part of the state that grows. */
static double growing_part(const escape *e, const double *state)
{
    const ptrdiff_t square = e->form->d * e->form->d;
    double sum = 0.0;
    for (ptrdiff_t h = 0; h < e->form->n_heads; h++) {
        const double part = state[e->form->heads[h].u] + lsa_vec_dot(square, e->direction, state + e->form->heads[h].U);
        sum += part * part;
    }
    return sqrt(sum);
}

/* d(part)/dt = r|B| part - (r^2 G W Lambda terms), |W| <= |state|^2/2, so the rate is off by at most
 * h_max |state|^3 / (sqrt 2 part): the bound at one sample. */
static double distortion(const escape *e, const double *state)
{
    const double norm = lsa_vec_norm(lsa_program_size(e->program), state);
    return e->largest_rate * norm * norm * norm / (sqrt(2.0) * growing_part(e, state));
}

static double largest_rate(const lsa_form *form)
{
    double largest = 0.0;
    for (ptrdiff_t j = 0; j < form->d; j++)
        for (ptrdiff_t i = 0; i < form->d; i++)
            largest = fmax(largest, lsa_form_rate(form, i, j));
    return largest;
}

static lsa_status escape_of(const claim_context *context, escape *e, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_study_program(context->study, &e->program, err));
    e->form = lsa_program_product_form(e->program);
    if (e->form == NULL || e->form->partial || e->form->rank > 0) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the claim speaks of a loss in sum_h u_h U_h with parameters u, U");
        goto done;
    }
    LSA_TRY(lsa_study_path(context->study, &e->path, err));
    e->largest_rate = largest_rate(e->form);
    e->direction = lsa_vec_create(e->form->d * e->form->d);
    LSA_TRY_MEMORY(e->direction, "the direction of escape");
    LSA_TRY(signal_direction(e, e->direction, err));
done:
    return status;
}

/* The growth counts as linear while it is distorted by less than this share of its rate. */
static const double linear_share = 0.05;

/* The mean rate of growth from the start until sample `until`, and how far it may be off: the mean of the distortion and what
 * the path is off. */
typedef struct growth {
    ptrdiff_t until;
    double before, after; /* the growing part  */
    path_number rate;
} growth;

static growth growth_until(const escape *e, ptrdiff_t until, double distortion_time)
{
    const lsa_sample from = path_sample(&e->path, 0), to = path_sample(&e->path, until);
    growth g = {.until = until, .before = growing_part(e, from.state), .after = growing_part(e, to.state)};
    const double off = 2.0 * path_error(&e->path, until) / g.after;
    g.rate = (path_number){log(g.after / g.before) / to.time, (distortion_time + off) / to.time};
    return g;
}

/* Of the samples until which the growth is linear and has doubled the growing part, the one at which its rate is known best;
 * else the last linear one. */
static growth best_growth(const escape *e, double rate)
{
    growth best = growth_until(e, 0, 0.0);
    double before = distortion(e, path_sample(&e->path, 0).state), total = 0.0;
    bool doubled = false;
    for (ptrdiff_t i = 1; i < e->path.count; i++) {
        const double now = distortion(e, path_sample(&e->path, i).state);
        total += fmax(before, now) * (path_sample(&e->path, i).time - path_sample(&e->path, i - 1).time);
        before = now;
        if (now > linear_share * rate)
            break;
        const growth here = growth_until(e, i, total);
        const bool enough = here.after >= 2.0 * here.before;
        if (!doubled || (enough && here.rate.error < best.rate.error))
            best = here;
        doubled = doubled || enough;
    }
    return best;
}

lsa_status claim_growth_rate(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    lsa_predictions *p;
    escape e = {.direction = NULL};
    LSA_TRY(claim_add(context, &result, err));
    LSA_TRY(lsa_study_predictions(context->study, &p, err));
    LSA_TRY(escape_of(context, &e, err));
    const double rate = -p->negative_curvature;
    const growth g = best_growth(&e, rate);
    const double bent = g.before > 0.0 ? distortion(&e, path_sample(&e.path, 0).state) : (double)INFINITY;
    claim_suppose(result, "a start that grows by itself (error of the rate)", bent, linear_share * rate,
                  bent <= linear_share * rate);
    claim_suppose(result, "and that doubles before it is felt", g.after, 2.0 * g.before, g.after >= 2.0 * g.before);
    claim_equal(result, rate, g.rate.value, g.rate.error);
    if (result->verdict == LSA_VERDICT_HOLDS)
        claim_why(result, "mean rate of (u, <B, U>/|B|) until t = %.6g, from %.3g to %.3g",
                  path_sample(&e.path, g.until).time, g.before, g.after);
done:
    free(e.direction);
    return status;
}
