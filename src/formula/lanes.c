/* lanes.c - a formula written out as steps on rows of lanes. */
#include "base/text.h"
#include "base/try.h"
#include "formula/lane_steps.h"
#include <string.h>

/* Sums inside each other; numbers of one prompt; numbers that a second-level cache holds; lanes of a batch. */
enum { SCOPES = 16, LARGEST_ROWS = 1 << 21, CACHE_DOUBLES = 1 << 16, LEAST_WIDTH = 8, LARGEST_WIDTH = 256 };

typedef struct maker {
    lsa_arena *arena;
    const formula_lane_names *names;
    formula_lanes *lanes;
    int depth;
    int variable[SCOPES]; /* of the sums around; scope k has variable[k] */
    lane_list list[SCOPES];
    struct made {
        const formula_node *body;
        lane_value value;
        struct made *next;
    } * words;
} maker;

static const unsigned drawn = FORMULA_IN_PROMPT | FORMULA_IN_LAW;

static int max_scope(int a, int b)
{
    return a > b ? a : b;
}

/* Rows for a new value. */
static lsa_status room(maker *m, ptrdiff_t rows, ptrdiff_t cols, int scope, lane_value *out, lsa_error *err)
{
    *out = (lane_value){.at = m->lanes->rows, .rows = rows, .cols = cols, .scope = scope};
    m->lanes->rows += rows * cols;
    if (m->lanes->rows > LARGEST_ROWS)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a formula of prompts with more than %d numbers at once", LARGEST_ROWS);
    return LSA_OK;
}

/* A step in the list of the innermost sum that its value depends on. */
static lsa_status add_step(maker *m, const lane_step *step, lsa_error *err)
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

static lsa_status make_constant(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    struct lane_constant *c = lsa_arena_alloc(m->arena, 1, sizeof *c);
    LSA_TRY_MEMORY(c, "a formula of prompts");
    LSA_TRY(room(m, node->rows.size, node->cols.size, 0, out, err));
    double *numbers = lsa_arena_alloc(m->arena, (size_t)lane_count(out), sizeof *numbers);
    LSA_TRY_MEMORY(numbers, "a formula of prompts");
    LSA_TRY(m->names->constant(m->names->context, node, numbers, err));
    out->constant = numbers;
    *c = (struct lane_constant){*out, m->lanes->constants};
    m->lanes->constants = c;
done:
    return status;
}

static lsa_status make(maker *m, const formula_node *node, lane_value *out, lsa_error *err);

