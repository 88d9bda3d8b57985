/* way.h - the ways of integrating, each a table of functions and what they may count on.
 *
 *     way               unknowns                 right-hand side and Newton's systems
 *     whole             u, U, s                  the form in one pass; an arrowhead, solved exactly (flow/form.h)
 *     diagonal          u, U_11 .. U_dd, s       the diagonal's form and sums of the rest (flow/reduction.h); exactly
 *     modes             u, Z_1 .. Z_m, s         the diagonal's response at nodes (flow/modes.h); exactly
 *     heads             u_h, U_h of every head   their product (flow/heads.h); an arrowhead with borders, exactly
 *     product           every parameter          keys and queries, one residual (flow/product.h); CVODE's solvers
 *     polynomial        every parameter          the compiled program; CVODE's solvers, dense or Krylov
 *     polynomial_form   every parameter, s       the same, where the loss has the form of one head
 *     polynomial_heads  every parameter          the same, where heads are the whole loss
 *
 * s = int u^2 is the action, an unknown of every way whose loss has the form of one head. A table shares no state: all numbers
 * are the system's. A way is made from functions of a file of its own and of those that are shared (way_shared.h). */
#ifndef LSAFLOW_FLOW_WAY_H
#define LSAFLOW_FLOW_WAY_H

#include "lsaflow/program.h"
#include <stdbool.h>
#include <stddef.h>

struct flow_system;

/* Loss and relative gap (L - L*) / (L(0) - L*), NAN when the minimum is unknown. */
typedef struct flow_level {
    double loss, gap;
    double rounding; /* what it leaves open of the loss, see lsa_sample */
} flow_level;

typedef struct flow_way {
    bool form;      /* the loss has the form of one head, and s is the last unknown                                */
    bool reduced;   /* U's entries off the diagonal are no unknowns                                                */
    bool exact;     /* `solve` solves Newton's systems; else CVODE's solvers do, with the Jacobian                 */
    bool gap_exact; /* `level` does not subtract losses: the gap can be followed far below their rounding           */
    /* f = the right-hand side at y. Returns whether it is finite. */
    bool (*rhs)(struct flow_system *system, const double *y, double *f);
    /* x = (I - gamma J)^-1 r, J at y; overwrites r, x may be r. False where the matrix is singular. `exact` ways only. */
    bool (*solve)(const struct flow_system *system, const double *y, double gamma, double *r, double *x);
    /* out = J v; not of modes. Of the diagonal way J leaves out the sums. */
    void (*jacobian)(struct flow_system *system, const double *y, const double *v, double *out);
    /* |grad L| over all parameters. */
    double (*gradient_norm)(const struct flow_system *system, const double *y, const double *f);
    /* The sum of squares of a block over all its parameters. */
    double (*square)(const struct flow_system *system, const lsa_block *block, const double *y);
    /* The fastest motion of an entry of a block. */
    double (*motion)(const struct flow_system *system, const lsa_block *block, const double *y, const double *f);
    /* w = 1/(what is allowed of a block's unknowns), of tolerance rtol in units of `scale`. */
    void (*weigh)(const struct flow_system *system, const lsa_block *block, double rtol, double scale, const double *y,
                  double *w);
    /* Without what rounding hides. */
    flow_level (*level)(struct flow_system *system, const double *y);
    /* The same with |grad L|; f is scratch. */
    flow_level (*measure)(struct flow_system *system, const double *y, double *f, double *gradient_norm);
    /* |uU - V|_F^2 over the entries that the loss determines, and L - L*, both without cancellation: ways with the form. */
    double (*distance_square)(const struct flow_system *system, const double *y);
    double (*excess)(const struct flow_system *system, const double *y);
    /* The name of unknown i, "U[3,3]"; buffer of 128 bytes. */
    const char *(*name)(const struct flow_system *system, ptrdiff_t i, char buffer[128]);
} flow_way;

extern const flow_way flow_way_whole, flow_way_diagonal, flow_way_modes, flow_way_heads, flow_way_product,
    flow_way_polynomial, flow_way_polynomial_form, flow_way_polynomial_heads;

#endif
