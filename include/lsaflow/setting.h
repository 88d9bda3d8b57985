/* setting.h - the law of one prompt as plain data: what is drawn in training, and in each test.
 *
 * A setting gives numbers to the reserved symbols of a statement: Lambda is `covariance`, Omega the second moment of the
 * task, s2 the variance of the label noise, N the context length, rho the divisor of E E'. A Gaussian of the statement
 * has the law of its own symbol, whatever its name (lsa_roles, statement.h). The three roads (symbolic and flow, theory,
 * sampling) read settings and share nothing else. */
#ifndef LSAFLOW_SETTING_H
#define LSAFLOW_SETTING_H

#include "lsaflow/api.h"
#include "lsaflow/arena.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

LSA_BEGIN_DECLS

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

/* E of a value that follows the law, in the law's own units; finite for every law that the model accepts. */
LSA_API double lsa_law_mean(const lsa_law *law);

typedef struct lsa_covariance lsa_covariance;
struct lsa_covariance {
    lsa_covariance_kind kind;
    ptrdiff_t d;
    double
        *spectrum;  /* d eigenvalues >= 0, in the order given (SCALAR: all equal); MATRIX: of the columns of basis   */
    double *basis;  /* MATRIX: d x d orthogonal, column-major; else NULL (the identity)                              */
    double *matrix; /* MATRIX: d x d as given (or basis diag basis'), exactly symmetric; else NULL                   */
    bool by_spectrum; /* MATRIX: spectrum and basis are what was given, and matrix is their product, rounded          */
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
LSA_API bool lsa_covariance_is_random(const lsa_covariance *covariance);

/* Entry (i, j) of the covariance in the user's basis; of a random one, of its mean. */
LSA_API double lsa_covariance_entry(const lsa_covariance *covariance, ptrdiff_t i, ptrdiff_t j);
/* The same entries, or the same law of them; NULL is like NULL alone. */
LSA_API bool lsa_covariance_same(const lsa_covariance *a, const lsa_covariance *b);
/* *out = factor * from, factor >= 0, its basis shared and the rest in the arena; of a random covariance, the law of
 * factor * Lambda. The form is that of `from`, which may be out. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_covariance_multiply(lsa_arena *arena, double factor, const lsa_covariance *from,
                                           lsa_covariance *out, lsa_error *err);
/* The whole d x d matrix, column-major, into out. */
LSA_API void lsa_covariance_matrix(const lsa_covariance *covariance, double *out);

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

/* The law of one prompt: in training, or in one entry of `tests` with one context length. */
/* Numbers of settings that are no entry of `tests`: the training setting, and one that a claim makes for itself. */
enum { LSA_TRAINING = -1, LSA_OWN_SETTING = -2 };

typedef struct lsa_setting {
    const char *name;                 /* "train", or the entry's                                                */
    ptrdiff_t number;                 /* from 0 among the settings that `tests` spread into, or one of the above */
    ptrdiff_t entry;                  /* of `tests`, from 0: settings of one entry differ in M and a scale         */
    double context;                   /* M >= 0 (training: N >= 1), integer or INFINITY                         */
    bool normalise_plus_one;          /* rho, the divisor of E E', is M + 1 instead of M                        */
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
} lsa_setting;

/* rho, the divisor of E E'. */
LSA_API double lsa_setting_rho(const lsa_setting *setting);
/* Labels are <w, x> + noise: tasks GAUSSIAN, FIXED and SPHERE. */
LSA_API bool lsa_setting_is_linear(const lsa_setting *setting);
/* Contexts and query of a test are drawn as in training: Gaussian, of mean 0 and the same covariance, independent. */
LSA_API bool lsa_setting_covariates_as_trained(const lsa_setting *test);

/* The same law as numbers, but for the context length, the name and, where both covariances are written as multiples of
 * the training one, the factor. Cost O(d) for diagonal covariances, else O(d^2). */
LSA_API bool lsa_setting_same_law(const lsa_setting *a, const lsa_setting *b);

/* ---- strata.c: a setting split by what its discrete laws may draw ------------------------------------------------- */

/* The setting given one outcome of its laws, and the probability of that. */
typedef struct lsa_stratum {
    double weight;
    lsa_setting setting;
} lsa_stratum;

/* An average over the setting is the sum of weight * (the average over the stratum's setting); weights sum to 1 up to their
 * rounding. Mixtures split into components, independent entries by the first that takes a value of probability below 1/16.
 * Where nothing is split there is one stratum, the setting itself. */
typedef struct lsa_strata {
    lsa_arena *arena;
    ptrdiff_t count;
    lsa_stratum *stratum;
    double rarest; /* least probability of such a value that no stratum fixes, since there would be too many; 1: none */
} lsa_strata;

/* At most `most` >= 1 strata; they borrow what the setting points to. On failure clear it as well. LSA_ERR_MEMORY. */
LSA_API lsa_status lsa_strata_init(lsa_strata *strata, const lsa_setting *setting, ptrdiff_t most, lsa_error *err);
LSA_API void lsa_strata_clear(lsa_strata *strata);

LSA_END_DECLS

#endif
