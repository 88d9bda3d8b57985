/* study.h - what the claims share: the predicted numbers, the view of the state as (u, U), and sampling at a level. */
#ifndef LSAFLOW_VERIFY_STUDY_H
#define LSAFLOW_VERIFY_STUDY_H

#include "lsaflow/verify.h"
#include "verify/path.h"

/* Identities of single prompts are tried on contexts of at most this many pairs. */
enum { LSA_PROBE_PAIRS = 64 };

/* Numbers that theory predicts. A claim compares with nothing else, so that a test can falsify one of them and see the
 * claim fail. Arrays are d x d, user's basis. */
struct lsa_predictions {
    ptrdiff_t d;
    bool reduced; /* u and U of the layer are parameters: what speaks of them is filled         */
    /* One of the two: a fixed covariance, or one for every prompt. For predictions that are functions too. */
    const lsa_theory *theory;
    const lsa_theory_random *random;
    lsa_theory_random_bounds bounds; /* (4.11), (C.12), (C.13), with `random` */
    lsa_theory_start start;          /* how far the start is from Assumption 3.3                                   */
    ptrdiff_t rank;                  /* greatest rank that the product can have */
    double *A;                       /* uU at the global minimum                                                   */
    double u, *U;                    /* the limit from this start                                                  */
    double minimum_loss, loss_at_zero;
    double u_lower_bound, pl, least_rate;
    ptrdiff_t draw_rank[2];   /* least and greatest rank of a drawn Lambda                                    */
    ptrdiff_t negative_count; /* negative eigenvalues of Lemma 5.1's H on a prompt of probe_pairs pairs       */
    ptrdiff_t probe_pairs;
    double kq_exponent; /* W^PV -> c W^PV asks for W^KQ -> c^kq_exponent W^KQ: -1                            */
    double rate_factor; /* of the local rate (W9): 1                                                         */
    double plateau_factor, escape_factor; /* of the losses (19) and of the times of (21): 1 */
    double balance_weight; /* of |U|^2, |K|^2, |Q|^2 in a head's balances: 1                                    */
    double context_slope;  /* of log(excess - floor) in log M: -1 */
    double training_slope; /* of the log of that floor in log N, for N to infinity: -2 */
    double step_time;      /* the flow's time that a unit of step size advances: 1 */
    double limit_context;  /* N of the error that no N removes: infinity                                        */
    double scale_exponent; /* covariates x -> c x scale predictions by (c^2)^this: 1                            */
    ptrdiff_t least_squares_dimension; /* d                                                                     */
    double negative_curvature;         /* least eigenvalue of the Hessian at zero, -|Lambda Omega Lambda|_F r        */
};

/* The predictions of the study, made at the first call; a test may change the numbers. */
lsa_status lsa_study_predictions(lsa_study *study, lsa_predictions **out, lsa_error *err);

/* A wrong number, for tests of what a claim would have rejected: `change` is applied to the predictions of this study and of
 * every study that confirms its verdicts; what was predicted before is predicted anew. */
typedef void lsa_study_change(void *context, lsa_study *study, lsa_predictions *predictions);
void lsa_study_alter(lsa_study *study, lsa_study_change *change, void *context);
/* What every claim of the study, and of those that confirm it, compares with is off by that share of its scale. */
void lsa_study_mistake(lsa_study *study, double share);
double study_mistake(const lsa_study *study);
/* The study's flow may be one that knows the law of the entries that B leaves alone, if that is asked: enough to confirm. */
void study_allow_law(lsa_study *study);
/* The alteration and the mistake of `from`, if any. */
void study_alter_like(lsa_study *study, const lsa_study *from);

/* The derivation, program and start of the full layer under the same law: u, U as in the study's start, px = k = 0. */
lsa_status lsa_study_full_program(lsa_study *study, const lsa_program **out, lsa_error *err);
/* The statement of the full layer; a test may put a wrong one in its place before anything is derived from it. */
lsa_status lsa_study_full_statement(lsa_study *study, const lsa_statement **out, lsa_error *err);
void lsa_study_set_full_statement(lsa_study *study, const lsa_statement *statement);

/* The flow as the model asks for it, with a second run from which its accuracy is known; both are made once. */
lsa_status lsa_study_path(lsa_study *study, flow_path *out, lsa_error *err);
/* Beside path->run, made from `start` as these options say, the coarser run *coarse (NULL: none is made); fills path->count and
 * path->coarse. */
lsa_status study_path_complete(const lsa_program *program, const double *start, const lsa_flow_options *as,
                               flow_path *path, lsa_trajectory **coarse, lsa_error *err);

/* The study's path is its run alone: numbers without their accuracy, which a second run would tell, in half the time. */
void study_trust_run(lsa_study *study);
/* If that of `from` is. */
void study_trust_like(lsa_study *study, const lsa_study *from);

/* The study goes over to another experiment of the same model, with its options. Derivation, program and theory stay where nothing
 * that they depend on has changed; whatever the study gave before is gone. */
void study_move(lsa_study *study, const lsa_experiment *experiment);

/* Another run of as many samples at the same times, to the same end; *out stays NULL, with the reason in *story, where it failed. */
lsa_status study_path_beside(const lsa_program *program, const double *start, const lsa_flow_options *as,
                             const flow_path *path, lsa_trajectory **out, lsa_error *story, lsa_error *err);

/* The study's own flow was asked for and failed: nothing that is said of it stands. */
bool lsa_study_flow_failed(const lsa_study *study);

/* Which prompts are drawn, to what relative error, at what level. */
typedef struct lsa_study_draw {
    double alpha, relative_error;
    bool fresh; /* those from the budget on, independent of the others */
} lsa_study_draw;

/* Sampling options of the experiment for such a draw, with half of what is left of monte_carlo.seconds. */
lsa_sample_options lsa_study_sampling(lsa_study *study, const lsa_study_draw *draw);

/* sampling_time.c: lsa_sample_test, by the exact fast mode where whole prompts take more than a minute or than the time left,
 * and that mode applies: *fast says so. */
lsa_status lsa_study_sample_test(const lsa_study *study, const lsa_setting *test, const double *parameters,
                                 const lsa_sample_options *options, bool *fast, lsa_sample_result *result,
                                 lsa_error *err);

/* Prompts of a test at the predicted limit; the tests of the experiment itself are drawn once for a level and kept, fresh
 * prompts are not. *drawn is false, with the reason, where the setting cannot be drawn; where it was but its interval cannot
 * be trusted, result.attained is INFINITY and the reason says why. */
typedef struct lsa_limit_sample {
    bool made, drawn;
    bool fast;    /* by the fast mode, since whole prompts would take too long */
    double alpha; /* the level it was drawn at */
    lsa_sample_result result;
    char reason[LSA_WHY_MAX];
} lsa_limit_sample;
lsa_status lsa_study_sample_limit(lsa_study *study, const lsa_setting *test, const lsa_study_draw *draw,
                                  lsa_limit_sample *out, lsa_error *err);

/* limit_spread.c: where theory knows the variance of a test's squared error at the product A (NULL: it does not), the sampled
 * one must be within half and twice of it; else the interval is not to be trusted, attained INFINITY, for that reason. */
enum { LSA_SPREAD_DIMENSION = 400 }; /* beyond, the products of matrices take longer than the prompts: A is NULL */
lsa_status lsa_study_check_spread(const lsa_study *study, const lsa_setting *test, const double *A,
                                  lsa_sample_result *sample, char reason[LSA_WHY_MAX], lsa_error *err);

#endif
