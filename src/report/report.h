/* report.h - results on their way out: JSON, CSV, text tables, a run directory with figures and one HTML page.
 *
 * What comes in are plain records defined here, so a report knows nothing of how a number was found. Builders
 * (lsa_json, lsa_table) have a sticky failure: a NULL builder and one whose memory ran out accept every call and do nothing, and
 * the rendering at the end says LSA_ERR_MEMORY once. All texts are copied, and all are the user's: they are escaped for
 * JSON, CSV, HTML and gnuplot here and never executed. Invalid UTF-8 becomes U+FFFD. */
#ifndef LSAFLOW_REPORT_REPORT_H
#define LSAFLOW_REPORT_REPORT_H

#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct lsa_text;

/* A number, or the reason why there is none. NAN and infinities do not exist in JSON; reason NULL then reads
 * "infinite" or "not a number". The reason is ignored where the value is finite. */
typedef struct lsa_quantity {
    double value;
    const char *reason;
} lsa_quantity;

/* ---------------------------------------------------------------- JSON
 * Builds one document, an object at the root. Inside an object every call names its field; inside an array the name is
 * NULL. Numbers print with 17 significant digits and read back as they were. */
typedef struct lsa_json lsa_json;

/* An empty document; NULL when memory is out. */
lsa_json *lsa_json_create(void);
void lsa_json_destroy(lsa_json *json);

/* Open an object or an array, until the lsa_json_end that belongs to it. */
void lsa_json_object(lsa_json *json, const char *name);
void lsa_json_array(lsa_json *json, const char *name);
void lsa_json_end(lsa_json *json);

/* One value; text NULL: null. */
void lsa_json_string(lsa_json *json, const char *name, const char *text);
void lsa_json_bool(lsa_json *json, const char *name, bool value);
void lsa_json_integer(lsa_json *json, const char *name, ptrdiff_t value);
/* A value that is not finite becomes null, and in an object "<name>_reason" stands beside it. */
void lsa_json_number(lsa_json *json, const char *name, double value);
void lsa_json_quantity(lsa_json *json, const char *name, lsa_quantity quantity);
/* A context length: an integer; null with context_reason "infinite" at M = infinity. */
void lsa_json_context(lsa_json *json, const char *name, double context);
/* null, with "<name>_reason": reason beside it. */
void lsa_json_null(lsa_json *json, const char *name, const char *reason);
/* n numbers as an array; entries that are not finite are null, with one "<name>_reason" beside the array. */
void lsa_json_vector(lsa_json *json, const char *name, ptrdiff_t n, const double *x);
/* A, rows x cols column-major, as an array of rows; never squeezed. */
void lsa_json_matrix(lsa_json *json, const char *name, ptrdiff_t rows, ptrdiff_t cols, const double *A);

/* How much of a state is written. */
typedef enum lsa_detail {
    LSA_DETAIL_ALL,      /* every entry                                                        */
    LSA_DETAIL_DIAGONAL, /* of square blocks the diagonal only, as the vector "<name>_diagonal" */
    LSA_DETAIL_NONE
} lsa_detail;
/* The parameters as an object, one field per block by the shape that the statement gives its symbol, so that nothing
 * is squeezed where a dimension is 1: 1 x 1 a number, [d, 1] a flat array, else an array of rows; a family is an array
 * over its heads. LSA_DETAIL_NONE: null with a reason. Only the symbols' dims are read from the statement. */
void lsa_json_parameters(lsa_json *json, const char *name, const lsa_statement *statement, ptrdiff_t n_blocks,
                         const lsa_block *blocks, const double *state, lsa_detail detail);

/* Appends the document and a newline to out; every object and array must have ended. LSA_ERR_MEMORY. */
lsa_status lsa_json_render(const lsa_json *json, struct lsa_text *out, lsa_error *err);
/* Prints it on a stream and flushes. LSA_ERR_MEMORY, LSA_ERR_WRITE. */
lsa_status lsa_json_print(const lsa_json *json, FILE *stream, lsa_error *err);

/* ---------------------------------------------------------------- tables
 * One table, three renderings: CSV with every digit, aligned text for a terminal, HTML. Cells are filled row by row. */
typedef struct lsa_table lsa_table;

