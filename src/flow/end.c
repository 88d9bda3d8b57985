/* end.c - rescaling and polishing the end.
 *
 * Rescaling moves along the symmetries only: the loss and all products stay, the drift that the integrator left in u
 * and U separately goes. Polishing solves grad L = 0 nearby: for the form in closed form (uU = V where H > 0, u from the
 * conserved quantity), otherwise by least-norm Newton steps; it is kept only where the gradient falls. */
#include "flow/end.h"
#include "base/matrix.h"
#include "base/try.h"
#include "flow/classify.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Newton polishes what is close: a relative gap above this is not the neighbourhood of the minimum. */
static const double POLISH_GAP = 1e-4;
enum { POLISH_STEPS = 8 };
/* A step that leaves more than this of the gradient asks for a Hessian of its own. */
static const double POLISH_SLOW = 0.1;

typedef struct end_work {
    flow_system *system;
    const flow_invariants *invariants;
    const double *targets;
    const double *raw;
    flow_spectrum *spectrum; /* NULL: not computed                 */
    double *y, *f, *trial;   /* current point, scratch, candidate  */
} end_work;

static double gradient_norm(end_work *work, const double *y)
{
    flow_system_rhs(work->system, y, work->f);
    return flow_system_gradient_norm(work->system, y, work->f);
}

/* Takes the candidate when its gradient is smaller. */
static bool take_if_better(end_work *work)
{
    const double trial = gradient_norm(work, work->trial);
    if (!(trial < gradient_norm(work, work->y)))
        return false;
    memcpy(work->y, work->trial, (size_t)work->system->size * sizeof *work->y);
    return true;
}

/* The same where the candidate has a tail of its own. */
static void take_if_better_with(end_work *work, flow_tail tail)
{
    flow_reduction *reduction = work->system->reduction;
    const flow_tail kept = reduction->tail;
    const double now = gradient_norm(work, work->y);
    reduction->tail = tail;
    if (gradient_norm(work, work->trial) < now)
        memcpy(work->y, work->trial, (size_t)work->system->size * sizeof *work->y);
    else
        reduction->tail = kept;
}

static double square(const flow_system *system, ptrdiff_t offset, const double *y)
{
    for (ptrdiff_t k = 0; k < system->n_blocks; k++)
        if (system->blocks[k].offset == offset)
            return flow_system_square(system, k, y);
    return 0.0;
}

/* uU = V where H > 0; entries of U outside the range keep their value w. Then u^2 - |V|^2/u^2 - |w|^2 = C. */
static void polish_form(end_work *work)
{
    const flow_form *form = work->system->form;
    const bool reduced = work->system->way->reduced;
    double *U = work->trial + form->U, fixed = reduced ? work->system->reduction->still : 0.0, limit = 0.0;
    if (!(flow_system_level(work->system, work->y).gap <= POLISH_GAP) || work->y[form->u] == 0.0)
        return;
    memcpy(work->trial, work->y, (size_t)work->system->size * sizeof *work->trial);
    /* The rescaled point carries the conserved value. */
    const double C = work->y[form->u] * work->y[form->u] - square(work->system, form->U, work->y);
    for (ptrdiff_t k = 0; k < form->count; k++) /* ... but it moved what the flow leaves where it starts */
        U[k] = form->H[k] > 0.0 ? U[k] : work->raw[form->U + k];
    for (ptrdiff_t k = 0; k < form->count; k++) {
        fixed += form->H[k] > 0.0 ? 0.0 : U[k] * U[k];
        limit += form->V[k] * form->V[k];
    }
    /* The positive root of x^2 - (C + fixed) x - |V|^2, x = u^2, without cancellation for a negative C. */
    const double half = 0.5 * (C + fixed), root = sqrt(half * half + limit);
    const double u2 = half >= 0.0 ? half + root : limit / (root - half);
    work->trial[form->u] = copysign(sqrt(u2), work->y[form->u]);
    for (ptrdiff_t k = 0; k < form->count; k++)
        if (form->H[k] > 0.0)
            U[k] = form->V[k] / work->trial[form->u];
    if (reduced)
        take_if_better_with(work, (flow_tail){.moving = 0.0, .still = 1.0});
    else
        take_if_better(work);
}

/* One least-norm step with the Hessian that the spectrum has, followed by the way back to the conserved quantities.
 * Returns the share of the gradient that is left: above 1 where the step was not taken. */
static lsa_status polish_step(end_work *work, double *left, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double before = gradient_norm(work, work->y);
    flow_spectrum_newton(work->spectrum, work->trial);
    lsa_vec_axpy(work->system->n, 1.0, work->y, work->trial);
    LSA_TRY(flow_invariants_restore(work->invariants, work->system, work->targets, work->trial, err));
    *left = take_if_better(work) ? gradient_norm(work, work->y) / before : (double)INFINITY;
done:
    return status;
}

/* Newton's steps. The Hessian is taken anew only where a step with the last one did not gain a digit. */
static lsa_status polish_newton(end_work *work, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_spectrum *spectrum = work->spectrum;
    double left = (double)INFINITY;
    for (int step = 0; step < POLISH_STEPS; step++) {
        const bool anew = left > POLISH_SLOW;
        if (anew)
            LSA_TRY(flow_spectrum_eval(spectrum, work->system, work->y, err));
        else
            flow_spectrum_gradient(spectrum, work->system, work->y);
        if (!spectrum->finite ||
            spectrum->gradient_norm <= DBL_EPSILON * spectrum->largest * lsa_vec_norm_max(spectrum->n, work->y))
            break;
        LSA_TRY(polish_step(work, &left, err));
        if (anew && left > 1.0)
            break;
    }
done:
    return status;
}

static void set_end(end_work *work, lsa_trajectory *trajectory, int which, double time)
{
    flow_trajectory_set_end(trajectory, which, work->system, flow_measure(work->system, time, work->y, work->f));
}

static lsa_status set_ends(end_work *work, double time, lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    set_end(work, trajectory, FLOW_END_RAW, time);
    LSA_TRY(flow_invariants_restore(work->invariants, work->system, work->targets, work->y, err));
    set_end(work, trajectory, FLOW_END_RESCALED, time);
    if (work->system->way->form)
        polish_form(work);
    else if (work->spectrum != NULL)
        LSA_TRY(polish_newton(work, err));
    set_end(work, trajectory, FLOW_END_POLISHED, time);
done:
    return status;
}

lsa_status flow_end(flow_system *system, const flow_invariants *invariants, const double *targets,
                    const flow_stop *stop, double time, const double *raw, lsa_trajectory *trajectory, lsa_error *err)
{
    lsa_status status = LSA_OK;
    end_work work = {.system = system, .invariants = invariants, .targets = targets, .raw = raw};
    work.y = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(work.y, "the end of the flow");
    work.f = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(work.f, "the end of the flow");
    work.trial = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(work.trial, "the end of the flow");
    if (!system->way->form && system->n <= FLOW_SPECTRUM_LIMIT)
        LSA_TRY(flow_spectrum_create(system->n, &work.spectrum, err));
    memcpy(work.y, raw, (size_t)system->size * sizeof *raw);
    LSA_TRY(set_ends(&work, time, trajectory, err));
    LSA_TRY(flow_classify(system, invariants, stop, work.spectrum, trajectory, err));
done:
    free(work.y);
    free(work.f);
    free(work.trial);
    flow_spectrum_destroy(work.spectrum);
    return status;
}
