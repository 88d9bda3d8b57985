/* CVODE as a newcomer links it: packaged serial vectors, packaged linear solvers, root finding for the stop.
 *     lsaflow_peer_cvode METHOD FILE     (the format of FILE and the equations are in problem.py)
 * METHOD: dense (SUNLinSol_Dense, analytic Jacobian) or krylov (SUNLinSol_SPGMR, analytic Jacobian-vector product, diagonal
 * preconditioner). Nothing of lsaflow is linked. */
#define _POSIX_C_SOURCE 200809L
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <time.h>

typedef struct problem {
    long d, n; /* n = d^2 */
    double N, rtol, error, end, u;
    const double *l, *U;
    double *h, *B, *V; /* V = 1/g */
    double limit;      /* |V|     */
} problem;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int rhs(double t, N_Vector y, N_Vector f, void *data)
{
    const problem *p = data;
    const double u = NV_Ith_S(y, 0), *U = NV_DATA_S(y) + 1;
    double *fU = NV_DATA_S(f) + 1, sum = 0.0, drive = 0.0;
    (void)t;
    for (long i = 0; i < p->n; i++) {
        const double hU = p->h[i] * U[i];
        sum += hU * U[i];
        fU[i] = -u * u * hU;
    }
    for (long i = 0; i < p->d; i++) {
        drive += p->B[i] * U[i * (p->d + 1)];
        fU[i * (p->d + 1)] += u * p->B[i];
    }
    NV_Ith_S(f, 0) = drive - u * sum;
    return 0;
}

/* row = df_0/dU = df_U/du; returns df_0/du. */
static double border(const problem *p, N_Vector y, double *row)
{
    const double u = NV_Ith_S(y, 0), *U = NV_DATA_S(y) + 1;
    double sum = 0.0;
    for (long i = 0; i < p->n; i++) {
        row[i] = -2.0 * u * p->h[i] * U[i];
        sum += p->h[i] * U[i] * U[i];
    }
    for (long i = 0; i < p->d; i++)
        row[i * (p->d + 1)] += p->B[i];
    return -sum;
}

static int jacobian(double t, N_Vector y, N_Vector f, SUNMatrix J, void *data, N_Vector a, N_Vector b, N_Vector c)
{
    const problem *p = data;
    const double u = NV_Ith_S(y, 0);
    double *row = NV_DATA_S(a);
    (void)t;
    (void)f;
    (void)b;
    (void)c;
    SUNMatZero(J);
    SM_ELEMENT_D(J, 0, 0) = border(p, y, row);
    for (long i = 0; i < p->n; i++) {
        SM_ELEMENT_D(J, 0, i + 1) = SM_ELEMENT_D(J, i + 1, 0) = row[i];
        SM_ELEMENT_D(J, i + 1, i + 1) = -u * u * p->h[i];
    }
    return 0;
}

static int product(N_Vector v, N_Vector Jv, double t, N_Vector y, N_Vector f, void *data, N_Vector work)
{
    const problem *p = data;
    const double u = NV_Ith_S(y, 0), *x = NV_DATA_S(v);
    double *row = NV_DATA_S(work), *out = NV_DATA_S(Jv), sum = border(p, y, row) * x[0];
    (void)t;
    (void)f;
    for (long i = 0; i < p->n; i++) {
        sum += row[i] * x[i + 1];
        out[i + 1] = row[i] * x[0] - u * u * p->h[i] * x[i + 1];
    }
    out[0] = sum;
    return 0;
}

/* z = r / (1 + gamma u^2 h): the diagonal of Newton's matrix. */
static int precondition(double t, N_Vector y, N_Vector f, N_Vector r, N_Vector z, double gamma, double delta, int side,
                        void *data)
{
    const problem *p = data;
    const double u = NV_Ith_S(y, 0), *U = NV_DATA_S(y) + 1, *in = NV_DATA_S(r);
    double *out = NV_DATA_S(z), sum = 0.0;
    (void)t;
    (void)f;
    (void)delta;
    (void)side;
    for (long i = 0; i < p->n; i++) {
        sum += p->h[i] * U[i] * U[i];
        out[i + 1] = in[i + 1] / (1.0 + gamma * u * u * p->h[i]);
    }
    out[0] = in[0] / (1.0 + gamma * sum);
    return 0;
}

static double distance(const problem *p, N_Vector y)
{
    const double u = NV_Ith_S(y, 0), *U = NV_DATA_S(y) + 1;
    double sum = 0.0;
    for (long j = 0; j < p->d; j++)
        for (long i = 0; i < p->d; i++) {
            const double e = u * U[i + j * p->d] - (i == j ? p->V[i] : 0.0);
            sum += e * e;
        }
    return sqrt(sum) / p->limit;
}

