/* model.h - a model file, read, checked and turned into numbers: one experiment.
 *
 * lsa_model_load reads YAML, refuses whatever the language (docs/model-language.md) does not allow with file, line and
 * column, applies `--set` overrides, reads the files it names, and gives plain read-only structs that live in the
 * model's arena until lsa_model_destroy. Nothing here derives, integrates or samples. */
#ifndef LSAFLOW_MODEL_H
#define LSAFLOW_MODEL_H

#include "lsaflow/arena.h"
#include "lsaflow/statement.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A covariance (or second moment) as numbers. Scalar and diagonal forms own no d-by-d array, so d may be large. */
typedef enum lsa_covariance_kind {
    LSA_COVARIANCE_SCALAR,   /* c I                                                                      */
    LSA_COVARIANCE_DIAGONAL, /* diag(spectrum)                                                           */
    LSA_COVARIANCE_MATRIX,   /* basis diag(spectrum) basis'                                              */
    LSA_COVARIANCE_LAWS,     /* one a prompt: diagonal, entry i drawn from laws[i], independent          */
    LSA_COVARIANCE_MIXTURE,  /* one a prompt: components[c] with probability weights[c]                  */
    LSA_COVARIANCE_WISHART   /* one a prompt: W/k, W Wishart with k = dof degrees of freedom and scale   */
} lsa_covariance_kind;

/* The law of one positive number. */
typedef enum lsa_law_kind {
    LSA_LAW_POINT,       /* parameter: value          */
    LSA_LAW_EXPONENTIAL, /* mean                      */
    LSA_LAW_UNIFORM,     /* low, high                 */
    LSA_LAW_GAMMA,       /* shape, scale              */
    LSA_LAW_TWO_POINT    /* a, b, p: a with probability p, else b */
} lsa_law_kind;

typedef struct lsa_law {
    lsa_law_kind kind;
    double parameter[3];
} lsa_law;

typedef struct lsa_covariance lsa_covariance;
struct lsa_covariance {
    lsa_covariance_kind kind;
    ptrdiff_t d;
    double
        *spectrum;  /* d eigenvalues >= 0, in the order given (SCALAR: all equal); MATRIX: of the columns of basis   */
    double *basis;  /* MATRIX: d x d orthogonal, column-major; else NULL (the identity)                              */
    double *matrix; /* MATRIX: d x d as given (or basis diag basis'), exactly symmetric; else NULL                   */
    const char
        *form; /* how it was written, for reports: "spectrum: power, exponent 1.5, rotation 3"                  */
    /* Random covariances: kind, spectrum, basis and matrix above then describe nothing but the mean E Lambda, which is
     * diagonal for LAWS and a whole matrix for the others. */
    const lsa_law *laws;              /* LAWS: d of them                                            */
    ptrdiff_t n_components;           /* MIXTURE                                                    */
    const double *weights;            /* MIXTURE: positive, of sum 1                                */
    const lsa_covariance *components; /* MIXTURE: fixed covariances                                 */
    double dof;                       /* WISHART: k >= 1, an integer                                */
    const lsa_covariance *scale;      /* WISHART: E Lambda                                          */
};

/* One covariance is drawn for every prompt. */
bool lsa_covariance_is_random(const lsa_covariance *covariance);

/* Entry (i, j) of the covariance in the user's basis; of a random one, of its mean. */
double lsa_covariance_entry(const lsa_covariance *covariance, ptrdiff_t i, ptrdiff_t j);
/* The whole d x d matrix, column-major, into out. */
void lsa_covariance_matrix(const lsa_covariance *covariance, double *out);
/* *out = factor * from, factor >= 0, its basis shared and the rest in the arena; of a random covariance, the law of
 * factor * Lambda. The form is that of `from`, which may be out. LSA_ERR_MEMORY. */
lsa_status lsa_covariance_multiply(lsa_arena *arena, double factor, const lsa_covariance *from, lsa_covariance *out,
                                   lsa_error *err);