typedef struct lsa_table_column {
    const char *name;    /* CSV header and gnuplot's name for it: "gap"               */
    const char *unit;    /* "s"; NULL: dimensionless. The CSV header reads "name [s]" */
    const char *heading; /* for readers: "relative gap"; NULL: the name               */
    int digits;          /* significant digits for readers; 0: 6                      */
    bool verdict;        /* cells are verdicts, coloured where colour is allowed      */
} lsa_table_column;

/* A table without rows, n_columns > 0; the columns and their texts are copied. NULL when memory is out. */
lsa_table *lsa_table_create(ptrdiff_t n_columns, const lsa_table_column *columns);
void lsa_table_destroy(lsa_table *table);
void lsa_table_number(lsa_table *table, double value);     /* the next cell; NAN: no value */
void lsa_table_string(lsa_table *table, const char *text); /* the next cell; NULL: empty   */
ptrdiff_t lsa_table_rows(const lsa_table *table);          /* whole rows so far            */

/* RFC 4180 with "\n" line ends: a header line, then the shortest decimals that read back ("nan", "inf" where a number
 * is none). */
lsa_status lsa_table_csv(const lsa_table *table, struct lsa_text *out, lsa_error *err);
/* Aligned text: numbers to the right, text to the left, widths in terminal columns of the UTF-8 text; control
 * characters are shown as U+FFFD. */
lsa_status lsa_table_render(const lsa_table *table, bool colour, struct lsa_text *out, lsa_error *err);
lsa_status lsa_table_html(const lsa_table *table, struct lsa_text *out, lsa_error *err);
/* lsa_table_render on a stream, coloured if it is a terminal that wants colour (NO_COLOR unset). LSA_ERR_WRITE. */
lsa_status lsa_table_print(const lsa_table *table, FILE *stream, lsa_error *err);

/* Appends text in a form that is safe on a terminal: one line, valid UTF-8, no control characters. */
void lsa_report_printable(struct lsa_text *out, const char *text);
/* The same on a stream, without memory. */
void lsa_report_print(FILE *stream, const char *text);

/* ---------------------------------------------------------------- records: claims, tests, samples */

typedef struct lsa_report_hypothesis {
    const char *name;          /* "sigma^2 ||Gamma|| sqrt(d) < 2"                                 */
    lsa_quantity value, bound; /* both sides as numbers                                           */
    lsa_quantity margin;       /* distance to the bound, positive where met                       */
    bool met;
} lsa_report_hypothesis;

typedef struct lsa_report_claim {
    const char *name, *source; /* "theorem-4.1-limit", "Theorem 4.1 (5.9)"                        */
    const char *summary;       /* in words; NULL: none                                            */
    const char *test;          /* name of the test setting it is about; NULL: none                */
    double context;            /* its M; NAN: none                                                */
    const double *scale;       /* c, where its covariance is c times the training law's; or NULL  */
    ptrdiff_t n_hypotheses;
    const lsa_report_hypothesis *hypotheses;
    lsa_quantity predicted, measured;
    lsa_quantity tolerance;  /* of an equality                                                  */
    lsa_quantity slack;      /* of an inequality                                                */
    double relative_error;   /* of a sampled side, signed; NAN: nothing was sampled             */
    lsa_quantity resolution; /* the least relative change of the predicted side refuted         */
    int confirmations;       /* further computations asked whether it is refuted; 0: none       */
    bool withdrawn;          /* they did not agree                                              */
    bool fresh;              /* a sampled miss was judged once more, on fresh prompts:          */
    lsa_quantity fresh_measured, fresh_tolerance;
    const char *verdict; /* "holds" | "fails" | "inconclusive" | "not-applicable" | "proved" */
    const char *why;
    const char *formula; /* of a claim that the model file writes itself; NULL: a published one. Only with it:      */
    const char *each;    /* "k = 2"; "": no `for`                                                                */
    const char *kind, *witnesses[2], *place, *span; /* texts, "" where there is none                             */
    bool enclosed, tautology, tight;
} lsa_report_claim;

