/* check_limit.c - keys of the model in lim and order: which one goes where, and which follow it. */
#include "base/try.h"
#include "formula/check.h"
#include "model/schema.h"
#include "model/suggest.h"
#include <string.h>

/* Short names of keys. */
static const struct {
    const char *name, *path;
} short_names[] = {{"d", "data.dimension"},    {"N", "data.context"},   {"r", "data.rank"},
                   {"s2", "data.label_noise"}, {"heads", "data.heads"}, {"sigma", "init.sigma"}};

/* The dotted path of a key, whose first part the schema knows. */
static lsa_status key_path(checker *c, const checked_text *in, const lsa_syntax *syntax, const char **out,
                           lsa_error *err)
{
    char hint[LSA_SUGGESTION_SIZE];
    lsa_suggestion best = lsa_suggestion_for(syntax->text);
    for (size_t k = 0; k < sizeof short_names / sizeof *short_names; k++) {
        lsa_suggestion_offer(&best, short_names[k].name);
        if (strcmp(short_names[k].name, syntax->text) == 0)
            return *out = short_names[k].path, LSA_OK;
    }
    const char *dot = strchr(syntax->text, '.');
    const char *first = lsa_arena_text(c->scope->arena, syntax->text,
                                       dot != NULL ? (size_t)(dot - syntax->text) : strlen(syntax->text));
    if (first == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a key");
    for (const lsa_schema_row *row = lsa_schema_rows(); row->path != NULL; row++)
        lsa_suggestion_offer(&best, row->path);
    if (dot == NULL || lsa_schema_find(first) == NULL)
        return formula_error_at(in->source, syntax->offset, err,
                                "unknown key '%s': a key is d, N, s2, r, heads, sigma or a dotted path of the model%s",
                                syntax->text, lsa_suggestion_text(&best, hint));
    *out = syntax->text;
    return LSA_OK;
}

/* KEY -> .inf, KEY -> 0, and in order KEY alone, towards infinity. */
static lsa_status check_towards(checker *c, const checked_text *in, const lsa_syntax *syntax, bool bare,
                                const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *key = NULL;
    const char *path = NULL;
    const bool towards = syntax->kind == LSA_SYNTAX_TOWARDS;
    if (!towards && (!bare || syntax->kind != LSA_SYNTAX_SYMBOL))
        return formula_error_at(in->source, syntax->offset, err,
                                bare ? "expected a key, as in order(e, N)"
                                     : "expected a key and where it goes, as in N -> .inf");
    LSA_TRY(key_path(c, in, syntax, &path, err));
    LSA_TRY(check_make(c, in, syntax, FORMULA_TOWARDS, 0, NULL, &key, err));
    key->text = path;
    key->integer = 1;
    if (towards) {
        const lsa_syntax *goal = syntax->children[0];
        const bool zero = goal->kind == LSA_SYNTAX_LITERAL && strcmp(goal->text, "0") == 0;
        if (!zero && goal->kind != LSA_SYNTAX_INFINITY)
            return formula_error_at(in->source, goal->offset, err, "a key goes to .inf or to 0");
        key->integer = !zero;
    }
    *out = key;
done:
    return status;
}

/* KEY = a scalar of the first key: what goes along with it. */
static lsa_status check_along(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *value = NULL;
    formula_node *key = NULL;
    const char *path = NULL;
    if (syntax->kind != LSA_SYNTAX_LET)
        return formula_error_at(in->source, syntax->offset, err,
                                "expected a key that goes along, as in lim(e, d -> .inf, N = 2*d)");
    LSA_TRY(key_path(c, in, syntax, &path, err));
    LSA_TRY(check_scalar(c, in, syntax->children[0], "a key that goes along", &value, err));
    if ((value->needs & (FORMULA_AT_POINT | FORMULA_IN_TIME)) != 0)
        return formula_error(value, err, "a key that goes along is made of constants and keys");
    LSA_TRY(check_make(c, in, syntax, FORMULA_LET, 1, &value, &key, err));
    key->text = path;
    *out = key;
done:
    return status;
}

lsa_status check_limit(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_function *function,
                       const formula_node **children, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(function->id == FORMULA_order
                ? check_scalar(c, in, syntax->children[0], "what has an order", &children[0], err)
                : check_value(c, in, syntax->children[0], &children[0], err));
    LSA_TRY(check_towards(c, in, syntax->children[1], function->id == FORMULA_order, &children[1], err));
    for (int k = 2; k < syntax->n_children; k++)
        LSA_TRY(check_along(c, in, syntax->children[k], &children[k], err));
done:
    return status;
}

lsa_status check_elsewhere(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    char hint[LSA_SUGGESTION_SIZE];
    const formula_node *child = NULL;
    formula_node *node = NULL;
    const formula_scope *scope = c->scope;
    lsa_suggestion best = lsa_suggestion_for(syntax->text);
    int k = 0;
    while (k < scope->n_models && strcmp(scope->models[k].model, syntax->text) != 0)
        lsa_suggestion_offer(&best, scope->models[k++].model);
    if (k == scope->n_models)
        return formula_error_at(in->source, syntax->offset, err,
                                "there is no model '%s' under the file's key 'models'%s", syntax->text,
                                lsa_suggestion_text(&best, hint));
    /* The words of `where` mean what they mean there. */
    checker there = {.scope = &scope->models[k], .kind = c->kind, .count = c->count, .depth = c->depth};
    there.variables = c->variables;
    LSA_TRY(check_any(&there, in, syntax->children[0], &child, err));
    c->count = there.count;
    c->variables = there.variables;
    if ((child->needs & (FORMULA_AT_POINT | FORMULA_IN_TIME)) != 0)
        return formula_error(child, err, "the parameters of another model are at no place here: write limit(...) @ %s",
                             syntax->text);
    LSA_TRY(check_make(c, in, syntax, FORMULA_ELSEWHERE, 1, &child, &node, err));
    node->integer = k;
    node->text = syntax->text;
    node->truth = child->truth;
    node->rows = check_side_elsewhere(c, child->rows);
    node->cols = check_side_elsewhere(c, child->cols);
    *out = node;
done:
    return status;
}
