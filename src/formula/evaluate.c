/* evaluate.c - the walk over a formula. */
#include "formula/evaluate.h"
#include "base/text.h"
#include "base/try.h"
#include <stdlib.h>
#include <string.h>

/* Terms of one sum over integers. */
enum { MOST_TERMS = 100000 };

lsa_status formula_run_init(formula_run *run, const formula_world *world, ptrdiff_t d, int count, long bits,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    *run = (formula_run){.world = world, .d = d, .n_kept = count};
    run->pool = formula_pool_create(bits);
    run->constant = formula_pool_create(bits);
    run->kept = calloc((size_t)count + 1, sizeof *run->kept);
    LSA_TRY_MEMORY(run->pool, "the value of a formula");
    LSA_TRY_MEMORY(run->constant, "the value of a formula");
    LSA_TRY_MEMORY(run->kept, "the value of a formula");
done:
    if (status != LSA_OK)
        formula_run_clear(run);
    return status;
}

void formula_run_clear(formula_run *run)
{
    formula_pool_destroy(run->pool);
    formula_pool_destroy(run->constant);
    free(run->kept);
    *run = (formula_run){0};
}

/* The part of the formula that has no value, once. */
static void name_part(const formula_node *node, lsa_error *err)
{
    lsa_text text;
    if (err == NULL || strstr(err->text, "\n  in ") != NULL)
        return;
    lsa_text_init(&text);
    formula_print(node, &text);
    if (!text.failed)
        lsa_error_add(err, "  in %.80s", text.data);
    lsa_text_clear(&text);
}

static lsa_status children_of(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int k = 0; k < node->n_children; k++)
        LSA_TRY(formula_evaluate(run, node->children[k], &out[k], err));
done:
    return status;
}

/* From the left: a run of matrices is multiplied up until it is a number, which is one scalar from there on. */
static const formula_value *product(formula_run *run, int n, const formula_value *const *factors)
{
    const formula_value *scalar = NULL, *open = NULL;
    for (int k = 0; k < n; k++) {
        const formula_value *factor = factors[k];
        const bool number = formula_value_rows(factor) == 1 && formula_value_cols(factor) == 1;
        const formula_value **into = number ? &scalar : &open;
        *into = *into == NULL ? factor : formula_multiply(run->pool, *into, factor);
        if (open != NULL && formula_value_rows(open) == 1 && formula_value_cols(open) == 1) {
            scalar = scalar == NULL ? open : formula_multiply(run->pool, scalar, open);
            open = NULL;
        }
    }
    return scalar == NULL ? open : open == NULL ? scalar : formula_multiply(run->pool, scalar, open);
}

static const formula_value *sum(formula_run *run, int n, const formula_value *const *terms)
{
    const formula_value *total = terms[0];
    for (int k = 1; k < n; k++)
        total = formula_add(run->pool, total, terms[k]);
    return total;
}

/* An even power of a norm or of a root is one of what is below the root: exact where that is. */
static lsa_status power(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *below;
    formula_value *made;
    const formula_node *base = node->children[0];
    while (base->kind == FORMULA_DEFINED)
        base = base->children[0];
    const bool call = base->kind == FORMULA_CALL && node->root == 1 && node->exponent % 2 == 0;
    const formula_function_id id = call ? base->function->id : FORMULA_FUNCTION_COUNT;
    if (id == FORMULA_norm || id == FORMULA_sqrt) {
        LSA_TRY(formula_evaluate(run, base->children[0], &below, err));
        if (id == FORMULA_norm)
            below = formula_norm_square(run->pool, below);
        LSA_TRY(formula_power(run->pool, below, node->exponent / 2, 1, &made, err));
    } else {
        LSA_TRY(formula_evaluate(run, node->children[0], &below, err));
        LSA_TRY(formula_power(run->pool, below, node->exponent, node->root, &made, err));
    }
    *out = made;
done:
    return status;
}

