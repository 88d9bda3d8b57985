/* check_shape.c - the shape of an operator's value from those of its operands. */
#include "formula/check.h"

#include "base/try.h"
#include <string.h>

static lsa_status shape_error(const formula_node *at, const char *operation, const formula_node *a,
                              const formula_node *b, lsa_error *err)
{
    char left[LSA_FOUND_SIZE], right[LSA_FOUND_SIZE];
    const bool square = formula_is_scalar(a) != formula_is_scalar(b);
    return formula_error(at, err, "shapes do not agree: %s %s %s%s", formula_shape_text(a->rows, a->cols, left),
                         operation, formula_shape_text(b->rows, b->cols, right),
                         square && operation[0] != '*' ? "; a multiple of the identity is written scalar*I" : "");
}

static formula_side named_of(formula_side a, formula_side b)
{
    return a.name != NULL ? a : b;
}

/* Summands and sides of comparisons: all of one shape. */
static lsa_status check_alike(formula_node *node, const char *operation, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *a = node->children[0];
    node->rows = a->rows;
    node->cols = a->cols;
    for (int k = 0; k < node->n_children; k++) {
        const formula_node *b = node->children[k];
        LSA_TRY(check_is_value(b, err));
        if (!sides_agree(node->rows, b->rows) || !sides_agree(node->cols, b->cols))
            return shape_error(b, operation, a, b, err);
        node->rows = named_of(node->rows, b->rows);
        node->cols = named_of(node->cols, b->cols);
    }
done:
    return status;
}

/* Factors from the left: a run of matrices that closes to a number is one scalar from there on. */
static lsa_status check_product(formula_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *open = NULL;
    formula_node run = {0};
    for (int k = 0; k < node->n_children; k++) {
        const formula_node *factor = node->children[k];
        LSA_TRY(check_is_value(factor, err));
        if (formula_is_scalar(factor))
            continue;
        if (open != NULL && !sides_agree(run.cols, factor->rows))
            return shape_error(factor, "*", &run, factor, err);
        run.rows = open == NULL ? factor->rows : run.rows;
        run.cols = factor->cols;
        open = formula_is_scalar(&run) ? NULL : &run;
    }
    if (open != NULL) {
        node->rows = run.rows;
        node->cols = run.cols;
    }
done:
    return status;
}

static lsa_status check_quotient(formula_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    const formula_node *below = node->children[1];
    LSA_TRY(check_is_value(node->children[0], err));
    LSA_TRY(check_is_value(below, err));
    if (!formula_is_scalar(below))
        return formula_error(below, err, "a divisor is a scalar, found %s; X/Y is written X*inv(Y)",
                             formula_shape_text(below->rows, below->cols, shape));
    node->rows = node->children[0]->rows;
    node->cols = node->children[0]->cols;
done:
    return status;
}

static lsa_status check_power(formula_node *node, const lsa_syntax *syntax, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    const formula_node *base = node->children[0];
    LSA_TRY(check_is_value(base, err));
    if (!sides_agree(base->rows, base->cols))
        return formula_error(node, err, "a power needs a scalar or a square matrix, found %s",
                             formula_shape_text(base->rows, base->cols, shape));
    if (syntax->root != 1 && !formula_is_scalar(base))
        return formula_error(node, err, "a root is taken of scalars; that of a semidefinite matrix is sqrtm(X)");
    node->exponent = syntax->exponent;
    node->root = syntax->root;
    node->rows = base->rows;
    node->cols = base->cols;
done:
    return status;
}

static lsa_status check_vector(formula_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *first = node->children[0];
    const bool rows = first->kind == FORMULA_VECTOR;
    for (int k = 0; k < node->n_children; k++) {
        const formula_node *one = node->children[k];
        LSA_TRY(check_is_value(one, err));
        if (rows ? one->kind != FORMULA_VECTOR || one->rows.size != first->rows.size ||
                       !sides_agree(one->cols, formula_one)
                 : !formula_is_scalar(one))
            return formula_error(one, err, "a vector holds scalars, a matrix rows of one length");
    }
    node->rows = (formula_side){NULL, node->n_children};
    node->cols = rows ? (formula_side){NULL, first->rows.size} : formula_one;
done:
    return status;
}

lsa_status check_shape(formula_node *node, const lsa_syntax *syntax, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *child = node->children[0];
    switch (node->kind) {
    case FORMULA_SUM:
        return check_alike(node, "+", err);
    case FORMULA_PRODUCT:
        return check_product(node, err);
    case FORMULA_DIVIDE:
        return check_quotient(node, err);
    case FORMULA_POWER:
        return check_power(node, syntax, err);
    case FORMULA_VECTOR:
        return check_vector(node, err);
    case FORMULA_NEGATE:
    case FORMULA_TRANSPOSE:
        LSA_TRY(check_is_value(child, err));
        node->rows = node->kind == FORMULA_NEGATE ? child->rows : child->cols;
        node->cols = node->kind == FORMULA_NEGATE ? child->cols : child->rows;
        break;
    case FORMULA_COMPARE:
        LSA_TRY(check_alike(node, lsa_relation_text(syntax->relations[0]), err));
        for (int k = 0; k + 1 < node->n_children; k++)
            if (!formula_is_scalar(child) && syntax->relations[k] > LSA_RELATION_DIFFERENT)
                return formula_error(node, err, "'%s' compares scalars", lsa_relation_text(syntax->relations[k]));
        for (int k = 0; k + 1 < node->n_children; k++)
            if (syntax->relations[k] == LSA_RELATION_BOUNDED && node->n_children > 2)
                return formula_error(node, err, "'= O(...)' stands alone, in no chain");
        node->relations = syntax->relations;
        node->rows = node->cols = formula_one;
        node->truth = true;
        break;
    default: /* and, or, not */
        for (int k = 0; k < node->n_children; k++)
            if (!node->children[k]->truth)
                return formula_error(node->children[k], err,
                                     "found a number or a matrix, expected a condition such as a == b");
        node->truth = true;
    }
done:
    return status;
}
