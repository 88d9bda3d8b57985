/* system.h - the ordinary differential equation that the integrator sees.
 *
 *     d(theta)/dt = -grad L(theta),   and, where the program has a form,   ds/dt = u^2   as one unknown more,
 *
 * the action s = int u^2 of the off-diagonal law U_ij(t) = U_ij(0) exp(-H_ij s). The state is in the program's basis. The
 * reduced method keeps of U its diagonal alone: (u, U_11, ..., U_dd, s), see flow/reduction.h; and of a long diagonal its
 * solutions at the nodes of panels of rates: (u, Z_1, ..., Z_m, s), see flow/modes.h. */
#ifndef LSAFLOW_FLOW_SYSTEM_H
#define LSAFLOW_FLOW_SYSTEM_H

#include "flow/entries.h"
#include "flow/form.h"
#include "flow/heads.h"
#include "flow/modes.h"
#include "flow/precondition.h"
#include "flow/product.h"
#include "flow/reduction.h"
#include "flow/rounding.h"
#include "flow/state_names.h"
#include "flow/way.h"
#include "lsaflow/flow.h"
#include "lsaflow/model.h"
#include "lsaflow/program.h"
#include <stdbool.h>

struct flow_invariants;

typedef struct flow_system {
    const flow_way *way; /* how all that follows is used                                                */
    const lsa_program *program;
    lsa_workspace *work;   /* not of reduced ways                                                     */
    flow_form *form;       /* of ways with the form; the diagonal's where reduced                     */
    flow_heads *heads;     /* of merged heads that are the whole loss, or beside Krylov iterations; or NULL */
    flow_product *product; /* of the way `product`                                                    */
    flow_preconditioner *preconditioner; /* of Krylov iterations                                      */
    flow_reduction *reduction;           /* of reduced ways                                           */
    flow_modes
        *modes; /* of the way `modes`, whose form and reduction are those of the system that it was made from   */
    struct flow_invariants *invariants; /* borrowed; NULL until they are known. See flow_invariants_project   */
    ptrdiff_t n;                        /* parameters among the unknowns                                      */
    ptrdiff_t size;                     /* unknowns: n, and one more for the action                           */
    ptrdiff_t n_blocks;                 /* as many as the program's                                           */
    lsa_block *blocks;                  /* where they lie among the unknowns                                  */
    lsa_method method;                  /* never AUTO                                                         */
    double minimum;                     /* L*, NAN: unknown                                                   */
    double bound;                       /* the loss is nowhere below it, NAN: unknown                         */
    double scale;                       /* L(0) - L*; NAN: unknown                                            */
    double *scales;                     /* one per block: what its entries are measured against, see (S)      */
    double *floors;                     /* one per block that comes down from far above: its scale's least; else 0 */
    flow_rounding *rounding; /* where the start is so far above the minimum that its products cancel; else NULL */
    flow_entries *entries;   /* what single entries are followed to, of ways without the form. See (S) */
    double shrink;           /* of the scales, near the saddle; 1 elsewhere. See flow/saddle.h     */
    double rtol;             /* of the integrator                                                  */
} flow_system;

/* (S) The scale of a block is the largest entry it starts with. A block that starts at zero takes the largest entry of
 * the whole start or, where that is less, the size at which its own curvature stops it: beside u = 1000, U only comes to
 * 1e-3. 1 when the whole start is zero. A start near the saddle (sigma = 1e-8) is thus resolved as finely as one far from
 * it. A block that starts more than 16 times above where it is heading (u = |U| = 1e6: u comes to 1e-6) is measured
 * against 16 times its largest entry of the moment instead, and of its destination: against the start's scale the errors
 * allowed would be larger than all that is left of it, and change its sign. Where it is heading: a form's limit, from
 * u^2 - |U|^2; otherwise the size at which its head's product is that of the minimum beside the start of the others, or its own
 * curvature stops it, with 256 for 16, since the others come down too.
 * f, scratch, trial: `size` doubles each. */
void flow_system_set_scales(flow_system *system, const double *start, double *f, double *scratch, double *trial);
/* The scale of block k at y. */
double flow_system_scale(const flow_system *system, ptrdiff_t k, const double *y);
/* The tolerance of block k at y in units of that scale: rtol, but of a head beside others so large that this were more than
 * 16 rtol `product` in W, 16 rtol product/|others|, as far as rounding of the block allows. product NAN: rtol. */
double flow_system_tolerance(const flow_system *system, ptrdiff_t k, double product, const double *y);

/* f = the right-hand side at y, `size` entries. Returns whether f is finite. */
bool flow_system_rhs(flow_system *system, const double *y, double *f);
/* |grad L| over all parameters, from f = the right-hand side at y. */
double flow_system_gradient_norm(const flow_system *system, const double *y, const double *f);
/* Phi_0, Phi_1, Phi_2 of the reduction at y: the entries that are not among the unknowns. Zeros where not reduced. */
void flow_system_sums(const flow_system *system, const double *y, double phi[3]);
/* The sum of squares of block k over all its parameters. */
double flow_system_square(const flow_system *system, ptrdiff_t k, const double *y);
/* The fastest motion of a block in units of its scale, from f at y; 0 at a stationary point. */
double flow_system_rate(const flow_system *system, const double *y, const double *f);
/* out = (d rhs / d y) v, `size` entries. Not for the reduced method, nor is the one below. */
void flow_system_jacobian(flow_system *system, const double *y, const double *v, double *out);
/* Column by column, size x size. */
void flow_system_jacobian_dense(flow_system *system, const double *y, double *J, double *unit);
/* The Hessian of the loss, n x n, symmetrised. unit: n doubles of scratch. */
void flow_system_hessian_dense(flow_system *system, const double *y, double *hessian, double *unit);
/* w_i = 1 / (rtol (|y_i| + scale of its block)); for the action 1 / (rtol (s + 1/max H)): what matters is H s. */
void flow_system_weights(const flow_system *system, const double *y, double *w);

/* |uU - V|_F / |V|_F over the entries that the loss determines (H > 0), of a form, without cancellation. */
double flow_system_product_error(const flow_system *system, const double *y);
/* Whether rounding hides the loss of a sample. */
bool flow_system_hides(const flow_system *system, lsa_sample sample);
/* Whether the gap is at most `asked`, and known to that. */
bool flow_system_gap_reached(const flow_system *system, lsa_sample now, double asked);
/* Loss and gap; NAN where rounding hides them. Of ways with an exact gap without cancellation; otherwise the gap is a
 * difference of losses and ends at rounding. */
flow_level flow_system_level(flow_system *system, const double *y);
/* The same with |grad L| (of the reduction: of all d^2 + 1 parameters), never NAN for rounding; f is scratch. */
flow_level flow_system_measure(flow_system *system, const double *y, double *f, double *gradient_norm);

/* The name of unknown i, "U[3,3]", "u[2]", "U[2][1,4]" (head 2), "the action"; buffer of 128 bytes. */
const char *flow_system_name(const flow_system *system, ptrdiff_t i, char buffer[128]);

#endif
