/* derive.h - from a statement to its population loss, its gradient and its Hessian along a direction, in symbols.
 *
 *     L(theta) = 1/2 E (prediction - target)^2
 *
 * taken by Isserlis' theorem (Wick calculus) over the Gaussians of the statement. E[x_i x_j'] = delta_ij Lambda, so a
 * pairing of the samples leaves one free index, and a factor N, for each of its connected components; this is the sum
 * over set partitions with falling factorials, written in powers of N. */
#ifndef LSAFLOW_DERIVE_H
#define LSAFLOW_DERIVE_H

#include "lsaflow/api.h"
#include "lsaflow/poly.h"
#include "lsaflow/setting.h"
#include "lsaflow/statement.h"
#include "lsaflow/status.h"

LSA_BEGIN_DECLS

/* How the law of a setting differs from the statement's. All false: the training loss. */
typedef struct lsa_derive_options {
    bool rho_is_N;      /* write N for rho (normalise: N), so that powers cancel                                */
    bool noiseless;     /* s2 = 0: it and the Gaussians of that variance are dropped                            */
    bool identity_task; /* Omega = I: the letter is dropped                                                     */
    bool own_query;     /* the query has its own covariance symbol, "Lambda_q"                                  */
    bool fixed_task;    /* the task is a fixed vector, the constant matrix symbol "w0" (d x 1), not a Gaussian  */
    bool sphere;        /* the task is uniform on a sphere: its length is mixed                                 */
    bool student;       /* contexts are Student t: the length of each sample is mixed                           */
    bool wishart;       /* Lambda is random: Lambda = (1/k) sum of k z z', z ~ N(0, Lambda_0), one draw per prompt for
                               context and query; the loss is averaged over it too                                  */
    bool with_hessian;  /* derive the Hessian-vector product too                                                */
    bool with_log;      /* keep the derivation log                                                              */
} lsa_derive_options;

/* The options that a setting's law asks for; with `simplify` also those that only shorten the result: rho_is_N, noiseless,
 * identity_task. */
LSA_API lsa_derive_options lsa_derive_options_of(const lsa_setting *setting, bool simplify);

/* What was derived. Owns the algebra. */
typedef struct lsa_derivation lsa_derivation;

/* Derives; options may be NULL. LSA_ERR_UNABLE for a statement that the engine cannot average (more than
 * 2^20 pairings, a degree above 20), or whose terms take more than 2^28 steps of work (about a second) or 512 MiB, with
 * what and where. Cost: the number of pairings; `merged` 15, `full` some thousands. */
LSA_API lsa_status lsa_derive(const lsa_statement *statement, const lsa_derive_options *options, lsa_derivation **out,
                              lsa_error *err);
LSA_API void lsa_derivation_destroy(lsa_derivation *derivation);

/* What the polynomials are written over, the statement (borrowed), and the loss 1/2 E (prediction - target)^2. */
LSA_API const lsa_algebra *lsa_derivation_algebra(const lsa_derivation *derivation);
LSA_API const lsa_statement *lsa_derivation_statement(const lsa_derivation *derivation);
LSA_API const lsa_poly *lsa_derivation_loss(const lsa_derivation *derivation);
/* dL/d(parameter k), k in the order of statement->parameters; of the shape of the parameter; the free head index where
 * the parameter is a family. */
LSA_API const lsa_poly *lsa_derivation_gradient(const lsa_derivation *derivation, int k);
/* Row k of the Hessian along a direction: d/de dL/d(parameter k)(theta + e v) at e = 0; the direction's blocks are the
 * symbols lsa_derivation_direction(derivation, j). NULL without with_hessian. */
LSA_API const lsa_poly *lsa_derivation_hessian(const lsa_derivation *derivation, int k);
LSA_API int lsa_derivation_direction(const lsa_derivation *derivation, int j);
/* Ids of the symbols that derivation may add, or -1: the query's covariance, the fixed task, the scalar of dimension
 * `dim` (tr I). */
LSA_API int lsa_derivation_query_covariance(const lsa_derivation *derivation);
LSA_API int lsa_derivation_fixed_task(const lsa_derivation *derivation);
/* The m >= 2 of a symbol that stands for E tau^m of the lengths, x = sqrt(tau) z with E tau = 1, of Student covariates, of
 * the task on a sphere; 0 for any other symbol. */
LSA_API int lsa_derivation_student_moment(const lsa_derivation *derivation, int symbol);
LSA_API int lsa_derivation_sphere_moment(const lsa_derivation *derivation, int symbol);
/* Of a Wishart law: its scale "Lambda_0" = E Lambda and the scalar "dof" = k. */
LSA_API int lsa_derivation_wishart_scale(const lsa_derivation *derivation);
LSA_API int lsa_derivation_wishart_dof(const lsa_derivation *derivation);
LSA_API int lsa_derivation_dim_symbol(const lsa_derivation *derivation, lsa_dim dim);
/* The log, step by step, text; "" without with_log. */
LSA_API const char *lsa_derivation_log(const lsa_derivation *derivation);

/* A closed form written by a user, as a polynomial over the derivation's algebra: for `check`. It may name the
 * statement's symbols, the dimensions' scalars (d), "Lambda_q" and "w0" where the setting has them, and tr(..); a 1 x 1
 * formula with Gaussians in it stands for its expectation. What lsa_poly_print writes as text is read back as the same
 * polynomial. LSA_ERR_INPUT with line and column, LSA_ERR_SHAPE, LSA_ERR_UNABLE. */
LSA_API lsa_status lsa_derivation_parse(lsa_derivation *derivation, const char *text, const lsa_poly **out,
                                        lsa_error *err);
/* f - g, canonical; empty when equal. LSA_ERR_SHAPE when the shapes differ. */
LSA_API lsa_status lsa_derivation_difference(lsa_derivation *derivation, const lsa_poly *f, const lsa_poly *g,
                                             const lsa_poly **out, lsa_error *err);

LSA_END_DECLS

#endif