/* One entry of `tests`, analytic: error = E(yhat - y_query)^2, without 1/2. */
typedef struct lsa_report_test {
    const char *name;
    double context;      /* M >= 0, INFINITY allowed                                            */
    const double *scale; /* c, where the covariance is c times the training law's; NULL: is not */
    lsa_quantity error, best_linear, context_term, training_term;
    lsa_quantity shift, finite_training, finite_context; /* parts of the error above best_linear, (W21) */
} lsa_report_test;

typedef struct lsa_report_baseline {
    const char *name; /* "ols", ... */
    lsa_quantity error, standard_error;
    lsa_quantity difference,
        difference_error; /* the model's error minus this one, prompt by prompt; its standard error */
} lsa_report_baseline;

/* One entry of `tests`, sampled. */
typedef struct lsa_report_sample {
    const char *name;
    double context;
    const double *scale; /* as of lsa_report_test                                              */
    lsa_quantity error, standard_error;
    lsa_quantity half_width;      /* of the interval around error                                    */
    lsa_quantity predicted;       /* the analytic error, for comparison                              */
    lsa_quantity predicted_error; /* the standard error that this many prompts must have, analytic */
    lsa_quantity detects; /* the relative deviation of `predicted` that the interval notices but for 0.1 % of samples */
    lsa_quantity controlled, controlled_error; /* the error by the control variate; its standard error */
    lsa_quantity reduction;                    /* the variance of controlled over that of error        */
    ptrdiff_t prompts;
    bool resolved; /* the interval met the asked relative error                       */
    ptrdiff_t n_baselines;
    const lsa_report_baseline *baselines;
} lsa_report_sample;

/* The arrays "claims" and "tests" of the JSON contract, into the open object. */
void lsa_json_claims(lsa_json *json, ptrdiff_t n, const lsa_report_claim *claims);
void lsa_json_tests(lsa_json *json, ptrdiff_t n, const lsa_report_test *tests);
void lsa_json_samples(lsa_json *json, ptrdiff_t n, const lsa_report_sample *samples);

/* The same as tables (claim | source | predicted | measured | tolerance or slack | verdict; ...). NULL: memory. */
lsa_table *lsa_report_claims_table(ptrdiff_t n, const lsa_report_claim *claims);
lsa_table *lsa_report_tests_table(ptrdiff_t n, const lsa_report_test *tests);
/* For a terminal: the error and, where any test has them, its parts. */
lsa_table *lsa_report_brief_tests_table(ptrdiff_t n, const lsa_report_test *tests);
lsa_table *lsa_report_samples_table(ptrdiff_t n, const lsa_report_sample *samples);

/* ---------------------------------------------------------------- the run directory
 * out/<model>/: CSV, JSON, gnuplot scripts, figures and index.html. Every file is written beside its name and renamed,
 * so a reader never sees half of one. A figure's script stands beside its data: `gnuplot gap.gp` draws it again. */
typedef struct lsa_run_directory lsa_run_directory;

typedef struct lsa_run_options {
    const char *path;                       /* made with its parents                                              */
    const char *title;                      /* the user's                                                         */
    const char *subtitle;                   /* one line for the page ("lsaflow verify models/x.yaml"); may be NULL */
    const volatile sig_atomic_t *interrupt; /* figures are left out once it is not 0; NULL: never      */
    bool plots;                             /* run gnuplot on the scripts                                         */
    FILE *messages;                         /* one line per warning (no gnuplot, a figure failed); NULL: quiet    */
    double plot_seconds;                    /* time limit of one gnuplot, > 0                                     */
} lsa_run_options;
/* path "out", no title, plots, messages on stderr, 60 seconds. */
lsa_run_options lsa_run_options_defaults(void);

/* Makes the directory and its parents. LSA_ERR_WRITE when one cannot be made, LSA_ERR_MEMORY. */
lsa_status lsa_run_directory_create(const lsa_run_options *options, lsa_run_directory **out, lsa_error *err);
void lsa_run_directory_destroy(lsa_run_directory *directory);

/* summary.json. */
lsa_status lsa_run_directory_json(lsa_run_directory *directory, const lsa_json *json, lsa_error *err);
/* A line of what the page says of the setting; name: ours, in HTML. */
void lsa_run_directory_setting(lsa_run_directory *directory, const char *name, const char *value);
/* <stem>.csv; with a heading the table also stands on the page under it (NULL: the file only).
 * stem: lower-case letters, digits and '-' (asserted). */
