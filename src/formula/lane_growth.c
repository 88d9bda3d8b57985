/* lane_growth.c - see lane_growth.h. */
#include "formula/lane_growth.h"

#include <math.h>

typedef struct reading {
    const formula_lane_names *names;
    formula_leaf_growth *leaf;
    void *context;
    const formula_node *unknown;
    int *steps; /* so far: words of words are walked as often as they are named */
} reading;

enum { MOST_STEPS = 200000 };

static const unsigned drawn = FORMULA_IN_PROMPT | FORMULA_IN_LAW;

static const formula_node *inside(const formula_node *node)
{
    while (node->kind == FORMULA_DEFINED)
        node = node->children[0];
    return node;
}

/* ---------------------------------------------------------------- signs */

typedef enum lower { BELOW, NONNEGATIVE, AWAY_FROM_0 } lower;

static lower least(lower a, lower b)
{
    return a < b ? a : b;
}

static lower most(lower a, lower b)
{
    return a > b ? a : b;
}

/* The number of a scalar that no prompt changes; NAN where it has none. */
static double constant_of(const reading *r, const formula_node *node)
{
    double value;
    if ((node->needs & (drawn | FORMULA_IN_SUM)) != 0 || !formula_is_scalar(node) ||
        r->names->constant(r->names->context, node, &value, NULL) != LSA_OK)
        return (double)NAN;
    return value;
}

static lower lower_of(const reading *r, const formula_node *node);

static lower lower_of_sum(const reading *r, const formula_node *node)
{
    lower all = AWAY_FROM_0, any = BELOW;
    for (int k = 0; k < node->n_children; k++) {
        const lower one = lower_of(r, node->children[k]);
        all = least(all, one);
        any = most(any, one);
    }
    return all == BELOW ? BELOW : any;
}

/* v'v, or scalars all of which are. */
static lower lower_of_product(const reading *r, const formula_node *node)
{
    lower all = AWAY_FROM_0;
    if (node->n_children == 2 && node->children[0]->kind == FORMULA_TRANSPOSE &&
        formula_same(node->children[0]->children[0], node->children[1]))
        return NONNEGATIVE;
    for (int k = 0; k < node->n_children; k++) {
        if (!formula_is_scalar(node->children[k]))
            return BELOW;
        all = least(all, lower_of(r, node->children[k]));
    }
    return all;
}

static lower lower_of_call(const reading *r, const formula_node *node)
{
    lower all = AWAY_FROM_0, any = BELOW;
    switch (node->function->id) {
    case FORMULA_norm:
    case FORMULA_opnorm:
    case FORMULA_nucnorm:
    case FORMULA_exp:
        return NONNEGATIVE;
    case FORMULA_abs:
    case FORMULA_sqrt:
        return most(NONNEGATIVE, lower_of(r, node->children[0]));
    case FORMULA_max:
    case FORMULA_min:
        for (int k = 0; node->n_children > 1 && k < node->n_children; k++) {
            all = least(all, lower_of(r, node->children[k]));
            any = most(any, lower_of(r, node->children[k]));
        }
        return node->n_children == 1 ? BELOW : node->function->id == FORMULA_max ? any : all;
    default:
        return BELOW;
    }
}

static lower lower_of(const reading *r, const formula_node *node)
{
    node = inside(node);
    if (++*r->steps > MOST_STEPS)
        return BELOW;
    if ((node->needs & (drawn | FORMULA_IN_SUM)) == 0) {
        const double value = constant_of(r, node);
        return value > 0.0 ? AWAY_FROM_0 : value == 0.0 ? NONNEGATIVE : BELOW;
    }
    switch (node->kind) {
    case FORMULA_SUM:
        return lower_of_sum(r, node);
    case FORMULA_PRODUCT:
        return lower_of_product(r, node);
    case FORMULA_DIVIDE:
        return least(least(lower_of(r, node->children[0]), lower_of(r, node->children[1])), NONNEGATIVE);
    case FORMULA_POWER:
        if (node->root == 1 && node->exponent % 2 == 0 && node->exponent > 0)
            return most(NONNEGATIVE, lower_of(r, node->children[0]));
        return node->exponent > 0 ? lower_of(r, node->children[0]) : BELOW;
    case FORMULA_RUN:
        return least(lower_of(r, node->children[2]), NONNEGATIVE);
    case FORMULA_CALL:
        return lower_of_call(r, node);
    default:
        return BELOW;
    }
}

/* Whether it is bounded from above by its form. */
static bool is_bounded_above(const reading *r, const formula_node *node)
{
    node = inside(node);
    if (++*r->steps > MOST_STEPS)
        return false;
    if ((node->needs & (drawn | FORMULA_IN_SUM)) == 0)
        return true;
    bool all = true, negative = false;
    switch (node->kind) {
    case FORMULA_NEGATE:
        return lower_of(r, node->children[0]) != BELOW;
    case FORMULA_DIVIDE:
        return is_bounded_above(r, node->children[0]) && lower_of(r, node->children[1]) == AWAY_FROM_0;
    case FORMULA_SUM:
        for (int k = 0; k < node->n_children; k++)
            all = all && is_bounded_above(r, node->children[k]);
        return all;
    case FORMULA_PRODUCT: /* one negative number, the rest nonnegative */
        for (int k = 0; k < node->n_children; k++) {
            const bool below = constant_of(r, node->children[k]) < 0.0;
            all = all && (below ? !negative : lower_of(r, node->children[k]) != BELOW);
            negative = negative || below;
        }
        return all && negative;
    default:
        return false;
    }
}

