/* run.c - lsa_flow_run: from a start to a finished trajectory. */
#include "base/matrix.h"
#include "base/try.h"
#include "flow/build.h"
#include "flow/core_units.h"
#include "flow/end.h"
#include "flow/events.h"
#include "flow/integrator.h"
#include "flow/invariant.h"
#include "flow/output.h"
#include "flow/saddle.h"
#include "flow/stop.h"
#include "flow/system.h"
#include "flow/trajectory.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The share of rtol that CVODE is asked for. BDF's global error exceeds its local tolerance: errors made on the way out of
 * a saddle grow with the path, so less is asked there. A form's saddles have u = 0 and so a gap of 1: below that, once the
 * gradient has passed its peak by this factor, the path has left the saddle and errors decay but for the drift along the
 * flat direction (u, -U), which a half of rtol keeps within 40 rtol u^2. */
static const double SAFETY = 1.0 / 30.0, SAFETY_ESCAPED = 0.5;
static const double ESCAPED_GAP = 0.9, ESCAPED_GRADIENT = 0.3;
/* Steps of order 5 with the local error eps are some eps^(-1/6), and add up to eps^(5/6): below this rtol the shares fall as
 * rtol^(1/5), so that paths stay within 10 rtol at any (docs/performance.md). */
static const double FINE_RTOL = 1e-9;
/* How often progress is told: often enough for a bar, rarely enough to cost nothing. */
enum { PROGRESS_STEPS = 32 };

typedef struct flow_run {
    const lsa_flow_options *options;
    flow_system *system;
    flow_system *compressed; /* NULL: there is none             */
    flow_system *path;       /* what is integrated: either      */
    flow_invariants *invariants;
    flow_integrator *integrator;
    flow_events *events;
    flow_output *output;
    lsa_trajectory *trajectory;
    flow_stop stop;
    double *whole; /* the whole start in the program's basis; NULL: its U is diagonal */
    double *start; /* the system's unknowns at the start         */
    double *end;   /* the path's at the start, then the system's at the last point */
    double end_time;
    double *f;       /* scratch                                    */
    double *point;   /* scratch: a point of the path as the system's unknowns */
    double *targets; /* the conserved quantities at the start      */
} flow_run;

static double local_tolerance(double rtol, double safety)
{
    return fmax(safety * fmin(1.0, pow(rtol / FINE_RTOL, 0.2)) * rtol, FLOW_LEAST_RTOL);
}

lsa_flow_options lsa_flow_options_defaults(void)
{
    return (lsa_flow_options){.rtol = 1e-10,
                              .stop = {.gap = FLOW_GAP_CONVERGED, .gradient = NAN, .time = NAN, .wall = NAN},
                              .method = LSA_METHOD_AUTO,
                              .log_spacing = true,
                              .points = 200,
                              .minimum = NAN,
                              .bound = NAN};
}

static lsa_status check_stop(const lsa_stop *stop, lsa_error *err)
{
    const double values[] = {stop->gap, stop->gradient, stop->time, stop->wall};
    const char *const names[] = {"gap", "gradient", "time", "wall"};
    for (int k = 0; k < 4; k++)
        if (!isnan(values[k]) && !(values[k] >= 0.0 && isfinite(values[k])))
            return lsa_error_set(err, LSA_ERR_INPUT, "stop: %s must be finite and not negative, got %g", names[k],
                                 values[k]);
    return LSA_OK;
}

static lsa_status check_options(const lsa_flow_options *options, lsa_error *err)
{
    if (!(options->rtol >= 1e-14 && options->rtol <= 1e-2))
        return lsa_error_set(err, LSA_ERR_INPUT, "rtol must lie in 1e-14 .. 1e-2, got %g", options->rtol);
    if (options->n_times == 0 && options->points < 2)
        return lsa_error_set(err, LSA_ERR_INPUT, "at least 2 output points are needed, got %td", options->points);
    for (ptrdiff_t i = 0; i < options->n_times; i++) {
        const double time = options->times[i];
        if (!(time >= 0.0 && isfinite(time)) || (i > 0 && time < options->times[i - 1]))
            return lsa_error_set(err, LSA_ERR_INPUT, "output times must ascend from 0 on, got %g at place %td", time,
                                 i + 1);
    }
    return check_stop(&options->stop, err);
}

