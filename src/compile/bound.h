/* bound.h - the numbers behind the symbols of one derivation, in the program's base basis.
 *
 * The base basis V is orthogonal and shared by every d-dimensional side: the eigenbasis of Lambda, or of Omega where
 * Lambda is a multiple of the identity, or the user's own basis where those are diagonal already. Whether a constant is
 * diagonal in V is decided by structure, never by a tolerance: it is the covariance that V came from, has that one's
 * basis bit for bit, or is written as a multiple of the identity (or, with V = I, with zeros off the diagonal). */
#ifndef LSAFLOW_COMPILE_BOUND_H
#define LSAFLOW_COMPILE_BOUND_H

#include "compile/constant.h"
#include "compile/letter.h"
#include "lsaflow/program.h"

/* A random covariance has no numbers: its letters are averaged over (average.h) and give way to constants that the
 * average introduces, symbols after those of the algebra. */

/* What a symbol of the algebra is for the program. */
typedef enum lsa_bound_kind { LSA_BOUND_CONSTANT, LSA_BOUND_PARAMETER, LSA_BOUND_DIRECTION } lsa_bound_kind;

typedef struct lsa_bound {
    const lsa_derivation *derivation;
    const lsa_algebra *algebra;
    const lsa_statement *statement;
    const lsa_binding *binding;
    const lsa_setting *setting; /* of the binding                                                  */
    lsa_arena *arena;
    const double *basis;   /* V, d x d; NULL: the identity                                       */
    int n_symbols;         /* of the algebra, and room for those that averages introduce         */
    lsa_symbol introduced; /* what the latter are: symmetric d x d constants                  */
    lsa_intern *averages;  /* their keys                                                      */
    lsa_bound_kind *kind;  /* per symbol                                                         */
    int *parameter;        /* per symbol with a role: the index into statement->parameters       */
    bool *known;           /* per symbol: `value` was made                                       */
    lsa_value *value;
} lsa_bound;

/* Binds; everything lives in the arena, the arguments are borrowed as long as it. LSA_ERR_MEMORY. */
lsa_status lsa_bound_create(lsa_arena *arena, const lsa_derivation *derivation, const lsa_binding *binding,
                            lsa_bound **out, lsa_error *err);

/* What a symbol is, one of the algebra or one that an average has introduced. */
const lsa_symbol *lsa_bound_symbol(const lsa_bound *bound, int symbol);

/* A constant as a letter. */
lsa_atom lsa_bound_constant(int symbol);
/* A letter transposed; a symmetric symbol and a run, which is diagonal, stay as they are. */
lsa_atom lsa_bound_turned(const lsa_bound *bound, lsa_atom letter);

/* The law of a symbol that stands for a diagonal of random entries or a mixture, else NULL. */
const lsa_covariance *lsa_bound_law(const lsa_bound *bound, int symbol);
/* Some symbol is a diagonal of random entries: the base basis is the user's and every side has to keep it. */
bool lsa_bound_keeps_basis(const lsa_bound *bound);
/* The constant diag_i of the joint cumulant of the i-th entry's powers (n >= 2 powers, or the moment for n = 1);
 * *zero: it vanishes. LSA_ERR_UNABLE when there are too many of them. */
lsa_status lsa_bound_cumulant(lsa_bound *bound, int symbol, int n, const int *powers, int *out, bool *zero,
                              lsa_error *err);
/* Component c of a mixture. */
lsa_status lsa_bound_component(lsa_bound *bound, int symbol, ptrdiff_t c, int *out, lsa_error *err);
/* The most constants that averages over the setting's laws may introduce. */
int lsa_bound_room(const lsa_setting *setting);
/* Whether derivation and setting fit each other where a law is not Gaussian. LSA_ERR_UNABLE. */
lsa_status lsa_bound_check_laws(const lsa_bound *bound, lsa_error *err);

/* The covariance that a symbol names, or NULL. */
const lsa_covariance *lsa_bound_named(const lsa_bound *bound, int symbol);
/* A fixed covariance in the base basis. */
lsa_status lsa_bound_covariance(const lsa_bound *bound, const lsa_covariance *covariance, lsa_value *out,
                                lsa_error *err);
/* The user's numbers for a symbol, or NULL; and the failure where they are missing. */
const double *lsa_bound_user_numbers(const lsa_bound *bound, int symbol);
lsa_status lsa_bound_missing(const lsa_bound *bound, int symbol, lsa_error *err);

/* The size of a named dimension. */
ptrdiff_t lsa_bound_size(const lsa_bound *bound, lsa_dim dim);

/* The value of a constant matrix in the base basis. LSA_ERR_INPUT when nothing gives its numbers. */
lsa_status lsa_bound_matrix(lsa_bound *bound, int symbol, lsa_value *out, lsa_error *err);

/* The coefficient of a term times its constant scalars. With N = inf, the limit of its part in N and rho (rho/N -> 1):
 * LSA_ERR_DOMAIN when it diverges. With N = 0 a positive power of N is an empty sum, 0 whatever divides it.
 * LSA_ERR_DOMAIN too where it has a moment that is infinite. */
lsa_status lsa_bound_weight(const lsa_bound *bound, const lsa_term *term, double *out, lsa_error *err);

#endif
