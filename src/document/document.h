/* document.h - what a study found, as records and as the fields of its documents.
 *
 * One file a question: derivation, evaluation, flow, prediction, tests, samples, verdicts. Each makes its record first, which the
 * program also prints as a table, and writes it into an open JSON object then. study_json.c puts them together. `texts` is an
 * arena of the caller's for reasons that records point at. A record that is made is cleared in any case, also after failure. */
#ifndef LSAFLOW_DOCUMENT_DOCUMENT_H
#define LSAFLOW_DOCUMENT_DOCUMENT_H

#include "lsaflow/arena.h"
#include "lsaflow/document.h"
#include "lsaflow/study.h"
#include "lsaflow/verify.h"
#include "report/report.h"
#include "verify/conserved.h"
#include "verify/many_starts.h"
#include "verify/mutants.h"
#include "verify/text_figure.h"

/* ---- answers.c: what all documents say in the same way ------------------------------------------------------------ */

/* "parameters"-like object of a state (user's basis). */
void document_state(const lsa_study *study, lsa_json *json, const char *name, const lsa_program *program,
                    const double *state, lsa_detail detail);

/* *out = u U of a state (user's basis) whose px and k vanish, d x d, owned by the caller; NULL without failure where there
 * is none. */
lsa_status document_product(lsa_study *study, const double *state, double **out, lsa_error *err);

/* The factor c of a test whose context covariance is written as c times the training law's, else NULL; test may be NULL. */
const double *document_scale_of(const lsa_setting *test);

/* The answer to one question of a test: LSA_OK with *reason NULL where `status` is; where it is no answer
 * (lsa_status_is_no_answer), LSA_OK with *reason the story, in `texts`; else the failure itself. One test's reason so stands
 * beside the other tests' numbers. */
lsa_status document_reason(lsa_arena *texts, lsa_status status, const lsa_error *story, const char **reason,
                           lsa_error *err);

/* ---- derivation.c ------------------------------------------------------------------------------------------------- */

/* "statement", "loss", "gradient". */
lsa_status document_derivation(lsa_json *json, const lsa_derivation *derivation, lsa_error *err);

/* ---- evaluation.c ------------------------------------------------------------------------------------------------- */

/* At the initial parameters; the gradient in the user's basis. */
typedef struct document_evaluation {
    const lsa_program *program;
    const double *parameters;
    double loss, *gradient;
} document_evaluation;
lsa_status document_evaluate(lsa_study *study, document_evaluation *out, lsa_error *err);
void document_evaluation_clear(document_evaluation *at);
/* "loss", "gradient", "parameters". */
void document_evaluation_json(const lsa_study *study, lsa_json *json, const document_evaluation *at);

/* ---- flow.c ------------------------------------------------------------------------------------------------------- */

/* "samples", "final", "minimum", "conserved", "events", "solver". */
lsa_status document_flow(lsa_study *study, lsa_json *json, const lsa_trajectory *trajectory, lsa_error *err);
/* The tests at the end of the flow, as document_tests; where rounding hides the loss there it hides their errors too. */
lsa_status document_flow_tests(lsa_study *study, lsa_arena *texts, const lsa_trajectory *trajectory,
                               lsa_report_test **out, lsa_error *err);

/* What is written of the parameters in that many samples, as the model file asks; first: the state of the first of them, NULL
 * where states were dropped: nothing. */
lsa_detail document_flow_detail(const lsa_experiment *experiment, const lsa_program *program, const double *first,
                                ptrdiff_t samples);

/* "gap", "gradient", "time", "wall", "interrupt", "failure". */
const char *document_stop_text(lsa_stop_reason reason);

/* Why rounding hides numbers of the trajectory; NULL where it hides none. */
enum { DOCUMENT_HIDDEN = 160 };
const char *document_hidden_text(const lsa_trajectory *trajectory, char buffer[DOCUMENT_HIDDEN]);

/* ---- prediction.c ------------------------------------------------------------------------------------------------- */

/* Everything that is predicted besides the tests; arrays owned. */
typedef struct document_prediction {
    ptrdiff_t d;
    double loss, *A;
    const char *open; /* why the start leaves the limit open; NULL: it does not */
    double *Gamma;    /* NULL where every prompt draws its own covariance: then the averages below */
    double *signal;   /* E[Lambda Omega Lambda]                                                    */
    double *rates;    /* h_ij, NULL unless the law is diagonal                                     */
    ptrdiff_t count;
    lsa_theory_constant constants[LSA_THEORY_CONSTANTS_MAX];
} document_prediction;
lsa_status document_predict(lsa_study *study, document_prediction *out, lsa_error *err);
void document_prediction_clear(document_prediction *prediction);
/* "minimum", "constants". */
lsa_status document_prediction_json(lsa_study *study, lsa_json *json, const document_prediction *prediction,
                                    lsa_error *err);

/* ---- best.c ------------------------------------------------------------------------------------------------------- */