static lsa_status run_sum(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *bound, *term;
    long from = 0, to = 0;
    if (node->variable >= FORMULA_VARIABLES)
        return lsa_error_set(err, LSA_ERR_UNABLE, "more than %d sums in one formula", FORMULA_VARIABLES);
    LSA_TRY(formula_evaluate(run, node->children[0], &bound, err));
    LSA_TRY(formula_value_long(bound, &from, err));
    LSA_TRY(formula_evaluate(run, node->children[1], &bound, err));
    LSA_TRY(formula_value_long(bound, &to, err));
    if (to - from >= MOST_TERMS)
        return lsa_error_set(err, LSA_ERR_UNABLE, "a sum of more than %d terms", MOST_TERMS);
    *out = NULL;
    for (long j = from; j <= to; j++) {
        run->variables[node->variable] = j;
        LSA_TRY(formula_evaluate(run, node->children[2], &term, err));
        *out = *out == NULL ? term : formula_add(run->pool, *out, term);
    }
    if (*out == NULL) { /* an empty sum has the shape of its term */
        double *zeros = calloc((size_t)(node->rows.size * node->cols.size), sizeof *zeros);
        LSA_TRY_MEMORY(zeros, "a sum");
        *out = formula_value_written(run->pool, node->rows.size, node->cols.size, zeros);
        free(zeros);
    }
done:
    return status;
}

static formula_truth relation_holds(lsa_relation relation, formula_difference d)
{
    const bool known = d.equal || d.apart;
    if (!known)
        return FORMULA_UNKNOWN;
    switch (relation) {
    case LSA_RELATION_EQUAL:
        return d.equal ? FORMULA_TRUE : FORMULA_FALSE;
    case LSA_RELATION_DIFFERENT:
        return d.equal ? FORMULA_FALSE : FORMULA_TRUE;
    case LSA_RELATION_AT_MOST:
        return d.sign <= 0 ? FORMULA_TRUE : FORMULA_FALSE;
    case LSA_RELATION_AT_LEAST:
        return d.sign >= 0 ? FORMULA_TRUE : FORMULA_FALSE;
    case LSA_RELATION_BELOW:
        return d.sign < 0 ? FORMULA_TRUE : FORMULA_FALSE;
    case LSA_RELATION_ABOVE:
        return d.sign > 0 ? FORMULA_TRUE : FORMULA_FALSE;
    default: /* a bound of an order says nothing of one number */
        return FORMULA_UNKNOWN;
    }
}

/* Of all entries: an equality is true where all are, a difference where one is. */
static formula_truth compare(formula_run *run, lsa_relation relation, const formula_value *a, const formula_value *b)
{
    const bool any = relation == LSA_RELATION_DIFFERENT;
    formula_truth all = any ? FORMULA_FALSE : FORMULA_TRUE;
    for (ptrdiff_t j = 0; j < formula_value_cols(a); j++) {
        for (ptrdiff_t i = 0; i < formula_value_rows(a); i++) {
            const formula_truth one = relation_holds(relation, formula_value_compare(run->pool, a, b, i, j));
            if (one == (any ? FORMULA_TRUE : FORMULA_FALSE))
                return one;
            if (one == FORMULA_UNKNOWN)
                all = FORMULA_UNKNOWN;
        }
    }
    return all;
}

static formula_truth join(bool all, formula_truth a, formula_truth b)
{
    const formula_truth decides = all ? FORMULA_FALSE : FORMULA_TRUE;
    if (a == decides || b == decides)
        return decides;
    return a == FORMULA_UNKNOWN || b == FORMULA_UNKNOWN ? FORMULA_UNKNOWN : a;
}

static formula_value *condition(formula_run *run, const formula_node *node, const formula_value *const *values)
{
    formula_truth truth = formula_value_is_truth(values[0]) ? formula_value_is_true(values[0]) : FORMULA_TRUE;
    if (node->kind == FORMULA_NOT) {
        truth = truth == FORMULA_UNKNOWN ? truth : truth == FORMULA_TRUE ? FORMULA_FALSE : FORMULA_TRUE;
        return formula_value_truth(run->pool, truth);
    }
    for (int k = 1; k < node->n_children; k++)
        truth = join(true, truth, compare(run, node->relations[k - 1], values[k - 1], values[k]));
    return formula_value_truth(run->pool, truth);
}

