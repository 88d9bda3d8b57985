/* claim.h - how one claim is judged. */
#ifndef LSAFLOW_VERIFY_CLAIM_H
#define LSAFLOW_VERIFY_CLAIM_H

#include "verify/study.h"

/* Results as they come: a claim may give one, or one for each test. */
typedef struct claim_list {
    lsa_claim_result *results;
    ptrdiff_t count, capacity;
} claim_list;

/* What a claim works with. */
typedef struct claim_context {
    lsa_study *study;
    const lsa_experiment *experiment;
    const lsa_claim *claim;
    bool published;
    const lsa_text_claim *text;             /* the claim where it is a formula, else NULL */
    const struct text_instances *instances; /* and its formulas (text_each.h); NULL: it is none of this statement ... */
    const char *misses;                     /* ... because of this */
    double alpha;                           /* this claim's share of the false-alarm budget */
    claim_list *out;
} claim_context;

/* A new result of this claim in the list: numbers NAN, verdict not-applicable. *out is valid until the next one. */
lsa_status claim_add(const claim_context *context, lsa_claim_result **out, lsa_error *err);
/* Sets the reason, formatted; it is cut to fit. */
void claim_why(lsa_claim_result *result, const char *format, ...);
/* Adds a hypothesis that the claim needs; and one of the paper that the claim does without. */
void claim_note(lsa_claim_result *result, const char *name, double value, double bound, bool met);
void claim_suppose(lsa_claim_result *result, const char *name, double value, double bound, bool met);
/* True when every hypothesis is met; else the verdict becomes not-applicable and the reason names the first that fails. */
bool claim_applies(lsa_claim_result *result);

/* predicted == measured, both together off by `tolerance` at most: holds within it, fails ten times beyond, else
 * inconclusive. */
void claim_equal(lsa_claim_result *result, double predicted, double measured, double tolerance);
/* A second number of a claim that holds so far, in the same way; the reason where it does not agree. */
void claim_also(lsa_claim_result *result, double difference, double tolerance, const char *format, ...);
/* What is predicted by two exact witnesses, closed form and derived polynomial at the same point, both together off by
 * `tolerance` at most: where they contradict each other the claim fails, whatever prompts could decide. */
void claim_witnesses(lsa_claim_result *result, double closed_form, double derived, double tolerance);
/* measured >= bound (at_least) or measured <= bound: slack is their quotient, above 1 where there is room; `rounding` is
 * the relative error of the measurement. */
void claim_at_least(lsa_claim_result *result, double bound, double measured, double rounding);
void claim_at_most(lsa_claim_result *result, double bound, double measured, double rounding);

/* measured >= bound, for a number of the path. */
void claim_bounded_below(lsa_claim_result *result, double bound, path_number measured);

/* The size that the difference of an equality is a share of, where it is not that of the predicted side. */
void claim_scale(lsa_claim_result *result, double size);

/* A limit of that size, known no better than to 1 % of it, decides nothing: what holds becomes inconclusive. */
void claim_require_fine(lsa_claim_result *result, double size);

/* LSA_ERR_UNABLE where every prompt draws its own covariance: the claim is about one. */
lsa_status claim_require_fixed(const lsa_study *study, lsa_error *err);

/* claims_error.c: E y_query^2 of a test, which is the error of the zero predictor, by theory. */
lsa_status claim_label_square(const lsa_setting *test, double *out, lsa_error *err);

/* By how much the losses of theory and engine at the minimum may differ, as a share of the loss at zero, because constants are
 * rounded: 0 where d <= 64, for which theory computes in extended precision, and Lambda Omega Lambda is diagonal where
 * Lambda is. Otherwise its entries are rounded at the largest, |Lambda|^2 |Omega|, which u^2 tr(Lambda Omega Lambda U Lambda U')
 * takes tr(A Lambda A') times, some 1/lambda_min: 10 eps cond(Lambda). */