/* What is predicted of a statement that theory does not know: its least loss where the form of the loss tells it, else the ends of
 * many starts. */
typedef struct document_lowest {
    double minimum;      /* NAN: not known                                             */
    const double *point; /* parameters that have it; NULL: not known                   */
    many_ends found;     /* where the minimum is not known                             */
} document_lowest;
/* What `out` points at lives in `texts`. */
lsa_status document_find_lowest(lsa_study *study, lsa_arena *texts, document_lowest *out, lsa_error *err);
/* Parameters of the minimum or of the lowest end, user's basis; NULL where the minimum is known and where it is is not. */
const double *document_lowest_point(const document_lowest *lowest);
/* "minimum", and "best" where that is not known. */
lsa_status document_lowest_json(lsa_study *study, lsa_json *json, const document_lowest *lowest, lsa_error *err);

/* ---- tests.c ------------------------------------------------------------------------------------------------------ */

/* Test errors at given parameters (user's basis), or, with parameters NULL, at the predicted limit with the terms of
 * Theorem 4.2. *out is an array of n_tests entries that the caller frees. */
lsa_status document_tests(lsa_study *study, lsa_arena *texts, const double *parameters, lsa_report_test **out,
                          lsa_error *err);

/* ---- samples.c ---------------------------------------------------------------------------------------------------- */

/* One sampled test; the report points at the baselines. */
typedef struct document_sampled {
    bool drawn;
    lsa_report_sample report;
    lsa_report_baseline baselines[LSA_BASELINE_COUNT];
    lsa_sample_result result; /* where drawn */
} document_sampled;

typedef struct document_samples {
    ptrdiff_t count; /* tests that were finished, the first ones */
    document_sampled *tests;
    lsa_report_sample *reports; /* of the tests, one after the other */
} document_samples;
/* At given parameters, or, with `at` NULL, at the predicted limit. A setting that cannot be drawn has its reason. After
 * LSA_ERR_INTERRUPTED the samples hold what was finished. */
lsa_status document_sample(lsa_study *study, lsa_arena *texts, const double *at, document_samples *out, lsa_error *err);
void document_samples_clear(document_samples *samples);

/* ---- verdicts.c --------------------------------------------------------------------------------------------------- */

typedef struct document_verdicts {
    ptrdiff_t count;
    lsa_claim_result *results;
    lsa_arena *arena;
    lsa_report_claim *claims; /* the same as records, in the arena */
    lsa_verdict verdict;
    const char *text; /* of the verdict; "interrupted" where it was */
    ptrdiff_t left;   /* claims that an interrupt left */
    lsa_units units;
    lsa_second_road road;
} document_verdicts;
/* After LSA_ERR_INTERRUPTED the verdicts hold what was judged. */
lsa_status document_verify(lsa_study *study, document_verdicts *out, lsa_error *err);
void document_verdicts_clear(document_verdicts *verdicts);
/* "claims", "verdict", and "units", "fresh_samples", "second_road", "claims_left" where there is something to say. */
void document_verdicts_json(lsa_json *json, const document_verdicts *verdicts);

/* ---- conservation.c ----------------------------------------------------------------------------------------------- */

/* One conserved quantity along a trajectory. */
typedef struct document_course {
    const char *formula;
    ptrdiff_t side; /* it is side x side */
    double *start;
    double *size;  /* at every sample its value, of a matrix its norm */
    double *drift; /* at every sample the largest |change| of an entry since the start */
    double largest;
} document_course;

typedef struct document_courses {
    conserved_list list;
    ptrdiff_t count;
    document_course *all;
} document_courses;
/* Of a statement that theory does not know; nothing of others, where states were dropped, and beyond 400 parameters. */
lsa_status document_follow(lsa_study *study, const lsa_trajectory *trajectory, document_courses *out, lsa_error *err);
void document_courses_clear(document_courses *courses);
/* "conserved_forms" where they were sought. */
void document_courses_json(lsa_json *json, const document_courses *courses);

/* ---- drawings.c --------------------------------------------------------------------------------------------------- */

/* The figures that the model file writes itself. */
typedef struct document_drawings {
    ptrdiff_t count;
    text_drawing *figures;
} document_drawings;
lsa_status document_draw(lsa_study *study, document_drawings *out, lsa_error *err);
void document_drawings_clear(document_drawings *drawings);
/* "figures" where there are any. */
void document_drawings_json(lsa_json *json, const document_drawings *drawings);

/* ---- mutant_records.c --------------------------------------------------------------------------------------------- */

/* "this model cannot tell: change data.context to 21" */
lsa_status document_mutant_words(const mutant_result *result, struct lsa_text *out, lsa_error *err);
ptrdiff_t document_mutants_count(const mutant_table *table, mutant_outcome outcome);
/* "mutants", "mutants_left_out". */
void document_mutants_json(lsa_json *json, const mutant_table *table);

#endif
