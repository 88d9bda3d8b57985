/* watch.h - one scalar along the path that is waited for: a gap, a gradient norm, a sign. */
#ifndef LSAFLOW_FLOW_WATCH_H
#define LSAFLOW_FLOW_WATCH_H

#include "flow/integrator.h"
#include "flow/system.h"

typedef enum flow_watch_kind { FLOW_WATCH_GAP, FLOW_WATCH_GRADIENT, FLOW_WATCH_ENTRY } flow_watch_kind;

/* Reached when value <= 0: gap - level, |grad L| - level, sign * y[entry]. */
typedef struct flow_watch {
    flow_watch_kind kind;
    double level, sign;
    ptrdiff_t entry;
} flow_watch;

/* f: `size` numbers of scratch. */
double flow_watch_value(const flow_watch *watch, flow_system *system, const double *y, double *f);
/* When within the last step the value fell to 0, to rounding of the time, by bisection of the step's polynomial: at the
 * time returned it is <= 0. The value was positive where the step began and is not at its end. */
double flow_watch_time(const flow_watch *watch, flow_system *system, flow_integrator *integrator, double *f);

#endif
