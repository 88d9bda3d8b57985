/* flow.h - gradient flow d(theta)/dt = -grad L(theta), integrated as a stiff ODE by CVODE's BDF.
 *
 * Where the program recognised the form (H, B), Newton's linear systems are solved exactly as an arrowhead, of several
 * heads with a border each; with one head and B diagonal the flow can be reduced, exactly, to u, the diagonal of U and
 * s = int u^2, since elsewhere U_ij(t) is U_ij(0) exp(-H_ij s). Other losses take a dense factorisation (up to 100
 * parameters) or Krylov iterations with exact Hessian-vector products.
 *
 * The method `spectral` is a road of its own to the path of a form with one head: collocation of 1/u in the action s, some
 * tens of pieces from the saddle to the end, to some 1e-13 of u whatever rtol. It refuses what it cannot follow: |U|^2 above
 * u^2 by 10^3 times the u^2 of a later point, in which that would cancel; a path that comes nearer to the saddle at zero than
 * 2e-4 of its start; more than 50,000 entries with B_ij /= 0.
 *
 * A run ends at the first of
 *   - the asked gap, gradient ratio, time or wall-clock time, located within the step;
 *   - a point where the path stays: a minimum of any kind (no negative curvature, and Newton's step would gain less than the
 *     asked gap); a saddle along whose unstable directions the gradient is 0, or no more than its rounding: then the start
 *     lies on the saddle's stable set (the saddle at zero of a form: by conserved quantities that are 0 to rounding of the
 *     start). A mode that is not learned yet has a tiny gradient which is exact: such a saddle is passed, however long it
 *     takes, each parameter followed to its own size as far as rounding allows. A run that was asked to last until a time then holds this point until then;
 *   - a place where rounding in the basis that is integrated, times the steps that a saddle asks for, is more than the
 *     tolerance, so that Newton's iteration fails time and again: the path goes on, and this run cannot know where;
 *   - an interrupt.
 * A gap above 1e-14, a gradient ratio, a time are places to stop: later output times are missing. A gap of 1e-14 or less says "converged": later
 * output times are still integrated, until the gap is below (rtol/10)^2 (without a form, where the gap ends at rounding:
 * until Newton's step is below rtol/10 of the parameters), so that samples keep their accuracy. */
#ifndef LSAFLOW_FLOW_H
#define LSAFLOW_FLOW_H

#include "lsaflow/api.h"
#include "lsaflow/model.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

LSA_BEGIN_DECLS

typedef struct lsa_flow_options {
    /* Asked accuracy of the path, 1e-14 .. 1e-2. A sample lies within K rtol of a point of the path, each parameter measured
     * against the largest of its block, at the start or there, at a time that is off by K rtol of itself: K is some 10 to 30
     * (docs/testing.md, the accuracy contract, with its domain). At the sample's own time that is as much for heads u U;
     * for keys and queries, which escape from a start a within a share a of the time, K rtol/a. Of one head's form each
     * parameter is measured against the larger of itself and its block's start. Samples after the end of the integration
     * hold it, to K rtol of the largest parameter. CVODE is asked for a thirtieth of rtol, in the maximum norm; with a
     * form, once the path has left the saddle, for half of it; below 1e-9 for (rtol / 1e-9)^(1/5) of that. */
    double rtol;
    lsa_stop stop; /* NAN: not asked */
    lsa_method method;
    bool
        may_reduce; /* `auto` may choose the reduced method: the exact law of the entries of U off the diagonal in place
                        of their integration. A verdict on the flow asks for the path as it is: false. */
    bool log_spacing;
    ptrdiff_t points; /* output samples when no times are asked, >= 2; the start and the end among them */
    ptrdiff_t n_times;
    const double *times; /* asked times, ascending from 0 on, met exactly */
    double minimum;      /* L* to measure the gap against when the program has no form; NAN: unknown */
    double bound;        /* the loss is nowhere below it, and an end there is global; NAN: unknown */
    ptrdiff_t max_steps; /* 0: no limit */
    bool drop_states;    /* keep no parameters of the samples, only of the ends: their state and modes are NULL.
                            Otherwise the run holds up to 2 points + 2 of its states; reduced, it holds so many modes
                            and makes `points` whole states at the end. To be set where points * size is beyond what
                            the caller wants: 10^6 numbers make a readable document, 10^8 a gigabyte. */
    const volatile sig_atomic_t *interrupt; /* non-zero ends the run, keeping what is finished; may be NULL */
    void (*progress)(void *context, double time, double gap, ptrdiff_t steps); /* every 32 steps; may be NULL */
    void *progress_context;
} lsa_flow_options;

/* rtol 1e-10, stop at gap 1e-14, method auto that does not reduce, 200 log-spaced points, minimum and bound NAN. */
LSA_API lsa_flow_options lsa_flow_options_defaults(void);

