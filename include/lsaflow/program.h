/* program.h - a derived loss bound to numbers: loss, gradient and Hessian-vector product from a state vector.
 *
 * The state holds all parameter blocks, column-major, one after the other in the order of the statement (for a family,
 * head by head), in the program's own basis: each d-dimensional side of a block is rotated into an orthogonal basis in
 * which the constants are diagonal where the model allows (Lambda's eigenbasis, Omega's where Lambda is a multiple of
 * the identity; a side that the loss joins to itself by one constant alone, as the rows of U with general Omega, in that
 * constant's). Orthogonal bases leave gradient flow as it is.
 * lsa_program_to_user and _from_user change basis; all reports are in the user's basis. */
#ifndef LSAFLOW_PROGRAM_H
#define LSAFLOW_PROGRAM_H

#include "lsaflow/api.h"
#include "lsaflow/derive.h"
#include "lsaflow/model.h"
#include "lsaflow/status.h"
#include <stdbool.h>
#include <stddef.h>

LSA_BEGIN_DECLS

typedef struct lsa_program lsa_program;

/* The numbers that the symbols stand for in one setting; the derivation is made with lsa_derive_options_of that setting.
 * At context INFINITY every monomial in N and rho has its limit. A random covariance is one a prompt (lsa_program_create);
 * a random query covariance of its own is independent of it. */
typedef struct lsa_binding {
    ptrdiff_t dims[16]; /* value of each of the statement's dims                      */
    ptrdiff_t heads;
    lsa_setting setting;
    int n_values;
    const lsa_block_values *values; /* a user's further symbols                                   */
} lsa_binding;

/* The training setting of an experiment. */
LSA_API lsa_binding lsa_binding_training(const lsa_experiment *experiment);

/* One parameter block of one head. */
typedef struct lsa_block {
    const char *name; /* "u", "U"                                                                   */
    int symbol;       /* of the statement                                                           */
    ptrdiff_t head;   /* 0-based                                                                    */
    bool family;      /* the parameter is one per head                                              */
    ptrdiff_t rows, cols, offset;
} lsa_block;

/* One head's share of W: u U where U >= 0, else u K'Q. Offsets in the state, -1 for what the head has not. Which of key
 * and query comes first is found, not known: W may be the transpose of what the statement writes; H, B go with it. */
typedef struct lsa_form_head {
    ptrdiff_t u, U, K, Q;
} lsa_form_head;

/* The same of any kind: weight u U, weight u U', or weight u K'Q, u perhaps absent (-1). */
typedef struct lsa_form_part {
    double weight;
    ptrdiff_t u, U, K, Q;
    ptrdiff_t rank;      /* of K and Q                        */
    bool U_turned;       /* U' stands in W                    */
    bool K_tall, Q_tall; /* the block is d x rank, K' or Q'   */
} lsa_form_part;

/* The form 1/2 <W, H o W> - <B, W> + constant in W = sum_h u_h U_h, found in the derived polynomial, never typed:
 * H_ij = sum_t left[t*d + i] * right[t*d + j] in the program's basis, but H_ii = diagonal[i] where that is given (a
 * random diagonal Lambda). With one head W = u U: 1/2 u^2 <U, H o U> - u <B, U> + constant. Its least value over all W is
 *     minimum = constant - 1/2 sum_{H_ij > 0} B_ij^2 / H_ij,
 * which heads of K'Q reach where their ranks add up to d.
 * partial: the loss has other blocks (px, k), and this form where they are 0. */
typedef struct lsa_form {
    ptrdiff_t d;
    ptrdiff_t u, U; /* offsets of the first head's; U -1 where W is made of K'Q */
    ptrdiff_t n_products;
    const double *left, *right; /* n_products x d each                                      */
    const double *diagonal;     /* d, or NULL                                               */
    bool B_diagonal;
    const double *B; /* d numbers when diagonal, else d x d column-major         */
    double constant;
    double minimum;
    ptrdiff_t n_heads;
    const lsa_form_head *heads;
    ptrdiff_t rank;    /* K and Q are rank x d; 0 where heads have U               */
    ptrdiff_t n_parts; /* what W is the sum of, as its blocks lie in the state; 0: heads of other kinds, or partial */
    const lsa_form_part *parts;
    bool partial;
} lsa_form;

