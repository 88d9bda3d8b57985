/* empirical.h - the empirical witness: draws prompts, runs the layer on them, averages.
 *
 * Nothing here knows a moment formula. A prompt is drawn from its law, the layer of the paper's section 3
 *     f(E) = E + sum_h W^PV_h E (E' W^KQ_h E) / rho,      prediction = bottom-right entry of f(E)
 * is run on it (or, for a statement without `layer`, the statement's own expressions), and errors are averaged with an
 * interval. Prompt number i of a seed is a pure function of (seed, i), and sums are merged in a fixed order, so that
 * every digit of a result is the same for any number of threads.
 *
 * Errors are E (prediction - y_query)^2, without 1/2; gradients are those of the loss, with 1/2. Matrices are
 * column-major; D = d + 1. */
#ifndef LSAFLOW_EMPIRICAL_H
#define LSAFLOW_EMPIRICAL_H

#include "lsaflow/api.h"
#include "lsaflow/model.h"
#include "lsaflow/status.h"
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

LSA_BEGIN_DECLS

/* ---- The law of a prompt ---------------------------------------------------------------------------------------- */

/* A setting that can be drawn, x_i ~ N(0, covariance), y_i = <w, x_i> + eps_i, i = 1..M, x_q, and what else its task and its
 * flags say (setting.h), beside what sampling alone knows. Borrows what the setting points to. */
typedef struct lsa_prompt_law {
    lsa_setting setting;         /* any task but LSA_TASK_MOMENTS; M and rho below stand for its context            */
    ptrdiff_t d, M;              /* d >= 1, M >= 0                                                                  */
    double rho;                  /* the divisor of E E': M or M + 1; 0 for M = 0: the prediction is then 0          */
    const lsa_covariance *prior; /* what the ridge baseline takes for the covariance of w                           */
    ptrdiff_t n_tasks;           /* > 0: a Gaussian w is one of these instead, drawn with equal chances             */
    const double *tasks;         /* d x n_tasks                                                                     */
} lsa_prompt_law;

/* The law of one setting: M, rho and d = covariance->d as its numbers say, its own task covariance as prior, no pool.
 * LSA_ERR_UNABLE: an infinite context, a prompt of more than 2^27 numbers.
 * LSA_ERR_DOMAIN: a context length that is no integer >= 0, a query orthogonal to a context that may span the space. */
LSA_API lsa_status lsa_prompt_law_of(const lsa_setting *setting, lsa_prompt_law *out, lsa_error *err);
/* That of an experiment's training prompts / of the prompts of one of its tests (a task that is not Gaussian has the
 * training task's covariance as prior). LSA_ERR_UNABLE also for a task known by its moments only. */
LSA_API lsa_status lsa_prompt_law_training(const lsa_experiment *experiment, lsa_prompt_law *out, lsa_error *err);
LSA_API lsa_status lsa_prompt_law_test(const lsa_experiment *experiment, const lsa_setting *test, lsa_prompt_law *out,
                                       lsa_error *err);

/* Which sequence of prompts; sequences of one seed are independent. */
typedef enum lsa_prompt_use { LSA_PROMPTS_SAMPLE, LSA_PROMPTS_PILOT, LSA_PROMPTS_TRAIN } lsa_prompt_use;

/* The sequence of prompts of a law and a seed: a law with its factors, read-only, shared by threads. */
typedef struct lsa_prompts lsa_prompts;
LSA_API lsa_status lsa_prompts_create(const lsa_prompt_law *law, uint64_t seed, lsa_prompt_use use, lsa_prompts **out,
                                      lsa_error *err);
LSA_API void lsa_prompts_destroy(lsa_prompts *prompts);
LSA_API const lsa_prompt_law *lsa_prompts_law(const lsa_prompts *prompts);

