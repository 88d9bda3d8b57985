/* precondition.h - what Krylov iterations are preconditioned by: Newton's matrix of the merged heads, exactly, and of the
 * blocks beside them (px, k) as one dense matrix.
 *
 * Where those other blocks are 0 and the loss is even in them, as the full layer's, this is Newton's whole matrix: by
 * parity nothing couples them to (u, U). Along a path on which they decay it becomes exact just where the flow is stiff.
 *
 * The dense matrix comes from one Hessian product a column. It is made again only after the iterations beyond one in each
 * Newton step have cost as many products as it does: whatever the path, no more than twice what the better of the two
 * would take. */
#ifndef LSAFLOW_FLOW_PRECONDITION_H
#define LSAFLOW_FLOW_PRECONDITION_H

#include "flow/heads.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stdbool.h>

typedef struct flow_preconditioner {
    const lsa_program *program;
    lsa_workspace *work;     /* borrowed                                                                       */
    const flow_heads *heads; /* borrowed                                                                        */
    ptrdiff_t n, size;   /* parameters; unknowns                                                                     */
    ptrdiff_t m;         /* of the dense matrix; 0: none, or too many                                      */
    ptrdiff_t *index;    /* those parameters, ascending                                                    */
    double *hessian, *L; /* m x m: of the last update; the factor of I + gamma hessian                     */
    double *unit, *column; /* n each                                                                         */
    bool known, factored;  /* hessian, L                                                                     */
    ptrdiff_t paid;        /* iterations beyond one a Newton step, when the matrix was last made             */
} flow_preconditioner;

/* size: unknowns of the system, the parameters first; others are not preconditioned. */
lsa_status flow_preconditioner_create(const lsa_program *program, lsa_workspace *work, ptrdiff_t size,
                                      const flow_heads *heads, flow_preconditioner **out, lsa_error *err);
void flow_preconditioner_destroy(flow_preconditioner *preconditioner);
/* Factors for this gamma, after making the matrix at y where that is due. excess: linear iterations beyond one a Newton
 * step, over the run so far. Returns whether the matrix is of this y. */
bool flow_preconditioner_update(flow_preconditioner *preconditioner, const double *y, double gamma, ptrdiff_t excess);
/* z = P^-1 r; where a part of P is not positive definite, z = r there. */
void flow_preconditioner_solve(const flow_preconditioner *preconditioner, const double *y, double gamma,
                               const double *r, double *z);

#endif