/* Where a run starts: a whole state in the user's basis, or u and the diagonal of U in the program's. */
typedef struct beginning {
    const double *state;
    double u;
    const double *diagonal;
} beginning;

static lsa_status read_whole(flow_run *run, const lsa_program *program, const double *user, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char name[128];
    const ptrdiff_t n = lsa_program_size(program);
    for (ptrdiff_t i = 0; i < n; i++)
        if (!isfinite(user[i])) {
            status = lsa_error_set(err, LSA_ERR_DOMAIN, "the state is not finite at the start: %s = %g",
                                   flow_entry_name(program, i, name), user[i]);
            goto done;
        }
    run->whole = lsa_vec_create(n);
    LSA_TRY_MEMORY(run->whole, "the start");
    LSA_TRY(lsa_program_from_user(program, user, run->whole, err));
done:
    return status;
}

/* The unknowns at the start; the action is 0. */
static void place_start(flow_run *run, const lsa_program *program, const beginning *from)
{
    const lsa_form *form = lsa_program_form(program);
    double *y = run->start;
    if (!run->system->way->reduced) {
        memcpy(y, run->whole, (size_t)run->system->n * sizeof *y);
        return;
    }
    y[0] = from->state != NULL ? run->whole[form->u] : from->u;
    for (ptrdiff_t i = 0; i < form->d; i++)
        y[1 + i] = from->state != NULL ? run->whole[form->U + i * (form->d + 1)] : from->diagonal[i];
}

/* The first entry that is not finite, named. */
static lsa_status check_finite(const flow_system *system, const double *v, const char *what, lsa_error *err)
{
    char name[128];
    for (ptrdiff_t i = 0; i < system->n; i++)
        if (!isfinite(v[i]))
            return lsa_error_set(err, LSA_ERR_DOMAIN, "%s is not finite at the start: %s = %g", what,
                                 flow_system_name(system, i, name), v[i]);
    return LSA_OK;
}

/* Local tolerances below the smallest normal number have no reciprocal. */
static lsa_status check_scales(const flow_system *system, lsa_error *err)
{
    char name[64];
    for (ptrdiff_t k = 0; k < system->n_blocks; k++)
        if (system->rtol * system->scales[k] < DBL_MIN)
            return lsa_error_set(err, LSA_ERR_DOMAIN,
                                 "the start underflows: %s starts at %g, and the tolerance, %.2g of it, is no normal "
                                 "number; try a start above %.1g",
                                 flow_block_name(&system->blocks[k], name), system->scales[k], system->rtol,
                                 2.0 * DBL_MIN / system->rtol);
    return LSA_OK;
}

static lsa_status prepare_start(flow_run *run, const beginning *from, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_system *system = run->system;
    run->start = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(run->start, "the start");
    run->end = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(run->end, "the end");
    run->f = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(run->f, "the right-hand side");
    run->point = lsa_vec_create(system->size);
    LSA_TRY_MEMORY(run->point, "a point of the path");
    place_start(run, system->program, from);
    LSA_TRY(check_finite(system, run->start, "the state", err));
    flow_system_set_scales(system, run->start, run->f, run->end, run->point);
    LSA_TRY(flow_system_watch_rounding(system, err));
    LSA_TRY(check_scales(system, err));
    if (!flow_system_rhs(system, run->start, run->f)) {
        LSA_TRY(check_finite(system, run->f, "the gradient", err));
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the gradient overflows at the start (norm %g)",
                               lsa_vec_norm(system->n, run->f));
    }
done:
    return status;
}

