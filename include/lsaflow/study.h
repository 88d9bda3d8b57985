/* study.h - one experiment under study: its loss and derivatives, its flow, its minimum, the errors of its tests.
 *
 * A study holds the stages of one experiment, each made when first asked for and kept: derivation, program, start,
 * trajectory (the road of symbols and the flow), predictions (the road of theory), layers to sample (the empirical
 * road). One thread at a time uses a study; different studies, of one experiment or of several, share nothing that is
 * written, and run side by side.
 *
 * Parameters are one flat vector in the user's basis: the blocks of lsa_study_blocks one after the other, each
 * column-major; of a family head by head. Losses are 1/2 E (prediction - target)^2, errors of tests
 * E (prediction - label)^2, both in the units of the model; time is that of d(theta)/dt = -grad L.
 *
 * Derived by symbolic (derive.h), bound to numbers by compile (program.h). */
#ifndef LSAFLOW_STUDY_H
#define LSAFLOW_STUDY_H

#include "lsaflow/api.h"
#include "lsaflow/derive.h"
#include "lsaflow/empirical.h"
#include "lsaflow/flow.h"
#include "lsaflow/model.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

LSA_BEGIN_DECLS

typedef struct lsa_study_options {
    bool
        gradient_only; /* no flow is asked for: no Hessian is derived, which a statement of high degree may not allow */
    bool may_reduce; /* the flow may use its exact reduction; a verdict on the flow asks for the path as it is: false */
    int threads;     /* for sampling; 0: all                                     */
    const volatile sig_atomic_t *interrupt; /* may be NULL                                              */
    void (*progress)(void *context, const char *stage, double fraction); /* may be NULL                 */
    void *progress_context;
} lsa_study_options;

typedef struct lsa_study lsa_study;

/* ---- Life -------------------------------------------------------------------------------------------------------- */

/* The experiment is borrowed and must outlive the study: its model is destroyed after it. options NULL: all zero.
 * LSA_ERR_MEMORY. Cost: none; each stage is made when it is asked for. */
LSA_API lsa_status lsa_study_create(const lsa_experiment *experiment, const lsa_study_options *options, lsa_study **out,
                                    lsa_error *err);
/* Everything that the study has handed out dies with it; NULL is fine. */
LSA_API void lsa_study_destroy(lsa_study *study);
LSA_API const lsa_experiment *lsa_study_experiment(const lsa_study *study);
LSA_API const lsa_study_options *lsa_study_settings(const lsa_study *study);

/* ---- Parameters -------------------------------------------------------------------------------------------------- */

/* The blocks of the parameter vector, k = 0 .. *count - 1: name, head, rows, cols, offset. They belong to the study. Errors
 * of lsa_derive and lsa_program_create. Cost: derivation and compilation, once. */
LSA_API lsa_status lsa_study_blocks(lsa_study *study, const lsa_block **out, ptrdiff_t *count, lsa_error *err);
/* The numbers in the parameter vector, >= 1. Errors as above. */
LSA_API lsa_status lsa_study_size(lsa_study *study, ptrdiff_t *out, lsa_error *err);
/* The initial parameters that the model asks for, lsa_study_size numbers of the study's. Errors as above. */
LSA_API lsa_status lsa_study_start(lsa_study *study, const double **out, lsa_error *err);

/* ---- Loss and derivatives ---------------------------------------------------------------------------------------- */

/* L(theta) = 1/2 E (prediction - target)^2 of the training law, exact up to rounding. parameters: lsa_study_size numbers; NaN and
 * infinity pass through. Cost: one evaluation and the change of basis, O(d^3) a block where there is one.
 * Checked: unit/study, analytic/program. */
LSA_API lsa_status lsa_study_loss(lsa_study *study, const double *parameters, double *loss, lsa_error *err);
/* gradient_i = dL/d(theta_i); may be `parameters` itself. */
LSA_API lsa_status lsa_study_gradient(lsa_study *study, const double *parameters, double *gradient, lsa_error *err);
/* out_i = sum_j d^2 L/(d theta_i d theta_j) direction_j; may be `direction` or `parameters`. LSA_ERR_UNABLE of a study that is
 * gradient_only. */
LSA_API lsa_status lsa_study_hessian(lsa_study *study, const double *parameters, const double *direction, double *out,
                                     lsa_error *err);
/* The derived loss as a formula, or, where the name of a parameter is given, dL/d(that parameter): a string of the caller's
 * (lsa_string_free). LSA_ERR_INPUT: no such parameter. */
LSA_API lsa_status lsa_study_formula(lsa_study *study, const char *parameter, lsa_format format, char **out,
                                     lsa_error *err);

/* ---- Flow and minimum -------------------------------------------------------------------------------------------- */

/* The gradient flow as the model asks for it, by an unreduced method unless may_reduce. It belongs to the study; flow.h reads
 * it. LSA_ERR_UNABLE of a study that is gradient_only; errors of lsa_flow_run. */
LSA_API lsa_status lsa_study_trajectory(lsa_study *study, const lsa_trajectory **out, lsa_error *err);
/* The least loss over all parameters: by theory; where theory does not speak, that of the recognised form; else NAN. For the
 * full layer it is the reduced one's, for any noise and task (parity identity). */
LSA_API lsa_status lsa_study_minimum_loss(lsa_study *study, double *minimum, lsa_error *err);
/* Predicted parameters at a global minimum, blocks in the order of the program's state, user's basis: the point that the
 * paper's start reaches (balanced, u > 0); for key-query products and several heads one balanced point of the minimum,
 * sum_h u_h U_h = A. Where the loss does not see all of U (a singular Lambda, entries that are always 0) and the start of
 * the study holds something there, it keeps that: the point is then the limit from the study's own start, for one head
 * (u, U) or equal ones (lsa_theory_limit, lsa_theory_random_settled). From other starts that limit is not known (several
 * different heads, keys and queries, an open sign of u): the balanced point serves what the loss sees alone.
 * LSA_ERR_UNABLE where theory knows no minimum of that statement. */
LSA_API lsa_status lsa_study_limit(lsa_study *study, const double **out, lsa_error *err);

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

/* The settings that the model's `tests` spread into, t = 0 .. count - 1; NULL for any other t. */
LSA_API ptrdiff_t lsa_study_test_count(const lsa_study *study);
LSA_API const lsa_setting *lsa_study_test(const lsa_study *study, ptrdiff_t t);
/* E(prediction - label)^2 of a test at given parameters by the derived polynomial. Errors of lsa_program_test_error. */
LSA_API lsa_status lsa_study_test_error(lsa_study *study, const lsa_setting *test, const double *parameters,
                                        double *error, lsa_error *err);
/* The same on prompts drawn through the layer itself, as the model's `monte_carlo` asks, with the threads and the interrupt
 * of the study; the interval is at level 1e-6 of a false alarm. Errors of lsa_sample_test. */
LSA_API lsa_status lsa_study_sample(lsa_study *study, const lsa_setting *test, const double *parameters,
                                    lsa_sample_result *out, lsa_error *err);

/* ---- The stages behind them -------------------------------------------------------------------------------------- */

/* What the law of the experiment allows derivation to simplify: rho = N, no noise, Omega = I. */
LSA_API lsa_derive_options lsa_study_derive_options(const lsa_experiment *experiment);
/* Each is made at the first call and belongs to the study. */
LSA_API lsa_status lsa_study_derivation(lsa_study *study, const lsa_derivation **out, lsa_error *err);
LSA_API lsa_status lsa_study_program(lsa_study *study, const lsa_program **out, lsa_error *err);

LSA_END_DECLS

#endif
