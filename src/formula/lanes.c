/* lanes.c - a formula written out as steps on rows of lanes. */
#include "base/try.h"
#include "formula/lane_maker.h"

/* Numbers that a second-level cache holds; lanes of a batch. */
enum { CACHE_DOUBLES = 1 << 16, LEAST_WIDTH = 8, LARGEST_WIDTH = 256 };

static const unsigned drawn = FORMULA_IN_PROMPT | FORMULA_IN_LAW;

static lsa_status make_constant(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    struct lane_constant *c = lsa_arena_alloc(m->arena, 1, sizeof *c);
    LSA_TRY_MEMORY(c, "a formula of prompts");
    LSA_TRY(lane_room(m, node->rows.size, node->cols.size, 0, out, err));
    double *numbers = lsa_arena_alloc(m->arena, (size_t)lane_count(out), sizeof *numbers);
    LSA_TRY_MEMORY(numbers, "a formula of prompts");
    LSA_TRY(m->names->constant(m->names->context, node, numbers, err));
    out->constant = numbers;
    *c = (struct lane_constant){*out, m->lanes->constants};
    m->lanes->constants = c;
done:
    return status;
}

static lsa_status make(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err);

/* x[i]: one member of the family's rows. */
static lsa_status make_leaf(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
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
    LSA_TRY(lane_room(m, step.a.rows, step.a.cols, index.scope, &step.out, err));
    LSA_TRY(lane_add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

static lsa_status make_unary(lane_maker *m, const formula_node *node, lane_operation operation, lane_value *out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step step = {.operation = operation, .node = node};
    LSA_TRY(make(m, node->children[0], &step.a, err));
    const bool turned = operation == LANE_TRANSPOSE;
    LSA_TRY(lane_room(m, turned ? step.a.cols : step.a.rows, turned ? step.a.rows : step.a.cols, step.a.scope,
                      &step.out, err));
    LSA_TRY(lane_add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

/* Terms, conditions: from the left. */
static lsa_status make_fold(lane_maker *m, const formula_node *node, lane_operation operation, lane_value *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value next;
    LSA_TRY(make(m, node->children[0], out, err));
    for (int k = 1; k < node->n_children; k++) {
        LSA_TRY(make(m, node->children[k], &next, err));
        LSA_TRY(lane_binary(m, node, operation, out, &next, out->rows, out->cols, out, err));
    }
done:
    return status;
}

/* A chain of comparisons: all of them. */
static lsa_status make_compare(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value left, before = {0};
    LSA_TRY(make(m, node->children[0], &left, err));
    for (int k = 1; k < node->n_children; k++) {
        lane_step step = {.operation = LANE_COMPARE, .node = node, .a = left, .relation = node->relations[k - 1]};
        LSA_TRY(make(m, node->children[k], &step.b, err));
        LSA_TRY(lane_room(m, 1, 1, lane_inner(step.a.scope, step.b.scope), &step.out, err));
        LSA_TRY(lane_add_step(m, &step, err));
        *out = step.out;
        if (k > 1)
            LSA_TRY(lane_binary(m, node, LANE_AND, &before, out, 1, 1, out, err));
        before = *out;
        left = step.b;
    }
done:
    return status;
}

static lsa_status make_operands(lane_maker *m, const formula_node *node, lane_step *step, int *scope, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_value *operands = lsa_arena_alloc(m->arena, (size_t)node->n_children, sizeof *operands);
    LSA_TRY_MEMORY(operands, "a formula of prompts");
    for (int k = 0; k < node->n_children; k++) {
        LSA_TRY(make(m, node->children[k], &operands[k], err));
        *scope = lane_inner(*scope, operands[k].scope);
        const ptrdiff_t scratch = lane_function_scratch(operands[k].rows, operands[k].cols);
        m->lanes->scratch = scratch > m->lanes->scratch ? scratch : m->lanes->scratch;
    }
    step->more = operands;
    step->n_more = node->n_children;
done:
    return status;
}

static lsa_status make_vector(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step all = {0};
    int scope = 0;
    LSA_TRY(make_operands(m, node, &all, &scope, err));
    LSA_TRY(lane_room(m, node->rows.size, node->cols.size, scope, out, err));
    for (int k = 0; k < all.n_more; k++) {
        const lane_step step = {.operation = LANE_COPY, .node = node, .a = all.more[k], .out = *out, .row = k};
        LSA_TRY(lane_add_step(m, &step, err));
    }
done:
    return status;
}

static lsa_status make_call(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
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
    LSA_TRY(lane_room(m, node->rows.size, node->cols.size, scope, &step.out, err));
    LSA_TRY(lane_add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

static lsa_status bound_of(lane_maker *m, const formula_node *node, long *out, lsa_error *err)
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

static lsa_status make_sum(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step step = {.operation = LANE_SUM, .node = node, .variable = node->variable};
    if (m->depth + 1 == LANE_SCOPES || node->variable >= FORMULA_INDICES)
        return lsa_error_set(err, LSA_ERR_UNABLE, "more than %d sums inside each other", LANE_SCOPES - 1);
    LSA_TRY(bound_of(m, node->children[0], &step.from, err));
    LSA_TRY(bound_of(m, node->children[1], &step.to, err));
    m->variable[++m->depth] = node->variable;
    m->list[m->depth] = (lane_list){NULL, NULL};
    status = make(m, node->children[2], &step.a, err);
    step.body = m->list[m->depth--];
    LSA_TRY(status);
    LSA_TRY(lane_room(m, step.a.rows, step.a.cols, m->depth, &step.out, err));
    LSA_TRY(lane_add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

static lsa_status make_index(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_step step = {.operation = LANE_INDEX, .node = node, .variable = node->variable};
    int scope = m->depth;
    while (scope > 0 && m->variable[scope] != node->variable)
        scope--;
    if (scope == 0)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the index %s runs outside of the mean", node->text);
    LSA_TRY(lane_room(m, 1, 1, scope, &step.out, err));
    LSA_TRY(lane_add_step(m, &step, err));
    *out = step.out;
done:
    return status;
}

/* A word of `where`, which knows no index, is written once. */
static lsa_status make_word(lane_maker *m, const formula_node *body, lane_value *out, lsa_error *err)
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

static lsa_status make_new(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
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
        return lane_product(m, node, out, err);
    case FORMULA_DIVIDE:
        return make_fold(m, node, LANE_DIVIDE, out, err);
    case FORMULA_POWER:
        return lane_power(m, node, out, err);
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

static lsa_status make(lane_maker *m, const formula_node *node, lane_value *out, lsa_error *err)
{
    if ((node->needs & (drawn | FORMULA_IN_SUM)) == 0)
        return make_constant(m, node, out, err);
    return make_new(m, node, out, err);
}

lsa_status formula_lanes_create(lsa_arena *arena, const formula_node *node, const formula_lane_names *names,
                                formula_lanes **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lane_maker m = {.arena = arena, .names = names, .make = make};
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
