/* integrator.c - CVODE's BDF bound to a flow system, or the spectral path in its place.
 *
 * Settings whose defaults fail here: the first step is set by hand and the end time stays finite (a huge end time makes
 * the automatic first step overflow); steps are unlimited (the default is 500). */
#include "flow/integrator.h"
#include "base/matrix.h"
#include "base/try.h"
#include "flow/linear.h"
#include "flow/nvector.h"
#include "flow/spectral.h"
#include <cvode/cvode.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_dense.h>

/* Beyond any flow time of interest; finite, because CVODE computes with it. */
static const double FAR = 1e60;

/* Iterations without a restart, which are all that a solve may take: a step whose solve does not end is lost, with all of
 * them. Preconditioned ones seldom take five; without a form, mixtures of condition 10^4 at d = 30 take up to 150. More room
 * costs memory and, in every solve, the time to clear its tables: an eighth of the unknowns, no more than 64 MB of vectors. */
static const ptrdiff_t LEAST_ROOM = 30, MOST_ROOM = 200, ROOM_NUMBERS = 8000000;

/* A preconditioner is made anew after as many steps: of keys and queries it is that of a state, and twenty steps, CVODE's
 * own choice, cost a third more iterations at condition 1000. */
static const long SETUP_STEPS = 10;

/* Newton's tolerance, as a share of the step's, where its matrix is some twenty steps old: what is left of the correction
 * then lies along what changed, and at CVODE's 0.1 is taken for an error of the step: twenty times the failures, 15 % more
 * steps (full layer, d = 10). */
static const double STALE_TOLERANCE = 0.01;

/* ... and where each solve is exact, for the matrix as it is, and steps are short: what an iteration leaves is of second
 * order. At 0.1 every fourth step takes a second one, for the same path. At loose tolerances of a stiff path it is not so
 * little, and drifts along the flat direction. */
static const double EXACT_TOLERANCE = 0.3, EXACT_RTOL = 1e-9;

struct flow_integrator {
    flow_system *system;
    flow_spectral *spectral; /* NULL: CVODE, which all that follows but the times is of */
    SUNContext context;
    void *cvode;
    N_Vector y, at, weights, errors;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    double *unit; /* scratch of the dense Jacobian */
    double time, before;
    lsa_solver_stats past; /* before the last restart     */
    char message[256];     /* what CVODE said last        */
};

static int rhs(realtype time, N_Vector y, N_Vector f, void *user)
{
    flow_integrator *integrator = user;
    (void)time;
    if (flow_vector_failed(y))
        return -1; /* unrecoverable */
    return flow_system_rhs(integrator->system, flow_vector_data(y), flow_vector_data(f)) ? 0 : 1;
}

static int weights(N_Vector y, N_Vector w, void *user)
{
    const flow_integrator *integrator = user;
    if (flow_vector_failed(y))
        return -1; /* unrecoverable */
    if (!integrator->system->way->form)
        CVodeGetCurrentStep(integrator->cvode, &integrator->system->entries->step);
    flow_system_weights(integrator->system, flow_vector_data(y), flow_vector_data(w));
    return 0;
}

static int jacobian_times(N_Vector v, N_Vector Jv, realtype time, N_Vector y, N_Vector f, void *user, N_Vector scratch)
{
    flow_integrator *integrator = user;
    (void)time;
    (void)f;
    (void)scratch;
    flow_system_jacobian(integrator->system, flow_vector_data(y), flow_vector_data(v), flow_vector_data(Jv));
    return 0;
}

static flow_iterations iterations(const flow_integrator *integrator)
{
    long linear = 0, newton = 0;
    CVodeGetNumLinIters(integrator->cvode, &linear);
    CVodeGetNumNonlinSolvIters(integrator->cvode, &newton);
    return (flow_iterations){.newton = integrator->past.newton + newton, .linear = integrator->past.linear + linear};
}

static int precondition_setup(realtype time, N_Vector y, N_Vector f, booleantype keep, booleantype *made,
                              realtype gamma, void *user)
{
    const flow_integrator *integrator = user;
    (void)time;
    (void)f;
    (void)keep;
    *made = flow_preconditioner_update(integrator->system->preconditioner, flow_vector_data(y), gamma,
                                       iterations(integrator));
    return 0;
}

