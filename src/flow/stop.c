/* stop.c - the rules by which a run ends, each a function; the first in time wins. */
#include "flow/stop.h"
#include "base/matrix.h"
#include "base/try.h"
#include "flow/saddle.h"
#include "flow/watch.h"
#include <math.h>
#include <time.h>

/* A gradient that is small by this share is an exact zero that rounding blurs. */
static const double GRADIENT_FLOOR = 1e-30;
/* Below this gap the fast modes are at rounding (1e-13 relative), and nothing moves any more but slow ones, which weigh
 * little in it, and the flat direction. */
static const double GAP_FLOOR = 1e-26;
/* ... where a form is known, the product itself shows when the slow ones are, too: below this, or when it has not fallen
 * for some steps, from rounding in its d entries. */
static const double PRODUCT_FLOOR = 1e-15;
enum { PRODUCT_STEPS = 10 };
/* So many steps in a row a gradient is rounding of products that cancel: near the minimum, and where it may be a saddle's. */
enum { ROUNDING_STEPS = 10, SADDLE_STEPS = 200 };
/* A path may be near stationary when the gradient has fallen this far; the spectrum then decides. */
static const double GRADIENT_SUSPECT = 1e-6;
/* ... by this, a path that has come to a saddle may stay there. */
static const double GRADIENT_STILL = 1e-9;
/* Of the start, where what is left of a path that a form takes to the saddle may be held: of the order of rtol. */
static const double BALANCED_REST = 1e-10;
/* Steps grow with the time scale of the path, so 1000 of them see a gradient fall by orders, or nothing is left. */
enum { STAGNATION_STEPS = 1000 };
/* Of the tolerance: what Newton's iteration of a dense method comes to. */
static const double NEWTON_SHARE = 0.01;

double flow_clock(void)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* The gap of a product whose slowest mode is off by the share `fine` of itself: that mode may weigh little in it. */
static double fine_gap(const flow_system *system, double fine)
{
    const lsa_form *form = lsa_program_product_form(system->program);
    double least = 1.0;
    for (ptrdiff_t i = 0; form != NULL && !form->partial && i < form->d; i++) {
        const double limit = lsa_form_limit(form, i, i);
        const double share = 0.5 * lsa_form_rate(form, i, i) * limit * limit / fabs(system->scale);
        least = share > 0.0 ? fmin(least, share) : least;
    }
    return fine * fine * least;
}

void flow_stop_init(flow_stop *stop, const flow_system *system, const lsa_flow_options *options, lsa_sample start)
{
    const double fine = 0.1 * options->rtol;
    *stop = (flow_stop){.asked = options->stop,
                        .fine = fine,
                        .fine_gap = fine_gap(system, fine),
                        .last_time = options->n_times > 0 ? options->times[options->n_times - 1] : -1.0,
                        .start_gradient = start.gradient_norm,
                        .peak_gradient = start.gradient_norm,
                        .loss_at_zero = lsa_program_loss_at_zero(system->program),
                        .deadline = isnan(options->stop.wall) ? (double)INFINITY : flow_clock() + options->stop.wall,
                        .max_steps = options->max_steps,
                        .interrupt = options->interrupt,
                        .checked_gradient = INFINITY,
                        .looked_gradient = INFINITY,
                        .window_gradient = INFINITY,
                        .window_loss = INFINITY,
                        .least_gradient = INFINITY,
                        .product_error = INFINITY};
    /* A path that starts at a stationary point stays there. */
    if (start.gradient_norm == 0.0) {
        stop->ended = stop->at_rest = true;
        stop->reason = LSA_STOPPED_GRADIENT;
    }
}

void flow_stop_clear(flow_stop *stop)
{
    flow_spectrum_destroy(stop->spectrum);
    flow_curvature_destroy(stop->curvature);
    flow_growth_destroy(stop->growth);
    stop->spectrum = NULL;
    stop->curvature = NULL;
    stop->growth = NULL;
}

double flow_stop_depth(const flow_stop *stop, const flow_system *system)
{
    return isnan(system->scale) ? stop->loss_at_zero : fabs(system->scale);
}

bool flow_gradient_is_small(const flow_stop *stop, const flow_system *system, const double *y, double gradient_norm,
                            double share)
{
    return gradient_norm <= share * stop->peak_gradient &&
           gradient_norm * lsa_vec_norm_max(system->n, y) <= share * fabs(stop->loss_at_zero);
}