double claim_constants_rounding(const lsa_predictions *p);

/* What rounding leaves between two evaluations of a test's error at the product A (d x d; NULL: not known): terms of the size
 * of E y^2 cancel, in products with A Lambda, whose entries are rounded at the size of |A| |Lambda|. */
double claim_witness_rounding(const lsa_setting *test, const double *A, double label_square);

/* The checks, one function a claim; they add their results to the context's list. */
typedef lsa_status claim_check(const claim_context *context, lsa_error *err);

/* A part of a claim that is judged by itself: where theory, engine or sampling has no answer (LSA_ERR_UNABLE,
 * LSA_ERR_DOMAIN), one not-applicable result with the reason stands in the place of its results. */
lsa_status claim_part(const claim_context *context, claim_check *check, lsa_error *err);

/* The claims that the study's experiment asks for now, in its own units; `net` confirms what is refuted and may serve again.
 * *results, to be freed, hold what was judged, also where the call was interrupted; after another error nothing. */
struct confirmer;
lsa_status claims_judge(lsa_study *study, struct confirmer *net, lsa_claim_result **results, ptrdiff_t *count,
                        lsa_error *err);

/* A claim as a part, with the mistake that the study asks for. */
lsa_status claim_judge(const claim_context *context, claim_check *check, lsa_error *err);

/* What a claim says of one test: `check` fills the result, which names the test already. */
typedef lsa_status claim_test_check(const claim_context *context, lsa_predictions *p, const lsa_setting *test,
                                    lsa_claim_result *result, lsa_error *err);
/* text_each.c: the formulas of all claims that the file wrote. LSA_ERR_INPUT with the place of the first that is none. */
typedef struct text_claims text_claims;
lsa_status text_claims_create(const lsa_experiment *experiment, text_claims **out, lsa_error *err);
void text_claims_destroy(text_claims *texts);
/* The formulas of one claim. */
typedef struct text_instances text_instances;
lsa_status text_instances_create(const lsa_experiment *experiment, const lsa_text_claim *claim, text_instances **out,
                                 lsa_error *err);
void text_instances_destroy(text_instances *instances);
/* text_claim.c: judges context->text. */
claim_check claim_text;

/* The text of a claim's formula, as it was written; and a set of witnesses as text, "model, flow". */
struct lsa_text;
const char *lsa_claim_formula(const lsa_text_claim *claim);
void lsa_claim_witnesses(unsigned witnesses, struct lsa_text *out);

/* Whether a claim speaks of test t of the experiment. */
typedef bool claim_test_filter(const lsa_experiment *experiment, ptrdiff_t t);
/* A context of one pair or more. */
claim_test_filter claim_has_context;
/* One result for each test that the filter takes (NULL: all), each a part by itself: no test hides another. */
lsa_status claim_each_test(const claim_context *context, claim_test_filter *speaks_of, claim_test_check *check,
                           lsa_error *err);

claim_check claim_statement_is_layer, claim_loss_by_sampling, claim_loss_by_cubature, claim_gradient_by_sampling,
    claim_quadratic_form, claim_non_convex, claim_scale_invariance, claim_reduced_blocks, claim_off_diagonal_decay,
    claim_test_error, claim_stationary_minimum, claim_fixed_points, claim_rank_one_point, claim_heads_conserved,
    claim_limit_product, claim_growth_rate, claim_local_rate, claim_limit_error, claim_context_rate,
    claim_least_squares, claim_plateaus, claim_escape_times, claim_competitive, claim_like_ols, claim_gd_follows_flow,
    claim_sgd_limit, claim_conserved, claim_falling_loss, claim_resting_point;

/* claims_own.c: theory speaks of the statement, and `claims` are those that say more; the reason says so. */
bool claim_is_known(const claim_context *context, lsa_claim_result *result, const char *claims);
/* claims_own.c: test-error of a statement that theory does not know. */
claim_check claim_own_test_error;

#endif
