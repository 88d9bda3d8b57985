/* verify.h - where theory, flow and sampling meet: the claims that are judged on one experiment under study (study.h).
 *
 * A claim is a statement of the paper with a number on both sides, its hypotheses measured with their margins. Claims read
 * predictions only through lsa_predictions, so that a test can falsify one number and see the claim fail. */
#ifndef LSAFLOW_VERIFY_H
#define LSAFLOW_VERIFY_H

#include "lsaflow/api.h"
#include "lsaflow/model.h"
#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include "lsaflow/study.h"
#include "lsaflow/theory.h"
#include "lsaflow/theory_random.h"
#include <stdbool.h>
#include <stddef.h>

LSA_BEGIN_DECLS

/* The closed forms of the training law: for one covariance, and where every prompt draws its own. LSA_ERR_UNABLE unless
 * lsa_study_has_theory, and for the other kind of covariance. */
LSA_API lsa_status lsa_study_theory(lsa_study *study, const lsa_theory **out, lsa_error *err);
LSA_API lsa_status lsa_study_random_theory(lsa_study *study, const lsa_theory_random **out, lsa_error *err);
LSA_API bool lsa_study_is_random(const lsa_study *study);

/* out (d x d) = A = sum_h u_h U_h at the minimum, of the rank that the statement can reach.
 * LSA_ERR_UNABLE as the theory; for a random covariance and a rank below d. */
LSA_API lsa_status lsa_study_product(lsa_study *study, double *out, lsa_error *err);

/* True when the closed forms of theory speak of the statement: it has a layer, and its target is <w, x_q> with w of second
 * moment Omega and covariates of covariance Lambda. A user's own target or law has its derivation, not its theorem. */
LSA_API bool lsa_study_has_theory(const lsa_study *study);

/* The greatest rank that the product sum_h u_h U_h can have: d, or rank * heads of key-query products. */
LSA_API ptrdiff_t lsa_study_rank(const lsa_study *study);

/* *why = the reason why the limit is known on what the loss sees only, or NULL: it is known. Errors of lsa_study_limit. */
LSA_API lsa_status lsa_study_limit_is_known(lsa_study *study, const char **why, lsa_error *err);
/* LSA_ERR_UNABLE, naming test and reason, where the test reaches (by the second moments of its context and query) what is
 * not known of the limit. */
LSA_API lsa_status lsa_study_require_limit(lsa_study *study, const lsa_setting *test, lsa_error *err);
/* out (d x d) = sum_h u_h U_h at the limit: A of lsa_study_product and what the start keeps. LSA_ERR_UNABLE where that is
 * not known. */
LSA_API lsa_status lsa_study_trained_product(lsa_study *study, double *out, lsa_error *err);
/* The reduced layer inside a state (user's basis): offsets of u and U, and of px and k where the statement has them
 * (-1: not). Of several heads none is meant. LSA_ERR_UNABLE when u and U of the layer are not parameters of the statement
 * themselves; lsa_study_is_reduced asks whether they are. The compiler refuses a call whose status is dropped. */
typedef struct lsa_reduced_view {
    ptrdiff_t u, U, px, k;
} lsa_reduced_view;
LSA_API bool lsa_study_is_reduced(const lsa_study *study, const lsa_program *program);
LSA_API LSA_MUST_CHECK lsa_status lsa_study_reduced_view(const lsa_study *study, const lsa_program *program,
                                                         lsa_reduced_view *out, lsa_error *err);

/* Theory's judgement of a test (lsa_theory_judge) at the trained limit of the study. LSA_ERR_UNABLE where no closed form
 * speaks of the setting, LSA_ERR_DOMAIN. */
LSA_API lsa_status lsa_study_judge_limit(lsa_study *study, const lsa_setting *test, lsa_theory_error *out,
                                         lsa_error *err);
/* The same at the product A (NULL: the minimum of `theory`) and what the start keeps where the loss does not see it, if the
 * test reaches there. LSA_ERR_UNABLE as lsa_study_require_limit too. */