/* One prompt, as numbers; the storage belongs to the prompt and is filled anew by each draw. */
typedef struct lsa_prompt {
    ptrdiff_t d, M;
    double rho;
    double *E;          /* D x (M + 1): columns (x_i; y_i), then (x_q; 0)                           */
    double *w;          /* d: the task                                                              */
    double *noise;      /* M: eps_i                                                                 */
    double target;      /* <w, x_q>; of a teacher or of rows the query's label without noise, and w is then 0 */
    double query_noise; /* eps_q, 0 unless the law has it: the label is target + query_noise   */
    uint64_t seed, index;
    int use; /* lsa_prompt_use                                                           */
    double *storage;
    struct lsa_prompt_scratch *scratch; /* what drawing needs beside the numbers above                              */
} lsa_prompt;

/* Room for one prompt of these prompts; the caller owns it. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_prompt_create(const lsa_prompts *prompts, lsa_prompt **out, lsa_error *err);
LSA_API void lsa_prompt_destroy(lsa_prompt *prompt);
/* Fills `prompt` (made for these prompts) with prompt number `index`. Longer contexts extend shorter ones: task, query
 * and the first pairs of prompt i do not depend on M. Cost O(dM), O(d^2 M) for a covariance with a basis. */
LSA_API void lsa_prompt_draw(const lsa_prompts *prompts, uint64_t index, lsa_prompt *prompt);
/* x_q, d numbers. */
LSA_API const double *lsa_prompt_query(const lsa_prompt *prompt);

/* ---- The layer -------------------------------------------------------------------------------------------------- */

/* W^PV and W^KQ of every head, D x D, whole; all zero when created. */
typedef struct lsa_layer lsa_layer;

/* masked: the query column is hidden from E E', f(E) = E + W^PV E J (E' W^KQ E)/rho, J = diag(1, .., 1, 0). */
LSA_API lsa_status lsa_layer_create(ptrdiff_t d, ptrdiff_t heads, bool masked, lsa_layer **out, lsa_error *err);
LSA_API void lsa_layer_destroy(lsa_layer *layer);
LSA_API ptrdiff_t lsa_layer_dim(const lsa_layer *layer);
LSA_API ptrdiff_t lsa_layer_heads(const lsa_layer *layer);
/* Head h (0-based) := W^PV = [0 0; px' u], W^KQ = [U 0; k' 0]; px, k of d numbers, U d x d; NULL is zero. */
LSA_API void lsa_layer_set_blocks(lsa_layer *layer, ptrdiff_t h, const double *px, double u, const double *U,
                                  const double *k);
/* The D x D matrices of head h, to be read or written. */
LSA_API double *lsa_layer_pv(lsa_layer *layer, ptrdiff_t h);
LSA_API double *lsa_layer_kq(lsa_layer *layer, ptrdiff_t h);

/* The layer as it is written, for prompts of M pairs; cost O(d^2 M + d M^2) per head, scratch of
 * lsa_layer_work_size doubles. rho = 0 gives f = E, prediction and gradient 0. */
LSA_API ptrdiff_t lsa_layer_work_size(const lsa_layer *layer, ptrdiff_t M);
/* f(E), D x (M + 1), into f. */
LSA_API void lsa_layer_run(const lsa_layer *layer, const lsa_prompt *prompt, double *f, double *work);
/* Bottom-right entry of f(E). */
LSA_API double lsa_layer_predict_literal(const lsa_layer *layer, const lsa_prompt *prompt, double *work);
/* Gradient of 1/2 (prediction - label)^2 by every entry: for each head W^PV (D x D), then W^KQ (D x D). Reverse mode
 * through f(E). Returns the prediction. */
LSA_API double lsa_layer_gradient(const lsa_layer *layer, const lsa_prompt *prompt, double label, double *gradient,
                                  double *work);

/* The same numbers by associativity, p'(E E')(Q x_q) / rho with p the last row of W^PV and Q the first d columns of
 * W^KQ; cost O(d^2 + dM) per head, scratch of lsa_layer_fast_work_size doubles. */
