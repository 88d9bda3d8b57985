/* check_name.c - names of a formula: the index of a sum, words of `for` and `where`, symbols of the statement, the table. */
#include "formula/check.h"

#include "base/try.h"
#include "model/suggest.h"
#include <string.h>

/* Of x[1]: contexts are shorter. */
enum { LARGEST_INDEX = 100000000 };

static formula_side side_of(const checker *c, lsa_dim dim)
{
    return (formula_side){c->scope->statement->dims[dim], c->scope->dims[dim]};
}

static lsa_status unknown_name(const checker *c, const checked_text *in, const lsa_syntax *syntax, lsa_error *err)
{
    char hint[LSA_SUGGESTION_SIZE];
    const lsa_statement *s = c->scope->statement;
    lsa_suggestion best = lsa_suggestion_for(syntax->text);
    for (int k = 0; k < c->scope->n_words; k++)
        lsa_suggestion_offer(&best, c->scope->words[k].name);
    for (int k = 0; k < s->n_symbols; k++)
        lsa_suggestion_offer(&best, s->symbols[k].name);
    for (int k = 0; k < FORMULA_NAME_COUNT; k++)
        lsa_suggestion_offer(&best, formula_names()[k].name);
    if (best.best == NULL && formula_function_find(syntax->text) != NULL)
        return formula_error_at(in->source, syntax->offset, err, "'%s' is a function: write %s(%s)", syntax->text,
                                syntax->text, formula_function_find(syntax->text)->arguments);
    return formula_error_at(in->source, syntax->offset, err, "unknown name '%s'%s", syntax->text,
                            lsa_suggestion_text(&best, hint));
}

const checked_variable *check_find_variable(const checked_text *in, const char *name)
{
    for (const checked_variable *at = in->variables; at != NULL; at = at->outer)
        if (strcmp(at->name, name) == 0)
            return at;
    return NULL;
}

static lsa_status check_variable(checker *c, const checked_text *in, const lsa_syntax *syntax,
                                 const checked_variable *variable, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    LSA_TRY(check_make(c, in, syntax, FORMULA_VARIABLE, 0, NULL, &node, err));
    node->variable = variable->id;
    node->text = variable->name;
    node->needs = FORMULA_IN_SUM;
    *out = node;
done:
    return status;
}

static lsa_status check_word(checker *c, const checked_text *in, const lsa_syntax *syntax, int k,
                             const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_word *word = &c->scope->words[k];
    lsa_syntax_fault fault = {0};
    const lsa_syntax *body = NULL;
    formula_node *node = NULL;
    if (word->body == NULL) {
        LSA_TRY(check_make(c, in, syntax, FORMULA_INTEGER, 0, NULL, &node, err));
        node->integer = word->integer;
        node->text = word->name;
        *out = node;
        return LSA_OK;
    }
    if (c->busy[k])
        return formula_error_at(in->source, syntax->offset, err, "the definition of '%s' refers to itself", word->name);
    if (c->words[k] == NULL) {
        const checked_text inside = {.source = word->body};
        status = lsa_syntax_parse_formula(word->body->text, c->scope->arena, &body, &fault);
        if (status == LSA_ERR_INPUT)
            return formula_error_at(word->body, fault.offset, err, "%s", fault.message);
        LSA_TRY_MEMORY(body, "a formula");
        c->busy[k] = true;
        status = check_value(c, &inside, body, &c->words[k], err);
        c->busy[k] = false;
        LSA_TRY(status);
    }
    LSA_TRY(check_make(c, in, syntax, FORMULA_DEFINED, 1, &c->words[k], &node, err));
    node->rows = c->words[k]->rows;
    node->cols = c->words[k]->cols;
    node->text = word->name;
    *out = node;
done:
    return status;
}

