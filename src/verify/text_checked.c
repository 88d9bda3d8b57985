/* text_checked.c - the formulas of one claim: condition, hypotheses and point against the names and shapes of the experiment. */
#include "verify/text_checked.h"

#include "base/try.h"
#include <stdlib.h>
#include <string.h>

static lsa_status check_one(checked_claim *c, const lsa_node *node, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    c->scope.first_number = c->count;
    LSA_TRY(formula_check(&c->scope, node, out, &c->count, err));
done:
    return status;
}

static lsa_status check_scalar_of(checked_claim *c, const lsa_node *node, const formula_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    LSA_TRY(check_one(c, node, out, err));
    if ((*out)->truth || !formula_is_scalar(*out))
        return lsa_node_error(node, err, "found %s, expected a number or a scalar formula",
                              formula_shape_text((*out)->rows, (*out)->cols, shape));
done:
    return status;
}

static lsa_status wrong_size(const lsa_node *node, const checked_block *b, lsa_error *err)
{
    return lsa_node_error(node, err, "expected %td x %td numbers or formulas, as a list of %s", b->rows, b->cols,
                          b->cols == 1 ? "them" : "rows");
}

/* Entries as a list (a vector) or a list of rows. */
static lsa_status check_entries(checked_claim *c, const lsa_node *node, checked_block *b, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool flat = b->cols == 1 && node->count > 0 && node->items[0]->kind == LSA_NODE_SCALAR;
    b->entries = lsa_arena_alloc(c->arena, (size_t)(b->rows * b->cols), sizeof *b->entries);
    LSA_TRY_MEMORY(b->entries, "a claim");
    if (node->count != b->rows)
        return wrong_size(node, b, err);
    for (ptrdiff_t i = 0; i < b->rows; i++) {
        const lsa_node *row = node->items[i];
        if (!flat && (row->kind != LSA_NODE_SEQUENCE || row->count != b->cols))
            return wrong_size(row, b, err);
        for (ptrdiff_t j = 0; j < b->cols; j++)
            LSA_TRY(check_scalar_of(c, flat ? row : row->items[j], &b->entries[i + j * b->rows], err));
    }
done:
    return status;
}

static lsa_status check_block(checked_claim *c, const lsa_node *node, checked_block *b, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    if (node->kind == LSA_NODE_SEQUENCE)
        return check_entries(c, node, b, err);
    b->whole = true;
    b->entries = lsa_arena_alloc(c->arena, 1, sizeof *b->entries);
    LSA_TRY_MEMORY(b->entries, "a claim");
    LSA_TRY(check_one(c, node, &b->entries[0], err));
    const formula_node *f = b->entries[0];
    if (f->truth || f->rows.size != b->rows || f->cols.size != b->cols)
        return lsa_node_error(node, err, "found %s, expected %td x %td", formula_shape_text(f->rows, f->cols, shape),
                              b->rows, b->cols);
done:
    return status;
}

/* "U", or "U[2]" of a family. */
static lsa_status find_parameter(const checked_claim *c, const lsa_named_formula *named, checked_block *b,
                                 lsa_error *err)
{
    const lsa_statement *s = c->experiment->statement;
    const char *bracket = strchr(named->name, '[');
    const size_t length = bracket != NULL ? (size_t)(bracket - named->name) : strlen(named->name);
    for (int k = 0; k < s->n_parameters; k++) {
        const lsa_symbol *p = &s->symbols[s->parameters[k]];
        if (strlen(p->name) != length || strncmp(p->name, named->name, length) != 0)
            continue;
        const bool family = p->family == LSA_FAMILY_HEAD;
        *b = (checked_block){
            .symbol = s->parameters[k], .rows = c->experiment->dims[p->rows], .cols = c->experiment->dims[p->cols]};
        b->head = bracket != NULL ? strtol(bracket + 1, NULL, 10) : 0;
        if (family != (bracket != NULL) || (family && (b->head < 1 || b->head > c->experiment->data.heads)))
            return lsa_node_error(named->formula, err,
                                  family ? "'%s' is a family: write %.*s[1], %.*s[2], ..." : "'%s' is no family",
                                  named->name, (int)length, named->name, (int)length, named->name);
        return LSA_OK;
    }
    return lsa_node_error(named->formula, err, "'%s' is no parameter of the statement", named->name);
}

