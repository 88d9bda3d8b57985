/* check_call.c - calls of the functions of the table: how many arguments, of what shape, what comes out. */
#include "base/try.h"
#include "formula/check.h"
#include "model/suggest.h"
#include <string.h>

static lsa_status unknown_function(const checked_text *in, const lsa_syntax *syntax, lsa_error *err)
{
    static const struct {
        const char *wrong, *right;
    } usual[] = {{"trace", "tr(X)"},
                 {"lambda_max", "max(eigvals(X))"},
                 {"lambda_min", "min(eigvals(X))"},
                 {"transpose", "X'"},
                 {"T", "X'"},
                 {"eig", "eigvals(X)"},
                 {"svd", "svdvals(X)"},
                 {"ln", "log(x)"},
                 {"root", "sqrt(x)"},
                 {"frobenius", "norm(X)"},
                 {"mean", "E(e)"}};
    char hint[LSA_SUGGESTION_SIZE];
    for (size_t k = 0; k < sizeof usual / sizeof *usual; k++)
        if (strcmp(usual[k].wrong, syntax->text) == 0)
            return formula_error_at(in->source, syntax->offset, err, "unknown function '%s'; it is written %s",
                                    syntax->text, usual[k].right);
    lsa_suggestion best = lsa_suggestion_for(syntax->text);
    for (int k = 0; k < FORMULA_FUNCTION_COUNT; k++)
        lsa_suggestion_offer(&best, formula_functions()[k].name);
    return formula_error_at(in->source, syntax->offset, err, "unknown function '%s'%s", syntax->text,
                            lsa_suggestion_text(&best, hint));
}

/* ---------------------------------------------------------------- functions of values */

static lsa_status want_square(const formula_node *call, const formula_node *x, lsa_error *err)
{
    char shape[LSA_FOUND_SIZE];
    if (sides_agree(x->rows, x->cols))
        return LSA_OK;
    return formula_error(x, err, "%s needs a square matrix, found %s", call->function->name,
                         formula_shape_text(x->rows, x->cols, shape));
}

static lsa_status want_scalar(const formula_node *call, const formula_node *x, lsa_error *err)
{
    char shape[LSA_FOUND_SIZE];
    const formula_function_id id = call->function->id;
    if (formula_is_scalar(x))
        return LSA_OK;
    return formula_error(x, err, "%s needs a scalar, found %s%s", call->function->name,
                         formula_shape_text(x->rows, x->cols, shape),
                         id == FORMULA_exp    ? "; the exponential of a matrix is expm(X)"
                         : id == FORMULA_sqrt ? "; the root of a semidefinite matrix is sqrtm(X)"
                         : id == FORMULA_abs  ? "; its norm is norm(X)"
                                              : "");
}

static bool is_vector(const formula_node *x)
{
    return sides_agree(x->cols, formula_one) && !formula_is_scalar(x);
}

static lsa_status shape_entry(formula_node *call, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool vector = sides_agree(call->children[0]->cols, formula_one);
    if (call->n_children != (vector ? 2 : 3) && call->n_children != 3)
        return formula_error(call, err, "entry of a matrix is written entry(X, i, j)");
    for (int k = 1; k < call->n_children; k++)
        LSA_TRY(want_scalar(call, call->children[k], err));
done:
    return status;
}

static lsa_status shape_extreme(formula_node *call, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int k = 0; call->n_children > 1 && k < call->n_children; k++)
        LSA_TRY(want_scalar(call, call->children[k], err));
done:
    return status;
}

static lsa_status shape_of_values(checker *c, formula_node *call, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *x = call->children[0];
    switch (call->function->id) {
    case FORMULA_norm:
    case FORMULA_opnorm:
    case FORMULA_nucnorm:
    case FORMULA_rank:
    case FORMULA_sum:
        break;
    case FORMULA_min:
    case FORMULA_max:
        return shape_extreme(call, err);
    case FORMULA_entry:
        return shape_entry(call, err);
    case FORMULA_tr:
    case FORMULA_det:
    case FORMULA_logdet:
        return want_square(call, x, err);
    case FORMULA_psd:
    case FORMULA_symmetric:
    case FORMULA_diagonal:
        call->truth = true;
        return want_square(call, x, err);
    case FORMULA_commute:
        call->truth = true;
        LSA_TRY(want_square(call, x, err));
        if (!sides_agree(x->rows, call->children[1]->rows) || !sides_agree(x->rows, call->children[1]->cols))
            return formula_error(call->children[1], err, "commute needs square matrices of one side");
        break;
    case FORMULA_inv:
    case FORMULA_sqrtm:
    case FORMULA_expm:
    case FORMULA_offdiag:
        LSA_TRY(want_square(call, x, err));
        call->rows = x->rows;
        call->cols = x->cols;
        break;
    case FORMULA_pinv:
        call->rows = x->cols;
        call->cols = x->rows;
        break;
    case FORMULA_eigvals:
        LSA_TRY(want_square(call, x, err));
        call->rows = x->rows;
        break;
    case FORMULA_svdvals:
        call->rows = x->rows.size <= x->cols.size ? x->rows : x->cols;
        break;
    case FORMULA_inertia:
        LSA_TRY(want_square(call, x, err));
        call->rows = (formula_side){NULL, 3};
        break;
    case FORMULA_diag:
        if (!is_vector(x))
            LSA_TRY(want_square(call, x, err));
        call->rows = x->rows;
        call->cols = is_vector(x) ? x->rows : formula_one;
        break;
    case FORMULA_unit:
        call->rows = check_side_d(c);
        return want_scalar(call, x, err);
    default: /* sqrt exp log abs ceil floor */
        return want_scalar(call, x, err);
    }
done:
    return status;
}

