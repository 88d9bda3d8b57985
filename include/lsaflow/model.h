/* model.h - a model file, read, checked and turned into numbers: one experiment.
 *
 * lsa_model_load reads YAML, refuses whatever the language (docs/model-language.md) does not allow with file, line and
 * column, applies `--set` overrides, reads the files it names, and gives plain read-only structs that live in the
 * model's arena until lsa_model_destroy. Nothing here derives, integrates or samples. */
#ifndef LSAFLOW_MODEL_H
#define LSAFLOW_MODEL_H

#include "lsaflow/api.h"
#include "lsaflow/arena.h"
#include "lsaflow/setting.h"
#include "lsaflow/statement.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

LSA_BEGIN_DECLS

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
    LSA_METHOD_DENSE,
    LSA_METHOD_SPECTRAL
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

typedef struct lsa_monte_carlo {
    uint64_t seed;
    ptrdiff_t prompts;     /* budget                                          */
    double relative_error; /* half-width / value at the claim's level         */
    double seconds;        /* for all sampled claims of a run                 */
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

/* Sizes and numbers that hold in every setting. */
typedef struct lsa_data {
    ptrdiff_t d;
    ptrdiff_t heads, rank; /* 1 where the statement has none        */
    int n_values;          /* numbers for symbols of a user's statement; dims bound by shape */
    lsa_block_values *values;
} lsa_data;

/* A claim of the model file as it was read: texts with their places, which the room of formulas gives a meaning. */
struct lsa_node;
typedef struct lsa_named_formula {
    const char *name;
    const struct lsa_node *formula; /* a scalar; a list in `at` and `for` */
} lsa_named_formula;

/* A form of a claim that is wrong, and must be refuted: what it changes of the claim, and the mistake that it is. */
typedef struct lsa_wrong_form {
    const char *because, *model;    /* "N forgotten"; a shipped model that refutes it, with keys to set */
    const struct lsa_node *formula; /* NULL: the claim's */
    ptrdiff_t n_where;
    const lsa_named_formula *where; /* instead of the claim's words of these names */
} lsa_wrong_form;
/* Images that a claim is judged up to, as bits. */
enum {
    LSA_UP_TO_RESCALE = 1,     /* one block by c, another by 1/c, where the loss stays the same */
    LSA_UP_TO_SIGN = 2,        /* signs of blocks, where the loss stays the same                */
    LSA_UP_TO_HEADS = 4,       /* permutations of the heads                                     */
    LSA_UP_TO_COORDINATES = 8, /* permutations of the covariates' coordinates                   */
    LSA_UP_TO_ROTATION = 16    /* rotations of the rows of keys and queries                     */
};

/* What the symbols of a claim's source mean. */
typedef struct lsa_convention {
    double loss;    /* the factor before E (prediction - target)^2                           */
    int normaliser; /* of the sum of y_i x_i: 0 the model's own, 1 none, 2 N, 3 N + 1        */
    double sign;    /* before the prediction                                                 */
} lsa_convention;

typedef struct lsa_text_claim {
    const char *name, *source, *summary; /* default: claim-1, claim-2, ...; ""; "" */
    const struct lsa_node *formula;
    ptrdiff_t n_where;
    const lsa_named_formula *where;
    ptrdiff_t n_assuming;
    const struct lsa_node *const *assuming;
    ptrdiff_t n_at;
    const lsa_named_formula *at; /* parameters; those left out are 0                               */
    ptrdiff_t n_each;
    const lsa_named_formula *each; /* `for`: names with a range "1..3", a number or a list of those */
    bool each_test;                /* for: tests                                                    */
    double within;                 /* accepted deviation, as a share of the predicted side          */
    double resolution;             /* of an equality, at most; else inconclusive                    */
    ptrdiff_t seeds;               /* runs of trained(e), at least 10; 0: not given                 */
    bool resolution_is_own;        /* the claim says it; else a sampled one takes monte_carlo.relative_error */
    const struct lsa_node *scale;  /* a formula that resolutions are shares of; NULL: the largest term */
    unsigned up_to;                /* LSA_UP_TO_RESCALE ...                                         */
    lsa_convention convention;
    bool of_layer; /* about: layer, of which theory has closed forms                */
    ptrdiff_t n_wrong;
    const lsa_wrong_form *wrong;
} lsa_text_claim;

/* The claims that travel inside the program (models/claims), in the order of their files, and the groups of names: a group may
 * be asked for by its name. */
typedef struct lsa_claim_group {
    const char *name, *summary;
    ptrdiff_t count;
    const char *const *claims;
} lsa_claim_group;
typedef struct lsa_shipped_claims {
    ptrdiff_t count;
    const lsa_text_claim *claims;
    ptrdiff_t n_groups;
    const lsa_claim_group *groups;
} lsa_shipped_claims;
LSA_API lsa_status lsa_shipped_claims_read(lsa_arena *arena, lsa_shipped_claims *out, lsa_error *err);
/* The claim with what the wrong form changes of it, under its own name. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_wrong_claim(lsa_arena *arena, const lsa_text_claim *claim, const lsa_wrong_form *form,
                                   lsa_text_claim *out, lsa_error *err);

/* A model beside this one, as the key `models` names it: this one with some keys changed. */
typedef struct lsa_model_variant {
    const char *name;
    const struct lsa_node *node; /* its place */
    ptrdiff_t n_changes;
    const char *const *changes; /* "KEY=VALUE" */
} lsa_model_variant;

/* One experiment, fully checked; read-only; lives until lsa_model_destroy. */
typedef struct lsa_experiment {
    const char *title; /* user's text: to be quoted wherever it is printed */
    const lsa_statement *statement;
    ptrdiff_t *dims; /* value of each of the statement's dims            */
    lsa_data data;
    lsa_setting training;
    lsa_init init;
    lsa_flow_settings flow;
    ptrdiff_t n_tests;
    const lsa_setting *tests; /* lists of contexts already spread                 */
    lsa_monte_carlo monte_carlo;
    lsa_train_settings train;
    lsa_basin_settings basin;
    bool all_claims;
    ptrdiff_t n_claims; /* else these, by name (checked by the caller that knows the claims) */
    const char **claims;
    ptrdiff_t n_text_claims; /* claims that the file writes itself */
    const lsa_text_claim *text_claims;
    ptrdiff_t n_measures;
    const lsa_named_formula *measures; /* columns of a sweep: formulas, or names of claims */
    ptrdiff_t n_variants;              /* models beside this one, for `e @ name` */
    const lsa_model_variant *variants;
    const struct lsa_provenance *origin; /* the keys that it was read from; NULL: none */
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
    const char *claim; /* the one claim or group to judge, instead of the file's, by name or as a formula; or NULL */
    ptrdiff_t n_where;
    const char *const *where; /* "NAME = FORMULA", words of that claim                             */
} lsa_model_options;

/* Reads and checks the file. options may be NULL.
 * Fails with LSA_ERR_READ (a file cannot be read), LSA_ERR_INPUT (file:line:col: key.path: found, expected),
 * LSA_ERR_UNABLE, LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_model_load(const char *path, const lsa_model_options *options, lsa_model **out, lsa_error *err);
/* The same from text; `name` stands for the path in messages and relative paths. */
LSA_API lsa_status lsa_model_parse(const char *name, const char *text, size_t length, const lsa_model_options *options,
                                   lsa_model **out, lsa_error *err);
LSA_API void lsa_model_destroy(lsa_model *model);

/* The runs of the model: 1, or the product over the axes of `vary`, at most 10000. */
LSA_API ptrdiff_t lsa_model_runs(const lsa_model *model);
LSA_API const lsa_experiment *lsa_model_experiment(const lsa_model *model, ptrdiff_t run);
/* The values of `vary` in that run; *count may be 0. */
LSA_API const lsa_variation *lsa_model_variation(const lsa_model *model, ptrdiff_t run, ptrdiff_t *count);
/* The model's short name: the file's base name without extension. */
LSA_API const char *lsa_model_name(const lsa_model *model);

LSA_END_DECLS

#endif
