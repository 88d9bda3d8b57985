/* cubature.h - what a rule for one statement in one setting is made of. */
#ifndef LSAFLOW_EMPIRICAL_CUBATURE_H
#define LSAFLOW_EMPIRICAL_CUBATURE_H

#include "empirical/cubature_rule.h"
#include "empirical/tape.h"
#include "lsaflow/cubature.h"

enum { LSA_CUBATURE_INPUTS = 1024 }; /* parameters, Gaussians and drawn covariances, number by number */

/* LSA_ERR_UNABLE where cubature has no rule for the setting. */
lsa_status lsa_cubature_check_setting(const lsa_setting *setting, ptrdiff_t d, lsa_error *err);

/* A covariance, or the points of the law that it is drawn from: covariance = factor factor'. */
typedef struct lsa_cubature_source {
    ptrdiff_t rows, cols, count;
    double *weight; /* count                   */
    double *factor; /* count times rows x cols */
    double *matrix; /* count times rows x rows */
} lsa_cubature_source;
lsa_status lsa_cubature_source_fixed(lsa_arena *arena, ptrdiff_t rows, const double *matrix, lsa_cubature_source *out,
                                     lsa_error *err);
/* Exact for polynomials of that degree in the entries of a random covariance. LSA_ERR_UNABLE above most points. */
lsa_status lsa_cubature_source_law(lsa_arena *arena, const lsa_covariance *law, int degree, double most,
                                   lsa_cubature_source *out, lsa_error *err);

typedef enum lsa_cubature_kind { LSA_CUBATURE_GAUSSIAN, LSA_CUBATURE_SPHERE, LSA_CUBATURE_FIXED } lsa_cubature_kind;

/* One member of a Gaussian symbol: inputs of the tape from `input` on. */
typedef struct lsa_cubature_vector {
    lsa_cubature_kind kind;
    ptrdiff_t input, rows;
    int symbol, source; /* the source of its covariance, -1: none          */
    bool is_context;    /* it is multiplied by sqrt(tau) of its own        */
    int tau;            /* which of the taus, or -1                        */
} lsa_cubature_vector;

/* Vectors that are integrated over together. moved: the rule's points as the numbers of the inputs; sizes: the same with
 * the absolute values of factors and fixed tasks. */
typedef struct lsa_cubature_group {
    int n_vectors;
    int *vector;
    ptrdiff_t dims, rows;
    int degree;
    lsa_parity parity;
    double count;
    lsa_rule rule;
    double *moved, *sizes;
} lsa_cubature_group;

struct lsa_cubature {
    lsa_arena *arena;
    const lsa_statement *statement;
    lsa_setting setting;
    ptrdiff_t d, samples;
    lsa_tape *tape;
    lsa_tape_run run, magnitude; /* the second with absolute values of all but the Gaussians */
    ptrdiff_t n_parameters, dimension;
    int degree;
    int n_sources, n_vectors, n_taus, n_groups;
    lsa_cubature_source *source;
    int letters_source; /* the random covariance that the letter Lambda stands for, or -1 */
    ptrdiff_t letters;  /* its first input                                               */
    lsa_cubature_vector *vector;
    lsa_rule *tau;
    lsa_cubature_group *group;
    double points;
};

#endif