/* ---------------------------------------------------------------- functions of points */

/* The test that an argument names: a plain word, a text in quotes, or `test`. */
static lsa_status check_test(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    char hint[LSA_SUGGESTION_SIZE];
    const formula_scope *s = c->scope;
    const bool plain = syntax->kind == LSA_SYNTAX_SYMBOL && syntax->index == NULL;
    if (!plain && syntax->kind != LSA_SYNTAX_STRING)
        return formula_error_at(in->source, syntax->offset, err,
                                "expected the name of a test, in double quotes where it is no plain word");
    LSA_TRY(check_make(c, in, syntax, FORMULA_TEXT, 0, NULL, &node, err));
    node->text = syntax->text;
    node->integer = -1;
    *out = node;
    if (plain && s->each_test && strcmp(syntax->text, "test") == 0) {
        node->needs = FORMULA_IN_TEST;
        return LSA_OK;
    }
    lsa_suggestion best = lsa_suggestion_for(syntax->text);
    for (ptrdiff_t t = 0; t < s->n_tests; t++) {
        lsa_suggestion_offer(&best, s->tests[t]);
        if (strcmp(s->tests[t], syntax->text) == 0 && node->integer < 0)
            node->integer = (long)t;
    }
    if (node->integer < 0 && plain && strcmp(syntax->text, "training") == 0)
        node->integer = FORMULA_TRAINING;
    if (node->integer == -1)
        return formula_error_at(in->source, syntax->offset, err, "there is no test of the name '%s'%s", syntax->text,
                                lsa_suggestion_text(&best, hint));
done:
    return status;
}

/* error(test) of a name that several results share asks for one of them by M. */
static lsa_status check_error_arguments(checker *c, const checked_text *in, const lsa_syntax *syntax,
                                        const formula_node **children, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int alike = 0;
    LSA_TRY(check_test(c, in, syntax->children[0], &children[0], err));
    for (ptrdiff_t t = 0; t < c->scope->n_tests && children[0]->integer >= 0; t++)
        alike += strcmp(c->scope->tests[t], children[0]->text) == 0;
    if (syntax->n_children == 2) {
        LSA_TRY(check_any(c, in, syntax->children[1], &children[1], err));
        if (children[1]->kind != FORMULA_INFINITE && !formula_is_scalar(children[1]))
            return formula_error(children[1], err, "the context M of a test is a scalar, or .inf");
    } else if (alike > 1) {
        return formula_error(children[0], err,
                             "%d results share the name '%s', one for each context: say which by "
                             "error(%s, M)",
                             alike, children[0]->text, children[0]->text);
    }
done:
    return status;
}

static lsa_status check_parameter(checker *c, const checked_text *in, const lsa_syntax *syntax,
                                  const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(check_value(c, in, syntax, out, err));
    if (check_is_rescaled(*out))
        *out = (*out)->children[1];
    const bool parameter =
        (*out)->kind == FORMULA_SYMBOL && c->scope->statement->symbols[(*out)->symbol].kind == LSA_SYMBOL_PARAMETER;
    if (!parameter)
        return formula_error(*out, err, "grad takes a parameter of the statement");
done:
    return status;
}

/* loss of the claim's source as ours, where a function is linear in it and knows it by its name; whether it was. */
static bool take_our_loss(const formula_function *function, int n, const formula_node **children)
{
    const formula_function_id id = function->id;
    const formula_node **last = &children[n - 1];
    const bool by_name = id == FORMULA_inf || id == FORMULA_best || id == FORMULA_plateau;
    if (!by_name || !check_is_rescaled(*last) || (*last)->children[1]->kind != FORMULA_NAME)
        return false;
    *last = (*last)->children[1];
    return true;
}

static lsa_status check_inf(const formula_node *e, lsa_error *err)
{
    const bool known =
        e->kind == FORMULA_NAME && (e->name->id == FORMULA_NAME_loss || e->name->id == FORMULA_NAME_risk);
    return known ? LSA_OK : formula_error(e, err, "inf takes loss or risk");
}