typedef enum lsa_stop_reason {
    LSA_STOPPED_GAP,
    LSA_STOPPED_GRADIENT,
    LSA_STOPPED_TIME,
    LSA_STOPPED_WALL,
    LSA_STOPPED_INTERRUPT,
    LSA_STOPPED_FAILURE,
    LSA_STOPPED_ROUNDING
} lsa_stop_reason;

typedef enum lsa_kind {
    LSA_KIND_GLOBAL_MINIMUM, /* its value is the least one, to 1e-8 of L(0) - L*                          */
    LSA_KIND_MINIMUM,        /* a minimum, of which nobody knows whether it is global                     */
    LSA_KIND_LOCAL_MINIMUM,  /* a minimum, above the global one                                           */
    LSA_KIND_SADDLE,         /* stationary, and the loss falls along some direction                       */
    LSA_KIND_NOT_STATIONARY, /* the path goes on from there                                               */
    LSA_KIND_UNDECIDED       /* not known: the reason says what hides it                                  */
} lsa_kind;
/* "global-minimum", ... */
LSA_API const char *lsa_kind_text(lsa_kind kind);

/* A point of the flow; `state` in the user's basis, size numbers (NULL: dropped, or reduced from a diagonal start). */
typedef struct lsa_sample {
    double time, loss;
    double gap; /* (L - L*)/(L(0) - L*), L(0) at zero parameters; from (H, B) without cancellation; NAN: unknown */
    double gradient_norm;
    double rounding; /* what rounding of the parameters leaves open of the loss, where products of heads far above the
                        minimum cancel in it; else 0. Beyond 1e-3 of the loss, loss, gap and gradient_norm are NAN */
    const double *state;
    const double *modes; /* reduced: u, U_11, ..., U_dd in the program's basis; else NULL */
} lsa_sample;

/* A quantity that the flow conserves, from a scaling symmetry of the derived loss. */
typedef struct lsa_conserved {
    const char *name; /* "u^2 - |U|^2" */
    double start;
    double drift; /* largest |value - start| along the run */
} lsa_conserved;

/* A plateau is a stretch between two moments (or the start and one) at which the logarithmic derivative of the gap (where
 * it is unknown, of the loss), |grad L|^2/(L - L*), is 100 times its least value there, and from whose lowest point to the
 * end of which the gap falls by less than 1e-3 of itself: the path rests near a saddle. Its event is that lowest point;
 * a plateau that the path does not leave is no event. */
typedef struct lsa_event {
    const char *name; /* "half-loss", "plateau 1", "gap 1e-8", "sign-change of u" */
    double time, loss;
    double saddle; /* of a plateau: the loss of the saddle, where Newton's method leads from there; NAN: not computed */
} lsa_event;

typedef struct lsa_solver_stats {
    const char *method; /* "arrowhead", "krylov", "dense", "reduced", "spectral" */
    double seconds;
    ptrdiff_t steps, rhs, newton, linear, jacobian, error_failures, newton_failures;
    /* spectral: what u and any U_ij are off by at a time, at most, over u: from the defect of the path itself, an estimate in
     * doubles. NAN: unknown */
    double path_error;
} lsa_solver_stats;

/* What the final point is (lsa_trajectory_final): all numbers are that point's. Counts of Hessian eigenvalues by sign, one
 * zero for each conserved quantity (its orbit) left out; up to 600 parameters a negative one is told from its own rounding
 * (a mode not learned yet has a tiny, exact one), not from that of the largest. The raw end is stationary where Newton's step
 * would gain less than 1e-8 of L(0) - L* and nothing drives the path along a direction of negative curvature. A minimum is
 * called local when its value is known to be above the global one, and just a minimum where the global one is not known, if
 * no further eigenvalue is zero, or the zeros are those of a manifold of stationary
 * points (rotations of the end), tested at sampled points; otherwise it is a saddle where the loss falls along some of
 * them, and undecided where it does not. Beyond 600 parameters without a form nothing is counted: a saddle is told by a
 * direction of negative curvature that Lanczos' method or conjugate gradients find, a minimum by a step that gains nothing
 * and no such direction. */
typedef struct lsa_classification {
    lsa_kind kind;
    ptrdiff_t negative, zero, positive; /* inertia; -1 where not computed */
    double least_eigenvalue;            /* the lowest that is not zero; NAN: unknown */
    double gradient_ratio;              /* |grad L| / |grad L| at the start */
    ptrdiff_t n_rates;                  /* of a saddle that a path stays at: its unstable modes' first eigenvalues */
    double rates[8];
    double excess; /* loss above the global minimum, NAN: unknown */
} lsa_classification;

/* Products of heads that cancel so far that rounding of the parameters hides their sum W = sum_h u_h U_h (or u_h K_h'Q_h):
 * the largest entry of sum_h |u_h U_h|, of W as computed, and of what W is known to. */