/* What a loss can come to. */
typedef struct lsa_least {
    double loss;  /* the least loss of all parameters; NAN: unknown                     */
    double bound; /* no parameters have less, perhaps none have as little; NAN: unknown */
} lsa_least;

/* H_ij. */
LSA_API double lsa_form_rate(const lsa_form *form, ptrdiff_t i, ptrdiff_t j);
/* B_ij / H_ij, entry of W at the minimum; 0 where H_ij = 0: the loss does not see that entry. */
LSA_API double lsa_form_limit(const lsa_form *form, ptrdiff_t i, ptrdiff_t j);

/* A random covariance: the program is that of the loss averaged over its law (paper, section 4.3 and Theorem 4.5;
 * docs/decisions/averages-by-cumulants.md).
 *   LAWS     exact moments. Products of Lambda's entries are expanded in joint cumulants, so a loss of degree up to 3
 *            in Lambda, any shipped statement's, costs a few more elementwise passes; d may be large.
 *   MIXTURE  the weighted sum over the components, in the basis that they share, else the user's.
 *   WISHART  the derivation is made with the option `wishart` (and only then).
 * The query's Wishart law is known by its mean where the loss is linear in Lambda_q, else LSA_ERR_UNABLE.
 *
 * Compiles loss and gradient, and the Hessian-vector product where the derivation has it. The statement is borrowed for
 * the program's life; derivation and binding only for the call. Memory: O(d) beside the bases where Lambda and Omega are
 * diagonal in one basis, else a few d x d constants.
 * Fails with LSA_ERR_DOMAIN (a monomial diverges at N = inf, a division by 0), LSA_ERR_INPUT (a symbol without numbers),
 * LSA_ERR_UNABLE (also where the products take more than 2^28 counted steps, about a second, or 384 MiB beside the room
 * of 64 d x d arrays), LSA_ERR_MEMORY, LSA_ERR_SOLVER (an eigendecomposition). */
LSA_API lsa_status lsa_program_create(const lsa_derivation *derivation, const lsa_binding *binding, lsa_program **out,
                                      lsa_error *err);
LSA_API void lsa_program_destroy(lsa_program *program);

/* The numbers of a state, >= 1, and its blocks k = 0 .. count - 1 in the order in which it holds them; a block lives as long
 * as the program. */
LSA_API ptrdiff_t lsa_program_size(const lsa_program *program);
LSA_API ptrdiff_t lsa_program_block_count(const lsa_program *program);
LSA_API const lsa_block *lsa_program_block(const lsa_program *program, ptrdiff_t k);
/* In what degrees the blocks stand in the loss: block k in row m at (*out)[m * block_count + k], a row for the monomials of
 * the derived polynomial that do not vanish in this setting (of a sum over heads as many as span all). By Euler's identity the
 * loss is invariant under theta_k -> c^{e_k} theta_k, c > 0, where sum_k e_k degree_mk = 0 in every row. Returns the number of
 * rows, which live as long as the program.   Checked: unit/program, property/flow. */
LSA_API ptrdiff_t lsa_program_degrees(const lsa_program *program, const int **out);
/* The blocks that the layer parameters of one head are (statement.h), head >= 0; a parameter that is one for all heads is head
 * 0's. NULL where the head has no such parameter. */
typedef struct lsa_head_blocks {
    const lsa_block *px, *u, *U, *k, *K, *Q;
} lsa_head_blocks;
LSA_API lsa_head_blocks lsa_program_head(const lsa_program *program, ptrdiff_t head);
/* Powers of two: a number of the user's is 2^units times the core's. law: of Lambda, Lambda_q and s2, even. */
typedef struct lsa_units {
    int law, loss, state, time;
} lsa_units;
/* A law far from unit scale (its largest eigenvalue outside 2^-40 .. 2^40) is compiled for Lambda/c, s2/c, c a power of
 * two next to that eigenvalue: the core, a program of the same blocks and bases whose numbers stay in the range of
 * doubles. Loss, parameters and flow time are its own by exact symmetry,
 *     L(theta; c Lambda, c s2) = c^g L(c^e theta; Lambda, s2),   theta = c^-e theta',  t = c^-(g + 2e) t',
 * e = 1/2 and g = 1 for u U (so c = 4^k), e = 1/3 for u K'Q (c = 64^k), and whatever e, g all terms of a statement share;
 * where they share none, the units are the user's. The program itself converts. Where nothing is scaled the core is the
 * program and the units are 0. (compile/units.h)   Checked: analytic/extremes. */