static lsa_status leaf(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_value *index;
    long head = 0;
    switch (node->kind) {
    case FORMULA_NUMBER:
        *out = formula_value_decimal(run->pool, node->text);
        return LSA_OK;
    case FORMULA_INTEGER:
        *out = formula_value_integer(run->pool, node->integer);
        return LSA_OK;
    case FORMULA_VARIABLE:
        *out = formula_value_integer(run->pool, run->variables[node->variable]);
        return LSA_OK;
    default:
        if (node->n_children > 0) {
            LSA_TRY(formula_evaluate(run, node->children[0], &index, err));
            LSA_TRY(formula_value_long(index, &head, err));
        }
        LSA_TRY(run->world->leaf(run->world->context, run, node, head, out, err));
    }
done:
    return status;
}

/* A node whose value is made of those of all its children. */
static lsa_status over_children(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_value *made = NULL;
    const formula_value **values = calloc((size_t)node->n_children + 1, sizeof *values);
    LSA_TRY_MEMORY(values, "the value of a formula");
    LSA_TRY(children_of(run, node, values, err));
    switch (node->kind) {
    case FORMULA_SUM:
        *out = sum(run, node->n_children, values);
        goto done;
    case FORMULA_PRODUCT:
        *out = product(run, node->n_children, values);
        goto done;
    case FORMULA_NEGATE:
        made = formula_negate(run->pool, values[0]);
        break;
    case FORMULA_TRANSPOSE:
        made = formula_transpose(run->pool, values[0]);
        break;
    case FORMULA_DIVIDE:
        LSA_TRY(formula_divide(run->pool, values[0], values[1], &made, err));
        break;
    case FORMULA_VECTOR:
        made = formula_value_stack(run->pool, node->n_children, values);
        break;
    case FORMULA_CALL:
        LSA_TRY(formula_apply(run->pool, node->function->id, node->n_children, values, run->d, &made, err));
        break;
    default:
        made = condition(run, node, values);
    }
    for (int k = 0; k < node->n_children && node->truth; k++)
        if (formula_value_is_estimated(values[k]))
            formula_value_estimate(made); /* what is said of estimates is no proof */
    *out = made;
done:
    free(values);
    return status;
}

/* From the left until one part decides: what stands behind need have no value then. */
static lsa_status joined(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_truth decides = node->kind == FORMULA_AND ? FORMULA_FALSE : FORMULA_TRUE;
    formula_truth truth = node->kind == FORMULA_AND ? FORMULA_TRUE : FORMULA_FALSE;
    const formula_value *value;
    bool estimated = false;
    for (int k = 0; k < node->n_children && truth != decides; k++) {
        LSA_TRY(formula_evaluate(run, node->children[k], &value, err));
        truth = join(node->kind == FORMULA_AND, truth, formula_value_is_true(value));
        estimated = estimated || formula_value_is_estimated(value);
    }
    formula_value *made = formula_value_truth(run->pool, truth);
    if (estimated)
        formula_value_estimate(made);
    *out = made;
done:
    return status;
}

static lsa_status evaluate(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err)
{
    switch (node->kind) {
    case FORMULA_NUMBER:
    case FORMULA_INTEGER:
    case FORMULA_SYMBOL:
    case FORMULA_NAME:
    case FORMULA_VARIABLE:
    case FORMULA_PAIRS:
        return leaf(run, node, out, err);
    case FORMULA_DEFINED:
        return formula_evaluate(run, node->children[0], out, err);
    case FORMULA_POWER:
        return power(run, node, out, err);
    case FORMULA_AND:
    case FORMULA_OR:
        return joined(run, node, out, err);
    case FORMULA_RUN:
        return run_sum(run, node, out, err);
    case FORMULA_ELSEWHERE:
        return run->world->call(run->world->context, run, node, out, err);
    case FORMULA_CALL:
        if (node->function->kind != FORMULA_OF_VALUES)
            return run->world->call(run->world->context, run, node, out, err);
        return over_children(run, node, out, err);
    default:
        return over_children(run, node, out, err);
    }
}

lsa_status formula_evaluate(formula_run *run, const formula_node *node, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_pool *pool = run->pool;
    const bool keeps = node->needs == 0 && node->number < run->n_kept;
    if (keeps && run->kept[node->number] != NULL) {
        *out = run->kept[node->number];
        return LSA_OK;
    }
    if (keeps)
        run->pool = run->constant;
    status = evaluate(run, node, out, err);
    run->pool = pool;
    if (status == LSA_OK && keeps)
        run->kept[node->number] = *out;
    if (lsa_status_is_no_answer(status))
        name_part(node, err);
    return status;
}
