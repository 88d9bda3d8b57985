/* mutate.c - see mutate.h. A change is a node in the place of another; the text is printed from the tree that has it. */
#include "formula/mutate.h"

#include "base/text.h"
#include "base/try.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct mutator {
    const formula_scope *scope;
    lsa_arena *arena;
    const formula_node *root;
    bool *seen; /* nodes by number: a definition is changed once */
    formula_mutant *all;
    ptrdiff_t n;
    /* the comparison at hand */
    const formula_node *side; /* NULL: a predicate */
    formula_sense sense;
    const formula_node *around; /* the node at hand is its child; NULL: of none */
    bool failed;
} mutator;

/* ---------------------------------------------------------------- trees */

static formula_node *copy_of(mutator *m, const formula_node *node, int n_children)
{
    formula_node *made = lsa_arena_alloc(m->arena, 1, sizeof *made);
    const formula_node **children = lsa_arena_alloc(m->arena, (size_t)n_children + 1, sizeof *children);
    if (made == NULL || children == NULL) {
        m->failed = true;
        return NULL;
    }
    *made = *node;
    made->n_children = n_children;
    made->children = children;
    return made;
}

/* The tree with `with` wherever `target` stands (NULL: nowhere); words of `for` by their names, to be read again as such. */
static const formula_node *replaced(mutator *m, const formula_node *node, const formula_node *target,
                                    const formula_node *with)
{
    if (node == target)
        return replaced(m, with, NULL, NULL);
    formula_node *made = copy_of(m, node, node->n_children);
    if (made == NULL)
        return node;
    for (int k = 0; k < node->n_children; k++)
        made->children[k] = replaced(m, node->children[k], target, with);
    if (made->kind == FORMULA_INTEGER && made->text != NULL)
        made->kind = FORMULA_VARIABLE;
    return made;
}

static const char *printed(lsa_arena *arena, const formula_node *node)
{
    lsa_text text;
    lsa_text_init(&text);
    formula_print(node, &text);
    const char *out = text.failed || text.data == NULL ? NULL : lsa_arena_text(arena, text.data, text.length);
    lsa_text_clear(&text);
    return out;
}

static const char *text_with(mutator *m, const formula_node *tree, const formula_node *target, const formula_node *with)
{
    const formula_node *made = replaced(m, tree, target, with);
    const char *out = m->failed ? NULL : printed(m->arena, made);
    m->failed = m->failed || out == NULL;
    return out;
}

const char *formula_written_out(const formula_node *node, lsa_arena *arena)
{
    mutator m = {.arena = arena};
    return text_with(&m, node, NULL, NULL);
}

/* ---------------------------------------------------------------- one mutant */

static bool is_new(const mutator *m, const char *text)
{
    for (ptrdiff_t k = 0; k < m->n; k++)
        if (strcmp(m->all[k].text, text) == 0)
            return false;
    return true;
}

/* A part of a formula in a description. */
static const char *part(mutator *m, const formula_node *node)
{
    const char *text = text_with(m, node, NULL, NULL);
    return text == NULL ? "" : text;
}

/* What stands around a number or a name, so that a reader knows which one is meant. */
static const char *place_of(mutator *m, const formula_node *target)
{
    enum { SHORT = 48 };
    const char *around = m->around == NULL || m->around->kind == FORMULA_COMPARE ? "" : part(m, m->around);
    if (target->n_children > 0 || *around == '\0' || strlen(around) > SHORT)
        return "";
    around = lsa_arena_printf(m->arena, " in %s", around);
    m->failed = m->failed || around == NULL;
    return around == NULL ? "" : around;
}

static void add(mutator *m, const formula_node *target, const formula_node *with, const char *format, ...)
{
    char what[160];
    va_list arguments;
    if (m->failed || with == NULL || m->n == FORMULA_MUTANTS)
        return;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    formula_mutant *out = &m->all[m->n];
    *out = (formula_mutant){.what = lsa_arena_printf(m->arena, "%s%s", what, place_of(m, target)),
                            .text = text_with(m, m->root, target, with),
                            .sense = m->sense};
    if (m->side != NULL) {
        out->before = text_with(m, m->side, NULL, NULL);
        out->after = text_with(m, m->side, target, with);
    }
    m->failed = m->failed || out->what == NULL;
    if (!m->failed && is_new(m, out->text))
        m->n++;
}