lsa_status lsa_run_directory_table(lsa_run_directory *directory, const char *stem, const char *heading,
                                   const lsa_table *table, lsa_error *err);
/* verdicts.csv, and on the page the verdict on top and a section of claims; `verdict` is the overall one, `left` the claims
 * that an interrupt left. */
lsa_status lsa_run_directory_claims(lsa_run_directory *directory, ptrdiff_t n, const lsa_report_claim *claims,
                                    const char *verdict, ptrdiff_t left, lsa_error *err);
/* Writes index.html; call it last. */
lsa_status lsa_run_directory_finish(lsa_run_directory *directory, lsa_error *err);

/* ---------------------------------------------------------------- figures
 * Each writes its data as <stem>.csv and its script as <stem>.gp, runs gnuplot and adds the figure to the page:
 * <stem>.png and <stem>.svg. A missing or failing gnuplot is a warning line, not a failure. */

typedef struct lsa_report_mode {
    double eigenvalue;    /* lambda_i, for the key                            */
    const double *values; /* U_ii along the run in Lambda's eigenbasis, count */
    double limit;         /* predicted; NAN: none                             */
} lsa_report_mode;

/* A run as it is drawn; arrays of `count`, NULL where not known. */
typedef struct lsa_report_flow {
    ptrdiff_t count;
    const double *time, *loss, *gap;
    const double *action; /* int_0^t u^2: for the sharp bound gap(0) exp(-2 sharp action)         */
    double mu;            /* the paper's PL constant (5.7): gap(0) exp(-mu t); NAN: not drawn     */
    double sharp;         /* gamma_min lambda_min^2; NAN: not drawn                               */
    double local_rate;    /* predicted exponential rate of the gap near the end; NAN: not drawn   */
    const double *u;
    double u_limit;    /* predicted; NAN: none                                                 */
    ptrdiff_t n_modes; /* at most LSA_FIGURE_MODES are drawn, the greatest to the least        */
    const lsa_report_mode *modes;
} lsa_report_flow;
enum { LSA_FIGURE_MODES = 6 };

/* The gap against time, log-log, with the bounds: stem "gap". */
lsa_status lsa_figure_gap(lsa_run_directory *directory, const char *stem, const lsa_report_flow *flow, lsa_error *err);
/* u and U's entries in the eigenbasis, with the predicted limits dashed: stem "parameters". */
lsa_status lsa_figure_parameters(lsa_run_directory *directory, const char *stem, const lsa_report_flow *flow,
                                 lsa_error *err);

/* The run as a table for trajectory.csv: time, loss, gap, action, and the entries of `states` (count pointers, user's
 * basis; NULL: none) as columns "u", "px[1]", "U[1][2]" (indices from 1; of a family "U[h][i][j]"). NULL: memory. */
lsa_table *lsa_report_trajectory_table(const lsa_report_flow *flow, const lsa_statement *statement, ptrdiff_t n_blocks,
                                       const lsa_block *blocks, const double *const *states, lsa_detail detail);

/* min(d, limit) indices into `eigenvalues` (d >= 1, any order), from the greatest to the least eigenvalue, evenly
 * spaced in rank; returns their number. For large d: which modes to draw. LSA_ERR_MEMORY as -1. */
ptrdiff_t lsa_report_choose_modes(ptrdiff_t d, const double *eigenvalues, ptrdiff_t limit, ptrdiff_t *chosen);

/* One curve or set of points. Series of one label, in whatever panel, share an entry of the legend. */
typedef struct lsa_report_series {
    const char *label; /* NULL: not in the legend                                                      */
    bool points;       /* points with bars of two standard errors; else a line                         */
    int colour;        /* 0 .. 7, those of Okabe and Ito: black, orange, sky, green, blue, vermilion, purple, grey */
    double shade;      /* 0: that colour .. 1: white                                                   */
    int dash;          /* a line: 0 solid, 1 dashed, 2 dotted, 3 dash and dot                          */
    int marker;        /* points: 0 disc, 1 square, 2 triangle, 3 diamond, 4 circle, 5 open square     */
    ptrdiff_t n;
    const double *x, *y;      /* y not finite: a gap                                                          */
    const double *sigma;      /* standard errors of the points; NULL or NAN: no bar                           */
    const double *low, *high; /* ends of the bars, instead of sigma; NULL: none                            */
} lsa_report_series;

