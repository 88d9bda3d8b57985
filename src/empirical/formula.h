/* formula.h - an expression of a statement bound to numbers: what its symbols stand for, every size known.
 *
 * Binding copies the checked tree into one whose products are binary (grouped so that vectors are met first), whose
 * numbers are parsed and whose nodes know their numeric shape, whether a parameter or a Gaussian occurs in them, and
 * how much scratch they need. Values are then computed on a stack that never grows: node results lie below the scratch
 * of their children. */
#ifndef LSAFLOW_EMPIRICAL_FORMULA_H
#define LSAFLOW_EMPIRICAL_FORMULA_H

#include "lsaflow/arena.h"
#include "lsaflow/empirical.h"

/* Where the numbers of a symbol come from. */
typedef enum lsa_origin {
    LSA_ORIGIN_NONE,       /* the setting gives it no number                       */
    LSA_ORIGIN_CONSTANT,   /* `value`                                              */
    LSA_ORIGIN_PARAMETER,  /* the parameter vector, at `offset`                    */
    LSA_ORIGIN_COVARIANCE, /* this prompt's own Lambda                            */
    LSA_ORIGIN_CONTEXT,    /* x_i of the prompt                                    */
    LSA_ORIGIN_QUERY,      /* x_q                                                  */
    LSA_ORIGIN_TASK,       /* w                                                    */
    LSA_ORIGIN_NOISE,      /* eps_i                                                */
    LSA_ORIGIN_FURTHER     /* the prompt's further Gaussians, at `offset`          */
} lsa_origin;

typedef struct lsa_slot {
    lsa_origin origin;
    ptrdiff_t rows, cols, offset;
    bool family; /* one value per sample or head, one after the other (CONTEXT: columns of E) */
    const double *value;
} lsa_slot;

typedef struct lsa_formula lsa_formula;
struct lsa_formula {
    lsa_expr_kind kind;
    ptrdiff_t rows, cols;
    double number;        /* NUMBER                                                 */
    const lsa_slot *slot; /* SYMBOL                                                 */
    int index;            /* SYMBOL of a family, INDEX_SUM                          */
    ptrdiff_t range;      /* INDEX_SUM: M or the number of heads                    */
    int exponent;         /* POWER                                                  */
    int n_children;       /* PRODUCT: 2                                             */
    const lsa_formula **child;
    bool has_parameter, has_gaussian;
    ptrdiff_t value_need, reverse_need; /* doubles of scratch                           */
};

/* What binding reads. */
typedef struct lsa_binder {
    lsa_arena *arena;
    const lsa_statement *statement;
    const ptrdiff_t *dims;
    const lsa_slot *slots;    /* one per symbol of the statement                        */
    ptrdiff_t samples, heads; /* ranges of the index sums                               */
    int max_index;            /* grows to the largest index variable met                */
} lsa_binder;

/* LSA_ERR_INPUT for a symbol without a number; LSA_ERR_UNABLE when the scratch would pass 2^27 doubles. */
lsa_status lsa_formula_bind(lsa_binder *binder, const lsa_expr *expr, const lsa_formula **out, lsa_error *err);

/* One evaluation: the numbers, the scratch. */
typedef struct lsa_run {
    const double *parameters, *further, *covariance; /* of the prompt, where it is random */
    const lsa_prompt *prompt;
    ptrdiff_t *index; /* current value of each index variable, 0-based */
    double *stack;
    ptrdiff_t top;
    double *gradient; /* of the parameters; reverse mode adds to it */
} lsa_run;

static inline double *lsa_run_push(lsa_run *run, ptrdiff_t count)
{
    double *out = run->stack + run->top;
    run->top += count;
    return out;
}

static inline bool lsa_formula_is_scalar(const lsa_formula *f)
{
    return f->rows == 1 && f->cols == 1;
}

/* The value, rows x cols column-major: borrowed from where its numbers live, or on the stack above the present top,
 * which it raises. */
const double *lsa_formula_value(const lsa_formula *f, lsa_run *run);
/* gradient += (d value / d parameters)' cotangent; leaves the stack as it was. */
void lsa_formula_reverse(const lsa_formula *f, lsa_run *run, const double *cotangent);

#endif
