/* linear.c - the two linear solvers that SUNDIALS does not bring. */
#include "flow/linear.h"
#include "base/matrix.h"
#include "flow/vector.h"
#include <cvode/cvode.h>
#include <stdlib.h>
#include <sunmatrix/sunmatrix_dense.h>

typedef struct arrowhead {
    void *cvode;
    flow_system *system;
} arrowhead;

static SUNLinearSolver_Type embedded_type(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_MATRIX_EMBEDDED;
}

/* The unknown s of the action follows theta: row s of the matrix is (-gamma 2u, 1). */
static int arrowhead_solve(SUNLinearSolver solver, SUNMatrix none, N_Vector x, N_Vector b, realtype tolerance)
{
    const arrowhead *content = solver->content;
    const flow_system *system = content->system;
    realtype time, gamma, rl1;
    N_Vector predicted, current, rhs, history;
    void *user;
    (void)none;
    (void)tolerance;
    if (CVodeGetNonlinearSystemData(content->cvode, &time, &predicted, &current, &rhs, &gamma, &rl1, &history, &user) !=
        CV_SUCCESS)
        return -1; /* unrecoverable */
    const double *y = flow_vector_data(current), *r = flow_vector_data(b);
    double *out = flow_vector_data(x);
    if (!flow_form_solve(system->form, y, gamma, r, out))
        return SUNLS_LUFACT_FAIL; /* recoverable: a shorter step moves gamma off the singular value */
    out[system->n] = r[system->n] + gamma * 2.0 * y[system->form->u] * out[system->form->u];
    return SUNLS_SUCCESS;
}

static int content_free(SUNLinearSolver solver)
{
    free(solver->content);
    solver->content = NULL;
    SUNLinSolFreeEmpty(solver);
    return SUNLS_SUCCESS;
}

SUNLinearSolver flow_linear_arrowhead(void *cvode, flow_system *system, SUNContext context)
{
    SUNLinearSolver solver = SUNLinSolNewEmpty(context);
    arrowhead *content = malloc(sizeof *content);
    if (solver == NULL || content == NULL) {
        free(content);
        if (solver != NULL)
            SUNLinSolFreeEmpty(solver);
        return NULL;
    }
    *content = (arrowhead){.cvode = cvode, .system = system};
    solver->content = content;
    solver->ops->gettype = embedded_type;
    solver->ops->solve = arrowhead_solve;
    solver->ops->free = content_free;
    return solver;
}

typedef struct dense {
    ptrdiff_t size;
    double inverse[];
} dense;

static SUNLinearSolver_Type direct_type(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_DIRECT;
}

static int dense_setup(SUNLinearSolver solver, SUNMatrix matrix)
{
    dense *content = solver->content;
    lsa_mat_identity(content->size, content->inverse);
    const lsa_status status = lsa_mat_solve(content->size, content->size, SUNDenseMatrix_Data(matrix), content->inverse,
                                            content->inverse, NULL);
    return status == LSA_OK ? SUNLS_SUCCESS : status == LSA_ERR_MEMORY ? SUNLS_MEM_FAIL : SUNLS_LUFACT_FAIL;
}

static int dense_solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x, N_Vector b, realtype tolerance)
{
    dense *content = solver->content;
    (void)matrix;
    (void)tolerance;
    lsa_mat_vector(false, content->size, content->size, 1.0, content->inverse, flow_vector_data(b), 0.0,
                   flow_vector_data(x));
    return SUNLS_SUCCESS;
}

SUNLinearSolver flow_linear_dense(ptrdiff_t size, SUNContext context)
{
    SUNLinearSolver solver = SUNLinSolNewEmpty(context);
    dense *content = malloc(sizeof *content + (size_t)size * (size_t)size * sizeof(double));
    if (solver == NULL || content == NULL) {
        free(content);
        if (solver != NULL)
            SUNLinSolFreeEmpty(solver);
        return NULL;
    }
    content->size = size;
    solver->content = content;
    solver->ops->gettype = direct_type;
    solver->ops->setup = dense_setup;
    solver->ops->solve = dense_solve;
    solver->ops->free = content_free;
    return solver;
}
