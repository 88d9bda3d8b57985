/* statement.h - what a user states: symbols, the prediction, the target; checked, with shapes, not yet derived.
 *
 * A statement is the layer's forward pass on one prompt. Its expressions are trees over one table of symbols; every
 * node carries its shape. The symbolic engine derives the loss from it, the empirical side evaluates it on sampled
 * numbers; neither knows of the other. */
#ifndef LSAFLOW_STATEMENT_H
#define LSAFLOW_STATEMENT_H

#include "lsaflow/api.h"
#include "lsaflow/arena.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

LSA_BEGIN_DECLS

/* A named dimension: an index into the statement's dims; dimension 0 is always the literal 1, dimension 1 is d. */
typedef int lsa_dim;
enum { LSA_DIM_ONE = 0, LSA_DIM_D = 1 };

typedef enum lsa_symbol_kind {
    LSA_SYMBOL_SCALAR,   /* a number known at run time: N, rho, s2, values of the user      */
    LSA_SYMBOL_MATRIX,   /* a constant matrix or vector: Lambda, Omega, values of the user  */
    LSA_SYMBOL_GAUSSIAN, /* a zero-mean Gaussian vector (d x 1) or scalar (1 x 1)           */
    LSA_SYMBOL_PARAMETER /* what the flow moves; 1 x 1 parameters are scalars               */
} lsa_symbol_kind;

typedef enum lsa_family {
    LSA_FAMILY_NONE,   /* one object                                          */
    LSA_FAMILY_SAMPLE, /* x[i]: independent copies, i = 1..N                  */
    LSA_FAMILY_HEAD    /* U[h]: one per head, h = 1..heads                    */
} lsa_family;

/* What a setting says of a symbol: the reserved constants have their numbers from it, and a Gaussian has the law of its
 * own covariance symbol, whatever its name. What is LSA_ROLE_NONE is the same in every setting. */
typedef enum lsa_role {
    LSA_ROLE_NONE,
    LSA_ROLE_CONTEXT_LENGTH,  /* N                                                             */
    LSA_ROLE_NORMALISER,      /* rho                                                           */
    LSA_ROLE_NOISE_VARIANCE,  /* s2                                                            */
    LSA_ROLE_COVARIANCE,      /* Lambda                                                        */
    LSA_ROLE_TASK_COVARIANCE, /* Omega                                                         */
    LSA_ROLE_CONTEXT,         /* a Gaussian family ~ Lambda: covariates of the context         */
    LSA_ROLE_COVARIATE,       /* a single Gaussian ~ Lambda that is not the query              */
    LSA_ROLE_QUERY,           /* the query: the single Gaussian ~ Lambda of the target         */
    LSA_ROLE_TASK,            /* the task: the only Gaussian ~ Omega, and no family            */
    LSA_ROLE_TASK_DRAW,       /* another Gaussian ~ Omega                                      */
    LSA_ROLE_NOISE            /* a Gaussian of variance s2                                     */
} lsa_role;

typedef struct lsa_symbol {
    const char *name; /* as written: "Lambda", "U", "eps"                                                   */
    lsa_symbol_kind kind;
    lsa_role role;
    lsa_dim rows, cols;
    lsa_family family;
    bool symmetric; /* constants only                                                                      */
    int covariance; /* Gaussian: the MATRIX (or, for 1 x 1, SCALAR) symbol of its covariance; else -1      */
} lsa_symbol;

typedef enum lsa_expr_kind {
    LSA_EXPR_NUMBER,    /* literal, an exact decimal                                            */
    LSA_EXPR_SYMBOL,    /* symbol, with the index variable it is written with                   */
    LSA_EXPR_SUM,       /* child[0] + child[1] + ... (n_children >= 2)                          */
    LSA_EXPR_PRODUCT,   /* child[0] * child[1] * ... ; scalar factors may stand anywhere, the others form one chain
                         * of conformable shapes: w' * x * U is PRODUCT(PRODUCT(w', x), U)        */
    LSA_EXPR_NEGATE,    /* - child[0]                                                           */
    LSA_EXPR_DIVIDE,    /* child[0] / child[1], child[1] a monomial in constant scalars         */
    LSA_EXPR_TRANSPOSE, /* child[0]'                                                            */
    LSA_EXPR_POWER,     /* child[0] ^ exponent, a scalar base or a square matrix, exponent >= 0 (negative: scalars) */
    LSA_EXPR_INDEX_SUM, /* sum(i, child[0]) over the samples, or sum(h, child[0]) over the heads */
    LSA_EXPR_TRACE      /* tr(child[0])                                                          */
} lsa_expr_kind;

typedef struct lsa_expr lsa_expr;
struct lsa_expr {
    lsa_expr_kind kind;
    lsa_dim rows, cols; /* shape of the value                                                            */
    const char *number; /* NUMBER: the literal's text                                                    */
    int symbol;         /* SYMBOL: index into the statement's symbols                                    */
    int index;          /* SYMBOL of a family, INDEX_SUM: the id of the index variable, unique per sum; -1 none */
    lsa_family family;  /* INDEX_SUM: what the index runs over                                           */
    int exponent;       /* POWER                                                                         */
    int n_children;
    const lsa_expr **children;
};