static int precondition(realtype time, N_Vector y, N_Vector f, N_Vector r, N_Vector z, realtype gamma, realtype delta,
                        int left, void *user)
{
    const flow_integrator *integrator = user;
    (void)time;
    (void)f;
    (void)delta;
    (void)left;
    flow_preconditioner_solve(integrator->system->preconditioner, flow_vector_data(y), gamma, flow_vector_data(r),
                              flow_vector_data(z));
    return 0;
}

static int jacobian(realtype time, N_Vector y, N_Vector f, SUNMatrix J, void *user, N_Vector a, N_Vector b, N_Vector c)
{
    flow_integrator *integrator = user;
    (void)time;
    (void)f;
    (void)a;
    (void)b;
    (void)c;
    flow_system_jacobian_dense(integrator->system, flow_vector_data(y), SUNDenseMatrix_Data(J), integrator->unit);
    if (!integrator->system->way->form)
        flow_entries_damp(integrator->system->entries, integrator->system->size, SUNDenseMatrix_Data(J));
    return 0;
}

static int krylov_room(ptrdiff_t size)
{
    const ptrdiff_t useful = size / 8 < MOST_ROOM ? size / 8 : MOST_ROOM, fits = ROOM_NUMBERS / size;
    const ptrdiff_t room = useful < fits ? useful : fits;
    return (int)(room > LEAST_ROOM ? room : LEAST_ROOM);
}

/* Keeps the message for the story of a failure; CVODE would print it. */
static void keep_message(int code, const char *module, const char *function, char *message, void *user)
{
    flow_integrator *integrator = user;
    (void)code;
    (void)module;
    (void)function;
    strncpy(integrator->message, message, sizeof integrator->message - 1);
}