static lsa_status prepare_conserved(flow_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_trajectory *t = run->trajectory;
    LSA_TRY(flow_invariants_create(run->system, &run->invariants, err));
    run->system->invariants = run->invariants;
    const ptrdiff_t count = run->invariants->count;
    run->targets = lsa_vec_create(count + 1);
    LSA_TRY_MEMORY(run->targets, "the conserved quantities");
    t->conserved = calloc((size_t)count + 1, sizeof *t->conserved);
    LSA_TRY_MEMORY(t->conserved, "the conserved quantities");
    t->conserved_names = calloc((size_t)count + 1, sizeof *t->conserved_names);
    LSA_TRY_MEMORY(t->conserved_names, "the conserved quantities");
    t->n_conserved = count;
    for (ptrdiff_t m = 0; m < count; m++) {
        run->targets[m] = flow_invariant_exact(run->invariants, run->system, m, run->start);
        flow_invariant_name(run->invariants, run->system, m, t->conserved_names[m], FLOW_NAME);
        t->conserved[m] = (lsa_conserved){.name = t->conserved_names[m], .start = run->targets[m]};
    }
done:
    return status;
}

/* run->end = the path's start. */
static lsa_status choose_path(flow_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(flow_system_compress(run->system, run->start, &run->compressed, err));
    run->path = run->compressed != NULL ? run->compressed : run->system;
    memset(run->end, 0, (size_t)run->path->size * sizeof *run->end);
    if (run->compressed != NULL)
        run->end[0] = run->start[0]; /* Z and s start at 0 */
    else
        memcpy(run->end, run->start, (size_t)run->system->size * sizeof *run->end);
done:
    return status;
}

static lsa_status prepare(flow_run *run, const lsa_program *program, const beginning *from, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_flow_options *options = run->options;
    lsa_method method;
    LSA_TRY(check_options(options, err));
    LSA_TRY(flow_system_choose(program, options->method, options->may_reduce, &method, err));
    if (from->state != NULL)
        LSA_TRY(read_whole(run, program, from->state, err));
    LSA_TRY(flow_system_create(program, method, options->minimum, run->whole, &run->system, err));
    run->system->bound = options->bound;
    run->system->rtol = local_tolerance(options->rtol, SAFETY);
    LSA_TRY(prepare_start(run, from, err));
    const double rate = flow_system_rate(run->system, run->start, run->f);
    LSA_TRY(flow_output_create(options, rate, &run->output, err));
    LSA_TRY(flow_trajectory_create(run->system->size, flow_output_capacity(run->output), !options->drop_states,
                                   &run->trajectory, err));
    LSA_TRY(prepare_conserved(run, err));
    LSA_TRY(choose_path(run, err));
    const lsa_sample first = flow_measure(run->path, 0.0, run->end, run->f);
    LSA_TRY(flow_events_create(run->path, first, &run->events, err));
    LSA_TRY(flow_integrator_create(run->path, run->end, &run->integrator, err));
    flow_stop_init(&run->stop, run->path, options, first);
    run->stop.balanced = flow_saddle_balance(run->invariants, run->system, run->start, run->targets) &&
                         run->compressed == NULL; /* which stays below the saddle */
    if (!run->system->way->reduced) {
        free(run->whole); /* the reduction alone returns to it */
        run->whole = NULL;
    }
done:
    return status;
}

static double action_of(const flow_run *run, const double *y)
{
    return run->path->way->form ? y[run->path->n] : (double)NAN;
}

/* The system's unknowns at a point of the path. */
static const double *unfold(flow_run *run, const double *y)
{
    if (run->compressed == NULL)
        return y;
    flow_modes_expand(run->compressed->modes, y, run->point);
    return run->point;
}

/* Samples at all output times up to `until`, which lies in the last step, but for a run that is cut short. */
static void sample_until(flow_run *run, double until)
{
    for (double time = flow_output_next(run->output); time <= until && !flow_stop_cuts(&run->stop);
         time = flow_output_next(run->output)) {
        const double *y = flow_integrator_at(run->integrator, time);
        lsa_sample sample = flow_measure(run->path, time, y, run->f);
        if (!run->options->drop_states)
            sample.state = unfold(run, y);
        if (flow_system_hides(run->path, sample) && run->trajectory->cancellation.size == 0.0)
            flow_trajectory_set_cancellation(run->trajectory, run->path, y);
        flow_trajectory_append(run->trajectory, sample, action_of(run, y));
        flow_output_taken(run->output, run->trajectory);
    }
}