LSA_API ptrdiff_t lsa_layer_fast_work_size(const lsa_layer *layer, ptrdiff_t M);
LSA_API double lsa_layer_predict(const lsa_layer *layer, const lsa_prompt *prompt, double *work);
/* Gradient of 1/2 (prediction - label)^2 by the blocks: for each head px (d), u (1), U (d x d), k (d). */
LSA_API double lsa_layer_block_gradient(const lsa_layer *layer, const lsa_prompt *prompt, double label,
                                        double *gradient, double *work);
/* (d + 1)^2 heads: the length of a block gradient. */
LSA_API ptrdiff_t lsa_layer_block_count(const lsa_layer *layer);

/* ---- The statement on numbers ----------------------------------------------------------------------------------- */

/* A statement bound to the numbers of one law: dims, N = M, rho, s2, Lambda, Omega, the user's values. Read-only,
 * shared by threads. Gaussians get their numbers from the prompt by role: covariance Lambda over the samples is the
 * context, Lambda alone the query, Omega the task, s2 over the samples the label noise; any other Gaussian is drawn
 * from its covariance, after the prompt, in the same stream. Parameters are one flat vector in the user's basis, blocks
 * in the order of statement->parameters, a family head by head. */
typedef struct lsa_forward lsa_forward;
LSA_API lsa_status lsa_forward_create(const lsa_experiment *experiment, const lsa_prompt_law *law, lsa_forward **out,
                                      lsa_error *err);
LSA_API void lsa_forward_destroy(lsa_forward *forward);
LSA_API ptrdiff_t lsa_forward_parameter_count(const lsa_forward *forward);

/* Scratch of one thread. */
typedef struct lsa_forward_work lsa_forward_work;
LSA_API lsa_status lsa_forward_work_create(const lsa_forward *forward, lsa_forward_work **out, lsa_error *err);
LSA_API void lsa_forward_work_destroy(lsa_forward_work *work);

/* The statement's prediction and target on one prompt. Where rho = 0 (an empty context) the prediction is 0. */
LSA_API void lsa_forward_evaluate(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                                  const lsa_prompt *prompt, double *prediction, double *target);
/* The target alone. */
LSA_API void lsa_forward_target(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                                const lsa_prompt *prompt, double *target);
/* Gradient of 1/2 (prediction - target)^2 by the parameters, reverse mode over the expressions; target as evaluated. */
LSA_API void lsa_forward_gradient(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                                  const lsa_prompt *prompt, double *gradient);

/* The layer that the statement's `layer` mapping describes at these parameters; the caller owns it.
 * LSA_ERR_UNABLE when the statement has no `layer`. */
LSA_API lsa_status lsa_forward_layer(const lsa_forward *forward, const double *parameters, lsa_layer **out,
                                     lsa_error *err);
/* gradient += (d blocks / d parameters)' block_gradient: the chain rule from lsa_layer_block_gradient to parameters. */
LSA_API void lsa_forward_pull_back(const lsa_forward *forward, lsa_forward_work *work, const double *parameters,
                                   const double *block_gradient, double *gradient);

/* ---- Averages with intervals ------------------------------------------------------------------------------------ */

typedef struct lsa_sample_options {
    uint64_t seed;
    int threads;           /* 0: as OpenMP decides; the result does not depend on it                               */
    ptrdiff_t prompts;     /* budget, >= 1                                                                         */
    uint64_t first;        /* number of the first prompt: from the budget of another sample on, prompts are fresh  */
    double relative_error; /* stop once half-width <= relative_error * |mean|; 0: spend the budget                 */
    double seconds;        /* after which nothing more is drawn; INFINITY: no limit                                */
    double *spent;         /* the seconds that it took are added here; may be NULL                                 */
    double alpha;          /* 1 - level of the interval, shared by all looks at the data, in (0, 1)                */
    unsigned baselines;    /* bit set of lsa_baseline                                                              */
    unsigned resolve;      /* one of them: relative_error is asked of the distance to it; 0: of the error           */
    bool literal;          /* run f(E) as written instead of by associativity                                      */
    bool fast;             /* draw from the law of what the prediction depends on (a Wishart matrix), not the context */
    const volatile sig_atomic_t *interrupt; /* nonzero: stop and report LSA_ERR_INTERRUPTED; may be NULL            */
} lsa_sample_options;
/* seed 1, threads 0, 2000000 prompts, relative error 0.03, no limit of time, alpha 1e-6, no baselines, not literal, not
 * fast. */
