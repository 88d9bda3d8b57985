/* plateau.c - plateaus of the loss, and the saddles behind them. */
#include "flow/plateau.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* By this factor r falls on the way to a plateau, and climbs on the way from it. */
static const double PROMINENCE = 100.0;
/* ... while the gap falls by no more than this share. */
static const double LEVEL = 1e-3;
/* Of L(0): without a form the gap is a difference of losses, and below this it is rounding. */
static const double GAP_ROUNDING = 1e-13;
/* A rest has been left when the loss has fallen by so many of its roundings: at the saddle itself r is the square of a rounded
 * zero, which climbs and falls by any factor. */
static const double LEFT = 10.0;
/* ... at so many times the least r at least, in the mean since: from there to 100 times, an exponential's mean is 21 times.
 * Beside a huge parameter the gradient of a small one is rounding, which the loss does not follow. */
static const double QUICKENED = 2.0;
/* At a saddle whose Hessian vanishes along some directions Newton's step only halves the distance. */
enum { SADDLE_STEPS = 30, SADDLE_HALVINGS = 10 };

struct flow_plateaus {
    bool resting;            /* r has fallen from its peak (or the path began): the least r is looked for */
    bool leaving;            /* r has climbed from the least one, the loss has not fallen yet               */
    double peak;             /* the greatest r since the last plateau                                     */
    double rate;             /* the least r since then                                                    */
    lsa_sample low;          /* the point where it is taken                                               */
    double *state;           /* its state, where the saddle will be looked for from there; else NULL      */
    double *trial;           /* the same                                                                  */
    double floor;            /* of the excess                                                             */
    ptrdiff_t count;         /* found so far                                                              */
    flow_spectrum *spectrum; /* made when first needed */
};

/* L - L*, not below its rounding. */
static double excess(const flow_plateaus *p, const flow_system *system, lsa_sample point)
{
    return fmax(isnan(point.gap) ? point.loss : point.gap * system->scale, p->floor);
}

static double rate_at(const flow_plateaus *p, const flow_system *system, lsa_sample point)
{
    return point.gradient_norm * point.gradient_norm / excess(p, system, point);
}

static void set_low(flow_plateaus *p, const flow_system *system, lsa_sample point, double rate)
{
    if (p->state != NULL)
        memcpy(p->state, point.state, (size_t)system->size * sizeof *p->state);
    p->low = point;
    p->low.state = p->state;
    p->rate = rate;
}

lsa_status flow_plateaus_create(const flow_system *system, lsa_sample first, flow_plateaus **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_plateaus *p = calloc(1, sizeof *p);
    LSA_TRY_MEMORY(p, "the plateaus");
    if (!system->way->form && system->n <= FLOW_SPECTRUM_LIMIT) {
        p->state = lsa_vec_create(system->size);
        LSA_TRY_MEMORY(p->state, "the plateaus");
        p->trial = lsa_vec_create(system->size);
        LSA_TRY_MEMORY(p->trial, "the plateaus");
    }
    p->floor = GAP_ROUNDING * fabs(lsa_program_loss_at_zero(system->program));
    p->resting = true;
    set_low(p, system, first, rate_at(p, system, first));
    *out = p;
    p = NULL;
done:
    flow_plateaus_destroy(p);
    return status;
}

void flow_plateaus_destroy(flow_plateaus *plateaus)
{
    if (plateaus == NULL)
        return;
    flow_spectrum_destroy(plateaus->spectrum);
    free(plateaus->state);
    free(plateaus->trial);
    free(plateaus);
}

/* Takes the longest of the halved steps along which the gradient falls: Newton's direction is one for |grad L|^2. */
static bool take_step(flow_plateaus *p, flow_system *system, const double *step, double *f)
{
    double share = 1.0;
    for (int halving = 0; halving < SADDLE_HALVINGS; halving++, share *= 0.5) {
        memcpy(p->trial, p->state, (size_t)system->size * sizeof *p->trial);
        lsa_vec_axpy(system->n, share, step, p->trial);
        const lsa_sample moved = flow_measure(system, p->low.time, p->trial, f);
        if (moved.gradient_norm < p->low.gradient_norm) {
            set_low(p, system, moved, p->rate);
            return true;
        }
    }
    return false;
}

