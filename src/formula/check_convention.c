/* check_convention.c - a claim in the symbols of its source: where those are not ours, a name is our quantity times a factor.
 *
 *     loss = c E (prediction - target)^2                is 2c of ours, and so are excess, gradients and the Hessian
 *     prediction = sign u (1/rho') sum y_i x_i' U xq    u, the one scalar parameter, is sign rho'/rho of ours
 *
 * The factor stands in the tree, so that whoever evaluates, compares or prints the claim sees our quantities alone. */
#include "formula/check.h"

#include "base/text.h"
#include "base/try.h"
#include <string.h>

static const char marker[] = "convention";

static const lsa_convention *convention_of(const checker *c)
{
    static const lsa_convention ours = {.loss = 0.5, .normaliser = 0, .sign = 1.0};
    return c->scope->convention == NULL ? &ours : c->scope->convention;
}

bool check_is_rescaled(const formula_node *node)
{
    return node->kind == FORMULA_PRODUCT && node->text == marker;
}

/* factor * node, marked. */
static lsa_status times(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node *factor,
                        const formula_node *node, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *factors[] = {factor, node};
    formula_node *product = NULL;
    LSA_TRY(check_make(c, in, syntax, FORMULA_PRODUCT, 2, factors, &product, err));
    product->rows = node->rows;
    product->cols = node->cols;
    product->text = marker;
    *out = product;
done:
    return status;
}

static lsa_status number(checker *c, const checked_text *in, const lsa_syntax *syntax, double x,
                         const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char digits[32];
    formula_node *node = NULL;
    LSA_TRY(check_make(c, in, syntax, FORMULA_NUMBER, 0, NULL, &node, err));
    node->text = lsa_arena_printf(c->scope->arena, "%s", lsa_text_number(x, digits));
    LSA_TRY_MEMORY(node->text, "a convention");
    *out = node;
done:
    return status;
}

lsa_status check_as_loss(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **node,
                         lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *factor = NULL;
    const double twice = 2.0 * convention_of(c)->loss;
    if (twice == 1.0)
        return LSA_OK;
    LSA_TRY(number(c, in, syntax, twice, &factor, err));
    LSA_TRY(times(c, in, syntax, factor, *node, node, err));
done:
    return status;
}

/* ---------------------------------------------------------------- the scalar parameter */

/* Least and largest degree of an expression in a symbol. */
typedef struct degree_range {
    int least, most;
} degree_range;

static degree_range degrees_in(const lsa_expr *e, int symbol)
{
    degree_range out = {0, 0};
    if (e->kind == LSA_EXPR_SYMBOL)
        return (degree_range){e->symbol == symbol, e->symbol == symbol};
    for (int k = 0; k < e->n_children; k++) {
        const degree_range one = degrees_in(e->children[k], symbol);
        if (e->kind == LSA_EXPR_PRODUCT) {
            out.least += one.least;
            out.most += one.most;
        } else if (k == 0) {
            out = one;
        } else if (e->kind != LSA_EXPR_DIVIDE) { /* divisors are constants */
            out.least = one.least < out.least ? one.least : out.least;
            out.most = one.most > out.most ? one.most : out.most;
        }
    }
    if (e->kind == LSA_EXPR_POWER)
        return (degree_range){out.least * e->exponent, out.most * e->exponent};
    return out;
}

static bool rescales_parameter(const checker *c)
{
    return convention_of(c)->normaliser != 0 || convention_of(c)->sign < 0.0;
}

static bool is_value_scalar(const checker *c, const formula_node *node)
{
    return node->kind == FORMULA_SYMBOL && node->symbol == c->scope->statement->layer_parameters.u;
}

static lsa_status require_linear(const checker *c, const formula_node *at, lsa_error *err)
{
    const lsa_statement *s = c->scope->statement;
    const degree_range in_u =
        s->layer_parameters.u < 0 ? (degree_range){0, 0} : degrees_in(s->prediction, s->layer_parameters.u);
    if (in_u.least == 1 && in_u.most == 1)
        return LSA_OK;
    return formula_error(at, err,
                         "'convention' rescales the one scalar parameter that the prediction is linear in, and this "
                         "statement has none");
}

static lsa_status name_here(checker *c, const checked_text *in, const lsa_syntax *syntax, const char *name,
                            const formula_node **out, lsa_error *err)
{
    const lsa_syntax named = {.kind = LSA_SYNTAX_SYMBOL, .offset = syntax->offset, .text = name};
    const checked_text plain = {.source = in->source};
    return check_any(c, &plain, &named, out, err);
}

/* sign rho'/rho, or its inverse. */
static lsa_status parameter_factor(checker *c, const checked_text *in, const lsa_syntax *syntax, bool inverse,
                                   const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_convention *convention = convention_of(c);
    const formula_node *above = NULL, *sides[2];
    formula_node *node = NULL;
    LSA_TRY(number(c, in, syntax, convention->normaliser == 3 ? 1.0 : 0.0, &sides[0], err));
    if (convention->normaliser == 0 || convention->normaliser == 1) {
        LSA_TRY(number(c, in, syntax, 1.0, &above, err));
    } else {
        LSA_TRY(name_here(c, in, syntax, "N", &sides[1], err));
        LSA_TRY(check_make(c, in, syntax, FORMULA_SUM, 2, sides, &node, err));
        above = node;
    }
    if (convention->normaliser != 0) {
        LSA_TRY(name_here(c, in, syntax, "rho", &sides[1], err));
        sides[0] = inverse ? sides[1] : above;
        sides[1] = inverse ? above : sides[1];
        LSA_TRY(check_make(c, in, syntax, FORMULA_DIVIDE, 2, sides, &node, err));
        above = node;
    }
    if (convention->sign < 0.0) {
        LSA_TRY(check_make(c, in, syntax, FORMULA_NEGATE, 1, &above, &node, err));
        above = node;
    }
    *out = above;
done:
    return status;
}

lsa_status check_as_parameter(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **node,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *factor = NULL;
    if (!rescales_parameter(c))
        return LSA_OK;
    LSA_TRY(require_linear(c, *node, err));
    if (!is_value_scalar(c, *node))
        return LSA_OK;
    LSA_TRY(parameter_factor(c, in, syntax, false, &factor, err));
    LSA_TRY(times(c, in, syntax, factor, *node, node, err));
done:
    return status;
}

lsa_status check_as_gradient(checker *c, const checked_text *in, const lsa_syntax *syntax,
                             const formula_node *parameter, const formula_node **node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *factor = NULL;
    LSA_TRY(check_as_loss(c, in, syntax, node, err));
    if (!rescales_parameter(c) || !is_value_scalar(c, parameter))
        return LSA_OK;
    LSA_TRY(parameter_factor(c, in, syntax, true, &factor, err));
    LSA_TRY(times(c, in, syntax, factor, *node, node, err));
done:
    return status;
}

lsa_status check_hessian_convention(const checker *c, const formula_node *node, lsa_error *err)
{
    if (rescales_parameter(c))
        return formula_error(node, err,
                             "a convention of normalise or sign rescales a parameter: the Hessian is in ours");
    return LSA_OK;
}
