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
        if (p->rows == LSA_DIM_ONE && p->cols == LSA_DIM_ONE &&
            (c->claim->convention.normaliser != 0 || c->claim->convention.sign < 0.0))
            return lsa_node_error(named->formula, err,
                                  "a point is given in the model's own '%s': leave out 'convention.normalise' "
                                  "and 'convention.sign'",
                                  named->name);
        b->head = bracket != NULL ? strtol(bracket + 1, NULL, 10) : 0;
        if (family != (bracket != NULL) || (family && (b->head < 1 || b->head > c->experiment->data.heads)))
            return lsa_node_error(named->formula, err,
                                  family ? "'%s' is a family: write %.*s[1], %.*s[2], ..." : "'%s' is no family",
                                  named->name, (int)length, named->name, (int)length, named->name);
        return LSA_OK;
    }
    return lsa_node_error(named->formula, err, "'%s' is no parameter of the statement", named->name);
}

/* Names of formulas that a symbol may not have, but for one that is that number. */
static const struct {
    const char *name;
    lsa_role role;
} taken_names[] = {{"E", LSA_ROLE_NONE},           {"I", LSA_ROLE_NONE},           {"t", LSA_ROLE_NONE},
                   {"gap", LSA_ROLE_NONE},         {"excess", LSA_ROLE_NONE},      {"loss", LSA_ROLE_NONE},
                   {"risk", LSA_ROLE_NONE},        {"hessian", LSA_ROLE_NONE},     {"prediction", LSA_ROLE_NONE},
                   {"target", LSA_ROLE_NONE},      {"test", LSA_ROLE_NONE},        {"d", LSA_ROLE_NONE},
                   {"r", LSA_ROLE_NONE},           {"heads", LSA_ROLE_NONE},       {"sigma", LSA_ROLE_NONE},
                   {"Theta", LSA_ROLE_NONE},       {"N", LSA_ROLE_CONTEXT_LENGTH}, {"rho", LSA_ROLE_NORMALISER},
                   {"s2", LSA_ROLE_NOISE_VARIANCE}};

/* The statement's symbol would hide the name, or be hidden by it. */
static lsa_status check_symbols(const checked_claim *c, lsa_error *err)
{
    const lsa_statement *s = c->experiment->statement;
    for (size_t k = 0; k < sizeof taken_names / sizeof *taken_names; k++) {
        const int symbol = lsa_statement_find(s, taken_names[k].name);
        if (symbol >= 0 && (taken_names[k].role == LSA_ROLE_NONE || s->symbols[symbol].role != taken_names[k].role))
            return lsa_node_error(
                c->claim->formula, err,
                "'%s' is a name of formulas: where a model has claims of its own, its statement calls "
                "a symbol otherwise",
                taken_names[k].name);
    }
    return LSA_OK;
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

static bool trains(const formula_node *node)
{
    if (node->kind == FORMULA_CALL && node->function->id == FORMULA_trained)
        return true;
    for (int k = 0; k < node->n_children; k++)
        if ((node->children[k]->needs & FORMULA_SAMPLED) != 0 && trains(node->children[k]))
            return true;
    return false;
}

static lsa_status check_seeds(const checked_claim *c, lsa_error *err)
{
    if (c->claim->seeds == 0 && trains(c->formula))
        return lsa_node_error(c->claim->formula, err,
                              "trained(e) needs the claim's key 'seeds', how many runs (at least 10): one run has no "
                              "interval");
    return LSA_OK;
}

void checked_claim_clear(checked_claim *c)
{
    lsa_arena_destroy(c->arena);
}

/* ---------------------------------------------------------------- names and shapes of the models at hand */

static lsa_status make_words(checked_claim *c, const formula_word **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_text_claim *claim = c->claim;
    formula_word *words = lsa_arena_alloc(c->arena, (size_t)(claim->n_each + claim->n_where), sizeof *words);
    LSA_TRY_MEMORY(words, "a claim");
    for (ptrdiff_t k = 0; k < claim->n_each; k++)
        words[k] = (formula_word){.name = claim->each[k].name, .integer = c->integers[k]};
    for (ptrdiff_t k = 0; k < claim->n_where; k++)
        words[claim->n_each + k] = (formula_word){.name = claim->where[k].name, .body = claim->where[k].formula};
    *out = words;
done:
    return status;
}

static lsa_status make_scope(const checked_claim *c, const lsa_experiment *experiment, const formula_word *words,
                             const char *model, formula_scope *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_text_claim *claim = c->claim;
    const char **tests = lsa_arena_alloc(c->arena, (size_t)experiment->n_tests, sizeof *tests);
    LSA_TRY_MEMORY(tests, "a claim");
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++)
        tests[t] = experiment->tests[t].name;
    *out = (formula_scope){.arena = c->arena,
                           .statement = experiment->statement,
                           .dims = experiment->dims,
                           .heads = experiment->data.heads,
                           .rank = experiment->data.rank,
                           .random = lsa_covariance_is_random(experiment->training.covariance),
                           .each_test = claim->each_test,
                           .one_point = claim->n_at > 0,
                           .n_tests = experiment->n_tests,
                           .tests = tests,
                           .n_words = (int)(claim->n_each + claim->n_where),
                           .words = words,
                           .model = model,
                           .convention = &claim->convention};
done:
    return status;
}