LSA_API lsa_status lsa_study_judge_trained(lsa_study *study, const lsa_theory *theory, const lsa_setting *test,
                                           const double *A, lsa_theory_error *out, lsa_error *err);

/* split.c: the error of a test at the trained limit in parts, R(A, M) the error of product A at length M:       (W21) [D]
 *     error = best_linear + shift + training + context,   shift = R(A_inf, inf) - best_linear,
 *     training = R(A_N, inf) - R(A_inf, inf),   context = R(A_N, M) - R(A_N, inf),
 * A_inf the minimum of the same law at N = infinity. Any law that theory judges, random covariances included; in law the
 * parts are 0 and the terms of Theorem 4.2, to about eps error. LSA_ERR_UNABLE as lsa_study_judge_limit, for a query
 * orthogonal to its context (M < d), and where theory knows no minimum at N = infinity. */
typedef struct lsa_study_split {
    double shift, training, context;
} lsa_study_split;
LSA_API lsa_status lsa_study_split_limit(lsa_study *study, const lsa_setting *test, lsa_study_split *out,
                                         lsa_error *err);

typedef enum lsa_verdict {
    LSA_VERDICT_HOLDS,
    LSA_VERDICT_FAILS,
    LSA_VERDICT_INCONCLUSIVE,
    LSA_VERDICT_NOT_APPLICABLE,
    LSA_VERDICT_PROVED,    /* a polynomial identity, exact                                      */
    LSA_VERDICT_CONSISTENT /* a finite list of values agrees with a statement about all of them */
} lsa_verdict;
/* "holds", "fails", "inconclusive", "not-applicable", "proved", "consistent". */
LSA_API const char *lsa_verdict_text(lsa_verdict verdict);

/* One hypothesis of a theorem with its measured margin. */
typedef struct lsa_hypothesis {
    const char *name;    /* "sigma^2 |Gamma| sqrt d < 2" */
    double value, bound; /* the two sides                */
    bool met;
    bool required; /* where it is not met the claim is not applicable; else it is reported only */
} lsa_hypothesis;

enum { LSA_HYPOTHESES_MAX = 8, LSA_WHY_MAX = 320, LSA_PLACE_MAX = 96 };

/* What fresh prompts measured before a sampled claim was refuted, or not. */
typedef struct lsa_fresh_sample {
    bool drawn;
    double measured, tolerance; /* the half-width */
} lsa_fresh_sample;

/* One judged claim; numbers that do not exist are NAN and `why` says so. Its texts live as long as the study. */
typedef struct lsa_claim_result {
    const char *name, *source; /* "limit-u", "Theorem 4.1"                                               */
    const char *summary;       /* what it says, in words; ""                                             */
    const lsa_setting *test;   /* the test setting of the experiment that it is about, or NULL           */
    double context;            /* its M, or that of a setting of its own; NAN: none                      */
    int n_hypotheses;
    lsa_hypothesis hypotheses[LSA_HYPOTHESES_MAX];
    double predicted, measured;
    double tolerance;      /* of an equality, or the half-width of a statistical one                 */
    double standard_error; /* of a sampled `measured`; else NAN                                      */
    double slack;          /* of an inequality: measured side over the bound, > 1 is room; else NAN  */
    double scale;          /* of an equality: the size that its difference is a share of; NAN: unknown */
    double relative_error; /* of a sampled `measured` beside the prediction, signed, over scale; else NAN */
    double resolution;     /* the least change of the predicted side, over scale, or over itself where it is a bound,
                              that would have been refuted; NAN: unknown                              */
    int confirmations;     /* computations after the first that were asked whether it is refuted      */
    bool withdrawn;        /* they did not agree: the verdict is inconclusive                         */
    lsa_fresh_sample fresh;
    lsa_verdict verdict;
    char why[LSA_WHY_MAX];
    const lsa_text_claim
        *text; /* a claim that is a formula, of the model file or a published one; NULL: one in C. Only of formulas: */
    char each[LSA_PLACE_MAX]; /* "k = 2", of `for`                                                                  */
    const char
        *kind; /* "exact", "theory", "identity", "point", "flow", "asymptotic", "statistical"                     */
    unsigned witnesses[2];     /* of the two sides, as formula/names.h has them                                      */
    char place[LSA_PLACE_MAX]; /* "entry (1, 2)", "t = 0.31": where the worst is                                     */
    char span[LSA_PLACE_MAX];  /* "t in [0, 120], 200 points"                                                        */
    bool enclosed;             /* the numbers are exact or balls, not estimates                                      */
    bool tautology;            /* both sides are one formula                                                         */
    bool tight;                /* an inequality whose slack is below 1 + resolution                                  */
} lsa_claim_result;