static lsa_status check_names(const checked_claim *c, lsa_error *err)
{
    for (int k = 0; k < c->scope.n_words; k++) {
        const char *name = c->scope.words[k].name;
        if (lsa_statement_find(c->experiment->statement, name) >= 0)
            return lsa_node_error(c->claim->formula, err,
                                  "the name '%s' of 'where' or 'for' hides one of the statement's", name);
        if (strcmp(name, "and") == 0 || strcmp(name, "or") == 0 || strcmp(name, "not") == 0 || strcmp(name, "in") == 0)
            return lsa_node_error(c->claim->formula, err, "'%s' is a word of the grammar, not a name", name);
    }
    return LSA_OK;
}

void checked_claim_clear(checked_claim *c)
{
    lsa_arena_destroy(c->arena);
}

lsa_status text_scope_init(formula_scope *scope, const lsa_experiment *experiment, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char **tests = lsa_arena_alloc(arena, (size_t)experiment->n_tests, sizeof *tests);
    LSA_TRY_MEMORY(tests, "a formula");
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++)
        tests[t] = experiment->tests[t].name;
    *scope = (formula_scope){.arena = arena,
                             .statement = experiment->statement,
                             .dims = experiment->dims,
                             .heads = experiment->data.heads,
                             .rank = experiment->data.rank,
                             .random = lsa_covariance_is_random(experiment->training.covariance),
                             .n_tests = experiment->n_tests,
                             .tests = tests};
done:
    return status;
}

lsa_status checked_claim_init(checked_claim *c, const lsa_experiment *experiment, const lsa_text_claim *claim,
                              const long *integers, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *c = (checked_claim){.arena = lsa_arena_create(), .experiment = experiment, .claim = claim};
    LSA_TRY_MEMORY(c->arena, "a claim");
    const ptrdiff_t n_words = claim->n_each + claim->n_where;
    formula_word *words = lsa_arena_alloc(c->arena, (size_t)n_words, sizeof *words);
    LSA_TRY_MEMORY(words, "a claim");
    for (ptrdiff_t k = 0; k < claim->n_each; k++)
        words[k] = (formula_word){.name = claim->each[k].name, .integer = integers[k]};
    for (ptrdiff_t k = 0; k < claim->n_where; k++)
        words[claim->n_each + k] = (formula_word){.name = claim->where[k].name, .body = claim->where[k].formula};
    LSA_TRY(text_scope_init(&c->scope, experiment, c->arena, err));
    c->scope.each_test = claim->each_test;
    c->scope.one_point = claim->n_at > 0;
    c->scope.n_words = (int)n_words;
    c->scope.words = words;
    LSA_TRY(check_names(c, err));
    LSA_TRY(check_one(c, claim->formula, &c->formula, err));
    if (!c->formula->truth)
        return lsa_node_error(claim->formula, err, "a claim is a condition, such as a == b or a <= b");
    if (claim->n_assuming > LSA_HYPOTHESES_MAX)
        return lsa_node_error(claim->formula, err, "more than %d hypotheses", (int)LSA_HYPOTHESES_MAX);
    c->assuming = lsa_arena_alloc(c->arena, (size_t)claim->n_assuming, sizeof *c->assuming);
    c->at = lsa_arena_alloc(c->arena, (size_t)claim->n_at, sizeof *c->at);
    LSA_TRY_MEMORY(c->assuming, "a claim");
    LSA_TRY_MEMORY(c->at, "a claim");
    for (ptrdiff_t k = 0; k < claim->n_assuming; k++) {
        LSA_TRY(check_one(c, claim->assuming[k], &c->assuming[k], err));
        if (!c->assuming[k]->truth)
            return lsa_node_error(claim->assuming[k], err, "a hypothesis is a condition, such as a < b");
    }
    for (ptrdiff_t k = 0; k < claim->n_at; k++) {
        LSA_TRY(find_parameter(c, &claim->at[k], &c->at[c->n_at], err));
        LSA_TRY(check_block(c, claim->at[k].formula, &c->at[c->n_at++], err));
    }
done:
    return status;
}