typedef enum lsa_init_scheme { LSA_INIT_PAPER, LSA_INIT_GAUSSIAN, LSA_INIT_VALUES } lsa_init_scheme;
typedef enum lsa_theta_kind { LSA_THETA_IDENTITY, LSA_THETA_RANDOM, LSA_THETA_MATRIX } lsa_theta_kind;

/* Numbers for one parameter block, `values` rows x cols column-major; for a family, heads of them one after the other. */
typedef struct lsa_block_values {
    int symbol; /* of the statement */
    const double *values;
} lsa_block_values;

typedef struct lsa_init {
    lsa_init_scheme scheme;
    double sigma;         /* PAPER: > 0                                                              */
    lsa_theta_kind theta; /* PAPER                                                                   */
    uint64_t theta_seed;
    double *theta_matrix; /* d x d as given; scaled to |Theta Theta'|_F = 1 when the start is made   */
    double scale;         /* GAUSSIAN: standard deviation of every entry                             */
    uint64_t seed;
    int n_values; /* VALUES; blocks left out are 0                                           */
    lsa_block_values *values;
    double perturb_scale; /* 0: none                                                                 */
    uint64_t perturb_seed;
} lsa_init;

typedef enum lsa_output_parameters {
    LSA_PARAMETERS_AUTO,
    LSA_PARAMETERS_ALL,
    LSA_PARAMETERS_DIAGONAL,
    LSA_PARAMETERS_NONE
} lsa_output_parameters;
typedef enum lsa_method {
    LSA_METHOD_AUTO,
    LSA_METHOD_REDUCED,
    LSA_METHOD_ARROWHEAD,
    LSA_METHOD_KRYLOV,
    LSA_METHOD_DENSE
} lsa_method;

/* A stop that was not asked for is NAN. */
typedef struct lsa_stop {
    double gap;      /* (L - L*) / (L(0 parameters) - L*)                   */
    double gradient; /* |grad L| / |grad L| at the start                    */
    double time;     /* flow time                                           */
    double wall;     /* seconds                                             */
} lsa_stop;

typedef struct lsa_flow_settings {
    double rtol; /* 1e-14 .. 1e-2                                       */
    lsa_stop stop;
    lsa_method method;
    bool log_spacing; /* output: points spaced in log t, else in t           */
    ptrdiff_t points;
    ptrdiff_t n_times; /* > 0: these times instead, ascending, >= 0           */
    double *times;
    lsa_output_parameters parameters;
} lsa_flow_settings;

typedef enum lsa_task_kind {
    LSA_TASK_GAUSSIAN, /* y = <w, x>, w ~ N(0, task_covariance)                                     */
    LSA_TASK_FIXED,    /* y = <w, x> with one w                                                     */
    LSA_TASK_SPHERE,   /* y = <w, x>, w uniform on the sphere of radius `radius`                    */
    LSA_TASK_TEACHER,  /* y = g(<task_vector, x>), g one of lsa_teacher_kind                        */
    LSA_TASK_DATA,     /* (x, y), context and query, drawn with replacement from rows               */
    LSA_TASK_MOMENTS   /* labels known by their moments only                                        */
} lsa_task_kind;

/* Nonlinear teachers g(z), z = <direction, x>. */
typedef enum lsa_teacher_kind {
    LSA_TEACHER_RELU,      /* max(z, 0)                            */
    LSA_TEACHER_SIGN,      /* sign(z)                              */
    LSA_TEACHER_CUBIC,     /* z^3                                  */
    LSA_TEACHER_QUADRATIC, /* z^2                                  */
    LSA_TEACHER_SINE,      /* sin(frequency z)                     */
    LSA_TEACHER_POLYNOMIAL /* sum_k coefficients[k] z^k            */
} lsa_teacher_kind;

typedef struct lsa_teacher {
    lsa_teacher_kind kind;
    double frequency;         /* SINE                                     */
    ptrdiff_t n_coefficients; /* POLYNOMIAL, degree at most 12            */
    const double *coefficients;
} lsa_teacher;