/* The scopes of the models that the file names beside this one. */
static lsa_status make_models(checked_claim *c, const formula_word *words, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_experiment *e = c->experiment, *other = NULL;
    formula_scope *models = lsa_arena_alloc(c->arena, (size_t)e->n_variants, sizeof *models);
    LSA_TRY_MEMORY(models, "a claim");
    for (ptrdiff_t k = 0; k < e->n_variants; k++) {
        const lsa_model_variant *variant = &e->variants[k];
        LSA_TRY(text_beside_model(c->beside, e, variant->n_changes, variant->changes, &other, err));
        LSA_TRY(make_scope(c, other, words, variant->name, &models[k], err));
    }
    c->scope.models = models;
    c->scope.n_models = (int)e->n_variants;
done:
    return status;
}

/* ---------------------------------------------------------------- the claim */

static lsa_status check_assuming(checked_claim *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_text_claim *claim = c->claim;
    if (claim->n_assuming > LSA_HYPOTHESES_MAX)
        return lsa_node_error(claim->formula, err, "more than %d hypotheses", (int)LSA_HYPOTHESES_MAX);
    c->assuming = lsa_arena_alloc(c->arena, (size_t)claim->n_assuming, sizeof *c->assuming);
    LSA_TRY_MEMORY(c->assuming, "a claim");
    for (ptrdiff_t k = 0; k < claim->n_assuming; k++) {
        LSA_TRY(check_one(c, claim->assuming[k], &c->assuming[k], err));
        if (!c->assuming[k]->truth)
            return lsa_node_error(claim->assuming[k], err, "a hypothesis is a condition, such as a < b");
    }
done:
    return status;
}

static lsa_status check_at(checked_claim *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_text_claim *claim = c->claim;
    c->at = lsa_arena_alloc(c->arena, (size_t)claim->n_at, sizeof *c->at);
    LSA_TRY_MEMORY(c->at, "a claim");
    for (ptrdiff_t k = 0; k < claim->n_at; k++) {
        LSA_TRY(find_parameter(c, &claim->at[k], &c->at[c->n_at], err));
        LSA_TRY(check_block(c, claim->at[k].formula, &c->at[c->n_at++], err));
    }
done:
    return status;
}

lsa_status checked_formula_init(checked_claim *c, const lsa_experiment *experiment, text_beside *beside,
                                const lsa_text_claim *claim, const long *integers, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_word *words = NULL;
    *c = (checked_claim){
        .arena = lsa_arena_create(), .experiment = experiment, .claim = claim, .beside = beside, .integers = integers};
    LSA_TRY_MEMORY(c->arena, "a claim");
    LSA_TRY(make_words(c, &words, err));
    LSA_TRY(make_scope(c, experiment, words, NULL, &c->scope, err));
    LSA_TRY(make_models(c, words, err));
    LSA_TRY(check_symbols(c, err));
    LSA_TRY(check_names(c, err));
    LSA_TRY(check_one(c, claim->formula, &c->formula, err));
done:
    return status;
}

lsa_status checked_claim_init(checked_claim *c, const lsa_experiment *experiment, text_beside *beside,
                              const lsa_text_claim *claim, const long *integers, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(checked_formula_init(c, experiment, beside, claim, integers, err));
    if (!c->formula->truth)
        return lsa_node_error(claim->formula, err, "a claim is a condition, such as a == b or a <= b");
    LSA_TRY(check_seeds(c, err));
    LSA_TRY(check_assuming(c, err));
    LSA_TRY(check_at(c, err));
    if (claim->scale != NULL)
        LSA_TRY(check_scalar_of(c, claim->scale, &c->scale, err));
done:
    return status;
}

/* Children come before their parents, so that a part has a smaller number than the whole. */
static const formula_node *find_node(const formula_node *node, int number)
{
    const formula_node *found = node->number == number ? node : NULL;
    for (int k = 0; k < node->n_children && found == NULL; k++)
        if (node->children[k]->number >= number)
            found = find_node(node->children[k], number);
    return found;
}

const formula_node *checked_claim_node(const checked_claim *c, int number)
{
    const formula_node *found = find_node(c->formula, number);
    for (ptrdiff_t k = 0; k < c->claim->n_assuming && found == NULL; k++)
        found = find_node(c->assuming[k], number);
    for (int k = 0; k < c->n_at && found == NULL; k++)
        for (ptrdiff_t e = 0; e < (c->at[k].whole ? 1 : c->at[k].rows * c->at[k].cols) && found == NULL; e++)
            found = find_node(c->at[k].entries[e], number);
    return found == NULL && c->scale != NULL ? find_node(c->scale, number) : found;
}
