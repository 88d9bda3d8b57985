/* tape_bind.c - from a statement's expression to a formula with numbers.
 *
 * A product of several factors is folded from the side where a vector stands: in x x' U x_q from the right, so that no
 * d x d matrix is ever formed from vectors. */
#include "base/rational.h"
#include "base/try.h"
#include "empirical/formula.h"

static const double largest_scratch = 134217728.0; /* 2^27 doubles, 1 GiB */

static lsa_formula *make_node(lsa_binder *binder, lsa_expr_kind kind, ptrdiff_t rows, ptrdiff_t cols, int n)
{
    lsa_formula *node = lsa_arena_alloc(binder->arena, 1, sizeof *node);
    if (!node)
        return NULL;
    node->kind = kind;
    node->rows = rows;
    node->cols = cols;
    node->index = -1;
    node->n_children = n;
    node->child = lsa_arena_alloc(binder->arena, (size_t)n, sizeof(lsa_formula *));
    return node->child ? node : NULL;
}

static ptrdiff_t larger(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

/* Scratch, by the discipline of evaluate.c and reverse.c: a sum keeps one child at a time, the others all of them;
 * reverse mode keeps the children's values, one cotangent for each, and what one child's own reversal needs. A matrix
 * power multiplies between three buffers. */
static lsa_status set_needs(lsa_formula *node, lsa_error *err)
{
    const double size = (double)node->rows * (double)node->cols;
    double together = 0.0, widest = 0.0, cotangents = 0.0;
    ptrdiff_t reverse = 0;
    for (int c = 0; c < node->n_children; c++) {
        const lsa_formula *child = node->child[c];
        together += (double)child->value_need;
        widest = (double)larger((ptrdiff_t)widest, child->value_need);
        cotangents += (double)child->rows * (double)child->cols;
        reverse = larger(reverse, child->reverse_need);
        node->has_parameter |= child->has_parameter;
        node->has_gaussian |= child->has_gaussian;
    }
    const double own = node->kind == LSA_EXPR_SYMBOL || node->kind == LSA_EXPR_NUMBER ? 0.0 : size;
    const double power = node->kind == LSA_EXPR_POWER ? 3.0 * size : 0.0;
    const double value = own + power + (node->kind == LSA_EXPR_SUM ? widest : together);
    const double reversed = together + cotangents + 2.0 * power + (double)reverse;
    if (value > largest_scratch || reversed > largest_scratch)
        return lsa_error_set(err, LSA_ERR_UNABLE, "evaluating the statement in this size needs more than 2^27 numbers");
    node->value_need = (ptrdiff_t)value;
    node->reverse_need = (ptrdiff_t)reversed;
    return LSA_OK;
}

static lsa_status bind_number(lsa_formula *node, const char *text, lsa_error *err)
{
    lsa_rational q;
    lsa_rational_init(&q);
    const bool good = lsa_rational_parse(&q, text);
    node->number = lsa_rational_double(&q);
    lsa_rational_clear(&q);
    return good ? LSA_OK : lsa_error_set(err, LSA_ERR_INPUT, "%s is not a number", text);
}

static lsa_status bind_symbol(const lsa_binder *binder, lsa_formula *node, const lsa_expr *expr, lsa_error *err)
{
    const lsa_slot *slot = &binder->slots[expr->symbol];
    if (slot->origin == LSA_ORIGIN_NONE)
        return lsa_error_set(err, LSA_ERR_INPUT, "the symbol %s has no number",
                             binder->statement->symbols[expr->symbol].name);
    node->slot = slot;
    node->has_parameter = slot->origin == LSA_ORIGIN_PARAMETER;
    node->has_gaussian = slot->origin > LSA_ORIGIN_PARAMETER;
    return LSA_OK;
}

/* Whether the factors that are not scalars fit one another side by side, and end but do not begin in a vector. */
static bool folds_from_the_right(int n, const lsa_formula **factor)
{
    const lsa_formula *first = NULL, *last = NULL;
    for (int c = 0; c < n; c++) {
        if (lsa_formula_is_scalar(factor[c]))
            continue;
        if (last && last->cols != factor[c]->rows)
            return false;
        first = first ? first : factor[c];
        last = factor[c];
    }
    return first && first->rows != 1 && last->cols == 1;
}

static lsa_status multiply(lsa_binder *binder, const lsa_formula *a, const lsa_formula *b, const lsa_formula **out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_formula *shape = lsa_formula_is_scalar(a) ? b : a;
    const ptrdiff_t cols = lsa_formula_is_scalar(b) ? shape->cols : b->cols;
    lsa_formula *node = make_node(binder, LSA_EXPR_PRODUCT, shape->rows, cols, 2);
    LSA_TRY_MEMORY(node, "a formula");
    if (!lsa_formula_is_scalar(a) && !lsa_formula_is_scalar(b) && a->cols != b->rows)
        LSA_TRY(lsa_error_set(err, LSA_ERR_SHAPE, "a product of %td x %td by %td x %td", a->rows, a->cols, b->rows,
                              b->cols));
    node->child[0] = a;
    node->child[1] = b;
    LSA_TRY(set_needs(node, err));
    *out = node;
done:
    return status;
}

static lsa_status fold(lsa_binder *binder, int n, const lsa_formula **factor, const lsa_formula **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool right = folds_from_the_right(n, factor);
    const lsa_formula *product = right ? factor[n - 1] : factor[0];
    for (int step = 1; step < n; step++) {
        const lsa_formula *next = right ? factor[n - 1 - step] : factor[step];
        LSA_TRY(right ? multiply(binder, next, product, &product, err)
                      : multiply(binder, product, next, &product, err));
    }
    *out = product;
done:
    return status;
}

lsa_status lsa_formula_bind(lsa_binder *binder, const lsa_expr *expr, const lsa_formula **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_formula *node =
        make_node(binder, expr->kind, binder->dims[expr->rows], binder->dims[expr->cols], expr->n_children);
    LSA_TRY_MEMORY(node, "a formula");
    node->index = expr->index;
    node->exponent = expr->exponent;
    node->range = expr->family == LSA_FAMILY_HEAD ? binder->heads : binder->samples;
    binder->max_index = expr->index > binder->max_index ? expr->index : binder->max_index;
    for (int c = 0; c < expr->n_children; c++)
        LSA_TRY(lsa_formula_bind(binder, expr->children[c], &node->child[c], err));
    if (expr->kind == LSA_EXPR_PRODUCT) {
        LSA_TRY(fold(binder, node->n_children, node->child, out, err));
        goto done;
    }
    if (expr->kind == LSA_EXPR_NUMBER)
        LSA_TRY(bind_number(node, expr->number, err));
    if (expr->kind == LSA_EXPR_SYMBOL)
        LSA_TRY(bind_symbol(binder, node, expr, err));
    LSA_TRY(set_needs(node, err));
    *out = node;
done:
    return status;
}
