/* bound.h - the numbers behind the symbols of one derivation, in the program's base basis.
 *
 * The base basis V is orthogonal and shared by every d-dimensional side: the eigenbasis of Lambda, or of Omega where
 * Lambda is a multiple of the identity, or the user's own basis where those are diagonal already. Whether a constant is
 * diagonal in V is decided by structure, never by a tolerance: it is the covariance that V came from, has that one's
 * basis bit for bit, or is written as a multiple of the identity (or, with V = I, with zeros off the diagonal). */
#ifndef LSAFLOW_COMPILE_BOUND_H
#define LSAFLOW_COMPILE_BOUND_H

#include "compile/value.h"
#include "lsaflow/program.h"

/* What a symbol of the algebra is for the program. */
typedef enum lsa_role { LSA_ROLE_CONSTANT, LSA_ROLE_PARAMETER, LSA_ROLE_DIRECTION } lsa_role;

typedef struct lsa_bound {
    const lsa_derivation *derivation;
    const lsa_algebra *algebra;
    const lsa_statement *statement;
    const lsa_binding *binding;
    lsa_arena *arena;
    const double *basis; /* V, d x d; NULL: the identity                                       */
    int n_symbols;
    lsa_role *role; /* per symbol                                                         */
    int *parameter; /* per symbol with a role: the index into statement->parameters       */
    bool *known;    /* per symbol: `value` was made                                       */
    lsa_value *value;
} lsa_bound;

/* Binds; everything lives in the arena, the arguments are borrowed as long as it. LSA_ERR_MEMORY. */
lsa_status lsa_bound_create(lsa_arena *arena, const lsa_derivation *derivation, const lsa_binding *binding,
                            lsa_bound **out, lsa_error *err);

/* The size of a named dimension. */
ptrdiff_t lsa_bound_size(const lsa_bound *bound, lsa_dim dim);

/* The value of a constant matrix in the base basis. LSA_ERR_INPUT when nothing gives its numbers. */
lsa_status lsa_bound_matrix(lsa_bound *bound, int symbol, lsa_value *out, lsa_error *err);

/* The product of the constant scalars of a monomial. With N = inf, the limit of its part in N and rho (rho/N -> 1):
 * LSA_ERR_DOMAIN when it diverges. With N = 0 a positive power of N is an empty sum, 0 whatever divides it. */
lsa_status lsa_bound_monomial(const lsa_bound *bound, int n, const lsa_power *powers, double *out, lsa_error *err);

/* x to an integer power, by repeated squaring. */
double lsa_integer_power(double x, int exponent);

#endif
