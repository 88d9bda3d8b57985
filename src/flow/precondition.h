/* precondition.h - what Krylov iterations are preconditioned by: Newton's matrix of the heads, exactly where they are
 * merged, nearly where they have keys and queries, and of the blocks beside them (px, k) as one dense matrix.
 *
 * Where those other blocks are 0 and the loss is even in them, as the full layer's, this is Newton's whole matrix: by
 * parity nothing couples them to (u, U). Along a path on which they decay it becomes exact just where the flow is stiff. Where
 * they do not, one head at least has the diagonal that they add to U's block (flow/load.h).
 * A path to a spurious minimum keeps them: where iterations do not become few, and there are not too many parameters, the
 * dense matrix is extended to all of them. A loss without such heads has none before that.
 *
 * The dense matrix comes from one Hessian product a column, that diagonal from one a row. Both are made again only after the iterations beyond one in each
 * Newton step have cost as many products as they do: whatever the path, no more than twice what the better of the two
 * would take. */
#ifndef LSAFLOW_FLOW_PRECONDITION_H
#define LSAFLOW_FLOW_PRECONDITION_H

#include "flow/heads.h"
#include "flow/keys.h"
#include "flow/load.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

/* Iterations over the run so far, Newton's and those of its linear systems. */
typedef struct flow_iterations {
    ptrdiff_t newton, linear;
} flow_iterations;

typedef struct flow_preconditioner {
    const lsa_program *program;
    lsa_workspace *work;     /* borrowed                                                                   */
    const flow_heads *heads; /* borrowed; NULL: none                                                       */
    flow_load *load;         /* NULL: none, nothing stands beside the heads or they are several             */
    flow_keys *keys;         /* NULL: none, the heads are merged or not found                              */
    ptrdiff_t n, size;       /* parameters; unknowns                                                       */
    ptrdiff_t *index;        /* the parameters, those of other blocks than the heads' first                */
    ptrdiff_t m;             /* of the dense matrix: it is of the first m of them                          */
    double *hessian, *L;     /* m x m: of the last update; the factor of I + gamma hessian                 */
    double *unit, *column;   /* n each                                                                     */
    double *part;            /* n: of a vector                                                             */
    bool known, factored;    /* hessian, L                                                                 */
    ptrdiff_t paid;          /* iterations beyond one a Newton step when the matrices were last made       */
    flow_iterations before;  /* at the last call of update                                                 */
} flow_preconditioner;

/* size: unknowns of the system, the parameters first; others are not preconditioned. heads: NULL, none. */
lsa_status flow_preconditioner_create(const lsa_program *program, lsa_workspace *work, ptrdiff_t size,
                                      const flow_heads *heads, flow_preconditioner **out, lsa_error *err);
void flow_preconditioner_destroy(flow_preconditioner *preconditioner);
/* Factors for this gamma, after making the matrix at y where that is due. Returns whether it is of this y. */
bool flow_preconditioner_update(flow_preconditioner *preconditioner, const double *y, double gamma,
                                flow_iterations now);
/* z = P^-1 r; where a part of P is not positive definite, z = r there. */
void flow_preconditioner_solve(const flow_preconditioner *preconditioner, const double *y, double gamma,
                               const double *r, double *z);

#endif
