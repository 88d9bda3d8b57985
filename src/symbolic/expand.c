/* expand.c - expression trees to polynomials.
 *
 * A variable of a sum that is still open carries the index -2 - depth; when the sum is closed it becomes a dummy. So a
 * product of two sums gets its dummies apart from lsa_poly_mul, while factors inside one sum share theirs: y[i] x[i]
 * stays one sample. */
#include "symbolic/expand.h"
#include "base/try.h"

enum { MAX_DEPTH = 32 };

/* Ids of the variables of the open sums, outermost first. */
typedef struct scope {
    int depth;
    int variables[MAX_DEPTH];
} scope;

static lsa_status expand(lsa_algebra *algebra, scope *open, const lsa_expr *expr, const lsa_poly **out, lsa_error *err);

/* The index that a variable has in letters now. The free head of a layer's blocks is the only one bound by no sum. */
static int index_of(const scope *open, int variable)
{
    for (int k = open->depth - 1; k >= 0; k--)
        if (open->variables[k] == variable)
            return -2 - k;
    return variable == LSA_INDEX_HEAD ? LSA_INDEX_FREE : LSA_INDEX_NONE;
}

static lsa_status expand_number(lsa_algebra *algebra, const lsa_expr *expr, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial m;
    lsa_rational value;
    lsa_rational_init(&value);
    lsa_monomial_init(&m);
    if (!lsa_rational_parse(&value, expr->number)) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "the number %s is beyond the exact arithmetic", expr->number);
        goto done;
    }
    LSA_TRY(lsa_poly_monic(algebra, LSA_DIM_ONE, LSA_DIM_ONE, &m, &value, out, err));
done:
    lsa_rational_clear(&value);
    return status;
}

static lsa_status expand_sum(lsa_algebra *algebra, scope *open, const lsa_expr *expr, const lsa_poly **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *term = NULL;
    lsa_collector sum; /* one for all terms: partial sums of a long sum would fill the memory */
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    for (int k = 0; k < expr->n_children; k++) {
        LSA_TRY(expand(algebra, open, expr->children[k], &term, err));
        LSA_TRY(lsa_poly_collect(&sum, term, err));
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, expr->rows, expr->cols, out, err));
done:
    lsa_collector_clear(&sum);
    return status;
}

static lsa_status expand_product(lsa_algebra *algebra, scope *open, const lsa_expr *expr, const lsa_poly **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *product = NULL, *factor = NULL;
    LSA_TRY(expand(algebra, open, expr->children[0], &product, err));
    for (int k = 1; k < expr->n_children; k++) {
        LSA_TRY(expand(algebra, open, expr->children[k], &factor, err));
        LSA_TRY(lsa_poly_mul(algebra, product, factor, &product, err));
    }
    *out = product;
done:
    return status;
}

static lsa_status expand_divide(lsa_algebra *algebra, scope *open, const lsa_expr *expr, const lsa_poly **out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *above = NULL, *below = NULL;
    LSA_TRY(expand(algebra, open, expr->children[0], &above, err));
    LSA_TRY(expand(algebra, open, expr->children[1], &below, err));
    LSA_TRY(lsa_poly_power(algebra, below, -1, &below, err));
    LSA_TRY(lsa_poly_mul(algebra, above, below, out, err));
done:
    return status;
}

static lsa_status expand_index_sum(lsa_algebra *algebra, scope *open, const lsa_expr *expr, const lsa_poly **out,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *body = NULL;
    if (open->depth == MAX_DEPTH) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "sums nested deeper than %d", (int)MAX_DEPTH);
        goto done;
    }
    open->variables[open->depth++] = expr->index;
    LSA_TRY(expand(algebra, open, expr->children[0], &body, err));
    open->depth--;
    LSA_TRY(lsa_poly_close_sum(algebra, body, expr->family, -2 - open->depth, out, err));
done:
    return status;
}

/* The operations with one operand that need no scope of their own. */
static lsa_status expand_unary(lsa_algebra *algebra, scope *open, const lsa_expr *expr, const lsa_poly **out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_poly *f = NULL;
    LSA_TRY(expand(algebra, open, expr->children[0], &f, err));
    if (expr->kind == LSA_EXPR_TRANSPOSE)
        LSA_TRY(lsa_poly_transpose(algebra, f, out, err));
    else if (expr->kind == LSA_EXPR_TRACE)
        LSA_TRY(lsa_poly_trace(algebra, f, out, err));
    else if (expr->kind == LSA_EXPR_POWER)
        LSA_TRY(lsa_poly_power(algebra, f, expr->exponent, out, err));
    else
        LSA_TRY(lsa_poly_scale(algebra, f, -1, 1, out, err));
done:
    return status;
}

static lsa_status expand(lsa_algebra *algebra, scope *open, const lsa_expr *expr, const lsa_poly **out, lsa_error *err)
{
    switch (expr->kind) {
    case LSA_EXPR_NUMBER:
        return expand_number(algebra, expr, out, err);
    case LSA_EXPR_SYMBOL:
        return lsa_poly_symbol(algebra, expr->symbol, index_of(open, expr->index), out, err);
    case LSA_EXPR_SUM:
        return expand_sum(algebra, open, expr, out, err);
    case LSA_EXPR_PRODUCT:
        return expand_product(algebra, open, expr, out, err);
    case LSA_EXPR_DIVIDE:
        return expand_divide(algebra, open, expr, out, err);
    case LSA_EXPR_INDEX_SUM:
        return expand_index_sum(algebra, open, expr, out, err);
    case LSA_EXPR_NEGATE:
    case LSA_EXPR_TRANSPOSE:
    case LSA_EXPR_POWER:
    case LSA_EXPR_TRACE:
        break;
    }
    return expand_unary(algebra, open, expr, out, err);
}

lsa_status lsa_expand(lsa_algebra *algebra, const lsa_expr *expr, const lsa_poly **out, lsa_error *err)
{
    scope open = {.depth = 0};
    return expand(algebra, &open, expr, out, err);
}