static formula_node *leaf(mutator *m, const formula_node *at, formula_kind kind, const char *text)
{
    formula_node *made = copy_of(m, at, 0);
    if (made == NULL)
        return NULL;
    made->kind = kind;
    made->text = text;
    return made;
}

/* ---------------------------------------------------------------- changes by kind */

/* Each of several children left out. */
static void leave_out(mutator *m, const formula_node *node, const char *what)
{
    for (int k = 0; k < node->n_children; k++) {
        const formula_node *left = NULL;
        if (node->n_children == 2) {
            left = node->children[1 - k];
        } else {
            formula_node *made = copy_of(m, node, node->n_children - 1);
            for (int j = 0, i = 0; made != NULL && j < node->n_children; j++)
                if (j != k)
                    made->children[i++] = node->children[j];
            left = made;
        }
        add(m, node, left, "without the %s %.100s", what, part(m, node->children[k]));
    }
}

static void swap_neighbours(mutator *m, const formula_node *node)
{
    for (int k = 0; k + 1 < node->n_children; k++) {
        const formula_node *a = node->children[k], *b = node->children[k + 1];
        if (formula_is_scalar(a) || formula_is_scalar(b))
            continue;
        formula_node *made = copy_of(m, node, node->n_children);
        for (int j = 0; made != NULL && j < node->n_children; j++)
            made->children[j] = node->children[j == k ? k + 1 : j == k + 1 ? k : j];
        add(m, node, made, "%.60s*%.60s -> %.60s*%.60s", part(m, a), part(m, b), part(m, b), part(m, a));
    }
}

static void lower_power(mutator *m, const formula_node *node)
{
    const char *base = part(m, node->children[0]);
    if (node->exponent == 2 && node->root == 1)
        add(m, node, node->children[0], "the square of %.100s -> its first power", base);
}

static void add_one(mutator *m, const formula_node *node)
{
    formula_node *made = copy_of(m, node, 2);
    if (made == NULL)
        return;
    made->kind = FORMULA_SUM;
    made->children[0] = node;
    made->children[1] = leaf(m, node, FORMULA_NUMBER, "1");
    if (made->children[1] != NULL)
        add(m, node, made, "%s -> %s + 1", part(m, node), part(m, node));
}

static void transpose(mutator *m, const formula_node *node)
{
    formula_node *made = copy_of(m, node, 1);
    if (made == NULL)
        return;
    made->kind = FORMULA_TRANSPOSE;
    made->children[0] = node;
    add(m, node, made, "%.60s -> %.60s'", part(m, node), part(m, node));
}

static void trace_to_norm(mutator *m, const formula_node *node)
{
    formula_node *made = copy_of(m, node, 1);
    if (made == NULL)
        return;
    made->children[0] = node->children[0];
    made->function = formula_function_find("norm");
    made->text = made->function->name;
    add(m, node, made, "tr(%.60s) -> norm", part(m, node->children[0]));
}

/* The role of a symbol or of a name of the table that stands for one. */
static lsa_role role_of(const mutator *m, const formula_node *node)
{
    if (node->kind == FORMULA_SYMBOL)
        return m->scope->statement->symbols[node->symbol].role;
    switch (node->name->id) {
    case FORMULA_NAME_N:
        return LSA_ROLE_CONTEXT_LENGTH;
    case FORMULA_NAME_s2:
        return LSA_ROLE_NOISE_VARIANCE;
    default:
        return LSA_ROLE_NONE;
    }
}

static bool is_symmetric(const mutator *m, const formula_node *node)
{
    if (node->kind == FORMULA_SYMBOL)
        return m->scope->statement->symbols[node->symbol].symmetric;
    return node->name->id != FORMULA_NAME_Theta;
}

static void change_name(mutator *m, const formula_node *node)
{
    const lsa_role role = role_of(m, node);
    if (role == LSA_ROLE_CONTEXT_LENGTH)
        add_one(m, node);
    if (role == LSA_ROLE_NOISE_VARIANCE)
        add(m, node, leaf(m, node, FORMULA_NUMBER, "0"), "%s -> 0", part(m, node));
    if (!formula_is_scalar(node) && node->rows.size == node->cols.size && !is_symmetric(m, node))
        transpose(m, node);
}

