/* print.c - a formula as text again, definitions inserted; and whether two are the same. */
#include "base/text.h"
#include "formula/tree.h"
#include <string.h>

/* How strongly a node binds: what binds less stands in brackets. */
enum { BIND_OR, BIND_AND, BIND_NOT, BIND_COMPARE, BIND_SUM, BIND_PRODUCT, BIND_SIGN, BIND_POSTFIX, BIND_PRIMARY };

static int binding_of(const formula_node *node)
{
    switch (node->kind) {
    case FORMULA_OR:
        return BIND_OR;
    case FORMULA_AND:
        return BIND_AND;
    case FORMULA_NOT:
        return BIND_NOT;
    case FORMULA_COMPARE:
        return BIND_COMPARE;
    case FORMULA_SUM:
        return BIND_SUM;
    case FORMULA_PRODUCT:
    case FORMULA_DIVIDE:
        return BIND_PRODUCT;
    case FORMULA_NEGATE:
        return BIND_SIGN;
    case FORMULA_POWER:
    case FORMULA_TRANSPOSE:
        return BIND_POSTFIX;
    case FORMULA_DEFINED:
        return binding_of(node->children[0]);
    default:
        return BIND_PRIMARY;
    }
}

static void print_bound(const formula_node *node, int least, lsa_text *out)
{
    const bool brackets = binding_of(node) < least;
    lsa_text_add(out, brackets ? "(" : "");
    formula_print(node, out);
    lsa_text_add(out, brackets ? ")" : "");
}

static void print_list(const formula_node *node, const char *between, int least, lsa_text *out)
{
    for (int k = 0; k < node->n_children; k++) {
        lsa_text_add(out, k > 0 ? between : "");
        print_bound(node->children[k], least, out);
    }
}

static void print_sum(const formula_node *node, lsa_text *out)
{
    for (int k = 0; k < node->n_children; k++) {
        const formula_node *term = node->children[k];
        const bool minus = k > 0 && term->kind == FORMULA_NEGATE;
        lsa_text_add(out, k == 0 ? "" : minus ? " - " : " + ");
        print_bound(minus ? term->children[0] : term, BIND_PRODUCT, out);
    }
}

static void print_power(const formula_node *node, lsa_text *out)
{
    print_bound(node->children[0], BIND_POSTFIX, out);
    if (node->root != 1)
        lsa_text_printf(out, "^(%d/%d)", node->exponent, node->root);
    else
        lsa_text_printf(out, node->exponent < 0 ? "^(%d)" : "^%d", node->exponent);
}

static void print_call(const formula_node *node, lsa_text *out)
{
    lsa_text_printf(out, "%s(", node->text);
    print_list(node, ", ", BIND_OR, out);
    lsa_text_add(out, ")");
}

static void print_compared(const formula_node *node, lsa_text *out)
{
    print_bound(node->children[0], BIND_SUM, out);
    for (int k = 1; k < node->n_children; k++) {
        const bool bounded = node->relations[k - 1] == LSA_RELATION_BOUNDED;
        lsa_text_printf(out, bounded ? " %s(" : " %s ", lsa_relation_text(node->relations[k - 1]));
        print_bound(node->children[k], BIND_SUM, out);
        if (bounded)
            lsa_text_add(out, ")");
    }
}

static void print_leaf(const formula_node *node, lsa_text *out)
{
    if (node->kind == FORMULA_INFINITE)
        lsa_text_add(out, ".inf");
    else if (node->kind == FORMULA_INTEGER)
        lsa_text_printf(out, "%ld", node->integer);
    else
        lsa_text_add(out, node->text);
    if (node->kind == FORMULA_TOWARDS)
        lsa_text_add(out, node->integer ? " -> .inf" : " -> 0");
    if (node->kind == FORMULA_LET) {
        lsa_text_add(out, " = ");
        formula_print(node->children[0], out);
    }
    if ((node->kind == FORMULA_SYMBOL || node->kind == FORMULA_NAME) && node->n_children > 0) {
        lsa_text_add(out, "[");
        print_leaf(node->children[0], out);
        lsa_text_add(out, "]");
    }
}

