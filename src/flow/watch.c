/* watch.c - crossings within a step. */
#include "flow/watch.h"
#include "base/matrix.h"
#include <math.h>

double flow_watch_value(const flow_watch *watch, flow_system *system, const double *y, double *f)
{
    switch (watch->kind) {
    case FLOW_WATCH_GAP:
        return flow_system_level(system, y).gap - watch->level;
    case FLOW_WATCH_GRADIENT:
        flow_system_rhs(system, y, f);
        return flow_system_gradient_norm(system, y, f) - watch->level;
    default:
        return watch->sign * y[watch->entry];
    }
}

double flow_watch_time(const flow_watch *watch, flow_system *system, flow_integrator *integrator, double *f)
{
    double low = flow_integrator_before(integrator), high = flow_integrator_time(integrator);
    for (;;) {
        const double middle = low + 0.5 * (high - low);
        if (middle <= low || middle >= high)
            return high;
        if (flow_watch_value(watch, system, flow_integrator_at(integrator, middle), f) <= 0.0)
            high = middle;
        else
            low = middle;
    }
}