static lsa_status check(const flow_integrator *integrator, int flag, const char *what, lsa_error *err)
{
    if (flag == CV_SUCCESS)
        return LSA_OK;
    if (flag == CV_MEM_FAIL || flag == CVLS_MEM_FAIL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for %s", what);
    return lsa_error_set(err, LSA_ERR_SOLVER, "CVODE refused %s: %s", what, integrator->message);
}

static lsa_status check_memory(const flow_integrator *integrator, lsa_error *err)
{
    return flow_vector_failed(integrator->y)
               ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the integrator's vectors")
               : LSA_OK;
}

static lsa_status set_up_krylov(flow_integrator *integrator, lsa_error *err)
{
    lsa_status status = LSA_OK;
    void *cvode = integrator->cvode;
    LSA_TRY(check(integrator, CVodeSetJacTimes(cvode, NULL, jacobian_times), "the Jacobian", err));
    LSA_TRY(
        check(integrator, CVodeSetPreconditioner(cvode, precondition_setup, precondition), "the preconditioner", err));
    LSA_TRY(check(integrator, CVodeSetLSetupFrequency(cvode, SETUP_STEPS), "the set-ups", err));
done:
    return status;
}

static lsa_status attach_linear(flow_integrator *integrator, lsa_error *err)
{
    flow_system *system = integrator->system;
    lsa_status status = LSA_OK;
    if (system->way->exact) {
        integrator->linear = flow_linear_arrowhead(integrator->cvode, system, integrator->context);
    } else if (system->method == LSA_METHOD_DENSE) {
        integrator->matrix = flow_linear_matrix(system->size, integrator->context);
        LSA_TRY_MEMORY(integrator->matrix, "the dense Newton matrix");
        integrator->unit = lsa_vec_create(system->size);
        LSA_TRY_MEMORY(integrator->unit, "the columns of the Jacobian");
        integrator->linear = flow_linear_dense(system, integrator->context);
    } else {
        /* From the right: residuals stay those of the system itself. */
        integrator->linear =
            SUNLinSol_SPGMR(integrator->y, SUN_PREC_RIGHT, krylov_room(system->size), integrator->context);
    }
    LSA_TRY_MEMORY(integrator->linear, "the linear solver");
    LSA_TRY(check(integrator, CVodeSetLinearSolver(integrator->cvode, integrator->linear, integrator->matrix),
                  "the linear solver", err));
    if (system->way->exact && system->rtol <= EXACT_RTOL)
        LSA_TRY(
            check(integrator, CVodeSetNonlinConvCoef(integrator->cvode, EXACT_TOLERANCE), "Newton's tolerance", err));
    if (system->method == LSA_METHOD_DENSE) {
        LSA_TRY(check(integrator, CVodeSetJacFn(integrator->cvode, jacobian), "the Jacobian", err));
        LSA_TRY(
            check(integrator, CVodeSetNonlinConvCoef(integrator->cvode, STALE_TOLERANCE), "Newton's tolerance", err));
    }
    if (system->method == LSA_METHOD_KRYLOV)
        LSA_TRY(set_up_krylov(integrator, err));
    /* Our norm is a maximum, at most the Euclidean one that the iterations are stopped by. */
    LSA_TRY(check(integrator, CVodeSetLSNormFactor(integrator->cvode, 1.0), "the linear norm", err));
done:
    return status;
}

/* A first step small against the time in which any block moves by its own scale; sqrt(rtol) is where the first-order
 * start's local error, (h f)^2 / scale, meets the tolerance. */
static double first_step(flow_integrator *integrator)
{
    const flow_system *system = integrator->system;
    const double *y = flow_vector_data(integrator->y);
    double *f = flow_vector_data(integrator->at);
    flow_system_rhs(integrator->system, y, f);
    const double rate = flow_system_rate(system, y, f);
    return rate > 0.0 ? fmin(1e-5, 0.1 * sqrt(system->rtol)) / rate : 1.0;
}

static lsa_status set_up(flow_integrator *integrator, lsa_error *err)
{
    lsa_status status = LSA_OK;
    void *cvode = integrator->cvode;
    LSA_TRY(check(integrator, CVodeSetErrHandlerFn(cvode, keep_message, integrator), "its messages", err));
    LSA_TRY(check(integrator, CVodeInit(cvode, rhs, 0.0, integrator->y), "the start", err));
    LSA_TRY(check_memory(integrator, err));
    LSA_TRY(check(integrator, CVodeSetUserData(cvode, integrator), "the system", err));
    LSA_TRY(check(integrator, CVodeWFtolerances(cvode, weights), "the tolerances", err));
    LSA_TRY(attach_linear(integrator, err));
    LSA_TRY(check_memory(integrator, err));
    LSA_TRY(check(integrator, CVodeSetInitStep(cvode, first_step(integrator)), "the first step", err));
    LSA_TRY(check(integrator, CVodeSetMaxNumSteps(cvode, -1), "unlimited steps", err));
    /* A run at the end of a decay may fail this often in a row while rhs overflows beyond the stable set. */
    LSA_TRY(check(integrator, CVodeSetMaxConvFails(cvode, 50), "the number of failures", err));
    LSA_TRY(check(integrator, CVodeSetMaxErrTestFails(cvode, 50), "the number of failures", err));
    LSA_TRY(check(integrator, CVodeSetMaxHnilWarns(cvode, -1), "its warnings", err));
done:
    return status;
}

static lsa_status create_cvode(flow_integrator *integrator, const double *start, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_system *system = integrator->system;
    if (SUNContext_Create(NULL, &integrator->context) != 0)
        integrator->context = NULL;
    LSA_TRY_MEMORY(integrator->context, "the integrator's context");
    integrator->y = flow_vector_create(system->size, integrator->context);
    LSA_TRY_MEMORY(integrator->y, "the state");
    memcpy(flow_vector_data(integrator->y), start, (size_t)system->n * sizeof *start);
    integrator->at = N_VClone(integrator->y);
    integrator->weights = N_VClone(integrator->y);
    integrator->errors = N_VClone(integrator->y);
    LSA_TRY(check_memory(integrator, err));
    integrator->cvode = CVodeCreate(CV_BDF, integrator->context);
    LSA_TRY_MEMORY(integrator->cvode, "CVODE");
    LSA_TRY(set_up(integrator, err));
done:
    return status;
}

lsa_status flow_integrator_create(flow_system *system, const double *start, flow_integrator **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    flow_integrator *integrator = calloc(1, sizeof *integrator);
    LSA_TRY_MEMORY(integrator, "the integrator");
    integrator->system = system;
    if (system->method == LSA_METHOD_SPECTRAL)
        LSA_TRY(flow_spectral_create(system, start, &integrator->spectral, err));
    else
        LSA_TRY(create_cvode(integrator, start, err));
    *out = integrator;
    integrator = NULL;
done:
    flow_integrator_destroy(integrator);
    return status;
}

void flow_integrator_destroy(flow_integrator *integrator)
{
    if (integrator == NULL)
        return;
    flow_spectral_destroy(integrator->spectral);
    if (integrator->cvode != NULL)
        CVodeFree(&integrator->cvode);
    if (integrator->linear != NULL)
        SUNLinSolFree(integrator->linear);
    if (integrator->matrix != NULL)
        SUNMatDestroy(integrator->matrix);
    N_Vector owned[] = {integrator->y, integrator->at, integrator->weights, integrator->errors};
    for (int k = 0; k < 4; k++)
        if (owned[k] != NULL)
            N_VDestroy(owned[k]);
    if (integrator->context != NULL)
        SUNContext_Free(&integrator->context);
    free(integrator->unit);
    free(integrator);
}

double flow_integrator_time(const flow_integrator *integrator)
{
    return integrator->time;
}

double flow_integrator_before(const flow_integrator *integrator)
{
    return integrator->before;
}

const double *flow_integrator_state(const flow_integrator *integrator)
{
    return integrator->spectral != NULL ? flow_spectral_state(integrator->spectral) : flow_vector_data(integrator->y);
}

const double *flow_integrator_at(flow_integrator *integrator, double time)
{
    if (time >= integrator->time)
        return flow_integrator_state(integrator);
    if (integrator->spectral != NULL)
        return flow_spectral_at(integrator->spectral, time);
    CVodeGetDky(integrator->cvode, time, 0, integrator->at);
    return flow_vector_data(integrator->at);
}

void flow_integrator_stats(const flow_integrator *integrator, lsa_solver_stats *stats)
{
    long steps = 0, rhs_calls = 0, setups = 0, error_failures = 0, newton = 0, newton_failures = 0, linear = 0;
    long jacobians = 0, products = 0;
    int last_order, order;
    realtype first, last, step, time;
    stats->path_error = (double)NAN;
    if (integrator->spectral != NULL) {
        flow_spectral_stats(integrator->spectral, stats);
        return;
    }
    CVodeGetIntegratorStats(integrator->cvode, &steps, &rhs_calls, &setups, &error_failures, &last_order, &order,
                            &first, &last, &step, &time);
    CVodeGetNonlinSolvStats(integrator->cvode, &newton, &newton_failures);
    CVodeGetNumLinIters(integrator->cvode, &linear);
    CVodeGetNumJacEvals(integrator->cvode, &jacobians);
    CVodeGetNumJtimesEvals(integrator->cvode, &products);
    stats->steps = integrator->past.steps + steps;
    stats->rhs = integrator->past.rhs + rhs_calls;
    stats->newton = integrator->past.newton + newton;
    stats->linear = integrator->past.linear + linear;
    stats->jacobian = integrator->past.jacobian + jacobians + products;
    stats->error_failures = integrator->past.error_failures + error_failures;
    stats->newton_failures = integrator->past.newton_failures + newton_failures;
}

/* Appends the three unknowns with the largest weighted local error. */
static void tell_worst(flow_integrator *integrator, lsa_error *err)
{
    const double *y = flow_vector_data(integrator->y);
    double *w = flow_vector_data(integrator->weights), *e = flow_vector_data(integrator->errors);
    char name[128];
    if (CVodeGetErrWeights(integrator->cvode, integrator->weights) != CV_SUCCESS ||
        CVodeGetEstLocalErrors(integrator->cvode, integrator->errors) != CV_SUCCESS)
        return;
    for (int rank = 0; rank < 3; rank++) {
        ptrdiff_t worst = -1;
        for (ptrdiff_t i = 0; i < integrator->system->size; i++)
            if (w[i] > 0.0 && (worst < 0 || fabs(e[i] * w[i]) > fabs(e[worst] * w[worst])))
                worst = i;
        if (worst < 0 || e[worst] == 0.0)
            return;
        lsa_error_add(err, "  %s = %.6g, local error %.3g of what is allowed",
                      flow_system_name(integrator->system, worst, name), y[worst], fabs(e[worst] * w[worst]));
        w[worst] = 0.0;
    }
}

static const char *advice(int flag, lsa_method method)
{
    switch (flag) {
    case CV_TOO_MUCH_ACC:
        return "the tolerance is below rounding: try a larger flow.rtol";
    case CV_LSOLVE_FAIL:
    case CV_LSETUP_FAIL:
    case CV_CONV_FAILURE:
        return method == LSA_METHOD_KRYLOV
                   ? "Newton's iteration does not converge: try flow.method dense, or a smaller flow.rtol"
                   : "Newton's iteration does not converge: try a smaller flow.rtol, or rescaled data";
    case CV_RHSFUNC_FAIL:
    case CV_REPTD_RHSFUNC_ERR:
    case CV_UNREC_RHSFUNC_ERR:
    case CV_FIRST_RHSFUNC_ERR:
        return "the gradient is not finite there: try a smaller start, or rescaled data";
    default:
        return "try a larger flow.rtol, or rescaled data";
    }
}

static lsa_status tell_failure(flow_integrator *integrator, int flag, lsa_error *err)
{
    int order = 0;
    long steps = 0;
    realtype step = 0.0;
    CVodeGetCurrentOrder(integrator->cvode, &order);
    CVodeGetCurrentStep(integrator->cvode, &step);
    CVodeGetNumSteps(integrator->cvode, &steps);
    char *name = CVodeGetReturnFlagName(flag);
    lsa_error_set(err, LSA_ERR_SOLVER, "the integrator stopped at time %.9g after %ld steps (step %.3g, order %d): %s",
                  integrator->time, steps, step, order, name != NULL ? name : "unknown");
    free(name);
    if (integrator->message[0] != '\0')
        lsa_error_add(err, "  CVODE: %s", integrator->message);
    tell_worst(integrator, err);
    lsa_error_add(err, "  %s", advice(flag, integrator->system->method));
    return LSA_ERR_SOLVER;
}

static lsa_status step_spectral(flow_integrator *integrator, lsa_error *err)
{
    const lsa_status status = flow_spectral_step(integrator->spectral, err);
    if (status != LSA_OK)
        return status;
    integrator->before = integrator->time;
    integrator->time = flow_spectral_time(integrator->spectral);
    return LSA_OK;
}

lsa_status flow_integrator_step(flow_integrator *integrator, lsa_error *err)
{
    if (integrator->spectral != NULL)
        return step_spectral(integrator, err);
    realtype time = integrator->time;
    const int flag = CVode(integrator->cvode, FAR, integrator->y, &time, CV_ONE_STEP);
    if (flag < 0)
        return flow_vector_failed(integrator->y) ? check_memory(integrator, err) : tell_failure(integrator, flag, err);
    integrator->before = integrator->time;
    integrator->time = time;
    return LSA_OK;
}

lsa_status flow_integrator_restart(flow_integrator *integrator, const double *y, lsa_error *err)
{
    lsa_status status = LSA_OK;
    memcpy(flow_vector_data(integrator->y), y, (size_t)integrator->system->size * sizeof *y);
    flow_integrator_stats(integrator, &integrator->past);
    LSA_TRY(check(integrator, CVodeReInit(integrator->cvode, integrator->time, integrator->y), "the restart", err));
    LSA_TRY(check(integrator, CVodeSetInitStep(integrator->cvode, first_step(integrator)), "the first step", err));
done:
    return status;
}