LSA_API lsa_sample_options lsa_sample_options_defaults(void);
/* The experiment's monte_carlo settings over the defaults. */
LSA_API lsa_sample_options lsa_sample_options_of(const lsa_experiment *experiment);

/* The interval [mean - half_width, mean + half_width] holds the expectation with probability >= 1 - alpha, whatever the
 * moment at which sampling stopped (the level is split over the looks), up to second-order terms of the Cornish-Fisher
 * expansion; its first-order term, the skewness of squared errors, widens half_width. The numbers are NAN where nothing
 * was asked or drawn, and where the expectation does not exist: then `infinite` is set and `reason` says why. Where
 * only the variance does not exist, mean is given, the rest is INFINITY and `reason` says why; so does `reason` where a
 * baseline is not offered, and where half_width alone is INFINITY: the squared error has fewer than four moments, or the law
 * draws what so few prompts do not show. */
typedef struct lsa_sample_estimate {
    double mean, standard_error, half_width;
    double skewness; /* of one observation, as measured */
    bool infinite;
    const char *reason; /* fixed text, or NULL */
    double untrusted;   /* the half-width that is withheld for want of moments alone, of no proven level; else 0 */
} lsa_sample_estimate;

enum { LSA_BASELINE_COUNT = 5 };
/* Baseline number b has the bit 1 << b of lsa_baseline; its name as in model files ("ols", "best-linear"). */
LSA_API const char *lsa_baseline_name(int b);
LSA_API int lsa_baseline_number(lsa_baseline baseline);

/* error: E (prediction - label)^2. baseline[b]: the same of each baseline that was asked, on the same prompts.
 * difference[b]: model - baseline, prompt by prompt (common random numbers). distance[b]: E (prediction - the
 * baseline's)^2. looks: over how many alpha was split. */
typedef struct lsa_sample_result {
    lsa_sample_estimate error;
    lsa_sample_estimate baseline[LSA_BASELINE_COUNT];
    lsa_sample_estimate difference[LSA_BASELINE_COUNT];
    lsa_sample_estimate distance[LSA_BASELINE_COUNT];
    lsa_sample_estimate controlled; /* of the error again, by regression on the squared label, whose mean is known;
                                       NAN with the reason where it is not, or the error has no variance */
    double reduction;               /* the variance of `controlled` over that of `error` */
    double step;                    /* of one-step: the best step on 4096 pilot prompts; else NAN */
    ptrdiff_t prompts;
    ptrdiff_t strata; /* among which they were shared out; 1: none */
    int looks;
    double attained; /* relative error of what was asked of; INFINITY where no interval can be trusted */
    bool resolved;   /* the asked relative error was reached */
    bool late;       /* options->seconds were over before the budget was spent or the error resolved */
} lsa_sample_result;

/* What predicts: the layer, or (layer NULL) the statement at `parameters`. With a forward the target is the
 * statement's, else <w, x_q>. Borrows. */
typedef struct lsa_predictor {
    const lsa_layer *layer;
    const lsa_forward *forward;
    const double *parameters;
} lsa_predictor;