/* Ends the run at `time` unless it ends earlier. */
static void end_at(flow_stop *stop, double time, lsa_stop_reason reason)
{
    if (stop->ended && stop->time <= time)
        return;
    stop->ended = true;
    stop->time = time;
    stop->reason = reason;
}

/* Nothing moves any more. A run that was asked to last until a time has then reached it. */
static void end_stationary(flow_stop *stop, double time)
{
    stop->at_rest = true;
    if (isfinite(stop->asked.time))
        end_at(stop, stop->asked.time, LSA_STOPPED_TIME);
    else
        end_at(stop, time, stop->converged ? LSA_STOPPED_GAP : LSA_STOPPED_GRADIENT);
}

static void watch_gap(flow_stop *stop, flow_system *system, flow_integrator *integrator, lsa_sample now, double *f)
{
    flow_watch watch = {.kind = FLOW_WATCH_GAP, .level = stop->asked.gap};
    if (!flow_system_gap_reached(system, now, stop->asked.gap))
        return;
    if (!stop->converged) {
        const double time = flow_watch_time(&watch, system, integrator, f);
        stop->converged = stop->asked.gap <= FLOW_GAP_CONVERGED && stop->last_time > time;
        if (!stop->converged)
            end_at(stop, time, LSA_STOPPED_GAP);
    }
    if (stop->converged && now.time >= stop->last_time)
        end_at(stop, stop->last_time, LSA_STOPPED_GAP);
    else if (stop->converged && system->way->gap_exact && flow_system_gap_reached(system, now, stop->fine_gap))
        end_at(stop, now.time, LSA_STOPPED_GAP); /* else so small a gap is rounding: watch_minimum decides */
}

static void watch_gradient(flow_stop *stop, flow_system *system, flow_integrator *integrator, lsa_sample now, double *f)
{
    const flow_watch watch = {.kind = FLOW_WATCH_GRADIENT, .level = stop->asked.gradient * stop->start_gradient};
    if (now.gradient_norm <= watch.level)
        end_at(stop, flow_watch_time(&watch, system, integrator, f), LSA_STOPPED_GRADIENT);
}

/* A minimum near a point: whether the curvature there is one's, and how far above and away the point is. */
typedef struct nearby {
    bool minimum;
    double depth, distance;
} nearby;

/* Where the point cannot be a minimum within `gain`, cheaply told, nor a saddle that a path has come to, no eigenvalues are
 * taken. */
static lsa_status look_by_spectrum(flow_stop *stop, flow_system *system, const double *y, double gain, bool still,
                                   nearby *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (stop->spectrum == NULL)
        LSA_TRY(flow_spectrum_create(system->n, &stop->spectrum, err));
    if (!still && !flow_spectrum_may_be_minimum(stop->spectrum, system, y, gain))
        goto done;
    LSA_TRY(flow_spectrum_eval(stop->spectrum, system, y, err));
    *out = (nearby){.minimum =
                        stop->spectrum->finite && flow_spectrum_sees(stop->spectrum, y, flow_stop_depth(stop, system)),
                    .depth = flow_spectrum_decrement(stop->spectrum),
                    .distance = flow_spectrum_distance(stop->spectrum)};
done:
    return status;
}

static lsa_status look_by_curvature(flow_stop *stop, flow_system *system, const double *y, nearby *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (stop->curvature == NULL)
        LSA_TRY(flow_curvature_create(system->n, &stop->curvature, err));
    LSA_TRY(flow_curvature_eval(stop->curvature, system, y, err));
    *out = (nearby){
        .minimum = stop->curvature->solved, .depth = stop->curvature->decrement, .distance = stop->curvature->distance};
done:
    return status;
}

/* Whether the neighbourhood is a minimum whose depth below the point is under the asked gap; where times are asked for
 * beyond, also one whose parameters have come to within a tenth of rtol. */
static lsa_status at_minimum(flow_stop *stop, flow_system *system, const double *y, lsa_sample now, bool *yes,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    nearby found = {.minimum = false};
    *yes = false;
    const double gain = stop->asked.gap * flow_stop_depth(stop, system);
    const bool still = flow_gradient_is_small(stop, system, y, now.gradient_norm, GRADIENT_STILL);
    LSA_TRY(system->n <= FLOW_SPECTRUM_LIMIT ? look_by_spectrum(stop, system, y, gain, still, &found, err)
                                             : look_by_curvature(stop, system, y, &found, err));
    const bool near = found.distance <= stop->fine * lsa_vec_norm_max(system->n, y) &&
                      (!system->way->gap_exact || flow_system_gap_reached(system, now, stop->fine_gap));
    *yes = found.minimum && found.depth <= gain && (stop->last_time <= now.time || near);
done:
    return status;
}