static void watch_conserved(flow_run *run, const double *y)
{
    for (ptrdiff_t m = 0; m < run->invariants->count; m++) {
        lsa_conserved *c = &run->trajectory->conserved[m];
        const double value = flow_invariant_value(run->invariants, run->path, m, y);
        c->drift = fmax(c->drift, fabs(value - c->start));
    }
}

/* Local errors may be as large as their effect allows. Without a form nothing says that no saddle is left. */
static void follow_tolerance(flow_run *run, lsa_sample now)
{
    if (run->path->way->form && now.gap < ESCAPED_GAP && now.gradient_norm < ESCAPED_GRADIENT * run->stop.peak_gradient)
        run->path->rtol = local_tolerance(run->options->rtol, SAFETY_ESCAPED);
}

static void tell_progress(const flow_run *run, lsa_sample now)
{
    if (run->options->progress != NULL && run->stop.steps % PROGRESS_STEPS == 0)
        run->options->progress(run->options->progress_context, now.time, now.gap, run->stop.steps);
}

/* The end may lie before the step's end (an event), or after it (a stationary path held until the asked time). */
static lsa_status record_step(flow_run *run, lsa_sample now, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double until = run->stop.ended ? fmin(run->stop.time, now.time) : now.time;
    LSA_TRY(flow_events_after_step(run->events, run->path, run->integrator, now, until, run->trajectory, run->f, err));
    sample_until(run, until);
    watch_conserved(run, flow_integrator_at(run->integrator, until));
    run->end_time = run->stop.ended ? run->stop.time : now.time;
    tell_progress(run, now);
done:
    return status;
}

static lsa_status integrate(flow_run *run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sample_until(run, 0.0);
    while (!run->stop.ended) {
        LSA_TRY(flow_integrator_step(run->integrator, err));
        const double time = flow_integrator_time(run->integrator);
        const lsa_sample now = flow_measure(run->path, time, flow_integrator_state(run->integrator), run->f);
        if (!run->path->way->form)
            flow_entries_move(run->path->entries, time, now.state, run->f);
        follow_tolerance(run, now);
        LSA_TRY(flow_stop_after_step(&run->stop, run->path, run->integrator, now, run->f, err));
        LSA_TRY(record_step(run, now, err));
        if (!run->stop.ended && run->compressed == NULL && run->system->method != LSA_METHOD_SPECTRAL)
            LSA_TRY(
                flow_saddle_follow(run->system, run->invariants, run->targets, run->integrator, now.loss, run->f, err));
    }
done:
    return status;
}

/* Up to which time later samples are the end: for ever where the path converged; up to the asked time, where that is what
 * ended a run at rest; nowhere else. */
static double holds_until(const flow_stop *stop)
{
    const bool gap = stop->reason == LSA_STOPPED_GAP && stop->asked.gap <= FLOW_GAP_CONVERGED;
    if (gap || (stop->at_rest && stop->reason == LSA_STOPPED_GRADIENT))
        return (double)INFINITY;
    return stop->at_rest && stop->reason == LSA_STOPPED_TIME ? stop->time : -1.0;
}

static lsa_status finish(flow_run *run, double seconds, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_trajectory *t = run->trajectory;
    t->reason = run->stop.reason;
    t->stats = (lsa_solver_stats){.method = flow_method_text(run->system->method), .seconds = seconds};
    flow_integrator_stats(run->integrator, &t->stats);
    const double *y = flow_integrator_at(run->integrator, run->end_time);
    memcpy(run->end, unfold(run, y), (size_t)run->system->size * sizeof *run->end);
    const lsa_sample end = flow_measure(run->system, run->end_time, run->end, run->f);
    LSA_TRY(flow_output_finish(run->output, t, end, action_of(run, run->end), holds_until(&run->stop), err));
    LSA_TRY(flow_trajectory_expand(t, run->system, err));
    LSA_TRY(flow_end(run->system, run->invariants, run->targets, &run->stop, run->end_time, run->end, t, err));
    LSA_TRY(flow_trajectory_publish(t, run->system, err));
done:
    return status;
}

