/* check_mean.c - means over prompts, over a random law, over training: their arguments, and where they may stand.
 *
 * What a prompt draws stands inside E, prob or quantile. Such a mean stands in no other one, and what it holds of parameters is
 * taken at one point: start, limit, argmin, best or at(t0, ...) around it, or the claim's own `at`. */
#include "base/try.h"
#include "formula/check.h"
#include <stdlib.h>

static bool is_call_of(const formula_node *node, formula_function_id id)
{
    return node->kind == FORMULA_CALL && node->function->id == id;
}

/* A level that is written as a number lies between 0 and 1. */
static lsa_status check_level(const formula_node *p, lsa_error *err)
{
    const formula_node *number = p->kind == FORMULA_NEGATE ? p->children[0] : p;
    if ((p->needs & (FORMULA_IN_PROMPT | FORMULA_IN_LAW | FORMULA_AT_POINT | FORMULA_SAMPLED)) != 0)
        return formula_error(p, err, "the p of quantile(e, p) is a number of the model");
    if (number->kind != FORMULA_NUMBER)
        return LSA_OK;
    const double value = strtod(number->text, NULL);
    if (p->kind == FORMULA_NEGATE || !(value > 0.0 && value < 1.0))
        return formula_error(p, err, "the p of quantile(e, p) lies between 0 and 1, found %s%s",
                             p->kind == FORMULA_NEGATE ? "-" : "", number->text);
    return LSA_OK;
}

static lsa_status check_constant(const formula_node *e, const char *what, lsa_error *err)
{
    if ((e->needs & (FORMULA_IN_PROMPT | FORMULA_SAMPLED)) != 0)
        return formula_error(e, err, "%s is a number of the model, the same for every prompt", what);
    return LSA_OK;
}

lsa_status check_mean_arguments(checker *c, const checked_text *in, const lsa_syntax *syntax, formula_function_id id,
                                const formula_node **children, lsa_error *err)
{
    lsa_status status = LSA_OK;
    switch (id) {
    case FORMULA_prob:
        LSA_TRY(check_condition(c, in, syntax->children[0], &children[0], err));
        break;
    case FORMULA_ridge:
        LSA_TRY(check_scalar(c, in, syntax->children[0], "the c of ridge(c)", &children[0], err));
        return check_constant(children[0], "the c of ridge(c)", err);
    case FORMULA_quantile:
        LSA_TRY(check_scalar(c, in, syntax->children[0], "what has quantiles", &children[0], err));
        LSA_TRY(check_scalar(c, in, syntax->children[1], "the p of quantile(e, p)", &children[1], err));
        LSA_TRY(check_level(children[1], err));
        break;
    default:
        LSA_TRY(check_value(c, in, syntax->children[0], &children[0], err));
    }
    if ((children[0]->needs & FORMULA_SAMPLED) != 0)
        return formula_error(children[0], err,
                             "a mean inside a mean: write them apart, the variance of e as E(e^2) - E(e)^2");
    if (id == FORMULA_trained && (children[0]->needs & FORMULA_IN_PROMPT) != 0)
        return formula_error(children[0], err, "trained(e) takes a formula of the parameters, not of one prompt");
done:
    return status;
}

lsa_status check_mean(formula_node *call, lsa_error *err)
{
    const formula_function_id id = call->function->id;
    const formula_node *e = call->children[0];
    const unsigned drawn = FORMULA_IN_PROMPT | FORMULA_IN_LAW;
    if (id == FORMULA_ridge) {
        call->needs |= FORMULA_IN_PROMPT;
        call->witnesses |= FORMULA_BY_SAMPLES;
        return LSA_OK;
    }
    if ((id == FORMULA_prob || id == FORMULA_quantile) && (e->needs & drawn) == 0)
        return formula_error(e, err, "%s takes something that prompts draw, such as prediction, target, xq",
                             call->function->name);
    if (id == FORMULA_E && (e->needs & (FORMULA_IN_PROMPT | FORMULA_AT_POINT)) == FORMULA_AT_POINT)
        return formula_error(e, err,
                             "E takes the mean of what prompts draw, such as prediction, target, xq, or of Lambda: "
                             "parameters and the loss are the same for every prompt");
    if (id == FORMULA_E || id == FORMULA_trained) {
        call->rows = e->rows;
        call->cols = e->cols;
    }
    if (id == FORMULA_trained) {
        call->needs &= ~(unsigned)(FORMULA_AT_POINT | FORMULA_IN_TIME);
        call->witnesses = (call->witnesses & ~(unsigned)FORMULA_BY_FLOW) | FORMULA_BY_TRAINING;
    }
    if (id != FORMULA_E || (e->needs & FORMULA_IN_PROMPT) != 0)
        call->needs |= FORMULA_SAMPLED;
    if ((call->needs & FORMULA_SAMPLED) != 0 && id != FORMULA_trained)
        call->witnesses |= FORMULA_BY_SAMPLES;
    call->needs &= ~drawn;
    return LSA_OK;
}