/* Blocks of one head's W^PV and W^KQ as expressions, or NULL for a block that is zero:
 * W^PV = [0 0; px' u], W^KQ = [U 0; k' 0] (paper, section 3; the other entries do not reach the prediction). */
typedef struct lsa_layer_blocks {
    const lsa_expr *px; /* d x 1 */
    const lsa_expr *u;  /* 1 x 1 */
    const lsa_expr *U;  /* d x d */
    const lsa_expr *k;  /* d x 1 */
} lsa_layer_blocks;

/* Marks in place of a parameter's symbol: there is no such block; there is one, and it is no parameter by itself. */
enum { LSA_BLOCK_ABSENT = -1, LSA_BLOCK_OTHER = -2 };

/* The parameters (their symbols) that one head's blocks are, found once when the statement is read. Where U is written
 * K' * Q with parameters K and Q of one shape, both per head or both not (K = Q is allowed), U is LSA_BLOCK_OTHER and K, Q
 * are those; else both are absent. Without a layer shapes decide: the only 1 x 1 parameter is u, the only d x d one U;
 * LSA_BLOCK_OTHER where several are. */
typedef struct lsa_layer_parameters {
    int px, u, U, k;
    int K, Q;
} lsa_layer_parameters;

/* A checked statement; everything in it lives in the model's arena. */
typedef struct lsa_statement {
    const char *name; /* "merged", a path, "inline"                                            */
    int n_dims;
    const char **dims; /* "1", "d", "r", ...                                                     */
    lsa_dim rank;      /* "r", of keys and queries: data.rank; -1 where the statement has it not */
    int n_symbols;
    const lsa_symbol *symbols;
    int n_parameters;
    const int *parameters;               /* their symbols, in the order of the statement: the order of the state   */
    const lsa_expr *prediction, *target; /* 1 x 1; definitions are already inserted                         */
    /* Symbols with a role in every setting; -1 where the statement has none, or no single one. */
    int samples;              /* N                                                                      */
    int rho;                  /* the normalisation in front of E E'                                     */
    int noise;                /* s2                                                                     */
    int covariance;           /* Lambda                                                                 */
    int task_covariance;      /* Omega                                                                  */
    int context, query, task; /* the only Gaussian of that role                                         */
    int label_noise;          /* the only family of variance s2: eps_i of the labels                    */
    bool has_heads;           /* a parameter is a family over the heads, or a sum runs over them        */
    bool has_layer;           /* the mapping `layer` was given                                          */
    bool masked;              /* the layer hides the query column from E E'                             */
    lsa_layer_blocks layer;   /* one mapping per head, written with the free head index LSA_INDEX_HEAD  */
    /* Which parameters those blocks are. */
    lsa_layer_parameters layer_parameters;
} lsa_statement;

/* The index variable id of the free head in `layer` (its blocks may name u[h], U[h]). */
enum { LSA_INDEX_HEAD = 0 };

/* The symbol of that name, or -1. */
LSA_API int lsa_statement_find(const lsa_statement *statement, const char *name);
/* Whether prediction or target name the symbol. */
LSA_API bool lsa_statement_names(const lsa_statement *statement, int symbol);
/* Context, query and task of a prompt are Gaussians of the statement: baselines speak of the same prompts. */
LSA_API bool lsa_statement_draws_prompt(const lsa_statement *statement);
/* The layer can be run on a prompt: it is given, and the statement draws what E holds. */
LSA_API bool lsa_statement_runs_layer(const lsa_statement *statement);
/* Whether the expression names the symbol. */
LSA_API bool lsa_expr_names(const lsa_expr *expr, int symbol);

/* A shipped statement (models/statements/NAME.yaml, embedded in the program) in the arena, without a model around it.
 * LSA_ERR_INPUT for an unknown name, naming the nearest one. */
LSA_API lsa_status lsa_statement_shipped(const char *name, lsa_arena *arena, const lsa_statement **out, lsa_error *err);

/* The names of the shipped statements, ended by NULL. */
LSA_API const char *const *lsa_statement_shipped_names(void);
/* Whether it is one of them, by its name. */
LSA_API bool lsa_statement_is_shipped(const lsa_statement *statement);

/* A formula over the statement's symbols, by the same grammar; tr(..) and sum(h, ..) included; an h outside of every
 * sum over h is the free head, LSA_INDEX_HEAD. A caller with further symbols passes a copy of the statement whose table
 * it has extended.
 * LSA_ERR_INPUT with line and column. */
LSA_API lsa_status lsa_expression_parse(const lsa_statement *statement, const char *text, lsa_arena *arena,
                                        const lsa_expr **out, lsa_error *err);

LSA_END_DECLS

#endif
