/* linear.c - the two linear solvers that SUNDIALS does not bring. */
#include "flow/linear.h"
#include "base/matrix.h"
#include "flow/nvector.h"
#include <cvode/cvode.h>
#include <stdlib.h>
#include <string.h>
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

static int arrowhead_solve(SUNLinearSolver solver, SUNMatrix none, N_Vector x, N_Vector b, realtype tolerance)
{
    const arrowhead *content = solver->content;
    realtype time, gamma, rl1;
    N_Vector predicted, current, rhs, history;
    void *user;
    (void)none;
    (void)tolerance;
    if (CVodeGetNonlinearSystemData(content->cvode, &time, &predicted, &current, &rhs, &gamma, &rl1, &history, &user) !=
        CV_SUCCESS)
        return -1; /* unrecoverable */
    /* A singular matrix is recoverable: a shorter step moves gamma off the value. */
    return content->system->way->solve(content->system, flow_vector_data(current), gamma, flow_vector_data(b),
                                       flow_vector_blank(x))
               ? SUNLS_SUCCESS
               : SUNLS_LUFACT_FAIL;
}

/* The solve is exact in any scale. Without this CVODE takes the mean of the weights before each one. */
static int ignore_scaling(SUNLinearSolver solver, N_Vector left, N_Vector right)
{
    (void)solver;
    (void)left;
    (void)right;
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
    solver->ops->setscalingvectors = ignore_scaling;
    solver->ops->solve = arrowhead_solve;
    solver->ops->free = content_free;
    return solver;
}

static int matrix_copy(SUNMatrix from, SUNMatrix to)
{
    memcpy(SUNDenseMatrix_Data(to), SUNDenseMatrix_Data(from), (size_t)SUNDenseMatrix_LData(from) * sizeof(double));
    return SUNMAT_SUCCESS;
}

/* A = c A + I. */
static int matrix_scale_add_identity(realtype c, SUNMatrix matrix)
{
    const ptrdiff_t size = SUNDenseMatrix_Columns(matrix);
    double *A = SUNDenseMatrix_Data(matrix);
    lsa_vec_scale(size * size, c, A);
    for (ptrdiff_t j = 0; j < size; j++)
        A[j + j * size] += 1.0;
    return SUNMAT_SUCCESS;
}

static SUNMatrix matrix_clone(SUNMatrix matrix)
{
    return flow_linear_matrix(SUNDenseMatrix_Columns(matrix), matrix->sunctx);
}

SUNMatrix flow_linear_matrix(ptrdiff_t size, SUNContext context)
{
    SUNMatrix matrix = SUNDenseMatrix((sunindextype)size, (sunindextype)size, context);
    if (matrix == NULL)
        return NULL;
    matrix->ops->clone = matrix_clone;
    matrix->ops->copy = matrix_copy;
    matrix->ops->scaleaddi = matrix_scale_add_identity;
    return matrix;
}

typedef struct dense {
    ptrdiff_t n, size; /* parameters; unknowns                                 */
    double *L;         /* Cholesky factor of the parameters' block, n x n      */
    double *block;     /* that block, n x n                                    */
    double *row;       /* the row of the action, n; its column is a unit one   */
    double memory[];
} dense;

static SUNLinearSolver_Type direct_type(SUNLinearSolver solver)
{
    (void)solver;
    return SUNLINEARSOLVER_DIRECT;
}

static int dense_setup(SUNLinearSolver solver, SUNMatrix matrix)
{
    dense *content = solver->content;
    const ptrdiff_t n = content->n, size = content->size;
    const double *M = SUNDenseMatrix_Data(matrix);
    for (ptrdiff_t j = 0; j < n; j++) {
        memcpy(content->block + j * n, M + j * size, (size_t)n * sizeof *M);
        content->row[j] = size > n ? M[n + j * size] : 0.0;
    }
    const lsa_status status = lsa_mat_cholesky(n, content->block, content->L, NULL);
    return status == LSA_OK ? SUNLS_SUCCESS : status == LSA_ERR_MEMORY ? SUNLS_MEM_FAIL : SUNLS_LUFACT_FAIL;
}

static int dense_solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x, N_Vector b, realtype tolerance)
{
    const dense *content = solver->content;
    const ptrdiff_t n = content->n;
    const double *r = flow_vector_data(b);
    double *out = flow_vector_data(x);
    (void)matrix;
    (void)tolerance;
    memmove(out, r, (size_t)content->size * sizeof *out);
    lsa_mat_cholesky_solve(n, content->L, out);
    if (content->size > n)
        out[n] -= lsa_vec_dot(n, content->row, out);
    return SUNLS_SUCCESS;
}

SUNLinearSolver flow_linear_dense(const flow_system *system, SUNContext context)
{
    const ptrdiff_t n = system->n;
    SUNLinearSolver solver = SUNLinSolNewEmpty(context);
    dense *content = malloc(sizeof *content + (size_t)(2 * n * n + n) * sizeof(double));
    if (solver == NULL || content == NULL) {
        free(content);
        if (solver != NULL)
            SUNLinSolFreeEmpty(solver);
        return NULL;
    }
    content->n = n;
    content->size = system->size;
    content->L = content->memory;
    content->block = content->L + n * n;
    content->row = content->block + n * n;
    solver->content = content;
    solver->ops->gettype = direct_type;
    solver->ops->setup = dense_setup;
    solver->ops->solve = dense_solve;
    solver->ops->free = content_free;
    return solver;
}