/* Numbers that theory predicts and the claims compare with; a test may falsify any of them. Matrices d x d in the
 * user's basis, column-major, borrowed from the study. */
typedef struct lsa_predictions lsa_predictions;

/* A published claim. */
typedef struct lsa_claim {
    const char *name, *source, *summary;
    bool sampled; /* prompts decide: a verdict has a probability of false alarm */
} lsa_claim;

/* All claims, in the order in which they are judged; they live in the arena. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_claims(lsa_arena *arena, const lsa_claim **out, ptrdiff_t *count, lsa_error *err);

/* The path that claims have read beside that of one scalar equation (docs/decisions/spectral-paths.md). */
typedef struct lsa_second_road {
    bool asked;               /* some claim has read a path                                              */
    ptrdiff_t samples;        /* compared; 0: there is no such path                                      */
    double difference;        /* the largest |x - x'|_max / |x'|_max of the parameters; NAN: none        */
    double time;              /* of that sample                                                          */
    char reason[LSA_WHY_MAX]; /* why there is none */
} lsa_second_road;

/* After lsa_verify. A path that cannot be followed this way is no error. LSA_ERR_MEMORY, LSA_ERR_INTERRUPTED. */
LSA_API lsa_status lsa_study_second_road(lsa_study *study, lsa_second_road *out, lsa_error *err);

/* Judges the experiment's claims. *out is an array of *count results that the caller frees with free(); after
 * LSA_ERR_INTERRUPTED it holds those that were finished, after any other failure nothing.
 * A claim that the numerics cannot judge is a result, not a failure of this function. LSA_ERR_INPUT: the experiment asks for a
 * claim that does not exist.
 * Numbers are in the units below. */
LSA_API lsa_status lsa_verify(lsa_study *study, lsa_claim_result **out, ptrdiff_t *count, lsa_error *err);
/* The units in which claims are judged and told (program.h: a loss of the user's is 2^loss times a loss there): the user's
 * own, 0, but for a law beyond 2^-100 .. 2^100, squares and cubes of whose numbers would leave the range of doubles. */
LSA_API lsa_units lsa_verify_units(lsa_study *study);

/* limit_spread.c: the standard error that the mean of that many sampled squared errors of a test must have at the product A, by
 * theory's variance in each stratum of the law. Errors of lsa_theory_error_variance. */
LSA_API lsa_status lsa_verify_sample_error(const lsa_experiment *experiment, const lsa_setting *test, const double *A,
                                           ptrdiff_t prompts, double *standard_error, lsa_error *err);

/* About how many seconds of one thread the first look at one sampled claim takes, of the longest prompts; 0 where that is less
 * than a minute. */
LSA_API double lsa_verify_sampling_seconds(const lsa_experiment *experiment);

/* How many of the claims that the study was asked for have no result among these: those that an interrupt left. After
 * lsa_verify. */
LSA_API ptrdiff_t lsa_verify_left(lsa_study *study, const lsa_claim_result *results, ptrdiff_t count);

/* fails if any fails; else inconclusive if any is, or if none is judged; else holds. */
LSA_API lsa_verdict lsa_verify_overall(const lsa_claim_result *results, ptrdiff_t count);

LSA_END_DECLS

#endif
