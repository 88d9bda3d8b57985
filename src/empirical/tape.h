/* tape.h - an expression of a statement as a straight line of additions and multiplications of numbers.
 *
 * Every size is known, so sums over samples and heads, matrix products and powers are written out entry by entry. What
 * is known is folded, and what is the same is written once. The line is then short enough to be run on many points at
 * once, with its derivatives by reverse mode, and to have the degree of its polynomial read off in any set of inputs. */
#ifndef LSAFLOW_EMPIRICAL_TAPE_H
#define LSAFLOW_EMPIRICAL_TAPE_H

#include "lsaflow/arena.h"
#include "lsaflow/statement.h"

enum { LSA_TAPE_LANES = 16 }; /* points that are run at once */

typedef struct lsa_tape lsa_tape;

/* The numbers of a symbol: the nodes of its entries, column-major, a family's members one after the other. NULL: the
 * setting gives it none. */
typedef struct lsa_tape_symbol {
    const int *node;
    bool family;
} lsa_tape_symbol;

/* What the sizes and symbols of an expression stand for. */
typedef struct lsa_tape_scope {
    const lsa_statement *statement;
    const ptrdiff_t *dims;
    ptrdiff_t samples, heads;
    const lsa_tape_symbol *symbols; /* one per symbol of the statement */
} lsa_tape_scope;

/* An empty line in the arena; NULL when memory is out. */
lsa_tape *lsa_tape_create(lsa_arena *arena);

/* The nodes of `count` new inputs, numbered onwards from those before, or of constants; NULL when memory is out. */
const int *lsa_tape_inputs(lsa_tape *tape, ptrdiff_t count);
const int *lsa_tape_constants(lsa_tape *tape, ptrdiff_t count, const double *values);
ptrdiff_t lsa_tape_input_count(const lsa_tape *tape);

/* The result of the line := left - right, both 1 x 1; `left` NULL is 0. The first n_parameters inputs are what it is
 * differentiated by. LSA_ERR_INPUT for a symbol without numbers, LSA_ERR_DOMAIN for a division by 0 of what is no
 * empty sum, LSA_ERR_UNABLE beyond 2^20 nodes, LSA_ERR_MEMORY. */
lsa_status lsa_tape_difference(lsa_tape *tape, const lsa_tape_scope *scope, const lsa_expr *left, const lsa_expr *right,
                               ptrdiff_t n_parameters, lsa_error *err);

/* The same line with the absolute values of all its constants, so that no term is taken off another. NULL when memory is
 * out. */
lsa_tape *lsa_tape_magnitude(const lsa_tape *tape);

/* The degree of the result where input k counts weight[k]; of a sum the largest, terms that cancel included. */
int lsa_tape_degree(const lsa_tape *tape, const int *weight);
/* 0 or 1: all terms have an even or odd degree in the inputs of weight 1; -1: there are both. */
int lsa_tape_parity(const lsa_tape *tape, const int *weight);

/* One run on LSA_TAPE_LANES points: the numbers of all nodes, each a row of lanes. */
typedef struct lsa_tape_run {
    const lsa_tape *tape;
    int *input; /* the node of each input */
    double *value, *adjoint, *tangent, *adjoint_tangent;
} lsa_tape_run;

/* Room for a run, in the arena. LSA_ERR_MEMORY. */
lsa_status lsa_tape_run_init(lsa_tape_run *run, const lsa_tape *tape, lsa_arena *arena, lsa_error *err);
/* The row of an input, to be filled. */
double *lsa_tape_input_row(const lsa_tape_run *run, ptrdiff_t input);
/* The result in every lane; its derivatives by the parameters, then in the rows of lsa_tape_derivative_row. */
const double *lsa_tape_forward(lsa_tape_run *run);
void lsa_tape_reverse(lsa_tape_run *run);
const double *lsa_tape_derivative_row(const lsa_tape_run *run, ptrdiff_t parameter);
/* After both: the derivative of the result along a direction of the parameters, and that of its derivatives. */
const double *lsa_tape_forward_tangent(lsa_tape_run *run, const double *direction);
void lsa_tape_reverse_tangent(lsa_tape_run *run);
const double *lsa_tape_derivative_tangent_row(const lsa_tape_run *run, ptrdiff_t parameter);

#endif
