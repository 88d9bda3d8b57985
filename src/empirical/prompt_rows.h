/* prompt_rows.h - numbers of many prompts side by side: what a prompt draws, what predicts on it. A number of one kind is a row,
 * one lane a prompt; each prompt's numbers are a function of its own index alone. */
#ifndef LSAFLOW_EMPIRICAL_PROMPT_ROWS_H
#define LSAFLOW_EMPIRICAL_PROMPT_ROWS_H

#include "empirical/baseline.h"

typedef enum lsa_row_kind {
    LSA_ROW_PREDICTION, /* of the statement at the parameters                                */
    LSA_ROW_TARGET,     /* its target, or the query's label with its noise where a test has it */
    LSA_ROW_GAUSSIAN,   /* symbol `which` of the statement, all members of a family          */
    LSA_ROW_CONTEXT,    /* x_1 .. x_M, d rows each                                           */
    LSA_ROW_LABELS,     /* y_1 .. y_M                                                        */
    LSA_ROW_QUERY,      /* d rows                                                            */
    LSA_ROW_TASK,       /* d rows                                                            */
    LSA_ROW_COVARIANCE, /* this prompt's own Lambda, d^2 rows                                */
    LSA_ROW_BASELINE,   /* prediction of baseline number `which`                             */
    LSA_ROW_RIDGE       /* prediction of (X'X + number I)^-1 X'y                             */
} lsa_row_kind;

typedef struct lsa_row_request {
    lsa_row_kind kind;
    int which;
    double number;
    ptrdiff_t first; /* its first row */
} lsa_row_request;

typedef struct lsa_prompt_rows lsa_prompt_rows;

/* How many rows a request of that kind takes, and the members of a family (else 1). LSA_ERR_UNABLE where the law does not draw
 * it: the task of labels that are no <w, x>, a baseline without a prediction. */
lsa_status lsa_row_size(const lsa_experiment *experiment, const lsa_prompt_law *law, lsa_row_kind kind, int which,
                        ptrdiff_t *rows, ptrdiff_t *members, lsa_error *err);

/* Of prompts of the law with these requests (borrowed), at the parameters (borrowed; NULL where no prediction is asked). `fast`:
 * from the law of what a prediction depends on, where no more than prediction and target are asked and that applies; so it is
 * where a thread would take more than a minute for the first look. LSA_ERR_UNABLE: no such prompts. */
lsa_status lsa_prompt_rows_create(const lsa_experiment *experiment, const lsa_prompt_law *law, const double *parameters,
                                  uint64_t seed, bool fast, ptrdiff_t n, const lsa_row_request *requests,
                                  lsa_prompt_rows **out, lsa_error *err);
void lsa_prompt_rows_destroy(lsa_prompt_rows *rows);
/* Of the baselines that were asked. */
const lsa_baselines *lsa_prompt_rows_baselines(const lsa_prompt_rows *rows);
/* How the prediction grows with one covariate of the context. */
double lsa_prompt_rows_degree(const lsa_prompt_rows *rows);

/* One thread's scratch. */
typedef struct lsa_prompt_filler lsa_prompt_filler;
lsa_status lsa_prompt_filler_create(const lsa_prompt_rows *rows, lsa_prompt_filler **out, lsa_error *err);
void lsa_prompt_filler_destroy(lsa_prompt_filler *filler);
/* Prompts first .. first + count - 1 into lanes 0 .. count - 1 of rows of `width` lanes, count <= width, width a multiple of 8. */
void lsa_prompt_rows_fill(const lsa_prompt_rows *rows, lsa_prompt_filler *filler, uint64_t first, ptrdiff_t count,
                          ptrdiff_t width, double *out);

#endif