/* The head of U[1], U[g], or the pair of x[1], x[i]: a number, a word of `for`, the index of a sum. */
static lsa_status check_index(checker *c, const checked_text *in, const lsa_syntax *syntax, bool pair,
                              const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    formula_node *node = NULL;
    const checked_variable *variable = check_find_variable(in, syntax->index);
    if (variable != NULL)
        return check_variable(c, in, syntax, variable, out, err);
    for (int k = 0; k < c->scope->n_words; k++)
        if (strcmp(c->scope->words[k].name, syntax->index) == 0)
            return check_word(c, in, syntax, k, out, err);
    if (syntax->index[0] < '0' || syntax->index[0] > '9')
        return formula_error_at(in->source, syntax->offset, err,
                                "the index '%s' is not bound: write a %s number, or sum(%s, ...) around it",
                                syntax->index, pair ? "pair's" : "head's", syntax->index);
    LSA_TRY(check_make(c, in, syntax, FORMULA_INTEGER, 0, NULL, &node, err));
    for (const char *at = syntax->index; *at != '\0'; at++)
        node->integer = node->integer > LARGEST_INDEX ? node->integer : 10 * node->integer + (*at - '0');
    if (pair && (node->integer < 1 || node->integer > LARGEST_INDEX))
        return formula_error_at(in->source, syntax->offset, err, "there is no pair %s: they are counted from 1",
                                syntax->index);
    if (!pair && (node->integer < 1 || node->integer > c->scope->heads))
        return formula_error_at(in->source, syntax->offset, err, "there is no head %ld of %td", node->integer,
                                c->scope->heads);
    *out = node;
done:
    return status;
}

static lsa_status no_pair(const checked_text *in, const lsa_syntax *syntax, lsa_error *err)
{
    return formula_error_at(in->source, syntax->offset, err,
                            "'%s' is a family over the pairs of a context: write %s[1], or %s[i] in sum(i, ...)",
                            syntax->text, syntax->text, syntax->text);
}

static bool has_families(const lsa_statement *s)
{
    for (int k = 0; k < s->n_parameters; k++)
        if (s->symbols[s->parameters[k]].family == LSA_FAMILY_HEAD)
            return true;
    return false;
}

/* Of a statement without heads u[1] is u: what is said of heads is said of it too. */
static lsa_status check_symbol(checker *c, const checked_text *in, const lsa_syntax *syntax, int id,
                               const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *symbol = &c->scope->statement->symbols[id];
    const formula_node *head = NULL;
    formula_node *node = NULL;
    const bool drawn = symbol->kind == LSA_SYMBOL_GAUSSIAN;
    if (symbol->family == LSA_FAMILY_SAMPLE && syntax->index == NULL)
        return no_pair(in, syntax, err);
    if (symbol->family == LSA_FAMILY_HEAD && syntax->index == NULL)
        return formula_error_at(in->source, syntax->offset, err,
                                "'%s' is a family over the heads: write %s[1], or %s[g] in "
                                "sum(g, ...)",
                                symbol->name, symbol->name, symbol->name);
    const bool only_head = symbol->kind == LSA_SYMBOL_PARAMETER && !has_families(c->scope->statement);
    if (symbol->family == LSA_FAMILY_NONE && syntax->index != NULL && !only_head)
        return formula_error_at(in->source, syntax->offset, err, "'%s' is no family: it takes no index", symbol->name);
    if (syntax->index != NULL)
        LSA_TRY(check_index(c, in, syntax, symbol->family == LSA_FAMILY_SAMPLE, &head, err));
    if (only_head)
        head = NULL;
    LSA_TRY(check_make(c, in, syntax, FORMULA_SYMBOL, head != NULL, &head, &node, err));
    node->symbol = id;
    node->text = symbol->name;
    node->rows = side_of(c, symbol->rows);
    node->cols = side_of(c, symbol->cols);
    node->witnesses = symbol->kind == LSA_SYMBOL_PARAMETER ? FORMULA_BY_FLOW
                      : drawn                              ? FORMULA_BY_SAMPLES
                                                           : FORMULA_BY_MODEL;
    if (drawn)
        node->needs |= FORMULA_IN_PROMPT;
    if (symbol->role == LSA_ROLE_COVARIANCE && c->scope->random)
        node->needs |= FORMULA_IN_LAW;
    *out = node;
    if (symbol->kind == LSA_SYMBOL_PARAMETER) {
        node->needs |= FORMULA_AT_POINT;
        LSA_TRY(check_as_parameter(c, in, syntax, out, err));
    }
done:
    return status;
}

