/* stop.h - whether, when and why a run ends.
 *
 * The gap decides where it is known, exactly (flow/form.h). A small gradient alone never does: it is small at the saddle
 * where paths start, on plateaus, and along slow modes. Without a form, a point counts as reached when the Hessian has
 * no negative eigenvalue and Newton's step would gain less than the asked gap (flow/spectrum.h): this also ends a
 * path in a spurious minimum, whose gap never closes. Whatever makes a path seem to rest, it ends only where nothing that grows is
 * driven (flow/growth.h): a mode that is not learned yet is slow, not at rest.
 *
 * A path can also end in the saddle at zero (paper's layer: U = -u I/sqrt d with isotropic Lambda), but only where the
 * start is balanced, all invariants zero to its rounding; any other escapes, however late. Of a form the invariant holds
 * the one unstable direction, so that the path is followed down (flow/saddle.h) to the share rtol of the start. Other
 * losses may have more of them: exact zeros along these stay, and what is more than that leaves again where it is driven. */
#ifndef LSAFLOW_FLOW_STOP_H
#define LSAFLOW_FLOW_STOP_H

#include "flow/curvature.h"
#include "flow/growth.h"
#include "flow/integrator.h"
#include "flow/spectrum.h"
#include "flow/system.h"
#include "lsaflow/flow.h"

/* The default gap. A gap this small or smaller means "converged": when times are asked for, the run then goes on
 * through them until the gap is below (rtol/10)^2 or, without a form, Newton's step below rtol/10, so that samples keep
 * their accuracy; a larger one is a place to stop, and later samples hold the end. */
#define FLOW_GAP_CONVERGED 1e-14

typedef struct flow_stop {
    lsa_stop asked;
    double fine;      /* of itself what a mode may be off by where later times hold the end, ... */
    double fine_gap;  /* the level at which later times may hold the end             */
    double last_time; /* last asked output time, -1: none                            */
    bool balanced;    /* no invariant keeps the path from the saddle at zero         */
    bool resting;     /* after this step it seems so                                 */
    ptrdiff_t still;  /* windows in a row in which the loss did not fall            */
    bool blind;       /* ended where the step ahead is lost in rounding              */
    bool rounded;     /* ended where the gradient is rounding                        */
    bool converged;   /* the gap event lies behind, output times ahead               */
    bool at_rest;     /* ended where nothing moves any more                          */
    double start_gradient, peak_gradient, loss_at_zero;
    double deadline; /* wall clock                                                  */
    ptrdiff_t steps, max_steps;
    const volatile sig_atomic_t *interrupt;
    flow_curvature *curvature;           /* as the next, for the larger                                  */
    flow_spectrum *spectrum;             /* made when first needed                                      */
    flow_growth *growth;                 /* the same                                                    */
    double looked_time, looked_gradient; /* of the last look for growth                                 */
    double checked_gradient, checked_time;
    double window_gradient, window_loss, least_gradient; /* for stagnation                   */
    double product_error;                                /* the least at the floor of the gap */
    ptrdiff_t failures;                                  /* of Newton's iteration, when a window began */
    ptrdiff_t waited;                                    /* steps since, or with a gradient of rounding */
    bool ended;
    lsa_stop_reason reason;
    double time; /* where the run ends                                          */
} flow_stop;

/* Seconds of wall-clock time since some fixed moment. */
double flow_clock(void);

/* L(0) - L*; where L* is unknown its bound L(0), since no loss is negative. */
double flow_stop_depth(const flow_stop *stop, const flow_system *system);
/* Whether a gradient is at most `share` of the largest on the path, and moving the state y by its own size along it
 * would change the loss by at most that share of L(0): after a start far out the first says little. */
bool flow_gradient_is_small(const flow_stop *stop, const flow_system *system, const double *y, double gradient_norm,
                            double share);

void flow_stop_init(flow_stop *stop, const flow_system *system, const lsa_flow_options *options, lsa_sample start);
void flow_stop_clear(flow_stop *stop);
/* Whether an interrupt or the wall clock cuts the run short, now. */
bool flow_stop_cuts(const flow_stop *stop);
/* Decides after a step; `now` is measured at its end. f: scratch. Fails with LSA_ERR_SOLVER at the step limit. */
lsa_status flow_stop_after_step(flow_stop *stop, flow_system *system, flow_integrator *integrator, lsa_sample now,
                                double *f, lsa_error *err);

#endif