static void change(mutator *m, const formula_node *node)
{
    switch (node->kind) {
    case FORMULA_SUM:
        leave_out(m, node, "term");
        break;
    case FORMULA_PRODUCT:
        leave_out(m, node, "factor");
        swap_neighbours(m, node);
        break;
    case FORMULA_DIVIDE:
        add(m, node, node->children[0], "without the divisor in %.100s", part(m, node));
        break;
    case FORMULA_POWER:
        lower_power(m, node);
        break;
    case FORMULA_TRANSPOSE:
        add(m, node, node->children[0], "%.60s' -> %.60s", part(m, node->children[0]), part(m, node->children[0]));
        break;
    case FORMULA_NUMBER:
        if (strcmp(node->text, "2") == 0)
            add(m, node, leaf(m, node, FORMULA_NUMBER, "1"), "2 -> 1");
        break;
    case FORMULA_SYMBOL:
    case FORMULA_NAME:
        change_name(m, node);
        break;
    case FORMULA_CALL:
        if (node->function->id == FORMULA_tr)
            trace_to_norm(m, node);
        break;
    default:
        break;
    }
}

/* ---------------------------------------------------------------- the walk */

static void change_all(mutator *m, const formula_node *node)
{
    if (m->seen[node->number])
        return;
    m->seen[node->number] = true;
    const formula_node *before = m->around;
    change(m, node);
    if (node->kind != FORMULA_DEFINED)
        m->around = node;
    for (int k = 0; k < node->n_children; k++)
        change_all(m, node->children[k]);
    m->around = before;
}

/* A side of its only comparison; those in the middle of a chain of inequalities would have to be larger and smaller at once. */
static bool sense_of(const formula_node *compare, int k, formula_sense *out)
{
    const int last = compare->n_children - 1;
    bool equal = true;
    for (int j = 0; j < last; j++)
        equal = equal && compare->relations[j] == LSA_RELATION_EQUAL;
    *out = FORMULA_OTHER;
    if (equal)
        return true;
    if (k != 0 && k != last)
        return false;
    const lsa_relation relation = compare->relations[k == 0 ? 0 : last - 1];
    const bool upper = relation == LSA_RELATION_AT_MOST || relation == LSA_RELATION_BELOW;
    const bool lower = relation == LSA_RELATION_AT_LEAST || relation == LSA_RELATION_ABOVE;
    *out = upper == (k == 0) ? FORMULA_LARGER : FORMULA_SMALLER;
    return upper || lower;
}

static void change_condition(mutator *m, const formula_node *node)
{
    switch (node->kind) {
    case FORMULA_AND:
        for (int k = 0; k < node->n_children; k++)
            change_condition(m, node->children[k]);
        break;
    case FORMULA_DEFINED:
        change_condition(m, node->children[0]);
        break;
    case FORMULA_COMPARE:
        for (int k = 0; k < node->n_children; k++) {
            if (!sense_of(node, k, &m->sense))
                continue;
            m->side = node->children[k];
            change_all(m, node->children[k]);
        }
        break;
    case FORMULA_CALL:
        m->side = NULL;
        m->sense = FORMULA_OTHER;
        change_all(m, node);
        break;
    default: /* `or` and `not`: what would say more is not told by one place */
        break;
    }
}

lsa_status formula_mutate(const formula_scope *scope, const formula_node *condition, int count, lsa_arena *arena,
                          const formula_mutant **out, ptrdiff_t *n, lsa_error *err)
{
    lsa_status status = LSA_OK;
    mutator m = {.scope = scope, .arena = arena, .root = condition};
    m.seen = lsa_arena_alloc(arena, (size_t)count + 1, sizeof *m.seen);
    m.all = lsa_arena_alloc(arena, FORMULA_MUTANTS + 1, sizeof *m.all);
    LSA_TRY_MEMORY(m.seen, "the changes of a formula");
    LSA_TRY_MEMORY(m.all, "the changes of a formula");
    change_condition(&m, condition);
    LSA_TRY_MEMORY(m.failed ? NULL : m.all, "the changes of a formula");
    *out = m.all;
    *n = m.n;
done:
    return status;
}