static unsigned needs_of(formula_need need)
{
    static const unsigned needs[] = {
        [FORMULA_ALWAYS] = 0,
        [FORMULA_POINT] = FORMULA_AT_POINT,
        [FORMULA_TIME] = FORMULA_IN_TIME,
        [FORMULA_TEST] = FORMULA_IN_TEST,
        [FORMULA_PROMPT] = FORMULA_IN_PROMPT,
        [FORMULA_PAIR] = FORMULA_IN_PROMPT,
        [FORMULA_PROMPT_AT_POINT] = FORMULA_IN_PROMPT | FORMULA_AT_POINT,
    };
    return needs[need];
}

static lsa_status check_table_name(checker *c, const checked_text *in, const lsa_syntax *syntax,
                                   const formula_name *name, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *pair = NULL;
    formula_node *node = NULL;
    if (name->need == FORMULA_PAIR && syntax->index == NULL)
        return no_pair(in, syntax, err);
    if (name->need != FORMULA_PAIR && syntax->index != NULL)
        return formula_error_at(in->source, syntax->offset, err, "'%s' is no family: it takes no index", name->name);
    if (name->need == FORMULA_PAIR)
        LSA_TRY(check_index(c, in, syntax, true, &pair, err));
    if (name->need == FORMULA_TEST && !c->scope->each_test)
        return formula_error_at(in->source, syntax->offset, err,
                                "'%s' is a test's: it has a value in a claim with 'for: tests'", name->name);
    LSA_TRY(check_make(c, in, syntax, FORMULA_NAME, pair != NULL, &pair, &node, err));
    node->name = name;
    node->text = name->name;
    node->witnesses = name->witness;
    if (name->shape == FORMULA_d1)
        node->rows = check_side_d(c);
    if (name->shape == FORMULA_dd)
        node->rows = node->cols = check_side_d(c);
    if (name->shape == FORMULA_nn)
        node->rows = node->cols = check_side_state(c);
    node->needs |= needs_of(name->need);
    if (name->id == FORMULA_NAME_Lambda && c->scope->random)
        node->needs |= FORMULA_IN_LAW;
    if (name->id == FORMULA_NAME_gap)
        node->needs |= FORMULA_AT_POINT;
    *out = node;
    if (name->id == FORMULA_NAME_hessian)
        LSA_TRY(check_hessian_convention(c, node, err));
    if (name->id == FORMULA_NAME_loss || name->id == FORMULA_NAME_excess || name->id == FORMULA_NAME_hessian)
        LSA_TRY(check_as_loss(c, in, syntax, out, err));
done:
    return status;
}

/* Inner names win: the index of a sum, `for` and `where`, the statement's, the table. */
lsa_status check_name(checker *c, const checked_text *in, const lsa_syntax *syntax, const formula_node **out,
                      lsa_error *err)
{
    const checked_variable *variable = check_find_variable(in, syntax->text);
    if (variable != NULL && syntax->index == NULL)
        return check_variable(c, in, syntax, variable, out, err);
    for (int k = 0; k < c->scope->n_words; k++)
        if (strcmp(c->scope->words[k].name, syntax->text) == 0 && syntax->index == NULL)
            return check_word(c, in, syntax, k, out, err);
    const int id = lsa_statement_find(c->scope->statement, syntax->text);
    if (id >= 0)
        return check_symbol(c, in, syntax, id, out, err);
    const formula_name *name = formula_name_find(syntax->text);
    if (name != NULL)
        return check_table_name(c, in, syntax, name, out, err);
    return unknown_name(c, in, syntax, err);
}