/* Of an axis. LOGARITHMIC: what is not positive, or of y below 1e-18 of the greatest, is left out. AUTOMATIC: logarithmic where it spans a factor of 8, and of x where 0 is
 * not on it; of y what is not positive, or below 1e-9 of the greatest, is left out then. */
typedef enum lsa_report_scale { LSA_SCALE_AUTOMATIC, LSA_SCALE_LINEAR, LSA_SCALE_LOGARITHMIC } lsa_report_scale;

typedef struct lsa_report_panel {
    const char *title; /* the user's, drawn where there are several panels; may be NULL */
    double mark;       /* the training length, a line at this x; NAN: none              */
    lsa_report_scale y_scale;
    ptrdiff_t n_series;
    const lsa_report_series *series;
} lsa_report_panel;

enum { LSA_FIGURE_PANELS = 6 };

/* The first series of a panel is drawn over the others and leads the legend. Panels share the x axis and the legend, which
 * stands below them. */
typedef struct lsa_report_panels {
    const char *x_label, *y_label; /* in gnuplot's enhanced notation: not the user's text       */
    const char *name;              /* the user's, after the title; NULL: none                   */
    const char *caption;
    bool fraction; /* y is a fraction, its axis from 0 to 1 */
    lsa_report_scale x_scale;
    ptrdiff_t n_panels; /* 1 .. LSA_FIGURE_PANELS */
    const lsa_report_panel *panels;
} lsa_report_panels;
lsa_status lsa_figure_panels(lsa_run_directory *directory, const char *stem, const lsa_report_panels *panels,
                             lsa_error *err);

/* Appends a formula as a reader likes it: Greek letters for their names, a dot for a product, raised digits for powers. */
void lsa_report_formula(struct lsa_text *out, const char *formula);

/* One run of one solver in a diagram of work and precision. */
typedef struct lsa_report_work {
    const char *series;    /* the curve that it lies on; at most LSA_FIGURE_SERIES of them are drawn */
    double error, seconds; /* NAN: no point                                                          */
} lsa_report_work;
enum { LSA_FIGURE_SERIES = 6 };
/* Seconds against the error reached, log-log, a curve joining the points of a series in their order: stem "precision". */
lsa_status lsa_figure_precision(lsa_run_directory *directory, const char *stem, const char *title, ptrdiff_t n,
                                const lsa_report_work *points, lsa_error *err);

/* Discrete training beside the flow, as it is drawn: arrays of `count`, NULL or NAN where not known. */
typedef struct lsa_report_training {
    ptrdiff_t count;
    const double *step;
    const double *time;    /* of the flow that the steps follow; NULL or NAN: they follow none, steps are drawn */
    const double *to_flow; /* |theta - theta_flow| / |theta_flow|                                    */
    const double *to_limit, *flow_to_limit; /* |uU - A| / |A| of the steps, of the flow                  */
    double average_to_limit;                /* of the tail average; NAN: none                            */
} lsa_report_training;
/* How far the steps are from the flow at their time, and both from the predicted limit, log-log: stem "training". */
lsa_status lsa_figure_training(lsa_run_directory *directory, const char *stem, const lsa_report_training *training,
                               lsa_error *err);

/* ---------------------------------------------------------------- progress */

/* One line on a terminal, redrawn at most ten times a second; silent anywhere else. */
typedef struct lsa_progress {
    FILE *stream;
    bool shown;        /* stream is a terminal and nobody asked for quiet */
    const char *label; /* borrowed                                        */
    double last;       /* seconds, of the last drawing                    */
} lsa_progress;
void lsa_progress_init(lsa_progress *progress, FILE *stream, bool quiet, const char *label);
/* fraction in [0, 1] (NAN: unknown); note may be NULL. */
void lsa_progress_update(lsa_progress *progress, double fraction, const char *note);
/* Wipes the line. */
void lsa_progress_clear(lsa_progress *progress);

#endif