LSA_API const lsa_program *lsa_program_core(const lsa_program *program);
LSA_API lsa_units lsa_program_units(const lsa_program *program);

/* The recognised form of a state that is (u, U) and nothing else: one head, not partial; or NULL. */
LSA_API const lsa_form *lsa_program_form(const lsa_program *program);
/* The recognised form in W, for any number of heads, keys and queries, or partial; or NULL. */
LSA_API const lsa_form *lsa_program_product_form(const lsa_program *program);
/* The form of a loss that is a function of one W made of all parameters, whichever: a sum of products with scalars or without, of
 * matrices or vectors, heads written out; or NULL. Heads are named in it where they are those of the product form. */
LSA_API const lsa_form *lsa_program_quadratic(const lsa_program *program);
/* What such a loss can come to. `bound` is the least value over all W, and so is `loss` where W may be any matrix; where ranks
 * add up to less than d both are the least over W of that rank, if H is one product (Eckart, Young 1936). Else `loss` is NAN, as where
 * a block stands in W twice; and both are of any other loss.
 * Derived: compile/quadratic.h; checked: unit/quadratic. LSA_ERR_MEMORY, LSA_ERR_SOLVER. */
LSA_API lsa_status lsa_program_least(const lsa_program *program, lsa_least *out, lsa_error *err);
/* W (d x d) of the product form at a state, both in the program's basis; 2 d^2 flops a head, 2 d^2 rank with K'Q. With
 * it the gap is 1/2 sum H_ij (W_ij - B_ij/H_ij)^2, free of cancellation. Only where there is a product form. */
LSA_API void lsa_program_product(const lsa_program *program, const double *state, double *W);
/* The loss when every parameter is zero, 1/2 E target^2. */
LSA_API double lsa_program_loss_at_zero(const lsa_program *program);

/* Scratch memory for one thread; an evaluation allocates nothing. */
typedef struct lsa_workspace lsa_workspace;
LSA_API lsa_status lsa_workspace_create(const lsa_program *program, lsa_workspace **out, lsa_error *err);
LSA_API void lsa_workspace_destroy(lsa_workspace *work);

/* Loss and derivatives at a state. NaN and infinity pass through. gradient and out must not overlap the inputs.
 * Cost for a loss of the recognised form: a few passes over d^2 numbers; derived: the polynomial's; checked:
 * property/program against its term-by-term evaluation. */
LSA_API double lsa_program_loss(const lsa_program *program, lsa_workspace *work, const double *state);
LSA_API void lsa_program_gradient(const lsa_program *program, lsa_workspace *work, const double *state,
                                  double *gradient);
/* out = (Hessian at state) * direction; only where the derivation was made with_hessian. */
LSA_API void lsa_program_hessian(const lsa_program *program, lsa_workspace *work, const double *state,
                                 const double *direction, double *out);

/* Change of basis; out may be the input. */
LSA_API lsa_status lsa_program_from_user(const lsa_program *program, const double *user, double *state, lsa_error *err);
LSA_API lsa_status lsa_program_to_user(const lsa_program *program, const double *state, double *user, lsa_error *err);

/* The number of operations of each kind in one gradient, for reports and tests: products of matrices, of a matrix and a
 * vector, elementwise passes, traces; `constants`: operands that are constant arrays. */
typedef struct lsa_program_cost {
    ptrdiff_t matrix_products, matrix_vector, elementwise, traces, constants;
} lsa_program_cost;
LSA_API lsa_program_cost lsa_program_cost_of(const lsa_program *program);

/* The initial parameters that the experiment asks for, in the user's basis, blocks in the order of the state
 * (Assumption 3.3 for `scheme: paper`: u = sigma, U = sigma Theta Theta', |Theta Theta'|_F = 1; other blocks 0). */
LSA_API lsa_status lsa_start(const lsa_program *program, const lsa_experiment *experiment, double *user,
                             lsa_error *err);

LSA_END_DECLS

#endif
