/* text_flow.h - what a formula asks of the flow: its ends, its times, its extremes, its rates.
 *
 * The states of samples are the integrator's; everything between them is asked of it again, at its own times, and nothing is
 * interpolated but for the extremes of `largest` and `least`. */
#ifndef LSAFLOW_VERIFY_TEXT_FLOW_H
#define LSAFLOW_VERIFY_TEXT_FLOW_H

#include "verify/text_world.h"

/* text_gap.c: at the run's place. */
lsa_status text_gap(text_world *w, const formula_value **out, lsa_error *err);
lsa_status text_excess(text_world *w, const formula_value **out, lsa_error *err);
/* text_ends.c: e at the start and at the end of the flow, and the place of the end. */
lsa_status text_at_start(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);
lsa_status text_at_limit(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);
lsa_status text_end_place(text_world *w, text_place *out, lsa_error *err);
/* text_times.c: the calls at(t0, e), first(t, condition) and last(t, condition). */
lsa_status text_at_time(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);
lsa_status text_time_of(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);
/* text_plateau.c: the call plateau(k, e). */
lsa_status text_at_plateau(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);
/* text_extreme.c: the calls largest(e) and least(e). */
lsa_status text_extreme(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);
/* text_before.c: the call before(e), at a sample. */
lsa_status text_before(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);
/* text_derivative.c: de/dt at the run's place. */
lsa_status text_derivative(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);
/* text_integral.c: the integral of e from 0 to the run's place, a sample. */
lsa_status text_integral_of(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);
/* text_rate.c: the rate at which e > 0 falls in the end, and its last value that the path knows well: the logarithm with its error. */
typedef struct text_rate {
    double value, error;
} text_rate;
lsa_status text_rate_of(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);
lsa_status text_tail(text_world *w, const formula_node *e, text_rate *rate, double *time, double *log_value,
                     double *log_error, lsa_error *err);

#endif