static lsa_status check_arguments(checker *c, const checked_text *in, const lsa_syntax *syntax, formula_function_id id,
                                  const formula_node **children, lsa_error *err)
{
    lsa_status status = LSA_OK;
    switch (id) {
    case FORMULA_grad:
        return check_parameter(c, in, syntax->children[0], &children[0], err);
    case FORMULA_error:
        return check_error_arguments(c, in, syntax, children, err);
    case FORMULA_best_linear:
    case FORMULA_a:
    case FORMULA_S:
        return check_test(c, in, syntax->children[0], &children[0], err);
    case FORMULA_first:
    case FORMULA_last:
        LSA_TRY(check_value(c, in, syntax->children[0], &children[0], err));
        if (children[0]->kind != FORMULA_NAME || children[0]->name->id != FORMULA_NAME_t)
            return formula_error(children[0], err, "expected t, as in first(t, gap < 0.5)");
        return check_condition(c, in, syntax->children[1], &children[1], err);
    case FORMULA_at:
    case FORMULA_plateau:
        LSA_TRY(check_scalar(c, in, syntax->children[0], id == FORMULA_at ? "a time" : "the number of a plateau",
                             &children[0], err));
        return check_value(c, in, syntax->children[1], &children[1], err);
    default:
        LSA_TRY(check_value(c, in, syntax->children[0], &children[0], err));
    }
done:
    return status;
}

static unsigned witness_of(formula_function_id id)
{
    switch (id) {
    case FORMULA_grad:
        return FORMULA_BY_POLYNOMIAL;
    case FORMULA_inf:
    case FORMULA_argmin:
        return FORMULA_BY_POLYNOMIAL | FORMULA_BY_THEORY;
    case FORMULA_error:
        return FORMULA_BY_POLYNOMIAL;
    case FORMULA_best_linear:
    case FORMULA_a:
    case FORMULA_S:
        return FORMULA_BY_THEORY;
    case FORMULA_start:
        return FORMULA_BY_MODEL;
    default:
        return FORMULA_BY_FLOW;
    }
}

static void shape_of_points(checker *c, formula_node *call)
{
    const formula_function_id id = call->function->id;
    const unsigned free = FORMULA_AT_POINT | FORMULA_IN_TIME;
    const formula_node *e = call->children[call->n_children - 1];
    call->witnesses |= witness_of(id);
    if (id == FORMULA_start || id == FORMULA_argmin)
        call->witnesses &= ~(unsigned)FORMULA_BY_FLOW;
    if (id == FORMULA_grad || id == FORMULA_start || id == FORMULA_limit || id == FORMULA_at || id == FORMULA_plateau ||
        id == FORMULA_before || id == FORMULA_dot || id == FORMULA_integral || id == FORMULA_argmin ||
        id == FORMULA_best) {
        call->rows = e->rows;
        call->cols = e->cols;
    }
    if (id == FORMULA_a || id == FORMULA_S)
        call->rows = check_side_d(c);
    if (id == FORMULA_S)
        call->cols = check_side_d(c);
    if (id == FORMULA_grad || id == FORMULA_error)
        call->needs |= FORMULA_AT_POINT;
    else if (id == FORMULA_before || id == FORMULA_dot || id == FORMULA_integral)
        call->needs |= free;
    else
        call->needs &= ~free;
    if (id == FORMULA_at || id == FORMULA_plateau)
        call->needs |= call->children[0]->needs & free;
}

lsa_status check_call(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                      lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *children[64] = {NULL};
    formula_node *call = NULL;
    const formula_function *function = formula_function_find(syntax->text);
    const int n = syntax->n_children;
    if (function == NULL)
        return unknown_function(in, syntax, err);
    if (n < function->least || n > function->most)
        return formula_error_at(in->source, syntax->offset, err, "%s takes other arguments: %s(%s)", function->name,
                                function->name, function->arguments);
    if (function->kind == FORMULA_OF_LIMITS)
        LSA_TRY(check_limit(c, in, syntax, function, children, err));
    else if (function->kind >= FORMULA_OF_PROMPTS)
        LSA_TRY(check_mean_arguments(c, in, syntax, function->id, children, err));
    else if (function->kind == FORMULA_OF_POINTS)
        LSA_TRY(check_arguments(c, in, syntax, function->id, children, err));
    else
        for (int k = 0; k < n; k++)
            LSA_TRY(check_value(c, in, syntax->children[k], &children[k], err));
    const bool of_source = take_our_loss(function, n, children);
    if (function->id == FORMULA_inf && n == 1)
        LSA_TRY(check_inf(children[0], err));
    LSA_TRY(check_make(c, in, syntax, FORMULA_CALL, n, children, &call, err));
    call->function = function;
    call->text = function->name;
    if (function->kind == FORMULA_OF_VALUES)
        LSA_TRY(shape_of_values(c, call, err));
    else if (function->kind == FORMULA_OF_POINTS)
        shape_of_points(c, call);
    else if (function->kind >= FORMULA_OF_PROMPTS)
        LSA_TRY(check_mean(call, err));
    else if (function->id != FORMULA_order) {
        call->rows = children[0]->rows;
        call->cols = children[0]->cols;
    }
    *out = call;
    if (function->id == FORMULA_grad)
        LSA_TRY(check_as_gradient(c, in, syntax, children[0], out, err));
    else if (of_source)
        LSA_TRY(check_as_loss(c, in, syntax, out, err));
done:
    return status;
}