/* x[i]: one member of the family's rows. */
static lsa_status make_leaf(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t members = 1;
    lane_value index;
    lane_step step = {.operation = LANE_MEMBER, .node = node};
    step.a = (lane_value){.rows = node->rows.size, .cols = node->cols.size};
    LSA_TRY(m->names->drawn(m->names->context, node, &step.a.at, &members, err));
    step.a.at = -1 - step.a.at; /* drawn */
    if (node->n_children == 0 || node->kind == FORMULA_CALL) {
        *out = step.a;
        goto done;
    }
    LSA_TRY(make(m, node->children[0], &index, err));
    step.b = index;
    step.members = members;
    LSA_TRY(room(m, step.a.rows, step.a.cols, index.scope, &step.out, err));
    LSA_TRY(add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

static lsa_status binary(maker *m, const formula_node *node, lane_operation operation, const lane_value *a,
                         const lane_value *b, ptrdiff_t rows, ptrdiff_t cols, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step step = {.operation = operation, .node = node, .a = *a, .b = *b};
    LSA_TRY(room(m, rows, cols, max_scope(a->scope, b->scope), &step.out, err));
    LSA_TRY(add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

static bool is_number(const lane_value *v)
{
    return lane_count(v) == 1;
}

static lsa_status multiply(maker *m, const formula_node *node, const lane_value *a, const lane_value *b,
                           lane_value *out, lsa_error *err)
{
    if (is_number(a))
        return binary(m, node, LANE_SCALE, a, b, b->rows, b->cols, out, err);
    if (is_number(b))
        return binary(m, node, LANE_SCALE, b, a, a->rows, a->cols, out, err);
    return binary(m, node, LANE_PRODUCT, a, b, a->rows, b->cols, out, err);
}

/* Scalars apart; a run of matrices that closes to a number is one scalar from there on. A run that ends in a vector is multiplied
 * from the right, so that no product of matrices is formed for it. */
static lsa_status make_chain(maker *m, const formula_node *node, const lane_value *chain, int n, lane_value *out,
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

static lsa_status scale_by(maker *m, const formula_node *node, const lane_value *one, lane_value *scalar, bool *any,
                           lsa_error *err)
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

static lsa_status make_product(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value scalar = {0}, closed;
    bool any = false;
    int n = 0;
    lane_value *chain = lsa_arena_alloc(m->arena, (size_t)node->n_children, sizeof *chain);
    LSA_TRY_MEMORY(chain, "a formula of prompts");
    for (int k = 0; k < node->n_children; k++) {
        LSA_TRY(make(m, node->children[k], &chain[n], err));
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

static lsa_status make_power(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value base;
    lane_step step = {.operation = LANE_POWER, .node = node, .power = (double)node->exponent / node->root};
    LSA_TRY(make(m, node->children[0], &base, err));
    if (is_number(&base)) {
        step.a = base;
        LSA_TRY(room(m, 1, 1, base.scope, &step.out, err));
        LSA_TRY(add_step(m, &step, err));
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

static lsa_status make_unary(maker *m, const formula_node *node, lane_operation operation, lane_value *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step step = {.operation = operation, .node = node};
    LSA_TRY(make(m, node->children[0], &step.a, err));
    const bool turned = operation == LANE_TRANSPOSE;
    LSA_TRY(room(m, turned ? step.a.cols : step.a.rows, turned ? step.a.rows : step.a.cols, step.a.scope, &step.out,
                 err));
    LSA_TRY(add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

/* Terms, conditions: from the left. */
static lsa_status make_fold(maker *m, const formula_node *node, lane_operation operation, lane_value *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value next;
    LSA_TRY(make(m, node->children[0], out, err));
    for (int k = 1; k < node->n_children; k++) {
        LSA_TRY(make(m, node->children[k], &next, err));
        LSA_TRY(binary(m, node, operation, out, &next, out->rows, out->cols, out, err));
    }
done:
    return status;
}

/* A chain of comparisons: all of them. */
static lsa_status make_compare(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value left, before = {0};
    LSA_TRY(make(m, node->children[0], &left, err));
    for (int k = 1; k < node->n_children; k++) {
        lane_step step = {.operation = LANE_COMPARE, .node = node, .a = left, .relation = node->relations[k - 1]};
        LSA_TRY(make(m, node->children[k], &step.b, err));
        LSA_TRY(room(m, 1, 1, max_scope(step.a.scope, step.b.scope), &step.out, err));
        LSA_TRY(add_step(m, &step, err));
        *out = step.out;
        if (k > 1)
            LSA_TRY(binary(m, node, LANE_AND, &before, out, 1, 1, out, err));
        before = *out;
        left = step.b;
    }
done:
    return status;
}

static lsa_status make_operands(maker *m, const formula_node *node, lane_step *step, int *scope, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value *operands = lsa_arena_alloc(m->arena, (size_t)node->n_children, sizeof *operands);
    LSA_TRY_MEMORY(operands, "a formula of prompts");
    for (int k = 0; k < node->n_children; k++) {
        LSA_TRY(make(m, node->children[k], &operands[k], err));
        *scope = max_scope(*scope, operands[k].scope);
        const ptrdiff_t scratch = lane_function_scratch(operands[k].rows, operands[k].cols);
        m->lanes->scratch = scratch > m->lanes->scratch ? scratch : m->lanes->scratch;
    }
    step->more = operands;
    step->n_more = node->n_children;
done:
    return status;
}

static lsa_status make_vector(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step all = {0};
    int scope = 0;
    LSA_TRY(make_operands(m, node, &all, &scope, err));
    LSA_TRY(room(m, node->rows.size, node->cols.size, scope, out, err));
    for (int k = 0; k < all.n_more; k++) {
        const lane_step step = {.operation = LANE_COPY, .node = node, .a = all.more[k], .out = *out, .row = k};
        LSA_TRY(add_step(m, &step, err));
    }
done:
    return status;
}

static lsa_status make_call(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int scope = 0;
    lane_step step = {.operation = LANE_FUNCTION, .node = node, .function = node->function->id};
    if (node->function->kind == FORMULA_OF_PROMPTS)
        return make_leaf(m, node, out, err);
    if (node->function->kind != FORMULA_OF_VALUES)
        return lsa_error_set(err, LSA_ERR_UNABLE, "%s stands around a mean over prompts, not inside", node->text);
    if (!lane_function_is_offered(step.function))
        return lsa_error_set(err, LSA_ERR_UNABLE, "%s is not offered of what prompts draw", node->text);
    LSA_TRY(make_operands(m, node, &step, &scope, err));
    LSA_TRY(room(m, node->rows.size, node->cols.size, scope, &step.out, err));
    LSA_TRY(add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

static lsa_status bound_of(maker *m, const formula_node *node, long *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double value;
    if (node->kind == FORMULA_PAIRS) {
        *out = (long)m->names->pairs;
        return LSA_OK;
    }
    if ((node->needs & (drawn | FORMULA_IN_SUM)) != 0)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the bound of a sum inside a mean is a number of the model");
    LSA_TRY(m->names->constant(m->names->context, node, &value, err));
    *out = (long)value;
    if ((double)*out != value)
        status = lsa_error_set(err, LSA_ERR_DOMAIN, "the bound of a sum, %.6g, is no integer", value);
done:
    return status;
}

static lsa_status make_sum(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step step = {.operation = LANE_SUM, .node = node, .variable = node->variable};
    if (m->depth + 1 == SCOPES || node->variable >= FORMULA_INDICES)
        return lsa_error_set(err, LSA_ERR_UNABLE, "more than %d sums inside each other", SCOPES - 1);
    LSA_TRY(bound_of(m, node->children[0], &step.from, err));
    LSA_TRY(bound_of(m, node->children[1], &step.to, err));
    m->variable[++m->depth] = node->variable;
    m->list[m->depth] = (lane_list){NULL, NULL};
    status = make(m, node->children[2], &step.a, err);
    step.body = m->list[m->depth--];
    LSA_TRY(status);
    LSA_TRY(room(m, step.a.rows, step.a.cols, m->depth, &step.out, err));
    LSA_TRY(add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

static lsa_status make_index(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step step = {.operation = LANE_INDEX, .node = node, .variable = node->variable};
    int scope = m->depth;
    while (scope > 0 && m->variable[scope] != node->variable)
        scope--;
    if (scope == 0)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the index %s runs outside of the mean", node->text);
    LSA_TRY(room(m, 1, 1, scope, &step.out, err));
    LSA_TRY(add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

/* A word of `where`, which knows no index, is written once. */
static lsa_status make_word(maker *m, const formula_node *body, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (const struct made *k = m->words; k != NULL; k = k->next) {
        if (k->body == body) {
            *out = k->value;
            return LSA_OK;
        }
    }
    LSA_TRY(make(m, body, out, err));
    struct made *k = lsa_arena_alloc(m->arena, 1, sizeof *k);
    LSA_TRY_MEMORY(k, "a formula of prompts");
    *k = (struct made){body, *out, m->words};
    m->words = k;
done:
    return status;
}

static lsa_status make_new(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    switch (node->kind) {
    case FORMULA_SYMBOL:
    case FORMULA_NAME:
        return make_leaf(m, node, out, err);
    case FORMULA_VARIABLE:
        return make_index(m, node, out, err);
    case FORMULA_DEFINED:
        return make_word(m, node->children[0], out, err);
    case FORMULA_VECTOR:
        return make_vector(m, node, out, err);
    case FORMULA_SUM:
        return make_fold(m, node, LANE_ADD, out, err);
    case FORMULA_AND:
        return make_fold(m, node, LANE_AND, out, err);
    case FORMULA_OR:
        return make_fold(m, node, LANE_OR, out, err);
    case FORMULA_PRODUCT:
        return make_product(m, node, out, err);
    case FORMULA_DIVIDE:
        return make_fold(m, node, LANE_DIVIDE, out, err);
    case FORMULA_POWER:
        return make_power(m, node, out, err);
    case FORMULA_NEGATE:
        return make_unary(m, node, LANE_NEGATE, out, err);
    case FORMULA_NOT:
        return make_unary(m, node, LANE_NOT, out, err);
    case FORMULA_TRANSPOSE:
        return make_unary(m, node, LANE_TRANSPOSE, out, err);
    case FORMULA_COMPARE:
        return make_compare(m, node, out, err);
    case FORMULA_RUN:
        return make_sum(m, node, out, err);
    default:
        return make_call(m, node, out, err);
    }
}

static lsa_status make(maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    if ((node->needs & (drawn | FORMULA_IN_SUM)) == 0)
        return make_constant(m, node, out, err);
    return make_new(m, node, out, err);
}

lsa_status formula_lanes_create(lsa_arena *arena, const formula_node *node, const formula_lane_names *names,
                                formula_lanes **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    maker m = {.arena = arena, .names = names};
    m.lanes = lsa_arena_alloc(arena, 1, sizeof *m.lanes);
    LSA_TRY_MEMORY(m.lanes, "a formula of prompts");
    LSA_TRY(make(&m, node, &m.lanes->value, err));
    m.lanes->steps = m.list[0];
    *out = m.lanes;
done:
    return status;
}

int formula_lanes_width(formula_lanes *lanes, ptrdiff_t drawn_rows)
{
    lanes->drawn = drawn_rows;
    lanes->width = LARGEST_WIDTH;
    while (lanes->width > LEAST_WIDTH && lanes->width * (lanes->rows + drawn_rows) > CACHE_DOUBLES)
        lanes->width /= 2;
    return lanes->width;
}