void formula_print(const formula_node *node, lsa_text *out)
{
    switch (node->kind) {
    case FORMULA_DEFINED:
        formula_print(node->children[0], out);
        break;
    case FORMULA_SUM:
        print_sum(node, out);
        break;
    case FORMULA_PRODUCT:
        print_list(node, "*", BIND_SIGN, out);
        break;
    case FORMULA_DIVIDE:
        print_bound(node->children[0], BIND_PRODUCT, out);
        lsa_text_add(out, "/");
        print_bound(node->children[1], BIND_SIGN, out);
        break;
    case FORMULA_NEGATE:
        lsa_text_add(out, "-");
        print_bound(node->children[0], BIND_SIGN, out);
        break;
    case FORMULA_TRANSPOSE:
        print_bound(node->children[0], BIND_POSTFIX, out);
        lsa_text_add(out, "'");
        break;
    case FORMULA_POWER:
        print_power(node, out);
        break;
    case FORMULA_VECTOR:
        lsa_text_add(out, "[");
        print_list(node, ", ", BIND_OR, out);
        lsa_text_add(out, "]");
        break;
    case FORMULA_CALL:
        print_call(node, out);
        break;
    case FORMULA_ELSEWHERE:
        print_bound(node->children[0], BIND_POSTFIX, out);
        lsa_text_printf(out, " @ %s", node->text);
        break;
    case FORMULA_RUN:
        if (node->children[1]->kind == FORMULA_PAIRS) {
            lsa_text_printf(out, "sum(%s, ", node->text);
            formula_print(node->children[2], out);
            lsa_text_add(out, ")");
            break;
        }
        lsa_text_printf(out, "sum(%s in ", node->text);
        print_bound(node->children[0], BIND_SUM, out);
        lsa_text_add(out, "..");
        print_bound(node->children[1], BIND_SUM, out);
        lsa_text_add(out, ", ");
        formula_print(node->children[2], out);
        lsa_text_add(out, ")");
        break;
    case FORMULA_COMPARE:
        print_compared(node, out);
        break;
    case FORMULA_AND:
    case FORMULA_OR:
        print_list(node, node->kind == FORMULA_AND ? " and " : " or ", BIND_NOT, out);
        break;
    case FORMULA_NOT:
        lsa_text_add(out, "not ");
        print_bound(node->children[0], BIND_NOT, out);
        break;
    default:
        print_leaf(node, out);
    }
}

static const formula_node *inside(const formula_node *node)
{
    while (node->kind == FORMULA_DEFINED)
        node = node->children[0];
    return node;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_in_order(const formula_node *a, const formula_node *b)
{
    for (int k = 0; k < a->n_children; k++)
        if (!formula_same(a->children[k], b->children[k]))
            return false;
    return true;
}

/* Each summand of a has one of its own in b. */
static bool same_in_any_order(const formula_node *a, const formula_node *b)
{
    enum { MOST = 64 };
    bool taken[MOST] = {false};
    if (a->n_children > MOST)
        return same_in_order(a, b);
    for (int k = 0; k < a->n_children; k++) {
        int j = 0;
        while (j < b->n_children && (taken[j] || !formula_same(a->children[k], b->children[j])))
            j++;
        if (j == b->n_children)
            return false;
        taken[j] = true;
    }
    return true;
}

bool formula_same(const formula_node *a, const formula_node *b)
{
    a = inside(a);
    b = inside(b);
    if (a == b)
        return true;
    if (a->kind != b->kind || a->n_children != b->n_children || a->symbol != b->symbol || a->name != b->name ||
        a->function != b->function || a->exponent != b->exponent || a->root != b->root || a->integer != b->integer ||
        a->truth != b->truth)
        return false;
    if ((a->kind == FORMULA_NUMBER || a->kind == FORMULA_TEXT || a->kind == FORMULA_TOWARDS || a->kind == FORMULA_LET ||
         a->kind == FORMULA_ELSEWHERE) &&
        !same_text(a->text, b->text))
        return false;
    if (a->kind == FORMULA_VARIABLE)
        return a->variable == b->variable;
    for (int k = 0; a->relations != NULL && k + 1 < a->n_children; k++)
        if (a->relations[k] != b->relations[k])
            return false;
    return a->kind == FORMULA_SUM ? same_in_any_order(a, b) : same_in_order(a, b);
}