/* The curvature is looked at when the gradient has fallen by ten, or the time doubled, since it was last. */
static lsa_status watch_minimum(flow_stop *stop, flow_system *system, const double *y, lsa_sample now, lsa_error *err)
{
    bool yes = false;
    if (system->way->form || isnan(stop->asked.gap) || now.gradient_norm > GRADIENT_SUSPECT * stop->peak_gradient ||
        (now.gradient_norm > 0.1 * stop->checked_gradient && now.time < 2.0 * stop->checked_time))
        return LSA_OK;
    stop->checked_gradient = now.gradient_norm;
    stop->checked_time = now.time;
    const lsa_status status = at_minimum(stop, system, y, now, &yes, err);
    stop->resting = stop->resting || yes;
    return status;
}

/* A loss that has not changed in so many windows does not show any more where the path is: label noise far above the signal. */
enum { STILL_WINDOWS = 100 };

/* Every STAGNATION_STEPS steps: neither the loss nor the least gradient fell since the window before. */
static void watch_stagnation(flow_stop *stop, lsa_sample now)
{
    stop->least_gradient = fmin(stop->least_gradient, now.gradient_norm);
    if (stop->steps % STAGNATION_STEPS != 0)
        return;
    const bool loss_fell = now.loss < stop->window_loss - 1e-14 * fabs(stop->window_loss);
    const bool moves = stop->least_gradient < 0.999 * stop->window_gradient ||
                       now.gradient_norm > GRADIENT_SUSPECT * stop->peak_gradient;
    stop->resting = stop->resting || (!loss_fell && !moves);
    stop->still = loss_fell ? 0 : stop->still + 1;
    if (stop->still >= STILL_WINDOWS) {
        stop->blind = true;
        end_at(stop, now.time, LSA_STOPPED_ROUNDING);
    }
    stop->window_loss = now.loss;
    stop->window_gradient = stop->least_gradient;
}

static bool at_rounding(flow_stop *stop, const flow_system *system, const double *y, lsa_sample now)
{
    if (!system->way->gap_exact || !flow_system_gap_reached(system, now, GAP_FLOOR))
        return false;
    if (!system->way->form)
        return true;
    const double error = flow_system_product_error(system, y);
    stop->waited = error < 0.9 * stop->product_error ? 0 : stop->waited + 1;
    stop->product_error = fmin(error, stop->product_error);
    return error <= PRODUCT_FLOOR || stop->waited >= PRODUCT_STEPS;
}

/* Where products cancel: a gradient that has for some steps been no more than their rounding tells of no way on. Above the
 * minimum it may be a saddle's, from which a path may still escape. */
static bool gradient_is_rounding(flow_stop *stop, flow_system *system, const double *y, lsa_sample now, double *f)
{
    if (system->rounding == NULL || system->rounding->form->partial)
        return false;
    flow_system_rhs(system, y, f);
    stop->waited = flow_rounding_hides_gradient(system->rounding, y, f) ? stop->waited + 1 : 0;
    return stop->waited >= (now.gap * system->scale > now.rounding ? SADDLE_STEPS : ROUNDING_STEPS);
}

static void watch_floor(flow_stop *stop, flow_system *system, const double *y, lsa_sample now, double *f)
{
    stop->rounded = gradient_is_rounding(stop, system, y, now, f);
    if (stop->rounded || flow_gradient_is_small(stop, system, y, now.gradient_norm, GRADIENT_FLOOR) ||
        at_rounding(stop, system, y, now))
        stop->resting = true;
}

/* The three conditions keep apart what merely decays: a large start that comes down to a minimum shrinks too. */
static void watch_saddle(flow_stop *stop, const flow_system *system, const double *y, lsa_sample now)
{
    const double share = BALANCED_REST;
    if (!stop->balanced || now.gradient_norm > share * stop->peak_gradient ||
        fabs(now.loss - stop->loss_at_zero) > share * flow_stop_depth(stop, system) ||
        !flow_saddle_shrunk(system, y, share))
        return;
    stop->resting = true;
}

/* Whether rounding over the step ahead is more than Newton's share of the tolerance, for some block. */
static bool is_blurred(const flow_system *system, const double *y)
{
    double blur = 0.0;
    for (ptrdiff_t k = 0; k < system->n_blocks; k++) {
        const lsa_block *block = &system->blocks[k];
        blur = fmax(blur, flow_entries_blur(system->entries, block->offset, block->rows * block->cols, y));
    }
    return blur > NEWTON_SHARE * system->rtol;
}

