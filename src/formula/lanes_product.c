/* lanes_product.c - rows and steps; products in the order that forms no matrix for a vector; powers. */
#include "base/try.h"
#include "formula/lane_maker.h"

/* Rows for a new value. */
lsa_status lane_room(lane_maker *m, ptrdiff_t rows, ptrdiff_t cols, int scope, lane_value *out, lsa_error *err)
{
    *out = (lane_value){.at = m->lanes->rows, .rows = rows, .cols = cols, .scope = scope};
    m->lanes->rows += rows * cols;
    if (m->lanes->rows > LANE_LARGEST_ROWS)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a formula of prompts with more than %d numbers at once",
                             LANE_LARGEST_ROWS);
    return LSA_OK;
}

/* A step in the list of the innermost sum that its value depends on. */
lsa_status lane_add_step(lane_maker *m, const lane_step *step, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_list *list = &m->list[step->out.scope];
    lane_step *copy = lsa_arena_alloc(m->arena, 1, sizeof *copy);
    LSA_TRY_MEMORY(copy, "a formula of prompts");
    *copy = *step;
    copy->next = NULL;
    if (list->last != NULL)
        list->last->next = copy;
    else
        list->first = copy;
    list->last = copy;
done:
    return status;
}

lsa_status lane_binary(lane_maker *m, const formula_node *node, lane_operation operation, const lane_value *a,
                       const lane_value *b, ptrdiff_t rows, ptrdiff_t cols, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step step = {.operation = operation, .node = node, .a = *a, .b = *b};
    LSA_TRY(lane_room(m, rows, cols, lane_inner(a->scope, b->scope), &step.out, err));
    LSA_TRY(lane_add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

static bool is_number(const lane_value *v)
{
    return lane_count(v) == 1;
}

static lsa_status multiply(lane_maker *m, const formula_node *node, const lane_value *a, const lane_value *b,
                           lane_value *out, lsa_error *err)
{
    if (is_number(a))
        return lane_binary(m, node, LANE_SCALE, a, b, b->rows, b->cols, out, err);
    if (is_number(b))
        return lane_binary(m, node, LANE_SCALE, b, a, a->rows, a->cols, out, err);
    return lane_binary(m, node, LANE_PRODUCT, a, b, a->rows, b->cols, out, err);
}

/* Scalars apart; a run of matrices that closes to a number is one scalar from there on. A run that ends in a vector is multiplied
 * from the right, so that no product of matrices is formed for it. */
static lsa_status make_chain(lane_maker *m, const formula_node *node, const lane_value *chain, int n, lane_value *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool from_right = chain[n - 1].cols == 1 && chain[0].rows > 1;
    *out = chain[from_right ? n - 1 : 0];
    for (int k = 1; k < n; k++)
        LSA_TRY(from_right ? multiply(m, node, &chain[n - 1 - k], out, out, err)
                           : multiply(m, node, out, &chain[k], out, err));
done:
    return status;
}

static lsa_status scale_by(lane_maker *m, const formula_node *node, const lane_value *one, lane_value *scalar,
                           bool *any, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (*any)
        LSA_TRY(multiply(m, node, scalar, one, scalar, err));
    else
        *scalar = *one;
    *any = true;
done:
    return status;
}

lsa_status lane_product(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value scalar = {0}, closed;
    bool any = false;
    int n = 0;
    lane_value *chain = lsa_arena_alloc(m->arena, (size_t)node->n_children, sizeof *chain);
    LSA_TRY_MEMORY(chain, "a formula of prompts");
    for (int k = 0; k < node->n_children; k++) {
        LSA_TRY(m->make(m, node->children[k], &chain[n], err));
        if (is_number(&chain[n])) {
            LSA_TRY(scale_by(m, node, &chain[n], &scalar, &any, err));
        } else if (++n > 1 && chain[0].rows == 1 && chain[n - 1].cols == 1) {
            LSA_TRY(make_chain(m, node, chain, n, &closed, err));
            LSA_TRY(scale_by(m, node, &closed, &scalar, &any, err));
            n = 0;
        }
    }
    if (n == 0) {
        *out = scalar;
        goto done;
    }
    LSA_TRY(make_chain(m, node, chain, n, out, err));
    if (any)
        LSA_TRY(multiply(m, node, &scalar, out, out, err));
done:
    return status;
}

lsa_status lane_power(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value base;
    lane_step step = {.operation = LANE_POWER, .node = node, .power = (double)node->exponent / node->root};
    LSA_TRY(m->make(m, node->children[0], &base, err));
    if (is_number(&base)) {
        step.a = base;
        LSA_TRY(lane_room(m, 1, 1, base.scope, &step.out, err));
        LSA_TRY(lane_add_step(m, &step, err));
        *out = step.out;
        goto done;
    }
    if (node->exponent < 1) {
        status = lsa_error_set(err, LSA_ERR_UNABLE, "a power below 1 of a matrix that prompts draw: write inv(X)");
        goto done;
    }
    *out = base;
    for (int k = 1; k < node->exponent; k++)
        LSA_TRY(multiply(m, node, out, &base, out, err));
done:
    return status;
}
