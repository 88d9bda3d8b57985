/* core_units.c - between the units of a program's core and the user's. */
#include "flow/core_units.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

static void scale(ptrdiff_t n, int exponent, const double *x, double *out)
{
    for (ptrdiff_t i = 0; i < n; i++)
        out[i] = ldexp(x[i], exponent);
}

/* ---- on the way in ---- */

static void tell_progress(void *context, double time, double gap, ptrdiff_t steps)
{
    const flow_scaled_options *scaled = context;
    scaled->asked->progress(scaled->asked->progress_context, ldexp(time, scaled->units.time), gap, steps);
}

lsa_status flow_options_to_core(const lsa_flow_options *asked, lsa_units units, flow_scaled_options *out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (flow_scaled_options){.options = *asked, .asked = asked, .units = units};
    out->times = lsa_vec_create(asked->n_times + 1);
    LSA_TRY_MEMORY(out->times, "the output times");
    scale(asked->n_times, -units.time, asked->times, out->times);
    out->options.times = out->times;
    out->options.stop.time = ldexp(asked->stop.time, -units.time);
    out->options.minimum = ldexp(asked->minimum, -units.loss);
    out->options.bound = ldexp(asked->bound, -units.loss);
    if (asked->progress != NULL) {
        out->options.progress = tell_progress;
        out->options.progress_context = out;
    }
done:
    return status;
}

void flow_scaled_options_clear(flow_scaled_options *scaled)
{
    free(scaled->times);
}

lsa_status flow_state_to_core(ptrdiff_t n, const double *state, lsa_units units, double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = lsa_vec_create(n);
    LSA_TRY_MEMORY(*out, "the start");
    scale(n, -units.state, state, *out);
done:
    return status;
}

/* ---- on the way out ---- */

static void scale_sample(lsa_sample *sample, lsa_units units)
{
    sample->time = ldexp(sample->time, units.time);
    sample->loss = ldexp(sample->loss, units.loss);
    sample->rounding = ldexp(sample->rounding, units.loss);
    sample->gradient_norm = ldexp(sample->gradient_norm, units.loss - units.state);
}

/* rows of `size` numbers, of which the first n are parameters and one more may be the action. */
static void scale_records(ptrdiff_t rows, ptrdiff_t size, ptrdiff_t n, lsa_units units, double *records)
{
    for (ptrdiff_t i = 0; records != NULL && i < rows; i++, records += size) {
        scale(n, units.state, records, records);
        scale(size - n, 2 * units.state + units.time, records + n, records + n);
    }
}

static void scale_states(lsa_trajectory *t, const lsa_program *core, lsa_units units)
{
    const ptrdiff_t n = t->size - (lsa_program_form(core) != NULL);
    scale_records(t->count, t->size, n, units, t->records);
    scale_records(3, t->size, n, units, t->ends);
    scale_records(3, t->whole, t->whole, units, t->whole_ends);
    scale_records(t->count, t->whole, t->whole, units, t->states);
}

/* W is a product of two blocks, or of three. */
static void scale_cancellation(lsa_cancellation *c, const lsa_form *form, lsa_units units)
{
    const int product = form != NULL ? (form->rank > 0 ? 3 : 2) * units.state : 0;
    *c = (lsa_cancellation){
        .size = ldexp(c->size, product), .sum = ldexp(c->sum, product), .known = ldexp(c->known, product)};
}

static void scale_events(lsa_trajectory *t, lsa_units units)
{
    for (ptrdiff_t k = 0; k < t->n_events; k++) {
        t->events[k].time = ldexp(t->events[k].time, units.time);
        t->events[k].loss = ldexp(t->events[k].loss, units.loss);
        t->events[k].saddle = ldexp(t->events[k].saddle, units.loss);
    }
}

void flow_trajectory_from_core(lsa_trajectory *trajectory, const lsa_program *core, lsa_units units)
{
    lsa_trajectory *t = trajectory;
    lsa_classification *c = &t->classification;
    scale_states(t, core, units);
    for (ptrdiff_t i = 0; i < t->count; i++)
        scale_sample(&t->samples[i], units);
    scale(t->count, 2 * units.state + units.time, t->actions, t->actions);
    scale(t->n_missing, units.time, t->missing, t->missing);
    scale_sample(&t->raw, units);
    scale_sample(&t->rescaled, units);
    scale_sample(&t->polished, units);
    scale_events(t, units);
    scale_cancellation(&t->cancellation, lsa_program_product_form(core), units);
    for (ptrdiff_t m = 0; m < t->n_conserved; m++) {
        t->conserved[m].start = ldexp(t->conserved[m].start, 2 * units.state);
        t->conserved[m].drift = ldexp(t->conserved[m].drift, 2 * units.state);
    }
    c->least_eigenvalue = ldexp(c->least_eigenvalue, units.loss - 2 * units.state);
    c->excess = ldexp(c->excess, units.loss);
    scale(c->n_rates, units.loss - 2 * units.state, c->rates, c->rates);
}