/* Moves the lowest point to the stationary point next to it, by least-norm Newton steps while the gradient falls. */
static lsa_status polish(flow_plateaus *p, flow_system *system, double *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *step = lsa_vec_create(system->n);
    LSA_TRY_MEMORY(step, "the saddle of a plateau");
    if (p->spectrum == NULL)
        LSA_TRY(flow_spectrum_create(system->n, &p->spectrum, err));
    for (int k = 0; k < SADDLE_STEPS; k++) {
        LSA_TRY(flow_spectrum_eval(p->spectrum, system, p->state, err));
        if (!p->spectrum->finite)
            break;
        flow_spectrum_newton(p->spectrum, step);
        if (!take_step(p, system, step, f))
            break;
    }
done:
    free(step);
    return status;
}

/* The loss of the saddle: a form has none but zero; NAN where the Hessian is too large to be decomposed, or where Newton's
 * method ends elsewhere than at a stationary point. */
static lsa_status find_saddle(flow_plateaus *p, flow_system *system, double *f, double *loss, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *loss = system->way->form ? lsa_program_loss_at_zero(system->program) : (double)NAN;
    if (p->state == NULL)
        goto done;
    LSA_TRY(polish(p, system, f, err));
    if (flow_spectrum_decrement(p->spectrum) <= p->floor)
        *loss = p->low.loss;
done:
    return status;
}

static lsa_status add_plateau(flow_plateaus *p, flow_system *system, lsa_trajectory *trajectory, double *f,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    char name[FLOW_NAME];
    lsa_event event = {.time = p->low.time, .loss = p->low.loss};
    LSA_TRY(find_saddle(p, system, f, &event.saddle, err));
    snprintf(name, sizeof name, "plateau %td", ++p->count);
    event.name = name;
    flow_trajectory_add_event(trajectory, event);
done:
    return status;
}

static bool is_level(const flow_plateaus *p, const flow_system *system, lsa_sample now)
{
    return excess(p, system, now) >= (1.0 - LEVEL) * excess(p, system, p->low);
}

static bool has_fallen(const flow_plateaus *p, const flow_system *system, lsa_sample now)
{
    const double rounding = fmax(p->floor, p->low.rounding + now.rounding);
    return excess(p, system, p->low) - excess(p, system, now) > LEFT * rounding;
}

static bool has_quickened(const flow_plateaus *p, const flow_system *system, lsa_sample now)
{
    const double fall = log(excess(p, system, p->low) / excess(p, system, now));
    return fall >= QUICKENED * p->rate * (now.time - p->low.time);
}

lsa_status flow_plateaus_after_step(flow_plateaus *p, flow_system *system, lsa_sample now, lsa_trajectory *trajectory,
                                    double *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (flow_system_hides(system, now))
        return LSA_OK;
    const double rate = rate_at(p, system, now);
    p->peak = fmax(p->peak, rate);
    if (p->leaving && has_fallen(p, system, now)) {
        p->leaving = false;
        if (has_quickened(p, system, now))
            LSA_TRY(add_plateau(p, system, trajectory, f, err));
    }
    if (!p->resting && PROMINENCE * rate <= p->peak) {
        p->resting = true;
        if (!p->leaving || rate < p->rate) /* else it is the same rest */
            set_low(p, system, now, rate);
        p->leaving = false;
    } else if (p->resting && rate < p->rate) {
        set_low(p, system, now, rate);
    } else if (p->resting && rate > PROMINENCE * p->rate) {
        p->leaving = is_level(p, system, now);
        p->resting = false;
        p->peak = rate;
    }
done:
    return status;
}