/* Error of a predictor under a law. Baselines: OLS of least norm; ridge, the Bayes rule of the prior,
 * (X'X + s2 Omega^-1)^-1 X'y, and its limit for s2 = 0; best-linear <w, x_q>; one-step eta <c, x_q>, c = (1/M) sum
 * y_i x_i, with the eta that is best on pilot prompts; zero. Noisy OLS has no finite error for M in r - 1 .. r + 1, r
 * the rank of the covariance: flagged `infinite`; and no finite variance for M in r - 3 .. r + 3. Student contexts of
 * nu degrees of freedom leave a linear task's error no mean for nu <= 4, no variance for nu <= 8, no interval for
 * nu <= 16. Drawn side by side where no baseline needs the context. Where covariances are drawn from discrete laws, each
 * outcome is a stratum (setting.h) with prompts of its own; mean and interval are those of the stratified mean.
 * Fast gives best-linear and zero only; the others are withheld with a reason.
 * LSA_ERR_UNABLE: fast where it does not apply (random covariances, nonlinear tasks, covariates that are not Gaussian
 * of mean zero, an orthogonal query, a pool of tasks, a statement without layer). LSA_ERR_INTERRUPTED, LSA_ERR_MEMORY,
 * LSA_ERR_DOMAIN (options, a squared error that is not finite). */
LSA_API lsa_status lsa_sample_error(const lsa_predictor *predictor, const lsa_prompt_law *law,
                                    const lsa_sample_options *options, lsa_sample_result *result, lsa_error *err);
/* The same for a test of an experiment (test NULL: the training law) at the parameters: the statement's layer, or the
 * statement itself where it has none. */
LSA_API lsa_status lsa_sample_test(const lsa_experiment *experiment, const lsa_setting *test, const double *parameters,
                                   const lsa_sample_options *options, lsa_sample_result *result, lsa_error *err);

/* How `prompts` of a budget were shared out: the strata, and count[s] of each. On failure clear the strata as well.
 * LSA_ERR_MEMORY. */
enum { LSA_STRATA_MAX = 32 };
LSA_API lsa_status lsa_sample_strata(const lsa_setting *setting, ptrdiff_t prompts, ptrdiff_t budget,
                                     lsa_strata *strata, ptrdiff_t count[LSA_STRATA_MAX], lsa_error *err);

/* Means of several quantities of a prompt at once, each with its standard error: n numbers each. */
typedef struct lsa_means {
    ptrdiff_t n, prompts;
    double *mean, *standard_error;
    bool late; /* options->seconds were over before all prompts were drawn */
    const char
        *reason; /* why no interval holds: the random covariance draws what so few prompts do not show; or NULL */
} lsa_means;
LSA_API lsa_status lsa_means_create(ptrdiff_t n, lsa_means **out, lsa_error *err);
LSA_API void lsa_means_destroy(lsa_means *means);

/* Sampled gradient of the population loss 1/2 E (prediction - target)^2 over options->prompts prompts (no early stop):
 * by the layer's blocks, n = lsa_layer_block_count; by the statement's parameters, n = lsa_forward_parameter_count
 * (through the layer and lsa_forward_pull_back where predictor->layer is given). */
LSA_API lsa_status lsa_sample_block_gradient(const lsa_layer *layer, const lsa_prompt_law *law,
                                             const lsa_sample_options *options, lsa_means *means, lsa_error *err);
LSA_API lsa_status lsa_sample_gradient(const lsa_predictor *predictor, const lsa_prompt_law *law,
                                       const lsa_sample_options *options, lsa_means *means, lsa_error *err);

/* (Named apart from the z-scores of tests/support, which a test may link beside this library.)
 * max_k |mean_k - exact_k| / standard_error_k; an entry without spread counts 0 when equal to rounding, else INFINITY;
 * NaN where a mean or an exact value is. */
LSA_API double lsa_means_zscore(const lsa_means *means, const double *exact);
/* The bound that max|z| over m entries exceeds with probability at most alpha: Phi^-1(1 - alpha/(2m)). */
LSA_API double lsa_means_zscore_threshold(ptrdiff_t m, double alpha);

LSA_END_DECLS

#endif