/* ---------------------------------------------------------------- where means stand */

typedef struct means_walk {
    checker *c;
    unsigned char *seen; /* by the nodes' numbers: 1 outside of a point, 2 inside */
} means_walk;

static bool is_mean(const formula_node *node)
{
    return node->kind == FORMULA_CALL && node->function->kind == FORMULA_OF_MEANS;
}

static bool is_point(const formula_node *node)
{
    return is_call_of(node, FORMULA_start) || is_call_of(node, FORMULA_limit) || is_call_of(node, FORMULA_argmin) ||
           is_call_of(node, FORMULA_best) || is_call_of(node, FORMULA_at);
}

static lsa_status no_point(const formula_node *mean, lsa_error *err)
{
    return formula_error(mean, err,
                         "the parameters inside %s are taken at one point: write limit(%s(...)), start(...), "
                         "argmin(...), at(t0, ...) around it, or give the claim its 'at'",
                         mean->text, mean->text);
}

static const formula_node *drawn_leaf(const formula_node *node)
{
    for (int k = 0; k < node->n_children; k++)
        if ((node->children[k]->needs & FORMULA_IN_PROMPT) != 0)
            return drawn_leaf(node->children[k]);
    return node;
}

/* Places and times that look at a whole path, or at other models, would draw prompts at each step. */
static lsa_status check_around(const formula_node *node, lsa_error *err)
{
    const bool place = node->kind == FORMULA_CALL && !is_point(node) &&
                       (node->function->kind == FORMULA_OF_POINTS || node->function->kind == FORMULA_OF_LIMITS);
    if (place && (node->needs & FORMULA_SAMPLED) != 0)
        return formula_error(
            node, err, "means over prompts stand in start, limit, argmin, best and at(t0, ...), not in %s", node->text);
    return LSA_OK;
}

static lsa_status walk(means_walk *w, const formula_node *node, bool placed, lsa_error *err)
{
    lsa_status status = LSA_OK;
    unsigned char *seen = &w->seen[node->number - w->c->scope->first_number];
    if ((node->needs & FORMULA_SAMPLED) == 0 || (*seen & (placed ? 2 : 1)) != 0)
        return LSA_OK;
    *seen |= placed ? 2 : 1;
    if (is_mean(node))
        return placed || (node->needs & FORMULA_AT_POINT) == 0 ? LSA_OK : no_point(node, err);
    LSA_TRY(check_around(node, err));
    for (int k = 0; k < node->n_children; k++)
        LSA_TRY(walk(w, node->children[k], placed || is_point(node), err));
done:
    return status;
}

lsa_status check_means(checker *c, const formula_node *root, lsa_error *err)
{
    lsa_status status = LSA_OK;
    means_walk w = {.c = c};
    if ((root->needs & FORMULA_IN_PROMPT) != 0) {
        const formula_node *leaf = drawn_leaf(root);
        if (leaf->kind == FORMULA_PAIRS)
            return formula_error(
                leaf, err,
                "sum(%s, ...) runs over the pairs of a prompt, inside E, prob or quantile: sum(h, ...) "
                "and sum(g, ...) run over the heads, sum(j in a..b, ...) over integers",
                leaf->text);
        return formula_error(leaf, err,
                             "'%s' is drawn anew in every prompt: write its mean, E(...), a probability, prob(...), or "
                             "quantile(..., p)",
                             leaf->text);
    }
    w.seen = lsa_arena_alloc(c->scope->arena, (size_t)(c->count - c->scope->first_number), 1);
    LSA_TRY_MEMORY(w.seen, "a formula");
    LSA_TRY(walk(&w, root, c->scope->one_point, err));
done:
    return status;
}