/* Every STAGNATION_STEPS steps: Newton's iteration failed in a quarter of them, and rounding is why. */
static void watch_rounding(flow_stop *stop, const flow_system *system, const flow_integrator *integrator,
                           lsa_sample now)
{
    lsa_solver_stats stats;
    if (system->way->form || stop->steps % STAGNATION_STEPS != 0)
        return;
    flow_integrator_stats(integrator, &stats);
    const bool fails = stats.newton_failures - stop->failures > STAGNATION_STEPS / 4;
    stop->failures = stats.newton_failures;
    if (!fails || !is_blurred(system, flow_integrator_state(integrator)))
        return;
    stop->blind = true;
    end_at(stop, now.time, LSA_STOPPED_ROUNDING);
}

/* Whether the path stays at y: nothing that grows there is driven. The one saddle of a form is that at zero. */
static lsa_status stays(flow_stop *stop, flow_system *system, const double *y, double time, bool *yes, lsa_error *err)
{
    lsa_status status = LSA_OK;
    bool quickens = false;
    *yes = true;
    if (system->way->form)
        goto done;
    if (system->n > FLOW_SPECTRUM_LIMIT) {
        LSA_TRY(flow_growth_quickens(system, y, &quickens, err));
        *yes = !quickens;
        goto done;
    }
    if (stop->growth == NULL)
        LSA_TRY(flow_growth_create(system->n, &stop->growth, err));
    if (stop->spectrum == NULL)
        LSA_TRY(flow_spectrum_create(system->n, &stop->spectrum, err));
    LSA_TRY(flow_growth_look(stop->growth, stop->spectrum, system, y, time, err));
    *yes = !stop->growth->driven;
done:
    return status;
}

/* A path that seems to rest ends if it stays. That is looked at once for each doubling of the time. */
static lsa_status end_resting(flow_stop *stop, flow_system *system, const double *y, lsa_sample now, lsa_error *err)
{
    bool yes;
    if (!stop->resting || (now.time < 2.0 * stop->looked_time && now.gradient_norm > 0.1 * stop->looked_gradient))
        return LSA_OK;
    stop->looked_time = now.time;
    stop->looked_gradient = now.gradient_norm;
    const lsa_status status = stays(stop, system, y, now.time, &yes, err);
    if (status == LSA_OK && yes)
        end_stationary(stop, now.time);
    return status;
}

bool flow_stop_cuts(const flow_stop *stop)
{
    return (stop->interrupt != NULL && *stop->interrupt != 0) ||
           (isfinite(stop->deadline) && flow_clock() >= stop->deadline);
}

static void watch_clock(flow_stop *stop, lsa_sample now)
{
    if (now.time >= stop->asked.time)
        end_at(stop, stop->asked.time, LSA_STOPPED_TIME);
    if (stop->interrupt != NULL && *stop->interrupt != 0)
        end_at(stop, now.time, LSA_STOPPED_INTERRUPT);
    if (isfinite(stop->deadline) && flow_clock() >= stop->deadline)
        end_at(stop, now.time, LSA_STOPPED_WALL);
}

lsa_status flow_stop_after_step(flow_stop *stop, flow_system *system, flow_integrator *integrator, lsa_sample now,
                                double *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    stop->steps++;
    stop->peak_gradient = fmax(stop->peak_gradient, now.gradient_norm);
    watch_gap(stop, system, integrator, now, f);
    watch_gradient(stop, system, integrator, now, f);
    watch_clock(stop, now);
    stop->resting = false;
    if (!stop->ended) {
        watch_floor(stop, system, flow_integrator_state(integrator), now, f);
        watch_saddle(stop, system, flow_integrator_state(integrator), now);
        watch_stagnation(stop, now);
        watch_rounding(stop, system, integrator, now);
        LSA_TRY(watch_minimum(stop, system, flow_integrator_state(integrator), now, err));
        LSA_TRY(end_resting(stop, system, flow_integrator_state(integrator), now, err));
    }
    if (status == LSA_OK && !stop->ended && stop->max_steps > 0 && stop->steps >= stop->max_steps)
        status = lsa_error_set(err, LSA_ERR_SOLVER, "the limit of %td steps was reached at time %.9g (gap %.3g)",
                               stop->max_steps, now.time, now.gap);
done:
    return status;
}