static int stop(double t, N_Vector y, double *g, void *data)
{
    const problem *p = data;
    (void)t;
    g[0] = log(distance(p, y) / p->error);
    return 0;
}

static double *numbers(long n)
{
    double *x = calloc((size_t)n, sizeof *x);
    if (x == NULL)
        exit(1);
    return x;
}

static void read_problem(const char *path, problem *p)
{
    FILE *file = fopen(path, "rb");
    double head[6];
    if (file == NULL || fread(head, sizeof *head, 6, file) != 6)
        exit(1);
    *p = (problem){.d = (long)head[0], .N = head[1], .rtol = head[2], .error = head[3], .end = head[4], .u = head[5]};
    p->n = p->d * p->d;
    double *x = numbers(p->d + p->n);
    if (fread(x, sizeof *x, (size_t)(p->d + p->n), file) != (size_t)(p->d + p->n))
        exit(1);
    fclose(file);
    p->l = x;
    p->U = x + p->d;
    p->h = numbers(p->n);
    p->B = numbers(p->d);
    p->V = numbers(p->d);
    double trace = 0.0;
    for (long i = 0; i < p->d; i++)
        trace += p->l[i];
    for (long i = 0; i < p->d; i++) {
        const double g = (1.0 + 1.0 / p->N) * p->l[i] + trace / p->N;
        p->B[i] = p->l[i] * p->l[i];
        p->V[i] = 1.0 / g;
        p->limit += p->V[i] * p->V[i];
        for (long j = 0; j < p->d; j++)
            p->h[i + j * p->d] = p->l[i] * p->l[j] * g;
    }
    p->limit = sqrt(p->limit);
}

static void check(int flag)
{
    if (flag < 0) {
        printf("CVODE: flag %d\n", flag);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    problem p;
    SUNContext context;
    if (argc < 3)
        return 2;
    read_problem(argv[2], &p);
    const double began = now();
    check(SUNContext_Create(NULL, &context));
    N_Vector y = N_VNew_Serial(p.n + 1, context);
    NV_Ith_S(y, 0) = p.u;
    memcpy(NV_DATA_S(y) + 1, p.U, (size_t)p.n * sizeof *p.U);
    void *cvode = CVodeCreate(CV_BDF, context);
    const double c = p.u * p.u - (N_VDotProd(y, y) - p.u * p.u);
    const double u_limit = sqrt(0.5 * (c + hypot(c, 2.0 * p.limit)));
    check(CVodeInit(cvode, rhs, 0.0, y));
    check(CVodeSStolerances(cvode, p.rtol, 1e-12 * u_limit));
    check(CVodeSetUserData(cvode, &p));
    check(CVodeSetMaxNumSteps(cvode, -1));
    check(CVodeRootInit(cvode, 1, stop));
    SUNMatrix J = NULL;
    SUNLinearSolver solver;
    if (strcmp(argv[1], "dense") == 0) {
        J = SUNDenseMatrix(p.n + 1, p.n + 1, context);
        solver = SUNLinSol_Dense(y, J, context);
        check(CVodeSetLinearSolver(cvode, solver, J));
        check(CVodeSetJacFn(cvode, jacobian));
    } else {
        solver = SUNLinSol_SPGMR(y, SUN_PREC_LEFT, 0, context);
        check(CVodeSetLinearSolver(cvode, solver, NULL));
        check(CVodeSetJacTimes(cvode, NULL, product));
        check(CVodeSetPreconditioner(cvode, NULL, precondition));
    }
    /* a huge end would make the first step overflow */
    double f0, y0 = sqrt(N_VDotProd(y, y)), t = 0.0;
    N_Vector f = N_VClone(y);
    rhs(0.0, y, f, &p);
    f0 = sqrt(N_VDotProd(f, f));
    check(CVodeSetInitStep(cvode, 1e-5 * y0 / f0));
    const int flag = CVode(cvode, 1e60, y, &t, CV_NORMAL);
    check(flag);
    long steps = 0;
    CVodeGetNumSteps(cvode, &steps);
    printf("peer %.9g %ld %.9g\n", now() - began, steps, distance(&p, y));
    N_VDestroy(f);
    N_VDestroy(y);
    CVodeFree(&cvode);
    SUNLinSolFree(solver);
    if (J != NULL)
        SUNMatDestroy(J);
    SUNContext_Free(&context);
    return 0;
}