static void clear(flow_run *run)
{
    flow_stop_clear(&run->stop);
    flow_integrator_destroy(run->integrator);
    flow_events_destroy(run->events);
    flow_invariants_destroy(run->invariants);
    flow_output_destroy(run->output);
    lsa_trajectory_destroy(run->trajectory);
    flow_system_destroy(run->compressed);
    flow_system_destroy(run->system);
    free(run->whole);
    free(run->start);
    free(run->end);
    free(run->f);
    free(run->point);
    free(run->targets);
}

static lsa_status run_program(const lsa_program *program, const beginning *from, const lsa_flow_options *options,
                              lsa_trajectory **out, lsa_error *err)
{
    lsa_status status = LSA_OK, outcome = LSA_OK;
    flow_run run = {.options = options};
    const double began = flow_clock();
    LSA_TRY(prepare(&run, program, from, err));
    outcome = integrate(&run, err);
    if (outcome != LSA_OK && outcome != LSA_ERR_SOLVER)
        LSA_TRY(outcome);
    if (outcome == LSA_ERR_SOLVER)
        run.stop.reason = LSA_STOPPED_FAILURE;
    LSA_TRY(finish(&run, flow_clock() - began, err));
    *out = run.trajectory;
    run.trajectory = NULL;
    status = outcome;
done:
    clear(&run);
    return status;
}

/* A failure speaks of the integrator's own numbers. */
static void tell_units(lsa_units units, lsa_error *err)
{
    lsa_error_add(err, "  computed in units of 2^%d for the time, 2^%d for the loss, 2^%d for parameters", units.time,
                  units.loss, units.state);
}

/* In the units of the program's core; the record is in the user's. */
static lsa_status run_core(const lsa_program *program, const beginning *from, const lsa_flow_options *options,
                           lsa_trajectory **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *core = lsa_program_core(program);
    const lsa_units units = lsa_program_units(program);
    const bool whole = from->state != NULL;
    const ptrdiff_t n = whole ? lsa_program_size(program) : lsa_program_form(program)->d;
    double *numbers = NULL;
    flow_scaled_options scaled = {.times = NULL};
    *out = NULL;
    LSA_TRY(flow_options_to_core(options, units, &scaled, err));
    LSA_TRY(flow_state_to_core(n, whole ? from->state : from->diagonal, units, &numbers, err));
    const beginning image = {
        .state = whole ? numbers : NULL, .u = ldexp(from->u, -units.state), .diagonal = whole ? NULL : numbers};
    status = run_program(core, &image, &scaled.options, out, err);
    if (status != LSA_OK)
        tell_units(units, err);
    if (*out != NULL)
        flow_trajectory_from_core(*out, core, units);
done:
    free(numbers);
    flow_scaled_options_clear(&scaled);
    return status;
}

static lsa_status run_from(const lsa_program *program, const beginning *from, const lsa_flow_options *options,
                           lsa_trajectory **out, lsa_error *err)
{
    if (lsa_program_core(program) == program)
        return run_program(program, from, options, out, err);
    return run_core(program, from, options, out, err);
}

lsa_status lsa_flow_run(const lsa_program *program, const double *start, const lsa_flow_options *options,
                        lsa_trajectory **out, lsa_error *err)
{
    return run_from(program, &(beginning){.state = start}, options, out, err);
}

lsa_status lsa_flow_run_diagonal(const lsa_program *program, double u, const double *diagonal,
                                 const lsa_flow_options *options, lsa_trajectory **out, lsa_error *err)
{
    lsa_flow_options reduced = *options;
    const bool spectral = options->method == LSA_METHOD_SPECTRAL && flow_reduction_applies(program);
    if (options->method != LSA_METHOD_AUTO && options->method != LSA_METHOD_REDUCED && !spectral)
        return lsa_error_set(
            err, LSA_ERR_UNABLE,
            "a start by its diagonal needs the method `reduced`, or `spectral` with a B that is diagonal "
            "in the basis of H, asked is `%s`",
            flow_method_text(options->method));
    if (!spectral)
        reduced.method = LSA_METHOD_REDUCED;
    return run_from(program, &(beginning){.u = u, .diagonal = diagonal}, &reduced, out, err);
}
