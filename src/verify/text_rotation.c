/* text_rotation.c - up to rotations of the rows of keys and queries: K and Q by the same R leave K'Q, and x, y differ by an R where
 * x'x = y'y. */
#include "base/try.h"
#include "verify/text_up_to.h"
#include <string.h>

static lsa_status node_of(const checked_claim *checked, const formula_node *like, formula_kind kind, int n,
                          const formula_node *const *children, formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = lsa_arena_alloc(checked->arena, 1, sizeof *node);
    const formula_node **copy = lsa_arena_alloc(checked->arena, (size_t)n, sizeof *copy);
    LSA_TRY_MEMORY(node, "a claim");
    LSA_TRY_MEMORY(copy, "a claim");
    *node = *like;
    node->kind = kind;
    node->n_children = n;
    node->children = copy;
    node->number = checked->count; /* beyond those whose values are kept */
    for (int k = 0; k < n; k++)
        copy[k] = children[k];
    *out = node;
done:
    return status;
}

/* x'x */
static lsa_status square(const checked_claim *checked, const formula_node **x, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *factors[2] = {NULL, *x};
    formula_node *turned = NULL, *product = NULL;
    LSA_TRY(node_of(checked, *x, FORMULA_TRANSPOSE, 1, x, &turned, err));
    turned->rows = (*x)->cols;
    turned->cols = (*x)->rows;
    factors[0] = turned;
    LSA_TRY(node_of(checked, *x, FORMULA_PRODUCT, 2, factors, &product, err));
    product->rows = (*x)->cols;
    *x = product;
done:
    return status;
}

lsa_status text_without_rotation(const checked_claim *checked, const formula_node **a, const formula_node **b,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_statement *s = checked->experiment->statement;
    const char *side = (*a)->rows.name != NULL ? (*a)->rows.name : (*b)->rows.name;
    if (s->layer_parameters.K < 0 || s->rank < 0)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the statement has no keys and queries K'*Q to rotate");
    if (side == NULL || strcmp(side, s->dims[s->rank]) != 0)
        return lsa_error_set(err, LSA_ERR_UNABLE,
                             "rotations act on the rows of keys and queries: both sides have such rows");
    LSA_TRY(square(checked, a, err));
    LSA_TRY(square(checked, b, err));
done:
    return status;
}