typedef struct lsa_cancellation {
    double size, sum, known;
} lsa_cancellation;

typedef struct lsa_trajectory lsa_trajectory;

/* Integrates from `start` (user's basis). A run that ends by any stop is LSA_OK.
 * LSA_ERR_INPUT    options out of range.            LSA_ERR_DOMAIN  start or gradient not finite: the entry is named.
 * LSA_ERR_UNABLE   a method that this program does not allow: those that it does are named; a path that `spectral`
 *                  cannot follow.
 * LSA_ERR_SOLVER   CVODE gives up, or max_steps is reached: the story names time, step, order, the unknowns with the
 *                  largest error, what to try; *out then still holds what was reached.
 * Cost a step: O(d) reduced, after a set-up of two passes over the start; O(d^2 heads^2) arrowhead; one factorisation of
 * size^3/3 in some fifty steps, dense; a Hessian product per linear iteration, Krylov. Without a form the end's curvature:
 * up to 600 parameters all eigenvalues of the Hessian, beyond some hundred products with it.
 * Checked: analytic/flow, golden/flow, property/flow, unit/flow_curvature, fault/flow. */
LSA_API lsa_status lsa_flow_run(const lsa_program *program, const double *start, const lsa_flow_options *options,
                                lsa_trajectory **out, lsa_error *err);
/* The same by the reduced method from u and a U that is diagonal in the program's basis (the paper's start with Theta
 * Theta' = I/sqrt d is so in any basis that its two sides share). It stays diagonal: nothing of size d^2 is ever made,
 * states are NULL and modes carry the path. Up to d = 4096 the end's Hessian is counted as a whole, beyond only its
 * negative eigenvalues. Cost a step: O(d). */
LSA_API lsa_status lsa_flow_run_diagonal(const lsa_program *program, double u, const double *diagonal,
                                         const lsa_flow_options *options, lsa_trajectory **out, lsa_error *err);
LSA_API void lsa_trajectory_destroy(lsa_trajectory *trajectory);

/* The samples in the order of time, i = 0 .. count - 1; their arrays live as long as the trajectory. */
LSA_API ptrdiff_t lsa_trajectory_count(const lsa_trajectory *trajectory);
LSA_API lsa_sample lsa_trajectory_sample(const lsa_trajectory *trajectory, ptrdiff_t i);
/* Asked times that a run did not come to, because a stop that was asked or an interrupt ended it before: there is no sample.
 * i = 0 .. count - 1, ascending, all later than those of the samples. */
LSA_API ptrdiff_t lsa_trajectory_missing_count(const lsa_trajectory *trajectory);
LSA_API double lsa_trajectory_missing_time(const lsa_trajectory *trajectory, ptrdiff_t i);
/* The last point of the integration, as it came; after rescaling by the conserved quantity; after polishing (Newton on
 * the gradient, fixed by the conserved quantities). Equal to the former where there was nothing to do. */
LSA_API lsa_sample lsa_trajectory_raw(const lsa_trajectory *trajectory);
LSA_API lsa_sample lsa_trajectory_rescaled(const lsa_trajectory *trajectory);
LSA_API lsa_sample lsa_trajectory_polished(const lsa_trajectory *trajectory);
/* The point the run is about: the polished end where the raw one is stationary, else the raw one. */
LSA_API lsa_sample lsa_trajectory_final(const lsa_trajectory *trajectory);
/* Why the final point is of its kind, a sentence; NULL: there is nothing to say beside the numbers. */
LSA_API const char *lsa_trajectory_kind_reason(const lsa_trajectory *trajectory);
LSA_API lsa_stop_reason lsa_trajectory_reason(const lsa_trajectory *trajectory);
LSA_API lsa_classification lsa_trajectory_classification(const lsa_trajectory *trajectory);
/* Where rounding hides the loss, at the end or else at the first such sample, or hides whether the end is stationary; zeros
 * where nothing is hidden. An end that is hidden is undecided, without counts and excess. */
LSA_API lsa_cancellation lsa_trajectory_cancellation(const lsa_trajectory *trajectory);
LSA_API lsa_solver_stats lsa_trajectory_stats(const lsa_trajectory *trajectory);
LSA_API ptrdiff_t lsa_trajectory_conserved_count(const lsa_trajectory *trajectory);
LSA_API lsa_conserved lsa_trajectory_conserved(const lsa_trajectory *trajectory, ptrdiff_t k);
LSA_API ptrdiff_t lsa_trajectory_event_count(const lsa_trajectory *trajectory);
LSA_API lsa_event lsa_trajectory_event(const lsa_trajectory *trajectory, ptrdiff_t k);
/* int_0^t u(s)^2 ds at sample i, for the off-diagonal law; NAN where the program has no form. */
LSA_API double lsa_trajectory_action(const lsa_trajectory *trajectory, ptrdiff_t i);

LSA_END_DECLS

#endif