/* One setting in which the trained layer is judged: one entry of `tests` with one context length. */
typedef struct lsa_test {
    const char *name;
    double context;                   /* M >= 0, integer or INFINITY                                            */
    const lsa_covariance *covariance; /* of the context covariates, about their mean; DATA: X'X/n of the rows   */
    bool covariance_is_train;         /* it is the training covariance itself; of rows: X'X/n equals it         */
    bool covariance_is_scaled;        /* it is written {train_scaled: c}: covariance_scale times the training law's */
    double covariance_scale;          /* that c >= 0; else 0                                                    */
    const lsa_covariance *query;      /* of the query                                                           */
    bool query_is_same;               /* the query is one more draw of the context's law, with the prompt's own
                                             covariance where that is random                                        */
    lsa_task_kind task;
    const lsa_covariance *task_covariance; /* GAUSSIAN, SPHERE: second moment of w                                  */
    const double *task_vector;             /* FIXED: w;  TEACHER: direction;  MOMENTS: a = Lambda^-1 E[xy]           */
    double radius;                         /* SPHERE                                                                 */
    lsa_teacher teacher;                   /* TEACHER                                                                */
    ptrdiff_t n_rows;                      /* DATA: covariate rows, n_rows x d column-major, and their labels        */
    const double *rows, *labels;
    double student;                  /* context covariates are Student t of nu > 2 degrees of freedom, scaled to
                                             the same covariance; 0: Gaussian                                       */
    const double *mean;              /* d: mean of the test covariates, context and query; NULL: zero          */
    bool query_orthogonal;           /* that draw (query_is_same holds) is then projected off the span of the
                                             context (M < d)                                                        */
    const double *moment_covariance; /* MOMENTS: Cov(xy), d x d                                                */
    double best_linear;              /* MOMENTS: min_w E(<w,x> - y)^2                                          */
    double label_noise;              /* variance in the context labels                                         */
    bool query_noise;                /* the query's label carries the noise too                                */
} lsa_test;

typedef struct lsa_monte_carlo {
    uint64_t seed;
    ptrdiff_t prompts;     /* budget                                          */
    double relative_error; /* half-width / value at the claim's level         */
    bool fast;             /* mode: fast                                      */
    unsigned baselines;    /* bit set of lsa_baseline                         */
} lsa_monte_carlo;

typedef enum lsa_baseline {
    LSA_BASELINE_OLS = 1,
    LSA_BASELINE_RIDGE = 2,
    LSA_BASELINE_BEST_LINEAR = 4,
    LSA_BASELINE_ONE_STEP = 8,
    LSA_BASELINE_ZERO = 16
} lsa_baseline;

/* `basin`: many starts of the same flow. */
typedef enum lsa_basin_scheme {
    LSA_BASIN_GAUSSIAN, /* every entry of every block N(0, scale^2)                    */
    LSA_BASIN_PERTURB   /* the start of `init`, with N(0, scale^2) added to every entry */
} lsa_basin_scheme;

typedef struct lsa_basin_settings {
    lsa_basin_scheme scheme;
    ptrdiff_t starts;     /* of each scale                                   */
    ptrdiff_t n_scales;   /* >= 1                                            */
    const double *scales; /* > 0                                             */
    uint64_t seed;        /* start k of scale j is a function of (seed, j, k) */
} lsa_basin_settings;

/* `train`: discrete steps on the layer, theta_(k+1) = theta_k - eta_k (direction), k = 0 .. steps - 1. */
typedef enum lsa_train_method {
    LSA_TRAIN_GD,       /* gradient of the population loss                             */
    LSA_TRAIN_SGD,      /* mean gradient of a batch of sampled prompts                 */
    LSA_TRAIN_MOMENTUM, /* m <- momentum m + g,  direction m (heavy ball)              */
    LSA_TRAIN_ADAM      /* Adam with beta1, beta2, epsilon (Kingma and Ba, 2015)       */
} lsa_train_method;

typedef enum lsa_train_schedule {
    LSA_TRAIN_CONSTANT, /* eta_k = step_size                                           */
    LSA_TRAIN_INVERSE,  /* eta_k = step_size / (1 + k / decay)                         */
    LSA_TRAIN_COSINE    /* eta_k = step_size (1 + cos(pi k / steps)) / 2               */
} lsa_train_schedule;