/* ---------------------------------------------------------------- growth */

static const formula_growth none = {0.0, 0.0, 0.0, 0.0};

static formula_growth times(formula_growth g, double factor)
{
    return (formula_growth){factor * g.covariate, factor * g.least_squares, factor * g.inverse, factor * g.gaussian};
}

static formula_growth added(formula_growth a, formula_growth b)
{
    return (formula_growth){a.covariate + b.covariate, a.least_squares + b.least_squares, a.inverse + b.inverse,
                            a.gaussian + b.gaussian};
}

static formula_growth larger(formula_growth a, formula_growth b)
{
    return (formula_growth){fmax(a.covariate, b.covariate), fmax(a.least_squares, b.least_squares),
                            fmax(a.inverse, b.inverse), fmax(a.gaussian, b.gaussian)};
}

static formula_growth growth(reading *r, const formula_node *node);

static formula_growth give_up(reading *r, const formula_node *node)
{
    if (r->unknown == NULL)
        r->unknown = node;
    return none;
}

static formula_growth over_children(reading *r, const formula_node *node, bool product)
{
    formula_growth all = none;
    for (int k = 0; k < node->n_children; k++) {
        const formula_growth one = growth(r, node->children[k]);
        all = product ? added(all, one) : larger(all, one);
    }
    return all;
}

/* What is no polynomial any more, of the same growth. */
static formula_growth curved(formula_growth g)
{
    g.gaussian = g.gaussian > 0.0 ? (double)INFINITY : 0.0;
    return g;
}

static formula_growth of_power(reading *r, const formula_node *node)
{
    const formula_node *base = node->children[0];
    const formula_growth below = growth(r, base);
    const double power = (double)node->exponent / node->root;
    if (power >= 0.0)
        return node->root == 1 ? times(below, power) : curved(times(below, power));
    return lower_of(r, base) == AWAY_FROM_0 ? none : give_up(r, node);
}

static formula_growth of_quotient(reading *r, const formula_node *node)
{
    const formula_growth above = growth(r, node->children[0]);
    if ((node->children[1]->needs & drawn) == 0)
        return above;
    return lower_of(r, node->children[1]) == AWAY_FROM_0 ? curved(above) : give_up(r, node);
}

/* The inverse of the drawn Lambda itself, alone or times numbers, has the moments of its law. */
static bool is_drawn_Lambda(const formula_node *node)
{
    node = inside(node);
    return node->n_children == 0 && (node->needs & FORMULA_IN_LAW) != 0;
}

static formula_growth of_exp(reading *r, const formula_node *node)
{
    const formula_growth g = growth(r, node->children[0]);
    const bool linear = g.gaussian <= 1.0 && g.inverse == 0.0 && (node->needs & FORMULA_IN_LAW) == 0;
    if (is_bounded_above(r, node->children[0]))
        return none;
    return linear ? (formula_growth){g.covariate > 0.0 ? (double)INFINITY : 0.0, 0.0, 0.0, INFINITY} : give_up(r, node);
}

static formula_growth of_call(reading *r, const formula_node *node)
{
    switch (node->function->id) {
    case FORMULA_ridge:
        return r->leaf(r->context, node);
    case FORMULA_inv:
        if (is_drawn_Lambda(node->children[0]))
            return (formula_growth){0.0, 0.0, 1.0, INFINITY};
        return give_up(r, node);
    case FORMULA_det:
        return times(growth(r, node->children[0]), (double)node->children[0]->rows.size);
    case FORMULA_exp:
        return of_exp(r, node);
    case FORMULA_tr:
    case FORMULA_sum:
    case FORMULA_diag:
    case FORMULA_offdiag:
    case FORMULA_entry:
        return growth(r, node->children[0]);
    default: /* no more than linear at infinity; log and logdet are tame near 0, too */
        return curved(over_children(r, node, false));
    }
}

static formula_growth growth(reading *r, const formula_node *node)
{
    node = inside(node);
    if (++*r->steps > MOST_STEPS)
        return give_up(r, node);
    if ((node->needs & drawn) == 0)
        return none;
    switch (node->kind) {
    case FORMULA_SYMBOL:
    case FORMULA_NAME:
        return r->leaf(r->context, node);
    case FORMULA_PAIRS:
        return none;
    case FORMULA_PRODUCT:
        return over_children(r, node, true);
    case FORMULA_POWER:
        return of_power(r, node);
    case FORMULA_DIVIDE:
        return of_quotient(r, node);
    case FORMULA_CALL:
        return of_call(r, node);
    default:
        return over_children(r, node, false);
    }
}

formula_growth formula_growth_of(const formula_node *node, const formula_lane_names *names, formula_leaf_growth *leaf,
                                 void *context, const formula_node **unknown)
{
    int steps = 0;
    reading r = {.names = names, .leaf = leaf, .context = context, .steps = &steps};
    const formula_growth out = growth(&r, node);
    *unknown = r.unknown;
    return out;
}