typedef struct lsa_train_settings {
    bool asked; /* the model has the key `train` */
    lsa_train_method method;
    lsa_train_schedule schedule;
    ptrdiff_t steps, batch;       /* >= 1                                                                      */
    double step_size;             /* > 0                                                                       */
    double decay;                 /* INVERSE: steps after which the step size has halved, >= 1                 */
    double momentum;              /* MOMENTUM: in (0, 1)                                                       */
    double beta1, beta2, epsilon; /* ADAM: in (0, 1), in (0, 1), > 0                                           */
    double tail_average;          /* the reported end is the mean over this last part of the steps, in [0, 1]; 0: the
                                        last step alone; not for GD                                               */
    double tasks;                 /* tasks in the pool that prompts draw from; INFINITY: a fresh one each      */
    ptrdiff_t checkpoint;         /* steps between checkpoints; 0: none before the end or an interrupt         */
    ptrdiff_t points;             /* samples of the path, >= 2                                                 */
    uint64_t seed;
} lsa_train_settings;

typedef struct lsa_data_law {
    ptrdiff_t d;
    double context;                        /* N >= 1, integer or INFINITY           */
    const lsa_covariance *covariance;      /* Lambda                                */
    const lsa_covariance *task_covariance; /* Omega, second moment of w             */
    double label_noise;                    /* variance of eps_i                     */
    double normaliser;                     /* rho: N or N+1                         */
    bool normalise_plus_one;
    ptrdiff_t heads, rank; /* 1 where the statement has none        */
    int n_values;          /* numbers for symbols of a user's statement; dims bound by shape */
    lsa_block_values *values;
} lsa_data_law;

/* One experiment, fully checked; read-only; lives until lsa_model_destroy. */
typedef struct lsa_experiment {
    const char *title; /* user's text: to be quoted wherever it is printed */
    const lsa_statement *statement;
    ptrdiff_t *dims; /* value of each of the statement's dims            */
    lsa_data_law data;
    lsa_init init;
    lsa_flow_settings flow;
    ptrdiff_t n_tests;
    const lsa_test *tests; /* lists of contexts already spread                 */
    lsa_monte_carlo monte_carlo;
    lsa_train_settings train;
    lsa_basin_settings basin;
    bool all_claims;
    ptrdiff_t n_claims; /* else these, by name (checked by the caller that knows the claims) */
    const char **claims;
} lsa_experiment;

/* One value of `vary`, as text for reports: key path and value. */
typedef struct lsa_variation {
    const char *key, *value;
} lsa_variation;

typedef struct lsa_model lsa_model;

typedef struct lsa_model_options {
    ptrdiff_t n_overrides;
    const char **overrides; /* "KEY=VALUE" of --set, in order; VALUE is YAML                       */
    ptrdiff_t n_known_claims;
    const char *const *known_claims; /* names allowed under `claims`; none: not checked                  */
} lsa_model_options;

/* Reads and checks the file. options may be NULL.
 * Fails with LSA_ERR_READ (a file cannot be read), LSA_ERR_INPUT (file:line:col: key.path: found, expected),
 * LSA_ERR_UNABLE, LSA_ERR_MEMORY. */
lsa_status lsa_model_load(const char *path, const lsa_model_options *options, lsa_model **out, lsa_error *err);
/* The same from text; `name` stands for the path in messages and relative paths. */
lsa_status lsa_model_parse(const char *name, const char *text, size_t length, const lsa_model_options *options,
                           lsa_model **out, lsa_error *err);
void lsa_model_destroy(lsa_model *model);

/* The runs of the model: 1, or the product over `vary`. */
ptrdiff_t lsa_model_runs(const lsa_model *model);
const lsa_experiment *lsa_model_experiment(const lsa_model *model, ptrdiff_t run);
/* The values of `vary` in that run; *count may be 0. */
const lsa_variation *lsa_model_variation(const lsa_model *model, ptrdiff_t run, ptrdiff_t *count);
/* The model's short name: the file's base name without extension. */
const char *lsa_model_name(const lsa_model *model);

#endif
